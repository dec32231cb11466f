//! What a dialled connection runs over.

use std::fmt;
use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_io::{AsyncRead, AsyncWrite};

use crate::Io;

/// A byte stream to a server: a socket of the runtime's, or whatever stands between it and us.
///
/// `T` is the runtime's TCP socket. Without TLS, proxy or dialler of the user's it is used as it
/// is; everything else is boxed.
pub struct Transport<T> {
    kind: Kind<T>,
    peer: Option<SocketAddr>,
    is_encrypted: bool,
}

enum Kind<T> {
    Socket(T),
    Boxed(Box<dyn Io>),
}

impl<T> Transport<T> {
    pub(crate) const fn socket(socket: T, peer: SocketAddr) -> Self {
        Self {
            kind: Kind::Socket(socket),
            peer: Some(peer),
            is_encrypted: false,
        }
    }

    pub(crate) const fn boxed(io: Box<dyn Io>, peer: Option<SocketAddr>) -> Self {
        Self {
            kind: Kind::Boxed(io),
            peer,
            is_encrypted: false,
        }
    }

    pub(crate) const fn encrypted(io: Box<dyn Io>, peer: Option<SocketAddr>) -> Self {
        Self {
            kind: Kind::Boxed(io),
            peer,
            is_encrypted: true,
        }
    }

    /// The TCP socket, if nothing stands between it and the server.
    pub const fn as_socket(&self) -> Option<&T> {
        match &self.kind {
            Kind::Socket(socket) => Some(socket),
            Kind::Boxed(_) => None,
        }
    }

    /// The address that was connected to, whatever stands between: the server's or, if there is a
    /// proxy, the proxy's. A Unix socket and a [dialler](crate::Dialler) of the user's have none.
    pub const fn peer_addr(&self) -> Option<SocketAddr> {
        self.peer
    }

    /// Whether TLS reaches to the server.
    pub const fn is_encrypted(&self) -> bool {
        self.is_encrypted
    }
}

impl<T: Io + 'static> Transport<T> {
    /// As a byte stream whose type is not known.
    pub(crate) fn into_boxed(self) -> Box<dyn Io> {
        match self.kind {
            Kind::Socket(socket) => Box::new(socket),
            Kind::Boxed(io) => io,
        }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Transport<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        match &mut self.kind {
            Kind::Socket(io) => Pin::new(io).poll_read(cx, buffer),
            Kind::Boxed(io) => Pin::new(io).poll_read(cx, buffer),
        }
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Transport<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut self.kind {
            Kind::Socket(io) => Pin::new(io).poll_write(cx, bytes),
            Kind::Boxed(io) => Pin::new(io).poll_write(cx, bytes),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match &mut self.kind {
            Kind::Socket(io) => Pin::new(io).poll_write_vectored(cx, slices),
            Kind::Boxed(io) => Pin::new(io).poll_write_vectored(cx, slices),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.kind {
            Kind::Socket(io) => Pin::new(io).poll_flush(cx),
            Kind::Boxed(io) => Pin::new(io).poll_flush(cx),
        }
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.kind {
            Kind::Socket(io) => Pin::new(io).poll_close(cx),
            Kind::Boxed(io) => Pin::new(io).poll_close(cx),
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Transport<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Transport");
        debug.field("peer", &self.peer);
        debug.field("is_encrypted", &self.is_encrypted);
        match &self.kind {
            Kind::Socket(socket) => debug.field("socket", socket).finish(),
            Kind::Boxed(_) => debug.finish_non_exhaustive(),
        }
    }
}
