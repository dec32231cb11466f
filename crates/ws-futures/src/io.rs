//! Byte streams whose type is not known.

use std::future::Future;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_io::{AsyncRead, AsyncWrite};

/// A byte stream of any type, to be boxed.
pub trait Io: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send + ?Sized> Io for T {}

/// What opens a byte stream, or does anything else that takes I/O.
pub type IoFuture<'a, T> = Pin<Box<dyn Future<Output = io::Result<T>> + Send + 'a>>;

/// A byte stream with bytes that have been read already: they are read again first.
#[derive(Debug)]
pub struct Rewound<T> {
    io: T,
    unread: Vec<u8>,
    /// How much of `unread` has been read again.
    taken: usize,
}

impl<T> Rewound<T> {
    /// `unread` will be read before anything of `io`.
    pub const fn new(io: T, unread: Vec<u8>) -> Self {
        Self {
            io,
            unread,
            taken: 0,
        }
    }

    /// What has not been read again yet.
    pub fn unread(&self) -> &[u8] {
        &self.unread[self.taken..]
    }

    /// The byte stream.
    pub const fn io(&self) -> &T {
        &self.io
    }

    /// The byte stream, and what has not been read again yet.
    pub fn into_parts(mut self) -> (T, Vec<u8>) {
        self.unread.drain(..self.taken);
        (self.io, self.unread)
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Rewound<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        if self.unread.is_empty() {
            return Pin::new(&mut self.io).poll_read(cx, buffer);
        }
        let unread = self.unread();
        let len = unread.len().min(buffer.len());
        buffer[..len].copy_from_slice(&unread[..len]);
        self.taken += len;
        if self.taken == self.unread.len() {
            // Nothing is held by a connection that has nothing to say.
            (self.unread, self.taken) = (Vec::new(), 0);
        }
        Poll::Ready(Ok(len))
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Rewound<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, slices)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_close(cx)
    }
}
