//! A15, A30: opening handshakes that go wrong, and what they show of secrets.

use core::fmt::{Debug, Display};

use futures::future::join;
use hybi_testkit::pipe::duplex;
use hybi_tests::World;
use ws_futures::{Error, WebSocket, accept, connect, read_request};
use ws_handshake::{Request, Status};

use crate::{SECOND, client_options, put, server_options, taken};

/// A refusal whose body breaks off: the status counts, not how the rest was lost.
#[test]
fn a15_refusal_is_told_though_its_body_is_cut() {
    for (head, resets) in [
        (
            "HTTP/1.1 403 Forbidden\r\nContent-Length: 100\r\n\r\n",
            true,
        ),
        (
            "HTTP/1.1 403 Forbidden\r\nContent-Length: 100\r\n\r\n",
            false,
        ),
        // Up to the end of the transport, which never comes.
        ("HTTP/1.1 403 Forbidden\r\n\r\n", false),
    ] {
        let (near, mut raw) = duplex(1 << 16);
        let probe = raw.probe();
        let mut world = World::new();
        let connecting = world.spawn(async move {
            let request = Request::from_url("ws://localhost/").unwrap();
            connect(near, &request, &client_options()).await.map(|_| ())
        });
        world.settle();
        put(&mut raw, format!("{head}no").as_bytes());
        world.settle();
        assert!(!connecting.is_done());
        if resets {
            probe.reset();
            world.settle();
        } else {
            world.advance(11 * SECOND);
        }
        let end = connecting.take().expect("it is told");
        let Err(Error::Rejected(response)) = end else {
            panic!("{head:?}, reset: {resets}: {end:?}")
        };
        assert_eq!(response.status(), Status::FORBIDDEN);
    }
}

#[test]
fn a_socket_that_was_taken_apart_is_the_same_again() {
    let (near, far) = duplex(1 << 16);
    World::new().run(async move {
        let request = Request::from_url("ws://localhost/").unwrap();
        let request = request.with_subprotocol("chat").unwrap();
        let mut options = server_options();
        options.handshake.subprotocols = vec!["chat".into()];
        let client = client_options();
        let (client, server) = join(connect(near, &request, &client), accept(far, &options)).await;
        let (mut client, _) = client.unwrap();
        client.send("before").await.unwrap();
        let mut server = server.unwrap();
        server.outbox().try_feed("unsent").unwrap();
        let mut server = WebSocket::from_parts(server.into_parts(), &options);
        assert_eq!(server.subprotocol(), Some("chat"));
        assert_eq!(server.statistics().sent.messages, 1);
        assert!(matches!(server.receive().await, Ok(Some(_))));
        server.flush().await.unwrap();
        assert!(matches!(client.receive().await, Ok(Some(_))));
    });
}

#[test]
fn a30_secrets_are_not_shown() {
    const SECRETS: [&str; 4] = ["sesame", "alibaba", "token1", "YWxpYmFiYTpzZXNhbWU"];

    fn hides(what: &(impl Debug + ?Sized)) {
        let shown = format!("{what:?} {what:#?}");
        for secret in SECRETS {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
    }

    fn hides_both(what: &(impl Debug + Display)) {
        hides(what);
        let shown = what.to_string();
        for secret in SECRETS {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
    }

    let request = Request::from_url("ws://alibaba:sesame@localhost/")
        .unwrap()
        .with_field("Cookie", "session=token1")
        .unwrap()
        .with_field("X-Api-Key", "token1")
        .unwrap();
    hides(&request);
    hides(&client_options());
    for url in [
        "ws://alibaba:sesame@",
        "ws://alibaba:sesame@:0x/",
        "ftp://alibaba:sesame@localhost/",
        "ws://alibaba:sesame%00@localhost/",
        "ws://ali%3Ababa:sesame@localhost/",
        "ws://alibaba:sesame@localhost/#there",
    ] {
        hides_both(&Request::from_url(url).unwrap_err());
        hides_both(&Error::from(Request::from_url(url).unwrap_err()));
    }
    // What goes over the wire does hold them, but neither end shows what it has read.
    let (near, mut raw) = duplex(1 << 16);
    let mut world = World::new();
    let refused = world.spawn(async move {
        let connected = connect(near, &request, &client_options()).await;
        hides_both(&connected.map(|_| ()).unwrap_err());
    });
    world.settle();
    let wire = taken(&mut raw);
    let head = str::from_utf8(&wire).unwrap();
    assert!(SECRETS[2..].iter().all(|secret| head.contains(secret)));
    put(
        &mut raw,
        b"HTTP/1.1 401 Unauthorized\r\nSet-Cookie: token1\r\nContent-Length: 0\r\n\r\n",
    );
    let (near, mut raw) = duplex(1 << 16);
    put(&mut raw, &wire);
    let read = world.spawn(async move {
        let incoming = read_request(near, &server_options()).await;
        hides(&incoming.expect("a request"));
    });
    world.settle();
    assert!(refused.is_done() && read.is_done());
}
