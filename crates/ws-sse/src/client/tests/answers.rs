//! What each kind of answer leads to.

use alloc::format;

use super::*;

#[test]
fn sc13_only_an_event_stream_opens() {
    for (fields, opens) in [
        ("Content-Type: text/event-stream", true),
        ("content-type: text/event-stream;charset=windows-1252", true),
        // WPT `format-mime-trailing-semicolon`
        ("Content-Type: text/event-stream;", true),
        ("Content-Type: Text/EVENT-Stream ; x", true),
        (
            "Content-Type: text/event-stream\r\nContent-Type: text/event-stream;x",
            true,
        ),
        (
            "Content-Type: text/event-stream\r\nContent-Encoding: identity",
            true,
        ),
        ("Content-Type: text/plain", false),
        ("X: y", false),
        ("Content-Type:", false),
        ("Content-Type: ;", false),
        // WPT `format-mime-bogus`, `format-mime-valid-bogus`
        ("Content-Type: x bogus", false),
        ("Content-Type: text/x-bogus", false),
        ("Content-Type: text/event-stream, text/event-stream", false),
        (
            "Content-Type: text/event-stream\r\nContent-Type: text/html",
            false,
        ),
    ] {
        let (course, source) = receive(format!("HTTP/1.1 200 x\r\n{fields}\r\n\r\ndata:1\n\n"));
        let end = if opens {
            "Ended"
        } else {
            "ContentType with data:1\\n\\n"
        };
        assert_eq!(course.end, end, "{fields}");
        assert_eq!(course.events.len(), usize::from(opens));
        assert_eq!(matches!(source, EventSource::Waiting(_)), opens);
    }
}

/// WPT `request-status-error`, and more of them.
#[test]
fn sc14_every_other_status_ends_the_source() {
    for code in [
        201, 203, 205, 206, 210, 299, 300, 304, 305, 306, 400, 401, 403, 404, 407, 410, 426, 429,
        500, 502, 503, 504, 999,
    ] {
        let answer = format!(
            "HTTP/1.1 {code} x\r\nContent-Type: text/event-stream\r\nRetry-After: 1\r\n\
             Content-Length: 7\r\n\r\ndata\n\n!later"
        );
        let (course, source) = receive(answer);
        assert!(course.events.is_empty());
        let EventSource::Closed(closed) = source else {
            panic!("{code}: {}", course.end);
        };
        let response = closed.response().unwrap();
        assert_eq!(response.status().code(), code);
        assert_eq!(closed.closure(), Closure::Status(response.status()));
        // RFC 9112 §6.3: a 304 has no body whatever its fields say.
        let body = if code == 304 { &b""[..] } else { b"data\n\n!" };
        assert_eq!(response.body(), body);
    }
}

#[test]
fn sc14_a_204_stops_the_source() {
    for rest in [
        "",
        "Content-Length: 4\r\n",
        "Content-Type: text/event-stream\r\n",
    ] {
        assert_eq!(
            end(format!("HTTP/1.1 204 No Content\r\n{rest}\r\ndata")),
            "Stopped"
        );
    }
    // At once, as no body can follow.
    let (_, awaiting) = sent(start());
    let source = awaiting.receive(&mut &b"HTTP/1.1 204 x\r\n\r\n"[..]);
    assert!(matches!(source, EventSource::Closed(_)));
}

#[test]
fn sc14_some_refusals_may_be_retried() {
    let options = SourceOptions {
        retries_refusals: true,
        ..SourceOptions::default()
    };
    for (code, after, delay) in [
        (503, "Retry-After: 10", Some(10_000)),
        (429, "Retry-After: 0", Some(3000)),
        (500, "X: y", Some(3000)),
        (502, "Retry-After: 99999999999999999999999", Some(3_600_000)),
        (
            504,
            "Retry-After: Fri, 31 Dec 1999 23:59:59 GMT",
            Some(3000),
        ),
        (503, "Retry-After: +9", Some(3000)),
        (503, "Retry-After:", Some(3000)),
        (503, "Retry-After: 9\r\nRetry-After: 9", Some(3000)),
        (501, "Retry-After: 10", None),
        (404, "Retry-After: 10", None),
        (401, "X: y", None),
        (204, "X: y", None),
    ] {
        let answer = format!("HTTP/1.1 {code} x\r\n{after}\r\n\r\nbody");
        let (course, source) = receive_with(options, answer.as_bytes());
        let EventSource::Waiting(mut waiting) = source else {
            assert_eq!(delay, None, "{code}: {}", course.end);
            continue;
        };
        assert!(matches!(waiting.loss(), Loss::Refused(status) if status.code() == code));
        let delay = delay.map(Duration::from_millis);
        assert_eq!(Some(waiting.delay(0)), delay, "{code} {after}");
        assert_eq!(Some(waiting.delay(u64::MAX)), delay, "decided once");
    }
}

#[test]
fn interim_responses_are_skipped_and_bounded() {
    let interim = |n: usize| "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n".repeat(n);
    let answer = |n: usize| format!("{}{OPEN}\r\ndata:1\n\n", interim(n));
    assert_eq!(stream(answer(8)), (alloc::vec!["1".into()], "Ended".into()));
    assert_eq!(end(answer(9)), "TooManyInterimResponses");
    // It answers an upgrade, and there was none.
    let end = end(format!("HTTP/1.1 101 x\r\n\r\n{OPEN}\r\ndata:1\n\n"));
    assert!(end.starts_with("Status(Status(101"), "{end}");
}

#[test]
fn sc16_what_is_no_response_is_a_loss() {
    for (answer, expected) in [
        ("", "ClosedBeforeResponse"),
        ("HTT", "ClosedInHead"),
        (
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n",
            "ClosedInHead",
        ),
        ("HTTP/1.1 103 x\r\n\r\n", "ClosedBeforeResponse"),
        ("HTTP/1.1 103 x\r\n\r\nHTTP", "ClosedInHead"),
        ("SSH-2.0-x\r\n\r\n", "Head(StartLine)"),
        ("HTTP/2.0 200 OK\r\n\r\n", "Head(Version)"),
        (
            "HTTP/1.1 200 OK\nContent-Type: text/event-stream\n\n",
            "Head(BareLineFeed)",
        ),
    ] {
        assert_eq!(end(answer), expected, "{answer}");
    }
    let long = format!("HTTP/1.1 200 OK\r\nX: {}", "x".repeat(9000));
    assert_eq!(end(long), "Head(FieldLineTooLong)");
    assert_eq!(start().abandon().loss(), Loss::Unreachable);
}

#[test]
fn the_body_of_a_refusal_is_bounded() {
    let options = SourceOptions {
        max_body: 5,
        ..SourceOptions::default()
    };
    for (rest, expected) in [
        ("Content-Length: 5\r\n\r\n12345", "12345"),
        ("Content-Length: 6\r\n\r\n123456", "12345..."),
        ("Content-Length: 6\r\n\r\n12", "12..."),
        ("\r\n12345", "12345"),
        ("\r\n123456", "12345..."),
        (
            "Transfer-Encoding: chunked\r\n\r\n3\r\n123\r\n2\r\n45\r\n0\r\n\r\n",
            "12345",
        ),
        ("Transfer-Encoding: chunked\r\n\r\n3\r\n123\r\nx", "123..."),
    ] {
        let answer = format!("HTTP/1.1 403 x\r\n{rest}");
        let (course, _) = receive_with(options, answer.as_bytes());
        let status = "Status(Status(403 Forbidden)) with ";
        assert_eq!(course.end.strip_prefix(status), Some(expected), "{rest}");
    }
}
