//! Sockets and timers of smol (async-io).
//!
//! Closing an `Async<TcpStream>` does not end its write side, so the peer would not see the
//! transport end: wrap it in a [`Socket`]. `smol::net::TcpStream` can be used as it is.

use std::io::{self, IoSlice, Read, Write};
#[cfg(feature = "client")]
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::net::{Shutdown, TcpStream};
#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use async_io::{Async, IoSafe};
use futures_io::{AsyncRead, AsyncWrite};
use ws_driver::Instant;
use ws_handshake::{Accept, Offer, Reject};
#[cfg(feature = "client")]
use ws_handshake::{Request, Response};

use crate::accept::read_request_with;
#[cfg(all(feature = "client", feature = "sse"))]
use crate::sse::{EventRequest, EventSource, SourceError};
#[cfg(feature = "rustls")]
use crate::tls::rustls::{Acceptor, server::TlsStream};
use crate::{Error, Incoming, Options, WebSocket};
#[cfg(feature = "client")]
use crate::{Io, IoFuture, Runtime, Transport, connect_on};

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

/// As [`accept`], through TLS; one deadline for both handshakes.
///
/// # Errors
///
/// Those of [`accept`](crate::accept()); [`Error::Io`] for TLS, inside of which is what rustls says.
#[cfg(feature = "rustls")]
pub async fn accept_tls<T>(
    io: T,
    acceptor: &Acceptor,
    options: &Options,
) -> Result<WebSocket<TlsStream<T>>, Error>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let incoming = read_request_tls(io, acceptor, options).await?;
    incoming.accept(options).await
}

/// As [`read_request`], through TLS; one deadline for both handshakes.
///
/// # Errors
///
/// Those of [`accept_tls`] that concern any request.
#[cfg(feature = "rustls")]
pub async fn read_request_tls<T>(
    io: T,
    acceptor: &Acceptor,
    options: &Options,
) -> Result<Incoming<TlsStream<T>>, Error>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    crate::accept::read_request_tls(io, acceptor, options, timer).await
}

/// A socket that a client has dialled.
#[cfg(feature = "client")]
pub type ClientSocket = WebSocket<Transport<Socket>>;

/// Connects to a URL (`ws`, `wss`, `http`, `https`) as [`Options::dial`] says, through proxies and
/// TLS, and asks for a WebSocket there.
///
/// # Errors
///
/// Those of [`connect_to`]; [`Error::Url`].
#[cfg(feature = "client")]
pub async fn connect(url: &str, options: &Options) -> Result<(ClientSocket, Response), Error> {
    connect_to(&Request::from_url(url)?, options).await
}

/// Connects to the server of `request` as [`Options::dial`] says, through proxies and TLS, and asks
/// for a WebSocket there.
///
/// # Errors
///
/// [`Error::Dial`] if there is no way to the server; those of [`connect`](crate::connect()).
#[cfg(feature = "client")]
pub async fn connect_to(
    request: &Request,
    options: &Options,
) -> Result<(ClientSocket, Response), Error> {
    connect_on(&Smol, request, options).await
}

/// A source of events from an `http` or `https` URL, which gets there as [`Options::dial`] says and
/// connects when it is first waited for.
///
/// # Errors
///
/// Those of [`EventRequest::from_url`].
#[cfg(all(feature = "client", feature = "sse"))]
pub fn event_source(url: &str, options: &Options) -> Result<EventSource<Smol>, SourceError> {
    Ok(event_source_for(EventRequest::from_url(url)?, options))
}

/// As [`event_source`], with fields, a body, or a last event id to begin with.
#[cfg(all(feature = "client", feature = "sse"))]
pub fn event_source_for(request: EventRequest, options: &Options) -> EventSource<Smol> {
    EventSource::new(Smol, request, options)
}

/// Smol as a [`Runtime`].
#[cfg(feature = "client")]
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "smol's reactor is the process's")]
pub struct Smol;

#[cfg(feature = "client")]
impl Runtime for Smol {
    type Socket = Socket;

    fn timer() -> Box<dyn crate::Timer> {
        timer()
    }

    fn resolve(&self, host: String, port: u16) -> IoFuture<'static, Vec<SocketAddr>> {
        // The system's lookup blocks, so another thread waits for it.
        Box::pin(blocking::unblock(move || {
            Ok((host, port).to_socket_addrs()?.collect())
        }))
    }

    fn connect(
        &self,
        address: SocketAddr,
        local: Option<IpAddr>,
    ) -> IoFuture<'static, Self::Socket> {
        Box::pin(async move {
            let stream = match local {
                None => Async::<TcpStream>::connect(address).await?,
                Some(local) => connect_from(local, address).await?,
            };
            stream.get_ref().set_nodelay(true)?;
            Ok(Socket::from(stream))
        })
    }

    #[cfg(unix)]
    fn connect_unix(&self, path: std::path::PathBuf) -> IoFuture<'static, Box<dyn Io>> {
        Box::pin(async move {
            let stream = Async::<UnixStream>::connect(path).await?;
            Ok(Box::new(Socket::from(stream)) as Box<dyn Io>)
        })
    }
}

/// What async-io does to connect, with a local address.
#[cfg(feature = "client")]
async fn connect_from(local: IpAddr, address: SocketAddr) -> io::Result<Async<TcpStream>> {
    let domain = socket2::Domain::for_address(address);
    let socket = socket2::Socket::new(domain, socket2::Type::STREAM, None)?;
    socket.bind(&SocketAddr::new(local, 0).into())?;
    socket.set_nonblocking(true)?;
    match socket.connect(&address.into()) {
        Ok(()) => {}
        Err(error) if goes_on(&error) => {}
        Err(error) => return Err(error),
    }
    let stream = Async::new_nonblocking(TcpStream::from(socket))?;
    stream.writable().await?;
    match stream.get_ref().take_error()? {
        None => Ok(stream),
        Some(error) => Err(error),
    }
}

/// Whether this error of `connect` says that it goes on without us.
#[cfg(feature = "client")]
fn goes_on(error: &io::Error) -> bool {
    #[cfg(unix)]
    if error.raw_os_error() == Some(rustix::io::Errno::INPROGRESS.raw_os_error()) {
        return true;
    }
    error.kind() == io::ErrorKind::WouldBlock
}

/// A socket of async-io's, by default over TCP, that ends its write side when it is closed, and
/// that asks the system no more often than needed.
#[derive(Debug)]
pub struct Socket<S = TcpStream> {
    io: Async<S>,
    /// The last read took all there was: the next one waits first.
    drained: bool,
}

impl<S> Socket<S> {
    /// The socket inside, to set its options.
    pub fn get_ref(&self) -> &S {
        self.io.get_ref()
    }

    /// Takes the socket out.
    pub fn into_inner(self) -> Async<S> {
        self.io
    }
}

impl<S: Duplex> From<Async<S>> for Socket<S> {
    fn from(io: Async<S>) -> Self {
        Self { io, drained: false }
    }
}

impl<S: Duplex> AsyncRead for Socket<S> {
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
            match self.io.get_ref().read_now(buffer) {
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

impl<S: Duplex> AsyncWrite for Socket<S> {
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
        Poll::Ready(self.io.get_ref().end_writing())
    }
}

/// What a [`Socket`] may hold: [`TcpStream`], and `UnixStream` where there is one.
pub trait Duplex: IoSafe + Write + Unpin {
    /// Reads once, without waiting.
    ///
    /// # Errors
    ///
    /// The system's.
    fn read_now(&self, buffer: &mut [u8]) -> io::Result<usize>;

    /// Closes the write side.
    ///
    /// # Errors
    ///
    /// The system's.
    fn end_writing(&self) -> io::Result<()>;
}

impl Duplex for TcpStream {
    fn read_now(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut this = self;
        this.read(buffer)
    }

    fn end_writing(&self) -> io::Result<()> {
        self.shutdown(Shutdown::Write)
    }
}

#[cfg(unix)]
impl Duplex for UnixStream {
    fn read_now(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut this = self;
        this.read(buffer)
    }

    fn end_writing(&self) -> io::Result<()> {
        self.shutdown(Shutdown::Write)
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
