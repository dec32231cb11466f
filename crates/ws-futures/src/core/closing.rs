//! The closing handshake and the end of the transport: RFC 6455 §7.1.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_io::{AsyncRead, AsyncWrite};
use ws_driver::{CloseFrame, Closure, Event, Role, State};

use super::{Core, Mode};
use crate::Error;

/// So much input is dropped while closing before the transport is given up, in bytes.
const MAX_DROPPED: usize = 1 << 20;

impl<T: AsyncRead + AsyncWrite + Unpin> Core<T> {
    /// Appends our Close, unless the connection is closing already.
    pub(crate) fn start_close(&mut self, frame: Option<CloseFrame<'_>>) -> Result<(), Error> {
        if self.connection.state() != State::Open || self.connection.split_mut().1.is_closed() {
            return Ok(());
        }
        self.output.prepare();
        Ok(self.connection.close(frame, &mut self.output.buffer)?)
    }

    /// Drives the closing handshake and the end of the transport.
    pub(crate) fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<Result<Closure, Error>> {
        // Before the connection is over, what comes is taken and dropped.
        while self.connection.closure().is_none() {
            match self.poll_advance(cx, Mode::Streamed) {
                Poll::Ready(Ok(true)) => {
                    let dropped = match self.take_chunk() {
                        Ok(Some(Event::Message(chunk))) => chunk.data.len(),
                        _ => 1,
                    };
                    self.dropped = self.dropped.saturating_add(dropped);
                    if self.dropped > MAX_DROPPED {
                        let _ = self.connection.receive_eof();
                    }
                }
                // The closure tells what was wrong.
                Poll::Ready(Ok(false) | Err(_)) => break,
                Poll::Pending => return Poll::Pending,
            }
        }
        self.poll_linger(cx).map(|()| {
            let _ = self.connection.receive_eof();
            let closure = self.connection.closure();
            Ok(closure.unwrap_or(Closure::Failed(ws_driver::Error::UnexpectedEof)))
        })
    }

    /// What is left to do once both Closes are exchanged or the connection has failed; `None`
    /// while there is more to come.
    pub(super) fn poll_over(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<()>,
    ) -> Option<Poll<()>> {
        if self.connection.state() != State::Closed {
            return None;
        }
        // Without a timer a client cannot wait for the server to end the transport.
        let waits = self.connection.role() == Role::Client && self.timer.0.is_some();
        if !self.connection.wants_shutdown() && waits {
            return None;
        }
        if written.is_pending() {
            // The last words are not waited for without end.
            return match self.tick(cx) {
                Ok(_) if self.connection.next_timer().is_some() || self.timer.0.is_none() => {
                    Some(Poll::Pending)
                }
                _ => Some(Poll::Ready(())),
            };
        }
        let shut = self.poll_shutdown(cx);
        if shut.is_ready() {
            self.release();
        }
        Some(shut)
    }

    /// Writes what is left, closes the write side, and reads until the peer has closed its own:
    /// a transport that is dropped with unread input may take our last words with it.
    fn poll_linger(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            let written = self.poll_output(cx);
            if written.is_ready() && self.poll_shutdown(cx).is_pending() {
                return Poll::Pending;
            }
            if self.timer.0.is_none() || self.dropped > MAX_DROPPED {
                return written;
            }
            self.input.leave(0);
            match self.poll_read_buffer(cx) {
                Poll::Ready(Ok(len @ 1..)) => self.dropped = self.dropped.saturating_add(len),
                Poll::Ready(_) => return Poll::Ready(()),
                Poll::Pending => {
                    // Once the time for closing is over there is no deadline any more.
                    let waits = self.tick(cx).is_ok() && self.connection.next_timer().is_some();
                    self.release();
                    return if waits {
                        Poll::Pending
                    } else {
                        Poll::Ready(())
                    };
                }
            }
        }
    }

    /// Closes the write side of the transport, once.
    pub(super) fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        while !self.shut {
            match Pin::new(&mut self.io).poll_close(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
                // Whatever came of it, there is nothing more to write.
                Poll::Ready(_) => self.shut = true,
            }
        }
        Poll::Ready(())
    }
}
