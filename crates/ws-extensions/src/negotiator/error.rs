//! Why endpoints could not agree on extensions.

use core::fmt;

use crate::{Excerpt, Refusal, SyntaxError};

/// Why the peer's `Sec-WebSocket-Extensions` cannot be: the handshake fails.
///
/// A server meets [`Syntax`](Self::Syntax) only: an offer that it cannot grant is no error.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum NegotiationError {
    /// The header is malformed.
    Syntax(SyntaxError),
    /// The server's answer has more elements than are regarded; see [`LIMIT`].
    ///
    /// [`LIMIT`]: crate::Negotiator::LIMIT
    TooMany,
    /// The server granted this extension, which the client did not offer.
    NotOffered(Excerpt),
    /// The server granted this extension twice.
    Repeated(&'static str),
    /// The client cannot put up with what the server granted.
    Refused(Refused),
}

/// An offer that a server refused, or an answer that a client did: which extension, and why.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct Refused {
    /// The [name](crate::Extension::name) of the extension.
    pub extension: &'static str,
    /// Why it, or the negotiator on its behalf, refused.
    pub refusal: Refusal,
}

impl From<SyntaxError> for NegotiationError {
    fn from(error: SyntaxError) -> Self {
        Self::Syntax(error)
    }
}

impl From<Refused> for NegotiationError {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl fmt::Display for NegotiationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(error) => error.fmt(f),
            Self::TooMany => f.write_str("too many extensions were granted"),
            Self::NotOffered(name) => write!(f, "extension {name} was not offered"),
            Self::Repeated(name) => write!(f, "extension {name} was granted twice"),
            Self::Refused(refused) => refused.fmt(f),
        }
    }
}

/// Prints as in `permessage-deflate: server_max_window_bits: 16 is not within 8 to 15`.
impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.extension, self.refusal)
    }
}

// What there is to say is in `Display` already; a source would say it twice.
impl core::error::Error for NegotiationError {}
