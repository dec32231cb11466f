//! TLS: one trait for clients, and what the features `rustls` and `async-tls` make of it.
//!
//! A client's [`Dial::tls`](crate::Dial::tls) is a [`TlsConnector`]. With the feature `rustls` (the
//! one to take) it is [`rustls::Connector`] if none is set, which trusts the platform's roots; the
//! feature `webpki-roots` has Mozilla's. The name to be verified is the host of the URL, for a proxy
//! the proxy's. If several features bring one, it is rustls' that is used by default.
//!
//! The feature `async-tls` brings [`async_tls::Connector`], which rests on a version of rustls that
//! gets no fixes any more.

#[cfg(feature = "async-tls")]
pub mod async_tls;
#[cfg(feature = "rustls")]
pub mod rustls;

use std::fmt;
#[cfg(feature = "client")]
use std::io;
#[cfg(feature = "client")]
use std::sync::{Arc, OnceLock};

use crate::{Io, IoFuture};

/// Does the TLS handshake of a client.
pub trait TlsConnector: fmt::Debug + Send + Sync {
    /// Encrypts `io`, at whose other end somebody must prove to be `host`: a name in its ASCII
    /// form, or an address without brackets.
    ///
    /// # Errors
    ///
    /// The future's, if it cannot be proven, or if the transport fails. Nothing but the handshake
    /// has been sent then.
    fn connect<'a>(&'a self, host: &'a str, io: Box<dyn Io>) -> IoFuture<'a, Box<dyn Io>>;
}

/// What is used where no connector is set, for servers; `None` if no feature brings one.
#[cfg(feature = "client")]
pub(crate) fn default_connector() -> io::Result<Option<Arc<dyn TlsConnector>>> {
    static CONNECTOR: OnceLock<Arc<dyn TlsConnector>> = OnceLock::new();
    default_in(&CONNECTOR)
}

/// What is used where no connector is set, for proxies. A session that was begun with a proxy must
/// not be resumed with a server, nor the other way round, so they are two.
#[cfg(feature = "client")]
pub(crate) fn default_proxy_connector() -> io::Result<Option<Arc<dyn TlsConnector>>> {
    static CONNECTOR: OnceLock<Arc<dyn TlsConnector>> = OnceLock::new();
    default_in(&CONNECTOR)
}

/// The platform's roots are read once.
#[cfg(feature = "client")]
#[cfg_attr(
    not(feature = "rustls"),
    expect(clippy::unnecessary_wraps, reason = "without roots nothing can fail")
)]
fn default_in(slot: &OnceLock<Arc<dyn TlsConnector>>) -> io::Result<Option<Arc<dyn TlsConnector>>> {
    if let Some(connector) = slot.get() {
        return Ok(Some(Arc::clone(connector)));
    }
    #[cfg(feature = "rustls")]
    let made: Option<Arc<dyn TlsConnector>> = Some(Arc::new(rustls::Connector::new()?));
    #[cfg(all(feature = "async-tls", not(feature = "rustls")))]
    let made: Option<Arc<dyn TlsConnector>> = Some(Arc::new(async_tls::Connector::new()));
    #[cfg(not(any(feature = "async-tls", feature = "rustls")))]
    let made: Option<Arc<dyn TlsConnector>> = None;
    Ok(made.map(|made| Arc::clone(slot.get_or_init(|| made))))
}

#[cfg(all(test, feature = "client", feature = "rustls"))]
mod tests {
    use super::*;

    // CVE-2021-22890
    #[test]
    fn tl10_servers_and_proxies_have_connectors_of_their_own() {
        let connector = |default: fn() -> io::Result<Option<Arc<dyn TlsConnector>>>| {
            default()
                .expect("this platform has roots")
                .expect("there is rustls")
        };
        let server = connector(default_connector);
        assert!(Arc::ptr_eq(&server, &connector(default_connector)));
        assert!(!Arc::ptr_eq(&server, &connector(default_proxy_connector)));
    }
}
