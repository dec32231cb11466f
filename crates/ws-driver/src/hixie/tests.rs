//! Tests of connections of hixie-75 and hixie-76; every row of bytes at every split point.
//!
//! Numbers such as x16 are those of the hostile cases.

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;

use proptest::collection::vec as vec_of;
use proptest::prelude::*;

use super::*;
use Version::{Hixie75, Hixie76};

#[derive(Clone, Debug, Eq, PartialEq)]
enum Seen {
    Text(String),
    Close,
    Failed(Error),
}

use Seen::{Close, Failed};

fn text(text: &str) -> Seen {
    Seen::Text(text.to_string())
}

fn small() -> Config {
    let mut config = Config::server();
    config.max_message_size = 10;
    config
}

fn server(version: Version) -> Connection {
    Connection::server(version, &small())
}

fn run<'p>(
    connection: &mut Connection,
    pieces: impl IntoIterator<Item = &'p [u8]>,
    out: &mut Vec<u8>,
) -> Vec<Seen> {
    let mut seen = Vec::new();
    for piece in pieces {
        let mut piece = piece.to_vec();
        let mut input = &mut piece[..];
        loop {
            match connection.receive(&mut input, out) {
                Ok(Some(Event::Text(lent))) => seen.push(text(lent)),
                Ok(Some(Event::Close)) => seen.push(Close),
                Ok(None) => break,
                Err(error) => seen.push(Failed(error)),
            }
        }
        assert!(input.is_empty(), "every input is consumed whole");
    }
    seen
}

/// Whole, byte by byte, and cut in two at every place.
#[track_caller]
fn check(version: Version, wire: &[u8], events: &[Seen], replies: &[u8]) {
    let mut ways = vec![vec![wire], wire.chunks(1).collect()];
    ways.extend((0..=wire.len()).map(|cut| vec![&wire[..cut], &wire[cut..]]));
    for pieces in ways {
        let mut out = Vec::new();
        let seen = run(&mut server(version), pieces.clone(), &mut out);
        assert_eq!(seen, events, "{pieces:x?}");
        assert_eq!(out, replies, "{pieces:x?}");
    }
}

#[track_caller]
fn check_both(wire: &[u8], events: &[Seen]) {
    check(Hixie75, wire, events, b"");
    check(Hixie76, wire, events, b"");
}

#[test]
fn x11_x12_texts_come_and_nothing_else() {
    check_both(b"\x00Hello\xff", &[text("Hello")]);
    check_both(b"\x66Hello\xff", &[text("Hello")]);
    check_both(
        b"\x00Hello\xff\x00World\xff",
        &[text("Hello"), text("World")],
    );
    check_both(b"\x80\x02He\x00Hello\xff", &[text("Hello")]);
    check_both(b"\x00= \xef\xa3\xbf\xff", &[text("= \u{F8FF}")]);
    check_both(b"\x00\xff\x00", &[text("")]);
    // Exactly the limit.
    check_both(b"\x000123456789\xff", &[text("0123456789")]);
}

/// The bytes fail the connection with `error`, and nothing after them is interpreted.
#[track_caller]
fn check_failure(bad: &[u8], error: Error) {
    let mut wire = b"\x00a\xff".to_vec();
    wire.extend_from_slice(bad);
    for rest in [&b""[..], b"\xff\x00\xff\x00\x00b\xff"] {
        wire.extend_from_slice(rest);
        check(Hixie75, &wire, &[text("a"), Failed(error)], b"");
        // That it ends is all that can be told.
        check(Hixie76, &wire, &[text("a"), Failed(error)], b"\xff\x00");
    }
}

const TOO_BIG: Error = Error::MessageTooBig { limit: 10 };

#[test]
fn x13_x14_x15_lengths_are_bounded() {
    let endless = Error::Frame(ws_frame::FrameError::LengthOverflow);
    check_failure(b"\x80\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", TOO_BIG);
    check_failure(b"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80", endless);
    check_failure(b"\x80\x84\x80\x80\x80\x80\x80\x80\x00", TOO_BIG);
    check_failure(b"\x80\x0b", TOO_BIG);
    check_both(b"\x80\x0a0123456789\x00a\xff", &[text("a")]);
}

#[test]
fn x16_x17_closing() {
    check(
        Hixie76,
        b"\x00a\xff\xff\x00\x00b\xff",
        &[text("a"), Close],
        b"\xff\x00",
    );
    check(Hixie76, b"\xff\x80\x00\xff\x00", &[Close], b"\xff\x00");
    check(Hixie76, b"\xff\x01x\x80\x00\x00a\xff", &[text("a")], b"");
    check(Hixie75, b"\xff\x00\x00a\xff", &[text("a")], b"");
}

#[test]
fn x18_a_text_without_end_is_refused_at_the_limit() {
    check_failure(b"\x000123456789a", TOO_BIG);
    check_failure(b"\x000123456789a\xff", TOO_BIG);
    // Memory follows what has come, and goes with the failure.
    let mut connection = Connection::server(Hixie76, &Config::server());
    let (mut out, block) = (vec![], [b'x'; 4096]);
    let (mut largest, mut taken) = (0, 0);
    run(&mut connection, [&[0x00][..]], &mut out);
    loop {
        let seen = run(&mut connection, [&block[..]], &mut out);
        largest = largest.max(connection.reader.capacity());
        if !seen.is_empty() {
            let limit = 16 << 20;
            assert_eq!(seen, [Failed(Error::MessageTooBig { limit })]);
            break;
        }
        taken += block.len();
        assert!(connection.reader.capacity() <= 2 * taken);
    }
    assert!(largest <= 32 << 20 && connection.reader.capacity() == 0);
}

#[test]
fn x19_text_that_is_not_utf_8_fails() {
    for bad in [
        &b"\x00\xed\xa0"[..],
        b"\x00ab\xfe",
        b"\x00\xe2\x82\xff",
        // Within the limit, so this is told first however it comes.
        b"\x00012345678\x800123",
    ] {
        check_failure(bad, Error::InvalidUtf8);
    }
    // What is above the limit is not looked at.
    check_failure(b"\x000123456789\x80", TOO_BIG);
    // Cut at the limit inside a code point: too big, and no more can be said.
    check_failure("\x00012345678🦀".as_bytes(), TOO_BIG);
}

#[test]
fn messages_go_out_between_two_bytes() {
    for version in [Hixie75, Hixie76] {
        let (mut connection, mut out) = (server(version), vec![]);
        for (text, wire) in [
            ("Hello", &b"\x00Hello\xff"[..]),
            ("Apple = \u{F8FF}", b"\x00Apple = \xef\xa3\xbf\xff"),
            ("50", b"\x00\x35\x30\xff"),
            ("", b"\x00\xff"),
        ] {
            out.clear();
            connection.send(text, &mut out).unwrap();
            assert_eq!(out, wire);
        }
        assert_eq!(connection.statistics().sent.messages, 4);
    }
}

#[test]
fn hixie_75_is_closed_without_a_word() {
    for role in [Role::Server, Role::Client] {
        let (mut connection, mut out) = (Connection::new(Hixie75, &small(), role), vec![]);
        assert!(!connection.wants_shutdown() && connection.closure().is_none());
        connection.close(&mut out).unwrap();
        assert!(out.is_empty() && connection.wants_shutdown());
        assert_eq!(connection.state(), State::Closed);
        let clean = Closure::Clean {
            code: None,
            by: role,
        };
        assert_eq!(connection.closure(), Some(clean));
        let refused = Err(Misuse::SendAfterClose);
        assert_eq!(connection.close(&mut out), refused);
        assert_eq!(connection.send("x", &mut out), refused);
        assert_eq!(run(&mut connection, [&b"\x00a\xff"[..]], &mut out), []);
        assert!(out.is_empty() && connection.receive_eof() == Ok(()));
        assert_eq!(connection.closure(), Some(clean));
    }
}

#[test]
fn hixie_75_ends_with_the_transport() {
    let (mut connection, mut out) = (server(Hixie75), vec![]);
    let mut wire = *b"\x00a\xff";
    let (reader, writer) = connection.split_mut();
    let advanced = reader.advance(&mut &mut wire[..], writer, &mut out);
    assert_eq!(advanced, Ok(true));
    assert_eq!(connection.receive_eof(), Ok(()));
    assert_eq!(
        connection.split_mut().0.event(),
        Some(Event::Text("a")),
        "what came is not lost"
    );
    let by = Role::Client;
    assert_eq!(
        connection.closure(),
        Some(Closure::Clean { code: None, by })
    );
    assert!(connection.wants_shutdown());

    for cut in [&b"\x00a"[..], b"\x00", b"\x80", b"\x80\x02a"] {
        let mut connection = server(Hixie75);
        run(&mut connection, [cut], &mut out);
        assert_eq!(
            connection.receive_eof(),
            Err(Error::UnexpectedEof),
            "{cut:x?}"
        );
        assert_eq!(connection.receive_eof(), Ok(()), "told once");
    }
    assert!(out.is_empty());
}

#[test]
fn hixie_76_closes_from_either_end() {
    for (client_first, by) in [(true, Role::Client), (false, Role::Server)] {
        let mut client = Connection::client(Hixie76, &small());
        let mut server = server(Hixie76);
        let (mut up, mut down) = (vec![], vec![]);
        server.send("last", &mut down).unwrap();
        if client_first {
            client.close(&mut up).unwrap();
            assert_eq!(
                (client.state(), &up[..]),
                (State::Closing, &b"\xff\x00"[..])
            );
            assert!(!client.wants_shutdown());
            assert_eq!(client.close(&mut up), Err(Misuse::SendAfterClose));
            assert_eq!(run(&mut server, [&up[..]], &mut down), [Close]);
        } else {
            server.close(&mut down).unwrap();
        }
        up.clear();
        assert_eq!(down, b"\x00last\xff\xff\x00", "one Close");
        // Messages still come until the peer's Close.
        assert_eq!(
            run(&mut client, [&down[..]], &mut up),
            [text("last"), Close]
        );
        down.clear();
        if client_first {
            assert!(up.is_empty(), "each sends one Close");
        } else {
            assert_eq!(up, b"\xff\x00");
            assert_eq!(run(&mut server, [&up[..]], &mut down), [Close]);
            assert!(down.is_empty(), "each sends one Close");
        }
        for end in [&client, &server] {
            assert_eq!(end.closure(), Some(Closure::Clean { code: None, by }));
            assert!(end.wants_shutdown() && end.state() == State::Closed);
        }
        assert_eq!(client.receive_eof(), Ok(()));
    }
}

#[test]
fn hixie_76_does_not_end_without_a_close() {
    for close_first in [false, true] {
        let (mut connection, mut out) = (server(Hixie76), vec![]);
        if close_first {
            connection.close(&mut out).unwrap();
        }
        out.clear();
        let failed = Error::UnexpectedEof;
        assert_eq!(connection.receive_eof(), Err(failed));
        assert_eq!(connection.closure(), Some(Closure::Failed(failed)));
        assert!(out.is_empty() && connection.wants_shutdown());
    }
}

#[test]
fn failures_after_our_close_say_nothing_more() {
    let (mut connection, mut out) = (server(Hixie76), vec![]);
    connection.close(&mut out).unwrap();
    let seen = run(&mut connection, [&b"\x00\xfe"[..]], &mut out);
    assert_eq!(
        (seen, &out[..]),
        (vec![Failed(Error::InvalidUtf8)], &b"\xff\x00"[..])
    );
}

fn at(secs: u64) -> Instant {
    Instant::from_secs(secs)
}

#[test]
fn an_idle_connection_is_closed() {
    for version in [Hixie75, Hixie76] {
        let mut config = small();
        config.idle_timeout = Some(Duration::from_secs(60));
        let (mut connection, mut out) = (Connection::server(version, &config), vec![]);
        assert_eq!(connection.tick(at(0), &mut out), Ok(Some(at(60))));
        assert_eq!(connection.next_timer(), Some(Timer::Idle));
        // A message either way counts, a part of one does not.
        connection.send("x", &mut out).unwrap();
        assert_eq!(connection.tick(at(10), &mut out), Ok(Some(at(70))));
        run(&mut connection, [&b"\x00a\xff\x00"[..]], &mut out);
        assert_eq!(connection.tick(at(20), &mut out), Ok(Some(at(80))));
        run(&mut connection, [&b"b"[..]], &mut out);
        out.clear();
        assert_eq!(connection.tick(at(79), &mut out), Ok(Some(at(80))));
        assert!(out.is_empty(), "spurious ticks are harmless");
        assert_eq!(connection.tick(at(80), &mut out), Ok(Some(at(85))));
        assert_eq!(connection.next_timer(), Some(Timer::Close));
        match version {
            Hixie75 => {
                assert!(out.is_empty() && connection.wants_shutdown());
                assert_eq!(connection.tick(at(85), &mut out), Ok(None));
            }
            Hixie76 => {
                assert_eq!(
                    (&out[..], connection.state()),
                    (&b"\xff\x00"[..], State::Closing)
                );
                let failed = Error::TimedOut(Timer::Close);
                assert_eq!(connection.tick(at(85), &mut out), Err(failed));
                assert_eq!(connection.closure(), Some(Closure::Failed(failed)));
            }
        }
        assert_eq!(connection.tick(at(86), &mut out), Ok(None));
        assert!(connection.next_timer().is_none() && out.len() <= 2);
    }
}

#[test]
fn without_deadlines_nothing_is_due() {
    let (mut connection, mut out) = (server(Hixie76), vec![]);
    for now in [0, 1_000_000] {
        assert_eq!(connection.tick(at(now), &mut out), Ok(None));
    }
    // The time for closing begins with the Close.
    connection.close(&mut out).unwrap();
    assert_eq!(
        connection.tick(at(1_000_001), &mut out),
        Ok(Some(at(1_000_006)))
    );
    run(&mut connection, [&b"\xff\x00"[..]], &mut out);
    assert_eq!(connection.tick(at(1_000_006), &mut out), Ok(None));
    assert!(
        connection
            .closure()
            .is_some_and(|closure| closure.is_clean())
    );
}

#[test]
fn what_is_sent_before_the_proof_follows_it() {
    let mut opening = Opening::new(&small());
    opening.send("Hi");
    opening.send("there");
    let mut out = b"0123456789abcdef".to_vec();
    let mut connection = opening.open(&mut out);
    assert_eq!(out, b"0123456789abcdef\x00Hi\xff\x00there\xff");
    assert_eq!(connection.statistics().sent.messages, 2);
    assert_eq!(
        (connection.role(), connection.version()),
        (Role::Server, Hixie76)
    );
    // Bytes behind the eight are frames.
    assert_eq!(
        run(&mut connection, [&b"\x00a\xff"[..]], &mut out),
        [text("a")]
    );
}

#[test]
fn an_idle_connection_holds_no_memory() {
    let (mut connection, mut out) = (Connection::server(Hixie75, &Config::server()), vec![]);
    connection.reader.give_storage(vec![b'z'; 100]);
    let wire = [&b"\x00"[..], &[b'x'; 5000], b"\xff\x00y"].concat();
    assert_eq!(run(&mut connection, [&wire[..]], &mut out).len(), 1);
    assert_eq!(
        connection.reader.take_storage(),
        None,
        "a message is under way"
    );
    assert_eq!(run(&mut connection, [&b"\xff"[..]], &mut out), [text("y")]);
    let storage = connection.reader.take_storage().unwrap();
    assert!(storage.is_empty() && storage.capacity() >= 5000);
    assert_eq!(connection.reader.capacity(), 0);
    let mut input = *b"\x00a\xff";
    let (reader, writer) = connection.split_mut();
    assert_eq!(
        reader.advance(&mut &mut input[..], writer, &mut out),
        Ok(true)
    );
    assert_eq!(reader.take_storage(), None, "a message is to be lent");
    assert_eq!(reader.event(), Some(Event::Text("a")));
    assert!(reader.take_storage().is_some());
}

#[test]
fn a_text_is_answered_while_it_is_held() {
    let (mut connection, mut out) = (server(Hixie76), vec![]);
    let mut wire = *b"\x00one\xff\x00two\xff\xff\x00";
    let mut input = &mut wire[..];
    let (reader, writer) = connection.split_mut();
    while let Some(event) = reader.receive(&mut input, writer, &mut out).unwrap() {
        match event {
            Event::Text(text) => writer.send(text, &mut out).unwrap(),
            Event::Close => assert!(writer.is_closed() && reader.is_over()),
        }
    }
    assert_eq!(out, b"\x00one\xff\x00two\xff\xff\x00");
}

#[test]
fn a_text_in_pieces_goes_out_whole_or_not_at_all() {
    let (mut connection, mut out) = (server(Hixie76), vec![]);
    let (_, writer) = connection.split_mut();
    let mut outgoing = writer.start().unwrap();
    // Cut inside a code point; a piece that cannot follow is not added.
    outgoing.write(b"a\xc3").unwrap();
    assert_eq!(outgoing.write(b"a"), Err(Misuse::InvalidUtf8));
    outgoing.write(b"\xa9").unwrap();
    assert_eq!(writer.send("x", &mut out), Err(Misuse::MessageInProgress));
    assert_eq!(writer.start().map(|_| ()), Err(Misuse::MessageInProgress));
    assert!(out.is_empty());
    let outgoing = writer.resume().unwrap();
    outgoing.finish(b"z", &mut out).unwrap();
    assert_eq!(out, b"\x00a\xc3\xa9z\xff");
    assert!(writer.resume().is_none());
    assert_eq!(writer.sent.messages, 1);

    // Exactly the limit, and one more.
    let mut outgoing = writer.start().unwrap();
    outgoing.write(b"0123456789").unwrap();
    assert_eq!(outgoing.write(b"a"), Err(Misuse::Unsupported));
    out.clear();
    outgoing.finish(b"", &mut out).unwrap();
    assert_eq!(out, b"\x000123456789\xff");

    // Ends inside a code point.
    let mut outgoing = writer.start().unwrap();
    outgoing.write(b"\xc3").unwrap();
    assert_eq!(outgoing.finish(b"", &mut out), Err(Misuse::InvalidUtf8));
    // Our Close ends it, and what there was of it is never seen.
    out.clear();
    run(&mut connection, [&b"\xff\x00"[..]], &mut out);
    assert_eq!(out, b"\xff\x00");
    assert!(connection.writer.resume().is_none());
    let (mut connection, refused) = (server(Hixie75), Err(Misuse::SendAfterClose));
    connection.writer.start().unwrap();
    connection.close(&mut out).unwrap();
    assert!(connection.writer.resume().is_none());
    assert_eq!(connection.writer.start().map(|_| ()), refused);
}

#[test]
fn events_are_those_of_other_versions_too() {
    let event = crate::Event::from(Event::Text("a"));
    assert_eq!(event, crate::Event::Message(Message::Text("a")));
    assert_eq!(crate::Event::from(Event::Close), crate::Event::Close(None));
}

proptest! {
    #[test]
    fn events_do_not_depend_on_cuts(
        frames in vec_of(
            prop_oneof![
                6 => "[a-zé🦀]{0,12}".prop_map(|text| [b"\x00", text.as_bytes(), b"\xff"].concat()),
                2 => vec_of(any::<u8>(), 0..8),
                1 => Just(b"\x80\x03abc".to_vec()),
                1 => Just(b"\xff\x00".to_vec()),
            ],
            0..12,
        ),
        step in 1usize..20,
    ) {
        let wire = frames.concat();
        for version in [Hixie75, Hixie76] {
            let (mut whole, mut cut) = (server(version), server(version));
            let (mut down, mut other) = (vec![], vec![]);
            let seen = run(&mut whole, [&wire[..]], &mut down);
            prop_assert_eq!(&run(&mut cut, wire.chunks(step), &mut other), &seen);
            prop_assert_eq!(&down, &other);
            prop_assert_eq!((whole.state(), whole.closure()), (cut.state(), cut.closure()));
            prop_assert!(down.is_empty() || down == b"\xff\x00");
            prop_assert_eq!(whole.receive_eof(), cut.receive_eof());
        }
    }

    #[test]
    fn x19_both_ends_agree_on_any_text(texts in vec_of(any::<String>(), 0..6), step in 1usize..40) {
        let mut client = Connection::client(Hixie76, &Config::client());
        let mut server = Connection::server(Hixie76, &Config::server());
        let (mut up, mut down) = (vec![], vec![]);
        for text in &texts {
            client.send(text, &mut up).unwrap();
        }
        client.close(&mut up).unwrap();
        let mut expected: Vec<Seen> = texts.iter().map(|expected| text(expected)).collect();
        expected.push(Close);
        prop_assert_eq!(run(&mut server, up.chunks(step), &mut down), expected);
        prop_assert_eq!(server.statistics().received, client.statistics().sent);
        prop_assert_eq!(run(&mut client, [&down[..]], &mut up), [Close]);
    }
}
