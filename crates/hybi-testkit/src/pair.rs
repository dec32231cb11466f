//! Two connections and one clock that only the test moves.
//!
//! ```
//! use core::time::Duration;
//! use hybi_testkit::pair::{Pair, Seen};
//! use ws_driver::{Config, KeepAlive};
//!
//! let mut server = Config::server();
//! server.keep_alive = Some(KeepAlive::DEFAULT);
//! let mut pair = Pair::new(&Config::client(), &server).latency(Duration::from_millis(30));
//!
//! pair.client.send("hello").expect("open");
//! pair.drive();
//! assert!(pair.server.take_log().is_empty(), "it is still under way");
//! pair.advance(Duration::from_millis(30));
//! assert_eq!(pair.server.take_log(), [Seen::Text("hello".into())]);
//!
//! // After 20 seconds of silence the server asks, and the client answers by itself.
//! pair.advance(Duration::from_secs(21));
//! assert!(matches!(pair.client.take_log()[..], [Seen::Ping(_)]));
//!
//! pair.sever();
//! pair.advance(Duration::from_secs(41));
//! assert!(matches!(pair.server.take_log()[..], [Seen::Pong { .. }, Seen::Error(_)]));
//! ```

use alloc::borrow::ToOwned;
use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;
use core::mem;
use core::time::Duration;

use ws_driver::{
    Closure, Config, Connection, Error, Event, Instant, Message, Misuse, PingId, Seed,
};
use ws_frame::{CloseCode, CloseFrame};

/// A client and a server, with a wire of a given latency between them.
#[derive(Debug)]
pub struct Pair {
    /// The client's end.
    pub client: Endpoint,
    /// The server's end.
    pub server: Endpoint,
    up: Wire,
    down: Wire,
    now: Duration,
}

impl Pair {
    /// An open connection at time zero, with a wire that takes no time and cuts nothing.
    ///
    /// The client's mask keys are the same in every run.
    pub fn new(client: &Config, server: &Config) -> Self {
        Self {
            client: Endpoint::new(Connection::client(client, Seed([7; 32]))),
            server: Endpoint::new(Connection::server(server)),
            up: Wire::default(),
            down: Wire::default(),
            now: Duration::ZERO,
        }
    }

    /// Lets bytes take so long, each way.
    #[must_use]
    pub const fn latency(mut self, latency: Duration) -> Self {
        self.up.latency = latency;
        self.down.latency = latency;
        self
    }

    /// Lets each read give at most so many bytes. Zero counts as one.
    #[must_use]
    pub const fn reads_of(mut self, bytes: usize) -> Self {
        self.up.read = if bytes == 0 { 1 } else { bytes };
        self.down.read = self.up.read;
        self
    }

    /// The time since the pair was made.
    pub const fn now(&self) -> Duration {
        self.now
    }

    /// Moves bytes and runs both ends until neither has anything left to do at this moment.
    pub fn drive(&mut self) {
        let Self {
            client,
            server,
            up,
            down,
            now,
        } = self;
        loop {
            client.tick(*now);
            server.tick(*now);
            let taken = [up.take(client, *now), down.take(server, *now)];
            let given = [up.give(server, *now), down.give(client, *now)];
            if !taken.into_iter().chain(given).any(|moved| moved) {
                return;
            }
        }
    }

    /// Lets time pass: stops at each deadline and each arrival on the way, and drives there.
    ///
    /// # Panics
    ///
    /// When a connection, having been told the time, names a deadline that is not in the future:
    /// its owner would spin.
    #[track_caller]
    pub fn advance(&mut self, by: Duration) {
        let until = self.now.saturating_add(by);
        loop {
            self.drive();
            let deadlines = [self.client.deadline, self.server.deadline];
            refuse_late(&deadlines, self.now);
            let arrivals = [self.up.next(), self.down.next()];
            let next = deadlines.into_iter().chain(arrivals).flatten().min();
            match next {
                Some(next) if next <= until => self.now = next,
                _ => break,
            }
        }
        self.now = until;
        self.drive();
    }

    /// Pulls the cable: what is under way and whatever is written from now on is lost, and nobody
    /// is told.
    pub fn sever(&mut self) {
        for wire in [&mut self.up, &mut self.down] {
            wire.severed = true;
            wire.parcels.clear();
        }
    }
}

#[track_caller]
fn refuse_late(deadlines: &[Option<Duration>], now: Duration) {
    if let Some(late) = deadlines.iter().flatten().find(|at| **at <= now) {
        panic!("a deadline at {late:?}, and it is {now:?} already");
    }
}

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
    const fn new(connection: Connection) -> Self {
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

    fn tick(&mut self, now: Duration) {
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

    fn receive(&mut self, bytes: &mut [u8], now: Duration) {
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

    fn receive_eof(&mut self, now: Duration) {
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

/// One direction: parcels of bytes and when they arrive. The last one may be the end.
#[derive(Debug)]
struct Wire {
    parcels: VecDeque<(Duration, Option<Vec<u8>>)>,
    latency: Duration,
    read: usize,
    severed: bool,
}

impl Default for Wire {
    fn default() -> Self {
        Self {
            parcels: VecDeque::new(),
            latency: Duration::ZERO,
            read: usize::MAX,
            severed: false,
        }
    }
}

impl Wire {
    /// Takes what `from` has to write, and its end; tells whether there was anything.
    fn take(&mut self, from: &mut Endpoint, now: Duration) -> bool {
        let bytes = mem::take(&mut from.out);
        let shuts = !from.shut && (from.failed || from.connection.wants_shutdown());
        let moved = !bytes.is_empty() || shuts;
        let at = now.saturating_add(self.latency);
        // What is written after the end was told has nowhere to go.
        if !bytes.is_empty() && !from.shut {
            from.written.extend_from_slice(&bytes);
            self.parcels.push_back((at, Some(bytes)));
        }
        if moved {
            // One Pong may have waited until all of `out` was written.
            from.receive(&mut [], now);
        }
        if shuts {
            from.shut = true;
            self.parcels.push_back((at, None));
        }
        if self.severed {
            self.parcels.clear();
        }
        moved
    }

    /// Gives `to` what has arrived by now; tells whether there was anything.
    fn give(&mut self, to: &mut Endpoint, now: Duration) -> bool {
        let mut moved = false;
        while self.next().is_some_and(|at| at <= now)
            && let Some((_, parcel)) = self.parcels.pop_front()
        {
            moved = true;
            match parcel {
                Some(mut bytes) => {
                    bytes
                        .chunks_mut(self.read)
                        .for_each(|read| to.receive(read, now));
                }
                None => to.receive_eof(now),
            }
        }
        moved
    }

    /// When the next bytes arrive.
    fn next(&self) -> Option<Duration> {
        self.parcels.front().map(|(at, _)| *at)
    }
}

#[cfg(test)]
mod tests;
