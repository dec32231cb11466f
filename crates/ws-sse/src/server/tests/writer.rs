//! Heads of streams, and what follows them.

use core::time::Duration;

use ws_http::InvalidField;

use super::*;
use crate::encoded::EncodedEvent;
use crate::encoder::Encoder;

const FIELDS: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\
     Cache-Control: no-cache, no-store, no-transform\r\nX-Accel-Buffering: no\r\n";

/// `protocol-facts` 6.3: the opening block, in every framing.
#[test]
fn ss08_a_stream_begins_so() {
    let chunked = "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
    let close = "Connection: close\r\n\r\n";
    let accept = Accept::default();
    let closing = Accept::new().close_delimited(true);
    let no_retry = Accept::new().with_retry(None);
    for (version, accept, framing, end, first) in [
        (
            "1.1",
            &accept,
            StreamFraming::Chunked,
            chunked,
            "d\r\nretry: 5000\n\n\r\n",
        ),
        (
            "1.1",
            &no_retry,
            StreamFraming::Chunked,
            chunked,
            "3\r\n:\n\n\r\n",
        ),
        (
            "1.1",
            &closing,
            StreamFraming::Close,
            close,
            "retry: 5000\n\n",
        ),
        (
            "1.0",
            &accept,
            StreamFraming::Close,
            close,
            "retry: 5000\n\n",
        ),
        ("1.0", &no_retry, StreamFraming::Close, close, ":\n\n"),
    ] {
        let (out, writer) = accepted(&get(version), accept);
        assert_eq!(out, [">", FIELDS, end, first].concat(), "{version}");
        assert_eq!(writer.framing(), framing);
        assert!(!writer.is_closed());
    }
}

// RFC 9110 §9.3.2
#[test]
fn ss10_a_head_gets_a_head() {
    let request = head("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    let (out, mut writer) = accepted(&request, &Accept::new());
    assert!(out.ends_with("Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"));
    assert!(writer.is_closed());
    let mut out = Vec::new();
    assert_eq!(writer.send(&Event::new("x"), &mut out), Err(Misuse::Closed));
    writer.close(&mut out);
    assert!(out.is_empty());
}

#[test]
fn ss14_fields_of_the_application_are_checked() {
    for (name, value, expected) in [
        ("Set-Cookie", "a=b", Ok(())),
        ("Access-Control-Allow-Origin", "*", Ok(())),
        (
            "X",
            "a\r\nSet-Cookie: b",
            Err(Misuse::Field(InvalidField::Value)),
        ),
        ("X", "a\nb", Err(Misuse::Field(InvalidField::Value))),
        ("X", "a\0", Err(Misuse::Field(InvalidField::Value))),
        ("X\r\nY", "a", Err(Misuse::Field(InvalidField::Name))),
        ("", "a", Err(Misuse::Field(InvalidField::Name))),
        ("content-type", "text/html", Err(Misuse::ProtocolField)),
        ("Content-Length", "3", Err(Misuse::ProtocolField)),
        ("Content-Encoding", "gzip", Err(Misuse::ProtocolField)),
        ("Transfer-Encoding", "x", Err(Misuse::ProtocolField)),
        ("CONNECTION", "keep-alive", Err(Misuse::ProtocolField)),
        ("Keep-Alive", "x", Err(Misuse::ProtocolField)),
        ("Upgrade", "x", Err(Misuse::ProtocolField)),
        ("Trailer", "x", Err(Misuse::ProtocolField)),
    ] {
        let accept = Accept::new().with_field(name, value);
        assert_eq!(accept.map(|_| ()), expected, "{name}: {value}");
    }
}

#[test]
fn fields_that_are_no_rule_can_be_replaced() {
    let accept = Accept::new()
        .with_field("cache-control", "no-cache")
        .and_then(|accept| accept.with_field("X-Accel-Buffering", "yes"))
        .and_then(|accept| accept.with_field("X", "1"))
        .and_then(|accept| accept.with_field("X", "2"))
        .unwrap();
    let fields = accept.fields();
    let fields: Vec<_> = fields.iter().collect();
    assert_eq!(
        fields,
        [
            ("Content-Type", &b"text/event-stream"[..]),
            ("cache-control", b"no-cache"),
            ("X-Accel-Buffering", b"yes"),
            ("X", b"1"),
            ("X", b"2"),
        ]
    );
}

/// One call, one chunk; and the same without chunks.
#[test]
fn ss08_each_event_is_a_chunk() {
    type Call = fn(&mut StreamWriter, &mut Vec<u8>) -> Result<(), Misuse>;
    let calls: [(Call, &str); 7] = [
        (
            |writer, out| writer.send(&Event::new("a\r\nb").with_kind("k").with_id("7"), out),
            "event: k\nid: 7\ndata: a\ndata: b\n\n",
        ),
        (
            |writer, out| writer.send(&Event::new(""), out),
            "data: \n\n",
        ),
        (
            |writer, out| writer.comment("a\rdata: x", out),
            ": a\n: data: x\n\n",
        ),
        (
            |writer, out| writer.retry(Duration::from_secs(2), out),
            "retry: 2000\n\n",
        ),
        (StreamWriter::ping, ":\n\n"),
        (
            |writer, out| {
                let event = EncodedEvent::new(&Event::new("x"))?;
                writer.send_encoded([&event], out)
            },
            "data: x\n\n",
        ),
        (
            |writer, out| {
                writer.batch(out, |out| {
                    Encoder::id("", out)?;
                    Encoder::event(&Event::new("0123456789abcdef"), out)
                })
            },
            "id: \n\ndata: 0123456789abcdef\n\n",
        ),
    ];
    for (version, is_chunked) in [("1.1", true), ("1.0", false)] {
        for (call, expected) in calls {
            let (_, mut writer) = accepted(&get(version), &Accept::new());
            let mut out = Vec::from(*b">");
            call(&mut writer, &mut out).unwrap();
            let expected = if is_chunked {
                alloc::format!(">{:x}\r\n{expected}\r\n", expected.len())
            } else {
                [">", expected].concat()
            };
            assert_eq!(text(out), expected);
        }
    }
}

#[test]
fn ss01_what_cannot_be_written_leaves_no_trace() {
    for (event, misuse) in [
        (Event::new("x").with_kind("a\ndata: x"), Misuse::Kind),
        (Event::new("x").with_id("1\r2"), Misuse::Id),
        (Event::new("x").with_kind("a\r\n"), Misuse::Kind),
        (Event::new("x").with_id("\0"), Misuse::Id),
    ] {
        let (_, mut writer) = accepted(&get("1.1"), &Accept::new());
        let mut out = Vec::from(*b">");
        assert_eq!(writer.send(&event, &mut out), Err(misuse));
        assert_eq!(EncodedEvent::new(&event), Err(misuse));
        let result = writer.batch(&mut out, |out| {
            Encoder::event(&Event::new("first"), out)?;
            Encoder::event(&event, out)
        });
        assert_eq!(result, Err(misuse));
        assert_eq!(text(out), ">");
    }
}

// RFC 9112 §7.1: the chunk without data is the last one.
#[test]
fn ss13_a_stream_ends_once() {
    for (version, end) in [("1.1", "0\r\n\r\n"), ("1.0", "")] {
        let (_, mut writer) = accepted(&get(version), &Accept::new());
        let mut out = Vec::new();
        writer.batch(&mut out, |_| Ok(())).unwrap();
        writer.send_encoded([], &mut out).unwrap();
        assert!(out.is_empty(), "an empty chunk would end the stream");
        writer.close(&mut out);
        writer.close(&mut out);
        assert!(writer.is_closed());
        assert_eq!(text(out), end);

        let mut out = Vec::new();
        let event = EncodedEvent::comment("x");
        for result in [
            writer.send(&Event::new("x"), &mut out),
            writer.send_encoded([&event], &mut out),
            writer.batch(&mut out, |_| Ok(())),
            writer.comment("", &mut out),
            writer.retry(Duration::ZERO, &mut out),
            writer.ping(&mut out),
        ] {
            assert_eq!(result, Err(Misuse::Closed));
        }
        assert!(out.is_empty());
    }
}
