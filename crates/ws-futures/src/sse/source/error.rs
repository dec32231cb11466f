//! Why there is no source of events, or no longer.

use std::fmt;

use ws_handshake::UrlError;
use ws_sse::{Closed, Closure, Misuse};

use crate::DialError;

/// Why there is no source of events, or no longer. No credentials are in it.
#[derive(Debug)]
#[non_exhaustive]
pub enum SourceError {
    /// The URL is none that can be asked.
    Url(UrlError),
    /// The caller asked for what cannot be sent.
    Misuse(Misuse),
    /// There is no way to the server, and never will be: its certificate is not valid, a proxy
    /// wants other credentials, there is no TLS.
    Dial(Box<DialError>),
    /// The server's answer, or its stream, has ended the source: why, and with which response.
    Closed(Box<Closed>),
}

impl SourceError {
    /// Why the source has ended, if an answer or a stream has ended it.
    pub const fn closure(&self) -> Option<Closure> {
        match self {
            Self::Closed(closed) => Some(closed.closure()),
            _ => None,
        }
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(error) => error.fmt(f),
            Self::Misuse(misuse) => misuse.fmt(f),
            Self::Dial(error) => error.fmt(f),
            Self::Closed(closed) => closed.closure().fmt(f),
        }
    }
}

impl std::error::Error for SourceError {
    /// What lies below the error that `Display` shows already.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Dial(error) => error.source(),
            _ => None,
        }
    }
}

impl From<UrlError> for SourceError {
    fn from(error: UrlError) -> Self {
        Self::Url(error)
    }
}

impl From<Misuse> for SourceError {
    fn from(misuse: Misuse) -> Self {
        Self::Misuse(misuse)
    }
}
