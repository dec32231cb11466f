//! Whom a client believes, and how it shows who it is itself.

use std::fmt;
use std::sync::{Arc, OnceLock};

use futures_rustls::pki_types::pem::PemObject;
use futures_rustls::pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer};
use futures_rustls::rustls::client::WebPkiServerVerifier;
use futures_rustls::rustls::client::danger::ServerCertVerifier;
use futures_rustls::rustls::crypto::{CryptoProvider, ring};
use futures_rustls::rustls::{ClientConfig, RootCertStore};

use super::verifiers::{Anybody, Pinned};
use super::{ALPN, Fingerprint, TlsError};

/// Whom a client believes, and how it shows who it is itself.
///
/// ```
/// use ws_futures::tls::rustls::{Connector, Settings};
///
/// // A device with a certificate of its own making, as `openssl x509 -fingerprint` shows it.
/// let fingerprint = "9F:86:D0:81:88:4C:7D:65:9A:2F:EA:A0:C5:5A:D0:15:\
///                    A3:BF:4F:1B:2B:0B:82:2C:D1:5D:6C:15:B0:F0:0A:08";
/// let connector = Connector::with(&Settings::new().with_pin(fingerprint.parse()?))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Settings {
    roots: Roots,
    more_roots: Vec<CertificateDer<'static>>,
    revoked: Vec<CertificateRevocationListDer<'static>>,
    pins: Vec<Fingerprint>,
    accepts_anybody: bool,
    identity: Option<Arc<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>>,
}

/// Which certificates vouch for others.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Roots {
    /// The platform's, which `SSL_CERT_FILE` and `SSL_CERT_DIR` can replace. They are read once in
    /// a process, which blocks for a moment.
    #[default]
    Platform,
    /// The platform's, or Mozilla's where it has none, as in a container without anything.
    #[cfg(feature = "webpki-roots")]
    PlatformOrMozilla,
    /// Mozilla's, as of when this was built.
    #[cfg(feature = "webpki-roots")]
    Mozilla,
    /// None but those of [`Settings::with_root_certificates`].
    None,
}

impl Settings {
    /// Believes the platform's roots, and does not say who it is.
    pub fn new() -> Self {
        Self {
            roots: Roots::default(),
            more_roots: Vec::new(),
            revoked: Vec::new(),
            pins: Vec::new(),
            accepts_anybody: false,
            identity: None,
        }
    }

    /// Sets which roots are believed.
    pub fn with_roots(mut self, roots: Roots) -> Self {
        self.roots = roots;
        self
    }

    /// Believes these roots as well: one or several certificates in PEM.
    ///
    /// # Errors
    ///
    /// [`TlsError::Certificate`] if there is none, or one that cannot be read.
    pub fn with_root_certificates(mut self, pem: &[u8]) -> Result<Self, TlsError> {
        self.more_roots.extend(certificates(pem)?);
        Ok(self)
    }

    /// Believes no server whose certificate is on one of these lists (RFC 5280 §5), in PEM, nor one
    /// whose issuer has no list among them.
    ///
    /// # Errors
    ///
    /// [`TlsError::RevocationList`] if there is none, or one that cannot be read.
    pub fn with_revocation_lists(mut self, pem: &[u8]) -> Result<Self, TlsError> {
        let found: Result<Vec<_>, _> = CertificateRevocationListDer::pem_slice_iter(pem).collect();
        let found = found.map_err(|_| TlsError::RevocationList)?;
        if found.is_empty() {
            return Err(TlsError::RevocationList);
        }
        self.revoked.extend(found);
        Ok(self)
    }

    /// Believes a server whose certificate (X.509 v3) has this fingerprint, and nobody else but
    /// those of more such calls: nothing else that is set here counts then, nor names and dates.
    pub fn with_pin(mut self, fingerprint: Fingerprint) -> Self {
        self.pins.push(fingerprint);
        self
    }

    /// Shows this certificate to servers that ask: a chain that begins with it, and its private
    /// key, both in PEM.
    ///
    /// # Errors
    ///
    /// [`TlsError::Certificate`], [`TlsError::Key`].
    pub fn with_client_certificate(mut self, chain: &[u8], key: &[u8]) -> Result<Self, TlsError> {
        self.identity = Some(Arc::new((certificates(chain)?, private_key(key)?)));
        Ok(self)
    }

    /// Believes anybody. **Whoever is in between can then read and change everything**, with a
    /// certificate of his own making: for experiments on one's own machine only.
    pub fn danger_accept_any_certificate(mut self) -> Self {
        self.accepts_anybody = true;
        self
    }

    pub(super) fn to_config(&self) -> Result<ClientConfig, TlsError> {
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()?;
        let builder = match self.verifier(&provider) {
            Some(verifier) => builder
                .dangerous()
                .with_custom_certificate_verifier(verifier),
            None if self.revoked.is_empty() => builder.with_root_certificates(self.root_store()?),
            None => {
                let roots = Arc::new(self.root_store()?);
                let verifier = WebPkiServerVerifier::builder_with_provider(roots, provider)
                    .with_crls(self.revoked.iter().cloned())
                    .only_check_end_entity_revocation()
                    .build()
                    .map_err(|_| TlsError::RevocationList)?;
                builder.with_webpki_verifier(verifier)
            }
        };
        let mut config = match self.identity.as_deref() {
            Some((chain, key)) => builder.with_client_auth_cert(chain.clone(), key.clone_key())?,
            None => builder.with_no_client_auth(),
        };
        config.alpn_protocols = vec![ALPN.to_vec()];
        Ok(config)
    }

    /// Who judges instead of the roots.
    fn verifier(&self, provider: &Arc<CryptoProvider>) -> Option<Arc<dyn ServerCertVerifier>> {
        let algorithms = provider.signature_verification_algorithms;
        if !self.pins.is_empty() {
            let pins = self.pins.clone();
            Some(Arc::new(Pinned { pins, algorithms }))
        } else if self.accepts_anybody {
            Some(Arc::new(Anybody { algorithms }))
        } else {
            None
        }
    }

    fn root_store(&self) -> Result<RootCertStore, TlsError> {
        let mut store = match self.roots {
            Roots::Platform => platform(),
            #[cfg(feature = "webpki-roots")]
            Roots::PlatformOrMozilla => match platform() {
                none if none.is_empty() => mozilla(),
                store => store,
            },
            #[cfg(feature = "webpki-roots")]
            Roots::Mozilla => mozilla(),
            Roots::None => RootCertStore::empty(),
        };
        for root in &self.more_roots {
            store.add(root.clone())?;
        }
        if store.is_empty() {
            return Err(TlsError::NoRoots);
        }
        Ok(store)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Settings {
    /// Shows no keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("roots", &self.roots)
            .field("more_roots", &self.more_roots.len())
            .field("revocation_lists", &self.revoked.len())
            .field("pins", &self.pins)
            .field("accepts_anybody", &self.accepts_anybody)
            .field("has_identity", &self.identity.is_some())
            .finish_non_exhaustive()
    }
}

/// The platform's roots, which are read when they are first asked for.
fn platform() -> RootCertStore {
    static ROOTS: OnceLock<RootCertStore> = OnceLock::new();
    if let Some(roots) = ROOTS.get() {
        return roots.clone();
    }
    let mut roots = RootCertStore::empty();
    // Of what a platform has, some is mostly too old or too odd to be read.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        // They may be there next time.
        return roots;
    }
    ROOTS.get_or_init(|| roots).clone()
}

#[cfg(feature = "webpki-roots")]
fn mozilla() -> RootCertStore {
    webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect()
}

/// The certificates in a text.
pub(super) fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let found = found.map_err(|_| TlsError::Certificate)?;
    if found.is_empty() {
        return Err(TlsError::Certificate);
    }
    Ok(found)
}

/// The first private key in a text.
pub(super) fn private_key(pem: &[u8]) -> Result<PrivateKeyDer<'static>, TlsError> {
    PrivateKeyDer::from_pem_slice(pem).map_err(|_| TlsError::Key)
}
