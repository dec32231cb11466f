//! Owned messages: `Stream` and `Sink`.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use futures_io::{AsyncRead, AsyncWrite};
use futures_sink::Sink;
use ws_driver::{CloseFrame, Event};

use crate::core::Mode;
use crate::wakers::{Side, Wakers};
use crate::{Error, Message, Prepared, WebSocket};

/// Yields the messages, and ends with the connection; an error comes once, as the last item.
///
/// Pings and pongs are dealt with and not shown. May be polled by one task while another polls
/// the `Sink`.
impl<T: AsyncRead + AsyncWrite + Unpin> Stream for WebSocket<T> {
    type Item = Result<Message, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let polled = self.poll_with(cx, message_of);
        if ended(&polled) {
            self.wakers().wake_side(Side::Send);
        }
        polled
    }
}

/// Sends messages; [`feed`](WebSocket::feed) tells when they are written.
///
/// Closing it sends our Close; the connection ends when the peer's has been received, so go on
/// with the `Stream`, or call [`close`](WebSocket::close).
impl<T: AsyncRead + AsyncWrite + Unpin> Sink<Message> for WebSocket<T> {
    type Error = Error;

    fn poll_ready(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.poll_room(cx, 0)
    }

    fn start_send(mut self: Pin<&mut Self>, message: Message) -> Result<(), Error> {
        let wakes = self.add(&message, true)?;
        self.wake_receiver(wakes);
        Ok(())
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.poll_flushed(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let wakes = self.begin_close(None)?;
        self.wake_receiver(wakes);
        self.poll_flushed(cx)
    }
}

/// What both the traits and the halves do; none of it wakes another task, because the halves hold
/// a lock meanwhile.
impl<T: AsyncRead + AsyncWrite + Unpin> WebSocket<T> {
    /// Receives until `f` makes something of an event.
    pub(crate) fn poll_with<R>(
        &mut self,
        cx: &Context<'_>,
        mut f: impl FnMut(Event<'_>) -> Option<R>,
    ) -> Poll<Option<Result<R, Error>>> {
        let waker = self.wakers().register(Side::Receive, cx);
        let mut cx = Context::from_waker(&waker);
        loop {
            if let Err(ended) = ready!(self.core.poll_advance(&mut cx, Mode::Whole)) {
                return Poll::Ready(ended.told().transpose());
            }
            match self.core.take_event() {
                Ok(Some((event, _))) => {
                    if let Some(made) = f(event) {
                        return Poll::Ready(Some(Ok(made)));
                    }
                }
                Ok(None) => {}
                Err(error) => return Poll::Ready(Some(Err(error))),
            }
        }
    }

    /// Waits for room for a message of `len` bytes; 0 where the length is not known yet.
    pub(crate) fn poll_room(&mut self, cx: &Context<'_>, len: usize) -> Poll<Result<(), Error>> {
        let waker = self.wakers().register(Side::Send, cx);
        let mut cx = Context::from_waker(&waker);
        self.core.outbox().poll_room(&mut cx, len)
    }

    /// Waits until all is written.
    pub(crate) fn poll_flushed(&mut self, cx: &Context<'_>) -> Poll<Result<(), Error>> {
        let waker = self.wakers().register(Side::Send, cx);
        let mut cx = Context::from_waker(&waker);
        self.core.outbox().poll_flush(&mut cx)
    }

    /// Adds a message; tells whether the receiving task is to be woken, which writes it when it
    /// next waits. `ready`: there was room when it was asked for without a length.
    pub(crate) fn add(&mut self, message: &Message, ready: bool) -> Result<bool, Error> {
        let was_empty = self.core.wire.output.is_empty();
        let mut outbox = self.core.outbox();
        if ready {
            outbox.start_send(message.borrowed())?;
        } else {
            outbox.try_feed(message)?;
        }
        Ok(was_empty)
    }

    /// As `add`, once there is room, for a message that goes out on many connections.
    pub(crate) fn poll_add_prepared(
        &mut self,
        cx: &Context<'_>,
        prepared: &Prepared,
    ) -> Poll<Result<bool, Error>> {
        let was_empty = self.core.wire.output.is_empty();
        let waker = self.wakers().register(Side::Send, cx);
        let mut cx = Context::from_waker(&waker);
        let mut outbox = self.core.outbox();
        ready!(outbox.poll_feed_prepared(&mut cx, prepared))?;
        Poll::Ready(Ok(was_empty))
    }

    /// Sends our Close, once; tells whether the receiving task is to be woken, which keeps the
    /// deadline for the answer.
    pub(crate) fn begin_close(&mut self, frame: Option<CloseFrame<'_>>) -> Result<bool, Error> {
        self.core.start_close(frame)
    }

    pub(crate) fn wakers(&mut self) -> &Arc<Wakers> {
        self.core.wakers.get_or_insert_default()
    }

    fn wake_receiver(&mut self, wakes: bool) {
        if wakes {
            self.wakers().wake_side(Side::Receive);
        }
    }
}

/// The message of an event, owned.
pub(crate) fn message_of(event: Event<'_>) -> Option<Message> {
    match event {
        Event::Message(message) => Some(message.into()),
        _ => None,
    }
}

/// Whether the connection has ended, so that whoever waits to send need not any longer.
pub(crate) fn ended<R>(polled: &Poll<Option<Result<R, Error>>>) -> bool {
    matches!(polled, Poll::Ready(None | Some(Err(_))))
}
