//! The handshake of RFC 6455 in slices of the caller, without an allocator.
//!
//! # Overview
//!
//! A client [writes](Request::write) a [`Request`] and [`AwaitingResponse`] judges what comes back;
//! a server judges by its [`Rules`] and answers a [`Requested`]. Heads are read where they have
//! arrived: in one slice that is filled from its front, and whose length is the bound on them. Each
//! call looks at all of it, and once a head is complete, the call says how long it was: what stands
//! behind are frames.
//!
//! The verdicts are those of [the rest of this crate](crate), which has more to offer: this speaks
//! version 13 alone, knows no extensions, and a refusal's body is left to the caller.
//!
//! # Example
//!
//! ```
//! use ws_handshake::Nonce;
//! use ws_handshake::bare::{Answer, Request, Rules};
//!
//! // The client. The nonce is entropy that the caller provides.
//! let mut to_server = [0; 256];
//! let request = Request::new("example.com", "/chat").with_subprotocols(&["soup"]);
//! let (len, client) = request.write(Nonce::new([7; 16]), &mut to_server)?;
//!
//! // The server, in a buffer of 512 bytes of which `len` are filled.
//! let mut received = [0; 512];
//! received[..len].copy_from_slice(&to_server[..len]);
//! let rules = Rules::new().with_subprotocols(&["soup"]);
//! let requested = rules.receive(&received, len)?.expect("all of it has come");
//! assert_eq!((requested.path(), requested.len()), ("/chat", len));
//! let mut to_client = [0; 256];
//! let len = requested.accept(&[], &mut to_client)?;
//!
//! // Without the last byte, the client wants more.
//! assert_eq!(client.receive(&to_client, len - 1)?, None);
//! let answer = client.receive(&to_client, len)?;
//! assert_eq!(answer, Some(Answer::Accepted { len, subprotocol: Some("soup") }));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod client;
mod error;
mod head;
mod out;
mod proof;
mod server;

pub use client::{Answer, AwaitingResponse, Request};
pub use error::{RequestError, ResponseError, WriteError};
pub use server::{Requested, Rules, reject};

#[cfg(feature = "alloc")]
#[cfg(test)]
mod tests;
