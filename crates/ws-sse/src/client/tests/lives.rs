//! Sources over many connections.

use alloc::format;
use alloc::string::ToString;

use super::*;
use crate::event::Event;
use crate::reconnect::Backoff;

/// WPT `eventsource-close`: two short streams, then a 204, and nothing after.
#[test]
fn sc22_a_server_ends_the_source_with_a_204() {
    let mut connecting = start();
    for _ in 0..2 {
        let waiting = attempt(connecting, &open("\r\ndata:1\n\n"));
        assert_eq!(waiting.loss(), Loss::Ended);
        connecting = waiting.reconnect();
    }
    let (_, awaiting) = sent(connecting);
    let source = awaiting.receive(&mut &b"HTTP/1.1 204 No Content\r\n\r\n"[..]);
    let EventSource::Closed(closed) = source else {
        panic!("{source:?}");
    };
    assert_eq!(closed.closure(), Closure::Stopped);
}

/// WPT `format-field-retry`, `format-field-retry-bogus`, `eventsource-reconnect`.
#[test]
fn sc07_the_server_sets_the_reconnection_time() {
    for (lines, least, most) in [
        ("", 3000, 3750),
        ("retry:03000\n", 3000, 3750),
        ("retry:5000\nretry:1000x\n", 5000, 6250),
        ("retry: 2\n", 100, 125),
        ("retry:0\n", 100, 125),
        // A line that is complete counts, a blank line or not; one that is cut does not.
        ("retry:700", 3000, 3750),
        ("retry:18446744073709551616\n", 3_600_000, 4_500_000),
    ] {
        for random in [0, u64::MAX / 2, u64::MAX] {
            let mut waiting = attempt(start(), &open(&format!("\r\ndata:1\n\n{lines}")));
            let delay = waiting.delay(random);
            assert!(delay >= Duration::from_millis(least), "{lines} {delay:?}");
            assert!(delay <= Duration::from_millis(most), "{lines} {delay:?}");
            // It lasts over connections that say nothing about it.
            let waiting = attempt(waiting.reconnect(), &open("\r\ndata:1\n\n"));
            let mut waiting = attempt(waiting.reconnect(), &open("\r\ndata:1\n\n"));
            let delay = waiting.delay(random);
            assert!(delay >= Duration::from_millis(least), "{lines} {delay:?}");
            assert!(delay <= Duration::from_millis(most), "{lines} {delay:?}");
        }
    }
}

#[test]
fn sc16_sc17_delays_grow_until_there_is_an_event() {
    let most = |mut waiting: Waiting| {
        let delay = waiting.delay(u64::MAX).as_millis();
        (delay, waiting.reconnect())
    };
    let (delay, connecting) = most(start().abandon());
    assert_eq!(delay, 3749);
    let (delay, connecting) = most(attempt(connecting, b""));
    assert_eq!(delay, 5999);
    // A 200 that ends at once is no success, and neither is one with comments.
    let (delay, connecting) = most(attempt(connecting, &open("\r\n:\n\n")));
    assert_eq!(delay, 11_999);
    let waiting = attempt(connecting, &open("\r\n"));
    assert_eq!(waiting.attempts(), 3);
    let (delay, connecting) = most(waiting);
    assert_eq!(delay, 23_999);
    let (delay, connecting) = most(attempt(connecting, &open("\r\ndata\n\n")));
    assert_eq!(delay, 3749);
    let (delay, connecting) = most(connecting.abandon());
    assert_eq!(delay, 5999);
    // Half a minute without an event.
    let answer = open("\r\n");
    let EventSource::Open(mut open) = sent(connecting).1.receive(&mut &*answer) else {
        panic!();
    };
    open.mark_stable();
    let EventSource::Waiting(waiting) = open.receive_eof() else {
        panic!();
    };
    assert_eq!(most(waiting).0, 3749);
}

#[test]
fn attempts_count_whether_the_delay_was_asked_for_or_not() {
    let options = SourceOptions {
        backoff: Backoff::new().with_cap(Duration::from_secs(7)),
        ..SourceOptions::default()
    };
    let mut waiting = EventSource::start(request(), options).abandon();
    for _ in 0..2 {
        waiting = waiting.reconnect().abandon();
    }
    assert_eq!(waiting.attempts(), 2);
    assert_eq!(waiting.delay(u64::MAX), Duration::from_nanos(6_999_999_999));
}

/// WPT `format-field-id`, `format-field-id-2`: also on the third connection.
#[test]
fn sc19_the_last_event_id_survives() {
    let mut waiting = attempt(start(), &open("\r\nid: \u{2026}\ndata:1\n\n"));
    for answer in [
        open("\r\ndata:2\n\n"),
        open("\r\n"),
        b"HTTP/1.1".to_vec(),
        open("Transfer-Encoding: chunked\r\n\r\n2\r\nid"),
        // An id that was not followed by its blank line.
        open("\r\nid: 9\ndata:3"),
        open("\r\nid: 9\n"),
    ] {
        let (text, _) = sent(waiting.reconnect());
        assert!(text.contains("\r\nLast-Event-ID: \u{2026}\r\n"));
        let again = EventSource::resume(request(), SourceOptions::default(), "\u{2026}").unwrap();
        assert_eq!(again.last_event_id(), "\u{2026}");
        waiting = attempt(again, &answer);
        assert_eq!(waiting.last_event_id(), "\u{2026}");
    }
    let (_, awaiting) = sent(waiting.reconnect());
    let answer = open("\r\ndata:2\n\nid\n\n");
    let mut input = &*answer;
    let EventSource::Open(mut open) = awaiting.receive(&mut input) else {
        panic!();
    };
    let event = open.receive(&mut input);
    assert_eq!(event, Ok(Some(Event::new("2").with_id("\u{2026}"))));
    // SC09: a block without data sets the id, and an empty one takes it back.
    assert_eq!(open.receive(&mut input), Ok(None));
    assert_eq!(open.last_event_id(), "");
    assert_eq!(open.request().target(), "/feed");
    assert_eq!(open.response().status().code(), 200);
    let EventSource::Waiting(waiting) = open.receive_eof() else {
        panic!();
    };
    assert!(!sent(waiting.reconnect()).0.contains("Last-Event-ID"));
}

/// WPT `format-data-before-final-empty-line`, `format-field-id-null`.
#[test]
fn sc08_sc09_an_id_that_does_not_count_is_not_sent() {
    for stream in [
        "\r\ndata:test1\n\nid:test\ndata:test2",
        "\r\nid: x\0\ndata:1\n\nid: \0\ndata:2\n\n",
        "\r\nid: 1\n\nid\n\n",
        "\r\n",
    ] {
        let waiting = attempt(start(), &open(stream));
        assert_eq!(waiting.last_event_id(), "");
        let (text, awaiting) = sent(waiting.reconnect());
        assert!(!text.contains("Last-Event-ID"), "{text}");
        assert_eq!(awaiting.unsent_id(), None);
    }
}

#[test]
fn sc18_what_no_field_can_hold_is_kept_but_not_sent() {
    let fits = "x".repeat(4096);
    let long = "x".repeat(4097);
    for (id, unsent) in [
        ("17", None),
        ("\u{2026}", None),
        ("a b", None),
        ("a\tb", None),
        ("\u{85}", None),
        ("\"\\:;,", None),
        (&fits, None),
        (&long, Some(UnsentId::TooLong)),
        ("\x01", Some(UnsentId::Unrepresentable)),
        ("a\x7f", Some(UnsentId::Unrepresentable)),
        ("a\x1bb", Some(UnsentId::Unrepresentable)),
        (" a", Some(UnsentId::Unrepresentable)),
        ("a ", Some(UnsentId::Unrepresentable)),
        ("a\t", Some(UnsentId::Unrepresentable)),
        (" ", Some(UnsentId::Unrepresentable)),
    ] {
        let waiting = attempt(start(), &open(&format!("\r\nid: {id}\ndata:1\n\n")));
        assert_eq!(waiting.last_event_id(), id);
        let (text, awaiting) = sent(waiting.reconnect());
        assert_eq!(awaiting.unsent_id(), unsent, "{id:?}");
        let field = format!("\r\nLast-Event-ID: {id}\r\n");
        assert_eq!(text.contains("Last-Event-ID"), unsent.is_none());
        assert_eq!(text.contains(&field), unsent.is_none());
        // It lasts all the same.
        let EventSource::Waiting(waiting) = awaiting.receive_eof() else {
            panic!();
        };
        assert_eq!(waiting.last_event_id(), id);
    }
}

#[test]
fn a_saved_id_is_sent_at_once() {
    let resume = |id: &str| EventSource::resume(request(), SourceOptions::default(), id);
    let (text, _) = sent(resume("17").unwrap());
    assert!(text.ends_with("\r\nLast-Event-ID: 17\r\n\r\n"));
    let (text, _) = sent(resume("").unwrap());
    assert_eq!(text, sent(start()).0);
    for id in ["a\r", "\n", "\0"] {
        assert_eq!(resume(id).err(), Some(Misuse::Id));
    }
}

#[test]
fn sc22_every_state_can_be_closed() {
    let waiting = || attempt(start(), &open("\r\nid: 7\ndata:1\n\n"));
    let connecting = || waiting().reconnect();
    let awaiting = || sent(connecting()).1;
    let answer = open("\r\ndata:2\n\n");
    let opened = || match awaiting().receive(&mut &*answer) {
        EventSource::Open(open) => open,
        other => panic!("{other:?}"),
    };
    let redirected = || {
        let answer = b"HTTP/1.1 302 x\r\nLocation: /x\r\n\r\n";
        match awaiting().receive(&mut &answer[..]) {
            EventSource::Redirected(redirected) => redirected,
            other => panic!("{other:?}"),
        }
    };
    for closed in [
        connecting().close(),
        awaiting().close(),
        opened().close(),
        redirected().close(),
        waiting().close(),
    ] {
        assert_eq!(closed.closure(), Closure::Caller);
        assert_eq!(closed.last_event_id(), "7");
    }
    let closure = redirected().refuse().closure();
    assert_eq!(closure, Closure::Location);
    assert_eq!(closure.to_string(), "redirect without a usable Location");
}

// What asks for something to be done is not asked twice by itself.
#[test]
fn a_request_with_a_body_is_made_once() {
    let post = || request().with_body("text/plain", "do it").unwrap();
    let bare = || request().with_method("POST").unwrap();
    for (request, repeats, orderly, closure) in [
        (post(), false, true, Some(Closure::Ended)),
        (bare(), false, true, Some(Closure::Ended)),
        (post(), true, true, None),
        // A connection that broke has not answered.
        (post(), false, false, None),
        (request(), false, true, None),
    ] {
        let options = SourceOptions {
            repeats_after_end: repeats,
            ..SourceOptions::default()
        };
        let (_, awaiting) = sent(EventSource::start(request, options));
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\
                    Transfer-Encoding: chunked\r\n\r\n";
        let body = if orderly { "0\r\n\r\n" } else { "5\r\n" };
        let EventSource::Open(mut open) = awaiting.receive(&mut head.as_bytes()) else {
            panic!();
        };
        let _ = open.receive(&mut body.as_bytes());
        let ended = match open.receive_eof() {
            EventSource::Closed(closed) => Some(closed.closure()),
            EventSource::Waiting(_) => None,
            other => panic!("{other:?}"),
        };
        assert_eq!(ended, closure);
    }
}

#[test]
fn nothing_shows_credentials() {
    let request = Request::new(request().origin().clone(), "/feed?token=s3cret")
        .unwrap()
        .with_field("Authorization", "Bearer s3cret")
        .and_then(|request| request.with_field("Cookie", "s3cret"))
        .and_then(|request| request.with_body("text/plain", "s3cret"))
        .unwrap();
    let connecting = EventSource::start(request, SourceOptions::default());
    let shown = format!("{connecting:?}");
    assert!(!shown.contains("s3cret"), "{shown}");
    let shown = format!("{:?}", sent(connecting).1);
    assert!(!shown.contains("s3cret"), "{shown}");
}
