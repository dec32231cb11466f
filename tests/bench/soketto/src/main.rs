//! soketto on tokio.

use std::error::Error;
use std::io;
use std::net::Ipv4Addr;
use std::pin::pin;
use std::task::Poll;

use clap::Parser;
use futures::io::{BufReader, BufWriter};
use soketto::extension::deflate::Deflate;
use soketto::handshake::Server;
use soketto::handshake::server::Response;
use soketto::{Data, Mode, connection};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::compat::TokioAsyncReadCompatExt;

/// Echoes on a port of 127.0.0.1 that it prints.
#[derive(Clone, Copy, Parser)]
struct Options {
    /// Write the answers to one read in one go, by feed and flush.
    #[arg(long)]
    batch: bool,
    /// Agree to permessage-deflate. Its compressor is made anew for every message, fast.
    #[arg(long)]
    deflate: bool,
}

fn main() -> io::Result<()> {
    let options = Options::parse();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        println!("listening on http://{}/", listener.local_addr()?);
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            tokio::spawn(serve(stream, options));
        }
    })
}

async fn serve(stream: TcpStream, options: Options) -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut opening = Server::new(BufReader::new(BufWriter::new(stream.compat())));
    if options.deflate {
        opening.add_extension(Box::new(Deflate::new(Mode::Server)));
    }
    let key = opening.receive_request().await?.key();
    let accept = Response::Accept {
        key,
        protocol: None,
    };
    opening.send_response(&accept).await?;
    let (mut sender, mut receiver) = opening.into_builder().finish();
    let mut message = Vec::new();
    loop {
        message.clear();
        let data = {
            let mut next = pin!(receiver.receive_data(&mut message));
            match futures::poll!(next.as_mut()) {
                Poll::Ready(data) => data,
                Poll::Pending => {
                    if options.batch {
                        sender.flush().await?;
                    }
                    next.await
                }
            }
        };
        match data {
            Ok(Data::Binary(_)) => sender.send_binary_mut(&mut message).await?,
            Ok(Data::Text(_)) => sender.send_text(std::str::from_utf8(&message)?).await?,
            Err(connection::Error::Closed) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        if !options.batch {
            sender.flush().await?;
        }
    }
}
