//! Vectors, and what zlib would refuse.

use std::string::String;
use std::vec;
use std::vec::Vec;

use super::{Block, BlockKind, InflateError, Inflater};

const HELLO: &[u8] = b"\xf2\x48\xcd\xc9\xc9\x07\x00";

// RFC 7692 §7.2.3
#[test]
fn messages_of_the_rfc() {
    for (payloads, plain) in [
        (&[HELLO, b"\xf2\x00\x11\x00\x00"][..], "HelloHello"),
        (&[b"\x00\x05\x00\xfa\xffHello\x00"], "Hello"),
        (&[b"\xf3\x48\xcd\xc9\xc9\x07\x00\x00"], "Hello"),
        (
            &[b"\xf3\x48\xcd\xc9\xc9\x07\x00", b"\xf2\x00\x11\x00\x00"],
            "HelloHello",
        ),
        (
            &[b"\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"],
            "Hello",
        ),
        (&[b"", b"\x00", b"\x02\x00", b"\x4a\x04\x00"], "a"),
        (&[b"3426153\xb7\x00\x00\x00"], "12345678"),
    ] {
        let mut inflater = Inflater::new(15);
        let mut output = Vec::new();
        for payload in payloads {
            output.extend(inflater.message(payload).expect("valid").output);
        }
        assert_eq!(
            String::from_utf8(output).as_deref(),
            Ok(plain),
            "{payloads:02x?}"
        );
    }
}

#[test]
fn errors() {
    use InflateError::{BlockType, CodeLengths, Distance, DistanceSymbol, LengthSymbol};
    use InflateError::{StoredLength, SymbolCount, Unfinished};
    for (payload, error) in [
        (&b"\x07\x00"[..], BlockType),
        (b"\x00\x05\x00\x00\x00H", StoredLength),
        (b"\xf2\x00\x11\x00\x00", Distance),
        (b"\xf2\x48\xcd", Unfinished),
        (b"\xed\xfd\xff\xff\xff\xff\xff\xff", CodeLengths),
        (b"\xfc\x00\x00", SymbolCount),
        (b"\x04\x00\x00\x00\x00", CodeLengths),
        (b"\x04\x00\xfe\xff\xff", CodeLengths),
        // Fixed codes: 11000110 is length symbol 286, 11110 distance symbol 30.
        (b"\x1a\x03\x00\x00", LengthSymbol),
        (b"\x02\x3e\x00\x00", DistanceSymbol),
    ] {
        assert_eq!(
            Inflater::new(15).message(payload).expect_err("invalid"),
            error,
            "{payload:02x?}"
        );
    }
}

#[test]
fn blocks_and_distances_are_told() {
    let mut inflater = Inflater::new(8).history(b"Hello");
    let found = inflater
        .inflate(b"\xf3\x00\x11\x00\x01\x00\x00\xff\xff\xf2")
        .expect("valid");
    assert_eq!(found.output, b"Hello");
    assert_eq!(found.largest_distance, 5);
    assert!(!found.at_boundary);
    let kinds = [BlockKind::Fixed, BlockKind::Stored, BlockKind::Fixed];
    let last = [true, true, false];
    let blocks = kinds.iter().zip(last);
    assert!(
        blocks
            .map(|(&kind, last)| Block { kind, last })
            .eq(found.blocks)
    );
}

#[test]
fn distances_end_with_the_window() {
    // Length 3 at distance symbols 15 (193 to 256) and 16 (257 to 384), by their extra bits.
    let (near, far) = (b"\x02\xfa\x1f\x00", b"\x02\x06\x00\x00");
    for (bits, existing, payload, valid) in [
        (8, 256, near, true),
        (8, 255, near, false),
        (8, 300, far, false),
        (9, 300, far, true),
        (9, 256, far, false),
    ] {
        let mut inflater = Inflater::new(bits).history(&vec![b'x'; existing]);
        let found = inflater.message(payload);
        let expected = valid.then_some(&b"xxx"[..]).ok_or(InflateError::Distance);
        assert_eq!(
            found.as_ref().map(|found| &found.output[..]),
            expected.as_ref().copied(),
            "{bits} {existing} {payload:02x?}"
        );
    }
}
