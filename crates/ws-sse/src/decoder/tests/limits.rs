//! What is too long, and how much is held.

use super::*;

const fn limits(line: usize, event: usize) -> Limits {
    Limits {
        line,
        event,
        id: event,
    }
}

#[test]
fn sc04_lines_end_at_the_limit() {
    for start in [
        "data:", "event:", "id:", "retry:", ":", "foo", "data", "\u{feff}",
    ] {
        let bom = if start == "\u{feff}" { 3 } else { 0 };
        let longest = 20 + bom;
        for end in ["", "\n", "\r", "\r\n\n"] {
            for len in 15..30 {
                let line = [start, &"1".repeat(len - start.len())].concat();
                let stream = [&line, end].concat();
                let error = seen(stream.as_bytes(), limits(20, 100)).error;
                let expected = (len > longest).then_some(DecodeError::LineTooLong);
                assert_eq!(error, expected, "{stream:?}");
            }
        }
    }
}

#[test]
fn sc04_endless_lines_cost_the_limit_and_no_more() {
    for start in ["data:", "event:", "id:", "retry:", ":", "foo"] {
        let mut decoder = Decoder::new(limits(100_000, 100_000));
        assert_eq!(decoder.decode(&mut start.as_bytes()), Ok(None));
        // Byte by byte, so a decoder that looked at a line again would take for ever.
        let mut taken = start.len();
        let error = loop {
            match decoder.decode(&mut &b"1"[..]) {
                Ok(event) => assert_eq!(event, None),
                Err(error) => break error,
            }
            taken += 1;
            // And some bytes for the name.
            assert!(held(&decoder) <= 100_000 + 64, "{start}");
        };
        assert_eq!(error, DecodeError::LineTooLong, "{start}");
        assert_eq!(taken, 100_000, "{start}");
        assert_eq!(held(&decoder), 0);
    }
}

#[test]
fn sc05_every_line_of_an_event_costs() {
    for (line, lines) in [
        ("data:x\n", Some(50)),
        ("data\n", Some(100)),
        ("data:\n", Some(100)),
        ("data: 123456789\n", Some(10)),
        ("event:x\n", Some(50)),
        ("event\n", Some(100)),
        ("id:x\n", Some(50)),
        ("id:\0\n", Some(50)),
        ("id\n", Some(100)),
        // Nothing of these is held.
        (":c\n", None),
        ("foo\n", None),
        ("retry:5\n", None),
    ] {
        let limits = limits(1000, 100);
        for more in [0, 1] {
            let stream = line.repeat(lines.unwrap_or(200) + more);
            let expected = (more == 1 && lines.is_some()).then_some(DecodeError::EventTooLong);
            let error = seen(stream.as_bytes(), limits).error;
            assert_eq!(error, expected, "{line:?} and {more}");
        }
        // After a blank line it counts anew.
        let block = [&line.repeat(lines.unwrap_or(100)), "\n"].concat();
        assert_eq!(
            see(limits, block.repeat(3).as_bytes().chunks(7)).error,
            None,
            "{line:?}"
        );
    }
}

#[test]
fn sc05_empty_lines_for_ever_end() {
    // No power of two: buffers that double must not pass it either.
    let limit = 700_000;
    let mut decoder = Decoder::new(limits(100, limit));
    let input = b"data\n".repeat(1000);
    let mut lines = 0;
    let error = loop {
        match decoder.decode(&mut &input[..]) {
            Ok(event) => assert_eq!(event, None),
            Err(error) => break error,
        }
        lines += 1000;
        assert!(held(&decoder) <= limit + 64);
    };
    assert_eq!(error, DecodeError::EventTooLong);
    assert_eq!(lines, limit);
}

#[test]
fn sc05_the_limit_that_is_broken_first_is_named() {
    for (stream, line, event, expected) in [
        ("data:123456", 10, 100, DecodeError::LineTooLong),
        ("data:123456", 100, 6, DecodeError::EventTooLong),
        // At the seventh byte the one, at the eighth the other.
        ("data:123456", 7, 4, DecodeError::LineTooLong),
        ("data:123456", 8, 3, DecodeError::EventTooLong),
        ("data: 123456", 8, 3, DecodeError::LineTooLong),
        ("data: 123456", 9, 3, DecodeError::EventTooLong),
        ("id:1\ndata:123456", 8, 5, DecodeError::EventTooLong),
        ("id:1\ndata:123456", 7, 6, DecodeError::LineTooLong),
        ("id:123456", 4, 2, DecodeError::LineTooLong),
        ("id:123456", 4, 1, DecodeError::EventTooLong),
        ("event:123456", 8, 9, DecodeError::LineTooLong),
        ("d", 0, 0, DecodeError::LineTooLong),
    ] {
        for end in ["", "\n", "\r\n\r\n"] {
            let stream = [stream, end].concat();
            let error = seen(stream.as_bytes(), limits(line, event)).error;
            assert_eq!(error, Some(expected), "{stream:?} {line} {event}");
        }
    }
}

#[test]
fn sc06_the_id_of_an_event_that_is_too_long_does_not_count() {
    let id = ["id:", &"1".repeat(60), "\n"].concat();
    for (stream, expected) in [
        (id.repeat(2), "old"),
        ([&id, "data:", &"x".repeat(60), "\n\n"].concat(), "old"),
        (["id:new\ndata:", &"x".repeat(200), "\n\n"].concat(), "old"),
        (
            ["id:new\n\ndata:", &"x".repeat(200), "\n\n"].concat(),
            "new",
        ),
    ] {
        let stream = ["id:old\n\n", &stream].concat();
        let seen = seen(stream.as_bytes(), limits(1000, 100));
        assert_eq!(seen.error, Some(DecodeError::EventTooLong), "{stream:?}");
        assert_eq!(seen.last_event_id, expected, "{stream:?}");
    }
}

// An event may be one long line or many short ones.
#[test]
fn an_event_of_the_limit_passes() {
    let text = "x".repeat(1023);
    let limits = limits(2048, 64 * 1024);
    let stream = [&["data:", &text, "\n"].concat().repeat(64), "\n"].concat();
    for size in [1, 7, 1460, 100_000] {
        let seen = see(limits, stream.as_bytes().chunks(size));
        assert_eq!(seen.error, None);
        assert_eq!(seen.events[0].data.len(), 64 * 1024 - 1);
    }
}

#[test]
fn buffers_are_used_again_and_large_ones_go() {
    let mut decoder = Decoder::new(limits(1024 * 1024, 1024 * 1024));
    let bad = "\u{fffd}".repeat(100_000);
    let long = "x".repeat(100_000);
    for (kind, data, id) in [(&*long, &*long, "1"), ("a", &bad, "2"), (&bad, "b", &bad)] {
        let stream = ["event:", kind, "\nid:", id, "\ndata:", data, "\n\n"].concat();
        let bytes = stream.replace('\u{fffd}', "\u{1}").into_bytes();
        // A byte that is no UTF-8.
        let bytes: Vec<u8> = bytes
            .into_iter()
            .map(|byte| if byte == 1 { 0xff } else { byte })
            .collect();
        let mut events = 0;
        for mut input in bytes.chunks(1000) {
            while let Some(event) = decoder.decode(&mut input).unwrap() {
                assert_eq!((event.kind, event.data, event.id), (kind, data, id));
                events += 1;
            }
        }
        assert_eq!(events, 1);
        let data = decoder.block.data.capacity();
        assert!((100_000..=1024 * 1024).contains(&data), "{data}");
        assert!(held(&decoder) <= data + 5 * block::SMALL);
    }
}

#[test]
fn a_failed_decoder_starts_again() {
    let mut decoder = Decoder::new(limits(10, 100));
    let mut input = &b"id:1\nretry:5\n\ndata:123456\n\n"[..];
    let error = decoder.decode(&mut input);
    assert_eq!(error, Err(DecodeError::LineTooLong));
    decoder.restart();
    let mut input = &b"data:2\n\n"[..];
    let event = decoder.decode(&mut input).unwrap();
    assert_eq!(event, Some(Event::new("2").with_id("1")));
    assert_eq!(decoder.retry(), Some(Duration::from_millis(5)));
}

/// What the decoder holds, the last event id excepted.
fn held(decoder: &Decoder) -> usize {
    let replaced = decoder.replaced.iter().map(String::capacity);
    decoder.partial.capacity() + decoder.block.capacity() + replaced.sum::<usize>()
}

#[test]
fn sc05_ids_have_a_limit_of_their_own() {
    let mut limits = limits(1000, 1000);
    limits.id = 10;
    for (stream, expected) in [
        ("id:1234567890\n", None),
        ("id: 1234567890\n", None),
        ("id:12345678901\n", Some(DecodeError::EventTooLong)),
        ("id: 12345678901\n", Some(DecodeError::EventTooLong)),
        ("id:12345678901", Some(DecodeError::EventTooLong)),
        ("data:12345678901\n", None),
        ("event:12345678901\n", None),
        ("idea:12345678901\n", None),
    ] {
        assert_eq!(
            seen(stream.as_bytes(), limits).error,
            expected,
            "{stream:?}"
        );
    }
    assert!(Limits::default().id <= 16 * 1024);
}
