//! A browser on an axum application of ours: a page, sockets and events on one port, through TLS
//! and HTTP/2, where each socket is a stream of one connection (RFC 8441).

use core::net::{Ipv4Addr, SocketAddr};
use core::time::Duration;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

use axum::Router;
use axum::extract::State;
use axum::response::{Html, Response};
use axum::routing::{any, get};
use hybi::axum::{ServerSentEvents, WebSocketUpgrade};
use hybi::sse::{EncodedEvent, Event};
use hybi::tls::rustls::{Acceptor, rustls};
use hybi::tokio::Compat;
use hybi::{Deflate, Options};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use tokio_util::compat::FuturesAsyncReadCompatExt as _;

use crate::certificates::{Authority, Identity};
use crate::peer::Peer;

#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    /// Sockets in streams of HTTP/2.
    streams: AtomicUsize,
}

#[test]
fn chromium_uses_sockets_and_events_through_http2() {
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
            serve(listener, of_server).await;
        });
    });
    let address: SocketAddr = receiver.recv().expect("the server runs");
    let url = format!("https://localhost:{}/", address.port());
    let cases = Peer::ChromiumH2.start(&[&url]).cases();
    assert_eq!(cases, ["page", "sockets", "events", "refused"]);
    assert_eq!(
        seen.connections.load(Ordering::Relaxed),
        1,
        "all of it in one"
    );
    assert!(seen.streams.load(Ordering::Relaxed) >= 5);
}

async fn serve(listener: tokio::net::TcpListener, seen: Arc<Seen>) {
    let acceptor = acceptor(&Authority::new("ours").server());
    let mut options = Options::server().with_deflate(Deflate::new());
    options.timer = Some(hybi::tokio::timer);
    let router = application(Arc::new(options.clone())).with_state(Arc::clone(&seen));
    while let Ok((stream, _)) = listener.accept().await {
        let service = TowerToHyperService::new(router.clone());
        let (acceptor, options, seen) = (acceptor.clone(), options.clone(), Arc::clone(&seen));
        tokio::spawn(async move {
            // A browser opens connections that it then does not need.
            let Ok(stream) = acceptor.accept(Compat(stream), &options).await else {
                return;
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
                    if upgrade.request().version() == http::Version::HTTP_2 {
                        seen.streams.fetch_add(1, Ordering::Relaxed);
                    }
                    let upgrade = upgrade.with_options(options);
                    upgrade
                        .with_subprotocols(["soup"])
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
        .route("/events", get(events))
}

/// Numbers, ten a second.
async fn events(events: ServerSentEvents) -> Response {
    events.forward(futures::stream::unfold(0, async |number: u32| {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let event = EncodedEvent::new(&Event::new(&number.to_string())).expect("a number");
        Some((event, number + 1))
    }))
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
