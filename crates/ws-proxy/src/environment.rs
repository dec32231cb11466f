//! Which proxy to take.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::authority::Authority;
use crate::error::{EnvironmentError, ProxyUrlError};
use crate::no_proxy::NoProxy;
use crate::proxy::Proxy;

/// For `ws://`, the first that is set. `HTTP_PROXY` is not among them: where CGI is spoken, a
/// request's field `Proxy` ends up in it (CVE-2016-5385).
const WS: [&str; 5] = [
    "ws_proxy",
    "WS_PROXY",
    "http_proxy",
    "all_proxy",
    "ALL_PROXY",
];

/// For `wss://`, the first that is set.
const WSS: [&str; 6] = [
    "wss_proxy",
    "WSS_PROXY",
    "https_proxy",
    "HTTPS_PROXY",
    "all_proxy",
    "ALL_PROXY",
];

/// For both, the first that is set.
const NO: [&str; 2] = ["no_proxy", "NO_PROXY"];

/// What the environment's variables say about proxies, by curl's rules.
///
/// | URL | the first of these that is set |
/// |---|---|
/// | `ws://` | `ws_proxy`, `WS_PROXY`, `http_proxy`, `all_proxy`, `ALL_PROXY` |
/// | `wss://` | `wss_proxy`, `WSS_PROXY`, `https_proxy`, `HTTPS_PROXY`, `all_proxy`, `ALL_PROXY` |
/// | hosts without a proxy | `no_proxy`, `NO_PROXY` |
///
/// `HTTP_PROXY` is never read: under CGI, anybody can set it with a request. A variable that is
/// set but empty says that there is no proxy; the next one is not looked at (for curl, an empty
/// variable is not set). Values are those of [`Proxy::parse`] and [`NoProxy`].
///
/// ```
/// use ws_proxy::{Authority, Environment};
///
/// let environment = Environment::from_vars([
///     ("all_proxy", "socks5h://localhost:9050"),
///     ("no_proxy", "example.org"),
/// ]);
/// let proxy = environment.for_ws(&Authority::new("example.com", 80)?)?;
/// assert_eq!(proxy.expect("for all").to_string(), "socks5h://localhost:9050");
/// assert_eq!(environment.for_ws(&Authority::new("www.example.org", 80)?)?, None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default, Eq, PartialEq)]
pub struct Environment {
    /// The variables that matter here.
    proxies: Vec<(&'static str, Vec<u8>)>,
    no_proxy: NoProxy,
}

impl Environment {
    /// The names of all variables that are looked at.
    pub const VARIABLES: [&str; 11] = [
        "ws_proxy",
        "WS_PROXY",
        "wss_proxy",
        "WSS_PROXY",
        "http_proxy",
        "https_proxy",
        "HTTPS_PROXY",
        "all_proxy",
        "ALL_PROXY",
        "no_proxy",
        "NO_PROXY",
    ];

    /// The environment of these names and values, of which all but those in the table are ignored.
    /// Of several with one name the first counts.
    ///
    /// Text or bytes are accepted, because variables need not be UTF-8:
    ///
    /// ```
    /// let vars = std::env::vars_os()
    ///     .map(|(name, value)| (name.into_encoded_bytes(), value.into_encoded_bytes()));
    /// let environment = ws_proxy::Environment::from_vars(vars);
    /// ```
    pub fn from_vars<N, V>(vars: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: AsRef<[u8]>,
        V: AsRef<[u8]>,
    {
        let mut proxies: Vec<(&'static str, Vec<u8>)> = Vec::new();
        let mut no_proxy = [const { None }; NO.len()];
        for (name, value) in vars {
            let (name, value) = (name.as_ref(), value.as_ref());
            let is_it = |known: &&'static str| known.as_bytes() == name;
            if let Some(known) = WS.into_iter().chain(WSS).find(is_it) {
                if find(&proxies, known).is_none() {
                    proxies.push((known, value.to_vec()));
                }
            } else if let Some(at) = NO.iter().position(is_it) {
                // What is not UTF-8 matches no host.
                no_proxy[at].get_or_insert_with(|| String::from_utf8_lossy(value).into_owned());
            }
        }
        let no_proxy = no_proxy.into_iter().flatten().next();
        Self {
            proxies,
            no_proxy: no_proxy.map(NoProxy::new).unwrap_or_default(),
        }
    }

    /// The proxy on the way to the target of a `ws://` URL; `None` if there is none.
    ///
    /// # Errors
    ///
    /// If the variable that counts is no proxy that this crate can speak to. The connection must
    /// not be made directly then.
    pub fn for_ws(&self, target: &Authority) -> Result<Option<Proxy>, EnvironmentError> {
        self.select(target, &WS)
    }

    /// The proxy on the way to the target of a `wss://` URL; `None` if there is none.
    ///
    /// # Errors
    ///
    /// As [`for_ws`](Self::for_ws).
    pub fn for_wss(&self, target: &Authority) -> Result<Option<Proxy>, EnvironmentError> {
        self.select(target, &WSS)
    }

    /// The hosts that are reached without a proxy.
    pub const fn no_proxy(&self) -> &NoProxy {
        &self.no_proxy
    }

    fn select(
        &self,
        target: &Authority,
        names: &[&'static str],
    ) -> Result<Option<Proxy>, EnvironmentError> {
        if self.no_proxy.matches(target.host()) {
            return Ok(None);
        }
        let set = names
            .iter()
            .find_map(|name| Some((*name, find(&self.proxies, name)?)));
        let Some((variable, value)) = set.filter(|(_, value)| !value.is_empty()) else {
            return Ok(None);
        };
        core::str::from_utf8(value)
            .map_err(|_| ProxyUrlError::Character)
            .and_then(Proxy::parse)
            .map(Some)
            .map_err(|error| EnvironmentError { variable, error })
    }
}

impl fmt::Debug for Environment {
    /// Shows which variables are set, not to what: they may hold passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.proxies.iter().map(|(name, _)| name);
        f.debug_struct("Environment")
            .field("proxies", &names.collect::<Vec<_>>())
            .field("no_proxy", &self.no_proxy)
            .finish()
    }
}

fn find<'a>(proxies: &'a [(&'static str, Vec<u8>)], name: &str) -> Option<&'a [u8]> {
    let variable = proxies.iter().find(|(other, _)| *other == name);
    variable.map(|(_, value)| &**value)
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::ToString;

    use super::*;

    type Vars<'a> = &'a [(&'a str, &'a str)];

    /// The proxies for a `ws://` and a `wss://` URL.
    fn hosts(vars: Vars<'_>, host: &str) -> [Option<String>; 2] {
        let environment = Environment::from_vars(vars.iter().copied());
        let target = Authority::new(host, 1).unwrap();
        [environment.for_ws(&target), environment.for_wss(&target)].map(|proxy| {
            let proxy = proxy.unwrap_or_else(|error| panic!("{vars:?}: {error}"));
            proxy.map(|proxy| proxy.authority().host().to_string())
        })
    }

    #[test]
    fn all_variables_are_listed() {
        let mut used: Vec<&str> = [&WS[..], &WSS, &NO].concat();
        used.sort_unstable();
        used.dedup();
        let mut listed = Environment::VARIABLES.to_vec();
        listed.sort_unstable();
        assert_eq!(listed, used);
    }

    #[test]
    fn p21_names_cases_and_order() {
        for (vars, ws, wss) in [
            (&[][..], None, None),
            (&[("http_proxy", "a")], Some("a"), None),
            (&[("HTTP_PROXY", "a")], None, None),
            (
                &[("HTTP_PROXY", "a"), ("REQUEST_METHOD", "GET")],
                None,
                None,
            ),
            (
                &[("http_proxy", "a"), ("REQUEST_METHOD", "GET")],
                Some("a"),
                None,
            ),
            (
                &[("HTTP_PROXY", "a"), ("ALL_PROXY", "b")],
                Some("b"),
                Some("b"),
            ),
            (&[("Http_Proxy", "a"), ("All_Proxy", "b")], None, None),
            (&[("https_proxy", "a")], None, Some("a")),
            (&[("HTTPS_PROXY", "a")], None, Some("a")),
            (
                &[("HTTPS_PROXY", "a"), ("https_proxy", "b")],
                None,
                Some("b"),
            ),
            (&[("ws_proxy", "a"), ("http_proxy", "b")], Some("a"), None),
            (&[("WS_PROXY", "a"), ("http_proxy", "b")], Some("a"), None),
            (&[("WS_PROXY", "a"), ("ws_proxy", "b")], Some("b"), None),
            (&[("https_proxy", "b"), ("WSS_PROXY", "a")], None, Some("a")),
            (&[("WSS_PROXY", "b"), ("wss_proxy", "a")], None, Some("a")),
            (&[("all_proxy", "a")], Some("a"), Some("a")),
            (&[("ALL_PROXY", "a")], Some("a"), Some("a")),
            (
                &[("ALL_PROXY", "a"), ("all_proxy", "b")],
                Some("b"),
                Some("b"),
            ),
            (
                &[("all_proxy", "a"), ("http_proxy", "b")],
                Some("b"),
                Some("a"),
            ),
            (&[("http_proxy", "a"), ("http_proxy", "b")], Some("a"), None),
            // Set to nothing: none, whatever comes next.
            (&[("http_proxy", ""), ("all_proxy", "a")], None, Some("a")),
            (&[("https_proxy", ""), ("HTTPS_PROXY", "a")], None, None),
            (&[("all_proxy", ""), ("ALL_PROXY", "a")], None, None),
        ] {
            let expected = [ws, wss].map(|host| host.map(String::from));
            assert_eq!(hosts(vars, "example.com"), expected, "{vars:?}");
        }
    }

    #[test]
    fn p20_p21_no_proxy_counts_more() {
        let proxy = ("all_proxy", "p");
        for (vars, host, direct) in [
            (
                &[proxy, ("no_proxy", "example.com")][..],
                "example.com",
                true,
            ),
            (
                &[proxy, ("NO_PROXY", "example.com")],
                "www.example.com",
                true,
            ),
            (&[proxy, ("NO_PROXY", "a"), ("no_proxy", "b")], "a", false),
            (&[proxy, ("NO_PROXY", "a"), ("no_proxy", "b")], "b", true),
            (&[proxy, ("NO_PROXY", "*"), ("no_proxy", "")], "a", false),
            (&[proxy, ("no_proxy", "b"), ("no_proxy", "a")], "a", false),
            (&[proxy, ("no_proxy", "*")], "a", true),
            (&[proxy, ("no_proxy", "::1/64")], "[::1]", true),
            (&[proxy, ("no_proxy", "10.0.0.0/8")], "10.1.1.1", true),
            (&[proxy], "localhost", false),
            // Even more than a proxy that makes no sense.
            (&[("all_proxy", "ftp://p"), ("no_proxy", "a")], "a", true),
        ] {
            let expected = (!direct).then(|| String::from("p"));
            assert_eq!(hosts(vars, host), [expected.clone(), expected], "{vars:?}");
        }
    }

    #[test]
    fn p18_what_is_no_proxy_is_an_error() {
        let target = Authority::new("example.com", 1).unwrap();
        for (name, value, error) in [
            ("http_proxy", &b"ftp://p"[..], ProxyUrlError::Scheme),
            ("ws_proxy", b"socks4://p", ProxyUrlError::Scheme),
            ("ALL_PROXY", b"p:x", ProxyUrlError::Port),
            ("all_proxy", b"p\xff", ProxyUrlError::Character),
            ("all_proxy", b" ", ProxyUrlError::Character),
        ] {
            let environment = Environment::from_vars([(name, value)]);
            let result = environment.for_ws(&target);
            let variable = name;
            assert_eq!(result, Err(EnvironmentError { variable, error }));
        }
        // Only the one that counts is looked at.
        let environment = Environment::from_vars([("https_proxy", "ftp://p")]);
        assert_eq!(environment.for_ws(&target), Ok(None));
        assert!(environment.for_wss(&target).is_err());
    }

    #[test]
    fn p23_credentials_in_variables_are_not_shown() {
        let vars = [("http_proxy", "kettle:s3cret@\u{fc}"), ("no_proxy", "a")];
        let environment = Environment::from_vars(vars);
        let error = environment
            .for_ws(&Authority::new("h", 1).unwrap())
            .unwrap_err();
        let shown = format!("{environment:?} {error} {error:?}");
        assert!(!shown.contains("kettle") && !shown.contains("s3cret"));
        assert!(shown.contains("http_proxy"));
    }
}
