//! A server's handshake, from the request's bytes to the response's.

use futures::io::AllowStdIo;
use hybi::handshake::{Accept, ServerConfig, ServerHandshake};
use hybi_bench::wire;
use sockudo_ws::handshake::{build_response, generate_accept_key, parse_request};
use soketto::handshake::Server;
use soketto::handshake::server::Response;
use tokio_tungstenite::tungstenite;

use super::memory::{Memory, now};
use super::{Clock, Row};

pub(super) const WHAT: &str = "a server's handshake, about 400 B of request";

/// So many handshakes are done in one go.
const COUNT: usize = 100;

pub(super) fn row(clock: Clock) -> Row {
    let request = wire::request(9001);
    let best = |f: &mut dyn FnMut()| clock.best(COUNT, || (0..COUNT).for_each(|_| f()));
    let mut out = Vec::new();
    let floor = best(&mut || {
        out.clear();
        wire::respond(&request, &mut out).expect("valid");
    });
    let config = ServerConfig::default();
    let ours = best(&mut || {
        out.clear();
        let mut input = &request[..];
        let handshake = ServerHandshake::start(&config).receive(&mut input, &mut out);
        let Ok(ServerHandshake::Requested(requested)) = handshake else {
            unreachable!("the request is whole");
        };
        requested
            .accept(Accept::default(), &mut out)
            .expect("valid");
    });
    Row {
        what: WHAT,
        unit: "each",
        bytes: None,
        floor,
        ours,
        peers: vec![
            (
                "sockudo",
                best(&mut || {
                    let parsed = parse_request(&request).expect("valid").expect("whole").0;
                    let accept = generate_accept_key(parsed.key);
                    std::hint::black_box(build_response(&accept, None, None));
                }),
            ),
            (
                "soketto",
                best(&mut || {
                    let memory = AllowStdIo::new(Memory::new(&request, request.len()));
                    let mut server = Server::new(memory);
                    let key = now(server.receive_request()).expect("valid").key();
                    let accept = Response::Accept {
                        key,
                        protocol: None,
                    };
                    now(server.send_response(&accept)).expect("valid");
                }),
            ),
            (
                "tungstenite",
                best(&mut || {
                    let memory = Memory::new(&request, request.len());
                    std::hint::black_box(tungstenite::accept(memory).expect("valid"));
                }),
            ),
        ],
    }
}
