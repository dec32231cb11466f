//! An open connection.

use core::ops::Range;

use embedded_io_async::{Read, Write};
use ws_frame::{CloseFrame, OpCode};

use crate::end::{Client, End, MaskKeys, Server};
use crate::inbox::{Inbox, Mode, Step};
use crate::out::Out;
use crate::{Buffers, Chunk, Error, Event, Message, Misuse, Outbox, ProtocolError};

/// How much is read from the beginning of closing to the peer's Close, in bytes.
const PATIENCE: usize = 1 << 20;

/// An open WebSocket connection over `T`, a stream that is read and written. `E` is its end:
/// [`Server`] or [`Client`].
///
/// Pings are answered while anything is received, and only then; so two ends that both send without
/// receiving can wait for each other for ever. It is not split: one task holds it, waits for
/// [`exchange`](Self::exchange) and for what others have to say, whichever is first, and sends that.
///
/// After the end the stream is the caller's again: by [`into_parts`](Self::into_parts), or because
/// what was given is a `&mut`.
#[derive(Debug)]
pub struct WebSocket<'b, T, E> {
    io: T,
    inbox: Inbox<'b>,
    out: Out<'b, E>,
    subprotocol: Option<&'b str>,
    fate: Fate,
    /// What is left of [`PATIENCE`]; `None` before closing.
    patience: Option<usize>,
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
    Over {
        is_clean: bool,
    },
}

/// How a connection ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "in order or not")]
pub enum Closure<'a> {
    /// The peer has sent a Close, which said this (RFC 6455 §7.1.4).
    Clean(Option<CloseFrame<'a>>),
    /// Without one; an error has told why.
    Failed,
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
            patience: None,
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

    /// How the connection ended; `None` before it has. [`Event::Close`] and the error of a rule that
    /// was broken come before the end: the next receive ends it.
    pub fn closure(&self) -> Option<Closure<'_>> {
        match self.fate {
            Fate::Over { is_clean: true } => Some(Closure::Clean(self.inbox.close_frame())),
            Fate::Over { is_clean: false } => Some(Closure::Failed),
            _ => None,
        }
    }

    /// The stream.
    pub const fn io(&self) -> &T {
        &self.io
    }

    /// The stream, to set something about it: whoever reads or writes it breaks the connection.
    pub const fn io_mut(&mut self) -> &mut T {
        &mut self.io
    }

    /// Gives back the stream and the buffers, and how many bytes at the front of `rx` were read and
    /// not looked at.
    ///
    /// What was fed and not written is lost, and so is a message that has come in part: flush
    /// first, and do it between messages, if the connection is to go on.
    pub fn into_parts(self) -> (T, Buffers<'b>, usize) {
        let (rx, unread) = self.inbox.into_buffer();
        let (tx, flushes) = self.out.into_buffer();
        (self.io, Buffers { rx, tx, flushes }, unread)
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
    /// If the stream's reads and writes lose nothing when they are cancelled, nor does this. Fragments
    /// are joined as they come and hold nothing, so their number has no limit.
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
            Err(error) => Err(broken(&mut self.fate, io, out, error).await),
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
            Err(error) => Err(broken(&mut self.fate, &mut self.io, &mut self.out, error).await),
        }
    }

    /// As [`receive`](Self::receive), for who wants messages alone: passes over Ping, Pong and
    /// Close.
    ///
    /// # Errors
    ///
    /// Those of [`receive`](Self::receive).
    pub async fn receive_message(&mut self) -> Result<Option<Message<'_>>, Error<T::Error>> {
        loop {
            match self.advance(Mode::Whole).await? {
                None => return Ok(None),
                Some(Step::Message) => break,
                Some(_) => {}
            }
        }
        match self.inbox.data() {
            Ok(message) => Ok(Some(message)),
            Err(error) => Err(broken(&mut self.fate, &mut self.io, &mut self.out, error).await),
        }
    }

    /// Waits until something has come.
    async fn advance(&mut self, mode: Mode) -> Result<Option<Step>, Error<T::Error>> {
        loop {
            self.settle().await?;
            if let Fate::Over { .. } = self.fate {
                return Ok(None);
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

    /// Does what is due.
    async fn settle(&mut self) -> Result<(), Error<T::Error>> {
        match self.fate {
            Fate::Open | Fate::Over { .. } => {}
            Fate::Pinged => {
                // After our Close nothing more is sent (§5.5.1).
                if self.out.check().is_ok() {
                    let (payload, io) = (self.inbox.control(), &mut self.io);
                    self.out.control(io, OpCode::Pong, payload).await?;
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
                    self.out.close(&mut self.io, answer).await?;
                }
                self.out.flush(&mut self.io).await?;
                self.fate = Fate::Over { is_clean: true };
            }
            Fate::Failed(error) => {
                return Err(broken(&mut self.fate, &mut self.io, &mut self.out, error).await);
            }
        }
        Ok(())
    }

    /// Writes what stands to be written, and waits for more.
    async fn read(&mut self) -> Result<(), Error<T::Error>> {
        self.out.push(&mut self.io).await?;
        if self.patience == Some(0) {
            return Err(self.fail(Error::CloseUnanswered));
        }
        let room = match self.inbox.room() {
            Ok(room) => room,
            Err(error) => {
                self.fate = Fate::Failed(error);
                return Ok(());
            }
        };
        match self.io.read(room).await {
            Ok(0) => Err(self.fail(Error::UnexpectedEof)),
            Ok(len) => {
                self.patience = self.patience.map(|left| left.saturating_sub(len));
                self.inbox.fill(len);
                Ok(())
            }
            Err(error) => Err(self.fail(Error::Io(error))),
        }
    }

    /// Nothing more comes, and nothing need be sent.
    fn fail(&mut self, error: Error<T::Error>) -> Error<T::Error> {
        self.fate = Fate::Over { is_clean: false };
        self.out.end();
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
    /// It waits for the stream, as all that sends: a peer that has vanished takes nothing, so put a
    /// deadline around it.
    ///
    /// # Errors
    ///
    /// When the stream fails, after our Close, and for more than 125 bytes.
    pub async fn ping(&mut self, payload: &[u8]) -> Result<(), Error<T::Error>> {
        self.outbox().ping(payload).await
    }

    /// Answers what is to be answered, writes what was fed, and flushes the stream.
    ///
    /// Behind this the next receive does nothing but read, up to an error. So call it before each
    /// if the stream's writes cannot be cancelled without loss, as those of TLS often cannot.
    ///
    /// # Errors
    ///
    /// When the stream fails, and those of [`receive`](Self::receive) that were found and not told.
    pub async fn flush(&mut self) -> Result<(), Error<T::Error>> {
        self.settle().await?;
        self.out.flush(&mut self.io).await
    }

    /// Closes the connection, and tells what the peer's Close said.
    ///
    /// Writes what was fed and our Close, drops the messages that still come, and waits for the
    /// peer's Close, through 1 MiB at most: put a deadline around it. After the peer's Close this
    /// finishes what is left to do, and `frame` is not used. Then close the transport: RFC 6455
    /// §7.1.1 wants the server to be the first.
    ///
    /// Call it again to go on, if it was cancelled, and for the same answer, if it was not.
    ///
    /// # Errors
    ///
    /// For a reason of more than 123 bytes, and nothing is closed then. When a longer message was
    /// cancelled: no Close can be sent behind half of it. When the stream fails or ends before the
    /// peer's Close, or the peer breaks a rule of framing; [`Error::CloseUnanswered`];
    /// [`Error::AlreadyFailed`].
    pub async fn close(
        &mut self,
        frame: Option<CloseFrame<'_>>,
    ) -> Result<Option<CloseFrame<'_>>, Error<T::Error>> {
        if matches!(self.fate, Fate::Open | Fate::Pinged) {
            self.patience = self.patience.or(Some(PATIENCE));
            self.settle().await?;
            if !self.out.is_closed() {
                self.outbox().close(frame).await?;
            }
            self.out.flush(&mut self.io).await?;
        }
        while self.advance(Mode::Discard).await?.is_some() {}
        match self.closure() {
            Some(Closure::Clean(_)) => Ok(self.inbox.close_frame()),
            _ => Err(Error::AlreadyFailed),
        }
    }

    /// What sends, apart from what receives.
    pub const fn outbox(&mut self) -> Outbox<'_, 'b, T, E> {
        Outbox {
            io: &mut self.io,
            out: &mut self.out,
        }
    }
}

/// Ends a connection whose peer broke a rule: tells it, as far as the stream lets us. Dropped on the
/// way, this is done again by whatever comes next.
async fn broken<T: Write, E: End>(
    fate: &mut Fate,
    io: &mut T,
    out: &mut Out<'_, E>,
    error: ProtocolError,
) -> Error<T::Error> {
    *fate = Fate::Failed(error);
    let frame = CloseFrame {
        code: error.close_code(),
        reason: "",
    };
    // Either may fail, and then there is nobody to tell.
    if out.check().is_ok() {
        let _ = out.close(io, Some(frame)).await;
    }
    let _ = out.flush(io).await;
    out.end();
    *fate = Fate::Over { is_clean: false };
    Error::Protocol(error)
}
