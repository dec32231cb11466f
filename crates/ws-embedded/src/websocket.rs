//! An open connection.

use core::ops::Range;

use embedded_io_async::{Read, Write};
use ws_frame::{CloseFrame, OpCode};

use crate::end::{Client, End, MaskKeys, Server};
use crate::inbox::{Inbox, Mode, Step};
use crate::out::Out;
use crate::{Buffers, Chunk, Error, Event, Message, Misuse, Outbox, ProtocolError};

/// How many bytes of messages are waited through for the peer's Close.
const PATIENCE: usize = 1 << 20;

/// An open WebSocket connection over `T`, a stream that is read and written. `E` is its end:
/// [`Server`] or [`Client`].
///
/// Pings are answered while anything is received, and only then. After the end the stream is the
/// caller's again: by [`into_io`](Self::into_io), or because what was given is a `&mut`.
#[derive(Debug)]
pub struct WebSocket<'b, T, E> {
    io: T,
    inbox: Inbox<'b>,
    out: Out<'b, E>,
    subprotocol: Option<&'b str>,
    fate: Fate,
}

/// What is due before anything else is received.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Fate {
    Open,
    /// A Ping is to be answered.
    Pinged,
    /// The peer has closed, and is to be answered if our Close is not out.
    Closed,
    /// The peer broke a rule, and is to be told.
    Failed(ProtocolError),
    /// There is nothing more to come.
    Over,
}

impl<'b, T> WebSocket<'b, T, Server> {
    /// The server's end after an opening handshake that was done elsewhere; the first `unread`
    /// bytes of `rx` are what was read behind it.
    ///
    /// # Errors
    ///
    /// If a buffer is shorter than [`Buffers`] tells, or than `unread`.
    pub fn server(io: T, buffers: Buffers<'b>, unread: usize) -> Result<Self, Misuse> {
        Self::elsewhere(io, buffers, unread, Server)
    }
}

impl<'b, T, K: MaskKeys> WebSocket<'b, T, Client<K>> {
    /// The client's end after an opening handshake that was done elsewhere; the first `unread`
    /// bytes of `rx` are what was read behind it.
    ///
    /// # Errors
    ///
    /// If a buffer is shorter than [`Buffers`] tells, or than `unread`.
    pub fn client(io: T, buffers: Buffers<'b>, unread: usize, keys: K) -> Result<Self, Misuse> {
        Self::elsewhere(io, buffers, unread, Client(keys))
    }
}

impl<'b, T, E: End> WebSocket<'b, T, E> {
    fn elsewhere(io: T, buffers: Buffers<'b>, unread: usize, end: E) -> Result<Self, Misuse> {
        buffers.check()?;
        if unread > buffers.rx.len() {
            return Err(Misuse::BufferTooShort);
        }
        Ok(Self::new(io, buffers, 0..unread, end, None))
    }

    /// With what was read behind the opening handshake.
    pub(crate) fn new(
        io: T,
        buffers: Buffers<'b>,
        unread: Range<usize>,
        end: E,
        subprotocol: Option<&'b str>,
    ) -> Self {
        let Buffers { rx, tx, flushes } = buffers;
        Self {
            io,
            inbox: Inbox::new(rx, unread, E::PEER_MASKS),
            out: Out::new(tx, end, flushes),
            subprotocol,
            fate: Fate::Open,
        }
    }

    /// The subprotocol that both ends agreed on, if any.
    pub const fn subprotocol(&self) -> Option<&'b str> {
        self.subprotocol
    }

    /// The longest message that [`receive`](Self::receive) takes, in bytes: one less than `rx`.
    pub const fn max_message_size(&self) -> usize {
        self.inbox.limit()
    }

    /// Whether there is nothing more to receive: the peer has closed, or the connection has failed.
    pub const fn is_over(&self) -> bool {
        matches!(self.fate, Fate::Closed | Fate::Failed(_) | Fate::Over)
    }

    /// The stream.
    pub const fn io(&self) -> &T {
        &self.io
    }

    /// Gives the stream back. What was fed and not written is lost.
    pub fn into_io(self) -> T {
        self.io
    }
}

impl<'b, T: Read + Write, E: End> WebSocket<'b, T, E> {
    /// Waits for what the peer does next, and lends it.
    ///
    /// `None` once the connection has ended: with a closing handshake, or after an error that was
    /// returned before. Whatever has been fed is written before this waits. After
    /// [`Event::Close`] go on until `None`, or call [`close`](Self::close): only then is the
    /// answer written.
    ///
    /// If the stream's reads and writes lose nothing when they are cancelled, nor does this.
    ///
    /// # Errors
    ///
    /// When the peer breaks a rule or sends a message that is longer than
    /// [`max_message_size`](Self::max_message_size), which ends the connection: it has been told.
    /// When the stream fails; if that was in writing, what the peer had sent before can still be
    /// received.
    pub async fn receive(&mut self) -> Result<Option<Event<'_>>, Error<T::Error>> {
        let event = self.exchange().await?;
        Ok(event.map(|(event, _)| event))
    }

    /// As [`receive`](Self::receive), together with an outbox to answer while the event is held.
    ///
    /// # Errors
    ///
    /// Those of [`receive`](Self::receive).
    pub async fn exchange(
        &mut self,
    ) -> Result<Option<(Event<'_>, Outbox<'_, 'b, T, E>)>, Error<T::Error>> {
        let Some(step) = self.advance(Mode::Whole).await? else {
            return Ok(None);
        };
        let Self { io, out, .. } = self;
        match self.inbox.event(step) {
            Ok(event) => Ok(Some((event, Outbox { io, out }))),
            Err(error) => {
                self.fate = Fate::Failed(error);
                tell(io, out, error).await;
                self.fate = Fate::Over;
                Err(Error::Protocol(error))
            }
        }
    }

    /// As [`receive`](Self::receive), but lends messages in chunks as they come, of any length.
    ///
    /// In the middle of a message that was begun so, `receive` passes over the rest of it.
    ///
    /// # Errors
    ///
    /// Those of [`receive`](Self::receive).
    pub async fn receive_chunk(&mut self) -> Result<Option<Event<'_, Chunk<'_>>>, Error<T::Error>> {
        let Some(step) = self.advance(Mode::Chunks).await? else {
            return Ok(None);
        };
        match self.inbox.chunk_event(step) {
            Ok(event) => Ok(Some(event)),
            Err(error) => {
                self.fate = Fate::Failed(error);
                tell(&mut self.io, &mut self.out, error).await;
                self.fate = Fate::Over;
                Err(Error::Protocol(error))
            }
        }
    }

    /// Waits until something has come.
    async fn advance(&mut self, mode: Mode) -> Result<Option<Step>, Error<T::Error>> {
        loop {
            match self.fate {
                Fate::Open => {}
                Fate::Pinged => {
                    // After our Close nothing more is sent (§5.5.1).
                    if self.out.check().is_ok() {
                        let (payload, io) = (self.inbox.control(), &mut self.io);
                        let pong = self.out.control(io, OpCode::Pong, payload).await;
                        pong.map_err(|error| self.abandon(error))?;
                    }
                    self.fate = Fate::Open;
                }
                Fate::Closed => {
                    if self.out.check().is_ok() {
                        // §5.5.1: the status code that was received is echoed.
                        let answer = self.inbox.close_frame().map(|frame| CloseFrame {
                            reason: "",
                            ..frame
                        });
                        let close = self.out.close(&mut self.io, answer).await;
                        close.map_err(|error| self.abandon(error))?;
                    }
                    let flushed = self.out.flush(&mut self.io).await;
                    self.fate = Fate::Over;
                    flushed.map_err(|error| self.abandon(error))?;
                    return Ok(None);
                }
                Fate::Failed(error) => {
                    tell(&mut self.io, &mut self.out, error).await;
                    self.fate = Fate::Over;
                    return Err(Error::Protocol(error));
                }
                Fate::Over => return Ok(None),
            }
            match self.inbox.step(mode) {
                Ok(Some(step)) => {
                    self.fate = match step {
                        Step::Ping => Fate::Pinged,
                        Step::Close => Fate::Closed,
                        Step::Message | Step::Chunk | Step::Pong => Fate::Open,
                    };
                    return Ok(Some(step));
                }
                Ok(None) => self.read().await?,
                Err(error) => self.fate = Fate::Failed(error),
            }
        }
    }

    /// Writes what stands to be written, and waits for more.
    async fn read(&mut self) -> Result<(), Error<T::Error>> {
        let pushed = self.out.push(&mut self.io).await;
        pushed.map_err(|error| self.abandon(error))?;
        let room = match self.inbox.room() {
            Ok(room) => room,
            Err(error) => {
                self.fate = Fate::Failed(error);
                return Ok(());
            }
        };
        match self.io.read(room).await {
            Ok(0) => {
                self.fate = Fate::Over;
                Err(Error::UnexpectedEof)
            }
            Ok(len) => {
                self.inbox.fill(len);
                Ok(())
            }
            Err(error) => {
                self.fate = Fate::Over;
                Err(Error::Io(error))
            }
        }
    }

    /// A stream that has failed is not written to any more.
    fn abandon(&mut self, error: Error<T::Error>) -> Error<T::Error> {
        self.out.abandon();
        error
    }

    /// Sends a message in one frame, and waits until the stream has taken it. What is sent is lent:
    /// a `&str`, a `&[u8]`, or a [`Message`].
    ///
    /// A message of which `tx` has room for all, and for 14 bytes more, is sent whole or not at all
    /// if the future is dropped. A longer one that is cancelled in its middle is
    /// [`Misuse::Interrupted`] from then on: nothing can be sent behind half of a frame.
    ///
    /// # Errors
    ///
    /// When the stream fails; after our Close; between fragments.
    pub async fn send<'m>(
        &mut self,
        message: impl Into<Message<'m>>,
    ) -> Result<(), Error<T::Error>> {
        self.outbox().send(message).await
    }

    /// Adds a message to what is written when the next receive has to wait, when `tx` is full, or
    /// by [`flush`](Self::flush). Waits only if there is no room for it in `tx`.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    pub async fn feed<'m>(
        &mut self,
        message: impl Into<Message<'m>>,
    ) -> Result<(), Error<T::Error>> {
        self.outbox().feed(message).await
    }

    /// Adds a fragment (RFC 6455 §5.4) of a message whose length is not known yet, such as readings
    /// as they are made. All of them are of one kind, and the last one, which may be empty, says
    /// so. Pings may be sent between them, other messages not.
    ///
    /// # Errors
    ///
    /// When the stream fails; after our Close; for a fragment of the other kind.
    pub async fn feed_fragment<'m>(
        &mut self,
        data: impl Into<Message<'m>>,
        last: bool,
    ) -> Result<(), Error<T::Error>> {
        self.outbox().feed_fragment(data, last).await
    }

    /// Sends a Ping with this payload, which the peer's Pong has to carry (RFC 6455 §5.5.2).
    ///
    /// # Errors
    ///
    /// When the stream fails, after our Close, and for more than 125 bytes.
    pub async fn ping(&mut self, payload: &[u8]) -> Result<(), Error<T::Error>> {
        self.outbox().ping(payload).await
    }

    /// Writes what was fed, and flushes the stream.
    ///
    /// # Errors
    ///
    /// When the stream fails.
    pub async fn flush(&mut self) -> Result<(), Error<T::Error>> {
        self.outbox().flush().await
    }

    /// Closes the connection, and tells what the peer's Close said.
    ///
    /// Writes what was fed and our Close, drops the messages that still come, up to 1 MiB of them,
    /// and waits for the peer's Close: put a deadline around it. After the peer's Close this
    /// finishes what is left to do, and `frame` is not used. Then close the transport: RFC 6455
    /// §7.1.1 wants the server to be the first.
    ///
    /// Call it again to go on, if it was cancelled.
    ///
    /// # Errors
    ///
    /// For a reason of more than 123 bytes; nothing is closed then. When the stream fails or ends
    /// before the peer's Close, or the peer breaks a rule.
    pub async fn close(
        &mut self,
        frame: Option<CloseFrame<'_>>,
    ) -> Result<Option<CloseFrame<'_>>, Error<T::Error>> {
        if !self.is_over() && !self.out.closed {
            self.outbox().close(frame).await?;
        }
        let flushed = self.out.flush(&mut self.io).await;
        flushed.map_err(|error| self.abandon(error))?;
        let mut left = PATIENCE;
        while let Some(step) = self.advance(Mode::Chunks).await? {
            if matches!(step, Step::Message | Step::Chunk) {
                left = left.saturating_sub(self.inbox.lent().max(1));
            }
            if left == 0 {
                self.fate = Fate::Over;
                return Err(Error::UnexpectedEof);
            }
        }
        Ok(self.inbox.close_frame())
    }

    /// What sends, apart from what receives.
    pub const fn outbox(&mut self) -> Outbox<'_, 'b, T, E> {
        Outbox {
            io: &mut self.io,
            out: &mut self.out,
        }
    }
}

/// Tells the peer what is wrong, as far as the stream lets us.
async fn tell<T: Write, E: End>(io: &mut T, out: &mut Out<'_, E>, error: ProtocolError) {
    let frame = CloseFrame {
        code: error.close_code(),
        reason: "",
    };
    if out.check().is_ok() && out.close(io, Some(frame)).await.is_err()
        || out.flush(io).await.is_err()
    {
        out.abandon();
    }
}
