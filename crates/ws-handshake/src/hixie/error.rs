//! What can be wrong with messages of the drafts alone.

use core::fmt;

/// What can be wrong with a request of a draft alone.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum DraftRequestError {
    /// hixie-76: there is no `Origin`.
    OriginMissing,
    /// hixie-76: one of the two keys is missing.
    KeyMissing,
    /// hixie-76: a key is repeated, has no digit or no space, or its number is not divisible by
    /// the spaces or makes more than 32 bits.
    Key,
}

impl fmt::Display for DraftRequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OriginMissing => "Origin is missing",
            Self::KeyMissing => "Sec-WebSocket-Key1 or Sec-WebSocket-Key2 is missing",
            Self::Key => "invalid Sec-WebSocket-Key1 or Sec-WebSocket-Key2",
        })
    }
}

impl core::error::Error for DraftRequestError {}

/// What can be wrong with a response of a draft alone.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum DraftResponseError {
    /// hybi-04: `Sec-WebSocket-Nonce` is missing, repeated, or not sixteen bytes in base64.
    Nonce,
    /// hixie: the response is not for our origin, or does not tell.
    Origin,
    /// hixie: the response is not for our URL, or does not tell.
    Location,
    /// hixie-76: the digest behind the head does not answer the keys.
    Digest,
    /// hixie-76: the connection ended inside the digest.
    ClosedInDigest,
}

impl fmt::Display for DraftResponseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nonce => "Sec-WebSocket-Nonce is not sixteen bytes in base64",
            Self::Origin => "the response is for another origin",
            Self::Location => "the response is for another location",
            Self::Digest => "the digest does not answer the keys",
            Self::ClosedInDigest => "connection closed inside the digest",
        })
    }
}

impl core::error::Error for DraftResponseError {}
