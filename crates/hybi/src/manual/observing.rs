//! Counts for a metrics endpoint, and what `tracing` is told.
//!
//! # Metrics
//!
//! [`statistics`](crate::WebSocket::statistics) says what a connection has done so far, and costs a copy of
//! a few numbers. Which sums over all connections are of use, the application knows: there is no registry
//! here, and no dependency on one. What follows adds them up as the events come, so that a connection
//! that lasts for days is not missing until its end.
//!
//! ```
//! use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
//!
//! use futures::{AsyncRead, AsyncWrite};
//! use hybi::futures::Incoming;
//! use hybi::{Error, Event, Options, Statistics, Status, WebSocket};
//!
//! /// Sums over all connections.
//! #[derive(Default)]
//! struct Metrics {
//!     open: AtomicU64,
//!     received: AtomicU64,
//!     sent: AtomicU64,
//!     failed: AtomicU64,
//! }
//!
//! impl Metrics {
//!     /// Adds what a connection has done since the last time.
//!     fn add(&self, before: &mut Statistics, now: Statistics) {
//!         self.received.fetch_add(now.received.bytes - before.received.bytes, Relaxed);
//!         self.sent.fetch_add(now.sent.bytes - before.sent.bytes, Relaxed);
//!         *before = now;
//!     }
//!
//!     /// In Prometheus' text format.
//!     fn page(&self) -> String {
//!         format!(
//!             "# TYPE websocket_connections gauge\n\
//!              websocket_connections {}\n\
//!              # TYPE websocket_bytes_total counter\n\
//!              websocket_bytes_total{{direction=\"received\"}} {}\n\
//!              websocket_bytes_total{{direction=\"sent\"}} {}\n\
//!              # TYPE websocket_failures_total counter\n\
//!              websocket_failures_total {}\n",
//!             self.open.load(Relaxed),
//!             self.received.load(Relaxed),
//!             self.sent.load(Relaxed),
//!             self.failed.load(Relaxed),
//!         )
//!     }
//! }
//!
//! async fn echo<T>(mut socket: WebSocket<T>, metrics: &Metrics) -> Result<(), Error>
//! where
//!     T: AsyncRead + AsyncWrite + Unpin,
//! {
//!     metrics.open.fetch_add(1, Relaxed);
//!     let mut counted = Statistics::default();
//!     let end = loop {
//!         let fed = match socket.exchange().await {
//!             Ok(Some((Event::Message(message), mut outbox))) => outbox.feed(message).await,
//!             Ok(Some(_)) => Ok(()),
//!             Ok(None) => break Ok(()),
//!             Err(error) => Err(error),
//!         };
//!         metrics.add(&mut counted, socket.statistics());
//!         if fed.is_err() {
//!             break fed;
//!         }
//!     };
//!     metrics.add(&mut counted, socket.statistics());
//!     metrics.failed.fetch_add(u64::from(end.is_err()), Relaxed);
//!     metrics.open.fetch_sub(1, Relaxed);
//!     end
//! }
//!
//! async fn answer<T>(incoming: Incoming<T>, metrics: &Metrics) -> Result<(), Error>
//! where
//!     T: AsyncRead + AsyncWrite + Unpin,
//! {
//!     if incoming.path() == "/metrics" {
//!         let kind = "text/plain; version=0.0.4";
//!         return incoming.respond(Status::OK, kind, metrics.page().as_bytes()).await;
//!     }
//!     echo(incoming.accept(&Options::server()).await?, metrics).await
//! }
//! #
//! # // Both ends over pipes in memory.
//! # use futures::AsyncReadExt;
//! # use hybi::Request;
//! # use hybi_testkit::pipe::duplex;
//! # let metrics = Metrics::default();
//! # futures::executor::block_on(async {
//! #     let (near, far) = duplex(1 << 16);
//! #     let request = Request::ws("example.com", "/").expect("a request");
//! #     let options = Options::client();
//! #     let client = async {
//! #         let (mut socket, _) = hybi::connect(near, &request, &options).await?;
//! #         socket.send("hello").await?;
//! #         socket.receive().await?;
//! #         assert!(metrics.page().starts_with("# TYPE websocket_connections gauge\nwebsocket_connections 1\n"));
//! #         socket.close(None).await
//! #     };
//! #     let of_server = Options::server();
//! #     let server = async { answer(hybi::futures::read_request(far, &of_server).await?, &metrics).await };
//! #     futures::future::try_join(client, server).await?;
//! #     let (mut near, far) = duplex(1 << 16);
//! #     futures::AsyncWriteExt::write_all(&mut near, b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n").await?;
//! #     answer(hybi::futures::read_request(far, &of_server).await?, &metrics).await?;
//! #     let mut page = String::new();
//! #     near.read_to_string(&mut page).await?;
//! #     for line in [
//! #         "websocket_connections 0",
//! #         "websocket_bytes_total{direction=\"received\"} 5",
//! #         "websocket_bytes_total{direction=\"sent\"} 5",
//! #         "websocket_failures_total 0",
//! #     ] {
//! #         assert!(page.contains(&format!("\n{line}\n")), "{line} is not in {page}");
//! #     }
//! #     Ok::<(), Error>(())
//! # })
//! # .expect("no error");
//! ```
//!
//! A task that is dropped does not get to its last lines; where tasks are dropped, count `open` by a guard.
//! [`Disconnect`](crate::Disconnect) tells why a connection has failed, for a counter with labels;
//! [`round_trip`](crate::Statistics::round_trip) is for a histogram. A `Hub` of events knows its
//! `subscribers`.
//!
//! # `tracing`
//!
//! With the feature `tracing`, what happens is told at level `DEBUG` under the target `hybi`. Names of
//! hosts, steps, statuses, codes and counts are in it; payloads, fields, queries and credentials never
//! are. Without the feature nothing of it is compiled.
//!
//! Each connection has a span `connection`, from the first step towards it or from its request on until
//! it is dropped. It is entered for each event, and while a client connects whenever that makes progress;
//! never while something waits.
//!
//! | field of the span | |
//! |---|---|
//! | `role` | `client` or `server` |
//! | `peer` | whom a client asks: host, and port if it is not the scheme's own |
//! | `version`, `has_subprotocol`, `extensions` | what was agreed on, once the connection is open. Subprotocols are not named, since some carry tokens in them |
//!
//! | event | fields |
//! |---|---|
//! | `done`, `failed`: a step on a client's way | `step`, `peer`, `error` |
//! | `refused`, at a server; `rejected`, at a client | `role`, `status` |
//! | `opened` | `role`, and what was agreed on |
//! | `failed`: a rule was broken, a deadline missed, the transport lost, in the opening handshake or later | `error` |
//! | `ended` | `role`, `is_clean`, `code`, messages and bytes of both directions, `round_trip` |
//!
//! A connection that is dropped before its end tells no `ended`; its span closes all the same. Where it
//! fails while a message is lent (text that is not UTF-8, a Close that breaks a rule), `failed` is told at
//! once and `ended` by the next receive or by `close`. The stream of a server's events has a span, too, but
//! no events of its own; so has an axum application's by `ServerSentEvents`.
//!
//! Behind hyper and axum, a connection's span is within the one that the request was judged in, such as a
//! middleware's.
//!
//! A client's source of events has such a span for each of its connections, from the first step towards
//! it until it is lost; redirects are within. The steps are told as above, and then:
//!
//! | event | fields |
//! |---|---|
//! | `opened` | `role`, `status` |
//! | `lost`: there will be another attempt | `role`, `events`: how many have come, `why`, `delay`; `status` if that is why |
//! | `ended`: there will be none | `role`, `events`, `why`; `status` if an answer has ended it |
//!
//! A source that is closed between two attempts tells its `ended` in no span of ours. Ids, data and
//! where a redirect leads to beyond its host are in none of these.
//!
//! A server knows its peer's address, and this library does not. Run the connection's task in a span of
//! your own that has it, and ours is within that one:
//!
//! ```text
//! let span = tracing::info_span!("client", %address);
//! tokio::spawn(serve(stream).instrument(span));
//! ```
