//! An echo server, with a page for browsers at `/` and a live feed of what it does at `/events`.
//!
//! ```text
//! cargo run --release --example echo -- --port 9001
//! cargo run --release --example echo -- --tls certificate.pem key.pem
//! ```
//!
//! The example `external_tls` says how to make a certificate.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use ::futures::{AsyncRead, AsyncWrite};
use anyhow::Context;
use clap::Parser;
use hybi::futures::Incoming;
use hybi::handshake::Versions;
use hybi::smol::Socket;
use hybi::tls::rustls::Acceptor;
use hybi::tokio::Compat;
use hybi::{Error, Event, Hub, Options, Status};

#[path = "shared/deflate.rs"]
mod deflate;

const PAGE: &str = include_str!("echo.html");

/// Echoes every message back, and serves a page to try it with at /.
#[derive(Parser)]
struct Arguments {
    /// Port on 127.0.0.1; 0 lets the system choose.
    #[arg(long, default_value_t = 9001)]
    port: u16,
    /// Threads that serve connections.
    #[arg(long, default_value = "1")]
    threads: NonZero<usize>,
    /// Run on tokio; on smol otherwise.
    #[arg(long)]
    tokio: bool,
    /// Accept every version that clients ever spoke, down to hixie-75.
    #[arg(long)]
    all_versions: bool,
    /// Encrypt, with the certificate chain in the first file and its private key in the second,
    /// both as PEM.
    #[arg(long, num_args = 2, value_names = ["CERTIFICATE", "KEY"])]
    tls: Vec<PathBuf>,
    /// Let only those in for whose certificate one in this file vouches.
    #[arg(long, requires = "tls", value_name = "ROOTS")]
    client_ca: Option<PathBuf>,
    #[command(flatten)]
    deflate: deflate::DeflateArguments,
}

/// What the tasks of all connections share.
struct Server {
    options: Options,
    acceptor: Option<Acceptor>,
    feed: Feed,
}

/// What the server does, for whoever wants to watch.
struct Feed {
    hub: Hub,
    /// How many watch. Where nobody does, nothing is published: this server is also measured.
    watchers: AtomicUsize,
    sockets: AtomicUsize,
}

/// An open WebSocket, as the feed counts them.
struct Counted<'a>(&'a Feed);

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port));
    let listener = TcpListener::bind(address)
        .with_context(|| format!("cannot listen on {address}; another --port may be free"))?;
    let acceptor = arguments.acceptor()?;
    let scheme = if acceptor.is_some() { "https" } else { "http" };
    println!("listening on {scheme}://{}/", listener.local_addr()?);

    let mut options = Options::server();
    options.handshake.subprotocols = vec!["echo".into()];
    if arguments.all_versions {
        options.handshake.versions = Versions::ALL;
    }
    options.timer = Some(if arguments.tokio {
        hybi::tokio::timer
    } else {
        hybi::smol::timer
    });
    let options = arguments.deflate.apply(options);
    let feed = Feed {
        hub: Hub::new(100, 64 << 10),
        watchers: AtomicUsize::new(0),
        sockets: AtomicUsize::new(0),
    };
    let server = Arc::new(Server {
        options,
        acceptor,
        feed,
    });
    if arguments.tokio {
        on_tokio(listener, arguments.threads.get(), &server)
    } else {
        on_smol(listener, arguments.threads.get(), &server)
    }
}

impl Arguments {
    fn acceptor(&self) -> anyhow::Result<Option<Acceptor>> {
        let (chain, key) = match &*self.tls {
            [] => return Ok(None),
            [chain, key] => (chain, key),
            _ => anyhow::bail!("--tls stands once"),
        };
        let read = |file: &PathBuf| {
            fs::read(file).with_context(|| format!("cannot read {}", file.display()))
        };
        let (chain, key) = (read(chain)?, read(key)?);
        Ok(Some(match &self.client_ca {
            Some(roots) => Acceptor::with_client_roots(&chain, &key, &read(roots)?)?,
            None => Acceptor::new(&chain, &key)?,
        }))
    }
}

/// Serves one connection.
async fn serve<T>(stream: T, server: &Server) -> Result<(), Error>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let options = &server.options;
    match &server.acceptor {
        Some(acceptor) => {
            let stream = acceptor.accept(stream, options).await?;
            answer(hybi::futures::read_request(stream, options).await?, server).await
        }
        None => answer(hybi::futures::read_request(stream, options).await?, server).await,
    }
}

/// Echoes until the connection ends.
async fn answer<T>(incoming: Incoming<T>, server: &Server) -> Result<(), Error>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let Server { options, feed, .. } = server;
    // Whoever asks for it, as `curl -N` does without saying that it wants events.
    if incoming.path() == "/events" && !incoming.wants_websocket() {
        // Apart, so that it takes no room in the tasks of WebSockets.
        return Box::pin(feed.watch(incoming, options)).await;
    }
    if !incoming.wants_websocket() {
        let (status, body) = match incoming.path() {
            "/" => (Status::OK, PAGE),
            _ => (Status::NOT_FOUND, "not found"),
        };
        return incoming
            .respond(status, "text/html; charset=utf-8", body.as_bytes())
            .await;
    }
    let mut socket = incoming.accept(options).await?;
    let _counted = feed.count();
    // What is fed is written in one go, when there is nothing more to receive.
    while let Some((event, mut outbox)) = socket.exchange().await? {
        if let Event::Message(message) = event {
            feed.echoed(message.as_bytes().len());
            outbox.feed(message).await?;
        }
    }
    Ok(())
}

impl Feed {
    /// Shows what happens, to one who watches.
    async fn watch<T>(&self, incoming: Incoming<T>, options: &Options) -> Result<(), Error>
    where
        T: AsyncRead + AsyncWrite + Unpin,
    {
        let stream = incoming.accept_events(options).await?;
        self.watchers.fetch_add(1, Ordering::Relaxed);
        let serving = self.hub.serve(stream);
        self.publish("sockets", self.sockets.load(Ordering::Relaxed));
        let served = serving.await;
        self.watchers.fetch_sub(1, Ordering::Relaxed);
        served.map(|_| ())
    }

    fn count(&self) -> Counted<'_> {
        let sockets = self.sockets.fetch_add(1, Ordering::Relaxed) + 1;
        self.publish("sockets", sockets);
        Counted(self)
    }

    fn echoed(&self, bytes: usize) {
        self.publish("echoed", bytes);
    }

    fn publish(&self, kind: &str, number: usize) {
        if self.watchers.load(Ordering::Relaxed) == 0 {
            return;
        }
        let text = number.to_string();
        let event = hybi::sse::Event::new(&text).with_kind(kind);
        // It cannot fail: the kinds are ours, and the ring has room for a number.
        let _ = self.hub.publish(&event);
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        let sockets = self.0.sockets.fetch_sub(1, Ordering::Relaxed) - 1;
        self.0.publish("sockets", sockets);
    }
}

fn on_smol(listener: TcpListener, threads: usize, server: &Arc<Server>) -> anyhow::Result<()> {
    let listener = smol::Async::new(listener)?;
    let executor = Arc::new(smol::Executor::new());
    for _ in 1..threads {
        let executor = Arc::clone(&executor);
        thread::spawn(move || smol::block_on(executor.run(std::future::pending::<()>())));
    }
    // A task of its own, so that it is polled when there is somebody to accept, not every time.
    let (spawner, server) = (Arc::clone(&executor), Arc::clone(server));
    let accepting = executor.spawn(async move {
        loop {
            let stream = match listener.accept().await {
                Ok((stream, _)) => stream,
                Err(error) => {
                    smol::Timer::after(pause(&error)).await;
                    continue;
                }
            };
            let server = Arc::clone(&server);
            let task = spawner.spawn(async move {
                stream.get_ref().set_nodelay(true)?;
                serve(Socket::from(stream), &server).await
            });
            task.detach();
        }
    });
    smol::block_on(executor.run(accepting))
}

fn on_tokio(listener: TcpListener, threads: usize, server: &Arc<Server>) -> anyhow::Result<()> {
    let mut runtime = match threads {
        1 => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    let runtime = runtime.worker_threads(threads).enable_all().build()?;
    listener.set_nonblocking(true)?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        loop {
            let stream = match listener.accept().await {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tokio::time::sleep(pause(&error)).await;
                    continue;
                }
            };
            let server = Arc::clone(server);
            tokio::spawn(async move {
                stream.set_nodelay(true)?;
                serve(Compat(stream), &server).await
            });
        }
    })
}

/// How long to wait after an accept failed: a client that has gone is no reason to, a lack of file
/// descriptors is. Neither ends the server.
fn pause(error: &io::Error) -> Duration {
    match error.kind() {
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset => Duration::ZERO,
        _ => Duration::from_millis(50),
    }
}
