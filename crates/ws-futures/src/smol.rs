//! Sockets and timers of smol (async-io).

use std::io;
use std::net::{TcpStream, ToSocketAddrs};
use std::pin::Pin;
use std::task::{Context, Poll};

use async_io::Async;
use futures_io::{AsyncRead, AsyncWrite};
use ws_driver::Instant;
use ws_handshake::{Accept, Offer, Reject, Request, Response};

use crate::accept::read_request_with;
use crate::connect::connect_with;
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
pub async fn connect(
    url: &str,
    options: &Options,
) -> Result<(WebSocket<Async<TcpStream>>, Response), Error> {
    connect_to(&Request::from_url(url)?, options).await
}

/// Connects to the host of `request`, trying its addresses one after the other, and asks for a
/// WebSocket there.
///
/// # Errors
///
/// [`Error::Io`] if no address can be connected to; [`Error::TlsRequired`] for `wss`; those of
/// [`connect`](crate::connect()).
pub async fn connect_to(
    request: &Request,
    options: &Options,
) -> Result<(WebSocket<Async<TcpStream>>, Response), Error> {
    if request.is_secure() {
        return Err(Error::TlsRequired);
    }
    let stream = dial(request).await?;
    stream.get_ref().set_nodelay(true)?;
    connect_with(stream, request, options, options.timer.or(Some(timer))).await
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

/// A timer of smol's, for [`Options::timer`].
pub fn timer() -> Box<dyn crate::Timer> {
    Box::new(Timer {
        alarm: None,
        deadline: None,
    })
}

struct Timer {
    alarm: Option<async_io::Timer>,
    deadline: Option<Instant>,
}

impl crate::Timer for Timer {
    fn now(&mut self) -> Instant {
        crate::timer::since_epoch(std::time::Instant::now())
    }

    fn poll_at(&mut self, cx: &mut Context<'_>, deadline: Instant) -> Poll<()> {
        let at = crate::timer::to_std(deadline);
        let alarm = match &mut self.alarm {
            Some(alarm) => {
                if self.deadline != Some(deadline) {
                    alarm.set_at(at);
                }
                alarm
            }
            None => self.alarm.insert(async_io::Timer::at(at)),
        };
        self.deadline = Some(deadline);
        Pin::new(alarm).poll(cx).map(|_| ())
    }
}
