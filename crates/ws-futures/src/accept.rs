//! Servers: from a byte stream to a WebSocket.

use std::time::Duration;

use futures_io::{AsyncRead, AsyncWrite};
use ws_driver::Role;
use ws_handshake::{
    Accept, Established, Offer, Reject, RequestError, Requested, ServerHandshake, Status,
    path_and_query,
};
use ws_http::{RequestDecoder, RequestHead};

use crate::opening::Opening;
use crate::trace::Life;
use crate::{Error, Options, Timer, WebSocket, extensions, trace, version};

/// Answers the opening handshake on `io`, from its first byte, and accepts whoever keeps the
/// rules of [`Options::handshake`].
///
/// Set `TCP_NODELAY` on TCP sockets. Dropping the future drops `io`.
///
/// # Errors
///
/// [`Error::Request`] or [`Error::Extensions`] when the request was refused, which its sender has
/// been told;
/// [`Error::HandshakeTimedOut`], if there is a timer; [`Error::Io`].
pub async fn accept<T>(io: T, options: &Options) -> Result<WebSocket<T>, Error>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    accept_with(io, options, |_| Ok(Accept::default())).await
}

/// As [`accept()`], but lets the application decide on each offer: which fields and subprotocol to
/// answer with, or with which refusal.
///
/// An [`Accept`] without a subprotocol gets the first of the client's that
/// [`subprotocols`](ws_handshake::ServerConfig::subprotocols) lists.
///
/// # Errors
///
/// Those of [`accept()`]; [`Error::Refused`]; [`Error::Handshake`] for an answer that cannot be
/// sent, and then the client is told 500.
pub async fn accept_with<T>(
    io: T,
    options: &Options,
    decide: impl FnOnce(Offer<'_>) -> Result<Accept, Reject>,
) -> Result<WebSocket<T>, Error>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let incoming = read_request_with(io, options, options.timer).await?;
    incoming.accept_with(options, decide).await
}

/// Reads one request from `io`, for a server that answers ordinary requests on the same port.
///
/// # Errors
///
/// Those of [`accept()`] that concern any request; its sender has been told.
pub async fn read_request<T>(io: T, options: &Options) -> Result<Incoming<T>, Error>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    read_request_with(io, options, options.timer).await
}

pub(crate) async fn read_request_with<T>(
    io: T,
    options: &Options,
    timer: Option<fn() -> Box<dyn Timer>>,
) -> Result<Incoming<T>, Error>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    read_request_within(io, options, timer, options.handshake_timeout).await
}

/// As [`read_request_with`], through TLS: one deadline for both.
#[cfg(all(feature = "rustls", any(feature = "smol", feature = "tokio")))]
pub(crate) async fn read_request_tls<T>(
    io: T,
    acceptor: &crate::tls::rustls::Acceptor,
    options: &Options,
    timer: fn() -> Box<dyn Timer>,
) -> Result<Incoming<crate::tls::rustls::server::TlsStream<T>>, Error>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let timer = options.timer.unwrap_or(timer);
    let timeout = options.handshake_timeout;
    let mut clock = timer();
    let start = clock.now();
    let io = acceptor.accept_within(io, Some(timer), timeout).await?;
    let left = timeout.saturating_sub(clock.now().saturating_since(start));
    read_request_within(io, options, Some(timer), left).await
}

async fn read_request_within<T>(
    io: T,
    options: &Options,
    timer: Option<fn() -> Box<dyn Timer>>,
    timeout: Duration,
) -> Result<Incoming<T>, Error>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let life = trace::begun(Role::Server, None);
    let opening = Opening::new(io, timer, timeout, life.clone());
    // Apart, so that what is needed only now takes no room in the task later on.
    match Box::pin(read(opening, options)).await {
        Ok(inner) => Ok(Incoming {
            inner: Box::new(inner),
        }),
        Err(error) => Err(told(&life, error)),
    }
}

async fn read<T>(mut opening: Opening<T>, options: &Options) -> Result<Inner<T>, Error>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let mut decoder = RequestDecoder::new(options.handshake.limits);
    loop {
        match opening.read().await {
            Ok(0) => return Err(Error::Io(std::io::ErrorKind::UnexpectedEof.into())),
            Ok(_) => {}
            Err(Error::HandshakeTimedOut) => {
                // RFC 9110 §15.5.9, as far as it can be written without waiting.
                if let Ok(reject) = Reject::new(Status::REQUEST_TIMEOUT) {
                    reject.into_response().encode(&mut opening.output.buffer);
                    opening.write_now();
                }
                return Err(Error::HandshakeTimedOut);
            }
            Err(error) => return Err(error),
        }
        match opening.take(|unread| decoder.decode(unread)) {
            Ok(None) => {}
            Ok(Some(head)) => return Ok(Inner { opening, head }),
            Err(error) => return Err(refuse(opening, error.into()).await),
        }
    }
}

/// A request that has been read and not answered.
#[derive(Debug)]
pub struct Incoming<T> {
    /// Apart, because a task that has received one keeps the room for it to its end.
    inner: Box<Inner<T>>,
}

#[derive(Debug)]
struct Inner<T> {
    opening: Opening<T>,
    head: RequestHead,
}

impl<T: AsyncRead + AsyncWrite + Unpin> Incoming<T> {
    /// The request.
    pub fn head(&self) -> &RequestHead {
        &self.inner.head
    }

    /// The path of its target, still percent-encoded, without the query.
    ///
    /// It begins with `/` in what a client has to send (RFC 9112 §3.2.1). Where it sends something
    /// else, such as the `*` of `OPTIONS` or the `host:port` of `CONNECT`, this is that: compare it,
    /// and do not take it apart unseen.
    pub fn path(&self) -> &str {
        path_and_query(self.head().target()).0
    }

    /// What stands behind the first `?` of its target, still percent-encoded.
    pub fn query(&self) -> Option<&str> {
        path_and_query(self.head().target()).1
    }

    /// Whether it asks for a WebSocket (RFC 6455 §4.2.1, its third and fourth point).
    pub fn wants_websocket(&self) -> bool {
        let fields = self.head().fields();
        fields.list_contains("Upgrade", "websocket")
            && fields.list_contains("Connection", "upgrade")
    }

    /// Answers with a WebSocket; see [`accept()`].
    ///
    /// # Errors
    ///
    /// Those of [`accept()`].
    pub async fn accept(self, options: &Options) -> Result<WebSocket<T>, Error> {
        self.accept_with(options, |_| Ok(Accept::default())).await
    }

    /// Answers with a WebSocket or with what the application decides; see [`accept_with`].
    ///
    /// # Errors
    ///
    /// Those of [`accept_with`].
    pub async fn accept_with(
        self,
        options: &Options,
        decide: impl FnOnce(Offer<'_>) -> Result<Accept, Reject>,
    ) -> Result<WebSocket<T>, Error> {
        // Apart, so that what is needed only now takes no room in the task later on.
        Box::pin(self.inner.accept_with(options, decide)).await
    }

    /// What was read, and what it is to be answered on.
    pub(crate) fn into_parts(self) -> (Opening<T>, RequestHead) {
        let Inner { opening, head } = *self.inner;
        (opening, head)
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> Inner<T> {
    async fn accept_with(
        self,
        options: &Options,
        decide: impl FnOnce(Offer<'_>) -> Result<Accept, Reject>,
    ) -> Result<WebSocket<T>, Error> {
        let Self { opening, head } = self;
        let life = opening.life.clone();
        let answered = match ServerHandshake::from_head(&options.handshake, head) {
            Ok(requested) => answer(opening, requested, options, decide).await,
            Err(error) => Err(refuse(opening, error).await),
        };
        answered.map_err(|error| told(&life, error))
    }
}

async fn answer<T>(
    mut opening: Opening<T>,
    requested: Requested,
    options: &Options,
    decide: impl FnOnce(Offer<'_>) -> Result<Accept, Reject>,
) -> Result<WebSocket<T>, Error>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let accept = match decide(requested.offer()) {
        Ok(accept) => accept,
        Err(reject) => {
            trace::refused(&opening.life, reject.status());
            requested.reject(reject, &mut opening.output.buffer);
            opening.finish().await;
            return Err(Error::Refused);
        }
    };
    #[cfg(feature = "drafts")]
    let accept = version::with_nonce(accept, requested.offer().version())?;
    let (accept, sessions) = match options.grant_extensions(requested.offer(), accept) {
        Ok(granted) => granted,
        Err(error) => {
            let reject = extensions::refusal(&error)?;
            requested.reject(reject, &mut opening.output.buffer);
            opening.finish().await;
            return Err(error);
        }
    };
    let step = match requested.accept(accept, &mut opening.output.buffer) {
        Ok(step) => step,
        Err(misuse) => {
            opening.finish().await;
            return Err(misuse.into());
        }
    };
    opening.flush().await?;
    let established = complete(&mut opening, step).await?;
    let connection = version::connection(Role::Server, &established, sessions, options)?;
    Ok(WebSocket::opened(opening, connection, options, established))
}

/// What is left of a handshake behind the head of its response.
pub(crate) async fn complete<T>(
    opening: &mut Opening<T>,
    mut step: ServerHandshake,
) -> Result<Established, Error>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        match step {
            ServerHandshake::Established(established) => return Ok(established),
            // The last of the request may come behind the head of its answer.
            ServerHandshake::NeedsInput(waiting) => {
                step = opening.take_and_answer(|unread, out| waiting.receive(unread, out))?;
                opening.flush().await?;
                let needs_input = matches!(step, ServerHandshake::NeedsInput(_));
                if needs_input && opening.read().await? == 0 {
                    return Err(Error::Io(std::io::ErrorKind::UnexpectedEof.into()));
                }
            }
            // No other state can follow.
            _ => return Err(Error::Io(std::io::ErrorKind::Unsupported.into())),
        }
    }
}

/// Tells of what ended a handshake, if that was no refusal, which was told.
fn told(life: &Life, error: Error) -> Error {
    if !matches!(error, Error::Request(_) | Error::Refused) {
        trace::failed(life, &error);
    }
    error
}

async fn refuse<T>(mut opening: Opening<T>, error: RequestError) -> Error
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    trace::refused(&opening.life, error.status());
    error.response().encode(&mut opening.output.buffer);
    opening.finish().await;
    error.into()
}
