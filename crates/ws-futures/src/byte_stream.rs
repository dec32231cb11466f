//! A byte stream over messages, for protocols that know nothing of messages.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_io::{AsyncRead, AsyncWrite};
use ws_driver::{CloseCode, CloseFrame, Closure, Event, Message};

use crate::core::Mode;
use crate::pieces::into_io;
use crate::wakers::Side;
use crate::{Error, WebSocket};

/// So much goes into one message at most, in bytes.
const PIECE: usize = 64 << 10;

/// A connection as a byte stream: SSH, a database's protocol, another proxy's.
///
/// - What is written becomes binary messages, one for each write of up to 64 KiB; they are written
///   to the transport together, by a flush or when the next read has to wait. Where writes are
///   tiny, put a `BufWriter` in front.
/// - What is read are the bytes of all messages, texts among them, without their borders; empty
///   messages are passed over. No message is held whole; the limit for one is
///   [`max_streamed_size`](ws_driver::Config::max_streamed_size).
/// - Closing sends a Close with 1000. The other end's Close is the end of the stream, if its code
///   is 1000 or 1001 or there is none; any other code is an error of kind `ConnectionAborted`, and
///   the end of the transport without a Close is `UnexpectedEof`.
///
/// Go on reading up to the end after closing: only then is the transport ended in order. Reading
/// and writing may be polled by different tasks. With the feature `tokio` it has tokio's traits,
/// too. Whoever wants streams of messages instead has them: [`WebSocket::split`] gives a `Sink` and
/// a `Stream`, a writable and a readable side as the web's streams have it.
///
/// ```
/// use futures::io::{AsyncReadExt, AsyncWriteExt};
/// use ws_futures::{ByteStream, WebSocket};
///
/// # use futures_io::{AsyncRead, AsyncWrite};
/// async fn ask<T>(socket: WebSocket<T>) -> std::io::Result<Vec<u8>>
/// where
///     T: AsyncRead + AsyncWrite + Unpin,
/// {
///     let mut stream = ByteStream::new(socket);
///     stream.write_all(b"QUIT\r\n").await?;
///     stream.close().await?;
///     let mut answer = Vec::new();
///     stream.read_to_end(&mut answer).await?;
///     Ok(answer)
/// }
/// ```
#[derive(Debug)]
pub struct ByteStream<T> {
    socket: WebSocket<T>,
    /// What of a chunk did not fit into what it was read into.
    held: Vec<u8>,
    taken: usize,
    ended: bool,
}

impl<T> ByteStream<T> {
    /// The byte stream of this connection.
    pub const fn new(socket: WebSocket<T>) -> Self {
        Self {
            socket,
            held: Vec::new(),
            taken: 0,
            ended: false,
        }
    }

    /// The connection.
    pub const fn get_ref(&self) -> &WebSocket<T> {
        &self.socket
    }

    /// The connection, and what was received and not read.
    pub fn into_parts(mut self) -> (WebSocket<T>, Vec<u8>) {
        self.held.drain(..self.taken);
        (self.socket, self.held)
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> ByteStream<T> {
    fn poll_receive(&mut self, cx: &Context<'_>, buffer: &mut [u8]) -> Poll<Result<usize, Error>> {
        let held = &self.held[self.taken..];
        if !held.is_empty() {
            let len = held.len().min(buffer.len());
            buffer[..len].copy_from_slice(&held[..len]);
            self.taken += len;
            if self.taken == self.held.len() {
                // A connection that has nothing to say holds nothing.
                (self.held, self.taken) = (Vec::new(), 0);
            }
            return Poll::Ready(Ok(len));
        }
        if self.ended || buffer.is_empty() {
            return Poll::Ready(Ok(0));
        }
        let waker = self.socket.wakers().register(Side::Receive, cx);
        let mut cx = Context::from_waker(&waker);
        loop {
            if let Err(ended) = ready!(self.socket.core.poll_advance(&mut cx, Mode::Streamed)) {
                self.ended = true;
                // Whoever waits to write need not any longer.
                self.socket.wakers().wake_side(Side::Send);
                return Poll::Ready(ended.told::<()>().map(|_| 0));
            }
            if let Some(Event::Message(chunk)) = self.socket.core.take_chunk()? {
                let bytes = chunk.data.as_bytes();
                let len = bytes.len().min(buffer.len());
                if len > 0 {
                    buffer[..len].copy_from_slice(&bytes[..len]);
                    self.held.extend_from_slice(&bytes[len..]);
                    return Poll::Ready(Ok(len));
                }
            }
        }
    }

    /// What the end of the connection is to who reads bytes.
    fn end(&self) -> io::Result<usize> {
        match self.socket.closure() {
            Some(Closure::Clean {
                code: Some(code), ..
            }) if code != CloseCode::NORMAL && code != CloseCode::GOING_AWAY => {
                let closed = format!("closed by the peer with {}", code.get());
                Err(io::Error::new(io::ErrorKind::ConnectionAborted, closed))
            }
            _ => Ok(0),
        }
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> AsyncRead for ByteStream<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let had_ended = self.ended;
        let len = ready!(self.poll_receive(cx, buffer)).map_err(into_io)?;
        Poll::Ready(if self.ended && !had_ended && len == 0 {
            self.end()
        } else {
            Ok(len)
        })
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> AsyncWrite for ByteStream<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let piece = &bytes[..bytes.len().min(PIECE)];
        // No message for nothing.
        if piece.is_empty() {
            return Poll::Ready(Ok(0));
        }
        ready!(self.socket.poll_room(cx, piece.len())).map_err(into_io)?;
        let was_empty = self.socket.buffered() == 0;
        let fed = self.socket.core.outbox().try_feed(Message::Binary(piece));
        fed.map_err(into_io)?;
        if was_empty {
            // The task that reads writes it when it next waits.
            self.socket.wakers().wake_side(Side::Receive);
        }
        Poll::Ready(Ok(piece.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.socket.poll_flushed(cx).map_err(into_io)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let frame = CloseFrame {
            code: CloseCode::NORMAL,
            reason: "",
        };
        if self.socket.begin_close(Some(frame)).map_err(into_io)? {
            self.socket.wakers().wake_side(Side::Receive);
        }
        self.poll_flush(cx)
    }
}

#[cfg(feature = "tokio")]
impl<T: AsyncRead + AsyncWrite + Unpin> tokio::io::AsyncRead for ByteStream<T> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut tokio::io::ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let len = ready!(AsyncRead::poll_read(self, cx, buffer.initialize_unfilled()))?;
        buffer.advance(len);
        Poll::Ready(Ok(()))
    }
}

#[cfg(feature = "tokio")]
impl<T: AsyncRead + AsyncWrite + Unpin> tokio::io::AsyncWrite for ByteStream<T> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        AsyncWrite::poll_write(self, cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        AsyncWrite::poll_flush(self, cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        AsyncWrite::poll_close(self, cx)
    }
}
