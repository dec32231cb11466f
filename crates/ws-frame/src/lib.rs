//! The frames of RFC 6455 §5, on bytes: no I/O, no allocation, no dependencies.
//!
//! # Overview
//!
//! [`FrameDecoder`] takes frames off the front of what was read, unmasks their payloads in place
//! and lends them as [`FramePart`]s. [`Rules`] judges whether such a frame may come now.
//! [`Header::encode`] and [`Masker`] write frames. [`Utf8Decoder`] turns text that may be cut
//! anywhere into `&str`. [`CloseFrame`] reads and writes what a Close frame says.
//!
//! Nothing here grows: headers are held in 14 bytes, control payloads in 125, and payloads are
//! never held at all. So it runs on a microcontroller, and one read buffer can serve every
//! connection of a thread.
//!
//! What this crate does *not* do: it joins no fragments, answers no Ping, draws no mask keys and
//! sets no limit on a payload, because it holds none. The connection that does all this is in
//! `ws-driver`.
//!
//! # Example
//!
//! A server's side of a socket, from bytes to frames and back:
//!
//! ```
//! use ws_frame::{FrameDecoder, Header, OpCode, Rsv, Rules};
//!
//! // "Hello" from a client (RFC 6455 §5.7), as a socket may deliver it.
//! let mut read = *b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58";
//!
//! let mut decoder = FrameDecoder::new();
//! let mut rules = Rules::new(true, Rsv::NONE); // clients mask
//! let mut reply = Vec::new();
//!
//! let mut input = &mut read[..];
//! while let Some(part) = decoder.decode(&mut input)? {
//!     if part.first {
//!         rules.admit(&part.header)?;
//!         // Servers do not mask; apart from that, an echo has the same header.
//!         let header = Header { mask: None, ..part.header };
//!         reply.extend_from_slice(&header.encode());
//!     }
//!     assert_eq!(part.header.opcode, OpCode::Text);
//!     reply.extend_from_slice(part.payload);
//! }
//! assert_eq!(reply, b"\x81\x05Hello");
//! # Ok::<(), ws_frame::FrameError>(())
//! ```
#![cfg_attr(docsrs, feature(doc_cfg))]
#![no_std]

// Tests and fuzzed properties may allocate; the crate itself may not.
#[cfg(any(test, feature = "fuzzing"))]
extern crate alloc;

mod close;
mod control;
mod decoder;
mod error;
mod framing;
mod header;
mod mask;
mod opcode;
mod rsv;
mod rules;
mod single;
mod utf8;

#[cfg(feature = "drafts")]
pub mod early;
#[cfg(feature = "drafts")]
pub mod hixie;

#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;

pub use close::{CloseCode, CloseFrame};
pub use control::ControlPayload;
pub use decoder::{FrameDecoder, FramePart};
pub use error::{CloseError, FrameError, InvalidUtf8};
pub use framing::{Framing, Sealer, Sealing};
pub use header::{EncodedHeader, Header, PartialHeader};
pub use mask::{MaskKey, Masker};
pub use opcode::OpCode;
pub use rsv::Rsv;
pub use rules::Rules;
pub use single::SingleFrame;
pub use utf8::{Utf8Chunk, Utf8Decoder};
