//! WebSockets on requests that hyper has parsed, over HTTP/1.1 and, as extended `CONNECT`
//! (RFC 8441), over HTTP/2.
//!
//! ```
//! use std::sync::Arc;
//!
//! use http::{Request, Response};
//! use ws_futures::hyper::{Upgrade, is_websocket};
//! use ws_futures::{Error, Event, Options};
//! use ws_handshake::Accept;
//!
//! /// A hyper service: WebSockets, and a page beside them.
//! fn serve<B>(mut request: Request<B>, options: &Arc<Options>) -> Response<String> {
//!     if !is_websocket(&request) {
//!         return Response::new("a page".into());
//!     }
//!     let accepted = Upgrade::new(&mut request, Arc::clone(options))
//!         .and_then(|upgrade| upgrade.accept(Accept::default()));
//!     match accepted {
//!         Ok((response, opening)) => {
//!             // On a task of its own, since it opens once the response has been written.
//!             tokio::spawn(async move {
//!                 let mut socket = opening.open().await?;
//!                 while let Some((event, mut outbox)) = socket.exchange().await? {
//!                     if let Event::Message(message) = event {
//!                         outbox.feed(message).await?;
//!                     }
//!                 }
//!                 Ok::<_, Error>(())
//!             });
//!             response.map(|()| String::new())
//!         }
//!         Err(refusal) => refusal.into_response().map(|body| String::from_utf8_lossy(&body).into()),
//!     }
//! }
//! ```
//!
//! hyper must serve the connection with upgrades (`with_upgrades`, or hyper-util's
//! `serve_connection_with_upgrades`), and for HTTP/2 tell its peers so (`enable_connect_protocol`).

mod io;

use std::fmt;
use std::sync::Arc;

use ::hyper::ext::Protocol;
use ::hyper::upgrade::OnUpgrade;
use http::{Method, Request, Response, Version};
use ws_driver::Role;
use ws_extensions::Sessions;
use ws_handshake::{Accept, Offer, Reject, RequestError, Requested, ServerHandshake};

pub use self::io::Io;
use crate::accept::complete;
use crate::opening::Opening as Handshake;
use crate::trace::{self, Life};
use crate::{Error, Options, WebSocket, extensions, version};

/// Whether a request asks for a WebSocket, rightly or not.
pub fn is_websocket<B>(request: &Request<B>) -> bool {
    if request.method() == Method::CONNECT {
        let protocol = request.extensions().get::<Protocol>();
        return protocol.is_some_and(|protocol| protocol.as_str() == "websocket");
    }
    let lists = |name, element: &str| {
        let values = request.headers().get_all(name).into_iter();
        let mut elements = values.flat_map(|value| value.as_bytes().split(|&byte| byte == b','));
        elements.any(|other| other.trim_ascii().eq_ignore_ascii_case(element.as_bytes()))
    };
    // RFC 6455 §4.2.1-3, -4
    lists(http::header::UPGRADE, "websocket") && lists(http::header::CONNECTION, "upgrade")
}

/// A request for a WebSocket that breaks no rule, for the application to decide upon.
#[derive(Debug)]
pub struct Upgrade {
    requested: Requested,
    upgraded: OnUpgrade,
    options: Arc<Options>,
    in_stream: bool,
    life: Life,
}

impl Upgrade {
    /// Judges a request, of which hyper's upgrade is taken out.
    ///
    /// # Errors
    ///
    /// If it breaks a rule, or no upgrade is in it: [`Refusal::into_response`] is what to answer.
    pub fn new<B>(request: &mut Request<B>, options: Arc<Options>) -> Result<Self, Refusal> {
        let protocol = request.extensions().get::<Protocol>();
        let in_stream = request.version() >= Version::HTTP_2;
        let requested = if in_stream {
            let protocol = protocol.map_or("", Protocol::as_str);
            ServerHandshake::from_http_stream(&options.handshake, request, protocol)
        } else {
            ServerHandshake::from_http(&options.handshake, request)
        };
        // Here, where the request is: later on there may be another task.
        let life = trace::begun(Role::Server, None);
        let requested = requested.map_err(|error| {
            trace::refused(&life, error.status());
            Refusal::request(error, in_stream)
        })?;
        let upgraded = request.extensions_mut().remove::<OnUpgrade>();
        let refuse = || Refusal::server(Why::NotUpgradable, in_stream);
        Ok(Self {
            requested,
            upgraded: upgraded.ok_or_else(refuse)?,
            options,
            in_stream,
            life,
        })
    }

    /// What the client asks for.
    pub const fn offer(&self) -> Offer<'_> {
        self.requested.offer()
    }

    /// Accepts: the response, and what opens once hyper has written it.
    ///
    /// # Errors
    ///
    /// If `accept` has something that may not be said, or the client's offer of extensions cannot
    /// be read: [`Refusal::into_response`] is what to answer.
    pub fn accept(self, accept: Accept) -> Result<(Response<()>, Opening), Refusal> {
        let in_stream = self.in_stream;
        let refuse = |error| Refusal::server(Why::Error(error), in_stream);
        #[cfg(feature = "drafts")]
        let accept =
            version::with_nonce(accept, self.requested.offer().version()).map_err(refuse)?;
        let offer = self.requested.offer();
        let granted = self.options.grant_extensions(offer, accept);
        let (accept, sessions) = granted.map_err(refuse)?;
        #[cfg(feature = "drafts")]
        let answered = self.requested.respond_any(accept);
        #[cfg(not(feature = "drafts"))]
        let answered = self
            .requested
            .respond(accept)
            .map(|(response, established)| (response, ServerHandshake::Established(established)));
        let (response, handshake) = answered.map_err(|misuse| refuse(misuse.into()))?;
        let opening = Opening {
            upgraded: self.upgraded,
            handshake,
            sessions,
            options: self.options,
            life: self.life,
        };
        Ok((Response::<Vec<u8>>::from(response).map(drop), opening))
    }

    /// Refuses.
    pub fn reject(self, reject: Reject) -> Response<Vec<u8>> {
        trace::refused(&self.life, reject.status());
        fit(reject.into_response(), self.in_stream)
    }
}

/// A WebSocket that opens once its response has been written.
#[derive(Debug)]
pub struct Opening {
    upgraded: OnUpgrade,
    /// Which may go on behind the response.
    handshake: ServerHandshake,
    sessions: Sessions,
    options: Arc<Options>,
    life: Life,
}

impl Opening {
    /// Waits until the response has been written, which takes that it is returned to hyper, and
    /// opens. Deadlines are kept with [`Options::timer`].
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if the connection has ended before, inside of which is hyper's error.
    pub async fn open(self) -> Result<WebSocket<Io>, Error> {
        let life = self.life.clone();
        let opened = self.complete().await;
        opened.inspect_err(|error| trace::failed(&life, error))
    }

    async fn complete(self) -> Result<WebSocket<Io>, Error> {
        let upgraded = self.upgraded.await.map_err(std::io::Error::other)?;
        let options = &*self.options;
        let timeout = options.handshake_timeout;
        let mut io = Handshake::new(Io::new(upgraded), options.timer, timeout, self.life);
        let established = complete(&mut io, self.handshake).await?;
        let connection = version::connection(Role::Server, &established, self.sessions, options)?;
        Ok(WebSocket::opened(io, connection, options, established))
    }
}

/// Why there is no WebSocket, and what to answer.
#[derive(Debug)]
pub struct Refusal {
    why: Why,
    in_stream: bool,
}

#[derive(Debug)]
enum Why {
    Request(RequestError),
    NotUpgradable,
    Error(Error),
}

impl Refusal {
    const fn request(error: RequestError, in_stream: bool) -> Self {
        Self {
            why: Why::Request(error),
            in_stream,
        }
    }

    const fn server(why: Why, in_stream: bool) -> Self {
        Self { why, in_stream }
    }

    /// The response, with the right status and a text that names the broken rule.
    pub fn into_response(self) -> Response<Vec<u8>> {
        let response = match &self.why {
            Why::Request(error) => error.response(),
            Why::Error(error @ Error::Extensions(_)) => match extensions::refusal(error) {
                Ok(reject) => reject.into_response(),
                Err(_) => ws_handshake::Response::server_error(),
            },
            // What the server did wrong is nobody else's business.
            Why::NotUpgradable | Why::Error(_) => ws_handshake::Response::server_error(),
        };
        fit(response, self.in_stream)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.why {
            Why::Request(error) => error.fmt(f),
            Why::NotUpgradable => f.write_str("hyper does not serve this connection with upgrades"),
            Why::Error(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Refusal {}

fn fit(response: ws_handshake::Response, in_stream: bool) -> Response<Vec<u8>> {
    if in_stream {
        response.for_stream().into()
    } else {
        response.into()
    }
}
