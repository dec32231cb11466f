//! Streams in each framing, whole, cut off and broken.

use alloc::format;
use alloc::vec;

use super::*;
use crate::event::Event;

const CHUNKED: &str = "Transfer-Encoding: chunked\r\n\r\n";

#[test]
fn a_stream_comes_in_any_framing() {
    for (fields, body, expected) in [
        ("\r\n", "data:1\n\ndata:2\n\n", "Ended"),
        (
            "Content-Length: 16\r\n\r\n",
            "data:1\n\ndata:2\n\n",
            "Ended",
        ),
        // SC21
        (
            "Content-Length: 18\r\n\r\n",
            "data:1\n\ndata:2\n\ndata:3\n\n",
            "Ended",
        ),
        (
            "Content-Length: 99\r\n\r\n",
            "data:1\n\ndata:2\n\n",
            "Body(UnexpectedEof)",
        ),
        (
            CHUNKED,
            "8\r\ndata:1\n\n\r\n8;x=y\r\ndata:2\n\n\r\n0\r\n\r\n",
            "Ended",
        ),
        // Chunks know nothing of lines.
        (
            CHUNKED,
            "3\r\ndat\r\n4\r\na:1\n\r\n9\r\n\ndata:2\n\n\r\n0\r\nX: y\r\n\r\n",
            "Ended",
        ),
        (
            CHUNKED,
            "10\r\ndata:1\n\ndata:2\n\n\r\n0\r\n\r\ndata:3\n\n",
            "Ended",
        ),
        (
            CHUNKED,
            "10\r\ndata:1\n\ndata:2\n\n\r\n",
            "Body(UnexpectedEof)",
        ),
        (
            CHUNKED,
            "ff\r\ndata:1\n\ndata:2\n\ndata:3",
            "Body(UnexpectedEof)",
        ),
        // SC03: a line end that two chunks share.
        (
            CHUNKED,
            "8\r\ndata:1\r\n\r\n2\r\n\r\n\r\n7\r\ndata:2\r\r\n1\r\n\r\r\n0\r\n\r\n",
            "Ended",
        ),
    ] {
        let (events, end) = stream(open(&[fields, body].concat()));
        let expected = (vec!["1".into(), "2".into()], expected.into());
        assert_eq!((events, end), expected, "{fields}{body}");
    }
}

#[test]
fn sc20_what_cannot_be_read_is_refused() {
    for (fields, body, expected) in [
        (
            "Content-Encoding: gzip\r\n\r\n",
            "\x1f",
            "ContentEncoding with \\x1f",
        ),
        (
            "Content-Encoding: identity, br\r\n\r\n",
            "x",
            "ContentEncoding with x",
        ),
        // Nothing of a body that long has come.
        (CHUNKED, "ffffffffffffffff\r\ndata\n", "Body(UnexpectedEof)"),
        (CHUNKED, "00000000000000005\r\n", "Body(ChunkSize)"),
        (CHUNKED, "5x\r\n", "Body(ChunkSize)"),
        (CHUNKED, "1\r\nxy", "Body(ChunkEnd)"),
        (CHUNKED, "1\n", "Body(ChunkSize)"),
        // SC21
        ("Content-Length: 1\r\n", CHUNKED, "Body(TransferEncoding)"),
        (
            "Transfer-Encoding: gzip, chunked\r\n",
            "\r\n",
            "Body(TransferEncoding)",
        ),
        (
            "Content-Length: 1\r\n",
            "Content-Length: 1\r\n\r\nx",
            "Body(ContentLength)",
        ),
        ("Content-Length: -1\r\n", "\r\nx", "Body(ContentLength)"),
    ] {
        let answer = open(&[fields, body].concat());
        assert_eq!(end(answer), expected, "{fields}{body}");
    }
    for (body, expected) in [
        (format!("1;{}", "x".repeat(1000)), "Body(ChunkExtension)"),
        ("0".repeat(1000), "Body(ChunkSize)"),
        (format!("0\r\nX: {}", "x".repeat(9000)), "Body(Trailers)"),
    ] {
        assert_eq!(end(open(&[CHUNKED, &body].concat())), expected);
    }
}

fn with_limits() -> SourceOptions {
    SourceOptions {
        stream: Limits {
            line: 20,
            event: 10,
            id: 10,
        },
        ..SourceOptions::default()
    }
}

#[test]
fn sc04_a_stream_that_breaks_a_limit_ends_the_source() {
    let options = with_limits();
    let retrying = SourceOptions {
        retries_broken_limits: true,
        ..options
    };
    for (lines, error) in [
        ("id: 2\ndata: a line too long for this", "EventTooLong"),
        // SC05
        (
            "id: 2\ndata\ndata\ndata\ndata\ndata\ndata\ndata\ndata\ndata\n\n",
            "EventTooLong",
        ),
        // SC06
        ("id: 1234567890\n", "EventTooLong"),
        (":345678901234567890\n:34567890123456789012", "LineTooLong"),
    ] {
        let answer = open(&format!("\r\nid: 1\ndata: x\n\n{lines}\n\ndata: y\n\n"));
        let (course, source) = receive_with(options, &answer);
        assert_eq!(course.events.len(), 1);
        assert_eq!(course.end, format!("Stream({error})"), "{lines}");
        let EventSource::Closed(closed) = source else {
            panic!("{lines}");
        };
        // What was refused has not counted.
        assert_eq!(closed.last_event_id(), "1");

        let (_, source) = receive_with(retrying, &answer);
        let EventSource::Waiting(waiting) = source else {
            panic!("{lines}");
        };
        assert!(matches!(waiting.loss(), Loss::Stream(_)));
        assert_eq!(waiting.last_event_id(), "1");
        let (text, awaiting) = sent(waiting.reconnect());
        assert!(text.contains("Last-Event-ID: 1\r\n"));
        // And the next stream is read again.
        let answer = open("\r\ndata: z\n\n");
        let mut input = &*answer;
        let EventSource::Open(mut open) = awaiting.receive(&mut input) else {
            panic!();
        };
        let event = open.receive(&mut input);
        assert_eq!(event, Ok(Some(Event::new("z").with_id("1"))));
    }
}

// Comments and unknown fields cost nothing, however many there are.
#[test]
fn sc05_lines_that_mean_nothing_may_come_for_ever() {
    let answer = open(&format!("\r\n{}data:1\n\n", ":c\nfoo\n".repeat(10_000)));
    let (course, _) = receive_with(with_limits(), &answer);
    assert_eq!((course.events.len(), &*course.end), (1, "Ended"));
}

#[test]
fn sc25_events_are_taken_one_at_a_time() {
    let body = "data:1\n\n".repeat(1000);
    for head in [
        "\r\n".into(),
        format!("Content-Length: {}\r\n\r\n", body.len() + 1),
        format!("{CHUNKED}{:x}\r\n", body.len()),
    ] {
        let answer = open(&[&head, &*body].concat());
        let mut input = &*answer;
        let EventSource::Open(mut open) = sent(start()).1.receive(&mut input) else {
            panic!();
        };
        let mut left = body.len();
        while let Some(event) = open.receive(&mut input).unwrap() {
            assert_eq!(event, Event::new("1"));
            left -= 8;
            assert_eq!(input.len(), left, "{head}");
            // A caller that has less at hand than it had is understood as well.
            assert_eq!(open.receive(&mut &[][..]), Ok(None));
        }
        assert_eq!(left, 0);
    }
}
