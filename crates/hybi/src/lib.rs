//! WebSockets and server-sent events for applications that own their server, their runtime and
//! their sockets.
//!
//! # Overview
//!
//! [`smol`] and [`tokio`] have `accept` and `connect` for their runtime, the latter from a URL
//! through proxies and TLS; [`accept`] and [`connect`] do the same over any stream with futures'
//! `AsyncRead` and `AsyncWrite`. All give a [`WebSocket`]. Each layer below can be taken alone, under
//! a short name here or as a crate:
//!
//! | module | crate | what |
//! |---|---|---|
//! | [`futures`] | `ws-futures` | the connection over async byte streams |
//! | `embedded` | `ws-embedded` | the connection over embedded-io-async, in buffers of the caller: no alloc |
//! | [`driver`] | `ws-driver` | the connection without I/O: bytes in, events out |
//! | [`extensions`] | `ws-extensions` | negotiation, permessage-deflate |
//! | [`handshake`] | `ws-handshake` | opening handshakes, both roles |
//! | [`proxy`] | `ws-proxy` | ways through proxies, and which to take |
//! | `sse` | `ws-sse` | event streams without I/O, both sides |
//! | [`http`] | `ws-http` | a bounded HTTP/1.1 head |
//! | [`frame`] | `ws-frame` | frames: no alloc, no dependencies |
//!
//! The module is the crate with all that is in it. So where an example here says `ws_futures::` or
//! `ws_handshake::`, as those of items that stem from there do, read `hybi::futures::` or
//! `hybi::handshake::`. The module [`http`] is `ws-http`; the feature `http` is about the crate `http`,
//! whose requests and responses it brings to [`handshake`].
//!
//! What this crate does *not* do: it holds no logic, only names, some of which are another library's
//! ([`tungstenite`]). The [`manual`] says what is not said by any one of them, and
//! [`manual::moving_in`] what other libraries' calls are here.
//!
//! # Features
//!
//! Each adds names and changes no behaviour.
//!
//! | feature | default | brings |
//! |---|---|---|
//! | `futures` | yes | [`WebSocket`] over any async byte stream |
//! | `client` | yes | from a URL to a WebSocket: names, proxies, redirects, reconnecting |
//! | `rustls` | no | TLS for both roles |
//! | `webpki-roots` | no | the same, and Mozilla's roots to be chosen |
//! | `async-tls` | no | TLS with async-tls, which rests on a rustls without fixes |
//! | `deflate` | no | permessage-deflate with zlib-rs, which is fast |
//! | `deflate-miniz` | no | permessage-deflate with `miniz_oxide`, all of which is safe Rust |
//! | `drafts` | no | the versions before RFC 6455: hybi 4 to 6, hixie-76, hixie-75 |
//! | `simdutf8` | yes | faster validation of text |
//! | `axum` | no | `tokio`, and extractors for axum: WebSockets and, with `sse`, events |
//! | `hyper` | no | WebSockets on requests that hyper has parsed |
//! | `http` | no | requests and responses of the crate `http` in [`handshake`] |
//! | `sse` | no | server-sent events: the layer alone, with `futures` streams, with `client` sources |
//! | `embedded-io-async` | no | `embedded`, for microcontrollers |
//! | `http-body` | no | event streams as bodies of hyper and axum |
//! | `smol` | no | smol's sockets and timers |
//! | `tracing` | no | spans and events about connections for `tracing` |
//! | `tokio` | no | tokio's sockets, timers and stream traits |
//!
//! Without default features the layers below `futures` remain, which are `no_std` with `alloc`.
//!
//! # A server
//!
//! ```no_run
//! use hybi::{Error, Event, Options};
//! use tokio::net::{TcpListener, TcpStream};
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), Error> {
//!     let listener = TcpListener::bind("127.0.0.1:9001").await?;
//!     loop {
//!         let Ok((stream, _)) = listener.accept().await else {
//!             continue; // the client has gone again
//!         };
//!         tokio::spawn(async {
//!             if let Err(error) = echo(stream).await {
//!                 eprintln!("{error}");
//!             }
//!         });
//!     }
//! }
//!
//! async fn echo(stream: TcpStream) -> Result<(), Error> {
//!     stream.set_nodelay(true)?;
//!     let mut socket = hybi::tokio::accept(stream, &Options::server()).await?;
//!     while let Some((event, mut outbox)) = socket.exchange().await? {
//!         if let Event::Message(message) = event {
//!             outbox.feed(message).await?; // written when there is nothing more to receive
//!         }
//!     }
//!     Ok(())
//! }
//! ```
//!
//! # A client
//!
//! ```no_run
//! use hybi::{Error, Event, Options};
//!
//! fn main() -> Result<(), Error> {
//!     smol::block_on(async {
//!         let url = "ws://127.0.0.1:9001/";
//!         let (mut socket, _) = hybi::smol::connect(url, &Options::client()).await?;
//!         socket.send("hello").await?;
//!         if let Some(Event::Message(message)) = socket.receive().await? {
//!             println!("{message:?}");
//!         }
//!         println!("{:?}", socket.close(None).await?);
//!         Ok(())
//!     })
//! }
//! ```
//!
//! # Events
//!
//! With the feature `sse` a server sends events to browsers, on the same port as pages and
//! WebSockets. A `Hub` encodes each once for all, and gives those who come back what they missed:
//!
//! ```no_run
//! use hybi::{Error, Hub, Options, Status};
//! use tokio::net::TcpStream;
//!
//! async fn serve(stream: TcpStream, hub: &Hub, options: &Options) -> Result<(), Error> {
//!     let incoming = hybi::tokio::read_request(stream, options).await?;
//!     if incoming.wants_events() {
//!         hub.serve(incoming.accept_events(options).await?).await?;
//!     } else {
//!         incoming.respond(Status::OK, "text/plain", b"a page").await?;
//!     }
//!     Ok(())
//! }
//! ```
//!
//! A client follows them with `hybi::smol::event_source` or `hybi::tokio::event_source`.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![no_std]

#[cfg(feature = "futures")]
extern crate std;

#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
mod readme {}

// Nothing but prose: it is there when docs are made or tested.
#[cfg(any(doc, doctest))]
pub mod manual;
#[cfg(feature = "futures")]
pub mod tungstenite;

pub use ws_driver as driver;
#[cfg(feature = "embedded-io-async")]
pub use ws_embedded as embedded;
pub use ws_extensions as extensions;
pub use ws_frame as frame;
#[cfg(feature = "futures")]
pub use ws_futures as futures;
pub use ws_handshake as handshake;
pub use ws_http as http;
pub use ws_proxy as proxy;
#[cfg(feature = "sse")]
pub use ws_sse as sse;

/// A message that is lent, as events hold it and `send` takes it.
pub use ws_driver::Message as MessageRef;
#[cfg(all(feature = "futures", feature = "deflate-miniz"))]
pub use ws_futures::Deflate;
/// A message that is owned, as `Stream` yields it; [`MessageRef`] is the one that is lent.
#[cfg(feature = "futures")]
pub use ws_futures::Message;
#[cfg(feature = "axum")]
pub use ws_futures::axum;
#[cfg(feature = "hyper")]
pub use ws_futures::hyper;
#[cfg(feature = "smol")]
pub use ws_futures::smol;
#[cfg(all(feature = "futures", feature = "sse"))]
pub use ws_futures::sse::{EventBody, EventOptions, EventStream, Hub, Served, Subscription};
#[cfg(all(feature = "client", feature = "sse"))]
pub use ws_futures::sse::{EventRequest, EventSource, OwnedEvent, SourceError, SourceEvent};
#[cfg(feature = "futures")]
pub use ws_futures::tls;
#[cfg(feature = "tokio")]
pub use ws_futures::tokio;
#[cfg(feature = "futures")]
pub use ws_futures::{
    By, ByteStream, CloseCode, CloseFrame, Closure, Disconnect, Error, Event, KeepAlive, Kind,
    Options, Prepared, Receiver, Sender, Shutdown, Statistics, Step, WebSocket, accept, connect,
};
#[cfg(feature = "client")]
pub use ws_futures::{Dial, DialCause, DialError, Reconnect, Route, Transport};
pub use ws_handshake::{Accept, Offer, Reject, Request, Response, Status};
pub use ws_proxy::Proxy;
