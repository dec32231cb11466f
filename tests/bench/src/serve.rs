//! Accepting connections on tokio and on smol, in one thread.

use std::error::Error;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;

use clap::Parser;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::wire;

/// What a server with a choice takes.
#[derive(Clone, Copy, Debug, Parser)]
pub struct Options {
    /// Write the answers to one read in one go, by feed and flush.
    #[arg(long)]
    pub batch: bool,
    /// The size of the read buffer, where that can be chosen, in bytes.
    #[arg(long)]
    pub buffer: Option<usize>,
    /// Agree to permessage-deflate, at the level that the peer has chosen.
    #[arg(long)]
    pub deflate: bool,
}

/// Why a connection ended; nobody looks at it.
pub type Failure = Box<dyn Error + Send + Sync>;

/// Binds a port of 127.0.0.1 and says which.
pub fn listen() -> io::Result<TcpListener> {
    let listener = listen_blocking()?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// The same for `io_uring`, which waits only where a call would block.
pub(crate) fn listen_blocking() -> io::Result<TcpListener> {
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
    println!("listening on http://{}/", listener.local_addr()?);
    Ok(listener)
}

/// Says why there is nothing to be measured on this machine.
pub(crate) fn skip(why: &str) {
    println!("skipped: {why}");
}

/// Serves every connection in a task of tokio's.
pub fn on_tokio<F>(serve: impl Fn(tokio::net::TcpStream) -> F) -> io::Result<()>
where
    F: Future<Output = Result<(), Failure>> + Send + 'static,
{
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let listener = listen()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            tokio::spawn(serve(stream));
        }
    })
}

/// Serves every connection in a task of smol's.
pub fn on_smol<F>(
    serve: impl Fn(smol::Async<std::net::TcpStream>) -> F + Send + 'static,
) -> io::Result<()>
where
    F: Future<Output = Result<(), Failure>> + Send + 'static,
{
    let listener = smol::Async::new(listen()?)?;
    let executor = Arc::new(smol::Executor::new());
    // A task of its own, as our example has it: so it is polled when there is somebody to accept,
    // not every time.
    let spawner = Arc::clone(&executor);
    let accepting = executor.spawn(async move {
        loop {
            let (stream, _) = listener.accept().await?;
            stream.get_ref().set_nodelay(true)?;
            spawner.spawn(serve(stream)).detach();
        }
    });
    smol::block_on(executor.run(accepting))
}

/// The opening handshake by hand, for peers that leave it to an HTTP server. It is as cheap as the
/// floor's.
///
/// With `deflate`, what is offered is agreed to as it stands and given back: our load generator
/// offers nothing that a server has to answer with less.
pub async fn handshake(
    stream: &mut tokio::net::TcpStream,
    deflate: bool,
) -> io::Result<Option<String>> {
    let (mut request, mut len, mut response) = ([0; 1024], 0, Vec::new());
    loop {
        let more = stream.read(&mut request[len..]).await?;
        if more == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        len += more;
        let agreed = wire::extensions(&request[..len])
            .filter(|_| deflate)
            .map(str::to_owned);
        if wire::respond_with(&request[..len], agreed.as_deref(), &mut response)?.is_some() {
            stream.write_all(&response).await?;
            return Ok(agreed);
        }
    }
}
