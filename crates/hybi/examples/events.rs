//! A live feed for any number of browsers, which survives a restart of the server.
//!
//! ```text
//! cargo run --release --example events -- --port 9003
//! cargo run --release --example follow -- http://127.0.0.1:9003/feed
//! ```
//!
//! Open the page that it prints, stop the server and start it again: browsers come back by
//! themselves, and are told that they have missed something.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use ::futures::future::{Either, select};
use anyhow::Context;
use clap::Parser;
use hybi::futures::Io;
use hybi::smol::Socket;
use hybi::sse::{Accept, EncodedEvent, Event};
use hybi::tokio::Compat;
use hybi::{Error, Hub, Options, Status};

const PAGE: &str = include_str!("events.html");

/// Publishes the time of day at /feed, and serves a page that shows it at /.
#[derive(Parser)]
struct Arguments {
    /// Port on 127.0.0.1; 0 lets the system choose.
    #[arg(long, default_value_t = 9003)]
    port: u16,
    /// Milliseconds between two events.
    #[arg(long, default_value_t = 1000)]
    interval: u64,
    /// How many events are kept for those who come back.
    #[arg(long, default_value_t = 100)]
    keep: usize,
    /// Milliseconds that browsers are told to wait before they come back.
    #[arg(long, default_value_t = 1000)]
    retry: u64,
    /// Run on tokio; on smol otherwise.
    #[arg(long)]
    tokio: bool,
}

/// What the tasks of all connections share.
struct Server {
    options: Options,
    accept: Accept,
    hub: Hub,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port));
    let listener = TcpListener::bind(address)
        .with_context(|| format!("cannot listen on {address}; another --port may be free"))?;
    println!("listening on http://{}/", listener.local_addr()?);
    listener.set_nonblocking(true)?;

    let mut options = Options::server();
    options.timer = Some(if arguments.tokio {
        hybi::tokio::timer
    } else {
        hybi::smol::timer
    });
    let retry = Duration::from_millis(arguments.retry);
    let server = Arc::new(Server {
        options,
        accept: Accept::new().with_retry(Some(retry)),
        hub: Hub::new(arguments.keep, 1 << 20).with_gap_notice(gap),
    });
    let interval = Duration::from_millis(arguments.interval.max(1));
    if arguments.tokio {
        on_tokio(listener, interval, &server)
    } else {
        on_smol(listener, interval, &server)
    }
}

/// What is told to a browser that has missed so many events.
fn gap(missed: Option<u64>) -> Option<EncodedEvent> {
    let text = missed.map_or_else(|| "some".to_owned(), |missed| missed.to_string());
    EncodedEvent::new(&Event::new(&text).with_kind("gap")).ok()
}

/// Publishes one event after the other. Their ids begin with the time when the server was started,
/// so that those of another run are never taken for its own.
struct Ticker {
    started: u128,
    count: u64,
}

impl Ticker {
    fn new() -> Self {
        Self {
            started: since_1970().as_millis(),
            count: 0,
        }
    }

    fn tick(&mut self, hub: &Hub) -> anyhow::Result<()> {
        self.count += 1;
        let id = format!("{}-{}", self.started, self.count);
        let of_day = since_1970().as_secs() % (24 * 60 * 60);
        let (hours, minutes, seconds) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
        let readers = hub.subscribers();
        let data = format!(
            r#"{{"number": {}, "time": "{hours:02}:{minutes:02}:{seconds:02}", "readers": {readers}}}"#,
            self.count
        );
        Ok(hub.publish(&Event::new(&data).with_id(&id))?)
    }
}

fn since_1970() -> Duration {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    now.unwrap_or_default()
}

/// Serves one connection.
async fn serve(stream: Box<dyn Io>, server: &Server) -> Result<(), Error> {
    let incoming = hybi::futures::read_request(stream, &server.options).await?;
    let (status, body) = match incoming.path() {
        "/feed" => {
            let accept = server.accept.clone();
            let stream = incoming.accept_events_with(&server.options, |_| Ok(accept));
            server.hub.serve(stream.await?).await?;
            return Ok(());
        }
        "/" => (Status::OK, PAGE),
        _ => (Status::NOT_FOUND, "not found"),
    };
    incoming
        .respond(status, "text/html; charset=utf-8", body.as_bytes())
        .await
}

/// So long is waited after an accept failed: for file descriptors, perhaps.
const PAUSE: Duration = Duration::from_millis(50);

fn on_smol(listener: TcpListener, interval: Duration, server: &Arc<Server>) -> anyhow::Result<()> {
    let listener = smol::Async::new(listener)?;
    let executor = smol::LocalExecutor::new();
    let accepting = async {
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                smol::Timer::after(PAUSE).await;
                continue;
            };
            let server = Arc::clone(server);
            let task = executor.spawn(async move {
                stream.get_ref().set_nodelay(true)?;
                serve(Box::new(Socket::from(stream)), &server).await
            });
            task.detach();
        }
    };
    let ticking = async {
        let mut ticker = Ticker::new();
        loop {
            smol::Timer::after(interval).await;
            ticker.tick(&server.hub)?;
        }
    };
    smol::block_on(executor.run(either(accepting, ticking)))
}

fn on_tokio(listener: TcpListener, interval: Duration, server: &Arc<Server>) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let accepting = async {
            loop {
                let Ok((stream, _)) = listener.accept().await else {
                    tokio::time::sleep(PAUSE).await;
                    continue;
                };
                let server = Arc::clone(server);
                tokio::spawn(async move {
                    stream.set_nodelay(true)?;
                    serve(Box::new(Compat(stream)), &server).await
                });
            }
        };
        let ticking = async {
            let mut ticker = Ticker::new();
            loop {
                tokio::time::sleep(interval).await;
                ticker.tick(&server.hub)?;
            }
        };
        either(accepting, ticking).await
    })
}

/// Runs both until one of them ends.
async fn either<T>(one: impl Future<Output = T>, other: impl Future<Output = T>) -> T {
    let (one, other) = (std::pin::pin!(one), std::pin::pin!(other));
    match select(one, other).await {
        Either::Left((output, _)) | Either::Right((output, _)) => output,
    }
}
