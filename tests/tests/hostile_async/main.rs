//! Hostile cases of the async facade, numbered A in the catalogue, one test each; and those of
//! the groups F and U that are about I/O.
//!
//! Missing here: A26 and A27 are about servers as a whole, A28 is what the interop tests do, and
//! A30 has nothing to show, since no credentials are kept.

mod cancel;
mod closing;
mod faults;
mod flow;
mod tasks;

use hybi_testkit::pair::Seen;
use hybi_testkit::pipe::{Behaviour, Pipe, pipe};
use hybi_testkit::wire::Frame;
use hybi_tests::world::timer;
use ws_futures::{Error, Options, WebSocket};

/// The key that leaves payloads readable.
const M0: [u8; 4] = [0; 4];

/// A server's settings, on virtual time.
fn server_options() -> Options {
    let mut options = Options::server();
    options.timer = Some(timer);
    options
}

/// A client's settings, on virtual time.
fn client_options() -> Options {
    let mut options = Options::client();
    options.timer = Some(timer);
    options
}

/// An open server and the raw other end of its transport.
fn server_and_raw(ours: Behaviour, theirs: Behaviour) -> (WebSocket<Pipe>, Pipe) {
    let (near, far) = pipe(ours, theirs);
    (WebSocket::server(near, &server_options()), far)
}

/// An open client and the raw other end of its transport.
fn client_and_raw(ours: Behaviour, theirs: Behaviour) -> (WebSocket<Pipe>, Pipe) {
    let (near, far) = pipe(ours, theirs);
    (
        WebSocket::client(near, &client_options()).expect("there is randomness"),
        far,
    )
}

/// A client and a server, after an opening handshake that was done elsewhere.
fn both(client: Behaviour, server: Behaviour) -> (WebSocket<Pipe>, WebSocket<Pipe>) {
    let (near, far) = pipe(client, server);
    let client = WebSocket::client(near, &client_options()).expect("there is randomness");
    (client, WebSocket::server(far, &server_options()))
}

/// A frame from a client, readable.
fn masked(frame: Frame) -> Vec<u8> {
    frame.masked(M0).bytes()
}

/// Everything until the end, an error last.
async fn receive_all(socket: &mut WebSocket<Pipe>) -> (Vec<Seen>, Result<(), Error>) {
    let mut seen = Vec::new();
    loop {
        match socket.receive().await {
            Ok(Some(event)) => seen.push(event.into()),
            Ok(None) => return (seen, Ok(())),
            Err(error) => return (seen, Err(error)),
        }
    }
}
