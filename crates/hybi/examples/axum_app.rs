//! An axum application with a WebSocket and events beside its pages.
//!
//! ```text
//! cargo run --release --example axum_app -- --port 9007
//! cargo run --release --example client -- ws://127.0.0.1:9007/echo
//! cargo run --release --example follow -- http://127.0.0.1:9007/events
//! ```

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{any, get};
use clap::Parser;
use hybi::axum::{ServerSentEvents, WebSocketUpgrade};
use hybi::{Event, Hub, Options, sse};

/// Serves a page at /, an echo at /echo, and a tick each second at /events.
#[derive(Parser)]
struct Arguments {
    /// Port on 127.0.0.1; 0 lets the system choose.
    #[arg(long, default_value_t = 9007)]
    port: u16,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let mut options = Options::server();
    options.connection.max_message_size = 64 << 10;
    let hub = Hub::new(100, 1 << 20);
    tokio::spawn(tick(hub.clone()));
    let page = "There is a WebSocket at /echo, and there are events at /events.\n";
    let application = Router::new()
        .route("/", get(async move || page))
        // Not `get`: over HTTP/2 the method is CONNECT.
        .route("/echo", any(echo).with_state(Arc::new(options)))
        .route("/events", get(feed).with_state(hub));
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, Arguments::parse().port));
    let listener = listener.await?;
    println!("listening on http://{}/", listener.local_addr()?);
    axum::serve(listener, application).await?;
    Ok(())
}

/// What breaks a rule is answered with the right status before this is called.
async fn echo(State(options): State<Arc<Options>>, upgrade: WebSocketUpgrade) -> Response {
    upgrade
        .with_options(options)
        .on_upgrade(async |mut socket| {
            while let Ok(Some((event, mut outbox))) = socket.exchange().await {
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
