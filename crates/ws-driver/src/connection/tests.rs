//! Tests of both ends together: the closing handshake.

use alloc::vec;
use alloc::vec::Vec;

use super::*;
use crate::{CloseCode, Role};

fn ends() -> (Connection, Connection) {
    let client = Connection::client(&Config::client(), Seed([3; 32]));
    (client, Connection::server(&Config::server()))
}

/// Gives `wire` to `connection` and forgets the events.
fn deliver(connection: &mut Connection, wire: &mut Vec<u8>, out: &mut Vec<u8>) {
    let mut input = &mut wire[..];
    while connection.receive(&mut input, out).unwrap().is_some() {}
    wire.clear();
}

const GOING_AWAY: Option<CloseFrame<'_>> = Some(CloseFrame {
    code: CloseCode::GOING_AWAY,
    reason: "",
});

// RFC 6455 §7.1.1, §7.1.2, §7.1.4
#[test]
fn either_end_closes_and_the_server_ends_the_transport() {
    for by in [Role::Client, Role::Server] {
        let (mut client, mut server) = ends();
        let (mut up, mut down) = (vec![], vec![]);
        assert_eq!((client.state(), client.closure()), (State::Open, None));
        match by {
            Role::Client => client.close(GOING_AWAY, &mut up).unwrap(),
            Role::Server => server.close(GOING_AWAY, &mut down).unwrap(),
        }
        let closing = if by == Role::Client { &client } else { &server };
        assert_eq!((closing.state(), closing.closure()), (State::Closing, None));
        assert!(!closing.wants_shutdown());
        deliver(&mut server, &mut up, &mut down);
        deliver(&mut client, &mut down, &mut up);
        deliver(&mut server, &mut up, &mut down);
        assert!(up.is_empty() && down.is_empty(), "each sends one Close");
        for end in [&client, &server] {
            assert_eq!(end.state(), State::Closed);
            let code = Some(CloseCode::GOING_AWAY);
            assert_eq!(end.closure(), Some(Closure::Clean { code, by }));
        }
        assert!(server.wants_shutdown() && !client.wants_shutdown());
        assert_eq!(client.receive_eof(), Ok(()));
        assert!(client.wants_shutdown());
    }
}

// RFC 6455 §7.1.3
#[test]
fn f41_both_ends_close_at_once() {
    let (mut client, mut server) = ends();
    let (mut up, mut down) = (vec![], vec![]);
    client.close(None, &mut up).unwrap();
    server.close(GOING_AWAY, &mut down).unwrap();
    deliver(&mut server, &mut up, &mut down);
    deliver(&mut client, &mut down, &mut up);
    assert!(up.is_empty(), "each sends one Close");
    // Each sees the other's code, and itself as the first.
    let code = Some(CloseCode::GOING_AWAY);
    assert_eq!(
        client.closure(),
        Some(Closure::Clean {
            code,
            by: Role::Client
        })
    );
    assert_eq!(
        server.closure(),
        Some(Closure::Clean {
            code: None,
            by: Role::Server
        })
    );
}

#[test]
fn messages_still_come_until_the_peer_closes() {
    let (mut client, mut server) = ends();
    let (mut up, mut down) = (vec![], vec![]);
    client.close(None, &mut up).unwrap();
    server.send(Message::Text("late"), &mut down).unwrap();
    let mut input = &mut down[..];
    let event = client.receive(&mut input, &mut up).unwrap();
    assert_eq!(event, Some(Event::Message(Message::Text("late"))));
}

// RFC 6455 §7.1.5
#[test]
fn a_transport_that_ends_early_is_a_failure() {
    let (mut client, _) = ends();
    let mut out = vec![];
    client.close(None, &mut out).unwrap();
    assert_eq!(client.receive_eof(), Err(Error::UnexpectedEof));
    assert_eq!(client.receive_eof(), Ok(()), "told once");
    assert_eq!(
        client.closure(),
        Some(Closure::Failed(Error::UnexpectedEof))
    );
    assert!(client.wants_shutdown() && client.state() == State::Closed);
}

#[test]
fn statistics_count_both_ways() {
    let (mut client, mut server) = ends();
    let (mut up, mut down) = (vec![], vec![]);
    client.send(Message::Text("hello"), &mut up).unwrap();
    client.ping(b"123", &mut up).unwrap();
    let sent = client.statistics().sent;
    deliver(&mut server, &mut up, &mut down);
    assert_eq!(server.statistics().received, sent);
    assert_eq!((sent.frames, sent.messages, sent.bytes), (2, 1, 8));
    deliver(&mut client, &mut down, &mut up);
    assert_eq!(client.statistics().received, server.statistics().sent);
}
