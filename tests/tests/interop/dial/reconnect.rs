//! The client example with `--reconnect`, whose servers come and go.

use core::net::SocketAddr;

use super::program::Client;
use super::server;
use crate::certificates::Authority;
use crate::daemons::{Daemon, free_port, nginx, within_limit};
use crate::examples::{Runtime, echo_at};
use crate::peer::Peer;

/// A client that connects again.
fn client(runtime: Runtime, url: &str, more: &[&str]) -> Client {
    let arguments = [&["--direct", "--reconnect", url], more].concat();
    Client::start(runtime, &arguments, &[])
}

/// Has one line echoed on a connection that is new.
#[track_caller]
fn is_open(client: &mut Client, line: &str) {
    assert_eq!(client.line(), "open (no subprotocol)");
    client.say(line);
    assert_eq!(client.line(), line);
}

#[test]
fn a_server_is_killed_and_started_again() {
    for runtime in Runtime::ALL {
        let port = free_port();
        let mut running = echo_at(port, runtime);
        let mut client = client(runtime, &format!("ws://127.0.0.1:{port}/"), &[]);
        for line in ["one", "two", "three"] {
            is_open(&mut client, line);
            drop(running);
            assert_eq!(client.line(), "closed 1006 ");
            running = echo_at(port, runtime);
        }
        assert_eq!(client.line(), "open (no subprotocol)");
        let outcome = client.finish();
        // Nothing was sent a second time.
        assert_eq!(outcome.lines, ["closed 1005 "], "{outcome}");
        assert!(outcome.status.success(), "{outcome}");
        assert_eq!(
            outcome.errors.matches("will try again").count(),
            3,
            "{outcome}"
        );
    }
}

#[test]
fn a_server_that_is_not_there_yet() {
    for runtime in Runtime::ALL {
        let port = free_port();
        let mut client = client(runtime, &format!("ws://127.0.0.1:{port}/"), &[]);
        let refused = client.says("connecting (127.0.0.1:");
        assert!(refused.contains("will try again"), "{refused}");
        let _running = echo_at(port, runtime);
        is_open(&mut client, "hello");
        assert!(client.finish().status.success());
    }
}

// What they do about it is theirs: a Close with 1001 or 1012, or none.
#[test]
fn servers_are_asked_to_end() {
    let authority = Authority::new("authority");
    let identity = authority.server();
    let (_server, address) = server();
    let roots = authority.path();
    let roots = roots.to_str().expect("UTF-8");
    for runtime in Runtime::ALL {
        for peer in [Peer::Ws, Peer::Websockets] {
            let running = peer.start(&["echo-server"]);
            let url = format!("ws://127.0.0.1:{}/", running.port());
            let mut client = client(runtime, &url, &[]);
            is_open(&mut client, "hello");
            running.terminate();
            let closed = client.line();
            assert!(closed.starts_with("closed 10"), "{peer:?}: {closed}");
            client.says("will try again");
        }
        let port = free_port();
        let start = || {
            let everything = nginx::location("/", address);
            nginx::start_with(port, Some(&identity), None, &everything)
        };
        let mut running = start();
        let url = format!("wss://localhost:{port}/");
        let mut client = client(runtime, &url, &["--cacert", roots]);
        is_open(&mut client, "before");
        running.terminate();
        assert_eq!(client.line(), "closed 1006 ");
        drop(running);
        running = start();
        is_open(&mut client, "after");
        assert!(client.finish().status.success());
        drop(running);
    }
}

/// Answers of an HTTP server to whoever wants a WebSocket.
fn answering(status: u16) -> (Daemon, SocketAddr) {
    let locations = format!("location / {{ return {status}; }}\n");
    let daemon = nginx::start_with(free_port(), None, None, &locations);
    let address = daemon.address();
    (daemon, address)
}

#[test]
fn some_answers_are_fatal() {
    for runtime in Runtime::ALL {
        for status in [401, 403, 404] {
            let (daemon, address) = answering(status);
            let outcome = client(runtime, &format!("ws://{address}/"), &[]).finish();
            assert!(
                outcome.failed_with(&format!("status {status}")),
                "{outcome}"
            );
            assert!(!outcome.errors.contains("will try again"), "{outcome}");
            // A request is logged after it has been answered.
            daemon.logged(&format!("{status} "));
            assert_eq!(daemon.log().lines().count(), 1, "{}", daemon.log());
        }
        for status in [429, 503] {
            let (daemon, address) = answering(status);
            let client = client(runtime, &format!("ws://{address}/"), &[]);
            let line = client.says("will try again");
            assert!(line.contains(&format!("status {status}")), "{line}");
            let again = within_limit(|| (daemon.log().lines().count() > 1).then_some(()));
            assert!(again.is_some(), "{}", daemon.log());
        }
    }
}

#[test]
fn a_peer_that_is_done_is_not_asked_again() {
    for runtime in Runtime::ALL {
        for (path, line) in [
            ("close/1000/done", "closed 1000 done"),
            ("close/3003/no", "closed 3003 no"),
        ] {
            for peer in [Peer::Ws, Peer::Websockets] {
                let running = peer.start(&["echo-server"]);
                let url = format!("ws://127.0.0.1:{}/{path}", running.port());
                let client = client(runtime, &url, &[]);
                assert_eq!(client.line(), "open (no subprotocol)");
                assert_eq!(client.line(), line);
                let outcome = client.finish();
                assert!(outcome.status.success(), "{peer:?}: {outcome}");
                assert!(!outcome.errors.contains("again"), "{peer:?}: {outcome}");
            }
        }
        let running = Peer::Ws.start(&["echo-server"]);
        let url = format!("ws://127.0.0.1:{}/close/4321/later", running.port());
        let client = client(runtime, &url, &[]);
        for _ in 0..2 {
            assert_eq!(client.line(), "open (no subprotocol)");
            assert_eq!(client.line(), "closed 4321 later");
        }
    }
}
