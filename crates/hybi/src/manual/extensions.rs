//! An extension of your own.
//!
//! An extension transforms messages (RFC 6455 §9). It is negotiated in the opening handshake, may own
//! reserved bits of a message's first frame, and never sees control frames. Both ends must have it;
//! browsers have permessage-deflate and nothing else.
//!
//! # The parts
//!
//! | trait | one for | what it does |
//! |---|---|---|
//! | [`Extension`](crate::extensions::Extension) | a configuration, shared by all connections | offers, grants, confirms |
//! | [`Encoder`](crate::extensions::Encoder) | what goes out on one connection | bytes of a message to bytes of a frame |
//! | [`Decoder`](crate::extensions::Decoder) | what comes in on one connection | the reverse, into room that the caller gives |
//! | [`Negotiator`](crate::extensions::Negotiator) | an endpoint | the grammar, the order, clashes of bits |
//!
//! Neither direction knows of the other, so a [`WebSocket`](crate::WebSocket) can be split. What is refused
//! and why is a [`Refusal`](crate::extensions::Refusal): at a server that offer is passed over, at a client
//! the handshake fails.
//!
//! # All of it
//!
//! Every byte is moved on by a number that the client proposes and the server may lower. RSV2 marks the
//! messages that are, so one can be sent as it is.
//!
//! ```
//! use hybi::extensions::{
//!     Decoded, Decoder, Encoder, Extension, Params, Reason, Refusal, Rsv, Session, SessionError,
//! };
//! use hybi::driver::Wish;
//!
//! /// Moves bytes on, by at most so much.
//! #[derive(Debug)]
//! struct Shift {
//!     most: u8,
//! }
//!
//! /// One direction of one connection.
//! #[derive(Debug)]
//! struct By(u8);
//!
//! impl Extension for Shift {
//!     fn name(&self) -> &'static str {
//!         "x-shift"
//!     }
//!
//!     /// The bit is ours: another extension that wants it is refused.
//!     fn rsv(&self) -> Rsv {
//!         Rsv::RSV2
//!     }
//!
//!     fn offers(&self) -> Vec<Params<'static>> {
//!         vec![Params::new(self.name()).with_value("by", self.most.to_string())]
//!     }
//!
//!     fn grant(&self, offer: &Params<'_>) -> Result<(Params<'static>, Session), Refusal> {
//!         let by = by(offer)?.min(self.most);
//!         let answer = Params::new(self.name()).with_value("by", by.to_string());
//!         Ok((answer, session(by)))
//!     }
//!
//!     fn confirm(&self, granted: &Params<'_>) -> Result<Session, Refusal> {
//!         let by = by(granted)?;
//!         if by > self.most {
//!             return Err(Refusal::new("more than we asked for"));
//!         }
//!         Ok(session(by))
//!     }
//! }
//!
//! fn session(by: u8) -> Session {
//!     Session { encoder: Box::new(By(by)), decoder: Box::new(By(by)) }
//! }
//!
//! /// What a peer has written: anything may stand there, and twice.
//! fn by(params: &Params<'_>) -> Result<u8, Refusal> {
//!     let mut found = None;
//!     for (name, value) in params.iter() {
//!         if name != "by" {
//!             return Err(Refusal::unknown(name));
//!         }
//!         let value = value.ok_or_else(|| Refusal::of("by", Reason::MissingValue))?;
//!         let value = value.parse().map_err(|_| Refusal::of("by", "not a number up to 255"))?;
//!         if found.replace(value).is_some() {
//!             return Err(Refusal::of("by", Reason::Repeated));
//!         }
//!     }
//!     found.ok_or_else(|| Refusal::of("by", Reason::Missing))
//! }
//!
//! impl Encoder for By {
//!     fn start(&mut self, _len: Option<usize>, wish: Wish) -> Option<Rsv> {
//!         (wish != Wish::Never).then_some(Rsv::RSV2) // None: the message passes as it is
//!     }
//!
//!     fn encode(&mut self, piece: &[u8], _end: bool, out: &mut Vec<u8>) -> Result<(), SessionError> {
//!         out.extend(piece.iter().map(|byte| byte.wrapping_add(self.0)));
//!         Ok(())
//!     }
//! }
//!
//! impl Decoder for By {
//!     fn start(&mut self, rsv: Rsv) -> bool {
//!         rsv.contains(Rsv::RSV2)
//!     }
//!
//!     // Into the room there is, however small: what comes out is bounded by the caller.
//!     fn decode(
//!         &mut self,
//!         input: &mut &[u8],
//!         _end: bool,
//!         room: &mut [u8],
//!     ) -> Result<Decoded, SessionError> {
//!         let len = input.len().min(room.len());
//!         let (taken, rest) = input.split_at(len);
//!         for (to, from) in room.iter_mut().zip(taken) {
//!             *to = from.wrapping_sub(self.0);
//!         }
//!         *input = rest;
//!         Ok(Decoded { len, done: rest.is_empty() })
//!     }
//! }
//!
//! // Both ends of a connection, over a pipe in memory.
//! use futures::future::try_join;
//! use hybi::{Error, Event, Options, Request};
//! use hybi_testkit::pipe::duplex;
//!
//! let (near, far) = duplex(1024);
//! let server = async {
//!     let mut options = Options::server();
//!     options.extensions = options.extensions.with(Shift { most: 3 });
//!     let mut socket = hybi::accept(far, &options).await?;
//!     while let Some((event, mut outbox)) = socket.exchange().await? {
//!         if let Event::Message(message) = event {
//!             outbox.feed(message).await?;
//!         }
//!     }
//!     Ok::<_, Error>(())
//! };
//! let client = async {
//!     let mut options = Options::client();
//!     options.extensions = options.extensions.with(Shift { most: 13 });
//!     let request = Request::ws("example.com", "/")?;
//!     let (mut socket, _) = hybi::connect(near, &request, &options).await?;
//!     assert_eq!(socket.extensions(), Some("x-shift; by=3"));
//!     for wish in [Wish::Auto, Wish::Never] {
//!         socket.outbox().feed_with("hello", wish).await?;
//!         let Some(Event::Message(echo)) = socket.receive().await? else {
//!             panic!("no echo");
//!         };
//!         assert_eq!(echo.as_bytes(), b"hello");
//!     }
//!     assert!(socket.close(None).await?.is_clean());
//!     Ok::<_, Error>(())
//! };
//! futures::executor::block_on(try_join(server, client))?;
//! # Ok::<(), Error>(())
//! ```
//!
//! # Rules
//!
//! - Text is still text: what a decoder makes of a text message is checked as UTF-8 afterwards.
//! - Limits count what comes out. A decoder that makes much of little is asked for one room after the
//!   other until the message is above its limit; do not allocate by what the input announces.
//! - [`decode`](crate::extensions::Decoder::decode) must make the same of the same bytes however they are
//!   cut. `hybi_testkit::splits` cuts them in every way.
//! - A [`SessionError`](crate::extensions::SessionError) ends its direction: 1007 if the peer sent what
//!   cannot be decoded, 1011 otherwise. What came before is delivered.
//! - Several extensions are applied in the order of the server's answer when a message goes out, and in
//!   reverse when it comes in. Put those that compress before those that encrypt.
//! - What an encoder or decoder holds on the heap it tells in `memory`, and gives back in `sleep`.
//! - For [`Prepared`](crate::Prepared) messages an encoder may say which others would encode alike:
//!   `variant` and `standalone`. Without them such messages are encoded for each connection.
//!
//! An extension that needs no reserved bit says [`Rsv::NONE`](crate::extensions::Rsv) and then takes part
//! in every message; the documentation of [`extensions`](crate::extensions) shows one.
