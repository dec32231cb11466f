//! What a connection goes through.

use std::fmt;

/// What a connection goes through from its URL to its end; a server's begins with the opening
/// handshake.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Step {
    /// The choice of a proxy by the environment's variables.
    Route,
    /// A name is looked up.
    Resolve,
    /// A connection to the server, or to the proxy, is opened.
    Connect,
    /// TLS with the proxy.
    ProxyTls,
    /// The proxy is asked for a tunnel.
    Proxy,
    /// TLS with the server.
    Tls,
    /// The opening handshake.
    Handshake,
    /// Messages go both ways.
    Open,
    /// The closing handshake.
    Closing,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Route => "choice of a proxy",
            Self::Resolve => "name lookup",
            Self::Connect => "connecting",
            Self::ProxyTls => "TLS with the proxy",
            Self::Proxy => "proxy",
            Self::Tls => "TLS",
            Self::Handshake => "opening handshake",
            Self::Open => "connection",
            Self::Closing => "closing handshake",
        })
    }
}
