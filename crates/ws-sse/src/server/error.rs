//! What can be wrong with a request, and what the client is told.

use alloc::string::ToString;
use core::fmt;

use ws_http::{Fields, HeadError, Status};

use crate::response::{Response, push};

/// Why a server refuses a request. Each names the rule that was broken.
///
/// Caused by the client alone. [`response`](Self::response) is what it should be told.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum RequestError {
    /// The head cannot be read, or is over a limit.
    Head(HeadError),
    /// The method is neither `GET` nor `HEAD`.
    Method,
    /// `Host` is repeated, or missing from a request of HTTP/1.1, or no host.
    Host,
    /// `Last-Event-ID` is repeated: there is no telling what the client has seen.
    LastEventIdRepeated,
    /// `Last-Event-ID` is longer than 8 KiB.
    LastEventIdTooLong,
    /// `Accept` leaves no room for an event stream.
    NotAcceptable,
}

impl RequestError {
    /// The status of the refusal.
    pub const fn status(&self) -> Status {
        match self {
            Self::Head(HeadError::StartLineTooLong) => Status::URI_TOO_LONG,
            Self::Head(
                HeadError::FieldLineTooLong | HeadError::TooManyFields | HeadError::TooLong,
            )
            | Self::LastEventIdTooLong => Status::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::Head(HeadError::Version) => Status::HTTP_VERSION_NOT_SUPPORTED,
            Self::Method => Status::METHOD_NOT_ALLOWED,
            Self::NotAcceptable => Status::NOT_ACCEPTABLE,
            Self::Head(_) | Self::Host | Self::LastEventIdRepeated => Status::BAD_REQUEST,
        }
    }

    /// The refusal: the status, a text that names the broken rule, and `Connection: close`.
    pub fn response(&self) -> Response {
        let mut fields = Fields::new();
        if *self == Self::Method {
            // RFC 9110 §15.5.6: tell what is allowed.
            push(&mut fields, "Allow", "GET, HEAD");
        }
        Response::new(self.status(), &fields, self.to_string().into_bytes())
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Head(error) => return error.fmt(f),
            Self::Method => "method is neither GET nor HEAD",
            Self::Host => "Host is not one host[:port]",
            Self::LastEventIdRepeated => "Last-Event-ID is repeated",
            Self::LastEventIdTooLong => "Last-Event-ID is longer than 8 KiB",
            Self::NotAcceptable => "Accept does not admit text/event-stream",
        })
    }
}

impl core::error::Error for RequestError {}

impl From<HeadError> for RequestError {
    fn from(error: HeadError) -> Self {
        Self::Head(error)
    }
}
