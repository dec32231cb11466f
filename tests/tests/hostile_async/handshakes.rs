//! HS03, HS04, HS28, HS29, HC15, HC22: opening handshakes over transports that are slow, silent,
//! cut or given up.

use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use std::io::ErrorKind;

use hybi_testkit::pipe::{Behaviour, Fault, duplex, pipe};
use hybi_tests::World;
use ws_futures::{Error, accept, accept_with, connect};
use ws_handshake::{Reject, Request, Status};

use crate::{SECOND, client_options, lasts, put, server_options, taken};

const REQUEST: &str = "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

fn request() -> Request {
    Request::from_url("ws://localhost/").expect("a URL")
}

// The deadline is for the whole handshake, so bytes that keep coming do not move it.
#[test]
fn hs03_hs04_slow_or_silent_client_gets_408() {
    for slow in [true, false] {
        let (near, mut raw) = duplex(1 << 16);
        let mut world = World::new();
        let accepting = world.spawn(async move { accept(near, &server_options()).await.map(drop) });
        world.settle();
        for byte in REQUEST.bytes().take(9) {
            if slow {
                put(&mut raw, &[byte]);
            }
            world.advance(SECOND);
            assert!(!accepting.is_done());
        }
        lasts(&mut world, &accepting, 2 * SECOND);
        assert!(matches!(
            accepting.take(),
            Some(Err(Error::HandshakeTimedOut))
        ));
        assert!(taken(&mut raw).starts_with(b"HTTP/1.1 408 "));
    }
}

#[test]
fn hs28_application_refuses_a_client_that_has_gone() {
    let (near, mut raw) = duplex(1 << 16);
    put(&mut raw, REQUEST.as_bytes());
    let mut raw = Some(raw);
    let end = World::new().run(async move {
        accept_with(near, &server_options(), |_| {
            raw.take();
            Err(Reject::new(Status::FORBIDDEN).expect("a refusal"))
        })
        .await
        .map(drop)
    });
    assert!(matches!(end, Err(Error::Refused)), "{end:?}");
}

#[test]
fn hs29_response_in_single_bytes_or_cut_at_each() {
    let narrow = || Behaviour::default().max_write(1);
    let accepted = |behaviour: Behaviour| {
        let (near, mut raw) = pipe(behaviour, Behaviour::default());
        let probe = near.probe();
        put(&mut raw, REQUEST.as_bytes());
        let mut world = World::new();
        let accepting = world.spawn(async move { accept(near, &server_options()).await.map(drop) });
        lasts(&mut world, &accepting, 11 * SECOND);
        let end = accepting.take().expect("it is done");
        (end, taken(&mut raw), probe.calls())
    };
    let (end, response, calls) = accepted(narrow());
    assert!(
        end.is_ok() && response.starts_with(b"HTTP/1.1 101 "),
        "{end:?}"
    );
    assert!(calls > response.len() as u64, "a write for each byte");
    // The first call reads the request; those that follow write the response.
    for call in 2..=response.len() as u64 + 1 {
        let fault = Fault::Error(ErrorKind::ConnectionReset);
        let (end, cut, _) = accepted(narrow().fail_at(call, fault));
        assert!(matches!(end, Err(Error::Io(_))), "call {call}: {end:?}");
        assert!(response.starts_with(&cut) && cut.len() < response.len());
    }
}

#[test]
fn hc15_reset_at_each_byte_of_the_response() {
    let response = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";
    for cut in 0..response.len() {
        let (near, mut raw) = duplex(1 << 16);
        let probe = raw.probe();
        let mut world = World::new();
        let connecting = world.spawn(async move {
            connect(near, &request(), &client_options())
                .await
                .map(|_| ())
        });
        world.settle();
        put(&mut raw, &response.as_bytes()[..cut]);
        world.settle();
        assert!(!connecting.is_done(), "cut {cut}");
        probe.reset();
        world.settle();
        let end = connecting.take();
        assert!(matches!(end, Some(Err(Error::Io(_)))), "cut {cut}: {end:?}");
    }
}

// A server that gets to see each byte alone makes a wait of each.
#[test]
fn hc22_connect_that_is_given_up_at_any_wait_closes_its_transport() {
    for waits in 0.. {
        let narrow = Behaviour::default().capacity(1);
        let (near, far) = pipe(narrow.clone(), narrow);
        let (options, request) = (client_options(), request());
        let mut connecting = Some(Box::pin(connect(near, &request, &options)));
        let server_options = server_options();
        let mut accepting = pin!(accept(far, &server_options));
        let mut cx = Context::from_waker(Waker::noop());
        let mut done = false;
        for _ in 0..waits {
            if let Some(future) = &mut connecting {
                done = future.as_mut().poll(&mut cx).is_ready();
            }
            // The server is done when it has written the last byte, which the client then reads.
            done = done || accepting.as_mut().poll(&mut cx).is_ready();
            if done {
                break;
            }
        }
        if done || waits > 2000 {
            assert!((50..2000).contains(&waits), "{waits} waits");
            return;
        }
        connecting.take();
        // What was written may still be read; then the server sees the transport end.
        let end = (0..4).find_map(|_| match accepting.as_mut().poll(&mut cx) {
            Poll::Ready(end) => Some(end),
            Poll::Pending => None,
        });
        assert!(matches!(end, Some(Err(_))), "after {waits}");
    }
}
