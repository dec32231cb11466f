//! soketto on tokio.

use std::io;
use std::pin::pin;
use std::task::Poll;

use clap::Parser;
use futures::io::{BufReader, BufWriter};
use hybi_bench::serve::{self, Options};
use soketto::handshake::Server;
use soketto::handshake::server::Response;
use soketto::{Data, connection};
use tokio_util::compat::TokioAsyncReadCompatExt;

fn main() -> io::Result<()> {
    let options = Options::parse();
    serve::on_tokio(move |stream| async move {
        let mut opening = Server::new(BufReader::new(BufWriter::new(stream.compat())));
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
    })
}
