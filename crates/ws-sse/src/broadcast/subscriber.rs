//! A place in the ring, and what becomes of one that is too far behind.

use crate::encoded::EncodedEvent;
use crate::replay::Replay;

/// How far behind a subscriber may be, and what becomes of one that is further behind.
///
/// It never holds anything by itself: what is not in the ring of the
/// [`Broadcaster`](crate::Broadcaster) any more is lost for the subscriber, whatever is said here.
/// What it gets because it has come back does not count.
///
/// ```
/// use ws_sse::{Queue, SlowPolicy};
///
/// let mut queue = Queue::default();
/// queue.max_events = 32;
/// queue.policy = SlowPolicy::DropOldest;
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct Queue {
    /// How many events may wait for the subscriber. Default 1024; the latest one always may.
    pub max_events: usize,
    /// How many bytes these may have, ids included. Default 1 MiB; the latest one may have more.
    pub max_bytes: usize,
    /// What happens when there are more. Default: [`SlowPolicy::Disconnect`].
    pub policy: SlowPolicy,
}

impl Default for Queue {
    fn default() -> Self {
        Self {
            max_events: 1024,
            max_bytes: 1024 * 1024,
            policy: SlowPolicy::Disconnect,
        }
    }
}

/// What becomes of a subscriber that is too far behind.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum SlowPolicy {
    /// It is told to go, by [`Delivery::TooSlow`]. Its client reconnects with the id of the last
    /// event that it has read, and misses nothing that the ring still has.
    #[default]
    Disconnect,
    /// It misses the oldest events, as many as it takes to be within bounds again. It gets a
    /// [`Delivery::Gap`] each time.
    DropOldest,
    /// It misses all events up to now, the latest among them, with one [`Delivery::Gap`]: for
    /// streams where the application says upon a gap how things stand.
    DropAll,
}

/// What a subscriber sees next.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Delivery<'a> {
    /// An event. A clone of it is a reference.
    Event(&'a EncodedEvent),
    /// Events before the next one are lost for this subscriber. No reason to turn it away, but its
    /// client has to be told in terms of the application, by an event that makes it load
    /// everything anew.
    Gap {
        /// How many; `None` if nobody knows, because the id of the last one seen is unknown.
        missed: Option<u64>,
    },
    /// It is too far behind, and the connection has to be closed. There is nothing else any more.
    TooSlow,
    /// The stream has ended, and so has its client's: there is nothing else any more.
    End,
}

/// One who gets the events of a [`Broadcaster`](crate::Broadcaster): a place in its ring. A clone
/// is another subscriber at the same place.
#[derive(Clone, Debug)]
pub struct Subscriber {
    queue: Queue,
    /// The position of the next event to see.
    position: u64,
    /// Where the ring ended when it came. What was there before does not count for the queue.
    joined: u64,
    /// The id that it came with is unknown, and it has not been told yet.
    has_gap: bool,
    is_too_slow: bool,
}

impl Subscriber {
    pub(super) const fn at(position: u64, joined: u64, queue: Queue) -> Self {
        Self {
            queue,
            position,
            joined,
            has_gap: false,
            is_too_slow: false,
        }
    }

    pub(super) const fn behind_gap(position: u64, queue: Queue) -> Self {
        let mut subscriber = Self::at(position, position, queue);
        subscriber.has_gap = true;
        subscriber
    }

    pub(super) const fn position(&self) -> u64 {
        self.position
    }

    pub(super) const fn advance(&mut self) {
        self.position += 1;
    }

    /// Applies the bounds; what there is to tell if they are broken.
    pub(super) fn catch_up(&mut self, ring: &Replay<EncodedEvent>) -> Option<Delivery<'static>> {
        if self.is_too_slow {
            return Some(Delivery::TooSlow);
        }
        if core::mem::take(&mut self.has_gap) {
            return Some(Delivery::Gap { missed: None });
        }
        let first = self.first_in_bounds(ring);
        if self.position >= first {
            return None;
        }
        let next = match self.queue.policy {
            SlowPolicy::Disconnect => {
                self.is_too_slow = true;
                return Some(Delivery::TooSlow);
            }
            SlowPolicy::DropOldest => first,
            SlowPolicy::DropAll => ring.end(),
        };
        let missed = Some(next - self.position);
        self.position = next;
        Some(Delivery::Gap { missed })
    }

    /// The position of the oldest event that it may still see.
    fn first_in_bounds(&self, ring: &Replay<EncodedEvent>) -> u64 {
        let (start, end) = (ring.start(), ring.end());
        let waiting = self.position.max(self.joined).max(start);
        let max_events = self.queue.max_events.max(1) as u64;
        let max_bytes = self.queue.max_bytes as u64;
        let events = end.saturating_sub(waiting);
        if events > max_events || (events > 1 && ring.bytes_from(waiting) > max_bytes) {
            ring.latest(max_events, max_bytes).min(end - 1)
        } else {
            start
        }
    }
}
