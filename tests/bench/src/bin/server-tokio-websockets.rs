//! tokio-websockets.

use std::io;

use clap::Parser;
use futures::{SinkExt, StreamExt};
use hybi_bench::batch::next_or_flush;
use hybi_bench::serve::{self, Options};
use tokio_websockets::ServerBuilder;

fn main() -> io::Result<()> {
    let options = Options::parse();
    serve::on_tokio(move |stream| async move {
        let (_, mut socket) = ServerBuilder::new().accept(stream).await?;
        if options.batch {
            while let Some(message) = next_or_flush(&mut socket).await? {
                if message.is_text() || message.is_binary() {
                    socket.feed(message).await?;
                }
            }
            return Ok(());
        }
        while let Some(message) = socket.next().await {
            let message = message?;
            if message.is_text() || message.is_binary() {
                socket.send(message).await?;
            }
        }
        Ok(())
    })
}
