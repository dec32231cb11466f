//! The rules of WHATWG HTML §9.2.6, by hostile case.

use super::*;

const DEFAULT: fn() -> Limits = Limits::default;

#[test]
fn sc02_one_bom_is_dropped_at_the_start_only() {
    for (stream, expected) in [
        (&b"\xef\xbb\xbfdata:1\n\n"[..], &["1"][..]),
        (b"\xef\xbb\xbf\xef\xbb\xbfdata:1\n\n", &[]),
        (b"\xef\xbbdata:1\n\ndata:2\n\n", &["2"]),
        (b"\xefdata:1\n\ndata:2\n\n", &["2"]),
        (b"\xef\xbb\ndata:1\n\n", &["1"]),
        (b"\xef\xef\xbb\xbfdata:1\n\n", &[]),
        (b"\n\xef\xbb\xbfdata:1\n\ndata:2\n\n", &["2"]),
        (b"data:\xef\xbb\xbf\n\n", &["\u{feff}"]),
        (b"\xfe\xffdata:1\n\n", &[]),
    ] {
        assert_eq!(events(stream), expected, "{stream:x?}");
    }
}

#[test]
fn sc02_each_stream_may_have_a_bom() {
    let mut decoder = Decoder::new(DEFAULT());
    for _ in 0..2 {
        let mut input = &b"\xef\xbb\xbfdata:1\n\n"[..];
        let event = decoder.decode(&mut input).unwrap();
        assert_eq!(event, Some(Event::new("1")));
        decoder.restart();
    }
}

#[test]
fn sc03_line_ends_count_once() {
    for (stream, expected) in [
        ("data:a\r\ndata:b\n\n", &["a\nb"][..]),
        ("data:a\r\n\r\ndata:b\r\n\r\n", &["a", "b"]),
        ("data:a\r\rdata:b\r\r", &["a", "b"]),
        ("data:a\n\rdata:b\n\r", &["a", "b"]),
        ("data:a\r\n\ndata:b\n\r\n", &["a", "b"]),
        ("data:a\r\n\rdata:b\r\r\n", &["a", "b"]),
        ("data:a\n\n\n\r\r\n\ndata:b\n\n", &["a", "b"]),
        ("\r\n\r\ndata:a\r\n\r\n", &["a"]),
        // Nothing else ends a line.
        (
            "data:a\u{b}b\u{c}\u{85}\u{2028}\u{2029}\n\n",
            &["a\u{b}b\u{c}\u{85}\u{2028}\u{2029}"],
        ),
    ] {
        assert_eq!(events(stream), expected, "{stream:?}");
    }
}

#[test]
fn sc03_an_event_does_not_wait_for_the_lf_behind_its_cr() {
    let mut decoder = Decoder::new(DEFAULT());
    let mut input = &b"data:a\r\n\r"[..];
    assert_eq!(decoder.decode(&mut input).unwrap(), Some(Event::new("a")));
    // Nothing says nothing about what follows the CR.
    assert_eq!(decoder.decode(&mut &b""[..]).unwrap(), None);
    // This LF belongs to that CR: were it a line of its own, nothing would change either, so the
    // next one shows it.
    let mut input = &b"\ndata:b\r"[..];
    assert_eq!(decoder.decode(&mut input).unwrap(), None);
    let mut input = &b"\ndata:c\n\n"[..];
    assert_eq!(
        decoder.decode(&mut input).unwrap(),
        Some(Event::new("b\nc"))
    );
}

#[test]
fn sc07_retry_is_digits() {
    for (value, millis) in [
        (&b":0"[..], Some(0)),
        (b":+5", None),
        (b":-1", None),
        (b": 5", Some(5)),
        (b":  5", None),
        (b":5 ", None),
        (b":5x", None),
        (b":", None),
        (b"", None),
        (b":00300", Some(300)),
        (b":18446744073709551615", Some(u64::MAX)),
        (b":18446744073709551616", Some(u64::MAX)),
        (
            b":99999999999999999999999999999999999999990",
            Some(u64::MAX),
        ),
        (b":99999999999999999999x", None),
        (":٣".as_bytes(), None),
        (b":5\xff", None),
        (b":5\0", None),
        (b":0x10", None),
        (b":1e3", None),
        (b":5.5", None),
    ] {
        for (before, kept) in [(&b""[..], None), (b"retry:7\n", Some(7))] {
            let stream = [before, b"retry", value, b"\n"].concat();
            let retry = seen(&stream, DEFAULT()).retry;
            assert_eq!(
                retry,
                millis.or(kept).map(Duration::from_millis),
                "{value:x?}"
            );
        }
    }
}

#[test]
fn sc08_id_with_nul_is_ignored_and_an_empty_one_counts() {
    for (line, expected) in [
        (&b"id: a\0b"[..], "old"),
        (b"id:\0", "old"),
        (b"id: \0", "old"),
        (b"id", ""),
        (b"id:", ""),
        (b"id: ", ""),
        (b"id:  x", " x"),
        (b"id:x ", "x "),
        (b"id:\tx", "\tx"),
        (b"id:a:b", "a:b"),
        (b"id: \xe2\x80\xa6\xff", "…\u{fffd}"),
        (b"ID: x", "old"),
        (b"id : x", "old"),
        // The last one that is valid.
        (b"id:a\nid:b\nid:c\0", "b"),
    ] {
        for data in ["", "data\n"] {
            let stream = [b"id:old\n\n", line, b"\n", data.as_bytes(), b"\n"].concat();
            let seen = seen(&stream, DEFAULT());
            assert_eq!(seen.last_event_id, expected, "{line:x?}");
            assert_eq!(seen.events.len(), data.len().min(1));
            assert!(seen.events.iter().all(|event| event.id == expected));
        }
    }
}

#[test]
fn sc09_id_counts_from_the_blank_line_on() {
    for (stream, expected) in [
        ("id:a", ""),
        ("id:a\n", ""),
        ("id:a\n\n", "a"),
        ("id:a\r\r", "a"),
        ("id:a\ndata:x\n", ""),
        ("id:a\n\nid:b\n", "a"),
    ] {
        assert_eq!(
            seen(stream.as_bytes(), DEFAULT()).last_event_id,
            expected,
            "{stream:?}"
        );
    }
}

#[test]
fn sc10_unfinished_events_are_dropped() {
    for stream in [
        "data:a\n\ndata:b",
        "data:a\n\ndata:b\n",
        "data:a\n\nda",
        "data:a\n\nevent:x\n",
    ] {
        assert_eq!(events(stream), ["a"], "{stream:?}");
        let mut decoder = Decoder::new(DEFAULT());
        let mut input = stream.as_bytes();
        while decoder.decode(&mut input).unwrap().is_some() {}
        decoder.restart();
        let mut next = &b"data:c\n\n"[..];
        assert_eq!(
            decoder.decode(&mut next).unwrap(),
            Some(Event::new("c")),
            "{stream:?}"
        );
    }
}

// Encoding Standard §4.1
#[test]
fn sc11_malformed_utf8_becomes_replacement_characters() {
    for (value, expected) in [
        (&b"\xff"[..], "\u{fffd}"),
        (b"a\x80b", "a\u{fffd}b"),
        (b"\xe2\x80", "\u{fffd}"),
        (b"\xe2\x80x", "\u{fffd}x"),
        (b"\xf0\x9f\x98", "\u{fffd}"),
        (b"\xf0\x9f\xf0\x9f\x98\x80", "\u{fffd}😀"),
        (b"\xc0\xaf", "\u{fffd}\u{fffd}"),
        (b"\xed\xa0\x80", "\u{fffd}\u{fffd}\u{fffd}"),
        (b"\xf4\x90\x80\x80", "\u{fffd}\u{fffd}\u{fffd}\u{fffd}"),
    ] {
        let data = [b"data:", value, b"\n\n"].concat();
        assert_eq!(events(data), [expected], "{value:x?}");
        let lines = [b"data:", value, b"\ndata:x\n\n"].concat();
        assert_eq!(events(lines), [[expected, "\nx"].concat()], "{value:x?}");
        let kind = [b"event:", value, b"\ndata:x\n\n"].concat();
        assert_eq!(events(kind), [[expected, "/x"].concat()], "{value:x?}");
        let id = [b"id:", value, b"\ndata:x\n\n"].concat();
        assert_eq!(
            events(id),
            [["message/x/", expected].concat()],
            "{value:x?}"
        );
        let name = [value, b"data:x\n\ndata:y\n\n"].concat();
        assert_eq!(events(name), ["y"], "{value:x?}");
    }
}

#[test]
fn sc12_names_are_exact() {
    for line in [
        "Data:x",
        " data:x",
        "data :x",
        "data\0:x",
        "da-ta:x",
        "comment:x",
        ":x",
        ":data:x",
        "datax",
        "data\t:x",
        "\u{feff}data:x",
        "dat",
        "d",
        "e",
        "data\u{a0}:x",
        ": data:x",
        "=data:x",
    ] {
        let stream = ["data:1\n", line, "\ndata:2\n\n", line, "\n\n"].concat();
        // The first line follows no BOM, so one in front of it is a part of the name.
        assert_eq!(events(stream), ["1\n2"], "{line:?}");
    }
}

#[test]
fn sc12_kinds() {
    for (stream, expected) in [
        ("event:a\nevent:b\ndata\n\n", &["b/"][..]),
        ("event:a\nevent\ndata:x\n\n", &["x"]),
        ("event:a\n\ndata:x\n\n", &["x"]),
        ("event:a\nid:1\n\ndata:x\n\n", &["message/x/1"]),
        ("data:x\nevent: a b \n\n", &["a b /x"]),
        ("event:a\0\ndata:x\n\n", &["a\0/x"]),
        ("event:message\ndata:x\n\n", &["x"]),
    ] {
        assert_eq!(events(stream), expected, "{stream:?}");
    }
}

#[test]
fn a_saved_id_is_the_last_one_until_there_is_another() {
    let decoder = Decoder::new(DEFAULT()).with_last_event_id("7 …");
    let mut decoder = decoder.unwrap();
    assert_eq!(decoder.last_event_id(), "7 …");
    let mut input = &b"data\n\nid:8\n\n"[..];
    let event = decoder.decode(&mut input).unwrap();
    assert_eq!(event, Some(Event::new("").with_id("7 …")));
    assert_eq!(decoder.decode(&mut input).unwrap(), None);
    assert_eq!(decoder.last_event_id(), "8");
    for id in ["\r", "a\nb", "\0"] {
        let refused = Decoder::new(DEFAULT()).with_last_event_id(id);
        assert_eq!(refused.err(), Some(Misuse::Id));
    }
}

// SC25: one event at a time, and the rest stays where it is.
#[test]
fn sc25_events_are_taken_one_by_one() {
    let stream = b"data:x\n\n".repeat(1000);
    let mut decoder = Decoder::new(DEFAULT());
    let mut input = &stream[..];
    for taken in 1..=1000 {
        assert_eq!(decoder.decode(&mut input).unwrap(), Some(Event::new("x")));
        assert_eq!(input.len(), stream.len() - taken * 8);
    }
    assert_eq!(decoder.decode(&mut input).unwrap(), None);
}

#[test]
fn what_lies_in_the_input_is_lent_from_there() {
    let stream = b"event:a\nid:1\ndata:one line\n\n";
    let mut decoder = Decoder::new(DEFAULT());
    let event = decoder.decode(&mut &stream[..]).unwrap().expect("an event");
    let range = stream.as_ptr_range();
    assert!(range.contains(&event.data.as_ptr()) && range.contains(&event.kind.as_ptr()));
    assert_eq!(
        decoder.block.data.capacity() + decoder.block.kind.capacity(),
        0
    );
}
