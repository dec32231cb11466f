//! SC01: what the web platform tests of `EventSource` say about the format, one by one.

use alloc::format;
use alloc::string::ToString;

use super::*;

/// The name of the test, what its server sends, and the events.
const FORMATS: &[(&str, &str, &[&str])] = &[
    (
        "event-data",
        "data:msg\ndata: msg\n\n:\nfalsefield:msg\n\nfalsefield:msg\nData:data\n\ndata\n\n\
             data:end\n\n",
        &["msg\nmsg", "", "end"],
    ),
    (
        "format-bom",
        "\u{feff}data:1\n\n\u{feff}data:2\n\ndata:3\n\n",
        &["1", "3"],
    ),
    (
        "format-bom-2",
        "\u{feff}\u{feff}data:1\n\ndata:2\n\ndata:3\n\n",
        &["2", "3"],
    ),
    (
        "format-data-before-final-empty-line",
        "retry:1000\ndata:test1\n\nid:test\ndata:test2",
        &["test1"],
    ),
    (
        "format-field-data",
        "data:\n\ndata\ndata\n\ndata:test\n\n",
        &["", "\n", "test"],
    ),
    (
        "format-field-event",
        "event:test\ndata:x\n\ndata:x\n\n",
        &["test/x", "x"],
    ),
    (
        "format-field-event-empty",
        "event: \ndata:data\n\n",
        &["data"],
    ),
    ("format-field-id", "id: …\ndata:1\n\n", &["message/1/…"]),
    (
        "format-field-id-3",
        "id: 1\ndata:a\n\ndata:b\n\nid: 2\ndata:c\n\nid:\ndata:d\n\nid: 3\ndata:e\n\nid\n\
             data:f\n\n",
        &[
            "message/a/1",
            "message/b/1",
            "message/c/2",
            "d",
            "message/e/3",
            "f",
        ],
    ),
    (
        "format-field-id-null",
        "id: \0\0\ndata:1\n\nid: x\0\ndata:2\n\nid: \0x\ndata:3\n\nid: x\0x\ndata:4\n\n\
             id:  \0\ndata:5\n\n",
        &["1", "2", "3", "4", "5"],
    ),
    (
        "format-field-parsing",
        "data:\0\ndata:  2\rData:1\ndata\0:2\ndata:1\r\0data:4\nda-ta:3\rdata_5\ndata:3\r\
             data:\r\n data:32\ndata:4\n\n",
        &["\0\n 2\n1\n3\n\n4"],
    ),
    (
        "format-field-retry-empty",
        "retry\ndata:test\n\n",
        &["test"],
    ),
    (
        "format-field-unknown",
        "data:test\n data\ndata\nfoobar:xxx\njustsometext\n:thisisacommentyay\ndata:test\n\n",
        &["test\n\ntest"],
    ),
    (
        "format-leading-space",
        "data:\ttest\rdata: \ndata:test\n\n",
        &["\ttest\n\ntest"],
    ),
    (
        "format-newlines",
        "data:test\r\ndata\ndata:test\r\n\r",
        &["test\n\ntest"],
    ),
    (
        "format-newlines, the last LF",
        "data:test\r\ndata\ndata:test\r\n\r\n",
        &["test\n\ntest"],
    ),
    ("format-null-character", "data:\0\n\n\n\n", &["\0"]),
    ("format-utf-8", "data:ok…\n\n", &["ok…"]),
];

// WHATWG HTML §9.2.6
#[test]
fn sc01_wpt_formats() {
    for (name, stream, expected) in FORMATS {
        assert_eq!(events(stream), *expected, "{name}");
    }
}

#[test]
fn sc01_wpt_format_comments() {
    let comment = "x".repeat(2048);
    let stream =
        format!("data:1\r:\0\n:\r\ndata:2\n:{comment}\rdata:3\n:data:fail\r:{comment}\ndata:4\n\n");
    assert_eq!(events(stream), ["1\n2\n3\n4"]);
}

#[test]
fn sc01_wpt_retry() {
    for (name, stream, millis) in [
        ("format-field-retry", "retry:03000\ndata:x\n\n", Some(3000)),
        (
            "format-field-retry-bogus",
            "retry:3000\nretry:1000x\ndata:x\n\n",
            Some(3000),
        ),
        ("format-field-retry-empty", "retry\ndata:test\n\n", None),
        // A line counts without the blank line behind it.
        ("eventsource-reconnect", "retry: 2\n", Some(2)),
    ] {
        let seen = seen(stream.as_bytes(), Limits::default());
        assert_eq!(seen.retry, millis.map(Duration::from_millis), "{name}");
    }
}

/// Reads one stream after the other, as a client that reconnects does.
fn ids_over_reconnects(streams: &[&str]) -> Vec<String> {
    let mut decoder = Decoder::new(Limits::default());
    let mut ids = Vec::new();
    for stream in streams {
        let mut input = stream.as_bytes();
        while let Some(event) = decoder.decode(&mut input).unwrap() {
            ids.push(event.id.to_string());
        }
        ids.push(format!("[{}]", decoder.last_event_id()));
        decoder.restart();
    }
    ids
}

// The last event id outlives the stream that has set it; an id in an unfinished block does not.
#[test]
fn sc01_sc19_wpt_ids_over_reconnects() {
    for (name, streams, expected) in [
        (
            "format-data-before-final-empty-line",
            &["data:test1\n\nid:test\ndata:test2", "data:1\n\n"][..],
            &["", "[]", "", "[]"][..],
        ),
        (
            "format-field-id-2",
            &["retry:200\nid:…\ndata:0\n\n", "data:1\n\n", "data:2\n\n"],
            &["…", "[…]", "…", "[…]", "…", "[…]"],
        ),
        (
            "format-field-id-null",
            &["id:x\0x\ndata:0\n\n", "data:1\n\n"],
            &["", "[]", "", "[]"],
        ),
    ] {
        assert_eq!(ids_over_reconnects(streams), expected, "{name}");
    }
}
