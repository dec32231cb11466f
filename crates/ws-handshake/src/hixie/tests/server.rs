//! What a server makes of requests.

use super::*;

/// D7: what a client of draft 75 sends, as lines that tests change.
const LINES_75: [&str; 5] = [
    "GET /demo HTTP/1.1",
    "Upgrade: WebSocket",
    "Connection: Upgrade",
    "Host: example.com",
    "Origin: http://example.com",
];

/// D6: and of draft 76, with the first vector's keys.
const LINES_76: [&str; 7] = [
    "GET /demo HTTP/1.1",
    "Host: example.com",
    "Connection: Upgrade",
    "Sec-WebSocket-Key2: 12998 5 Y3 1  .P00",
    "Upgrade: WebSocket",
    "Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5",
    "Origin: http://example.com",
];

const HEAD_75: &str = "HTTP/1.1 101 Web Socket Protocol Handshake\r\n\
    Upgrade: WebSocket\r\n\
    Connection: Upgrade\r\n\
    WebSocket-Origin: http://example.com\r\n\
    WebSocket-Location: ws://example.com/demo\r\n";

const HEAD_76: &str = "HTTP/1.1 101 WebSocket Protocol Handshake\r\n\
    Upgrade: WebSocket\r\n\
    Connection: Upgrade\r\n\
    Sec-WebSocket-Origin: http://example.com\r\n\
    Sec-WebSocket-Location: ws://example.com/demo\r\n";

const BODY: &[u8] = b"^n:ds[4U";
const DIGEST: &[u8] = b"8jKS'y:G*Co,Wxa-";

/// The request with the line of this name replaced (removed if `line` is empty), or added.
fn request(lines: &[&str], name: &str, line: &str) -> String {
    let mut text = String::new();
    for old in lines {
        match *old {
            old if !old.starts_with(name) => text.extend([old, "\r\n"]),
            _ if line.is_empty() || !name.starts_with("GET") => {}
            _ => text.extend([line, "\r\n"]),
        }
    }
    if !line.is_empty() && !name.starts_with("GET") {
        text.extend([line, "\r\n"]);
    }
    text + "\r\n"
}

fn plain(lines: &[&str]) -> String {
    lines.join("\r\n") + "\r\n\r\n"
}

fn with_body(text: &str, body: &[u8]) -> Vec<u8> {
    [text.as_bytes(), body].concat()
}

fn refused(config: &ServerConfig, bytes: &[u8]) -> RequestError {
    let (result, out, _) = serve(config, &Accept::default(), bytes);
    let error = result.expect_err(&String::from_utf8_lossy(bytes));
    let start = format!("HTTP/1.1 {}\r\n", error.status());
    let out = String::from_utf8(out).unwrap();
    assert!(out.starts_with(&start) && out.ends_with(&format!("\r\n\r\n{error}")));
    assert!(out.contains("\r\nConnection: close"), "{out}");
    error
}

fn start(bytes: &[u8]) -> crate::Requested {
    let handshake = ServerHandshake::start(&config());
    match handshake.receive(&mut &bytes[..], &mut Vec::new()) {
        Ok(ServerHandshake::Requested(requested)) => requested,
        other => panic!("{other:?}"),
    }
}

#[test]
fn d7_2_d7_6_draft_75_is_answered_byte_for_byte() {
    let bytes = with_body(&plain(&LINES_75), b"\x00Hi\xff");
    let (established, out, left) = serve(&config(), &Accept::default(), &bytes);
    let established = established.unwrap().expect("complete");
    assert_eq!(established.version.to_string(), "hixie-75");
    assert_eq!(String::from_utf8(out).unwrap(), format!("{HEAD_75}\r\n"));
    assert_eq!(
        (established.subprotocol, established.extensions),
        (None, None)
    );
    assert_eq!(left, 4);
}

#[test]
fn d6_2_d6_6_draft_76_is_answered_byte_for_byte() {
    let bytes = with_body(&plain(&LINES_76), &[BODY, b"\x00Hi\xff"].concat());
    let (established, out, left) = serve(&config(), &Accept::default(), &bytes);
    let established = established.unwrap().expect("complete");
    assert_eq!(established.version.to_string(), "hixie-76");
    assert_eq!(out, with_body(&format!("{HEAD_76}\r\n"), DIGEST));
    assert_eq!(
        (established.subprotocol, established.extensions),
        (None, None)
    );
    assert_eq!(left, 4);
}

#[test]
fn what_the_application_adds_comes_behind_and_replaces_nothing() {
    let mut accept = Accept::default();
    accept.fields.push("Set-Cookie", "a=b").unwrap();
    let text = request(&LINES_75, "X", "WebSocket-Protocol: sample");
    let (established, out, _) = serve(&config(), &accept, text.as_bytes());
    let established = established.unwrap().expect("complete");
    assert_eq!(established.subprotocol.as_deref(), Some("sample"));
    let expected = format!("{HEAD_75}WebSocket-Protocol: sample\r\nSet-Cookie: a=b\r\n\r\n");
    assert_eq!(String::from_utf8(out).unwrap(), expected);

    let text = request(&LINES_76, "X", "Sec-WebSocket-Protocol: other sample");
    let bytes = with_body(&text, BODY);
    assert!(start(&bytes).offer().subprotocols().eq(["other", "sample"]));
    let (_, out, _) = serve(&config(), &accept, &bytes);
    let expected = format!("{HEAD_76}Sec-WebSocket-Protocol: sample\r\nSet-Cookie: a=b\r\n\r\n");
    assert_eq!(out, with_body(&expected, DIGEST));

    for name in ["WebSocket-Origin", "sec-websocket-location", "Upgrade"] {
        let mut accept = Accept::default();
        accept.fields.push(name, "x").unwrap();
        let mut out = Vec::new();
        let result = start(&bytes).accept(accept, &mut out);
        assert_eq!(result.err(), Some(Misuse::ProtocolField), "{name}");
        assert!(out.starts_with(b"HTTP/1.1 500 "));
    }
}

#[test]
fn the_location_is_the_url_that_the_client_has_asked_for() {
    let secure = ServerConfig {
        secure: Some(true),
        ..config()
    };
    for (config, line, host, origin, expected) in [
        (
            &config(),
            "GET /demo?a=b HTTP/1.1",
            "h",
            "http://h",
            "ws://h/demo?a=b",
        ),
        (
            &config(),
            "GET http://h HTTP/1.1",
            "h",
            "http://h",
            "ws://h/",
        ),
        (
            &config(),
            "GET /? HTTP/1.1",
            "h:81",
            "http://h:81",
            "ws://h:81/?",
        ),
        (&secure, "GET / HTTP/1.1", "h", "https://h", "wss://h/"),
    ] {
        let text = format!(
            "{line}\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Origin: {origin}\r\n\r\n"
        );
        let (_, out, _) = serve(config, &Accept::default(), text.as_bytes());
        let out = String::from_utf8(out).unwrap();
        let expected = format!("\r\nWebSocket-Location: {expected}\r\n");
        assert!(out.contains(&expected), "{out}");
    }
    // A location that is longer than a line may be is not written.
    let mut config = config();
    config.limits.line = 10_000;
    let text = request(
        &LINES_75,
        "GET",
        &format!("GET /{} HTTP/1.1", "a".repeat(8200)),
    );
    let handshake = ServerHandshake::start(&config);
    let error = handshake.receive(&mut text.as_bytes(), &mut Vec::new());
    let expected = RequestError::Field(InvalidField::TooLong);
    assert_eq!(error.err(), Some(expected));
}

#[test]
fn x04_d6_7_keys_that_are_not_divisible_are_refused_before_the_body_has_come() {
    let key = "Sec-WebSocket-Key1: 2 L785 8o% s9Sy9@V. 4<1P5";
    let text = request(&LINES_76, "Sec-WebSocket-Key1", key);
    let error = refused(&config(), text.as_bytes());
    assert_eq!(error, RequestError::Draft(DraftRequestError::Key));
    assert_eq!(error.status().code(), 400);
}

#[test]
fn x05_x06_keys_are_two_and_each_is_there_once() {
    let missing = RequestError::Draft(DraftRequestError::KeyMissing);
    let bad = RequestError::Draft(DraftRequestError::Key);
    let key = LINES_76[5];
    let none = format!("Sec-WebSocket-Key1: {}", "1".repeat(400));
    let long = format!("Sec-WebSocket-Key1: {} 1", "1".repeat(400));
    for (line, expected) in [
        ("", missing),
        ("Sec-WebSocket-Key1:", bad),
        ("Sec-WebSocket-Key1: 12345", bad),
        ("Sec-WebSocket-Key1: a b c", bad),
        // The quotient has 33 bits.
        ("Sec-WebSocket-Key1: 8589934 592", bad),
        (&none, bad),
        (&long, bad),
        (&format!("{key}\r\n{key}"), bad),
    ] {
        let text = request(&LINES_76, "Sec-WebSocket-Key1", line);
        assert_eq!(refused(&config(), text.as_bytes()), expected, "{line}");
    }
}

// A request never gets the rules of an older version than it asks for.
#[test]
fn x06_a_field_of_rfc_6455_makes_it_rfc_6455() {
    let accepted = Versions::ALL;
    let version = "Sec-WebSocket-Version: 13";
    let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    for (line, expected) in [
        (version, RequestError::Key),
        (key, RequestError::VersionMissing { accepted }),
        (
            "Sec-WebSocket-Draft: 2",
            RequestError::VersionUnsupported { accepted },
        ),
    ] {
        let bytes = with_body(&request(&LINES_76, "X", line), BODY);
        assert_eq!(refused(&config(), &bytes), expected);
    }
    let both = format!("{version}\r\n{key}");
    let bytes = with_body(&request(&LINES_76, "X", &both), BODY);
    let (established, _, left) = serve(&config(), &Accept::default(), &bytes);
    assert_eq!(established.unwrap().unwrap().version, Version::Rfc6455);
    assert_eq!(left, BODY.len());
}

#[test]
fn x07_drafts_are_off_by_default() {
    for text in [plain(&LINES_75), plain(&LINES_76)] {
        let accepted = Versions::default();
        let error = refused(&ServerConfig::default(), text.as_bytes());
        assert_eq!(error, RequestError::VersionUnsupported { accepted });
        assert_eq!(error.status().code(), 426);
    }
    // Each is switched on by itself; versions without a number cannot be listed.
    let only = ServerConfig {
        versions: Versions::ALL,
        ..ServerConfig::default()
    };
    let mut only = only;
    for version in Versions::ALL.iter().filter(|&one| one != Version::Hixie75) {
        only.versions = only.versions.without(version);
    }
    let (established, ..) = serve(&only, &Accept::default(), plain(&LINES_75).as_bytes());
    assert!(established.unwrap().is_some());
    let handshake = ServerHandshake::start(&only);
    let mut out = Vec::new();
    let result = handshake.receive(&mut plain(&LINES_76).as_bytes(), &mut out);
    assert!(result.is_err());
    let out = String::from_utf8(out).unwrap();
    assert!(!out.contains("Sec-WebSocket-Version"), "{out}");
    only.versions = only.versions.with(Version::Hixie76);
    let bytes = with_body(&plain(&LINES_76), BODY);
    let (established, ..) = serve(&only, &Accept::default(), &bytes);
    assert!(established.unwrap().is_some());
}

// HAProxy holds the body back until it has seen the head of the response.
#[test]
fn x08_d6_15_the_head_is_written_before_the_body_has_come() {
    let requested = start(plain(&LINES_76).as_bytes());
    let mut out = Vec::new();
    let Ok(ServerHandshake::NeedsInput(waiting)) = requested.accept(Accept::default(), &mut out)
    else {
        panic!("the body has not come");
    };
    assert_eq!(out, format!("{HEAD_76}\r\n").as_bytes());
    out.clear();
    let Ok(ServerHandshake::NeedsInput(waiting)) = waiting.receive(&mut &BODY[..7], &mut out)
    else {
        panic!("not all of the body has come");
    };
    assert!(out.is_empty());
    // Whoever does not want to wait any longer has nothing left to say.
    let other = start(plain(&LINES_76).as_bytes()).accept(Accept::default(), &mut Vec::new());
    let Ok(ServerHandshake::NeedsInput(other)) = other else {
        panic!("the body has not come");
    };
    other.reject(
        crate::Reject::new(crate::Status::REQUEST_TIMEOUT).unwrap(),
        &mut out,
    );
    assert!(out.is_empty());
    // D6-18
    let mut input = &b"U\x00Hi\xff"[..];
    let result = waiting.receive(&mut input, &mut out);
    assert!(matches!(result, Ok(ServerHandshake::Established(_))));
    assert_eq!((&out[..], input), (DIGEST, &b"\x00Hi\xff"[..]));
}

#[test]
fn x09_the_body_may_come_in_pieces_and_with_frames_behind_it() {
    // `serve` cuts everywhere and compares.
    for behind in [&b""[..], b"\x00Hello\xff", b"\xff\x00"] {
        let bytes = with_body(&plain(&LINES_76), &[BODY, behind].concat());
        let (established, out, left) = serve(&config(), &Accept::default(), &bytes);
        assert!(established.unwrap().is_some());
        assert!(out.ends_with(DIGEST));
        assert_eq!(left, behind.len());
    }
    for len in 0..8 {
        let bytes = with_body(&plain(&LINES_76), &BODY[..len]);
        let (established, out, _) = serve(&config(), &Accept::default(), &bytes);
        assert_eq!(established, Ok(None));
        assert!(out.ends_with(b"\r\n\r\n"));
    }
}

#[test]
fn x10_what_comes_before_the_application_decides_stays_with_the_caller() {
    let bytes = with_body(&plain(&LINES_76), &vec![b'a'; 4 << 20]);
    let mut input = &bytes[..];
    let mut out = Vec::new();
    let handshake = ServerHandshake::start(&config());
    let Ok(ServerHandshake::Requested(requested)) = handshake.receive(&mut input, &mut out) else {
        panic!("the head is there");
    };
    assert_eq!(input.len(), 4 << 20);
    let Ok(ServerHandshake::NeedsInput(waiting)) = requested.accept(Accept::default(), &mut out)
    else {
        panic!("the body is behind the head");
    };
    let result = waiting.receive(&mut input, &mut out);
    assert!(matches!(result, Ok(ServerHandshake::Established(_))));
    assert_eq!(input.len(), (4 << 20) - 8);
}

#[test]
fn x20_what_these_versions_lack_is_not_agreed_on() {
    for lines in [&LINES_75[..], &LINES_76] {
        let text = request(lines, "X", "Sec-WebSocket-Extensions: a");
        let requested = start(text.as_bytes());
        assert_eq!(requested.offer().extensions(), None);
        let accept = Accept {
            extensions: Some("a".into()),
            ..Accept::default()
        };
        let result = requested.respond_any(accept);
        assert_eq!(result.err(), Some(Misuse::ExtensionsNotOffered));
    }
}

#[test]
fn x21_an_origin_is_wanted_in_draft_76() {
    let bytes = with_body(&request(&LINES_76, "Origin", ""), BODY);
    let error = refused(&config(), &bytes);
    let expected = RequestError::Draft(DraftRequestError::OriginMissing);
    assert_eq!((error, error.status().code()), (expected, 400));
    // In draft 75 what is not there is not echoed.
    let text = request(&LINES_75, "Origin", "");
    let (_, out, _) = serve(&config(), &Accept::default(), text.as_bytes());
    let expected = HEAD_75.replace("WebSocket-Origin: http://example.com\r\n", "");
    assert_eq!(String::from_utf8(out).unwrap(), expected + "\r\n");
}

#[test]
fn x22_what_is_echoed_cannot_end_a_line() {
    let any = ServerConfig {
        origins: Origins::Any,
        ..config()
    };
    let head = RequestError::Head;
    for (name, line, expected) in [
        (
            "Origin",
            "Origin: a\rb",
            head(HeadError::BareCarriageReturn),
        ),
        ("Origin", "Origin: a\nb", head(HeadError::BareLineFeed)),
        ("Origin", "Origin: a\r\n b", head(HeadError::FoldedLine)),
        ("Origin", "Origin: a\0b", head(HeadError::ControlCharacter)),
        ("Host", "Host: a\nb", head(HeadError::BareLineFeed)),
        ("Host", "Host: a b", RequestError::Host),
    ] {
        let text = request(&LINES_76, name, line);
        assert_eq!(refused(&any, text.as_bytes()), expected, "{line:?}");
    }
    let fields = [("Origin", &b"a\r\nX: y"[..])];
    let result = ServerHandshake::from_request(&any, "GET", "/", fields);
    let expected = RequestError::Field(InvalidField::Value);
    assert_eq!(result.err(), Some(expected));
}

// RFC 6455 §4.2.1: what has to do with HTTP, hosts and pages has no version.
#[test]
fn every_version_gets_the_same_checks() {
    let accepted = Versions::ALL;
    for (name, line, expected) in [
        ("GET", "POST / HTTP/1.1", RequestError::Method),
        ("GET", "GET / HTTP/1.0", RequestError::HttpVersion),
        ("GET", "GET * HTTP/1.1", RequestError::Target),
        ("Host", "", RequestError::Host),
        ("Host", "Host: a/b", RequestError::Host),
        ("Host", "Host: a\r\nHost: a", RequestError::Host),
        ("Host", "Host: other.example", RequestError::OriginForbidden),
        ("Upgrade", "", RequestError::Upgrade { accepted }),
        ("Connection", "Connection: close", RequestError::Connection),
        ("X", "Content-Length: 9", RequestError::Body),
        ("Origin", "Origin: null", RequestError::OriginForbidden),
        (
            "X",
            "Origin: http://example.com",
            RequestError::OriginForbidden,
        ),
    ] {
        for lines in [&LINES_75[..], &LINES_76] {
            let text = request(lines, name, line);
            assert_eq!(refused(&config(), text.as_bytes()), expected, "{line}");
        }
    }
    let required = ServerConfig {
        require_subprotocol: true,
        hosts: crate::Hosts::List(vec!["example.com".into()]),
        ..config()
    };
    let forbidden = ServerConfig {
        hosts: crate::Hosts::loopback(),
        ..config()
    };
    for lines in [&LINES_75[..], &LINES_76] {
        let text = plain(lines);
        let error = refused(&forbidden, text.as_bytes());
        assert_eq!(error, RequestError::HostForbidden);
        let error = refused(&required, text.as_bytes());
        assert_eq!(error, RequestError::NoSharedSubprotocol);
    }
}

#[test]
fn subprotocols_are_tokens_and_in_draft_75_one() {
    let name = |lines: &[&str]| match lines.len() {
        5 => "WebSocket-Protocol",
        _ => "Sec-WebSocket-Protocol",
    };
    for (lines, value, offered) in [
        (&LINES_75[..], "sample", Some(&["sample"][..])),
        (&LINES_75, "sample other", None),
        (&LINES_75, "", None),
        (&LINES_75, "a,b", None),
        (&LINES_76, "a sample", Some(&["a", "sample"])),
        (&LINES_76, "a  b", Some(&["a", "b"])),
        (&LINES_76, "a a", None),
        (&LINES_76, "a,b", None),
        (&LINES_76, "", None),
    ] {
        let text = request(lines, "X", &format!("{}: {value}", name(lines)));
        match offered {
            Some(offered) => {
                let requested = start(text.as_bytes());
                assert!(requested.offer().subprotocols().eq(offered.iter().copied()));
            }
            None => assert_eq!(
                refused(&config(), text.as_bytes()),
                RequestError::Subprotocols,
                "{value}"
            ),
        }
    }
}

#[test]
fn a_parsed_request_goes_on_with_the_body() {
    let start = |lines: &'static [&str]| {
        let fields = lines.iter().filter_map(|line| line.split_once(": "));
        let fields = fields.map(|(name, value)| (name, value.as_bytes()));
        ServerHandshake::from_request(&config(), "GET", "/demo", fields).unwrap()
    };
    let (response, established) = start(&LINES_75).respond(Accept::default()).unwrap();
    assert_eq!(established.version, Version::Hixie75);
    let names = response.fields().iter().map(|(name, _)| name);
    assert!(names.eq([
        "Upgrade",
        "Connection",
        "WebSocket-Origin",
        "WebSocket-Location"
    ]));

    let result = start(&LINES_76).respond(Accept::default());
    assert_eq!(result.err(), Some(Misuse::Version));
    let result = start(&LINES_76).respond_any(Accept::default());
    let Ok((response, ServerHandshake::NeedsInput(waiting))) = result else {
        panic!("the body has not come");
    };
    assert_eq!(response.status().code(), 101);
    let location = response.fields().first("Sec-WebSocket-Location");
    assert_eq!(location, Some(&b"ws://example.com/demo"[..]));
    let mut out = Vec::new();
    let result = waiting.receive(&mut &BODY[..], &mut out);
    assert!(matches!(result, Ok(ServerHandshake::Established(_))));
    assert_eq!(out, DIGEST);
}

// What Autobahn|Python sends.
#[test]
fn the_last_key_may_be_announced_and_nothing_else() {
    for (length, expected) in [("8", Ok(())), ("0", Ok(())), ("9", Err(())), ("7", Err(()))] {
        let line = format!("Content-Length: {length}");
        let text = request(&LINES_76, "Content-Length", &line);
        let bytes = with_body(&text, BODY);
        let result = ServerHandshake::start(&config()).receive(&mut &bytes[..], &mut Vec::new());
        match result {
            Ok(ServerHandshake::Requested(_)) => assert_eq!(expected, Ok(()), "{length}"),
            Err(error) => {
                assert_eq!((Err(()), error), (expected, RequestError::Body), "{length}");
            }
            Ok(other) => panic!("{other:?}"),
        }
    }
}
