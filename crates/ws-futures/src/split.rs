//! Two owned halves that live on two tasks.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_io::{AsyncRead, AsyncWrite};
use futures_sink::Sink;
use ws_driver::{CloseFrame, Closure, PingId, Statistics};

use crate::{Error, Message, WebSocket};

impl<T> WebSocket<T> {
    /// Splits into two halves that can be moved to two tasks.
    ///
    /// The halves share the connection: the receiving one answers pings and keeps the deadlines,
    /// so go on receiving while sending. A lock is held during each poll and never across one.
    pub fn split(self) -> (Sender<T>, Receiver<T>) {
        let shared = Arc::new(Mutex::new(self));
        let sender = Sender {
            shared: Arc::clone(&shared),
        };
        (sender, Receiver { shared })
    }
}

/// The half that sends.
#[derive(Debug)]
pub struct Sender<T> {
    shared: Arc<Mutex<WebSocket<T>>>,
}

/// The half that receives: a `Stream` of messages.
#[derive(Debug)]
pub struct Receiver<T> {
    shared: Arc<Mutex<WebSocket<T>>>,
}

impl<T: AsyncRead + AsyncWrite + Unpin> Sender<T> {
    /// Sends a message, and waits until the transport has taken it; see [`WebSocket::send`].
    ///
    /// # Errors
    ///
    /// When the transport fails, and after our Close.
    pub async fn send(&mut self, message: impl Into<Message>) -> Result<(), Error> {
        self.feed(message).await?;
        self.flush().await
    }

    /// Adds a message to what is written next; see [`WebSocket::feed`].
    ///
    /// # Errors
    ///
    /// When the transport fails, and after our Close.
    pub async fn feed(&mut self, message: impl Into<Message>) -> Result<(), Error> {
        let message = message.into();
        poll_fn(|cx| {
            let mut socket = lock(&self.shared);
            let ready = socket.poll_ready_to_send(cx, message.len());
            ready.map(|ready| ready.and_then(|()| socket.outbox().try_feed(&message)))
        })
        .await
    }

    /// Waits until the transport has taken everything.
    ///
    /// # Errors
    ///
    /// When the transport fails.
    pub async fn flush(&mut self) -> Result<(), Error> {
        poll_fn(|cx| lock(&self.shared).poll_flush_sent(cx)).await
    }

    /// Sends a Ping, and names it; see [`WebSocket::ping`].
    ///
    /// # Errors
    ///
    /// When the transport fails, after our Close, and for more than 125 bytes.
    pub async fn ping(&mut self, payload: &[u8]) -> Result<PingId, Error> {
        poll_fn(|cx| lock(&self.shared).poll_ready_to_send(cx, payload.len())).await?;
        let id = lock(&self.shared).core.add_ping(payload)?;
        self.flush().await?;
        Ok(id)
    }

    /// Sends our Close, after which nothing can be sent. The receiving half sees the connection
    /// end, and must go on receiving for that. Idempotent.
    ///
    /// # Errors
    ///
    /// When the transport fails, and for a reason of more than 123 bytes.
    pub async fn close(&mut self, frame: Option<CloseFrame<'_>>) -> Result<(), Error> {
        lock(&self.shared).core.start_close(frame)?;
        self.flush().await
    }

    /// What the connection has done so far.
    pub fn statistics(&self) -> Statistics {
        lock(&self.shared).statistics()
    }

    /// Puts the halves together again; gives them back if they are not of one connection.
    ///
    /// # Errors
    ///
    /// The two halves.
    pub fn reunite(self, receiver: Receiver<T>) -> Result<WebSocket<T>, (Self, Receiver<T>)> {
        if !Arc::ptr_eq(&self.shared, &receiver.shared) {
            return Err((self, receiver));
        }
        drop(receiver);
        match Arc::try_unwrap(self.shared) {
            Ok(socket) => Ok(socket.into_inner().unwrap_or_else(PoisonError::into_inner)),
            Err(shared) => {
                let receiver = Receiver {
                    shared: Arc::clone(&shared),
                };
                Err((Self { shared }, receiver))
            }
        }
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> Receiver<T> {
    /// Waits for the next message; `None` once the connection has ended.
    ///
    /// # Errors
    ///
    /// Those of [`WebSocket::receive`].
    pub async fn receive(&mut self) -> Result<Option<Message>, Error> {
        poll_fn(|cx| lock(&self.shared).poll_message(cx))
            .await
            .transpose()
    }

    /// How the connection ended; `None` before it has.
    pub fn closure(&self) -> Option<Closure> {
        lock(&self.shared).closure()
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> Stream for Receiver<T> {
    type Item = Result<Message, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        lock(&self.shared).poll_message(cx)
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> Sink<Message> for Sender<T> {
    type Error = Error;

    fn poll_ready(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        lock(&self.shared).poll_ready_to_send(cx, 0)
    }

    fn start_send(self: Pin<&mut Self>, message: Message) -> Result<(), Error> {
        lock(&self.shared).outbox().start_send(message.borrowed())
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        lock(&self.shared).poll_flush_sent(cx)
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        lock(&self.shared).poll_close_sent(cx)
    }
}

/// A task that panicked while it held the lock left the connection as consistent as it was.
fn lock<T>(shared: &Mutex<WebSocket<T>>) -> MutexGuard<'_, WebSocket<T>> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
