//! A10 to A12, F51, U15: peers that are too slow, and peers that are too fast.

use core::cell::Cell;
use core::time::Duration;
use std::rc::Rc;

use futures::future::join;
use futures::io::{AsyncReadExt, AsyncWriteExt};
use hybi_testkit::pair::Seen;
use hybi_testkit::pipe::{Behaviour, pipe};
use hybi_testkit::wire::{self, Frame};
use hybi_tests::World;
use ws_futures::{Error, Event, Message, WebSocket};

use crate::{masked, receive_all, server_and_raw, server_options};

const GOOD: fn() -> Behaviour = Behaviour::default;

// U15 as well: what is not read stays with the peer.
#[test]
fn a10_application_that_does_not_read() {
    let (mut socket, mut raw) = server_and_raw(GOOD(), GOOD());
    let (probe, theirs) = (socket.io().probe(), raw.probe());
    let mut world = World::new();
    let sent = Rc::new(Cell::new(0_usize));
    let counted = Rc::clone(&sent);
    world.spawn(async move {
        let frame = masked(Frame::binary([0; 1000]));
        while raw.write_all(&frame).await.is_ok() {
            counted.set(counted.get() + frame.len());
        }
    });
    let reading = world.spawn(async move {
        assert!(matches!(
            socket.receive().await,
            Ok(Some(Event::Message(_)))
        ));
        // Busy with something else.
        core::future::pending::<()>().await;
        drop(socket);
    });
    world.advance(Duration::from_secs(10));
    let (sent_once, reads) = (sent.get(), probe.statistics().reads);
    assert!(!reading.is_done());
    assert!(
        sent_once <= 3 * (64 << 10),
        "{sent_once} bytes are under way"
    );
    assert!(theirs.unread() >= 60_000, "the pipe is full");
    world.advance(Duration::from_secs(1000));
    assert_eq!(
        (sent.get(), probe.statistics().reads),
        (sent_once, reads),
        "and nothing moves"
    );
}

#[test]
fn a11_peer_that_does_not_read() {
    let mut options = server_options();
    options.write_timeout = Duration::from_secs(1000);
    options.write_buffer = 10_000;
    options.max_write_buffer = 50_000;
    options.connection.keep_alive = None;
    let (near, mut far) = pipe(GOOD().capacity(0), GOOD());
    let probe = near.probe();
    let mut socket = WebSocket::server(near, &options);
    // What cannot wait is refused at the hard limit.
    let mut added = 0_usize;
    let refused = loop {
        match socket.outbox().try_feed(&[0; 3000][..]) {
            Ok(()) => added += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(refused, Error::WriteBufferFull), "{refused:?}");
    assert!((3..=17).contains(&added), "{added}");
    assert!(socket.buffered() <= 50_000, "{}", socket.buffered());
    // What can wait does, and comes in order when there is room.
    let mut world = World::new();
    let sending = world.spawn(async move {
        socket.feed("waits").await.unwrap();
        socket.flush().await.unwrap();
    });
    world.advance(Duration::from_secs(100));
    assert!(!sending.is_done());
    probe.change(|behaviour| behaviour.capacity(100));
    let written = world.run(async move {
        let mut written = Vec::new();
        far.read_to_end(&mut written).await.unwrap();
        written
    });
    let frames = wire::frames(&written);
    assert_eq!(frames.len(), added + 1);
    assert_eq!(frames.last(), Some(&Frame::text("waits")));
}

// A message that has no room yet waits; it is not refused because something small is before it.
#[test]
fn a11_large_message_behind_a_small_one_waits() {
    for half in [false, true] {
        let mut options = server_options();
        options.write_buffer = 10_000;
        options.max_write_buffer = 20_000;
        options.connection.keep_alive = None;
        let (near, mut far) = pipe(GOOD().capacity(0), GOOD());
        let probe = near.probe();
        let mut socket = WebSocket::server(near, &options);
        let mut world = World::new();
        let large = Message::binary(vec![7; 20_000]);
        let sending = world.spawn(async move {
            if half {
                let (mut sender, _receiver) = socket.split();
                sender.feed("small").await?;
                sender.feed(large).await?;
                sender.flush().await
            } else {
                socket.feed("small").await?;
                socket.feed(&large).await?;
                socket.flush().await
            }
        });
        world.settle();
        let refused = sending.take();
        assert!(refused.is_none(), "half: {half}: {refused:?}");
        probe.change(|behaviour| behaviour.capacity(1000));
        let written = world.run(async move {
            let mut written = Vec::new();
            far.read_to_end(&mut written).await.unwrap();
            written
        });
        assert!(matches!(sending.take(), Some(Ok(()))));
        assert_eq!(
            wire::frames(&written),
            [Frame::text("small"), Frame::binary(vec![7; 20_000])]
        );
    }
}

// RFC 6455 §5.5.3: what counts is the newest.
#[test]
fn a12_ping_flood_of_a_peer_that_does_not_read() {
    let (mut socket, mut raw) = server_and_raw(GOOD().capacity(50), GOOD());
    let probe = socket.io().probe();
    let mut world = World::new();
    let pinged = world.spawn(async move {
        for number in 0..20_000_u32 {
            raw.write_all(&masked(Frame::ping(number.to_be_bytes())))
                .await
                .unwrap();
        }
        raw.write_all(&masked(Frame::text("read me")))
            .await
            .unwrap();
        raw
    });
    let received = world.spawn(async move {
        let mut pings = 0_usize;
        loop {
            match socket.receive().await.unwrap() {
                Some(Event::Ping(_)) => pings += 1,
                Some(event) => return (pings, Seen::from(event), socket),
                None => panic!("it ended"),
            }
        }
    });
    world.settle();
    // Neither waits for the other.
    let (count, message, mut socket) = received.take().expect("all of it was received");
    assert_eq!((count, message), (20_000, Seen::Text("read me".into())));
    assert!(socket.buffered() <= 2048, "{}", socket.buffered());
    let mut raw = pinged.take().expect("all of it was sent");
    probe.change(|behaviour| behaviour.capacity(1 << 20));
    let (pongs, _) = world.run(join(
        async move {
            let mut written = vec![0; 4096];
            let mut len = 0;
            while !written[..len].ends_with(&19_999_u32.to_be_bytes()) {
                len += raw.read(&mut written[len..]).await.unwrap();
            }
            raw.close().await.unwrap();
            written.truncate(len);
            written
        },
        async move { receive_all(&mut socket).await },
    ));
    let pongs = wire::frames(&pongs);
    assert!(pongs.len() <= 32, "{}", pongs.len());
    assert!(pongs.iter().all(|pong| pong.opcode() == 0xa), "{pongs:?}");
}

#[test]
fn f51_other_tasks_go_on_during_a_flood() {
    for frame in [
        Frame::ping(""),
        Frame::pong("x"),
        Frame::text("y"),
        Frame::text("z").fragment(),
    ] {
        let endless = !frame.is_fin();
        let mut options = server_options();
        options.connection.max_fragments = u32::MAX;
        let (near, mut far) = pipe(GOOD(), GOOD().capacity(8 << 20));
        let mut socket = WebSocket::server(near, &options);
        let mut world = World::new();
        let mut flood = masked(frame);
        if endless {
            flood.extend(masked(Frame::continuation("z").fragment()).repeat(1 << 20));
        } else {
            flood = flood.repeat(1 << 20);
        }
        world.run(async move { far.write_all(&flood).await.unwrap() });
        let flooded = Rc::new(Cell::new(true));
        let flooding = Rc::clone(&flooded);
        world.spawn(async move {
            let (_, end) = receive_all(&mut socket).await;
            assert!(end.is_err(), "it ends without a Close");
            flooded.set(false);
        });
        // What runs before the first task does not count.
        let turns = world.spawn(async move {
            let mut turns = 0_usize;
            while flooding.get() {
                turns += 1;
                yield_now().await;
            }
            turns - 1
        });
        world.settle();
        let turns = turns.take().expect("the flood has an end");
        assert!(turns >= 2, "only {turns} turns");
    }
}

/// Lets the others have a turn.
async fn yield_now() {
    let mut yielded = false;
    core::future::poll_fn(|cx| {
        if core::mem::replace(&mut yielded, true) {
            return core::task::Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        core::task::Poll::Pending
    })
    .await;
}
