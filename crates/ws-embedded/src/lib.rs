//! A WebSocket over any `embedded-io-async` stream, in two buffers of the caller, without an
//! allocator.
//!
//! # Overview
//!
//! [`accept`] and [`connect`] do the opening handshake of RFC 6455 and give a [`WebSocket`]. It
//! lends messages from the buffer into which they were read ([`WebSocket::receive`],
//! [`WebSocket::exchange`]), or piece by piece where they are larger than that
//! ([`WebSocket::receive_chunk`]), answers Ping and Close, and sends messages of any length.
//! [`Buffers`] are all the memory that it has beside a few hundred bytes of its own.
//!
//! What is sent with [`feed`](WebSocket::feed) is gathered, and written in one go when the next
//! receive would wait. All progress is kept in the `WebSocket`: where the stream's reads and writes
//! can be dropped without loss, so can be the futures here, with one exception that
//! [`send`](WebSocket::send) tells. For a stream whose writes cannot, see
//! [`flush`](WebSocket::flush).
//!
//! What this crate does *not* do: it opens no transport and does no TLS; it has no clock, so put
//! deadlines around whatever waits, be it to receive or to send, and a Ping of your own where a
//! peer may vanish in silence; it draws no randomness, which a client's masks and its nonce are made
//! of; it tells a peer that breaks a rule the code and no reason; it knows no extensions and no
//! version but 13. With an allocator there is more: `ws-driver` is the same without I/O, with all
//! of that.
//!
//! # Example
//!
//! Both ends of a pipe:
//!
//! ```
//! use embedded_io_adapters::futures_03::FromFutures;
//! use futures::executor::block_on;
//! use futures::future::try_join;
//! use hybi_testkit::pipe::duplex;
//! use ws_embedded::{Buffers, Error, Event, MaskKey, Message, Nonce, Request, Rules};
//! use ws_embedded::{accept, connect};
//!
//! let (near, far) = duplex(1024);
//! let (near, far) = (FromFutures::new(near), FromFutures::new(far));
//!
//! let server = async {
//!     let (mut rx, mut tx) = ([0; 1024], [0; 256]);
//!     let buffers = Buffers::new(&mut rx, &mut tx);
//!     let mut socket = accept(far, buffers, Rules::new()).await?;
//!     while let Some((event, mut outbox)) = socket.exchange().await? {
//!         if let Event::Message(message) = event {
//!             outbox.feed(message).await?;
//!         }
//!     }
//!     Ok::<_, Error<_>>(())
//! };
//!
//! let client = async {
//!     let (mut rx, mut tx) = ([0; 1024], [0; 256]);
//!     let buffers = Buffers::new(&mut rx, &mut tx);
//!     // A device has a random number generator for these.
//!     let (nonce, keys) = (Nonce::new([7; 16]), || MaskKey([1, 2, 3, 4]));
//!     let request = Request::new("device.example", "/echo");
//!     let mut socket = connect(near, buffers, request, nonce, keys).await?;
//!     socket.send("hello").await?;
//!     let event = socket.receive().await?;
//!     assert_eq!(event, Some(Event::Message(Message::Text("hello"))));
//!     socket.close(None).await?;
//!     Ok(())
//! };
//!
//! block_on(try_join(server, client))?;
//! # Ok::<(), Error<std::io::Error>>(())
//! ```
#![cfg_attr(docsrs, feature(doc_cfg))]
#![no_std]

// Tests and fuzzed properties may allocate; the crate itself may not.
#[cfg(any(test, feature = "fuzzing"))]
extern crate alloc;
#[cfg(test)]
extern crate std;

mod buffers;
mod end;
mod error;
mod event;
mod inbox;
mod open;
mod out;
mod outbox;
mod websocket;

#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;

#[cfg(test)]
mod tests;

pub use buffers::Buffers;
pub use end::{Client, End, MaskKeys, Server};
pub use error::{Error, Misuse, ProtocolError};
pub use event::{Chunk, Event, Kind, Message};
pub use open::{Verdict, accept, accept_with, connect};
pub use outbox::Outbox;
pub use websocket::{Closure, WebSocket};
/// What errors, close frames and mask keys are.
pub use ws_frame::{CloseCode, CloseError, CloseFrame, FrameError, MaskKey};
/// What the handshakes are made of.
pub use ws_handshake::Nonce;
pub use ws_handshake::bare::{Request, RequestError, Requested, ResponseError, Rules, WriteError};
