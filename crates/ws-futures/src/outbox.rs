//! What sends, apart from what receives.

use std::future::poll_fn;

use futures_io::AsyncWrite;
use ws_driver::{CloseFrame, Message, PingId, Writer};

use crate::Error;
use crate::output::{Output, WriteLimits};

/// Sends while an event is held; see [`WebSocket::exchange`](crate::WebSocket::exchange).
///
/// All its methods are cancel-safe: what they add is added whole or not at all.
#[derive(Debug)]
pub struct Outbox<'a, T> {
    pub(crate) io: &'a mut T,
    pub(crate) writer: &'a mut Writer,
    pub(crate) output: &'a mut Output,
    pub(crate) limits: WriteLimits,
}

impl<T: AsyncWrite + Unpin> Outbox<'_, T> {
    /// Adds a message; see [`WebSocket::feed`](crate::WebSocket::feed).
    ///
    /// # Errors
    ///
    /// When the transport fails, and after our Close.
    pub async fn feed<'m>(&mut self, message: impl Into<Message<'m>>) -> Result<(), Error> {
        let message = message.into();
        poll_fn(|cx| {
            let room = self
                .output
                .poll_room(self.io, cx, message.len(), self.limits);
            room.map(|room| {
                room?;
                self.output.push(self.io, cx, self.writer, message)
            })
        })
        .await
    }

    /// Adds a message without waiting.
    ///
    /// # Errors
    ///
    /// [`Error::WriteBufferFull`] if more is waiting than may; after our Close.
    pub fn try_feed<'m>(&mut self, message: impl Into<Message<'m>>) -> Result<(), Error> {
        let message = message.into();
        let has_room = self.output.has_room(message.len(), self.limits);
        self.add(message, has_room)
    }

    /// Adds a message after `poll_ready`.
    pub(crate) fn start_send(&mut self, message: Message<'_>) -> Result<(), Error> {
        let has_room = self.output.has_room_after_ready(message.len(), self.limits);
        self.add(message, has_room)
    }

    /// Adds a message and waits until the transport has taken everything.
    ///
    /// # Errors
    ///
    /// When the transport fails, and after our Close.
    pub async fn send<'m>(&mut self, message: impl Into<Message<'m>>) -> Result<(), Error> {
        self.feed(message).await?;
        self.flush().await
    }

    /// Waits until the transport has taken everything.
    ///
    /// # Errors
    ///
    /// When the transport fails.
    pub async fn flush(&mut self) -> Result<(), Error> {
        poll_fn(|cx| self.output.poll_flush(self.io, cx)).await
    }

    /// Sends a Ping, and names it.
    ///
    /// # Errors
    ///
    /// When the transport fails, after our Close, and for more than 125 bytes.
    pub async fn ping(&mut self, payload: &[u8]) -> Result<PingId, Error> {
        poll_fn(|cx| {
            self.output
                .poll_room(self.io, cx, payload.len(), self.limits)
        })
        .await?;
        self.output.prepare();
        let id = self.writer.ping(payload, &mut self.output.buffer)?;
        self.flush().await?;
        Ok(id)
    }

    /// Adds our Close, after which nothing can be sent. The connection ends when the peer's Close
    /// has been received, so go on receiving.
    ///
    /// # Errors
    ///
    /// After our Close, and for a reason of more than 123 bytes.
    pub fn close(&mut self, frame: Option<CloseFrame<'_>>) -> Result<(), Error> {
        self.output.prepare();
        Ok(self.writer.close(frame, &mut self.output.buffer)?)
    }

    fn add(&mut self, message: Message<'_>, has_room: bool) -> Result<(), Error> {
        if let Some(kind) = self.output.failure() {
            return Err(Error::Io(kind.into()));
        }
        if !has_room {
            return Err(Error::WriteBufferFull);
        }
        self.output.prepare();
        Ok(self.writer.send(message, &mut self.output.buffer)?)
    }
}
