//! Deadlines, keep-alive, and clocks.
//!
//! # Where time comes from
//!
//! The driver has no clock. [`tick`](crate::driver::Connection::tick) tells it what time it is, and it
//! says when it wants to be told again:
//!
//! ```
//! use std::time::Duration;
//!
//! use hybi::driver::{Config, Connection, Instant, KeepAlive, Timer};
//!
//! let mut config = Config::server();
//! config.keep_alive = Some(KeepAlive::DEFAULT); // in the driver alone it is off
//! let mut server = Connection::server(&config);
//! let mut out = Vec::new();
//!
//! let start = Instant::EPOCH; // of any clock that does not go backwards
//! let deadline = server.tick(start, &mut out)?;
//! assert_eq!(deadline, Some(Instant::from_secs(20)));
//! assert_eq!(server.next_timer(), Some(Timer::KeepAlive)); // why it wants to be called then
//!
//! server.tick(Instant::from_secs(20), &mut out)?;
//! assert_eq!(out[0], 0x89, "a Ping");
//! # Ok::<(), hybi::driver::Error>(())
//! ```
//!
//! To call it too often is harmless; to call it late makes deadlines late and does nothing else.
//! What was armed since the last call counts from this one, so nothing but `tick` needs the time.
//!
//! A [`WebSocket`](crate::WebSocket) calls it by itself, with a [`Timer`](crate::futures::Timer). The
//! functions of [`smol`](crate::smol) and [`tokio`](crate::tokio) bring their runtime's. **Over another
//! stream there is none unless you set [`Options::timer`](crate::Options), and then no deadline is
//! kept**: not even the opening handshake's.
//!
//! ```
//! use hybi::Options;
//!
//! let mut options = Options::server();
//! options.timer = Some(hybi::smol::timer);
//! ```
//!
//! # Every deadline
//!
//! | what | setting | default | then |
//! |---|---|---|---|
//! | all of dialling, redirects included | [`Dial::timeout`](crate::Dial) | 30 s | `Error::Dial`, `TimedOut` |
//! | name and connection | `Dial::connect_timeout` | 10 s | the same |
//! | the next address is tried as well | `Dial::attempt_delay` | 250 ms | |
//! | the proxy's answer | `Dial::proxy_timeout` | 10 s | the same |
//! | TLS, at a client | `Dial::tls_timeout` | 10 s | the same |
//! | opening handshake (at a server TLS is included) | [`Options::handshake_timeout`](crate::Options) | 10 s | 408, `HandshakeTimedOut` |
//! | silence, until a Ping | [`KeepAlive::interval`](crate::KeepAlive) | 20 s | a Ping |
//! | silence after that Ping | `KeepAlive::timeout` | 20 s | `TimedOut(Timer::Pong)` |
//! | no message either way | [`Config::idle_timeout`](crate::driver::Config) | off | closed with 1001 |
//! | no message either way | `Config::sleep_after` | 5 s | compression gives back its memory |
//! | the transport takes nothing of what waits | [`Options::write_timeout`](crate::Options) | 40 s | `Io(TimedOut)` |
//! | closing handshake | `Config::close_timeout` | 5 s | given up |
//! | the answer to a source of events | `options.events.answer` | 60 s | asked again later |
//! | silence at a source of events | `options.events.silence` | 5 minutes | the same |
//! | silence on a stream of events, at its server | `options.events.ping` | 15 s | a comment |
//! | a server's shutdown | the argument of [`Shutdown::finish`](crate::Shutdown::finish) | | `false` |
//!
//! # Keep-alive
//!
//! A TCP connection whose peer has vanished looks like one whose peer is silent. The difference is told
//! by asking: after `interval` without a byte a Ping goes out, and if nothing at all has come `timeout`
//! later, the connection fails. Any byte counts, not only a Pong, so a busy connection costs no Pings,
//! and a peer that sends a large message slowly is not taken for dead.
//!
//! It is on in [`Options`](crate::Options), at both ends. Proxies and load balancers drop connections
//! after a time of silence, often a minute; an interval of 20 seconds is below what is usual. Longer ones
//! save batteries, shorter ones notice sooner.
//!
//! Pings are answered while somebody receives. A task that computes for a minute between two receives
//! looks dead to its peer: [split](crate::WebSocket::split) the socket and receive in a task of its own.
//!
//! `idle_timeout` is about something else: pings do not count. It ends connections that are alive and
//! not used.
//!
//! # Round trips
//!
//! [`ping`](crate::WebSocket::ping) names the Ping; [`Event::Pong`](crate::Event::Pong) says which one is
//! answered, and [`statistics`](crate::WebSocket::statistics) how long it took. The keep-alive's own
//! Pings measure, too. The example `round_trip` prints it.
//!
//! # Tests with a clock of their own
//!
//! Two ends, a wire with a latency, and a clock that moves when it is told, from the crate
//! `hybi-testkit`. A minute of silence takes microseconds, and the same test does the same every time:
//!
//! ```
//! use std::time::Duration;
//!
//! use hybi::driver::{Config, Error, KeepAlive, Timer};
//! use hybi_testkit::pair::{Pair, Seen};
//!
//! let mut config = Config::server();
//! config.keep_alive = Some(KeepAlive::DEFAULT);
//! let mut pair = Pair::new(&Config::client(), &config).latency(Duration::from_millis(30));
//!
//! pair.advance(Duration::from_secs(21));
//! assert!(matches!(pair.client.take_log()[..], [Seen::Ping(_)]));
//! assert!(matches!(pair.server.take_log()[..], [Seen::Pong { .. }]));
//!
//! pair.sever(); // the cable is pulled, and nobody is told
//! pair.advance(Duration::from_secs(60));
//! let gone = Seen::Error(Error::TimedOut(Timer::Pong));
//! assert_eq!(pair.server.take_log(), [gone]);
//! ```
//!
//! Over async streams, tokio's paused clock does the same for [`tokio::timer`](crate::tokio::timer), and
//! a [`Timer`](crate::futures::Timer) of your own for any other runtime: two methods, `now` and `poll_at`.
