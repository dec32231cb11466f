//! The way to a server, from a command line. Names are curl's where curl has one.

use std::fs;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use hybi::tls::rustls::{Connector, Fingerprint, Settings};
use hybi::{Options, Proxy, Route};

/// Proxies, TLS, redirects.
#[derive(Args)]
pub(crate) struct DialArguments {
    /// Go through this proxy, as in `http://user:password@proxy:3128`; `https`, `socks5` and
    /// `socks5h` are possible as well. By default the environment's variables say which.
    // Text up to here: what does not parse clap would show, with the password in it.
    #[arg(long)]
    proxy: Option<String>,
    /// Go through no proxy, whatever the environment says.
    #[arg(long, conflicts_with = "proxy")]
    direct: bool,
    /// Believe the certificates in this file as well, as PEM.
    #[arg(long)]
    cacert: Option<PathBuf>,
    /// The same for a proxy whose scheme is `https`.
    #[arg(long)]
    proxy_cacert: Option<PathBuf>,
    /// Believe any proxy whose scheme is `https`.
    #[arg(long)]
    proxy_insecure: bool,
    /// Add a field to what the proxy is asked, as in `User-Agent: kettle`; may be repeated.
    #[arg(long)]
    proxy_header: Vec<String>,
    /// Believe a server by the SHA-256 of its certificate.
    #[arg(long)]
    pin: Option<Fingerprint>,
    /// Show this certificate to servers that ask; a chain, as PEM.
    #[arg(long, requires = "key")]
    cert: Option<PathBuf>,
    /// Its private key, as PEM.
    #[arg(long, requires = "cert")]
    key: Option<PathBuf>,
    /// Believe anybody. Whoever is in between can then read and change everything.
    #[arg(long, short = 'k', conflicts_with = "pin")]
    insecure: bool,
    /// Follow so many redirects. By default none is followed to a WebSocket, and 20 to a source of
    /// events.
    #[arg(long)]
    redirects: Option<u32>,
    /// Connect from this address.
    #[arg(long)]
    local_address: Option<IpAddr>,
    /// Connect to this Unix socket, whatever the URL says.
    #[cfg(unix)]
    #[arg(long)]
    unix_socket: Option<PathBuf>,
    /// Give up after so many seconds without a connection.
    #[arg(long)]
    connect_timeout: Option<f64>,
}

impl DialArguments {
    /// `options` with what the arguments say.
    pub(crate) fn apply(&self, mut options: Options) -> anyhow::Result<Options> {
        let dial = &mut options.dial;
        if let Some(proxy) = &self.proxy {
            let proxy: Proxy = proxy.parse().context("--proxy")?;
            dial.route = Route::Through(proxy);
        } else if self.direct {
            dial.route = Route::Direct;
        }
        // Where nothing is said, the default will do, which reads the platform's roots when they are
        // needed: for `ws` there may be none.
        if self.has_tls_settings() {
            dial.tls = Some(Arc::new(Connector::with(&self.tls_settings()?)?));
        }
        if self.proxy_cacert.is_some() || self.proxy_insecure {
            let mut settings = with_roots(Settings::new(), self.proxy_cacert.as_ref())?;
            if self.proxy_insecure {
                settings = settings.danger_accept_any_certificate();
            }
            dial.proxy_tls = Some(Arc::new(Connector::with(&settings)?));
        }
        for header in &self.proxy_header {
            let (name, value) = field(header)?;
            dial.proxy_fields.push(name, value)?;
        }
        if let Some(redirects) = self.redirects {
            dial.redirects = redirects;
            options.events.source.max_redirects = redirects;
        }
        dial.local_address = self.local_address;
        #[cfg(unix)]
        dial.unix_socket.clone_from(&self.unix_socket);
        if let Some(seconds) = self.connect_timeout {
            let timeout = Duration::try_from_secs_f64(seconds)?;
            dial.timeout = timeout;
            dial.connect_timeout = timeout;
            dial.proxy_timeout = timeout;
            dial.tls_timeout = timeout;
            options.handshake_timeout = timeout;
        }
        Ok(options)
    }

    fn has_tls_settings(&self) -> bool {
        self.insecure || self.pin.is_some() || self.cacert.is_some() || self.cert.is_some()
    }

    /// For TLS with servers.
    fn tls_settings(&self) -> anyhow::Result<Settings> {
        let mut settings = with_roots(Settings::new(), self.cacert.as_ref())?;
        if let (Some(cert), Some(key)) = (&self.cert, &self.key) {
            settings = settings.with_client_certificate(&read(cert)?, &read(key)?)?;
        }
        if let Some(fingerprint) = self.pin {
            settings = settings.with_pin(fingerprint);
        }
        if self.insecure {
            settings = settings.danger_accept_any_certificate();
        }
        Ok(settings)
    }
}

/// The two halves of `Name: value`.
pub(crate) fn field(text: &str) -> anyhow::Result<(&str, &str)> {
    let (name, value) = text.split_once(':').context("--header without a colon")?;
    Ok((name, value.trim()))
}

fn with_roots(settings: Settings, file: Option<&PathBuf>) -> anyhow::Result<Settings> {
    match file {
        Some(file) => Ok(settings.with_root_certificates(&read(file)?)?),
        None => Ok(settings),
    }
}

fn read(file: &PathBuf) -> anyhow::Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("cannot read {}", file.display()))
}
