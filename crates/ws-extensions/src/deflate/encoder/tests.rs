//! Messages on their way out: takeover, sleep, pool, shared ones.

use std::string::{String, ToString};
use std::sync::Mutex;
use std::vec;
use std::vec::Vec;

use crate::deflate::reference::Inflater;

use super::*;
use crate::deflate::testing::{json, random};
use crate::deflate::{Shelf, WindowBits};

#[derive(Debug)]
struct OneShelf(Mutex<Shelf>);

impl Pool for OneShelf {
    fn take(&self, wanted: &CodecKind) -> Option<Codec> {
        self.0.lock().unwrap().take(wanted)
    }

    fn give_back(&self, codec: Codec) {
        self.0.lock().unwrap().give_back(codec);
    }
}

impl OneShelf {
    fn memory(&self) -> usize {
        self.0.lock().unwrap().memory()
    }
}

fn pool(capacity: usize) -> Arc<OneShelf> {
    Arc::new(OneShelf(Mutex::new(Shelf::new(capacity))))
}

fn direction(takeover: bool, bits: u8) -> Direction {
    Direction {
        takeover,
        window: WindowBits::new(bits).unwrap(),
    }
}

fn encoder(takeover: bool, bits: u8, level: u8) -> DeflateEncoder {
    let tuning = Tuning {
        level,
        ..Tuning::default()
    };
    DeflateEncoder::new(direction(takeover, bits), tuning, None)
}

fn encode(encoder: &mut DeflateEncoder, pieces: &[&str]) -> Vec<u8> {
    let mut out = Vec::new();
    assert_eq!(encoder.start(None, Wish::Always), Some(Rsv::RSV1));
    for (at, piece) in pieces.iter().enumerate() {
        let end = at == pieces.len() - 1;
        encoder.encode(piece.as_bytes(), end, &mut out).unwrap();
    }
    out
}

/// Messages of many lengths, cut out of the same data.
fn messages() -> Vec<String> {
    let text = String::from_utf8(json(60_000)).unwrap();
    let mut rest = text.as_str();
    let mut messages = Vec::new();
    for len in [300, 0, 1, 2, 40, 5000, 3, 700, 12_000, 256, 30_000]
        .into_iter()
        .cycle()
    {
        let Some((message, later)) = rest.split_at_checked(len) else {
            break;
        };
        messages.push(message.to_string());
        rest = later;
    }
    messages
}

#[test]
fn vectors() {
    // The bytes of each backend are the same for these.
    let cases: [(u8, &[&str], &[u8]); 6] = [
        (6, &["Hello"], b"\xf2\x48\xcd\xc9\xc9\x07\x00"),
        (6, &[""], b"\x00"),
        (
            6,
            &["", "data"],
            b"\x00\x00\x00\xff\xff\x4a\x49\x2c\x49\x04\x00",
        ),
        (
            6,
            &["data", ""],
            b"\x4a\x49\x2c\x49\x04\x00\x00\x00\xff\xff\x00",
        ),
        (
            6,
            &["Hel", "lo"],
            b"\xf2\x48\xcd\x01\x00\x00\x00\xff\xff\xca\xc9\x07\x00",
        ),
        (0, &["Hello"], b"\x00\x05\x00\xfa\xffHello\x00"),
    ];
    for (level, pieces, expected) in cases {
        for takeover in [false, true] {
            assert_eq!(
                encode(&mut encoder(takeover, 15, level), pieces),
                expected,
                "{pieces:?}"
            );
        }
    }
}

// RFC 7692 §7.2.3.2
#[test]
fn takeover_points_back() {
    let mut encoder = encoder(true, 15, 6);
    for expected in [
        &b"\xf2\x48\xcd\xc9\xc9\x07\x00"[..],
        b"\xf2\x00\x11\x00\x00",
    ] {
        assert_eq!(encode(&mut encoder, &["Hello"]), expected);
    }
    for _ in 0..4 {
        assert_eq!(encode(&mut encoder, &[""]), [0]);
    }
    assert_eq!(encode(&mut encoder, &["a"]), b"\x4a\x04\x00");
}

// WD24, WD25, WD26
#[test]
fn whatever_is_agreed_the_peer_reads_it() {
    let messages = messages();
    for bits in 8..=15 {
        for (takeover, level) in [(true, 0), (true, 1), (true, 6), (false, 2), (false, 6)] {
            let mut encoder = encoder(takeover, bits, level);
            let mut inflater = Inflater::new(bits);
            for message in &messages {
                let (front, back) = message.split_at(message.len() / 3);
                for pieces in [
                    &[message.as_str()][..],
                    &[front, back],
                    &["", front, back, ""],
                ] {
                    let out = encode(&mut encoder, pieces);
                    let plain = inflater.message(&out).unwrap().output;
                    assert!(plain == message.as_bytes(), "{bits} {takeover} {level}");
                    if !takeover {
                        // D29
                        inflater.clear();
                    }
                }
            }
        }
    }
}

// WD27
#[test]
fn level_0_grows_and_level_9_shrinks() {
    let message = String::from_utf8(json(2000)).unwrap();
    let len = |level| encode(&mut encoder(true, 15, level), &[&message]).len();
    assert_eq!(len(0), 2000 + 5 + 1);
    assert!(len(9) < len(1) && len(1) < 2000);
}

// WD29, WD30
#[test]
fn d29_takeover_makes_the_second_message_shorter() {
    for level in [1, 2, 6] {
        for (takeover, shorter) in [(false, false), (true, true)] {
            let mut encoder = encoder(takeover, 12, level);
            let message = String::from_utf8(json(500)).unwrap();
            let first = encode(&mut encoder, &[&message]).len();
            let second = encode(&mut encoder, &[&message]).len();
            assert_eq!(second < first / 4, shorter, "{level} {first} {second}");
        }
    }
}

#[test]
fn d31_sleep_changes_nothing_that_the_peer_sees() {
    let messages = messages();
    for bits in [8, 9, 11, 13, 15] {
        for level in [0, 1, 4, 9] {
            for takeover in [true, false] {
                let mut encoder = encoder(takeover, bits, level);
                let mut inflater = Inflater::new(bits);
                for (at, message) in messages.iter().enumerate() {
                    if at % 3 != 1 {
                        encoder.sleep();
                        let most = if takeover { MAX_HISTORY.size() } else { 0 };
                        assert!(encoder.memory() <= most);
                    }
                    let out = encode(&mut encoder, &[message]);
                    let plain = inflater.message(&out).unwrap().output;
                    assert!(plain == message.as_bytes(), "{bits} {level} {takeover}");
                    if !takeover {
                        inflater.clear();
                    }
                }
            }
        }
    }
}

#[test]
fn a_sleeper_remembers() {
    for bits in [10, 12, 15] {
        let text = String::from_utf8(json(450)).unwrap();
        let mut encoder = encoder(true, bits, 4);
        let first = encode(&mut encoder, &[&text]).len();
        encoder.sleep();
        let second = encode(&mut encoder, &[&text]).len();
        assert!(second < first / 2, "{bits}: {first} {second}");
    }
}

#[test]
fn messages_are_shared_among_encoders_of_one_variant() {
    let messages = messages();
    let mut one = encoder(true, 12, 2);
    let mut two = encoder(false, 12, 2);
    assert_eq!(one.variant(), two.variant());
    for other in [encoder(true, 11, 2), encoder(true, 12, 3)] {
        assert_ne!(one.variant(), other.variant());
    }
    let mut alone = one.standalone().unwrap();
    assert_eq!(alone.variant(), one.variant());
    let mut peers = [Inflater::new(12), Inflater::new(12)];
    for (at, message) in messages.iter().enumerate() {
        let mut shared = Vec::new();
        alone.start(Some(message.len()), Wish::Always).unwrap();
        alone.encode(message.as_bytes(), true, &mut shared).unwrap();
        for (encoder, peer) in [&mut one, &mut two].into_iter().zip(&mut peers) {
            encoder.passed(message.as_bytes());
            assert_eq!(peer.message(&shared).unwrap().output, message.as_bytes());
            if at % 4 == 3 {
                encoder.sleep();
            }
            if at % 2 == 0 {
                let own = encode(encoder, &[message]);
                assert_eq!(peer.message(&own).unwrap().output, message.as_bytes());
                // What was passed on is known to the peer, and so it is used.
                if encoder.takeover && (100..3000).contains(&message.len()) {
                    assert!(
                        own.len() < message.len() / 8,
                        "{} {}",
                        own.len(),
                        message.len()
                    );
                }
            }
        }
        // It needs nothing that was sent before, and neither does who reads it.
        peers[1].clear();
    }
}

#[test]
fn d32_wishes_and_the_threshold() {
    for (threshold, len, wish, expected) in [
        (100, Some(99), Wish::Auto, false),
        (100, Some(100), Wish::Auto, true),
        (100, None, Wish::Auto, true),
        (100, Some(0), Wish::Always, true),
        (0, Some(0), Wish::Auto, true),
        (100, Some(5000), Wish::Never, false),
        (0, None, Wish::Never, false),
    ] {
        for takeover in [false, true] {
            let tuning = Tuning {
                threshold: Some(threshold),
                ..Tuning::default()
            };
            let mut encoder = DeflateEncoder::new(direction(takeover, 15), tuning, None);
            let expected = expected.then_some(Rsv::RSV1);
            assert_eq!(
                encoder.start(len, wish),
                expected,
                "{threshold} {len:?} {wish:?}"
            );
        }
    }
}

#[test]
fn d30_what_does_not_shrink_hardly_grows() {
    for level in [0, 1, 6] {
        for len in [1, 1000, 65_535, 65_536] {
            let mut encoder = encoder(true, 10, level);
            let mut out = Vec::new();
            encoder.encode(&random(1, len), true, &mut out).unwrap();
            assert!(out.len() <= len + 5 * len.div_ceil(65_535) + 1);
        }
    }
}

#[test]
fn v51_codecs_are_lent() {
    let pool = pool(2);
    let lent: Arc<dyn Pool> = pool.clone();
    let tuning = Tuning::default();
    let message = String::from_utf8(json(600)).unwrap();
    let mut connections: Vec<DeflateEncoder> = (0..10)
        .map(|_| DeflateEncoder::new(direction(false, 12), tuning, Some(lent.clone())))
        .collect();
    assert_eq!(pool.memory(), 0);
    let mut first = None;
    for connection in &mut connections {
        let out = encode(connection, &[&message]);
        assert_eq!(connection.memory(), 0);
        // Another connection's message has left no trace.
        assert_eq!(
            Inflater::new(12).message(&out).unwrap().output,
            message.as_bytes()
        );
        let one_codec = *first.get_or_insert_with(|| pool.memory());
        assert!(one_codec > 30_000);
        assert_eq!(pool.memory(), one_codec);
    }
    // Those that remember keep theirs until they sleep or go.
    let mut keeping = DeflateEncoder::new(direction(true, 12), tuning, Some(lent));
    encode(&mut keeping, &[&message]);
    assert!(keeping.memory() > 30_000);
    assert!(pool.memory() < 1000);
    keeping.sleep();
    assert_eq!(keeping.memory(), 600);
    assert_eq!(Some(pool.memory()), first);
    encode(&mut keeping, &[&message]);
    drop(keeping);
    assert_eq!(Some(pool.memory()), first);
}

#[test]
fn a_pool_may_give_what_nobody_asked_for() {
    #[derive(Debug)]
    struct Wrong;

    impl Pool for Wrong {
        fn take(&self, _: &CodecKind) -> Option<Codec> {
            let other = encoder(true, 15, 9).settings;
            Some(Codec::of_compressor(Compressor::new(other)))
        }

        fn give_back(&self, _: Codec) {}
    }

    let data = vec![b'a'; 600];
    let tuning = Tuning::default();
    let mut encoder = DeflateEncoder::new(direction(true, 8), tuning, Some(Arc::new(Wrong)));
    let mut out = Vec::new();
    encoder.encode(&data, true, &mut out).unwrap();
    assert_eq!(encoder.codec.as_ref().unwrap().settings(), encoder.settings);
    assert_eq!(Inflater::new(8).message(&out).unwrap().output, data);
}
