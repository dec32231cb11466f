//! The rules as tables, at every split point, and beside the path that allocates.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use proptest::prelude::*;
use ws_http::HeadError;

use super::*;
use crate::client::ClientHandshake;
use crate::key::Nonce;
use crate::server::ServerHandshake;
use crate::{Accept, Reject, ServerConfig, Status, Versions};

const NONCE: Nonce = Nonce::new(*b"the sample nonce");

const REQUEST: [&str; 6] = [
    "GET /chat?a HTTP/1.1",
    "Host: example.com",
    "Upgrade: websocket",
    "Connection: keep-alive, Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
];

const RESPONSE: [&str; 4] = [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
];

const SUBPROTOCOLS: &[&str] = &["soup", "tea"];

/// The lines, with `line` in the place of the one that begins with `name`.
fn changed(lines: &[&str], name: &str, line: &str) -> String {
    let mut text = String::new();
    let mut line = Some(line);
    for old in lines {
        let is_it = old.starts_with(name);
        let new = if is_it {
            line.take().unwrap_or("")
        } else {
            old
        };
        if !new.is_empty() {
            text.extend([new, "\r\n"]);
        }
    }
    if let Some(line) = line {
        text.extend([line, "\r\n"]);
    }
    text + "\r\n"
}

/// What became of a request: the same from each beginning of it, or that more is wanted.
fn request(rules: &Rules<'_>, bytes: &[u8]) -> Result<(usize, Vec<u8>), RequestError> {
    let mut buffer = bytes.to_vec();
    buffer.push(b'?');
    let verdict = rules.receive(&buffer, bytes.len());
    let mut len = bytes.len();
    if let Ok(Some(requested)) = verdict {
        len = requested.len();
    }
    for cut in 0..len {
        match (rules.receive(&buffer, cut), verdict) {
            (Ok(None), _) => {}
            // Some errors are seen before the end.
            (Err(error), Err(other)) => assert_eq!(error, other, "cut at {cut}"),
            (early, _) => panic!("{early:?} at {cut}, then {verdict:?}"),
        }
        // A slice that is full and holds no head is too short for it.
        let full = rules.receive(&buffer[..cut], cut).err();
        assert!(full.is_some(), "cut at {cut}");
    }
    let requested = verdict?.ok_or(RequestError::TooLong)?;
    let mut out = [0; 512];
    let len = requested.accept(&[], &mut out).unwrap();
    for room in 0..len {
        let error = requested.accept(&[], &mut out[..room]);
        assert_eq!(error, Err(WriteError::DoesNotFit));
    }
    Ok((requested.len(), out[..len].to_vec()))
}

/// What became of a response, in the same way.
fn response<'a>(names: &'a [&'a str], bytes: &[u8]) -> Result<Option<Answer<'a>>, ResponseError> {
    let asked = Request::new("example.com", "/chat").with_subprotocols(names);
    let (_, client) = asked.write(NONCE, &mut [0; 512]).unwrap();
    let mut buffer = bytes.to_vec();
    buffer.push(b'?');
    let verdict = client.receive(&buffer, bytes.len());
    let len = match verdict {
        Ok(Some(Answer::Accepted { len, .. } | Answer::Refused { len, .. })) => len,
        _ => bytes.len(),
    };
    for cut in 0..len {
        match (client.receive(&buffer, cut), verdict) {
            (Ok(None), _) => {}
            (Err(error), Err(other)) => assert_eq!(error, other, "cut at {cut}"),
            (early, _) => panic!("{early:?} at {cut}, then {verdict:?}"),
        }
        assert!(client.receive(&buffer[..cut], cut).is_err(), "cut at {cut}");
    }
    verdict
}

// RFC 6455 §4.2.1
#[test]
fn requests_are_judged_line_by_line() {
    use RequestError as E;
    let key = REQUEST[4];
    for (name, line, expected) in [
        ("X", "X: y", None),
        ("GET", "GET http://EXAMPLE.com HTTP/1.1", None),
        ("GET", "GET http://other.example/ HTTP/1.1", Some(E::Target)),
        ("GET", "GET * HTTP/1.1", Some(E::Target)),
        ("GET", "GET /a#b HTTP/1.1", Some(E::Malformed)),
        ("GET", "GET  / HTTP/1.1", Some(E::Malformed)),
        ("GET", "GET / HTTP/1.1 ", Some(E::Malformed)),
        ("GET", "GET / HTTP/1.0", Some(E::HttpVersion)),
        ("GET", "GET / HTTP/2.0", Some(E::HttpVersion)),
        ("GET", "POST / HTTP/1.1", Some(E::Method)),
        ("Host", "", Some(E::Host)),
        ("Host", "Host: a b", Some(E::Host)),
        ("X", "host: example.com", Some(E::Host)),
        ("X", "Content-Length: 0", None),
        ("X", "Content-Length: 1", Some(E::Body)),
        ("X", "Content-Length: 0\r\nContent-Length: 0", Some(E::Body)),
        ("X", "Transfer-Encoding: chunked", Some(E::Body)),
        ("Upgrade", "", Some(E::Upgrade)),
        ("Upgrade", "Upgrade: h2c, WebSocket", None),
        ("Upgrade", "Upgrade: websockets", Some(E::Upgrade)),
        ("Connection", "", Some(E::Connection)),
        ("Connection", "Connection: close", Some(E::Connection)),
        (
            "Connection",
            "Connection: close\r\nConnection: upgrade",
            None,
        ),
        ("Sec-WebSocket-Version", "", Some(E::VersionMissing)),
        ("X", REQUEST[5], Some(E::VersionRepeated)),
        (
            "Sec-WebSocket-Version",
            "Sec-WebSocket-Version: 8",
            Some(E::VersionUnsupported),
        ),
        ("Sec-WebSocket-Key", "", Some(E::Key)),
        ("X", key, Some(E::Key)),
        ("Sec-WebSocket-Key", "Sec-WebSocket-Key: x", Some(E::Key)),
        ("X", "Origin: https://example.com", None),
        ("X", "Origin: https://example.org", Some(E::OriginForbidden)),
        ("X", "Origin: null", Some(E::OriginForbidden)),
        (
            "X",
            "Sec-WebSocket-Protocol: a, b\r\nSec-WebSocket-Protocol: c",
            None,
        ),
        ("X", "Sec-WebSocket-Protocol: a, a", Some(E::Subprotocols)),
        ("X", "Sec-WebSocket-Protocol: ,", Some(E::Subprotocols)),
        ("X", "Sec-WebSocket-Protocol: a b", Some(E::Subprotocols)),
        ("X", "Sec-WebSocket-Extensions: x; y=1", None),
        ("X", "Sec-WebSocket-Extensions:", Some(E::Extensions)),
        ("X", "X : y", Some(E::Malformed)),
        ("X", " X: y", Some(E::Malformed)),
        ("X", "X: \u{7f}", Some(E::Malformed)),
        ("X", "X: \r", Some(E::Malformed)),
        ("X", "X\n: ", Some(E::Malformed)),
        ("X", "X", Some(E::Malformed)),
    ] {
        let text = changed(&REQUEST, name, line);
        let verdict = request(&Rules::new(), text.as_bytes());
        assert_eq!(verdict.err(), expected, "{line:?}");
    }
}

// RFC 6455 §4.1
#[test]
fn responses_are_judged_line_by_line() {
    use ResponseError as E;
    for (name, line, expected) in [
        ("X", "X: y", None),
        ("HTTP", "HTTP/1.1 101", None),
        ("HTTP", "HTTP/1.0 101 x", Some(E::HttpVersion)),
        ("HTTP", "HTTP/2.0 101 x", Some(E::HttpVersion)),
        ("HTTP", "HTTP/1.1 0101", Some(E::Malformed)),
        ("HTTP", "HTTP/1.1 1 01", Some(E::Malformed)),
        ("HTTP", "FOO BAR BAZ", Some(E::Malformed)),
        ("HTTP", "\r\nHTTP/1.1 101 x", Some(E::Malformed)),
        ("Upgrade", "", Some(E::UpgradeMissing)),
        (
            "Upgrade",
            "Upgrade: h2c, websocket",
            Some(E::UpgradeMismatch),
        ),
        ("X", "Upgrade: websocket", Some(E::UpgradeMismatch)),
        ("Connection", "", Some(E::ConnectionMissing)),
        (
            "Connection",
            "Connection: close",
            Some(E::ConnectionMismatch),
        ),
        ("X", "Connection: close", None),
        ("Sec-WebSocket-Accept", "", Some(E::AcceptMissing)),
        ("X", RESPONSE[3], Some(E::AcceptRepeated)),
        (
            "Sec-WebSocket-Accept",
            "Sec-WebSocket-Accept: s3",
            Some(E::AcceptMismatch),
        ),
        (
            "X",
            "Sec-WebSocket-Extensions: x",
            Some(E::ExtensionsUnrequested),
        ),
        ("X", "Sec-WebSocket-Protocol: tea", None),
        (
            "X",
            "Sec-WebSocket-Protocol: Tea",
            Some(E::SubprotocolMismatch),
        ),
        (
            "X",
            "Sec-WebSocket-Protocol: tea\r\nSec-WebSocket-Protocol: tea",
            Some(E::SubprotocolRepeated),
        ),
    ] {
        let text = changed(&RESPONSE, name, line);
        let verdict = response(SUBPROTOCOLS, text.as_bytes());
        assert_eq!(verdict.err(), expected, "{line:?}");
    }
    let text = changed(&RESPONSE, "X", "Sec-WebSocket-Protocol: tea");
    let error = response(&[], text.as_bytes()).err();
    assert_eq!(error, Some(E::SubprotocolUnrequested));
}

// RFC 9110 §15.2
#[test]
fn interim_responses_are_skipped_and_refusals_are_told() {
    let text = changed(&RESPONSE, "X", "X: y");
    for count in [0, 1, 8, 9] {
        let text = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n".repeat(count) + &text;
        let expected = match count {
            9 => Err(ResponseError::TooManyInterimResponses),
            _ => Ok(Some(Answer::Accepted {
                len: text.len(),
                subprotocol: None,
            })),
        };
        assert_eq!(
            response(&[], (text.clone() + "frames").as_bytes()),
            expected
        );
    }
    let head = "HTTP/1.0 302 x\r\nLocation: /\r\n\r\n";
    let refused = Answer::Refused {
        len: head.len(),
        status: 302,
    };
    assert_eq!(
        response(&[], (String::from(head) + "body").as_bytes()),
        Ok(Some(refused))
    );
}

#[test]
fn what_may_not_be_said_is_not_written() {
    use WriteError as E;
    let plain = Request::new("example.com", "/");
    for (request, expected) in [
        (Request::new("a b", "/"), E::Host),
        (Request::new("10.0.2.555", "/"), E::Host),
        (Request::new("a", "x"), E::Target),
        (Request::new("a", "/ HTTP/1.1\r\nX: y"), E::Target),
        (Request::new("a", "/#x"), E::Target),
        (plain.with_subprotocols(&["a b"]), E::Subprotocols),
        (plain.with_subprotocols(&["a", "b", "a"]), E::Subprotocols),
        (plain.with_fields(&[("a b", "")]), E::Field),
        (plain.with_fields(&[("a", "\r\nX: y")]), E::Field),
        (plain.with_fields(&[("host", "x")]), E::ProtocolField),
        (
            plain.with_fields(&[("Sec-WebSocket-X", "x")]),
            E::ProtocolField,
        ),
        (
            plain.with_fields(&[("proxy-authorization", "x")]),
            E::ProtocolField,
        ),
    ] {
        let error = request.write(NONCE, &mut [0; 512]).err();
        assert_eq!(error, Some(expected), "{request:?}");
    }
    let mut out = [0; 512];
    let (len, _) = plain.write(NONCE, &mut out).unwrap();
    for room in 0..len {
        let error = plain.write(NONCE, &mut out[..room]).err();
        assert_eq!(error, Some(E::DoesNotFit));
    }
    for (status, fields, expected) in [
        (200, &[][..], E::Status),
        (1000, &[], E::Status),
        (503, &[("content-length", "1")], E::ProtocolField),
    ] {
        assert_eq!(reject(status, fields, &mut out), Err(expected));
    }
    assert_eq!(reject(404, &[], &mut out[..20]), Err(E::DoesNotFit));
}

#[test]
fn what_is_written_is_what_the_allocating_path_writes() {
    let mut out = [0; 512];
    let bare = Request::new("example.com:8080", "/a?b")
        .with_subprotocols(SUBPROTOCOLS)
        .with_fields(&[("Origin", " http://example.com "), ("X", "caf\u{e9}")]);
    let (len, _) = bare.write(NONCE, &mut out).unwrap();
    let request = crate::Request::ws("example.com:8080", "/a?b")
        .unwrap()
        .with_subprotocol("soup")
        .unwrap()
        .with_subprotocol("tea")
        .and_then(|request| request.with_field("Origin", "http://example.com"))
        .and_then(|request| request.with_field("X", "caf\u{e9}"))
        .unwrap();
    let mut expected = Vec::new();
    let _ = ClientHandshake::start(&request, NONCE, &mut expected);
    assert_eq!(&out[..len], expected);

    // What is read back is what was asked for.
    let rules = Rules::new().with_subprotocols(&["tea"]).with_any_origin();
    let requested = rules.receive(&out, len).unwrap().unwrap();
    assert_eq!((requested.target(), requested.query()), ("/a?b", Some("b")));
    assert_eq!(requested.origin(), Some(&b"http://example.com"[..]));
    assert!(requested.subprotocols().eq(SUBPROTOCOLS.iter().copied()));
    assert_eq!(requested.subprotocol(), Some("tea"));
    assert_eq!(requested.key(), b"dGhlIHNhbXBsZSBub25jZQ==");
    assert!(
        requested
            .fields()
            .any(|field| field == (b"X", "caf\u{e9}".as_bytes()))
    );

    let len = reject(503, &[("Retry-After", "1")], &mut out).unwrap();
    let mut reject = Vec::new();
    Reject::new(Status::SERVICE_UNAVAILABLE)
        .unwrap()
        .with_field("Retry-After", "1")
        .and_then(|reject| reject.with_body("text/plain", ""))
        .unwrap()
        .into_response()
        .encode(&mut reject);
    let text = String::from_utf8(reject).unwrap();
    let text = text.replace("Content-Type: text/plain\r\n", "");
    let text = text.replace(" Service Unavailable", " ");
    assert_eq!(
        out[..len].escape_ascii().to_string(),
        text.as_bytes().escape_ascii().to_string()
    );
}

/// The name of the rule, as both paths call it.
fn name_of_request_error(error: crate::RequestError) -> String {
    match error {
        crate::RequestError::Head(HeadError::Version) => "HttpVersion".into(),
        crate::RequestError::Head(_) => "Malformed".into(),
        error => {
            let name = format!("{error:?}");
            name.split(' ').next().unwrap_or_default().into()
        }
    }
}

fn name_of_response_error(error: crate::ResponseError) -> String {
    match error {
        crate::ResponseError::Head(HeadError::Version) => "HttpVersion".into(),
        crate::ResponseError::Head(_) => "Malformed".into(),
        // Whatever they are, none was asked for.
        crate::ResponseError::Extensions => "ExtensionsUnrequested".into(),
        error => format!("{error:?}"),
    }
}

/// Both paths on the same request: `None` for more, an error's name and the refusal's first line,
/// or how much was taken and the response.
fn same_of_request(bytes: &[u8]) {
    let config = ServerConfig {
        versions: Versions::RFC6455,
        subprotocols: SUBPROTOCOLS.iter().copied().map(Into::into).collect(),
        ..ServerConfig::default()
    };
    let mut out = Vec::new();
    let mut input = bytes;
    let expected = match ServerHandshake::start(&config).receive(&mut input, &mut out) {
        Ok(ServerHandshake::Requested(requested)) => {
            let taken = bytes.len() - input.len();
            requested.accept(Accept::default(), &mut out).unwrap();
            Ok(Some((taken, out)))
        }
        Ok(_) => Ok(None),
        Err(error) => Err((name_of_request_error(error), out)),
    };
    let mut buffer = bytes.to_vec();
    buffer.push(0);
    let mut out = [0; 512];
    let rules = Rules::new().with_subprotocols(SUBPROTOCOLS);
    let verdict = match rules.receive(&buffer, bytes.len()) {
        Ok(None) => Ok(None),
        Ok(Some(requested)) => {
            let len = requested.accept(&[], &mut out).unwrap();
            Ok(Some((requested.len(), out[..len].to_vec())))
        }
        Err(error) => {
            let len = error.refuse(&mut out).unwrap();
            Err((format!("{error:?}"), out[..len].to_vec()))
        }
    };
    match (verdict, expected) {
        (Err((name, out)), Err((other, other_out))) => {
            assert_eq!(name, other, "{}", bytes.escape_ascii());
            assert_eq!(refusal(&out), refusal(&other_out));
        }
        (verdict, expected) => assert_eq!(verdict, expected, "{}", bytes.escape_ascii()),
    }
}

/// What a refusal says apart from reason and body, which are left out here.
fn refusal(bytes: &[u8]) -> Vec<String> {
    let text = core::str::from_utf8(bytes).unwrap();
    let (head, _) = text.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    let mut said = alloc::vec![String::from(&lines.next().unwrap()[..12])];
    for line in lines {
        let (name, value) = line.split_once(": ").unwrap();
        if !name.starts_with("Content-") {
            said.extend(value.split(", ").map(|value| format!("{name}: {value}")));
        }
    }
    said.sort();
    said
}

fn same_of_response(names: &[&str], bytes: &[u8]) {
    let mut request = crate::Request::ws("example.com", "/chat").unwrap();
    for name in names {
        request = request.with_subprotocol(name).unwrap();
    }
    let mut input = bytes;
    let handshake = ClientHandshake::start(&request, NONCE, &mut Vec::new());
    let result = handshake.receive(&mut input);
    let expected = match result {
        Ok(ClientHandshake::NeedsInput(next)) if next.refused().is_none() => Ok(None),
        Ok(ClientHandshake::NeedsInput(next)) => {
            Ok(Some((None, next.refused().map(Status::code), None)))
        }
        Ok(ClientHandshake::Rejected(response)) => {
            Ok(Some((None, Some(response.status().code()), None)))
        }
        Ok(ClientHandshake::Established(established, _)) => {
            let taken = bytes.len() - input.len();
            Ok(Some((Some(taken), None, established.subprotocol)))
        }
        Err(error) => Err(name_of_response_error(error)),
    };
    let verdict = match response(names, bytes) {
        Ok(None) => Ok(None),
        Ok(Some(Answer::Accepted { len, subprotocol })) => {
            Ok(Some((Some(len), None, subprotocol.map(String::from))))
        }
        Ok(Some(Answer::Refused { status, .. })) => Ok(Some((None, Some(status), None))),
        Err(error) => Err(format!("{error:?}")),
    };
    assert_eq!(verdict, expected, "{}", bytes.escape_ascii());
}

/// Lines that matter to either message, right and wrong.
const LINES: &[&str] = &[
    "Host: example.com",
    "Host: a b",
    "Host:",
    "Upgrade: websocket",
    "upgrade: h2c , WEBSOCKET",
    "Upgrade: h2c",
    "Connection: Upgrade",
    "CONNECTION: close,\tupgrade",
    "Connection: close",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Version: 8",
    "Sec-WebSocket-Version:",
    "Sec-WebSocket-Key1: 1",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Key: x",
    "Sec-WebSocket-Key:",
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
    "Sec-WebSocket-Accept: x",
    "Sec-WebSocket-Protocol: soup",
    "Sec-WebSocket-Protocol: x, tea,",
    "Sec-WebSocket-Protocol: a, a",
    "Sec-WebSocket-Protocol:",
    "Sec-WebSocket-Extensions: permessage-deflate",
    "Sec-WebSocket-Extensions:",
    "Sec-WebSocket-Extensions: caf\u{e9}",
    "Origin: http://example.com",
    "Origin: http://example.org",
    "Content-Length: 0",
    "Content-Length: 00",
    "Content-Length: 5",
    "Content-Length:",
    "Transfer-Encoding: chunked",
    "X: y",
    "X",
    "X : y",
    ": y",
    " folded",
    "",
];

const STARTS: &[&str] = &[
    "GET / HTTP/1.1",
    "\r\nGET / HTTP/1.1",
    "\r\n\r\nGET / HTTP/1.1",
    "GET http://example.com?x HTTP/1.1",
    "GET https://example.com/ HTTP/1.1",
    "GET / HTTP/1.0",
    "GET / HTTP/3.0",
    "GET /#a HTTP/1.1",
    "GET  / HTTP/1.1",
    "get / HTTP/1.1",
    "GET /",
    "HTTP/1.1 101 x",
    "HTTP/1.1 101",
    "HTTP/1.1 101 ",
    "HTTP/1.1  101",
    "HTTP/1.0 101 x",
    "HTTP/1.2 101 x",
    "HTTP/1.1 1010",
    "HTTP/1.1 099 x",
    "HTTP/1.1 999",
    "HTTP/1.1 403 x",
    "HTTP/1.0 403 x",
    "HTTP/1.1 200",
    "HTTP/1.1 100 x\r\n\r\nHTTP/1.1 101 x",
];

fn messages() -> impl Strategy<Value = Vec<u8>> {
    let lines = prop::collection::vec(prop::sample::select(LINES), 0..5);
    let right = prop::sample::select(alloc::vec![&REQUEST[1..], &RESPONSE[1..], &[]]);
    // Where a byte is changed, if at all.
    let change = prop::option::weighted(0.3, (any::<prop::sample::Index>(), any::<u8>()));
    let parts = (
        prop::sample::select(STARTS),
        right,
        any::<bool>(),
        lines,
        change,
    );
    parts.prop_map(|(start, right, first, lines, change)| {
        let (before, behind) = if first {
            (right, &lines[..])
        } else {
            (&lines[..], right)
        };
        let text = [&[start], before, behind].concat().join("\r\n") + "\r\n\r\nframes";
        let mut bytes = text.into_bytes();
        if let Some((at, byte)) = change {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes
    })
}

// Where a head begins with half a line end, there is nothing to say yet.
#[test]
fn both_paths_judge_line_ends_alike() {
    for bytes in [
        &b"\r"[..],
        b"\r\n",
        b"\r\n\r",
        b"\r\n\r\n",
        b"\r\r",
        b"\n",
        b"\rx",
        b"\r\nG",
    ] {
        same_of_request(bytes);
        same_of_response(&[], bytes);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn both_paths_judge_requests_alike(bytes in messages()) {
        same_of_request(&bytes);
        let _ = request(&Rules::new(), &bytes);
    }

    #[test]
    fn both_paths_judge_responses_alike(bytes in messages(), offers: bool) {
        same_of_response(if offers { SUBPROTOCOLS } else { &[] }, &bytes);
    }

    #[test]
    fn both_paths_judge_any_bytes_alike(bytes: Vec<u8>) {
        same_of_request(&bytes);
        same_of_response(&[], &bytes);
    }
}
