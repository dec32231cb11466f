//! Peers as clients of the echo example, on both runtimes.

use crate::examples::{Runtime, echo};
use crate::peer::Peer;

/// Each peer runs so many cases, and all of them succeed.
#[track_caller]
fn check(peer: Peer, cases: usize) {
    for runtime in Runtime::ALL {
        let (_server, address) = echo(runtime);
        let seen = match peer {
            Peer::Chromium => peer.start(&[&format!("http://{address}")]),
            _ => peer.start(&["client", &format!("ws://{address}")]),
        }
        .cases();
        assert_eq!(seen.len(), cases, "{runtime:?}: {seen:?}");
    }
}

#[test]
fn ws() {
    check(Peer::Ws, 39);
}

#[test]
fn websocket_driver() {
    check(Peer::WebsocketDriver, 28);
}

#[test]
fn websockets() {
    check(Peer::Websockets, 40);
}

#[test]
fn chromium() {
    check(Peer::Chromium, 29);
}
