//! Versions 4 to 8, and what is special in version 4.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::*;
use crate::client::ClientHandshake;
use crate::error::RequestError;
use crate::hixie::tests::{config, serve};
use crate::request::Request;
use crate::response::Accept;
use crate::server::ServerHandshake;
use crate::version::Versions;

const CLIENT: Nonce = Nonce::new(*b"the sample nonce");
/// `H+cNj5elaybfGIQv1esl2w==`
const SERVER: Nonce = Nonce::new([
    0x1f, 0xe7, 0x0d, 0x8f, 0x97, 0xa5, 0x6b, 0x26, 0xdf, 0x18, 0x84, 0x2f, 0xd5, 0xeb, 0x25, 0xdb,
]);
const KEY: [u8; 20] = [
    0x63, 0x22, 0xa2, 0xad, 0xc0, 0x2b, 0xc4, 0x33, 0xe3, 0x89, 0x6d, 0x34, 0x41, 0x0b, 0x74, 0xbb,
    0x77, 0x39, 0xf9, 0x60,
];

const NONCE: &str = "Sec-WebSocket-Nonce: H+cNj5elaybfGIQv1esl2w==\r\n";

const HYBI: [Version; 5] = [
    Version::Hybi4,
    Version::Hybi5,
    Version::Hybi6,
    Version::Hybi7,
    Version::Hybi8,
];

fn request(version: Version) -> String {
    format!(
        "GET /chat HTTP/1.1\r\n\
         Host: server.example.com\r\n\
         Upgrade: websocket\r\n\
         Connection: Upgrade\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Origin: http://server.example.com\r\n\
         Sec-WebSocket-Protocol: chat, sample\r\n\
         Sec-WebSocket-Extensions: a\r\n\
         Sec-WebSocket-Version: {}\r\n\r\n",
        version.wire_number().unwrap()
    )
}

fn accept() -> Accept {
    Accept {
        nonce: Some(SERVER),
        ..Accept::default()
    }
}

fn start(text: &str) -> Result<crate::Requested, RequestError> {
    let handshake = ServerHandshake::start(&config());
    match handshake.receive(&mut text.as_bytes(), &mut Vec::new())? {
        ServerHandshake::Requested(requested) => Ok(requested),
        other => panic!("{other:?}"),
    }
}

#[test]
fn connection_and_frame_keys_are_hashes() {
    let [client, server] = [CLIENT, SERVER].map(Nonce::key);
    assert_eq!(server, "H+cNj5elaybfGIQv1esl2w==");
    assert_eq!(connection_key(client.as_bytes(), server.as_bytes()), KEY);
    let frame = sha1(&[&[1, 2, 3, 4][..], &KEY].concat());
    assert_eq!(frame[..8], [0xe0, 0xa4, 0x0b, 0x43, 0x89, 0x06, 0x38, 0x6f]);
}

#[test]
fn dh2_dh4_requests_are_answered_byte_for_byte() {
    for version in HYBI {
        let (established, out, left) = serve(&config(), &accept(), request(version).as_bytes());
        let established = established.unwrap().expect("complete");
        let (nonce, key) = match version {
            Version::Hybi4 => (NONCE, Some(KEY)),
            _ => ("", None),
        };
        assert_eq!(
            String::from_utf8(out).unwrap(),
            format!(
                "HTTP/1.1 101 Switching Protocols\r\n\
                 Upgrade: websocket\r\n\
                 Connection: Upgrade\r\n\
                 Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\
                 {nonce}Sec-WebSocket-Protocol: sample\r\n\r\n"
            )
        );
        assert_eq!((established.version, left), (version, 0));
        assert_eq!(established.connection_key, key);
        let offer = start(&request(version)).unwrap();
        assert_eq!(offer.offer().origin(), Some("http://server.example.com"));
    }
}

#[test]
fn versions_before_7_know_no_extensions() {
    for version in HYBI {
        let requested = start(&request(version)).unwrap();
        let has_extensions = matches!(version, Version::Hybi7 | Version::Hybi8);
        assert_eq!(requested.offer().extensions().is_some(), has_extensions);
        let accept = Accept {
            extensions: Some("a".into()),
            ..accept()
        };
        let misuse = requested.respond(accept).err();
        let expected = Some(Misuse::ExtensionsNotOffered).filter(|_| !has_extensions);
        assert_eq!(misuse, expected);
    }
}

#[test]
fn version_4_wants_a_nonce_of_the_server() {
    for version in HYBI {
        let mut out = Vec::new();
        let result = start(&request(version))
            .unwrap()
            .accept(Accept::default(), &mut out);
        let expected = Some(Misuse::NonceMissing).filter(|_| version == Version::Hybi4);
        assert_eq!(result.err(), expected);
        assert_eq!(out.starts_with(b"HTTP/1.1 500 "), expected.is_some());
    }
}

#[test]
fn every_version_gets_the_same_checks() {
    let accepted = Versions::ALL;
    for version in HYBI {
        for (from, to, expected) in [
            ("GET", "POST", RequestError::Method),
            ("Host:", "X:", RequestError::Host),
            ("Upgrade:", "X:", RequestError::Upgrade { accepted }),
            ("Connection:", "X:", RequestError::Connection),
            ("Key: dG", "Key: d", RequestError::Key),
            ("Origin: ", "Origin: x", RequestError::OriginForbidden),
            (
                "http://server",
                "http://evil",
                RequestError::OriginForbidden,
            ),
            ("chat, ", "sample, ", RequestError::Subprotocols),
            (
                "Extensions: a",
                "Extensions: \u{e9}",
                RequestError::Extensions,
            ),
        ] {
            let text = request(version);
            assert!(text.contains(from));
            let result = start(&text.replace(from, to));
            assert_eq!(result.err(), Some(expected), "{to}");
        }
    }
}

#[test]
fn clients_ask_and_judge() {
    for version in HYBI {
        let request = Request::from_url("ws://server.example.com/chat")
            .unwrap()
            .with_version(version)
            .and_then(|request| request.with_subprotocol("chat"))
            .and_then(|request| request.with_extensions("a"))
            .and_then(|request| request.with_field("Origin", "http://server.example.com"))
            .unwrap();
        let mut out = Vec::new();
        let _ = ClientHandshake::start(&request, CLIENT, &mut out);
        let extensions = match version {
            Version::Hybi7 | Version::Hybi8 => "Sec-WebSocket-Extensions: a\r\n",
            _ => "",
        };
        assert_eq!(
            String::from_utf8(out).unwrap(),
            format!(
                "GET /chat HTTP/1.1\r\n\
                 Host: server.example.com\r\n\
                 Upgrade: websocket\r\n\
                 Connection: Upgrade\r\n\
                 Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
                 Sec-WebSocket-Version: {}\r\n\
                 Sec-WebSocket-Protocol: chat\r\n\
                 Sec-WebSocket-Origin: http://server.example.com\r\n\
                 {extensions}\r\n",
                version.wire_number().unwrap()
            )
        );
        let bad = ResponseError::Draft(DraftResponseError::Nonce);
        for (nonce, expected) in [
            (NONCE, Ok(KEY)),
            ("", Err(bad)),
            ("Sec-WebSocket-Nonce:\r\n", Err(bad)),
            ("Sec-WebSocket-Nonce: H+cNj5elaybfGIQv1esl2\r\n", Err(bad)),
            (&NONCE.repeat(2), Err(bad)),
        ] {
            let text = format!(
                "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{nonce}\
                 Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
            );
            let waiting = ClientHandshake::start(&request, CLIENT, &mut Vec::new());
            let result = waiting
                .receive(&mut text.as_bytes())
                .map(|next| match next {
                    ClientHandshake::Established(established, _) => established.connection_key,
                    other => panic!("{other:?}"),
                });
            // Other versions do not look at it.
            let expected = match version {
                Version::Hybi4 => expected.map(Some),
                _ => Ok(None),
            };
            assert_eq!(
                result.map_err(|error| (error, nonce)),
                expected.map_err(|error| (error, nonce))
            );
        }
    }
}
