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
    /// The oldest one first.
    entries: VecDeque<Entry<B>>,
    /// The id of the event before the oldest one: who has seen it has missed no more than there is.
    before: Option<Box<str>>,
}

#[derive(Clone)]
struct Entry<B> {
    id: Box<str>,
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
            encoded,
        };
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
        let id = last_event_id.as_ref();
        let seen = if id.is_empty() {
            self.entries.len()
        } else if let Some(at) = self.entries.iter().rposition(|entry| entry.has(id)) {
            at + 1
        } else if self.before.as_deref().map(str::as_bytes) == Some(id) {
            0
        } else {
            return Err(Gap);
        };
        Ok(Since {
            entries: self.entries.range(seen..),
        })
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
