//! The client at every split of a response.

use alloc::format;
use alloc::string::String;
use alloc::vec;

use super::*;
use ws_http::HeadError;

mod fields;
mod refusal;

/// What answers the nonce of RFC 6455 §1.3, as lines that tests change.
const LINES: [&str; 4] = [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
];

fn response(name: &str, line: &str) -> String {
    let mut text = String::new();
    for old in LINES.iter().filter(|old| !old.starts_with(name)) {
        text.extend([old, "\r\n"]);
    }
    match line {
        "" => text + "\r\n",
        line if name == "HTTP" => format!("{line}\r\n{text}\r\n"),
        line => text + &format!("{line}\r\n\r\n"),
    }
}

fn plain() -> String {
    LINES.join("\r\n") + "\r\n\r\n"
}

fn request() -> Request {
    Request::from_url("ws://example.com/chat").unwrap()
}

fn start(request: &Request) -> AwaitingResponse {
    ClientHandshake::start(request, Nonce::new(*b"the sample nonce"), &mut Vec::new())
}

#[derive(Debug)]
enum Outcome {
    Waiting(AwaitingResponse),
    Established(Established, Response, usize),
    Rejected(Response),
    Failed(ResponseError),
}

fn receive_pieces(request: &Request, pieces: &[&[u8]]) -> Outcome {
    let mut handshake = start(request);
    for (i, piece) in pieces.iter().enumerate() {
        let mut input = *piece;
        let later = || {
            pieces[i + 1..]
                .iter()
                .map(|piece| piece.len())
                .sum::<usize>()
        };
        let result = handshake.receive(&mut input);
        if !matches!(result, Ok(ClientHandshake::Established(..))) {
            assert!(input.is_empty());
        }
        handshake = match result {
            Ok(ClientHandshake::NeedsInput(next)) => next,
            Ok(ClientHandshake::Established(established, response)) => {
                return Outcome::Established(established, response, input.len() + later());
            }
            Ok(ClientHandshake::Rejected(response)) => return Outcome::Rejected(response),
            Err(error) => return Outcome::Failed(error),
        };
    }
    Outcome::Waiting(handshake)
}

/// The outcome, the same in one piece, at every split point and byte by byte.
fn receive(request: &Request, bytes: &[u8]) -> Outcome {
    let whole = receive_pieces(request, &[bytes]);
    let expected = format!("{whole:?}");
    if bytes.len() < 2000 {
        for at in 1..bytes.len() {
            let (first, second) = bytes.split_at(at);
            let cut = receive_pieces(request, &[first, second]);
            assert_eq!(format!("{cut:?}"), expected, "cut at {at}");
        }
        let single: Vec<_> = bytes.chunks(1).collect();
        let cut = receive_pieces(request, &single);
        assert_eq!(format!("{cut:?}"), expected, "byte by byte");
    }
    whole
}

fn established(request: &Request, text: &str) -> Established {
    match receive(request, text.as_bytes()) {
        Outcome::Established(established, _, 0) => established,
        other => panic!("{other:?}: {text}"),
    }
}

fn failed(request: &Request, text: &str) -> ResponseError {
    match receive(request, text.as_bytes()) {
        Outcome::Failed(error) => error,
        other => panic!("{other:?}: {text}"),
    }
}

fn rejected(text: &str) -> Response {
    match receive(&request(), text.as_bytes()) {
        Outcome::Rejected(response) => response,
        other => panic!("{other:?}: {text}"),
    }
}

fn table(request: &Request, cases: &[(&str, &str, Option<ResponseError>)]) {
    for (name, line, expected) in cases {
        let text = response(name, line);
        match expected {
            None => drop(established(request, &text)),
            Some(error) => assert_eq!(failed(request, &text), *error, "{line}"),
        }
    }
}

// RFC 6455 §4.1
#[test]
fn a_right_answer_opens() {
    let text = response("X", "Server: caf\u{e9}");
    let Outcome::Established(established, response, 0) = receive(&request(), text.as_bytes())
    else {
        panic!("not established");
    };
    assert_eq!(established.version, crate::Version::Rfc6455);
    assert_eq!(
        (established.subprotocol, established.extensions),
        (None, None)
    );
    assert_eq!(response.status().code(), 101);
    assert_eq!(
        response.fields().first("server"),
        Some("caf\u{e9}".as_bytes())
    );
}

#[test]
fn hc01_no_response_at_all() {
    let text = "FOO BAR BAZ\r\n\r\n";
    assert_eq!(
        failed(&request(), text),
        ResponseError::Head(HeadError::StartLine)
    );
}

// RFC 9112 §4
#[test]
fn hc03_status_lines() {
    let start_line = Some(ResponseError::Head(HeadError::StartLine));
    table(
        &request(),
        &[
            ("HTTP", "HTTP/1.1 101 ", None),
            ("HTTP", "HTTP/1.1 101", None),
            ("HTTP", "HTTP/1.0 101 x", Some(ResponseError::HttpVersion)),
            (
                "HTTP",
                "HTTP/2.0 101 x",
                Some(ResponseError::Head(HeadError::Version)),
            ),
            ("HTTP", "HTTP/1.1 0101", start_line),
            ("HTTP", "HTTP/1.1 1 01", start_line),
            ("HTTP", "HTTP/1.1 4", start_line),
            (
                "X",
                "X : y",
                Some(ResponseError::Head(HeadError::FieldLine)),
            ),
            (
                "X",
                " X: y",
                Some(ResponseError::Head(HeadError::FoldedLine)),
            ),
        ],
    );
    let text = plain().replace("\r\n", "\n");
    assert_eq!(
        failed(&request(), &text),
        ResponseError::Head(HeadError::BareLineFeed)
    );
}

// RFC 9110 §15.2
#[test]
fn hc04_interim_responses_are_skipped() {
    let interim = |count: usize| "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n".repeat(count);
    let text = format!("HTTP/1.1 100 Continue\r\n\r\n{}{}", interim(3), plain());
    established(&request(), &text);
    established(&request(), &(interim(8) + &plain()));
    let error = failed(&request(), &(interim(9) + &plain()));
    assert_eq!(error, ResponseError::TooManyInterimResponses);
    let text = "HTTP/1.1 102 Processing\r\n\r\n".repeat(1000);
    assert_eq!(
        failed(&request(), &text),
        ResponseError::TooManyInterimResponses
    );
}

#[test]
fn hc05_hc06_bytes_behind_the_head_stay_in_the_input() {
    for behind in [&b"\x88\x06\x03\xe9PASS"[..], &vec![0x55; 1 << 20]] {
        let bytes = [plain().as_bytes(), behind].concat();
        let Outcome::Established(_, _, left) = receive(&request(), &bytes) else {
            panic!("not established");
        };
        assert_eq!(left, behind.len());
    }
}

#[test]
fn hc12_heads_are_bounded() {
    let flood = format!("HTTP/1.1 101 x\r\n{}\r\n", "a: b\r\n".repeat(101));
    assert_eq!(
        failed(&request(), &flood),
        ResponseError::Head(HeadError::TooManyFields)
    );
    let long = format!("HTTP/1.1 101 x\r\na: {}\r\n\r\n", "b".repeat(1 << 20));
    assert_eq!(
        failed(&request(), &long),
        ResponseError::Head(HeadError::FieldLineTooLong)
    );
    // 20 KiB of fields are more than the default allows, and no more than one may ask for.
    let large = response("X", &[&*format!("X: {}", "a".repeat(5000)); 4].join("\r\n"));
    assert_eq!(
        failed(&request(), &large),
        ResponseError::Head(HeadError::TooLong)
    );
    let mut limits = ws_http::Limits::default();
    limits.head = 32 * 1024;
    established(&request().with_limits(limits), &large);
}

#[test]
fn hc14_ends_of_the_connection_are_told_apart() {
    let text = plain();
    let line = LINES[0].len() + 2;
    for at in 0..text.len() {
        let Outcome::Waiting(handshake) = receive_pieces(&request(), &[&text.as_bytes()[..at]])
        else {
            panic!("not waiting at {at}");
        };
        let expected = match at {
            0 => ResponseError::ClosedBeforeResponse,
            _ if at < line => ResponseError::ClosedInStatusLine,
            _ => ResponseError::ClosedInFields,
        };
        assert_eq!(handshake.receive_eof().err(), Some(expected), "end at {at}");
    }
    // Exactly after the blank line it is open; what happens then is the connection's affair.
    established(&request(), &text);
}

#[test]
fn hc21_other_nonces_want_other_answers() {
    let mut out = Vec::new();
    let handshake = ClientHandshake::start(&request(), Nonce::new([0; 16]), &mut out);
    let error = handshake.receive(&mut plain().as_bytes()).err();
    assert_eq!(error, Some(ResponseError::AcceptMismatch));
}
