//! Writes, buffers, compression, broadcasts, many connections.
//!
//! Measure first: `cargo xtask bench` compares with peers and with a floor. What follows is in the order
//! of what it usually brings.
//!
//! # One write for many messages
//!
//! A write costs more than a small message. [`send`](crate::WebSocket::send) writes each message at once
//! and waits until the transport has it. [`feed`](crate::WebSocket::feed) only adds it: what was fed is
//! written in one go when the next receive has to wait. An echo server that feeds answers a burst of
//! sixteen messages with one write.
//!
//! ```
//! use futures::{AsyncRead, AsyncWrite};
//! use hybi::{Error, Event, WebSocket};
//!
//! async fn echo<T>(mut socket: WebSocket<T>) -> Result<(), Error>
//! where
//!     T: AsyncRead + AsyncWrite + Unpin,
//! {
//!     while let Some((event, mut outbox)) = socket.exchange().await? {
//!         if let Event::Message(message) = event {
//!             outbox.feed(message).await?; // lent from the read buffer: no copy of our own
//!         }
//!     }
//!     Ok(())
//! }
//! ```
//!
//! | | written |
//! |---|---|
//! | `send` | before it returns |
//! | `feed`, then `receive` | when `receive` would wait |
//! | `feed`, then `flush` | before `flush` returns |
//! | the halves' `feed` | when the receiving half waits, or by `flush` |
//!
//! Whoever feeds and then does something else for a while calls [`flush`](crate::WebSocket::flush) first.
//!
//! # `TCP_NODELAY`
//!
//! Set it, at both ends. Without it the kernel holds a small write back until the one before is
//! acknowledged, which can take 40 ms. Since messages are gathered here, nothing is gained by that.
//! Clients that dial set it themselves; a server does it on what it has accepted, before
//! [`accept`](crate::tokio::accept).
//!
//! # Lent and owned
//!
//! [`receive`](crate::WebSocket::receive) and [`exchange`](crate::WebSocket::exchange) lend a message that
//! came whole from the read buffer. `Stream` gives it owned, which costs an allocation and a copy. Use it
//! where messages travel on, as between tasks.
//!
//! A server without extensions writes payloads of 32 KiB and more from where they lie. Anything else is
//! copied once.
//!
//! # Large messages
//!
//! [`message_writer`](crate::WebSocket::message_writer) and
//! [`message_reader`](crate::WebSocket::message_reader) hold 64 KiB at a time, whatever the size of the
//! message.
//!
//! # Broadcasts
//!
//! A [`Prepared`](crate::Prepared) is framed once, and compressed once for all connections that agreed on
//! the same parameters. Sending it is a copy.
//!
//! ```
//! use futures::{AsyncRead, AsyncWrite};
//! use hybi::{Error, Prepared, WebSocket};
//!
//! async fn to_all<T>(sockets: &mut [WebSocket<T>], text: &str) -> Result<(), Error>
//! where
//!     T: AsyncRead + AsyncWrite + Unpin,
//! {
//!     let prepared = Prepared::new(text);
//!     for socket in sockets {
//!         socket.feed_prepared(&prepared).await?;
//!     }
//!     Ok(())
//! }
//! ```
//!
//! A client masks each frame with a key of its own, so there it is a message like any other. With a
//! context that is kept, such a message shrinks as little as without one, since it cannot refer to what
//! each connection has sent before.
//!
//! Do not let one slow peer hold up all others: give each connection a bounded queue, and show out
//! whoever lets it overflow. The examples `chat` and `broadcast` do.
//!
//! # Compression
//!
//! By default, to compress JSON of 256 bytes takes about 5 µs, of 1 KiB about 12
//! ([`Deflate::level`](crate::Deflate::level) has the other levels); what a whole echo takes, and on which
//! machine, is in the README. Use it where bandwidth is dearer than time.
//!
//! ```
//! use hybi::extensions::deflate::WindowBits;
//! use hybi::{Deflate, Options};
//!
//! let deflate = Deflate::new()
//!     .level(1) // 3 by default; from 4 on, small messages shrink little further
//!     .threshold(256) // smaller ones pass as they are
//!     .request_max_window_bits(WindowBits::new(12).expect("8 to 15"));
//! let options = Options::server().with_deflate(deflate);
//! # let _ = options;
//! ```
//!
//! | to save | set | at the price of |
//! |---|---|---|
//! | time | `level(1)` | a fifth to two fifths more bytes |
//! | memory while in use | `max_window_bits`, `memory_level` | a tenth more bytes at 12 bits |
//! | memory between messages | `no_context_takeover`, `request_no_context_takeover` | half as many bytes again, for messages of 1 KiB |
//! | memory of idle connections | nothing: they sleep after 5 s | time for the first message afterwards |
//!
//! Codecs are lent by each thread to its connections, so many connections that are used in turn share a few.
//! [`Deflate`](crate::Deflate)'s methods have the figures. The feature `deflate` brings zlib-rs, which
//! has unsafe Rust inside; in the README's table, a message takes 0.3 to 0.6 of the time that it takes
//! with `miniz_oxide` (`deflate-miniz`).
//!
//! # Many connections
//!
//! - An idle connection owns no buffer; read buffers are leased from the thread while there is something in
//!   them. Use few threads, and do not move connections between them without need.
//! - What is left is the task: keep its future small. Box what is needed only now and then, and do not hold
//!   large values across a receive.
//! - The timers: one per connection, moved seldom. A longer keep-alive wakes fewer tasks.
//! - Lower `write_buffer`, `max_write_buffer` and `max_message_size`: they say what the worst peer costs.
//! - Raise the limit of file descriptors, and go on when accepting fails: somebody will leave.
//!
//! # Two tasks
//!
//! [`split`](crate::WebSocket::split) gives halves for two tasks, with a lock between them that is held for a
//! call and never while waiting. One task that selects between receiving and a queue is simpler, and loses
//! nothing: every future here may be dropped at any time.
//!
//! # Text
//!
//! With the feature `simdutf8`, which is on by default, text is validated with SIMD, chosen at run time.
