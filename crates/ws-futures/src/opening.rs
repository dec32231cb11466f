//! What both opening handshakes need: to read a head, to write one, and not to wait for ever.

use std::fmt;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use futures_io::{AsyncRead, AsyncWrite};
use ws_driver::Instant;

use crate::input::Input;
use crate::output::Output;
use crate::trace::Life;
use crate::{Error, Timer};

/// A byte stream during its opening handshake.
pub(crate) struct Opening<T> {
    pub(crate) io: T,
    pub(crate) output: Output,
    pub(crate) timer: Option<Box<dyn Timer>>,
    by: Option<Instant>,
    pub(crate) input: Input,
    pub(crate) life: Life,
}

/// So long the body of a refusal is waited for: the status has said what matters.
pub(crate) const REFUSAL_BODY: Duration = Duration::from_secs(1);

/// So much is read and dropped behind a refusal, in bytes.
const MAX_DROPPED: usize = 64 << 10;

impl<T: AsyncRead + AsyncWrite + Unpin> Opening<T> {
    /// One deadline for the whole handshake, not one for each read.
    pub(crate) fn new(
        io: T,
        timer: Option<fn() -> Box<dyn Timer>>,
        timeout: Duration,
        life: Life,
    ) -> Self {
        let mut timer = timer.map(|timer| timer());
        let by = timer
            .as_mut()
            .map(|timer| timer.now().saturating_add(timeout));
        Self {
            io,
            output: Output::new(),
            timer,
            by,
            input: Input::default(),
            life,
        }
    }

    /// Moves the deadline to so long from now, if it is later.
    pub(crate) fn hurry(&mut self, timeout: Duration) {
        if let (Some(timer), Some(by)) = (&mut self.timer, &mut self.by) {
            *by = timer.now().saturating_add(timeout).min(*by);
        }
    }

    /// Lets `take` take bytes off the front of what was read.
    pub(crate) fn take<R>(&mut self, take: impl FnOnce(&mut &[u8]) -> R) -> R {
        let mut unread = self.input.unread();
        let taken = take(&mut unread);
        let left = unread.len();
        self.input.leave(left);
        self.input.release();
        taken
    }

    /// As [`take`](Self::take), and may append to what is to be written.
    pub(crate) fn take_and_answer<R>(
        &mut self,
        take: impl FnOnce(&mut &[u8], &mut Vec<u8>) -> R,
    ) -> R {
        let mut out = std::mem::take(&mut self.output.buffer);
        let taken = self.take(|unread| take(unread, &mut out));
        self.output.buffer = out;
        taken
    }

    /// Reads once, after all was taken; 0 at the end.
    pub(crate) async fn read(&mut self) -> Result<usize, Error> {
        poll_fn(|cx| match self.input.poll_read(&mut self.io, cx) {
            Poll::Ready(result) => Poll::Ready(result.map_err(Error::Io)),
            Poll::Pending => {
                // Thousands may be waiting here, silent.
                self.input.release();
                self.poll_deadline(cx)
            }
        })
        .await
    }

    /// Writes what is to be written.
    pub(crate) async fn flush(&mut self) -> Result<(), Error> {
        poll_fn(|cx| match self.poll_written(cx) {
            Poll::Ready(result) => Poll::Ready(result.map_err(Error::Io)),
            Poll::Pending => self.poll_deadline(cx),
        })
        .await
    }

    /// Writes what the transport takes at once.
    pub(crate) fn write_now(&mut self) {
        let _ = self.poll_written(&mut Context::from_waker(Waker::noop()));
    }

    /// Writes what is to be written, as the last thing, and ends the transport so that the other
    /// side gets to read it: what it still sends is dropped, up to a limit.
    pub(crate) async fn finish(mut self) {
        if self.flush().await.is_err() {
            return;
        }
        let timed = self.by.is_some();
        let mut dropped = 0;
        let mut shut = false;
        poll_fn(|cx| {
            if !shut {
                if Pin::new(&mut self.io).poll_close(cx).is_pending() {
                    return self.poll_deadline::<()>(cx).map(|_| ());
                }
                shut = true;
            }
            while timed && dropped < MAX_DROPPED {
                self.input.leave(0);
                match self.input.poll_read(&mut self.io, cx) {
                    Poll::Ready(Ok(len @ 1..)) => dropped += len,
                    Poll::Ready(_) => break,
                    Poll::Pending => {
                        self.input.release();
                        return self.poll_deadline::<()>(cx).map(|_| ());
                    }
                }
            }
            Poll::Ready(())
        })
        .await;
        self.input.leave(0);
        self.input.release();
    }

    fn poll_written(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.output.is_empty() {
            ready!(self.output.poll_write(&mut self.io, cx))?;
        }
        self.output.poll_flush(&mut self.io, cx)
    }

    /// The error once the handshake has taken too long.
    fn poll_deadline<R>(&mut self, cx: &mut Context<'_>) -> Poll<Result<R, Error>> {
        if let (Some(timer), Some(by)) = (&mut self.timer, self.by)
            && timer.poll_at(cx, by).is_ready()
        {
            return Poll::Ready(Err(Error::HandshakeTimedOut));
        }
        Poll::Pending
    }
}

impl<T: fmt::Debug> fmt::Debug for Opening<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opening")
            .field("io", &self.io)
            .field("by", &self.by)
            .finish_non_exhaustive()
    }
}
