//! One suite for every backend: the numbered hostile cases, vectors, windows to the byte.

mod long;

use std::format;
use std::string::String;
use std::vec;
use std::vec::Vec;

use crate::deflate::reference::Inflater;

use super::{Decompressor, TAIL, UNFINISHED};
use crate::SessionError;
use crate::deflate::{WindowBits, testing};

const HELLO: &[u8] = b"\xf2\x48\xcd\xc9\xc9\x07\x00";
const HELLO_AGAIN: &[u8] = b"\xf2\x00\x11\x00\x00";
const ROOMS: [usize; 5] = [1, 2, 7, 64, 65_536];

/// What an invalid message becomes. Which reason is given is left open: backends read on to
/// different places.
const INVALID: Option<&[u8]> = None;

/// Decodes a message that comes in pieces, with rooms of this size.
pub(super) fn message(
    decompressor: &mut Decompressor,
    pieces: &[&[u8]],
    room: usize,
) -> Result<Vec<u8>, SessionError> {
    let mut room = vec![0xaa; room];
    let mut plain = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        let mut input = *piece;
        loop {
            let end = index + 1 == pieces.len();
            let decoded = decompressor.decode(&mut input, end, &mut room)?;
            plain.extend_from_slice(&room[..decoded.len]);
            if decoded.done {
                assert!(input.is_empty(), "all input is taken");
                break;
            }
            assert_eq!(decoded.len, room.len(), "the room is full");
        }
    }
    Ok(plain)
}

/// Whole, in two at each place (the ends included) and byte by byte; long ones at fewer places.
fn cuts(payload: &[u8]) -> Vec<Vec<&[u8]>> {
    let step = payload.len() / 300 + 1;
    let pairs = (0..=payload.len()).step_by(step).map(|at| {
        let (front, back) = payload.split_at(at);
        vec![front, back]
    });
    let mut cuts: Vec<_> = pairs.collect();
    cuts.push(vec![payload]);
    cuts.push(payload.chunks(step).collect());
    if payload.is_empty() {
        cuts.push(vec![payload; 3]);
        cuts.retain(|pieces| !pieces.is_empty());
    }
    cuts
}

/// Each message gets its verdict, cut in any way, from every backend and from the slow inflater.
#[track_caller]
fn check(bits: u8, messages: &[(&[u8], Option<&[u8]>)]) {
    let mut slow = Inflater::new(bits);
    for (payload, verdict) in messages {
        let found = slow.message(payload).map(|found| found.output).ok();
        assert_eq!(found.as_deref(), *verdict, "slow, {payload:02x?}");
    }
    for mut decompressor in Decompressor::all(WindowBits::new(bits).unwrap()) {
        for room in ROOMS {
            let most = messages.iter().map(|(payload, _)| cuts(payload).len());
            for cut in 0..most.max().unwrap_or(0) {
                decompressor.reset();
                for (payload, verdict) in messages {
                    let cuts = cuts(payload);
                    let pieces = &cuts[cut.min(cuts.len() - 1)];
                    let found = message(&mut decompressor, pieces, room).ok();
                    assert!(
                        found.as_deref() == *verdict,
                        "{found:02x?} of {pieces:02x?} in {room}, {decompressor:?}"
                    );
                }
            }
        }
    }
}

/// As [`check`], for what is long.
#[track_caller]
fn check_few(bits: u8, payload: &[u8], verdict: Option<&[u8]>) {
    let found = Inflater::new(bits).message(payload);
    assert_eq!(found.map(|found| found.output).ok().as_deref(), verdict);
    for mut decompressor in Decompressor::all(WindowBits::new(bits).unwrap()) {
        for (room, step) in [(65_536, 70_000), (64, 70_000), (1, 500), (4096, 3)] {
            decompressor.reset();
            let pieces: Vec<_> = payload.chunks(step).collect();
            let found = message(&mut decompressor, &pieces, room).ok();
            assert!(
                found.as_deref() == verdict,
                "{bits}, {room}, {step}, {decompressor:?}"
            );
        }
    }
}

/// Bits in the order of the stream: the first is the least significant one of the first byte.
fn pack(bits: &str) -> Vec<u8> {
    let bits: Vec<u8> = bits.bytes().filter(|bit| *bit != b' ').collect();
    bits.chunks(8)
        .map(|byte| (0..).zip(byte).map(|(i, bit)| (bit & 1) << i).sum())
        .collect()
}

/// A number, its least significant bit first.
fn number(value: usize, width: usize) -> String {
    (0..width)
        .map(|bit| if value >> bit & 1 == 1 { '1' } else { '0' })
        .collect()
}

/// A message of stored blocks with `plain`, and a reference of three bytes to `distance`.
fn reference(plain: &[u8], distance: usize) -> Vec<u8> {
    let mut payload = Vec::new();
    for piece in plain.chunks(65_535) {
        let len = u16::try_from(piece.len()).unwrap();
        payload.push(0);
        payload.extend_from_slice(&len.to_le_bytes());
        payload.extend_from_slice(&(!len).to_le_bytes());
        payload.extend_from_slice(piece);
    }
    let extra = usize::try_from((distance - 1).ilog2()).unwrap() - 1;
    let symbol = 2 * (extra + 1) + ((distance - 1) >> extra & 1);
    let rest = number((distance - 1) & ((1 << extra) - 1), extra);
    let block = format!("010 0000001 {symbol:05b} {rest} 0000000 000");
    payload.extend(pack(&block));
    payload
}

#[test]
fn d01_shared_window() {
    check(
        15,
        &[(HELLO, Some(b"Hello")), (HELLO_AGAIN, Some(b"Hello"))],
    );
    check(8, &[(HELLO, Some(b"Hello")), (HELLO_AGAIN, Some(b"Hello"))]);
}

// RFC 7692 §7.2.3.1
#[test]
fn d03_fragments() {
    for mut decompressor in Decompressor::all(WindowBits::MAX) {
        for room in ROOMS {
            let pieces: [&[u8]; 4] = [b"\xf2\x48\xcd", b"", b"\xc9\xc9\x07\x00", b""];
            let found = message(&mut decompressor, &pieces, room);
            assert_eq!(found.unwrap(), b"Hello");
        }
    }
    // Pieces that keep their tails, the last of which may be empty.
    let kept = b"\xf2\x48\xcd\x01\x00\x00\x00\xff\xff\xca\xc9\x07\x00";
    check(15, &[(kept, Some(b"Hello"))]);
    let kept = b"\x4a\x49\x2c\x49\x04\x00\x00\x00\xff\xff\x00";
    check(15, &[(kept, Some(b"data")), (kept, Some(b"data"))]);
    check(
        15,
        &[(
            b"\x00\x00\x00\xff\xff\x4a\x49\x2c\x49\x04\x00",
            Some(b"data"),
        )],
    );
}

// RFC 7692 §7.2.3.3
#[test]
fn d04_stored_block() {
    check(9, &[(b"\x00\x05\x00\xfa\xffHello\x00", Some(b"Hello"))]);
    check(
        15,
        &[
            (b"\x00\x05\x00\xfa\xffHello\x00", Some(b"Hello")),
            (HELLO_AGAIN, Some(b"Hello")),
        ],
    );
    // The tail may be data.
    check(
        15,
        &[(b"\x00\x04\x00\xfb\xff", Some(&TAIL)), (b"\x00", Some(b""))],
    );
}

// RFC 7692 §7.2.3.4
#[test]
fn d05_final_block() {
    for payload in [
        &b"\xf3\x48\xcd\xc9\xc9\x07\x00\x00"[..],
        b"\xf3\x48\xcd\xc9\xc9\x07\x00",
    ] {
        for bits in [8, 15] {
            check(
                bits,
                &[
                    (payload, Some(b"Hello")),
                    (HELLO_AGAIN, Some(b"Hello")),
                    (payload, Some(b"Hello")),
                ],
            );
        }
    }
}

// RFC 7692 §7.2.3.5
#[test]
fn d06_two_blocks() {
    let payload = b"\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00";
    check(
        15,
        &[(payload, Some(b"Hello")), (HELLO_AGAIN, Some(b"Hello"))],
    );
}

// RFC 7692 §7.2.3.6
#[test]
fn d07_empty_messages() {
    for payload in [
        &b""[..],
        b"\x00",
        b"\x02\x00",
        b"\x03\x00",
        b"\x01\x00\x00\xff\xff",
    ] {
        check(
            15,
            &[
                (payload, Some(b"")),
                (payload, Some(b"")),
                (HELLO, Some(b"Hello")),
            ],
        );
        check(
            10,
            &[
                (HELLO, Some(b"Hello")),
                (payload, Some(b"")),
                (HELLO_AGAIN, Some(b"Hello")),
            ],
        );
    }
}

#[test]
fn d10_to_d14_invalid_data() {
    for payload in [
        // D10: the reserved block type.
        &b"\x07\x00"[..],
        b"\x06",
        // D11: a stored block whose length does not match its complement.
        b"\x00\x05\x00\x00\x00Hello",
        // D12: a distance beyond what there is.
        HELLO_AGAIN,
        // D13: code lengths that make no code.
        b"\xed\xfd\xff\xff\xff\xff\xff\xff",
        b"\x04\x00\x00\x00\x00\x00\x00\x00\x00",
        // D14: length symbols 286 and 287, distance symbols 30 and 31.
        &pack("010 11000110 00000 0000000 000"),
        &pack("010 11000111 00000 0000000 000"),
        &pack("010 01111000 0000001 11110 0000000 000"),
        &pack("010 01111000 0000001 11111 0000000 000"),
        // WD31
        b"\x22\xfa\xec\x78",
    ] {
        check(15, &[(b"\x00", Some(b"")), (payload, INVALID)]);
        check(11, &[(payload, INVALID)]);
    }
}

#[test]
fn d13_random_code_lengths() {
    for seed in 0..500 {
        let mut payload = testing::random(seed, 60);
        payload[0] = 4 | payload[0] & 0xf8;
        check_few(15, &payload, INVALID);
    }
}

#[test]
fn d15_truncated_inside_a_block() {
    check(15, &[(b"\xf2\x48\xcd", INVALID)]);
    check(15, &[(HELLO, Some(b"Hello")), (b"\xf2\x48\xcd", INVALID)]);
    // A stored block that wants more than the tail, and one that would be whole with a byte more.
    check(12, &[(b"\x00\x09\x00\xf6\xffHell", INVALID)]);
    check(15, &[(b"\x00\x05\x00\xfa\xff", INVALID)]);
}

// Not in the catalogue: a dynamic block without data, whose code lengths and end are the tail, but
// for two bits. As the end of a final block, these would be padding.
#[test]
fn bits_left_over_by_the_tail() {
    for (last, verdict) in [("0", INVALID), ("1", Some(&b""[..]))] {
        // Lengths of the code length code, in their order: 0 has code 0, 18 has 10, 1 has 110, 2
        // has 1110, and 16 has 1111.
        let code: String = [4, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 3]
            .map(|len| number(len, 3))
            .concat();
        // Bytes 254 and 255 and the end of the block have codes 0, 10, and 11.
        let lengths = format!("10 {} 10 {} 110 1110 1110", number(127, 7), number(105, 7));
        let sizes = [number(0, 5), number(29, 5), number(14, 4)].concat();
        // 30 distance symbols have no code: two here, 16 by the zeros of the tail, and 12 by twelve
        // of its ones; two more end the block.
        let payload = pack(&format!("010 0000000 {last}01 {sizes} {code} {lengths} 00"));
        assert_eq!(payload.len(), 14);
        check(15, &[(&payload, verdict)]);
        check(9, &[(&payload, verdict)]);
    }
}

#[test]
fn d16_and_d17_bytes_behind_a_final_block() {
    let garbage = b"\xf3\x48\xcd\xc9\xc9\x07\x00\xde\xad\xbe\xef";
    check(15, &[(garbage, INVALID)]);
    check(8, &[(garbage, INVALID)]);
    // The second block refers to the first, as does the next message.
    let twice = b"\xf3\x48\xcd\xc9\xc9\x07\x00\xf3\x00\x11\x00\x00";
    for bits in [8, 14, 15] {
        check(
            bits,
            &[(twice, Some(b"HelloHello")), (HELLO_AGAIN, Some(b"Hello"))],
        );
    }
    let many = [&b"\x03\x00".repeat(50), HELLO].concat();
    check(15, &[(HELLO, Some(b"Hello")), (&many, Some(b"Hello"))]);
}

#[test]
fn reasons() {
    for mut decompressor in Decompressor::all(WindowBits::MAX) {
        for (payload, error) in [
            (&b"\x07\x00"[..], super::INVALID),
            (HELLO_AGAIN, super::INVALID),
            (b"\xf2\x48\xcd", UNFINISHED),
            (b"\x00\x09\x00\xf6\xffHell", UNFINISHED),
        ] {
            decompressor.reset();
            assert_eq!(message(&mut decompressor, &[payload], 100), Err(error));
        }
    }
}

// What §2.3 of the hostile cases does not have.
#[test]
fn other_vectors() {
    check(
        15,
        &[
            (HELLO, Some(b"Hello")),
            (HELLO_AGAIN, Some(b"Hello")),
            (b"\x00", Some(b"")),
            (b"\x4a\x04\x00", Some(b"a")),
            (b"\x00", Some(b"")),
        ],
    );
    // WD35
    let recreated = b"\x33\x34\x32\x36\x31\x35\x33\xb7\x00\x00\x00";
    check(
        15,
        &[
            (recreated, Some(b"12345678")),
            (recreated, Some(b"12345678")),
        ],
    );
    check(
        8,
        &[
            (recreated, Some(b"12345678")),
            (recreated, Some(b"12345678")),
        ],
    );
}
