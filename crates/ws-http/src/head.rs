//! Heads: a start line and fields.

use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use crate::error::{HeadError, InvalidTarget};
use crate::fields::{Fields, MAX_LINE};
use crate::limits::Limits;
use crate::parse;
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

    /// Takes a head apart that stands at the front of `bytes`, and says how long it is.
    ///
    /// If it has more than `fields` fields, or breaks a rule that the scanner sees to, the error is
    /// any one.
    pub(crate) fn parse(
        bytes: &[u8],
        fields: usize,
        limits: &Limits,
    ) -> Result<(Self, usize), HeadError> {
        parse::with_room(fields, |room| {
            let mut request = httparse::Request::new(&mut []);
            let result = request.parse_with_uninit_headers(bytes, room);
            let len = parse::complete(result).map_err(|error| {
                // RFC 9112 §3: the version is what stands behind the last space.
                let words = parse::start_line(bytes).rsplit(|&byte| byte == b' ');
                parse::or_other_version(words, error)
            })?;
            let (Some(method), Some(target)) = (request.method, request.path) else {
                return Err(HeadError::StartLine);
            };
            if !target.bytes().all(is_target) {
                return Err(HeadError::StartLine);
            }
            let head = &bytes[..len];
            let lines = parse::positions(head, request.headers, limits);
            let head = Self {
                method: parse::range_in(head, method.as_bytes()),
                target: parse::range_in(head, target.as_bytes()),
                version: parse::version(request.version)?,
                fields: Fields::from_lines(head.to_vec(), lines.ok_or(HeadError::StartLine)?),
            };
            Ok((head, len))
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

    /// Takes a head apart that stands at the front of `bytes`, and says how long it is.
    ///
    /// If it has more than `fields` fields, or breaks a rule that the scanner sees to, the error is
    /// any one.
    pub(crate) fn parse(
        bytes: &[u8],
        fields: usize,
        limits: &Limits,
    ) -> Result<(Self, usize), HeadError> {
        parse::with_room(fields, |room| {
            let mut response = httparse::Response::new(&mut []);
            let result = httparse::ParserConfig::default().parse_response_with_uninit_headers(
                &mut response,
                bytes,
                room,
            );
            let len = parse::complete(result).map_err(|error| {
                // RFC 9112 §4: here the version is the first word.
                let words = parse::start_line(bytes).split(|&byte| byte == b' ');
                parse::or_other_version(words, error)
            })?;
            let status = response.code.and_then(Status::new);
            let head = &bytes[..len];
            let lines = parse::positions(head, response.headers, limits);
            let head = Self {
                status: status.ok_or(HeadError::StartLine)?,
                version: parse::version(response.version)?,
                fields: Fields::from_lines(head.to_vec(), lines.ok_or(HeadError::StartLine)?),
            };
            Ok((head, len))
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

#[cfg(test)]
mod tests;
