//! Peers as servers of the client example, on both runtimes.

use crate::examples::{Runtime, example};
use crate::peer::Peer;
use crate::process::Process;

/// The peer tests our client on a path of its server; the client tells how it was closed.
#[track_caller]
fn check(peer: Peer, path: &str, cases: usize, closed: &str) {
    for runtime in Runtime::ALL {
        let server = peer.start(&["server"]);
        let url = format!("ws://127.0.0.1:{}{path}", server.port());
        let mut client = example("client", runtime);
        client.args([
            "--echo",
            "--subprotocol",
            "unknown",
            "--subprotocol",
            "echo",
            &url,
        ]);
        let (status, lines) = Process::start(&mut client).finish();
        let seen = server.cases();
        assert_eq!(seen.len(), cases, "{runtime:?}: {seen:?}");
        assert!(status.success(), "{runtime:?}: {status}");
        assert_eq!(
            lines.first().map(String::as_str),
            Some("open echo"),
            "{runtime:?}"
        );
        assert_eq!(
            lines.last().map(|line| line.trim_end()),
            Some(closed),
            "{runtime:?}"
        );
    }
}

const PEERS: [(Peer, usize); 3] = [
    (Peer::Ws, 35),
    (Peer::WebsocketDriver, 25),
    (Peer::Websockets, 35),
];

#[test]
fn echoes_whatever_comes() {
    for (peer, cases) in PEERS {
        check(peer, "/exchange", cases, "closed 1000 done");
    }
}

// RFC 6455 §7.1.5 and §7.1.6: the code and the reason reach the application.
#[test]
fn is_closed_with_a_code_and_a_reason() {
    for (peer, _) in PEERS {
        check(
            peer,
            "/close/4321/a%20reason%3A%20%E2%9C%93",
            1,
            "closed 4321 a reason: ✓",
        );
    }
}

#[test]
fn is_closed_without_a_code() {
    // websocket-driver cannot do that.
    for peer in [Peer::Ws, Peer::Websockets] {
        check(peer, "/close", 1, "closed 1005");
    }
}
