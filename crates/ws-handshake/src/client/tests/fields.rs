//! The fields of an acceptance.

use super::*;

// RFC 6455 §4.1, "the client MUST validate the server's response"
#[test]
fn hc02_fields_of_the_answer() {
    const ACCEPT: &str = "Sec-WebSocket-Accept";
    const RIGHT: &str = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
    let mismatch = Some(ResponseError::AcceptMismatch);
    table(
        &request(),
        &[
            ("Upgrade", "Upgrade: WebSocket", None),
            ("Upgrade", "", Some(ResponseError::UpgradeMissing)),
            (
                "Upgrade",
                "Upgrade: h2c",
                Some(ResponseError::UpgradeMismatch),
            ),
            (
                "Upgrade",
                "Upgrade: websocket, h2c",
                Some(ResponseError::UpgradeMismatch),
            ),
            ("Upgrade", "Upgrade:", Some(ResponseError::UpgradeMismatch)),
            (
                "Upgrade",
                "Upgrade: websocket\r\nUpgrade: h2c",
                Some(ResponseError::UpgradeMismatch),
            ),
            ("Connection", "Connection: keep-alive, upgrade", None),
            (
                "Connection",
                "Connection: close\r\nConnection: Upgrade",
                None,
            ),
            ("Connection", "", Some(ResponseError::ConnectionMissing)),
            (
                "Connection",
                "Connection: close",
                Some(ResponseError::ConnectionMismatch),
            ),
            (
                ACCEPT,
                "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo= \t",
                None,
            ),
            (ACCEPT, "", Some(ResponseError::AcceptMissing)),
            (ACCEPT, "Sec-WebSocket-Accept:", mismatch),
            (
                ACCEPT,
                "Sec-WebSocket-Accept: S3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
                mismatch,
            ),
            (
                ACCEPT,
                "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo",
                mismatch,
            ),
            (
                ACCEPT,
                "Sec-WebSocket-Accept: QV3I5XUXU2CdhtjixE7QCkCcMZM=",
                mismatch,
            ),
            (
                ACCEPT,
                &format!("{RIGHT}\r\n{RIGHT}"),
                Some(ResponseError::AcceptRepeated),
            ),
            // RFC 9110 §15.2: a 1xx response has no body, whatever it says.
            ("X", "Transfer-Encoding: chunked", None),
            ("X", "Content-Length: 5", None),
        ],
    );
}

// RFC 6455 §4.1-6, §11.3.4
#[test]
fn e17_hc13_subprotocols() {
    let none = request();
    let some = none
        .clone()
        .with_subprotocol("a")
        .and_then(|request| request.with_subprotocol("b"));
    let some = some.unwrap();
    let line = "Sec-WebSocket-Protocol: a";
    table(
        &none,
        &[("X", line, Some(ResponseError::SubprotocolUnrequested))],
    );
    let mismatch = Some(ResponseError::SubprotocolMismatch);
    table(
        &some,
        &[
            ("X", "", None),
            ("X", "Sec-WebSocket-Protocol: b", None),
            ("X", "Sec-WebSocket-Protocol: z", mismatch),
            ("X", "Sec-WebSocket-Protocol: A", mismatch),
            ("X", "Sec-WebSocket-Protocol: a, b", mismatch),
            ("X", "Sec-WebSocket-Protocol:", mismatch),
            ("X", "Sec-WebSocket-Protocol: \u{e9}", mismatch),
            (
                "X",
                &format!("{line}\r\n{line}"),
                Some(ResponseError::SubprotocolRepeated),
            ),
        ],
    );
    assert_eq!(
        established(&some, &response("X", line))
            .subprotocol
            .as_deref(),
        Some("a")
    );
    assert_eq!(established(&some, &plain()).subprotocol, None);
    let required = some.require_subprotocol(true);
    assert_eq!(
        failed(&required, &plain()),
        ResponseError::SubprotocolMissing
    );
    established(&required, &response("X", line));
    // Requiring one of none would refuse every server.
    established(&none.require_subprotocol(true), &plain());
}

// RFC 6455 §4.1-5, §9.1
#[test]
fn hc13_extensions_pass_through_as_text() {
    let offering = request().with_extensions("a, b").unwrap();
    let text = response(
        "X",
        "Sec-WebSocket-Extensions: a; c=1\r\nSec-WebSocket-Extensions: b",
    );
    assert_eq!(
        established(&offering, &text).extensions.as_deref(),
        Some("a; c=1, b")
    );
    assert_eq!(
        failed(&request(), &text),
        ResponseError::ExtensionsUnrequested
    );
    assert_eq!(established(&offering, &plain()).extensions, None);
    for line in [
        "Sec-WebSocket-Extensions:",
        "Sec-WebSocket-Extensions: caf\u{e9}",
    ] {
        assert_eq!(
            failed(&offering, &response("X", line)),
            ResponseError::Extensions
        );
    }
}
