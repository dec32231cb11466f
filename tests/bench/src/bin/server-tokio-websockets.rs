//! tokio-websockets.

use std::io;

use clap::Parser;
use futures::{FutureExt, SinkExt, StreamExt};
use hybi_bench::serve::{self, Failure, Options};
use tokio::net::TcpStream;
use tokio_websockets::{Config, ServerBuilder, WebSocketStream};

fn main() -> io::Result<()> {
    let options = Options::parse();
    serve::on_tokio(move |stream| async move {
        let mut config = Config::default();
        if options.batch {
            // Less than a batch fits into what it gathers by default.
            config = config.flush_threshold(64 << 10);
        }
        let (_, socket) = ServerBuilder::new().config(config).accept(stream).await?;
        if options.batch {
            in_batches(socket).await
        } else {
            one_by_one(socket).await
        }
    })
}

async fn one_by_one(mut socket: WebSocketStream<TcpStream>) -> Result<(), Failure> {
    while let Some(message) = socket.next().await {
        let message = message?;
        if message.is_text() || message.is_binary() {
            socket.send(message).await?;
        }
    }
    Ok(())
}

/// It flushes whenever it is asked for a message, so all that have come are taken before the first
/// is answered.
async fn in_batches(mut socket: WebSocketStream<TcpStream>) -> Result<(), Failure> {
    let mut messages = Vec::new();
    while let Some(message) = socket.next().await {
        messages.push(message?);
        while let Some(Some(message)) = socket.next().now_or_never() {
            messages.push(message?);
        }
        for message in messages.drain(..) {
            if message.is_text() || message.is_binary() {
                socket.feed(message).await?;
            }
        }
        socket.flush().await?;
    }
    Ok(())
}
