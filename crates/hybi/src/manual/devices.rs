//! On a microcontroller: which layer, how much memory, and what you bring yourself.
//!
//! # Which layer
//!
//! | there is | take | it has |
//! |---|---|---|
//! | no allocator, and async | `ws-embedded`; the same under the name `hybi::embedded` | connections of both roles over [embedded-io-async], in two buffers |
//! | no allocator, no async | [`frame`](crate::frame) and [`handshake::bare`](crate::handshake::bare) | frames and handshakes in slices; the loop is yours |
//! | an allocator | [`handshake`](crate::handshake) and [`driver`](crate::driver) | compression, keep-alive, deadlines, limits of each kind, old versions |
//!
//! On a device without an allocator depend on `ws-embedded`, not on `hybi`, which links `alloc`
//! whatever its features. All of these crates forbid `unsafe`. The section on microcontrollers in the README has
//! what they take of flash and stack.
//!
//! [embedded-io-async]: https://docs.rs/embedded-io-async
//!
//! # Without an allocator
//!
//! A server and a client are `accept` and `connect` over whatever the network stack gives: a socket
//! of embassy-net, TLS over one, a serial line. The stream may be a `&mut`, which is the
//! application's again when the connection is done.
//!
//! - **`rx`** bounds what a peer can send at once: one byte less than it is the longest message of
//!   `receive`, and a longer one is refused with 1009, by its header alone. What is longer comes
//!   through `receive_chunk`, such as firmware on its way to flash. It holds the peer's handshake,
//!   too, of which browsers send most: languages, cookies, their own name.
//! - **`tx`** decides how many writes a message is. What fits goes out with what else was fed, in
//!   one write, before the next wait; a longer message goes through it in pieces. 131 bytes are the
//!   least, and our handshake has to fit as a whole.
//! - **Deadlines are yours**, for there is no clock. A peer that has vanished takes nothing and says
//!   nothing, so they belong around all that waits: `accept` and `connect`, what receives, and what
//!   sends. The loop of a server:
//!
//! ```
//! use core::future::Future;
//! use core::pin::pin;
//!
//! use embedded_io_async::{Read, Write};
//! use futures::future::{Either, select};
//! use hybi::embedded::{Error, Event, Server, WebSocket};
//!
//! /// `None` if the deadline comes first.
//! async fn within<F: Future>(deadline: impl Future<Output = ()>, work: F) -> Option<F::Output> {
//!     match select(pin!(work), pin!(deadline)).await {
//!         Either::Left((done, _)) => Some(done),
//!         Either::Right(_) => None,
//!     }
//! }
//!
//! /// Echoes until the peer closes; `None` if it has neither said nor taken anything for too long.
//! async fn echo<T: Read + Write, S: Future<Output = ()>>(
//!     socket: &mut WebSocket<'_, T, Server>,
//!     silence: impl Fn() -> S,
//! ) -> Option<Result<(), Error<T::Error>>> {
//!     let mut pinged = false;
//!     loop {
//!         let done = match within(silence(), socket.exchange()).await {
//!             Some(Ok(Some((event, mut outbox)))) => {
//!                 pinged = false;
//!                 let Event::Message(message) = event else { continue };
//!                 within(silence(), outbox.feed(message)).await?
//!             }
//!             Some(Ok(None)) => return Some(Ok(())),
//!             Some(Err(error)) => Err(error),
//!             None if pinged => return None,
//!             None => {
//!                 pinged = true;
//!                 within(silence(), socket.ping(b"")).await?
//!             }
//!         };
//!         if done.is_err() {
//!             return Some(done);
//!         }
//!     }
//! }
//! # use embedded_io_adapters::futures_03::FromFutures;
//! # use futures::AsyncWriteExt;
//! # use futures::executor::block_on;
//! # use hybi_testkit::pipe::{Behaviour, pipe};
//! # use hybi_testkit::wire::Frame;
//! # use hybi::embedded::Buffers;
//! # // A peer that is silent, one that takes nothing, and one that talks and takes nothing.
//! # for (capacity, messages) in [(1000, 0), (0, 0), (0, 3), (1, 3)] {
//! #     let behaviour = Behaviour::default().capacity(capacity);
//! #     let (near, mut far) = pipe(behaviour, Behaviour::default());
//! #     for _ in 0..messages {
//! #         let message = Frame::binary([7; 200]).masked([7; 4]);
//! #         block_on(far.write_all(&message.bytes())).unwrap();
//! #     }
//! #     let (mut rx, mut tx) = ([0; 256], [0; 131]);
//! #     let buffers = Buffers::new(&mut rx, &mut tx);
//! #     let mut socket = WebSocket::server(FromFutures::new(near), buffers, 0).unwrap();
//! #     assert!(block_on(echo(&mut socket, || async {})).is_none());
//! # }
//! ```
//!
//! - **Cancelling**: where a read and a write of the stream that are dropped have lost nothing, nor
//!   has any future here, and the loop above is right. A TCP socket of embassy-net is such a stream.
//!   TLS often is not when it writes: then put `socket.flush().await` before each `exchange`, within
//!   a deadline after which you give the connection up. Behind it `exchange` only reads.
//! - **Sending from elsewhere**: one task holds the connection, others put what they have to say into
//!   a channel, and the task does `select` on `exchange` and on the channel.
//! - **Randomness is yours**: sixteen bytes for a client's handshake, four for each frame that it
//!   sends (RFC 6455 §5.3), from the device's generator. A server needs none.
//! - **Flushing**: TLS holds back what it is given until it is told, so what was written is flushed
//!   before anything is waited for. Over a stream that sends by itself say
//!   `Buffers::without_flush`: a socket of embassy-net, whose flush waits for the peer to
//!   acknowledge.
//! - **The end**: `close` waits for the peer's Close and flushes. Then close the transport, a server
//!   before a client (RFC 6455 §7.1.1), and only then drop it.
//!
//! The example `embedded` is such a program on a desktop; `tests/embedded` in the repository is one
//! for a Cortex-M3 with 8 KiB of memory.
//!
//! # With an allocator
//!
//! The [`driver`](crate::driver) does not care whose stream it is. Its loop, over embedded-io-async:
//!
//! ```
//! use embedded_io_async::{Read, Write};
//! use hybi::driver::{Connection, Error, Event};
//!
//! /// Echoes until the connection has ended; whether in order.
//! async fn echo<T: Read + Write>(io: &mut T, mut connection: Connection) -> Result<bool, T::Error> {
//!     let (mut buffer, mut out) = ([0; 1024], Vec::new());
//!     loop {
//!         let len = io.read(&mut buffer).await?;
//!         let ended = match (len, respond(&mut connection, &mut buffer[..len], &mut out)) {
//!             (_, Err(_)) => true,
//!             (0, Ok(())) => return Ok(connection.receive_eof().is_ok()),
//!             (_, Ok(())) => connection.wants_shutdown(),
//!         };
//!         io.write_all(&out).await?;
//!         io.flush().await?;
//!         out.clear();
//!         if ended {
//!             return Ok(connection.closure().is_some_and(|closure| closure.is_clean()));
//!         }
//!     }
//! }
//!
//! fn respond(
//!     connection: &mut Connection,
//!     mut input: &mut [u8],
//!     out: &mut Vec<u8>,
//! ) -> Result<(), Error> {
//!     let (reader, writer) = connection.split_mut();
//!     while let Some(event) = reader.receive(&mut input, writer, out)? {
//!         if let Event::Message(message) = event {
//!             writer.send(message, out).expect("we have not closed");
//!         }
//!     }
//!     Ok(())
//! }
//! # use embedded_io_adapters::futures_03::FromFutures;
//! # use futures::executor::block_on;
//! # use futures::{AsyncReadExt, AsyncWriteExt};
//! # use hybi::driver::Config;
//! # use hybi_testkit::pipe::duplex;
//! # use hybi_testkit::wire::Frame;
//! # let (near, mut far) = duplex(100);
//! # let sent = [Frame::text("hello"), Frame::close(1000, "")];
//! # for frame in &sent {
//! #     block_on(far.write_all(&frame.clone().masked([7; 4]).bytes())).unwrap();
//! # }
//! # let mut io = FromFutures::new(near);
//! # assert!(block_on(echo(&mut io, Connection::server(&Config::server()))).unwrap());
//! # drop(io);
//! # let mut answer = Vec::new();
//! # block_on(far.read_to_end(&mut answer)).unwrap();
//! # assert_eq!(hybi_testkit::wire::frames(&answer), sent);
//! ```
//!
//! [`time`](super::time) says what `tick` wants; a `select` on the deadline that it returns belongs
//! into the loop above.
