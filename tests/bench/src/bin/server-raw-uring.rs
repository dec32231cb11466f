//! A TCP echo without a protocol, on `io_uring`: what the completions cost.

use std::io;

use hybi_bench::uring;

fn main() -> io::Result<()> {
    uring::run(|mut stream| async move {
        while let Some(input) = uring::read(&mut stream).await? {
            uring::write(&mut stream, input).await?;
        }
        Ok(())
    })
}
