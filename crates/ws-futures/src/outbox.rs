//! What sends, apart from what receives.

use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_io::AsyncWrite;
use ws_driver::{CloseFrame, DriverWriter, Event, Message, PingId, Wish};

use crate::output::check_write;
use crate::wire::{Limits, Wire};
use crate::{Error, Prepared};

/// Sends while an event is held; see [`WebSocket::exchange`](crate::WebSocket::exchange).
///
/// All its methods are cancel-safe: what they add is added whole or not at all.
#[derive(Debug)]
pub struct Outbox<'a, T> {
    pub(crate) writer: DriverWriter<'a>,
    pub(crate) wire: &'a mut Wire<T>,
}

/// From this size on a payload is written from where it lies. Below it a copy costs less than the
/// write of its own that several such messages would each have.
const VECTORED: usize = 32 << 10;

impl<T: AsyncWrite + Unpin> Outbox<'_, T> {
    /// Adds a message; see [`WebSocket::feed`](crate::WebSocket::feed).
    ///
    /// # Errors
    ///
    /// When the transport fails, and once the connection is closed or closing.
    pub async fn feed<'m>(&mut self, message: impl Into<Message<'m>>) -> Result<(), Error> {
        let message = message.into();
        self.check()?;
        if !self.has_room(message.len()) {
            poll_fn(|cx| self.poll_room(cx, message.len())).await?;
        }
        if message.len() < VECTORED {
            self.wire.output.prepare();
            return Ok(self.writer.send(message, &mut self.wire.output.buffer)?);
        }
        poll_fn(|cx| Poll::Ready(self.push(cx, message))).await
    }

    /// As [`feed`](Self::feed), with a wish for extensions that choose for each message: one that
    /// mixes secrets with what an attacker chose is better sent as it is.
    ///
    /// # Errors
    ///
    /// Those of [`feed`](Self::feed).
    pub async fn feed_with<'m>(
        &mut self,
        message: impl Into<Message<'m>>,
        wish: Wish,
    ) -> Result<(), Error> {
        let message = message.into();
        poll_fn(|cx| self.poll_room(cx, message.len())).await?;
        self.wire.output.prepare();
        let out = &mut self.wire.output.buffer;
        Ok(self.writer.send_with(message, wish, out)?)
    }

    /// As [`feed`](Self::feed), for a message that goes out on many connections.
    ///
    /// # Errors
    ///
    /// Those of [`feed`](Self::feed).
    pub async fn feed_prepared(&mut self, prepared: &Prepared) -> Result<(), Error> {
        poll_fn(|cx| self.poll_feed_prepared(cx, prepared)).await
    }

    /// Adds a message without waiting.
    ///
    /// # Errors
    ///
    /// [`Error::WriteBufferFull`] if more is waiting than may; once the connection is closed or
    /// closing.
    pub fn try_feed<'m>(&mut self, message: impl Into<Message<'m>>) -> Result<(), Error> {
        let message = message.into();
        let has_room = self.has_room(message.len());
        self.add(message, has_room)
    }

    /// Adds a message and waits until the transport has taken everything.
    ///
    /// # Errors
    ///
    /// When the transport fails, and once the connection is closed or closing.
    pub async fn send<'m>(&mut self, message: impl Into<Message<'m>>) -> Result<(), Error> {
        self.feed(message).await?;
        self.flush().await
    }

    /// Waits until the transport has taken everything.
    ///
    /// # Errors
    ///
    /// When the transport fails, or the connection ends before.
    pub async fn flush(&mut self) -> Result<(), Error> {
        poll_fn(|cx| self.poll_flush(cx)).await
    }

    /// Sends a Ping, and names it.
    ///
    /// # Errors
    ///
    /// When the transport fails, once the connection is closed or closing, and for more than 125
    /// bytes.
    pub async fn ping(&mut self, payload: &[u8]) -> Result<PingId, Error> {
        poll_fn(|cx| self.poll_room(cx, payload.len())).await?;
        self.wire.output.prepare();
        let id = self.writer.ping(payload, &mut self.wire.output.buffer)?;
        if let Some(now) = self.wire.alarm.now() {
            self.writer.time_pings(now);
        }
        self.flush().await?;
        Ok(id)
    }

    /// Sends a Pong that nobody asked for, a heartbeat of one direction (RFC 6455 §5.5.3). Pings are
    /// answered without it.
    ///
    /// # Errors
    ///
    /// Those of [`ping`](Self::ping); [`Misuse::Unsupported`](ws_driver::Misuse::Unsupported) in a
    /// version before hybi-7.
    pub async fn pong(&mut self, payload: &[u8]) -> Result<(), Error> {
        poll_fn(|cx| self.poll_room(cx, payload.len())).await?;
        self.wire.output.prepare();
        self.writer.pong(payload, &mut self.wire.output.buffer)?;
        self.flush().await
    }

    /// Adds our Close, after which nothing can be sent. The connection ends when the peer's Close
    /// has been received, so go on receiving.
    ///
    /// # Errors
    ///
    /// Once the connection is closed or closing, and for a reason of more than 123 bytes.
    pub fn close(&mut self, frame: Option<CloseFrame<'_>>) -> Result<(), Error> {
        self.wire.output.prepare();
        Ok(self.writer.close(frame, &mut self.wire.output.buffer)?)
    }

    /// Waits until a message of `len` bytes may be added.
    pub(crate) fn poll_room(
        &mut self,
        cx: &mut Context<'_>,
        len: usize,
    ) -> Poll<Result<(), Error>> {
        self.check()?;
        while !self.has_room(len) {
            if self.wire.output.ended {
                return Poll::Ready(Err(Error::Closed));
            }
            ready!(self.poll_write(cx))?;
        }
        Poll::Ready(Ok(()))
    }

    /// Adds a message that goes out on many connections, once it may be added.
    pub(crate) fn poll_feed_prepared(
        &mut self,
        cx: &mut Context<'_>,
        prepared: &Prepared,
    ) -> Poll<Result<(), Error>> {
        let message = prepared.message().borrowed();
        ready!(self.poll_room(cx, message.len()))?;
        self.wire.output.prepare();
        let Some(frame) = prepared.frame(&self.writer) else {
            let out = &mut self.wire.output.buffer;
            return Poll::Ready(Ok(self.writer.send(message, out)?));
        };
        self.writer.pass(message, &frame)?;
        if frame.len() < VECTORED {
            self.wire.output.buffer.extend_from_slice(&frame);
            return Poll::Ready(Ok(()));
        }
        Poll::Ready(self.push_bytes(cx, &frame))
    }

    /// Waits until all is written, as whoever sends does.
    pub(crate) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        if self.wire.output.ended && !self.wire.output.is_empty() {
            return Poll::Ready(Err(Error::Closed));
        }
        self.poll_written(cx)
    }

    /// Writes all that is pending, and flushes the transport.
    pub(crate) fn poll_written(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.check()?;
        while !self.wire.output.is_empty() {
            ready!(self.poll_write(cx))?;
        }
        match self.wire.output.poll_flush(&mut self.wire.io, cx) {
            Poll::Ready(result) => Poll::Ready(result.map_err(|error| self.fail(error))),
            Poll::Pending => self.poll_stall(cx),
        }
    }

    /// Adds a message after `poll_ready`: then what waits is below the soft limit, and one
    /// message comes on top.
    pub(crate) fn start_send(&mut self, message: Message<'_>) -> Result<(), Error> {
        let pending = self.wire.output.pending().len();
        let has_room = pending < self.wire.limits.soft as usize || self.has_room(message.len());
        self.add(message, has_room)
    }

    /// Whether a message of `len` bytes may be added: one always may to what is empty.
    fn has_room(&self, len: usize) -> bool {
        let pending = self.wire.output.pending().len();
        let Limits { soft, hard, .. } = self.wire.limits;
        pending == 0 || pending < soft as usize && pending.saturating_add(len) <= hard as usize
    }

    fn add(&mut self, message: Message<'_>, has_room: bool) -> Result<(), Error> {
        self.check()?;
        if !has_room {
            return Err(Error::WriteBufferFull);
        }
        self.wire.output.prepare();
        Ok(self.writer.send(message, &mut self.wire.output.buffer)?)
    }

    /// Adds a large message: writes it at once, from where it lies.
    fn push(&mut self, cx: &mut Context<'_>, message: Message<'_>) -> Result<(), Error> {
        self.wire.output.prepare();
        let Some(header) = self.writer.send_header(message)? else {
            return Ok(self.writer.send(message, &mut self.wire.output.buffer)?);
        };
        self.wire.output.buffer.extend_from_slice(&header);
        self.push_bytes(cx, message.as_bytes())
    }

    /// Writes what waits and `payload` behind it at once; what the transport does not take is
    /// copied behind what waits.
    fn push_bytes(&mut self, cx: &mut Context<'_>, mut payload: &[u8]) -> Result<(), Error> {
        while !payload.is_empty() {
            let pending = self.wire.output.pending();
            let (before, all) = (pending.len(), pending.len() + payload.len());
            let slices = [IoSlice::new(pending), IoSlice::new(payload)];
            let Poll::Ready(result) = Pin::new(&mut self.wire.io).poll_write_vectored(cx, &slices)
            else {
                break;
            };
            let len = check_write(result, all).map_err(|error| self.fail(error))?;
            self.wrote(len);
            self.wire.output.advance(len.min(before));
            payload = &payload[len.saturating_sub(before)..];
        }
        self.wire.output.buffer.extend_from_slice(payload);
        Ok(())
    }

    /// Writes once.
    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        match self.wire.output.poll_write(&mut self.wire.io, cx) {
            Poll::Ready(Ok(len)) => {
                self.wrote(len);
                Poll::Ready(Ok(()))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(self.fail(error))),
            Poll::Pending => self.poll_stall(cx),
        }
    }

    /// Notes that the transport has taken something.
    fn wrote(&mut self, len: usize) {
        self.wire.alarm.transport = None;
        self.writer.written(len);
    }

    /// Waits for a transport that takes nothing, but not without end.
    fn poll_stall(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        loop {
            let Some(now) = self.wire.alarm.now() else {
                return Poll::Pending;
            };
            if self
                .wire
                .alarm
                .transport_is_late(now, self.wire.limits.stall)
            {
                return Poll::Ready(Err(self.fail(io::ErrorKind::TimedOut.into())));
            }
            ready!(self.wire.alarm.poll(cx, now));
        }
    }

    /// Measures the round trip that a Pong ends.
    pub(crate) fn time_pong<M>(&mut self, event: &Event<'_, M>) {
        if let Event::Pong {
            answers: Some(_), ..
        } = event
            && let Some(now) = self.wire.alarm.now()
        {
            self.writer.time_pings(now);
        }
    }

    fn check(&self) -> Result<(), Error> {
        match self.wire.output.failure() {
            Some(kind) => Err(Error::Io(kind.into())),
            None => Ok(()),
        }
    }

    fn fail(&mut self, error: io::Error) -> Error {
        self.wire.alarm.transport = None;
        self.wire.output.fail(error.kind());
        Error::Io(error)
    }
}
