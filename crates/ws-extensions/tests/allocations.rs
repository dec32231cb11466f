//! What permessage-deflate allocates: nothing per message, and what it says it holds.
#![cfg(feature = "deflate")]

use std::sync::{Arc, Mutex};

use allocation_counter::measure;
use ws_extensions::deflate::{Codec, CodecKind, Deflate, Pool, Shelf, WindowBits};
use ws_extensions::{Encoder, Extension, Params, Wish};

#[derive(Debug)]
struct Shared(Mutex<Shelf>);

impl Pool for Shared {
    fn take(&self, wanted: &CodecKind) -> Option<Codec> {
        self.0.lock().expect("not poisoned").take(wanted)
    }

    fn give_back(&self, codec: Codec) {
        self.0.lock().expect("not poisoned").give_back(codec);
    }
}

fn encoder(deflate: &Deflate) -> Box<dyn Encoder> {
    let granted = Params::new("permessage-deflate");
    deflate.confirm(&granted).expect("as offered").encoder
}

fn message() -> Vec<u8> {
    (0..200_u32)
        .flat_map(|number| {
            format!("{{\"number\":{number},\"square\":{}}}", number * number).into_bytes()
        })
        .collect()
}

fn send(encoder: &mut dyn Encoder, message: &[u8], out: &mut Vec<u8>) {
    out.clear();
    let rsv = encoder.start(Some(message.len()), Wish::Always);
    assert!(rsv.is_some());
    let (front, back) = message.split_at(message.len() / 2);
    for (piece, end) in [(front, false), (back, true)] {
        encoder.encode(piece, end, out).expect("it compresses");
    }
    assert!(out.len() < message.len());
}

#[test]
fn a_message_allocates_nothing() {
    let pool = Arc::new(Shared(Mutex::new(Shelf::new(2))));
    for (takeover, sleeping) in [(true, false), (true, true), (false, false)] {
        let deflate = Deflate::new()
            .no_context_takeover(!takeover)
            .pool(pool.clone());
        let mut encoder = encoder(&deflate);
        let message = message();
        let mut out = Vec::with_capacity(1 << 16);
        for _ in 0..3 {
            send(&mut *encoder, &message, &mut out);
        }
        let heap = measure(|| {
            for _ in 0..50 {
                send(&mut *encoder, &message, &mut out);
                if sleeping {
                    encoder.sleep();
                }
            }
        });
        assert_eq!(heap.count_total, 0, "{takeover} {sleeping} {heap:?}");
    }
}

#[test]
fn memory_is_what_was_allocated() {
    let message = message();
    for (bits, memory_level) in [(8, 1), (9, 1), (12, 4), (15, 8), (15, 9)] {
        let deflate = Deflate::new()
            .memory_level(memory_level)
            .max_window_bits(WindowBits::new(bits).unwrap());
        let mut encoder = encoder(&deflate);
        let mut out = Vec::with_capacity(1 << 16);
        assert_eq!(encoder.memory(), 0);
        let heap = measure(|| send(&mut *encoder, &message, &mut out));
        let held = u64::try_from(encoder.memory()).unwrap();
        // Allocators are asked for a little more, where memory must be aligned.
        let real = u64::try_from(heap.bytes_current).unwrap();
        assert!(
            held.abs_diff(real) <= 128,
            "{bits} {memory_level}: {held} {heap:?}"
        );
        let heap = measure(|| encoder.sleep());
        assert!(encoder.memory() <= 4096);
        assert_eq!(
            heap.bytes_current.unsigned_abs(),
            real - encoder.memory() as u64
        );
    }
}

// D31: what an idle connection holds.
#[test]
fn d31_a_sleeping_connection_holds_little() {
    let pool = Arc::new(Shared(Mutex::new(Shelf::new(2))));
    let message = message();
    let mut out = Vec::with_capacity(1 << 16);
    for (takeover, most) in [(true, 4096 + 300), (false, 300)] {
        let deflate = Deflate::new()
            .no_context_takeover(!takeover)
            .pool(pool.clone());
        // The pool's codec is made.
        send(&mut *encoder(&deflate), &message, &mut out);
        let mut connections = Vec::with_capacity(100);
        let heap = measure(|| {
            for _ in 0..100 {
                let mut encoder = encoder(&deflate);
                send(&mut *encoder, &message, &mut out);
                encoder.sleep();
                connections.push(encoder);
            }
        });
        assert!(heap.bytes_current / 100 <= most, "{takeover} {heap:?}");
    }
}
