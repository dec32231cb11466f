//! A13, A14, A16 to A20, A24: ends of connections, and time.

use core::time::Duration;

use futures::future::join;
use futures::io::{AsyncReadExt, AsyncWriteExt};
use hybi_testkit::pair::Seen;
use hybi_testkit::pipe::Behaviour;
use hybi_testkit::wire::{self, Frame};
use hybi_tests::World;
use ws_driver::Timer;
use ws_futures::{CloseCode, CloseFrame, Closure, Error, Event, KeepAlive, WebSocket};

use crate::{
    SECOND, both, client_and_raw, client_options, lasts, masked, receive_all, server_and_raw,
    server_options,
};

const GOOD: fn() -> Behaviour = Behaviour::default;
const FRAME: CloseFrame<'static> = CloseFrame {
    code: CloseCode::GOING_AWAY,
    reason: "bye",
};

// RFC 6455 §5.5.1: the answer is sent though the peer sends no more.
#[test]
fn a13_half_close_after_close() {
    let (mut socket, mut raw) = server_and_raw(GOOD(), GOOD());
    let ((seen, end), answer) = World::new().run(join(
        async move { receive_all(&mut socket).await },
        async move {
            raw.write_all(&masked(Frame::close(1000, "done")))
                .await
                .unwrap();
            raw.close().await.unwrap();
            let mut answer = Vec::new();
            raw.read_to_end(&mut answer).await.unwrap();
            answer
        },
    ));
    assert_eq!(seen, [Seen::Close(Some((1000, "done".into())))]);
    assert!(end.is_ok(), "{end:?}");
    assert_eq!(wire::frames(&answer), [Frame::close(1000, "done")]);
}

// RFC 6455 §7.1.5 calls it 1006.
#[test]
fn a13_half_close_without_close() {
    for cut in [0, 1, 6, 9] {
        let (mut socket, mut raw) = server_and_raw(GOOD(), GOOD());
        let bytes = masked(Frame::text("whole"));
        let ((seen, end), ()) = World::new().run(join(
            async move {
                let all = receive_all(&mut socket).await;
                assert!(matches!(socket.closure(), Some(Closure::Failed(_))));
                assert!(
                    matches!(socket.receive().await, Ok(None)),
                    "the error came once"
                );
                all
            },
            async move {
                raw.write_all(&bytes).await.unwrap();
                raw.write_all(&bytes[..cut]).await.unwrap();
                raw.close().await.unwrap();
            },
        ));
        assert_eq!(seen, [Seen::Text("whole".into())], "cut at {cut}");
        let eof = matches!(end, Err(Error::Protocol(ws_driver::Error::UnexpectedEof)));
        assert!(eof, "cut at {cut}: {end:?}");
    }
}

// RFC 6455 §7.1.1: the client waits for the server to end the transport, but not for ever.
#[test]
fn a14_server_that_does_not_end_the_transport() {
    let (mut socket, mut raw) = client_and_raw(GOOD(), GOOD());
    let probe = socket.io().probe();
    let mut world = World::new();
    let closing = world.spawn(async move { socket.close(Some(FRAME)).await.unwrap() });
    world.settle();
    world.spawn(async move {
        raw.write_all(&Frame::close(1001, "bye").bytes())
            .await
            .unwrap();
        raw.read_to_end(&mut Vec::new()).await.unwrap();
        core::future::pending::<()>().await;
    });
    let passed = lasts(&mut world, &closing, 6 * SECOND);
    assert!(passed >= SECOND * 49 / 10, "{passed:?}");
    assert!(
        closing.take().unwrap().is_clean(),
        "both Closes were exchanged"
    );
    assert!(probe.is_closed());
}

#[test]
fn a16_pulled_cable() {
    let (mut client, mut server) = both(GOOD(), GOOD());
    let probe = client.io().probe();
    let mut world = World::new();
    let ends = [
        world.spawn(async move { receive_all(&mut client).await }),
        world.spawn(async move { receive_all(&mut server).await }),
    ];
    world.advance(7 * SECOND);
    probe.sever();
    for end in &ends {
        lasts(&mut world, end, 41 * SECOND);
        let (_, result) = end.take().unwrap();
        let timer = matches!(
            result,
            Err(Error::Protocol(ws_driver::Error::TimedOut(Timer::Pong)))
        );
        assert!(timer, "{result:?}");
    }
}

// RFC 6455 §5.5.3: a Pong answers the ping that it repeats, and all before it.
#[test]
fn a17_pongs_that_are_late_wrong_or_twice() {
    let (mut socket, mut raw) = server_and_raw(GOOD(), GOOD());
    World::new().run(async move {
        let mut ids = Vec::new();
        for payload in [b"1", b"2", b"3"] {
            ids.push(socket.ping(payload).await.unwrap());
        }
        let rows = [
            (&b"2"[..], Some(ids[1])),
            (b"1", None),
            (b"2", None),
            (b"wrong", None),
            (b"", None),
            (b"3", Some(ids[2])),
            (b"3", None),
        ];
        for (payload, expected) in rows {
            raw.write_all(&masked(Frame::pong(payload))).await.unwrap();
            let event = socket.receive().await.unwrap();
            let Some(Event::Pong {
                payload: seen,
                answers,
            }) = event
            else {
                panic!("{event:?}")
            };
            assert_eq!((seen, answers), (payload, expected));
        }
    });
}

#[test]
fn a18_close_that_is_never_answered() {
    for is_client in [false, true] {
        let (mut socket, raw) = if is_client {
            client_and_raw(GOOD(), GOOD())
        } else {
            server_and_raw(GOOD(), GOOD())
        };
        let probe = socket.io().probe();
        let mut world = World::new();
        let closing = world.spawn(async move { socket.close(Some(FRAME)).await.unwrap() });
        let passed = lasts(&mut world, &closing, 6 * SECOND);
        assert!(passed >= SECOND * 49 / 10, "{passed:?}");
        let closure = closing.take().unwrap();
        let timed_out = Closure::Failed(ws_driver::Error::TimedOut(Timer::Close));
        assert_eq!(closure, timed_out, "client: {is_client}");
        assert!(probe.is_closed());
        drop(raw);
    }
}

#[test]
fn a19_data_without_end_after_our_close() {
    for is_client in [false, true] {
        let (mut socket, mut raw) = if is_client {
            client_and_raw(GOOD(), GOOD())
        } else {
            server_and_raw(GOOD(), GOOD())
        };
        let mut world = World::new();
        let closing = world.spawn(async move { socket.close(Some(FRAME)).await.unwrap() });
        world.settle();
        let flood = world.spawn(async move {
            let frame = Frame::binary([0; 1000]);
            let bytes = if is_client {
                frame.bytes()
            } else {
                masked(frame)
            };
            let mut sent = 0_usize;
            while raw.write_all(&bytes).await.is_ok() {
                sent += bytes.len();
            }
            sent
        });
        lasts(&mut world, &closing, 6 * SECOND);
        assert!(!closing.take().unwrap().is_clean());
        world.settle();
        let sent = flood.take().expect("the transport is gone");
        // A message that was under way, and 1 MiB before and behind the end.
        let message = if is_client { 64 } else { 16 };
        assert!(sent <= (message + 3) << 20, "{sent} bytes were taken");
    }
}

#[test]
fn a20_dropped_after_the_peers_close() {
    let (mut socket, mut raw) = server_and_raw(GOOD(), GOOD());
    World::new().run(async move {
        raw.write_all(&masked(Frame::close_empty())).await.unwrap();
        assert!(matches!(
            socket.receive().await,
            Ok(Some(Event::Close(None)))
        ));
        drop(socket);
        let mut rest = Vec::new();
        raw.read_to_end(&mut rest).await.unwrap();
        assert!(raw.write_all(b"x").await.is_err(), "nobody is there");
    });
}

#[test]
fn a24_durations_of_any_length() {
    for duration in [Duration::ZERO, Duration::from_nanos(1), Duration::MAX] {
        for which in 0..4 {
            let mut options = server_options();
            let connection = &mut options.connection;
            // An interval of nothing would be pings without end.
            let interval = if duration == Duration::MAX {
                duration
            } else {
                SECOND
            };
            let keep_alive = |interval, timeout| Some(KeepAlive { interval, timeout });
            let timeout = duration;
            match which {
                0 => connection.keep_alive = keep_alive(interval, SECOND),
                1 => connection.keep_alive = keep_alive(SECOND, timeout),
                2 => connection.idle_timeout = Some(timeout),
                _ => connection.close_timeout = timeout,
            }
            let (near, far) = hybi_testkit::pipe(GOOD(), GOOD());
            let mut server = WebSocket::server(near, &options);
            let mut client = WebSocket::client(far, &client_options()).unwrap();
            let mut world = World::new();
            let ends = [
                world.spawn(async move { receive_all(&mut server).await.1.is_ok() }),
                world.spawn(async move { receive_all(&mut client).await.1.is_ok() }),
            ];
            // Some of them end at once and some never; none panics or spins.
            world.advance(30 * SECOND);
            let done = ends.map(|end| end.is_done());
            assert_eq!(done[0], done[1], "{which} {duration:?}");
        }
    }
}

#[test]
fn a24_ten_years_pass() {
    let mut options = server_options();
    options.connection.keep_alive = None;
    options.connection.idle_timeout = Some(Duration::from_secs(20 * 365 * 24 * 3600));
    let (near, far) = hybi_testkit::pipe(GOOD(), GOOD());
    let mut server = WebSocket::server(near, &options);
    let mut client = WebSocket::client(far, &client_options()).unwrap();
    let mut world = World::new();
    let serving = world.spawn(async move { receive_all(&mut server).await });
    world.advance(Duration::from_secs(10 * 365 * 24 * 3600));
    assert!(!serving.is_done());
    let closure = world.run(async move {
        client.send("still here").await.unwrap();
        client.close(None).await.unwrap()
    });
    assert!(closure.is_clean());
    world.settle();
    let (seen, _) = serving.take().unwrap();
    assert_eq!(seen, [Seen::Text("still here".into()), Seen::Close(None)]);
}
