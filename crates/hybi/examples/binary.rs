//! Binary data: numbers in one message, and a large message that nobody holds as a whole.
//!
//! Both ends are in this program, which ends by itself:
//!
//! ```text
//! cargo run --release --example binary
//! ```

use hybi::futures::Kind;
use hybi::{Error, MessageRef, Options};
use tokio::net::TcpStream;

#[path = "shared/listen.rs"]
mod listen;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let (listener, address) = listen::listen(0).await?;
    tokio::spawn(listen::serve(listener, measure));
    let options = Options::client().without_proxy();
    let (mut socket, _) = hybi::tokio::connect(&format!("ws://{address}/"), &options).await?;

    // A WebSocket knows bytes; what they mean, and in which order, the two ends agree on.
    let numbers: Vec<u8> = (0..5u8)
        .flat_map(|n| (f32::from(n) / 2.0).to_le_bytes())
        .collect();
    socket.send(MessageRef::Binary(&numbers)).await?;
    println!("{}", reply(&mut socket).await?);

    // One message in frames of 64 KiB, each made when it is sent.
    let mut writer = socket.message_writer(Kind::Binary)?;
    for _ in 0..128 {
        writer
            .write(&1.0_f32.to_le_bytes().repeat(16 << 10))
            .await?;
    }
    writer.finish().await?;
    println!("{}", reply(&mut socket).await?);
    socket.close(None).await?;
    Ok(())
}

async fn reply<T>(socket: &mut hybi::WebSocket<T>) -> anyhow::Result<String>
where
    T: ::futures::AsyncRead + ::futures::AsyncWrite + Unpin,
{
    match socket.receive().await? {
        Some(hybi::Event::Message(MessageRef::Text(text))) => Ok(text.to_owned()),
        other => anyhow::bail!("no answer but {other:?}"),
    }
}

/// Tells of each message how long it is, in how many chunks it came, and the sum of its numbers.
async fn measure(stream: TcpStream) -> Result<(), Error> {
    let mut socket = hybi::tokio::accept(stream, &Options::server()).await?;
    while let Some(mut reader) = socket.message_reader().await? {
        let (mut len, mut sum) = (0, 0.0);
        let mut rest = Vec::new(); // of a number that was cut
        while let Some(chunk) = reader.next().await? {
            len += chunk.len();
            rest.extend_from_slice(chunk);
            let whole = rest.len() / 4 * 4;
            for number in rest.drain(..whole).as_slice().chunks_exact(4) {
                sum += number.try_into().map_or(0.0, f32::from_le_bytes);
            }
        }
        let kind = reader.kind();
        socket
            .send(&format!("{kind:?}, {len} bytes, sum {sum}")[..])
            .await?;
    }
    Ok(())
}
