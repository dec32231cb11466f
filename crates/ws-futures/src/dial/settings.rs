//! How a client gets to its server.

use std::net::IpAddr;
#[cfg(unix)]
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ws_proxy::{Environment, Proxy, ProxyFields};

use crate::dial::runtime::Dialler;
use crate::tls::TlsConnector;

/// How a client gets to its server: proxies, TLS, deadlines of each step.
///
/// ```
/// use ws_futures::{Options, Route};
///
/// let mut options = Options::client();
/// options.dial.route = Route::Direct;
/// options.dial.redirects = 3;
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Dial {
    /// Through which proxy. By default that of the environment.
    pub route: Route,
    /// Fields that a proxy is sent with `CONNECT`, and nobody else. Default: none. One that tells
    /// who asks, such as `Proxy-Authorization`, goes only to the proxy of [`Route::Through`]: which
    /// one the environment chooses, and a redirect, cannot be known.
    pub proxy_fields: ProxyFields,
    /// TLS to the server of a `wss` URL. `None`, the default, is what the feature `rustls` brings
    /// with its [defaults](crate::tls), or `async-tls`; without either, `wss` is an error.
    pub tls: Option<Arc<dyn TlsConnector>>,
    /// TLS to a proxy whose scheme is `https`; the same goes for `None`. It shares nothing with
    /// the default of [`tls`](Self::tls), no session either; do not set both to clones of one
    /// connector, which would.
    pub proxy_tls: Option<Arc<dyn TlsConnector>>,
    /// How long all steps may take together, redirects included. 30 seconds. The steps have limits
    /// of their own, which are not moved by this.
    pub timeout: Duration,
    /// How long it may take to look up a name and to connect to one of its addresses. 10 seconds.
    pub connect_timeout: Duration,
    /// How long TLS to a proxy and the proxy's answer may take together. 10 seconds.
    pub proxy_timeout: Duration,
    /// How long the TLS handshake with the server may take. 10 seconds.
    pub tls_timeout: Duration,
    /// How long an address may not answer before the next one is tried as well (RFC 8305 §5).
    /// 250 ms.
    pub attempt_delay: Duration,
    /// The address to connect from. By default the system chooses.
    pub local_address: Option<IpAddr>,
    /// A Unix socket to connect to, whatever the URL says; proxies are left out.
    #[cfg(unix)]
    pub unix_socket: Option<PathBuf>,
    /// What opens the byte streams to servers and proxies. By default the runtime does, over TCP.
    /// With one, the environment's proxies do not count; those of another [`route`](Self::route)
    /// do.
    pub dialler: Option<Arc<dyn Dialler>>,
    /// How many redirects are followed. 0; then an answer that is one is
    /// [`Error::Rejected`](crate::Error::Rejected), as it is when there are more. What does not go
    /// to another server, [`Request::redirected`](ws_handshake::Request::redirected) says;
    /// [`tls`](Self::tls) is the same for all of them, its client certificate included.
    pub redirects: u32,
}

/// Through which proxy a client goes.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Route {
    /// That of the environment's variables, by curl's rules: see [`Environment`]. They are read
    /// each time.
    #[default]
    Environment,
    /// The same rules on variables that were read before.
    Rules(Environment),
    /// None.
    Direct,
    /// This one, for every host. The environment's `no_proxy` does not count.
    Through(Proxy),
}

impl Default for Dial {
    fn default() -> Self {
        let ten = Duration::from_secs(10);
        Self {
            route: Route::default(),
            proxy_fields: ProxyFields::new(),
            tls: None,
            proxy_tls: None,
            timeout: Duration::from_secs(30),
            connect_timeout: ten,
            proxy_timeout: ten,
            tls_timeout: ten,
            attempt_delay: Duration::from_millis(250),
            local_address: None,
            #[cfg(unix)]
            unix_socket: None,
            dialler: None,
            redirects: 0,
        }
    }
}

impl Route {
    /// The proxy on the way to `target`, if there is one.
    pub(crate) fn proxy(
        &self,
        is_secure: bool,
        target: &ws_proxy::Authority,
    ) -> Result<Option<Proxy>, ws_proxy::EnvironmentError> {
        let read;
        let rules = match self {
            Self::Direct => return Ok(None),
            Self::Through(proxy) => return Ok(Some(proxy.clone())),
            Self::Rules(rules) => rules,
            Self::Environment => {
                // All of them: on Windows, to ask for one in lower case gives the one in upper case.
                read =
                    Environment::from_vars(std::env::vars_os().map(|(name, value)| {
                        (name.into_encoded_bytes(), value.into_encoded_bytes())
                    }));
                &read
            }
        };
        if is_secure {
            rules.for_wss(target)
        } else {
            rules.for_ws(target)
        }
    }
}
