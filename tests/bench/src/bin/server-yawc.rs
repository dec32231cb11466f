//! yawc, behind a handshake by hand: its own needs hyper.

use std::io;

use clap::Parser;
use futures::{SinkExt, StreamExt};
use hybi_bench::serve::{self, Options};
use yawc::{OpCode, Role, WebSocket};

fn main() -> io::Result<()> {
    let options = Options::parse();
    serve::on_tokio(move |mut stream| async move {
        serve::handshake(&mut stream).await?;
        let mut config = yawc::Options::default()
            .with_utf8()
            .with_limits(64 << 20, 128 << 20);
        if options.batch {
            // Less than a batch fits into what it gathers by default.
            config = config.with_backpressure_boundary(64 << 10);
        }
        if let Some(buffer) = options.buffer {
            config = config.with_read_buffer_capacity(buffer);
        }
        let mut socket = WebSocket::from_stream(stream, Role::Server, config)?;
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
    })
}
