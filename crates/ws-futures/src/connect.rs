//! Clients: from a byte stream to a WebSocket.

use std::time::Duration;

use futures_io::{AsyncRead, AsyncWrite};
use ws_driver::Role;
use ws_extensions::Sessions;
use ws_handshake::{ClientHandshake, Request, Response};

use crate::entropy::nonce;
use crate::opening::{Opening, REFUSAL_BODY};
use crate::trace::{self, Life};
use crate::{Error, Options, Timer, WebSocket, version};

/// Asks for a WebSocket on `io`, a byte stream to the server of `request`, encrypted if
/// [`is_secure`](Request::is_secure) says so. Returns it with the server's response.
///
/// Set `TCP_NODELAY` on TCP sockets. Dropping the future drops `io`.
///
/// # Errors
///
/// [`Error::Rejected`] when the server answers with anything else than a WebSocket;
/// [`Error::Response`] when its answer breaks the rules; [`Error::Extensions`] when it grants
/// extensions that were not offered so; [`Error::HandshakeTimedOut`], if there
/// is a timer; [`Error::Io`]; [`Error::Entropy`].
pub async fn connect<T>(
    io: T,
    request: &Request,
    options: &Options,
) -> Result<(WebSocket<T>, Response), Error>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let life = trace::begun(Role::Client, Some(&request.authority()));
    let timeout = options.handshake_timeout;
    connect_within(io, request, options, options.timer, timeout, life).await
}

/// As [`connect()`], within what is left of the handshake's time.
pub(crate) async fn connect_within<T>(
    io: T,
    request: &Request,
    options: &Options,
    timer: Option<fn() -> Box<dyn Timer>>,
    timeout: Duration,
    life: Life,
) -> Result<(WebSocket<T>, Response), Error>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let opening = Opening::new(io, timer, timeout, life.clone());
    // Apart, so that what is needed only now takes no room in the task later on.
    let asked = Box::pin(ask(opening, request, options)).await;
    if let Err(error) = &asked
        && !matches!(error, Error::Rejected(_))
    {
        trace::failed(&life, error);
    }
    asked
}

async fn ask<T>(
    mut opening: Opening<T>,
    request: &Request,
    options: &Options,
) -> Result<(WebSocket<T>, Response), Error>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let ours = options.offer_extensions(request)?;
    let request = ours.as_ref().unwrap_or(request);
    let mut waiting = ClientHandshake::start(request, nonce()?, &mut opening.output.buffer);
    opening.flush().await?;
    let mut hurries = false;
    let (established, response) = loop {
        let step = match opening.read().await {
            Ok(0) => waiting.receive_eof()?,
            Ok(_) => opening.take(|unread| waiting.receive(unread))?,
            // A refusal of which not all has come is one all the same.
            Err(error) => match waiting.receive_eof() {
                Ok(refusal @ ClientHandshake::Rejected(_)) => refusal,
                _ => return Err(error),
            },
        };
        match step {
            ClientHandshake::NeedsInput(again) => {
                if again.refused().is_some() && !hurries {
                    hurries = true;
                    opening.hurry(REFUSAL_BODY);
                }
                waiting = again;
            }
            ClientHandshake::Established(established, response) => break (established, response),
            ClientHandshake::Rejected(response) => {
                trace::rejected(&opening.life, response.status());
                return Err(Error::Rejected(Box::new(response)));
            }
            // No other state can follow in the versions that are spoken.
            _ => return Err(Error::Io(std::io::ErrorKind::Unsupported.into())),
        }
    };
    let sessions = if ours.is_some() {
        options.confirm_extensions(established.extensions.as_deref())?
    } else {
        Sessions::default()
    };
    let connection = version::connection(Role::Client, &established, sessions, options)?;
    let socket = WebSocket::opened(opening, connection, options, established);
    Ok((socket, response))
}
