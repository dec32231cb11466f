//! Who may have a socket is decided before there is one: HTTP authentication, and 401.
//!
//! Both ends are in this program, which ends by itself:
//!
//! ```text
//! cargo run --release --example authenticate
//! ```

use ::futures::StreamExt;
use hybi::handshake::Misuse;
use hybi::{Accept, Error, Options, Reject, Status};
use tokio::net::TcpStream;

#[path = "shared/listen.rs"]
mod listen;

/// `tea:pot`, as Basic has it (RFC 7617). A real server compares hashes, and without giving away
/// by its speed how much was right.
const CREDENTIALS: &[u8] = b"Basic dGVhOnBvdA==";

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let (listener, address) = listen::listen(0).await?;
    tokio::spawn(listen::serve(listener, admit));

    let options = Options::client().without_proxy();
    for who in ["", "tea:cup@", "tea:pot@"] {
        match hybi::tokio::connect(&format!("ws://{who}{address}/"), &options).await {
            Ok((mut socket, _)) => {
                if let Some(message) = socket.next().await {
                    println!("{who:?}: {}", message?.as_text().unwrap_or_default());
                }
                socket.close(None).await?;
            }
            Err(Error::Rejected(response)) => {
                let realm = response
                    .fields()
                    .first("WWW-Authenticate")
                    .unwrap_or_default();
                println!(
                    "{who:?}: {}, {}",
                    response.status().code(),
                    realm.escape_ascii()
                );
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

async fn admit(stream: TcpStream) -> Result<(), Error> {
    let options = Options::server();
    let accepting = hybi::tokio::accept_with(stream, &options, |offer| {
        // Cookies and tokens in the query are read in the same way: everything is in the offer.
        match offer.field("Authorization") {
            Some(CREDENTIALS) => Ok(Accept::default()),
            _ => Err(unauthorized().expect("it can be written")),
        }
    });
    let mut socket = match accepting.await {
        Ok(socket) => socket,
        Err(Error::Refused) => return Ok(()), // by us
        Err(error) => return Err(error),
    };
    socket.send("welcome").await?;
    while socket.receive().await?.is_some() {}
    Ok(())
}

fn unauthorized() -> Result<Reject, Misuse> {
    Reject::new(Status::UNAUTHORIZED)?
        .with_field("WWW-Authenticate", "Basic realm=\"kitchen\"")?
        .with_body("text/plain", "who are you?")
}
