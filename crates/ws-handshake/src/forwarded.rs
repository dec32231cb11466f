//! Who asks, when a proxy stands in between.

use alloc::vec::Vec;
use core::fmt;
use core::net::{IpAddr, SocketAddr};
use core::str::FromStr;

use ws_http::{Fields, trim};

/// The proxies in front of a server, whose word about their clients is taken. By default there are
/// none, and fields that say otherwise are anybody's to write.
///
/// ```
/// use std::net::IpAddr;
/// use ws_handshake::{Fields, ForwardedField, TrustedProxies};
///
/// let proxies = TrustedProxies::new(ForwardedField::XForwardedFor)
///     .with("10.0.0.0/8".parse()?)
///     .with("::1".parse()?);
/// let mut fields = Fields::new();
/// fields.push("X-Forwarded-For", "1.2.3.4, 203.0.113.7, 10.0.0.2")?;
/// let peer: IpAddr = "10.0.0.1".parse()?;
/// // 10.0.0.2 is one of ours, too; what stands further left is what the client says of itself.
/// assert_eq!(proxies.client(peer, &fields), "203.0.113.7".parse::<IpAddr>()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct TrustedProxies {
    field: ForwardedField,
    networks: Vec<Network>,
}

/// In which field the proxies say who their client is. It must be the one that they set: of the
/// other one they do not know, and pass on what clients write.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ForwardedField {
    /// `X-Forwarded-For`: addresses in a list.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239), whose `for` counts.
    Forwarded,
}

/// Addresses that begin with the same bits: `10.0.0.0/8`, or one address.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

/// A text that is no [`Network`].
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct InvalidNetwork;

impl TrustedProxies {
    /// No proxies yet.
    pub const fn new(field: ForwardedField) -> Self {
        Self {
            field,
            networks: Vec::new(),
        }
    }

    /// With these as well.
    pub fn with(mut self, network: Network) -> Self {
        self.networks.push(network);
        self
    }

    /// Whether the word of this address is taken.
    pub fn contains(&self, address: IpAddr) -> bool {
        let is_in = |network: &Network| network.contains(address);
        self.networks.iter().any(is_in)
    }

    /// The address of the client, of a request with these fields that came from `peer`: the last
    /// one that a trusted proxy has seen and that is no trusted proxy itself.
    ///
    /// If a proxy says what is no address, such as `unknown`, it is taken for the client.
    pub fn client(&self, peer: IpAddr, fields: &Fields) -> IpAddr {
        let mut client = peer.to_canonical();
        let name = match self.field {
            ForwardedField::XForwardedFor => "X-Forwarded-For",
            ForwardedField::Forwarded => "Forwarded",
        };
        let lines: Vec<&[u8]> = fields.all(name).collect();
        // From the nearest proxy to the farthest.
        let mut hops = lines.into_iter().rev().flat_map(elements_from_the_end);
        while self.contains(client) {
            let hop = hops.next().and_then(|element| match self.field {
                ForwardedField::XForwardedFor => address(element),
                ForwardedField::Forwarded => address(for_of(element)?),
            });
            match hop {
                Some(hop) => client = hop.to_canonical(),
                None => break,
            }
        }
        client
    }
}

impl Network {
    /// Addresses that begin with the first `bits` of this one; `None` if it has not so many.
    pub fn new(address: IpAddr, bits: u8) -> Option<Self> {
        let all = if address.is_ipv4() { 32 } else { 128 };
        (bits <= all).then_some(Self { address, bits })
    }

    /// Whether this address is one of them.
    pub fn contains(&self, address: IpAddr) -> bool {
        let (bits, differing) = match (self.address, address) {
            (IpAddr::V4(ours), IpAddr::V4(other)) => {
                (32, u128::from(ours.to_bits() ^ other.to_bits()))
            }
            (IpAddr::V6(ours), IpAddr::V6(other)) => (128, ours.to_bits() ^ other.to_bits()),
            _ => return false,
        };
        // Shifted by all of its bits, nothing of a number is left.
        let irrelevant = u32::from(bits - self.bits);
        differing.checked_shr(irrelevant).unwrap_or_default() == 0
    }
}

impl FromStr for Network {
    type Err = InvalidNetwork;

    fn from_str(text: &str) -> Result<Self, InvalidNetwork> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| InvalidNetwork)?;
        let bits = match bits {
            // A plus sign would be a number, too.
            Some(bits) if bits.bytes().all(|byte| byte.is_ascii_digit()) => {
                bits.parse().map_err(|_| InvalidNetwork)?
            }
            Some(_) => return Err(InvalidNetwork),
            None if address.is_ipv4() => 32,
            None => 128,
        };
        Self::new(address, bits).ok_or(InvalidNetwork)
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

impl fmt::Display for InvalidNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an address, nor one with a number of bits behind a slash")
    }
}

impl core::error::Error for InvalidNetwork {}

/// A line's elements, the last one first. Commas in quoted strings, which no address has, are taken
/// for separators: what comes of it is no address.
fn elements_from_the_end(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.rsplit(|&byte| byte == b',').map(trim)
}

/// The value of `for` in an element of `Forwarded` (RFC 7239 §4).
fn for_of(element: &[u8]) -> Option<&[u8]> {
    let mut pairs = element.split(|&byte| byte == b';').map(trim);
    pairs.find_map(|pair| {
        let (name, value) = pair.split_at_checked(4)?;
        name.eq_ignore_ascii_case(b"for=").then_some(value)
    })
}

/// An address as proxies write it: plain, with a port, in brackets, in quotation marks.
fn address(text: &[u8]) -> Option<IpAddr> {
    let text = core::str::from_utf8(text).ok()?;
    let text = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
        .unwrap_or(text);
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'))
        .unwrap_or(text);
    let with_port = || text.parse().ok().map(|address: SocketAddr| address.ip());
    bare.parse().ok().or_else(with_port)
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    fn client(field: ForwardedField, peer: &str, lines: &[&str]) -> alloc::string::String {
        let proxies = TrustedProxies::new(field)
            .with("10.0.0.0/8".parse().unwrap())
            .with("2001:db8::/32".parse().unwrap());
        let name = match field {
            ForwardedField::XForwardedFor => "x-forwarded-for",
            ForwardedField::Forwarded => "forwarded",
        };
        let mut fields = Fields::new();
        for line in lines {
            fields.push(name, line).unwrap();
        }
        let client = proxies.client(peer.parse().unwrap(), &fields);
        client.to_string()
    }

    #[test]
    fn the_last_address_that_a_trusted_proxy_has_seen() {
        for (peer, lines, expected) in [
            ("1.2.3.4", &[][..], "1.2.3.4"),
            // Anybody can write it.
            ("1.2.3.4", &["9.9.9.9"], "1.2.3.4"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["9.9.9.9"], "9.9.9.9"),
            ("10.0.0.1", &["8.8.8.8, 9.9.9.9"], "9.9.9.9"),
            ("10.0.0.1", &["8.8.8.8", "9.9.9.9"], "9.9.9.9"),
            ("10.0.0.1", &["8.8.8.8,9.9.9.9 , 10.1.1.1"], "9.9.9.9"),
            ("10.0.0.1", &["9.9.9.9", "10.1.1.1"], "9.9.9.9"),
            ("10.0.0.1", &["10.2.2.2, 10.1.1.1"], "10.2.2.2"),
            ("10.0.0.1", &["9.9.9.9:4711"], "9.9.9.9"),
            ("10.0.0.1", &["[2001:dead::1]:4711"], "2001:dead::1"),
            ("10.0.0.1", &["2001:dead::1"], "2001:dead::1"),
            ("2001:db8::9", &["9.9.9.9"], "9.9.9.9"),
            ("::ffff:10.0.0.1", &["::ffff:9.9.9.9"], "9.9.9.9"),
            // What is no address is not looked behind.
            ("10.0.0.1", &["9.9.9.9, unknown"], "10.0.0.1"),
            ("10.0.0.1", &["9.9.9.9, "], "10.0.0.1"),
            ("10.0.0.1", &["a b"], "10.0.0.1"),
        ] {
            let found = client(ForwardedField::XForwardedFor, peer, lines);
            assert_eq!(found, expected, "{peer} {lines:?}");
        }
    }

    // RFC 7239 §4
    #[test]
    fn forwarded_has_a_grammar() {
        for (line, expected) in [
            ("for=9.9.9.9", "9.9.9.9"),
            ("For=\"[2001:dead::1]:4711\"", "2001:dead::1"),
            (
                "for=8.8.8.8, for=9.9.9.9;proto=https;by=10.0.0.1",
                "9.9.9.9",
            ),
            ("proto=https; for=\"9.9.9.9:80\"", "9.9.9.9"),
            ("for=9.9.9.9, for=10.1.1.1", "9.9.9.9"),
            ("for=_hidden", "10.0.0.1"),
            ("for=unknown", "10.0.0.1"),
            ("proto=https", "10.0.0.1"),
            ("for=\"9.9.9.9, for=8.8.8.8\"", "10.0.0.1"),
            ("fo", "10.0.0.1"),
        ] {
            let found = client(ForwardedField::Forwarded, "10.0.0.1", &[line]);
            assert_eq!(found, expected, "{line}");
        }
        // The other field is anybody's.
        let mut fields = Fields::new();
        fields.push("Forwarded", "for=9.9.9.9").unwrap();
        let proxies =
            TrustedProxies::new(ForwardedField::XForwardedFor).with("10.0.0.1".parse().unwrap());
        let peer = "10.0.0.1".parse().unwrap();
        assert_eq!(proxies.client(peer, &fields), peer);
        assert_eq!(TrustedProxies::default().client(peer, &fields), peer);
    }

    #[test]
    fn networks_are_read_and_contain_what_they_say() {
        for (text, inside, outside) in [
            ("10.0.0.0/8", "10.255.0.1", "11.0.0.1"),
            ("10.0.0.7", "10.0.0.7", "10.0.0.6"),
            ("0.0.0.0/0", "9.9.9.9", "::1"),
            ("2001:db8::/33", "2001:db8:7fff::1", "2001:db8:8000::1"),
            ("::/0", "::1", "9.9.9.9"),
            ("::1", "::1", "::2"),
            ("10.0.0.0/31", "10.0.0.1", "10.0.0.2"),
        ] {
            let network: Network = text.parse().unwrap();
            assert!(network.contains(inside.parse().unwrap()), "{text}");
            assert!(!network.contains(outside.parse().unwrap()), "{text}");
            assert_eq!(network.to_string().parse(), Ok(network));
        }
        for text in [
            "",
            "a",
            "1.2.3.4/33",
            "::/129",
            "1.2.3.4/",
            "1.2.3.4/+8",
            "1.2.3.4/a",
        ] {
            assert_eq!(text.parse::<Network>(), Err(InvalidNetwork), "{text}");
        }
    }
}
