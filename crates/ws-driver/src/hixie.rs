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

use alloc::string::String;
use alloc::vec::Vec;

use ws_frame::Utf8Decoder;
use ws_frame::hixie::{CLOSE, FrameDecoder, TEXT_END, TEXT_START};
/// Which of the two, and what a frame of theirs can break.
pub use ws_frame::hixie::{FrameError, Version};

use crate::{Closure, Config, Error, Instant, Message, Misuse, Role, State, Statistics, Timer};

mod inbound;
mod opening;
mod timers;

pub use opening::Opening;
use timers::Timers;

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
    decoder: FrameDecoder,
    limit: usize,
    /// The text under way, or the one that was lent last.
    text: String,
    utf8: Utf8Decoder,
    /// How many bytes of the text under way have come.
    size: usize,
    ready: Ready,
    close_sent: bool,
    close_received: bool,
    /// Who closed first; if both did at once, we.
    closed_by: Option<Role>,
    failure: Option<Error>,
    /// A message came or went since the last tick.
    activity: bool,
    statistics: Statistics,
    timers: Timers,
}

/// Which event stands ready.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Ready {
    Nothing,
    Text,
    /// A text that was lent and is done with.
    Delivered,
    Close,
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
            // What is passed over takes no memory, but neither may it go on without end.
            decoder: FrameDecoder::new(version, config.max_message_size as u64),
            limit: config.max_message_size,
            text: String::new(),
            utf8: Utf8Decoder::new(),
            size: 0,
            ready: Ready::Nothing,
            close_sent: false,
            close_received: false,
            closed_by: None,
            failure: None,
            activity: false,
            statistics: Statistics::default(),
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
        self.advance(input, out)?;
        Ok(self.event())
    }

    /// The first step of [`receive`](Self::receive): takes bytes until an event stands ready, and
    /// tells whether one does.
    ///
    /// # Errors
    ///
    /// Those of [`receive`](Self::receive).
    pub fn advance(&mut self, input: &mut &mut [u8], out: &mut Vec<u8>) -> Result<bool, Error> {
        match self.ready {
            Ready::Text | Ready::Close => return Ok(true),
            Ready::Delivered => {
                self.text.clear();
                self.ready = Ready::Nothing;
            }
            Ready::Nothing => {}
        }
        if !self.is_over() {
            if let Err(error) = self.find(input, out) {
                *input = &mut [];
                return Err(self.fail(error, out));
            }
            if self.ready != Ready::Nothing {
                return Ok(true);
            }
        }
        // Nothing after the end is interpreted.
        *input = &mut [];
        if self.size == 0 {
            // An idle connection holds no memory.
            self.text = String::new();
        }
        Ok(false)
    }

    /// The second step of [`receive`](Self::receive): lends the event that stands ready. `None`
    /// if none does.
    pub fn event(&mut self) -> Option<Event<'_>> {
        match self.ready {
            Ready::Text => {
                self.ready = Ready::Delivered;
                Some(Event::Text(&self.text))
            }
            Ready::Close => {
                self.ready = Ready::Nothing;
                Some(Event::Close)
            }
            Ready::Nothing | Ready::Delivered => None,
        }
    }

    /// Notes that the transport has ended, which is how hixie-75 closes.
    ///
    /// # Errors
    ///
    /// [`Error::UnexpectedEof`] inside a frame, and in hixie-76 without a closing handshake.
    pub fn receive_eof(&mut self) -> Result<(), Error> {
        if self.is_over() {
            return Ok(());
        }
        if self.version == Version::Hixie75 && self.decoder.is_between_frames() {
            self.end(self.peer());
            return Ok(());
        }
        Err(self.fail(Error::UnexpectedEof, &mut Vec::new()))
    }

    /// Appends a message.
    ///
    /// # Errors
    ///
    /// After our Close, and after the connection failed.
    pub fn send(&mut self, text: &str, out: &mut Vec<u8>) -> Result<(), Misuse> {
        self.admit()?;
        append(text, out);
        self.statistics.sent.frame(text.len() as u64);
        self.statistics.sent.messages += 1;
        self.activity = true;
        Ok(())
    }

    /// Closes: hixie-76 appends our Close, and messages still come in until the peer's has;
    /// hixie-75 can say nothing and is closed at once.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    pub fn close(&mut self, out: &mut Vec<u8>) -> Result<(), Misuse> {
        self.admit()?;
        match self.version {
            Version::Hixie75 => self.end(self.role),
            Version::Hixie76 => {
                self.closed_by = Some(self.role);
                self.send_close(out);
            }
        }
        Ok(())
    }

    /// Lets time pass up to `now`, as [`crate::Connection::tick`] does: an idle connection is
    /// closed, and closing takes no longer than it may.
    ///
    /// # Errors
    ///
    /// [`Error::TimedOut`] when the peer did not answer our Close in time.
    pub fn tick(&mut self, now: Instant, out: &mut Vec<u8>) -> Result<Option<Instant>, Error> {
        let activity = core::mem::take(&mut self.activity);
        if self.state() == State::Open && self.timers.is_idle(now, activity) {
            // Only after a Close can this fail.
            let _ = self.close(out);
        }
        if self.state() != State::Open && self.timers.is_given_up(now) && !self.is_over() {
            return Err(self.fail(Error::TimedOut(Timer::Close), out));
        }
        Ok(self.timers.next().map(|(at, _)| at))
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
        State::derive(self.close_sent, self.close_received, self.failure.is_some())
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
        if let Some(error) = self.failure {
            return Some(Closure::Failed(error));
        }
        if self.state() != State::Closed {
            return None;
        }
        let by = self.closed_by?;
        Some(Closure::Clean { code: None, by })
    }

    /// What the deadline that [`tick`](Self::tick) returned is for.
    pub fn next_timer(&self) -> Option<Timer> {
        self.timers.next().map(|(_, timer)| timer)
    }

    /// What the connection has done so far: the frames of messages, and no others.
    pub fn statistics(&self) -> Statistics {
        self.statistics
    }

    fn send_close(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(&CLOSE);
        self.close_sent = true;
    }

    /// Ends hixie-75, where nothing is said and nothing awaited.
    fn end(&mut self, by: Role) {
        self.closed_by = Some(by);
        self.close_sent = true;
        self.close_received = true;
        self.size = 0;
    }

    /// Ends the connection; that it ends is all that the peer can be told.
    fn fail(&mut self, error: Error, out: &mut Vec<u8>) -> Error {
        let can_tell = error.close_code().is_some() && self.version == Version::Hixie76;
        if can_tell && !self.close_sent {
            self.send_close(out);
        }
        self.failure = Some(error);
        self.size = 0;
        self.text = String::new();
        self.ready = Ready::Nothing;
        error
    }

    fn admit(&self) -> Result<(), Misuse> {
        if self.close_sent || self.failure.is_some() {
            Err(Misuse::SendAfterClose)
        } else {
            Ok(())
        }
    }

    fn peer(&self) -> Role {
        match self.role {
            Role::Client => Role::Server,
            Role::Server => Role::Client,
        }
    }

    /// Whether nothing more will come.
    fn is_over(&self) -> bool {
        self.close_received || self.failure.is_some()
    }
}

/// Appends `text` as a frame.
fn append(text: &str, out: &mut Vec<u8>) {
    out.reserve(text.len() + 2);
    out.push(TEXT_START);
    out.extend_from_slice(text.as_bytes());
    out.push(TEXT_END);
}

#[cfg(test)]
mod tests;
