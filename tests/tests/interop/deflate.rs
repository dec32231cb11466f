//! permessage-deflate with implementations that we did not write, in both roles.
//!
//! That it was agreed on is read off the wire, and that it was used too: what goes over it is much
//! less than what was sent.

mod browser;
mod examples;
mod library;

use core::net::{Ipv4Addr, SocketAddr};
use std::process::Command;

use serde_json::Value;

use crate::examples::{Runtime, echo_with, example};
use crate::peer::Peer;
use crate::process::Process;
use crate::tap::Tap;

/// What does not shrink of what a peer sends.
const NOISE: u64 = 1 + 126 + 1000 + (1 << 16) + (1 << 20);

/// What a peer sends in all, at least: messages of all sizes, and fragments if it can.
fn plain(peer: Peer) -> u64 {
    let fragments = matches!(peer, Peer::Ws | Peer::Websockets);
    let sizes = 2 * (126 + 127 + 65_535 + 65_536 + (1 << 20));
    let fragments = u64::from(fragments) * 2 * 4 * 65_536;
    NOISE + sizes + fragments
}

/// A peer's options in the words of its library, flags of our example, and what the server, which
/// ever it is, answers.
type Case = (Value, &'static [&'static str], &'static str);

/// Asserts that the first connection agreed on `answer`, and that both ends compressed.
#[track_caller]
fn check_wire(tap: &Tap, peer: Peer, answer: &str, told: &str) {
    let offered = tap.offered();
    let granted = tap.granted();
    let first = granted.first().and_then(Option::as_deref);
    assert_eq!(first, Some(answer), "{told}: {offered:?}");
    for bytes in tap.bytes() {
        assert!(bytes > NOISE, "{told}: {bytes} are too few");
        // Some have windows of 256 bytes, without takeover.
        let plain = plain(peer);
        assert!(bytes < plain * 7 / 8, "{told}: {bytes} of {plain}");
    }
}

/// The peer as a client of the echo example.
#[track_caller]
fn check_echo(peer: Peer, count: usize, cases: &[Case]) {
    for (at, (options, flags, answer)) in cases.iter().enumerate() {
        let runtime = Runtime::ALL[at % 2];
        let flags = [&["--deflate"], *flags].concat();
        let (_server, address) = echo_with(runtime, &flags);
        let tap = Tap::before(parse(&address));
        let url = format!("ws://{}/", tap.address());
        let seen = peer.start_with(&["client", &url], Some(options)).cases();
        let told = format!("{options} on {flags:?}, {runtime:?}");
        assert_eq!(seen.len(), count, "{told}: {seen:?}");
        check_wire(&tap, peer, answer, &told);
    }
}

/// The peer as the server of the client example.
#[track_caller]
fn check_client(peer: Peer, count: usize, cases: &[Case]) {
    for (at, (options, flags, answer)) in cases.iter().enumerate() {
        let runtime = Runtime::ALL[at % 2];
        let server = peer.start_with(&["server"], Some(options));
        let tap = Tap::before(local(server.port()));
        let url = format!("ws://{}/exchange", tap.address());
        let mut client: Command = example("client", runtime);
        client
            .args(["--echo", "--subprotocol", "echo", "--deflate"])
            .args(*flags)
            .arg(&url);
        let (status, lines) = Process::start(&mut client).finish();
        let seen = server.cases();
        let told = format!("{flags:?} on {options}, {runtime:?}");
        assert_eq!(seen.len(), count, "{told}: {seen:?}");
        assert!(status.success(), "{told}: {status}, {lines:?}");
        let last = lines.last().map(|line| line.trim_end());
        assert_eq!(last, Some("closed 1000 done"), "{told}");
        check_wire(&tap, peer, answer, &told);
    }
}

fn parse(address: &str) -> SocketAddr {
    let address = address.trim_end_matches('/');
    address.parse().expect("an address with a port")
}

fn local(port: u64) -> SocketAddr {
    let port = u16::try_from(port).expect("a port");
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}
