//! Both handshakes at every split, server and client.

use alloc::format;
use alloc::vec;

use super::*;
use crate::error::Misuse;
use crate::policy::Origins;
use crate::response::Accept;
use crate::version::Versions;
use ws_http::{HeadError, InvalidField};

mod client;
mod server;

pub(crate) fn config() -> ServerConfig {
    ServerConfig {
        versions: Versions::ALL,
        subprotocols: vec!["sample".into()],
        ..ServerConfig::default()
    }
}

/// What became of a request, what was written, and how much of the input stayed.
pub(crate) type Served = (Result<Option<Established>, RequestError>, Vec<u8>, usize);

fn serve_pieces(config: &ServerConfig, accept: &Accept, pieces: &[&[u8]]) -> Served {
    let mut out = Vec::new();
    let mut handshake = ServerHandshake::start(config);
    for (i, piece) in pieces.iter().enumerate() {
        let mut input = *piece;
        let later = || pieces[i + 1..].iter().map(|piece| piece.len());
        loop {
            let step = match handshake.receive(&mut input, &mut out) {
                Ok(ServerHandshake::Requested(requested)) => {
                    assert!(out.is_empty(), "the application has not decided");
                    requested.accept(accept.clone(), &mut out).unwrap()
                }
                Ok(step) => step,
                Err(error) => {
                    assert!(input.is_empty());
                    return (Err(error), out, 0);
                }
            };
            handshake = match step {
                ServerHandshake::NeedsInput(next) => next,
                ServerHandshake::Established(established) => {
                    let left = input.len() + later().sum::<usize>();
                    return (Ok(Some(established)), out, left);
                }
                ServerHandshake::Requested(_) => panic!("it has been accepted"),
            };
            if input.is_empty() {
                break;
            }
        }
    }
    (Ok(None), out, 0)
}

/// The outcome, the same in one piece, at every split point and byte by byte.
pub(crate) fn serve(config: &ServerConfig, accept: &Accept, bytes: &[u8]) -> Served {
    let whole = serve_pieces(config, accept, &[bytes]);
    for at in 1..bytes.len() {
        let (first, second) = bytes.split_at(at);
        let cut = serve_pieces(config, accept, &[first, second]);
        assert_eq!(cut, whole, "cut at {at}");
    }
    let single: Vec<_> = bytes.chunks(1).collect();
    let cut = serve_pieces(config, accept, &single);
    assert_eq!(cut, whole, "byte by byte");
    whole
}

/// Both sides, with each other.
pub(crate) fn agree(request: &Request, accept: &Accept) -> (Established, Established) {
    let (mut to_server, mut to_client) = (Vec::new(), Vec::new());
    let client = ClientHandshake::start(request, Nonce::new([7; 16]), &mut to_server);
    to_server.extend_from_slice(b"to the server");
    let (server, out, left) = serve(&config(), accept, &to_server);
    let server = server
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&to_server)))
        .expect("complete");
    assert_eq!(left, 13);
    to_client.extend_from_slice(&out);
    to_client.extend_from_slice(b"to the client");
    let mut input = &to_client[..];
    let Ok(ClientHandshake::Established(client, _)) = client.receive(&mut input) else {
        panic!("not established: {}", String::from_utf8_lossy(&to_client));
    };
    assert_eq!(input, b"to the client");
    (server, client)
}

#[test]
fn both_sides_agree_in_every_version() {
    for version in Versions::ALL.iter() {
        for url in ["ws://example.com/chat?a=b", "ws://[::1]:9001"] {
            let request = Request::from_url(url)
                .unwrap()
                .with_version(version)
                .and_then(|request| request.with_subprotocol("sample"))
                .and_then(|request| request.with_field("User-Agent", "kettle/1"))
                .and_then(|request| request.with_extensions("a"))
                .unwrap();
            let accept = Accept {
                nonce: Some(Nonce::new([9; 16])),
                ..Accept::default()
            };
            let (server, client) = agree(&request, &accept);
            assert_eq!(server, client);
            assert_eq!(server.version, version);
            assert_eq!(server.subprotocol.as_deref(), Some("sample"));
            assert_eq!(server.connection_key.is_some(), version == Version::Hybi4);
        }
    }
}
