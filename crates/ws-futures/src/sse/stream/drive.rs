//! What an event stream does while somebody waits for it.

use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use futures_io::{AsyncRead, AsyncWrite};
use ws_sse::StreamWriter;

use super::EventStream;
use crate::Error;
use crate::sse::subscription::Served;
use crate::sse::supply::{Next, Supply};

/// How long a client may take to leave once its stream has ended.
const LINGER: Duration = Duration::from_secs(5);
/// So many events and bytes are taken from a supply before they are written.
const BATCH: (usize, usize) = (32, 64 << 10);
/// So many times all is written before other tasks get their turn.
const TURN: u32 = 32;

impl<T: AsyncRead + AsyncWrite + Unpin> EventStream<T> {
    pub(super) fn poll_gone(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        loop {
            self.check_open()?;
            let written = self.wire.poll_written(cx)?;
            if self.wire.poll_left(cx)?.is_ready() {
                return Poll::Ready(Ok(()));
            }
            ready!(written);
            ready!(self.poll_ping(cx))?;
        }
    }

    /// Sends what there is a supply of, and then ends as `served` says, in which it is kept why.
    pub(in crate::sse) fn poll_to_end(
        &mut self,
        cx: &mut Context<'_>,
        supply: &mut impl Supply,
        served: &mut Option<Served>,
    ) -> Poll<Result<Served, Error>> {
        let why = match *served {
            Some(why) => why,
            None => *served.insert(ready!(self.poll_serve(cx, supply))?),
        };
        match why {
            Served::End => ready!(self.poll_close(cx))?,
            Served::TooSlow => self.close_now(),
            Served::Left => {}
        }
        Poll::Ready(Ok(why))
    }

    fn poll_serve(
        &mut self,
        cx: &mut Context<'_>,
        supply: &mut impl Supply,
    ) -> Poll<Result<Served, Error>> {
        if self.is_closed() {
            // The answer to a `HEAD`, which has been written.
            return Poll::Ready(Ok(Served::End));
        }
        for _ in 0..TURN {
            let written = self.wire.poll_written(cx)?;
            if self.wire.poll_left(cx)?.is_ready() {
                return Poll::Ready(Ok(Served::Left));
            }
            if written.is_pending() {
                // Whoever is too slow finds out here, as it is woken by every event.
                return if supply.is_too_slow(cx) {
                    Poll::Ready(Ok(Served::TooSlow))
                } else {
                    Poll::Pending
                };
            }
            let mut count = 0;
            while count < BATCH.0 && self.wire.waiting() < BATCH.1 {
                match supply.poll_next(cx) {
                    Poll::Ready(Next::Event(event)) => self.push(event),
                    Poll::Ready(Next::End) => return Poll::Ready(Ok(Served::End)),
                    Poll::Ready(Next::TooSlow) => return Poll::Ready(Ok(Served::TooSlow)),
                    Poll::Pending => break,
                }
                count += 1;
            }
            if count == 0 {
                ready!(self.poll_ping(cx))?;
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Adds a ping once it is due.
    fn poll_ping(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        loop {
            let (Some(at), Some(now)) = (self.wire.alarm.connection, self.wire.alarm.now()) else {
                return Poll::Pending;
            };
            if now >= at {
                return Poll::Ready(self.add(StreamWriter::ping));
            }
            ready!(self.wire.alarm.poll(cx, now));
        }
    }

    pub(super) fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        if !self.writer.is_closed() {
            // What is for many comes first.
            ready!(self.wire.poll_written(cx))?;
            self.wire.output.prepare();
            self.writer.close(&mut self.wire.output.buffer);
        }
        ready!(self.wire.poll_written(cx))?;
        if !self.is_shut {
            ready!(self.wire.poll_shutdown(cx))?;
            self.is_shut = true;
            let now = self.wire.alarm.now();
            self.wire.alarm.connection = now.map(|now| now.saturating_add(LINGER));
        }
        loop {
            // Closed with unread input, the transport could take back what the client has not
            // read yet.
            if self.wire.poll_left(cx).is_ready() {
                return Poll::Ready(Ok(()));
            }
            let (Some(by), Some(now)) = (self.wire.alarm.connection, self.wire.alarm.now()) else {
                return Poll::Ready(Ok(()));
            };
            if now >= by {
                return Poll::Ready(Ok(()));
            }
            ready!(self.wire.alarm.poll(cx, now));
        }
    }

    /// Ends the stream as far as that goes without waiting.
    fn close_now(&mut self) {
        let mut cx = Context::from_waker(Waker::noop());
        let _ = self.poll_close(&mut cx);
    }
}
