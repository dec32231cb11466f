//! Tests of connections of wire versions 4 to 6: both ends, and the vectors.

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use super::*;
use crate::{
    CloseCode, CloseFrame, Error, Event, FrameError, Kind, Message, Misuse, PingId, State,
};

/// What key `dGhlIHNhbXBsZSBub25jZQ==` and nonce `H+cNj5elaybfGIQv1esl2w==` lead to.
const HYBI4: Version = Version::Hybi4 {
    connection_key: [
        0x63, 0x22, 0xa2, 0xad, 0xc0, 0x2b, 0xc4, 0x33, 0xe3, 0x89, 0x6d, 0x34, 0x41, 0x0b, 0x74,
        0xbb, 0x77, 0x39, 0xf9, 0x60,
    ],
};
const ALL: [Version; 3] = [HYBI4, Version::Hybi5, Version::Hybi6];

#[derive(Debug, Eq, PartialEq)]
enum Seen {
    Text(String),
    Binary(Vec<u8>),
    Ping(Vec<u8>),
    Pong(Vec<u8>, Option<PingId>),
    Close(Option<(u16, String)>),
    Failed(Error),
}

use Seen::{Binary, Close, Failed, Ping, Pong, Text};

fn run(
    connection: &mut Connection<FrameDecoder>,
    wire: &[u8],
    step: usize,
    out: &mut Vec<u8>,
) -> Vec<Seen> {
    let (mut seen, mut wire) = (vec![], wire.to_vec());
    for mut input in wire.chunks_mut(step) {
        loop {
            seen.push(match connection.receive(&mut input, out) {
                Ok(None) => break,
                Ok(Some(Event::Message(Message::Text(text)))) => Text(text.to_string()),
                Ok(Some(Event::Message(Message::Binary(bytes)))) => Binary(bytes.to_vec()),
                Ok(Some(Event::Ping(payload))) => Ping(payload.to_vec()),
                Ok(Some(Event::Pong { payload, answers })) => Pong(payload.to_vec(), answers),
                Ok(Some(Event::Close(frame))) => {
                    Close(frame.map(|frame| (frame.code.get(), frame.reason.to_string())))
                }
                Err(error) => Failed(error),
            });
        }
        assert!(input.is_empty(), "every input is consumed whole");
    }
    seen
}

#[test]
fn both_ends_say_all_there_is() {
    let big = "é".repeat(40_000);
    for (version, client_first) in ALL.into_iter().flat_map(|v| [(v, true), (v, false)]) {
        for step in [1, 2, 3, 7, 50, 100_000] {
            let client = client(version, &Config::client(), Seed([3; 32]));
            let server = server(version, &Config::server());
            let (mut one, mut other) = if client_first {
                (client, server)
            } else {
                (server, client)
            };
            let (mut up, mut down) = (vec![], vec![]);
            one.send(Message::Text("hello"), &mut up).unwrap();
            one.send(Message::Text(&big), &mut up).unwrap();
            let id = one.ping(b"hey", &mut up).unwrap();
            let mut pieces = one.start(Kind::Binary).unwrap();
            pieces.write(b"ab", &mut up).unwrap();
            pieces.finish(b"cd", &mut up).unwrap();
            let frame = CloseFrame {
                code: CloseCode::GOING_AWAY,
                reason: "bye",
            };
            one.close(Some(frame), &mut up).unwrap();
            // Only the last of them had codes.
            let says = (version == Version::Hybi6).then(|| (1001, "bye".to_string()));
            assert_eq!(
                run(&mut other, &up, step, &mut down),
                [
                    Text("hello".to_string()),
                    Text(big.clone()),
                    Ping(b"hey".to_vec()),
                    Binary(b"abcd".to_vec()),
                    Close(says.clone()),
                ],
                "{version:?} {step}"
            );
            up.clear();
            assert_eq!(
                run(&mut one, &down, step, &mut up),
                [Pong(b"hey".to_vec(), Some(id)), Close(says)],
                "{version:?} {step}"
            );
            assert!(up.is_empty(), "each sends one Close");
            for end in [&one, &other] {
                assert!(end.state() == State::Closed && end.closure().unwrap().is_clean());
            }
            let (sent, received) = (one.statistics().sent, other.statistics().received);
            assert_eq!((sent.frames, sent.messages), (received.frames, 3));
        }
    }
}

#[test]
fn frames_are_those_of_the_drafts() {
    for (version, wire) in [
        (HYBI4, &b"\x01\x02\x03\x04\x64\xa1\x43\x26\xe5\x6a\x57"[..]),
        (
            Version::Hybi5,
            b"\x37\xfa\x21\x3d\xb3\xff\x69\x58\x5b\x96\x4e",
        ),
        (
            Version::Hybi6,
            b"\x00\x00\x01\x00\x84\x05\x49\x65\x6c\x6c\x6e",
        ),
    ] {
        for step in 1..=wire.len() {
            let (mut end, mut out) = (server(version, &Config::server()), vec![]);
            let hello = Text("Hello".to_string());
            assert_eq!(run(&mut end, wire, step, &mut out), [hello]);
            end.send(Message::Text("Hello"), &mut out).unwrap();
            let mut pieces = end.start(Kind::Text).unwrap();
            pieces.write(b"Hel", &mut out).unwrap();
            pieces.finish(b"lo", &mut out).unwrap();
            end.ping(b"", &mut out).unwrap();
            assert_eq!(out, b"\x84\x05Hello\x04\x03Hel\x80\x02lo\x82\x00");
        }
    }
}

#[test]
fn a_large_payload_is_written_from_where_it_lies() {
    for version in ALL {
        let (mut end, mut out) = (server(version, &Config::server()), vec![]);
        let payload = [7; 300];
        let (_, writer) = end.split_mut();
        let header = writer.send_header(Message::Binary(&payload)).unwrap();
        writer.send(Message::Binary(&payload), &mut out).unwrap();
        assert_eq!(*header.unwrap(), out[..4]);
        let mut end = client(version, &Config::client(), Seed([1; 32]));
        let header = end.split_mut().1.send_header(Message::Binary(&payload));
        assert_eq!(header.map(|header| header.is_none()), Ok(true));
    }
}

#[test]
fn a_close_says_what_the_version_has_for_it() {
    let frame = CloseFrame {
        code: CloseCode::NORMAL,
        reason: "x",
    };
    for (version, wire) in [
        (HYBI4, &b"\x81\x00"[..]),
        (Version::Hybi5, b"\x81\x01S"),
        (Version::Hybi6, b"\x81\x03\x03\xe8x"),
    ] {
        let (mut end, mut out) = (server(version, &Config::server()), vec![]);
        end.close(Some(frame), &mut out).unwrap();
        assert_eq!(out, wire);
        assert_eq!(end.close(None, &mut out), Err(Misuse::SendAfterClose));
        // The peer's, whatever it carries.
        let mut client = client(version, &Config::client(), Seed([1; 32]));
        let mut answer = vec![];
        let says = (version == Version::Hybi6).then(|| (1000, "x".to_string()));
        for step in [1, 2, 100] {
            client = super::client(version, &Config::client(), Seed([1; 32]));
            assert_eq!(
                run(&mut client, wire, step, &mut answer),
                [Close(says.clone())]
            );
        }
        assert!(client.state() == State::Closed && !answer.is_empty());
    }
}

#[test]
fn rules_are_those_of_rfc_6455() {
    for (wire, error, code) in [
        // A reserved opcode, in the numbers of the time.
        (
            &b"\0\0\0\0\x86\x00"[..],
            FrameError::ReservedOpCode(6).into(),
            1002,
        ),
        // A control frame with more than 125 bytes.
        (
            b"\0\0\0\0\x82\x7e",
            FrameError::ControlTooLong(ws_frame::OpCode::Ping).into(),
            1002,
        ),
        (b"\0\0\0\0\x84\x01\xff", Error::InvalidUtf8, 1007),
        (
            b"\0\0\0\0\x84\x0b",
            Error::MessageTooBig { limit: 10 },
            1009,
        ),
    ] {
        for version in [Version::Hybi5, Version::Hybi6] {
            let mut config = Config::server();
            config.max_message_size = 10;
            let (mut end, mut out) = (server(version, &config), vec![]);
            let seen = run(&mut end, wire, 3, &mut out);
            assert_eq!(seen, [Failed(error)], "{wire:x?}");
            assert_eq!(error.close_code().unwrap().get(), code);
            match version {
                Version::Hybi6 => assert_eq!(out[2..4], code.to_be_bytes()),
                _ => assert_eq!(out, b"\x81\x01S"),
            }
            assert!(end.wants_shutdown());
        }
    }
}
