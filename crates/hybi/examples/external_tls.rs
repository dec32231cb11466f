//! A server behind TLS that is somebody else's: here an acceptor of rustls, configured by hand.
//!
//! ```text
//! cargo run --release --example external_tls -- --port 9010 certificate.pem key.pem
//! cargo run --release --example client -- --cacert ca.pem wss://localhost:9010/
//! ```
//!
//! An authority, and a certificate that it has signed for the server. The authority's own, or any other
//! of `req -x509` alone, will not do for a server (`CaUsedAsEndEntity`):
//!
//! ```text
//! openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=authority -keyout ca.key -out ca.pem
//! openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout key.pem -out request.pem
//! echo subjectAltName=DNS:localhost > names
//! openssl x509 -req -in request.pem -extfile names -CA ca.pem -CAkey ca.key \
//!     -CAcreateserial -out certificate.pem
//! ```

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Parser;
use futures_rustls::TlsAcceptor;
use futures_rustls::rustls::ServerConfig;
use futures_rustls::rustls::crypto::ring;
use futures_rustls::rustls::pki_types::pem::PemObject;
use futures_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use hybi::smol::Socket;
use hybi::{Event, Options};
use smol::Async;

/// Echoes every message back, through TLS.
#[derive(Parser)]
struct Arguments {
    /// The certificate chain, as PEM.
    certificate: PathBuf,
    /// Its private key, as PEM.
    key: PathBuf,
    /// Port on 127.0.0.1; 0 lets the system choose.
    #[arg(long, default_value_t = 9010)]
    port: u16,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let chain = CertificateDer::pem_file_iter(&arguments.certificate)?;
    let chain = chain.collect::<Result<Vec<_>, _>>()?;
    let key = PrivateKeyDer::from_pem_file(&arguments.key)?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    // A client that could also speak HTTP/2 is told not to.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));

    let listener = Async::<TcpListener>::bind((Ipv4Addr::LOCALHOST, arguments.port))?;
    println!("listening on https://{}/", listener.get_ref().local_addr()?);
    let executor = smol::LocalExecutor::new();
    smol::block_on(executor.run(async {
        loop {
            let (stream, _) = listener.accept().await?;
            let acceptor = acceptor.clone();
            let connection = executor.spawn(async move {
                if let Err(error) = echo(stream, &acceptor).await {
                    eprintln!("{error}");
                }
            });
            connection.detach();
        }
    }))
}

async fn echo(stream: Async<TcpStream>, acceptor: &TlsAcceptor) -> anyhow::Result<()> {
    stream.get_ref().set_nodelay(true)?;
    // Any byte stream will do. What is done before `accept` has no deadline but one's own.
    let stream = acceptor.accept(Socket::from(stream)).await?;
    let mut options = Options::server();
    options.handshake.secure = Some(true); // pages come by https then, or not at all
    let mut socket = hybi::smol::accept(stream, &options).await?;
    while let Some((event, mut outbox)) = socket.exchange().await? {
        if let Event::Message(message) = event {
            outbox.feed(message).await?;
        }
    }
    Ok(())
}
