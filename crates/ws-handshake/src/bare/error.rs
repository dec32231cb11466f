//! What can be wrong with either message, and with what a caller wants to write.

use core::fmt;

use super::head::Malformed;
use super::out::Out;

/// Why a server refuses a request.
///
/// Each names the rule that was broken, as [`crate::RequestError`] does where there is an
/// allocator.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum RequestError {
    /// The bytes are not the head of a request.
    Malformed,
    /// The head does not fit into the slice.
    TooLong,
    /// The request is not HTTP/1.1.
    HttpVersion,
    /// The method is not `GET`.
    Method,
    /// The target is neither a path nor a URL of this server.
    Target,
    /// `Host` is missing, repeated, or not `host[:port]`.
    Host,
    /// A body is announced, or its length is ambiguous.
    Body,
    /// `Upgrade` does not list `websocket`: this is an ordinary HTTP request.
    Upgrade,
    /// `Connection` does not list `upgrade`.
    Connection,
    /// There is a `Sec-WebSocket-Key` but no `Sec-WebSocket-Version`.
    VersionMissing,
    /// `Sec-WebSocket-Version` is repeated.
    VersionRepeated,
    /// The version is not 13.
    VersionUnsupported,
    /// `Origin` is of another host, or repeated.
    OriginForbidden,
    /// `Sec-WebSocket-Key` is missing, repeated, or not sixteen bytes in base64.
    Key,
    /// `Sec-WebSocket-Protocol` is empty, has an element that is no token, one twice, or more than
    /// 64 of them.
    Subprotocols,
    /// `Sec-WebSocket-Extensions` is empty or not ASCII text.
    Extensions,
}

impl RequestError {
    /// The status of the refusal.
    pub const fn status(self) -> u16 {
        match self {
            Self::OriginForbidden => 403,
            Self::Method => 405,
            Self::Upgrade | Self::VersionUnsupported => 426,
            Self::TooLong => 431,
            Self::HttpVersion => 505,
            _ => 400,
        }
    }

    /// Writes the refusal, without a body, and gives how many bytes it is. Close the transport behind
    /// it.
    ///
    /// # Errors
    ///
    /// If it does not fit into `out`; 128 bytes are enough.
    pub fn refuse(self, out: &mut [u8]) -> Result<usize, WriteError> {
        let mut out = Out::new(out);
        out.status(self.status());
        if self == Self::Method {
            out.field("Allow", b"GET");
        }
        // RFC 6455 §4.4: tell the version.
        let has_upgrade = matches!(self, Self::Upgrade | Self::VersionUnsupported);
        if has_upgrade || self == Self::VersionMissing {
            out.field("Sec-WebSocket-Version", b"13");
        }
        if has_upgrade {
            // RFC 9110 §7.8: who sends Upgrade lists it in Connection.
            out.field("Upgrade", b"websocket");
            out.field("Connection", b"Upgrade");
        }
        out.end_refusal();
        out.finish()
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "malformed head",
            Self::TooLong => "head too long",
            Self::HttpVersion => "request is not HTTP/1.1",
            Self::Method => "method is not GET",
            Self::Target => "invalid request target",
            Self::Host => "Host is not one host[:port]",
            Self::Body => "request must not have a body",
            Self::Upgrade => "Upgrade does not list websocket",
            Self::Connection => "Connection does not list upgrade",
            Self::VersionMissing => "Sec-WebSocket-Version is missing",
            Self::VersionRepeated => "Sec-WebSocket-Version is repeated",
            Self::VersionUnsupported => "unsupported WebSocket version",
            Self::OriginForbidden => "Origin is not allowed",
            Self::Key => "Sec-WebSocket-Key is not sixteen bytes in base64",
            Self::Subprotocols => "Sec-WebSocket-Protocol is not a list of distinct tokens",
            Self::Extensions => "Sec-WebSocket-Extensions is not text",
        })
    }
}

impl core::error::Error for RequestError {}

impl From<Malformed> for RequestError {
    fn from(Malformed: Malformed) -> Self {
        Self::Malformed
    }
}

/// Why a client does not take a response for an acceptance: it breaks a rule (RFC 6455 §4.1).
///
/// Each names the rule that was broken, as [`crate::ResponseError`] does where there is an
/// allocator. The transport must be closed.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ResponseError {
    /// The bytes are not the head of a response.
    Malformed,
    /// The head does not fit into the slice.
    TooLong,
    /// The response is not HTTP/1.1.
    HttpVersion,
    /// More than eight interim responses (1xx) came before the answer.
    TooManyInterimResponses,
    /// `Upgrade` is missing.
    UpgradeMissing,
    /// `Upgrade` is repeated, or not `websocket`.
    UpgradeMismatch,
    /// `Connection` is missing.
    ConnectionMissing,
    /// `Connection` does not list `upgrade`.
    ConnectionMismatch,
    /// `Sec-WebSocket-Accept` is missing.
    AcceptMissing,
    /// `Sec-WebSocket-Accept` is repeated.
    AcceptRepeated,
    /// `Sec-WebSocket-Accept` does not answer the key.
    AcceptMismatch,
    /// `Sec-WebSocket-Protocol` is repeated.
    SubprotocolRepeated,
    /// A subprotocol came although none was asked for.
    SubprotocolUnrequested,
    /// The subprotocol is none of those asked for.
    SubprotocolMismatch,
    /// Extensions came although none was offered.
    ExtensionsUnrequested,
}

impl fmt::Display for ResponseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "malformed head",
            Self::TooLong => "head too long",
            Self::HttpVersion => "response is not HTTP/1.1",
            Self::TooManyInterimResponses => "too many interim responses",
            Self::UpgradeMissing => "Upgrade is missing",
            Self::UpgradeMismatch => "Upgrade is not websocket",
            Self::ConnectionMissing => "Connection is missing",
            Self::ConnectionMismatch => "Connection does not list upgrade",
            Self::AcceptMissing => "Sec-WebSocket-Accept is missing",
            Self::AcceptRepeated => "Sec-WebSocket-Accept is repeated",
            Self::AcceptMismatch => "Sec-WebSocket-Accept does not answer the key",
            Self::SubprotocolRepeated => "Sec-WebSocket-Protocol is repeated",
            Self::SubprotocolUnrequested => "the server chose a subprotocol but none was requested",
            Self::SubprotocolMismatch => "the server chose a subprotocol that was not requested",
            Self::ExtensionsUnrequested => "the server chose extensions but none were offered",
        })
    }
}

impl core::error::Error for ResponseError {}

impl From<Malformed> for ResponseError {
    fn from(Malformed: Malformed) -> Self {
        Self::Malformed
    }
}

/// Something that cannot be written. Never caused by the peer.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum WriteError {
    /// The slice is too short.
    DoesNotFit,
    /// The host is not `host[:port]` in ASCII.
    Host,
    /// The target does not begin with `/`, or is not percent-encoded, or has a fragment.
    Target,
    /// A subprotocol is not a token, or is there twice.
    Subprotocols,
    /// A field's name is not a token, or its value has a control character.
    Field,
    /// A field that belongs to the protocol, or to a proxy alone.
    ProtocolField,
    /// A refusal needs a status from 300 to 999.
    Status,
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DoesNotFit => "message does not fit into the slice",
            Self::Host => "invalid host",
            Self::Target => "invalid request target",
            Self::Subprotocols => "subprotocols are not distinct tokens",
            Self::Field => "invalid field",
            Self::ProtocolField => "this field belongs to the protocol",
            Self::Status => "a refusal needs a status from 300",
        })
    }
}

impl core::error::Error for WriteError {}
