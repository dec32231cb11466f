//! Properties that hold for any bytes, for fuzz targets and property tests.
//!
//! The first four bytes of the data choose the cuts, the rest is what arrives. Whoever calls these
//! wants a panic when a property does not hold; nothing else in this crate panics.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use ws_http::fuzzing::{Cuts, seed};

use crate::client::ClientHandshake;
use crate::config::ServerConfig;
use crate::key::Nonce;
use crate::request::Request;
use crate::response::Accept;
use crate::server::ServerHandshake;
#[cfg(feature = "drafts")]
use crate::version::Versions;

/// A server decides the same however a request is cut, and either answers or leaves the rest.
///
/// With the feature `drafts` the first bit of the data chooses whether every version is accepted.
///
/// # Panics
///
/// If the property does not hold.
pub fn server(data: &[u8]) {
    let Some((seed, data)) = seed::<4>(data) else {
        return;
    };
    let mut config = ServerConfig::default();
    config.subprotocols.push("chat".into());
    #[cfg(feature = "drafts")]
    if seed[0] & 1 == 1 {
        config.versions = Versions::ALL;
    }
    let whole = run_server(&config, core::iter::once(data), data.len());
    let cut = Cuts::new(data, u32::from_le_bytes(seed));
    let cut = run_server(&config, cut, data.len());
    assert_eq!(cut, whole);
}

/// What became of it, what was written, and how many of `len` bytes stayed in the input.
fn run_server<'a>(
    config: &ServerConfig,
    pieces: impl Iterator<Item = &'a [u8]>,
    len: usize,
) -> (String, Vec<u8>, usize) {
    let mut handshake = ServerHandshake::start(config);
    let mut out = Vec::new();
    // What the application saw, once it has accepted.
    let mut seen = None;
    let mut taken = 0;
    for piece in pieces {
        let mut input = piece;
        loop {
            let before = (input.len(), out.len());
            let result = handshake.receive(&mut input, &mut out);
            taken += before.0 - input.len();
            let next = match result {
                Ok(ServerHandshake::Requested(requested)) => {
                    assert!(out.is_empty() && seen.is_none());
                    let offer = requested.offer();
                    seen = Some(format!(
                        "{:?} {:?} {requested:?}",
                        offer.path(),
                        offer.query()
                    ));
                    let accept = Accept {
                        #[cfg(feature = "drafts")]
                        nonce: Some(Nonce::new([1; 16])),
                        ..Accept::default()
                    };
                    requested
                        .accept(accept, &mut out)
                        .expect("the default is right")
                }
                Ok(next) => {
                    assert!(matches!(next, ServerHandshake::Established(_)) || input.is_empty());
                    next
                }
                Err(error) => {
                    assert!(input.is_empty() && seen.is_none());
                    assert!(out.starts_with(b"HTTP/1.1 4") || out.starts_with(b"HTTP/1.1 505"));
                    return (format!("{error:?}"), out, 0);
                }
            };
            handshake = match next {
                ServerHandshake::NeedsInput(next) => {
                    assert!(seen.is_some() || out.is_empty());
                    next
                }
                ServerHandshake::Established(established) => {
                    let seen = seen.expect("somebody has accepted");
                    return (format!("{seen} {established:?}"), out, len - taken);
                }
                ServerHandshake::Requested(requested) => panic!("accepted: {requested:?}"),
            };
            if input.is_empty() {
                break;
            }
        }
    }
    (format!("waiting {seen:?}"), out, 0)
}

/// A client judges the same however a response is cut, and keeps no more than it says.
///
/// The right `Sec-WebSocket-Accept` is `ICX+Yqv66kxgM0FcWaLWlFLwTAI=`. With the feature `drafts`
/// the first three bits of the data choose the version; the right digest of hixie-76 is
/// `faa40a43808d096c5fda607f551e33ca`.
///
/// # Panics
///
/// If the property does not hold.
pub fn client(data: &[u8]) {
    let Some((seed, data)) = seed::<4>(data) else {
        return;
    };
    let request = Request::ws("example.com", "/")
        .expect("an authority and a target")
        .with_subprotocol("chat")
        .and_then(|request| request.with_extensions("permessage-deflate"))
        .expect("tokens");
    #[cfg(feature = "drafts")]
    let request = {
        let version = Versions::ALL.iter().nth(usize::from(seed[0] & 7));
        let version = version.expect("there are eight");
        request.with_version(version).expect("one subprotocol")
    };
    let whole = run_client(&request, core::iter::once(data), data.len());
    let cut = Cuts::new(data, u32::from_le_bytes(seed));
    let cut = run_client(&request, cut, data.len());
    assert_eq!(cut, whole);
}

/// What became of it, and how many of `len` bytes stayed in the input.
fn run_client<'a>(
    request: &Request,
    pieces: impl Iterator<Item = &'a [u8]>,
    len: usize,
) -> (String, usize) {
    let mut handshake = ClientHandshake::start(request, Nonce::new([0; 16]), &mut Vec::new());
    let mut taken = 0;
    for piece in pieces {
        let mut input = piece;
        let result = handshake.receive(&mut input);
        taken += piece.len() - input.len();
        handshake = match result {
            Ok(ClientHandshake::NeedsInput(next)) => {
                assert!(input.is_empty());
                next
            }
            Ok(ClientHandshake::Rejected(response)) => {
                assert!(input.is_empty() && response.body().len() <= 64 * 1024);
                return (format!("{response:?}"), 0);
            }
            Ok(established) => return (format!("{established:?}"), len - taken),
            Err(error) => {
                assert!(input.is_empty());
                return (format!("{error:?}"), 0);
            }
        };
    }
    (format!("{:?}", handshake.receive_eof()), 0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Lines without which nothing gets far: none, those of every message, those of hixie requests,
    /// those of hixie responses.
    const RIGHT: [&str; 4] = [
        "",
        "Upgrade: websocket\r\nConnection: Upgrade\r\nHost: example.com\r\n",
        "Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5\r\nSec-WebSocket-Key2: 1 2\r\n\
            Origin: http://example.com\r\n",
        "Sec-WebSocket-Origin: http://example.com\r\nWebSocket-Origin: http://example.com\r\n\
            Sec-WebSocket-Location: ws://example.com/\r\nWebSocket-Location: ws://example.com/\r\n",
    ];

    /// What a client of hixie-76 expects.
    const DIGEST: [u8; 16] = 0xfaa4_0a43_808d_096c_5fda_607f_551e_33ca_u128.to_be_bytes();

    /// Lines that matter to a handshake, right and wrong, so that many get far.
    fn lines() -> impl Strategy<Value = String> {
        let line = prop::sample::select(alloc::vec![
            "Host: example.com",
            "Host: a b",
            "Upgrade: websocket",
            "Upgrade: h2c",
            "Connection: Upgrade",
            "Connection: close",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Version: 8",
            "Sec-WebSocket-Version: 4",
            "Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5",
            "Sec-WebSocket-Key2: 12998 5 Y3 1  .P00",
            "Sec-WebSocket-Key2: 1",
            "Sec-WebSocket-Nonce: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Location: ws://example.com/",
            "Sec-WebSocket-Origin: http://example.com",
            "WebSocket-Location: ws://example.com/",
            "WebSocket-Origin: http://example.com",
            "WebSocket-Protocol: chat",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Accept: ICX+Yqv66kxgM0FcWaLWlFLwTAI=",
            "Sec-WebSocket-Accept: x",
            "Sec-WebSocket-Protocol: chat",
            "Sec-WebSocket-Protocol: a, a",
            "Sec-WebSocket-Extensions: permessage-deflate",
            "Origin: http://example.com",
            "Content-Length: 5",
            "Transfer-Encoding: chunked",
            "X: y",
        ]);
        let first = prop::sample::select(alloc::vec![
            "GET / HTTP/1.1",
            "GET /a?b HTTP/1.1",
            "GET http://example.com HTTP/1.1",
            "GET / HTTP/1.0",
            "HTTP/1.1 101 x",
            "HTTP/1.1 403 x",
            "HTTP/1.1 100 x\r\n\r\nHTTP/1.1 101 x",
        ]);
        (
            first,
            prop::collection::vec(line, 0..9),
            // A chunk, the digest that a client of hixie-76 expects, or neither.
            "([0-9a-f]\r\n|DIGEST)?.{0,20}",
            0..RIGHT.len(),
        )
            .prop_map(|(first, lines, behind, right)| {
                let right = RIGHT[..=right].concat();
                format!("{first}\r\n{right}{}\r\n\r\n{behind}", lines.join("\r\n"))
            })
    }

    proptest! {
        #[test]
        fn any_bytes_come_to_the_same_however_cut(data: Vec<u8>) {
            server(&data);
            client(&data);
        }

        #[test]
        fn near_handshakes_come_to_the_same_however_cut(text in lines(), seed: u32) {
            let (head, behind) = text.split_once("DIGEST").unwrap_or((&text, ""));
            let digest = if head.len() < text.len() { &DIGEST[..] } else { &[] };
            let seed = &seed.to_le_bytes()[..];
            let data = [seed, head.as_bytes(), digest, behind.as_bytes()].concat();
            server(&data);
            client(&data);
        }
    }

    #[cfg(feature = "drafts")]
    #[test]
    fn the_documented_digest_is_right() {
        let request = Request::from_url("ws://example.com/").unwrap();
        let request = request.with_version(crate::Version::Hixie76).unwrap();
        let right = RIGHT.concat();
        let head = format!("HTTP/1.1 101 x\r\n{right}\r\n");
        let response = [head.as_bytes(), &DIGEST].concat();
        let (outcome, left) = run_client(&request, core::iter::once(&response[..]), response.len());
        assert!(outcome.contains("Established"), "{outcome}");
        assert_eq!(left, 0);
    }

    #[test]
    fn the_documented_accept_is_right() {
        let key = Nonce::new([0; 16]).key();
        assert_eq!(
            crate::accept_key(key.as_bytes()),
            "ICX+Yqv66kxgM0FcWaLWlFLwTAI="
        );
    }
}
