//! From other libraries: each call, option and event, and what it is here.
//!
//! First what is different everywhere:
//!
//! - **A [`WebSocket`](crate::WebSocket) is open.** The opening handshake is a function that returns one, so
//!   there is no "connecting" state, no `open` event, and nothing can be sent too early.
//! - **Nothing is called back.** A task receives events in a loop. Whoever stops receiving stops reading.
//! - **Limits and deadlines are on.** Beside those of [`limits`](super::limits) a keep-alive is; what a
//!   library left open may end here.
//! - **A page of another origin is refused** by a server, unless
//!   [`Origins`](crate::handshake::Origins) admits it. None of the libraries below looks at it.
//! - **An orderly end is no error.** A peer that closes is [`Event::Close`](crate::Event::Close) and then
//!   `None`.
//!
//! | in this table | means |
//! |---|---|
//! | `socket` | a [`WebSocket`](crate::WebSocket) |
//! | `options` | [`Options`](crate::Options) |
//! | `config` | `options.connection`, a [`driver::Config`](crate::driver::Config) |
//! | `server` | `options.handshake`, a [`ServerConfig`](crate::handshake::ServerConfig) |
//! | `dial` | `options.dial`, a [`Dial`](crate::Dial) |
//! | `runtime::` | [`smol`](crate::smol) or [`tokio`](crate::tokio) |
//!
//! [faye-websocket](#faye-websocket) · [websocket-driver](#websocket-driver) ·
//! [websocket-extensions](#websocket-extensions) · [permessage-deflate](#permessage-deflate) ·
//! [ws](#ws) · [tungstenite](#tungstenite) · [tokio-tungstenite](#tokio-tungstenite)
//!
//! # faye-websocket
//!
//! ## Classes and functions
//!
//! | there | here |
//! |---|---|
//! | `new WebSocket(request, socket, head, protocols, options)` | [`hyper::Upgrade`](crate::hyper::Upgrade), [`axum::WebSocketUpgrade`](crate::axum::WebSocketUpgrade); for any other HTTP server [`ServerHandshake::from_request`](crate::handshake::ServerHandshake::from_request), then [`WebSocket::server`](crate::WebSocket::server) with [`with_established`](crate::WebSocket::with_established) and, for `head`, [`with_unread`](crate::WebSocket::with_unread); on a stream of your own [`accept`](crate::accept) |
//! | `new WebSocket.Client(url, protocols, options)` | `runtime::connect`; with protocols or headers [`connect_to`](crate::tokio::connect_to) and a [`Request`](crate::Request) |
//! | `new EventSource(request, response, options)` | [`Incoming::accept_events`](crate::futures::Incoming::accept_events), which gives an [`EventStream`](crate::EventStream); in axum [`axum::ServerSentEvents`](crate::axum::ServerSentEvents), in other servers an [`EventBody`](crate::EventBody). Its options, methods and events stand [below](#eventsource) |
//! | `WebSocket.isWebSocket(request)` | [`Incoming::wants_websocket`](crate::futures::Incoming::wants_websocket), [`hyper::is_websocket`](crate::hyper::is_websocket) |
//! | `EventSource.isEventSource(request)` | [`Incoming::wants_events`](crate::futures::Incoming::wants_events), [`axum::ServerSentEvents::wants_events`](crate::axum::ServerSentEvents::wants_events), [`sse::Offer::is_event_source`](crate::sse::Offer::is_event_source) |
//! | `WebSocket.validateOptions` | none: an option that does not exist does not compile |
//! | `CONNECTING`, `OPEN`, `CLOSING`, `CLOSED` | [`driver::State`](crate::driver::State), without the first |
//! | `CLOSE_TIMEOUT`, 30 s | `config.close_timeout`, 5 s |
//!
//! ## Options
//!
//! | there | here |
//! |---|---|
//! | `headers` | [`Request::with_field`](crate::Request::with_field) at a client; [`Accept::fields`](crate::Accept) at a server |
//! | `extensions` | `options.extensions`, a [`Negotiator`](crate::futures::Negotiator); [`with_deflate`](crate::Options) |
//! | `maxLength`, 64 MiB less one | `config.max_message_size`; 16 MiB at a server, 64 MiB at a client |
//! | `ping`, in seconds | `config.keep_alive`: after so much *silence*, and with a deadline for the answer. The payload is ours, not a counter from 1 |
//! | `proxy.origin` | `dial.route` with [`Route::Through`](crate::Route); by default the environment's |
//! | `proxy.headers` | `dial.proxy_fields` |
//! | `proxy.tls` | `dial.proxy_tls` |
//! | `tls` | `dial.tls`, made by [`tls::rustls::Settings`](crate::tls::rustls::Settings), or any [`TlsConnector`](crate::tls::TlsConnector) |
//! | `ca` | [`Settings::with_root_certificates`](crate::tls::rustls::Settings::with_root_certificates) |
//! | `net` | `dial.local_address`, `dial.unix_socket`, or a `dial.dialler` of your own |
//! | an unknown option: error | does not compile |
//!
//! ## Properties
//!
//! | there | here |
//! |---|---|
//! | `url` | at a client your [`Request`](crate::Request); at a server [`Offer::host`](crate::Offer::host) and [`target`](crate::Offer::target). It is not put together: whether it is `wss`, only you know behind a proxy |
//! | `version` | [`socket.version()`](crate::WebSocket::version), whose `Display` gives the same names |
//! | `protocol`, `''` if none | [`socket.subprotocol()`](crate::WebSocket::subprotocol), `None` if none |
//! | `readyState` | [`socket.state()`](crate::WebSocket::state) |
//! | `bufferedAmount`, always 0 | [`socket.buffered()`](crate::WebSocket::buffered), which counts |
//! | `readable`, `writable` | [`socket.closure()`](crate::WebSocket::closure) is `None` until the end |
//! | `statusCode`, `headers` | the [`Response`](crate::Response) that connecting returns; of a refusal, in [`Error::Rejected`](crate::Error::Rejected) |
//!
//! ## Methods
//!
//! | there | here |
//! |---|---|
//! | `send(data)`, text | [`socket.send("…")`](crate::WebSocket::send); after the end it is an error and not `false` |
//! | `send(data)`, bytes | `socket.send(&bytes[..])` |
//! | `send(13)`, `send([1, 2])` | format it yourself |
//! | `send` before `open`: queued | there is no socket before |
//! | the result of `send`: whether to wait for `drain` | `send` waits |
//! | `ping(message, callback)` | [`socket.ping(payload)`](crate::WebSocket::ping) gives a [`PingId`](crate::driver::PingId); [`Event::Pong`](crate::Event::Pong) with `answers` takes the place of the callback. Hixie: `Misuse::Unsupported` |
//! | `close(code, reason)` | [`socket.close(Some(frame))`](crate::WebSocket::close), which waits; [`outbox().close`](crate::futures::Outbox::close) does not. `close()` there says 1000; `close(None)` here says nothing |
//! | a code other than 1000 and 3000–4999: throws | [`CloseCode::new`](crate::CloseCode::new) is `None` for what must not be sent; 1001 and its kin may be |
//! | `write`, `end`, `pipe` | `Sink` and `Stream`; `forward`, as in the example `pipe` |
//! | `pause()`, `resume()` | do not receive for a while; but then Pings are not answered either |
//! | `addEventListener`, `on…`, `removeEventListener` | a `match` on the [`Event`](crate::Event) |
//!
//! ## Events
//!
//! | there | here |
//! |---|---|
//! | `open` | `accept` or `connect` has returned |
//! | `message` | [`Event::Message`](crate::Event::Message); `Stream` yields owned ones |
//! | `error` | the `Err` of whatever was called, once |
//! | `close` with `code`, `reason` | `None` from `receive`; then [`disconnect`](crate::WebSocket::disconnect) has both |
//! | `drain` | `send`, `feed` and `poll_ready` wait for it |
//! | `type`, `bubbles`, `target`, `eventPhase`, `stopPropagation` … | none: there is no tree of elements |
//!
//! ## Close results
//!
//! | situation | there | here: [`status()`](crate::Disconnect::status) |
//! |---|---|---|
//! | the peer closed | its code and reason | the same |
//! | the peer closed without a code | 1000 | 1005, as RFC 6455 §7.1.5 has it |
//! | we closed, the peer echoed | the echo's | the same |
//! | the transport vanished | 1006 | 1006 |
//! | no answer to our Close | 1006 after 30 s | 1006 after 5 s, [`Timer::Close`](crate::driver::Timer) |
//! | `close()` before the connection was made | 1000 | drop the future: there is no result |
//! | the peer broke a rule | our code and text | our code; the text is the error's |
//! | a handshake failed at the client | 1002 | 1006, and [`Step::Handshake`](crate::futures::Step) tells when |
//! | hixie | null | 1005 |
//! | refused, no such name | `error`, then 1006 | [`Error::Dial`](crate::Error::Dial); 1006 from a [`Disconnect`](crate::Disconnect) made of it |
//!
//! ## `EventSource`
//!
//! | there | here |
//! |---|---|
//! | `headers` | [`accept_events_with`](crate::futures::Incoming::accept_events_with) and [`sse::Accept::with_field`](crate::sse::Accept::with_field), which takes the place of ours of that name |
//! | `ping`, 10 s | [`EventOptions::ping`](crate::EventOptions), 15 s; `None` is off |
//! | `retry`, 5 s | [`sse::Accept::with_retry`](crate::sse::Accept::with_retry), 5 s |
//! | `url` | [`EventStream::url`](crate::EventStream::url) |
//! | `lastEventId` | [`last_event_id`](crate::EventStream::last_event_id); [`Hub`](crate::Hub) sends what was missed |
//! | `readyState` | [`is_closed`](crate::EventStream::is_closed) |
//! | `open` | it is open when `accept_events` returns |
//! | `send(text, {event, id})`, `write(text)` | [`send`](crate::EventStream::send) with a [`sse::Event`](crate::sse::Event); `event` and `id` with line ends are refused |
//! | `false` from `send`, `drain` | `send` waits |
//! | `ping()` | [`ping`](crate::EventStream::ping) |
//! | `close()`, `end()` | [`close`](crate::EventStream::close) |
//! | `close`, `error` | [`gone`](crate::EventStream::gone), [`until_gone`](crate::EventStream::until_gone) |
//!
//! # websocket-driver
//!
//! The [`run_loop`](super::run_loop) is this library's shape; `examples/bare_driver.rs` is a server and a
//! client with it.
//!
//! ## Constructors and options
//!
//! | there | here |
//! |---|---|
//! | `driver.http(request, options)` | [`ServerHandshake::from_request`](crate::handshake::ServerHandshake::from_request), then a [`Connection`](crate::driver::Connection) or, of any version, a [`Driver`](crate::driver::Driver) |
//! | `driver.server(options)` | [`ServerHandshake::start`](crate::handshake::ServerHandshake::start) |
//! | `driver.client(url, options)` | [`Request::from_url`](crate::Request::from_url), [`ClientHandshake::start`](crate::handshake::ClientHandshake::start) |
//! | `driver.isWebSocket(request)` | [`Version::detect`](crate::handshake::Version::detect) on the fields; `from_request` says what is wrong |
//! | `driver.isSecureRequest(request)` | none: whoever does TLS knows. `server.secure` |
//! | `driver.validateOptions` | none: does not compile |
//! | `maxLength` | `config.max_message_size` |
//! | `protocols` | `server.subprotocols`; [`Request::with_subprotocol`](crate::Request::with_subprotocol) |
//! | `masking` | none: a client masks and a server does not (RFC 6455 §5.1) |
//! | `requireMasking` | none, for the same reason: [`FrameError::MaskRequired`](crate::frame::FrameError) |
//!
//! ## Members
//!
//! | there | here |
//! |---|---|
//! | `io` | `receive(&mut input, &mut out)` |
//! | `messages` | the events of `receive`; `send` |
//! | `on('open')` | [`Established`](crate::handshake::Established) |
//! | `on('message')` | [`Event::Message`](crate::driver::Event::Message) |
//! | `on('error')` | the `Err` of `receive` and `tick`; the Close that tells the peer is in `out` |
//! | `on('close')` | [`Event::Close`](crate::driver::Event::Close), [`closure()`](crate::driver::Connection::closure) |
//! | `on('ping')`, `on('pong')` | [`Event::Ping`](crate::driver::Event::Ping), [`Event::Pong`](crate::driver::Event::Pong) |
//! | `on('connect')`, server | [`ServerHandshake::Requested`](crate::handshake::ServerHandshake::Requested) |
//! | `on('connect')`, proxy | [`proxy::Connect`](crate::proxy::Connect) tells when the tunnel is there |
//! | `addExtension(ext)` | [`Negotiator::with`](crate::extensions::Negotiator::with); what was agreed on goes to [`with_extensions`](crate::driver::Connection::with_extensions) |
//! | `setHeader(name, value)` | [`Accept::fields`](crate::Accept); [`Request::with_field`](crate::Request::with_field). That it is too late does not compile |
//! | `start()` | [`Requested::accept`](crate::handshake::Requested::accept), [`ClientHandshake::start`](crate::handshake::ClientHandshake::start) |
//! | `parse(bytes)` | `receive` of whichever value is at hand |
//! | `text(s)`, `binary(b)` | [`send`](crate::driver::Connection::send) |
//! | `ping(s, callback)` | [`ping`](crate::driver::Connection::ping); `Event::Pong { answers, .. }` |
//! | `pong(s)` | [`Writer::pong`](crate::driver::Writer::pong) |
//! | `close(reason, code)` | [`close`](crate::driver::Connection::close) |
//! | `frame(…)` | none: a frame could break the protocol. A message in pieces: [`start`](crate::driver::Connection::start). Any frame at all: [`hybi::frame`](crate::frame) |
//! | `proxy(origin)` | [`proxy::Connect::start`](crate::proxy::Connect::start) |
//! | `protocol`, `version` | in [`Established`](crate::handshake::Established) |
//! | `getState()`, `readyState` | [`state()`](crate::driver::Connection::state) |
//! | `url` | [`Offer::host`](crate::Offer::host) and [`target`](crate::Offer::target) |
//! | `statusCode`, `headers`, client | the [`Response`](crate::Response) of [`ClientHandshake::Established`](crate::handshake::ClientHandshake::Established) |
//! | `method`, `url`, `headers`, server | [`Offer`](crate::Offer); before it is known to be a WebSocket, [`http::RequestHead`](crate::http::RequestHead) |
//! | `body` | none: a request with a body is refused, and hixie-76's eight bytes are taken by the handshake |
//!
//! # websocket-extensions
//!
//! | there | here |
//! |---|---|
//! | `add(ext)` | [`Negotiator::with`](crate::extensions::Negotiator::with), once for all connections |
//! | `generateOffer()` | [`offer`](crate::extensions::Negotiator::offer) |
//! | `activate(header)`, throws | [`confirm`](crate::extensions::Negotiator::confirm), an `Err` |
//! | `generateResponse(header)` | [`grant`](crate::extensions::Negotiator::grant), which also says what was refused and why |
//! | `validFrameRsv(frame)` | [`Decoders::rsv`](crate::extensions::Decoders::rsv); the driver asks by itself |
//! | `processIncomingMessage(message, callback)` | [`Decoders::decode`](crate::extensions::Decoders::decode), in pieces, into room of the caller's |
//! | `processOutgoingMessage(message, callback)` | [`Encoders::encode`](crate::extensions::Encoders::encode) |
//! | `close(callback)` | drop it: nothing is queued |
//! | an extension's `name`, `rsv1` to `rsv3` | [`Extension::name`](crate::extensions::Extension::name), [`rsv`](crate::extensions::Extension::rsv) |
//! | its `type`, `permessage` | none: there is no other |
//! | its `createClientSession`, `createServerSession` | [`offers`](crate::extensions::Extension::offers) and [`confirm`](crate::extensions::Extension::confirm); [`grant`](crate::extensions::Extension::grant) |
//! | a frame's `opcode`, `masked`, `payload` in a session | none: an extension sees messages. One that changes control frames cannot be written |
//!
//! # permessage-deflate
//!
//! | faye's | ws's | here: [`Deflate`](crate::Deflate) |
//! |---|---|---|
//! | `level`, `memLevel`, `strategy` | `zlibDeflateOptions` | `level`, `memory_level`, `strategy` |
//! | `noContextTakeover` | one's own of `serverNoContextTakeover`, `clientNoContextTakeover` | `no_context_takeover` |
//! | `maxWindowBits` | one's own of `serverMaxWindowBits`, `clientMaxWindowBits` | `max_window_bits` |
//! | `requestNoContextTakeover` | the other one | `request_no_context_takeover` |
//! | `requestMaxWindowBits` | the other one | `request_max_window_bits` |
//! | | `false`, to refuse an offer that asks for it | none: what the peer asks for is granted, it costs nothing |
//! | `zlib`, another codec | | `backend` |
//! | | `threshold`, 1024, without takeover | `threshold`, 32; 256 without takeover |
//! | | `concurrencyLimit` | none: it runs where the task runs |
//! | | `zlibInflateOptions`, `chunkSize` | none |
//! | `maxLength` | `maxPayload` | `config.max_message_size`, of what it becomes |
//!
//! # ws
//!
//! ## `WebSocketServer` options
//!
//! | there | here |
//! |---|---|
//! | `port`, `host`, `backlog` | your listener |
//! | `server`, `noServer` | [`axum`](crate::axum), [`hyper`](crate::hyper), [`read_request`](crate::tokio::read_request) |
//! | `path` | [`Offer::path`](crate::Offer::path), [`Incoming::path`](crate::futures::Incoming::path): the example `paths` |
//! | `clientTracking` | a collection of your own, as in `chat` and `broadcast`; [`Shutdown::members`](crate::Shutdown::members) counts |
//! | `verifyClient` | [`accept_with`](crate::tokio::accept_with): status, fields and body of a refusal. To wait for somebody, read the request first, then [`Incoming::accept_with`](crate::futures::Incoming::accept_with) |
//! | `handleProtocols` | [`Accept::subprotocol`](crate::Accept) |
//! | `perMessageDeflate` | [`Options::with_deflate`](crate::Options), [above](#permessage-deflate) |
//! | `maxPayload`, 100 MiB | `config.max_message_size`, 16 MiB |
//! | `maxFragments` | `config.max_fragments`, the same; 0 allows nothing |
//! | `maxBufferedChunks` | none: fragments are joined as they come, and an empty one holds nothing |
//! | `skipUTF8Validation` | none: text is a `&str` |
//! | `allowSynchronousEvents` | none: one event per call |
//! | `autoPong` | none: a Ping is answered, and coalesced if the peer does not read |
//! | `closeTimeout`, 30 s | `config.close_timeout`, 5 s |
//! | `WebSocket`, a class | wrap it |
//! | the callback for `listening` | binding has returned |
//!
//! ## `WebSocketServer` members
//!
//! | there | here |
//! |---|---|
//! | `address()` | your listener's |
//! | `clients` | as `clientTracking` |
//! | `close(callback)` | stop accepting; [`Shutdown::finish`](crate::Shutdown::finish) closes those that are there with 1001, which ws has not done since 8.0 |
//! | `handleUpgrade(request, socket, head, callback)` | [`hyper::Upgrade`](crate::hyper::Upgrade), or [`WebSocket::server`](crate::WebSocket::server) over any byte stream |
//! | calling it twice for one socket: throws | does not compile |
//! | `shouldHandle(request)` | [`accept_with`](crate::tokio::accept_with) |
//! | `completeUpgrade`, overridden | [`Requested::respond`](crate::handshake::Requested::respond) |
//! | `options` | yours |
//! | `disableHixie`, before 2.0 | `server.versions`; the hixie drafts are off |
//! | `connection` | `accept` has returned |
//! | `error`, `listening`, `close` | your listener |
//! | `headers`, just before writing | [`Accept::fields`](crate::Accept) |
//! | `wsClientError` | the [`Error::Request`](crate::Error::Request) of `accept`; the client has been told |
//!
//! ## Client
//!
//! | there | here |
//! |---|---|
//! | `new WebSocket(address, protocols, options)` | [`connect_to`](crate::tokio::connect_to) with a [`Request`](crate::Request) |
//! | an address that is wrong: `SyntaxError` | [`Error::Url`](crate::Error::Url) |
//! | a subprotocol that is wrong or doubled | [`handshake::Misuse`](crate::handshake::Misuse) |
//! | `ws+unix:/path/to.sock:/path` | `dial.unix_socket`, and any URL for `Host` and path |
//! | `allowSynchronousEvents`, `autoPong`, `closeTimeout`, `maxPayload`, `maxFragments`, `maxBufferedChunks`, `skipUTF8Validation` | as at the server; `maxPayload` is 64 MiB |
//! | `finishRequest` | none: the [`Request`](crate::Request) is a value, finished before. There is no hook per redirect |
//! | `followRedirects`, `maxRedirects` | `dial.redirects` |
//! | `generateMask` | none in the async layer; the driver's [`Seed`](crate::driver::Seed) |
//! | `handshakeTimeout`, none | `options.handshake_timeout`, 10 s, and those of `dial` |
//! | `origin` | `request.with_field("Origin", …)` |
//! | `perMessageDeflate`, on | off; [`with_deflate`](crate::Options) |
//! | `protocolVersion`, 13 or 8 | [`Request::with_version`](crate::Request::with_version), and many more |
//! | `headers` | [`Request::with_field`](crate::Request::with_field) |
//! | `auth` | `user:password@` in the URL, or `Authorization` |
//! | `agent`, as for a proxy | `dial.route`; anything else a [`Dialler`](crate::futures::Dialler) |
//! | `createConnection` | a stream of your own: [`hybi::connect`](crate::connect) |
//! | `lookup`, `family` | a [`Runtime`](crate::futures::Runtime) or [`Dialler`](crate::futures::Dialler) of your own |
//! | `localAddress` | `dial.local_address` |
//! | TLS options: `ca`, `cert`, `key`, `crl`, `rejectUnauthorized` | [`tls::rustls::Settings`](crate::tls::rustls::Settings) |
//! | `servername` | none: it is the URL's host. Another one, or none, needs a [`TlsConnector`](crate::tls::TlsConnector) of your own |
//!
//! ## `WebSocket` members
//!
//! | there | here |
//! |---|---|
//! | `CONNECTING` … `CLOSED`, `readyState` | [`socket.state()`](crate::WebSocket::state) |
//! | `binaryType` | `&[u8]` when lent, `Bytes` when owned; `fragments` is [`receive_chunk`](crate::WebSocket::receive_chunk) |
//! | `bufferedAmount` | [`socket.buffered()`](crate::WebSocket::buffered) |
//! | `extensions` | [`socket.extensions()`](crate::WebSocket::extensions), with their parameters |
//! | `isPaused`, `pause()`, `resume()` | whether you receive |
//! | `protocol` | [`socket.subprotocol()`](crate::WebSocket::subprotocol) |
//! | `url` | your [`Request`](crate::Request) |
//! | `onopen`, `addEventListener`, `{once}`, `removeEventListener` | a `match` on the [`Event`](crate::Event) |
//! | `close(code, data)` | [`socket.close(frame)`](crate::WebSocket::close); [`outbox().close`](crate::futures::Outbox::close), which does not wait |
//! | a code that is wrong: `TypeError`; a reason above 123 bytes: `RangeError` | [`CloseCode::new`](crate::CloseCode::new); [`Misuse::ReasonTooLong`](crate::driver::Misuse) |
//! | `terminate()` | drop it |
//! | `ping(data, mask, callback)` | [`socket.ping(payload)`](crate::WebSocket::ping) |
//! | `pong(data)` | [`socket.pong(payload)`](crate::WebSocket::pong) |
//! | `send(data, callback)` | [`socket.send(message)`](crate::WebSocket::send) |
//! | `send` with `binary` | a `&str` or a `&[u8]` |
//! | `send` with `compress` | [`outbox().feed_with(message, wish)`](crate::futures::Outbox::feed_with) |
//! | `send` with `fin: false` | [`socket.message_writer(kind)`](crate::WebSocket::message_writer) |
//! | `send` with `mask` | none: the role decides |
//!
//! | event | here |
//! |---|---|
//! | `open` | `connect` has returned |
//! | `message` (data, isBinary) | [`Event::Message`](crate::Event::Message); text is a `&str` |
//! | `ping`, `pong` | [`Event::Ping`](crate::Event::Ping), [`Event::Pong`](crate::Event::Pong) |
//! | `close` (code, reason) | `None`; [`disconnect`](crate::WebSocket::disconnect). After an error that we found: our code, where ws says 1006 |
//! | `error` | an `Err` |
//! | `upgrade` (response) | the [`Response`](crate::Response) that `connect` returns |
//! | `unexpected-response` | [`Error::Rejected`](crate::Error::Rejected), with the first 64 KiB of the body |
//! | `redirect` | none: what may be sent on is decided in one place |
//!
//! ## `createWebSocketStream` and the rest
//!
//! | there | here |
//! |---|---|
//! | a duplex stream of messages | `Stream` and `Sink`, with `futures`' combinators; the example `pipe` |
//! | a stream of bytes across messages | [`ByteStream`](crate::ByteStream). For one message: [`message_reader`](crate::WebSocket::message_reader) is `AsyncRead`, [`message_writer`](crate::WebSocket::message_writer) `AsyncWrite` |
//! | back-pressure | the same: who does not receive does not read |
//! | ending it closes | `SinkExt::close` sends our Close |
//! | `decodeStrings`, `objectMode`, `readableObjectMode` | a [`Message`](crate::Message) knows its kind |
//! | `autoDestroy`, `emitClose` | drop it |
//! | `extension.parse`, `format` | [`extensions::Params`](crate::extensions::Params), `Elements` |
//! | `subprotocol.parse` | [`Offer::subprotocols`](crate::Offer::subprotocols) |
//! | `PerMessageDeflate` | [`Deflate`](crate::Deflate) |
//! | `Receiver`, `Sender` | [`driver::Reader`](crate::driver::Reader), [`driver::Writer`](crate::driver::Writer) |
//! | `WS_NO_BUFFER_UTIL`, `WS_NO_UTF_8_VALIDATE` | the feature `simdutf8` |
//!
//! | `WS_ERR_…` | here |
//! |---|---|
//! | `EXPECTED_FIN` | [`FrameError::FragmentedControl`](crate::frame::FrameError) |
//! | `EXPECTED_MASK`, `UNEXPECTED_MASK` | `FrameError::MaskRequired`, `MaskForbidden` |
//! | `INVALID_OPCODE` | `FrameError::ReservedOpCode`, `UnexpectedContinuation`, `ExpectedContinuation` |
//! | `UNEXPECTED_RSV_1`, `UNEXPECTED_RSV_2_3` | `FrameError::UnexpectedRsv` |
//! | `INVALID_CONTROL_PAYLOAD_LENGTH` | `FrameError::ControlTooLong`; [`CloseError::TooShort`](crate::frame::CloseError) |
//! | `INVALID_CLOSE_CODE` | `CloseError::InvalidCode` |
//! | `INVALID_UTF8` | [`driver::Error::InvalidUtf8`](crate::driver::Error), `CloseError::InvalidUtf8` |
//! | `UNSUPPORTED_DATA_PAYLOAD_LENGTH` | `FrameError::LengthOverflow`; above a limit `Error::MessageTooBig` |
//! | `UNSUPPORTED_MESSAGE_LENGTH` | `Error::MessageTooBig` |
//! | `TOO_MANY_BUFFERED_PARTS` | `Error::TooManyFragments` |
//!
//! ## Recipes
//!
//! | there | the example here |
//! |---|---|
//! | sending and receiving text and binary | `echo`, `client`, `binary` |
//! | a simple server | `echo` |
//! | an external HTTP or HTTPS server | `axum_app`, `external_tls` |
//! | several servers on one port | `paths` |
//! | broadcast, to all or to all but the sender | `broadcast`, `chat` |
//! | authentication at the upgrade | `authenticate` |
//! | round trips | `round_trip` |
//! | streams | `pipe` |
//! | noticing broken connections, at either end | `heartbeat`; it is on by default |
//! | the client's address | [`TrustedProxies`](crate::handshake::TrustedProxies) |
//! | through a proxy | `client -- --proxy …` |
//!
//! # tungstenite
//!
//! The module [`hybi::tungstenite`](crate::tungstenite) has the common calls under their old names:
//! `WebSocketStream` with `next`, `read`, `send`, `write`, `flush`, `close` and `split`, and a `Message`
//! with all five kinds, `into_text`, `into_data`, `is_text` and so on. A program that is moved by its
//! `use` lines works, and can then be changed call by call as these tables say. Pings are answered here: a
//! program that did it by itself answers twice.
//!
//! The blocking API has no counterpart: its loop is the one in [`run_loop`](super::run_loop), or
//! `block_on` around a [`WebSocket`](crate::WebSocket).
//!
//! | there | here |
//! |---|---|
//! | `connect(request)` | `runtime::connect` |
//! | `client(request, stream)` | [`hybi::connect`](crate::connect) |
//! | `accept(stream)` | [`hybi::accept`](crate::accept) |
//! | `accept_hdr(stream, callback)` | [`accept_with`](crate::tokio::accept_with); the callback gets an [`Offer`](crate::Offer) and returns an [`Accept`](crate::Accept) or a [`Reject`](crate::Reject) |
//! | `…_with_config` | [`Options`](crate::Options), everywhere |
//! | `HandshakeError::Interrupted` | none: the future waits |
//! | `IntoClientRequest`, `ClientRequestBuilder` | [`Request::from_url`](crate::Request::from_url), `with_field`, `with_subprotocol` |
//! | `WebSocket::from_raw_socket(stream, role, config)` | [`WebSocket::server`](crate::WebSocket::server), [`client`](crate::WebSocket::client) |
//! | `WebSocket::from_partially_read` | and [`with_unread`](crate::WebSocket::with_unread) |
//! | `into_inner()` | [`into_parts()`](crate::WebSocket::into_parts), which loses nothing |
//! | `get_ref()` | [`io()`](crate::WebSocket::io) |
//! | `get_mut()` | none: it would be read or written out of turn. Take it apart |
//! | `get_config`, `set_config` | none: limits are fixed when the socket is made; [`from_parts`](crate::WebSocket::from_parts) takes others |
//! | `read()` | [`receive()`](crate::WebSocket::receive), lent; `next()`, owned |
//! | `send(message)` | [`send(message)`](crate::WebSocket::send) |
//! | `write(message)` | [`feed(message)`](crate::WebSocket::feed) |
//! | `flush()` | [`flush()`](crate::WebSocket::flush) |
//! | `close(frame)`, then `read` until `ConnectionClosed` | [`close(frame)`](crate::WebSocket::close), which does both |
//! | `can_read()`, `can_write()` | [`state()`](crate::WebSocket::state) |
//! | `Message::Text(Utf8Bytes)`, `Binary(Bytes)` | [`Message::Text`](crate::Message::Text), [`Binary`](crate::Message::Binary) |
//! | `Message::Ping`, `Pong` | [`Event::Ping`](crate::Event::Ping), [`Event::Pong`](crate::Event::Pong); [`ping()`](crate::WebSocket::ping), [`pong()`](crate::WebSocket::pong) |
//! | `Message::Close` | [`Event::Close`](crate::Event::Close); [`close()`](crate::WebSocket::close) |
//! | `Message::Frame` | none; [`hybi::frame`](crate::frame) |
//! | `is_text`, `is_binary`, `len`, `is_empty` | the same |
//! | `into_data()` | [`into_bytes()`](crate::Message::into_bytes) |
//! | `into_text()`, `to_text()` | [`as_text()`](crate::Message::as_text), `None` for binary |
//! | `Role` | [`driver::Role`](crate::driver::Role) |
//! | `read_buffer_size` | none: 128 KiB, leased from the thread |
//! | `write_buffer_size` | `options.write_buffer`; but when is said by `feed`, `send` and `flush` |
//! | `max_write_buffer_size` | `options.max_write_buffer` |
//! | `max_message_size` | `config.max_message_size` |
//! | `max_frame_size` | none: a frame is as large as its message may be |
//! | `accept_unmasked_frames` | none: RFC 6455 §5.1 forbids it |
//! | `Error::ConnectionClosed` | `None` |
//! | `Error::AlreadyClosed` | [`Error::Closed`](crate::Error::Closed) when sending; `None` when receiving |
//! | `Error::Io` | [`Error::Io`](crate::Error::Io) |
//! | `Error::Tls` | inside `Error::Dial` or `Error::Io` |
//! | `Error::Capacity` | `driver::Error::MessageTooBig`, `TooManyFragments` |
//! | `Error::Protocol`, `Utf8` | [`Error::Protocol`](crate::Error::Protocol); the peer has been told |
//! | `Error::WriteBufferFull(message)` | [`Error::WriteBufferFull`](crate::Error::WriteBufferFull); what is lent need not be given back |
//! | `Error::AttackAttempt` | [`Error::Request`](crate::Error::Request) or `Response`, a head above its limits |
//! | `Error::Url` | [`Error::Url`](crate::Error::Url) |
//! | `Error::Http`, `HttpFormat` | [`Error::Rejected`](crate::Error::Rejected); `Request`, `Response` |
//!
//! # tokio-tungstenite
//!
//! | there | here |
//! |---|---|
//! | `connect_async(request)` | [`tokio::connect`](crate::tokio::connect), [`connect_to`](crate::tokio::connect_to) |
//! | `connect_async_with_config(…, disable_nagle)` | the same; `TCP_NODELAY` is set |
//! | `connect_async_tls_with_config`, `Connector` | `dial.tls` |
//! | `client_async(request, stream)` | [`hybi::connect`](crate::connect) over [`tokio::Compat`](crate::tokio::Compat) |
//! | `client_async_tls` | [`dial_on`](crate::futures::dial_on), or a [`TlsConnector`](crate::tls::TlsConnector) before `hybi::connect` |
//! | `accept_async(stream)` | [`tokio::accept`](crate::tokio::accept) |
//! | `accept_hdr_async(stream, callback)` | [`tokio::accept_with`](crate::tokio::accept_with) |
//! | `WebSocketStream<S>` | [`WebSocket<T>`](crate::WebSocket) |
//! | `MaybeTlsStream<S>` | [`Transport<T>`](crate::Transport) |
//! | `WebSocketStream::from_raw_socket` | [`tokio::server`](crate::tokio::server), [`tokio::client`](crate::tokio::client) |
//! | `next()` | the same, without Ping, Pong and Close; those are in [`receive`](crate::WebSocket::receive) |
//! | `SinkExt::send`, `feed`, `flush` | the same; the methods of these names take what is lent |
//! | `split()`, `reunite` | [`split()`](crate::WebSocket::split), [`reunite`](crate::futures::Sender::reunite); no `BiLock` |
//! | `close(frame)` | [`close(frame)`](crate::WebSocket::close), which waits for the peer |
//! | `get_ref`, `get_mut`, `into_inner`, `get_config` | as with tungstenite |
//! | features `native-tls`, `rustls-tls-…` | `rustls`, `webpki-roots`; others behind [`TlsConnector`](crate::tls::TlsConnector) |
//! | feature `url` | `client`, or `ws-handshake`'s `url` |
//!
//! An echo, as it was, as it is with the old names, and as it is:
//!
//! ```text
//! let mut socket = tokio_tungstenite::accept_async(stream).await?;
//! while let Some(message) = socket.next().await {
//!     let message = message?;
//!     if message.is_text() || message.is_binary() {
//!         socket.send(message).await?;
//!     }
//! }
//! ```
//!
//! ```
//! use futures::StreamExt;
//! use hybi::tungstenite::WebSocketStream;
//! use hybi::{Error, Options};
//! use tokio::net::TcpStream;
//!
//! async fn echo(stream: TcpStream) -> Result<(), Error> {
//!     let socket = hybi::tokio::accept(stream, &Options::server()).await?;
//!     let mut socket = WebSocketStream::from(socket);
//!     while let Some(message) = socket.next().await {
//!         let message = message?;
//!         if message.is_text() || message.is_binary() {
//!             socket.send(message).await?;
//!         }
//!     }
//!     Ok(())
//! }
//! ```
//!
//! ```
//! use hybi::{Error, Event, Options};
//! use tokio::net::TcpStream;
//!
//! async fn echo(stream: TcpStream) -> Result<(), Error> {
//!     let mut socket = hybi::tokio::accept(stream, &Options::server()).await?;
//!     while let Some((event, mut outbox)) = socket.exchange().await? {
//!         if let Event::Message(message) = event {
//!             outbox.feed(message).await?; // no copy, and one write for all that has come
//!         }
//!     }
//!     Ok(())
//! }
//! ```
