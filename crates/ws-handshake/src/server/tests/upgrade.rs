//! What RFC 6455 asks of a request.

use super::*;

const NAME: &str = "Sec-WebSocket-Version";

// RFC 6455 §4.2.1
#[test]
fn hs08_every_subset_of_the_fields() {
    let config = ServerConfig::default();
    for subset in 0_u32..1 << 5 {
        let has = |index: u32| subset & 1 << (index - 1) != 0;
        let mut text = format!("{}\r\n", LINES[0]);
        for (index, line) in (0..).zip(LINES).skip(1).filter(|(index, _)| has(*index)) {
            text.extend([line, "\r\n"]);
            assert!(index > 0);
        }
        text += "\r\n";
        if subset == 0b11111 {
            accepted(&config, text.as_bytes());
            continue;
        }
        let [host, upgrade, connection, key, version] = [1, 2, 3, 4, 5].map(has);
        let expected = match () {
            () if !host => RequestError::Host,
            () if !upgrade => RequestError::Upgrade { accepted: VERSIONS },
            () if !connection => RequestError::Connection,
            // Without either it could be a client of hixie-75.
            () if !version && !key => RequestError::VersionUnsupported { accepted: VERSIONS },
            () if !version => RequestError::VersionMissing { accepted: VERSIONS },
            () => RequestError::Key,
        };
        assert_eq!(refused(&config, text.as_bytes()), expected, "{text}");
    }
}

// RFC 6455 §4.4; RFC 9110 §15.5.22
#[test]
fn hs08_hs09_upgrade_required_says_to_what() {
    for text in [
        request("Upgrade", ""),
        request("Sec-WebSocket-Version", "Sec-WebSocket-Version: 777"),
    ] {
        let (_, out, _) = receive(&ServerConfig::default(), text.as_bytes());
        let fields = "HTTP/1.1 426 Upgrade Required\r\n\
            Upgrade: websocket\r\n\
            Sec-WebSocket-Version: 13, 8, 7\r\n\
            Connection: close, Upgrade\r\n";
        assert!(out.starts_with(fields), "{out}");
    }
    let (_, out, _) = receive(
        &ServerConfig::default(),
        request("Sec-WebSocket-V", "").as_bytes(),
    );
    assert!(
        out.starts_with("HTTP/1.1 400 Bad Request\r\nSec-WebSocket-Version: 13, 8, 7\r\n"),
        "{out}"
    );
}

// RFC 6455 §4.2.1-6, §4.4
#[test]
fn hs09_versions() {
    let unsupported = Some(RequestError::VersionUnsupported { accepted: VERSIONS });
    table(&[
        (NAME, "Sec-WebSocket-Version:  13 ", None),
        (NAME, "Sec-WebSocket-Version: 777", unsupported),
        (NAME, "Sec-WebSocket-Version: 13, 8", unsupported),
        (NAME, "Sec-WebSocket-Version:", unsupported),
        (NAME, "Sec-WebSocket-Version: 13abc", unsupported),
        (NAME, "Sec-WebSocket-Version: 0", unsupported),
        (NAME, "Sec-WebSocket-Version: \u{e9}", unsupported),
        (NAME, "Sec-WebSocket-Version: 8", None),
        (NAME, "Sec-WebSocket-Version: 7", None),
        (NAME, "Sec-WebSocket-Version: 6", unsupported),
        (NAME, "Sec-WebSocket-Version: 4", unsupported),
        (
            NAME,
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Version: 13",
            Some(RequestError::VersionRepeated),
        ),
        (
            NAME,
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Version: 8",
            Some(RequestError::VersionRepeated),
        ),
    ]);
    // hixie-75, hixie-76 and drafts 01 to 03 in the form in which their clients wrote.
    for marks in [
        "",
        "Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5\r\nSec-WebSocket-Key2: 12998 5 Y3 1  .P00\r\n",
        "Sec-WebSocket-Draft: 2\r\nSec-WebSocket-Key1: 4 @1  46546xW%0l 1 5\r\n",
    ] {
        let text = format!(
            "GET /demo HTTP/1.1\r\nHost: example.com\r\nConnection: Upgrade\r\n{marks}\
             Upgrade: WebSocket\r\nOrigin: http://example.com\r\n\r\n^n:ds[4U"
        );
        assert_eq!(
            Some(refused(&ServerConfig::default(), text.as_bytes())),
            unsupported
        );
    }
}

// RFC 6455 §4.4
#[test]
fn versions_are_switched_off_one_by_one() {
    let config = ServerConfig {
        versions: Versions::default().without(Version::Hybi8),
        ..ServerConfig::default()
    };
    let version = |number| request(NAME, &format!("{NAME}: {number}"));
    for number in [13, 7] {
        accepted(&config, version(number).as_bytes());
    }
    let (_, out, _) = receive(&config, version(8).as_bytes());
    assert!(
        out.contains("\r\nSec-WebSocket-Version: 13, 7\r\n"),
        "{out}"
    );
}

// Drafts 07 to 10 say it in another field; 11 and 12 have the number of 08, but not the field.
#[test]
fn hs25_origins_of_versions_7_and_8() {
    for (number, origin, other, admitted) in [
        (8, Some("http://example.com"), None, true),
        (8, Some("http://evil.example"), None, false),
        (7, None, Some("http://example.com"), true),
        (7, None, Some("http://evil.example"), false),
        (8, None, None, true),
        // One that is right does not make up for one that is wrong.
        (
            8,
            Some("http://example.com"),
            Some("http://evil.example"),
            false,
        ),
        (
            8,
            Some("http://evil.example"),
            Some("http://example.com"),
            false,
        ),
        // In version 13 it is a field like any other.
        (
            13,
            Some("http://example.com"),
            Some("http://evil.example"),
            true,
        ),
    ] {
        let mut lines = vec![format!("{NAME}: {number}")];
        lines.extend(origin.map(|origin| format!("Origin: {origin}")));
        lines.extend(other.map(|origin| format!("Sec-WebSocket-Origin: {origin}")));
        let text = request(NAME, &lines.join("\r\n"));
        if admitted {
            let requested = accepted(&ServerConfig::default(), text.as_bytes());
            assert_eq!(requested.offer().origin(), origin.or(other), "{text}");
        } else {
            let error = refused(&ServerConfig::default(), text.as_bytes());
            assert_eq!(error, RequestError::OriginForbidden, "{text}");
        }
    }
    let twice = format!(
        "{NAME}: 8\r\n{}",
        ["Sec-WebSocket-Origin: http://example.com"; 2].join("\r\n")
    );
    let error = refused(&ServerConfig::default(), request(NAME, &twice).as_bytes());
    assert_eq!(error, RequestError::OriginForbidden);
}

// RFC 6455 §4.2.1-3, -4
#[test]
fn hs10_old_versions_get_the_same_checks() {
    for version in ["13", "8", "7"] {
        for (name, expected) in [
            ("Connection", RequestError::Connection),
            ("Upgrade", RequestError::Upgrade { accepted: VERSIONS }),
        ] {
            let text = request(name, "").replace("Version: 13", &format!("Version: {version}"));
            assert_eq!(refused(&ServerConfig::default(), text.as_bytes()), expected);
        }
    }
}

// RFC 6455 §4.2.1-5
#[test]
fn hs11_hs12_hs19_keys() {
    const NAME: &str = "Sec-WebSocket-Key";
    let bad = Some(RequestError::Key);
    table(&[
        (NAME, "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAB==", None),
        (NAME, "Sec-WebSocket-Key: JFBCWHksyIpXV+6Wlq/9pw", bad),
        (NAME, "Sec-WebSocket-Key: JFBCWHksyIpXV+6Wlq/9pw===", bad),
        (NAME, "Sec-WebSocket-Key: JFBCWHksyIpXV+6Wlq*9pw==", bad),
        (NAME, "Sec-WebSocket-Key: JFBCWHksyIpXV+6Wlq/9pwo=", bad),
        (NAME, "Sec-WebSocket-Key:", bad),
        (NAME, "Sec-WebSocket-Key: caf\u{e9}", bad),
        (
            NAME,
            "Sec-WebSocket-Key: JFBCWHksyIpXV+6Wlq/9pw==\r\nSec-WebSocket-Key: JFBCWHksyIpXV+6Wlq/9pw==",
            bad,
        ),
    ]);
}

// RFC 6455 §4.2.1-3, -4
#[test]
fn hs15_hs16_upgrade_and_connection_are_lists() {
    let upgrade = Some(RequestError::Upgrade { accepted: VERSIONS });
    let connection = Some(RequestError::Connection);
    table(&[
        ("Connection", "Connection: keep-alive, Upgrade", None),
        ("Connection", "Connection: upgrade", None),
        (
            "Connection",
            "Connection: keep-alive\r\nConnection: Upgrade",
            None,
        ),
        ("Upgrade", "Upgrade: h2c, WebSocket", None),
        ("Upgrade", "upgrade: WEBSOCKET", None),
        ("Connection", "Connection: Upgradex", connection),
        ("Connection", "Connection: keep-alive", connection),
        ("Connection", "Connection:", connection),
        ("Upgrade", "Upgrade: websocketx", upgrade),
        ("Upgrade", "Upgrade: web socket", upgrade),
        ("Upgrade", "Upgrade: h2c", upgrade),
    ]);
}
