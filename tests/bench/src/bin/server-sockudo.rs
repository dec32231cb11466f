//! sockudo-ws on tokio.

use std::io;

use bytes::{Buf, BytesMut};
use clap::Parser;
use futures::{SinkExt, StreamExt};
use hybi_bench::batch::next_or_flush;
use hybi_bench::serve::{self, Failure, Options};
use sockudo_ws::handshake::{build_response, generate_accept_key, parse_request};
use sockudo_ws::{Config, Message, WebSocketStream};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

fn main() -> io::Result<()> {
    let options = Options::parse();
    serve::on_tokio(move |mut stream| async move {
        handshake(&mut stream).await?;
        let mut socket = WebSocketStream::server(stream, Config::default());
        if options.batch {
            while let Some(message) = next_or_flush(&mut socket).await? {
                if matches!(message, Message::Text(_) | Message::Binary(_)) {
                    socket.feed(message).await?;
                }
            }
            return Ok(());
        }
        while let Some(message) = socket.next().await {
            let message = message?;
            if matches!(message, Message::Text(_) | Message::Binary(_)) {
                socket.send(message).await?;
            }
        }
        Ok(())
    })
}

async fn handshake(stream: &mut TcpStream) -> Result<(), Failure> {
    let mut buffer = BytesMut::with_capacity(4096);
    loop {
        if stream.read_buf(&mut buffer).await? == 0 {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        if let Some((request, len)) = parse_request(&buffer)? {
            let accept = generate_accept_key(request.key);
            let response = build_response(&accept, None, None);
            buffer.advance(len);
            stream.write_all(&response).await?;
            return Ok(());
        }
    }
}
