//! Tests of the driver: one table over every version there is.

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;

use super::*;
use crate::{CloseCode, Config, Seed};

/// A version with both its ends, and what it has.
#[expect(clippy::struct_excessive_bools, reason = "columns of a table")]
struct Version {
    name: &'static str,
    ends: fn(&Config) -> [Driver; 2],
    /// All but texts and, perhaps, a Close.
    has_frames: bool,
    has_lone_pongs: bool,
    has_closing: bool,
    has_codes: bool,
}

fn versions() -> Vec<Version> {
    let rfc6455 = Version {
        name: "13",
        ends: |config| {
            [
                Connection::client(config, Seed([7; 32])).into(),
                Connection::server(config).into(),
            ]
        },
        has_frames: true,
        has_lone_pongs: true,
        has_closing: true,
        has_codes: true,
    };
    let mut all = vec![rfc6455];
    all.extend(drafts());
    all
}

#[cfg(not(feature = "drafts"))]
fn drafts() -> [Version; 0] {
    []
}

#[cfg(feature = "drafts")]
fn drafts() -> [Version; 5] {
    use crate::early::{self, Version as Early};
    use crate::hixie::{Connection as Hixie, Version as Texts};

    fn early_ends(version: Early, config: &Config) -> [Driver; 2] {
        let client = early::client(version, config, Seed([7; 32]));
        [client.into(), early::server(version, config).into()]
    }
    fn hixie_ends(version: Texts, config: &Config) -> [Driver; 2] {
        let client = Hixie::client(version, config);
        [client.into(), Hixie::server(version, config).into()]
    }
    let early = |name, ends, has_codes| Version {
        name,
        ends,
        has_frames: true,
        has_lone_pongs: false,
        has_closing: true,
        has_codes,
    };
    let hixie = |name, ends, has_closing| Version {
        name,
        ends,
        has_frames: false,
        has_lone_pongs: false,
        has_closing,
        has_codes: false,
    };
    [
        early("6", |c| early_ends(Early::Hybi6, c), true),
        early("5", |c| early_ends(Early::Hybi5, c), false),
        early(
            "4",
            |c| {
                early_ends(
                    Early::Hybi4 {
                        connection_key: [9; 20],
                    },
                    c,
                )
            },
            false,
        ),
        hixie("hixie-76", |c| hixie_ends(Texts::Hixie76, c), true),
        hixie("hixie-75", |c| hixie_ends(Texts::Hixie75, c), false),
    ]
}

/// Every version, from either end.
fn each_way(config: &Config, mut check: impl FnMut(&Version, Driver, Driver)) {
    for version in versions() {
        let [client, server] = (version.ends)(config);
        check(&version, client, server);
        let [client, server] = (version.ends)(config);
        check(&version, server, client);
    }
}

#[derive(Debug, Eq, PartialEq)]
enum Seen {
    Text(String),
    Binary(Vec<u8>),
    Ping(Vec<u8>),
    Pong(Vec<u8>, Option<PingId>),
    Close(Option<(u16, String)>),
}

use Seen::{Binary, Close, Ping, Pong, Text};

fn text(text: &str) -> Seen {
    Text(text.to_string())
}

fn seen<M>(event: Event<'_, M>, message: impl FnOnce(M) -> Option<Seen>) -> Option<Seen> {
    match event {
        Event::Message(lent) => message(lent),
        Event::Ping(payload) => Some(Ping(payload.to_vec())),
        Event::Pong { payload, answers } => Some(Pong(payload.to_vec(), answers)),
        Event::Close(frame) => Some(Close(
            frame.map(|frame| (frame.code.get(), frame.reason.to_string())),
        )),
    }
}

fn owned(message: Message<'_>) -> Seen {
    match message {
        Message::Text(lent) => text(lent),
        Message::Binary(bytes) => Binary(bytes.to_vec()),
    }
}

fn run(end: &mut Driver, wire: &[u8], step: usize, out: &mut Vec<u8>) -> Vec<Seen> {
    let (mut all, mut wire) = (vec![], wire.to_vec());
    for mut input in wire.chunks_mut(step) {
        while let Some(event) = end.receive(&mut input, out).unwrap() {
            all.extend(seen(event, |message| Some(owned(message))));
        }
        assert!(input.is_empty(), "every input is consumed whole");
    }
    all
}

/// As `run`, with messages in chunks that are joined here.
fn run_chunks(end: &mut Driver, wire: &[u8], step: usize, out: &mut Vec<u8>) -> Vec<Seen> {
    let (mut all, mut joined, mut wire) = (vec![], vec![], wire.to_vec());
    for mut input in wire.chunks_mut(step) {
        while let Some(event) = end.receive_chunk(&mut input, out).unwrap() {
            all.extend(seen(event, |chunk| {
                joined.extend_from_slice(chunk.data.as_bytes());
                let bytes = chunk.last.then(|| core::mem::take(&mut joined))?;
                Some(match chunk.data.kind() {
                    Kind::Text => Text(String::from_utf8(bytes).unwrap()),
                    Kind::Binary => Binary(bytes),
                })
            }));
        }
        assert!(input.is_empty(), "every input is consumed whole");
    }
    all
}

#[test]
fn every_version_says_what_it_has() {
    let big = "é".repeat(40_000);
    each_way(&Config::client(), |version, mut one, mut other| {
        let Version {
            name,
            has_frames,
            has_closing,
            ..
        } = *version;
        let (mut up, mut down) = (vec![], vec![]);
        let mut expected = vec![text("hello"), text(&big), text("in pieces")];
        one.send(Message::Text("hello"), &mut up).unwrap();
        one.send(Message::Text(&big), &mut up).unwrap();
        let mut pieces = one.start(Kind::Text).unwrap();
        pieces.write(b"in ", &mut up).unwrap();
        pieces.finish(b"pieces", &mut up).unwrap();
        let mut answered = vec![];
        if has_frames {
            one.send(Message::Binary(b"\xff"), &mut up).unwrap();
            let id = one.ping(b"p", &mut up).unwrap();
            expected.extend([Binary(b"\xff".to_vec()), Ping(b"p".to_vec())]);
            answered.push(Pong(b"p".to_vec(), Some(id)));
        }
        let frame = CloseFrame {
            code: CloseCode::GOING_AWAY,
            reason: "bye",
        };
        one.close(Some(frame), &mut up).unwrap();
        let says = version.has_codes.then(|| (1001, "bye".to_string()));
        if has_closing {
            expected.push(Close(says.clone()));
            answered.push(Close(says));
            assert_eq!(one.state(), State::Closing);
        }
        assert_eq!(run(&mut other, &up, 7, &mut down), expected, "{name}");
        assert_eq!(other.close_frame().is_some(), version.has_codes);
        let sent = one.statistics().sent.messages;
        assert_eq!((sent, other.statistics().received.messages), (sent, sent));
        up.clear();
        assert_eq!(run(&mut one, &down, 3, &mut up), answered, "{name}");
        assert!(up.is_empty(), "each sends one Close");
        assert_eq!((one.receive_eof(), other.receive_eof()), (Ok(()), Ok(())));
        for end in [&mut one, &mut other] {
            assert!(end.state() == State::Closed && end.closure().unwrap().is_clean());
            assert!(end.wants_shutdown(), "{name}");
            assert!(end.split_mut().0.is_over() || !has_closing);
            assert!(end.split_mut().1.is_closed());
            let refused = end.send(Message::Text("x"), &mut up);
            assert_eq!(refused, Err(Misuse::SendAfterClose));
        }
        let by = Closure::Clean {
            code: None,
            by: one.role(),
        };
        assert!(version.has_codes || one.closure() == Some(by) && other.closure() == Some(by));
    });
}

#[test]
fn what_a_version_lacks_is_refused_and_nothing_is_written() {
    each_way(&Config::client(), |version, mut end, mut other| {
        let (mut out, has) = (vec![], |has: bool| {
            if has {
                Ok(())
            } else {
                Err(Misuse::Unsupported)
            }
        });
        let name = version.name;
        let (_, mut writer) = end.split_mut();
        let sent = writer.send(Message::Binary(b"x"), &mut out);
        assert_eq!(sent, has(version.has_frames), "{name}");
        let sent = writer.ping(b"x", &mut out).map(|_| ());
        assert_eq!(sent, has(version.has_frames), "{name}");
        let sent = writer.pong(b"x", &mut out);
        assert_eq!(sent, has(version.has_lone_pongs), "{name}");
        assert_eq!(out.is_empty(), !version.has_frames, "{name}");
        let begun = writer.start(Kind::Binary).map(|_| ());
        assert_eq!(begun, has(version.has_frames), "{name}");
        if let Some(pieces) = writer.resume() {
            pieces.finish(b"", &mut out).unwrap();
        }
        // Nothing of it stands in the way of what there is.
        writer.send(Message::Text("x"), &mut out).unwrap();
        let long = "x".repeat(124);
        let code = CloseCode::NORMAL;
        let frame = CloseFrame {
            code,
            reason: &long,
        };
        let before = out.len();
        let refused = writer.close(Some(frame), &mut out);
        assert_eq!(refused, Err(Misuse::ReasonTooLong), "{name}");
        assert!(out.len() == before && !writer.is_closed());
        assert_eq!(
            run(&mut other, &out, 5, &mut vec![]).last(),
            Some(&text("x"))
        );
    });
}

#[test]
fn messages_are_answered_while_they_are_held() {
    each_way(&Config::client(), |version, mut one, mut other| {
        let (mut up, mut down, mut late) = (vec![], vec![], vec![]);
        for text in ["a", "é", ""] {
            one.send(Message::Text(text), &mut up).unwrap();
        }
        let mut input = &mut up[..];
        let (mut reader, mut writer) = other.split_mut();
        while reader.peek(input) || reader.advance(&mut input, &mut writer, &mut down).unwrap() {
            let event = reader.reborrow().event(&mut input, &mut writer, &mut down);
            let Ok(Some(Event::Message(message))) = event else {
                panic!("only messages were sent: {event:?}");
            };
            writer.reborrow().send(message, &mut down).unwrap();
            if let Some(header) = writer.send_header(message).unwrap() {
                late.extend_from_slice(&header);
                late.extend_from_slice(message.as_bytes());
            } else {
                writer.send(message, &mut late).unwrap();
            }
        }
        assert!(!writer.has_waiting_pong());
        writer.written(down.len());
        let echo = [text("a"), text("é"), text("")];
        assert_eq!(
            run(&mut one, &down, 100, &mut vec![]),
            echo,
            "{}",
            version.name
        );
        assert_eq!(
            run(&mut one, &late, 100, &mut vec![]),
            echo,
            "{}",
            version.name
        );
    });
}

#[test]
fn chunks_are_messages_joined() {
    let big = "é".repeat(40_000);
    each_way(&Config::client(), |version, mut one, mut other| {
        let (mut up, mut out) = (vec![], vec![]);
        one.send(Message::Text(&big), &mut up).unwrap();
        one.send(Message::Text("x"), &mut up).unwrap();
        one.close(None, &mut up).unwrap();
        let mut expected = vec![text(&big), text("x")];
        if version.has_closing {
            expected.push(Close(None));
        }
        assert_eq!(
            run_chunks(&mut other, &up, 1001, &mut out),
            expected,
            "{}",
            version.name
        );

        // The rest of one that is not wanted.
        let [mut client, mut server] = (version.ends)(&Config::client());
        up.clear();
        client.send(Message::Text(&big), &mut up).unwrap();
        client.send(Message::Text("x"), &mut up).unwrap();
        let (first, rest) = up.split_at(1000);
        run_chunks(&mut server, first, 1000, &mut out);
        server.split_mut().0.skip_message();
        let seen = run_chunks(&mut server, rest, 1000, &mut out);
        assert_eq!(seen.last(), Some(&text("x")), "{}", version.name);
    });
}

#[test]
fn large_messages_are_read_into_place_and_storage_is_leased() {
    let big = "x".repeat(100_000);
    each_way(&Config::client(), |version, mut one, mut other| {
        let (mut up, mut out) = (vec![], vec![]);
        one.send(Message::Text(&big), &mut up).unwrap();
        let mut storage = Vec::with_capacity(200_000);
        storage.push(1);
        assert!(!other.split_mut().0.has_storage());
        other.split_mut().0.give_storage(storage);
        assert!(other.split_mut().0.has_storage());
        run(&mut other, &up[..100], 100, &mut out);
        let (mut reader, mut writer) = other.split_mut();
        assert_eq!(reader.take_storage(), None, "a message is under way");
        let mut rest = &mut up[100..];
        while let Some(room) = reader.reborrow().room() {
            let len = room.len().min(rest.len());
            room[..len].copy_from_slice(&rest[..len]);
            reader.filled(len, &mut writer, &mut out).unwrap();
            rest = &mut core::mem::take(&mut rest)[len..];
        }
        // Where no length is known, nothing was.
        assert!(rest.len() < 20_000 || !version.has_frames);
        let event = other.receive(&mut rest, &mut out);
        let whole = Event::Message(Message::Text(&big));
        assert!(event == Ok(Some(whole)), "{}", version.name);
        let storage = other.split_mut().0.take_storage().unwrap();
        assert!(storage.capacity() >= 200_000);
    });
}

#[test]
fn time_passes_for_every_version() {
    let mut config = Config::server();
    config.idle_timeout = Some(Duration::from_secs(60));
    each_way(&config, |version, mut end, mut other| {
        let (mut out, at) = (vec![], Instant::from_secs);
        end.split_mut().1.time_pings(at(0));
        assert_eq!(end.tick(at(0), &mut out), Ok(Some(at(60))));
        assert_eq!(end.next_timer(), Some(Timer::Idle));
        end.send(Message::Text("x"), &mut out).unwrap();
        assert_eq!(end.tick(at(10), &mut out), Ok(Some(at(70))));
        assert_eq!(end.tick(at(70), &mut out), Ok(Some(at(75))));
        assert_eq!(end.next_timer(), Some(Timer::Close));
        run(&mut other, &out, 100, &mut vec![]);
        if version.has_closing {
            assert_eq!(other.state(), State::Closed, "{}", version.name);
            let failed = Error::TimedOut(Timer::Close);
            assert_eq!(end.tick(at(75), &mut out), Err(failed));
            assert_eq!(end.closure(), Some(Closure::Failed(failed)));
        } else {
            assert_eq!(end.tick(at(75), &mut out), Ok(None));
        }
        assert!(end.wants_shutdown());
    });
}

#[test]
fn halves_of_two_versions_do_nothing() {
    let [mut one, _] = (versions()[0].ends)(&Config::client());
    for version in &versions()[1..] {
        let [_, mut other] = (version.ends)(&Config::client());
        let (mut up, mut out) = (vec![], vec![]);
        one.send(Message::Text("x"), &mut up).unwrap();
        let (mut input, (mut reader, _), (_, mut writer)) =
            (&mut up[..], one.split_mut(), other.split_mut());
        assert_eq!(reader.advance(&mut input, &mut writer, &mut out), Ok(false));
        assert!(input.is_empty() && out.is_empty());
        let event = reader.event(&mut input, &mut writer, &mut out);
        assert_eq!(event, Ok(None), "{}", version.name);
    }
}

#[test]
fn any_version_is_as_large_as_the_usual_one() {
    assert_eq!(size_of::<Driver>(), size_of::<Connection>());
    assert!(size_of::<DriverReader<'_>>() <= 2 * size_of::<usize>());
    assert!(size_of::<DriverWriter<'_>>() <= 2 * size_of::<usize>());
}
