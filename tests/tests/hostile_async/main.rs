//! Hostile cases of the async facade, numbered A in the catalogue, and those of the groups F, U,
//! HS and HC that are about I/O and time; tests without a number guard against what once went wrong.
//!
//! Missing here: A27 is F51, and A26 and A28 need sockets, so `loopback` has them.

mod cancel;
mod closing;
mod ends;
mod faults;
mod flow;
mod handshakes;
mod opening;
mod pieces;
mod sweep;
mod tasks;
mod time;
mod wakes;

use core::time::Duration;

use futures::FutureExt;
use futures::io::{AsyncReadExt, AsyncWriteExt};
use hybi_testkit::pair::Seen;
use hybi_testkit::pipe::{Behaviour, Pipe, pipe};
use hybi_testkit::wire::Frame;
use hybi_tests::world::timer;
use hybi_tests::{Task, World};
use ws_futures::{Error, Options, WebSocket};

/// The key that leaves payloads readable.
const M0: [u8; 4] = [0; 4];
const SECOND: Duration = Duration::from_secs(1);

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

/// Writes what there is room for at once.
fn put(raw: &mut Pipe, bytes: &[u8]) {
    let written = raw.write_all(bytes).now_or_never();
    assert!(matches!(written, Some(Ok(()))), "{written:?}");
}

/// Reads what has been written so far.
fn taken(raw: &mut Pipe) -> Vec<u8> {
    let mut all = Vec::new();
    let mut buffer = vec![0; 64 << 10];
    while let Some(Ok(len @ 1..)) = raw.read(&mut buffer).now_or_never() {
        all.extend_from_slice(&buffer[..len]);
    }
    all
}

/// How long it takes in virtual time until `task` is done, to the tenth of a second.
fn lasts<T>(world: &mut World, task: &Task<T>, most: Duration) -> Duration {
    let mut passed = Duration::ZERO;
    world.settle();
    while !task.is_done() {
        assert!(passed <= most, "not done after {passed:?}");
        world.advance(SECOND / 10);
        passed += SECOND / 10;
    }
    passed
}
