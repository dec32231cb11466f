//! What goes on the wire, and what may not.

use alloc::format;

use super::*;
use crate::client::ClientHandshake;
use crate::key::Nonce;

/// What goes on the wire, with the nonce of RFC 6455 §1.3.
fn wire(request: &Request) -> String {
    let mut out = Vec::new();
    ClientHandshake::start(request, Nonce::new(*b"the sample nonce"), &mut out);
    String::from_utf8(out).unwrap()
}

fn url(url: &str) -> Request {
    Request::from_url(url).unwrap()
}

// RFC 6455 §4.1
#[test]
fn request_is_written_byte_for_byte() {
    let request = url("ws://user:pass@Example.com:80/chat?a=b")
        .with_subprotocol("foo")
        .and_then(|request| request.with_subprotocol("bar"))
        .and_then(|request| request.with_field("User-Agent", "Chrome"))
        .and_then(|request| request.with_extensions("permessage-deflate; client_max_window_bits"))
        .unwrap();
    assert_eq!(
        wire(&request),
        "GET /chat?a=b HTTP/1.1\r\n\
         Host: example.com\r\n\
         Upgrade: websocket\r\n\
         Connection: Upgrade\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Protocol: foo, bar\r\n\
         Authorization: Basic dXNlcjpwYXNz\r\n\
         User-Agent: Chrome\r\n\
         Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\
         \r\n"
    );
}

// RFC 6455 §4.1-4; RFC 9110 §7.2
#[test]
fn hc19_default_ports_are_omitted_from_host() {
    for (text, authority, host, port, is_secure) in [
        ("ws://h/", "h", "h", 80, false),
        ("ws://h:80/", "h", "h", 80, false),
        ("ws://h:443/", "h:443", "h", 443, false),
        ("wss://h/", "h", "h", 443, true),
        ("wss://h:443/", "h", "h", 443, true),
        ("wss://h:80/", "h:80", "h", 80, true),
        ("ws://[::1]:80/", "[::1]", "::1", 80, false),
        ("ws://[::1]:9/", "[::1]:9", "::1", 9, false),
        (
            "ws://[2001:DB8::A]/",
            "[2001:db8::a]",
            "2001:db8::a",
            80,
            false,
        ),
    ] {
        let request = url(text);
        assert_eq!((request.authority(), request.host()), (authority, host));
        assert_eq!((request.port(), request.is_secure()), (port, is_secure));
        assert!(
            wire(&request).contains(&format!("\r\nHost: {authority}\r\n")),
            "{text}"
        );
    }
}

// RFC 7617 §2
#[test]
fn hc20_credentials_go_into_authorization_and_nowhere_else() {
    let request = url("ws://u:p%40@h/t");
    let text = wire(&request);
    assert!(text.starts_with("GET /t HTTP/1.1\r\nHost: h\r\n"), "{text}");
    assert!(
        text.contains("\r\nAuthorization: Basic dTpwQA==\r\n"),
        "{text}"
    );
    for shown in [format!("{request:?}"), format!("{request:#?}")] {
        assert!(!shown.contains("p@") && !shown.contains("dTpwQA") && !shown.contains("u:"));
    }
    // One that is given wins.
    let request = request.with_field("authorization", "Bearer x").unwrap();
    let text = wire(&request);
    assert!(
        text.contains("authorization: Bearer x") && !text.contains("Basic"),
        "{text}"
    );
    assert!(!format!("{request:?}").contains("Bearer"));
}

#[test]
fn hc16_too_long_a_url_is_refused() {
    let path = |len: usize| format!("ws://h/{}", "a".repeat(len));
    assert!(Request::from_url(&path(8192 - 14)).is_ok());
    assert_eq!(
        Request::from_url(&path(8192 - 13)).err(),
        Some(UrlError::TooLong)
    );
    let password = |len: usize| format!("ws://u:{}@h/", "a".repeat(len));
    assert!(wire(&url(&password(6000))).contains("Authorization"));
    assert_eq!(
        Request::from_url(&password(7000)).err(),
        Some(UrlError::TooLong)
    );
}

#[test]
fn parts_are_checked_like_urls() {
    assert_eq!(
        wire(&Request::ws("H:9", "/p?q").unwrap()),
        wire(&url("ws://h:9/p?q"))
    );
    assert!(Request::wss("h", "/").unwrap().is_secure());
    for (authority, target, error) in [
        ("", "/", UrlError::Host),
        ("u@h", "/", UrlError::Host),
        ("h:0", "/", UrlError::Port),
        ("h\r\nX", "/", UrlError::Host),
        ("h", "", UrlError::Character),
        ("h", "p", UrlError::Character),
        ("h", "*", UrlError::Character),
        ("h", "/a b", UrlError::Character),
        ("h", "/\r\nX: y", UrlError::Character),
        ("h", "/caf\u{e9}", UrlError::Character),
        ("h", "/#f", UrlError::Fragment),
    ] {
        assert_eq!(
            Request::ws(authority, target).err(),
            Some(error),
            "{authority} {target}"
        );
    }
}

#[test]
fn hc17_fields_of_the_protocol_and_broken_ones_are_refused() {
    let field = |error| Some(Misuse::Field(error));
    let long = "a".repeat(100 * 1024);
    for (name, value, error) in [
        ("Host", "evil", Some(Misuse::ProtocolField)),
        ("UPGRADE", "h2c", Some(Misuse::ProtocolField)),
        ("connection", "close", Some(Misuse::ProtocolField)),
        ("Content-Length", "5", Some(Misuse::ProtocolField)),
        ("Transfer-Encoding", "chunked", Some(Misuse::ProtocolField)),
        ("Sec-WebSocket-Key", "k", Some(Misuse::ProtocolField)),
        ("sec-websocket-anything", "k", Some(Misuse::ProtocolField)),
        (
            "proxy-authorization",
            "Basic eDp5",
            Some(Misuse::ProxyField),
        ),
        ("X\r\nY", "z", field(InvalidField::Name)),
        ("", "z", field(InvalidField::Name)),
        ("X", "a\r\nY: z", field(InvalidField::Value)),
        ("X", "a\0", field(InvalidField::Value)),
        ("X", &long, field(InvalidField::TooLong)),
        ("Origin", "https://h", None),
        ("Sec-WebSocket", "x", None),
    ] {
        assert_eq!(
            url("ws://h/").with_field(name, value).err(),
            error,
            "{name}"
        );
    }
}

// RFC 6455 §4.1-10
#[test]
fn hc18_subprotocols_are_tokens_once_each() {
    let request = url("ws://h/").with_subprotocol("chat").unwrap();
    for name in [
        "", "a,b", "a b", "/echo", "\u{80}", "\0", "\x1f", "\x7f", "a\r\nb", "a;b",
    ] {
        let result = request.clone().with_subprotocol(name);
        assert_eq!(result.err(), Some(Misuse::SubprotocolNotToken), "{name:?}");
    }
    let result = request.clone().with_subprotocol("chat");
    assert_eq!(result.err(), Some(Misuse::SubprotocolRepeated));
    let request = request.with_subprotocol("CHAT").unwrap();
    assert_eq!(request.subprotocols(), ["chat", "CHAT"]);
    // All of them fit into the line.
    let mut request = request;
    for i in 0.. {
        match request.clone().with_subprotocol(&format!("{i:0100}")) {
            Ok(more) => request = more,
            Err(error) => {
                assert_eq!(error, Misuse::Field(InvalidField::TooLong));
                break;
            }
        }
    }
    assert!(wire(&request).contains(&request.subprotocols().join(", ")));
}

#[test]
fn extensions_and_versions_that_cannot_be_asked_for() {
    for text in ["", " ", "a\r\nb", "caf\u{e9}", &"a".repeat(9000)] {
        let result = url("ws://h/").with_extensions(text);
        assert_eq!(result.err(), Some(Misuse::Extensions), "{text:?}");
    }
    for (version, is_recent) in [
        (Version::Rfc6455, true),
        (Version::Hybi8, true),
        (Version::Hybi7, true),
        (Version::Hybi6, false),
        (Version::Hixie75, false),
    ] {
        let result = url("ws://h/").with_version(version);
        let is_spoken = is_recent || cfg!(feature = "drafts");
        assert_eq!(result.err(), Some(Misuse::Version).filter(|_| !is_spoken));
    }
}

// Drafts 07 to 10
#[test]
fn versions_7_and_8_have_another_name_for_the_origin() {
    for version in [Version::Rfc6455, Version::Hybi8, Version::Hybi7] {
        let request = url("ws://h/")
            .with_field("origin", "http://a")
            .and_then(|request| request.with_field("X-Origin", "b"))
            .and_then(|request| request.with_version(version))
            .unwrap();
        let text = wire(&request);
        let number = version.wire_number().unwrap();
        let expected = format!("\r\nSec-WebSocket-Version: {number}\r\n");
        assert!(text.contains(&expected), "{text}");
        let name = match version {
            Version::Rfc6455 => "origin",
            _ => "Sec-WebSocket-Origin",
        };
        let expected = format!("\r\n{name}: http://a\r\nX-Origin: b\r\n");
        assert!(text.contains(&expected), "{text}");
    }
    // What fits under one name only is not taken.
    let value = |len| "a".repeat(len);
    let longest = 8192 - "Sec-WebSocket-Origin: ".len();
    assert!(url("ws://h/").with_field("Origin", value(longest)).is_ok());
    let result = url("ws://h/").with_field("Origin", value(longest + 1));
    assert_eq!(result.err(), Some(Misuse::Field(InvalidField::TooLong)));
}

mod properties {
    use proptest::prelude::*;

    use super::*;
    use crate::server::ServerHandshake;
    use crate::{Origins, ServerConfig};

    proptest! {
        #[test]
        fn no_url_puts_anything_but_fields_on_the_wire(text in "(ws|wss)://\\PC{0,40}") {
            if let Ok(request) = Request::from_url(&text) {
                let text = wire(&request);
                prop_assert!(text.bytes().all(|byte| byte.is_ascii_graphic() || b" \r\n".contains(&byte)));
                let lines = 6 + usize::from(request.authorization().is_some());
                prop_assert_eq!(text.matches("\r\n").count(), lines + 1);
                prop_assert_eq!(text.lines().next().unwrap().split(' ').count(), 3);
            }
        }

        #[test]
        fn what_a_client_writes_a_server_reads(
            host in "[a-z][a-z0-9-]{0,20}",
            port in 1_u16..,
            path in "/[ -\"$-\\[\\]-~\u{e9}]{0,30}[!-\"$-\\[\\]-~]",
            names in prop::collection::btree_set("[!#-'*+.^_`|~0-9A-Za-z-]{1,12}", 0..5),
            value in "[!-~]{1,30}",
            nonce: [u8; 16],
        ) {
            let mut request = url(&format!("wss://{host}:{port}{path}"))
                .with_field("X-Custom", &value)
                .unwrap();
            for name in &names {
                request = request.with_subprotocol(name).unwrap();
            }
            let mut out = Vec::new();
            ClientHandshake::start(&request, Nonce::new(nonce), &mut out);
            let config = ServerConfig { origins: Origins::SameHost, ..ServerConfig::default() };
            let mut refusal = Vec::new();
            let server = ServerHandshake::start(&config).receive(&mut &out[..], &mut refusal);
            let Ok(ServerHandshake::Requested(requested)) = server else {
                panic!("{server:?}");
            };
            let offer = requested.offer();
            prop_assert_eq!(offer.host(), request.authority());
            prop_assert_eq!(offer.target(), request.target());
            prop_assert_eq!(offer.field("x-custom"), Some(value.as_bytes()));
            prop_assert!(offer.subprotocols().eq(request.subprotocols().iter().map(|s| &**s)));
        }
    }
}
