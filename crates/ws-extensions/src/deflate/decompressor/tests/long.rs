//! What takes long messages, or many: windows to the byte, blocks without data, memory.

use super::{
    Decompressor, HELLO, HELLO_AGAIN, WindowBits, check_few, cuts, message, pack, reference,
    testing,
};

#[test]
fn d18_distances_end_with_the_window() {
    let plain = testing::random(5, 40_000);
    let far = reference(&plain, 20_000);
    let expected = [&plain[..], &plain[20_000..20_003]].concat();
    for bits in 8..=15 {
        check_few(bits, &far, (bits == 15).then_some(&expected));
    }
    for bits in 8..=15 {
        let size = 1 << bits;
        for (existing, distance) in [
            (size - 1, size - 1),
            (size - 1, size),
            (size, size),
            (size + 300, size),
            (size + 1, size + 1),
            (size + 300, size + 1),
        ] {
            if distance > 32_768 {
                continue;
            }
            let plain = &plain[..existing];
            let valid = distance <= existing.min(size);
            let mut expected = plain.to_vec();
            for _ in 0..3 {
                expected.push(plain[(expected.len() - distance.min(existing)) % existing]);
            }
            let payload = reference(plain, distance);
            check_few(bits, &payload, valid.then_some(&expected));
        }
    }
}

#[test]
fn d23_and_d24_blocks_without_data() {
    let stored = [&b"\x00\x00\x00\xff\xff".repeat(20_000), &b"\x00"[..]].concat();
    check_few(15, &stored, Some(b""));
    check_few(9, &stored, Some(b""));
    let blocks = pack(&"010 0000000".repeat(4000));
    check_few(15, &[&blocks[..], b"\x00"].concat(), Some(b""));
    check_few(8, &b"\x03\x00".repeat(2000), Some(b""));
    check_few(15, &b"\x03\x00".repeat(2000), Some(b""));
}

#[test]
fn no_usual_message_needs_another_backend() {
    let kept = b"\xf2\x48\xcd\x01\x00\x00\x00\xff\xff\xca\xc9\x07\x00";
    for mut decompressor in Decompressor::all(WindowBits::MAX) {
        for payload in [HELLO, HELLO_AGAIN, b"\x00", b"", b"\x4a\x04\x00", kept] {
            for pieces in cuts(payload) {
                for room in 1..10 {
                    message(&mut decompressor, &[HELLO], 5).unwrap();
                    message(&mut decompressor, &pieces, room).unwrap();
                    message(&mut decompressor, &pieces, room).unwrap();
                    assert!(decompressor.is_reusable(), "{pieces:02x?} in {room}");
                }
            }
        }
    }
}

#[test]
fn memory_is_what_was_measured() {
    for bits in [8, 15] {
        let window = WindowBits::new(bits).unwrap();
        for mut decompressor in Decompressor::all(window) {
            assert!((10_000..50_000).contains(&decompressor.memory()));
            let plain = testing::json(100_000);
            for piece in plain.chunks(10_000) {
                let stored = reference(piece, 200);
                message(&mut decompressor, &[&stored], 4096).unwrap();
            }
            let window = window.size();
            assert!((10_000 + window..52_000 + window).contains(&decompressor.memory()));
        }
    }
}
