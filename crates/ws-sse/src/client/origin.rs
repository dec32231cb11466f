//! Scheme, host and port: what a connection is opened to, and what credentials are bound to.

use alloc::string::{String, ToString};
use core::fmt;
use core::net::Ipv6Addr;

use crate::error::Misuse;

/// Scheme, host and port: what a connection is opened to, and what credentials are bound to.
///
/// Shown, it is the value of `Host`: the host, and the port unless it is the scheme's default one.
///
/// ```
/// use ws_sse::Origin;
///
/// let origin = Origin::https("Example.com:443")?;
/// assert_eq!((origin.host(), origin.port()), ("example.com", 443));
/// assert_eq!(origin.to_string(), "example.com");
/// assert_ne!(origin, Origin::http("example.com:443")?);
/// # Ok::<(), ws_sse::Misuse>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Origin {
    is_secure: bool,
    /// In lower case; an IPv6 address without its brackets.
    host: String,
    port: u16,
}

/// The longest name that DNS can hold, with the dot at its end.
const MAX_HOST: usize = 254;

impl Origin {
    /// The origin of `http://` and this `host[:port]`; the port is 80 by default.
    ///
    /// # Errors
    ///
    /// [`Misuse::Authority`] if it is anything else: names are ASCII letters, digits, `-`, `.` and
    /// `_`, ports are not zero, IPv6 addresses stand in brackets and have no zone.
    pub fn http(authority: &str) -> Result<Self, Misuse> {
        Self::parse(false, authority).ok_or(Misuse::Authority)
    }

    /// The origin of `https://` and this `host[:port]`; the port is 443 by default.
    ///
    /// # Errors
    ///
    /// As for [`http`](Self::http).
    pub fn https(authority: &str) -> Result<Self, Misuse> {
        Self::parse(true, authority).ok_or(Misuse::Authority)
    }

    fn parse(is_secure: bool, authority: &str) -> Option<Self> {
        let (host, rest) = if let Some(rest) = authority.strip_prefix('[') {
            let (address, rest) = rest.split_once(']')?;
            (address.parse::<Ipv6Addr>().ok()?.to_string(), rest)
        } else {
            let end = authority.find(':').unwrap_or(authority.len());
            let (name, rest) = authority.split_at(end);
            (
                Some(name)
                    .filter(|name| is_name(name))?
                    .to_ascii_lowercase(),
                rest,
            )
        };
        let port = match rest.strip_prefix(':') {
            Some(digits) => port(digits)?,
            None if rest.is_empty() => default_port(is_secure),
            None => return None,
        };
        Some(Self {
            is_secure,
            host,
            port,
        })
    }

    /// Whether to connect through TLS.
    pub const fn is_secure(&self) -> bool {
        self.is_secure
    }

    /// The host to connect to, in lower case and without the brackets of an IPv6 address.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port to connect to.
    pub const fn port(&self) -> u16 {
        self.port
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]", self.host)?;
        } else {
            f.write_str(&self.host)?;
        }
        if self.port != default_port(self.is_secure) {
            write!(f, ":{}", self.port)?;
        }
        Ok(())
    }
}

const fn default_port(is_secure: bool) -> u16 {
    if is_secure { 443 } else { 80 }
}

fn port(digits: &str) -> Option<u16> {
    let is_number = digits.len() <= 5 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let port = is_number.then(|| digits.parse().ok())?;
    port.filter(|port| *port != 0)
}

fn is_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    !name.is_empty() && name.len() <= MAX_HOST && name.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 9110 §7.2
    #[test]
    fn an_authority_is_host_and_port_only() {
        for (text, expected) in [
            ("example.com", Some(("example.com", 80, "example.com"))),
            ("Example.COM:80", Some(("example.com", 80, "example.com"))),
            ("a_b-c.:8080", Some(("a_b-c.", 8080, "a_b-c.:8080"))),
            (
                "127.0.0.1:65535",
                Some(("127.0.0.1", 65535, "127.0.0.1:65535")),
            ),
            ("[::1]", Some(("::1", 80, "[::1]"))),
            ("[0:0::DB8]:9", Some(("::db8", 9, "[::db8]:9"))),
            ("h:00080", Some(("h", 80, "h"))),
            ("", None),
            (":80", None),
            ("[", None),
            ("[]", None),
            ("[::1", None),
            ("[::1]80", None),
            ("[::1%25eth0]", None),
            ("[1.2.3.4]", None),
            ("::1", None),
            ("a b", None),
            ("a:", None),
            ("a:0", None),
            ("a:65536", None),
            ("a:+80", None),
            ("a:000080", None),
            ("a/b", None),
            ("user@a", None),
            ("a\r\nb", None),
            ("caf\u{e9}", None),
        ] {
            let origin = Origin::http(text).ok();
            let shown = origin.as_ref().map(ToString::to_string);
            let parts = origin
                .as_ref()
                .map(|o| (o.host(), o.port(), shown.as_deref().unwrap()));
            assert_eq!(parts, expected, "{text}");
        }
        assert_eq!(Origin::https("a").unwrap().port(), 443);
        assert_eq!(Origin::https("a:80").unwrap().to_string(), "a:80");
    }
}
