//! What can be wrong with a request, a response, a URL, and with what a caller asks for.

use alloc::string::ToString;
use core::fmt;

use ws_http::{Fields, HeadError, InvalidField, Status};

#[cfg(feature = "drafts")]
use crate::hixie::{DraftRequestError, DraftResponseError};
use crate::response::Response;
use crate::version::Versions;

/// Why a server refuses a request. Each names the rule that was broken.
///
/// Caused by the client alone. [`response`](Self::response) is what it should be told.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum RequestError {
    /// The head cannot be read, or is over a limit.
    Head(HeadError),
    /// A field that another server has parsed breaks the rules of HTTP or is longer than 8 KiB.
    Field(InvalidField),
    /// The request is not HTTP/1.1.
    HttpVersion,
    /// The method is not `GET`.
    Method,
    /// The target is neither a path nor a URL of this server, or has a fragment or non-ASCII
    /// characters.
    Target,
    /// `Host` is missing, repeated, or not `host[:port]`.
    Host,
    /// The configuration does not list this `Host`.
    HostForbidden,
    /// A body is announced, or its length is ambiguous.
    Body,
    /// `Upgrade` does not list `websocket`: this is an ordinary HTTP request.
    Upgrade {
        /// What the server would accept.
        accepted: Versions,
    },
    /// `Connection` does not list `upgrade`.
    Connection,
    /// `:protocol` is not `websocket` (RFC 8441 §4).
    Protocol,
    /// A field that is about a connection of HTTP/1.1, in a stream of HTTP/2 or HTTP/3.
    ConnectionField,
    /// There is a `Sec-WebSocket-Key` but no `Sec-WebSocket-Version`.
    VersionMissing {
        /// What the server would accept.
        accepted: Versions,
    },
    /// `Sec-WebSocket-Version` is repeated.
    VersionRepeated,
    /// The version is none that is accepted.
    VersionUnsupported {
        /// What the server would accept.
        accepted: Versions,
    },
    /// The configuration does not admit this `Origin`, or it is repeated.
    OriginForbidden,
    /// `Sec-WebSocket-Key` is missing, repeated, or not sixteen bytes in base64.
    Key,
    /// `Sec-WebSocket-Protocol` is empty, has an element that is no token, or one twice.
    Subprotocols,
    /// No subprotocol is shared, and the configuration requires one.
    NoSharedSubprotocol,
    /// `Sec-WebSocket-Extensions` is not ASCII text.
    Extensions,
    /// A rule that only a draft has.
    #[cfg(feature = "drafts")]
    Draft(DraftRequestError),
}

impl RequestError {
    /// The status of the refusal.
    pub const fn status(&self) -> Status {
        match self {
            Self::Head(HeadError::StartLineTooLong) => Status::URI_TOO_LONG,
            Self::Head(
                HeadError::FieldLineTooLong | HeadError::TooManyFields | HeadError::TooLong,
            )
            | Self::Field(InvalidField::TooLong) => Status::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::Head(HeadError::Version) | Self::HttpVersion => {
                Status::HTTP_VERSION_NOT_SUPPORTED
            }
            Self::Method => Status::METHOD_NOT_ALLOWED,
            Self::HostForbidden | Self::OriginForbidden => Status::FORBIDDEN,
            // RFC 9220 §3: what to answer to a protocol that is not known.
            Self::Protocol => Status::NOT_IMPLEMENTED,
            Self::Upgrade { .. } | Self::VersionUnsupported { .. } => Status::UPGRADE_REQUIRED,
            _ => Status::BAD_REQUEST,
        }
    }

    /// The refusal: the status, a text that names the broken rule, and `Connection: close`.
    pub fn response(&self) -> Response {
        let mut fields = Fields::new();
        let mut add = |name, value: &str| {
            // All of these are constants or numbers.
            let pushed = fields.push(name, value);
            debug_assert!(pushed.is_ok(), "{name}: {value}");
        };
        match self {
            // RFC 9110 §15.5.6: tell what is allowed.
            Self::Method => add("Allow", "GET"),
            // RFC 9110 §15.5.22: tell the protocol.
            Self::Upgrade { .. } | Self::VersionUnsupported { .. } => add("Upgrade", "websocket"),
            _ => {}
        }
        if let Self::Upgrade { accepted }
        | Self::VersionUnsupported { accepted }
        | Self::VersionMissing { accepted } = self
        {
            // RFC 6455 §4.4: tell the versions.
            let list = accepted.to_string();
            // Not all versions have a number.
            if !list.is_empty() {
                add("Sec-WebSocket-Version", &list);
            }
        }
        Response::refusal(self.status(), fields, self.to_string().into_bytes())
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Head(error) => return error.fmt(f),
            Self::Field(error) => return error.fmt(f),
            Self::HttpVersion => "request is not HTTP/1.1",
            Self::Method => "method is not GET",
            Self::Target => "invalid request target",
            Self::Host => "Host is not one host[:port]",
            Self::HostForbidden => "Host is not allowed",
            Self::Body => "request must not have a body",
            Self::Upgrade { .. } => "Upgrade does not list websocket",
            Self::Connection => "Connection does not list upgrade",
            Self::Protocol => "protocol is not websocket",
            Self::ConnectionField => "field of HTTP/1.1 in a stream",
            Self::VersionMissing { .. } => "Sec-WebSocket-Version is missing",
            Self::VersionRepeated => "Sec-WebSocket-Version is repeated",
            Self::VersionUnsupported { .. } => "unsupported WebSocket version",
            Self::OriginForbidden => "Origin is not allowed",
            Self::Key => "Sec-WebSocket-Key is not sixteen bytes in base64",
            Self::Subprotocols => "Sec-WebSocket-Protocol is not a list of distinct tokens",
            Self::NoSharedSubprotocol => "no shared subprotocol",
            Self::Extensions => "Sec-WebSocket-Extensions is not text",
            #[cfg(feature = "drafts")]
            Self::Draft(error) => return error.fmt(f),
        })
    }
}

impl core::error::Error for RequestError {}

impl From<HeadError> for RequestError {
    fn from(error: HeadError) -> Self {
        Self::Head(error)
    }
}

impl From<InvalidField> for RequestError {
    fn from(error: InvalidField) -> Self {
        Self::Field(error)
    }
}

/// Why a client does not take a response for an acceptance: it breaks a rule (RFC 6455 §4.1).
///
/// Caused by the server or the network alone. The transport must be closed.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ResponseError {
    /// The head cannot be read, or is over a limit.
    Head(HeadError),
    /// A field that another client has parsed breaks the rules of HTTP or is longer than 8 KiB.
    Field(InvalidField),
    /// The response is not HTTP/1.1.
    HttpVersion,
    /// More than eight interim responses (1xx).
    TooManyInterimResponses,
    /// `Upgrade` is missing.
    UpgradeMissing,
    /// `Upgrade` is something else than `websocket`.
    UpgradeMismatch,
    /// `Connection` is missing.
    ConnectionMissing,
    /// `Connection` does not list `upgrade`.
    ConnectionMismatch,
    /// `Sec-WebSocket-Accept` is missing.
    AcceptMissing,
    /// `Sec-WebSocket-Accept` is repeated.
    AcceptRepeated,
    /// `Sec-WebSocket-Accept` does not answer the key: this is an answer to somebody else, from a
    /// cache, or from no WebSocket server.
    AcceptMismatch,
    /// `Sec-WebSocket-Protocol` is repeated.
    SubprotocolRepeated,
    /// A subprotocol came although none was asked for.
    SubprotocolUnrequested,
    /// The subprotocol is none of those asked for.
    SubprotocolMismatch,
    /// No subprotocol came, and the request requires one.
    SubprotocolMissing,
    /// Extensions came although none was offered.
    ExtensionsUnrequested,
    /// `Sec-WebSocket-Extensions` is empty or not ASCII text.
    Extensions,
    /// The connection ended before the first byte of a response.
    ClosedBeforeResponse,
    /// The connection ended inside the status line.
    ClosedInStatusLine,
    /// The connection ended between the status line and the end of the head.
    ClosedInFields,
    /// A rule that only a draft has.
    #[cfg(feature = "drafts")]
    Draft(DraftResponseError),
}

impl fmt::Display for ResponseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Head(error) => return error.fmt(f),
            Self::Field(error) => return error.fmt(f),
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
            Self::SubprotocolMissing => "the server chose no subprotocol",
            Self::ExtensionsUnrequested => "the server chose extensions but none were offered",
            Self::Extensions => "Sec-WebSocket-Extensions is not text",
            Self::ClosedBeforeResponse => "connection closed before the response",
            Self::ClosedInStatusLine => "connection closed inside the status line",
            Self::ClosedInFields => "connection closed inside the response's fields",
            #[cfg(feature = "drafts")]
            Self::Draft(error) => return error.fmt(f),
        })
    }
}

impl core::error::Error for ResponseError {}

impl From<HeadError> for ResponseError {
    fn from(error: HeadError) -> Self {
        Self::Head(error)
    }
}

/// A URL that cannot be connected to. It never shows the URL, which may hold a password.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum UrlError {
    /// The scheme is none of `ws`, `wss`, `http` and `https`, or `://` is missing.
    Scheme,
    /// The host is missing or not a name, an IPv4 address or an IPv6 address in brackets. Outside
    /// of URLs, names must be given in their ASCII form (`xn--`).
    Host,
    /// The port is not a number from 1 to 65535.
    Port,
    /// The part before `@` decodes to something that Basic authentication cannot carry.
    UserInfo,
    /// A fragment, which WebSocket URLs must not have (RFC 6455 §3).
    Fragment,
    /// A control character, a backslash, or a space at either end.
    Character,
    /// The request line or the credentials would make a line longer than 8 KiB.
    TooLong,
}

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scheme => "URL does not begin with ws:// or wss:// (or http://, https://)",
            Self::Host => "invalid host in URL",
            Self::Port => "invalid port in URL",
            Self::UserInfo => "invalid user information in URL",
            Self::Fragment => "URL has a fragment",
            Self::Character => "URL has a character that it may not have",
            Self::TooLong => "URL is too long",
        })
    }
}

impl core::error::Error for UrlError {}

/// Why a redirect is not followed.
#[cfg(feature = "url")]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum RedirectError {
    /// The answer is no redirect: its status is none of 301, 302, 303, 307 and 308.
    Status(Status),
    /// There is no `Location`.
    LocationMissing,
    /// There are several `Location`s.
    LocationRepeated,
    /// The location is not the URL of a server.
    Location(UrlError),
    /// The location would end the encryption: `ws` or `http` after `wss`.
    Downgrade,
}

#[cfg(feature = "url")]
impl fmt::Display for RedirectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Status(status) => return write!(f, "status {status} is no redirect"),
            Self::LocationMissing => "redirect without a location",
            Self::LocationRepeated => "redirect with several locations",
            Self::Location(error) => return write!(f, "location of a redirect: {error}"),
            Self::Downgrade => "redirect from wss to ws",
        })
    }
}

#[cfg(feature = "url")]
impl core::error::Error for RedirectError {}

#[cfg(feature = "url")]
impl From<UrlError> for RedirectError {
    fn from(error: UrlError) -> Self {
        Self::Location(error)
    }
}

/// Something that the caller may not ask for. Never caused by the peer.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Misuse {
    /// A field that cannot be written.
    Field(InvalidField),
    /// A field that belongs to the protocol: `Host`, `Upgrade`, `Connection`, `Content-Length`,
    /// `Transfer-Encoding`, `Sec-WebSocket-*`, `WebSocket-*`.
    ProtocolField,
    /// A field that is for a proxy alone: `Proxy-Authorization`.
    ProxyField,
    /// The subprotocol is not a token.
    SubprotocolNotToken,
    /// The subprotocol is in the request already.
    SubprotocolRepeated,
    /// The client has not offered this subprotocol.
    SubprotocolNotOffered,
    /// This version can offer fewer subprotocols.
    TooManySubprotocols,
    /// The client has offered no extensions, or the version knows none.
    ExtensionsNotOffered,
    /// The extensions are empty or not visible ASCII text.
    Extensions,
    /// This version cannot be spoken, or not in this way.
    Version,
    /// Version 4 wants a [nonce](crate::Accept::nonce) of the server.
    #[cfg(feature = "drafts")]
    NonceMissing,
    /// A refusal needs a status from 300 to 999, any other whole response one from 200.
    Status,
}

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Field(error) => return error.fmt(f),
            Self::ProtocolField => "this field belongs to the protocol",
            Self::ProxyField => "this field is for a proxy alone",
            Self::SubprotocolNotToken => "subprotocol is not a token",
            Self::SubprotocolRepeated => "subprotocol is repeated",
            Self::SubprotocolNotOffered => "subprotocol was not offered",
            Self::TooManySubprotocols => "too many subprotocols for this version",
            Self::ExtensionsNotOffered => "extensions were not offered",
            Self::Extensions => "extensions are not visible ASCII text",
            Self::Version => "this version cannot be spoken",
            #[cfg(feature = "drafts")]
            Self::NonceMissing => "the server's nonce is missing",
            Self::Status => "the status is too low for this answer",
        })
    }
}

impl core::error::Error for Misuse {}

impl From<InvalidField> for Misuse {
    fn from(error: InvalidField) -> Self {
        Self::Field(error)
    }
}
