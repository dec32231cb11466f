//! Node's `ws` and Python's `websockets` over TLS: as servers of our client, which is the library
//! and the example, and as clients of the echo example.

use serde_json::json;

use super::{arrives, direct, trusting};
use crate::certificates::Authority;
use crate::examples::{Runtime, echo_tls, example};
use crate::peer::Peer;
use crate::process::Process;

/// Both, with how many cases they have for a server and for a client.
const PEERS: [(Peer, usize, usize); 2] = [(Peer::Ws, 39, 35), (Peer::Websockets, 40, 35)];

/// All of them, 16 MiB in a message and fragments among them.
#[test]
fn clients_of_the_echo_example() {
    let authority = Authority::new("authority");
    let identity = authority.server();
    for (peer, cases, _) in PEERS {
        for runtime in Runtime::ALL {
            let (_server, address) = echo_tls(runtime, &identity, None);
            let url = format!("wss://localhost:{}/", address.port());
            let seen = peer.start_trusting(&authority.path(), &["client", &url]);
            assert_eq!(seen.cases().len(), cases, "{peer:?}, {runtime:?}");
        }
    }
}

#[test]
fn clients_with_and_without_a_certificate() {
    let [authority, clients] = ["authority", "clients"].map(Authority::new);
    let identity = authority.server();
    let alice = clients.client("alice");
    for (peer, ..) in PEERS {
        for runtime in Runtime::ALL {
            let (_server, address) = echo_tls(runtime, &identity, Some(&clients));
            let url = format!("wss://localhost:{}/", address.port());
            let start = |client| peer.start_as(client, &authority.path(), &["echo-client", &url]);
            // It stays until it is closed; that it has connected is enough.
            assert_eq!(
                start(Some(&alice)).next(),
                json!({ "open": "echo" }),
                "{peer:?}"
            );
            let refused = start(None).next();
            assert!(!refused["error"].is_null(), "{peer:?}: {refused}");
        }
    }
}

#[test]
fn servers_of_the_library() {
    let authority = Authority::new("authority");
    let identity = authority.server();
    for (peer, ..) in PEERS {
        let server = peer.start_over_tls(&identity, &["echo-server"]);
        let url = format!("wss://localhost:{}/", server.port());
        arrives(&url, &trusting(direct(), &authority));
        for _ in Runtime::ALL {
            assert_eq!(server.next(), json!({ "open": "echo" }));
            assert_eq!(
                server.next(),
                json!({ "closed": 1000, "reason": "a reason: ✓" })
            );
        }
    }
}

#[test]
fn servers_of_the_client_example() {
    let authority = Authority::new("authority");
    let identity = authority.server();
    for (peer, _, cases) in PEERS {
        for (path, cases, closed) in [
            ("exchange", cases, "closed 1000 done"),
            (
                "close/4321/a%20reason%3A%20%E2%9C%93",
                1,
                "closed 4321 a reason: ✓",
            ),
            ("close", 1, "closed 1005"),
        ] {
            for runtime in Runtime::ALL {
                let server = peer.start_over_tls(&identity, &["server"]);
                let url = format!("wss://localhost:{}/{path}", server.port());
                let mut client = example("client", runtime);
                client.args(["--direct", "--echo", "--subprotocol", "echo", "--cacert"]);
                client.arg(authority.path()).arg(&url);
                let (status, lines) = Process::start(&mut client).finish();
                assert_eq!(server.cases().len(), cases, "{peer:?}, {runtime:?}, {path}");
                assert!(status.success(), "{peer:?}, {runtime:?}, {path}: {status}");
                let lines: Vec<&str> = lines.iter().map(|line| line.trim_end()).collect();
                assert_eq!(lines, ["open echo", closed], "{peer:?}, {runtime:?}");
            }
        }
    }
}
