//! The client's side.

use std::io;
use std::sync::Arc;

use futures_rustls::pki_types::ServerName;
use futures_rustls::rustls::ClientConfig;

use super::{Settings, TlsError};
use crate::tls::TlsConnector;
use crate::{Io, IoFuture};

/// Does the TLS handshake of a client with rustls, 1.2 or 1.3.
///
/// The server's name is told where it is a name (SNI); `http/1.1` is the only protocol on offer
/// (ALPN), and a server that speaks another one fails. Sessions are resumed among the connections
/// of one connector.
#[derive(Clone, Debug)]
pub struct Connector {
    config: Arc<ClientConfig>,
}

impl Connector {
    /// With the default settings: the platform's roots are read, which blocks for a moment.
    ///
    /// # Errors
    ///
    /// [`TlsError::NoRoots`].
    pub fn new() -> Result<Self, TlsError> {
        Self::with(&Settings::new())
    }

    /// With these settings.
    ///
    /// # Errors
    ///
    /// [`TlsError::NoRoots`]; [`TlsError::Rustls`] for a client's certificate that it cannot use.
    pub fn with(settings: &Settings) -> Result<Self, TlsError> {
        Ok(settings.to_config()?.into())
    }
}

/// With a configuration of one's own. Set `alpn_protocols` to `http/1.1`, or leave it empty.
impl From<ClientConfig> for Connector {
    fn from(config: ClientConfig) -> Self {
        Arc::new(config).into()
    }
}

/// With a configuration of one's own. Set `alpn_protocols` to `http/1.1`, or leave it empty.
impl From<Arc<ClientConfig>> for Connector {
    fn from(config: Arc<ClientConfig>) -> Self {
        Self { config }
    }
}

impl TlsConnector for Connector {
    fn connect<'a>(&'a self, host: &'a str, io: Box<dyn Io>) -> IoFuture<'a, Box<dyn Io>> {
        Box::pin(async move {
            let name = ServerName::try_from(host)
                .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?
                .to_owned();
            let connector = futures_rustls::TlsConnector::from(Arc::clone(&self.config));
            let io = connector.connect(name, io).await?;
            Ok(Box::new(io) as Box<dyn Io>)
        })
    }
}
