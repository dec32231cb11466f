//! A device's WebSocket, on a desktop: two buffers for each connection, and no other memory.
//!
//! ```text
//! cargo run --release --example embedded -- --port 9008
//! cargo run --release --example embedded -- --say hello ws://127.0.0.1:9008/
//! ```
//!
//! On a device the stream is that of its network stack, and the clock and the random numbers are
//! its own.

use std::net::Ipv4Addr;
use std::time::Duration;

use anyhow::{bail, ensure};
use clap::Parser;
use embedded_io_adapters::tokio_1::FromTokio;
use hybi::embedded::{
    Buffers, End, Event, MaskKey, Nonce, Request, Rules, WebSocket, accept, connect,
};
use hybi::handshake::ServerUrl;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

/// How long an opening or closing handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// How long a peer may say nothing before it is pinged, and before it is given up.
const SILENCE: Duration = Duration::from_secs(20);

/// Serves an echo; or, with a URL, is a client.
#[derive(Clone, Parser)]
struct Arguments {
    /// Port on 127.0.0.1; 0 lets the system choose.
    #[arg(long, default_value_t = 9008)]
    port: u16,
    /// Bytes to receive into: one more than the longest message.
    #[arg(long, default_value_t = 2048)]
    rx: usize,
    /// Send this, print the answer, and close.
    #[arg(long, default_value = "hello", conflicts_with = "echo")]
    say: String,
    /// As a client, send back what comes.
    #[arg(long)]
    echo: bool,
    /// The server to connect to, with the scheme ws.
    url: Option<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if let Some(url) = &arguments.url {
        return ask(url, &arguments).await;
    }
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, arguments.port)).await?;
    println!("listening on ws://{}/", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        let rx = arguments.rx;
        tokio::spawn(async move {
            if let Err(error) = serve(stream, rx).await {
                eprintln!("{error}");
            }
        });
    }
}

async fn serve(stream: TcpStream, rx: usize) -> anyhow::Result<()> {
    stream.set_nodelay(true)?;
    let (mut rx, mut tx) = (vec![0; rx], [0; 1024]);
    let buffers = Buffers::new(&mut rx, &mut tx);
    let mut socket = timeout(
        HANDSHAKE,
        accept(FromTokio::new(stream), buffers, Rules::new()),
    )
    .await??;
    echo(&mut socket).await
}

async fn ask(url: &str, arguments: &Arguments) -> anyhow::Result<()> {
    let url = ServerUrl::parse(url)?;
    ensure!(!url.is_secure(), "TLS is the network stack's");
    let (host, target) = (url.authority(), url.target());
    let has_port = host
        .rsplit_once(':')
        .is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    let address = if has_port {
        host.clone()
    } else {
        format!("{host}:80")
    };
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (mut rx, mut tx) = (vec![0; arguments.rx], [0; 1024]);
    let buffers = Buffers::new(&mut rx, &mut tx);
    let mut nonce = [0; 16];
    getrandom::fill(&mut nonce)?;
    let request = Request::new(&host, &target);
    let opening = connect(
        FromTokio::new(stream),
        buffers,
        request,
        Nonce::new(nonce),
        mask_key,
    );
    let mut socket = timeout(HANDSHAKE, opening).await??;
    if arguments.echo {
        return echo(&mut socket).await;
    }
    timeout(SILENCE, socket.send(&*arguments.say)).await??;
    match timeout(SILENCE, socket.receive_message()).await?? {
        Some(message) => println!("{}", message.as_text().unwrap_or("bytes")),
        None => bail!("closed without an answer"),
    }
    timeout(HANDSHAKE, socket.close(None)).await??;
    Ok(())
}

type Stream = FromTokio<TcpStream>;

/// Sends back what comes, until the other end closes or says nothing any more.
async fn echo<E: End>(socket: &mut WebSocket<'_, Stream, E>) -> anyhow::Result<()> {
    let mut pinged = false;
    loop {
        // Dropped at the deadline, it loses nothing.
        match timeout(SILENCE, socket.exchange()).await {
            Ok(exchanged) => {
                let Some((event, mut outbox)) = exchanged? else {
                    return Ok(());
                };
                pinged = false;
                if let Event::Message(message) = event {
                    // Written when there is nothing more to receive.
                    timeout(SILENCE, outbox.feed(message)).await??;
                }
            }
            Err(_) if pinged => bail!("the other end is gone"),
            Err(_) => {
                timeout(SILENCE, socket.ping(b"")).await??;
                pinged = true;
            }
        }
    }
}

fn mask_key() -> MaskKey {
    let mut key = [0; 4];
    getrandom::fill(&mut key).expect("the system has randomness");
    MaskKey(key)
}
