//! Streams at every cut, and properties of any bytes.

mod limits;
mod rules;
mod wpt;

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use proptest::prelude::*;

use super::cut::BOM;
use super::*;
use crate::fuzzing::{self, Seen, see};

/// What a stream means, which must be the same in one piece, cut in two anywhere, in pieces of any
/// size, and with empty pieces between.
#[track_caller]
fn seen(stream: &[u8], limits: Limits) -> Seen {
    let whole = see(limits, core::iter::once(stream));
    for at in 0..=stream.len() {
        let (first, second) = stream.split_at(at);
        let cut = see(limits, [first, &[], second].into_iter());
        assert_eq!(cut, whole, "cut at {at}");
    }
    for size in 1..stream.len() {
        assert_eq!(see(limits, stream.chunks(size)), whole, "chunks of {size}");
    }
    whole
}

/// The events of a stream as texts: `data`, or `kind/data`, or `kind/data/id`.
#[track_caller]
fn events(stream: impl AsRef<[u8]>) -> Vec<String> {
    let seen = seen(stream.as_ref(), Limits::default());
    assert_eq!(seen.error, None);
    let events = seen.events.into_iter().map(|event| {
        let mut text = String::new();
        if event.kind != Event::MESSAGE || !event.id.is_empty() {
            text += &event.kind;
            text.push('/');
        }
        text += &event.data;
        if !event.id.is_empty() {
            text.push('/');
            text += &event.id;
        }
        text
    });
    events.collect()
}

const ENDS: &[&[u8]] = &[b"\n", b"\r", b"\r\n", b"\n\n", b"\n\r", b"\r\r\n"];

const NAMES: &[&[u8]] = &[
    b"data", b"data:", b"data: ", b"event", b"event:", b"event: ", b"id", b"id:", b"id: ",
    b"retry", b"retry:", b"retry: ", b"d", b"dat", b"even", b"i", b"retr",
];

const VALUES: &[&[u8]] = &[
    b":",
    b" ",
    b"\0",
    b"\t",
    b"7",
    b"12",
    b"+",
    b"x",
    BOM,
    b"\xef\xbb",
    "é".as_bytes(),
    "…".as_bytes(),
    b"\xe2\x80",
    b"\xf0\x9f\x98",
    b"\xc3",
    b"\x80",
    b"\xff",
    b"\xed\xa0\x80",
    b"\xc0\xaf",
    "\u{2028}".as_bytes(),
    b"\x0b",
];

/// Bytes that look like an event stream often enough.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let one_of = |parts| prop::sample::select(parts).prop_map(<[u8]>::to_vec);
    let part = prop_oneof![
        6 => one_of(ENDS),
        6 => one_of(NAMES),
        4 => one_of(VALUES),
        1 => prop::collection::vec(any::<u8>(), 0..20),
    ];
    prop::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn decoder_is_the_reference(
        seed in any::<[u8; 4]>(),
        small in any::<u8>(),
        with_bom in any::<bool>(),
        stream in stream(),
    ) {
        let bom: &[u8] = if with_bom { BOM } else { b"" };
        for limited in [0, 1] {
            fuzzing::decode(&[&[small & !1 | limited], &seed[..], bom, &stream].concat());
        }
    }

    #[test]
    fn decoder_is_the_reference_for_any_bytes(data in prop::collection::vec(any::<u8>(), 0..200)) {
        fuzzing::decode(&data);
    }

    #[test]
    fn every_cut_is_the_same(stream in stream()) {
        seen(&stream, Limits::default());
    }
}

#[test]
fn ends_are_found_however_near() {
    for len in 0..40 {
        for other in [
            b'x', 0, b'\t', 0x0b, 0x0c, 0x0e, 0x7f, 0x80, 0x8a, 0x8d, 0xff,
        ] {
            let mut line = vec![other; len];
            assert_eq!(line::near_end(&line), None);
            for end in *b"\r\n" {
                for more in [0, 1, 20] {
                    line.push(end);
                    line.resize(len + 1 + more, other);
                    assert_eq!(line::near_end(&line), Some(len), "{line:?}");
                    assert_eq!(line::end(&line), Some(len));
                    line.truncate(len);
                }
            }
        }
    }
}

// A value that is not lent goes behind those that were, and before those that will be.
#[test]
fn data_without_a_colon_is_a_line_like_any_other() {
    let stream = "event: a\nid: 1\ndata: x\ndata\ndata:y\n\nid: 2\ndata\nevent: b\n\n";
    assert_eq!(events(stream), ["a/x\n\ny/1", "b//2"]);
}
