//! What to decide before a server or a client meets strangers.
//!
//! # Pages of other origins
//!
//! A browser sends cookies with a handshake that any page has asked for. A server that knows its users by
//! cookies must look at the origin, or any page can use their sessions. The default does:
//! [`Origins::SameHost`](crate::handshake::Origins) admits pages of the very host that is asked, and
//! answers 403 to all others. A request without `Origin` comes from something else than a browser, which
//! has no cookies of others to abuse.
//!
//! ```
//! use hybi::Options;
//! use hybi::handshake::Origins;
//!
//! let mut options = Options::server();
//! options.handshake.origins = Origins::List(vec!["https://example.com".into()]);
//! options.handshake.secure = Some(true); // behind TLS: then `http://` pages of this host are others
//! ```
//!
//! `Origins::Any` is for services that do not know clients by their cookies.
//!
//! # Names of other hosts: DNS rebinding
//!
//! A server that listens on 127.0.0.1 only can still be reached by a page whose name somebody makes
//! resolve to 127.0.0.1. For the browser that page and this server are then the same host. `Host` gives the
//! name away:
//!
//! ```
//! use hybi::Options;
//! use hybi::handshake::Hosts;
//!
//! let mut options = Options::server();
//! options.handshake.hosts = Hosts::loopback(); // or a list of the names that are yours
//! ```
//!
//! # Who it is
//!
//! Decide before there is a socket. Everything that the client has said is in the
//! [`Offer`](crate::Offer); what you answer is a status, fields and a body. The example `authenticate`
//! runs this.
//!
//! ```
//! use hybi::handshake::Misuse;
//! use hybi::{Accept, Error, Options, Reject, Status};
//! use tokio::net::TcpStream;
//!
//! async fn admit(stream: TcpStream, options: &Options) -> Result<(), Error> {
//!     let accepting = hybi::tokio::accept_with(stream, options, |offer| {
//!         if offer.field("Cookie").is_some_and(is_known) {
//!             return Ok(Accept::default());
//!         }
//!         Err(unauthorized().expect("it can be written"))
//!     });
//!     let _socket = accepting.await?; // Error::Refused, if we did
//!     Ok(())
//! }
//!
//! fn unauthorized() -> Result<Reject, Misuse> {
//!     Reject::new(Status::UNAUTHORIZED)?.with_field("WWW-Authenticate", "Basic realm=\"tea\"")
//! }
//! # fn is_known(cookie: &[u8]) -> bool { cookie == b"session=1" }
//! ```
//!
//! A page cannot set fields of a handshake. What is left to it are cookies, a ticket in the query (which
//! ends up in logs: let it work once), or a first message, with a deadline for that.
//!
//! In an axum application, take a `HeaderMap` beside the [`WebSocketUpgrade`](crate::axum::WebSocketUpgrade),
//! and answer 401 instead of calling `on_upgrade`. A request that is no WebSocket has got its 426 before
//! the handler is called; what must be decided even before that goes into an extractor to the left of it.
//!
//! # Whose address it is
//!
//! Behind a proxy the transport's peer is the proxy. `X-Forwarded-For` says who is behind it, and anybody
//! can write one, so name the proxies whose word counts:
//!
//! ```
//! use std::net::IpAddr;
//!
//! use hybi::handshake::{Fields, ForwardedField, TrustedProxies};
//!
//! fn client(peer: IpAddr, fields: &Fields) -> Result<IpAddr, Box<dyn std::error::Error>> {
//!     let proxies = TrustedProxies::new(ForwardedField::XForwardedFor).with("10.0.0.0/8".parse()?);
//!     Ok(proxies.client(peer, fields))
//! }
//! # let mut fields = Fields::new();
//! # fields.push("X-Forwarded-For", "1.2.3.4, 203.0.113.7")?;
//! # let found = client("10.0.0.1".parse()?, &fields)?;
//! # assert_eq!(found, "203.0.113.7".parse::<IpAddr>()?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # TLS
//!
//! At a client, `wss` is TLS or an error; it is never anything less, not by a redirect either. With the
//! feature `rustls` the platform's roots are believed; [`Settings`](crate::tls::rustls::Settings) adds
//! roots, revocation lists, client certificates or a pinned fingerprint. The one call that gives all this
//! up is named `danger_accept_any_certificate`.
//!
//! TLS to a proxy is a thing of its own, with settings and sessions of its own: what a proxy may be
//! believed does not go for a server.
//!
//! At a server, [`tokio::accept_tls`](crate::tokio::accept_tls) and its kin have one deadline for TLS and
//! the handshake. Behind an acceptor of your own (the example `external_tls`) set one yourself, and
//! `ServerConfig::secure`. The same goes for a server behind a terminating proxy.
//!
//! # Proxies
//!
//! By default a client goes through what the environment's variables name, by curl's rules, which is what
//! an administrator expects. [`Options::without_proxy`](crate::Options::without_proxy) ends that. Nothing
//! but the proxy's own request is sent before the proxy has agreed, so what is for the server is never
//! seen by it, and fields for the proxy are a type of their own
//! ([`ProxyFields`](crate::futures::ProxyFields)). Passwords are in no `Debug` output.
//!
//! # Redirects
//!
//! They are off. When [`Dial::redirects`](crate::Dial) turns them on, `Authorization`, `Cookie` and all else
//! but a few harmless fields are dropped for good on any change of scheme, host or port, and `wss` never
//! becomes `ws`. A client certificate is one setting for all servers: do not follow redirects with one
//! unless they stay at home.
//!
//! A URL that a stranger gives you may name `localhost` or an address of your own network. No setting here
//! knows which those are; judge the addresses in a [`Dialler`](crate::futures::Dialler) of your own.
//!
//! # Secrets and compression
//!
//! Compression tells by its length how much of a message was said before. Where an attacker chooses a part
//! of what is sent beside a secret, and can see how long it becomes, the secret can be guessed byte by
//! byte (CRIME, BREACH). Send such a message as it is:
//!
//! ```
//! use futures::AsyncWrite;
//! use hybi::driver::Wish;
//! use hybi::futures::Outbox;
//! use hybi::Error;
//!
//! async fn token<T: AsyncWrite + Unpin>(outbox: &mut Outbox<'_, T>, secret: &str) -> Result<(), Error> {
//!     outbox.feed_with(secret, Wish::Never).await
//! }
//! ```
//!
//! Compression is off unless [`Options::with_deflate`](crate::Options) turns it on. What comes in is bounded
//! while it is inflated, not after.
//!
//! # Masks
//!
//! A client's frames are masked with keys that cannot be predicted, so that a page cannot choose the bytes
//! that pass through a proxy. The keys come from the operating system's randomness, once for each
//! connection. The hixie drafts have no masks; they are off for this reason ([`drafts`](super::drafts)).
//!
//! # What peers say is text
//!
//! Reasons of a Close, bodies of refusals, subprotocols, fields: the peer wrote them. They are bounded and
//! are shown escaped by `Debug`. They are not safe to put into a page or a terminal as they are.
