//! Sockets, timers and byte stream traits of tokio.

use std::io::{self, IoSlice};
#[cfg(feature = "client")]
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
#[cfg(feature = "client")]
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{Instant, Sleep};
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

/// As [`accept`](crate::accept()), on a stream of tokio's and with its timer.
///
/// # Errors
///
/// Those of [`accept`](crate::accept()).
pub async fn accept<T>(io: T, options: &Options) -> Result<WebSocket<Compat<T>>, Error>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    read_request(io, options).await?.accept(options).await
}

/// As [`accept_with`](crate::accept_with), on a stream of tokio's and with its timer.
///
/// # Errors
///
/// Those of [`accept_with`](crate::accept_with).
pub async fn accept_with<T>(
    io: T,
    options: &Options,
    decide: impl FnOnce(Offer<'_>) -> Result<Accept, Reject>,
) -> Result<WebSocket<Compat<T>>, Error>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let incoming = read_request(io, options).await?;
    incoming.accept_with(options, decide).await
}

/// As [`read_request`](crate::read_request), on a stream of tokio's and with its timer.
///
/// # Errors
///
/// Those of [`read_request`](crate::read_request).
pub async fn read_request<T>(io: T, options: &Options) -> Result<Incoming<Compat<T>>, Error>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    read_request_with(Compat(io), options, options.timer.or(Some(timer))).await
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
) -> Result<WebSocket<TlsStream<Compat<T>>>, Error>
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
) -> Result<Incoming<TlsStream<Compat<T>>>, Error>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    crate::accept::read_request_tls(Compat(io), acceptor, options, timer).await
}

/// A socket that a client has dialled.
#[cfg(feature = "client")]
pub type ClientSocket = WebSocket<Transport<Compat<TcpStream>>>;

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
    connect_on(&Tokio, request, options).await
}

/// A source of events from an `http` or `https` URL, which gets there as [`Options::dial`] says and
/// connects when it is first waited for.
///
/// # Errors
///
/// Those of [`EventRequest::from_url`].
#[cfg(all(feature = "client", feature = "sse"))]
pub fn event_source(url: &str, options: &Options) -> Result<EventSource<Tokio>, SourceError> {
    Ok(event_source_for(EventRequest::from_url(url)?, options))
}

/// As [`event_source`], with fields, a body, or a last event id to begin with.
#[cfg(all(feature = "client", feature = "sse"))]
pub fn event_source_for(request: EventRequest, options: &Options) -> EventSource<Tokio> {
    EventSource::new(Tokio, request, options)
}

/// Tokio as a [`Runtime`].
#[cfg(feature = "client")]
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "tokio is found by the thread")]
pub struct Tokio;

#[cfg(feature = "client")]
impl Runtime for Tokio {
    type Socket = Compat<TcpStream>;

    fn timer() -> Box<dyn crate::Timer> {
        timer()
    }

    fn resolve(&self, host: String, port: u16) -> IoFuture<'static, Vec<SocketAddr>> {
        Box::pin(async move {
            let addresses = tokio::net::lookup_host((host, port)).await?;
            Ok(addresses.collect())
        })
    }

    fn connect(
        &self,
        address: SocketAddr,
        local: Option<IpAddr>,
    ) -> IoFuture<'static, Self::Socket> {
        Box::pin(async move {
            let socket = if address.is_ipv4() {
                TcpSocket::new_v4()?
            } else {
                TcpSocket::new_v6()?
            };
            if let Some(local) = local {
                socket.bind(SocketAddr::new(local, 0))?;
            }
            let stream = socket.connect(address).await?;
            stream.set_nodelay(true)?;
            Ok(Compat(stream))
        })
    }

    #[cfg(unix)]
    fn connect_unix(&self, path: std::path::PathBuf) -> IoFuture<'static, Box<dyn Io>> {
        Box::pin(async move {
            let stream = tokio::net::UnixStream::connect(path).await?;
            Ok(Box::new(Compat(stream)) as Box<dyn Io>)
        })
    }
}

/// As [`WebSocket::server`], on a stream of tokio's and with its timer.
pub fn server<T>(io: T, options: &Options) -> WebSocket<Compat<T>> {
    WebSocket::server(Compat(io), options).with_timer(timer())
}

/// As [`WebSocket::client`], on a stream of tokio's and with its timer.
///
/// # Errors
///
/// Those of [`WebSocket::client`].
pub fn client<T>(io: T, options: &Options) -> Result<WebSocket<Compat<T>>, Error> {
    Ok(WebSocket::client(Compat(io), options)?.with_timer(timer()))
}

/// A timer of tokio's, for [`Options::timer`].
pub fn timer() -> Box<dyn crate::Timer> {
    Box::new(Timer { alarm: None })
}

struct Timer {
    alarm: Option<Pin<Box<Sleep>>>,
}

impl crate::Timer for Timer {
    fn now(&mut self) -> ws_driver::Instant {
        // Tokio's clock, which its tests can pause.
        crate::timer::since_epoch(Instant::now().into_std())
    }

    fn poll_at(&mut self, cx: &mut Context<'_>, deadline: ws_driver::Instant) -> Poll<()> {
        let at = crate::timer::to_std(deadline).into();
        let alarm = self
            .alarm
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(at)));
        if alarm.deadline() != at {
            alarm.as_mut().reset(at);
        }
        alarm.as_mut().poll(cx)
    }
}

/// A byte stream of tokio's with the traits of futures.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "a wrapper and nothing else")]
pub struct Compat<T>(pub T);

impl<T: AsyncRead + Unpin> futures_io::AsyncRead for Compat<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let mut buffer = ReadBuf::new(buffer);
        ready!(Pin::new(&mut self.0).poll_read(cx, &mut buffer))?;
        Poll::Ready(Ok(buffer.filled().len()))
    }
}

impl<T: AsyncWrite + Unpin> futures_io::AsyncWrite for Compat<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write_vectored(cx, slices)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
