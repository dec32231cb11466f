//! Subprotocols: the client says which it can speak, and the server chooses.
//!
//! Both ends are in this program, which ends by itself:
//!
//! ```text
//! cargo run --release --example subprotocols
//! ```

use ::futures::StreamExt;
use hybi::handshake::{Accept, Offer};
use hybi::{Error, Options, Request};
use tokio::net::TcpStream;

#[path = "shared/listen.rs"]
mod listen;

/// What the server speaks, the preferred one first.
const SPOKEN: [&str; 2] = ["soup.v2", "soup.v1"];

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let (listener, address) = listen::listen(0).await?;
    tokio::spawn(listen::serve(listener, greet));

    let options = Options::client().without_proxy();
    for offer in [&["soup.v1"][..], &["soup.v1", "soup.v2"], &["tea"], &[]] {
        let mut request = Request::from_url(&format!("ws://{address}/"))?;
        for name in offer {
            request = request.with_subprotocol(name)?;
        }
        let (mut socket, _) = hybi::tokio::connect_to(&request, &options).await?;
        println!("{offer:?}: {}", socket.subprotocol().unwrap_or("none"));
        if let Some(message) = socket.next().await {
            println!("  the server says {:?}", message?.as_text());
        }
        socket.close(None).await?;
    }

    // A client that cannot do without says so; then "none" is an error.
    let request = Request::from_url(&format!("ws://{address}/"))?
        .with_subprotocol("tea")?
        .require_subprotocol(true);
    if let Err(error) = hybi::tokio::connect_to(&request, &options).await {
        println!("[\"tea\"], required: {error}");
    }
    Ok(())
}

async fn greet(stream: TcpStream) -> Result<(), Error> {
    let options = Options::server();
    let mut socket = hybi::tokio::accept_with(stream, &options, |offer| Ok(choose(offer))).await?;
    let greeting = match socket.subprotocol() {
        Some("soup.v2") => "soup, with croutons",
        Some(_) => "soup",
        None => "whatever you like",
    };
    socket.send(greeting).await?;
    while socket.receive().await?.is_some() {}
    Ok(())
}

/// Prefers what the server prefers. Without this it would be the first of the client's that
/// `Options::handshake.subprotocols` lists.
fn choose(offer: Offer<'_>) -> Accept {
    let mut accept = Accept::default();
    accept.subprotocol = SPOKEN
        .into_iter()
        .find(|own| offer.subprotocols().any(|offered| offered == *own))
        .map(str::to_owned);
    accept
}
