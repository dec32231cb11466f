//! What happens at a source of events.

use std::fmt;
use std::time::Duration;

use ws_sse::{Event, Loss};

use crate::Error;

/// What happens at a source of events.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum SourceEvent<'a> {
    /// The stream is open: events come.
    Opened,
    /// An event.
    Event(Event<'a>),
    /// The connection was lost, or there was none to be had. There will be another attempt.
    Lost(Lost<'a>),
}

/// Why there is no connection, and when there will be another attempt. `Display` tells the former.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Lost<'a> {
    /// What was lost.
    pub loss: Loss,
    /// What the network or a deadline had to do with it, if anything.
    pub error: Option<&'a Error>,
    /// How long it takes to the next attempt.
    pub delay: Duration,
}

impl fmt::Display for Lost<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.loss, self.error) {
            (Loss::Unreachable, Some(error)) => error.fmt(f),
            (loss, Some(error)) => write!(f, "{loss}: {error}"),
            (loss, None) => loss.fmt(f),
        }
    }
}

/// Where a source of events stands.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum SourceState {
    /// It connects, or waits for the answer.
    Connecting,
    /// The stream is open.
    Open,
    /// It waits for the next attempt.
    Waiting,
    /// It has ended.
    Closed,
}

/// An event that is owned.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct OwnedEvent {
    /// Empty for the usual one, which then takes no memory.
    kind: String,
    data: String,
    id: String,
}

/// Room for events beyond this is given back, in bytes.
const MAX_KEPT: usize = 64 << 10;

impl OwnedEvent {
    /// The event's type: `message` if it does not name one.
    pub fn kind(&self) -> &str {
        if self.kind.is_empty() {
            Event::MESSAGE
        } else {
            &self.kind
        }
    }

    /// Its data. Where it has several lines, a LF stands between them.
    pub fn data(&self) -> &str {
        &self.data
    }

    /// The stream's last event id, which this event or an earlier one has set; empty if there is
    /// none.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its data, without a copy.
    pub fn into_data(self) -> String {
        self.data
    }

    /// The same, lent.
    pub fn as_event(&self) -> Event<'_> {
        Event::new(&self.data)
            .with_kind(self.kind())
            .with_id(&self.id)
    }

    pub(super) fn set(&mut self, event: &Event<'_>) {
        self.kind.clear();
        if event.kind != Event::MESSAGE {
            self.kind.push_str(event.kind);
        }
        event.data.clone_into(&mut self.data);
        event.id.clone_into(&mut self.id);
    }

    /// Gives back what a large event has taken.
    pub(super) fn shrink(&mut self) {
        if self.data.capacity() > MAX_KEPT || self.kind.capacity() > MAX_KEPT {
            *self = Self::default();
        }
    }
}

impl From<Event<'_>> for OwnedEvent {
    fn from(event: Event<'_>) -> Self {
        let mut this = Self::default();
        this.set(&event);
        this
    }
}

impl fmt::Debug for OwnedEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnedEvent")
            .field("kind", &self.kind())
            .field("data", &self.data)
            .field("id", &self.id)
            .finish()
    }
}
