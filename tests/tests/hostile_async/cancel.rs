//! A01 to A04, A06, A25: futures that are dropped before they are done.

use core::pin::pin;
use core::sync::atomic::{AtomicUsize, Ordering};
use core::task::{Context, Poll, Waker};
use std::sync::Arc;
use std::task::Wake;

use futures::future::join;
use futures::io::{AsyncReadExt, AsyncWriteExt};
use futures::{FutureExt, pending, poll};
use hybi_testkit::pair::Seen;
use hybi_testkit::pipe::{Behaviour, Pending, pipe};
use hybi_testkit::wire::{self, Frame};
use hybi_tests::World;
use ws_futures::{CloseCode, CloseFrame, Closure, Error, Kind, connect};
use ws_handshake::Request;

use crate::{both, client_and_raw, client_options, masked, receive_all, server_and_raw};

const GOOD: fn() -> Behaviour = Behaviour::default;

/// What a session of all kinds of frames looks like.
fn session() -> (Vec<u8>, Vec<Seen>) {
    let large: Vec<u8> = (0..=255).cycle().take(70_000).collect();
    let frames = [
        Frame::text("first"),
        Frame::text("héll").fragment(),
        Frame::ping("?"),
        Frame::continuation("ö"),
        Frame::binary(&large),
        Frame::binary(&large[..9000]).fragment(),
        Frame::pong("!"),
        Frame::continuation(&large[9000..]),
        Frame::close(1001, "bye"),
    ];
    let seen = vec![
        Seen::Text("first".into()),
        Seen::Ping(b"?".to_vec()),
        Seen::Text("héllö".into()),
        Seen::Binary(large.clone()),
        Seen::Pong {
            payload: b"!".to_vec(),
            answers: None,
        },
        Seen::Binary(large),
        Seen::Close(Some((1001, "bye".into()))),
    ];
    (frames.map(masked).concat(), seen)
}

#[test]
fn a01_receive_is_dropped_at_every_poll() {
    let (bytes, expected) = session();
    let behaviours = [
        GOOD(),
        GOOD().max_read(1),
        GOOD().max_read(7).pending(Pending::Every(2)),
        GOOD()
            .max_read(1000)
            .pending(Pending::Random(5))
            .max_write(1),
    ];
    for behaviour in behaviours {
        let (mut socket, mut raw) = server_and_raw(behaviour.clone(), GOOD().capacity(500));
        let bytes = bytes.clone();
        let ours = async move {
            let mut seen: Vec<Seen> = Vec::new();
            loop {
                // Polled once, and dropped.
                let polled = poll!(pin!(socket.receive().map(|event| match event {
                    Ok(event) => event.map(Seen::from),
                    Err(error) => panic!("{error:?}"),
                })));
                match polled {
                    Poll::Ready(Some(event)) => seen.push(event),
                    Poll::Ready(None) => return seen,
                    Poll::Pending => pending!(),
                }
            }
        };
        let theirs = async move {
            raw.write_all(&bytes).await.unwrap();
            let mut answer = Vec::new();
            raw.read_to_end(&mut answer).await.unwrap();
            answer
        };
        let (seen, answer) = World::new().run(join(ours, theirs));
        assert_eq!(seen, expected, "{behaviour:?}");
        assert_eq!(
            wire::frames(&answer),
            [Frame::pong("?"), Frame::close(1001, "bye")]
        );
    }
}

#[test]
fn a02_send_is_dropped_after_every_byte() {
    for len in [300_usize, 40_000] {
        let large: Vec<u8> = (0..=255).cycle().take(len).collect();
        let mut taken: Vec<usize> = (0..300).collect();
        taken.extend((300..len + 20).step_by(997));
        for taken in taken {
            for is_client in [false, true] {
                let few = GOOD().capacity(taken);
                let (mut socket, mut raw) = if is_client {
                    client_and_raw(few, GOOD())
                } else {
                    server_and_raw(few, GOOD())
                };
                let probe = socket.io().probe();
                let message = large.clone();
                let sending = async move {
                    // Either it was all taken, or it is dropped in the middle.
                    let _ = poll!(pin!(socket.send(&message[..])));
                    probe.change(|behaviour| behaviour.capacity(1 << 20));
                    socket.send("second").await.unwrap();
                };
                World::new().run(sending);
                let written = World::new().run(async move {
                    let mut written = Vec::new();
                    raw.read_to_end(&mut written).await.unwrap();
                    written
                });
                let frames: Vec<Frame> = wire::frames(&written)
                    .into_iter()
                    .map(Frame::unmasked)
                    .collect();
                let expected = [Frame::binary(&large), Frame::text("second")];
                assert!(
                    frames == expected,
                    "dropped after {taken} of {len}: {frames:?}"
                );
            }
        }
    }
}

// RFC 6455 §5.4: what was begun must be finished before anything else.
#[test]
fn a03_streamed_message_is_dropped_between_fragments() {
    let (mut socket, mut raw) = server_and_raw(GOOD(), GOOD());
    World::new().run(async move {
        {
            let mut writer = socket.message_writer(Kind::Text).unwrap();
            writer.write(b"one ").await.unwrap();
        }
        let refused = socket.send("other").await;
        assert!(matches!(refused, Err(Error::Misuse(_))), "{refused:?}");
        assert!(socket.message_writer(Kind::Text).is_err());
        socket.ping(b"still open").await.unwrap();
        let mut writer = socket.resume_message_writer().unwrap();
        writer.write(b"two").await.unwrap();
        writer.finish().await.unwrap();
        socket.send("other").await.unwrap();
        drop(socket);
        let mut written = Vec::new();
        raw.read_to_end(&mut written).await.unwrap();
        let [first, ping, middle, last, other] = &wire::frames(&written)[..] else {
            panic!("{:?}", wire::frames(&written))
        };
        assert_eq!(*first, Frame::text("one ").fragment());
        assert_eq!(*ping, Frame::ping("still open"));
        assert_eq!(*middle, Frame::continuation("two").fragment());
        assert_eq!(*last, Frame::continuation(""));
        assert_eq!(*other, Frame::text("other"));
    });
}

#[test]
fn a03_streamed_message_may_end_with_the_connection() {
    let (mut client, mut server) = both(GOOD(), GOOD());
    let (closure, (seen, end)) = World::new().run(join(
        async move {
            {
                let mut writer = client.message_writer(Kind::Binary).unwrap();
                writer.write(b"never finished").await.unwrap();
            }
            client.close(None).await.unwrap()
        },
        async move { receive_all(&mut server).await },
    ));
    assert!(closure.is_clean(), "{closure:?}");
    assert_eq!(seen, [Seen::Close(None)]);
    assert!(end.is_ok(), "{end:?}");
}

#[test]
fn a04_close_is_dropped_at_every_poll() {
    let slow = GOOD().max_read(1).max_write(1).pending(Pending::Every(2));
    let (mut client, mut server) = both(slow, GOOD());
    let frame = CloseFrame {
        code: CloseCode::GOING_AWAY,
        reason: "bye",
    };
    let ((closure, again), (seen, _)) = World::new().run(join(
        async move {
            let closure = loop {
                match poll!(pin!(client.close(Some(frame)))) {
                    Poll::Ready(closure) => break closure.unwrap(),
                    Poll::Pending => pending!(),
                }
            };
            (closure, client.close(None).await.unwrap())
        },
        async move { receive_all(&mut server).await },
    ));
    assert!(matches!(
        closure,
        Closure::Clean {
            code: Some(CloseCode::GOING_AWAY),
            ..
        }
    ));
    assert_eq!(again, closure, "idempotent");
    assert_eq!(seen, [Seen::Close(Some((1001, "bye".into())))], "once");
}

#[test]
fn a04_close_from_both_halves_and_both_ends() {
    let (client, mut server) = both(GOOD(), GOOD());
    let probe = client.io().probe();
    let (mut sender, mut receiver) = client.split();
    let mut world = World::new();
    let closing = world.spawn(async move {
        sender.close(None).await.unwrap();
        sender.close(None).await.unwrap();
    });
    let receiving = world.spawn(async move {
        assert!(receiver.receive().await.unwrap().is_none());
        receiver.closure().unwrap()
    });
    let closure = world.run(async move { server.close(None).await.unwrap() });
    world.settle();
    assert!(closure.is_clean(), "{closure:?}");
    assert!(closing.is_done());
    assert!(receiving.take().unwrap().is_clean());
    assert!(probe.is_closed());
}

#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn a06_the_last_waker_is_woken() {
    let (mut socket, mut raw) = server_and_raw(GOOD(), GOOD());
    let counts = [(); 3].map(|()| Arc::new(Count::default()));
    for count in &counts {
        let waker = Waker::from(Arc::clone(count));
        let mut cx = Context::from_waker(&waker);
        assert!(pin!(socket.receive()).poll_unpin(&mut cx).is_pending());
    }
    let write = masked(Frame::text("x"));
    assert!(raw.write_all(&write).now_or_never().unwrap().is_ok());
    let woken = counts
        .each_ref()
        .map(|count| count.0.load(Ordering::Relaxed));
    assert_eq!(woken[2], 1, "{woken:?}");
    assert!(matches!(socket.receive().now_or_never(), Some(Ok(Some(_)))));
}

#[test]
fn a25_connects_are_cancelled_at_any_time() {
    let request = Request::from_url("ws://localhost/").unwrap();
    let response = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n";
    for polls in 0..response.len() {
        let (near, mut far) = pipe(GOOD().max_write(3), GOOD());
        let probe = near.probe();
        let (request, options) = (request.clone(), client_options());
        let mut world = World::new();
        world.spawn(async move {
            connect(near, &request, &options)
                .await
                .map(|_| ())
                .unwrap_err();
        });
        world.settle();
        let wrote = far.write_all(&response[..polls]).now_or_never();
        assert!(wrote.unwrap().is_ok());
        world.settle();
        assert!(!probe.is_closed(), "it still waits");
        world.drop_tasks();
        assert!(probe.is_closed(), "nothing is left of it");
    }
}
