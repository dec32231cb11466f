//! Extended CONNECT, both ways.

use alloc::string::ToString;

use super::*;
use crate::config::ServerConfig;
use crate::response::{Accept, Reject};

type List<'a> = &'a [(&'a str, &'a str)];

const HTTPS: ExtendedConnect<'static> = ExtendedConnect::new("https", "h:9", "/chat?a");

fn bytes(fields: List<'_>) -> impl Iterator<Item = (&str, &[u8])> {
    fields.iter().map(|(name, value)| (*name, value.as_bytes()))
}

fn config() -> ServerConfig {
    let mut config = ServerConfig::default();
    config.subprotocols.push("soup".into());
    config.secure = Some(true);
    config
}

// RFC 8441 §5
#[test]
fn requests_in_a_stream_are_judged() {
    let version = ("sec-websocket-version", "13");
    let connect = |protocol, scheme, authority, path| ExtendedConnect {
        protocol,
        scheme,
        authority,
        path,
    };
    let accepted = config().versions;
    for (connect, fields, expected) in [
        (HTTPS, &[version][..], Ok(())),
        (HTTPS, &[version, ("host", "H:9")], Ok(())),
        (HTTPS, &[version, ("origin", "https://h:9")], Ok(())),
        (HTTPS, &[version, ("sec-websocket-key", "x")], Ok(())),
        (
            HTTPS,
            &[version, ("host", "other")],
            Err(RequestError::Host),
        ),
        (
            HTTPS,
            &[version, ("origin", "https://evil")],
            Err(RequestError::OriginForbidden),
        ),
        (
            HTTPS,
            &[version, ("upgrade", "websocket")],
            Err(RequestError::ConnectionField),
        ),
        (
            HTTPS,
            &[version, ("connection", "upgrade")],
            Err(RequestError::ConnectionField),
        ),
        (
            HTTPS,
            &[version, ("a", "b\r\nc: d")],
            Err(RequestError::Field(ws_http::InvalidField::Value)),
        ),
        (
            HTTPS,
            &[("sec-websocket-version", "8")],
            Err(RequestError::VersionUnsupported { accepted }),
        ),
        (
            HTTPS,
            &[version, ("sec-websocket-protocol", "a,a")],
            Err(RequestError::Subprotocols),
        ),
        (
            connect("connect-udp", "https", "h", "/"),
            &[version],
            Err(RequestError::Protocol),
        ),
        (
            connect("websocket", "ftp", "h", "/"),
            &[version],
            Err(RequestError::Target),
        ),
        (
            connect("websocket", "https", "h", "x"),
            &[version],
            Err(RequestError::Target),
        ),
        (
            connect("websocket", "https", "h", "/a b"),
            &[version],
            Err(RequestError::Target),
        ),
        (
            connect("websocket", "https", "u@h", "/"),
            &[version],
            Err(RequestError::Host),
        ),
    ] {
        let result = ServerHandshake::from_extended_connect(&config(), connect, bytes(fields));
        assert_eq!(result.map(drop), expected, "{connect:?} {fields:?}");
    }
    // Without a version it is no WebSocket of any kind.
    let none = ServerHandshake::from_extended_connect(&config(), HTTPS, bytes(&[]));
    assert!(matches!(
        none.map(drop),
        Err(RequestError::VersionMissing { .. } | RequestError::VersionUnsupported { .. })
    ));
}

#[test]
fn acceptances_in_a_stream_say_200_and_what_was_agreed_on() {
    let fields: List<'_> = &[
        ("sec-websocket-version", "13"),
        ("sec-websocket-protocol", "tea, soup"),
        ("sec-websocket-extensions", "x"),
    ];
    let requested = || {
        ServerHandshake::from_extended_connect(&config(), HTTPS, bytes(fields))
            .expect("it is right")
    };
    let offer = requested();
    let offer = offer.offer();
    assert_eq!(
        (offer.host(), offer.path(), offer.query()),
        ("h:9", "/chat", Some("a"))
    );
    let mut accept = Accept {
        extensions: Some("x".into()),
        ..Accept::default()
    };
    accept.fields.push("Set-Cookie", "a=b").unwrap();
    let (response, established) = requested().respond(accept).unwrap();
    assert_eq!(response.status(), Status::OK);
    let names: Vec<_> = response
        .fields()
        .iter()
        .map(|(name, _)| name.to_string())
        .collect();
    assert_eq!(
        names,
        [
            "Sec-WebSocket-Protocol",
            "Sec-WebSocket-Extensions",
            "Set-Cookie"
        ]
    );
    assert_eq!(established.subprotocol.as_deref(), Some("soup"));
    // It cannot be written as text.
    let mut out = Vec::new();
    let accepted = requested().accept(Accept::default(), &mut out);
    assert_eq!((accepted.map(drop), out.len()), (Err(Misuse::Version), 0));
}

// RFC 9113 §8.2.2
#[test]
fn refusals_in_a_stream_say_nothing_about_the_connection() {
    let accepted = config().versions;
    for (error, status, fields) in [
        (
            RequestError::VersionUnsupported { accepted },
            400,
            &["Sec-WebSocket-Version", "Content-Type", "Content-Length"][..],
        ),
        (
            RequestError::OriginForbidden,
            403,
            &["Content-Type", "Content-Length"],
        ),
        (
            RequestError::Protocol,
            501,
            &["Content-Type", "Content-Length"],
        ),
    ] {
        let response = error.response().for_stream();
        assert_eq!(response.status().code(), status);
        let names: Vec<_> = response.fields().iter().map(|(name, _)| name).collect();
        assert_eq!(names, fields, "{error:?}");
        assert_eq!(response.body(), error.to_string().as_bytes());
    }
    let reject = Reject::new(Status::UNAUTHORIZED).unwrap();
    let response = reject.into_response().for_stream();
    assert!(!response.fields().contains("Connection"));
}

#[test]
fn clients_ask_and_judge() {
    let request = Request::wss("h:9", "/chat?a")
        .unwrap()
        .with_subprotocol("soup")
        .and_then(|request| request.with_field("User-Agent", "kettle"))
        .and_then(|request| request.with_extensions("x"))
        .unwrap();
    let (connect, fields) = request.extended_connect().unwrap();
    assert_eq!(connect, HTTPS);
    let fields: Vec<(&str, &[u8])> = fields
        .iter()
        .map(|(name, value)| (&**name, &**value))
        .collect();
    assert_eq!(
        fields,
        [
            ("sec-websocket-version", &b"13"[..]),
            ("sec-websocket-protocol", b"soup"),
            ("user-agent", b"kettle"),
            ("sec-websocket-extensions", b"x"),
        ]
    );
    // What a client asks, a server takes, and the other way round.
    let requested = ServerHandshake::from_extended_connect(&config(), connect, fields).unwrap();
    let (response, at_server) = requested.respond(Accept::default()).unwrap();
    let answered = request.check_stream_response(response.status(), response.fields());
    let Ok(ClientHandshake::Established(at_client, _)) = answered else {
        panic!("{answered:?}");
    };
    assert_eq!(at_client, at_server);

    for (status, fields, expected) in [
        (200, &[][..], Ok(None)),
        (204, &[("sec-websocket-protocol", "soup")], Ok(Some("soup"))),
        (
            200,
            &[("sec-websocket-protocol", "tea")],
            Err(ResponseError::SubprotocolMismatch),
        ),
        (
            200,
            &[("sec-websocket-extensions", "\u{e9}")],
            Err(ResponseError::Extensions),
        ),
        (
            200,
            &[("a", "b\0")],
            Err(ResponseError::Field(ws_http::InvalidField::Value)),
        ),
    ] {
        let status = Status::new(status).unwrap();
        let answered = request.check_stream_response(status, bytes(fields));
        let chosen = answered.map(|answered| match answered {
            ClientHandshake::Established(established, _) => established.subprotocol,
            other => panic!("{other:?}"),
        });
        assert_eq!(
            chosen.as_ref().map(Option::as_deref),
            expected.as_ref().map(|name| *name),
            "{fields:?}"
        );
    }
    for status in [301, 403, 501] {
        let status = Status::new(status).unwrap();
        let answered = request.check_stream_response(status, bytes(&[]));
        assert!(
            matches!(answered, Ok(ClientHandshake::Rejected(response)) if response.status() == status)
        );
    }
    let old = request.with_version(Version::Hybi8).unwrap();
    assert_eq!(old.extended_connect().map(drop), Err(Misuse::Version));
}
