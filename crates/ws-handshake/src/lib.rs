//! WebSocket opening handshakes for both roles, without I/O.
//!
//! # Overview
//!
//! A handshake is a value that each step consumes, so a step out of order does not compile:
//!
//! ```text
//! server   ServerHandshake::start ──► NeedsInput ──receive──► Requested ──accept──► Established
//!          ServerHandshake::from_request ──────────────────►     │    └─► NeedsInput ──► (hixie-76)
//!                                                                └──reject──► (close)
//!
//! client   ClientHandshake::start ──► AwaitingResponse ──receive──► Established
//!                                                            └────► Rejected ──► (close)
//! ```
//!
//! - [`ServerHandshake`] reads the request from raw bytes, or takes one that another HTTP server
//!   has parsed; [`Requested::offer`] shows it, [`Accept`] and [`Reject`] answer it. What is wrong
//!   with a request is a [`RequestError`], and [`RequestError::response`] is its refusal.
//! - [`ClientHandshake`] writes a [`Request`] and checks the answer. An answer that breaks a rule
//!   is a [`ResponseError`]; a refusal is no error but [`ClientHandshake::Rejected`].
//! - [`Request::from_url`] reads a URL, and [`Request::redirected`] is the request that follows a
//!   redirect, without what was meant for the first server alone. Both need the feature `url`,
//!   which is on by default.
//! - With the feature `http`, [`ServerHandshake`] takes requests of the crate of that name, and
//!   responses become its.
//! - In a stream of HTTP/2 or HTTP/3 the same is an extended `CONNECT` (RFC 8441, RFC 9220):
//!   [`ServerHandshake::from_extended_connect`], [`Request::extended_connect`] and
//!   [`Request::check_stream_response`] are this on plain lists of fields.
//! - [`Established`] is what the rest of the connection needs to know.
//! - [`bare`] is the handshake of RFC 6455 for both roles in slices of the caller. It is all that is
//!   left without the feature `alloc`, which is on by default, and depends on nothing.
//! - [`Version`] is what is spoken: RFC 6455 and versions 8 and 7, which differ in a field's name,
//!   and with the feature `drafts` everything older. A server tells them apart by the request
//!   alone and accepts those of [`Versions`]; a client [chooses](Request::with_version) one.
//!
//! # Example
//!
//! ```
//! use ws_handshake::{
//!     Accept, ClientHandshake, Nonce, Request, ServerConfig, ServerHandshake,
//! };
//!
//! // The client speaks first. The nonce is entropy that the caller provides.
//! let request = Request::from_url("ws://example.com/chat")?.with_subprotocol("soup")?;
//! let mut to_server = Vec::new();
//! let client = ClientHandshake::start(&request, Nonce::new([7; 16]), &mut to_server);
//!
//! // The server reads, decides and answers.
//! let mut config = ServerConfig::default();
//! config.subprotocols = vec!["soup".into()];
//! let mut to_client = Vec::new();
//! let server = ServerHandshake::start(&config);
//! let ServerHandshake::Requested(requested) =
//!     server.receive(&mut &to_server[..], &mut to_client)?
//! else {
//!     panic!("the whole request was there");
//! };
//! assert_eq!(requested.offer().target(), "/chat");
//! let accept = Accept::default();
//! requested.accept(accept, &mut to_client)?;
//!
//! // Bytes behind the head are frames already; they stay in the input.
//! to_client.extend_from_slice(&[0x81, 0x00]);
//! let mut input = &to_client[..];
//! let ClientHandshake::Established(established, _response) = client.receive(&mut input)? else {
//!     panic!("the server has accepted");
//! };
//! assert_eq!(established.subprotocol.as_deref(), Some("soup"));
//! assert_eq!(input, [0x81, 0x00]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Without an allocator
//!
//! ```
//! use ws_handshake::Nonce;
//! use ws_handshake::bare::{Answer, Request};
//!
//! let mut buffer = [0; 256];
//! let request = Request::new("example.com", "/chat");
//! let (len, client) = request.write(Nonce::new(*b"the sample nonce"), &mut buffer)?;
//! assert!(buffer[..len].starts_with(b"GET /chat HTTP/1.1\r\nHost: example.com\r\n"));
//!
//! // What comes back, in the same buffer if need be.
//! let response = b"HTTP/1.1 101 Switching Protocols\r\n\
//!     Upgrade: websocket\r\n\
//!     Connection: Upgrade\r\n\
//!     Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
//! let (len, subprotocol) = (response.len(), None);
//! buffer[..len].copy_from_slice(response);
//! assert_eq!(client.receive(&buffer, len)?, Some(Answer::Accepted { len, subprotocol }));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Failing
//!
//! After a refusal nothing may be read from that connection as a request any more (RFC 6455
//! §4.2.2, RFC 9112 §11.2): what is left of the input has been swallowed. Write what is in `out`,
//! then close the transport.
//!
//! # What this crate does not do
//!
//! It resolves no names, dials nothing, knows no TLS and follows no redirect by itself. It has no
//! clock: the deadline for a handshake is set by who does the I/O. Extensions pass through as text.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![no_std]

// Tests may allocate without the feature, too.
#[cfg(any(feature = "alloc", test))]
extern crate alloc;
#[cfg(test)]
extern crate std;

#[cfg(feature = "alloc")]
mod acceptance;
mod authority;
pub mod bare;
#[cfg(feature = "alloc")]
mod client;
#[cfg(feature = "alloc")]
mod config;
#[cfg(feature = "drafts")]
mod early;
#[cfg(feature = "alloc")]
mod error;
#[cfg(feature = "alloc")]
mod established;
#[cfg(feature = "alloc")]
mod extended;
#[cfg(feature = "alloc")]
mod forwarded;
#[cfg(feature = "alloc")]
#[doc(hidden)]
pub mod fuzzing;
#[cfg(feature = "drafts")]
mod hixie;
#[cfg(feature = "http")]
mod http;
mod key;
mod names;
#[cfg(feature = "alloc")]
mod offer;
#[cfg(feature = "alloc")]
mod policy;
#[cfg(feature = "url")]
mod redirect;
#[cfg(feature = "alloc")]
mod request;
#[cfg(feature = "alloc")]
mod response;
#[cfg(feature = "alloc")]
mod rfc6455;
mod seen;
#[cfg(feature = "alloc")]
mod server;
#[cfg(feature = "alloc")]
mod subprotocol;
mod syntax;
mod target;
#[cfg(feature = "url")]
mod url;
#[cfg(feature = "alloc")]
mod version;

#[cfg(feature = "alloc")]
pub use client::{AwaitingResponse, ClientHandshake};
#[cfg(feature = "alloc")]
pub use config::ServerConfig;
#[cfg(feature = "url")]
pub use error::RedirectError;
#[cfg(feature = "alloc")]
pub use error::{Misuse, RequestError, ResponseError, UrlError};
#[cfg(feature = "alloc")]
pub use established::Established;
#[cfg(feature = "alloc")]
pub use extended::ExtendedConnect;
#[cfg(feature = "alloc")]
pub use forwarded::{ForwardedField, InvalidNetwork, Network, TrustedProxies};
#[cfg(feature = "drafts")]
pub use hixie::{DraftRequestError, DraftResponseError};
pub use key::Nonce;
#[cfg(feature = "alloc")]
pub use key::accept_key;
#[cfg(feature = "alloc")]
pub use offer::Offer;
#[cfg(feature = "alloc")]
pub use policy::{Hosts, Origins};
#[cfg(feature = "alloc")]
pub use request::Request;
#[cfg(feature = "alloc")]
pub use response::{Accept, Reject, Response};
#[cfg(feature = "alloc")]
pub use server::{NeedsInput, Requested, ServerHandshake};
pub use target::path_and_query;
#[cfg(feature = "url")]
pub use url::ServerUrl;
#[cfg(feature = "alloc")]
pub use version::{Version, VersionError, Versions};
#[cfg(feature = "alloc")]
pub use ws_http::{Fields, InvalidField, Limits, Status};
