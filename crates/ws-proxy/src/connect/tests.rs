//! The tunnel at every split of the proxy's answer.

use alloc::format;
use alloc::string::String;

use ws_http::HeadError;

use super::*;
use crate::error::Misuse;

mod refusal;

fn target() -> Authority {
    Authority::new("www.example.com", 80).unwrap()
}

fn start() -> AwaitingProxy {
    Connect::start(&target(), &ConnectOptions::default(), &mut Vec::new())
}

fn request(target: &Authority, options: &ConnectOptions) -> String {
    let mut out = Vec::from(*b">");
    Connect::start(target, options, &mut out);
    String::from_utf8(out).unwrap()
}

#[derive(Debug)]
enum Outcome {
    Waiting(AwaitingProxy),
    /// With how many bytes of the input.
    Open(ResponseHead, usize),
    AuthenticationRequired(Refusal),
    Refused(Refusal),
    Failed(ConnectError),
}

fn receive_pieces(pieces: &[&[u8]]) -> Outcome {
    let mut connect = start();
    for (i, piece) in pieces.iter().enumerate() {
        let mut input = *piece;
        let result = connect.receive(&mut input);
        if !matches!(result, Ok(Connect::Open(_))) {
            assert!(input.is_empty());
        }
        connect = match result {
            Ok(Connect::NeedsInput(next)) => next,
            Ok(Connect::Open(head)) => {
                let later = pieces[i + 1..].iter().map(|piece| piece.len());
                return Outcome::Open(head, input.len() + later.sum::<usize>());
            }
            Ok(Connect::AuthenticationRequired(refusal)) => {
                return Outcome::AuthenticationRequired(refusal);
            }
            Ok(Connect::Refused(refusal)) => return Outcome::Refused(refusal),
            Err(error) => return Outcome::Failed(error),
        };
    }
    Outcome::Waiting(connect)
}

/// The outcome, the same in one piece, at every split point and byte by byte.
fn receive(bytes: &[u8]) -> Outcome {
    let whole = receive_pieces(&[bytes]);
    let expected = format!("{whole:?}");
    if bytes.len() < 2000 {
        for at in 1..bytes.len() {
            let (first, second) = bytes.split_at(at);
            let cut = receive_pieces(&[first, second]);
            assert_eq!(format!("{cut:?}"), expected, "cut at {at}");
        }
        let single: Vec<_> = bytes.chunks(1).collect();
        let cut = receive_pieces(&single);
        assert_eq!(format!("{cut:?}"), expected, "byte by byte");
    }
    whole
}

fn failed(text: &str) -> ConnectError {
    match receive(text.as_bytes()) {
        Outcome::Failed(error) => error,
        other => panic!("{other:?}: {text}"),
    }
}

/// How many bytes stay in the input.
fn open(text: &str) -> usize {
    match receive(text.as_bytes()) {
        Outcome::Open(_, left) => left,
        other => panic!("{other:?}: {text}"),
    }
}

// RFC 9110 §9.3.6, RFC 9112 §3.2.3
#[test]
fn p13_requests_are_written_so() {
    for (host, port, authority) in [
        ("www.example.com", 80, "www.example.com:80"),
        ("www.example.com", 443, "www.example.com:443"),
        ("WWW.example.com", 9001, "www.example.com:9001"),
        ("127.0.0.1", 80, "127.0.0.1:80"),
        ("2001:db8::1", 80, "[2001:db8::1]:80"),
        ("[2001:db8::1]", 443, "[2001:db8::1]:443"),
    ] {
        let target = Authority::new(host, port).unwrap();
        assert_eq!(
            request(&target, &ConnectOptions::default()),
            format!(
                ">CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\
                 Connection: keep-alive\r\n\r\n"
            )
        );
    }
}

// RFC 7617 §2
#[test]
fn p08_credentials_and_fields_are_sent_at_once() {
    let mut options = ConnectOptions {
        credentials: Some(Credentials::new("user", "pass").unwrap()),
        ..ConnectOptions::default()
    };
    options.fields.push("User-Agent", "Chrome").unwrap();
    assert_eq!(
        request(&target(), &options),
        ">CONNECT www.example.com:80 HTTP/1.1\r\nHost: www.example.com:80\r\n\
         Connection: keep-alive\r\nProxy-Authorization: Basic dXNlcjpwYXNz\r\n\
         User-Agent: Chrome\r\n\r\n"
    );
    options
        .fields
        .push("proxy-authorization", "Bearer x")
        .unwrap();
    assert_eq!(
        request(&target(), &options),
        ">CONNECT www.example.com:80 HTTP/1.1\r\nHost: www.example.com:80\r\n\
         Connection: keep-alive\r\nUser-Agent: Chrome\r\nproxy-authorization: Bearer x\r\n\r\n"
    );
    // The longest that there can be.
    let long = "a".repeat(4096);
    options = ConnectOptions::default();
    options.credentials = Some(Credentials::new("", &long).unwrap());
    let request = request(&Authority::new(&long[..255], 65535).unwrap(), &options);
    assert!(request.ends_with("\r\n\r\n") && request.contains("Basic OmFhYW"));
}

#[test]
fn p23_the_origins_fields_are_never_sent() {
    let mut options = ConnectOptions::default();
    for name in ["Authorization", "Cookie", "Origin", "Sec-WebSocket-Key"] {
        assert_eq!(options.fields.push(name, "x"), Err(Misuse::OriginField));
    }
    assert_eq!(
        request(&target(), &options),
        request(&target(), &ConnectOptions::default())
    );
}

#[test]
fn p01_bytes_behind_the_head_stay_in_the_input() {
    let hello = "\x16\x03\x01server hello";
    let head = "HTTP/1.1 200 Connection established\r\n\r\n";
    assert_eq!(open(&format!("{head}{hello}")), hello.len());
    assert_eq!(open(head), 0);
    assert_eq!(open(&format!("{head}{}", "a".repeat(1 << 20))), 1 << 20);
    assert_eq!(open(&format!("{head}HTTP/1.1 403 No\r\n\r\n")), 19);
}

// RFC 9110 §9.3.6
#[test]
fn p02_any_2xx_opens() {
    for status in [
        "200",
        "201 Created",
        "202 ",
        "204 No",
        "205 x",
        "206 x",
        "299 ?",
    ] {
        for version in ["HTTP/1.1", "HTTP/1.0"] {
            assert_eq!(
                open(&format!("{version} {status}\r\nVia: a\r\n\r\nrest")),
                4
            );
        }
    }
    let text = "HTTP/1.1 200 OK\r\nVia: caf\u{e9}\r\n\r\n";
    let Outcome::Open(head, 0) = receive(text.as_bytes()) else {
        panic!("not open");
    };
    assert_eq!(head.fields().first("via"), Some("caf\u{e9}".as_bytes()));
}

// RFC 9110 §9.3.6: a client must ignore these.
#[test]
fn p03_there_is_no_body_behind_a_2xx() {
    for fields in [
        "Content-Length: 1000\r\n",
        "Content-Length: 0\r\n",
        "Content-Length: nonsense\r\n",
        "Content-Length: 1\r\nContent-Length: 2\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding: gzip\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Connection: close\r\n",
    ] {
        let text = format!("HTTP/1.1 200 OK\r\n{fields}\r\n3\r\nabc\r\n0\r\n\r\n");
        assert_eq!(open(&text), 13, "{fields}");
    }
}

// RFC 9110 §15.2
#[test]
fn p04_interim_responses_are_skipped() {
    let ok = "HTTP/1.1 200 OK\r\n\r\nrest";
    let interim = |count: usize| "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n".repeat(count);
    assert_eq!(open(&format!("HTTP/1.1 100 Continue\r\n\r\n{ok}")), 4);
    assert_eq!(open(&(interim(8) + ok)), 4);
    let many = interim(9) + ok;
    assert_eq!(failed(&many), ConnectError::TooManyInterimResponses);
    let endless = "HTTP/1.1 102 Processing\r\n\r\n".repeat(1000);
    assert_eq!(failed(&endless), ConnectError::TooManyInterimResponses);
    for text in [
        "HTTP/1.1 101 Switching Protocols\r\n\r\nrest",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101 x\r\n\r\n",
    ] {
        assert_eq!(failed(text), ConnectError::SwitchingProtocols);
    }
}

#[test]
fn p10_heads_are_bounded() {
    for (text, error) in [
        (
            format!("HTTP/1.1 200 OK\r\n{}\r\n", "a: b\r\n".repeat(101)),
            HeadError::TooManyFields,
        ),
        (
            format!("HTTP/1.1 200 OK\r\na: {}\r\n\r\n", "b".repeat(1 << 20)),
            HeadError::FieldLineTooLong,
        ),
        (
            format!("HTTP/1.1 200 {}\r\n\r\n", "b".repeat(1 << 20)),
            HeadError::StartLineTooLong,
        ),
        (
            format!(
                "HTTP/1.1 200 OK\r\n{}\r\n",
                format!("a: {}\r\n", "b".repeat(5000)).repeat(4)
            ),
            HeadError::TooLong,
        ),
        ("FOO BAR BAZ\r\n\r\n".into(), HeadError::StartLine),
        ("HTTP/2 200\r\n\r\n".into(), HeadError::StartLine),
        ("HTTP/2.0 200 OK\r\n\r\n".into(), HeadError::Version),
        ("HTTP/1.1 200 OK\n\n".into(), HeadError::BareLineFeed),
        (
            "HTTP/1.1 200 OK\r\na : b\r\n\r\n".into(),
            HeadError::FieldLine,
        ),
        ("SSH-2.0-OpenSSH\r\n".into(), HeadError::StartLine),
        ("\x05\0".into(), HeadError::ControlCharacter),
    ] {
        // Not every one of these is a head, so it takes an end to say so.
        let text = text + "\r\n\r\n";
        assert_eq!(failed(&text), ConnectError::Head(error));
    }
    let mut options = ConnectOptions::default();
    options.limits.head = 20;
    let connect = Connect::start(&target(), &options, &mut Vec::new());
    let error = connect.receive(&mut &b"HTTP/1.1 200 OK\r\na: b\r\n\r\n"[..]);
    assert_eq!(error.err(), Some(ConnectError::Head(HeadError::TooLong)));
}

#[test]
fn p11_ends_of_the_connection_are_told_apart() {
    let text = "HTTP/1.1 200 OK\r\nVia: a\r\n\r\n";
    for at in 0..text.len() {
        let Outcome::Waiting(connect) = receive_pieces(&[&text.as_bytes()[..at]]) else {
            panic!("not waiting at {at}");
        };
        let expected = match at {
            0 => ConnectError::ClosedBeforeResponse,
            1..17 => ConnectError::ClosedInStatusLine,
            _ => ConnectError::ClosedInFields,
        };
        assert_eq!(connect.receive_eof().err(), Some(expected), "end at {at}");
    }
    // Behind an interim response it is as if there had been none.
    let Outcome::Waiting(connect) = receive(b"HTTP/1.1 100 x\r\n\r\n") else {
        panic!("not waiting");
    };
    let error = connect.receive_eof().err();
    assert_eq!(error, Some(ConnectError::ClosedBeforeResponse));
}
