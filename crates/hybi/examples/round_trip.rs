//! How long a message takes there and back, by Pings.
//!
//! ```text
//! cargo run --release --example round_trip -- ws://127.0.0.1:9001/
//! ```

use std::time::Duration;

use clap::Parser;
use hybi::{Event, Options};

/// Sends Pings and prints when their Pongs come.
#[derive(Parser)]
struct Arguments {
    /// Where to connect to.
    url: String,
    /// How many.
    #[arg(long, default_value_t = 5)]
    count: u32,
    /// Milliseconds between them.
    #[arg(long, default_value_t = 200)]
    interval: u64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let (mut socket, _) = hybi::tokio::connect(&arguments.url, &Options::client()).await?;
    for number in 1..=arguments.count {
        let asked = socket.ping(&number.to_be_bytes()).await?;
        loop {
            match socket.receive().await? {
                // A Pong that answers a later one answers this one, too (RFC 6455 §5.5.3).
                Some(Event::Pong {
                    answers: Some(answered),
                    ..
                }) if answered >= asked => break,
                Some(_) => {}
                None => anyhow::bail!("the server has closed"),
            }
        }
        // Measured from the write to the read, whatever this program did in between.
        if let Some(time) = socket.statistics().round_trip {
            println!("{number}: {time:?}");
        }
        tokio::time::sleep(Duration::from_millis(arguments.interval)).await;
    }
    socket.close(None).await?;
    Ok(())
}
