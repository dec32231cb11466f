//! URLs of servers (RFC 6455 §3), read as browsers read them.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::net::Ipv4Addr;

use percent_encoding::percent_decode_str;
use url::{ParseError, Url};

use crate::authority::Authority;
use crate::error::UrlError;
use crate::key::basic;
use crate::request::parse_authority;

/// No text that is longer is read: no request line that it would make could be sent.
const MAX_LEN: usize = 16 * 1024;

/// The URL of a server: `ws`, `wss`, `http` or `https`.
///
/// [`Request::from_url`](crate::Request::from_url) reads one; this is for whoever asks servers for
/// something else. Credentials are not shown.
///
/// ```
/// use ws_handshake::ServerUrl;
///
/// let url = ServerUrl::parse("https://kettle:s3cret@B\u{fc}cher.example:8443/a/b?c")?;
/// assert_eq!(url.authority(), "xn--bcher-kva.example:8443");
/// assert_eq!(url.join("../d")?.target(), "/d");
/// assert!(!format!("{url:?}").contains("s3cret"));
/// # Ok::<(), ws_handshake::UrlError>(())
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct ServerUrl {
    url: Url,
}

impl ServerUrl {
    /// Reads a URL. What the URL standard would repair, and thereby read differently from other
    /// parsers, is refused: control characters, backslashes, spaces around, missing slashes.
    ///
    /// # Errors
    ///
    /// As [`Request::from_url`](crate::Request::from_url).
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        check(text)?;
        if text.contains('#') {
            return Err(UrlError::Fragment);
        }
        let (scheme, rest) = text.split_once("://").ok_or(UrlError::Scheme)?;
        if !["ws", "wss", "http", "https"]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(scheme))
        {
            return Err(UrlError::Scheme);
        }
        if rest.starts_with('/') {
            return Err(UrlError::Host);
        }
        let url = Url::parse(text).map_err(fault)?;
        check_authority(rest, &url)?;
        Self { url }.checked()
    }

    /// The URL of a server that is known, and of a path and query there.
    pub(crate) fn from_parts(is_secure: bool, authority: &str, target: &str) -> Option<Self> {
        let scheme = if is_secure { "wss" } else { "ws" };
        let url = Url::parse(&format!("{scheme}://{authority}{target}")).ok()?;
        Some(Self { url })
    }

    /// What `location` means at this URL (RFC 9110 §10.2.2). A fragment in it is for the user
    /// agent and plays no part here.
    ///
    /// # Errors
    ///
    /// If it is not the URL of a server.
    pub fn join(&self, location: &str) -> Result<Self, UrlError> {
        check(location)?;
        let mut url = self.url.join(location).map_err(fault)?;
        if !matches!(url.scheme(), "ws" | "wss" | "http" | "https") {
            return Err(UrlError::Scheme);
        }
        url.set_fragment(None);
        Self { url }.checked()
    }

    fn checked(self) -> Result<Self, UrlError> {
        self.parts()?;
        Ok(self)
    }

    /// Whether it is `wss` or `https`.
    pub fn is_secure(&self) -> bool {
        matches!(self.url.scheme(), "wss" | "https")
    }

    /// The host and, if it is not the scheme's own, the port: the value of `Host`. Names are in
    /// lower case and in their ASCII form, addresses in their shortest.
    pub fn authority(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        match self.url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_string(),
        }
    }

    pub(crate) fn parts(&self) -> Result<Authority<'_>, UrlError> {
        if self.url.port() == Some(0) {
            return Err(UrlError::Port);
        }
        let host = self.url.host_str().ok_or(UrlError::Host)?;
        // The URL standard lets in names that no other place would.
        let mut authority = parse_authority(host)?;
        authority.port = self.url.port();
        Ok(authority)
    }

    /// The value of `Authorization` that user and password make (RFC 7617), `None` without them.
    ///
    /// # Errors
    ///
    /// [`UrlError::UserInfo`] if they decode to what cannot be sent.
    pub fn authorization(&self) -> Result<Option<String>, UrlError> {
        Ok(self.credentials()?.map(|credentials| basic(&credentials)))
    }

    /// `user:password`, percent-decoded, with its colon; `None` if both are empty.
    fn credentials(&self) -> Result<Option<Vec<u8>>, UrlError> {
        let (user, password) = (self.url.username(), self.url.password().unwrap_or_default());
        if user.is_empty() && password.is_empty() {
            return Ok(None);
        }
        let mut credentials: Vec<u8> = percent_decode_str(user).collect();
        // RFC 7617 §2: the first colon ends the user, so the user cannot contain one.
        if credentials.contains(&b':') {
            return Err(UrlError::UserInfo);
        }
        credentials.push(b':');
        credentials.extend(percent_decode_str(password));
        if credentials.iter().any(u8::is_ascii_control) {
            return Err(UrlError::UserInfo);
        }
        Ok(Some(credentials))
    }

    /// Path and query, percent-encoded where necessary; begins with `/`.
    pub fn target(&self) -> String {
        let mut target = self.url.path().to_string();
        if let Some(query) = self.url.query() {
            target.push('?');
            target.push_str(query);
        }
        target
    }
}

impl fmt::Debug for ServerUrl {
    /// Shows no credentials, and no query.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (authority, path) = (self.authority(), self.url.path());
        write!(f, "ServerUrl({}://{authority}{path})", self.url.scheme())
    }
}

/// What the library would strip or turn into something else.
fn check(text: &str) -> Result<(), UrlError> {
    if text.len() > MAX_LEN {
        return Err(UrlError::TooLong);
    }
    // Browsers read `\` as `/`, other parsers do not; the rest would be left out.
    let is_forbidden = |c: char| c.is_control() || c == '\\';
    if text.starts_with(' ') || text.ends_with(' ') || text.contains(is_forbidden) {
        return Err(UrlError::Character);
    }
    Ok(())
}

/// What other parsers read differently in an authority, or not at all: a second `@`, a host that is
/// percent-encoded, an IPv4 address that is not written as four decimal numbers.
fn check_authority(rest: &str, url: &Url) -> Result<(), UrlError> {
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let host = match authority.rsplit_once('@') {
        Some((user_info, _)) if user_info.contains('@') => return Err(UrlError::UserInfo),
        Some((_, host)) => host,
        None => authority,
    };
    let name = host.split(':').next().unwrap_or_default();
    let is_odd = match url.host_str() {
        Some(address) if address.parse::<Ipv4Addr>().is_ok() => address != name,
        _ => host.contains('%'),
    };
    if is_odd { Err(UrlError::Host) } else { Ok(()) }
}

fn fault(error: ParseError) -> UrlError {
    match error {
        ParseError::InvalidPort => UrlError::Port,
        ParseError::RelativeUrlWithoutBase => UrlError::Scheme,
        ParseError::Overflow => UrlError::TooLong,
        _ => UrlError::Host,
    }
}

#[cfg(test)]
mod tests;
