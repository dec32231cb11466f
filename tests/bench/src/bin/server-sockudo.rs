//! sockudo-ws on tokio.

use std::io;

use bytes::{Buf, BytesMut};
use clap::Parser;
use futures::{Sink, SinkExt, Stream, StreamExt};
use hybi_bench::batch::next_or_flush;
use hybi_bench::serve::{self, Failure, Options};
use sockudo_ws::deflate::{DeflateConfig, DeflateNegotiation, negotiate_server_deflate};
use sockudo_ws::handshake::{build_response, generate_accept_key, parse_request};
use sockudo_ws::{CompressedWebSocketStream, Config, Message, WebSocketStream};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

fn main() -> io::Result<()> {
    let options = Options::parse();
    serve::on_tokio(move |mut stream| async move {
        let config = Config::default();
        match handshake(&mut stream, options.deflate).await? {
            Some(deflate) => {
                let socket = CompressedWebSocketStream::server(stream, config, deflate);
                echo(socket, options.batch).await
            }
            None => echo(WebSocketStream::server(stream, config), options.batch).await,
        }
    })
}

async fn echo<S>(mut socket: S, batch: bool) -> Result<(), Failure>
where
    S: Stream<Item = Result<Message, sockudo_ws::Error>>
        + Sink<Message, Error = sockudo_ws::Error>
        + Unpin,
{
    if batch {
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
}

async fn handshake(
    stream: &mut TcpStream,
    deflate: bool,
) -> Result<Option<DeflateConfig>, Failure> {
    let mut buffer = BytesMut::with_capacity(4096);
    loop {
        if stream.read_buf(&mut buffer).await? == 0 {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        if let Some((request, len)) = parse_request(&buffer)? {
            let accept = generate_accept_key(request.key);
            let agreed = request
                .extensions
                .filter(|_| deflate)
                .and_then(|offers| negotiate_server_deflate(offers, &DeflateConfig::default()));
            let answer = agreed.as_ref().map(DeflateNegotiation::to_response_header);
            let response = build_response(&accept, None, answer.as_deref());
            buffer.advance(len);
            stream.write_all(&response).await?;
            return Ok(agreed.map(|agreed| agreed.config));
        }
    }
}
