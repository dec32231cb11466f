//! The decoder of a connection: takeover, sleep, pool, limits, and what comes behind an error.

use std::sync::{Arc, Mutex};
use std::vec;
use std::vec::Vec;

use miniz_oxide::deflate::core::TDEFLFlush;
use ws_frame::Rsv;

use super::DeflateDecoder;
use crate::deflate::Backend;
use crate::deflate::fuzzing::tests::deflate;
use crate::deflate::parameters::Direction;
use crate::deflate::{Codec, CodecKind, Pool, Shelf, WindowBits, testing};
use crate::{Decoder, FaultKind, SessionError};

const HELLO: &[u8] = b"\xf2\x48\xcd\xc9\xc9\x07\x00";
const HELLO_AGAIN: &[u8] = b"\xf2\x00\x11\x00\x00";
const FINAL: &[u8] = b"\xf3\x48\xcd\xc9\xc9\x07\x00\x00";

/// Every codec that was given back, and how many were asked for in vain.
#[derive(Debug)]
struct Shared {
    shelf: Mutex<Shelf>,
    misses: Mutex<usize>,
}

impl Shared {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            shelf: Mutex::new(Shelf::new(8)),
            misses: Mutex::new(0),
        })
    }

    fn misses(&self) -> usize {
        *self.misses.lock().unwrap()
    }

    fn memory(&self) -> usize {
        self.shelf.lock().unwrap().memory()
    }
}

impl Pool for Shared {
    fn take(&self, wanted: &CodecKind) -> Option<Codec> {
        let codec = self.shelf.lock().unwrap().take(wanted);
        *self.misses.lock().unwrap() += usize::from(codec.is_none());
        codec
    }

    fn give_back(&self, codec: Codec) {
        self.shelf.lock().unwrap().give_back(codec);
    }
}

fn decoder(bits: u8, takeover: bool, pool: Option<&Arc<Shared>>) -> DeflateDecoder {
    let window = WindowBits::new(bits).unwrap();
    let pool = pool.map(|pool| Arc::clone(pool) as Arc<dyn Pool>);
    DeflateDecoder::new(Direction { takeover, window }, Backend::default(), pool)
}

/// Decodes up to `limit` bytes and no more than one beyond, as a connection does.
fn limited(
    decoder: &mut dyn Decoder,
    pieces: &[&[u8]],
    limit: usize,
) -> Result<Vec<u8>, SessionError> {
    assert!(decoder.start(Rsv::RSV1));
    let mut plain = Vec::new();
    let mut room = vec![0; 1 << 16];
    for (index, piece) in pieces.iter().enumerate() {
        let mut input = *piece;
        while plain.len() <= limit {
            let end = index + 1 == pieces.len();
            let room = &mut room[..(limit + 1 - plain.len()).min(1 << 16)];
            let step = decoder.decode(&mut input, end, room)?;
            plain.extend_from_slice(&room[..step.len]);
            if step.done {
                break;
            }
        }
    }
    Ok(plain)
}

fn message(decoder: &mut dyn Decoder, payload: &[u8]) -> Result<Vec<u8>, SessionError> {
    limited(decoder, &[payload], 1 << 20)
}

#[test]
fn d02_no_context_takeover() {
    for bits in [8, 15] {
        for first in [HELLO, FINAL, b"\x00"] {
            let mut decoder = decoder(bits, false, None);
            assert!(message(&mut decoder, first).is_ok());
            assert_eq!(decoder.memory(), 0);
            let error = message(&mut decoder, HELLO_AGAIN).unwrap_err();
            assert_eq!(error.kind(), FaultKind::InvalidData);
            assert_eq!(error.extension(), "permessage-deflate");
        }
    }
}

// RFC 7692 §6.2
#[test]
fn d08_messages_without_the_bit_pass() {
    let mut decoder = decoder(15, true, None);
    assert_eq!(message(&mut decoder, HELLO).unwrap(), b"Hello");
    assert!(!decoder.start(Rsv::NONE));
    assert_eq!(message(&mut decoder, HELLO_AGAIN).unwrap(), b"Hello");
}

#[test]
fn d12_nothing_is_decoded_behind_an_error() {
    for (bits, payload) in [(8, HELLO_AGAIN), (15, HELLO_AGAIN), (15, b"\xf2\x48\xcd")] {
        let mut decoder = decoder(bits, true, None);
        let error = message(&mut decoder, payload).unwrap_err();
        assert_eq!(decoder.memory(), 0);
        decoder.sleep();
        assert_eq!(message(&mut decoder, HELLO).unwrap_err(), error);
        assert_eq!(message(&mut decoder, b"").unwrap_err(), error);
    }
}

#[test]
fn d19_to_d22_bombs_stop_where_the_caller_does() {
    const SIZE: usize = 1 << 20;
    let flushes = [TDEFLFlush::None, TDEFLFlush::Sync];
    let mut payload = deflate(&vec![b'a'; SIZE], 9, 0, flushes);
    payload.truncate(payload.len() - 4);
    assert!(payload.len() < SIZE / 900);
    for (bits, takeover) in [(8, true), (15, true), (15, false)] {
        for limit in [SIZE - 2, SIZE - 1, SIZE, SIZE + 1, SIZE / 16] {
            let mut fragments: Vec<_> = payload.chunks(7).collect();
            fragments.push(&[]);
            for pieces in [&[&payload[..]][..], &fragments] {
                let mut decoder = decoder(bits, takeover, None);
                let plain = limited(&mut decoder, pieces, limit).unwrap();
                assert_eq!(plain.len(), SIZE.min(limit + 1), "{bits} {limit}");
                assert!(plain.iter().all(|&byte| byte == b'a'));
                assert!(decoder.memory() < 100_000);
            }
        }
    }
}

#[test]
fn there_is_no_codec_before_the_first_compressed_message() {
    let shared = Shared::new();
    for takeover in [true, false] {
        let mut decoder = decoder(15, takeover, Some(&shared));
        assert!(!decoder.start(Rsv::NONE));
        decoder.sleep();
        assert_eq!((decoder.memory(), shared.misses()), (0, 0));
    }
}

#[test]
fn with_takeover_sleep_keeps_the_window_and_no_more() {
    let text = testing::json(200_000);
    for bits in [8, 11, 15] {
        for pool in [None, Some(Shared::new())] {
            let mut decoder = decoder(bits, true, pool.as_ref());
            let mut kept = 0;
            for (index, plain) in text.chunks(10_000).enumerate() {
                // The front of each message as it is, then a reference as far back as can be.
                let mut payload = vec![0, 0x10, 0x27, 0xef, 0xd8];
                payload.extend_from_slice(plain);
                payload.extend_from_slice(if index % 3 == 0 { FINAL } else { HELLO });
                let found = message(&mut decoder, &payload).unwrap();
                assert_eq!(found, [plain, b"Hello"].concat());
                assert_eq!(message(&mut decoder, HELLO_AGAIN).unwrap(), b"Hello");
                kept = (kept + plain.len() + 10).min(1 << bits);
                assert!(decoder.memory() > 10_000);
                decoder.sleep();
                assert_eq!(decoder.memory(), kept);
            }
            assert_eq!(message(&mut decoder, HELLO_AGAIN).unwrap(), b"Hello");
        }
    }
}

#[test]
fn sleep_inside_a_message_changes_nothing() {
    for bits in [9, 15] {
        let mut decoder = decoder(bits, true, None);
        assert!(decoder.start(Rsv::RSV1));
        let mut plain = Vec::new();
        for (at, byte) in HELLO.iter().enumerate() {
            let mut room = [0; 9];
            let mut input = core::slice::from_ref(byte);
            let end = at + 1 == HELLO.len();
            let step = decoder.decode(&mut input, end, &mut room).unwrap();
            plain.extend_from_slice(&room[..step.len]);
            assert!(decoder.memory() > 10_000);
            if !end {
                decoder.sleep();
            }
        }
        assert_eq!(plain, b"Hello");
    }
}

#[test]
fn without_takeover_connections_share_one_codec() {
    let shared = Shared::new();
    let mut decoders: Vec<_> = (0..5).map(|_| decoder(15, false, Some(&shared))).collect();
    for _ in 0..3 {
        for decoder in &mut decoders {
            for payload in [HELLO, FINAL, b"\xf3\x48\xcd\xc9\xc9\x07\x00"] {
                assert_eq!(message(decoder, payload).unwrap(), b"Hello");
                assert_eq!(decoder.memory(), 0);
            }
        }
    }
    assert_eq!(shared.misses(), 1);
    // What one connection received, no other can refer to.
    let error = message(&mut decoders[0], HELLO_AGAIN).unwrap_err();
    assert_eq!(error.kind(), FaultKind::InvalidData);
}

#[test]
fn the_pool_holds_as_much_as_its_codecs_say() {
    let shared = Shared::new();
    let mut first = decoder(15, true, Some(&shared));
    message(&mut first, HELLO).unwrap();
    let memory = first.memory();
    assert_eq!(shared.memory(), 0);
    first.sleep();
    assert_eq!(first.memory(), 5);
    assert!((memory..memory + 2000).contains(&shared.memory()));
    assert_eq!(message(&mut first, HELLO_AGAIN).unwrap(), b"Hello");
    assert_eq!(shared.misses(), 1);
}
