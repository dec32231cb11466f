//! Why something did not work.

use std::fmt;
use std::io;

use ws_extensions::NegotiationError;
use ws_handshake::{RequestError, Response, ResponseError, UrlError};

#[cfg(feature = "client")]
use crate::DialError;

/// Why an operation on a [`WebSocket`](crate::WebSocket), or on an event stream, failed.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The transport failed.
    Io(io::Error),
    /// The peer broke the protocol or a limit, or did not answer in time; the peer has been told
    /// as far as that was possible.
    Protocol(ws_driver::Error),
    /// The connection is closed or closing: nothing more can be sent, or no longer waited for. How
    /// it ended, [`closure`](crate::WebSocket::closure) tells.
    Closed,
    /// The caller asked for what is not allowed; nothing happened.
    Misuse(ws_driver::Misuse),
    /// The output that waits is over its hard limit
    /// ([`max_write_buffer`](crate::Options::max_write_buffer)); nothing was added.
    WriteBufferFull,
    /// A client's request for a connection was refused; the client has been told.
    Request(RequestError),
    /// A server's answer breaks the rules of the opening handshake.
    Response(ResponseError),
    /// A client's offer of extensions cannot be read, which it has been told; or a server's
    /// answer is not what was offered. Where nothing was offered, an answer is a
    /// [`Response`](Self::Response) error.
    Extensions(Box<NegotiationError>),
    /// The server answered with something else than a WebSocket: its status, fields and the
    /// beginning of its body.
    Rejected(Box<Response>),
    /// The application refused the client, which has been told.
    Refused,
    /// The opening handshake was not finished in time, or a source of events not answered.
    HandshakeTimedOut,
    /// The URL cannot be connected to.
    Url(UrlError),
    /// There is no way to the server; which step did not work, and why.
    #[cfg(feature = "client")]
    Dial(Box<DialError>),
    /// The application's acceptance or request cannot be sent, such as a subprotocol that was
    /// not offered.
    Handshake(ws_handshake::Misuse),
    /// A client's request for an event stream was refused; the client has been told.
    #[cfg(feature = "sse")]
    EventRequest(ws_sse::RequestError),
    /// An event that cannot be written; nothing was.
    #[cfg(feature = "sse")]
    Event(ws_sse::Misuse),
    /// The operating system gave no randomness.
    Entropy(getrandom::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "transport failed: {error}"),
            Self::Protocol(error) => error.fmt(f),
            Self::Misuse(misuse) => misuse.fmt(f),
            Self::Closed => f.write_str("connection is closed"),
            Self::WriteBufferFull => f.write_str("write buffer is full"),
            Self::Request(error) => write!(f, "request refused: {error}"),
            Self::Response(error) => write!(f, "bad answer to the request: {error}"),
            Self::Rejected(response) if response.is_redirect() => write!(
                f,
                "server answered with status {}, a redirect that is not followed",
                response.status()
            ),
            Self::Rejected(response) => {
                write!(f, "server answered with status {}", response.status())
            }
            Self::Extensions(error) => error.fmt(f),
            Self::Refused => f.write_str("request refused by the application"),
            Self::HandshakeTimedOut => f.write_str("opening handshake took too long"),
            Self::Url(error) => error.fmt(f),
            #[cfg(feature = "client")]
            Self::Dial(error) => error.fmt(f),
            Self::Handshake(misuse) => misuse.fmt(f),
            #[cfg(feature = "sse")]
            Self::EventRequest(error) => write!(f, "request refused: {error}"),
            #[cfg(feature = "sse")]
            Self::Event(misuse) => misuse.fmt(f),
            Self::Entropy(error) => write!(f, "no randomness: {error}"),
        }
    }
}

impl std::error::Error for Error {
    /// What lies below the error that `Display` shows already.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => error.source(),
            #[cfg(feature = "client")]
            Self::Dial(error) => error.source(),
            _ => None,
        }
    }
}

macro_rules! from {
    ($($source:ty => $variant:ident),* $(,)?) => {$(
        impl From<$source> for Error {
            fn from(error: $source) -> Self {
                Self::$variant(error)
            }
        }
    )*};
}

from! {
    io::Error => Io,
    ws_driver::Error => Protocol,
    RequestError => Request,
    ResponseError => Response,
    UrlError => Url,
    ws_handshake::Misuse => Handshake,
    getrandom::Error => Entropy,
}

/// Boxed, so that whatever can fail is no larger for it.
impl From<NegotiationError> for Error {
    fn from(error: NegotiationError) -> Self {
        Self::Extensions(Box::new(error))
    }
}

/// Boxed for the same reason.
#[cfg(feature = "client")]
impl From<DialError> for Error {
    fn from(error: DialError) -> Self {
        Self::Dial(Box::new(error))
    }
}

/// That nothing more can be sent is no misuse here: a peer may have closed at any time.
impl From<ws_driver::Misuse> for Error {
    fn from(misuse: ws_driver::Misuse) -> Self {
        match misuse {
            ws_driver::Misuse::SendAfterClose => Self::Closed,
            misuse => Self::Misuse(misuse),
        }
    }
}

#[cfg(feature = "sse")]
impl From<ws_sse::RequestError> for Error {
    fn from(error: ws_sse::RequestError) -> Self {
        Self::EventRequest(error)
    }
}

/// As for WebSockets: that a stream is closed is no misuse.
#[cfg(feature = "sse")]
impl From<ws_sse::Misuse> for Error {
    fn from(misuse: ws_sse::Misuse) -> Self {
        match misuse {
            ws_sse::Misuse::Closed => Self::Closed,
            misuse => Self::Event(misuse),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Error;

    #[test]
    fn errors_are_small() {
        // They are part of every result, and of every future that waits for one.
        assert!(size_of::<Error>() <= 16);
    }
}
