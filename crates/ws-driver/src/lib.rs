//! A WebSocket connection without I/O, clock or runtime: bytes in, events out, replies appended.
//!
//! # Overview
//!
//! [`Connection`] is one end of an open connection (RFC 6455), after the opening handshake. It
//! [`receive`](Connection::receive)s bytes and lends [`Event`]s, joins fragments, answers Ping
//! and Close, [`send`](Connection::send)s [`Message`]s, and keeps the deadlines of [`Config`]
//! with [`tick`](Connection::tick). It consists of a [`Reader`] and a [`Writer`], which
//! [`split_mut`](Connection::split_mut) gives apart.
//!
//! Extensions that the opening handshake has agreed on go into
//! [`with_extensions`](Connection::with_extensions); `ws-extensions` has permessage-deflate, and
//! the traits for your own.
//!
//! [`Driver`] is a connection of any version that is compiled in: only of RFC 6455, unless the
//! feature `drafts` adds those before it.
//!
//! Everything that is to be written goes into a buffer of the caller, `out`, in the call that
//! causes it. No queue exists that could be forgotten.
//!
//! What this crate does *not* do: it opens no connection (`ws-handshake` does), reads and writes
//! no socket (`ws-futures` does), asks for no time and draws no randomness: both are arguments.
//!
//! # The loop
//!
//! ```text
//! 1. receive() until it returns None; deal with each event        (out may grow)
//! 2. tick(now); remember the deadline                             (out may grow)
//! 3. write all of out and clear it; if wants_shutdown(), close the write side: it is over
//! 4. wait for: readable, or the deadline, or the application; a read of 0 bytes: receive_eof()
//! 5. go to 1            An Err from 1, 2 or 4: do 3 once more, then stop.
//! ```
//!
//! It ends at 3, at both ends: a server wants to shut down as soon as both Closes are there and
//! written; a client when it has also seen the server do so, as a read of 0 bytes, or has waited for
//! [`close_timeout`](Config::close_timeout).
//!
//! Where a write is not finished at once, tell [`Writer::written`] how much of it was, and go on
//! at 1 when it is, with empty input if need be: one Pong may have waited for it.
//!
//! # Example
//!
//! Both ends of a connection, in memory:
//!
//! ```
//! use ws_driver::{Config, Connection, Event, Message, Seed};
//!
//! let mut client = Connection::client(&Config::client(), Seed([7; 32])); // use real entropy
//! let mut server = Connection::server(&Config::server());
//!
//! let mut up = Vec::new();
//! client.send(Message::Text("hello"), &mut up)?;
//!
//! // The server echoes while it holds the event: the message is copied once, into `down`.
//! let mut down = Vec::new();
//! let mut input = &mut up[..];
//! let (reader, writer) = server.split_mut();
//! while let Some(event) = reader.receive(&mut input, writer, &mut down)? {
//!     if let Event::Message(message) = event {
//!         writer.send(message, &mut down)?;
//!     }
//! }
//!
//! let mut input = &mut down[..];
//! let event = client.receive(&mut input, &mut up)?;
//! assert_eq!(event, Some(Event::Message(Message::Text("hello"))));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
#![cfg_attr(docsrs, feature(doc_cfg))]
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod assembly;
mod closing;
mod config;
mod connection;
mod driver;
mod entropy;
mod error;
mod event;
mod message;
mod pings;
mod pongs;
mod reader;
mod statistics;
mod text;
mod time;
mod timers;
mod writer;

#[cfg(feature = "drafts")]
pub mod early;
#[cfg(feature = "drafts")]
pub mod hixie;

#[doc(hidden)]
pub mod fuzzing;

pub use closing::{Closure, State};
pub use config::{Config, KeepAlive};
pub use connection::{Connection, Role};
pub use driver::{Driver, DriverOutgoing, DriverReader, DriverWriter, Halves};
pub use entropy::Seed;
pub use error::{Error, Misuse, Timer};
pub use event::Event;
pub use message::{Chunk, Kind, Message};
pub use pings::PingId;
pub use reader::Reader;
pub use statistics::{Statistics, Traffic};
pub use time::Instant;
pub use writer::{Outgoing, Shape, Writer};
/// What extensions say to a connection.
pub use ws_extensions::{SessionError, Wish};
/// What errors and close frames of this crate are made of.
pub use ws_frame::{CloseCode, CloseError, CloseFrame, EncodedHeader, FrameError, Rsv};
