//! The versions before RFC 6455, against those who spoke them: npm's servers as they are today, an
//! Autobahn of their time, and HAProxy in between.

use hybi::handshake::{Version, Versions};
use hybi::{Closure, Error, Event, Options, Request};
use serde_json::json;

use crate::daemons::haproxy::Haproxy;
use crate::examples::{Runtime, echo_with};
use crate::peer::{Peer, Running};

/// Around each length that some frame counts, and more than one read.
const SIZES: [usize; 10] = [0, 1, 125, 126, 127, 128, 16_384, 65_535, 65_536, 1 << 20];

/// Our client on a server that echoes: texts of these sizes, many at once, a clean close.
async fn exchange(version: Version, port: u64, sizes: &[usize]) -> Result<(), Error> {
    let request = Request::from_url(&format!("ws://127.0.0.1:{port}/"))?.with_version(version)?;
    let (mut socket, _) =
        hybi::smol::connect_to(&request, &Options::client().without_proxy()).await?;
    assert_eq!(socket.version(), version);
    for &size in sizes {
        // No character takes four bytes: the oldest peers know of none.
        let text = "aé✓".repeat(size / 6) + &"b".repeat(size % 6);
        socket.send(&text).await?;
        let echo = socket.receive().await?;
        assert_eq!(
            echo,
            Some(Event::Message((&*text).into())),
            "{version}, {size}"
        );
    }
    for at in 0..200 {
        socket.feed(&format!("message {at}")).await?;
    }
    for at in 0..200 {
        let echo = socket.receive().await?;
        let text = format!("message {at}");
        assert_eq!(echo, Some(Event::Message((&text).into())), "{version}");
    }
    let closure = socket.close(None).await?;
    assert!(
        matches!(closure, Closure::Clean { .. }),
        "{version}: {closure:?}"
    );
    Ok(())
}

/// Our client, speaking each of these versions to such a server.
fn check_client(peer: Peer, versions: &[Version], sizes: &[usize]) {
    for &version in versions {
        let server: Running = peer.start(&["echo-server"]);
        let port = server.port();
        smol::block_on(exchange(version, port, sizes))
            .unwrap_or_else(|error| panic!("{version}: {error}"));
        assert_eq!(server.next()["open"], json!(""), "{version}");
        if version != Version::Hixie75 {
            // What a version has no code for is told as null, or as true.
            let closed = server.next();
            assert!(closed.get("closed").is_some(), "{version}: {closed}");
        }
    }
}

/// What faye's drivers tell apart by the request alone.
const FAYE: [Version; 5] = [
    Version::Hixie75,
    Version::Hixie76,
    Version::Hybi7,
    Version::Hybi8,
    Version::Rfc6455,
];

#[test]
fn our_client_on_websocket_driver() {
    check_client(Peer::OldWebsocketDriver, &FAYE, &SIZES);
}

#[test]
fn our_client_on_faye_websocket() {
    check_client(Peer::OldFayeWebsocket, &FAYE, &SIZES);
}

#[test]
fn our_hixie_76_client_on_autobahn() {
    // Where the end of a message is the first byte that it reads, this Autobahn does not find it.
    check_client(Peer::AutobahnHixie, &[Version::Hixie76], &SIZES[1..7]);
}

#[test]
fn autobahn_speaks_hixie_76_to_the_echo_example() {
    for runtime in Runtime::ALL {
        let (_server, address) = echo_with(runtime, &["--all-versions"]);
        let client = Peer::AutobahnHixie.start(&["client", &format!("ws://{address}")]);
        assert_eq!(client.cases().len(), 9, "{runtime:?}");
    }
}

#[test]
fn every_version_of_ours_goes_through_the_echo_example() {
    for runtime in Runtime::ALL {
        let (_server, address) = echo_with(runtime, &["--all-versions"]);
        let port = port_of(&address);
        for version in Versions::ALL.iter() {
            smol::block_on(exchange(version, port, &SIZES))
                .unwrap_or_else(|error| panic!("{version}, {runtime:?}: {error}"));
        }
    }
}

// The proxy forwards the last eight bytes of a hixie-76 request only once it has seen the head of
// the response.
#[test]
fn x08_hixie_76_goes_through_haproxy() {
    let (_server, address) = echo_with(Runtime::Smol, &["--all-versions"]);
    let server = address.trim_end_matches('/').parse().expect("an address");
    let proxy = Haproxy::http(server).start();
    let port = u64::from(proxy.address().port());
    for version in [Version::Hixie76, Version::Hixie75, Version::Rfc6455] {
        smol::block_on(exchange(version, port, &SIZES))
            .unwrap_or_else(|error| panic!("{version}: {error}"));
    }
    let client = Peer::AutobahnHixie.start(&["client", &format!("ws://127.0.0.1:{port}/")]);
    assert_eq!(client.cases().len(), 9);
}

fn port_of(address: &str) -> u64 {
    let port = address.trim_end_matches('/').rsplit(':').next();
    port.and_then(|port| port.parse().ok()).expect("a port")
}
