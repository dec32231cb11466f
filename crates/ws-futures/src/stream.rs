//! Owned messages: `Stream` and `Sink`.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use futures_io::{AsyncRead, AsyncWrite};
use futures_sink::Sink;
use ws_driver::Event;

use crate::core::Mode;
use crate::wakers::Side;
use crate::{Error, Message, WebSocket};

/// Yields the messages, and ends with the connection; an error comes once, as the last item.
///
/// Pings and pongs are dealt with and not shown. May be polled by one task while another polls
/// the `Sink`.
impl<T: AsyncRead + AsyncWrite + Unpin> Stream for WebSocket<T> {
    type Item = Result<Message, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_message(cx)
    }
}

/// Sends messages; [`feed`](WebSocket::feed) tells when they are written.
impl<T: AsyncRead + AsyncWrite + Unpin> Sink<Message> for WebSocket<T> {
    type Error = Error;

    fn poll_ready(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.poll_ready_to_send(cx, 0)
    }

    fn start_send(mut self: Pin<&mut Self>, message: Message) -> Result<(), Error> {
        self.outbox().start_send(message.borrowed())
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.poll_flush_sent(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.poll_close_sent(cx)
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> WebSocket<T> {
    pub(crate) fn poll_message(
        &mut self,
        cx: &Context<'_>,
    ) -> Poll<Option<Result<Message, Error>>> {
        let waker = self.wakers().register(Side::Receive, cx);
        let mut cx = Context::from_waker(&waker);
        loop {
            match ready!(self.core.poll_advance(&mut cx, Mode::Whole)) {
                Ok(true) => {}
                Ok(false) => return Poll::Ready(None),
                Err(error) => return Poll::Ready(Some(Err(error))),
            }
            match self.core.take_event() {
                Ok(Some((Event::Message(message), _))) => {
                    return Poll::Ready(Some(Ok(message.into())));
                }
                Ok(_) => {}
                Err(error) => return Poll::Ready(Some(Err(error))),
            }
        }
    }

    /// Waits for room for a message of `len` bytes; 0 where the length is not known yet.
    pub(crate) fn poll_ready_to_send(
        &mut self,
        cx: &Context<'_>,
        len: usize,
    ) -> Poll<Result<(), Error>> {
        let waker = self.wakers().register(Side::Send, cx);
        let mut cx = Context::from_waker(&waker);
        let outbox = self.core.outbox();
        outbox
            .output
            .poll_room(outbox.io, &mut cx, len, outbox.limits)
    }

    pub(crate) fn poll_flush_sent(&mut self, cx: &Context<'_>) -> Poll<Result<(), Error>> {
        let waker = self.wakers().register(Side::Send, cx);
        let mut cx = Context::from_waker(&waker);
        let outbox = self.core.outbox();
        outbox.output.poll_flush(outbox.io, &mut cx)
    }

    /// Sends our Close and drives the closing handshake, if no other task does.
    pub(crate) fn poll_close_sent(&mut self, cx: &Context<'_>) -> Poll<Result<(), Error>> {
        self.core.start_close(None)?;
        self.poll_flush_sent(cx)
    }

    fn wakers(&mut self) -> &Arc<crate::wakers::Wakers> {
        self.wakers.get_or_insert_default()
    }
}
