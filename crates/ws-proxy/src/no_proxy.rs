//! The hosts that are reached without a proxy.

use alloc::string::String;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// No entry that is longer can match an address.
const MAX_ADDRESS: usize = 127;

/// A list of hosts that are reached without a proxy, as in the variable `no_proxy`.
///
/// There is no standard for it; this is what curl does:
///
/// - Entries are separated by commas, with any blanks around these. A blank without a comma ends
///   the list.
/// - A name matches itself and all names below it, with or without a dot in front, and without
///   regard to case: `example.com` and `.example.com` match `example.com` and `www.example.com`,
///   but not `nexample.com`. One dot at the end is ignored on both sides.
/// - An address matches itself, a network such as `10.0.0.0/8` or `2001:db8::/32` all its
///   addresses. A network of zero bits matches itself alone.
/// - The whole list `*` matches every host; there are no other wildcards.
///
/// Where others differ: in Go, a dot in front excludes the name itself, entries may have ports, and
/// hosts of the loopback are never reached through a proxy; in Python, `*.example.com` is known.
///
/// ```
/// use ws_proxy::NoProxy;
///
/// let list = NoProxy::new("localhost, .example.com, 10.0.0.0/8");
/// assert!(list.matches("www.example.com"));
/// assert!(list.matches("10.1.2.3"));
/// assert!(!list.matches("example.org"));
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct NoProxy {
    list: String,
}

impl NoProxy {
    /// The list that this text is. Every text is one; entries that mean nothing match nothing.
    pub fn new(list: impl Into<String>) -> Self {
        Self { list: list.into() }
    }

    /// Whether this host is reached without a proxy. An IPv6 address may be in brackets.
    pub fn matches(&self, host: &str) -> bool {
        if self.list == "*" {
            return !host.is_empty();
        }
        let mut entries = entries(&self.list);
        match Host::parse(host) {
            Some(Host::Address(address)) => {
                entries.any(|entry| is_in_network(address, entry).unwrap_or(false))
            }
            Some(Host::Name(name)) => entries.any(|entry| {
                let domain = entry.strip_suffix('.').unwrap_or(entry);
                is_in_domain(name, domain.strip_prefix('.').unwrap_or(domain))
            }),
            None => false,
        }
    }
}

/// What a host is: by this, not by how it ends, it is compared.
enum Host<'a> {
    Address(IpAddr),
    /// Without the dot at its end.
    Name(&'a str),
}

impl<'a> Host<'a> {
    /// `None` if it is neither: an address with a zone must not match by how the zone ends
    /// (CVE-2025-22870).
    fn parse(host: &'a str) -> Option<Self> {
        let bare = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'));
        if let Ok(address) = bare.unwrap_or(host).parse() {
            return Some(Self::Address(address));
        }
        let name = host.strip_suffix('.').unwrap_or(host);
        (!name.is_empty() && !name.contains(['[', ']', ':', '%'])).then_some(Self::Name(name))
    }
}

/// The entries of a list, none of them empty.
fn entries(list: &str) -> impl Iterator<Item = &str> {
    const BLANKS: [char; 2] = [' ', '\t'];
    let mut rest = Some(list);
    core::iter::from_fn(move || {
        let text = rest?.trim_start_matches(BLANKS);
        let end = text.find([' ', '\t', ',']).unwrap_or(text.len());
        let (entry, behind) = text.split_at(end);
        let behind = behind.trim_start_matches(BLANKS);
        rest = behind
            .starts_with(',')
            .then(|| behind.trim_start_matches(','));
        Some(entry)
    })
    .filter(|entry| !entry.is_empty())
}

fn is_in_domain(name: &str, domain: &str) -> bool {
    let start = name.len().checked_sub(domain.len());
    start
        .and_then(|start| name.split_at_checked(start))
        .is_some_and(|(before, end)| {
            end.eq_ignore_ascii_case(domain) && (before.is_empty() || before.ends_with('.'))
        })
}

/// `None` if the entry is no network of that kind of address.
fn is_in_network(address: IpAddr, entry: &str) -> Option<bool> {
    if entry.len() > MAX_ADDRESS {
        return None;
    }
    let (network, bits) = match entry.split_once('/') {
        Some((network, bits)) => (network, parse_bits(bits)?),
        None => (entry, 0),
    };
    let (address, network, len) = match address {
        IpAddr::V4(address) => {
            let network: Ipv4Addr = network.parse().ok()?;
            (address.to_bits().into(), network.to_bits().into(), 32)
        }
        IpAddr::V6(address) => {
            let network: Ipv6Addr = network.parse().ok()?;
            (address.to_bits(), network.to_bits(), 128)
        }
    };
    // curl: zero bits are all bits.
    let ignored = match bits {
        0 => 0,
        _ => u32::checked_sub(len, bits)?,
    };
    let differing: u128 = address ^ network;
    Some(differing >> ignored == 0)
}

/// Digits, and nothing else.
fn parse_bits(text: &str) -> Option<u32> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn p20_the_list_is_read_as_curl_reads_it() {
        const LIST: &str = "localhost,.example.com,.example.de";
        for (host, list, expected) in [
            ("www.example.com", LIST, true),
            ("www.example.com.", LIST, true),
            ("example.com", "localhost,.example.com", true),
            ("example.com", "localhost,.example.com,.example.de", true),
            ("www.example.de", LIST, true),
            ("www.example.org", LIST, false),
            ("nexample.com", "example.com", false),
            ("nexample.com", ".example.com", false),
            ("www.example.com", "localhost .example.com", false),
            ("www.example.com", "foo, .example.com", true),
            ("www.example.com", "foo ,.example.com", true),
            ("www.example.com", "\t foo\t,\t.example.com\t", true),
            ("www.example.com", "www.example.com.", true),
            ("www.example.com", "example.com..", false),
            ("www.example.com", "..example.com", false),
            ("WWW.Example.COM", "example.com", true),
            ("com", "example.com", false),
            ("BAr", "foo,,,,,   bar", true),
            ("bar", ",bar", true),
            ("bar", "   ,bar", true),
            ("bar", "foo,bar,", true),
            ("bar", "foo bar", false),
            ("foo", "foo bar", true),
            ("bar", "", false),
            ("bar", ",", false),
            ("bar", ".", false),
            ("bar", "bar:80", false),
            ("localhost", "", false),
            ("", "localhost", false),
            ("", "*", false),
            // Wildcards
            ("www.example.com", "*", true),
            ("127.0.0.1", "*", true),
            ("::1", "*", true),
            ("www.example.com", "*,foo", false),
            ("www.example.com", " *", false),
            ("www.example.com", "*.example.com", false),
            ("www.example.com", "*example.com", false),
            // IPv4
            ("127.0.0.1", "127.0.0.1", true),
            ("127.0.0.1", "127.0.0.1/8", true),
            ("127.0.0.1", "127.0.0.1/28", true),
            ("127.0.0.1", "127.0.0.1/31", true),
            ("127.0.0.1", "localhost,127.0.0.1,", true),
            ("127.0.0.1", "127.0.0.1:80", false),
            ("127.0.0.1", ".0.0.1", false),
            ("127.0.0.1", "0.0.1", false),
            ("127.0.0.1.", "127.0.0.1", true),
            ("192.168.0.1", "192.168.0.0/16", true),
            ("192.168.0.1", "192.168.0.0/24", true),
            ("192.168.0.1", "192.168.0.1/32", true),
            ("192.168.0.1", "192.168.0.0", false),
            ("192.168.0.1", "192.168.0.0/32", false),
            ("192.168.0.1", "192.168.0.1/33", false),
            ("192.168.0.1", "192.168.0.0/16a", false),
            ("192.168.0.1", "192.168.0.0/a16", false),
            ("192.168.0.1", "192.168.0.0/ 16", false),
            ("192.168.0.1", "192.168.0.0/+16", false),
            ("192.168.0.1", "192.168.0.0/", false),
            ("192.168.0.1", "192.168.0.0/16/16", false),
            ("192.168.0.1", "192.168.0.0/99999999999999999999", false),
            ("192.168.0.1", "foo, 192.168.0.0/24", true),
            ("192.168.0.1", "192.168.0.1/00000000000000000032", true),
            ("192.160.0.1", "192.160.0.1/0", true),
            ("10.0.0.1", "192.160.0.1/0", false),
            ("192.160.0.1", "10.0.0.1/0", false),
            ("192.168.0.1", "::/0", false),
            ("example.com", "0.0.0.0/1", false),
            // IPv6
            ("::1", "::1", true),
            ("[::1]", "::1", true),
            ("::1", "[::1]", false),
            ("::1", "0:0::1", true),
            ("::1", "0:0::1/128", true),
            ("::1", "::1/64", true),
            ("::1", "::1/0", true),
            ("::2", "::1/0", false),
            ("::1", "::1/129", false),
            ("::1", "::1/127a", false),
            ("::1", "::1/a127", false),
            ("::1", "::1/ 127", false),
            ("::1", "foo, ::1/64, bar", true),
            ("2001:db8:0::1", "2001:db8::/65", true),
            ("2001:db8:8000::1", "2001:db8::/32", true),
            ("2001:DB8::1", "2001:db8::1", true),
            ("::ffff:10.0.0.1", "10.0.0.0/8", false),
            // Neither a name nor an address
            ("[::1%25.example.com]", ".example.com", false),
            ("::1%25.example.com", ".example.com", false),
            ("::1%.example.com", ".example.com", false),
            ("www.example.com:80", "com:80", false),
        ] {
            let matches = NoProxy::new(list).matches(host);
            assert_eq!(matches, expected, "{host} in {list}");
        }
    }

    #[test]
    fn p20_each_length_of_a_network() {
        let matches = |host, list: &str| NoProxy::new(list).matches(host);
        for bits in 122..=128 {
            assert!(matches("::1", &format!("::1/{bits}")), "{bits}");
        }
        for bits in 65..=72 {
            let list = format!("2001:db8::/{bits}");
            assert!(matches("2001:db8::1", &list), "{bits}");
            assert!(!matches("2001:db8:8000::1", &list), "{bits}");
        }
        for bits in 1..=32 {
            // They differ in bit 12 (from 1), so networks up to 11 bits hold both.
            let list = format!("10.16.0.0/{bits}");
            assert_eq!(matches("10.0.0.0", &list), bits <= 11, "{bits}");
        }
    }

    #[test]
    fn p20_long_entries_match_no_address() {
        // Zeros are the only way to make a valid entry long.
        let list = |len: usize| format!("::1/{:0>1$}", 128, len - "::1/".len());
        assert!(NoProxy::new(list(MAX_ADDRESS)).matches("::1"));
        assert!(!NoProxy::new(list(MAX_ADDRESS + 1)).matches("::1"));
    }
}
