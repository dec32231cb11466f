//! WebSocket extensions: their negotiation, their pipeline, and permessage-deflate.
//!
//! # Overview
//!
//! An [`Extension`] is a configuration that all connections share. A [`Negotiator`] holds those
//! that an endpoint has; from the text of `Sec-WebSocket-Extensions` (RFC 6455 §9.1, [`Params`])
//! it makes the [`Sessions`] of one connection, or says in a [`Refusal`] what is wrong with an
//! offer or an answer. Sessions fall into two directions that know nothing of each other,
//! [`Encoders`] and [`Decoders`]: what one makes of a message is what the next one takes, in the
//! order of the server's answer when it goes out and in the reverse order when it comes in.
//!
//! `deflate::Deflate`, with the feature of that name, is permessage-deflate (RFC 7692).
//!
//! What this crate does *not* do: it knows no frames, no handshake and no limits (`ws-driver` has
//! those), keeps no codec for a thread (a `deflate::Pool` of the caller's does), and asks for no
//! time.
//!
//! # Example
//!
//! An extension of one's own, from the offer to a message:
//!
//! ```
//! use ws_extensions::{
//!     Decoded, Decoder, Encoder, Extension, Negotiator, Params, Refusal, Rsv, Session,
//!     SessionError, Wish,
//! };
//!
//! /// Turns every byte of every message upside down.
//! #[derive(Debug)]
//! struct Invert;
//!
//! impl Extension for Invert {
//!     fn name(&self) -> &'static str {
//!         "x-invert"
//!     }
//!     fn rsv(&self) -> Rsv {
//!         Rsv::NONE // nothing tells one message from another: it takes part in all
//!     }
//!     fn offers(&self) -> Vec<Params<'static>> {
//!         vec![Params::new(self.name())]
//!     }
//!     fn confirm(&self, _granted: &Params<'_>) -> Result<Session, Refusal> {
//!         let (encoder, decoder) = (Box::new(Invert), Box::new(Invert));
//!         Ok(Session { encoder, decoder })
//!     }
//!     fn grant(&self, offer: &Params<'_>) -> Result<(Params<'static>, Session), Refusal> {
//!         Ok((Params::new(self.name()), self.confirm(offer)?))
//!     }
//! }
//!
//! impl Encoder for Invert {
//!     fn start(&mut self, _len: Option<usize>, _wish: Wish) -> Option<Rsv> {
//!         Some(Rsv::NONE)
//!     }
//!     fn encode(&mut self, piece: &[u8], _end: bool, out: &mut Vec<u8>) -> Result<(), SessionError> {
//!         out.extend(piece.iter().map(|byte| !byte));
//!         Ok(())
//!     }
//! }
//!
//! impl Decoder for Invert {
//!     fn start(&mut self, _rsv: Rsv) -> bool {
//!         true
//!     }
//!     fn decode(
//!         &mut self,
//!         input: &mut &[u8],
//!         _end: bool,
//!         room: &mut [u8],
//!     ) -> Result<Decoded, SessionError> {
//!         let len = input.len().min(room.len());
//!         let (taken, rest) = input.split_at(len);
//!         for (to, from) in room.iter_mut().zip(taken) {
//!             *to = !from;
//!         }
//!         *input = rest;
//!         Ok(Decoded { len, done: rest.is_empty() })
//!     }
//! }
//!
//! // Both ends have it. The texts go through the opening handshake.
//! let negotiator = Negotiator::new().with(Invert);
//! let offer = negotiator.offer();
//! let granted = negotiator.grant(offer.as_deref())?;
//! let confirmed = negotiator.confirm(granted.response.as_deref())?;
//!
//! let (mut encoders, _) = confirmed.into_directions();
//! let mut wire = Vec::new();
//! encoders.start(Some(5), Wish::Auto)?;
//! encoders.encode(b"hello", true, &mut wire)?;
//! assert_eq!(wire, b"\x97\x9a\x93\x93\x90");
//!
//! let (_, mut decoders) = granted.sessions.into_directions();
//! decoders.start(Rsv::NONE);
//! let mut room = [0; 16];
//! let decoded = decoders.decode(&mut &wire[..], true, &mut room)?;
//! assert!(decoded.done);
//! assert_eq!(room[..decoded.len], *b"hello");
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
#![cfg_attr(docsrs, feature(doc_cfg))]
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod error;
mod extension;
mod negotiator;
mod params;
mod pipeline;
mod refusal;
mod sessions;

#[cfg(feature = "deflate")]
pub mod deflate;

#[doc(hidden)]
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;

pub use error::{Fault, FaultKind, SessionError};
pub use extension::{Decoded, Decoder, Encoder, Extension, Session, Variant, Wish};
pub use negotiator::{Granted, NegotiationError, Negotiator, Refused};
pub use params::{Elements, Params, SyntaxError};
pub use pipeline::{Decoders, Encoders};
pub use refusal::{Excerpt, Reason, Refusal};
pub use sessions::Sessions;
/// The bits that extensions use.
pub use ws_frame::Rsv;
