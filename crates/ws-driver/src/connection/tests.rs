//! Tests of both ends together, the closing handshake, and of ways of receiving that are mixed.

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

#[test]
fn nothing_is_sent_after_a_failure() {
    let (_, mut server) = ends();
    let mut out = vec![];
    assert_eq!(server.receive_eof(), Err(Error::UnexpectedEof));
    let refused = Err(Misuse::SendAfterClose);
    assert_eq!(server.send(Message::Text("x"), &mut out), refused);
    assert_eq!(server.ping(b"", &mut out).map(|_| ()), refused);
    assert_eq!(server.start(Kind::Text).map(|_| ()), refused);
    assert_eq!(server.close(None, &mut out), refused);
    assert!(out.is_empty() && server.statistics().sent.frames == 0);
}

// A message that will never be delivered need not be kept.
#[test]
fn storage_is_given_back_after_the_end() {
    let fragment = [&b"\x02\x7e\xff\xff"[..], &vec![0; 0xFFFF]].concat();
    for end in [&b"\x88\x00"[..], b"\x83\x00", b""] {
        let (mut client, _) = ends();
        let mut out = vec![];
        deliver(&mut client, &mut fragment.clone(), &mut out);
        assert!(client.split_mut().0.take_storage().is_none());
        let mut end = end.to_vec();
        let over = match client.receive(&mut &mut end[..], &mut out) {
            Ok(None) => client.receive_eof().is_err(),
            Ok(Some(event)) => matches!(event, Event::Close(None)),
            Err(_) => true,
        };
        assert!(over && client.state() == State::Closed);
        assert!(client.split_mut().0.take_storage().is_some(), "{end:?}");
    }
}

/// A client that has received one chunk: the beginning of a message.
fn amid_chunks(first: &[u8]) -> Connection {
    let (mut client, _) = ends();
    let mut first = first.to_vec();
    let chunk = client.receive_chunk(&mut &mut first[..], &mut vec![]);
    assert!(matches!(chunk, Ok(Some(Event::Message(_)))));
    client
}

#[test]
fn after_receive_no_chunk_of_the_same_message_comes() {
    // Text that is cut inside a code point, and bytes of which some would be missing.
    for (first, middle, last) in [
        (
            &b"\x01\x02x\xc3"[..],
            &b"\x00\x02\xa9y\x89\x00"[..],
            &b"\x80\x01z"[..],
        ),
        (b"\x02\x03one", b"\x00\x04LOST\x89\x00", b"\x80\x05three"),
    ] {
        let mut client = amid_chunks(first);
        let (mut middle, mut last, mut out) = (middle.to_vec(), last.to_vec(), vec![]);
        let event = client.receive(&mut &mut middle[..], &mut out);
        assert_eq!(event, Ok(Some(Event::Ping(b""))));
        let chunk = client.receive_chunk(&mut &mut last[..], &mut out);
        assert_eq!(chunk, Ok(None));
        let mut next = *b"\x82\x04next";
        let event = client.receive(&mut &mut next[..], &mut out);
        assert_eq!(event, Ok(Some(Event::Message(Message::Binary(b"next")))));
    }
}

// What was found by the first step of `receive_chunk` and not lent is not lost.
#[test]
fn message_of_which_no_chunk_was_lent_is_received_whole() {
    let (mut client, _) = ends();
    let mut out = vec![];
    deliver(&mut client, &mut b"\x02\x03one".to_vec(), &mut out);
    let (reader, writer) = client.split_mut();
    let mut last = *b"\x80\x03two";
    let mut input = &mut last[..];
    assert_eq!(reader.advance_chunk(&mut input, writer, &mut out), Ok(true));
    let event = reader.receive(&mut input, writer, &mut out);
    assert_eq!(event, Ok(Some(Event::Message(Message::Binary(b"onetwo")))));
    assert!(reader.take_storage().is_some());
}

/// Whether a message in fragments of `sizes` is taken, in chunks or whole.
fn is_taken(sizes: &[u8], streamed: bool) -> bool {
    let mut config = Config::client();
    config.max_message_size = 100;
    config.max_streamed_size = 120;
    config.max_fragments = 3;
    let mut client = Connection::client(&config, Seed([3; 32]));
    let mut wire = vec![];
    for (number, &size) in sizes.iter().enumerate() {
        let opcode = if number == 0 { 2 } else { 0 };
        let fin = if number + 1 == sizes.len() { 0x80 } else { 0 };
        wire.extend([fin | opcode, size]);
        wire.resize(wire.len() + usize::from(size), 0);
    }
    wire.chunks_mut(7).all(|mut piece| {
        loop {
            let received = if streamed {
                let event = client.receive_chunk(&mut piece, &mut vec![]);
                event.map(|event| event.is_some())
            } else {
                let event = client.receive(&mut piece, &mut vec![]);
                event.map(|event| event.is_some())
            };
            match received {
                Ok(true) => {}
                Ok(false) => return true,
                Err(_) => return false,
            }
        }
    })
}

#[test]
fn each_way_of_receiving_has_limits_of_its_own() {
    for (sizes, whole, streamed) in [
        (&[100][..], true, true),
        (&[101], false, true),
        (&[60, 40], true, true),
        (&[60, 41], false, true),
        (&[120], false, true),
        (&[121], false, false),
        (&[119, 2], false, false),
        (&[0, 0, 100], true, true),
        // One fragment too many to be joined.
        (&[0, 0, 0, 1], false, true),
    ] {
        let taken = [is_taken(sizes, false), is_taken(sizes, true)];
        assert_eq!(taken, [whole, streamed], "{sizes:?}");
    }
}
