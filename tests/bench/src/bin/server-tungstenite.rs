//! tokio-tungstenite.

use std::io;

use clap::Parser;
use futures::{SinkExt, StreamExt};
use hybi_bench::batch::next_or_flush;
use hybi_bench::serve::{self, Options};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

fn main() -> io::Result<()> {
    let options = Options::parse();
    let mut config = WebSocketConfig::default();
    if let Some(buffer) = options.buffer {
        config = config.read_buffer_size(buffer);
    }
    serve::on_tokio(move |stream| async move {
        let mut socket = tokio_tungstenite::accept_async_with_config(stream, Some(config)).await?;
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
