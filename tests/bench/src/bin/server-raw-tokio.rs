//! A TCP echo without a protocol, on tokio: what the runtime costs.

use std::io;

use hybi_bench::serve;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

fn main() -> io::Result<()> {
    serve::on_tokio(|mut stream| async move {
        let mut buffer = vec![0; 64 << 10];
        loop {
            let len = stream.read(&mut buffer).await?;
            if len == 0 {
                return Ok(());
            }
            stream.write_all(&buffer[..len]).await?;
        }
    })
}
