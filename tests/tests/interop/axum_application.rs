//! Clients that we did not write on an axum application of ours: a page, sockets and events on one
//! port, plain and through TLS, over HTTP/1.1 and HTTP/2, where each socket is a stream of one
//! connection (RFC 8441).

use core::net::{Ipv4Addr, SocketAddr};
use core::time::Duration;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

use axum::Router;
use axum::extract::State;
use axum::response::{Html, Response};
use axum::routing::{any, get};
use futures::StreamExt as _;
use http::Version;
use hybi::axum::{ServerSentEvents, WebSocketUpgrade};
use hybi::futures::Io;
use hybi::sse::{EncodedEvent, Event};
use hybi::tls::rustls::{Acceptor, rustls};
use hybi::tokio::Compat;
use hybi::{Deflate, Options};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use serde_json::json;
use tokio_util::compat::FuturesAsyncReadCompatExt as _;

use crate::certificates::{Authority, Identity};
use crate::curl::curl;
use crate::peer::Peer;

/// How much the application has seen of what.
#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    /// Sockets that are all of a connection of HTTP/1.1, and those in streams of HTTP/2.
    sockets: AtomicUsize,
    streams: AtomicUsize,
    /// Readers of events over HTTP/1.1, and over HTTP/2.
    readers: AtomicUsize,
    readers_of_streams: AtomicUsize,
}

impl Seen {
    /// Sockets and readers over HTTP/1.1, then those over HTTP/2.
    fn counts(&self) -> [usize; 4] {
        let counters = [
            &self.sockets,
            &self.readers,
            &self.streams,
            &self.readers_of_streams,
        ];
        counters.map(|counter| counter.load(Ordering::Relaxed))
    }
}

#[test]
fn chromium_uses_sockets_and_events_through_http2() {
    let application = Application::start(Some(&Authority::new("ours").server()));
    let cases = Peer::ChromiumH2
        .start(&[&application.url("https", "/")])
        .cases();
    assert_eq!(cases, ["page", "sockets", "events", "refused"]);
    let connections = &application.seen.connections;
    assert_eq!(connections.load(Ordering::Relaxed), 1, "all of it in one");
    let [sockets, readers, streams, readers_of_streams] = application.seen.counts();
    assert_eq!((sockets, readers, readers_of_streams), (0, 0, 1));
    assert!(streams >= 5);
}

/// A peer runs so many cases, in so many sockets; with compression six more.
fn matrix(peer: Peer, cases: usize, sockets: usize) {
    let authority = Authority::new("ours");
    let plain = Application::start(None);
    let secure = Application::start(Some(&authority.server()));
    for (count, deflate) in [(cases, None), (cases + 6, Some(&json!({})))] {
        let url = plain.url("ws", "/echo");
        let seen = peer.start_with(&["client", &url], deflate).cases();
        assert_eq!(seen.len(), count, "{seen:?}");
        let url = secure.url("wss", "/echo");
        let peer = peer.start_trusting_with(&authority.path(), &["client", &url], deflate);
        let seen = peer.cases();
        assert_eq!(seen.len(), count, "through TLS: {seen:?}");
    }
    // Neither asks for HTTP/2 by ALPN.
    assert_eq!(plain.seen.counts(), [2 * sockets, 0, 0, 0]);
    assert_eq!(secure.seen.counts(), [2 * sockets, 0, 0, 0]);
}

#[test]
fn ws_uses_sockets() {
    matrix(Peer::Ws, 39, 5);
}

#[test]
fn websockets_uses_sockets() {
    matrix(Peer::Websockets, 40, 6);
}

#[test]
fn curl_reads_events() {
    let authority = Authority::new("ours");
    let roots = authority.path();
    let roots = roots.to_str().expect("a path");
    let plain = Application::start(None);
    let secure = Application::start(Some(&authority.server()));
    let (url, secure_url) = (plain.url("http", "/events"), secure.url("https", "/events"));
    let http1 = ["--http1.1", "--cacert", roots, &secure_url];
    let http2 = ["--http2", "--cacert", roots, &secure_url];
    for arguments in [&[&*url][..], &http1, &http2] {
        let outcome = curl(arguments);
        assert_eq!(
            (outcome.exit, outcome.status),
            (Some(0), 200),
            "{outcome:?}"
        );
        let events = "data: 0\n\ndata: 1\n\ndata: 2\n\ndata: 3\n\ndata: 4\n\n";
        assert_eq!(outcome.body, format!("retry: 5000\n\n{events}"));

        // What would be said of it, without any.
        let outcome = curl(&[arguments, &["--head"]].concat());
        assert_eq!(
            (outcome.exit, outcome.status),
            (Some(0), 200),
            "{outcome:?}"
        );
        let head = outcome.body.to_ascii_lowercase();
        assert!(
            head.contains("content-type: text/event-stream\r\n"),
            "{head}"
        );
        assert!(!head.contains("content-length"), "{head}");
    }
    let outcome = curl(&[&http2[..], &["--request", "DELETE"]].concat());
    assert_eq!(outcome.status, 405, "{outcome:?}");
    let id = "Last-Event-ID: 1";
    let outcome = curl(&[&http2[..], &["-H", id, "-H", id]].concat());
    assert_eq!(outcome.status, 400, "{outcome:?}");
    assert_eq!(plain.seen.counts(), [0, 2, 0, 0]);
    assert_eq!(secure.seen.counts(), [0, 2, 0, 2]);
}

/// The application on a port of its own, until the tests are done.
struct Application {
    address: SocketAddr,
    seen: Arc<Seen>,
}

impl Application {
    /// With an identity it is behind TLS, and speaks HTTP/2 with those who can.
    fn start(identity: Option<&Identity>) -> Self {
        let acceptor = identity.map(acceptor);
        let seen = Arc::new(Seen::default());
        let (sender, receiver) = mpsc::channel();
        let of_server = Arc::clone(&seen);
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async {
                let address = (Ipv4Addr::LOCALHOST, 0);
                let listener = tokio::net::TcpListener::bind(address)
                    .await
                    .expect("a port");
                let address = listener.local_addr().expect("it is bound");
                sender.send(address).expect("the test waits");
                serve(listener, acceptor, of_server).await;
            });
        });
        let address = receiver.recv().expect("the server runs");
        Self { address, seen }
    }

    /// The name in it is one of the certificate's.
    fn url(&self, scheme: &str, path: &str) -> String {
        format!("{scheme}://localhost:{}{path}", self.address.port())
    }
}

async fn serve(listener: tokio::net::TcpListener, acceptor: Option<Acceptor>, seen: Arc<Seen>) {
    let mut options = Options::server().with_deflate(Deflate::new());
    options.timer = Some(hybi::tokio::timer);
    let router = application(Arc::new(options.clone())).with_state(Arc::clone(&seen));
    while let Ok((stream, _)) = listener.accept().await {
        let service = TowerToHyperService::new(router.clone());
        let (acceptor, options, seen) = (acceptor.clone(), options.clone(), Arc::clone(&seen));
        tokio::spawn(async move {
            let stream: Box<dyn Io> = match acceptor {
                None => Box::new(Compat(stream)),
                Some(acceptor) => match acceptor.accept(Compat(stream), &options).await {
                    Ok(stream) => Box::new(stream),
                    // A browser opens connections that it then does not need.
                    Err(_) => return,
                },
            };
            seen.connections.fetch_add(1, Ordering::Relaxed);
            let mut server = auto::Builder::new(TokioExecutor::new());
            server.http2().enable_connect_protocol();
            let stream = TokioIo::new(stream.compat());
            let _ = server.serve_connection_with_upgrades(stream, service).await;
        });
    }
}

fn application(options: Arc<Options>) -> Router<Arc<Seen>> {
    Router::new()
        .route("/", get(async || Html("<link rel=icon href=data:,>")))
        .route(
            "/echo",
            any(
                async |State(seen): State<Arc<Seen>>, upgrade: WebSocketUpgrade| {
                    let counter = match upgrade.request().version() {
                        Version::HTTP_2 => &seen.streams,
                        _ => &seen.sockets,
                    };
                    counter.fetch_add(1, Ordering::Relaxed);
                    let upgrade = upgrade.with_options(options);
                    upgrade
                        .with_subprotocols(["soup", "echo"])
                        .on_upgrade(async |mut socket| {
                            while let Ok(Some((event, mut outbox))) = socket.exchange().await {
                                if let hybi::Event::Message(message) = event
                                    && outbox.feed(message).await.is_err()
                                {
                                    break;
                                }
                            }
                        })
                },
            ),
        )
        // Not `get`, so that what is wrong is found here.
        .route("/events", any(events))
}

/// Five numbers, ten a second.
async fn events(
    State(seen): State<Arc<Seen>>,
    version: Version,
    events: ServerSentEvents,
) -> Response {
    let counter = match version {
        Version::HTTP_2 => &seen.readers_of_streams,
        _ => &seen.readers,
    };
    counter.fetch_add(1, Ordering::Relaxed);
    let numbers = futures::stream::unfold(0, async |number: u32| {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let event = EncodedEvent::new(&Event::new(&number.to_string())).expect("a number");
        Some((event, number + 1))
    });
    events.forward(numbers.take(5))
}

/// HTTP/2 for those who can.
fn acceptor(identity: &Identity) -> Acceptor {
    let chain = CertificateDer::from_pem_slice(identity.certificate_pem().as_bytes());
    let key = PrivateKeyDer::from_pem_slice(identity.key_pem().as_bytes());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![chain.expect("a certificate")], key.expect("a key"))
        .expect("they belong together");
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Acceptor::from(Arc::new(config))
}
