//! A proxy: what it speaks, where it is, and who asks.

use core::fmt;
use core::str::FromStr;

use crate::authority::Authority;
use crate::credentials::Credentials;
use crate::error::{Misuse, ProxyUrlError};

/// No text that is longer is read.
const MAX_URL: usize = 8 * 1024;

/// What a proxy speaks.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Scheme {
    /// `http`: [`Connect`](crate::Connect). Credentials can be read on the way to the proxy.
    Http,
    /// `https`: [`Connect`](crate::Connect) inside TLS, whose name is the proxy's.
    Https,
    /// `socks5`: [`Socks5`](crate::Socks5); the caller looks up the target's name.
    Socks5,
    /// `socks5h`: [`Socks5`](crate::Socks5); the proxy looks up the target's name.
    Socks5h,
}

impl Scheme {
    const ALL: [Self; 4] = [Self::Http, Self::Https, Self::Socks5, Self::Socks5h];

    /// The scheme as URLs write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::Socks5 => "socks5",
            Self::Socks5h => "socks5h",
        }
    }

    /// The port of a URL without one: 80, 443, and 1080 for SOCKS5 (where curl takes 1080 for
    /// `http`, too).
    pub const fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
            Self::Socks5 | Self::Socks5h => 1080,
        }
    }

    /// Whether the connection to the proxy itself is through TLS.
    pub const fn is_secure(self) -> bool {
        matches!(self, Self::Https)
    }

    /// Whether the caller must look up the target's name, because the proxy is to get an address.
    pub const fn wants_address(self) -> bool {
        matches!(self, Self::Socks5)
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A proxy: what it speaks, where it is, and who asks.
///
/// [`Display`](fmt::Display) and [`Debug`] show no credentials.
///
/// ```
/// use ws_proxy::{Proxy, Scheme};
///
/// let proxy: Proxy = "socks5h://kettle:s%33cret@proxy.example".parse()?;
/// assert_eq!(proxy.scheme(), Scheme::Socks5h);
/// assert_eq!(proxy.to_string(), "socks5h://proxy.example:1080");
/// # Ok::<(), ws_proxy::ProxyUrlError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Proxy {
    scheme: Scheme,
    authority: Authority,
    credentials: Option<Credentials>,
}

impl Proxy {
    /// A proxy that wants no credentials.
    pub const fn new(scheme: Scheme, authority: Authority) -> Self {
        Self {
            scheme,
            authority,
            credentials: None,
        }
    }

    /// Reads `[scheme://][user[:password]@]host[:port][/]`, as in the variable `https_proxy`.
    ///
    /// Without a scheme it is [`Scheme::Http`]; without a port it is the scheme's
    /// [default](Scheme::default_port). User and password are percent-decoded; of those that mean
    /// something in a URL, the characters `/?#@%` and backslash must be encoded there.
    ///
    /// # Errors
    ///
    /// Refused are other schemes (SOCKS4 among them), a path, query or fragment, an IPv6 address
    /// outside of brackets or with a zone, port 0, spaces, control characters, more than 8 KiB.
    pub fn parse(text: &str) -> Result<Self, ProxyUrlError> {
        if text.len() > MAX_URL {
            return Err(ProxyUrlError::TooLong);
        }
        // Parsers read a backslash as itself or as a slash; the others would be trimmed by some.
        if text.contains(|c: char| c.is_control() || c.is_whitespace() || c == '\\') {
            return Err(ProxyUrlError::Character);
        }
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) => (parse_scheme(scheme)?, rest),
            None => (Scheme::Http, text),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.contains(['/', '?', '#']) {
            return Err(ProxyUrlError::Path);
        }
        let (user_info, authority) = match rest.split_once('@') {
            Some((user_info, authority)) => (user_info, authority),
            None => ("", rest),
        };
        let authority =
            Authority::parse(authority, scheme.default_port()).map_err(|error| match error {
                Misuse::Port => ProxyUrlError::Port,
                _ => ProxyUrlError::Host,
            })?;
        Ok(Self {
            scheme,
            authority,
            credentials: Credentials::parse(user_info)?,
        })
    }

    /// Sets the credentials.
    pub fn with_credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// What it speaks.
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Where to connect to. The host is also the name to expect of TLS to the proxy.
    pub const fn authority(&self) -> &Authority {
        &self.authority
    }

    /// Who asks: for this proxy and no other.
    pub const fn credentials(&self) -> Option<&Credentials> {
        self.credentials.as_ref()
    }
}

impl FromStr for Proxy {
    type Err = ProxyUrlError;

    fn from_str(text: &str) -> Result<Self, ProxyUrlError> {
        Self::parse(text)
    }
}

impl fmt::Display for Proxy {
    /// `scheme://host:port`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.authority)
    }
}

/// Schemes are compared without regard to case (RFC 3986 §3.1).
fn parse_scheme(text: &str) -> Result<Scheme, ProxyUrlError> {
    Scheme::ALL
        .into_iter()
        .find(|scheme| scheme.as_str().eq_ignore_ascii_case(text))
        .ok_or(ProxyUrlError::Scheme)
}

#[cfg(test)]
mod tests;
