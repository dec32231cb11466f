//! From a URL to a WebSocket through proxies, TLS and redirects that we did not write, on both
//! runtimes. The numbers of cases are those of groups P, TL and HC of the hostile cases.

mod answers;
mod environment;
mod over_tls;
mod peers;
mod privacy;
mod program;
mod proxies;
mod reconnect;
mod redirects;
mod secrets;
mod socks;
mod trust;

use core::net::SocketAddr;
use std::sync::Arc;

use futures::{AsyncRead, AsyncWrite};
use hybi::futures::{Credentials, DialCause, DialError};
use hybi::proxy::{Authority as Host, Scheme};
use hybi::tls::TlsConnector;
use hybi::tls::rustls::{Connector, Roots, Settings};
use hybi::{
    CloseCode, CloseFrame, Closure, Error, Event, MessageRef, Options, Proxy, Request, Response,
    Route, Step, WebSocket,
};

use crate::certificates::{Authority, Identity};
use crate::daemons::Login;
use crate::examples::{Runtime, echo, echo_tls};
use crate::process::Process;

/// Of letters and digits, which is all that tinyproxy takes.
const LOGIN: Login<'_> = Login {
    user: "alice",
    password: "sesame7",
};
const WRONG: Login<'_> = Login {
    user: "alice",
    password: "wrong",
};
/// With what somebody on the way may take for something else.
const AWKWARD: Login<'_> = Login {
    user: "alice",
    password: "open: %73ésame '\"\\$+",
};

/// Empty, the longest of a short frame, and more than fits into buffers on the way.
const SIZES: [usize; 3] = [0, 125, 1 << 20];

const FRAME: CloseFrame<'static> = CloseFrame {
    code: CloseCode::NORMAL,
    reason: "a reason: ✓",
};

/// A client's options that look at no environment.
fn direct() -> Options {
    Options::client().without_proxy()
}

/// A client's options with this proxy.
fn through(proxy: Proxy) -> Options {
    let mut options = direct();
    options.dial.route = Route::Through(proxy);
    options
}

/// A proxy at this address, called `localhost`.
fn proxy(scheme: Scheme, address: SocketAddr, login: Option<Login<'_>>) -> Proxy {
    let host = Host::new("localhost", address.port()).expect("a host");
    let proxy = Proxy::new(scheme, host);
    match login {
        Some(Login { user, password }) => {
            proxy.with_credentials(Credentials::new(user, password).expect("credentials"))
        }
        None => proxy,
    }
}

/// Settings that believe this authority and nobody else.
fn roots(authority: &Authority) -> Settings {
    let settings = Settings::new().with_roots(Roots::None);
    let settings = settings.with_root_certificates(authority.pem().as_bytes());
    settings.expect("a root")
}

/// What does TLS with these settings.
fn connector(settings: &Settings) -> Arc<dyn TlsConnector> {
    Arc::new(Connector::with(settings).expect("good settings"))
}

/// `options` that believe servers of this authority.
fn trusting(mut options: Options, authority: &Authority) -> Options {
    options.dial.tls = Some(connector(&roots(authority)));
    options
}

/// The URL of this port by the name of its host.
fn at_localhost(scheme: &str, address: SocketAddr) -> String {
    format!("{scheme}://localhost:{}/", address.port())
}

fn request(url: &str) -> Request {
    let request = Request::from_url(url).expect("a URL");
    request.with_subprotocol("echo").expect("a name")
}

/// The echo example, and where it is.
fn server() -> (Process, SocketAddr) {
    let (process, address) = echo(Runtime::Smol);
    let address = address.trim_end_matches('/');
    (process, address.parse().expect("an address"))
}

/// The echo example over TLS.
fn secure_server(identity: &Identity) -> (Process, SocketAddr) {
    echo_tls(Runtime::Tokio, identity, None)
}

/// Connects by the library, has messages echoed, and closes.
fn visit(runtime: Runtime, request: &Request, options: &Options) -> Result<Response, Error> {
    on(
        runtime,
        async {
            let (mut socket, response) = hybi::smol::connect_to(request, options).await?;
            stay(&mut socket).await?;
            Ok(response)
        },
        async {
            let (mut socket, response) = hybi::tokio::connect_to(request, options).await?;
            stay(&mut socket).await?;
            Ok(response)
        },
    )
}

/// Runs one of them.
fn on<T>(
    runtime: Runtime,
    on_smol: impl Future<Output = T>,
    on_tokio: impl Future<Output = T>,
) -> T {
    match runtime {
        Runtime::Smol => smol::block_on(on_smol),
        Runtime::Tokio => {
            let mut builder = tokio::runtime::Builder::new_current_thread();
            let runtime = builder.enable_all().build().expect("a runtime");
            runtime.block_on(on_tokio)
        }
    }
}

async fn stay<T: AsyncRead + AsyncWrite + Unpin>(socket: &mut WebSocket<T>) -> Result<(), Error> {
    assert_eq!(socket.subprotocol(), Some("echo"));
    for size in SIZES {
        let text = "✓".repeat(size / 3) + &"a".repeat(size % 3);
        socket.send(&*text).await?;
        match socket.receive().await? {
            Some(Event::Message(MessageRef::Text(echo))) => {
                assert!(echo == text, "not the {size} bytes sent");
            }
            other => panic!("{other:?}"),
        }
    }
    let closure = socket.close(Some(FRAME)).await?;
    assert!(
        matches!(closure, Closure::Clean { code, .. } if code == Some(FRAME.code)),
        "{closure:?}"
    );
    Ok(())
}

/// Connects as [`visit`] does, on both runtimes; everything is in order.
#[track_caller]
fn arrives(url: &str, options: &Options) {
    for runtime in Runtime::ALL {
        let result = visit(runtime, &request(url), options);
        assert!(
            result
                .as_ref()
                .is_ok_and(|answer| answer.status().code() == 101),
            "{runtime:?}, {url}: {result:?}"
        );
    }
}

/// Connects on both runtimes, gets nowhere in this step, and hands each error to `check`.
#[track_caller]
fn fails(url: &str, options: &Options, step: Step, check: impl Fn(&DialError)) {
    for runtime in Runtime::ALL {
        match visit(runtime, &request(url), options) {
            Err(Error::Dial(error)) => {
                assert_eq!(error.step(), step, "{runtime:?}, {url}: {error}");
                check(&error);
            }
            other => panic!("{runtime:?}, {url}: {other:?}"),
        }
    }
}

/// The status of a proxy's refusal, and whether it was about credentials.
#[track_caller]
fn refusal(error: &DialError) -> (bool, u16) {
    match error.cause() {
        DialCause::AuthenticationRequired(refusal) => (true, refusal.status().code()),
        DialCause::Refused(refusal) => (false, refusal.status().code()),
        other => panic!("{other:?}"),
    }
}

/// What TLS has against it.
#[track_caller]
fn tls_error(error: &DialError) -> String {
    let beneath = error.io_error();
    beneath.unwrap_or_else(|| panic!("{error:?}")).to_string()
}
