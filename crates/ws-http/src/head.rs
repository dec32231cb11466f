//! Heads: a start line and fields.

use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use crate::error::{HeadError, InvalidTarget};
use crate::fields::{Fields, MAX_LINE, positions, range_in};
use crate::status::Status;
use crate::syntax::{is_target, is_token};

/// The versions of HTTP whose heads look like this.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum HttpVersion {
    /// `HTTP/1.0`. It is read, so that it can be refused or (from a proxy) tolerated, never written.
    Http10,
    /// `HTTP/1.1`.
    Http11,
}

/// The head of a request.
///
/// One allocation holds its bytes, another one the positions of its fields.
#[derive(Clone, Eq, PartialEq)]
pub struct RequestHead {
    /// Its bytes also hold method and target.
    fields: Fields,
    method: Range<usize>,
    target: Range<usize>,
    version: HttpVersion,
}

impl RequestHead {
    /// A request to send. `target` is what stands in the request line, such as `/chat?room=1`.
    ///
    /// # Errors
    ///
    /// If the method is not a token, or the target has spaces, control characters, non-ASCII
    /// characters or a fragment.
    pub fn new(method: &str, target: &str, mut fields: Fields) -> Result<Self, InvalidTarget> {
        if !is_token(method.as_bytes()) {
            return Err(InvalidTarget::Method);
        }
        if target.is_empty() || !target.bytes().all(is_target) {
            return Err(InvalidTarget::Target);
        }
        if method.len() + target.len() + "  HTTP/1.1".len() > MAX_LINE {
            return Err(InvalidTarget::TooLong);
        }
        Ok(Self {
            method: fields.append(method.as_bytes()),
            target: fields.append(target.as_bytes()),
            version: HttpVersion::Http11,
            fields,
        })
    }

    /// Takes a complete head apart; the scanner has seen its lines.
    pub(crate) fn parse(bytes: Vec<u8>, fields: usize) -> Result<Self, HeadError> {
        let line = start_line(&bytes);
        // RFC 9112 §3: the version is what stands behind the last space.
        if is_other_version(line.rsplit(|&byte| byte == b' ').next()) {
            return Err(HeadError::Version);
        }
        let mut lines = alloc::vec![httparse::EMPTY_HEADER; fields];
        let mut request = httparse::Request::new(&mut lines);
        complete(request.parse(&bytes))?;
        let (Some(method), Some(target)) = (request.method, request.path) else {
            return Err(HeadError::StartLine);
        };
        if !target.bytes().all(is_target) {
            return Err(HeadError::StartLine);
        }
        let method = range_in(&bytes, method.as_bytes());
        let target = range_in(&bytes, target.as_bytes());
        let version = version(request.version)?;
        let lines = positions(&bytes, request.headers)?;
        Ok(Self {
            fields: Fields::from_lines(bytes, lines),
            method,
            target,
            version,
        })
    }

    /// The method, a token. Methods are case-sensitive.
    pub fn method(&self) -> &str {
        self.fields.text_at(&self.method)
    }

    /// The request target as it stands in the request line: visible ASCII without `#`.
    pub fn target(&self) -> &str {
        self.fields.text_at(&self.target)
    }

    /// The version of HTTP in the request line.
    pub const fn version(&self) -> HttpVersion {
        self.version
    }

    /// The fields.
    pub const fn fields(&self) -> &Fields {
        &self.fields
    }

    /// Appends the head to `out`, as HTTP/1.1 whatever version it was read with.
    pub fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.method().as_bytes());
        out.push(b' ');
        out.extend_from_slice(self.target().as_bytes());
        out.extend_from_slice(b" HTTP/1.1\r\n");
        self.fields.encode(out);
        out.extend_from_slice(b"\r\n");
    }
}

impl fmt::Debug for RequestHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestHead")
            .field("method", &self.method())
            .field("target", &self.target())
            .field("version", &self.version)
            .field("fields", &self.fields)
            .finish()
    }
}

/// The head of a response.
#[derive(Clone, Eq, PartialEq)]
pub struct ResponseHead {
    fields: Fields,
    status: Status,
    version: HttpVersion,
}

impl ResponseHead {
    /// A response to send, with the standard reason of its status.
    pub const fn new(status: Status, fields: Fields) -> Self {
        Self {
            fields,
            status,
            version: HttpVersion::Http11,
        }
    }

    /// Takes a complete head apart; the scanner has seen its lines.
    pub(crate) fn parse(bytes: Vec<u8>, fields: usize) -> Result<Self, HeadError> {
        let line = start_line(&bytes);
        if is_other_version(line.split(|&byte| byte == b' ').next()) {
            return Err(HeadError::Version);
        }
        let mut lines = alloc::vec![httparse::EMPTY_HEADER; fields];
        let mut response = httparse::Response::new(&mut lines);
        complete(response.parse(&bytes))?;
        let status = response
            .code
            .and_then(Status::new)
            .ok_or(HeadError::StartLine)?;
        let version = version(response.version)?;
        let lines = positions(&bytes, response.headers)?;
        Ok(Self {
            fields: Fields::from_lines(bytes, lines),
            status,
            version,
        })
    }

    /// The status code.
    pub const fn status(&self) -> Status {
        self.status
    }

    /// The version of HTTP in the status line.
    pub const fn version(&self) -> HttpVersion {
        self.version
    }

    /// The fields.
    pub const fn fields(&self) -> &Fields {
        &self.fields
    }

    /// The fields, by value.
    pub fn into_fields(self) -> Fields {
        self.fields
    }

    /// Appends the head to `out`, as HTTP/1.1 and with the standard reason.
    pub fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"HTTP/1.1 ");
        out.extend_from_slice(&self.status.digits());
        // The space belongs there even if no reason follows (RFC 9112 §4).
        out.push(b' ');
        out.extend_from_slice(self.status.reason().as_bytes());
        out.extend_from_slice(b"\r\n");
        self.fields.encode(out);
        out.extend_from_slice(b"\r\n");
    }
}

impl fmt::Debug for ResponseHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseHead")
            .field("status", &self.status)
            .field("version", &self.version)
            .field("fields", &self.fields)
            .finish()
    }
}

/// The bytes before the first line end.
fn start_line(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|&byte| byte == b'\r');
    &bytes[..end.unwrap_or(bytes.len())]
}

/// Whether `word` is a well-formed `HTTP-version` (RFC 9112 §2.3) of another kind of message.
fn is_other_version(word: Option<&[u8]>) -> bool {
    match word {
        Some([b'H', b'T', b'T', b'P', b'/', major, b'.', minor]) => {
            major.is_ascii_digit()
                && minor.is_ascii_digit()
                && !matches!((major, minor), (b'1', b'0' | b'1'))
        }
        _ => false,
    }
}

const fn version(minor: Option<u8>) -> Result<HttpVersion, HeadError> {
    match minor {
        Some(0) => Ok(HttpVersion::Http10),
        Some(1) => Ok(HttpVersion::Http11),
        _ => Err(HeadError::Version),
    }
}

/// httparse's verdict about a head whose blank line is there.
fn complete(result: httparse::Result<usize>) -> Result<(), HeadError> {
    match result {
        Ok(httparse::Status::Complete(_)) => Ok(()),
        // It saw a line end where the scanner saw none: the two disagree about the start line.
        Ok(httparse::Status::Partial) => Err(HeadError::StartLine),
        Err(error) => Err(match error {
            httparse::Error::HeaderName | httparse::Error::HeaderValue => HeadError::FieldLine,
            httparse::Error::TooManyHeaders => HeadError::TooManyFields,
            _ => HeadError::StartLine,
        }),
    }
}

#[cfg(test)]
mod tests;
