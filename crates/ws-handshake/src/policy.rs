//! Who may connect: the origins of pages, and the names of this server.

use alloc::string::String;
use alloc::vec::Vec;

use crate::authority::{Authority, is_same_host};

/// Pages of which origins may connect (RFC 6455 §10.2).
///
/// A browser sends cookies along with a handshake that any page has asked for, and tells in
/// `Origin` which page it was. A request without `Origin` comes from something else than a
/// browser, and this check does not concern it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Origins {
    /// The origin's host and port must be those in `Host`; where one of them has no port, the
    /// default one of the origin's scheme counts. The default.
    #[default]
    SameHost,
    /// Every page may connect: for services that do not know clients by their cookies.
    Any,
    /// One of these, as browsers write them: `https://example.com`, `http://localhost:8080`.
    ///
    /// Compared as a whole, without regard to case. `null` must be listed to be accepted.
    List(Vec<String>),
}

impl Origins {
    /// Whether `origin` may connect to `host`.
    pub(crate) fn admit(&self, origin: &[u8], host: &Authority<'_>, secure: Option<bool>) -> bool {
        match self {
            Self::Any => true,
            Self::List(list) => list
                .iter()
                .any(|listed| listed.as_bytes().eq_ignore_ascii_case(origin)),
            Self::SameHost => is_same_host(origin, host, secure).unwrap_or(false),
        }
    }
}

/// Which values of `Host` a server answers to.
///
/// A server that only listens on the loopback interface can be reached by any page whose name
/// somebody makes resolve to 127.0.0.1 (DNS rebinding); `Host` then gives that name away.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Hosts {
    /// Any. The default.
    #[default]
    Any,
    /// One of these, as `host` (with any port) or `host:port`; compared without regard to case.
    /// An entry that is neither admits nobody.
    List(Vec<String>),
}

impl Hosts {
    /// For servers that only this machine shall reach: `localhost`, `127.0.0.1` and `[::1]`.
    pub fn loopback() -> Self {
        Self::List(
            ["localhost", "127.0.0.1", "[::1]"]
                .map(String::from)
                .to_vec(),
        )
    }

    pub(crate) fn admit(&self, host: &Authority<'_>) -> bool {
        let Self::List(list) = self else {
            return true;
        };
        list.iter()
            .filter_map(|listed| Authority::parse(listed.as_bytes()).ok())
            .any(|listed| {
                listed.is_same_host(host) && (listed.port.is_none() || listed.port == host.port)
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn authority(text: &str) -> Authority<'_> {
        Authority::parse(text.as_bytes()).unwrap()
    }

    // RFC 6455 §4.2.2-4, §10.2
    #[test]
    fn hs25_same_host_compares_host_and_port() {
        for (host, origin, admitted) in [
            ("good.example", "https://good.example", true),
            ("good.example", "http://good.example", true),
            ("GOOD.example", "HTTP://good.EXAMPLE", true),
            ("good.example:80", "http://good.example", true),
            ("good.example", "https://good.example:443", true),
            ("good.example:8080", "http://good.example:8080", true),
            ("[::1]:9", "http://[::1]:9", true),
            ("good.example", "https://evil.example", false),
            ("good.example", "null", false),
            ("good.example", "", false),
            ("good.example", "good.example", false),
            ("good.example", "https://good.example:8080", false),
            ("good.example:8080", "https://good.example", false),
            ("good.example", "http://good.example:443", false),
            ("good.example", "file://good.example", false),
            ("good.example", "https://good.example.evil.com", false),
            ("good.example", "https://evilgood.example", false),
            ("good.example", "https://good.example/", false),
            ("good.example", "https://good.example@evil.example", false),
            (
                "good.example",
                "https://evil.example https://good.example",
                false,
            ),
        ] {
            let verdict = Origins::SameHost.admit(origin.as_bytes(), &authority(host), None);
            assert_eq!(verdict, admitted, "{origin} at {host}");
        }
        assert!(!Origins::SameHost.admit(b"https://good.example\xff", &authority("a"), None));
    }

    #[test]
    fn hs25_scheme_counts_where_it_is_known() {
        for (origin, secure, admitted) in [
            ("https://a", Some(true), true),
            ("http://a", Some(true), false),
            ("http://a", Some(false), true),
            ("https://a", Some(false), false),
        ] {
            let verdict = Origins::SameHost.admit(origin.as_bytes(), &authority("a"), secure);
            assert_eq!(verdict, admitted, "{origin} {secure:?}");
        }
    }

    #[test]
    fn hs25_list_compares_whole_origins() {
        let list = Origins::List(["https://good.example", "null"].map(String::from).to_vec());
        for (origin, admitted) in [
            ("https://good.example", true),
            ("https://GOOD.example", true),
            ("null", true),
            ("http://good.example", false),
            ("https://good.example:8080", false),
            ("https://good.example.evil.com", false),
            ("https://a.good.example", false),
            ("", false),
        ] {
            assert_eq!(
                list.admit(origin.as_bytes(), &authority("h"), None),
                admitted,
                "{origin}"
            );
        }
        assert!(Origins::Any.admit(b"https://evil.example", &authority("h"), None));
    }

    #[test]
    fn hs26_hosts_are_an_allow_list() {
        let list = Hosts::List(["localhost", "a.example:8080"].map(String::from).to_vec());
        for (hosts, host, admitted) in [
            (&Hosts::Any, "evil.example", true),
            (&Hosts::loopback(), "localhost", true),
            (&Hosts::loopback(), "LOCALHOST:9001", true),
            (&Hosts::loopback(), "127.0.0.1:80", true),
            (&Hosts::loopback(), "[::1]:80", true),
            (&Hosts::loopback(), "evil.example", false),
            (&Hosts::loopback(), "localhost.evil.example", false),
            (&Hosts::loopback(), "127.0.0.2", false),
            (&Hosts::loopback(), "10.0.2.555", false),
            (&list, "a.example:8080", true),
            (&list, "a.example", false),
            (&list, "a.example:80", false),
        ] {
            assert_eq!(hosts.admit(&authority(host)), admitted, "{host}");
        }
    }
}
