//! Bytes to text, with U+FFFD for what is not UTF-8.
//!
//! The standard decodes the stream before it looks for lines. Line ends, colons and spaces are
//! ASCII, which never is a part of another code point, so decoding each value alone comes to the
//! same.

use alloc::string::String;

use super::block::SMALL;

/// The text, lent from `bytes` if they are UTF-8 and from `replaced` otherwise.
pub(super) fn decode<'a>(bytes: &'a [u8], replaced: &'a mut String) -> &'a str {
    match from_utf8(bytes) {
        Some(text) => text,
        None => {
            replaced.clear();
            append_replaced(bytes, replaced);
            replaced
        }
    }
}

/// Appends the text.
pub(super) fn append(bytes: &[u8], text: &mut String) {
    match from_utf8(bytes) {
        Some(valid) => text.push_str(valid),
        None => append_replaced(bytes, text),
    }
}

/// Clears a buffer, and gives it back if it has become large.
pub(super) fn relax(buffer: &mut String) {
    buffer.clear();
    if buffer.capacity() > SMALL {
        *buffer = String::new();
    }
}

fn from_utf8(bytes: &[u8]) -> Option<&str> {
    #[cfg(feature = "simdutf8")]
    let text = simdutf8::basic::from_utf8(bytes).ok();
    #[cfg(not(feature = "simdutf8"))]
    let text = core::str::from_utf8(bytes).ok();
    text
}

/// Encoding Standard §4.1: one U+FFFD for each maximal part of a code point.
#[cold]
fn append_replaced(bytes: &[u8], text: &mut String) {
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
}
