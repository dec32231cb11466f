//! One message as a byte stream, for those larger than anyone wants to hold.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_io::{AsyncRead, AsyncWrite};
use ws_driver::{Event, Kind};

use crate::core::Mode;
use crate::{Error, WebSocket};

/// So much of a byte stream goes into one frame at most.
const PIECE: usize = 64 << 10;

impl<T: AsyncRead + AsyncWrite + Unpin> WebSocket<T> {
    /// Waits for the next message, and lends it as a byte stream; `None` once the connection has
    /// ended.
    ///
    /// Pings, pongs and Close are dealt with and not shown. When a reader is dropped early, the
    /// next one, or [`receive`](Self::receive), passes over the rest of its message. The limit is
    /// [`max_streamed_size`](ws_driver::Config::max_streamed_size).
    ///
    /// # Errors
    ///
    /// Those of [`receive`](Self::receive).
    pub async fn message_reader(&mut self) -> Result<Option<MessageReader<'_, T>>, Error> {
        self.core.skip_message();
        loop {
            if let Err(ended) = poll_fn(|cx| self.core.poll_advance(cx, Mode::Streamed)).await {
                return ended.told();
            }
            if let Some(Event::Message(chunk)) = self.core.take_chunk()? {
                let (kind, last) = (chunk.data.kind(), chunk.last);
                let first = chunk.data.as_bytes().to_vec();
                return Ok(Some(MessageReader {
                    socket: self,
                    kind,
                    held: first,
                    taken: 0,
                    last,
                }));
            }
        }
    }

    /// Begins a message that is sent in pieces, as a byte stream.
    ///
    /// Until it is [`finish`](MessageWriter::finish)ed no other message can be sent; pings are
    /// answered in between. If it is dropped before, go on with
    /// [`resume_message_writer`](Self::resume_message_writer), or close the connection.
    ///
    /// # Errors
    ///
    /// After our Close, and while another message is unfinished.
    pub fn message_writer(&mut self, kind: Kind) -> Result<MessageWriter<'_, T>, Error> {
        self.core.outbox().writer.start(kind)?;
        Ok(MessageWriter { socket: self })
    }

    /// The message that was begun and not finished, to go on with it.
    pub fn resume_message_writer(&mut self) -> Option<MessageWriter<'_, T>> {
        self.core.outbox().writer.resume()?;
        Some(MessageWriter { socket: self })
    }
}

/// One message as it comes; `AsyncRead` ends where the message ends.
///
/// Bytes of a text message are valid UTF-8 as a whole; a single read may end inside a code point.
#[derive(Debug)]
pub struct MessageReader<'a, T> {
    socket: &'a mut WebSocket<T>,
    kind: Kind,
    /// The last chunk, as far as it was not yet taken.
    held: Vec<u8>,
    taken: usize,
    last: bool,
}

impl<T> MessageReader<'_, T> {
    /// Which kind the message is.
    pub fn kind(&self) -> Kind {
        self.kind
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> MessageReader<'_, T> {
    /// Waits for more of the message and lends it; `None` at its end.
    ///
    /// Cancel-safe.
    ///
    /// # Errors
    ///
    /// Those of [`WebSocket::receive`]; [`ws_driver::Error::UnexpectedEof`] if the connection
    /// ends inside the message.
    pub async fn next(&mut self) -> Result<Option<&[u8]>, Error> {
        if poll_fn(|cx| self.poll_held(cx)).await? {
            let held = &self.held[self.taken..];
            self.taken = self.held.len();
            return Ok(Some(held));
        }
        Ok(None)
    }

    /// Holds some bytes of the message; `false` at its end.
    fn poll_held(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, Error>> {
        while self.taken == self.held.len() {
            if self.last {
                return Poll::Ready(Ok(false));
            }
            if let Err(ended) = ready!(self.socket.core.poll_advance(cx, Mode::Streamed)) {
                ended.told::<()>()?;
                return Poll::Ready(Err(ws_driver::Error::UnexpectedEof.into()));
            }
            match self.socket.core.take_chunk()? {
                Some(Event::Message(chunk)) => {
                    self.held.clear();
                    self.taken = 0;
                    self.held.extend_from_slice(chunk.data.as_bytes());
                    self.last = chunk.last;
                }
                Some(Event::Close(_)) => {
                    return Poll::Ready(Err(ws_driver::Error::UnexpectedEof.into()));
                }
                _ => {}
            }
        }
        Poll::Ready(Ok(true))
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> AsyncRead for MessageReader<'_, T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        if buffer.is_empty() || !ready!(self.poll_held(cx)).map_err(into_io)? {
            return Poll::Ready(Ok(0));
        }
        let held = &self.held[self.taken..];
        let len = held.len().min(buffer.len());
        buffer[..len].copy_from_slice(&held[..len]);
        self.taken += len;
        Poll::Ready(Ok(len))
    }
}

/// One message in pieces, each in a frame of its own.
///
/// As `AsyncWrite`, its frames have at most 64 KiB, and closing it finishes the message, not the
/// connection.
#[derive(Debug)]
pub struct MessageWriter<'a, T> {
    socket: &'a mut WebSocket<T>,
}

impl<T: AsyncRead + AsyncWrite + Unpin> MessageWriter<'_, T> {
    /// Adds a piece in a frame of its own; a text may be cut anywhere. Waits while too much is
    /// waiting.
    ///
    /// Cancel-safe: the piece is added whole or not at all.
    ///
    /// # Errors
    ///
    /// When the transport fails, after our Close, and for a piece that cannot continue the text.
    pub async fn write(&mut self, piece: &[u8]) -> Result<(), Error> {
        poll_fn(|cx| self.poll_piece(cx, piece)).await
    }

    /// Ends the message, and waits until the transport has taken it.
    ///
    /// # Errors
    ///
    /// When the transport fails, after our Close, and if the text ends inside a code point.
    pub async fn finish(mut self) -> Result<(), Error> {
        self.end()?;
        self.socket.flush().await
    }

    fn poll_piece(&mut self, cx: &mut Context<'_>, piece: &[u8]) -> Poll<Result<(), Error>> {
        let mut outbox = self.socket.core.outbox();
        ready!(outbox.poll_room(cx, piece.len()))?;
        outbox.wire.output.prepare();
        let Some(mut outgoing) = outbox.writer.resume() else {
            // Our Close has ended it.
            return Poll::Ready(Err(Error::Closed));
        };
        outgoing.write(piece, &mut outbox.wire.output.buffer)?;
        Poll::Ready(Ok(()))
    }

    /// Ends the message, once.
    fn end(&mut self) -> Result<(), Error> {
        let mut outbox = self.socket.core.outbox();
        outbox.wire.output.prepare();
        match outbox.writer.resume() {
            Some(outgoing) => Ok(outgoing.finish(&[], &mut outbox.wire.output.buffer)?),
            None => Ok(()),
        }
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> AsyncWrite for MessageWriter<'_, T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        piece: &[u8],
    ) -> Poll<io::Result<usize>> {
        let piece = &piece[..piece.len().min(PIECE)];
        ready!(self.poll_piece(cx, piece)).map_err(into_io)?;
        Poll::Ready(Ok(piece.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.socket.core.outbox().poll_flush(cx).map_err(into_io)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.end().map_err(into_io)?;
        self.poll_flush(cx)
    }
}

/// The error as byte streams have it.
pub(crate) fn into_io(error: Error) -> io::Error {
    match error {
        Error::Io(error) => error,
        Error::Protocol(ws_driver::Error::UnexpectedEof) => {
            io::Error::new(io::ErrorKind::UnexpectedEof, error)
        }
        Error::Misuse(_) => io::Error::new(io::ErrorKind::InvalidInput, error),
        Error::Closed => io::Error::new(io::ErrorKind::BrokenPipe, error),
        error => io::Error::new(io::ErrorKind::InvalidData, error),
    }
}
