//! What httparse makes of a head, and the rules that it does not see to.

use alloc::vec::Vec;
use core::mem::MaybeUninit;
use core::ops::Range;

use httparse::{Error, Header, Status};

use crate::error::HeadError;
use crate::fields::Line;
use crate::head::HttpVersion;
use crate::limits::Limits;
use crate::syntax::is_tchar;

/// Browsers send 12 to 20 fields, proxies add some. So many need no memory while they are parsed.
pub(crate) const TYPICAL_FIELDS: usize = 32;

/// Lends room for so many fields.
pub(crate) fn with_room<'b, R>(
    fields: usize,
    parse: impl FnOnce(&mut [MaybeUninit<Header<'b>>]) -> R,
) -> R {
    if fields <= TYPICAL_FIELDS {
        parse(&mut [const { MaybeUninit::uninit() }; TYPICAL_FIELDS])
    } else {
        let mut room = Vec::new();
        room.resize_with(fields, MaybeUninit::uninit);
        parse(&mut room)
    }
}

/// How long the head is that httparse has found at the front of `bytes`.
pub(crate) fn complete(result: httparse::Result<usize>) -> Result<usize, HeadError> {
    match result {
        Ok(Status::Complete(len)) => Ok(len),
        Err(Error::HeaderName | Error::HeaderValue) => Err(HeadError::FieldLine),
        Err(Error::TooManyHeaders) => Err(HeadError::TooManyFields),
        Ok(Status::Partial) | Err(_) => Err(HeadError::StartLine),
    }
}

/// Turns what httparse has found in `head` into positions, so that the bytes can be owned.
///
/// `None` if the [scanner](crate::scan) would not let the head pass: httparse knows none of our
/// limits, skips any number of empty lines, and takes a bare LF for a line end.
pub(crate) fn positions(head: &[u8], headers: &[Header<'_>], limits: &Limits) -> Option<Vec<Line>> {
    let is_within = head.len() <= limits.head && headers.len() <= limits.fields;
    if !is_within || !head.first().is_some_and(|&byte| is_tchar(byte)) {
        return None;
    }
    let mut start = 0;
    let mut lines = Vec::with_capacity(headers.len());
    for header in headers {
        let name = range_in(head, header.name.as_bytes());
        if !is_line(head, start..name.start, limits) {
            return None;
        }
        start = name.start;
        let value = range_in(head, header.value);
        lines.push(Line { name, value });
    }
    let end = head.strip_suffix(b"\r\n")?.len();
    is_line(head, start..end, limits).then_some(lines)
}

/// Whether the range is one line of text and its line end, CR LF.
fn is_line(head: &[u8], line: Range<usize>, limits: &Limits) -> bool {
    // There is no other CR: httparse wants a LF behind each.
    let line = head.get(line).unwrap_or_default();
    line.ends_with(b"\r\n") && line.len() - 2 <= limits.line
}

/// Where `part` stands in `whole`, of which it is a slice.
pub(crate) fn range_in(whole: &[u8], part: &[u8]) -> Range<usize> {
    let start = part.as_ptr().addr().saturating_sub(whole.as_ptr().addr());
    start..start + part.len()
}

/// The bytes before the first line end.
pub(crate) fn start_line(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|&byte| byte == b'\r');
    &bytes[..end.unwrap_or(bytes.len())]
}

/// The error of a start line whose version is the first of these words: that it is the version of
/// another kind of message counts more than whatever else is wrong.
pub(crate) fn or_other_version<'b>(
    mut words: impl Iterator<Item = &'b [u8]>,
    error: HeadError,
) -> HeadError {
    match words.next() {
        // RFC 9112 §2.3
        Some([b'H', b'T', b'T', b'P', b'/', major, b'.', minor])
            if major.is_ascii_digit()
                && minor.is_ascii_digit()
                && !matches!((major, minor), (b'1', b'0' | b'1')) =>
        {
            HeadError::Version
        }
        _ => error,
    }
}

pub(crate) const fn version(minor: Option<u8>) -> Result<HttpVersion, HeadError> {
    match minor {
        Some(0) => Ok(HttpVersion::Http10),
        Some(1) => Ok(HttpVersion::Http11),
        _ => Err(HeadError::Version),
    }
}
