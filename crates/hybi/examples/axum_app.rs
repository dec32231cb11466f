//! An axum application with a WebSocket and events beside its pages, which goes down in good order.
//!
//! ```text
//! cargo run --release --example axum_app -- --port 9007
//! cargo run --release --example client -- ws://127.0.0.1:9007/echo
//! cargo run --release --example follow -- http://127.0.0.1:9007/events
//! ```

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{any, get};
use clap::Parser;
use hybi::axum::{ServerSentEvents, WebSocketUpgrade};
use hybi::{Event, Hub, Options, Shutdown, sse};
use tokio::time::timeout;

/// Serves a page at /, an echo at /echo, and a tick each second at /events.
#[derive(Parser)]
struct Arguments {
    /// Port on 127.0.0.1; 0 lets the system choose.
    #[arg(long, default_value_t = 9007)]
    port: u16,
}

/// So long requests are waited for in the end, and then sockets.
const PATIENCE: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let mut options = Options::server();
    options.connection.max_message_size = 64 << 10;
    let hub = Hub::new(100, 1 << 20);
    let shutdown = Shutdown::new();
    tokio::spawn(tick(hub.clone()));
    let page = "There is a WebSocket at /echo, and there are events at /events.\n";
    let application = Router::new()
        .route("/", get(async move || page))
        // Not `get`: over HTTP/2 the method is CONNECT.
        .route(
            "/echo",
            any(echo).with_state((Arc::new(options), shutdown.clone())),
        )
        .route("/events", get(feed).with_state(hub.clone()));
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, Arguments::parse().port));
    let listener = listener.await?;
    println!("listening on http://{}/", listener.local_addr()?);
    let begun = shutdown.clone();
    let serving = axum::serve(listener, application)
        .with_graceful_shutdown(async move { begun.begun().await });
    let serving = tokio::spawn(serving.into_future());

    stopped().await?;
    shutdown.begin(); // nobody is accepted any more, and each socket is closed with 1001
    hub.close(None); // axum waits for the streams of events, which would not end otherwise
    // Nor does one whose client takes nothing: hyper asks for no more of it.
    let served = timeout(PATIENCE, serving).await;
    // axum does not wait for sockets.
    let gone = shutdown.finish(hybi::tokio::timer(), PATIENCE).await;
    let all = served.is_ok() && gone;
    println!(
        "{}",
        if all {
            "all have gone"
        } else {
            "some were left"
        }
    );
    Ok(())
}

/// Waits for Ctrl-C or, on Unix, for SIGTERM.
async fn stopped() -> io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminated = signal(SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted,
            _ = terminated.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}

/// What breaks a rule is answered with the right status before this is called.
async fn echo(
    State((options, shutdown)): State<(Arc<Options>, Shutdown)>,
    upgrade: WebSocketUpgrade,
) -> Response {
    // Here, not on the socket's task: axum waits for this handler, so no socket is missed.
    let mut member = shutdown.join();
    upgrade
        .with_options(options)
        .on_upgrade(async move |mut socket| {
            while let Ok(Some((event, mut outbox))) = member.exchange(&mut socket).await {
                if let Event::Message(message) = event
                    && outbox.feed(message).await.is_err()
                {
                    break;
                }
            }
        })
}

/// Who comes back gets what it has missed.
async fn feed(State(hub): State<Hub>, events: ServerSentEvents) -> Response {
    events.serve(&hub)
}

async fn tick(hub: Hub) -> Result<(), sse::Misuse> {
    for number in 1_u64.. {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let id = number.to_string();
        hub.publish(&sse::Event::new("tick").with_id(&id))?;
    }
    Ok(())
}
