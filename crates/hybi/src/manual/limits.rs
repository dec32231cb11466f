//! Every limit, its default, what happens beyond it, and how to choose.
//!
//! A peer controls how long its lines, messages and silences are. Each of these has a limit that is on by
//! default. Zero is never "unlimited": it allows nothing.
//!
//! # The table
//!
//! | what | setting | default | beyond it |
//! |---|---|---|---|
//! | head of a request | [`ServerConfig::limits`](crate::handshake::ServerConfig) | 16 KiB, lines of 8 KiB, 100 fields | 431 or 414 |
//! | head of a response | [`Request::with_limits`](crate::Request::with_limits) | the same | `Error::Response` |
//! | interim responses (1xx) | | 8 at most | `Error::Response` |
//! | body of a refusal that is kept | | 64 KiB; a proxy's 4 KiB | truncated |
//! | message that is delivered whole | [`Config::max_message_size`](crate::driver::Config) | 16 MiB at a server, 64 MiB at a client | 1009 |
//! | message that is delivered in chunks | `Config::max_streamed_size` | 1 GiB, none of it held | 1009 |
//! | compressed message, on the wire | | 1 MiB more than the message may have | 1009 |
//! | frames of a message | `Config::max_fragments` | 131,072 | 1008 |
//! | Ping, Pong, Close | RFC 6455 | 125 bytes | 1002 |
//! | pongs that wait for a peer that does not read | | 16 | only the newest Ping is answered |
//! | pings of ours that wait for their Pong | | 16 | the oldest is forgotten |
//! | waiting output, soft | [`Options::write_buffer`](crate::Options) | 1 MiB | sending waits |
//! | waiting output, hard | `Options::max_write_buffer` | 16 MiB | sending waits; `WriteBufferFull` where it cannot |
//! | messages that come behind our Close | | 1 MiB and one message | the transport is given up |
//! | addresses of a name | | 16 | not tried |
//! | redirects | [`Dial::redirects`](crate::Dial) | 0 | `Error::Rejected` |
//! | event stream: a line, an event, an id | `options.events.source.stream` | 1 MiB, 1 MiB, 16 KiB | the source ends |
//! | event stream: redirects in a row | `options.events.source.max_redirects` | 20 | the source ends |
//!
//! Deadlines are limits, too; they are in [`time`](super::time). 1008, 1009 and the like are what the peer
//! is told, in a Close; then [`receive`](crate::WebSocket::receive) returns the error.
//!
//! A message above its limit fails when the **header** that exceeds it is read, before anything is
//! allocated. A compressed one fails when what it has become exceeds the limit, however small it was.
//!
//! # How to choose
//!
//! **The size of a message** is the one that matters: a server with `n` connections must be able to hold
//! `n` times as much, in the worst case. Chat needs 64 KiB. Set it to what your protocol needs, not to
//! what the machine has:
//!
//! ```
//! use hybi::Options;
//!
//! let mut options = Options::server();
//! options.connection.max_message_size = 64 << 10;
//! options.connection.max_fragments = 1_000;
//! ```
//!
//! Where messages may be large, do not hold them:
//! [`message_reader`](crate::WebSocket::message_reader) gives each as a byte stream, and its limit is
//! another one.
//!
//! ```
//! use futures::{AsyncRead, AsyncWrite};
//! use hybi::{Error, WebSocket};
//!
//! async fn count<T>(socket: &mut WebSocket<T>) -> Result<u64, Error>
//! where
//!     T: AsyncRead + AsyncWrite + Unpin,
//! {
//!     let mut bytes = 0;
//!     while let Some(mut reader) = socket.message_reader().await? {
//!         while let Some(chunk) = reader.next().await? {
//!             bytes += chunk.len() as u64;
//!         }
//!     }
//!     Ok(bytes)
//! }
//! ```
//!
//! **The write buffer** decides what a peer costs that does not read. With the soft limit, sending waits:
//! the application slows down to the pace of its peer. Where it must not wait, as in a broadcast,
//! [`try_feed`](crate::futures::Outbox::try_feed) says [`WriteBufferFull`](crate::Error::WriteBufferFull)
//! instead, and the application decides: leave out this message, or show the peer out. Lower both limits
//! where there are many connections.
//!
//! **Fragments**: joining them costs time and no memory, so the default is high. Peers that are known to
//! send whole messages may get a low one.
//!
//! # What one connection costs
//!
//! | | bytes |
//! |---|---|
//! | idle, the driver in a loop of your own | about 700 |
//! | idle, a [`WebSocket`](crate::WebSocket) and its task, smol or tokio | about 1,400 to 1,700 |
//! | while something is read | a buffer of 128 KiB, leased from the thread, not from the connection |
//! | a message in several frames or reads | what has arrived of it, at most `max_message_size` |
//! | waiting output | what waits, at most `max_write_buffer` or one message |
//! | compression, in use | 284,000 to compress, 80,300 to decompress |
//! | compression, asleep | at most 4,096 and 32,768 |
//! | compression without context takeover, between messages | 0 |
//!
//! [`extension_memory`](crate::WebSocket::extension_memory) and
//! [`buffered`](crate::WebSocket::buffered) tell for one connection. The operating system's socket buffers
//! come on top, and are usually more.
//!
//! How many connections there may be is not a limit of a connection; count them where they are accepted.
//!
//! # The defaults, as code
//!
//! Figures in prose grow old; these are run.
//!
//! ```
//! use std::time::Duration;
//!
//! use hybi::{KeepAlive, Options};
//!
//! let (server, client) = (Options::server(), Options::client());
//! assert_eq!(server.connection.max_message_size, 16 << 20);
//! assert_eq!(client.connection.max_message_size, 64 << 20);
//! assert_eq!(server.connection.max_streamed_size, 1 << 30);
//! assert_eq!(server.connection.max_fragments, 131_072);
//! assert_eq!(server.write_buffer, 1 << 20);
//! assert_eq!(server.max_write_buffer, 16 << 20);
//! let head = server.handshake.limits;
//! assert_eq!((head.head, head.line, head.fields), (16 << 10, 8 << 10, 100));
//!
//! let seconds = Duration::from_secs;
//! assert_eq!(server.handshake_timeout, seconds(10));
//! assert_eq!(server.write_timeout, seconds(40));
//! assert_eq!(server.connection.close_timeout, seconds(5));
//! assert_eq!(server.connection.sleep_after, Some(seconds(5)));
//! assert_eq!(server.connection.idle_timeout, None);
//! for options in [&server, &client] {
//!     assert_eq!(options.connection.keep_alive, Some(KeepAlive::DEFAULT));
//! }
//! let keep_alive = KeepAlive::DEFAULT;
//! assert_eq!((keep_alive.interval, keep_alive.timeout), (seconds(20), seconds(20)));
//!
//! let dial = client.dial;
//! assert_eq!((dial.timeout, dial.connect_timeout), (seconds(30), seconds(10)));
//! assert_eq!((dial.proxy_timeout, dial.tls_timeout), (seconds(10), seconds(10)));
//! assert_eq!((dial.attempt_delay, dial.redirects), (Duration::from_millis(250), 0));
//! ```
