//! Sockets and timers of smol (async-io).
//!
//! Closing an `Async<TcpStream>` does not end its write side, so the peer would not see the
//! transport end: wrap it in a [`Socket`]. `smol::net::TcpStream` can be used as it is.

use std::future::poll_fn;
use std::io::{self, IoSlice, Read};
use std::net::{Shutdown, TcpStream, ToSocketAddrs};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use async_io::Async;
use futures_io::{AsyncRead, AsyncWrite};
use ws_driver::Instant;
use ws_handshake::{Accept, Offer, Reject, Request, Response};

use crate::accept::read_request_with;
use crate::connect::connect_within;
use crate::{Error, Incoming, Options, WebSocket};

/// As [`accept`](crate::accept()), with smol's timer.
///
/// # Errors
///
/// Those of [`accept`](crate::accept()).
pub async fn accept<T>(io: T, options: &Options) -> Result<WebSocket<T>, Error>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    read_request(io, options).await?.accept(options).await
}

/// As [`accept_with`](crate::accept_with), with smol's timer.
///
/// # Errors
///
/// Those of [`accept_with`](crate::accept_with).
pub async fn accept_with<T>(
    io: T,
    options: &Options,
    decide: impl FnOnce(Offer<'_>) -> Result<Accept, Reject>,
) -> Result<WebSocket<T>, Error>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let incoming = read_request(io, options).await?;
    incoming.accept_with(options, decide).await
}

/// As [`read_request`](crate::read_request), with smol's timer.
///
/// # Errors
///
/// Those of [`read_request`](crate::read_request).
pub async fn read_request<T>(io: T, options: &Options) -> Result<Incoming<T>, Error>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    read_request_with(io, options, options.timer.or(Some(timer))).await
}

/// Connects to the host of a `ws://` URL, and asks for a WebSocket there.
///
/// # Errors
///
/// Those of [`connect_to`]; [`Error::Url`].
pub async fn connect(url: &str, options: &Options) -> Result<(WebSocket<Socket>, Response), Error> {
    connect_to(&Request::from_url(url)?, options).await
}

/// Connects to the host of `request`, trying its addresses one after the other, and asks for a
/// WebSocket there, all within [`handshake_timeout`](Options::handshake_timeout).
///
/// # Errors
///
/// [`Error::Io`] if no address can be connected to; [`Error::TlsRequired`] for `wss`; those of
/// [`connect`](crate::connect()).
pub async fn connect_to(
    request: &Request,
    options: &Options,
) -> Result<(WebSocket<Socket>, Response), Error> {
    if request.is_secure() {
        return Err(Error::TlsRequired);
    }
    let (start, timeout) = (std::time::Instant::now(), options.handshake_timeout);
    let mut dial = pin!(dial(request));
    let mut alarm = async_io::Timer::after(timeout);
    let stream = poll_fn(|cx| match dial.as_mut().poll(cx) {
        Poll::Ready(stream) => Poll::Ready(stream.map_err(Error::Io)),
        Poll::Pending => Pin::new(&mut alarm)
            .poll(cx)
            .map(|_| Err(Error::HandshakeTimedOut)),
    })
    .await?;
    stream.get_ref().set_nodelay(true)?;
    let timer = options.timer.or(Some(timer));
    let left = timeout.saturating_sub(start.elapsed());
    connect_within(Socket::from(stream), request, options, timer, left).await
}

/// Connects to the first address that lets us.
async fn dial(request: &Request) -> io::Result<Async<TcpStream>> {
    let (host, port) = (request.host().to_owned(), request.port());
    // Names are resolved by the system, which blocks, so another thread waits for it.
    let addresses = blocking::unblock(move || (host, port).to_socket_addrs()).await?;
    let mut error = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in addresses {
        match Async::<TcpStream>::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(refused) => error = refused,
        }
    }
    Err(error)
}

/// A TCP socket of async-io's that ends its write side when it is closed, and that asks the
/// system no more often than needed.
#[derive(Debug)]
pub struct Socket {
    io: Async<TcpStream>,
    /// The last read took all there was: the next one waits first.
    drained: bool,
}

impl Socket {
    /// The socket inside, to set its options.
    pub fn get_ref(&self) -> &TcpStream {
        self.io.get_ref()
    }

    /// Takes the socket out.
    pub fn into_inner(self) -> Async<TcpStream> {
        self.io
    }
}

impl From<Async<TcpStream>> for Socket {
    fn from(io: Async<TcpStream>) -> Self {
        Self { io, drained: false }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        loop {
            if self.drained {
                ready!(self.io.poll_readable(cx))?;
                self.drained = false;
            }
            match self.io.get_ref().read(buffer) {
                Ok(len) => {
                    self.drained = len < buffer.len();
                    return Poll::Ready(Ok(len));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.drained = true,
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl AsyncWrite for Socket {
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

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(self.io.get_ref().shutdown(Shutdown::Write))
    }
}

/// As [`WebSocket::server`], with smol's timer.
pub fn server<T>(io: T, options: &Options) -> WebSocket<T> {
    WebSocket::server(io, options).with_timer(timer())
}

/// As [`WebSocket::client`], with smol's timer.
///
/// # Errors
///
/// Those of [`WebSocket::client`].
pub fn client<T>(io: T, options: &Options) -> Result<WebSocket<T>, Error> {
    Ok(WebSocket::client(io, options)?.with_timer(timer()))
}

/// A timer of smol's, for [`Options::timer`].
pub fn timer() -> Box<dyn crate::Timer> {
    Box::new(Timer { alarm: None })
}

struct Timer {
    /// What wakes, and when.
    alarm: Option<(async_io::Timer, Instant)>,
}

impl crate::Timer for Timer {
    fn now(&mut self) -> Instant {
        crate::timer::since_epoch(std::time::Instant::now())
    }

    fn poll_at(&mut self, cx: &mut Context<'_>, deadline: Instant) -> Poll<()> {
        let at = crate::timer::to_std(deadline);
        // An alarm goes off once, but a deadline stays over.
        if std::time::Instant::now() >= at {
            return Poll::Ready(());
        }
        let (alarm, set) = self
            .alarm
            .get_or_insert_with(|| (async_io::Timer::at(at), deadline));
        if *set != deadline {
            alarm.set_at(at);
            *set = deadline;
        }
        Pin::new(alarm).poll(cx).map(|_| ())
    }
}
