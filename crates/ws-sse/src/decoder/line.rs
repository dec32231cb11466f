//! One line: which field it is, and where its value begins.

use core::time::Duration;

use memchr::memchr2;

/// The fields that mean something: WHATWG HTML §9.2.6.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Field {
    Event,
    Data,
    Id,
    Retry,
    /// A comment, or any other name. Names are compared as they are, case and spaces included.
    Ignored,
}

impl Field {
    /// Whether its values are held until the event ends, and therefore count.
    pub(super) const fn is_held(self) -> bool {
        matches!(self, Self::Event | Self::Data | Self::Id)
    }
}

/// In so many bytes the end of a line is looked for right here: a call costs more.
const SHORT: usize = 16;

/// Where the line at the front of `input` ends: a CR or LF.
#[inline]
pub(super) fn end(input: &[u8]) -> Option<usize> {
    memchr2(b'\n', b'\r', input)
}

/// The same, faster for short lines and slower for long ones.
#[inline]
pub(super) fn near_end(input: &[u8]) -> Option<usize> {
    let mut from = 0;
    while let Some(word) = input[from..].first_chunk()
        && from < SHORT
    {
        if let Some(at) = first_control(*word) {
            from += at;
            if matches!(input[from], b'\n' | b'\r') {
                return Some(from);
            }
            break;
        }
        from += word.len();
    }
    Some(from + end(&input[from..])?)
}

/// The first byte that is not greater than CR.
#[inline]
fn first_control(word: [u8; 8]) -> Option<usize> {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    let word = u64::from_le_bytes(word);
    // The lowest bit is right: what is less borrows from above only.
    let less = word.wrapping_sub(ONES * (u64::from(b'\r') + 1)) & !word & (ONES << 7);
    (less != 0).then(|| less.trailing_zeros() as usize / 8)
}

/// The value of a line that is plainly `data`.
#[inline]
pub(super) fn data(line: &[u8]) -> Option<&[u8]> {
    let value = line.strip_prefix(b"data:")?;
    Some(value.strip_prefix(b" ").unwrap_or(value))
}

/// How many bytes of a line tell for sure what it is and where its value begins: `event`, the
/// colon, and a space or something else.
pub(super) const LONGEST_PREFIX: usize = 7;

/// Which field a complete line is, and where its value begins. It must not be empty.
///
/// Of the beginning of a line this says the same as of the whole, unless
/// [`may_become_field`] is true of it.
#[inline]
pub(super) fn split(line: &[u8]) -> (Field, usize) {
    let (field, name) = match line {
        [b'd', b'a', b't', b'a', ..] => (Field::Data, 4),
        [b'i', b'd', ..] => (Field::Id, 2),
        [b'e', b'v', b'e', b'n', b't', ..] => (Field::Event, 5),
        [b'r', b'e', b't', b'r', b'y', ..] => (Field::Retry, 5),
        _ => return (Field::Ignored, 0),
    };
    match &line[name..] {
        // No colon: the whole line is the name, and the value is empty.
        [] => (field, name),
        // One space is dropped, no other white space and no second one.
        [b':', b' ', ..] => (field, name + 2),
        [b':', ..] => (field, name + 1),
        _ => (Field::Ignored, 0),
    }
}

/// Whether more bytes could make another field of this beginning of a line, or another value.
pub(super) fn may_become_field(prefix: &[u8]) -> bool {
    const NAMES: [&[u8]; 4] = [b"data:", b"event:", b"id:", b"retry:"];
    NAMES.iter().any(|name| name.starts_with(prefix))
}

/// Milliseconds, if there is nothing but ASCII digits. More than fits counts as the most that does.
pub(super) fn digits(value: &[u8]) -> Option<Duration> {
    if value.is_empty() {
        return None;
    }
    let millis = value.iter().try_fold(0_u64, |millis, byte| {
        byte.is_ascii_digit().then(|| {
            millis
                .saturating_mul(10)
                .saturating_add(u64::from(byte - b'0'))
        })
    });
    millis.map(Duration::from_millis)
}
