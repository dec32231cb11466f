//! The standard's own words as a program: slow, without limits, over the whole stream at once.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use super::{Owned, Seen};
use crate::event::Event;
use crate::limits::Limits;

/// WHATWG HTML §9.2.6, "Interpreting an event stream".
#[derive(Clone, Debug, Default)]
pub struct Reference {
    /// What the decoder has to see.
    pub seen: Seen,
    data: String,
    event_type: String,
    id: String,
}

impl Reference {
    /// Interprets a stream that ends behind these bytes.
    pub fn new(stream: &[u8]) -> Self {
        let mut reference = Self::default();
        // "Streams must be decoded using the UTF-8 decode algorithm", which strips one BOM.
        let text = String::from_utf8_lossy(stream);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let mut line = String::new();
        let mut chars = text.chars().peekable();
        while let Some(char) = chars.next() {
            if char != '\r' && char != '\n' {
                line.push(char);
                continue;
            }
            if char == '\r' && chars.peek() == Some(&'\n') {
                chars.next();
            }
            reference.line(&line);
            line.clear();
        }
        reference
    }

    fn line(&mut self, line: &str) {
        if line.is_empty() {
            self.dispatch();
        } else if line.starts_with(':') {
            // "Ignore the line."
        } else if let Some((field, value)) = line.split_once(':') {
            self.field(field, value.strip_prefix(' ').unwrap_or(value));
        } else {
            self.field(line, "");
        }
    }

    fn field(&mut self, field: &str, value: &str) {
        match field {
            "event" => value.clone_into(&mut self.event_type),
            "data" => {
                self.data.push_str(value);
                self.data.push('\n');
            }
            "id" if !value.contains('\0') => value.clone_into(&mut self.id),
            "retry" if !value.is_empty() && value.chars().all(|char| char.is_ascii_digit()) => {
                // Digits that do not fit are too many for any delay.
                let millis = value.parse().unwrap_or(u64::MAX);
                self.seen.retry = Some(Duration::from_millis(millis));
            }
            _ => {}
        }
    }

    fn dispatch(&mut self) {
        self.seen.last_event_id.clone_from(&self.id);
        if self.data.is_empty() {
            self.event_type.clear();
            return;
        }
        if self.data.ends_with('\n') {
            self.data.pop();
        }
        if self.event_type.is_empty() {
            Event::MESSAGE.clone_into(&mut self.event_type);
        }
        self.seen.events.push(Owned {
            kind: core::mem::take(&mut self.event_type),
            data: core::mem::take(&mut self.data),
            id: self.seen.last_event_id.clone(),
        });
    }
}

/// Whether no line and no event of the stream is longer than the limits allow, the ones included
/// that the stream's end has cut.
pub fn fits(stream: &[u8], limits: &Limits) -> bool {
    const BOM: &[u8] = b"\xef\xbb\xbf";
    if BOM.starts_with(stream) {
        // No line has begun yet.
        return true;
    }
    let stream = stream.strip_prefix(BOM).unwrap_or(stream);
    // CRLF is one line end; no other byte of a line matters for its length.
    let mut lines: Vec<Vec<u8>> = Vec::new();
    let mut line = Vec::new();
    for (at, byte) in stream.iter().enumerate() {
        match byte {
            b'\n' if at > 0 && stream[at - 1] == b'\r' => {}
            b'\n' | b'\r' => lines.push(core::mem::take(&mut line)),
            _ => line.push(*byte),
        }
    }
    let mut event = 0;
    for line in &lines {
        event = if line.is_empty() {
            0
        } else {
            event + cost(line)
        };
        if line.len() > limits.line || event > limits.event || id_len(line) > limits.id {
            return false;
        }
    }
    // Of a cut line, what it costs is known as soon as there is more than the name and the colon.
    let is_named = !["data:", "event:", "id:"]
        .iter()
        .any(|name| name.as_bytes().starts_with(&line));
    let fits = || event + cost(&line) <= limits.event && id_len(&line) <= limits.id;
    line.len() <= limits.line && (!is_named || fits())
}

fn id_len(line: &[u8]) -> usize {
    if line.starts_with(b"id:") {
        cost(line) - 1
    } else {
        0
    }
}

fn cost(line: &[u8]) -> usize {
    let colon = line.iter().position(|byte| *byte == b':');
    let (name, value) = line.split_at(colon.unwrap_or(line.len()));
    let value = value.strip_prefix(b":").unwrap_or(value);
    match name {
        b"data" | b"event" | b"id" => value.strip_prefix(b" ").unwrap_or(value).len() + 1,
        _ => 0,
    }
}
