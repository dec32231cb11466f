//! Several WebSockets and ordinary pages on one port, told apart by the path.
//!
//! ```text
//! cargo run --release --example paths -- --port 9004
//! cargo run --release --example client -- ws://127.0.0.1:9004/count
//! ```

use std::time::Duration;

use clap::Parser;
use hybi::futures::Incoming;
use hybi::tokio::Compat;
use hybi::{CloseCode, CloseFrame, Error, Event, Options, Status};
use tokio::net::TcpStream;

#[path = "shared/listen.rs"]
mod listen;

/// Serves a page at /, and WebSockets at /echo and /count.
#[derive(Parser)]
struct Arguments {
    /// Port on 127.0.0.1; 0 lets the system choose.
    #[arg(long, default_value_t = 9004)]
    port: u16,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let (listener, address) = listen::listen(Arguments::parse().port).await?;
    println!("listening on http://{address}/");
    listen::serve(listener, answer).await;
    Ok(())
}

async fn answer(stream: TcpStream) -> Result<(), Error> {
    let options = Options::server();
    let incoming = hybi::tokio::read_request(stream, &options).await?;
    match (incoming.path(), incoming.wants_websocket()) {
        ("/echo", true) => echo(incoming, &options).await,
        ("/count", true) => count(incoming, &options).await,
        // Who comes without the right fields is told which: 426, and the versions.
        ("/echo" | "/count", false) => incoming.accept(&options).await.map(drop),
        ("/", false) => {
            let page = "There are WebSockets at /echo and /count.\n";
            incoming
                .respond(Status::OK, "text/plain", page.as_bytes())
                .await
        }
        _ => {
            incoming
                .respond(Status::NOT_FOUND, "text/plain", b"not found\n")
                .await
        }
    }
}

async fn echo(incoming: Incoming<Compat<TcpStream>>, options: &Options) -> Result<(), Error> {
    let mut socket = incoming.accept(options).await?;
    while let Some((event, mut outbox)) = socket.exchange().await? {
        if let Event::Message(message) = event {
            outbox.feed(message).await?;
        }
    }
    Ok(())
}

async fn count(incoming: Incoming<Compat<TcpStream>>, options: &Options) -> Result<(), Error> {
    let mut socket = incoming.accept(options).await?;
    for number in 1..=3 {
        socket.send(&number.to_string()[..]).await?;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let frame = CloseFrame {
        code: CloseCode::NORMAL,
        reason: "counted",
    };
    socket.close(Some(frame)).await.map(drop)
}
