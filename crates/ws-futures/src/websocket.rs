//! A WebSocket over an async byte stream.

use std::future::poll_fn;

use futures_io::{AsyncRead, AsyncWrite};
use ws_driver::{
    Chunk, CloseFrame, Closure, Connection, Driver, Event, Message, PingId, Role, State, Statistics,
};
use ws_extensions::Sessions;
use ws_handshake::{Established, Version};

use crate::core::{Core, Mode};
use crate::opening::Opening;
use crate::outbox::Outbox;
use crate::parts::Parts;
use crate::timer::Alarm;
use crate::{Error, Options, Prepared, Timer, trace, version};

/// An open WebSocket connection over `T`, a byte stream that is read and written.
///
/// Messages are received by
/// - [`receive`](Self::receive), which lends them without a copy;
/// - [`exchange`](Self::exchange), which also lends what is needed to answer meanwhile;
/// - [`receive_chunk`](Self::receive_chunk) and [`message_reader`](Self::message_reader), for
///   messages that are larger than anyone wants to hold;
/// - `Stream`, which yields owned [`Message`](crate::Message)s.
///
/// and sent by
/// - [`send`](Self::send), which has been written to the transport when it returns;
/// - [`feed`](Self::feed), which is written together with what else there is when the next
///   receive has to wait, or by [`flush`](Self::flush): many small messages then cost one write;
/// - [`message_writer`](Self::message_writer), for one message in pieces;
/// - `Sink<Message>`.
///
/// Pings are answered while anything is received, and only then. Dropping any future of these
/// methods loses nothing: all progress is kept here. An idle connection owns no read or write
/// buffer.
#[derive(Debug)]
pub struct WebSocket<T> {
    pub(crate) core: Core<T>,
    agreed: Option<Box<Agreed>>,
    version: Version,
}

/// What both ends agreed on in the opening handshake; most agree on nothing.
#[derive(Debug)]
struct Agreed {
    subprotocol: Option<String>,
    extensions: Option<String>,
}

impl Agreed {
    fn new(subprotocol: Option<String>, extensions: Option<String>) -> Option<Box<Self>> {
        let any = subprotocol.is_some() || extensions.is_some();
        any.then(|| {
            Box::new(Self {
                subprotocol,
                extensions,
            })
        })
    }
}

impl<T> WebSocket<T> {
    /// The server's end over `io`, after an opening handshake that was done elsewhere, such as by
    /// the HTTP server that hands `io` over.
    ///
    /// Deadlines are kept only with [`Options::timer`] or [`with_timer`](Self::with_timer).
    ///
    /// ```
    /// use ws_futures::{Error, Options, WebSocket};
    /// use ws_handshake::{Accept, RequestError, Response, ServerHandshake};
    ///
    /// /// What another server gives of a request that it has parsed, and what it is to answer;
    /// /// with the byte stream and what was read behind the request this goes on.
    /// fn upgrade<T>(
    ///     method: &str,
    ///     target: &str,
    ///     fields: &[(String, Vec<u8>)],
    ///     options: &Options,
    /// ) -> Result<(Response, impl FnOnce(T, &[u8]) -> Result<WebSocket<T>, Error>), RequestError> {
    ///     let fields = fields.iter().map(|(name, value)| (&name[..], &value[..]));
    ///     let requested =
    ///         ServerHandshake::from_request(&options.handshake, method, target, fields)?;
    ///     let (response, established) = requested.respond(Accept::default()).expect("no fields");
    ///     let open = move |io, unread: &[u8]| {
    ///         let socket = WebSocket::server(io, options);
    ///         Ok(socket.with_established(established, options)?.with_unread(unread))
    ///     };
    ///     Ok((response, open))
    /// }
    /// # upgrade::<()>("GET", "/", &[], &Options::server()).map(|_| ()).unwrap_err();
    /// ```
    pub fn server(io: T, options: &Options) -> Self {
        let connection = Connection::server(&options.connection);
        Self::with_connection(io, connection.into(), options)
    }

    /// The client's end over `io`, after an opening handshake that was done elsewhere.
    ///
    /// Deadlines are kept only with [`Options::timer`] or [`with_timer`](Self::with_timer).
    ///
    /// # Errors
    ///
    /// [`Error::Entropy`] if the operating system gives no randomness for the mask keys.
    pub fn client(io: T, options: &Options) -> Result<Self, Error> {
        let connection = Connection::client(&options.connection, crate::entropy::seed()?);
        Ok(Self::with_connection(io, connection.into(), options))
    }

    fn with_connection(io: T, connection: Driver, options: &Options) -> Self {
        let alarm = Alarm::new(options.timer.map(|timer| timer()));
        Self {
            core: Core::new(io, connection, alarm, options.limits()),
            agreed: None,
            version: Version::Rfc6455,
        }
    }

    /// Puts a WebSocket together again, with the limits and the timer of `options`.
    pub fn from_parts(parts: Parts<T>, options: &Options) -> Self {
        let mut this = Self::with_connection(parts.io, parts.connection, options);
        this.core.restore(&parts.unread, &parts.unsent);
        this.agreed = Agreed::new(parts.subprotocol, parts.extensions);
        this.version = parts.version;
        this
    }

    /// Takes it apart, at any time and without loss.
    pub fn into_parts(self) -> Parts<T> {
        let core = self.core;
        let (subprotocol, extensions) = match self.agreed {
            Some(agreed) => (agreed.subprotocol, agreed.extensions),
            None => (None, None),
        };
        Parts {
            io: core.wire.io,
            connection: core.connection,
            version: self.version,
            unread: core.input.unread().to_vec(),
            unsent: core.wire.output.into_unsent(),
            subprotocol,
            extensions,
        }
    }

    /// The same with `unread`, bytes that were read behind the opening handshake.
    pub fn with_unread(mut self, unread: &[u8]) -> Self {
        self.core.restore(unread, &[]);
        self
    }

    /// The same with a timer, which its deadlines need.
    pub fn with_timer(mut self, timer: impl Timer + 'static) -> Self {
        self.core.wire.alarm = Alarm::new(Some(Box::new(timer)));
        self
    }

    /// The same with what an opening handshake that was done elsewhere has settled: the
    /// subprotocol, and the version, whose connection begins anew with the limits of `options`.
    ///
    /// # Errors
    ///
    /// [`Error::Entropy`], at a client.
    pub fn with_established(
        mut self,
        established: Established,
        options: &Options,
    ) -> Result<Self, Error> {
        let none = Sessions::default();
        self.core.connection = version::connection(self.role(), &established, none, options)?;
        self.version = established.version;
        self.agreed = Agreed::new(established.subprotocol, established.extensions);
        Ok(self)
    }

    /// The same with extensions that were agreed on elsewhere, such as by
    /// [`Options::grant_extensions`], before anything is received or sent. Versions before 7 know
    /// none: there this does nothing.
    pub fn with_extensions(mut self, sessions: Sessions, options: &Options) -> Self {
        let connection = self.core.connection;
        self.core.connection = connection.with_extensions(sessions, &options.connection);
        self
    }

    /// The connection that an opening handshake led to.
    pub(crate) fn opened(
        opening: Opening<T>,
        connection: Driver,
        options: &Options,
        established: Established,
    ) -> Self {
        trace::opened(&opening.life, connection.role(), &established);
        let Opening {
            io,
            timer,
            input,
            life,
            ..
        } = opening;
        let mut core = Core::new(io, connection, Alarm::new(timer), options.limits());
        (core.input, core.life) = (input, life);
        Self {
            core,
            agreed: Agreed::new(established.subprotocol, established.extensions),
            version: established.version,
        }
    }

    /// The subprotocol that both ends agreed on, if any.
    pub fn subprotocol(&self) -> Option<&str> {
        self.agreed.as_ref()?.subprotocol.as_deref()
    }

    /// The extensions that both ends agreed on, as the server has answered:
    /// `permessage-deflate; client_max_window_bits=12`.
    ///
    /// Why an offer was not granted, [`Negotiator::grant`](crate::Negotiator::grant) tells.
    pub fn extensions(&self) -> Option<&str> {
        self.agreed.as_ref()?.extensions.as_deref()
    }

    /// Which version of the protocol is spoken.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Which end this is.
    pub fn role(&self) -> Role {
        self.core.connection.role()
    }

    /// Where the connection stands.
    pub fn state(&self) -> State {
        self.core.connection.state()
    }

    /// How the connection ended; `None` before it has.
    pub fn closure(&self) -> Option<Closure> {
        self.core.connection.closure()
    }

    /// What the peer's Close said; `None` before it came, and if it was empty.
    pub fn close_frame(&self) -> Option<CloseFrame<'_>> {
        self.core.connection.close_frame()
    }

    /// What the connection has done so far.
    pub fn statistics(&self) -> Statistics {
        self.core.connection.statistics()
    }

    /// Puts extensions to sleep, if no message is under way: permessage-deflate keeps the end of
    /// what came and went, and gives back its codecs until the next message.
    /// [`sleep_after`](ws_driver::Config::sleep_after) does this after a time.
    pub fn sleep(&mut self) {
        self.core.connection.sleep();
    }

    /// How many bytes of heap extensions hold for this connection.
    pub fn extension_memory(&self) -> usize {
        self.core.connection.extension_memory()
    }

    /// Whether our Close is out.
    pub(crate) fn has_sent_close(&mut self) -> bool {
        self.core.connection.split_mut().1.has_sent_close()
    }

    /// How many bytes wait to be written.
    pub fn buffered(&self) -> usize {
        self.core.wire.output.pending().len()
    }

    /// The byte stream.
    pub fn io(&self) -> &T {
        &self.core.wire.io
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> WebSocket<T> {
    /// Waits for what the peer does next, and lends it.
    ///
    /// `None` once the connection has ended: with a closing handshake, or after an error that was
    /// returned before. A message that came in one frame is lent from the read buffer; others
    /// are copied once. Whatever has been fed is written before this waits.
    ///
    /// After [`Event::Close`] go on until `None`, or call [`close`](Self::close): only then is
    /// the answer written and the transport closed.
    ///
    /// Cancel-safe: nothing is lost if the future is dropped.
    ///
    /// # Errors
    ///
    /// When the transport fails or the peer breaks the protocol; both end the connection. The
    /// peer is told as far as that goes without waiting; call [`close`](Self::close) to wait until
    /// it had the chance to read why.
    pub async fn receive(&mut self) -> Result<Option<Event<'_>>, Error> {
        let event = self.exchange().await?;
        Ok(event.map(|(event, _)| event))
    }

    /// As [`receive`](Self::receive), together with an outbox to answer while the event is held:
    ///
    /// ```
    /// # use futures_io::{AsyncRead, AsyncWrite};
    /// # use ws_futures::{Error, Event, WebSocket};
    /// async fn echo<T>(mut socket: WebSocket<T>) -> Result<(), Error>
    /// where
    ///     T: AsyncRead + AsyncWrite + Unpin,
    /// {
    ///     while let Some((event, mut outbox)) = socket.exchange().await? {
    ///         if let Event::Message(message) = event {
    ///             outbox.feed(message).await?;
    ///         }
    ///     }
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`receive`](Self::receive).
    pub async fn exchange(&mut self) -> Result<Option<(Event<'_>, Outbox<'_, T>)>, Error> {
        if let Err(ended) = poll_fn(|cx| self.core.poll_advance(cx, Mode::Whole)).await {
            return ended.told();
        }
        self.core.take_event()
    }

    /// As [`receive`](Self::receive), but lends messages in chunks as they come, for those that
    /// are larger than anyone wants to hold; see
    /// [`Connection::receive_chunk`](ws_driver::Connection::receive_chunk).
    ///
    /// # Errors
    ///
    /// Those of [`receive`](Self::receive).
    pub async fn receive_chunk(&mut self) -> Result<Option<Event<'_, Chunk<'_>>>, Error> {
        if let Err(ended) = poll_fn(|cx| self.core.poll_advance(cx, Mode::Streamed)).await {
            return ended.told();
        }
        self.core.take_chunk()
    }

    /// Sends a message, and waits until the transport has taken it. What is sent is lent: pass a
    /// `&str`, a `&[u8]`, or a reference to an owned message.
    ///
    /// Cancel-safe: a message is sent whole or not at all. If the future is dropped after the
    /// message was taken, it is written with whatever is written next.
    ///
    /// # Errors
    ///
    /// When the transport fails (what the peer said before it left, [`receive`](Self::receive) or
    /// [`close`](Self::close) tells); once the connection is closed or closing; while a
    /// [`message_writer`](Self::message_writer) is unfinished.
    pub async fn send<'m>(&mut self, message: impl Into<Message<'m>>) -> Result<(), Error> {
        self.outbox().send(message).await
    }

    /// Adds a message to what is written when the next receive has to wait, or by
    /// [`flush`](Self::flush). Waits only while more than
    /// [`write_buffer`](Options::write_buffer) is waiting already.
    ///
    /// Cancel-safe: a message is added whole or not at all.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    pub async fn feed<'m>(&mut self, message: impl Into<Message<'m>>) -> Result<(), Error> {
        self.outbox().feed(message).await
    }

    /// As [`feed`](Self::feed), for a message that goes out on many connections.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    pub async fn feed_prepared(&mut self, prepared: &Prepared) -> Result<(), Error> {
        self.outbox().feed_prepared(prepared).await
    }

    /// Waits until the transport has taken everything.
    ///
    /// # Errors
    ///
    /// When the transport fails.
    pub async fn flush(&mut self) -> Result<(), Error> {
        self.outbox().flush().await
    }

    /// Sends a Ping, and names it; [`Event::Pong`] tells when it is answered.
    ///
    /// # Errors
    ///
    /// When the transport fails, after our Close, and for more than 125 bytes.
    pub async fn ping(&mut self, payload: &[u8]) -> Result<PingId, Error> {
        self.outbox().ping(payload).await
    }

    /// Sends a Pong that nobody asked for, a heartbeat of one direction (RFC 6455 §5.5.3). Pings are
    /// answered without it.
    ///
    /// # Errors
    ///
    /// Those of [`ping`](Self::ping); [`Misuse::Unsupported`](ws_driver::Misuse::Unsupported) in a
    /// version before hybi-7.
    pub async fn pong(&mut self, payload: &[u8]) -> Result<(), Error> {
        self.outbox().pong(payload).await
    }

    /// Closes the connection and tells how it ended.
    ///
    /// Writes what is waiting and our Close, drops the messages that still come, and waits for
    /// the peer's Close and for the end of the transport, but no longer than
    /// [`close_timeout`](ws_driver::Config::close_timeout). Without a timer there is no such
    /// limit; then no more than 1 MiB of messages is waited through. After the peer's Close or an
    /// error this finishes what is left to do, and `frame` is not used.
    ///
    /// Cancel-safe and idempotent: call it again to go on.
    ///
    /// # Errors
    ///
    /// For a reason of more than 123 bytes; nothing is closed then. A connection that ends
    /// badly is not an error here but [`Closure::Failed`].
    pub async fn close(&mut self, frame: Option<CloseFrame<'_>>) -> Result<Closure, Error> {
        self.core.start_close(frame)?;
        poll_fn(|cx| self.core.poll_close(cx)).await
    }

    /// What sends, apart from what receives.
    pub fn outbox(&mut self) -> Outbox<'_, T> {
        self.core.outbox()
    }
}
