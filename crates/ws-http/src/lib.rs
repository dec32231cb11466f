//! A bounded HTTP/1.1 head codec for protocols that begin with one.
//!
//! WebSocket's opening handshake, a proxy's `CONNECT` and an event stream all start with the head
//! of an HTTP/1.1 message: a start line and fields. This crate reads and writes such heads, and
//! reads the body behind one, without any I/O.
//!
//! # Overview
//!
//! - [`RequestDecoder`] and [`ResponseDecoder`] take bytes off the front of what has arrived until
//!   a head is complete. They look at each byte once however the bytes are cut, and hold at most
//!   what [`Limits`] says.
//! - [`RequestHead`] and [`ResponseHead`] are what they give, and what is encoded to send.
//! - [`Fields`] is the list of fields of a head: looked up without regard to case, with helpers
//!   for fields of one value and fields that are lists. A name or value with a CR, LF or NUL
//!   cannot get in, so it cannot get out on the wire either.
//! - [`BodyDecoder`] takes a response's body apart (`Content-Length`, chunked, to the end), and
//!   [`KeptResponse`] keeps the beginning of one with its head.
//!
//! # Example
//!
//! ```
//! use ws_http::{Fields, Limits, RequestDecoder, ResponseHead, Status};
//!
//! let mut decoder = RequestDecoder::new(Limits::default());
//! // Half a head: all of it is taken, and more is wanted.
//! let mut input = &b"GET /chat HTTP/1.1\r\nHost: exam"[..];
//! assert!(decoder.decode(&mut input)?.is_none());
//! // The rest, and bytes of whatever comes after the head.
//! let mut input = &b"ple.com\r\n\r\nmore"[..];
//! let request = decoder.decode(&mut input)?.expect("the blank line has come");
//! assert_eq!(request.target(), "/chat");
//! assert_eq!(request.fields().first("HOST"), Some(&b"example.com"[..]));
//! assert_eq!(input, b"more");
//!
//! let mut fields = Fields::new();
//! fields.push("Content-Length", "0")?;
//! let mut out = Vec::new();
//! ResponseHead::new(Status::NOT_FOUND, fields).encode(&mut out);
//! assert_eq!(out, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Strictness
//!
//! A head decides where a message ends and who it is for, so two parties that read it differently
//! can be played against each other (request smuggling). What RFC 9112 lets a recipient tolerate
//! is therefore refused: lines that end in a bare LF, folded lines, a space before the colon,
//! control characters, anything but one empty line before a request. Bytes above 0x7f are
//! tolerated in values, where real peers send them.
//!
//! # What this crate does not do
//!
//! It opens no connection and follows no redirect; it knows neither HTTP/2 nor trailers (they are
//! skipped); it gives fields no meaning beyond `Content-Length` and `Transfer-Encoding`.
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod body;
mod decoder;
mod error;
mod fields;
#[doc(hidden)]
pub mod fuzzing;
mod head;
mod kept;
mod limits;
mod parse;
mod scan;
mod status;
mod syntax;

pub use body::{BodyDecoder, BodyPart, Framing};
pub use decoder::{Progress, RequestDecoder, ResponseDecoder};
pub use error::{BodyError, HeadError, InvalidField, InvalidTarget, RepeatedField};
pub use fields::{Fields, Iter, is_secret};
pub use head::{HttpVersion, RequestHead, ResponseHead};
pub use kept::KeptResponse;
pub use limits::Limits;
pub use status::Status;
pub use syntax::{is_token, trim};
