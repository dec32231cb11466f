//! What is written, and that nothing else can be.

use alloc::string::String;

use proptest::prelude::*;

use super::*;
use crate::fuzzing;

fn encoded(event: &Event<'_>) -> String {
    let mut out = b"before|".to_vec();
    Encoder::event(event, &mut out).unwrap();
    String::from_utf8(out.split_off(7)).unwrap()
}

#[test]
fn ss01_line_ends_in_kind_or_id_are_refused() {
    for bad in ["1\r2", "1\n2", "\r\n", "\0", "a\0", "\n", "x\ndata: y\n\n"] {
        for (event, misuse) in [
            (Event::new("x").with_kind(bad), Misuse::Kind),
            (Event::new("x").with_id(bad), Misuse::Id),
            (Event::new("x").with_kind(bad).with_id(bad), Misuse::Kind),
        ] {
            let mut out = b"before".to_vec();
            assert_eq!(Encoder::event(&event, &mut out), Err(misuse), "{event:?}");
            assert_eq!(out, b"before");
        }
        let mut out = b"before".to_vec();
        assert_eq!(Encoder::id(bad, &mut out), Err(Misuse::Id));
        assert_eq!(out, b"before");
    }
}

#[test]
fn ss01_ss02_ss03_events() {
    for (event, expected) in [
        (Event::new("Hello"), "data: Hello\n\n"),
        (
            Event::new("Breaking News!")
                .with_kind("notification")
                .with_id("99"),
            "event: notification\nid: 99\ndata: Breaking News!\n\n",
        ),
        (Event::new("x").with_kind("message"), "data: x\n\n"),
        (Event::new("x").with_kind(""), "data: x\n\n"),
        (
            Event::new("x").with_kind(" a ").with_id(" b "),
            "event:  a \nid:  b \ndata: x\n\n",
        ),
        // SS01: what would be a field of its own is data.
        (Event::new("a\ndata: x"), "data: a\ndata: data: x\n\n"),
        (Event::new("a\r\rid: 1"), "data: a\ndata: \ndata: id: 1\n\n"),
        // SS02
        (
            Event::new("a\r\nb\rc\nd"),
            "data: a\ndata: b\ndata: c\ndata: d\n\n",
        ),
        (Event::new(""), "data: \n\n"),
        (Event::new("\n"), "data: \ndata: \n\n"),
        (Event::new("\r"), "data: \ndata: \n\n"),
        (Event::new("\r\n"), "data: \ndata: \n\n"),
        (Event::new("\n\r"), "data: \ndata: \ndata: \n\n"),
        (Event::new("a\n"), "data: a\ndata: \n\n"),
        // SS03
        (
            Event::new(" a\u{2028}\u{85}\u{b}\0\u{feff}"),
            "data:  a\u{2028}\u{85}\u{b}\0\u{feff}\n\n",
        ),
    ] {
        assert_eq!(encoded(&event), expected, "{event:?}");
    }
}

#[test]
fn ss04_every_line_of_a_comment_is_one() {
    for (text, expected) in [
        ("", ": \n\n"),
        ("a\rdata: x", ": a\n: data: x\n\n"),
        ("a\r\n\nb", ": a\n: \n: b\n\n"),
    ] {
        let mut out = Vec::new();
        Encoder::comment(text, &mut out);
        assert_eq!(out, expected.as_bytes(), "{text:?}");
    }
}

#[test]
fn retry_is_whole_milliseconds() {
    for (after, expected) in [
        (Duration::ZERO, "retry: 0\n\n"),
        (Duration::from_micros(1999), "retry: 1\n\n"),
        (Duration::from_secs(5), "retry: 5000\n\n"),
        (Duration::MAX, "retry: 18446744073709551615\n\n"),
    ] {
        let mut out = Vec::new();
        Encoder::retry(after, &mut out);
        assert_eq!(out, expected.as_bytes());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn ss05_what_is_written_is_read(
        choice in any::<[u8; 5]>(),
        texts in prop::collection::vec("(\r|\n|\r\n|\0| |:|[a-z:…é]{0,3}){0,4}", 0..20),
        plain in any::<bool>(),
    ) {
        let mut data = choice.to_vec();
        for text in texts {
            // Kinds and ids that are refused are the rarer case then.
            let text = if plain { text.replace(['\0'], "\r\n") } else { text };
            data.extend_from_slice(text.as_bytes());
            data.push(0xff);
        }
        fuzzing::round_trip(&data);
    }

    #[test]
    fn ss05_any_bytes(data in prop::collection::vec(any::<u8>(), 0..200)) {
        fuzzing::round_trip(&data);
    }
}
