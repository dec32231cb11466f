//! A listener on the loopback interface, and a task for each who connects.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use hybi::Error;
use tokio::net::{TcpListener, TcpStream};

/// Listens on this port of 127.0.0.1; 0 lets the system choose.
pub(crate) async fn listen(port: u16) -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Runs `answer` for each who connects, on a task of its own.
pub(crate) async fn serve<F, Fut>(listener: TcpListener, answer: F)
where
    F: Fn(TcpStream) -> Fut,
    Fut: Future<Output = Result<(), Error>> + Send + 'static,
{
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors, perhaps: some will be free again.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        // Small messages must not wait for the peer's acknowledgement of those before.
        if stream.set_nodelay(true).is_err() {
            continue; // the client has gone again
        }
        let connection = answer(stream);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                eprintln!("{error}");
            }
        });
    }
}
