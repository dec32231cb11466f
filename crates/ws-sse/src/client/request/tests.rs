//! Requests as they are on the wire, and what cannot be one.

use alloc::format;
use alloc::string::String;

use ws_http::InvalidField;

use super::*;

fn origin() -> Origin {
    Origin::http("a.example:8080").unwrap()
}

fn get() -> Request {
    Request::new(origin(), "/feed?x=1").unwrap()
}

fn encoded(request: &Request, id: Option<&str>) -> String {
    let mut out = Vec::from(*b">");
    request.encode(id, &mut out);
    String::from_utf8(out).unwrap()
}

/// WPT `request-accept`, `request-cache-control`.
#[test]
fn a_request_is_written_so() {
    let start = ">GET /feed?x=1 HTTP/1.1\r\nHost: a.example:8080\r\nAccept: text/event-stream\r\n\
         Cache-Control: no-cache\r\nConnection: close\r\n";
    assert_eq!(encoded(&get(), None), format!("{start}\r\n"));
    let text = encoded(&get().with_field("X", "y").unwrap(), Some("\u{2026}"));
    assert_eq!(
        text,
        format!("{start}X: y\r\nLast-Event-ID: \u{2026}\r\n\r\n")
    );
}

#[test]
fn a_post_has_a_body() {
    let post = get().with_body("application/json", "{}").unwrap();
    assert_eq!((post.method(), post.body()), ("POST", Some(&b"{}"[..])));
    let text = encoded(&post, None);
    assert!(text.starts_with(">POST /feed?x=1 HTTP/1.1\r\n"));
    assert!(text.ends_with("\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"));
    // Once more: the second one counts.
    let put = post
        .with_method("PUT")
        .unwrap()
        .with_body("a/b", "!")
        .unwrap();
    let text = encoded(&put, Some("7"));
    assert!(text.starts_with(">PUT "));
    assert!(
        text.ends_with("\r\nContent-Type: a/b\r\nContent-Length: 1\r\nLast-Event-ID: 7\r\n\r\n!")
    );
    let empty = get().with_method("POST").unwrap();
    assert!(encoded(&empty, None).ends_with("\r\nContent-Length: 0\r\n\r\n"));
}

#[test]
fn defaults_can_be_replaced() {
    let request = get()
        .with_field("accept", "application/json, text/event-stream")
        .and_then(|request| request.with_field("Cache-Control", "no-store"))
        .unwrap();
    let text = encoded(&request, None);
    assert_eq!(text.to_ascii_lowercase().matches("\r\naccept: ").count(), 1);
    assert_eq!(text.matches("Cache-Control: ").count(), 1);
    assert!(text.contains("Cache-Control: no-store\r\n"));
    assert_eq!(request.fields().len(), 2);
}

#[test]
fn what_would_change_the_message_is_refused() {
    for (name, value, expected) in [
        ("User-Agent", "kettle/1", Ok(())),
        ("Authorization", "Bearer x", Ok(())),
        ("X", "a\r\nY: b", Err(Misuse::Field(InvalidField::Value))),
        ("X", "a\0", Err(Misuse::Field(InvalidField::Value))),
        ("X Y", "a", Err(Misuse::Field(InvalidField::Name))),
        ("Host", "b", Err(Misuse::ProtocolField)),
        ("connection", "keep-alive", Err(Misuse::ProtocolField)),
        ("Content-Length", "1", Err(Misuse::ProtocolField)),
        ("Transfer-Encoding", "chunked", Err(Misuse::ProtocolField)),
        ("Expect", "100-continue", Err(Misuse::ProtocolField)),
        ("Upgrade", "h2c", Err(Misuse::ProtocolField)),
        ("TE", "gzip", Err(Misuse::ProtocolField)),
        ("Trailer", "X", Err(Misuse::ProtocolField)),
        ("Keep-Alive", "x", Err(Misuse::ProtocolField)),
        ("LAST-EVENT-ID", "1", Err(Misuse::ProtocolField)),
        ("Accept-Encoding", "gzip", Err(Misuse::ProtocolField)),
    ] {
        assert_eq!(
            get().with_field(name, value).map(|_| ()),
            expected,
            "{name}"
        );
    }
    let body = get().with_body("a\n", "");
    assert_eq!(body.err(), Some(Misuse::Field(InvalidField::Value)));
    for method in ["", "G T", "HEAD", "CONNECT", "TRACE", "a\r\n"] {
        let misuse = get().with_method(method).err();
        assert_eq!(
            misuse,
            Some(Misuse::Target(InvalidTarget::Method)),
            "{method}"
        );
    }
    for target in [
        "",
        "feed",
        "*",
        "http://b/",
        "/a b",
        "/a\r\n",
        "/#a",
        "/\u{e9}",
    ] {
        let misuse = Request::new(origin(), target).err();
        assert_eq!(
            misuse,
            Some(Misuse::Target(InvalidTarget::Target)),
            "{target}"
        );
    }
    let long = format!("/{}", "a".repeat(8192));
    let misuse = Request::new(origin(), &long).err();
    assert_eq!(misuse, Some(Misuse::Target(InvalidTarget::TooLong)));
}

#[test]
fn a_target_is_as_long_as_the_method_allows() {
    let longest = format!("/{}", "a".repeat(8192 - "GET / HTTP/1.1".len()));
    let request = Request::new(origin(), &longest).unwrap();
    let misuse = request.with_body("a/b", "").err();
    assert_eq!(misuse, Some(Misuse::Target(InvalidTarget::TooLong)));
}
