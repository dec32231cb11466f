//! A socket as a stream of messages, piped to another: a relay.
//!
//! ```text
//! cargo run --release --example pipe -- --port 9006 ws://127.0.0.1:9001/
//! cargo run --release --example client -- ws://127.0.0.1:9006/
//! ```

use ::futures::StreamExt;
use ::futures::future::try_join;
use clap::Parser;
use hybi::{Error, Options};
use tokio::net::TcpStream;

#[path = "shared/listen.rs"]
mod listen;

/// Passes messages on, in both directions.
#[derive(Parser)]
struct Arguments {
    /// To which server.
    url: String,
    /// Port on 127.0.0.1; 0 lets the system choose.
    #[arg(long, default_value_t = 9006)]
    port: u16,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let (listener, address) = listen::listen(arguments.port).await?;
    println!("listening on ws://{address}/");
    listen::serve(listener, move |stream| relay(stream, arguments.url.clone())).await;
    Ok(())
}

async fn relay(stream: TcpStream, url: String) -> Result<(), Error> {
    let near = hybi::tokio::accept(stream, &Options::server()).await?;
    let (far, _) = hybi::tokio::connect(&url, &Options::client()).await?;
    let (near_sender, near_receiver) = near.split();
    let (far_sender, far_receiver) = far.split();
    // `forward` reads no further than it can write, so whoever is slow slows the other down. When
    // one side closes, its stream ends and the other side's sink is closed.
    let up = near_receiver.forward(far_sender);
    let down = far_receiver.forward(near_sender);
    try_join(up, down).await.map(drop)
}
