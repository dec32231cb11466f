//! A heartbeat: connections that are broken are noticed, though nobody has closed them.
//!
//! Both ends are in this program, which ends by itself:
//!
//! ```text
//! cargo run --release --example heartbeat
//! ```

use std::sync::Arc;
use std::time::Duration;

use ::futures::channel::mpsc;
use ::futures::{SinkExt, StreamExt};
use hybi::{Error, KeepAlive, Options};
use tokio::net::TcpStream;

#[path = "shared/listen.rs"]
mod listen;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let mut options = Options::server();
    // By default 20 seconds each, at both ends. Any byte is a sign of life, and costs no Ping.
    options.connection.keep_alive = Some(KeepAlive {
        interval: Duration::from_millis(200),
        timeout: Duration::from_millis(800),
    });
    let options = Arc::new(options);
    let (ends, mut ended) = mpsc::channel(8);
    let (listener, address) = listen::listen(0).await?;
    tokio::spawn(listen::serve(listener, move |stream| {
        watch(stream, Arc::clone(&options), ends.clone())
    }));

    let client = Options::client().without_proxy();
    let connect =
        async |path| hybi::tokio::connect(&format!("ws://{address}{path}"), &client).await;
    let (mut lively, _) = connect("/lively").await?;
    let (frozen, _) = connect("/frozen").await?;

    // Pings are answered by whoever receives. This one does …
    let lively = tokio::spawn(async move {
        while let Some(message) = lively.next().await {
            println!("the lively one hears {:?}", message?.as_text());
        }
        Ok::<_, Error>(())
    });
    // … and this one does nothing, like a laptop in a tunnel: its connection stays, and is dead.
    for _ in 0..2 {
        if let Some(line) = ended.next().await {
            println!("{line}");
        }
    }
    drop(frozen);
    lively.await??;
    Ok(())
}

async fn watch(
    stream: TcpStream,
    options: Arc<Options>,
    mut ends: mpsc::Sender<String>,
) -> Result<(), Error> {
    let mut path = String::new();
    let accepting = hybi::tokio::accept_with(stream, &options, |offer| {
        offer.path().clone_into(&mut path);
        Ok(hybi::Accept::default())
    });
    let mut socket = accepting.await?;
    let started = tokio::time::Instant::now();
    let error = loop {
        tokio::select! {
            event = socket.next() => match event {
                Some(Ok(_)) => {}
                Some(Err(error)) => break Some(error),
                None => break None,
            },
            // Long after a silent one would have been given up.
            () = tokio::time::sleep_until(started + Duration::from_secs(2)) => {
                socket.send("you are still here").await?;
                socket.close(None).await?;
                break None;
            }
        }
    };
    let how = socket.disconnect(error);
    let line = format!("{path} has ended, {}: {how}", how.status());
    let _ = ends.send(line).await; // nobody wants to know at the end of the program
    Ok(())
}
