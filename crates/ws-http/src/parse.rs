//! Taking a head apart that is all there.

use alloc::vec::Vec;
use core::ops::Range;

use crate::error::HeadError;
use crate::fields::Line;
use crate::head::HttpVersion;
use crate::limits::Limits;
use crate::status::Status;
use crate::syntax::{is_target, is_tchar, is_token, printable_len};

/// The parts of a request line, RFC 9112 §3, by their positions.
#[derive(Debug)]
pub(crate) struct RequestLine {
    pub(crate) method: Range<usize>,
    pub(crate) target: Range<usize>,
    pub(crate) version: HttpVersion,
}

/// Reads `method SP request-target SP HTTP-version`.
pub(crate) fn request_line(line: &[u8]) -> Result<RequestLine, HeadError> {
    // The version is what stands behind the last space; it is judged before all else.
    let last = line.iter().rposition(|&byte| byte == b' ');
    let version = http_version(last.map_or(line, |last| &line[last + 1..]))?;
    let last = last.ok_or(HeadError::StartLine)?;
    let first = line.iter().position(|&byte| byte == b' ').unwrap_or(last);
    let method = 0..first;
    let target = first + 1..last.max(first + 1);
    let is_valid = is_token(&line[method.clone()])
        && !target.is_empty()
        && line[target.clone()].iter().copied().all(is_target);
    if is_valid {
        Ok(RequestLine {
            method,
            target,
            version,
        })
    } else {
        Err(HeadError::StartLine)
    }
}

/// Reads `HTTP-version SP status-code [SP reason-phrase]`, RFC 9112 §4. Many servers leave out the
/// space when no reason follows.
pub(crate) fn status_line(line: &[u8]) -> Result<(HttpVersion, Status), HeadError> {
    let end = line.iter().position(|&byte| byte == b' ');
    let (version, behind) = line.split_at(end.unwrap_or(line.len()));
    let version = http_version(version)?;
    let [
        b' ',
        a @ b'0'..=b'9',
        b @ b'0'..=b'9',
        c @ b'0'..=b'9',
        reason @ ..,
    ] = behind
    else {
        return Err(HeadError::StartLine);
    };
    if !matches!(reason, [] | [b' ', ..]) {
        return Err(HeadError::StartLine);
    }
    let code = [a, b, c]
        .iter()
        .fold(0, |code, &digit| code * 10 + u16::from(digit - b'0'));
    let status = Status::new(code).ok_or(HeadError::StartLine)?;
    Ok((version, status))
}

/// Finds the field lines of a head that is all there, and where it ends.
///
/// `None` for anything that the scanner would not let pass, an empty line before the head
/// included, and for a field line that is malformed.
pub(crate) fn whole_head(bytes: &[u8], limits: &Limits) -> Option<(usize, Vec<Line>)> {
    if !bytes.first().is_some_and(|&byte| is_tchar(byte)) {
        return None;
    }
    // Browsers send 12 to 20.
    let mut lines = Vec::with_capacity(limits.fields.min(16));
    let mut start = 0;
    let mut end = line_end(bytes, 0);
    loop {
        let behind = bytes.get(end..)?.strip_prefix(b"\r\n")?;
        if end - start > limits.line {
            return None;
        }
        start = end + 2;
        if behind.starts_with(b"\r\n") {
            let len = start + 2;
            return (len <= limits.head).then_some((len, lines));
        }
        if lines.len() == limits.fields {
            return None;
        }
        let field = field_line(bytes, start)?;
        end = field.end;
        lines.push(field.positions);
    }
}

struct FieldLine {
    positions: Line,
    end: usize,
}

/// RFC 9112 §5: `field-name ":" OWS field-value OWS`. The name is a token, and no space stands
/// between it and the colon (§5.1).
fn field_line(bytes: &[u8], start: usize) -> Option<FieldLine> {
    let rest = bytes.get(start..)?;
    let len = rest.iter().position(|&byte| !is_tchar(byte))?;
    if len == 0 || rest[len] != b':' {
        return None;
    }
    let colon = start + len;
    let end = line_end(bytes, colon + 1);
    Some(FieldLine {
        positions: Line {
            name: start..colon,
            value: trimmed(bytes, colon + 1..end),
        },
        end,
    })
}

/// The bytes before the first line end.
pub(crate) fn start_line(bytes: &[u8]) -> &[u8] {
    &bytes[..line_end(bytes, 0)]
}

/// Where the line ends in which `start` is.
fn line_end(bytes: &[u8], start: usize) -> usize {
    let mut end = start;
    loop {
        end += printable_len(bytes.get(end..).unwrap_or_default());
        match bytes.get(end) {
            Some(b'\t') => end += 1,
            _ => return end,
        }
    }
}

/// The range without the spaces and tabs around what is in it (`OWS`, RFC 9110 §5.6.3).
fn trimmed(bytes: &[u8], range: Range<usize>) -> Range<usize> {
    let Range { mut start, mut end } = range;
    while let Some(b' ' | b'\t') = bytes[start..end].first() {
        start += 1;
    }
    while let Some(b' ' | b'\t') = bytes[start..end].last() {
        end -= 1;
    }
    start..end
}

/// RFC 9112 §2.3, of which only two versions have heads like these.
fn http_version(word: &[u8]) -> Result<HttpVersion, HeadError> {
    match word {
        b"HTTP/1.1" => Ok(HttpVersion::Http11),
        b"HTTP/1.0" => Ok(HttpVersion::Http10),
        [b'H', b'T', b'T', b'P', b'/', b'0'..=b'9', b'.', b'0'..=b'9'] => Err(HeadError::Version),
        _ => Err(HeadError::StartLine),
    }
}

#[cfg(test)]
mod tests;
