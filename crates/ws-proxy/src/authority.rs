//! `host:port`: where a tunnel leads, and where a proxy is.

use alloc::string::{String, ToString};
use core::fmt;
use core::net::{IpAddr, Ipv6Addr};

use crate::error::Misuse;

/// The longest name that SOCKS5 can say (RFC 1928 §5). DNS knows none that is longer than 254.
const MAX_HOST: usize = 255;

/// A host and a port.
///
/// [`Display`](fmt::Display) writes it as a `CONNECT` does: with the port always there, and with an
/// IPv6 address in brackets.
///
/// ```
/// use ws_proxy::Authority;
///
/// let authority = Authority::new("2001:db8::1", 80)?;
/// assert_eq!(authority.host(), "2001:db8::1");
/// assert_eq!(authority.to_string(), "[2001:db8::1]:80");
/// assert!(Authority::new("a\r\nX: y", 80).is_err());
/// # Ok::<(), ws_proxy::Misuse>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Authority {
    /// Without brackets.
    host: String,
    /// What `host` says, if it is no name.
    address: Option<IpAddr>,
    port: u16,
}

impl Authority {
    /// The authority of a host, which is a name, an IPv4 address, or an IPv6 address with or
    /// without its brackets; and of a port, which is not 0.
    ///
    /// Names are letters, digits, `-`, `.` and `_`, up to 255 bytes, and are kept in lower case.
    /// Names outside of ASCII must be given in their ASCII form (`xn--`).
    ///
    /// # Errors
    ///
    /// [`Misuse::Host`], also for an IPv6 address with a zone, which means nothing to a proxy, and
    /// for a name that looks like an IPv4 address, such as `10.0.2.555`. [`Misuse::Port`].
    pub fn new(host: &str, port: u16) -> Result<Self, Misuse> {
        let in_brackets = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'));
        let address = match in_brackets {
            Some(address) => Some(IpAddr::V6(
                address.parse::<Ipv6Addr>().map_err(|_| Misuse::Host)?,
            )),
            None => host.parse().ok(),
        };
        if address.is_none() && !is_name(host) {
            return Err(Misuse::Host);
        }
        if port == 0 {
            return Err(Misuse::Port);
        }
        Ok(Self {
            host: address.map_or_else(|| host.to_ascii_lowercase(), |address| address.to_string()),
            address,
            port,
        })
    }

    /// The authority of an address that the caller has looked up, and of a port, which is not 0.
    ///
    /// # Errors
    ///
    /// [`Misuse::Port`].
    pub fn from_address(address: IpAddr, port: u16) -> Result<Self, Misuse> {
        Self::new(&address.to_string(), port)
    }

    /// Reads `host[:port]`.
    pub(crate) fn parse(text: &str, default_port: u16) -> Result<Self, Misuse> {
        let end = if text.starts_with('[') {
            text.find(']').map(|end| end + 1)
        } else {
            text.find(':').or(Some(text.len()))
        };
        let (host, port) = text.split_at(end.ok_or(Misuse::Host)?);
        // Without brackets there is no IPv6 address here: its colons would be the port's.
        match port.strip_prefix(':') {
            Some(digits) => Self::new(host, parse_port(digits).ok_or(Misuse::Port)?),
            None if port.is_empty() => Self::new(host, default_port),
            None => Err(Misuse::Host),
        }
    }

    /// The host, names in lower case, an IPv6 address without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The address, if the host is one and not a name.
    pub const fn address(&self) -> Option<IpAddr> {
        self.address
    }

    /// The port, not 0.
    pub const fn port(&self) -> u16 {
        self.port
    }
}

impl fmt::Display for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.address {
            Some(IpAddr::V6(address)) => write!(f, "[{address}]:{}", self.port),
            _ => write!(f, "{}:{}", self.host, self.port),
        }
    }
}

fn is_name(host: &str) -> bool {
    let is_valid = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    // Resolvers do not agree on what a number at the end makes of a name (CVE-2022-32212).
    let last = host.trim_end_matches('.').rsplit('.').next();
    let is_number = last.is_none_or(is_number);
    host.len() <= MAX_HOST && !is_number && host.bytes().all(is_valid)
}

/// Decimal or hexadecimal, as some read it.
fn is_number(label: &str) -> bool {
    let hex = label
        .strip_prefix("0x")
        .or_else(|| label.strip_prefix("0X"));
    match hex {
        Some(digits) => digits.bytes().all(|byte| byte.is_ascii_hexdigit()),
        None => label.bytes().all(|byte| byte.is_ascii_digit()),
    }
}

fn parse_port(digits: &str) -> Option<u16> {
    let is_number = digits.len() <= 5 && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| is_number)
}

#[cfg(test)]
mod tests {
    use core::net::Ipv4Addr;

    use super::*;

    // RFC 9110 §7.2
    #[test]
    fn p13_p14_p15_p16_authorities_have_one_reading() {
        for (text, expected) in [
            ("example.com", Some("example.com:80")),
            ("Example.COM:8080", Some("example.com:8080")),
            ("a_b-c.", Some("a_b-c.:80")),
            ("127.0.0.1:65535", Some("127.0.0.1:65535")),
            ("[::1]", Some("[::1]:80")),
            ("[2001:DB8:0::1]:9", Some("[2001:db8::1]:9")),
            ("h:00080", Some("h:80")),
            ("xn--bcher-kva.example", Some("xn--bcher-kva.example:80")),
            ("", None),
            (":80", None),
            ("[", None),
            ("[]", None),
            ("[::1", None),
            ("[::1]x", None),
            ("[::1]80", None),
            ("[1.2.3.4]", None),
            ("[example.com]", None),
            ("[fe80::1%25eth0]", None),
            ("[fe80::1%eth0]", None),
            ("::1", None),
            ("a b", None),
            ("a\r\nX: y", None),
            ("a\0", None),
            ("a/b?c", None),
            ("a:", None),
            ("a:0", None),
            ("a:65536", None),
            ("a:+80", None),
            ("a:000080", None),
            ("a:80:90", None),
            ("user@a", None),
            ("a%41", None),
            ("a\\b", None),
            ("b\u{fc}cher.example", None),
            ("10.0.2.555", None),
            ("1", None),
            ("1.2.3.4.", None),
            ("0x7f000001", None),
            ("127.0.0.0X1", None),
            ("a.0x", None),
            ("0xfg", Some("0xfg:80")),
            ("0x7f.example", Some("0x7f.example:80")),
            ("...", None),
        ] {
            let authority = Authority::parse(text, 80).ok();
            let written = authority.as_ref().map(ToString::to_string);
            assert_eq!(written.as_deref(), expected, "{text}");
            // What is written is read as the same.
            if let Some(written) = written {
                assert_eq!(Authority::parse(&written, 1).ok(), authority);
            }
        }
    }

    #[test]
    fn p15_p25_hosts_of_255_bytes() {
        let host = "a".repeat(MAX_HOST);
        assert_eq!(
            Authority::new(&host, 1).map(|a| a.host().len()),
            Ok(MAX_HOST)
        );
        assert_eq!(Authority::new(&(host + "a"), 1), Err(Misuse::Host));
    }

    #[test]
    fn addresses_are_known() {
        for (host, address) in [
            ("127.0.0.1", Some(IpAddr::V4(Ipv4Addr::LOCALHOST))),
            ("::1", Some(IpAddr::V6(Ipv6Addr::LOCALHOST))),
            ("[::1]", Some(IpAddr::V6(Ipv6Addr::LOCALHOST))),
            ("localhost", None),
        ] {
            let authority = Authority::new(host, 9).unwrap();
            assert_eq!(authority.address(), address);
            assert_eq!(authority.port(), 9);
            if let Some(address) = address {
                assert_eq!(Authority::from_address(address, 9), Ok(authority));
            }
        }
        assert_eq!(Authority::new("h", 0), Err(Misuse::Port));
    }
}
