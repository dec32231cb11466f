//! The latest events of a server, for clients that come back.

use alloc::boxed::Box;
use alloc::collections::{VecDeque, vec_deque};
use alloc::vec::Vec;
use core::fmt;
use core::iter::FusedIterator;

use crate::error::Gap;

/// A ring of encoded events, bounded in count and bytes; the oldest ones go first.
///
/// A client that reconnects sends the last id it has seen as `Last-Event-ID`, and gets what came
/// [`since`](Self::since). Events are held as they were encoded, in any type that is bytes: one
/// that is shared and cheap to clone serves many clients.
///
/// ```
/// use ws_sse::{Encoder, Event, Gap, Replay};
///
/// let mut replay = Replay::new(2, 64 * 1024);
/// for (id, data) in [("1", "one"), ("2", "two"), ("3", "three"), ("4", "four")] {
///     let mut encoded = Vec::new();
///     Encoder::event(&Event::new(data).with_id(id), &mut encoded)?;
///     replay.push(id, encoded);
/// }
/// // Two are left, and whoever has seen the one before them has missed nothing else.
/// assert_eq!(replay.since("2")?.count(), 2);
/// assert_eq!(replay.since("3")?.next().unwrap(), b"id: 4\ndata: four\n\n");
/// assert_eq!(replay.since("4")?.next(), None);
/// assert_eq!(replay.since("1").err(), Some(Gap::default()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Replay<B = Vec<u8>> {
    max_events: usize,
    max_bytes: usize,
    bytes: usize,
    /// How many events there ever were. With so many, the first one had the position 0.
    pushed: u64,
    /// How many bytes they had.
    pushed_bytes: u64,
    /// The oldest one first.
    entries: VecDeque<Entry<B>>,
    /// The id of the event before the oldest one: who has seen it has missed no more than there is.
    before: Option<Box<str>>,
}

#[derive(Clone)]
struct Entry<B> {
    id: Box<str>,
    /// How many bytes there were before it.
    offset: u64,
    encoded: B,
}

impl<B: AsRef<[u8]>> Replay<B> {
    /// An empty ring for at most `max_events` events of at most `max_bytes` bytes, ids included.
    ///
    /// Both are inclusive. It allocates as events come.
    pub const fn new(max_events: usize, max_bytes: usize) -> Self {
        Self {
            max_events,
            max_bytes,
            bytes: 0,
            pushed: 0,
            pushed_bytes: 0,
            entries: VecDeque::new(),
            before: None,
        }
    }

    /// Adds the latest event, and drops as many of the oldest ones as it takes.
    ///
    /// `id` is the one in `encoded`, and no other event should have it. An event without one (an
    /// empty id) is replayed like any other, but a client cannot say that it has seen it.
    ///
    /// An event that alone is larger than the ring empties it: then there is a [`Gap`] for
    /// everybody but those who have seen it.
    pub fn push(&mut self, id: &str, encoded: B) {
        let entry = Entry {
            id: id.into(),
            offset: self.pushed_bytes,
            encoded,
        };
        self.pushed += 1;
        self.pushed_bytes = self.pushed_bytes.saturating_add(entry.len() as u64);
        self.bytes = self.bytes.saturating_add(entry.len());
        self.entries.push_back(entry);
        while self.entries.len() > self.max_events || self.bytes > self.max_bytes {
            let Some(oldest) = self.entries.pop_front() else {
                break;
            };
            self.bytes = self.bytes.saturating_sub(oldest.len());
            self.before = Some(oldest.id);
        }
    }

    /// The events after the one with this id, the oldest one first.
    ///
    /// An empty id is that of a client that has seen none: it gets no event. The id is looked for
    /// from the latest event on, so a recent one is found at once.
    ///
    /// # Errors
    ///
    /// [`Gap`] if there are events after that one which are gone, or if it is unknown.
    pub fn since(&self, last_event_id: impl AsRef<[u8]>) -> Result<Since<'_, B>, Gap> {
        Ok(Since {
            entries: self.entries.range(self.seen(last_event_id.as_ref())?..),
        })
    }

    /// How many of the events that are left a client has seen.
    fn seen(&self, id: &[u8]) -> Result<usize, Gap> {
        if id.is_empty() {
            Ok(self.entries.len())
        } else if let Some(at) = self.entries.iter().rposition(|entry| entry.has(id)) {
            Ok(at + 1)
        } else if self.before.as_deref().map(str::as_bytes) == Some(id) {
            Ok(0)
        } else {
            Err(Gap)
        }
    }
}

/// Events by their position among all that ever were pushed.
impl<B: AsRef<[u8]>> Replay<B> {
    /// The position of the first event that a client has not seen.
    pub(crate) fn position_since(&self, id: &[u8]) -> Result<u64, Gap> {
        Ok(self.start() + self.seen(id)? as u64)
    }

    /// The position of the oldest event that is left.
    pub(crate) fn start(&self) -> u64 {
        self.pushed - self.entries.len() as u64
    }

    /// The position of the next event that will be pushed.
    pub(crate) const fn end(&self) -> u64 {
        self.pushed
    }

    /// The event at this position.
    pub(crate) fn at(&self, position: u64) -> Option<&B> {
        let index = usize::try_from(position.checked_sub(self.start())?).ok()?;
        self.entries.get(index).map(|entry| &entry.encoded)
    }

    /// How many bytes the events from this position on have, as far as they are left.
    pub(crate) fn bytes_from(&self, position: u64) -> u64 {
        let index = usize::try_from(position.saturating_sub(self.start())).ok();
        let entry = index.and_then(|index| self.entries.get(index));
        entry.map_or(0, |entry| self.pushed_bytes.saturating_sub(entry.offset))
    }

    /// The position from which on there are no more than so many events and bytes.
    pub(crate) fn latest(&self, max_events: u64, max_bytes: u64) -> u64 {
        let fits = |entry: &Entry<B>| self.pushed_bytes.saturating_sub(entry.offset) <= max_bytes;
        let by_bytes = self.entries.partition_point(|entry| !fits(entry));
        let by_events = self.pushed.saturating_sub(max_events);
        by_events.max(self.start() + by_bytes as u64)
    }
}

impl<B> Replay<B> {
    /// How many events there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many bytes they have, ids included.
    pub const fn bytes(&self) -> usize {
        self.bytes
    }
}

impl<B> fmt::Debug for Replay<B> {
    /// Says how much there is, not what.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replay")
            .field("max_events", &self.max_events)
            .field("max_bytes", &self.max_bytes)
            .field("len", &self.len())
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

impl<B: AsRef<[u8]>> Entry<B> {
    fn len(&self) -> usize {
        self.id.len().saturating_add(self.encoded.as_ref().len())
    }

    fn has(&self, id: &[u8]) -> bool {
        self.id.as_bytes() == id
    }
}

/// Encoded events of a [`Replay`], the oldest one first.
#[derive(Clone)]
pub struct Since<'a, B = Vec<u8>> {
    entries: vec_deque::Iter<'a, Entry<B>>,
}

impl<'a, B> Iterator for Since<'a, B> {
    type Item = &'a B;

    fn next(&mut self) -> Option<&'a B> {
        self.entries.next().map(|entry| &entry.encoded)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.entries.size_hint()
    }
}

impl<B> ExactSizeIterator for Since<'_, B> {}
impl<B> FusedIterator for Since<'_, B> {}

impl<B> fmt::Debug for Since<'_, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Since").field("len", &self.len()).finish()
    }
}

#[cfg(test)]
mod tests;
