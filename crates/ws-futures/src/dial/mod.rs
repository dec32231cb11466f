//! From a URL to a WebSocket: names, proxies, TLS, redirects, and a deadline for each step.
//!
//! ```text
//! route ─► resolve ─► connect ─┬──────────────────────────────────┬─► TLS ─► handshake ─► open
//!                              └─► TLS to the proxy ─► CONNECT ───┘ (wss)       │
//!   ▲                                              └─► SOCKS5 ────┘             │
//!   └──────────────────────────────── redirect ◄───────────────────────────────┘
//! ```

mod error;
mod eyeballs;
mod runtime;
mod settings;
mod transport;
mod tunnel;

use std::borrow::Cow;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use ws_driver::Role;
use ws_handshake::{Request, Response};
use ws_proxy::{Authority, Proxy, Scheme, SocksError};

pub use self::error::{DialCause, DialError};
pub use self::runtime::{Dialler, Runtime};
pub use self::settings::{Dial, Route};
pub use self::transport::Transport;
pub use self::tunnel::tunnel;
use crate::connect::connect_within;
use crate::deadline::{Clock, Deadline};
use crate::tls::{self, TlsConnector};
use crate::trace::{self, Life};
use crate::{Error, Options, Step, WebSocket};

/// To so many of its addresses a server is asked for through a SOCKS5 proxy that wants addresses.
const MAX_SOCKS_ATTEMPTS: usize = 4;

/// Gets to the server of `request` as [`Options::dial`] says, and asks for a WebSocket there.
///
/// Dropping the future drops whatever was opened.
///
/// # Errors
///
/// [`Error::Dial`] if there is no way to the server; those of [`connect`](crate::connect()).
pub async fn connect_on<R: Runtime>(
    runtime: &R,
    request: &Request,
    options: &Options,
) -> Result<(WebSocket<Transport<R::Socket>>, Response), Error> {
    // Apart, so that what is needed only now takes no room in the task later on.
    let life = trace::begun(Role::Client, Some(&request.authority()));
    let connecting = connect(runtime, request, options, &life);
    Box::pin(trace::within(&life, connecting)).await
}

/// Opens a byte stream to a server, through TLS if `is_secure`, and sends nothing on it: for
/// [`connect`](crate::connect()), or for anything else.
///
/// # Errors
///
/// [`Error::Dial`].
pub async fn dial_on<R: Runtime>(
    runtime: &R,
    server: &Authority,
    is_secure: bool,
    dial: &Dial,
) -> Result<Transport<R::Socket>, Error> {
    let mut dialling = Dialling::new(runtime, dial);
    Ok(Box::pin(dialling.reach(server, is_secure)).await?)
}

async fn connect<R: Runtime>(
    runtime: &R,
    request: &Request,
    options: &Options,
    life: &Life,
) -> Result<(WebSocket<Transport<R::Socket>>, Response), Error> {
    let mut dialling = Dialling::new(runtime, &options.dial);
    let timer = options.timer.or(Some(R::timer));
    let mut moved = None;
    let mut redirects = 0;
    loop {
        let request = moved.as_ref().unwrap_or(request);
        let server = Authority::new(request.host(), request.port())
            .map_err(|misuse| DialError::new(Step::Route, request.authority(), misuse))?;
        let io = dialling.reach(&server, request.is_secure()).await?;
        let left = dialling.clock.left(options.handshake_timeout);
        let result = connect_within(io, request, options, timer, left, life.clone()).await;
        match result {
            Err(Error::Rejected(response))
                if response.is_redirect() && redirects < options.dial.redirects =>
            {
                redirects += 1;
                let there = request
                    .redirected(&response)
                    .map_err(|error| DialError::new(Step::Handshake, request.authority(), error))?;
                moved = Some(there);
            }
            result => return result,
        }
    }
}

/// One attempt, and what is left of its time.
struct Dialling<'a, R> {
    runtime: &'a R,
    settings: &'a Dial,
    clock: Clock,
}

impl<'a, R: Runtime> Dialling<'a, R> {
    fn new(runtime: &'a R, settings: &'a Dial) -> Self {
        Self {
            runtime,
            settings,
            clock: Clock::new(R::timer(), settings.timeout),
        }
    }

    /// The byte stream on which the server hears us, and nobody else if it is to be secure.
    async fn reach(
        &mut self,
        server: &Authority,
        is_secure: bool,
    ) -> Result<Transport<R::Socket>, DialError> {
        let transport = self.reach_port(server, is_secure).await?;
        if !is_secure {
            return Ok(transport);
        }
        // RFC 6455 §4.1-5: the name to expect is the server's, whoever is in between.
        let timeout = self.settings.tls_timeout;
        let connector = self.settings.tls.as_ref();
        let default = tls::default_connector;
        let peer = transport.peer_addr();
        let io = transport.into_boxed();
        let deadline = self.clock.deadline(timeout);
        let io = secure(io, server, connector, default, deadline).await;
        let io = told(Step::Tls, server, io)?;
        Ok(Transport::encrypted(io, peer))
    }

    /// The byte stream to the server's port.
    async fn reach_port(
        &mut self,
        target: &Authority,
        is_secure: bool,
    ) -> Result<Transport<R::Socket>, DialError> {
        #[cfg(unix)]
        if let Some(path) = &self.settings.unix_socket {
            let opening = self.runtime.connect_unix(path.clone());
            let mut deadline = self.clock.deadline(self.settings.connect_timeout);
            let io = within(&mut deadline, Step::Connect, path.display(), opening).await?;
            return Ok(Transport::boxed(io, None));
        }
        let route = match &self.settings.route {
            Route::Environment if self.settings.dialler.is_some() => &Route::Direct,
            route => route,
        };
        let proxy = route.proxy(is_secure, target);
        match proxy.map_err(|error| DialError::new(Step::Route, target, error))? {
            None => self.open(target).await,
            Some(proxy) if proxy.scheme() == Scheme::Socks5 && target.address().is_none() => {
                self.tunnel_to_addresses(&proxy, target).await
            }
            Some(proxy) => self.tunnel(&proxy, target).await,
        }
    }

    /// A tunnel to one of the target's addresses, which we look up.
    async fn tunnel_to_addresses(
        &mut self,
        proxy: &Proxy,
        target: &Authority,
    ) -> Result<Transport<R::Socket>, DialError> {
        let mut result = Err(none(target));
        let mut deadline = self.clock.deadline(self.settings.connect_timeout);
        let addresses = resolve(self.runtime, target, &mut deadline).await?;
        // Both families among the first, since many such proxies know but one.
        let addresses = eyeballs::interleave(addresses, None);
        for address in addresses.into_iter().take(MAX_SOCKS_ATTEMPTS) {
            let address = Authority::from_address(address.ip(), target.port())
                .map_err(|misuse| DialError::new(Step::Proxy, target, misuse))?;
            result = self.tunnel(proxy, &address).await;
            match result.as_ref().map_err(DialError::cause) {
                // Another address may do.
                Err(DialCause::Socks(SocksError::Refused(_))) => {}
                _ => break,
            }
        }
        result
    }

    async fn tunnel(
        &mut self,
        proxy: &Proxy,
        target: &Authority,
    ) -> Result<Transport<R::Socket>, DialError> {
        let transport = self.open(proxy.authority()).await?;
        let peer = transport.peer_addr();
        let mut deadline = self.clock.deadline(self.settings.proxy_timeout);
        let io = if proxy.scheme().is_secure() {
            let connector = self.settings.proxy_tls.as_ref();
            let default = tls::default_proxy_connector;
            let io = transport.into_boxed();
            let io = secure(io, proxy.authority(), connector, default, deadline.again()).await;
            told(Step::ProxyTls, proxy.authority(), io)?
        } else {
            transport.into_boxed()
        };
        let mut fields = Cow::Borrowed(&self.settings.proxy_fields);
        if !matches!(self.settings.route, Route::Through(_)) {
            fields = Cow::Owned(fields.without_secrets());
        }
        let opened = tunnel::open(io, proxy, target, &fields, &mut deadline).await;
        let io = told(Step::Proxy, proxy.authority(), opened)?;
        Ok(Transport::boxed(Box::new(io), peer))
    }

    /// A connection to a server or a proxy, by the user's dialler or over TCP.
    async fn open(&mut self, to: &Authority) -> Result<Transport<R::Socket>, DialError> {
        // One deadline for the name and for its addresses.
        let mut deadline = self.clock.deadline(self.settings.connect_timeout);
        if let Some(dialler) = &self.settings.dialler {
            let opening = dialler.dial(to.host(), to.port());
            let io = within(&mut deadline, Step::Connect, to, opening).await?;
            return Ok(Transport::boxed(io, None));
        }
        let addresses = match to.address() {
            Some(address) => vec![SocketAddr::new(address, to.port())],
            None => resolve(self.runtime, to, &mut deadline).await?,
        };
        let (local, delay) = (self.settings.local_address, self.settings.attempt_delay);
        let connecting = eyeballs::connect(self.runtime, addresses, local, delay);
        let (socket, peer) = within(&mut deadline, Step::Connect, to, connecting).await?;
        Ok(Transport::socket(socket, peer))
    }
}

async fn resolve<R: Runtime>(
    runtime: &R,
    host: &Authority,
    deadline: &mut Deadline<'_>,
) -> Result<Vec<SocketAddr>, DialError> {
    let resolving = runtime.resolve(host.host().to_owned(), host.port());
    within(deadline, Step::Resolve, host, resolving).await
}

/// Waits for a step of getting connected.
async fn within<T>(
    deadline: &mut Deadline<'_>,
    step: Step,
    peer: impl std::fmt::Display,
    work: impl Future<Output = io::Result<T>>,
) -> Result<T, DialError> {
    let done = deadline.within(work).await;
    let done = done.map_err(DialCause::from).and_then(|result| Ok(result?));
    told(step, peer, done)
}

/// What became of a step, as it is told to those who watch, and to those who wait.
fn told<T>(
    step: Step,
    peer: impl std::fmt::Display,
    done: Result<T, DialCause>,
) -> Result<T, DialError> {
    trace::step(step, &peer, done.as_ref().err());
    done.map_err(|cause| DialError::new(step, peer, cause))
}

/// TLS with `peer`.
async fn secure(
    io: Box<dyn crate::Io>,
    peer: &Authority,
    connector: Option<&Arc<dyn TlsConnector>>,
    default: fn() -> io::Result<Option<Arc<dyn TlsConnector>>>,
    mut deadline: Deadline<'_>,
) -> Result<Box<dyn crate::Io>, DialCause> {
    let connector = match connector {
        Some(connector) => Arc::clone(connector),
        None => default()?.ok_or(DialCause::TlsMissing)?,
    };
    deadline
        .within(connector.connect(peer.host(), io))
        .await?
        .map_err(DialCause::Io)
}

fn none(target: &Authority) -> DialError {
    let none = io::Error::from(io::ErrorKind::AddrNotAvailable);
    DialError::new(Step::Resolve, target, none)
}
