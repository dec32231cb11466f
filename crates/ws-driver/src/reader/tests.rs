//! Tests of the inbound half: tables of bytes and events, each at every split point.

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use ws_frame::{CloseError, FrameError};

use crate::{Config, Connection, Error, Event, Message, Misuse, Role};

/// The least of an event that tells it from others.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Seen {
    Text(String),
    Binary(Vec<u8>),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close(Option<(u16, String)>),
    Failed(Error),
}

use Seen::{Binary, Close, Failed, Ping, Pong, Text};

fn seen(event: Event<'_>) -> Seen {
    match event {
        Event::Message(Message::Text(text)) => Text(text.into()),
        Event::Message(Message::Binary(bytes)) => Binary(bytes.into()),
        Event::Ping(payload) => Ping(payload.into()),
        Event::Pong { payload, .. } => Pong(payload.into()),
        Event::Close(frame) => Close(frame.map(|f| (f.code.get(), f.reason.to_string()))),
    }
}

fn small() -> Config {
    let mut config = Config::client();
    config.max_message_size = 10;
    config.max_fragments = 3;
    config
}

/// A client, since what a server sends is readable: no masks.
fn client(config: &Config) -> Connection {
    Connection::new(config, Role::Client, None)
}

fn run(connection: &mut Connection, pieces: &[&[u8]], out: &mut Vec<u8>) -> Vec<Seen> {
    let mut all = Vec::new();
    for piece in pieces {
        let mut piece = piece.to_vec();
        let mut input = &mut piece[..];
        loop {
            match connection.receive(&mut input, out) {
                Ok(Some(event)) => all.push(seen(event)),
                Ok(None) => break,
                Err(error) => {
                    all.push(Failed(error));
                    break;
                }
            }
        }
        assert!(input.is_empty(), "every input is consumed whole");
    }
    all
}

/// Whole, cut in two at every place, and byte by byte.
#[track_caller]
fn check(wire: &[u8], events: &[Seen], replies: &[u8]) {
    let bytes: Vec<&[u8]> = wire.chunks(1).collect();
    let mut ways = vec![vec![wire], bytes];
    ways.extend((0..=wire.len()).map(|cut| vec![&wire[..cut], &wire[cut..]]));
    for pieces in ways {
        let mut out = Vec::new();
        let got = run(&mut client(&small()), &pieces, &mut out);
        assert_eq!(got, events, "{pieces:x?}");
        assert_eq!(out, replies, "{pieces:x?}");
    }
}

// RFC 6455 §5.4, §5.6
#[test]
fn messages() {
    check(b"\x81\x05Hello", &[Text("Hello".into())], b"");
    check(b"\x82\x00", &[Binary(vec![])], b"");
    check(b"\x01\x03Hel\x80\x02lo", &[Text("Hello".into())], b"");
    check(b"\x02\x00\x00\x00\x80\x01x", &[Binary(b"x".to_vec())], b"");
    check(
        b"\x01\x01\xc3\x80\x01\xa9\x81\x02\xc3\xa9",
        &[Text("é".into()), Text("é".into())],
        b"",
    );
    // Exactly the limit, in one frame and in three.
    check(
        b"\x82\x0a0123456789",
        &[Binary(b"0123456789".to_vec())],
        b"",
    );
    check(
        b"\x02\x040123\x00\x0245\x80\x046789",
        &[Binary(b"0123456789".to_vec())],
        b"",
    );
}

// RFC 6455 §5.5.2, §5.5.3
#[test]
fn control_frames_come_between_fragments_and_are_answered_at_once() {
    check(
        b"\x89\x02hi\x8a\x01x",
        &[Ping(b"hi".to_vec()), Pong(b"x".to_vec())],
        b"\x8a\x02hi",
    );
    check(
        b"\x01\x01a\x89\x00\x8a\x00\x80\x01b",
        &[Ping(vec![]), Pong(vec![]), Text("ab".into())],
        b"\x8a\x00",
    );
}

// RFC 6455 §5.5.1, §7.1.5
#[test]
fn the_peers_close_is_answered_alike_and_ends_all() {
    for (close, what) in [
        (&b"\x88\x00"[..], None),
        (b"\x88\x02\x03\xe8", Some((1000, String::new()))),
        (b"\x88\x05\x0f\xa0bye", Some((4000, "bye".into()))),
    ] {
        let mut wire = b"\x81\x01a\x01\x01b".to_vec();
        wire.extend_from_slice(close);
        wire.extend_from_slice(b"\x81\x01c\x89\x00\x88\x00");
        check(&wire, &[Text("a".into()), Close(what)], close);
    }
}

/// What the peer is told: code and reason.
fn told(code: u16, error: &Error) -> Vec<u8> {
    let mut payload = code.to_be_bytes().to_vec();
    payload.extend_from_slice(error.to_string().as_bytes());
    let mut frame = vec![0x88, u8::try_from(payload.len()).unwrap()];
    frame.extend(payload);
    frame
}

// RFC 6455 §7.1.7, §7.4.1
#[test]
fn broken_rules_fail_the_connection_with_their_code() {
    let too_big = Error::MessageTooBig { limit: 10 };
    let table: &[(&[u8], Error, u16)] = &[
        (b"\x83\x00", FrameError::ReservedOpCode(3).into(), 1002),
        (b"\x80\x00", FrameError::UnexpectedContinuation.into(), 1002),
        (b"\x81\x80", FrameError::MaskForbidden.into(), 1002),
        (b"\x88\x01\x03", CloseError::TooShort.into(), 1002),
        (
            b"\x88\x02\x03\xed",
            CloseError::InvalidCode(1005).into(),
            1002,
        ),
        (
            b"\x88\x03\x03\xe8\xff",
            CloseError::InvalidUtf8.into(),
            1007,
        ),
        (b"\x81\x01\xff", Error::InvalidUtf8, 1007),
        // Fails before the rest of the frame has come.
        (b"\x81\x05\xce\xce", Error::InvalidUtf8, 1007),
        (b"\x01\x02\xed\xa0", Error::InvalidUtf8, 1007),
        (b"\x01\x01\xe2\x80\x01a", Error::InvalidUtf8, 1007),
        (b"\x82\x0b", too_big, 1009),
        (b"\x02\x0a0123456789\x80\x01", too_big, 1009),
        (b"\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff", too_big, 1009),
        (
            b"\x02\x00\x00\x00\x00\x00\x00\x00",
            Error::TooManyFragments { limit: 3 },
            1008,
        ),
    ];
    for (bad, error, code) in table {
        let mut wire = b"\x82\x01a".to_vec();
        wire.extend_from_slice(bad);
        // Nothing after it is interpreted, not even what looks right.
        wire.extend_from_slice(b"\x89\x00\x81\x00");
        check(
            &wire[..wire.len() - 4],
            &[Binary(b"a".to_vec()), Failed(*error)],
            &told(*code, error),
        );
        check(
            &wire,
            &[Binary(b"a".to_vec()), Failed(*error)],
            &told(*code, error),
        );
    }
}

// RFC 6455 §5.5.3: only the newest Ping need be answered.
#[test]
fn f30_a_flood_of_pings_keeps_the_newest() {
    let mut connection = client(&small());
    let mut out = Vec::new();
    let flood: Vec<u8> = (0..100u8).flat_map(|n| [0x89, 1, n]).collect();
    for _ in 0..10 {
        run(&mut connection, &[&flood], &mut out);
    }
    // Fourteen in order and the newest at the end of the first batch; one more waits.
    let expected: Vec<u8> = (0..14).chain([99]).flat_map(|n| [0x8A, 1, n]).collect();
    assert_eq!(out, expected);
    assert!(connection.split_mut().1.has_waiting_pong());
    // It is written once `out` has been.
    out.clear();
    run(&mut connection, &[b""], &mut out);
    assert_eq!(out, [0x8A, 1, 99]);
    out.clear();
    run(&mut connection, &[b"\x89\x01a\x89\x01b"], &mut out);
    assert_eq!(out, b"\x8a\x01a\x8a\x01b");
}

#[test]
fn chunks_are_cut_where_the_wire_is_and_between_code_points() {
    let wire = "\x01\x04a€\x00\x00\x00\x04bc🦀"[..].as_bytes();
    // The second fragment ends inside the crab; the last one completes it.
    let mut wire: Vec<u8> = wire[..wire.len() - 2].to_vec();
    wire.extend_from_slice(b"\x80\x03\xa6\x80!");
    let whole = "a€bc🦀!";
    for step in 1..=wire.len() {
        let mut connection = client(&small());
        let (mut text, mut lasts) = (String::new(), 0);
        for piece in wire.clone().chunks_mut(step) {
            let mut input = piece;
            while let Some(event) = connection.receive_chunk(&mut input, &mut vec![]).unwrap() {
                let Event::Message(chunk) = event else {
                    panic!("{event:?}")
                };
                let Message::Text(more) = chunk.data else {
                    panic!("{chunk:?}")
                };
                text.push_str(more);
                lasts += usize::from(chunk.last);
            }
        }
        assert_eq!((&text[..], lasts), (whole, 1), "step {step}");
    }
}

#[test]
fn ways_of_receiving_may_be_mixed() {
    let mut connection = client(&Config::client());
    let mut out = vec![];
    // Begun whole, gone on with in chunks: nothing is lost.
    let mut wire = *b"\x01\x05abc\xe2\x82";
    assert_eq!(connection.receive(&mut &mut wire[..], &mut out), Ok(None));
    let mut wire = *b"\x80\x02\xacd";
    let mut input = &mut wire[..];
    let mut text = String::new();
    while let Some(Event::Message(chunk)) = connection.receive_chunk(&mut input, &mut out).unwrap()
    {
        text.push_str(core::str::from_utf8(chunk.data.as_bytes()).unwrap());
    }
    assert_eq!(text, "abc€d");
    // Begun in chunks, gone on with whole: the rest of it is skipped.
    let mut wire = *b"\x02\x02ab";
    let chunk = connection.receive_chunk(&mut &mut wire[..], &mut out);
    assert!(matches!(chunk, Ok(Some(Event::Message(_)))));
    let got = run(
        &mut connection,
        &[b"\x00\x01c\x80\x01d\x81\x02ok"],
        &mut out,
    );
    assert_eq!(got, [Text("ok".into())]);
    assert_eq!(connection.statistics().received.messages, 3);
}

#[test]
fn large_messages_are_read_into_place() {
    for kind in [0x81, 0x82] {
        let payload = "é".repeat(50_000);
        let mut wire = vec![kind, 127, 0, 0, 0, 0, 0, 1, 0x86, 0xA0];
        wire.extend_from_slice(payload.as_bytes());
        wire.extend_from_slice(b"\x81\x04next");
        let mut connection = client(&Config::client());
        let mut out = vec![];
        let (front, mut rest) = wire.split_at_mut(11);
        assert_eq!(connection.receive(&mut &mut front[..], &mut out), Ok(None));
        let (reader, writer) = connection.split_mut();
        let mut in_place = 0;
        while let Some(room) = reader.room() {
            // Cut anywhere, so inside code points too.
            let len = room.len().min(7777).min(rest.len());
            room[..len].copy_from_slice(&rest[..len]);
            rest = &mut rest[len..];
            reader.filled(len, writer, &mut out).unwrap();
            in_place += len;
        }
        assert!(in_place > 80_000, "{in_place}");
        let got = run(&mut connection, &[rest], &mut out);
        let expected = if kind == 0x81 {
            Text(payload)
        } else {
            Binary(payload.into_bytes())
        };
        assert_eq!(got, [expected, Text("next".into())]);
        let storage = connection.split_mut().0.take_storage();
        assert!(storage.is_some_and(|storage| storage.capacity() >= 100_000));
    }
}

#[test]
fn what_is_read_into_place_fails_as_early() {
    let mut wire = [0x81, 127, 0, 0, 0, 0, 0, 1, 0x86, 0xA0];
    let mut connection = client(&Config::client());
    let mut out = vec![];
    assert_eq!(connection.receive(&mut &mut wire[..], &mut out), Ok(None));
    let (reader, writer) = connection.split_mut();
    reader.room().unwrap()[..2].copy_from_slice(b"a\xff");
    assert_eq!(reader.filled(2, writer, &mut out), Err(Error::InvalidUtf8));
    assert_eq!(out[..4], [0x88, 27, 0x03, 0xEF]);
    assert!(reader.room().is_none() && reader.is_over());
}

#[test]
fn an_event_that_stands_ready_is_found_again_in_another_input() {
    // The second begins with what `receive` has taken already, so that the header is taken too.
    for (taken, wire) in [(&b""[..], b"\x81\x05Hello"), (b"\x81", b"\x81\x05Hello")] {
        for cut in 0..7 {
            let mut connection = client(&Config::client());
            let mut out = vec![];
            run(&mut connection, &[taken], &mut out);
            let (reader, writer) = connection.split_mut();
            let mut wire = wire[taken.len()..].to_vec();
            let mut input = &mut wire[..];
            assert_eq!(reader.advance(&mut input, writer, &mut out), Ok(true));
            // What was left is moved and cut.
            let mut one = input.to_vec();
            let mut other = one.split_off(cut.min(one.len() - 1));
            assert_eq!(reader.event(&mut &mut one[..0], writer, &mut out), Ok(None));
            let mut input = &mut one[..];
            assert_eq!(reader.receive(&mut input, writer, &mut out), Ok(None));
            let mut input = &mut other[..];
            let event = reader.receive(&mut input, writer, &mut out).unwrap();
            assert_eq!(event, Some(Event::Message(Message::Text("Hello"))));
        }
    }
}

#[test]
fn f43_nothing_is_sent_behind_a_close() {
    let mut connection = client(&Config::client());
    let mut out = vec![];
    run(&mut connection, &[b"\x88\x00"], &mut out);
    out.clear();
    let refused = Err(Misuse::SendAfterClose);
    assert_eq!(connection.send(Message::Text("x"), &mut out), refused);
    assert_eq!(connection.close(None, &mut out), refused);
    assert_eq!(connection.ping(b"", &mut out).map(|_| ()), refused);
    assert!(out.is_empty());
}
