//! Start lines and field lines, right and wrong.

use alloc::format;
use alloc::string::{String, ToString};

use super::*;
use crate::decoder::{RequestDecoder, ResponseDecoder};
use crate::limits::Limits;

fn request(text: &str) -> Result<RequestHead, HeadError> {
    let mut decoder = RequestDecoder::new(Limits::default());
    decoder
        .decode(&mut text.as_bytes())
        .map(|head| head.expect("complete"))
}

fn response(text: &str) -> Result<ResponseHead, HeadError> {
    let mut decoder = ResponseDecoder::new(Limits::default());
    decoder
        .decode(&mut text.as_bytes())
        .map(|head| head.expect("complete"))
}

// RFC 9112 §3
#[test]
fn hs13_hs14_hs21_request_lines() {
    let long = format!("GET /{} HTTP/1.1", "a".repeat(8000));
    for (line, expected) in [
        ("GET /chat?a=b HTTP/1.1", Ok(HttpVersion::Http11)),
        ("GET * HTTP/1.1", Ok(HttpVersion::Http11)),
        ("GET http://h/p HTTP/1.1", Ok(HttpVersion::Http11)),
        ("GET /%zz HTTP/1.1", Ok(HttpVersion::Http11)),
        ("get / HTTP/1.1", Ok(HttpVersion::Http11)),
        (&long, Ok(HttpVersion::Http11)),
        ("GET / HTTP/1.0", Ok(HttpVersion::Http10)),
        ("GET / HTTP/2.0", Err(HeadError::Version)),
        ("GET / HTTP/0.9", Err(HeadError::Version)),
        ("GET / HTTP/1.2", Err(HeadError::Version)),
        ("GET / HTTP/1.10", Err(HeadError::StartLine)),
        ("GET / HTTP/11.1", Err(HeadError::StartLine)),
        ("GET / http/1.1", Err(HeadError::StartLine)),
        ("GET / HTTP/1.1 ", Err(HeadError::StartLine)),
        ("GET /", Err(HeadError::StartLine)),
        ("GET", Err(HeadError::StartLine)),
        ("GET  / HTTP/1.1", Err(HeadError::StartLine)),
        ("GET /  HTTP/1.1", Err(HeadError::StartLine)),
        ("GET /a b HTTP/1.1", Err(HeadError::StartLine)),
        ("GET\t/ HTTP/1.1", Err(HeadError::StartLine)),
        (" GET / HTTP/1.1", Err(HeadError::StartLine)),
        ("G(T / HTTP/1.1", Err(HeadError::StartLine)),
        ("GET /#f HTTP/1.1", Err(HeadError::StartLine)),
        ("GET /caf\u{e9} HTTP/1.1", Err(HeadError::StartLine)),
        ("FOO BAR BAZ", Err(HeadError::StartLine)),
    ] {
        let result = request(&format!("{line}\r\nHost: h\r\n\r\n"));
        assert_eq!(result.map(|head| head.version()), expected, "{line}");
    }
}

// RFC 9112 §4
#[test]
fn hc01_hc03_status_lines() {
    let ok = |version, code| Ok((version, Status::new(code).unwrap()));
    for (line, expected) in [
        (
            "HTTP/1.1 101 Switching Protocols",
            ok(HttpVersion::Http11, 101),
        ),
        ("HTTP/1.1 101 ", ok(HttpVersion::Http11, 101)),
        ("HTTP/1.1 101", ok(HttpVersion::Http11, 101)),
        ("HTTP/1.1 200 tr\u{e8}s bien", ok(HttpVersion::Http11, 200)),
        ("HTTP/1.1 999 x", ok(HttpVersion::Http11, 999)),
        ("HTTP/1.0 200 OK", ok(HttpVersion::Http10, 200)),
        ("HTTP/2.0 200 OK", Err(HeadError::Version)),
        ("HTTP/1.1 0101", Err(HeadError::StartLine)),
        ("HTTP/1.1 1 01", Err(HeadError::StartLine)),
        ("HTTP/1.1 099", Err(HeadError::StartLine)),
        ("HTTP/1.1 4", Err(HeadError::StartLine)),
        ("HTTP/1.1 1011", Err(HeadError::StartLine)),
        ("HTTP/1.1  101", Err(HeadError::StartLine)),
        ("HTTP/1.1\t101", Err(HeadError::StartLine)),
        ("HTTP/1.11 101", Err(HeadError::StartLine)),
        ("http/1.1 101", Err(HeadError::StartLine)),
        ("FOO BAR BAZ", Err(HeadError::StartLine)),
        ("GET / HTTP/1.1", Err(HeadError::StartLine)),
    ] {
        let result = response(&format!("{line}\r\nServer: s\r\n\r\n"));
        assert_eq!(
            result.map(|head| (head.version(), head.status())),
            expected,
            "{line}"
        );
    }
}

// RFC 9112 §5.1, RFC 9110 §5.5
#[test]
fn hs17_hs19_field_lines() {
    for (line, expected) in [
        ("A:b", Ok("b")),
        ("A: \t b c \t", Ok("b c")),
        ("A:", Ok("")),
        ("A: \t ", Ok("")),
        ("A: caf\u{e9}", Ok("caf\u{e9}")),
        ("!#$%&'*+-.^_`|~09aZ: b", Ok("b")),
        ("A : b", Err(HeadError::FieldLine)),
        ("A\t: b", Err(HeadError::FieldLine)),
        (": b", Err(HeadError::FieldLine)),
        ("A", Err(HeadError::FieldLine)),
        ("A b: c", Err(HeadError::FieldLine)),
        ("\"A\": b", Err(HeadError::FieldLine)),
        ("caf\u{e9}: b", Err(HeadError::FieldLine)),
        (" A: b", Err(HeadError::FoldedLine)),
        ("A: b\r\n c", Err(HeadError::FoldedLine)),
        ("A: b\r\n\tc", Err(HeadError::FoldedLine)),
        ("A: b\nC: d", Err(HeadError::BareLineFeed)),
        ("A: b\rC: d", Err(HeadError::BareCarriageReturn)),
        ("A: b\r\r\n", Err(HeadError::BareCarriageReturn)),
        ("A: b\0c", Err(HeadError::ControlCharacter)),
        ("A: b\x01", Err(HeadError::ControlCharacter)),
        ("A: \x7f", Err(HeadError::ControlCharacter)),
        ("A\0: b", Err(HeadError::ControlCharacter)),
    ] {
        let head = request(&format!("GET / HTTP/1.1\r\n{line}\r\nZ: last\r\n\r\n"));
        let value = |fields: &Fields| {
            assert_eq!(fields.first("z"), Some(&b"last"[..]));
            let (_, value) = fields.iter().next().expect("a field");
            String::from_utf8(value.to_vec()).unwrap()
        };
        assert_eq!(
            head.map(|head| value(head.fields())),
            expected.map(String::from),
            "{line}"
        );
        let head = response(&format!("HTTP/1.1 101 \r\n{line}\r\nZ: last\r\n\r\n"));
        assert_eq!(
            head.map(|head| value(head.fields())),
            expected.map(String::from),
            "{line}"
        );
    }
}

#[test]
fn heads_that_cannot_be_written_cannot_be_made() {
    let long = "/".to_string() + &"a".repeat(MAX_LINE);
    for (method, target, error) in [
        ("", "/", InvalidTarget::Method),
        ("GET ", "/", InvalidTarget::Method),
        ("GET\r\n", "/", InvalidTarget::Method),
        ("GET", "", InvalidTarget::Target),
        ("GET", "/a b", InvalidTarget::Target),
        ("GET", "/ HTTP/1.1\r\nX: y", InvalidTarget::Target),
        ("GET", "/\0", InvalidTarget::Target),
        ("GET", "/caf\u{e9}", InvalidTarget::Target),
        ("GET", "/#f", InvalidTarget::Target),
        ("GET", &long, InvalidTarget::TooLong),
    ] {
        assert_eq!(
            RequestHead::new(method, target, Fields::new()),
            Err(error),
            "{method} {target}"
        );
    }
}

#[test]
fn heads_are_written_as_http_1_1() {
    let mut fields = Fields::new();
    fields.push("Host", "h").unwrap();
    fields.push("Empty", "").unwrap();
    let mut out = Vec::new();
    RequestHead::new("GET", "/?a", fields.clone())
        .unwrap()
        .encode(&mut out);
    assert_eq!(out, b"GET /?a HTTP/1.1\r\nHost: h\r\nEmpty: \r\n\r\n");
    for (code, line) in [
        (101, "HTTP/1.1 101 Switching Protocols\r\n"),
        (999, "HTTP/1.1 999 \r\n"),
        (308, "HTTP/1.1 308 Permanent Redirect\r\n"),
    ] {
        let head = ResponseHead::new(Status::new(code).unwrap(), fields.clone());
        let mut out = Vec::new();
        head.encode(&mut out);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            format!("{line}Host: h\r\nEmpty: \r\n\r\n")
        );
    }
}

#[test]
fn debug_shows_no_credentials() {
    let head =
        request("GET / HTTP/1.1\r\nauthorization: Basic c2VjcmV0\r\nCookie: c2VjcmV0\r\n\r\n");
    let text = format!("{head:?}");
    assert!(
        text.contains("authorization") && !text.contains("c2VjcmV0"),
        "{text}"
    );
}
