//! What sends.

use embedded_io_async::Write;
use ws_frame::{CloseFrame, OpCode};

use crate::end::End;
use crate::out::Out;
use crate::{Error, Message};

/// What sends, apart from what receives: to answer while an event is held.
///
/// From [`WebSocket::exchange`](crate::WebSocket::exchange) or
/// [`WebSocket::outbox`](crate::WebSocket::outbox).
#[derive(Debug)]
pub struct Outbox<'s, 'b, T, E> {
    pub(crate) io: &'s mut T,
    pub(crate) out: &'s mut Out<'b, E>,
}

impl<T: Write, E: End> Outbox<'_, '_, T, E> {
    /// Sends a message, and waits until the stream has taken it; see
    /// [`WebSocket::send`](crate::WebSocket::send).
    ///
    /// # Errors
    ///
    /// When the stream fails; after our Close; between fragments.
    pub async fn send<'m>(
        &mut self,
        message: impl Into<Message<'m>>,
    ) -> Result<(), Error<T::Error>> {
        self.feed(message).await?;
        self.out.push(self.io).await
    }

    /// Adds a message to what is written when the next receive has to wait, when `tx` is full, or
    /// by [`flush`](Self::flush); see [`WebSocket::feed`](crate::WebSocket::feed).
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    pub async fn feed<'m>(
        &mut self,
        message: impl Into<Message<'m>>,
    ) -> Result<(), Error<T::Error>> {
        self.out.message(self.io, message.into()).await
    }

    /// Adds a fragment of a message whose length is not known yet; see
    /// [`WebSocket::feed_fragment`](crate::WebSocket::feed_fragment).
    ///
    /// # Errors
    ///
    /// When the stream fails; after our Close; for a fragment of the other kind.
    pub async fn feed_fragment<'m>(
        &mut self,
        data: impl Into<Message<'m>>,
        last: bool,
    ) -> Result<(), Error<T::Error>> {
        self.out.fragment(self.io, data.into(), last).await
    }

    /// Sends a Ping with this payload, which the peer's Pong has to carry (RFC 6455 §5.5.2).
    ///
    /// # Errors
    ///
    /// When the stream fails, after our Close, and for more than 125 bytes.
    pub async fn ping(&mut self, payload: &[u8]) -> Result<(), Error<T::Error>> {
        self.out.control(self.io, OpCode::Ping, payload).await?;
        self.out.push(self.io).await
    }

    /// Sends a Pong that nobody has asked for (RFC 6455 §5.5.3).
    ///
    /// # Errors
    ///
    /// Those of [`ping`](Self::ping).
    pub async fn pong(&mut self, payload: &[u8]) -> Result<(), Error<T::Error>> {
        self.out.control(self.io, OpCode::Pong, payload).await?;
        self.out.push(self.io).await
    }

    /// Sends our Close, and does not wait for the peer's, with which the next receives end;
    /// `None` closes without a code.
    ///
    /// # Errors
    ///
    /// When the stream fails, after our Close, and for a reason of more than 123 bytes.
    pub async fn close(&mut self, frame: Option<CloseFrame<'_>>) -> Result<(), Error<T::Error>> {
        self.out.close(self.io, frame).await?;
        self.out.flush(self.io).await
    }

    /// Writes what was fed, and flushes the stream.
    ///
    /// # Errors
    ///
    /// When the stream fails.
    pub async fn flush(&mut self) -> Result<(), Error<T::Error>> {
        self.out.flush(self.io).await
    }
}
