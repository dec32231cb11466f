//! A client for the terminal: line in, line out.
//!
//! ```text
//! cargo run --release --example client -- ws://127.0.0.1:9001/
//! ```

use std::io::{self, BufRead};
use std::thread;

use ::futures::channel::mpsc;
use ::futures::future::{Either, select};
use ::futures::{AsyncRead, AsyncWrite, SinkExt, StreamExt};
use clap::Parser;
use hybi::handshake::{Misuse, Version, Versions};
use hybi::{Closure, Error, Event, Message, Options, Request, WebSocket};

mod shared;

/// Sends each line as a text message and prints what comes.
#[derive(Parser)]
struct Arguments {
    /// Where to connect to, such as `ws://127.0.0.1:9001/`.
    url: String,
    /// Ask for this subprotocol; may be repeated, the preferred one first.
    #[arg(long)]
    subprotocol: Vec<String>,
    /// Speak this version of the protocol, such as `hybi-8` or `hixie-76`.
    #[arg(long, default_value = "hybi-13", value_parser = version)]
    speak: Version,
    /// Answer every message with itself instead, until the peer closes.
    #[arg(long)]
    echo: bool,
    #[command(flatten)]
    deflate: shared::DeflateArguments,
    /// Run on tokio; on smol otherwise.
    #[arg(long)]
    tokio: bool,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let request = Request::from_url(&arguments.url)?;
    let request = arguments
        .subprotocol
        .iter()
        .try_fold(request, |request, name| request.with_subprotocol(name))
        .and_then(|request| request.with_version(arguments.speak))
        .map_err(|misuse: Misuse| Error::from(misuse))?;
    let options = arguments.deflate.apply(Options::client());
    if arguments.tokio {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(async {
            let (socket, _) = hybi::tokio::connect_to(&request, &options).await?;
            run(socket, arguments.echo).await
        })
    } else {
        smol::block_on(async {
            let (socket, _) = hybi::smol::connect_to(&request, &options).await?;
            run(socket, arguments.echo).await
        })
    }
}

/// The version of this name.
fn version(name: &str) -> Result<Version, String> {
    let mut versions = Versions::ALL.iter();
    versions
        .find(|version| version.to_string() == name)
        .ok_or_else(|| {
            let names: Vec<String> = Versions::ALL.iter().map(|each| each.to_string()).collect();
            format!("there are {}", names.join(", "))
        })
}

async fn run<T>(mut socket: WebSocket<T>, echoes: bool) -> anyhow::Result<()>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    println!("open {}", socket.subprotocol().unwrap_or("-"));
    let result = if echoes {
        echo(&mut socket).await
    } else {
        talk(&mut socket).await
    };
    let closure = socket.close(None).await?;
    let (code, reason) = match (socket.close_frame(), closure) {
        (Some(frame), _) => (frame.code.get(), frame.reason),
        // RFC 6455 §7.1.5 has numbers for what no frame said.
        (None, Closure::Clean { .. }) => (1005, ""),
        (None, _) => (1006, ""),
    };
    println!("closed {code} {reason}");
    Ok(result?)
}

async fn echo<T>(socket: &mut WebSocket<T>) -> Result<(), Error>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    while let Some((event, mut outbox)) = socket.exchange().await? {
        if let Event::Message(message) = event {
            outbox.feed(message).await?;
        }
    }
    Ok(())
}

async fn talk<T>(socket: &mut WebSocket<T>) -> Result<(), Error>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let mut lines = lines();
    loop {
        // Dropping the one that was not first loses nothing.
        match select(lines.next(), socket.next()).await {
            Either::Left((Some(line), _)) => socket.send(Message::from(line).borrowed()).await?,
            // The end of the input: what is still to come is printed all the same.
            Either::Left((None, _)) => break,
            Either::Right((None, _)) => return Ok(()),
            Either::Right((Some(message), _)) => print(&message?),
        }
    }
    socket.outbox().close(None)?;
    while let Some(message) = socket.next().await {
        print(&message?);
    }
    Ok(())
}

fn print(message: &Message) {
    match message {
        Message::Text(text) => println!("{text}"),
        Message::Binary(bytes) => println!("{bytes:?}"),
    }
}

/// The lines of the standard input, which only a thread can wait for on every system.
fn lines() -> mpsc::Receiver<String> {
    let (mut sender, receiver) = mpsc::channel(16);
    thread::spawn(move || {
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            if ::futures::executor::block_on(sender.send(line)).is_err() {
                return;
            }
        }
    });
    receiver
}
