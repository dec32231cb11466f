//! Connections of hixie-75 and hixie-76: text, and at most a way to close.
//!
//! [`Connection`] has the shape of [`crate::Connection`] without what these versions lack: binary
//! messages, fragments, Ping and Pong, close codes, extensions, masks. Of [`Config`] the limit of
//! a message and the two timeouts are used.
//!
//! [`Opening`] is the server's end of hixie-76 while the opening handshake still waits for the
//! client's last eight bytes.
//!
//! ```
//! use ws_driver::Config;
//! use ws_driver::hixie::{Connection, Event, Version};
//!
//! let mut server = Connection::server(Version::Hixie76, &Config::server());
//! let (mut read, mut out) = (*b"\x00Hello\xff\xff\x00", Vec::new());
//! let mut input = &mut read[..];
//! assert_eq!(server.receive(&mut input, &mut out)?, Some(Event::Text("Hello")));
//! server.send("Hi", &mut out)?;
//! assert_eq!(server.receive(&mut input, &mut out)?, Some(Event::Close));
//! assert_eq!(out, b"\x00Hi\xff\xff\x00");
//! assert!(server.wants_shutdown());
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

use alloc::vec::Vec;

/// Which of the two, and what a frame of theirs can break.
pub use ws_frame::hixie::{FrameError, Version};

use crate::{Closure, Config, Error, Instant, Message, Misuse, Role, State, Statistics, Timer};

mod opening;
mod outgoing;
mod reader;
mod timers;
mod writer;

pub use opening::Opening;
pub use outgoing::Outgoing;
pub use reader::Reader;
use timers::Timers;
pub use writer::Writer;

/// What the peer did, lent until the next call.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "the past is complete")]
pub enum Event<'a> {
    /// A text message.
    Text(&'a str),
    /// The peer closed; our answer, if it was still owed, is in `out` already. The last event
    /// there is, and never in hixie-75.
    Close,
}

impl<'a> From<Event<'a>> for crate::Event<'a> {
    fn from(event: Event<'a>) -> Self {
        match event {
            Event::Text(text) => Self::Message(Message::Text(text)),
            Event::Close => Self::Close(None),
        }
    }
}

/// An open connection of hixie-75 or hixie-76, without I/O.
#[derive(Debug)]
pub struct Connection {
    version: Version,
    role: Role,
    reader: Reader,
    writer: Writer,
    timers: Timers,
}

impl Connection {
    /// The client's end, right after the opening handshake.
    pub fn client(version: Version, config: &Config) -> Self {
        Self::new(version, config, Role::Client)
    }

    /// The server's end, right after the opening handshake.
    pub fn server(version: Version, config: &Config) -> Self {
        Self::new(version, config, Role::Server)
    }

    fn new(version: Version, config: &Config, role: Role) -> Self {
        Self {
            version,
            role,
            reader: Reader::new(version, config),
            writer: Writer::new(version, config),
            timers: Timers::new(config),
        }
    }

    /// Takes bytes off the front of `input` until the peer has done something; `None` means that
    /// all of `input` was taken and more is needed.
    ///
    /// # Errors
    ///
    /// For text that is not UTF-8, and above a limit. If a Close can tell the peer, it is in
    /// `out`; whatever comes after is swallowed, and later calls return `None`.
    pub fn receive(
        &mut self,
        input: &mut &mut [u8],
        out: &mut Vec<u8>,
    ) -> Result<Option<Event<'_>>, Error> {
        self.reader.receive(input, &mut self.writer, out)
    }

    /// Notes that the transport has ended, which is how hixie-75 closes.
    ///
    /// # Errors
    ///
    /// [`Error::UnexpectedEof`] inside a frame, and in hixie-76 without a closing handshake.
    pub fn receive_eof(&mut self) -> Result<(), Error> {
        self.reader.receive_eof(&mut self.writer)
    }

    /// Appends a message.
    ///
    /// # Errors
    ///
    /// After our Close, after the connection failed, and while a text that is sent in pieces is
    /// unfinished.
    pub fn send(&mut self, text: &str, out: &mut Vec<u8>) -> Result<(), Misuse> {
        self.writer.send(text, out)
    }

    /// Closes: hixie-76 appends our Close, and messages still come in until the peer's has;
    /// hixie-75 can say nothing and is closed at once.
    ///
    /// # Errors
    ///
    /// After our Close, and after the connection failed.
    pub fn close(&mut self, out: &mut Vec<u8>) -> Result<(), Misuse> {
        self.writer.close(out)
    }

    /// Lets time pass up to `now`, as [`crate::Connection::tick`] does: an idle connection is
    /// closed, and closing takes no longer than it may.
    ///
    /// # Errors
    ///
    /// [`Error::TimedOut`] when the peer did not answer our Close in time.
    pub fn tick(&mut self, now: Instant, out: &mut Vec<u8>) -> Result<Option<Instant>, Error> {
        let received = core::mem::take(&mut self.reader.activity);
        let activity = core::mem::take(&mut self.writer.activity) || received;
        if self.state() == State::Open && self.timers.is_idle(now, activity) {
            // Only after a Close can this fail.
            let _ = self.close(out);
        }
        let state = self.state();
        if state != State::Open && self.timers.is_given_up(now) && state != State::Closed {
            let error = Error::TimedOut(Timer::Close);
            return Err(self.reader.fail(error, &mut self.writer, out));
        }
        Ok(self.timers.next().map(|(at, _)| at))
    }

    /// Both halves at once, to answer while a text is held:
    ///
    /// ```
    /// # use ws_driver::Config;
    /// # use ws_driver::hixie::{Connection, Event, Version};
    /// # let mut server = Connection::server(Version::Hixie76, &Config::server());
    /// # let mut read = *b"\x00hi\xff";
    /// let (mut input, mut out) = (&mut read[..], Vec::new());
    /// let (reader, writer) = server.split_mut();
    /// while let Some(event) = reader.receive(&mut input, writer, &mut out)? {
    ///     if let Event::Text(text) = event {
    ///         writer.send(text, &mut out).expect("not closed");
    ///     }
    /// }
    /// assert_eq!(out, b"\x00hi\xff");
    /// # Ok::<(), ws_driver::Error>(())
    /// ```
    pub fn split_mut(&mut self) -> (&mut Reader, &mut Writer) {
        (&mut self.reader, &mut self.writer)
    }

    /// Which version this is.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Which end this is.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Where the connection stands.
    pub fn state(&self) -> State {
        State::derive(
            self.writer.close_sent,
            // Nothing comes after our end of hixie-75.
            self.reader.close_received || self.writer.has_ended(),
            self.reader.failure.is_some(),
        )
    }

    /// Whether the transport's write side should be closed, once all of `out` is written.
    pub fn wants_shutdown(&self) -> bool {
        // hixie-76, 1.4: who began to close ends the transport when it is answered. There is no
        // waiting for the server as in RFC 6455.
        self.state() == State::Closed
    }

    /// How the connection ended; `None` before it has. A transport that ends between two frames
    /// of hixie-75 ends cleanly: that version knows no other end.
    pub fn closure(&self) -> Option<Closure> {
        if let Some(error) = self.reader.failure {
            return Some(Closure::Failed(error));
        }
        if self.state() != State::Closed {
            return None;
        }
        // If both closed at once, we did.
        let by = match (self.role, self.reader.peer_closed_first) {
            (Role::Client, false) | (Role::Server, true) => Role::Client,
            (Role::Server, false) | (Role::Client, true) => Role::Server,
        };
        Some(Closure::Clean { code: None, by })
    }

    /// What the deadline that [`tick`](Self::tick) returned is for.
    pub fn next_timer(&self) -> Option<Timer> {
        self.timers.next().map(|(_, timer)| timer)
    }

    /// What the connection has done so far: the frames of messages, and no others.
    pub fn statistics(&self) -> Statistics {
        Statistics {
            received: self.reader.received,
            sent: self.writer.sent,
            round_trip: None,
        }
    }
}

#[cfg(test)]
mod tests;
