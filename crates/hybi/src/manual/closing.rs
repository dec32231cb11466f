//! How a connection ends, and how to learn how it did.
//!
//! # Who closes first
//!
//! Either end may send a Close. The other one answers with a Close, and both know that everything sent
//! before has arrived (RFC 6455 §7). Then the transport ends, **the server first**: whoever ends a TCP
//! connection first keeps its port for a while, and a server has fewer of them to spare than all clients
//! together.
//!
//! ```text
//!  us                                   peer
//!   │ ── Close 1000 ───────────────────► │   State::Closing: nothing goes out, messages come in
//!   │ ◄── a message that was under way ─ │
//!   │ ◄────────────────────── Close ──── │   State::Closed
//!   │                                    │
//!   └─ the server ends its write side; the client ends its own when it has seen that
//! ```
//!
//! A peer's Close is answered in the same call that delivers [`Event::Close`](crate::Event::Close). It is
//! the last event; go on receiving until `None`, or call [`close`](crate::WebSocket::close), because only
//! that writes the answer and ends the transport.
//!
//! ```
//! use futures::{AsyncRead, AsyncWrite};
//! use hybi::{CloseCode, CloseFrame, Closure, Error, WebSocket};
//!
//! async fn goodbye<T>(mut socket: WebSocket<T>) -> Result<(), Error>
//! where
//!     T: AsyncRead + AsyncWrite + Unpin,
//! {
//!     let frame = CloseFrame { code: CloseCode::GOING_AWAY, reason: "maintenance" };
//!     match socket.close(Some(frame)).await? {
//!         Closure::Clean { code, by, .. } => println!("{code:?}, first by {by:?}"),
//!         Closure::Failed(error) => println!("no closing handshake: {error}"),
//!         _ => {}
//!     }
//!     Ok(())
//! }
//! ```
//!
//! `close` writes what is waiting, then the Close, drops messages that still come, and waits for the
//! peer, but not for ever: [`close_timeout`](crate::driver::Config::close_timeout), 5 seconds. It may be
//! called after the peer's Close, after an error, and again if its future was dropped: it does what is
//! left to do. If the messages that still come matter, use
//! [`outbox().close`](crate::futures::Outbox::close) instead and go on receiving.
//!
//! To drop a [`WebSocket`](crate::WebSocket) is allowed at any time. The peer sees the transport end.
//!
//! # Codes
//!
//! A [`CloseCode`](crate::CloseCode) that exists may be sent. 1004, 1005, 1006 and 1015 do not exist as
//! values, because they must never be on the wire.
//!
//! | code | who sends it |
//! |---|---|
//! | none | you, with `close(None)`: nothing to say |
//! | 1000 `NORMAL` | you: done |
//! | 1001 `GOING_AWAY` | you, [`Shutdown`](crate::Shutdown), and [`idle_timeout`](crate::driver::Config::idle_timeout) |
//! | 1002 `PROTOCOL_ERROR` | the driver: a frame or a Close that breaks a rule |
//! | 1003 `UNSUPPORTED_DATA` | you: binary where text was wanted |
//! | 1007 `INVALID_PAYLOAD` | the driver: text that is not UTF-8, data that does not inflate |
//! | 1008 `POLICY_VIOLATION` | you; the driver for too many fragments |
//! | 1009 `MESSAGE_TOO_BIG` | the driver: above a limit |
//! | 1010 `MANDATORY_EXTENSION` | you, at a client that cannot do without one |
//! | 1011 `INTERNAL_ERROR` | you; the driver when there is no memory |
//! | 1012, 1013, 1014 | you: restart, try again later, bad gateway |
//! | 3000–3999 | libraries and frameworks |
//! | 4000–4999 | you, with a meaning of your own |
//!
//! The one table from failures to codes is
//! [`driver::Error::close_code`](crate::driver::Error::close_code).
//!
//! # How it ended
//!
//! There are two answers. [`Closure`](crate::Closure) is the protocol's:
//! `Clean` if both Closes were exchanged, with the peer's code; `Failed` otherwise. It is what
//! [`close`](crate::WebSocket::close) and [`closure`](crate::WebSocket::closure) give.
//!
//! [`Disconnect`](crate::Disconnect) is the one for logs, retries and users: in which step it ended, who
//! ended it, code and reason, clean or not, and the I/O error beneath. It is what
//! [`disconnect`](crate::WebSocket::disconnect) gives, also on the halves of a
//! [split](crate::WebSocket::split) socket: [`Receiver::disconnect`](crate::Receiver::disconnect),
//! [`Sender::disconnect`](crate::Sender::disconnect). It is also made from the error of an attempt that
//! never became a connection.
//!
//! ```
//! use futures::{AsyncRead, AsyncWrite};
//! use hybi::{By, WebSocket};
//!
//! async fn serve<T>(mut socket: WebSocket<T>)
//! where
//!     T: AsyncRead + AsyncWrite + Unpin,
//! {
//!     let error = loop {
//!         match socket.receive().await {
//!             Ok(Some(_)) => {}
//!             Ok(None) => break None,
//!             Err(error) => break Some(error),
//!         }
//!     };
//!     let how = socket.disconnect(error);
//!     // As other APIs number it: 1005 for a Close without a code, 1006 for none at all.
//!     println!("{} {:?}, clean: {}", how.status(), how.reason(), how.is_clean());
//!     if how.by() == By::Transport {
//!         println!("the network, a proxy or TLS: {:?}", how.io_error());
//!     }
//! }
//! ```
//!
//! | what happened | [`receive`](crate::WebSocket::receive) | `Closure` | `status()` | `by()` |
//! |---|---|---|---|---|
//! | the peer closed with 1000 | `Event::Close`, then `None` | `Clean` | 1000 | `Peer` |
//! | the peer closed without a code | `Event::Close(None)`, then `None` | `Clean` | 1005 | `Peer` |
//! | we closed, the peer answered | `Event::Close`, then `None` | `Clean` | the answer's | `Us` |
//! | the peer broke a rule | `Err(Protocol(_))` | `Failed` | what we sent | `Us` |
//! | the peer did not answer in time | `Err(Protocol(TimedOut(_)))` | `Failed` | 1006 | `Us` |
//! | the transport ended | `Err(Protocol(UnexpectedEof))` | `Failed` | 1006 | `Transport` |
//! | the transport failed | `Err(Io(_))` | `Failed` | 1006 | `Transport` |
//!
//! # Failing
//!
//! When the peer breaks a rule, the Close that says so is written as far as that goes without waiting,
//! and [`receive`](crate::WebSocket::receive) returns the error. Call
//! [`close`](crate::WebSocket::close) then if the peer should have the time to read it: it lingers until
//! the peer has closed, because a socket that is dropped with unread input is reset, and a reset can
//! overtake our last words.
//!
//! # TLS
//!
//! TLS has an end of its own, `close_notify`. It is sent when the write side is closed. A peer that
//! leaves without one is common, and what it means depends on when:
//!
//! - After both Closes it means nothing: the closing handshake has said more than it could.
//! - Before, the connection is `Failed` like any other whose transport ended. What was received until then
//!   was authentic and complete messages; an attacker who cuts the line cannot shorten one.
//!
//! # A server that goes down
//!
//! [`Shutdown`](crate::Shutdown) tells all connections of a server, closes each with 1001 and waits for
//! them with a limit. Connections take part by receiving through a
//! [`Member`](crate::futures::Member).
//!
//! ```
//! use std::time::Duration;
//!
//! use futures::{AsyncRead, AsyncWrite};
//! use hybi::{Error, Event, Shutdown, WebSocket};
//!
//! async fn echo<T>(mut socket: WebSocket<T>, shutdown: &Shutdown) -> Result<(), Error>
//! where
//!     T: AsyncRead + AsyncWrite + Unpin,
//! {
//!     let mut member = shutdown.join();
//!     while let Some((event, mut outbox)) = member.exchange(&mut socket).await? {
//!         if let Event::Message(message) = event {
//!             outbox.feed(message).await?;
//!         }
//!     }
//!     Ok(())
//! }
//!
//! async fn stop(shutdown: &Shutdown) {
//!     if !shutdown.finish(hybi::tokio::timer(), Duration::from_secs(10)).await {
//!         println!("{} had to be left", shutdown.members());
//!     }
//! }
//! ```
//!
//! In an axum application (the example `axum_app`), call [`join`](crate::Shutdown::join) in the handler,
//! before `on_upgrade`: axum's own graceful shutdown waits for handlers, not for sockets, so what joins on
//! the socket's task may be missed. It also waits for every stream of events that is open, without end:
//! [`Hub::close`](crate::Hub::close) ends those whose clients still read, and a deadline the others, of
//! which hyper asks nothing more.
