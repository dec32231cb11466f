//! The closing handshake and the end of the transport: RFC 6455 §7.1.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_io::{AsyncRead, AsyncWrite};
use ws_driver::{CloseFrame, Closure, Event, Role, State};

use super::{Core, Mode, READ, TURN};
use crate::Error;

/// So much input is dropped behind our Close before the transport is given up, in bytes; with a
/// timer one message more, which an honest peer may have been sending.
const MAX_DROPPED: usize = 1 << 20;
/// So much of it behind the end of the connection.
const MAX_LINGERED: u32 = 1 << 20;

impl<T: AsyncRead + AsyncWrite + Unpin> Core<T> {
    /// Appends our Close, unless the connection is closing already; tells whether it did.
    pub(crate) fn start_close(&mut self, frame: Option<CloseFrame<'_>>) -> Result<bool, Error> {
        if self.connection.split_mut().1.is_closed() {
            return Ok(false);
        }
        self.wire.output.prepare();
        self.connection.close(frame, &mut self.wire.output.buffer)?;
        Ok(true)
    }

    /// Drives the closing handshake and the end of the transport.
    pub(crate) fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<Result<Closure, Error>> {
        // Before the connection is over, what comes is taken and dropped.
        while self.connection.closure().is_none() {
            match self.poll_advance(cx, Mode::Streamed) {
                Poll::Ready(Ok(())) => {
                    let dropped = match self.take_chunk() {
                        Ok(Some(Event::Message(chunk))) => chunk.data.len(),
                        _ => 1,
                    };
                    self.dropped = self.dropped.saturating_add(dropped);
                    let message = if self.wire.alarm.is_there() {
                        self.wire.limits.message
                    } else {
                        0
                    };
                    if self.dropped > MAX_DROPPED.saturating_add(message) {
                        let _ = self.connection.receive_eof();
                    }
                }
                // The closure tells what was wrong.
                Poll::Ready(Err(_)) => break,
                Poll::Pending => return Poll::Pending,
            }
        }
        self.poll_linger(cx).map(|()| {
            let _ = self.connection.receive_eof();
            self.end();
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
        if !self.wants_shutdown() {
            return None;
        }
        let ended = written.is_ready() && self.poll_shutdown(cx).is_ready();
        let failed = matches!(self.connection.closure(), Some(Closure::Failed(_)));
        // A failure has been told; only `close` waits for more.
        if ended || failed || self.time_is_up(cx) {
            Some(Poll::Ready(()))
        } else {
            Some(Poll::Pending)
        }
    }

    /// Writes what is left, closes the write side, and reads until the peer has closed its own:
    /// a transport that is dropped with unread input may take our last words with it.
    fn poll_linger(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            let written = self.poll_output(cx);
            let ended =
                written.is_ready() && self.wants_shutdown() && self.poll_shutdown(cx).is_ready();
            if ended && (self.read_ended || !self.wire.alarm.is_there()) {
                return Poll::Ready(());
            }
            if self.time_is_up(cx) || self.lingered > MAX_LINGERED {
                return Poll::Ready(());
            }
            if self.read_ended {
                return Poll::Pending;
            }
            if self.spent >= TURN {
                self.spent = 0;
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            self.input.leave(0);
            match self.poll_read_buffer(cx) {
                Poll::Ready(Ok(len @ 1..)) => {
                    self.spent += READ;
                    // Nothing that belongs here comes any more.
                    let len = u32::try_from(len).unwrap_or(u32::MAX);
                    self.lingered = self.lingered.saturating_add(len);
                }
                Poll::Ready(_) => {
                    self.read_ended = true;
                    let _ = self.connection.receive_eof();
                }
                Poll::Pending => {
                    self.release();
                    return Poll::Pending;
                }
            }
        }
    }

    /// RFC 6455 §7.1.1: the server ends the transport first; a client waits for that, if it can
    /// wait with a limit.
    fn wants_shutdown(&self) -> bool {
        let waits = self.connection.role() == Role::Client && self.wire.alarm.is_there();
        self.connection.wants_shutdown() || !waits
    }

    /// Whether the time for closing is over; if not, the task is woken when it is.
    fn time_is_up(&mut self, cx: &mut Context<'_>) -> bool {
        self.wire.alarm.is_there()
            && (self.tick(cx).is_err() || self.connection.next_timer().is_none())
    }

    /// Closes the write side of the transport, once.
    pub(super) fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        while !self.shut {
            match Pin::new(&mut self.wire.io).poll_close(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
                // Whatever came of it, there is nothing more to write.
                Poll::Ready(_) => self.shut = true,
            }
        }
        Poll::Ready(())
    }
}
