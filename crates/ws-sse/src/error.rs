//! What can be wrong with a stream, with what a caller wants to write, and with a resumption.

use core::fmt;

use ws_http::{InvalidField, InvalidTarget};

/// A stream that breaks a limit. Nothing else can be wrong with one: what makes no sense in it is
/// ignored, as the standard wants.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum DecodeError {
    /// A line is longer than [`Limits::line`](crate::Limits::line).
    LineTooLong,
    /// An event is longer than [`Limits::event`](crate::Limits::event), or its id longer than
    /// [`Limits::id`](crate::Limits::id).
    EventTooLong,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LineTooLong => "line of the event stream too long",
            Self::EventTooLong => "event too long",
        })
    }
}

impl core::error::Error for DecodeError {}

/// Something that cannot be written or done. Never caused by the peer; nothing was written.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Misuse {
    /// The kind of an event has a CR, LF or NUL: it would end its line and begin other fields.
    Kind,
    /// The id of an event has a CR, LF or NUL; one with a NUL would be ignored.
    Id,
    /// The stream is closed.
    Closed,
    /// An event larger than the whole ring of a [`Broadcaster`](crate::Broadcaster).
    EventTooLarge,
    /// A field that cannot be written, which goes for every CR, LF and NUL.
    Field(InvalidField),
    /// A field that this crate writes itself, or that would change how the message is read.
    ProtocolField,
    /// A status that is no refusal: one below 300.
    Status,
    /// A method whose answer is no stream (`HEAD`, `CONNECT`, `TRACE`), or that is no token; a
    /// target that cannot be sent.
    Target(InvalidTarget),
    /// An authority that is not `host[:port]`.
    Authority,
}

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kind => "line end or NUL in the kind of an event",
            Self::Id => "line end or NUL in the id of an event",
            Self::Closed => "event stream is closed",
            Self::EventTooLarge => "event larger than the ring",
            Self::Field(error) => return error.fmt(f),
            Self::ProtocolField => "field belongs to the protocol",
            Self::Status => "status is no refusal",
            Self::Target(error) => return error.fmt(f),
            Self::Authority => "authority is not host[:port]",
        })
    }
}

impl core::error::Error for Misuse {}

impl From<InvalidField> for Misuse {
    fn from(error: InvalidField) -> Self {
        Self::Field(error)
    }
}

impl From<InvalidTarget> for Misuse {
    fn from(error: InvalidTarget) -> Self {
        Self::Target(error)
    }
}

/// The events since an id are not all there: it is too old, or never was one.
///
/// No reason to turn the client away. It has missed something, and has to be told so in terms of
/// the application, by an event that makes it load everything anew.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct Gap;

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("last event id too old or unknown")
    }
}

impl core::error::Error for Gap {}
