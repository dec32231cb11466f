//! One end of a pair, and what it has seen.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::mem;
use core::time::Duration;

use ws_driver::{Closure, Connection, Error, Event, Instant, Message, Misuse, PingId};
use ws_frame::{CloseCode, CloseFrame};

/// One end: a connection, what it has written, and what it has seen.
#[derive(Debug)]
pub struct Endpoint {
    connection: Connection,
    out: Vec<u8>,
    log: Vec<(Duration, Seen)>,
    written: Vec<u8>,
    deadline: Option<Duration>,
    /// It failed: its last bytes go out, then nothing is read or told any more.
    failed: bool,
    shut: bool,
}

impl Endpoint {
    pub(super) const fn new(connection: Connection) -> Self {
        Self {
            connection,
            out: Vec::new(),
            log: Vec::new(),
            written: Vec::new(),
            deadline: None,
            failed: false,
            shut: false,
        }
    }

    /// Sends a whole message.
    ///
    /// # Errors
    ///
    /// Those of [`Connection::send`].
    pub fn send<'m>(&mut self, message: impl Into<Message<'m>>) -> Result<(), Misuse> {
        self.connection.send(message.into(), &mut self.out)
    }

    /// Sends a Ping.
    ///
    /// # Errors
    ///
    /// Those of [`Connection::ping`].
    pub fn ping(&mut self, payload: &[u8]) -> Result<PingId, Misuse> {
        self.connection.ping(payload, &mut self.out)
    }

    /// Begins to close.
    ///
    /// # Errors
    ///
    /// Those of [`Connection::close`].
    pub fn close(&mut self, code: CloseCode, reason: &str) -> Result<(), Misuse> {
        self.connection
            .close(Some(CloseFrame { code, reason }), &mut self.out)
    }

    /// Does anything else with the connection and the bytes that it has yet to write.
    ///
    /// Bytes that a test appends by itself reach the peer as they are:
    ///
    /// ```
    /// # use hybi_testkit::{pair::{Pair, Seen}, wire::Frame};
    /// # use ws_driver::Config;
    /// let mut pair = Pair::new(&Config::client(), &Config::server());
    /// pair.client.act(|_, out| out.extend(Frame::text("not masked").bytes()));
    /// pair.drive();
    /// assert!(matches!(pair.server.take_log()[..], [Seen::Error(_)]));
    /// assert!(matches!(pair.client.take_log()[..], [Seen::Close(Some((1002, _))), Seen::Eof]));
    /// ```
    pub fn act<R>(&mut self, act: impl FnOnce(&mut Connection, &mut Vec<u8>) -> R) -> R {
        act(&mut self.connection, &mut self.out)
    }

    /// The connection, to be asked about itself.
    pub const fn connection(&self) -> &Connection {
        &self.connection
    }

    /// How the connection ended; `None` before it has.
    pub fn closure(&self) -> Option<Closure> {
        self.connection.closure()
    }

    /// What it has seen so far, and when.
    pub fn log(&self) -> &[(Duration, Seen)] {
        &self.log
    }

    /// What it has seen since the last call of this method.
    pub fn take_log(&mut self) -> Vec<Seen> {
        mem::take(&mut self.log)
            .into_iter()
            .map(|(_, seen)| seen)
            .collect()
    }

    /// All bytes that it has written so far, for [`wire::frames`](crate::wire::frames).
    pub fn written(&self) -> &[u8] {
        &self.written
    }

    /// Whether it has closed its write side.
    pub const fn is_shut(&self) -> bool {
        self.shut
    }

    pub(super) fn tick(&mut self, now: Duration) {
        if self.failed {
            self.deadline = None;
            return;
        }
        match self
            .connection
            .tick(Instant::from_duration(now), &mut self.out)
        {
            Ok(deadline) => self.deadline = deadline.map(Instant::since_epoch),
            Err(error) => self.fail(error, now),
        }
    }

    pub(super) fn receive(&mut self, bytes: &mut [u8], now: Duration) {
        let mut input = bytes;
        while !self.failed {
            match self.connection.receive(&mut input, &mut self.out) {
                Ok(Some(event)) => self.log.push((now, event.into())),
                Ok(None) => {
                    assert!(
                        input.is_empty(),
                        "it wants more and has left {} bytes",
                        input.len()
                    );
                    return;
                }
                Err(error) => self.fail(error, now),
            }
        }
    }

    /// Gives what it has to write, and whether its write side ends after that.
    pub(super) fn write(&mut self, now: Duration) -> (Vec<u8>, bool) {
        let mut bytes = mem::take(&mut self.out);
        if self.shut {
            // What comes after the end was told has nowhere to go.
            bytes.clear();
        }
        let ends = !self.shut && (self.failed || self.connection.wants_shutdown());
        self.shut |= ends;
        self.written.extend_from_slice(&bytes);
        if !bytes.is_empty() {
            // One Pong may have waited until all of `out` was written.
            self.receive(&mut [], now);
        }
        (bytes, ends)
    }

    /// When it wants to be told the time again.
    pub(super) const fn deadline(&self) -> Option<Duration> {
        self.deadline
    }

    pub(super) fn receive_eof(&mut self, now: Duration) {
        if self.failed {
            return;
        }
        match self.connection.receive_eof() {
            Ok(()) => self.log.push((now, Seen::Eof)),
            Err(error) => self.fail(error, now),
        }
    }

    fn fail(&mut self, error: Error, now: Duration) {
        self.log.push((now, Seen::Error(error)));
        self.failed = true;
    }
}

/// What an end has seen: an [`Event`] that owns what it carries, or the end of the stream.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Seen {
    /// A text message.
    Text(String),
    /// A binary message.
    Binary(Vec<u8>),
    /// A Ping. The end has answered it.
    Ping(Vec<u8>),
    /// A Pong.
    Pong {
        /// What it carries.
        payload: Vec<u8>,
        /// Which of the end's pings it answers.
        answers: Option<PingId>,
    },
    /// The peer's Close: the number of its code, and its reason.
    Close(Option<(u16, String)>),
    /// The peer closed its write side after a closing handshake.
    Eof,
    /// The connection failed. Nothing follows.
    Error(Error),
}

impl From<Event<'_>> for Seen {
    /// # Panics
    ///
    /// On a kind of event that this version of the kit does not know.
    fn from(event: Event<'_>) -> Self {
        match event {
            Event::Message(Message::Text(text)) => Self::Text(text.to_owned()),
            Event::Message(Message::Binary(bytes)) => Self::Binary(bytes.to_vec()),
            Event::Ping(payload) => Self::Ping(payload.to_vec()),
            Event::Pong { payload, answers } => Self::Pong {
                payload: payload.to_vec(),
                answers,
            },
            Event::Close(frame) => {
                Self::Close(frame.map(|frame| (frame.code.get(), frame.reason.to_owned())))
            }
            unknown => panic!("the test kit does not know {unknown:?}"),
        }
    }
}
