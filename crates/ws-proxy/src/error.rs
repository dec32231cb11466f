//! What can be wrong with an answer, with the text of a proxy, and with what a caller asks for.

use core::fmt;

use ws_http::{HeadError, InvalidField};

/// Why there is no tunnel through an HTTP proxy, other than that it was refused.
///
/// Caused by the proxy or the network alone. The transport must be closed; trying again at once
/// would lead to the same.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ConnectError {
    /// The head of an answer cannot be read, or is over a limit.
    Head(HeadError),
    /// 101, which means nothing here.
    SwitchingProtocols,
    /// More than eight interim responses (1xx).
    TooManyInterimResponses,
    /// The connection ended before the first byte of an answer.
    ClosedBeforeResponse,
    /// The connection ended inside the status line.
    ClosedInStatusLine,
    /// The connection ended between the status line and the end of the head.
    ClosedInFields,
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Head(error) => return write!(f, "proxy: {error}"),
            Self::SwitchingProtocols => "the proxy wants to switch protocols",
            Self::TooManyInterimResponses => "too many interim responses of the proxy",
            Self::ClosedBeforeResponse => "the proxy closed the connection before its response",
            Self::ClosedInStatusLine => "the proxy closed the connection inside the status line",
            Self::ClosedInFields => "the proxy closed the connection inside the response's fields",
        })
    }
}

impl core::error::Error for ConnectError {}

impl From<HeadError> for ConnectError {
    fn from(error: HeadError) -> Self {
        Self::Head(error)
    }
}

/// Why there is no tunnel through a SOCKS5 proxy.
///
/// Caused by the proxy or the network alone. The transport must be closed.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum SocksError {
    /// A message of this version instead of 5: no SOCKS5 proxy.
    Version(u8),
    /// The proxy wants none of the methods of authentication on offer: credentials, if there were
    /// none, or something that is not known here.
    NoAcceptableMethod,
    /// The proxy has chosen a method of authentication that was not on offer.
    UnofferedMethod(u8),
    /// An answer to user and password of this version instead of 1.
    AuthenticationVersion(u8),
    /// User and password are wrong.
    AuthenticationFailed,
    /// The proxy does not connect to the target.
    Refused(SocksReply),
    /// An address of this type, which is none of 1, 3 and 4.
    AddressType(u8),
    /// The connection ended before the answer to the greeting was complete.
    ClosedInGreeting,
    /// The connection ended before the answer to user and password was complete.
    ClosedInAuthentication,
    /// The connection ended before the reply to the request was complete.
    ClosedInReply,
}

impl fmt::Display for SocksError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Version(version) => return write!(f, "SOCKS version {version} instead of 5"),
            Self::NoAcceptableMethod => "the proxy accepts no offered method of authentication",
            Self::UnofferedMethod(method) => {
                return write!(f, "the proxy chose authentication {method}, not offered");
            }
            Self::AuthenticationVersion(version) => {
                return write!(f, "authentication version {version} instead of 1");
            }
            Self::AuthenticationFailed => "the proxy does not accept user and password",
            Self::Refused(reply) => return write!(f, "the proxy does not connect: {reply}"),
            Self::AddressType(kind) => return write!(f, "unknown address type {kind} in reply"),
            Self::ClosedInGreeting => "the proxy closed the connection in the greeting",
            Self::ClosedInAuthentication => "the proxy closed the connection in authentication",
            Self::ClosedInReply => "the proxy closed the connection before or in its reply",
        })
    }
}

impl core::error::Error for SocksError {}

/// What a SOCKS5 proxy gives as the reason (RFC 1928 §6).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum SocksReply {
    /// 1: the proxy has failed, it does not say why.
    GeneralFailure,
    /// 2: its rules do not allow the connection.
    NotAllowed,
    /// 3: the target's network cannot be reached.
    NetworkUnreachable,
    /// 4: the target cannot be reached, or its name is not known.
    HostUnreachable,
    /// 5: the target has refused the connection.
    ConnectionRefused,
    /// 6: it took too long.
    TtlExpired,
    /// 7: the proxy does not know how to connect.
    CommandNotSupported,
    /// 8: the proxy does not know this type of address: an IPv6 address, or a name.
    AddressTypeNotSupported,
    /// A code that has no meaning.
    Other(u8),
}

impl SocksReply {
    /// `None` for success.
    pub(crate) const fn of(code: u8) -> Option<Self> {
        Some(match code {
            0 => return None,
            1 => Self::GeneralFailure,
            2 => Self::NotAllowed,
            3 => Self::NetworkUnreachable,
            4 => Self::HostUnreachable,
            5 => Self::ConnectionRefused,
            6 => Self::TtlExpired,
            7 => Self::CommandNotSupported,
            8 => Self::AddressTypeNotSupported,
            code => Self::Other(code),
        })
    }
}

impl fmt::Display for SocksReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::GeneralFailure => "general failure",
            Self::NotAllowed => "not allowed by its rules",
            Self::NetworkUnreachable => "network unreachable",
            Self::HostUnreachable => "host unreachable",
            Self::ConnectionRefused => "connection refused",
            Self::TtlExpired => "TTL expired",
            Self::CommandNotSupported => "command not supported",
            Self::AddressTypeNotSupported => "address type not supported",
            Self::Other(code) => return write!(f, "unknown reply {code}"),
        })
    }
}

/// A text that is no [`Proxy`](crate::Proxy). It never shows the text, which may hold a password.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ProxyUrlError {
    /// The scheme is none of `http`, `https`, `socks5` and `socks5h`.
    Scheme,
    /// The host is missing or not a name, an IPv4 address or an IPv6 address in brackets. Names
    /// outside of ASCII must be given in their ASCII form (`xn--`).
    Host,
    /// The port is not a number from 1 to 65535.
    Port,
    /// User and password are not percent-encoded, too long, or decode to something that cannot be
    /// sent: a control character, or a colon in the user.
    Credentials,
    /// There is a path, a query or a fragment.
    Path,
    /// A control character, a space, a backslash, or bytes that are not UTF-8.
    Character,
    /// It is longer than 8 KiB.
    TooLong,
}

impl fmt::Display for ProxyUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scheme => "proxy's scheme is not http, https, socks5 or socks5h",
            Self::Host => "invalid host of a proxy",
            Self::Port => "invalid port of a proxy",
            Self::Credentials => "invalid user or password for a proxy",
            Self::Path => "URL of a proxy has a path, a query or a fragment",
            Self::Character => "URL of a proxy has a character that it may not have",
            Self::TooLong => "URL of a proxy is too long",
        })
    }
}

impl core::error::Error for ProxyUrlError {}

/// A variable of the environment that is no [`Proxy`](crate::Proxy).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct EnvironmentError {
    /// The name of the variable.
    pub variable: &'static str,
    /// What is wrong with its value.
    pub error: ProxyUrlError,
}

impl fmt::Display for EnvironmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.variable, self.error)
    }
}

impl core::error::Error for EnvironmentError {}

/// Something that the caller may not ask for. Never caused by the proxy.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Misuse {
    /// The host is not a name of at most 255 bytes, an IPv4 address or an IPv6 address without
    /// zone. Names outside of ASCII must be given in their ASCII form (`xn--`).
    Host,
    /// The port is 0, or not a number up to 65535.
    Port,
    /// The user has a colon.
    User,
    /// The user or the password has a control character.
    ControlCharacter,
    /// User and password together are longer than 4 KiB.
    CredentialsTooLong,
    /// The user or the password is longer than the 255 bytes that SOCKS5 can carry.
    SocksCredentials,
    /// A field that cannot be written.
    Field(InvalidField),
    /// A field that belongs to the protocol, or would give the request a body: `Host`,
    /// `Connection`, `Content-Length`, `Transfer-Encoding`, `Upgrade`, `Expect`.
    ProtocolField,
    /// A field that is for the origin, not for a proxy: `Authorization`, `Cookie`, `Origin`,
    /// `Sec-WebSocket-*`.
    OriginField,
}

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Host => "invalid host",
            Self::Port => "invalid port",
            Self::User => "user has a colon",
            Self::ControlCharacter => "control character in user or password",
            Self::CredentialsTooLong => "user and password are longer than 4 KiB",
            Self::SocksCredentials => "user or password is longer than 255 bytes",
            Self::Field(error) => return error.fmt(f),
            Self::ProtocolField => "this field belongs to the protocol",
            Self::OriginField => "this field is not for a proxy",
        })
    }
}

impl core::error::Error for Misuse {}

impl From<InvalidField> for Misuse {
    fn from(error: InvalidField) -> Self {
        Self::Field(error)
    }
}
