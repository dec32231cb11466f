//! The manual: what is not said by any one type.
//!
//! 1. [`architecture`]: the layers, the path of a byte, and who owns it where.
//! 2. [`run_loop`]: the driver in a loop of your own, without a runtime.
//! 3. [`closing`]: who closes first, what the codes mean, and how to learn how it ended.
//! 4. [`time`]: deadlines, keep-alive, and tests on a clock that only moves when told.
//! 5. [`limits`]: every limit, its default, what happens beyond it, and how to choose.
//! 6. [`security`]: origins, TLS, proxies, redirects, secrets and compression.
//! 7. [`extensions`]: an extension of your own.
//! 8. [`drafts`]: the versions before RFC 6455.
//! 9. [`tuning`]: writes, buffers, compression, broadcasts, many connections.
//! 10. [`observing`]: counts for a metrics endpoint, and what `tracing` is told.
//! 11. [`devices`]: microcontrollers, with an allocator and without.
//! 12. [`moving_in`]: from `ws`, `faye-websocket`, `websocket-driver`, `websocket-extensions`,
//!     tungstenite and tokio-tungstenite: each call, option and event, and what it is here.
//!
//! Server-sent events have no page here; see the section on them in the README and [`sse`](crate::sse).
//!
//! All code in here is compiled, and run where that needs no network. The programs in
//! `crates/hybi/examples` are run, too, whenever the tests are:
//!
//! | example | shows |
//! |---|---|
//! | `echo` | a server on either runtime, with TLS, compression and old versions to choose |
//! | `client` | a client for the terminal: fields, proxies, TLS, reconnecting |
//! | `bare_driver` | the driver on blocking sockets, at either end |
//! | `events` | a live feed for any number of browsers, which survives a restart of the server |
//! | `follow` | a client for the terminal that follows a stream of events |
//! | `chat` | a room: split sockets, who is slow is shown out |
//! | `broadcast` | one message to all, or to all but its sender |
//! | `paths` | several WebSockets and pages on one port |
//! | `subprotocols` | how a subprotocol is chosen, by either end |
//! | `authenticate` | HTTP authentication, and 401, before there is a socket |
//! | `heartbeat` | broken connections are noticed |
//! | `round_trip` | how long a message takes |
//! | `binary` | numbers in a message, and a message in pieces |
//! | `pipe` | a stream of messages forwarded to another socket |
//! | `external_tls` | a server behind a TLS acceptor that hybi knows nothing about |
//! | `embedded` | a device's WebSocket, in two buffers |
//! | `axum_app` | a WebSocket and events beside the pages of an axum application, and how it goes down |

pub mod architecture;
pub mod closing;
pub mod devices;
pub mod drafts;
pub mod extensions;
pub mod limits;
pub mod moving_in;
pub mod observing;
pub mod run_loop;
pub mod security;
pub mod time;
pub mod tuning;
