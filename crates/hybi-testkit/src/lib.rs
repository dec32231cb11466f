//! Helpers for the tests of anything that is built on hybi: a pair of connections on a virtual
//! clock, every split point of a byte string, and a byte stream that fails its Nth call.
//!
//! - [`splits`] cuts a byte string in every way a network may, and tells whether a decoder minds.
//! - [`wire`] writes and reads frames as readable literals, valid and broken ones alike, without
//!   any code that a test might be about.
//! - [`mod@pipe`] is an in-memory byte stream with a capacity, short reads and writes, calls that are
//!   not ready, half close, and faults at a chosen call.
//! - [`Pair`] drives a client and a server of [`ws_driver`] against each other on a clock that
//!   only a test moves.
//!
//! All of it is deterministic: the same test does the same things on every machine.
//!
//! # Example
//!
//! What a server makes of a client's bytes must not depend on how they were cut:
//!
//! ```
//! use hybi_testkit::{splits, wire};
//! use ws_driver::{Config, Connection, Event, Message};
//!
//! let key = [1, 2, 3, 4];
//! let up = wire::concat(&[
//!     wire::Frame::text("Hel").fragment().masked(key),
//!     wire::Frame::ping("?").masked(key),
//!     wire::Frame::continuation("lo").masked(key),
//! ]);
//! let (texts, down) = splits::agree(&up, |reads| {
//!     let mut server = Connection::server(&Config::server());
//!     let (mut texts, mut down) = (Vec::new(), Vec::new());
//!     for read in reads {
//!         let mut read = read.to_vec();
//!         let mut input = &mut read[..];
//!         while let Some(event) = server.receive(&mut input, &mut down).expect("valid frames") {
//!             if let Event::Message(Message::Text(text)) = event {
//!                 texts.push(text.to_owned());
//!             }
//!         }
//!     }
//!     (texts, wire::frames(&down))
//! });
//! assert_eq!(texts, ["Hello"]);
//! assert_eq!(down, [wire::Frame::pong("?")]);
//! ```
//!
//! # What it does not do
//!
//! It opens no socket, starts no thread and reads no clock. It brings no test runner and no
//! executor: a [`pipe::Pipe`] works under any. A helper panics where a test is wrong, for instance
//! on a literal that is not hexadecimal; it is not for programs.

extern crate alloc;

pub mod pair;
pub mod pipe;
pub mod splits;
pub mod wire;

pub use pair::Pair;
pub use pipe::pipe;
