//! Offers and answers that are wrong, and what both ends are told: RFC 6455 §9.1, RFC 7692 §5.

use futures::{AsyncReadExt, AsyncWriteExt};
use hybi::extensions::NegotiationError;
use hybi::{Deflate, Error, Options, Request};
use hybi_testkit::pipe::duplex;

use crate::{bits, echo, expect, pair, run, sent, text};

fn request(extensions: &str) -> String {
    format!(
        "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Extensions: {extensions}\r\n\r\n"
    )
}

// RFC 6455 §9.1: a header that does not follow the grammar fails the connection.
#[test]
fn an_offer_that_cannot_be_read_is_answered_with_400() {
    for offer in [
        "permessage-deflate; =",
        "permessage-deflate; client_max_window_bits=",
        "permessage-deflate,, ;",
        "permessage-deflate; a=\"unfinished",
    ] {
        run(async {
            let (near, mut far) = duplex(4096);
            far.write_all(request(offer).as_bytes()).await.unwrap();
            let options = Options::server().with_deflate(Deflate::new());
            let answer = async {
                let mut answer = Vec::new();
                far.read_to_end(&mut answer).await.unwrap();
                String::from_utf8(answer).unwrap()
            };
            let (error, answer) = futures::join!(hybi::accept(near, &options), answer);
            let error = error.expect_err("it is refused");
            let syntax = match &error {
                Error::Extensions(why) => matches!(**why, NegotiationError::Syntax(_)),
                _ => false,
            };
            assert!(syntax, "{offer}: {error:?}");
            assert!(answer.starts_with("HTTP/1.1 400 "), "{offer}: {answer}");
            assert!(answer.ends_with(&error.to_string()), "{offer}: {answer}");
        });
    }
}

// RFC 7692 §5.1 and §7.1: what a server cannot grant it declines, and nothing fails.
#[test]
fn an_offer_that_cannot_be_granted_is_passed_over() {
    for (offer, granted) in [
        ("permessage-deflate; unknown", None),
        ("permessage-deflate; server_max_window_bits=16", None),
        ("permessage-deflate; server_no_context_takeover=1", None),
        ("x-webkit-deflate-frame", None),
        (
            "permessage-deflate; server_max_window_bits=7, permessage-deflate",
            Some("permessage-deflate"),
        ),
        (
            "unknown; a=1, permessage-deflate; server_max_window_bits=\"10\"",
            Some("permessage-deflate; server_max_window_bits=10"),
        ),
    ] {
        run(async {
            let (near, mut far) = duplex(4096);
            far.write_all(request(offer).as_bytes()).await.unwrap();
            let options = Options::server().with_deflate(Deflate::new());
            let mut socket = hybi::accept(near, &options).await.unwrap();
            let mut head = vec![0; 4096];
            let len = far.read(&mut head).await.unwrap();
            let head = core::str::from_utf8(&head[..len]).unwrap();
            let answer = head.lines().find_map(|line| {
                let (name, value) = line.split_once(": ")?;
                name.eq_ignore_ascii_case("Sec-WebSocket-Extensions")
                    .then_some(value)
            });
            assert_eq!(answer, granted, "{offer}: {head}");
            assert_eq!(socket.extensions(), granted, "{offer}");
            let message = text(1000);
            socket.send(&*message).await.unwrap();
            assert_eq!(sent(&socket) < 500, granted.is_some(), "{offer}");
        });
    }
}

// RFC 6455 §4.1: an answer that was not offered fails the client.
#[test]
fn an_answer_that_was_not_offered_fails_the_client() {
    let plain = || Options::client();
    let deflate = || Options::client().with_deflate(Deflate::new());
    let forgetting =
        || Options::client().with_deflate(Deflate::new().request_no_context_takeover(true));
    let small = || Options::client().with_deflate(Deflate::new().request_max_window_bits(bits(10)));
    let cases: [(fn() -> Options, &str, &str); 11] = [
        (plain, "permessage-deflate", "none were offered"),
        (deflate, "x-other", "not offered"),
        (deflate, "permessage-deflate, x-other", "not offered"),
        (deflate, "permessage-deflate, permessage-deflate", "twice"),
        (
            deflate,
            "permessage-deflate; server_max_window_bits=16",
            "within 8 to 15",
        ),
        (
            deflate,
            "permessage-deflate; client_max_window_bits",
            "client_max_window_bits",
        ),
        (deflate, "permessage-deflate; unknown", "unknown"),
        (
            forgetting,
            "permessage-deflate",
            "server_no_context_takeover",
        ),
        (small, "permessage-deflate", "server_max_window_bits"),
        (
            small,
            "permessage-deflate; server_max_window_bits=11",
            "server_max_window_bits",
        ),
        (deflate, "permessage-deflate; =", ""),
    ];
    for (options, answer, told) in cases {
        run(async {
            let (near, mut far) = duplex(4096);
            let request = Request::from_url("ws://localhost/").unwrap();
            let options = options();
            let serve = async {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    let mut byte = [0];
                    far.read_exact(&mut byte).await.unwrap();
                    head.push(byte[0]);
                }
                let head = String::from_utf8(head).unwrap();
                let key = head.lines().find_map(|line| {
                    let (name, value) = line.split_once(": ")?;
                    name.eq_ignore_ascii_case("Sec-WebSocket-Key")
                        .then_some(value)
                });
                let accept = hybi::handshake::accept_key(key.expect("a key").as_bytes());
                let response = format!(
                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
                     Connection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\
                     Sec-WebSocket-Extensions: {answer}\r\n\r\n"
                );
                far.write_all(response.as_bytes()).await.unwrap();
                // The client has gone.
                let mut rest = Vec::new();
                far.read_to_end(&mut rest).await.unwrap();
                assert!(rest.is_empty(), "{rest:?}");
            };
            let connect = async { hybi::connect(near, &request, &options).await.err() };
            let (error, ()) = futures::join!(connect, serve);
            let error = error.expect("it fails");
            match error {
                // Where none are offered, the handshake itself sees that.
                Error::Response(_) => assert!(options.extensions.is_empty(), "{error:?}"),
                Error::Extensions(_) => {}
                _ => panic!("{answer}: {error:?}"),
            }
            assert!(error.to_string().contains(told), "{answer}: {error}");
        });
    }
}

/// What is told in the answer is what the client asked for, as far as the server has to.
#[test]
fn wishes_are_in_the_answer() {
    let cases: [(Deflate, Deflate, &str); 4] = [
        (Deflate::new(), Deflate::new(), "permessage-deflate"),
        (
            Deflate::new().request_no_context_takeover(true),
            Deflate::new(),
            "permessage-deflate; server_no_context_takeover",
        ),
        (
            Deflate::new().request_max_window_bits(bits(9)),
            Deflate::new().request_no_context_takeover(true),
            "permessage-deflate; client_no_context_takeover; server_max_window_bits=9",
        ),
        (
            Deflate::new().max_window_bits(bits(12)),
            Deflate::new().request_max_window_bits(bits(8)),
            "permessage-deflate; client_max_window_bits=8",
        ),
    ];
    for (client, server, answer) in cases {
        run(async {
            let mut ends = pair(client, server).await;
            assert_eq!(ends.granted.as_deref(), Some(answer));
            let session = async {
                ends.client.send("works").await.unwrap();
                expect(&mut ends.client, "works").await;
                ends.client.close(None).await.unwrap()
            };
            let (closure, end) = futures::join!(session, echo(&mut ends.server));
            assert!(closure.is_clean() && end.is_ok());
        });
    }
}
