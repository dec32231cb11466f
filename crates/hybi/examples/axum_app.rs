//! An axum application with a WebSocket beside its pages.
//!
//! ```text
//! cargo run --release --example axum_app -- --port 9007
//! cargo run --release --example client -- ws://127.0.0.1:9007/echo
//! ```

use std::net::Ipv4Addr;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{any, get};
use clap::Parser;
use hybi::axum::WebSocketUpgrade;
use hybi::{Event, Options};

/// Serves a page at /, and an echo at /echo.
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
    let application = Router::new()
        .route("/", get(async || "There is a WebSocket at /echo.\n"))
        // Not `get`: over HTTP/2 the method is CONNECT.
        .route("/echo", any(echo))
        .with_state(Arc::new(options));
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
