//! Refusals, byte for byte.

use alloc::format;

use super::*;

fn wire(response: &Response) -> String {
    let mut out = Vec::new();
    response.encode(&mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn hs24_a_refusal_closes_the_connection() {
    let reject = Reject::new(Status::SERVICE_UNAVAILABLE).unwrap();
    assert_eq!(
        wire(&reject.into_response()),
        "HTTP/1.1 503 Service Unavailable\r\n\
         Connection: close\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\
         Content-Length: 19\r\n\
         \r\n\
         Service Unavailable"
    );
    let reject = Reject::new(Status::UNAUTHORIZED)
        .and_then(|reject| reject.with_field("WWW-Authenticate", "Basic realm=\"x\""))
        .and_then(|reject| reject.with_body("application/json", "{}"))
        .unwrap();
    assert_eq!(
        wire(&reject.into_response()),
        "HTTP/1.1 401 Unauthorized\r\n\
         WWW-Authenticate: Basic realm=\"x\"\r\n\
         Content-Type: application/json\r\n\
         Connection: close\r\n\
         Content-Length: 2\r\n\
         \r\n\
         {}"
    );
    let reject = Reject::new(Status::NOT_MODIFIED).and_then(|reject| reject.with_body("a/b", "x"));
    let response = reject.unwrap().into_response();
    assert_eq!(response.body(), b"");
    assert!(!response.is_truncated());
}

#[test]
fn hs27_a_refusal_cannot_split_the_response() {
    let reject = || Reject::new(Status::FORBIDDEN).unwrap();
    let value = Misuse::Field(ws_http::InvalidField::Value);
    for (name, text, error) in [
        ("Location", "/\r\nSet-Cookie: a", value),
        ("Location", "/\0", value),
        ("Content-Length", "0", Misuse::ProtocolField),
        ("Transfer-Encoding", "chunked", Misuse::ProtocolField),
        ("Connection", "keep-alive", Misuse::ProtocolField),
        ("Sec-WebSocket-Accept", "x", Misuse::ProtocolField),
    ] {
        assert_eq!(reject().with_field(name, text).err(), Some(error), "{name}");
    }
    assert_eq!(reject().with_body("a\nb", "").err(), Some(value));
    for code in [100, 101, 200, 299] {
        let status = Status::new(code).unwrap();
        assert_eq!(Reject::new(status).err(), Some(Misuse::Status));
    }
}

#[test]
fn debug_escapes_the_body() {
    let reject = Reject::new(Status::NOT_FOUND).and_then(|reject| reject.with_body("a/b", "\x1b["));
    let text = format!("{:?}", reject.unwrap().into_response());
    assert!(
        text.contains("404 Not Found") && text.contains(r"\x1b["),
        "{text}"
    );
}
