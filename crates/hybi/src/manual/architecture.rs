//! The layers, the path of a byte, and who owns it where.
//!
//! # Layers
//!
//! ```text
//!  L4                  hybi                        names
//!                        |
//!  L3               ws-futures                     polls I/O; and ws-embedded, without alloc,
//!               _________|_____________            on ws-frame and the bare ws-handshake
//!              |         |             |
//!  L2      ws-driver     |             |           time, mask keys, the closing handshake
//!           |       \    |             |
//!  L1       |  ws-extensions   ws-handshake  ws-proxy  ws-sse
//!           |       /              |___________|_________|
//!  L0      ws-frame                         ws-http
//! ```
//!
//! Everything up to L2 is a machine without I/O: bytes in, events and bytes out. It is `no_std`,
//! never asks for the time, never draws a random number, and cannot wait. So the same code runs on
//! tokio, in an epoll loop, on a microcontroller and in a fuzzer, and a test of ten minutes of
//! silence takes no time.
//!
//! What is absent is the contract:
//!
//! - [`frame`](crate::frame) has no buffer. A frame's header that comes in two reads is kept in the
//!   decoder; a payload is lent from the read buffer, however little of it is there.
//! - [`handshake`](crate::handshake) and [`proxy`](crate::proxy) resolve no name, open no socket and
//!   set no deadline. Each step consumes the one before, so none can be left out.
//! - [`extensions`](crate::extensions) know no frames. They see messages, whole or in pieces.
//! - [`driver`](crate::driver) has no queue. What is to be written is appended to the caller's buffer
//!   in the call that causes it.
//! - [`futures`](crate::futures) knows no protocol. It moves bytes, wakes tasks and lends a clock.
//! - `embedded` has no driver below it, which allocates: it is one, for [`devices`](super::devices).
//!
//! # The path of a message that comes in
//!
//! ```text
//!  socket ──read──► read buffer            leased from the thread, given back when it is empty
//!                       │ receive(&mut input)
//!                       ▼
//!                  header ──► judged before a byte of the payload is looked at: opcode, mask,
//!                       │     reserved bits, length against the limits
//!                       ▼
//!                  payload ──► unmasked where it lies
//!                       │
//!         ┌─────────────┼──────────────────────┐
//!         ▼             ▼                      ▼
//!   whole in this   in several reads     compressed: inflated
//!   read: lent      or frames: copied    piece by piece into
//!   as it lies      once into storage    storage, up to the limit
//!         └─────────────┼──────────────────────┘
//!                       ▼
//!           Event::Message(&str or &[u8])      lent until the next call
//! ```
//!
//! Text is checked as it comes, so a message that is not UTF-8 fails at the first wrong byte and not
//! at its end. Memory is taken for what has arrived, never for what a header announces: fourteen
//! bytes cannot pin sixteen megabytes.
//!
//! A reply that the protocol demands, a Pong or a Close, is in the output before the event is
//! returned. The application cannot forget it.
//!
//! # The path of a message that goes out
//!
//! ```text
//!  send(&str) ──► extensions ──► header + payload, masked at a client ──► out ──write──► socket
//! ```
//!
//! `out` is a `Vec<u8>` that belongs to whoever calls the driver. Over an async stream it belongs to
//! the [`WebSocket`](crate::WebSocket), is leased from the thread like the read buffer, and a payload
//! of 32 KiB and more at a server without extensions is not copied into it at all: header and payload
//! go to the transport in one vectored write.
//!
//! # Who owns what
//!
//! | bytes | owner | until |
//! |---|---|---|
//! | read, not yet taken | the read buffer of the caller or the [`WebSocket`](crate::WebSocket) | `receive` has taken them |
//! | an event's payload | the same buffer, or the driver's storage | the next call, which the borrow checker sees to |
//! | a message that did not come whole | the driver's storage | the message has been delivered; then it goes back |
//! | an owned [`Message`](crate::Message) | the application; clones share it | it is dropped |
//! | a [`Prepared`](crate::Prepared)'s frames | all its clones | the last one is dropped |
//! | waiting output | `out` | it is written, or [`into_parts`](crate::WebSocket::into_parts) gives it back |
//! | behind the opening handshake | the handshake leaves it in the input | the connection takes it: nothing gets lost at the border |
//!
//! An idle connection owns no buffer. [`tuning`](super::tuning) has the figures.
//!
//! # Two kinds of mistakes
//!
//! What the peer did wrong and what the caller did wrong are different types in every crate. The first
//! ([`driver::Error`](crate::driver::Error), [`RequestError`](crate::handshake::RequestError)) ends the
//! connection, and the answer that tells the peer is written already. The second
//! ([`driver::Misuse`](crate::driver::Misuse)) changes nothing: nothing was written, and the connection
//! goes on. That a peer has closed is neither: it is [`Event::Close`](crate::Event::Close), and then the
//! end.
//!
//! # Versions
//!
//! [`Version::detect`](crate::handshake::Version::detect) is the one place where protocols part. What
//! comes after is a [`Driver`](crate::driver::Driver), which has the same verbs for all of them; nobody
//! asks for the version again. [`drafts`](super::drafts) says what the old ones lack.
