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

mod endpoint;

pub use endpoint::{Endpoint, Seen};

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::time::Duration;

use ws_driver::{Config, Connection, Seed};

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
            let deadlines = [self.client.deadline(), self.server.deadline()];
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
        let (bytes, ends) = from.write(now);
        let moved = !bytes.is_empty() || ends;
        let at = now.saturating_add(self.latency);
        if !bytes.is_empty() {
            self.parcels.push_back((at, Some(bytes)));
        }
        if ends {
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
