//! The server's side.

use std::sync::Arc;
use std::time::Duration;

use futures_io::{AsyncRead, AsyncWrite};
use futures_rustls::rustls::crypto::ring;
use futures_rustls::rustls::server::WebPkiClientVerifier;
use futures_rustls::rustls::{RootCertStore, ServerConfig};
use futures_rustls::server::TlsStream;

use super::settings::{certificates, private_key};
use super::{ALPN, TlsError};
use crate::deadline::Deadline;
use crate::{Error, Options, Timer};

/// Does the TLS handshake of a server with rustls, 1.2 or 1.3.
///
/// ```
/// # #[cfg(feature = "tokio")]
/// # mod test {
/// use tokio::net::TcpStream;
/// use ws_futures::tls::rustls::Acceptor;
/// use ws_futures::{Error, Options};
///
/// async fn serve(
///     stream: TcpStream,
///     acceptor: &Acceptor,
///     options: &Options,
/// ) -> Result<(), Error> {
///     let mut socket = ws_futures::tokio::accept_tls(stream, acceptor, options).await?;
///     socket.send("hello").await
/// }
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Acceptor {
    config: Arc<ServerConfig>,
}

impl Acceptor {
    /// Shows this certificate: a chain that begins with it, and its private key, both in PEM.
    ///
    /// # Errors
    ///
    /// [`TlsError::Certificate`], [`TlsError::Key`]; [`TlsError::Rustls`] if they do not belong
    /// together.
    pub fn new(chain: &[u8], key: &[u8]) -> Result<Self, TlsError> {
        Self::make(chain, key, None)
    }

    /// The same, and lets only those in who have a certificate for which one of these roots
    /// vouches: one or several certificates in PEM.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn with_client_roots(chain: &[u8], key: &[u8], roots: &[u8]) -> Result<Self, TlsError> {
        let mut store = RootCertStore::empty();
        for root in certificates(roots)? {
            store.add(root)?;
        }
        Self::make(chain, key, Some(store))
    }

    fn make(chain: &[u8], key: &[u8], clients: Option<RootCertStore>) -> Result<Self, TlsError> {
        let provider = Arc::new(ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()?;
        let builder = match clients {
            Some(roots) => {
                let verifier =
                    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
                        .build()
                        .map_err(|_| TlsError::NoRoots)?;
                builder.with_client_cert_verifier(verifier)
            }
            None => builder.with_no_client_auth(),
        };
        let mut config = builder.with_single_cert(certificates(chain)?, private_key(key)?)?;
        config.alpn_protocols = vec![ALPN.to_vec()];
        Ok(Arc::new(config).into())
    }

    /// Does the handshake on `io`, within the time for an opening handshake if
    /// [`Options::timer`] is set: without, somebody who says nothing is waited for without end.
    /// `smol` and `tokio` have functions of their own that bring a timer.
    ///
    /// # Errors
    ///
    /// [`Error::Io`], inside of which is what rustls says; the client has been told.
    /// [`Error::HandshakeTimedOut`].
    pub async fn accept<T>(&self, io: T, options: &Options) -> Result<TlsStream<T>, Error>
    where
        T: AsyncRead + AsyncWrite + Unpin,
    {
        self.accept_within(io, options.timer, options.handshake_timeout)
            .await
    }

    pub(crate) async fn accept_within<T>(
        &self,
        io: T,
        timer: Option<fn() -> Box<dyn Timer>>,
        timeout: Duration,
    ) -> Result<TlsStream<T>, Error>
    where
        T: AsyncRead + AsyncWrite + Unpin,
    {
        let mut timer = timer.map(|timer| timer());
        let mut deadline = Deadline::after(timer.as_deref_mut(), timeout);
        let acceptor = futures_rustls::TlsAcceptor::from(Arc::clone(&self.config));
        // Apart, so that what is needed only now takes no room in the task later on.
        let accepting = Box::pin(acceptor.accept(io));
        match deadline.within(accepting).await {
            Ok(result) => Ok(result?),
            Err(_) => Err(Error::HandshakeTimedOut),
        }
    }
}

/// With a configuration of one's own. Set `alpn_protocols` to `http/1.1`, or leave it empty.
impl From<Arc<ServerConfig>> for Acceptor {
    fn from(config: Arc<ServerConfig>) -> Self {
        Self { config }
    }
}
