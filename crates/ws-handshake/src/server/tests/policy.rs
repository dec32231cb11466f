//! Origins, hosts, subprotocols and extensions.

use super::*;

// RFC 6455 §10.2
#[test]
fn hs25_origins() {
    let forbidden = Some(RequestError::OriginForbidden);
    table(&[
        ("X", "Origin: https://example.com", None),
        ("X", "Origin: http://example.com", None),
        ("X", "Origin: https://evil.example", forbidden),
        ("X", "Origin: null", forbidden),
        ("X", "Origin:", forbidden),
        ("X", "Origin: https://example.com:8080", forbidden),
        ("X", "Origin: https://example.com.evil.com", forbidden),
        ("X", "Origin: https://evilexample.com", forbidden),
        (
            "X",
            "Origin: https://example.com\r\nOrigin: https://example.com",
            forbidden,
        ),
    ]);
    assert_eq!(RequestError::OriginForbidden.status().code(), 403);
    let text = request("X", "Origin: https://evil.example");
    let mut config = ServerConfig {
        origins: Origins::Any,
        ..ServerConfig::default()
    };
    let requested = accepted(&config, text.as_bytes());
    assert_eq!(requested.offer().origin(), Some("https://evil.example"));
    config.origins = Origins::List(vec!["https://evil.example".into()]);
    accepted(&config, text.as_bytes());
    config.origins = Origins::List(vec![]);
    assert_eq!(
        refused(&config, text.as_bytes()),
        RequestError::OriginForbidden
    );
    accepted(&config, plain().as_bytes());
}

#[test]
fn hs26_host_allow_list() {
    let config = ServerConfig {
        hosts: Hosts::loopback(),
        ..ServerConfig::default()
    };
    for host in ["evil.example", "10.0.2.555"] {
        let error = refused(
            &config,
            request("Host", &format!("Host: {host}")).as_bytes(),
        );
        assert_eq!(
            (error, error.status().code()),
            (RequestError::HostForbidden, 403)
        );
    }
    accepted(&config, request("Host", "Host: localhost:9001").as_bytes());
}

// RFC 6455 §4.2.1-8, §4.2.2-5.5
#[test]
fn e17_e19_e20_subprotocols() {
    let bad = Some(RequestError::Subprotocols);
    table(&[
        ("X", "Sec-WebSocket-Protocol: a, b", None),
        (
            "X",
            "Sec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol: b",
            None,
        ),
        ("X", "Sec-WebSocket-Protocol:", bad),
        ("X", "Sec-WebSocket-Protocol: a b", bad),
        ("X", "Sec-WebSocket-Protocol: a, a", bad),
        (
            "X",
            "Sec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol: a",
            bad,
        ),
        ("X", "Sec-WebSocket-Protocol: caf\u{e9}", bad),
    ]);
    let latin = [
        request("X", "").trim_end().as_bytes(),
        b"\r\nSec-WebSocket-Protocol: \x80\xff\r\n\r\n",
    ]
    .concat();
    assert_eq!(
        refused(&ServerConfig::default(), &latin),
        RequestError::Subprotocols
    );

    let list = |names: &[&str]| names.iter().map(ToString::to_string).collect();
    let mut config = ServerConfig {
        subprotocols: list(&["xmpp", "bar"]),
        ..ServerConfig::default()
    };
    let text = request("X", "Sec-WebSocket-Protocol: foo, bar, xmpp");
    let requested = accepted(&config, text.as_bytes());
    assert_eq!(requested.select_subprotocol(), Some("bar"));
    let accept = Accept::default();
    let (response, established) = requested.respond(accept).unwrap();
    assert_eq!(established.subprotocol.as_deref(), Some("bar"));
    let mut out = Vec::new();
    response.encode(&mut out);
    let expected = format!("{ACCEPTED}Sec-WebSocket-Protocol: bar\r\n\r\n");
    assert_eq!(String::from_utf8(out).unwrap(), expected);

    config.require_subprotocol = true;
    let requested = accepted(&config, text.as_bytes());
    let (_, established) = requested.respond(Accept::default()).unwrap();
    assert_eq!(established.subprotocol.as_deref(), Some("bar"));
    for text in [plain(), request("X", "Sec-WebSocket-Protocol: foo")] {
        assert_eq!(
            refused(&config, text.as_bytes()),
            RequestError::NoSharedSubprotocol
        );
    }
}

// RFC 6455 §9.1
#[test]
fn extensions_pass_through_as_text() {
    let config = ServerConfig::default();
    let text = request(
        "X",
        "Sec-WebSocket-Extensions: a; b=1\r\nsec-websocket-extensions: c; d=\"e\"",
    );
    let requested = accepted(&config, text.as_bytes());
    assert_eq!(requested.offer().extensions(), Some("a; b=1, c; d=\"e\""));
    let mut accept = Accept {
        extensions: Some("a; b=1".into()),
        ..Accept::default()
    };
    accept.fields.push("Set-Cookie", "x=y").unwrap();
    let (response, established) = requested.respond(accept).unwrap();
    assert_eq!(established.extensions.as_deref(), Some("a; b=1"));
    let mut out = Vec::new();
    response.encode(&mut out);
    let expected = format!("{ACCEPTED}Sec-WebSocket-Extensions: a; b=1\r\nSet-Cookie: x=y\r\n\r\n");
    assert_eq!(String::from_utf8(out).unwrap(), expected);
    table(&[
        (
            "X",
            "Sec-WebSocket-Extensions: caf\u{e9}",
            Some(RequestError::Extensions),
        ),
        (
            "X",
            "Sec-WebSocket-Extensions:",
            Some(RequestError::Extensions),
        ),
    ]);
}
