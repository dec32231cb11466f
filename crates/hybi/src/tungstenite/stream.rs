//! A WebSocket as a stream and a sink of messages that include control frames.

use core::future::{Future, poll_fn};
use core::pin::{Pin, pin};
use core::task::{Context, Poll, Waker};

use futures_core::Stream;
use futures_io::{AsyncRead, AsyncWrite};
use futures_sink::Sink;

use super::{CloseFrame, Message};
use crate::{Error, Receiver, Sender, WebSocket};

/// A [`WebSocket`] with the calls of tokio-tungstenite's type of this name.
///
/// Made `from` a [`WebSocket`]. `StreamExt::next` receives; `StreamExt::split` gives halves for two
/// tasks.
#[derive(Debug)]
pub struct WebSocketStream<T> {
    sender: Sender<T>,
    receiver: Receiver<T>,
}

impl<T: AsyncRead + AsyncWrite + Unpin> WebSocketStream<T> {
    /// The next message.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`] once the connection has ended; when the transport fails or the peer breaks
    /// the protocol.
    pub async fn read(&mut self) -> Result<Message, Error> {
        let next = poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await;
        next.unwrap_or(Err(Error::Closed))
    }

    /// Adds a message to what is written when the next receive has to wait, or by
    /// [`flush`](Self::flush).
    ///
    /// # Errors
    ///
    /// When the transport fails, once the connection is closed or closing, for a Ping or a Pong of
    /// more than 125 bytes, and in a version that does not have them.
    pub async fn write(&mut self, message: impl Into<Message>) -> Result<(), Error> {
        poll_fn(|cx| Pin::new(&mut *self).poll_ready(cx)).await?;
        self.add(message.into())
    }

    /// Waits until the transport has taken everything.
    ///
    /// # Errors
    ///
    /// When the transport fails.
    pub async fn flush(&mut self) -> Result<(), Error> {
        self.sender.flush().await
    }

    /// Sends a message, and waits until the transport has taken it.
    ///
    /// # Errors
    ///
    /// Those of [`write`](Self::write).
    pub async fn send(&mut self, message: impl Into<Message>) -> Result<(), Error> {
        self.write(message).await?;
        self.flush().await
    }

    /// Sends our Close. The connection ends when the peer's has been received, so go on until the
    /// stream does. Idempotent.
    ///
    /// # Errors
    ///
    /// When the transport fails, and for a reason of more than 123 bytes.
    pub async fn close(&mut self, frame: Option<CloseFrame>) -> Result<(), Error> {
        let frame = frame.as_ref().map(CloseFrame::borrowed);
        self.sender.close(frame).await
    }

    /// The WebSocket beneath, which can do more.
    pub fn into_inner(self) -> WebSocket<T> {
        match self.sender.reunite(self.receiver) {
            Ok(socket) => socket,
            Err(_) => unreachable!("they are of one connection"),
        }
    }

    /// Adds a message, after `poll_ready`.
    fn add(&mut self, message: Message) -> Result<(), Error> {
        match message {
            Message::Text(text) => self.start_send(crate::Message::Text(text)),
            Message::Binary(bytes) => self.start_send(crate::Message::Binary(bytes)),
            Message::Ping(payload) => self.add_control(|sender| begin(sender.ping(&payload))),
            Message::Pong(payload) => self.add_control(|sender| begin(sender.pong(&payload))),
            Message::Close(frame) => {
                let frame = frame.as_ref().map(CloseFrame::borrowed);
                begin(self.sender.close(frame))
            }
        }
    }

    /// Adds a Ping or a Pong.
    fn add_control(
        &mut self,
        add: impl FnOnce(&mut Sender<T>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let before = self.sender.statistics().sent.frames;
        add(&mut self.sender)?;
        // It had no room, if what waits may be hardly more than what is waited for.
        if self.sender.statistics().sent.frames == before {
            return Err(Error::WriteBufferFull);
        }
        Ok(())
    }

    fn start_send(&mut self, message: crate::Message) -> Result<(), Error> {
        Pin::new(&mut self.sender).start_send(message)
    }
}

/// Begins what adds something and then writes it. What is added stays when this is dropped, and is
/// written by whoever flushes.
fn begin<R>(adding: impl Future<Output = Result<R, Error>>) -> Result<(), Error> {
    match pin!(adding).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result.map(drop),
        Poll::Pending => Ok(()),
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> From<WebSocket<T>> for WebSocketStream<T> {
    fn from(socket: WebSocket<T>) -> Self {
        let (sender, receiver) = socket.split();
        Self { sender, receiver }
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> Stream for WebSocketStream<T> {
    type Item = Result<Message, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        // All progress is kept in the connection: a future may be made anew for each poll.
        let receiving = pin!(self.receiver.receive_with(Message::of));
        receiving.poll(cx).map(Result::transpose)
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> Sink<Message> for WebSocketStream<T> {
    type Error = Error;

    fn poll_ready(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Pin::new(&mut self.sender).poll_ready(cx)
    }

    fn start_send(mut self: Pin<&mut Self>, message: Message) -> Result<(), Error> {
        self.add(message)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Pin::new(&mut self.sender).poll_flush(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Pin::new(&mut self.sender).poll_close(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use bytes::Bytes;
    use futures::executor::block_on;
    use futures::future::try_join;
    use futures::{SinkExt, StreamExt};
    use hybi_testkit::pipe::{Pipe, duplex};

    use super::*;
    use crate::{CloseCode, Options, Request};

    /// Both ends, open.
    fn pair(capacity: usize) -> (WebSocketStream<Pipe>, WebSocketStream<Pipe>) {
        let (near, far) = duplex(capacity);
        let (options, of_server) = (Options::client(), Options::server());
        let request = Request::ws("example.com", "/").unwrap();
        let both = try_join(crate::connect(near, &request, &options), async {
            crate::accept(far, &of_server).await
        });
        let ((client, _), server) = block_on(both).unwrap();
        (client.into(), server.into())
    }

    fn bye() -> CloseFrame {
        CloseFrame {
            code: CloseCode::NORMAL,
            reason: "bye".into(),
        }
    }

    #[test]
    fn every_kind_goes_through() {
        let (mut client, mut server) = pair(1 << 16);
        block_on(async {
            client.write("text").await?;
            client.write(std::vec![0xFF]).await?;
            client
                .write(Message::Ping(Bytes::from_static(b"?")))
                .await?;
            client
                .write(Message::Pong(Bytes::from_static(b"unasked")))
                .await?;
            client.send(Message::Close(Some(bye()))).await?;
            let mut seen = Vec::new();
            while let Some(message) = server.next().await {
                seen.push(message?);
            }
            let expect = [
                Message::from("text"),
                Message::from(std::vec![0xFF]),
                Message::Ping(Bytes::from_static(b"?")),
                Message::Pong(Bytes::from_static(b"unasked")),
                Message::Close(Some(bye())),
            ];
            assert_eq!(seen, expect);
            // The answers.
            assert_eq!(
                client.read().await?,
                Message::Pong(Bytes::from_static(b"?"))
            );
            assert_eq!(client.read().await?, Message::Close(Some(bye())));
            assert!(matches!(client.read().await, Err(Error::Closed)));
            assert!(matches!(client.send("late").await, Err(Error::Closed)));
            Ok::<_, Error>(())
        })
        .unwrap();
    }

    #[test]
    fn halves_echo_through_a_narrow_pipe() {
        let (mut client, server) = pair(7);
        let (mut sink, stream) = server.split();
        let messages = [
            Message::from("x".repeat(100)),
            Message::Ping(Bytes::from_static(&[7; 125])),
            Message::from(std::vec![1; 300]),
        ];
        let echo = async {
            let data = stream.filter(|message| {
                let keep =
                    !matches!(message, Ok(message) if !message.is_text() && !message.is_binary());
                core::future::ready(keep)
            });
            data.forward(&mut sink).await
        };
        let ask = async {
            for message in messages.clone() {
                client.write(message.clone()).await?;
                let expect = match message {
                    Message::Ping(payload) => Message::Pong(payload),
                    other => other,
                };
                assert_eq!(client.read().await?, expect);
            }
            client.close(Some(bye())).await?;
            client.close(None).await?; // again
            assert!(client.read().await?.is_close());
            assert!(client.next().await.is_none());
            Ok(())
        };
        block_on(try_join(echo, ask)).unwrap();
    }

    #[test]
    fn sink_adapters_work_and_the_socket_comes_back() {
        let (mut client, mut server) = pair(1 << 16);
        block_on(async {
            SinkExt::send(&mut client, Message::from("one")).await?;
            SinkExt::feed(&mut client, Message::from("two")).await?;
            SinkExt::close(&mut client).await?;
            let mut seen = Vec::new();
            while let Some(message) = server.next().await {
                seen.push(message?);
            }
            assert_eq!(
                seen,
                [
                    Message::from("one"),
                    Message::from("two"),
                    Message::Close(None)
                ]
            );
            let mut client = client.into_inner();
            assert!(client.close(None).await?.is_clean());
            Ok::<_, Error>(())
        })
        .unwrap();
    }
}
