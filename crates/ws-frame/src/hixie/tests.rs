//! Tests of the frames of hixie-75 and hixie-76; every row at every split point.

use super::*;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use proptest::prelude::*;

use Version::{Hixie75, Hixie76};

const LIMIT: u64 = 1 << 20;

/// A frame with its parts joined.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Seen {
    Text(Vec<u8>),
    Close,
    Failed(FrameError),
}

use Seen::{Close, Failed};

fn text(text: &str) -> Seen {
    Seen::Text(text.into())
}

fn decode<'p>(version: Version, pieces: impl IntoIterator<Item = &'p [u8]>) -> Vec<Seen> {
    let mut decoder = FrameDecoder::new(version, LIMIT);
    let (mut seen, mut joined, mut fresh) = (Vec::new(), Vec::new(), true);
    for piece in pieces {
        let mut piece = piece.to_vec();
        let mut input = &mut piece[..];
        loop {
            match decoder.decode(&mut input) {
                Ok(None) => break,
                Ok(Some(FramePart::Close)) => seen.push(Close),
                Ok(Some(FramePart::Text {
                    first,
                    last,
                    payload,
                })) => {
                    assert_eq!(first, fresh, "first is told once");
                    fresh = last;
                    joined.extend_from_slice(payload);
                    if last {
                        seen.push(Seen::Text(core::mem::take(&mut joined)));
                    }
                }
                Err(error) => {
                    seen.push(Failed(error));
                    return seen;
                }
            }
        }
        assert!(input.is_empty(), "every input is consumed whole");
    }
    seen
}

/// Whole, byte by byte, and cut in two at every place.
#[track_caller]
fn check(version: Version, wire: &[u8], expected: &[Seen]) {
    let mut ways = vec![vec![wire], wire.chunks(1).collect()];
    ways.extend((0..=wire.len()).map(|cut| vec![&wire[..cut], &wire[cut..]]));
    for pieces in ways {
        assert_eq!(decode(version, pieces.clone()), expected, "{pieces:x?}");
    }
}

#[track_caller]
fn check_both(wire: &[u8], expected: &[Seen]) {
    check(Hixie75, wire, expected);
    check(Hixie76, wire, expected);
}

#[test]
fn x11_texts_between_two_bytes() {
    check_both(b"\x00Hello\xff", &[text("Hello")]);
    check_both(b"\x00\xff", &[text("")]);
    check_both(
        b"\x00Hello\xff\x00World\xff",
        &[text("Hello"), text("World")],
    );
    check_both(b"\x66Hello\xff", &[text("Hello")]);
    check_both(b"\x7f\x00\x7f\xff", &[text("\0\x7f")]);
    check_both(b"\x00Apple = \xef\xa3\xbf\xff", &[text("Apple = \u{F8FF}")]);
    // Without its end it is no text yet.
    check_both(b"\x00Hel", &[]);
}

#[test]
fn x12_frames_with_a_length_are_passed_over() {
    check_both(b"\x80\x02He\x00Hello\xff", &[text("Hello")]);
    // An end of text inside is none.
    check_both(b"\xfe\x03\xff\x00\xff\x00a\xff", &[text("a")]);
    check_both(b"\x80\x00\x00a\xff", &[text("a")]);
    // Two digits, and zeros in front.
    let mut wire = vec![0x80, 0x81, 0x02];
    wire.extend([0x00; 130]);
    wire.extend(b"\x00a\xff\x80\x80\x80\x01\xff\x00b\xff");
    check_both(&wire, &[text("a"), text("b")]);
}

#[test]
fn x13_a_length_that_grows_without_end() {
    let mut wire = vec![0x80];
    wire.extend([0xFF; 10]);
    let too_long = Failed(FrameError::TooLong { limit: LIMIT });
    check_both(&wire, &[too_long]);
    // Nor is there any sum that overflows.
    let mut decoder = FrameDecoder::new(Hixie76, u64::MAX);
    let failed = decoder.decode(&mut &mut wire[..]).map(|_| ());
    assert_eq!(failed, Err(FrameError::TooLong { limit: u64::MAX }));
}

#[test]
fn x14_a_length_of_zeros_without_end() {
    let mut wire = b"\x00a\xff\x80".to_vec();
    wire.extend([0x80; 9]);
    check_both(&wire, &[text("a")]);
    let mut ended = wire.clone();
    ended.extend(b"\x01x\x00b\xff");
    check_both(&ended, &[text("a"), text("b")]);
    wire.push(0x80);
    check_both(&wire, &[text("a"), Failed(FrameError::EndlessLength)]);
}

#[test]
fn x15_a_length_above_the_limit_is_refused_before_it_is_skipped() {
    let too_long = Failed(FrameError::TooLong { limit: LIMIT });
    check_both(
        b"\x80\x84\x80\x80\x80\x80\x80\x80\x00",
        core::slice::from_ref(&too_long),
    );
    // Exactly the limit, 2²⁰, and one more.
    check_both(b"\x80\xc0\x80\x00", &[]);
    check_both(b"\x80\xc0\x80\x01", &[too_long]);
}

#[test]
fn x16_x17_what_closes() {
    check(Hixie76, b"\x00a\xff\xff\x00", &[text("a"), Close]);
    check(
        Hixie75,
        b"\x00a\xff\xff\x00\x00b\xff",
        &[text("a"), text("b")],
    );
    // Of type 0xFF with something in it, it is skipped, and what follows does not close.
    check(Hixie76, b"\xff\x01\x41\x80\x00\x00a\xff", &[text("a")]);
    // Zero in two digits is zero.
    check(Hixie76, b"\xff\x80\x00", &[Close]);
    check(Hixie75, b"\xff\x80\x00", &[]);
    // The end of a text does not begin a close.
    check(Hixie76, b"\x00a\xff\x00b\xff", &[text("a"), text("b")]);
}

#[test]
fn where_a_frame_ends_is_told() {
    let mut decoder = FrameDecoder::new(Hixie76, LIMIT);
    let mut ends = Vec::new();
    for byte in *b"\x00\xff\x80\x02ab\xff\x00" {
        decoder.decode(&mut &mut [byte][..]).unwrap();
        ends.push(decoder.is_between_frames());
    }
    assert_eq!(ends, [false, true, false, false, false, true, false, true]);
}

#[test]
fn parts_are_lent_from_the_input() {
    let mut wire = *b"\x00Hello\xff";
    let at = wire[1..].as_ptr();
    let mut decoder = FrameDecoder::new(Hixie75, LIMIT);
    let Ok(Some(FramePart::Text { payload, .. })) = decoder.decode(&mut &mut wire[..]) else {
        panic!("no text")
    };
    assert_eq!(payload.as_ptr(), at);
}

#[test]
fn texts_are_written_whole_or_not_at_all() {
    for (text, wire) in [
        ("", &b"\x00\xff"[..]),
        ("50", b"\x00\x35\x30\xff"),
        ("Hi", b"\x00Hi\xff"),
        ("\u{F8FF}", b"\x00\xef\xa3\xbf\xff"),
    ] {
        let mut out = [7; 8];
        let len = text.len() + 2;
        assert_eq!(encode_text(text, &mut out), Some(len));
        assert_eq!((&out[..len], out[len]), (wire, 7), "{text}");
        for short in 0..len {
            let mut out = [7; 8];
            assert_eq!(encode_text(text, &mut out[..short]), None);
            assert_eq!(out, [7; 8]);
        }
    }
    assert_eq!(CLOSE, [0xFF, 0x00]);
}

#[test]
fn ends_are_found_in_every_block() {
    for len in [0, 1, 255, 256, 257, 600] {
        let mut bytes = vec![0x7F; len];
        assert_eq!(find(TEXT_END, &bytes), None);
        for at in (0..len).rev() {
            bytes[at] = TEXT_END;
            assert_eq!(find(TEXT_END, &bytes), Some(at), "{at} of {len}");
        }
    }
}

#[test]
fn errors_are_readable() {
    let shown = format!(
        "{}, {}",
        FrameError::EndlessLength,
        FrameError::TooLong { limit: 5 }
    );
    assert_eq!(shown, "length without an end, frame of more than 5 bytes");
}

/// Bytes that mean something, more often than chance has it.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        3 => any::<u8>(),
        1 => Just(0x00),
        1 => Just(0xFF),
        1 => Just(0x80),
    ];
    proptest::collection::vec(byte, 0..120)
}

proptest! {
    #[test]
    fn frames_do_not_depend_on_cuts(data in bytes()) {
        crate::fuzzing::hixie(&data);
    }

    // X19: no text contains its own end.
    #[test]
    fn x19_any_text_decodes_to_itself(
        texts in proptest::collection::vec(any::<String>(), 0..6),
        step in 1usize..40,
    ) {
        let mut wire = Vec::new();
        for text in &texts {
            let at = wire.len();
            wire.resize(at + text.len() + 2, 0x55);
            prop_assert_eq!(encode_text(text, &mut wire[at..]), Some(text.len() + 2));
        }
        let expected: Vec<Seen> = texts.iter().map(|expected| text(expected)).collect();
        prop_assert_eq!(decode(Hixie76, wire.chunks(step)), expected);
    }
}
