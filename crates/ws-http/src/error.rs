//! What can be wrong with a head or a body, and with what a caller wants to write.

use core::fmt;

/// A head that breaks a rule of RFC 9112 or a limit.
///
/// Nothing behind such a head may be read as HTTP: where it ends is not known.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum HeadError {
    /// The first line is no request line or status line.
    StartLine,
    /// The first line is longer than [`Limits::line`](crate::Limits::line).
    StartLineTooLong,
    /// The HTTP version is well formed but neither 1.0 nor 1.1.
    Version,
    /// A field line without a name that is a token and a colon right behind it.
    FieldLine,
    /// A field line is longer than [`Limits::line`](crate::Limits::line).
    FieldLineTooLong,
    /// More field lines than [`Limits::fields`](crate::Limits::fields).
    TooManyFields,
    /// The head is longer than [`Limits::head`](crate::Limits::head).
    TooLong,
    /// A field line that begins with a space or a tab: the obsolete way to continue a line.
    FoldedLine,
    /// A line feed without a carriage return before it.
    BareLineFeed,
    /// A carriage return without a line feed behind it.
    BareCarriageReturn,
    /// A control character, NUL and DEL among them.
    ControlCharacter,
}

impl fmt::Display for HeadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::StartLine => "malformed start line",
            Self::StartLineTooLong => "start line too long",
            Self::Version => "unsupported HTTP version",
            Self::FieldLine => "malformed field line",
            Self::FieldLineTooLong => "field line too long",
            Self::TooManyFields => "too many fields",
            Self::TooLong => "head too long",
            Self::FoldedLine => "folded field line",
            Self::BareLineFeed => "line feed without carriage return",
            Self::BareCarriageReturn => "carriage return without line feed",
            Self::ControlCharacter => "control character in the head",
        })
    }
}

impl core::error::Error for HeadError {}

/// A body whose end cannot be found.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum BodyError {
    /// `Content-Length` is not one decimal number.
    ContentLength,
    /// `Transfer-Encoding` is something else than `chunked`, or stands beside `Content-Length`.
    TransferEncoding,
    /// A chunk's size is not one to sixteen hexadecimal digits, or too large.
    ChunkSize,
    /// The extensions of a chunk are longer than 256 bytes, or have control characters.
    ChunkExtension,
    /// A chunk's data is not followed by a line end, or a line ends in a bare CR or LF.
    ChunkEnd,
    /// The trailer section is longer than 8 KiB, or has control characters.
    Trailers,
    /// The connection ended inside the body.
    UnexpectedEof,
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ContentLength => "content length is not one decimal number",
            Self::TransferEncoding => "unsupported transfer encoding",
            Self::ChunkSize => "malformed chunk size",
            Self::ChunkExtension => "chunk extension malformed or too long",
            Self::ChunkEnd => "chunk does not end in a line end",
            Self::Trailers => "trailers malformed or too long",
            Self::UnexpectedEof => "the connection ended inside the body",
        })
    }
}

impl core::error::Error for BodyError {}

/// Several values for a field that may have only one.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct RepeatedField;

impl fmt::Display for RepeatedField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("field may occur only once")
    }
}

impl core::error::Error for RepeatedField {}

/// A field that cannot be written: the caller's misuse, never the peer's fault.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum InvalidField {
    /// The name is not a token.
    Name,
    /// The value has a control character (CR, LF and NUL among them).
    Value,
    /// Name and value together are longer than a line of 8 KiB allows.
    TooLong,
}

impl fmt::Display for InvalidField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Name => "field name is not a token",
            Self::Value => "control character in field value",
            Self::TooLong => "field longer than 8 KiB",
        })
    }
}

impl core::error::Error for InvalidField {}

/// A method or request target that cannot be written: the caller's misuse.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum InvalidTarget {
    /// The method is not a token.
    Method,
    /// The target is empty or has something else than visible ASCII, or a `#`.
    Target,
    /// The request line would be longer than 8 KiB.
    TooLong,
}

impl fmt::Display for InvalidTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Method => "method is not a token",
            Self::Target => "request target has a character that may not be sent",
            Self::TooLong => "request line longer than 8 KiB",
        })
    }
}

impl core::error::Error for InvalidTarget {}
