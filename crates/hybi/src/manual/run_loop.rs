//! The driver in a loop of your own.
//!
//! For an event loop that is there already, for threads, for a device without an operating system, and
//! for tests. Whoever has a runtime wants [`WebSocket`](crate::WebSocket), which is this loop.
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
//! The invariant: **whenever the loop waits, the input is empty and `out` is on its way.** Nothing else
//! has to be remembered between two rounds.
//!
//! - `receive` returning `None` means that all of the input was taken, so the buffer may be used for
//!   another connection meanwhile.
//! - It ends at 3, at both ends, when
//!   [`wants_shutdown`](crate::driver::Connection::wants_shutdown) says so and all is written. At a server
//!   that is as soon as both Closes are there. A client goes on until it has seen the server end the
//!   transport: it reads 0 bytes, calls `receive_eof`, and then wants to shut down, too. `tick` sees to it
//!   that it does not wait longer than [`close_timeout`](crate::driver::Config::close_timeout).
//! - An `Err` from `receive` has put the Close that tells the peer into `out`: write it once more.
//! - The end of the transport (a read of 0 bytes, or one that fails) goes to
//!   [`receive_eof`](crate::driver::Connection::receive_eof), which says whether it was in order.
//! - Where the socket takes only a part of `out`, keep the rest, tell
//!   [`Writer::written`](crate::driver::Writer::written) how much it took, and call `receive` with an
//!   empty input when it is through: one Pong may have waited for room. Whoever writes everything at
//!   once need not.
//! - Reading from the application, sending, pinging and closing may be done at any time; they append to
//!   `out`, so go to 3 after them.
//!
//! # All of it, in memory
//!
//! Both ends, from the opening handshake to the last byte. `Wire` stands for a socket, and a number for
//! the clock.
//!
//! ```
//! use std::time::Duration;
//!
//! use hybi::driver::{Config, Connection, Event, Instant, Message, Seed, State};
//! use hybi::handshake::{
//!     Accept, ClientHandshake, Nonce, Request, ServerConfig, ServerHandshake,
//! };
//! use hybi::{CloseCode, CloseFrame};
//!
//! /// One direction of a socket.
//! #[derive(Default)]
//! struct Wire {
//!     bytes: Vec<u8>,
//!     ended: bool,
//! }
//!
//! /// One end of an open connection.
//! struct End {
//!     connection: Connection,
//!     out: Vec<u8>,
//!     texts: Vec<String>,
//!     echoes: bool,
//! }
//!
//! impl End {
//!     /// Rounds 1 to 3 of the loop. The caller is who waits.
//!     fn turn(&mut self, now: Instant, from: &mut Wire, to: &mut Wire) -> Result<(), hybi::driver::Error> {
//!         // 1. Both halves, so that the echo can be sent while the message is lent.
//!         let (reader, writer) = self.connection.split_mut();
//!         let mut read = std::mem::take(&mut from.bytes);
//!         let mut input = &mut read[..];
//!         let mut result = Ok(());
//!         loop {
//!             match reader.receive(&mut input, writer, &mut self.out) {
//!                 Ok(Some(Event::Message(message))) => {
//!                     if let Message::Text(text) = message {
//!                         self.texts.push(text.to_owned());
//!                     }
//!                     if self.echoes {
//!                         writer.send(message, &mut self.out).expect("it is open");
//!                     }
//!                 }
//!                 Ok(Some(_)) => {} // Ping, Pong and Close: answered already
//!                 Ok(None) => break,
//!                 Err(error) => {
//!                     result = Err(error);
//!                     break;
//!                 }
//!             }
//!         }
//!         if from.ended && result.is_ok() {
//!             result = self.connection.receive_eof();
//!         }
//!         // 2. The deadline would tell how long to wait in 4.
//!         let ticked = self.connection.tick(now, &mut self.out).map(drop);
//!         // 3. Also after an error: the peer is told why.
//!         to.bytes.append(&mut self.out);
//!         to.ended |= self.connection.wants_shutdown();
//!         result.and(ticked)
//!     }
//! }
//!
//! // The opening handshake. Nonce and seed are entropy: a real program gets both from the crate
//! // `getrandom`, for each connection anew.
//! let request = Request::ws("example.com", "/echo")?;
//! let (mut up, mut down) = (Wire::default(), Wire::default());
//! let client = ClientHandshake::start(&request, Nonce::new([1; 16]), &mut up.bytes);
//!
//! let server = ServerHandshake::start(&ServerConfig::default());
//! let mut input = &up.bytes[..];
//! let ServerHandshake::Requested(requested) = server.receive(&mut input, &mut down.bytes)? else {
//!     panic!("all of it was there"); // a socket gives less, and then it is NeedsInput
//! };
//! requested.accept(Accept::default(), &mut down.bytes)?;
//! up.bytes = input.to_vec(); // frames that came behind the request, if any
//!
//! let mut input = &down.bytes[..];
//! let ClientHandshake::Established(..) = client.receive(&mut input)? else {
//!     panic!("the server has accepted");
//! };
//! down.bytes = input.to_vec();
//!
//! // The connection.
//! let end = |connection, echoes| End { connection, out: Vec::new(), texts: Vec::new(), echoes };
//! let mut client = end(Connection::client(&Config::client(), Seed([2; 32])), false);
//! let mut server = end(Connection::server(&Config::server()), true);
//! let mut now = Instant::EPOCH;
//!
//! client.connection.send(Message::Text("hello"), &mut client.out)?;
//! for _ in 0..2 {
//!     client.turn(now, &mut down, &mut up)?;
//!     server.turn(now, &mut up, &mut down)?;
//!     now = now.saturating_add(Duration::from_millis(10));
//! }
//! client.turn(now, &mut down, &mut up)?;
//! assert_eq!(client.texts, ["hello"]);
//!
//! // The closing handshake: the server answers in the turn that sees the Close, and ends first.
//! let frame = CloseFrame { code: CloseCode::NORMAL, reason: "done" };
//! client.connection.close(Some(frame), &mut client.out)?;
//! assert_eq!(client.connection.state(), State::Closing);
//! client.turn(now, &mut down, &mut up)?;
//! server.turn(now, &mut up, &mut down)?;
//! assert!(down.ended && !up.ended);
//! client.turn(now, &mut down, &mut up)?;
//! assert!(up.ended);
//! assert!(client.connection.closure().is_some_and(|closure| closure.is_clean()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The same on blocking sockets, with a real clock, is the example `bare_driver`, which is either end.
//! For many connections in an epoll loop nothing changes but step 4, and that one read buffer does for
//! all of them.
//!
//! # Large messages
//!
//! [`receive_chunk`](crate::driver::Connection::receive_chunk) lends a message as it comes, whatever its
//! size; [`start`](crate::driver::Connection::start) sends one in pieces. Control frames may come and go
//! in between.
//!
//! # Any version
//!
//! [`Connection`](crate::driver::Connection) speaks RFC 6455. A [`Driver`](crate::driver::Driver) is
//! made from one and, with the feature `drafts`, from those of older versions; the loop is the same.
