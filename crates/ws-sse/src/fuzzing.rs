//! Properties that hold for any bytes, for fuzz targets and property tests.
//!
//! The first five bytes of the data choose limits and cuts, the rest is what arrives. Whoever
//! calls these wants a panic when a property does not hold; nothing else in this crate panics.

mod broadcast;
mod exchange;
pub mod reference;
mod source;

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use ws_http::fuzzing::{Cuts, seed};

use crate::decoder::Decoder;
use crate::encoder::Encoder;
use crate::error::DecodeError;
use crate::event::Event;
use crate::limits::Limits;
pub use broadcast::broadcast;
pub use exchange::exchange;
use reference::Reference;
pub use source::{Course, course, source};

/// An event that is not lent.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "for tests only")]
pub struct Owned {
    /// As in [`Event`].
    pub kind: String,
    /// As in [`Event`].
    pub data: String,
    /// As in [`Event`].
    pub id: String,
}

impl From<Event<'_>> for Owned {
    fn from(event: Event<'_>) -> Self {
        Self {
            kind: event.kind.into(),
            data: event.data.into(),
            id: event.id.into(),
        }
    }
}

/// What there is to see of a stream.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "for tests only")]
pub struct Seen {
    /// The events in their order.
    pub events: Vec<Owned>,
    /// The last event id at the end.
    pub last_event_id: String,
    /// What `retry` said in the end.
    pub retry: Option<Duration>,
    /// The limit that was broken.
    pub error: Option<DecodeError>,
}

/// Decodes a stream that arrives in pieces.
///
/// # Panics
///
/// If the decoder does not take what it says it takes, or lives on after an error.
pub fn see<'a>(limits: Limits, pieces: impl Iterator<Item = &'a [u8]>) -> Seen {
    let mut decoder = Decoder::new(limits);
    let mut seen = Seen::default();
    'stream: for mut input in pieces {
        loop {
            let before = input.len();
            match decoder.decode(&mut input) {
                Ok(Some(event)) => {
                    assert!(input.len() < before, "an event takes a line end at least");
                    seen.events.push(event.into());
                }
                Ok(None) => break,
                Err(error) => {
                    assert!(input.is_empty());
                    let mut more = &b"data\n\n"[..];
                    assert_eq!(decoder.decode(&mut more), Err(error));
                    assert!(more.is_empty());
                    seen.error = Some(error);
                    break 'stream;
                }
            }
        }
        assert!(input.is_empty());
    }
    seen.last_event_id.push_str(decoder.last_event_id());
    seen.retry = decoder.retry();
    seen
}

/// A stream means what the standard says, however it is cut, and exactly what is too long for the
/// limits fails.
///
/// # Panics
///
/// If the property does not hold.
pub fn decode(data: &[u8]) {
    let Some(([small, seed @ ..], data)) = seed::<5>(data) else {
        return;
    };
    let limits = limits(small);
    let whole = see(limits, core::iter::once(data));
    let cut = see(limits, Cuts::new(data, u32::from_le_bytes(seed)));
    assert_eq!(cut, whole);

    let reference = Reference::new(data);
    assert_eq!(whole.error.is_none(), reference::fits(data, &limits));
    if whole.error.is_none() {
        assert_eq!(whole, reference.seen);
    } else {
        assert!(reference.seen.events.starts_with(&whole.events));
    }
}

/// What is written is read again: every event, one after the other, and nothing else.
///
/// The data is texts with 0xFF between them: the kind, the id and the data of events, with a
/// comment behind each.
///
/// # Panics
///
/// If the property does not hold.
pub fn round_trip(data: &[u8]) {
    let Some(([small, seed @ ..], data)) = seed::<5>(data) else {
        return;
    };
    let texts: Vec<_> = data
        .split(|byte| *byte == 0xff)
        .map(String::from_utf8_lossy)
        .collect();
    let mut out = Vec::new();
    let mut expected = Seen::default();
    for texts in texts.chunks(4) {
        let text = |at: usize| texts.get(at).map_or("", |text| &**text);
        let event = Event::new(text(2)).with_kind(text(0)).with_id(text(1));
        let before = out.len();
        let is_writable = ![event.kind, event.id]
            .iter()
            .any(|text| text.contains(['\r', '\n', '\0']));
        assert_eq!(Encoder::event(&event, &mut out).is_ok(), is_writable);
        if is_writable {
            if !event.id.is_empty() {
                event.id.clone_into(&mut expected.last_event_id);
            }
            expected.events.push(Owned {
                kind: Some(event.kind)
                    .filter(|kind| !kind.is_empty())
                    .unwrap_or(Event::MESSAGE)
                    .into(),
                data: event.data.replace("\r\n", "\n").replace('\r', "\n"),
                id: expected.last_event_id.clone(),
            });
        } else {
            assert_eq!(out.len(), before);
        }
        Encoder::comment(text(3), &mut out);
        out.extend_from_slice(Encoder::KEEP_ALIVE);
    }
    if small & 1 == 1 {
        let retry = Duration::from_millis(u64::from(u32::from_le_bytes(seed)));
        Encoder::retry(retry, &mut out);
        expected.retry = Some(retry);
    }
    if small & 2 == 2 {
        assert_eq!(Encoder::id("", &mut out), Ok(()));
        expected.last_event_id.clear();
    }
    let limits = Limits {
        line: out.len(),
        event: out.len(),
        id: out.len(),
    };
    let cuts = Cuts::new(&out, u32::from_le_bytes(seed));
    assert_eq!(see(limits, cuts), expected);
    assert_eq!(Reference::new(&out).seen, expected);
}

fn limits(small: u8) -> Limits {
    let mut limits = Limits::default();
    if small & 1 == 1 {
        limits.line = usize::from(small >> 1 & 7) * 3;
        limits.event = usize::from(small >> 4) * 2;
        limits.id = usize::from(small >> 2 & 3) * 5;
    }
    limits
}
