//! The server at every split of a request.

use alloc::format;
use alloc::string::ToString;
use alloc::vec;

use super::*;
use crate::policy::{Hosts, Origins};
use crate::version::Versions;
use ws_http::{Fields, HeadError, InvalidField, Status};

mod http;
mod policy;
mod upgrade;

/// A request that breaks no rule, as lines that tests change.
const LINES: [&str; 6] = [
    "GET /chat?a=b HTTP/1.1",
    "Host: example.com",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: JFBCWHksyIpXV+6Wlq/9pw==",
    "Sec-WebSocket-Version: 13",
];

const ACCEPTED: &str = "HTTP/1.1 101 Switching Protocols\r\n\
    Upgrade: websocket\r\n\
    Connection: Upgrade\r\n\
    Sec-WebSocket-Accept: JdiiuafpBKRqD7eol0y4vJDTsTs=\r\n";

const VERSIONS: Versions = Versions::RECENT;

/// The request with the line of this name replaced (removed if `line` is empty), or added.
fn request(name: &str, line: &str) -> String {
    let mut text = String::new();
    for old in LINES.iter().filter(|old| !old.starts_with(name)) {
        text.extend([old, "\r\n"]);
    }
    match line {
        "" => text + "\r\n",
        line if name == "GET" => format!("{line}\r\n{text}\r\n"),
        line => text + &format!("{line}\r\n\r\n"),
    }
}

fn plain() -> String {
    LINES.join("\r\n") + "\r\n\r\n"
}

type Outcome = Result<Option<Requested>, RequestError>;

fn receive_pieces(config: &ServerConfig, pieces: &[&[u8]]) -> (Outcome, String, usize) {
    let mut out = Vec::new();
    let mut handshake = ServerHandshake::start(config);
    for (i, piece) in pieces.iter().enumerate() {
        let mut input = *piece;
        let later = || {
            pieces[i + 1..]
                .iter()
                .map(|piece| piece.len())
                .sum::<usize>()
        };
        match handshake.receive(&mut input, &mut out) {
            Ok(ServerHandshake::NeedsInput(next)) => {
                assert!(input.is_empty() && out.is_empty());
                handshake = next;
            }
            Ok(ServerHandshake::Requested(requested)) => {
                assert!(out.is_empty(), "the application has not decided");
                return (Ok(Some(requested)), String::new(), input.len() + later());
            }
            Ok(ServerHandshake::Established(_)) => panic!("nobody has accepted"),
            Err(error) => {
                // Nothing behind a request that was refused is left to be read.
                assert!(input.is_empty());
                return (Err(error), String::from_utf8(out).unwrap(), 0);
            }
        }
    }
    (Ok(None), String::new(), 0)
}

/// The outcome, the same in one piece, at every split point and byte by byte.
fn receive(config: &ServerConfig, bytes: &[u8]) -> (Outcome, String, usize) {
    let whole = receive_pieces(config, &[bytes]);
    let expected = format!("{whole:?}");
    if bytes.len() < 2000 {
        for at in 1..bytes.len() {
            let (first, second) = bytes.split_at(at);
            let cut = receive_pieces(config, &[first, second]);
            assert_eq!(format!("{cut:?}"), expected, "cut at {at}");
        }
    }
    let single: Vec<_> = bytes.chunks(1).collect();
    assert_eq!(
        format!("{:?}", receive_pieces(config, &single)),
        expected,
        "byte by byte"
    );
    whole
}

/// The error with which a request is refused, whose refusal must be well formed.
fn refused(config: &ServerConfig, bytes: &[u8]) -> RequestError {
    let (outcome, out, _) = receive(config, bytes);
    let error = outcome.expect_err(&String::from_utf8_lossy(bytes));
    let (head, body) = out.split_once("\r\n\r\n").expect("a head");
    assert!(
        head.starts_with(&format!("HTTP/1.1 {}\r\n", error.status())),
        "{head}"
    );
    assert!(head.contains("\r\nConnection: close"), "{head}");
    assert!(head.contains("\r\nContent-Type: text/plain"), "{head}");
    assert!(
        head.contains(&format!("\r\nContent-Length: {}", body.len())),
        "{head}"
    );
    assert_eq!(body, error.to_string());
    error
}

fn accepted(config: &ServerConfig, bytes: &[u8]) -> Requested {
    let (outcome, _, left) = receive(config, bytes);
    assert_eq!(left, 0);
    let text = String::from_utf8_lossy(bytes);
    outcome
        .unwrap_or_else(|error| panic!("{error}: {text}"))
        .expect("complete")
}

fn table(cases: &[(&str, &str, Option<RequestError>)]) {
    let config = ServerConfig::default();
    for (name, line, expected) in cases {
        let text = request(name, line);
        match expected {
            None => drop(accepted(&config, text.as_bytes())),
            Some(error) => assert_eq!(refused(&config, text.as_bytes()), *error, "{line}"),
        }
    }
}

// RFC 6455 §4.2.2
#[test]
fn hs02_request_is_accepted_at_every_split() {
    let requested = accepted(&ServerConfig::default(), plain().as_bytes());
    let offer = requested.offer();
    assert_eq!(offer.version(), Version::Rfc6455);
    assert_eq!((offer.host(), offer.target()), ("example.com", "/chat?a=b"));
    assert_eq!((offer.path(), offer.query()), ("/chat", Some("a=b")));
    assert_eq!((offer.origin(), offer.extensions()), (None, None));
    assert_eq!(offer.subprotocols().count(), 0);
    assert_eq!(offer.fields().len(), 5);
    let mut out = b"before ".to_vec();
    let accept = Accept::default();
    let Ok(ServerHandshake::Established(established)) = requested.accept(accept, &mut out) else {
        panic!("version 13 wants no more bytes");
    };
    assert_eq!(
        String::from_utf8(out).unwrap(),
        format!("before {ACCEPTED}\r\n")
    );
    assert_eq!(established.version, Version::Rfc6455);
    assert_eq!(
        (established.subprotocol, established.extensions),
        (None, None)
    );
}

#[test]
fn hs23_early_frames_stay_in_the_input() {
    let bytes = [plain().as_bytes(), &[0x81, 0x80, 0, 0, 0, 0]].concat();
    let (outcome, _, left) = receive(&ServerConfig::default(), &bytes);
    assert!(outcome.unwrap().is_some());
    assert_eq!(left, 6);
}

#[test]
fn hs24_nothing_behind_a_refused_request_is_read() {
    let bytes = request("Sec-WebSocket-Version", "Sec-WebSocket-Version: 777") + &plain();
    // `receive` asserts that one response is written and the input swallowed.
    let error = refused(&ServerConfig::default(), bytes.as_bytes());
    assert_eq!(
        error,
        RequestError::VersionUnsupported { accepted: VERSIONS }
    );
}

#[test]
fn e18_hs27_what_may_not_be_said_is_answered_with_500() {
    let text = request("X", "Sec-WebSocket-Protocol: a, b");
    let config = ServerConfig::default();
    let mut split = Fields::new();
    assert_eq!(split.push("X", "y\r\nZ: z"), Err(InvalidField::Value));
    let fields = |name| {
        let mut fields = Fields::new();
        fields.push(name, "x").unwrap();
        Accept {
            fields,
            ..Accept::default()
        }
    };
    let subprotocol = |name: &str| Accept {
        subprotocol: Some(name.into()),
        ..Accept::default()
    };
    let extensions = Accept {
        extensions: Some("a".into()),
        ..Accept::default()
    };
    for (accept, expected) in [
        (subprotocol("c"), Misuse::SubprotocolNotOffered),
        (subprotocol("A"), Misuse::SubprotocolNotOffered),
        (subprotocol("a, b"), Misuse::SubprotocolNotOffered),
        (subprotocol("a\r\nX: y"), Misuse::SubprotocolNotOffered),
        (extensions, Misuse::ExtensionsNotOffered),
        (fields("Connection"), Misuse::ProtocolField),
        (fields("sec-websocket-accept"), Misuse::ProtocolField),
        (fields("Content-Length"), Misuse::ProtocolField),
    ] {
        let mut out = Vec::new();
        let result = accepted(&config, text.as_bytes()).accept(accept.clone(), &mut out);
        assert_eq!(result.err(), Some(expected));
        assert!(out.starts_with(b"HTTP/1.1 500 Internal Server Error\r\nConnection: close\r\n"));
        let result = accepted(&config, text.as_bytes()).respond(accept);
        assert_eq!(result.err(), Some(expected));
    }
    let text = request("X", "Sec-WebSocket-Extensions: a");
    let accept = Accept {
        extensions: Some("a\r\nX: y".into()),
        ..Accept::default()
    };
    let result = accepted(&config, text.as_bytes()).respond(accept);
    assert_eq!(result.err(), Some(Misuse::Extensions));
}

#[test]
fn hs30_a_handshake_can_be_given_up() {
    let mut out = Vec::new();
    let handshake = ServerHandshake::start(&ServerConfig::default());
    handshake.reject(Reject::new(Status::REQUEST_TIMEOUT).unwrap(), &mut out);
    assert!(out.starts_with(b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n"));
    let requested = accepted(&ServerConfig::default(), plain().as_bytes());
    let mut out = Vec::new();
    requested.reject(Reject::new(Status::SERVICE_UNAVAILABLE).unwrap(), &mut out);
    assert!(out.starts_with(b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n"));
}

#[test]
fn a_parsed_request_gets_the_same_checks() {
    let fields: Vec<_> = LINES[1..]
        .iter()
        .rev()
        .filter_map(|line| line.split_once(": "))
        .collect();
    let start = |method: &str, target: &str, more: &[(&str, &[u8])]| {
        let fields = fields.iter().map(|(name, value)| (*name, value.as_bytes()));
        let fields = fields.chain(more.iter().copied());
        ServerHandshake::from_request(&ServerConfig::default(), method, target, fields)
    };
    let requested = start("GET", "/chat", &[("X-Latin", b"\xe9")]).unwrap();
    assert_eq!(requested.offer().field("x-latin"), Some(&b"\xe9"[..]));
    assert_eq!(requested.offer().target(), "/chat");
    let long = vec![b'a'; 9000];
    for (method, target, more, expected) in [
        ("POST", "/", &[][..], RequestError::Method),
        ("G T", "/", &[], RequestError::Method),
        ("GET", "*", &[], RequestError::Target),
        ("GET", "", &[], RequestError::Target),
        ("GET", "/a b", &[], RequestError::Target),
        ("GET", "/", &[("Host", &b"b"[..])], RequestError::Host),
        (
            "GET",
            "/",
            &[("A", b"b\nc")],
            RequestError::Field(InvalidField::Value),
        ),
        (
            "GET",
            "/",
            &[("A b", b"c")],
            RequestError::Field(InvalidField::Name),
        ),
        (
            "GET",
            "/",
            &[("A", &long)],
            RequestError::Field(InvalidField::TooLong),
        ),
        (
            "GET",
            "/",
            &[("Transfer-Encoding", b"chunked")],
            RequestError::Body,
        ),
    ] {
        assert_eq!(
            start(method, target, more).err(),
            Some(expected),
            "{method} {target}"
        );
    }
    assert_eq!(
        RequestError::Field(InvalidField::TooLong).status().code(),
        431
    );
}
