//! WebSockets in servers that other people wrote: hyper and axum, over HTTP/1.1 and HTTP/2.

mod axum_app;
mod http1;
mod http2;
mod shutdown;

use core::future::Future;
use core::net::{Ipv4Addr, SocketAddr};
use core::time::Duration;
use std::sync::Arc;

use axum::Router;
use axum::routing::any;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use ws_futures::axum::WebSocketUpgrade;
use ws_futures::{Event, Options, WebSocket};

/// Long enough for a loaded machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs a test on tokio with a limit.
fn run(test: impl Future<Output = ()>) {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().expect("a runtime");
    let limited = async { tokio::time::timeout(PATIENCE, test).await };
    runtime.block_on(limited).expect("it takes too long");
}

/// Serves a router over both versions of HTTP; where.
async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .expect("a port");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = TowerToHyperService::new(router.clone());
            tokio::spawn(async move {
                let mut server = auto::Builder::new(TokioExecutor::new());
                // RFC 8441 §3
                server.http2().enable_connect_protocol();
                let io = TokioIo::new(stream);
                let _ = server.serve_connection_with_upgrades(io, service).await;
            });
        }
    });
    address
}

/// An application with a page, an echo, and an echo that speaks a subprotocol and compresses.
fn application() -> Router {
    Router::new()
        .route("/", any(async || "a page"))
        .route(
            "/echo",
            any(async |upgrade: WebSocketUpgrade| upgrade.on_upgrade(echo)),
        )
        .route(
            "/soup",
            any(async |upgrade: WebSocketUpgrade| {
                let options = Options::server().with_deflate(ws_futures::Deflate::new());
                let upgrade = upgrade.with_options(Arc::new(options));
                upgrade.with_subprotocols(["soup"]).on_upgrade(echo)
            }),
        )
}

async fn echo<T>(mut socket: WebSocket<T>)
where
    T: futures::AsyncRead + futures::AsyncWrite + Unpin,
{
    while let Ok(Some((event, mut outbox))) = socket.exchange().await {
        if let Event::Message(message) = event
            && outbox.feed(message).await.is_err()
        {
            break;
        }
    }
}

/// Sends messages, small and large, and gets them back; then closes.
async fn is_echoed<T>(mut socket: WebSocket<T>)
where
    T: futures::AsyncRead + futures::AsyncWrite + Unpin,
{
    for len in [0, 5, 200, 70_000, 1_000_000] {
        let sent = vec![b'x'; len];
        socket.send(&sent[..]).await.expect("it is open");
        let echo = socket.receive().await.expect("an echo");
        assert!(
            matches!(echo, Some(Event::Message(echo)) if echo.as_bytes() == sent),
            "{len}"
        );
    }
    let closure = socket.close(None).await;
    assert!(closure.is_ok_and(|closure| closure.is_clean()));
}
