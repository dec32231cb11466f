//! Heads at every split, limits, and properties of any bytes.

use alloc::format;
use alloc::string::String;

use proptest::prelude::*;

use super::*;
use crate::fuzzing;
use crate::syntax::{is_text, is_token};
use crate::{Fields, Status};

const REQUEST: &[u8] = b"GET /chat HTTP/1.1\r\nHost: example.com\r\nA: b\r\na: c\r\n\r\n";

fn decode(bytes: &[u8], limits: Limits) -> Result<Option<RequestHead>, HeadError> {
    RequestDecoder::new(limits).decode(&mut &bytes[..])
}

/// The outcome in one piece, which must be the outcome at every split point and byte by byte.
fn decode_cut(bytes: &[u8], limits: Limits) -> (Result<Option<RequestHead>, HeadError>, usize) {
    let mut rest = bytes;
    let whole = RequestDecoder::new(limits).decode(&mut rest);
    for at in 0..=bytes.len() {
        let mut decoder = RequestDecoder::new(limits);
        let (mut first, mut second) = bytes.split_at(at);
        let mut result = decoder.decode(&mut first);
        let mut left = first.len() + second.len();
        if let Ok(None) = result {
            result = decoder.decode(&mut second);
            left = second.len();
        }
        assert_eq!(result, whole, "cut at {at}");
        if whole.is_ok() {
            assert_eq!(left, rest.len(), "cut at {at}");
        }
    }
    let mut decoder = RequestDecoder::new(limits);
    let mut bytewise = Ok(None);
    for i in 0..bytes.len() {
        bytewise = decoder.decode(&mut &bytes[i..=i]);
        if !matches!(bytewise, Ok(None)) {
            break;
        }
    }
    assert_eq!(bytewise, whole, "byte by byte");
    (whole, rest.len())
}

#[test]
fn hs02_hs23_head_is_the_same_at_every_split_and_leaves_what_follows() {
    for behind in [&b""[..], b"\x81\x00", b"GET / HTTP/1.1\r\n\r\n"] {
        let (head, left) = decode_cut(&[REQUEST, behind].concat(), Limits::default());
        let head = head.unwrap().expect("complete");
        assert_eq!((head.method(), head.target()), ("GET", "/chat"));
        assert_eq!(head.fields().all("a").collect::<Vec<_>>(), [b"b", b"c"]);
        assert_eq!(left, behind.len());
    }
}

#[test]
fn hs02_each_byte_is_scanned_once() {
    // One byte at a time: the scanner is handed every byte exactly once, so the state it keeps
    // must suffice; a decoder that looked again would not find the end across calls.
    let mut scanner = Scanner::new(true);
    let limits = Limits::default();
    for (i, byte) in REQUEST.iter().enumerate() {
        let complete = i + 1 == REQUEST.len();
        let expected = if complete {
            Scan::Complete(1)
        } else {
            Scan::Incomplete
        };
        assert_eq!(scanner.scan(&[*byte], &limits), Ok(expected), "byte {i}");
    }
}

// RFC 9112 §2.2
#[test]
fn hs18_one_empty_line_before_a_request_is_skipped() {
    for (before, expected) in [
        (&b""[..], None),
        (b"\r\n", None),
        (b"\r\n\r\n", Some(HeadError::StartLine)),
        (
            b"\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n",
            Some(HeadError::StartLine),
        ),
        (b"\n", Some(HeadError::BareLineFeed)),
        (b"\r", Some(HeadError::BareCarriageReturn)),
        (b" ", Some(HeadError::StartLine)),
        (b" \r\n", Some(HeadError::StartLine)),
        (b"\x00\x01", Some(HeadError::ControlCharacter)),
        // A TLS client that talks to a port without TLS.
        (b"\x16\x03\x01", Some(HeadError::ControlCharacter)),
    ] {
        let (result, _) = decode_cut(&[before, REQUEST].concat(), Limits::default());
        match expected {
            None => assert_eq!(result.unwrap().expect("complete").target(), "/chat"),
            Some(error) => assert_eq!(result, Err(error), "{before:?}"),
        }
    }
    let mut response = ResponseDecoder::new(Limits::default());
    let result = response.decode(&mut &b"\r\nHTTP/1.1 200 OK\r\n\r\n"[..]);
    assert_eq!(result, Err(HeadError::StartLine));
}

#[test]
fn hs05_request_line_too_long() {
    let line = |len: usize| format!("GET /{} HTTP/1.1", "a".repeat(len - 14));
    let head = |len| line(len) + "\r\nHost: h\r\n\r\n";
    assert!(
        decode(head(8192).as_bytes(), Limits::default())
            .unwrap()
            .is_some()
    );
    let result = decode(head(8193).as_bytes(), Limits::default());
    assert_eq!(result, Err(HeadError::StartLineTooLong));
    // It is known as soon as it is too long.
    let result = decode(&line(9000).as_bytes()[..8193], Limits::default());
    assert_eq!(result, Err(HeadError::StartLineTooLong));
}

#[test]
fn hs06_hs07_field_limits() {
    let with = |fields: &str| format!("GET / HTTP/1.1\r\n{fields}\r\n");
    let long = |len: usize| format!("A: {}\r\n", "b".repeat(len - 3));
    let filled = |len: usize| {
        let more = len - 16 - 2 * 8002 - 2;
        with(&(long(8000).repeat(2) + &long(more - 2)))
    };
    for (bytes, expected) in [
        (with(&long(8192)), None),
        (with(&long(8193)), Some(HeadError::FieldLineTooLong)),
        (with(&"a: b\r\n".repeat(100)), None),
        (
            with(&"a: b\r\n".repeat(101)),
            Some(HeadError::TooManyFields),
        ),
        (with(&"a:\r\n".repeat(2000)), Some(HeadError::TooManyFields)),
        (filled(16 * 1024), None),
        (filled(16 * 1024 + 1), Some(HeadError::TooLong)),
    ] {
        let result = decode(bytes.as_bytes(), Limits::default());
        assert_eq!(result.map(|head| assert!(head.is_some())).err(), expected);
    }
}

#[test]
fn hs06_hc12_an_endless_head_is_bounded() {
    let limits = Limits {
        fields: usize::MAX,
        ..Limits::default()
    };
    let mut decoder = RequestDecoder::new(limits);
    assert_eq!(decoder.decode(&mut &b"GET / HTTP/1.1\r\n"[..]), Ok(None));
    let mut taken = 16;
    let error = loop {
        match decoder.decode(&mut &b"a: b\r\n"[..]) {
            Ok(head) => assert!(head.is_none()),
            Err(error) => break error,
        }
        taken += 6;
        assert!(taken <= limits.head);
        assert!(decoder.buffer.bytes.capacity() <= limits.head);
    };
    assert_eq!(error, HeadError::TooLong);
    assert_eq!(decoder.buffer.bytes.capacity(), 0);
}

#[test]
fn limits_hold_at_every_split() {
    let limits = Limits {
        head: 60,
        line: 20,
        fields: 2,
    };
    for (bytes, expected) in [
        (&b"GET / HTTP/1.1\r\nA: b\r\nC: d\r\n\r\n"[..], None),
        (
            b"GET / HTTP/1.1\r\nA: b\r\nC: d\r\nE: f\r\n\r\n",
            Some(HeadError::TooManyFields),
        ),
        (b"GET /56789 HTTP/1.11\r\n\r\n", Some(HeadError::StartLine)),
        (
            b"GET /567890 HTTP/1.11\r\n\r\n",
            Some(HeadError::StartLineTooLong),
        ),
        (b"GET / HTTP/1.1\r\nA: 34567890123456789\r\n\r\n", None),
        (
            b"GET / HTTP/1.1\r\nA: 3456789012345678901\r\n\r\n",
            Some(HeadError::FieldLineTooLong),
        ),
        (
            b"GET /56 HTTP/1.1\r\nA: 34567890123456789\r\nB: 34567890123456\r\n\r\n",
            Some(HeadError::TooLong),
        ),
    ] {
        let (result, _) = decode_cut(bytes, limits);
        assert_eq!(result.err(), expected, "{}", String::from_utf8_lossy(bytes));
    }
}

// What httparse tolerates and RFC 9112 §2.2 lets us refuse.
#[test]
fn hs17_no_line_may_end_in_a_bare_line_feed() {
    for bytes in [
        &b"GET / HTTP/1.1\nA: b\r\nC: d\r\n\r\n"[..],
        b"GET / HTTP/1.1\r\nA: b\nC: d\r\n\r\n",
        b"GET / HTTP/1.1\r\nA:\nC: d\r\n\r\n",
        b"GET / HTTP/1.1\r\nA: b \nC: d\r\n\r\n",
        b"GET / HTTP/1.1\r\nA: b\r\nC: d\n\r\n",
        b"GET / HTTP/1.1\r\nA: b\r\nC: d\r\n\n",
        b"GET / HTTP/1.1\n\r\n",
        b"GET / HTTP/1.1\r\n\n",
    ] {
        let (result, _) = decode_cut(bytes, Limits::default());
        assert_eq!(
            result,
            Err(HeadError::BareLineFeed),
            "{}",
            String::from_utf8_lossy(bytes)
        );
    }
}

// RFC 9110 §5.1, §5.5: what the scanner lets pass in names, and what httparse does in values.
#[test]
fn names_are_tokens_and_values_text_for_every_byte_at_every_place() {
    for byte in 0..=u8::MAX {
        // httparse goes in steps of 8, 16 or 32 bytes.
        for at in [0, 1, 7, 8, 31, 32, 40] {
            let with = |at| {
                let mut text = [b'a'; 48];
                text[at] = byte;
                text
            };
            let name = with(at);
            let head = [b"GET / HTTP/1.1\r\n", &name[..], b": b\r\n\r\n"].concat();
            let head = decode(&head, Limits::default());
            // The colon is where the name ends.
            let is_name = is_token(&name) || (byte == b':' && at > 0);
            assert_eq!(head.is_ok(), is_name, "{byte:#x} at {at} of the name");
            let value = with(at);
            let head = [b"GET / HTTP/1.1\r\nA: ", &value[..], b"\r\n\r\n"].concat();
            let head = decode(&head, Limits::default());
            assert_eq!(
                head.is_ok(),
                is_text(byte),
                "{byte:#x} at {at} of the value"
            );
        }
    }
}

#[test]
fn after_an_error_nothing_is_read() {
    let mut decoder = RequestDecoder::new(Limits::default());
    let mut input = &b"GET / HTTP/1.1\n\n"[..];
    assert_eq!(decoder.decode(&mut input), Err(HeadError::BareLineFeed));
    assert!(input.is_empty());
    let mut input = REQUEST;
    assert_eq!(decoder.decode(&mut input), Err(HeadError::BareLineFeed));
    assert!(input.is_empty());
}

#[test]
fn one_head_after_the_other() {
    let mut decoder = ResponseDecoder::new(Limits::default());
    let mut input = &b"HTTP/1.1 103 \r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\n\r\n!"[..];
    for (status, fields) in [(Status::EARLY_HINTS, 1), (Status::OK, 0)] {
        let head = decoder.decode(&mut input).unwrap().expect("complete");
        assert_eq!((head.status(), head.fields().len()), (status, fields));
    }
    assert_eq!(input, b"!");
}

#[test]
fn hc14_progress_tells_how_far_it_got() {
    for (bytes, progress) in [
        ("", Progress::Nothing),
        ("H", Progress::StartLine),
        ("HTTP/1.1 101 x\r", Progress::StartLine),
        ("HTTP/1.1 101 x\r\n", Progress::Fields),
        ("HTTP/1.1 101 x\r\nA: b\r\n\r", Progress::Fields),
        ("HTTP/1.1 101 x\r\n\r\n", Progress::Nothing),
    ] {
        let mut decoder = ResponseDecoder::new(Limits::default());
        decoder.decode(&mut bytes.as_bytes()).unwrap();
        assert_eq!(decoder.progress(), progress, "{bytes:?}");
    }
}

// RFC 9112 §2.2
#[test]
fn hs18_each_request_may_follow_an_empty_line() {
    let bytes = [b"\r\n", REQUEST, b"\r\n", REQUEST, REQUEST, b"\r\n\r\n"].concat();
    for at in 0..=bytes.len() {
        let mut decoder = RequestDecoder::new(Limits::default());
        let mut heads = 0;
        let mut error = None;
        let (first, second) = bytes.split_at(at);
        for mut piece in [first, second] {
            while !piece.is_empty() {
                match decoder.decode(&mut piece) {
                    Ok(head) => heads += usize::from(head.is_some()),
                    Err(new) => error = Some(new),
                }
            }
        }
        assert_eq!(
            (heads, error),
            (3, Some(HeadError::StartLine)),
            "cut at {at}"
        );
    }
}

/// Bytes that are nearly a head, so that more than the first byte matters.
fn nearly_a_head() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        8 => "[A-Za-z-]{1,8}: ?[ -~]{0,12}\r\n".prop_map(String::into_bytes),
        2 => Just(b"GET / HTTP/1.1\r\n".to_vec()),
        2 => Just(b"HTTP/1.1 101 x\r\n".to_vec()),
        1 => Just(b"\r\n".to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..4),
    ];
    let first = prop_oneof![
        Just(&b"GET /chat HTTP/1.1\r\n"[..]),
        Just(&b"HTTP/1.1 101 x\r\n"[..])
    ];
    let seed = prop::collection::vec(any::<u8>(), 5);
    (seed, first, prop::collection::vec(piece, 0..12)).prop_map(|(seed, first, pieces)| {
        [&seed[..], first, &pieces.concat(), b"\r\nrest"].concat()
    })
}

fn name() -> impl Strategy<Value = String> {
    "[!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}"
}

proptest! {
    #[test]
    fn any_bytes_are_read_the_same_however_cut(data: Vec<u8>) {
        fuzzing::request_head(&data);
        fuzzing::response_head(&data);
        fuzzing::body(&data);
    }

    #[test]
    fn near_heads_are_read_the_same_however_cut(data in nearly_a_head()) {
        fuzzing::request_head(&data);
        fuzzing::response_head(&data);
    }

    #[test]
    fn what_is_written_is_read_back(
        method in name(),
        target in "[!-\"$-~]{1,60}",
        code in 100_u16..=999,
        lines in prop::collection::vec((name(), "([!-~\u{80}-\u{ff}]([\t -~]{0,20}[!-~])?)?"), 0..20),
    ) {
        let mut fields = Fields::new();
        for (name, value) in &lines {
            fields.push(name, value).unwrap();
        }
        let head = RequestHead::new(&method, &target, fields.clone()).unwrap();
        let mut out = Vec::new();
        head.encode(&mut out);
        let read = decode(&out, Limits::default()).unwrap().expect("complete");
        prop_assert_eq!((read.method(), read.target()), (&*method, &*target));
        prop_assert_eq!(read.fields(), &fields);
        let names: Vec<_> = read.fields().iter().map(|(name, _)| String::from(name)).collect();
        prop_assert_eq!(names, lines.into_iter().map(|(name, _)| name).collect::<Vec<_>>());

        let status = Status::new(code).unwrap();
        let mut out = Vec::new();
        ResponseHead::new(status, fields.clone()).encode(&mut out);
        let mut decoder = ResponseDecoder::new(Limits::default());
        let read = decoder.decode(&mut &out[..]).unwrap().expect("complete");
        prop_assert_eq!(read.status(), status);
        prop_assert_eq!(read.fields(), &fields);
    }
}
