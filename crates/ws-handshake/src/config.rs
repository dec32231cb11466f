//! What a server accepts.

use alloc::string::String;
use alloc::vec::Vec;

use ws_http::Limits;

use crate::policy::{Hosts, Origins};
use crate::version::Versions;

/// What a server accepts. The defaults are safe for a server that browsers can reach.
///
/// ```
/// use ws_handshake::{Hosts, ServerConfig};
///
/// let mut config = ServerConfig::default();
/// config.subprotocols = vec!["soup".into(), "wamp".into()];
/// config.hosts = Hosts::loopback();
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct ServerConfig {
    /// Bounds on the request's head.
    pub limits: Limits,
    /// The versions of the protocol to speak: by default 13, 8 and 7.
    pub versions: Versions,
    /// The subprotocols that this server knows. By default the first of the client's list that is
    /// among them is chosen. None by default.
    pub subprotocols: Vec<String>,
    /// Refuse a client with which no subprotocol is shared. By default the connection opens
    /// without one, as RFC 6455 §4.2.2 has it.
    pub require_subprotocol: bool,
    /// Pages of which origins may connect. By default those of this very host.
    pub origins: Origins,
    /// Which values of `Host` to answer to. By default all.
    pub hosts: Hosts,
    /// Whether clients reach this server through TLS (`wss`), if that is known.
    ///
    /// If it is, [`Origins::SameHost`] compares the origin's scheme, too. `None` by default. The
    /// responses of the hixie drafts tell the URL, which is `wss` only if this says so.
    pub secure: Option<bool>,
}
