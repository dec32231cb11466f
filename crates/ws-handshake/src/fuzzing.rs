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

/// A server decides the same however a request is cut, and either answers or leaves the rest.
///
/// # Panics
///
/// If the property does not hold.
pub fn server(data: &[u8]) {
    let Some((seed, data)) = seed::<4>(data) else {
        return;
    };
    let whole = run_server(core::iter::once(data), data.len());
    let cut = run_server(Cuts::new(data, u32::from_le_bytes(seed)), data.len());
    assert_eq!(cut, whole);
}

/// What became of it, what was written, and how many of `len` bytes stayed in the input.
fn run_server<'a>(pieces: impl Iterator<Item = &'a [u8]>, len: usize) -> (String, Vec<u8>, usize) {
    let mut config = ServerConfig::default();
    config.subprotocols.push("chat".into());
    let mut handshake = ServerHandshake::start(&config);
    let mut out = Vec::new();
    let mut taken = 0;
    for piece in pieces {
        let mut input = piece;
        let result = handshake.receive(&mut input, &mut out);
        taken += piece.len() - input.len();
        handshake = match result {
            Ok(ServerHandshake::NeedsInput(next)) => {
                assert!(input.is_empty() && out.is_empty());
                next
            }
            Ok(ServerHandshake::Requested(requested)) => {
                assert!(out.is_empty());
                let offer = requested.offer();
                let seen = format!("{:?} {:?} {requested:?}", offer.path(), offer.query());
                let accept = Accept::default();
                let accepted = requested
                    .accept(accept, &mut out)
                    .expect("the default is right");
                return (format!("{seen} {accepted:?}"), out, len - taken);
            }
            Ok(established @ ServerHandshake::Established(_)) => {
                panic!("nobody has accepted: {established:?}");
            }
            Err(error) => {
                assert!(input.is_empty());
                assert!(out.starts_with(b"HTTP/1.1 4") || out.starts_with(b"HTTP/1.1 505"));
                return (format!("{error:?}"), out, 0);
            }
        };
    }
    (String::from("waiting"), out, 0)
}

/// A client judges the same however a response is cut, and keeps no more than it says.
///
/// The right `Sec-WebSocket-Accept` is `ICX+Yqv66kxgM0FcWaLWlFLwTAI=`.
///
/// # Panics
///
/// If the property does not hold.
pub fn client(data: &[u8]) {
    let Some((seed, data)) = seed::<4>(data) else {
        return;
    };
    let whole = run_client(core::iter::once(data), data.len());
    let cut = run_client(Cuts::new(data, u32::from_le_bytes(seed)), data.len());
    assert_eq!(cut, whole);
}

/// What became of it, and how many of `len` bytes stayed in the input.
fn run_client<'a>(pieces: impl Iterator<Item = &'a [u8]>, len: usize) -> (String, usize) {
    let request = Request::from_url("ws://example.com/")
        .expect("a URL")
        .with_subprotocol("chat")
        .and_then(|request| request.with_extensions("permessage-deflate"))
        .expect("tokens");
    let mut handshake = ClientHandshake::start(&request, Nonce::new([0; 16]), &mut Vec::new());
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
            "([0-9a-f]\r\n)?.{0,20}",
            any::<bool>(),
        )
            .prop_map(|(first, lines, behind, right)| {
                let right = if right {
                    "Upgrade: websocket\r\nConnection: Upgrade\r\nHost: example.com\r\n"
                } else {
                    ""
                };
                format!(
                    "seed{first}\r\n{right}{}\r\n\r\n{behind}",
                    lines.join("\r\n")
                )
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
            let data = [&seed.to_le_bytes(), &text.as_bytes()[4..]].concat();
            server(&data);
            client(&data);
        }
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
