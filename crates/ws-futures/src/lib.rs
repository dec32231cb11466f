//! WebSockets and server-sent events over any async byte stream, with adapters for smol and tokio.
//!
//! # Overview
//!
//! [`accept()`] and [`connect()`] do the opening handshake on a stream that implements futures'
//! `AsyncRead` and `AsyncWrite`, and give a [`WebSocket`]. It lends messages without a copy
//! ([`WebSocket::receive`], [`WebSocket::exchange`]), is a `Stream` and a `Sink` of owned
//! [`Message`]s, and splits into halves for two tasks ([`WebSocket::split`]). [`Options`] holds
//! limits and deadlines. With the feature `smol` or `tokio` a module of that name has the same
//! functions for the runtime's own sockets, with its timers.
//!
//! With the feature `client`, [`connect_on`] gets from a URL to a WebSocket as [`Dial`] says: name,
//! addresses, proxy, TLS ([`tls`]), redirects. It does so on any [`Runtime`]; `smol::connect` and
//! `tokio::connect` are this on theirs. [`dial_on`] and [`tunnel`] are parts of it to be used
//! alone, [`Reconnect`] does it again, and [`Disconnect`] says how it ended.
//!
//! What is sent with [`feed`](WebSocket::feed) is gathered and written in one go when the next
//! receive would wait. All progress is kept in the `WebSocket`, so any future may be dropped at
//! any time without loss.
//!
//! With the feature `sse`, [`Incoming`] requests can be answered with event streams as well, to
//! one client or to many, and with `client` there are sources of events that reconnect: see the
//! module `sse`.
//!
//! What this crate does *not* do: it knows no protocol (`ws-driver`, `ws-handshake`, `ws-proxy`
//! and `ws-sse` do), no cryptography (rustls does), spawns no task and owns no runtime.
//!
//! # Example
//!
//! Both ends over a pipe in memory:
//!
//! ```
//! use futures::executor::block_on;
//! use futures::future::try_join;
//! use hybi_testkit::pipe::duplex;
//! use ws_futures::{Error, Event, Options, accept, connect};
//! use ws_handshake::Request;
//!
//! let (near, far) = duplex(1024);
//!
//! let server = async {
//!     let mut socket = accept(far, &Options::server()).await?;
//!     while let Some((event, mut outbox)) = socket.exchange().await? {
//!         if let Event::Message(message) = event {
//!             outbox.feed(message).await?;
//!         }
//!     }
//!     Ok::<_, Error>(())
//! };
//!
//! let client = async {
//!     let request = Request::from_url("ws://example.com/echo")?;
//!     let (mut socket, _) = connect(near, &request, &Options::client()).await?;
//!     socket.send("hello").await?;
//!     let Some(Event::Message(message)) = socket.receive().await? else {
//!         panic!("no echo");
//!     };
//!     assert_eq!(message.as_bytes(), b"hello");
//!     let closure = socket.close(None).await?;
//!     assert!(closure.is_clean());
//!     Ok::<_, Error>(())
//! };
//!
//! block_on(try_join(server, client))?;
//! # Ok::<(), Error>(())
//! ```
#![cfg_attr(docsrs, feature(doc_cfg))]

mod accept;
mod buffers;
mod byte_stream;
#[cfg(feature = "deflate")]
mod codecs;
mod connect;
mod core;
#[cfg(any(feature = "client", feature = "rustls"))]
mod deadline;
#[cfg(feature = "client")]
mod dial;
mod disconnect;
mod entropy;
mod error;
mod extensions;
mod input;
mod io;
mod message;
mod opening;
mod options;
mod outbox;
mod output;
mod parts;
mod pieces;
mod prepared;
#[cfg(feature = "client")]
mod reconnect;
mod respond;
mod shutdown;
mod split;
#[cfg(feature = "sse")]
pub mod sse;
mod step;
mod stream;
mod timer;
pub mod tls;
mod trace;
mod version;
mod wakers;
mod websocket;
mod wire;

#[cfg(feature = "axum")]
pub mod axum;
#[cfg(feature = "hyper")]
pub mod hyper;
#[cfg(feature = "smol")]
pub mod smol;
#[cfg(feature = "tokio")]
pub mod tokio;

pub use accept::{Incoming, accept, accept_with, read_request};
pub use byte_stream::ByteStream;
pub use connect::connect;
#[cfg(feature = "client")]
pub use dial::{
    Dial, DialCause, DialError, Dialler, Route, Runtime, Transport, connect_on, dial_on, tunnel,
};
pub use disconnect::{By, Disconnect};
pub use error::Error;
pub use io::{Io, IoFuture, Rewound};
pub use message::{Message, Text};
pub use options::Options;
pub use outbox::Outbox;
pub use parts::Parts;
pub use pieces::{MessageReader, MessageWriter};
pub use prepared::Prepared;
#[cfg(feature = "client")]
pub use reconnect::{Attempts, Reconnect};
pub use shutdown::{Member, Shutdown};
pub use split::{Receiver, Sender};
pub use step::Step;
pub use timer::Timer;
pub use websocket::WebSocket;
/// What events, ends and settings are made of.
pub use ws_driver::{
    Chunk, CloseCode, CloseFrame, Closure, Config, Event, Instant, KeepAlive, Kind, PingId, Role,
    State, Statistics, Traffic, Wish,
};
/// permessage-deflate.
#[cfg(feature = "deflate")]
pub use ws_extensions::deflate::Deflate;
/// What extensions are negotiated with.
pub use ws_extensions::{Negotiator, Sessions};
/// What handshakes are made of.
pub use ws_handshake::{Accept, Fields, Offer, Reject, Request, Response, Status};
/// What proxies are chosen and asked with.
#[cfg(feature = "client")]
pub use ws_proxy::{Authority, Credentials, Environment, NoProxy, Proxy, ProxyFields, Refusal};
