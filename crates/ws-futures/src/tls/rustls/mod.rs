//! TLS with rustls, for clients and servers.
//!
//! ```
//! use std::sync::Arc;
//! use ws_futures::Options;
//! use ws_futures::tls::rustls::{Connector, Settings};
//!
//! # fn test(ca: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
//! // The platform's roots, and one more.
//! let settings = Settings::new().with_root_certificates(ca)?;
//! let mut options = Options::client();
//! options.dial.tls = Some(Arc::new(Connector::with(&settings)?));
//! # Ok(())
//! # }
//! ```
//!
//! The cryptography is ring's unless a configuration of one's own says otherwise: whatever is
//! installed as the process's default plays no part.

mod acceptor;
mod connector;
mod error;
mod fingerprint;
mod settings;
mod verifiers;

pub use self::acceptor::Acceptor;
pub use self::connector::Connector;
pub use self::error::TlsError;
pub use self::fingerprint::{Fingerprint, InvalidFingerprint};
pub use self::settings::{Roots, Settings};
pub use futures_rustls::{client, rustls, server};

/// RFC 7301; in HTTP/2 there is no `Upgrade`.
const ALPN: &[u8] = b"http/1.1";
