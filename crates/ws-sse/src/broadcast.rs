//! One stream of events for any number of subscribers.

mod subscriber;

use core::fmt;

use crate::encoded::EncodedEvent;
use crate::error::Misuse;
use crate::event::Event;
use crate::replay::Replay;
pub use subscriber::{Delivery, Queue, SlowPolicy, Subscriber};

/// One stream of events for any number of subscribers, who may come back.
///
/// It is a ring of the latest events, bounded in count and bytes. Subscribers have no queues of
/// their own: a [`Subscriber`] is a place in the ring, so publishing costs the same however many
/// there are, and one that does not read costs nothing but what it misses. That is decided when it
/// asks for its [next](Self::next) event, by its [`Queue`].
///
/// There is no lock in here. Publishing needs it mutable; reading does not, so behind a lock for
/// many readers all subscribers can be served at once. Whoever shares it wakes the tasks of its
/// subscribers when something was published, those included that wait for a client to read: they
/// have to find out whether they have become [too slow](Delivery::TooSlow).
///
/// All subscribers see all events, those that are replayed too. What not everybody may see goes
/// into a broadcaster of its own.
///
/// ```
/// use ws_sse::{Broadcaster, Delivery, Event, Queue};
///
/// // At most 100 events of 64 KiB together are kept for those who come back.
/// let mut broadcaster = Broadcaster::new(100, 64 * 1024);
/// let mut early = broadcaster.subscribe(Queue::default());
/// for (id, data) in [("1", "one"), ("2", "two")] {
///     broadcaster.publish(&Event::new(data).with_id(id))?;
/// }
/// // Somebody who has seen the first event, as its request says.
/// let mut back = broadcaster.resume("1", Queue::default());
///
/// let Some(Delivery::Event(one)) = broadcaster.next(&mut early) else { panic!() };
/// assert_eq!(one.as_bytes(), b"id: 1\ndata: one\n\n");
/// let Some(Delivery::Event(two)) = broadcaster.next(&mut back) else { panic!() };
/// assert_eq!(two.as_bytes(), b"id: 2\ndata: two\n\n");
/// // Nothing else has happened.
/// assert!(broadcaster.next(&mut back).is_none());
///
/// // An id that nobody knows any more: the client has to be told so, as the application sees fit.
/// let mut late = broadcaster.resume("0", Queue::default());
/// assert!(matches!(broadcaster.next(&mut late), Some(Delivery::Gap { missed: None })));
/// # Ok::<(), ws_sse::Misuse>(())
/// ```
#[derive(Clone)]
pub struct Broadcaster {
    replay: Replay<EncodedEvent>,
    max_bytes: usize,
    is_closed: bool,
    /// What everybody sees before the end. It is not in the ring, where it would cost somebody's place.
    last: Option<EncodedEvent>,
}

impl Broadcaster {
    /// A broadcaster that keeps at most `max_events` events (at least one) of at most `max_bytes`
    /// bytes, ids included: for slow subscribers, and for clients that come back.
    pub const fn new(max_events: usize, max_bytes: usize) -> Self {
        let max_events = if max_events == 0 { 1 } else { max_events };
        Self {
            replay: Replay::new(max_events, max_bytes),
            max_bytes,
            is_closed: false,
            last: None,
        }
    }

    /// Encodes an event, once, and makes it the next one of all subscribers.
    ///
    /// Its id is what a client that reconnects says it has seen, so no two should be alike. Short
    /// visible ASCII is best.
    ///
    /// # Errors
    ///
    /// [`Misuse::Kind`] and [`Misuse::Id`] as for [`Encoder::event`](crate::Encoder::event);
    /// [`Misuse::EventTooLarge`]; [`Misuse::Closed`]. Nothing is published then.
    pub fn publish(&mut self, event: &Event<'_>) -> Result<(), Misuse> {
        if self.is_closed {
            return Err(Misuse::Closed);
        }
        self.publish_encoded(event.id, EncodedEvent::new(event)?)
    }

    /// Makes what is encoded already the next event of all subscribers: one that goes to several
    /// broadcasters. `id` is the one in it, empty if there is none.
    ///
    /// # Errors
    ///
    /// [`Misuse::EventTooLarge`] if event and id alone have more bytes than the ring may have;
    /// [`Misuse::Closed`]. Nothing is published then.
    pub fn publish_encoded(&mut self, id: &str, encoded: EncodedEvent) -> Result<(), Misuse> {
        if self.is_closed {
            return Err(Misuse::Closed);
        }
        if encoded.as_bytes().len().saturating_add(id.len()) > self.max_bytes {
            return Err(Misuse::EventTooLarge);
        }
        self.replay.push(id, encoded);
        Ok(())
    }

    /// Ends the stream: subscribers get what is left for them, and then [`Delivery::End`].
    pub const fn close(&mut self) {
        self.is_closed = true;
    }

    /// As [`close`](Self::close), with something that subscribers get before [`Delivery::End`], those
    /// that come later too: a [reconnection time](EncodedEvent::retry), or an event without an id,
    /// which nobody could come back with. It takes no place in the ring and in no [`Queue`], so nobody
    /// who is within bounds is too slow for it. Of a stream that has ended already it makes nothing.
    pub fn close_with(&mut self, last: EncodedEvent) {
        if !self.is_closed {
            self.last = Some(last);
            self.is_closed = true;
        }
    }

    /// A subscriber who sees what is published from now on.
    pub const fn subscribe(&self, queue: Queue) -> Subscriber {
        Subscriber::at(self.replay.end(), self.replay.end(), queue)
    }

    /// A subscriber who sees all events that are kept, and then what is published from now on: for
    /// streams whose latest events are of use to newcomers, too.
    pub fn rewind(&self, queue: Queue) -> Subscriber {
        Subscriber::at(self.replay.start(), self.replay.end(), queue)
    }

    /// A subscriber who sees what was published since the event with this id, and then what is
    /// published from now on; one with an empty id sees the latter.
    ///
    /// A client has no id before its first event that sets one: if it loses its connection until
    /// then, it misses what is published meanwhile, and nobody can tell. Where that matters,
    /// newcomers get a [rewind](Self::rewind), or first of all an event of their own with the id
    /// of what they know already.
    ///
    /// If events since that one are gone, or the id is unknown, the first thing it sees is
    /// [`Delivery::Gap`], and then what is published from now on: what is left is not given to
    /// somebody who will load everything anew.
    pub fn resume(&self, last_event_id: impl AsRef<[u8]>, queue: Queue) -> Subscriber {
        let end = self.replay.end();
        match self.replay.position_since(last_event_id.as_ref()) {
            Ok(position) => Subscriber::at(position, end, queue),
            Err(_) => Subscriber::behind_gap(end, queue),
        }
    }

    /// What the subscriber sees next. `None` if there is nothing before the next event is
    /// published.
    ///
    /// The subscriber must be of this broadcaster; one of another sees events or gaps at random.
    pub fn next(&self, subscriber: &mut Subscriber) -> Option<Delivery<'_>> {
        if let Some(delivery) = subscriber.catch_up(&self.replay) {
            return Some(delivery);
        }
        let is_at_end = subscriber.position() == self.replay.end();
        let event = self.replay.at(subscriber.position());
        match event.or_else(|| self.last.as_ref().filter(|_| is_at_end)) {
            Some(event) => {
                subscriber.advance();
                Some(Delivery::Event(event))
            }
            None => self.is_closed.then_some(Delivery::End),
        }
    }

    /// How many events there are for the subscriber to see, and how many bytes they have, as far
    /// as they are left. What the stream was [closed with](Self::close_with) does not count.
    pub fn queued(&self, subscriber: &Subscriber) -> (u64, u64) {
        let position = subscriber.position().max(self.replay.start());
        let events = self.replay.end().saturating_sub(position);
        (events, self.replay.bytes_from(position))
    }

    /// The events that are kept.
    pub const fn replay(&self) -> &Replay<EncodedEvent> {
        &self.replay
    }

    /// Whether the stream has ended.
    pub const fn is_closed(&self) -> bool {
        self.is_closed
    }
}

impl fmt::Debug for Broadcaster {
    /// Says how much there is, not what.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Broadcaster")
            .field("replay", &self.replay)
            .field("is_closed", &self.is_closed)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
