//! Why settings make no TLS.

use std::fmt;
use std::io;

use futures_rustls::rustls;

/// Why settings make no TLS. Never caused by a peer.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum TlsError {
    /// There is no root certificate to believe.
    NoRoots,
    /// The text holds no certificate in PEM, or one that cannot be read.
    Certificate,
    /// The text holds no private key in PEM, or one that cannot be read.
    Key,
    /// The text holds no list of revoked certificates in PEM, or one that cannot be read.
    RevocationList,
    /// What rustls has against them, such as a key that is not the certificate's.
    Rustls(rustls::Error),
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRoots => f.write_str(
                "there is no root certificate to believe: the platform has none, or none that \
                 SSL_CERT_FILE or SSL_CERT_DIR leads to; the feature `webpki-roots` brings some",
            ),
            Self::Certificate => f.write_str("no certificate in PEM"),
            Self::Key => f.write_str("no private key in PEM"),
            Self::RevocationList => f.write_str("no list of revoked certificates in PEM"),
            Self::Rustls(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for TlsError {}

impl From<rustls::Error> for TlsError {
    fn from(error: rustls::Error) -> Self {
        Self::Rustls(error)
    }
}

impl From<TlsError> for io::Error {
    fn from(error: TlsError) -> Self {
        Self::new(io::ErrorKind::InvalidInput, error)
    }
}
