//! A message from one goes to all, or to all the others.
//!
//! ```text
//! cargo run --release --example broadcast -- --port 9005 --others
//! cargo run --release --example client -- ws://127.0.0.1:9005/
//! ```

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ::futures::StreamExt;
use clap::Parser;
use hybi::{CloseCode, CloseFrame, Error, Options, Prepared};
use tokio::net::TcpStream;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

#[path = "shared/listen.rs"]
mod listen;

/// Sends what one says to all who are connected.
#[derive(Parser)]
struct Arguments {
    /// Port on 127.0.0.1; 0 lets the system choose.
    #[arg(long, default_value_t = 9005)]
    port: u16,
    /// Leave the sender out.
    #[arg(long)]
    others: bool,
}

/// What connections share.
struct Hub {
    said: broadcast::Sender<(u64, Prepared)>,
    next: AtomicU64,
    others: bool,
}

/// So many messages wait for one who is slow; whoever misses one is shown out.
const PATIENCE: usize = 64;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let (listener, address) = listen::listen(arguments.port).await?;
    println!("listening on ws://{address}/");
    let hub = Arc::new(Hub {
        said: broadcast::Sender::new(PATIENCE),
        next: AtomicU64::new(0),
        others: arguments.others,
    });
    listen::serve(listener, move |stream| join(stream, Arc::clone(&hub))).await;
    Ok(())
}

async fn join(stream: TcpStream, hub: Arc<Hub>) -> Result<(), Error> {
    let mut socket = hybi::tokio::accept(stream, &Options::server()).await?;
    let me = hub.next.fetch_add(1, Ordering::Relaxed);
    let mut hears = hub.said.subscribe();
    loop {
        // Neither future loses anything when the other one is first.
        tokio::select! {
            message = socket.next() => match message {
                // Framed once for all, however many there are. Somebody hears it: we do.
                Some(message) => drop(hub.said.send((me, Prepared::new(message?)))),
                None => return Ok(()),
            },
            heard = hears.recv() => match heard {
                Ok((from, _)) if hub.others && from == me => {}
                // Written with what else is there, when `next` waits.
                Ok((_, message)) => socket.feed_prepared(&message).await?,
                Err(RecvError::Lagged(_)) => {
                    let frame = CloseFrame {
                        code: CloseCode::POLICY_VIOLATION,
                        reason: "too slow",
                    };
                    return socket.close(Some(frame)).await.map(drop);
                }
                Err(RecvError::Closed) => return Ok(()),
            },
        }
    }
}
