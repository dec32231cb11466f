//! The two halves and time.

use alloc::vec::Vec;

use ws_extensions::Sessions;
use ws_frame::{CloseFrame, FrameDecoder, Framing};

use crate::closing::{Closure, State};
use crate::reader::Reader;
use crate::timers::Timers;
use crate::writer::{Outgoing, Writer};
use crate::{
    Chunk, Config, Error, Event, Instant, Kind, Message, Misuse, PingId, Seed, Statistics, Timer,
};

/// Which end of the connection this is.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a connection has two ends")]
pub enum Role {
    /// Sent the opening handshake; masks what it sends (RFC 6455 §5.1).
    Client,
    /// Answered it.
    Server,
}

/// An open WebSocket connection, without I/O.
///
/// Bytes that were read go in, events come out, and what is to be written is appended to `out`.
/// The methods fall into three groups: [`receive`](Self::receive) and its kin take input;
/// [`send`](Self::send), [`ping`](Self::ping), [`close`](Self::close) are the application's
/// commands; [`tick`](Self::tick) lets time pass. All others only tell something. The crate's
/// front page has the loop that drives them.
///
/// `F` says how frames look, and need not be written: it is that of RFC 6455 unless a peer speaks
/// one of its drafts.
#[derive(Debug)]
pub struct Connection<F: Framing = FrameDecoder> {
    reader: Reader<F>,
    writer: Writer<F>,
    timers: Timers,
}

impl Connection {
    /// The client's end, right after the opening handshake. Every frame that it sends is masked
    /// with a key drawn from `seed` (RFC 6455 §5.3).
    pub fn client(config: &Config, seed: Seed) -> Self {
        Self::new(config, Role::Client, Some(seed))
    }

    /// The server's end, right after the opening handshake.
    pub fn server(config: &Config) -> Self {
        Self::new(config, Role::Server, None)
    }

    /// The same with the extensions that the opening handshake has agreed on, before anything was
    /// received or sent.
    ///
    /// Messages pass through all of them, out in the order of the server's answer and in in the
    /// reverse order. One that fails stops its direction only: what comes before is delivered,
    /// or sent.
    pub fn with_extensions(mut self, sessions: Sessions, config: &Config) -> Self {
        if !sessions.is_empty() {
            self.timers.sleep_after(config);
            let (encoders, decoders) = sessions.into_directions();
            self.writer.set_encoders(encoders);
            self.reader.set_decoders(decoders);
        }
        self
    }

    /// What comes is judged by `role`; what goes out is masked if there is a `seed`.
    pub(crate) fn new(config: &Config, role: Role, seed: Option<Seed>) -> Self {
        Self::with_framing(config, role, seed, FrameDecoder::new())
    }
}

impl<F: Framing> Connection<F> {
    /// As `new`, with frames that look as `framing` says.
    pub(crate) fn with_framing(
        config: &Config,
        role: Role,
        seed: Option<Seed>,
        framing: F,
    ) -> Self {
        let sealer = framing.sealer();
        Self {
            reader: Reader::new(config, role, framing),
            writer: Writer::new(seed, sealer),
            timers: Timers::new(config),
        }
    }

    /// Takes bytes off the front of `input` until the peer has done something.
    ///
    /// `None` means that all of `input` was taken and more is needed: the buffer may be reused.
    /// Payloads are unmasked in place and lent; only a message that did not come whole is copied.
    /// Replies that the protocol demands are appended to `out`.
    ///
    /// In the middle of a message that [`receive_chunk`](Self::receive_chunk) began, this skips
    /// the rest of it.
    ///
    /// # Errors
    ///
    /// When the peer breaks a rule or a limit. The Close that tells it is in `out`; whatever
    /// comes after is swallowed, and later calls return `None`.
    #[inline]
    pub fn receive<'e, 'b: 'e>(
        &'e mut self,
        input: &mut &'b mut [u8],
        out: &mut Vec<u8>,
    ) -> Result<Option<Event<'e>>, Error> {
        self.reader.receive(input, &mut self.writer, out)
    }

    /// As [`receive`](Self::receive), but delivers messages in chunks as they come, for those
    /// that are larger than anyone wants to hold. Their limit is
    /// [`max_streamed_size`](Config::max_streamed_size).
    #[inline]
    pub fn receive_chunk<'e, 'b: 'e>(
        &'e mut self,
        input: &mut &'b mut [u8],
        out: &mut Vec<u8>,
    ) -> Result<Option<Event<'e, Chunk<'e>>>, Error> {
        self.reader.receive_chunk(input, &mut self.writer, out)
    }

    /// Notes that the transport has ended.
    ///
    /// # Errors
    ///
    /// [`Error::UnexpectedEof`] if there was no closing handshake and no failure before.
    pub fn receive_eof(&mut self) -> Result<(), Error> {
        self.reader.receive_eof(&mut self.writer)
    }

    /// Appends a whole message in one frame.
    ///
    /// # Errors
    ///
    /// After our Close, and while a message that is sent in pieces is unfinished.
    #[inline]
    pub fn send(&mut self, message: Message<'_>, out: &mut Vec<u8>) -> Result<(), Misuse> {
        self.writer.send(message, out)
    }

    /// Begins a message that is sent in pieces; see [`Writer::start`].
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    pub fn start(&mut self, kind: Kind) -> Result<Outgoing<'_, F>, Misuse> {
        self.writer.start(kind)
    }

    /// Appends a Ping and names it; see [`Writer::ping`].
    ///
    /// # Errors
    ///
    /// After our Close, and for more than 125 bytes.
    pub fn ping(&mut self, payload: &[u8], out: &mut Vec<u8>) -> Result<PingId, Misuse> {
        self.writer.ping(payload, out)
    }

    /// Appends our Close; `None` closes without a code. Messages still come in until the peer's
    /// Close has.
    ///
    /// # Errors
    ///
    /// After our Close, and for a reason of more than 123 bytes.
    pub fn close(
        &mut self,
        frame: Option<CloseFrame<'_>>,
        out: &mut Vec<u8>,
    ) -> Result<(), Misuse> {
        self.writer.close(frame, out)
    }

    /// Puts extensions to sleep, between messages: they give back all memory that the next
    /// message does not need, though that may need time to come back. permessage-deflate keeps
    /// its two windows, as far as they are filled, and no codec.
    ///
    /// [`Config::sleep_after`] does this after a time.
    pub fn sleep(&mut self) {
        self.writer.sleep();
        self.reader.sleep();
    }

    /// How many bytes of heap extensions hold for this connection.
    pub fn extension_memory(&self) -> usize {
        self.writer.extension_memory() + self.reader.extension_memory()
    }

    /// Lets time pass up to `now`: does what is due, anchors what was armed since the last call,
    /// and returns the next deadline, at which it wants to be called again.
    ///
    /// The only method that knows the time. Calling it too often is harmless.
    ///
    /// # Errors
    ///
    /// [`Error::TimedOut`] when the peer did not answer a Ping or our Close in time.
    pub fn tick(&mut self, now: Instant, out: &mut Vec<u8>) -> Result<Option<Instant>, Error> {
        self.timers
            .tick(now, &mut self.reader, &mut self.writer, out)
    }

    /// Both halves at once, to answer while an event is held:
    ///
    /// ```
    /// # use ws_driver::{Config, Connection, Event};
    /// # let mut server = Connection::server(&Config::server());
    /// # let mut read = *b"\x81\x82\0\0\0\0hi";
    /// let (mut input, mut out) = (&mut read[..], Vec::new());
    /// let (reader, writer) = server.split_mut();
    /// while let Some(event) = reader.receive(&mut input, writer, &mut out)? {
    ///     if let Event::Message(message) = event {
    ///         writer.send(message, &mut out).expect("not closed");
    ///     }
    /// }
    /// assert_eq!(out, b"\x81\x02hi");
    /// # Ok::<(), ws_driver::Error>(())
    /// ```
    #[inline]
    pub fn split_mut(&mut self) -> (&mut Reader<F>, &mut Writer<F>) {
        (&mut self.reader, &mut self.writer)
    }

    /// Which end this is.
    pub fn role(&self) -> Role {
        if self.writer.is_client() {
            Role::Client
        } else {
            Role::Server
        }
    }

    /// Where the connection stands.
    pub fn state(&self) -> State {
        State::derive(
            self.writer.close_sent,
            self.reader.close_received(),
            self.reader.failure().is_some(),
        )
    }

    /// Whether the transport's write side should be closed, once all of `out` is written.
    ///
    /// RFC 6455 §7.1.1: the server ends the transport first; a client waits for that, until
    /// [`close_timeout`](Config::close_timeout) is over.
    pub fn wants_shutdown(&self) -> bool {
        let failed = self.reader.failure().is_some();
        let closed = self.state() == State::Closed;
        failed || closed && (self.role() == Role::Server || self.reader.at_eof)
    }

    /// How the connection ended; `None` before it has.
    pub fn closure(&self) -> Option<Closure> {
        if let Some(error) = self.reader.failure() {
            return Some(Closure::Failed(error));
        }
        if self.state() != State::Closed {
            return None;
        }
        let by = match (self.role(), self.reader.peer_closed_first) {
            (Role::Client, false) | (Role::Server, true) => Role::Client,
            (Role::Server, false) | (Role::Client, true) => Role::Server,
        };
        let code = self.close_frame().map(|frame| frame.code);
        Some(Closure::Clean { code, by })
    }

    /// What the peer's Close said; `None` before it came, and if it was empty.
    pub fn close_frame(&self) -> Option<CloseFrame<'_>> {
        self.reader.close_frame()
    }

    /// What the deadline that [`tick`](Self::tick) returned is for.
    pub fn next_timer(&self) -> Option<Timer> {
        self.timers.next().map(|(_, timer)| timer)
    }

    /// What the connection has done so far.
    pub fn statistics(&self) -> Statistics {
        Statistics {
            received: self.reader.received(),
            sent: self.writer.sent,
            round_trip: self
                .writer
                .pings
                .as_ref()
                .and_then(|pings| pings.round_trip()),
        }
    }
}

#[cfg(test)]
mod tests;
