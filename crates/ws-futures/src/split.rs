//! Two owned halves that live on two tasks.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_io::{AsyncRead, AsyncWrite};
use futures_sink::Sink;
use ws_driver::{CloseCode, CloseFrame, Closure, Event, PingId, Statistics};

use crate::stream::{ended, message_of};
use crate::wakers::{Side, Wakers};
use crate::{Disconnect, Error, Message, Prepared, WebSocket};

impl<T: AsyncRead + AsyncWrite + Unpin> WebSocket<T> {
    /// Splits into two halves that can be moved to two tasks.
    ///
    /// The halves share the connection: the receiving one answers pings, keeps the deadlines and
    /// writes what was fed, so go on receiving while sending. A lock is held during each poll and
    /// never across one.
    pub fn split(mut self) -> (Sender<T>, Receiver<T>) {
        let wakers = Arc::clone(self.wakers());
        let socket = Mutex::new(self);
        let shared = Arc::new(Shared { socket, wakers });
        let sender = Sender {
            shared: Arc::clone(&shared),
        };
        (sender, Receiver { shared })
    }
}

/// The half that sends.
#[derive(Debug)]
pub struct Sender<T> {
    shared: Arc<Shared<T>>,
}

/// The half that receives: a `Stream` of messages.
#[derive(Debug)]
pub struct Receiver<T> {
    shared: Arc<Shared<T>>,
}

#[derive(Debug)]
struct Shared<T> {
    socket: Mutex<WebSocket<T>>,
    /// Those of the socket, to wake the other half when the lock is no longer held.
    wakers: Arc<Wakers>,
}

impl<T> Shared<T> {
    /// A task that panicked while it held the lock left the connection as consistent as it was.
    fn lock(&self) -> MutexGuard<'_, WebSocket<T>> {
        self.socket.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> Shared<T> {
    fn add(&self, message: &Message, ready: bool) -> Result<(), Error> {
        let wakes = self.lock().add(message, ready)?;
        self.wake_receiver(wakes);
        Ok(())
    }

    fn begin_close(&self, frame: Option<CloseFrame<'_>>) -> Result<(), Error> {
        let wakes = self.lock().begin_close(frame)?;
        self.wake_receiver(wakes);
        Ok(())
    }

    fn poll_with<R>(
        &self,
        cx: &Context<'_>,
        f: impl FnMut(Event<'_>) -> Option<R>,
    ) -> Poll<Option<Result<R, Error>>> {
        let polled = self.lock().poll_with(cx, f);
        if ended(&polled) {
            self.wakers.wake_side(Side::Send);
        }
        polled
    }

    fn wake_receiver(&self, wakes: bool) {
        if wakes {
            self.wakers.wake_side(Side::Receive);
        }
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> Sender<T> {
    /// Sends a message, and waits until the transport has taken it; see [`WebSocket::send`].
    ///
    /// # Errors
    ///
    /// When the transport fails, and once the connection is closed or closing.
    pub async fn send(&mut self, message: impl Into<Message>) -> Result<(), Error> {
        self.feed(message).await?;
        self.flush().await
    }

    /// Adds a message to what is written when the receiving half next has to wait, or by
    /// [`flush`](Self::flush); see [`WebSocket::feed`].
    ///
    /// # Errors
    ///
    /// When the transport fails, and once the connection is closed or closing.
    pub async fn feed(&mut self, message: impl Into<Message>) -> Result<(), Error> {
        let message = message.into();
        poll_fn(|cx| {
            let mut socket = self.shared.lock();
            let added = socket
                .poll_room(cx, message.len())
                .map(|room| room.and_then(|()| socket.add(&message, false)));
            drop(socket);
            added.map_ok(|wakes| self.shared.wake_receiver(wakes))
        })
        .await
    }

    /// Adds a message without waiting.
    ///
    /// # Errors
    ///
    /// [`Error::WriteBufferFull`] if more is waiting than may; once the connection is closed or
    /// closing.
    pub fn try_feed(&mut self, message: impl Into<Message>) -> Result<(), Error> {
        self.shared.add(&message.into(), false)
    }

    /// As [`feed`](Self::feed), for a message that goes out on many connections.
    ///
    /// # Errors
    ///
    /// Those of [`feed`](Self::feed).
    pub async fn feed_prepared(&mut self, prepared: &Prepared) -> Result<(), Error> {
        let wakes = poll_fn(|cx| self.shared.lock().poll_add_prepared(cx, prepared)).await?;
        self.shared.wake_receiver(wakes);
        Ok(())
    }

    /// Waits until the transport has taken everything.
    ///
    /// # Errors
    ///
    /// When the transport fails, or the connection ends before.
    pub async fn flush(&mut self) -> Result<(), Error> {
        poll_fn(|cx| self.shared.lock().poll_flushed(cx)).await
    }

    /// Sends a Ping, and names it; [`Receiver::receive_with`] sees the Pong that answers it.
    ///
    /// # Errors
    ///
    /// When the transport fails, once the connection is closed or closing, and for more than 125
    /// bytes.
    pub async fn ping(&mut self, payload: &[u8]) -> Result<PingId, Error> {
        poll_fn(|cx| self.shared.lock().poll_room(cx, payload.len())).await?;
        let id = self.shared.lock().core.add_ping(payload)?;
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
        poll_fn(|cx| self.shared.lock().poll_room(cx, payload.len())).await?;
        self.shared.lock().core.add_pong(payload)?;
        self.flush().await
    }

    /// Sends our Close, after which nothing can be sent. The receiving half sees the connection
    /// end, and must go on receiving for that. Idempotent.
    ///
    /// # Errors
    ///
    /// When the transport fails, and for a reason of more than 123 bytes.
    pub async fn close(&mut self, frame: Option<CloseFrame<'_>>) -> Result<(), Error> {
        self.shared.begin_close(frame)?;
        self.flush().await
    }

    /// How many bytes wait to be written.
    pub fn buffered(&self) -> usize {
        self.shared.lock().buffered()
    }

    /// What the connection has done so far.
    pub fn statistics(&self) -> Statistics {
        self.shared.lock().statistics()
    }

    /// How it ended, if `error` is what the last operation of either half returned; see
    /// [`WebSocket::disconnect`].
    pub fn disconnect(&self, error: Option<Error>) -> Disconnect {
        self.shared.lock().disconnect(error)
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
            Ok(shared) => Ok(shared
                .socket
                .into_inner()
                .unwrap_or_else(PoisonError::into_inner)),
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
        self.receive_with(message_of).await
    }

    /// Lends one event after the other to `f`, without a copy, until it makes something of one;
    /// `None` once the connection has ended.
    ///
    /// Do not use the other half in `f`: the lock is held.
    ///
    /// # Errors
    ///
    /// Those of [`WebSocket::receive`].
    pub async fn receive_with<R>(
        &mut self,
        mut f: impl FnMut(Event<'_>) -> Option<R>,
    ) -> Result<Option<R>, Error> {
        poll_fn(|cx| self.shared.poll_with(cx, &mut f))
            .await
            .transpose()
    }

    /// How the connection ended; `None` before it has.
    pub fn closure(&self) -> Option<Closure> {
        self.shared.lock().closure()
    }

    /// What the peer's Close said; `None` before it came, and if it was empty.
    pub fn close_reason(&self) -> Option<(CloseCode, String)> {
        let socket = self.shared.lock();
        let frame = socket.close_frame()?;
        Some((frame.code, frame.reason.to_owned()))
    }

    /// How it ended, if `error` is what the last operation of either half returned; see
    /// [`WebSocket::disconnect`].
    pub fn disconnect(&self, error: Option<Error>) -> Disconnect {
        self.shared.lock().disconnect(error)
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> Stream for Receiver<T> {
    type Item = Result<Message, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.shared.poll_with(cx, message_of)
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> Sink<Message> for Sender<T> {
    type Error = Error;

    fn poll_ready(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.shared.lock().poll_room(cx, 0)
    }

    fn start_send(self: Pin<&mut Self>, message: Message) -> Result<(), Error> {
        self.shared.add(&message, true)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.shared.lock().poll_flushed(cx)
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.shared.begin_close(None)?;
        self.shared.lock().poll_flushed(cx)
    }
}
