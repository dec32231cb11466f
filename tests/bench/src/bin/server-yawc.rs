//! yawc, behind a handshake by hand: its own needs hyper.

use std::io;

use clap::Parser;
use futures::{SinkExt, StreamExt};
use hybi_bench::serve::{self, Failure, Options};
use tokio::net::TcpStream;
use yawc::{CompressionLevel, DeflatePool, OpCode, Role, WebSocket};

fn main() -> io::Result<()> {
    let options = Options::parse();
    let mut base = yawc::Options::default()
        .with_utf8()
        .with_limits(64 << 20, 128 << 20);
    if options.deflate {
        // Its pool serves connections without context takeover.
        base = base
            .with_compression_level(CompressionLevel::default())
            .with_deflate_pool(DeflatePool::new(8));
    }
    serve::on_tokio(move |stream| {
        let config = base.clone();
        async move { echo(stream, config, options).await }
    })
}

async fn echo(
    mut stream: TcpStream,
    mut config: yawc::Options,
    options: Options,
) -> Result<(), Failure> {
    let agreed = serve::handshake(&mut stream, options.deflate).await?;
    if options.batch {
        // Less than a batch fits into what it gathers by default.
        config = config.with_backpressure_boundary(64 << 10);
    }
    if let Some(buffer) = options.buffer {
        config = config.with_read_buffer_capacity(buffer);
    }
    let mut socket =
        WebSocket::from_stream_with_extensions(stream, Role::Server, agreed.as_deref(), config)?;
    loop {
        let frame = if options.batch {
            std::future::poll_fn(|cx| {
                let polled = socket.poll_next_unpin(cx);
                if polled.is_pending()
                    && let std::task::Poll::Ready(Err(error)) = socket.poll_flush_unpin(cx)
                {
                    return std::task::Poll::Ready(Err(error));
                }
                polled.map(Ok)
            })
            .await?
        } else {
            socket.next().await
        };
        let Some(frame) = frame else {
            return Ok(());
        };
        if !matches!(frame.opcode(), OpCode::Text | OpCode::Binary) {
            continue;
        }
        if options.batch {
            socket.feed(frame).await?;
        } else {
            socket.send(frame).await?;
        }
    }
}
