//! What HTTP/1.1 asks of a request.

use super::*;

#[test]
fn hs05_hs06_hs07_too_much_is_refused() {
    let head = |error| RequestError::Head(error);
    for (name, line, expected) in [
        (
            "GET",
            format!("GET /{} HTTP/1.1", "a".repeat(8192 - 13)),
            head(HeadError::StartLineTooLong),
        ),
        (
            "X",
            format!("X: {}", "a".repeat(8192 - 2)),
            head(HeadError::FieldLineTooLong),
        ),
        (
            "X",
            vec!["X: a"; 96].join("\r\n"),
            head(HeadError::TooManyFields),
        ),
        (
            "GET",
            "GET / HTTP/1.1\r\n".to_string() + &vec!["a:"; 2000].join("\r\n"),
            head(HeadError::TooManyFields),
        ),
        (
            "X",
            [&*format!("X: {}", "a".repeat(8000)); 2].join("\r\n") + &"\r\nY: ".repeat(90),
            head(HeadError::TooLong),
        ),
    ] {
        let text = request(name, &line);
        let error = refused(&ServerConfig::default(), text.as_bytes());
        assert_eq!(error, expected);
        let is_start_line = error == head(HeadError::StartLineTooLong);
        assert_eq!(error.status().code(), if is_start_line { 414 } else { 431 });
    }
    // The last line that fits.
    let text = request("GET", &format!("GET /{} HTTP/1.1", "a".repeat(8192 - 14)));
    accepted(&ServerConfig::default(), text.as_bytes());
}

// RFC 6455 §4.1-2; RFC 9110 §15.5.6
#[test]
fn hs13_methods() {
    let method = Some(RequestError::Method);
    table(&[
        ("GET", "POST / HTTP/1.1", method),
        ("GET", "get / HTTP/1.1", method),
        ("GET", "HEAD / HTTP/1.1", method),
        ("GET", "CONNECT h:80 HTTP/1.1", method),
        (
            "GET",
            "G[T / HTTP/1.1",
            Some(RequestError::Head(HeadError::StartLine)),
        ),
    ]);
    let (_, out, _) = receive(
        &ServerConfig::default(),
        request("GET", "PUT / HTTP/1.1").as_bytes(),
    );
    assert!(
        out.starts_with("HTTP/1.1 405 Method Not Allowed\r\nAllow: GET\r\n"),
        "{out}"
    );
}

// RFC 6455 §4.2.1-1
#[test]
fn hs14_http_versions() {
    let head = |error| Some(RequestError::Head(error));
    table(&[
        ("GET", "GET / HTTP/1.0", Some(RequestError::HttpVersion)),
        ("GET", "GET / HTTP/2.0", head(HeadError::Version)),
        ("GET", "GET / HTTP/1.10", head(HeadError::StartLine)),
        ("GET", "GET / http/1.1", head(HeadError::StartLine)),
        ("GET", "GET /", head(HeadError::StartLine)),
    ]);
    assert_eq!(RequestError::HttpVersion.status().code(), 505);
    assert_eq!(RequestError::Head(HeadError::Version).status().code(), 505);
}

// RFC 9112 §2.2, §5
#[test]
fn hs17_hs18_hs19_broken_heads() {
    let head = |error| Some(RequestError::Head(error));
    table(&[
        ("X", "X: caf\u{e9}", None),
        ("X", "X : y", head(HeadError::FieldLine)),
        ("X", " X: y", head(HeadError::FoldedLine)),
        ("X", "X: y\n", head(HeadError::BareLineFeed)),
        ("X", "X: y\rZ: z", head(HeadError::BareCarriageReturn)),
        ("X", "X: \0", head(HeadError::ControlCharacter)),
        ("X", "\"X\": y", head(HeadError::FieldLine)),
        ("GET", "\r\nGET / HTTP/1.1", None),
        ("GET", "\r\n\r\nGET / HTTP/1.1", head(HeadError::StartLine)),
        (
            "GET",
            "\0\x01GET / HTTP/1.1",
            head(HeadError::ControlCharacter),
        ),
    ]);
    let text = plain().replace("\r\n", "\n");
    let error = refused(&ServerConfig::default(), text.as_bytes());
    assert_eq!(error, RequestError::Head(HeadError::BareLineFeed));
}

// RFC 9112 §3.2
#[test]
fn hs20_hosts() {
    let bad = Some(RequestError::Host);
    table(&[
        ("Host", "Host: a.example:8080", None),
        ("Host", "Host: [::1]:8080", None),
        ("Host", "Host:", bad),
        ("Host", "Host: [", bad),
        ("Host", "Host: a b", bad),
        ("Host", "Host: http://x", bad),
        ("Host", "Host: a/b?c", bad),
        ("Host", "Host: a:99999", bad),
        ("Host", "Host: a:", bad),
        ("Host", "Host: user@a", bad),
        ("Host", "Host: caf\u{e9}", bad),
        ("Host", "Host: a\r\nHost: a", bad),
    ]);
}

// RFC 9112 §3.2
#[test]
fn hs21_targets() {
    let start_line = Some(RequestError::Head(HeadError::StartLine));
    let target = Some(RequestError::Target);
    table(&[
        ("GET", "GET http://example.com/p HTTP/1.1", None),
        ("GET", "GET wss://EXAMPLE.com:443?q HTTP/1.1", None),
        ("GET", "GET //x HTTP/1.1", None),
        ("GET", "GET /%zz HTTP/1.1", None),
        ("GET", "GET http://example.com:81/p HTTP/1.1", target),
        ("GET", "GET http://evil.example/p HTTP/1.1", target),
        ("GET", "GET http://u@example.com/p HTTP/1.1", target),
        ("GET", "GET ftp://example.com/p HTTP/1.1", target),
        ("GET", "GET * HTTP/1.1", target),
        ("GET", "GET example.com:80 HTTP/1.1", target),
        ("GET", "GET p HTTP/1.1", target),
        ("GET", "GET /p#f HTTP/1.1", start_line),
        ("GET", "GET /caf\u{e9} HTTP/1.1", start_line),
    ]);
    for (text, path, query) in [
        ("/", "/", None),
        ("/a?b?c", "/a", Some("b?c")),
        ("/a?", "/a", Some("")),
        ("//x/y", "//x/y", None),
        ("/u=http://x/", "/u=http://x/", None),
        ("http://example.com", "/", None),
        ("http://example.com?q", "/", Some("q")),
        ("ws://example.com/a/b?q", "/a/b", Some("q")),
    ] {
        let text = request("GET", &format!("GET {text} HTTP/1.1"));
        let requested = accepted(&ServerConfig::default(), text.as_bytes());
        assert_eq!(
            (requested.offer().path(), requested.offer().query()),
            (path, query)
        );
    }
}

// RFC 9112 §6
#[test]
fn hs22_bodies() {
    let body = Some(RequestError::Body);
    table(&[
        ("X", "Content-Length: 0", None),
        ("X", "Content-Length: 5", body),
        ("X", "Content-Length: +0", body),
        ("X", "Content-Length: 0x0", body),
        ("X", "Content-Length: 5 5", body),
        ("X", "Content-Length: 0\r\nContent-Length: 5", body),
        ("X", "Transfer-Encoding: chunked", body),
        ("X", "Transfer-Encoding: identity", body),
        ("X", "Content-Length: 0\r\nTransfer-Encoding: chunked", body),
    ]);
}
