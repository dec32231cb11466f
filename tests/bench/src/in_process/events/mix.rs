//! Event streams of several kinds, and the events that are in them.

use std::fmt::Write;

use bytes::Bytes;
use ws_sse::Event;

use crate::json;

const SMALL: &str = "decoding small events";
const SMALL_CRLF: &str = "decoding small events, CRLF";
const ONE_LINE: &str = "decoding 1 KiB in one line";
const LINES: &str = "decoding 1 KiB in 16 lines";
const PINGS: &str = "decoding small events among pings";
const NOT_ASCII: &str = "decoding text that is not ASCII";

/// What the mixes are called, in their order.
pub(in super::super) const NAMES: [&str; 6] =
    [SMALL, SMALL_CRLF, ONE_LINE, LINES, PINGS, NOT_ASCII];

/// About so many bytes are made of each.
const BLOCK: usize = 1 << 20;

/// An event that is not lent.
#[derive(Clone, Debug, Default)]
pub(super) struct Owned {
    /// Empty if the stream does not say it.
    pub(super) kind: String,
    pub(super) data: String,
    /// Empty if the event sets none.
    pub(super) id: String,
}

impl Owned {
    pub(super) fn as_event(&self) -> Event<'_> {
        let event = Event::new(&self.data).with_id(&self.id);
        match &*self.kind {
            "" => event,
            kind => event.with_kind(kind),
        }
    }

    /// Writes it as the standard has it, by the plainest means.
    fn write(&self, line_end: &str, out: &mut String) {
        if !self.kind.is_empty() {
            let _ = write!(out, "event: {}{line_end}", self.kind);
        }
        if !self.id.is_empty() {
            let _ = write!(out, "id: {}{line_end}", self.id);
        }
        for line in self.data.split('\n') {
            let _ = write!(out, "data: {line}{line_end}");
        }
        out.push_str(line_end);
    }
}

/// A part of a stream, of about 1 MiB; it ends with an event.
pub(super) struct Mix {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) wire: Bytes,
    pub(super) events: Vec<Owned>,
}

impl Mix {
    fn new(name: &'static str) -> Self {
        let about = match name {
            SMALL | SMALL_CRLF => "each: kind, id, 64 B",
            ONE_LINE | LINES => "each",
            PINGS => "each: 64 B, six comments before it",
            _ => "each: about 300 B",
        };
        let (mut wire, mut events) = (String::new(), Vec::new());
        for number in 0.. {
            if wire.len() >= BLOCK {
                break;
            }
            if name == PINGS {
                wire.push_str(
                    ":\n\n: ping\n\n:\n\n:\n\n: still here, 2026-11-20T08:15:00Z\n\n:\n\n",
                );
            }
            let event = event(name, number);
            let line_end = if name == SMALL_CRLF { "\r\n" } else { "\n" };
            event.write(line_end, &mut wire);
            events.push(event);
        }
        Self {
            name,
            about,
            wire: wire.into(),
            events,
        }
    }
}

/// All of them.
pub(super) fn all() -> impl Iterator<Item = Mix> {
    NAMES.into_iter().map(Mix::new)
}

/// So many small events, for whoever sends some.
pub(super) fn small(count: usize) -> Vec<Owned> {
    (0..count).map(|number| event(SMALL, number)).collect()
}

/// So many events of 1 KiB, in one line each or in 16.
pub(super) fn large(count: usize, lines: bool) -> Vec<Owned> {
    let name = if lines { LINES } else { ONE_LINE };
    (0..count).map(|number| event(name, number)).collect()
}

fn event(name: &str, number: usize) -> Owned {
    let mut event = Owned::default();
    match name {
        SMALL | SMALL_CRLF => {
            event.kind = ["price", "trade", "status"][number % 3].into();
            event.id = (1_000_000 + number).to_string();
            event.data = json::text(number as u64, 200)[..64].into();
        }
        PINGS => event.data = json::text(number as u64, 200)[..64].into(),
        ONE_LINE => event.data = json::text(number as u64, 1024),
        LINES => {
            let text = json::text(number as u64, 1024);
            let mut rest = &text[..];
            // Lines of 40 to 88 bytes, 64 on the average.
            for line in 0..15 {
                let (part, more) = rest.split_at(40 + (number + line * 7) % 16 * 16 / 5);
                event.data.push_str(part);
                event.data.push('\n');
                rest = more;
            }
            event.data.push_str(rest);
        }
        _ => event.data = foreign(number),
    }
    event
}

/// Sentences in several scripts, with ASCII between them as in any text.
fn foreign(number: usize) -> String {
    const WORDS: [&str; 16] = [
        "привет",
        "сообщение",
        "сервер",
        "中文消息",
        "更新",
        "こんにちは",
        "世界",
        "größer",
        "Straße",
        "café",
        "🚀",
        "👍🏽",
        "ok",
        "مرحبا",
        "नमस्ते",
        "안녕하세요",
    ];
    let mut text = String::new();
    let mut state = (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    while text.len() < 300 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let word = usize::try_from(state >> 32).unwrap_or_default();
        text.push_str(WORDS[word % WORDS.len()]);
        text.push(' ');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{LINES, ONE_LINE, all, event};

    #[test]
    fn mixes_are_what_they_are_called() {
        for mix in all() {
            assert!(mix.wire.ends_with(b"\n") && mix.events.len() > 500);
            assert!(mix.wire.len() >= super::BLOCK && mix.wire.len() < super::BLOCK + 2000);
        }
        for number in 0..50 {
            let data = event(LINES, number).data;
            assert_eq!(data.split('\n').count(), 16, "{data}");
            assert_eq!(data.len(), 1024 + 15);
            assert!(data.split('\n').all(|line| !line.is_empty()));
            let data = event(ONE_LINE, number).data;
            assert!(data.len() == 1024 && !data.contains('\n'));
        }
    }
}
