//! A connection of any version.

use alloc::vec::Vec;

use ws_extensions::Sessions;
use ws_frame::CloseFrame;

use crate::{
    Chunk, Closure, Config, Connection, Error, Event, Instant, Kind, Message, Misuse, PingId,
    Reader, Role, State, Statistics, Timer, Writer,
};
#[cfg(feature = "drafts")]
use {
    crate::early::FrameDecoder as ScrambledFrames, crate::hixie::Connection as TextConnection,
    alloc::boxed::Box,
};

/// Does the same with whichever connection this is, or whichever half of one.
macro_rules! each {
    ($any:ident, $rare:ident, $value:expr, $it:ident => $done:expr) => {
        match $value {
            $any::Rfc6455($it) => $done,
            #[cfg(feature = "drafts")]
            $any::Rare(rare) => $crate::driver::rarely(|| match rare {
                $rare::Scrambled($it) => $done,
                $rare::Texts($it) => $done,
            }),
        }
    };
}

/// Keeps what is done with other versions apart, so that the compiler has only the usual one to
/// take in where it is met.
#[cfg(feature = "drafts")]
#[cold]
#[inline(never)]
fn rarely<R>(done: impl FnOnce() -> R) -> R {
    done()
}

#[cfg(feature = "drafts")]
mod hixie;
mod reader;
mod writer;

pub use reader::DriverReader;
pub use writer::{DriverOutgoing, DriverWriter};

/// An open connection of any version that is compiled in, with the verbs of [`Connection`].
///
/// Made from one of a known version. Without the feature `drafts` there is no other than
/// [`Connection`], and this costs nothing.
///
/// What a version lacks is [`Misuse::Unsupported`]:
///
/// | version | has no |
/// |---|---|
/// | 4 to 6 | [`pong`](DriverWriter::pong) that nobody asked for |
/// | hixie-75, hixie-76 | binary messages, Ping and Pong, and messages in pieces that are larger than [`max_message_size`](crate::Config::max_message_size): they are gathered |
///
/// What a [`close`](Self::close) says is no misuse: before version 6 it is checked and left out.
///
/// ```
/// use ws_driver::{Config, Connection, Driver, Event};
///
/// let mut server = Driver::from(Connection::server(&Config::server()));
/// let mut read = *b"\x81\x82\0\0\0\0hi";
/// let (mut input, mut out) = (&mut read[..], Vec::new());
/// let (mut reader, mut writer) = server.split_mut();
/// while let Some(event) = reader.reborrow().receive(&mut input, &mut writer, &mut out)? {
///     if let Event::Message(message) = event {
///         writer.send(message, &mut out)?;
///     }
/// }
/// assert_eq!(out, b"\x81\x02hi");
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Driver(Any);

/// The halves of a [`Driver`], told apart by how often they are met.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "the usual ones, and all others")]
pub enum Halves<'d> {
    /// Those of RFC 6455 and of the versions with its frames.
    Usual(&'d mut Reader, &'d mut Writer),
    /// Those of another version, which there are only with the feature `drafts`.
    Rare(DriverReader<'d>, DriverWriter<'d>),
}

/// The rare ones are boxed, so that all are as large as the usual one, and apart, so that one
/// comparison tells them from it.
#[derive(Debug)]
#[cfg_attr(
    feature = "drafts",
    expect(clippy::large_enum_variant, reason = "nearly all are the large one")
)]
enum Any {
    Rfc6455(Connection),
    #[cfg(feature = "drafts")]
    Rare(Rare),
}

#[cfg(feature = "drafts")]
#[derive(Debug)]
enum Rare {
    Scrambled(Box<Connection<ScrambledFrames>>),
    Texts(Box<TextConnection>),
}

impl From<Connection> for Driver {
    fn from(connection: Connection) -> Self {
        Self(Any::Rfc6455(connection))
    }
}

#[cfg(feature = "drafts")]
impl From<Connection<ScrambledFrames>> for Driver {
    fn from(connection: Connection<ScrambledFrames>) -> Self {
        Self(Any::Rare(Rare::Scrambled(Box::new(connection))))
    }
}

#[cfg(feature = "drafts")]
impl From<TextConnection> for Driver {
    fn from(connection: TextConnection) -> Self {
        Self(Any::Rare(Rare::Texts(Box::new(connection))))
    }
}

impl Driver {
    /// The same with extensions; see [`Connection::with_extensions`]. Versions before 7 know none:
    /// there this does nothing.
    pub fn with_extensions(self, sessions: Sessions, config: &Config) -> Self {
        match self.0 {
            Any::Rfc6455(connection) => connection.with_extensions(sessions, config).into(),
            #[cfg(feature = "drafts")]
            other => Self(other),
        }
    }

    /// Takes bytes off the front of `input` until the peer has done something; see
    /// [`Connection::receive`].
    ///
    /// # Errors
    ///
    /// When the peer breaks a rule or a limit.
    #[inline]
    pub fn receive<'e, 'b: 'e>(
        &'e mut self,
        input: &mut &'b mut [u8],
        out: &mut Vec<u8>,
    ) -> Result<Option<Event<'e>>, Error> {
        let (reader, mut writer) = self.split_mut();
        reader.receive(input, &mut writer, out)
    }

    /// As [`receive`](Self::receive), but delivers messages in chunks as they come; see
    /// [`Connection::receive_chunk`]. A message of hixie-75 or hixie-76 is one chunk, and keeps
    /// within [`max_message_size`](crate::Config::max_message_size).
    ///
    /// # Errors
    ///
    /// When the peer breaks a rule or a limit.
    #[inline]
    pub fn receive_chunk<'e, 'b: 'e>(
        &'e mut self,
        input: &mut &'b mut [u8],
        out: &mut Vec<u8>,
    ) -> Result<Option<Event<'e, Chunk<'e>>>, Error> {
        let (reader, mut writer) = self.split_mut();
        reader.receive_chunk(input, &mut writer, out)
    }

    /// Notes that the transport has ended.
    ///
    /// # Errors
    ///
    /// [`Error::UnexpectedEof`] if there was no closing handshake and no failure before. hixie-75
    /// closes by this, between two messages.
    pub fn receive_eof(&mut self) -> Result<(), Error> {
        each!(Any, Rare, &mut self.0, it => it.receive_eof())
    }

    /// Appends a whole message.
    ///
    /// # Errors
    ///
    /// After our Close, while a message that is sent in pieces is unfinished, and for a kind that
    /// the version does not have.
    #[inline]
    pub fn send(&mut self, message: Message<'_>, out: &mut Vec<u8>) -> Result<(), Misuse> {
        self.split_mut().1.send(message, out)
    }

    /// Begins a message that is sent in pieces; see [`DriverWriter::start`].
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    pub fn start(&mut self, kind: Kind) -> Result<DriverOutgoing<'_>, Misuse> {
        self.split_mut().1.into_start(kind)
    }

    /// Appends a Ping and names it; see [`Connection::ping`].
    ///
    /// # Errors
    ///
    /// After our Close, for more than 125 bytes, and if the version has no pings.
    pub fn ping(&mut self, payload: &[u8], out: &mut Vec<u8>) -> Result<PingId, Misuse> {
        self.split_mut().1.ping(payload, out)
    }

    /// Appends our Close; see [`Connection::close`] and [`DriverWriter::close`].
    ///
    /// # Errors
    ///
    /// After our Close, and for a reason of more than 123 bytes.
    pub fn close(
        &mut self,
        frame: Option<CloseFrame<'_>>,
        out: &mut Vec<u8>,
    ) -> Result<(), Misuse> {
        self.split_mut().1.close(frame, out)
    }

    /// Puts extensions to sleep; see [`Connection::sleep`].
    pub fn sleep(&mut self) {
        match &mut self.0 {
            Any::Rfc6455(connection) => connection.sleep(),
            #[cfg(feature = "drafts")]
            Any::Rare(_) => {}
        }
    }

    /// How many bytes of heap extensions hold for this connection.
    pub fn extension_memory(&self) -> usize {
        match &self.0 {
            Any::Rfc6455(connection) => connection.extension_memory(),
            #[cfg(feature = "drafts")]
            Any::Rare(_) => 0,
        }
    }

    /// Lets time pass up to `now`; see [`Connection::tick`].
    ///
    /// # Errors
    ///
    /// [`Error::TimedOut`] when the peer did not answer in time.
    #[inline]
    pub fn tick(&mut self, now: Instant, out: &mut Vec<u8>) -> Result<Option<Instant>, Error> {
        each!(Any, Rare, &mut self.0, it => it.tick(now, out))
    }

    /// Both halves at once, to answer while an event is held.
    #[inline]
    pub fn split_mut(&mut self) -> (DriverReader<'_>, DriverWriter<'_>) {
        match self.halves() {
            Halves::Usual(reader, writer) => (reader.into(), writer.into()),
            Halves::Rare(reader, writer) => (reader, writer),
        }
    }

    /// Both halves at once, the usual ones as they are: who asks this in a hot loop spares a
    /// comparison at each step.
    #[inline]
    pub fn halves(&mut self) -> Halves<'_> {
        match &mut self.0 {
            Any::Rfc6455(connection) => {
                let (reader, writer) = connection.split_mut();
                Halves::Usual(reader, writer)
            }
            #[cfg(feature = "drafts")]
            Any::Rare(rare) => {
                let (reader, writer) = rare.split_mut();
                Halves::Rare(reader, writer)
            }
        }
    }

    /// Which end this is.
    pub fn role(&self) -> Role {
        each!(Any, Rare, &self.0, it => it.role())
    }

    /// Where the connection stands.
    #[inline]
    pub fn state(&self) -> State {
        each!(Any, Rare, &self.0, it => it.state())
    }

    /// Whether the transport's write side should be closed, once all of `out` is written; see
    /// [`Connection::wants_shutdown`].
    #[inline]
    pub fn wants_shutdown(&self) -> bool {
        each!(Any, Rare, &self.0, it => it.wants_shutdown())
    }

    /// How the connection ended; `None` before it has.
    pub fn closure(&self) -> Option<Closure> {
        each!(Any, Rare, &self.0, it => it.closure())
    }

    /// What the peer's Close said; `None` before it came, if it was empty, and before version 6.
    pub fn close_frame(&self) -> Option<CloseFrame<'_>> {
        match &self.0 {
            Any::Rfc6455(connection) => connection.close_frame(),
            #[cfg(feature = "drafts")]
            Any::Rare(Rare::Scrambled(connection)) => connection.close_frame(),
            #[cfg(feature = "drafts")]
            Any::Rare(Rare::Texts(_)) => None,
        }
    }

    /// What the deadline that [`tick`](Self::tick) returned is for.
    pub fn next_timer(&self) -> Option<Timer> {
        each!(Any, Rare, &self.0, it => it.next_timer())
    }

    /// What the connection has done so far.
    pub fn statistics(&self) -> Statistics {
        each!(Any, Rare, &self.0, it => it.statistics())
    }
}

#[cfg(feature = "drafts")]
impl Rare {
    fn split_mut(&mut self) -> (DriverReader<'_>, DriverWriter<'_>) {
        match self {
            Self::Scrambled(connection) => {
                let (reader, writer) = connection.split_mut();
                (reader.into(), writer.into())
            }
            Self::Texts(connection) => {
                let (reader, writer) = connection.split_mut();
                (reader.into(), writer.into())
            }
        }
    }
}

#[cfg(test)]
mod tests;
