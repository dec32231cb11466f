//! What a client says, and what it makes of responses.

use super::*;

fn request(version: Version) -> Request {
    let request = Request::from_url("ws://example.com/demo").unwrap();
    request.with_version(version).unwrap()
}

fn start(request: &Request) -> (crate::AwaitingResponse, Vec<u8>) {
    let mut out = Vec::new();
    let waiting = ClientHandshake::start(request, Nonce::new([7; 16]), &mut out);
    (waiting, out)
}

fn digest() -> Vec<u8> {
    draft76::Keys::new(Nonce::new([7; 16])).digest().to_vec()
}

/// A right answer of each version.
fn response(version: Version) -> Vec<u8> {
    let (head, prefix, behind) = match version {
        Version::Hixie75 => ("Web Socket Protocol Handshake", "", Vec::new()),
        _ => ("WebSocket Protocol Handshake", "Sec-", digest()),
    };
    let text = format!(
        "HTTP/1.1 101 {head}\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n\
         {prefix}WebSocket-Origin: http://example.com\r\n\
         {prefix}WebSocket-Location: ws://example.com/demo\r\n\r\n"
    );
    [text.into_bytes(), behind].concat()
}

fn changed(version: Version, from: &str, to: &str) -> Vec<u8> {
    let mut bytes = response(version);
    let len = bytes.len() - if version == Version::Hixie75 { 0 } else { 16 };
    let behind = bytes.split_off(len);
    let head = String::from_utf8(bytes).unwrap();
    assert!(head.contains(from), "{from}");
    [head.replace(from, to).into_bytes(), behind].concat()
}

fn receive_pieces(
    request: &Request,
    pieces: &[&[u8]],
) -> Result<Option<(Established, usize)>, ResponseError> {
    let (mut waiting, _) = start(request);
    for (i, piece) in pieces.iter().enumerate() {
        let mut input = *piece;
        waiting = match waiting.receive(&mut input)? {
            ClientHandshake::NeedsInput(next) => next,
            ClientHandshake::Established(established, response) => {
                assert_eq!(response.status().code(), 101);
                let later = pieces[i + 1..].iter().map(|piece| piece.len());
                return Ok(Some((established, input.len() + later.sum::<usize>())));
            }
            ClientHandshake::Rejected(response) => panic!("{response:?}"),
        };
        assert!(input.is_empty());
    }
    Ok(None)
}

/// The outcome, the same in one piece, at every split point and byte by byte.
fn receive(request: &Request, bytes: &[u8]) -> Result<Option<(Established, usize)>, ResponseError> {
    let whole = receive_pieces(request, &[bytes]);
    for at in 1..bytes.len() {
        let (first, second) = bytes.split_at(at);
        assert_eq!(receive_pieces(request, &[first, second]), whole, "{at}");
    }
    let single: Vec<_> = bytes.chunks(1).collect();
    assert_eq!(receive_pieces(request, &single), whole, "byte by byte");
    whole
}

#[test]
fn requests_are_written_byte_for_byte() {
    let request = |version| {
        Request::from_url("wss://u:p@example.com:9/demo?a")
            .unwrap()
            .with_version(version)
            .and_then(|request| request.with_field("Cookie", "a=b"))
            .and_then(|request| request.with_extensions("none"))
            .unwrap()
    };
    let one = request(Version::Hixie75)
        .with_subprotocol("sample")
        .unwrap();
    let (_, out) = start(&one);
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "GET /demo?a HTTP/1.1\r\n\
         Upgrade: WebSocket\r\n\
         Connection: Upgrade\r\n\
         Host: example.com:9\r\n\
         Origin: https://example.com:9\r\n\
         WebSocket-Protocol: sample\r\n\
         Authorization: Basic dTpw\r\n\
         Cookie: a=b\r\n\
         \r\n"
    );
    let two = request(Version::Hixie76)
        .with_field("origin", "http://page.example")
        .and_then(|request| request.with_subprotocol("a"))
        .and_then(|request| request.with_subprotocol("b"))
        .unwrap();
    let (_, out) = start(&two);
    let (head, last) = out.split_at(out.len() - 8);
    let mut fields = Fields::new();
    let keys = draft76::Keys::new(Nonce::new([7; 16]));
    keys.push(&mut fields);
    let [first, second] =
        ["Sec-WebSocket-Key1", "Sec-WebSocket-Key2"].map(|name| fields.first(name).unwrap());
    assert_eq!(
        core::str::from_utf8(head).unwrap(),
        format!(
            "GET /demo?a HTTP/1.1\r\n\
             Upgrade: WebSocket\r\n\
             Connection: Upgrade\r\n\
             Host: example.com:9\r\n\
             Origin: http://page.example\r\n\
             Sec-WebSocket-Protocol: a b\r\n\
             Authorization: Basic dTpw\r\n\
             Cookie: a=b\r\n\
             Sec-WebSocket-Key1: {}\r\n\
             Sec-WebSocket-Key2: {}\r\n\
             \r\n",
            core::str::from_utf8(first).unwrap(),
            core::str::from_utf8(second).unwrap()
        )
    );
    assert_eq!(last, keys.last);
}

#[test]
fn draft_75_can_say_one_subprotocol_only() {
    let one = request(Version::Hixie75).with_subprotocol("a").unwrap();
    let result = one.with_subprotocol("b");
    assert_eq!(result.err(), Some(Misuse::TooManySubprotocols));
    let two = request(Version::Rfc6455)
        .with_subprotocol("a")
        .and_then(|request| request.with_subprotocol("b"))
        .unwrap();
    let result = two.clone().with_version(Version::Hixie75);
    assert_eq!(result.err(), Some(Misuse::TooManySubprotocols));
    assert!(two.with_version(Version::Hixie76).is_ok());
}

#[test]
fn right_answers_open_at_every_split() {
    for version in [Version::Hixie75, Version::Hixie76] {
        for behind in [&b""[..], b"\x00Hi\xff", b"\xff\x00"] {
            let bytes = [&response(version)[..], behind].concat();
            let (established, left) = receive(&request(version), &bytes).unwrap().unwrap();
            assert_eq!(established.version, version);
            assert_eq!(
                (established.subprotocol, established.extensions),
                (None, None)
            );
            assert_eq!(left, behind.len());
        }
        // The case of an origin means nothing.
        let bytes = changed(version, "http://example.com", "HTTP://Example.com");
        assert!(receive(&request(version), &bytes).is_ok());
    }
}

#[test]
fn v102_answers_for_others_are_refused() {
    let origin = ResponseError::Draft(DraftResponseError::Origin);
    let location = ResponseError::Draft(DraftResponseError::Location);
    for version in [Version::Hixie75, Version::Hixie76] {
        for (from, to, expected) in [
            ("HTTP/1.1", "HTTP/1.0", ResponseError::HttpVersion),
            ("Upgrade: WebSocket\r\n", "", ResponseError::UpgradeMissing),
            (
                "Upgrade: WebSocket",
                "Upgrade: h2c",
                ResponseError::UpgradeMismatch,
            ),
            (
                "Connection: Upgrade\r\n",
                "",
                ResponseError::ConnectionMissing,
            ),
            (
                "Connection: Upgrade",
                "Connection: close",
                ResponseError::ConnectionMismatch,
            ),
            ("-Origin: http://example.com", "-Origin: http://h", origin),
            ("-Origin: http://example.com", "-Other: x", origin),
            (
                "-Location: ws://example.com/demo",
                "-Location: ws://example.com/",
                location,
            ),
            ("-Location: ws", "-Location: wss", location),
            ("-Location", "-Other", location),
        ] {
            let bytes = changed(version, from, to);
            assert_eq!(receive(&request(version), &bytes), Err(expected), "{to}");
        }
        for line in [
            "Origin: http://example.com",
            "Location: ws://example.com/demo",
        ] {
            let prefix = if version == Version::Hixie75 {
                ""
            } else {
                "Sec-"
            };
            let line = format!("{prefix}WebSocket-{line}\r\n");
            let bytes = changed(version, &line, &line.repeat(2));
            assert!(receive(&request(version), &bytes).is_err());
        }
        // A server of another version.
        let other = match version {
            Version::Hixie75 => Version::Hixie76,
            _ => Version::Hixie75,
        };
        assert_eq!(receive(&request(version), &response(other)), Err(origin));
    }
    let head = response(Version::Hixie76);
    for at in 1..=16 {
        let mut bytes = head.clone();
        let at = bytes.len() - at;
        bytes[at] ^= 1;
        let expected = ResponseError::Draft(DraftResponseError::Digest);
        assert_eq!(receive(&request(Version::Hixie76), &bytes), Err(expected));
    }
}

#[test]
fn subprotocols_are_judged_as_in_rfc_6455() {
    for (version, name) in [
        (Version::Hixie75, "WebSocket-Protocol"),
        (Version::Hixie76, "Sec-WebSocket-Protocol"),
    ] {
        let with = |value: &str| {
            let line = "Connection: Upgrade\r\n";
            changed(version, line, &format!("{line}{name}: {value}\r\n"))
        };
        let none = request(version);
        let one = none.clone().with_subprotocol("sample").unwrap();
        let required = one.clone().require_subprotocol(true);
        let chosen = |request, bytes: &[u8]| {
            receive(request, bytes).map(|accepted| accepted.unwrap().0.subprotocol)
        };
        assert_eq!(chosen(&one, &with("sample")), Ok(Some("sample".into())));
        assert_eq!(chosen(&one, &response(version)), Ok(None));
        for (request, bytes, expected) in [
            (&none, with("sample"), ResponseError::SubprotocolUnrequested),
            (&one, with("other"), ResponseError::SubprotocolMismatch),
            (
                &required,
                response(version),
                ResponseError::SubprotocolMissing,
            ),
        ] {
            assert_eq!(chosen(request, &bytes), Err(expected));
        }
    }
}

#[test]
fn ends_of_the_connection_are_told_apart() {
    let bytes = response(Version::Hixie76);
    for at in 0..bytes.len() {
        let (waiting, _) = start(&request(Version::Hixie76));
        let Ok(ClientHandshake::NeedsInput(waiting)) = waiting.receive(&mut &bytes[..at]) else {
            panic!("not waiting at {at}");
        };
        let expected = match at {
            0 => ResponseError::ClosedBeforeResponse,
            _ if at < 43 => ResponseError::ClosedInStatusLine,
            _ if at < bytes.len() - 16 => ResponseError::ClosedInFields,
            _ => ResponseError::Draft(DraftResponseError::ClosedInDigest),
        };
        assert_eq!(waiting.receive_eof().err(), Some(expected), "end at {at}");
    }
}

#[test]
fn refusals_are_responses() {
    for version in [Version::Hixie75, Version::Hixie76] {
        let (waiting, _) = start(&request(version));
        let mut input = &b"HTTP/1.1 426 x\r\nContent-Length: 2\r\n\r\nno"[..];
        let Ok(ClientHandshake::Rejected(response)) = waiting.receive(&mut input) else {
            panic!("not rejected");
        };
        assert_eq!(
            (response.status().code(), response.body()),
            (426, &b"no"[..])
        );
    }
}
