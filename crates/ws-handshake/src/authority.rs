//! `host[:port]`, as in `Host` and in URLs.

/// The longest name that DNS can hold, with the dot at its end.
const MAX_HOST: usize = 254;

/// A host and perhaps a port, borrowed from text that has been checked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Authority<'a> {
    /// A name, an IPv4 address, or an IPv6 address in brackets; not empty.
    pub(crate) host: &'a str,
    /// Not zero.
    pub(crate) port: Option<u16>,
}

impl<'a> Authority<'a> {
    /// Reads `uri-host [":" port]` of RFC 9110 §7.2, and no more than that.
    ///
    /// Stricter than RFC 3986 where it is generous: names are letters, digits, `-`, `.` and `_`;
    /// a colon is followed by a port from 1 to 65535; brackets hold an IPv6 address without zone.
    pub(crate) fn parse(text: &'a [u8]) -> Result<Self, AuthorityError> {
        let end = match text {
            [b'[', ..] => text
                .iter()
                .position(|&byte| byte == b']')
                .map(|end| end + 1),
            _ => text
                .iter()
                .position(|&byte| byte == b':')
                .or(Some(text.len())),
        };
        let (host, port) = text.split_at(end.ok_or(AuthorityError::Host)?);
        let port = match port {
            [] => None,
            [b':', digits @ ..] => Some(parse_port(digits).ok_or(AuthorityError::Port)?),
            _ => return Err(AuthorityError::Host),
        };
        match core::str::from_utf8(host) {
            Ok(host) if is_host(host) => Ok(Self { host, port }),
            _ => Err(AuthorityError::Host),
        }
    }

    /// Whether both are the same host; names are compared without regard to case.
    pub(crate) fn is_same_host(&self, other: &Authority<'_>) -> bool {
        self.host.eq_ignore_ascii_case(other.host)
    }

    /// The host without the brackets of an IPv6 address.
    #[cfg(feature = "alloc")]
    pub(crate) fn bare_host(&self) -> &'a str {
        self.host.trim_start_matches('[').trim_end_matches(']')
    }

    /// Whether the host looks like an IPv4 address but is none, such as `10.0.2.555`.
    ///
    /// Resolvers and browsers do not agree on what these are (CVE-2022-32212).
    pub(crate) fn is_broken_ipv4(&self) -> bool {
        let mut host = self.host.as_bytes();
        while let [rest @ .., b'.'] = host {
            host = rest;
        }
        let last = host.rsplit(|&byte| byte == b'.').next();
        // Decimal or hexadecimal, as some read it.
        let is_number = match last.unwrap_or_default() {
            [b'0', b'x' | b'X', digits @ ..] => digits.iter().all(u8::is_ascii_hexdigit),
            digits => digits.iter().all(u8::is_ascii_digit),
        };
        is_number && !is_ipv4(self.host.as_bytes())
    }
}

/// Whether a page of this origin came from this host (RFC 6455 §10.2), and over TLS or not if that
/// is known; `None` if the origin is none of the web, such as `null`.
pub(crate) fn is_same_host(
    origin: &[u8],
    host: &Authority<'_>,
    secure: Option<bool>,
) -> Option<bool> {
    let separator = origin.windows(3).position(|bytes| bytes == b"://")?;
    let (scheme, authority) = (&origin[..separator], &origin[separator + 3..]);
    let (is_secure, default) = if scheme.eq_ignore_ascii_case(b"https") {
        (true, 443)
    } else if scheme.eq_ignore_ascii_case(b"http") {
        (false, 80)
    } else {
        return None;
    };
    let authority = Authority::parse(authority).ok()?;
    Some(
        authority.is_same_host(host)
            && authority.port.unwrap_or(default) == host.port.unwrap_or(default)
            && secure.is_none_or(|secure| secure == is_secure),
    )
}

/// Which half of an authority is wrong.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum AuthorityError {
    Host,
    Port,
}

fn parse_port(digits: &[u8]) -> Option<u16> {
    if digits.len() > 5 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number = digits
        .iter()
        .fold(0, |number, digit| 10 * number + u32::from(digit - b'0'));
    u16::try_from(number).ok().filter(|&port| port != 0)
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
    {
        return is_ipv6(address.as_bytes());
    }
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    !host.is_empty() && host.len() <= MAX_HOST && host.bytes().all(is_name)
}

/// Whether this is an IPv6 address (RFC 4291 §2.2), as `core::net` reads it, which brings far more
/// code along than a microcontroller has room for.
fn is_ipv6(text: &[u8]) -> bool {
    let mut count = 0;
    let mut gap = false;
    let mut rest = text;
    if let [b':', b':', behind @ ..] = rest {
        gap = true;
        rest = behind;
        if rest.is_empty() {
            return true;
        }
    }
    loop {
        let len = rest.iter().position(|&byte| byte == b':');
        let (group, behind) = rest.split_at(len.unwrap_or(rest.len()));
        if behind.is_empty() && is_ipv4(group) {
            count += 2;
        } else if matches!(group.len(), 1..=4) && group.iter().all(u8::is_ascii_hexdigit) {
            count += 1;
        } else {
            return false;
        }
        rest = match behind {
            // A gap stands for one group at least.
            [] => return if gap { count < 8 } else { count == 8 },
            [b':', b':', ..] if gap => return false,
            [b':', b':'] => return count < 8,
            [b':', b':', behind @ ..] => {
                gap = true;
                behind
            }
            [_, behind @ ..] => behind,
        };
    }
}

/// Whether this is an IPv4 address: four numbers up to 255 without leading zeros.
fn is_ipv4(text: &[u8]) -> bool {
    let is_number = |number: &[u8]| match number {
        [_]
        | [b'1'..=b'9', _]
        | [b'1', _, _]
        | [b'2', b'0'..=b'4', _]
        | [b'2', b'5', b'0'..=b'5'] => number.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    let mut numbers = text.split(|&byte| byte == b'.');
    let mut count = 0;
    numbers.all(|number| {
        count += 1;
        is_number(number)
    }) && count == 4
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 9110 §7.2
    #[test]
    fn hs20_authority_is_host_and_port_only() {
        for (text, expected) in [
            ("example.com", Some(("example.com", None))),
            ("Example.COM:8080", Some(("Example.COM", Some(8080)))),
            ("a_b-c.", Some(("a_b-c.", None))),
            ("127.0.0.1:65535", Some(("127.0.0.1", Some(65535)))),
            ("[::1]", Some(("[::1]", None))),
            ("[2001:DB8::1]:9", Some(("[2001:DB8::1]", Some(9)))),
            ("h:00080", Some(("h", Some(80)))),
            ("", None),
            (":80", None),
            ("[", None),
            ("[]", None),
            ("[::1", None),
            ("[::1]x", None),
            ("[::1]80", None),
            ("[1.2.3.4]", None),
            ("[::1%25eth0]", None),
            ("::1", None),
            ("a b", None),
            (" a", None),
            ("http://x", None),
            ("a/b?c", None),
            ("a:", None),
            ("a:0", None),
            ("a:65536", None),
            ("a:99999", None),
            ("a:+80", None),
            ("a:000080", None),
            ("a:80:90", None),
            ("user@a", None),
            ("a%41", None),
            ("a\\b", None),
            ("caf\u{e9}", None),
        ] {
            let authority = Authority::parse(text.as_bytes()).ok();
            assert_eq!(
                authority.map(|authority| (authority.host, authority.port)),
                expected
            );
        }
        assert!(Authority::parse(b"\xff").is_err());
        let long = alloc::vec![b'a'; MAX_HOST + 1];
        assert!(Authority::parse(&long[1..]).is_ok());
        assert!(Authority::parse(&long).is_err());
    }

    // RFC 4291 §2.2
    #[test]
    fn addresses_are_those_of_core() {
        let pieces = [
            "", ":", "::", "1", "ffff", "12345", "g", "1.2.3.4", "255", "256", "00", "01", "0", ".",
        ];
        // Every sequence of up to five of these, and gaps among seven to nine groups.
        let mut texts = alloc::vec![alloc::string::String::new()];
        let mut round = 0..1;
        for _ in 0..5 {
            let end = texts.len();
            for i in round {
                for piece in &pieces[1..] {
                    texts.push(alloc::format!("{}{piece}", texts[i]));
                }
            }
            round = end..texts.len();
        }
        for count in 6..10 {
            for gap in 0..=count {
                for last in ["1", "1.2.3.4", ""] {
                    let mut groups = alloc::vec!["a"; count];
                    groups.insert(gap, "");
                    groups.push(last);
                    texts.push(groups.join(":"));
                    groups.remove(gap);
                    texts.push(groups.join(":"));
                    texts.push(alloc::format!(":{}", groups.join(":")));
                }
            }
        }
        for text in texts {
            let is = text.parse::<core::net::Ipv6Addr>().is_ok();
            assert_eq!(is_ipv6(text.as_bytes()), is, "{text}");
            let is = text.parse::<core::net::Ipv4Addr>().is_ok();
            assert_eq!(is_ipv4(text.as_bytes()), is, "{text}");
        }
    }

    #[test]
    fn broken_ipv4_is_known() {
        for (text, broken) in [
            ("10.0.2.15", false),
            ("example.com", false),
            ("1.2.3.com", false),
            ("[::1]", false),
            ("10.0.2.555", true),
            ("10.0.2", true),
            ("1", true),
            ("1.2.3.4.", true),
            ("0x7f000001", true),
            ("127.0.0.0X1", true),
            ("0x7f.example", false),
            ("0xfg", false),
            ("...", true),
        ] {
            let authority = Authority::parse(text.as_bytes()).unwrap();
            assert_eq!(authority.is_broken_ipv4(), broken, "{text}");
        }
    }
}
