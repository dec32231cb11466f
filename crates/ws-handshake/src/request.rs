//! What a client asks for.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
#[cfg(feature = "url")]
use core::str::FromStr;

use ws_http::{Fields, InvalidField, Limits, is_token};

use crate::authority::{Authority, AuthorityError};
use crate::error::{Misuse, UrlError};
use crate::response::check_custom_name;
use crate::subprotocol::FIELD;
#[cfg(feature = "url")]
use crate::url::ServerUrl;
use crate::version::{ORIGIN, Version};

/// What a client asks for: where to connect, and what to say there.
///
/// ```
/// use ws_handshake::Request;
///
/// let request = Request::from_url("wss://user:secret@example.com:9443/chat?room=1")?
///     .with_subprotocol("soup")?
///     .with_field("User-Agent", "kettle/1")?;
/// assert_eq!((request.host(), request.port()), ("example.com", 9443));
/// assert!(request.is_secure());
/// assert_eq!(request.target(), "/chat?room=1");
/// assert!(!format!("{request:?}").contains("secret"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Request {
    is_secure: bool,
    /// The value of `Host`.
    authority: String,
    /// Without the brackets of an IPv6 address.
    host: String,
    port: u16,
    target: String,
    version: Version,
    /// The value of `Authorization` that the URL's user information makes.
    authorization: Option<String>,
    subprotocols: Vec<String>,
    require_subprotocol: bool,
    extensions: Option<String>,
    fields: Fields,
    limits: Limits,
}

impl Request {
    /// A request for a `ws://` or `wss://` URL; `http://` and `https://` are taken for the same.
    ///
    /// It is read as browsers read it (the URL standard): scheme and host may be in any case, names
    /// outside of ASCII become `xn--`, dots in the path are resolved, a port that is the scheme's
    /// default one is left out of `Host`, and what may not stand in path and query is
    /// percent-encoded. User information is percent-decoded and sent as Basic `Authorization`.
    ///
    /// # Errors
    ///
    /// Refused is what other parsers are known to read differently: backslashes, control characters,
    /// spaces at either end, missing slashes, a second `@`, a percent sign in the host, IPv4
    /// addresses that are not four decimal numbers; and fragments, other schemes, an empty host,
    /// port 0.
    #[cfg(feature = "url")]
    pub fn from_url(url: &str) -> Result<Self, UrlError> {
        let url = ServerUrl::parse(url)?;
        let mut request = Self::new(url.is_secure(), url.parts()?, url.target())?;
        if let Some(authorization) = url.authorization()? {
            if authorization.len() + "Authorization: ".len() > request.limits.line {
                return Err(UrlError::TooLong);
            }
            request.authorization = Some(authorization);
        }
        Ok(request)
    }

    /// The same request to another place.
    #[cfg(feature = "url")]
    pub(crate) fn moved(self, url: &ServerUrl) -> Result<Self, UrlError> {
        let there = Self::new(url.is_secure(), url.parts()?, url.target())?;
        Ok(Self {
            is_secure: there.is_secure,
            authority: there.authority,
            host: there.host,
            port: there.port,
            target: there.target,
            ..self
        })
    }

    /// A request for `target` (path and query, beginning with `/`) at `authority` (`host[:port]`)
    /// without TLS, on port 80 by default.
    ///
    /// # Errors
    ///
    /// If the host is not a name of ASCII letters, digits, `-`, `.` and `_`, an IPv4 address or an
    /// IPv6 address in brackets; if the port is 0; if the target is not percent-encoded.
    pub fn ws(authority: &str, target: &str) -> Result<Self, UrlError> {
        Self::from_parts(false, authority, target)
    }

    /// A request for `target` (path and query, beginning with `/`) at `authority` (`host[:port]`)
    /// through TLS, port 443 by default.
    ///
    /// # Errors
    ///
    /// As [`ws`](Self::ws).
    pub fn wss(authority: &str, target: &str) -> Result<Self, UrlError> {
        Self::from_parts(true, authority, target)
    }

    fn from_parts(is_secure: bool, authority: &str, target: &str) -> Result<Self, UrlError> {
        if target.contains('#') {
            return Err(UrlError::Fragment);
        }
        if !target.starts_with('/') || !target.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(UrlError::Character);
        }
        Self::new(is_secure, parse_authority(authority)?, target.to_string())
    }

    fn new(is_secure: bool, authority: Authority<'_>, target: String) -> Result<Self, UrlError> {
        let limits = Limits::default();
        if target.len() + "GET  HTTP/1.1".len() > limits.line {
            return Err(UrlError::TooLong);
        }
        let default = if is_secure { 443 } else { 80 };
        let port = authority.port.unwrap_or(default);
        let mut host = authority.host.to_ascii_lowercase();
        if port != default {
            host.push(':');
            host.push_str(&port.to_string());
        }
        Ok(Self {
            is_secure,
            authority: host,
            host: authority.bare_host().to_ascii_lowercase(),
            port,
            target,
            version: Version::Rfc6455,
            authorization: None,
            subprotocols: Vec::new(),
            require_subprotocol: false,
            extensions: None,
            fields: Fields::new(),
            limits,
        })
    }

    /// Offers one more subprotocol, less preferred than those before.
    ///
    /// # Errors
    ///
    /// If it is not a token, offered already, makes the field longer than 8 KiB, or is more than
    /// the version can offer.
    pub fn with_subprotocol(mut self, name: &str) -> Result<Self, Misuse> {
        // RFC 6455 §4.1-10
        if !is_token(name.as_bytes()) {
            return Err(Misuse::SubprotocolNotToken);
        }
        if self.subprotocols.iter().any(|other| other == name) {
            return Err(Misuse::SubprotocolRepeated);
        }
        if self.subprotocols.len() >= self.version.dialect().max_subprotocols {
            return Err(Misuse::TooManySubprotocols);
        }
        let before = self
            .subprotocols
            .iter()
            .map(|other| other.len() + ", ".len())
            .sum::<usize>();
        if FIELD.len() + ": ".len() + before + name.len() > Limits::default().line {
            return Err(Misuse::Field(InvalidField::TooLong));
        }
        self.subprotocols.push(name.to_string());
        Ok(self)
    }

    /// Whether to fail if the server chooses none of the subprotocols. By default the connection
    /// opens without one. Has no effect if none is offered.
    pub const fn require_subprotocol(mut self, require: bool) -> Self {
        self.require_subprotocol = require;
        self
    }

    /// Adds a field, such as `Origin` or `Cookie`, behind those of the protocol.
    ///
    /// An `Origin` is sent under the name that it has in the version that is spoken. An
    /// `Authorization` takes the place of the one from the URL's user information.
    ///
    /// # Errors
    ///
    /// If it cannot be written, belongs to the protocol, or is for a proxy alone.
    pub fn with_field(mut self, name: &str, value: impl AsRef<[u8]>) -> Result<Self, Misuse> {
        check_custom_name(name)?;
        if name.eq_ignore_ascii_case("Proxy-Authorization") {
            return Err(Misuse::ProxyField);
        }
        if name.eq_ignore_ascii_case(ORIGIN) {
            // It must fit under its longest name.
            Fields::new().push("Sec-WebSocket-Origin", value.as_ref())?;
        }
        self.fields.push(name, value)?;
        Ok(self)
    }

    /// Sets the offer of extensions, the value of `Sec-WebSocket-Extensions`. Versions before 7
    /// know none and offer none.
    ///
    /// # Errors
    ///
    /// If it is empty, longer than a line may be, or not visible ASCII text. Whether it follows
    /// the grammar of RFC 6455 §9.1 is not checked here.
    pub fn with_extensions(mut self, offer: &str) -> Result<Self, Misuse> {
        check_extensions(offer)?;
        self.extensions = Some(offer.to_string());
        Ok(self)
    }

    /// Sets the version of the protocol to speak.
    ///
    /// # Errors
    ///
    /// Without the feature `drafts` for every version but 13, 8 and 7; if more subprotocols are on
    /// offer than the version can say.
    pub fn with_version(mut self, version: Version) -> Result<Self, Misuse> {
        if !version.is_spoken() {
            return Err(Misuse::Version);
        }
        if self.subprotocols.len() > version.dialect().max_subprotocols {
            return Err(Misuse::TooManySubprotocols);
        }
        self.version = version;
        Ok(self)
    }

    /// Sets the bounds on the response's head.
    pub const fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The host to connect to, in lower case and without the brackets of an IPv6 address.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port to connect to.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Whether to connect through TLS.
    pub const fn is_secure(&self) -> bool {
        self.is_secure
    }

    /// The value of `Host`: the host, and the port if it is not the scheme's default one.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The request target: path and query.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The version of the protocol to speak.
    pub const fn version(&self) -> Version {
        self.version
    }

    /// The subprotocols on offer, the most preferred first.
    pub fn subprotocols(&self) -> &[String] {
        &self.subprotocols
    }

    /// The offer of extensions.
    pub fn extensions(&self) -> Option<&str> {
        self.extensions.as_deref()
    }

    /// The fields that have been added to those of the protocol.
    pub const fn fields(&self) -> &Fields {
        &self.fields
    }

    #[cfg(feature = "url")]
    pub(crate) fn replace_fields(&mut self, fields: Fields) {
        self.fields = fields;
        self.authorization = None;
    }

    pub(crate) fn authorization(&self) -> Option<&str> {
        let replaced = self.fields.contains("Authorization");
        self.authorization.as_deref().filter(|_| !replaced)
    }

    pub(crate) const fn requires_subprotocol(&self) -> bool {
        self.require_subprotocol && !self.subprotocols.is_empty()
    }

    pub(crate) const fn limits(&self) -> Limits {
        self.limits
    }
}

#[cfg(feature = "url")]
impl FromStr for Request {
    type Err = UrlError;

    fn from_str(url: &str) -> Result<Self, UrlError> {
        Self::from_url(url)
    }
}

impl fmt::Debug for Request {
    /// Shows no credentials, and neither the query nor the names of subprotocols, in which some
    /// send them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.target.split('?').next().unwrap_or_default();
        f.debug_struct("Request")
            .field("is_secure", &self.is_secure)
            .field("authority", &self.authority)
            .field("path", &path)
            .field("version", &self.version)
            .field("has_credentials", &self.authorization.is_some())
            .field("subprotocols", &self.subprotocols.len())
            .field("require_subprotocol", &self.require_subprotocol)
            .field("extensions", &self.extensions)
            .field("fields", &self.fields)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// The authority of a server to connect to.
pub(crate) fn parse_authority(text: &str) -> Result<Authority<'_>, UrlError> {
    let authority = Authority::parse(text.as_bytes()).map_err(|error| match error {
        AuthorityError::Host => UrlError::Host,
        AuthorityError::Port => UrlError::Port,
    })?;
    if authority.is_broken_ipv4() {
        Err(UrlError::Host)
    } else {
        Ok(authority)
    }
}

/// Extensions are written as they are given, so they must be one line of ASCII text.
pub(crate) fn check_extensions(text: &str) -> Result<(), Misuse> {
    let is_text = |byte: u8| byte.is_ascii_graphic() || matches!(byte, b' ' | b'\t');
    let fits = text.len() <= Limits::default().line - "Sec-WebSocket-Extensions: ".len();
    if fits && text.bytes().all(is_text) && !text.trim().is_empty() {
        Ok(())
    } else {
        Err(Misuse::Extensions)
    }
}

#[cfg(test)]
mod tests;
