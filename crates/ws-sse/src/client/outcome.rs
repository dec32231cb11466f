//! Why a connection was lost, and why a source has ended.

use alloc::string::String;
use core::fmt;

use ws_http::{BodyError, HeadError, Status};

use crate::error::DecodeError;
use crate::response::Response;

/// Why a connection was lost. None of these ends the source: it connects again.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Loss {
    /// The stream has ended. The usual end, which a server brings about to be reconnected to.
    Ended,
    /// There was no connection to be had, as the caller says.
    Unreachable,
    /// The connection ended before the first byte of a response.
    ClosedBeforeResponse,
    /// The connection ended inside the head of a response.
    ClosedInHead,
    /// The head of a response cannot be read, or is over a limit.
    Head(HeadError),
    /// More than eight interim responses (1xx).
    TooManyInterimResponses,
    /// The stream's end cannot be found, or the connection ended before it.
    Body(BodyError),
    /// The stream breaks a limit, and
    /// [`retries_broken_limits`](crate::SourceOptions::retries_broken_limits) is on.
    Stream(DecodeError),
    /// The server has answered with this status, and
    /// [`retries_refusals`](crate::SourceOptions::retries_refusals) is on.
    Refused(Status),
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ended => "the event stream has ended",
            Self::Unreachable => "no connection to the server",
            Self::ClosedBeforeResponse => "the server closed the connection before its response",
            Self::ClosedInHead => "the server closed the connection inside its response's head",
            Self::Head(error) => return error.fmt(f),
            Self::TooManyInterimResponses => "too many interim responses",
            Self::Body(error) => return error.fmt(f),
            Self::Stream(error) => return error.fmt(f),
            Self::Refused(status) => return write!(f, "the server answers {status}"),
        })
    }
}

impl core::error::Error for Loss {}

/// Why a source of events has ended for good.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Closure {
    /// The caller has closed it.
    Caller,
    /// 204: the server wants no more attempts.
    Stopped,
    /// The stream has ended in order, and the request is one that is not
    /// [repeated](crate::SourceOptions::repeats_after_end).
    Ended,
    /// The server has answered with a status that opens no stream: any but 200.
    Status(Status),
    /// The response is not of the type `text/event-stream`.
    ContentType,
    /// The response has a content coding, such as gzip.
    ContentEncoding,
    /// A redirect that does not say where to, or to where no request can be sent.
    Location,
    /// More redirects, one after the other, than
    /// [`max_redirects`](crate::SourceOptions::max_redirects).
    TooManyRedirects,
    /// A redirect from `https` to `http`.
    Downgrade,
    /// A redirect that would take the body of the request to another origin, which is not
    /// [shared](crate::SourceOptions::shares_body).
    BodyElsewhere,
    /// The stream breaks a limit.
    Stream(DecodeError),
}

impl fmt::Display for Closure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Caller => "event source closed",
            Self::Stopped => "the server has ended the event source",
            Self::Ended => "the event stream has ended",
            Self::Status(status) => return write!(f, "the server answers {status}"),
            Self::ContentType => "the response is no event stream",
            Self::ContentEncoding => "the event stream has a content coding",
            Self::Location => "redirect without a usable Location",
            Self::TooManyRedirects => "too many redirects",
            Self::Downgrade => "redirect from https to http",
            Self::BodyElsewhere => "redirect of a request with a body to another origin",
            Self::Stream(error) => return error.fmt(f),
        })
    }
}

/// Why the last event id of a source is not sent.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum UnsentId {
    /// It has control characters, or spaces around it, which a field of HTTP cannot have or would
    /// lose.
    Unrepresentable,
    /// It is longer than 4 KiB.
    TooLong,
    /// A redirect has led to an origin that it is not from.
    OtherOrigin,
}

/// A source of events that has ended for good.
#[derive(Debug)]
pub struct Closed {
    closure: Closure,
    response: Option<Response>,
    last_event_id: String,
}

impl Closed {
    pub(super) const fn new(
        closure: Closure,
        response: Option<Response>,
        last_event_id: String,
    ) -> Self {
        Self {
            closure,
            response,
            last_event_id,
        }
    }

    /// Why.
    pub const fn closure(&self) -> Closure {
        self.closure
    }

    /// The response that has ended it, if one has: with its body up to
    /// [`max_body`](crate::SourceOptions::max_body), that of a redirect without.
    pub const fn response(&self) -> Option<&Response> {
        self.response.as_ref()
    }

    /// The last event id, for an application that wants to [resume](crate::EventSource::resume)
    /// one day; empty if there is none.
    pub fn last_event_id(&self) -> &str {
        &self.last_event_id
    }
}
