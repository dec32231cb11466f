//! Events to bytes.

use alloc::string::ToString;
use alloc::vec::Vec;
use core::time::Duration;

use memchr::{memchr2, memchr3};

use crate::error::Misuse;
use crate::event::Event;

/// Writes an event stream.
///
/// It has no state: what it appends is a block of whole lines with a blank line behind it, which
/// may be kept, sent to any number of subscribers and put between any two others.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Encoder;

impl Encoder {
    /// What to send now and then so that nobody on the way thinks that the connection is dead; and
    /// right behind the head, so that proxies pass that on. Clients make nothing of it.
    pub const KEEP_ALIVE: &'static [u8] = b":\n\n";

    /// Appends an event.
    ///
    /// Its data may be any text. CR, LF and CRLF all end a line in it, and so does the end: empty
    /// data is one line, and data that ends in a line end has an empty last line. For the client
    /// there is one LF between two lines.
    ///
    /// # Errors
    ///
    /// If there is a CR, LF or NUL in the kind or the id. Then nothing is appended.
    pub fn event(event: &Event<'_>, out: &mut Vec<u8>) -> Result<(), Misuse> {
        let Event { kind, data, id } = *event;
        check(kind, Misuse::Kind)?;
        check(id, Misuse::Id)?;
        out.reserve(kind.len() + data.len() + id.len() + 24);
        if !kind.is_empty() && kind != Event::MESSAGE {
            line(b"event: ", kind, out);
        }
        if !id.is_empty() {
            line(b"id: ", id, out);
        }
        lines(b"data: ", data, out);
        out.push(b'\n');
        Ok(())
    }

    /// Appends a block that sets the last event id of the client without an event; an empty one
    /// takes it back.
    ///
    /// # Errors
    ///
    /// If there is a CR, LF or NUL in it. Then nothing is appended.
    pub fn id(id: &str, out: &mut Vec<u8>) -> Result<(), Misuse> {
        check(id, Misuse::Id)?;
        line(b"id: ", id, out);
        out.push(b'\n');
        Ok(())
    }

    /// Appends how long the client shall wait before it connects again, in whole milliseconds.
    pub fn retry(after: Duration, out: &mut Vec<u8>) {
        let millis = u64::try_from(after.as_millis()).unwrap_or(u64::MAX);
        line(b"retry: ", &millis.to_string(), out);
        out.push(b'\n');
    }

    /// Appends a comment of any text. Clients make nothing of it.
    pub fn comment(text: &str, out: &mut Vec<u8>) {
        lines(b": ", text, out);
        out.push(b'\n');
    }
}

/// What stands in a line of its own must not end it; an id with NUL would be ignored.
pub(crate) fn check(value: &str, misuse: Misuse) -> Result<(), Misuse> {
    match memchr3(b'\r', b'\n', 0, value.as_bytes()) {
        Some(_) => Err(misuse),
        None => Ok(()),
    }
}

/// A field of one line. The space behind the colon saves one that the value may begin with.
fn line(prefix: &[u8], value: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(prefix);
    out.extend_from_slice(value.as_bytes());
    out.push(b'\n');
}

/// One field for each line of the text. Only CR and LF end a line here: other characters that
/// Unicode calls line ends are text.
fn lines(prefix: &[u8], text: &str, out: &mut Vec<u8>) {
    let mut rest = text.as_bytes();
    while let Some(at) = memchr2(b'\r', b'\n', rest) {
        out.extend_from_slice(prefix);
        out.extend_from_slice(&rest[..at]);
        out.push(b'\n');
        rest = match &rest[at..] {
            [b'\r', b'\n', rest @ ..] | [_, rest @ ..] => rest,
            [] => &[],
        };
    }
    out.extend_from_slice(prefix);
    out.extend_from_slice(rest);
    out.push(b'\n');
}

#[cfg(test)]
mod tests;
