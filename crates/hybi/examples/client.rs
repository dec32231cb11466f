//! A client for the terminal: line in, line out.
//!
//! ```text
//! cargo run --release --example client -- ws://127.0.0.1:9001/
//! cargo run --release --example client -- --proxy socks5h://127.0.0.1:1080 -H 'Cookie: a=b' \
//!     --cacert ca.pem --redirects 5 --reconnect wss://example.com/chat
//! ```

use std::io::{self, BufRead};
use std::sync::Arc;
use std::thread;

use ::futures::channel::mpsc;
use ::futures::future::{Either, select};
use ::futures::{AsyncRead, AsyncWrite, SinkExt, StreamExt};
use clap::Parser;
use hybi::futures::Runtime;
use hybi::handshake::{Version, Versions};
use hybi::{Disconnect, Error, Event, Message, Options, Request, WebSocket};

#[path = "shared/deflate.rs"]
mod deflate;
#[path = "shared/dial.rs"]
mod dial;

/// Sends each line as a text message and prints what comes.
#[derive(Parser)]
struct Arguments {
    /// Where to connect to, such as `wss://user:password@example.com/chat`.
    url: String,
    /// Ask for this subprotocol; may be repeated, the preferred one first.
    #[arg(long)]
    subprotocol: Vec<String>,
    /// Add a field to the request, as in `Cookie: a=b`; may be repeated.
    // Text up to here: what does not parse clap would show, and it may be a secret.
    #[arg(long, short = 'H')]
    header: Vec<String>,
    /// The origin of the page that this is.
    #[arg(long)]
    origin: Option<String>,
    /// Speak this version of the protocol, such as `hybi-8` or `hixie-76`.
    #[arg(long, default_value = "hybi-13", value_parser = version)]
    speak: Version,
    /// Answer every message with itself instead, until the peer closes.
    #[arg(long)]
    echo: bool,
    /// Connect again when the connection breaks. The input goes to whichever is open.
    #[arg(long)]
    reconnect: bool,
    #[command(flatten)]
    dial: dial::DialArguments,
    #[command(flatten)]
    deflate: deflate::DeflateArguments,
    /// Run on tokio; on smol otherwise.
    #[arg(long)]
    tokio: bool,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let request = arguments.request()?;
    let options = arguments.deflate.apply(Options::client());
    let options = arguments.dial.apply(options)?;
    if arguments.tokio {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(run(hybi::tokio::Tokio, request, options, &arguments))
    } else {
        smol::block_on(run(hybi::smol::Smol, request, options, &arguments))
    }
}

impl Arguments {
    fn request(&self) -> anyhow::Result<Request> {
        let mut request = Request::from_url(&self.url)?;
        for name in &self.subprotocol {
            request = request.with_subprotocol(name)?;
        }
        if let Some(origin) = &self.origin {
            request = request.with_field("Origin", origin)?;
        }
        for field in &self.header {
            let (name, value) = dial::field(field)?;
            request = request.with_field(name, value)?;
        }
        Ok(request.with_version(self.speak)?)
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

async fn run<R: Runtime>(
    runtime: R,
    request: Request,
    options: Options,
    arguments: &Arguments,
) -> anyhow::Result<()> {
    let mut policy = hybi::Reconnect::default();
    if !arguments.reconnect {
        policy.fatal = Arc::new(|_| true);
    }
    let mut lines = lines();
    let mut attempts = policy.sessions(runtime, request, options);
    let mut last = None;
    while let Some(session) = attempts.next().await {
        let ended = match session {
            Ok((mut socket, _)) => {
                let ended = talk_until_the_end(&mut socket, &mut lines, arguments.echo).await;
                attempts.ended(&ended);
                println!("closed {} {}", ended.status(), ended.reason());
                ended
            }
            Err(ended) => ended,
        };
        if !attempts.is_over() {
            eprintln!("{ended}; will try again");
        }
        last = Some(ended);
    }
    // Whoever ended it in order did what was wanted.
    match last {
        Some(ended) if ended.error().is_some() => Err(ended.into()),
        _ => Ok(()),
    }
}

async fn talk_until_the_end<T>(
    socket: &mut WebSocket<T>,
    lines: &mut mpsc::Receiver<String>,
    echoes: bool,
) -> Disconnect
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    println!(
        "open {}",
        socket.subprotocol().unwrap_or("(no subprotocol)")
    );
    let result = if echoes {
        echo(socket).await
    } else {
        talk(socket, lines).await
    };
    // Waits for what is left of the closing handshake.
    let error = result.err().or(socket.close(None).await.err());
    socket.disconnect(error)
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

async fn talk<T>(socket: &mut WebSocket<T>, lines: &mut mpsc::Receiver<String>) -> Result<(), Error>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
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
