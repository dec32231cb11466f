//! Server-sent events without I/O: event streams read and written, reconnecting and replaying.
//!
//! An event stream is the body of an HTTP response that does not end: text in lines, with a blank
//! line behind each event. The standard is WHATWG HTML §9.2, and what a browser makes of a stream
//! is what this crate makes of it, byte for byte.
//!
//! # Overview
//!
//! - [`Decoder`] takes bytes off the front of what has arrived and lends one [`Event`] at a time,
//!   from the bytes themselves where it can. It looks at each byte once however they are cut, and
//!   holds no more than [`Limits`] says.
//! - [`Encoder`] appends events, comments and `retry` to a buffer. Text of any kind goes into an
//!   event's data; a kind or an id that would break out of its line is [`Misuse`].
//! - [`Backoff`] says how long a client waits before it connects again.
//! - [`Replay`] is where a server keeps its latest events, for clients that come back and say in
//!   `Last-Event-ID` which one they saw last.
//!
//! # Example
//!
//! ```
//! use ws_sse::{Decoder, Encoder, Event, Limits};
//!
//! // A server encodes once, for any number of subscribers.
//! let mut stream = Vec::new();
//! let event = Event::new("two\nlines").with_kind("note").with_id("7");
//! Encoder::event(&event, &mut stream)?;
//! assert_eq!(stream, b"event: note\nid: 7\ndata: two\ndata: lines\n\n");
//! Encoder::event(&Event::new("bye"), &mut stream)?;
//!
//! // A client decodes, here from two reads.
//! let mut decoder = Decoder::new(Limits::default());
//! let (mut first, mut second) = stream.split_at(24);
//! assert_eq!(decoder.decode(&mut first)?, None);
//! assert_eq!(decoder.decode(&mut second)?, Some(event));
//! let bye = decoder.decode(&mut second)?.expect("a second event");
//! // An id lasts until there is another.
//! assert_eq!((bye.kind, bye.data, bye.id), ("message", "bye", "7"));
//! assert_eq!(decoder.decode(&mut second)?, None);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What this crate does not do
//!
//! It opens no connection and sends no request, and it knows no HTTP: what the decoder wants is a
//! response's body, without chunks and content codings. It has no clock and no randomness: a
//! [`Backoff`] says how long to wait, and is told a random number.
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod broadcast;
mod client;
mod decoder;
mod encoded;
mod encoder;
mod error;
mod event;
#[doc(hidden)]
pub mod fuzzing;
mod limits;
mod reconnect;
mod replay;
mod response;
mod server;

pub use broadcast::{Broadcaster, Delivery, Queue, SlowPolicy, Subscriber};
pub use client::{
    AwaitingResponse, Closed, Closure, Connecting, EventSource, Loss, Open, Origin, Redirected,
    Request, SourceOptions, UnsentId, Waiting,
};
pub use decoder::Decoder;
pub use encoded::EncodedEvent;
pub use encoder::Encoder;
pub use error::{DecodeError, Gap, Misuse};
pub use event::Event;
pub use limits::Limits;
pub use reconnect::Backoff;
pub use replay::{Replay, Since};
pub use response::Response;
pub use server::{Accept, LastEventId, Offer, Reject, RequestError, StreamFraming, StreamWriter};
