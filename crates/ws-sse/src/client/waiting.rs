//! Between two attempts.

use alloc::boxed::Box;
use core::time::Duration;

use crate::client::connecting::Connecting;
use crate::client::outcome::{Closed, Closure, Loss};
use crate::client::source::Source;
use crate::reconnect::Backoff;

/// A source of events that has lost its connection, and wants another one after a while.
#[derive(Debug)]
pub struct Waiting {
    source: Box<Source>,
    loss: Loss,
    /// What the server has said in `Retry-After`.
    at_least: Option<Duration>,
    delay: Option<Duration>,
}

impl Waiting {
    pub(super) const fn new(source: Box<Source>, loss: Loss, at_least: Option<Duration>) -> Self {
        Self {
            source,
            loss,
            at_least,
            delay: None,
        }
    }

    /// Why the connection was lost.
    pub const fn loss(&self) -> Loss {
        self.loss
    }

    /// How long to wait: what [`Backoff::next_delay`] makes of a random number.
    ///
    /// The first call decides; later ones give the same.
    pub fn delay(&mut self, random: u64) -> Duration {
        if let Some(delay) = self.delay {
            return delay;
        }
        let delay = self.source.backoff.next_delay(random);
        let at_least = self.at_least.unwrap_or_default();
        let delay = delay.max(at_least.min(Backoff::MAX_RETRY));
        self.delay = Some(delay);
        delay
    }

    /// How many attempts have failed since there last was a good stream; the next delay grows with
    /// it, and a caller may want to give up.
    pub const fn attempts(&self) -> u32 {
        self.source.backoff.attempts()
    }

    /// The last event id; empty if there is none.
    pub fn last_event_id(&self) -> &str {
        self.source.last_event_id()
    }

    /// Tries again. Nothing sees to it that the delay has passed: when the network is back, it may
    /// be cut short.
    pub fn reconnect(mut self) -> Connecting {
        // The attempt counts, whether anybody has asked for its delay or not.
        self.delay(0);
        self.source.go_home();
        Connecting::new(self.source)
    }

    /// Ends the source.
    pub fn close(self) -> Closed {
        self.source.close(Closure::Caller, None)
    }
}
