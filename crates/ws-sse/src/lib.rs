//! Server-sent events without I/O: streams, servers that broadcast and replay, clients that
//! reconnect.
//!
//! An event stream is the body of an HTTP response that does not end: text in lines, with a blank
//! line behind each event. The standard is WHATWG HTML §9.2, and what a browser makes of a stream
//! is what this crate makes of it, byte for byte.
//!
//! # Overview
//!
//! The stream itself, for whoever has HTTP already:
//!
//! - [`Decoder`] takes bytes off the front of what has arrived and lends one [`Event`] at a time,
//!   from the bytes themselves where it can. It looks at each byte once however they are cut, and
//!   holds no more than [`Limits`] says.
//! - [`Encoder`] appends events, comments and `retry` to a buffer. Text of any kind goes into an
//!   event's data; a kind or an id that would break out of its line is [`Misuse`].
//! - [`Backoff`] says how long a client waits before it connects again.
//!
//! A server:
//!
//! - [`Offer`] is a request as the server sees it. It is answered with an event stream
//!   ([`Accept`]), or with something else ([`Reject`], [`RequestError::response`],
//!   [`Offer::stop`]).
//! - [`StreamWriter`] puts events into the framing of HTTP/1.1 or HTTP/1.0. Servers that frame
//!   bodies themselves take [`Accept::fields`] and what the encoder gives.
//! - [`Broadcaster`] is one stream for any number of [`Subscriber`]s, each event an
//!   [`EncodedEvent`] that all of them share. Its ring, a [`Replay`], is also where those who come
//!   back get what they missed since their `Last-Event-ID`.
//!
//! A client:
//!
//! - [`EventSource`] is what a browser's object of that name is: it asks with a [`Request`], judges
//!   the answer, gives events, and connects again with the last event id until there is a reason
//!   to stop. Each of its states is a value that its steps consume.
//!
//! What a peer does wrong is a [`RequestError`], a [`Loss`] or a [`Closure`]; what a caller may not
//! ask for is a [`Misuse`].
//!
//! # Example
//!
//! ```
//! use ws_sse::{Accept, Broadcaster, Delivery, Event, EventSource, HeadLimits, Offer, Origin};
//! use ws_sse::{Queue, Request, RequestDecoder, SourceOptions};
//!
//! // A client asks. It has seen an event some time ago.
//! let request = Request::new(Origin::http("localhost:8000")?, "/feed")?;
//! let connecting = EventSource::resume(request, SourceOptions::default(), "1")?;
//! let mut to_server = Vec::new();
//! let awaiting = connecting.open(&mut to_server);
//!
//! // A server has a stream, and reads the request.
//! let mut broadcaster = Broadcaster::new(1000, 1024 * 1024);
//! broadcaster.publish(&Event::new("one").with_id("1"))?;
//! broadcaster.publish(&Event::new("two\nlines").with_kind("note").with_id("2"))?;
//! let mut decoder = RequestDecoder::new(HeadLimits::default());
//! let head = decoder.decode(&mut &to_server[..])?.expect("the head is complete");
//! let offer = Offer::new(&head);
//! assert!(offer.is_event_source());
//!
//! // It answers, and sends what the client has missed.
//! let mut subscriber = broadcaster.resume(offer.last_event_id()?, Queue::default());
//! let mut to_client = Vec::new();
//! let mut writer = offer.accept(&Accept::new(), &mut to_client);
//! while let Some(Delivery::Event(event)) = broadcaster.next(&mut subscriber) {
//!     writer.send_encoded([event], &mut to_client)?;
//! }
//!
//! // The client sees it.
//! let mut input = &to_client[..];
//! let EventSource::Open(mut open) = awaiting.receive(&mut input) else {
//!     panic!("the server has accepted");
//! };
//! let event = open.receive(&mut input)?.expect("an event");
//! assert_eq!((event.kind, event.data, event.id), ("note", "two\nlines", "2"));
//! assert_eq!(open.receive(&mut input)?, None);
//! // And when the connection ends, it waits as long as the server has said, and comes back.
//! let EventSource::Waiting(mut waiting) = open.receive_eof() else {
//!     panic!("nothing ends a source but the server's word");
//! };
//! assert_eq!(waiting.delay(0), Accept::DEFAULT_RETRY);
//! assert_eq!(waiting.reconnect().last_event_id(), "2");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What this crate does not do
//!
//! It opens no connection, resolves no names and no relative URLs, and knows neither TLS nor
//! proxies. It has no clock and no randomness: who does the I/O sends a
//! [ping](StreamWriter::ping) now and then, sets deadlines, waits for a
//! [delay](Waiting::delay), and gives the random number for that. It has no locks: who shares a
//! [`Broadcaster`] has one. Of content codings it knows none, and of HTTP/2 nothing.
#![cfg_attr(docsrs, feature(doc_cfg))]
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
pub use ws_http::{
    BodyError, Fields, HeadError, InvalidField, InvalidTarget, Limits as HeadLimits,
    RequestDecoder, RequestHead, ResponseHead, Status,
};
