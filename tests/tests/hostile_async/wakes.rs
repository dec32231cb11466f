//! A05, A11, A16, A18: halves on two tasks, neither of which may be forgotten.

use futures::future::poll_fn;
use futures::{Sink, SinkExt};
use hybi_testkit::pipe::{Behaviour, duplex, pipe};
use hybi_testkit::wire::{self, Frame};
use hybi_tests::World;
use ws_driver::Timer;
use ws_futures::{Error, KeepAlive, Message, WebSocket};

use crate::{SECOND, lasts, masked, put, server_and_raw, server_options, taken};

const GOOD: fn() -> Behaviour = Behaviour::default;

/// More than the pipes of these tests take.
fn large() -> Message {
    Message::text("x".repeat(100))
}

#[test]
fn a05_sender_is_woken_when_the_receiver_fails() {
    let (socket, mut raw) = server_and_raw(GOOD().capacity(10), GOOD());
    let (mut sender, mut receiver) = socket.split();
    let mut world = World::new();
    let sending = world.spawn(async move { sender.send(large()).await });
    let receiving = world.spawn(async move { receiver.receive().await });
    world.settle();
    assert!(!sending.is_done() && !receiving.is_done());
    // Both are woken; the sending one runs first, finds no room and waits again.
    put(&mut raw, &masked(Frame::text([0xFF])));
    world.settle();
    assert!(matches!(receiving.take(), Some(Err(Error::Protocol(_)))));
    let sent = sending.take();
    assert!(matches!(sent, Some(Err(Error::Closed))), "{sent:?}");
}

#[test]
fn a16_sender_ends_when_keep_alive_fails() {
    let mut options = server_options();
    options.write_timeout = 1000 * SECOND;
    let (near, raw) = pipe(GOOD().capacity(10), GOOD());
    let (mut sender, mut receiver) = WebSocket::server(near, &options).split();
    let mut world = World::new();
    let sending = world.spawn(async move { sender.send(large()).await });
    let receiving = world.spawn(async move { receiver.receive().await });
    lasts(&mut world, &receiving, 41 * SECOND);
    let end = receiving.take().unwrap();
    let timed_out = ws_driver::Error::TimedOut(Timer::Pong);
    assert!(
        matches!(&end, Err(Error::Protocol(error)) if *error == timed_out),
        "{end:?}"
    );
    assert!(matches!(sending.take(), Some(Err(Error::Closed))));
    drop(raw);
}

#[test]
fn a05_sender_ends_when_the_peer_has_closed() {
    let mut options = server_options();
    options.write_timeout = 1000 * SECOND;
    options.connection.keep_alive = None;
    let (near, mut raw) = pipe(GOOD().capacity(10), GOOD());
    let (mut sender, mut receiver) = WebSocket::server(near, &options).split();
    let mut world = World::new();
    let sending = world.spawn(async move { sender.send(large()).await });
    let receiving = world.spawn(async move { receiver.receive().await });
    world.settle();
    put(&mut raw, &masked(Frame::close(1000, "")));
    // The peer does not read, so our answer is given up.
    lasts(&mut world, &receiving, 6 * SECOND);
    assert!(matches!(receiving.take(), Some(Ok(None))));
    assert!(matches!(sending.take(), Some(Err(Error::Closed))));
}

// RFC 6455 §7.1.1
#[test]
fn a18_close_from_a_half_is_not_waited_for_without_end() {
    for keep_alive in [None, Some(KeepAlive::DEFAULT)] {
        let mut options = server_options();
        options.connection.keep_alive = keep_alive;
        let (near, raw) = duplex(1 << 16);
        let (mut sender, mut receiver) = WebSocket::server(near, &options).split();
        let mut world = World::new();
        let receiving = world.spawn(async move { receiver.receive().await });
        world.advance(SECOND);
        // It waits for bytes that never come, and learns of the Close all the same.
        world.run(async move { sender.close(None).await.unwrap() });
        let passed = lasts(&mut world, &receiving, 6 * SECOND);
        assert!(passed >= SECOND * 49 / 10, "{passed:?}, {keep_alive:?}");
        let timed_out = ws_driver::Error::TimedOut(Timer::Close);
        let end = receiving.take().unwrap();
        assert!(
            matches!(&end, Err(Error::Protocol(error)) if *error == timed_out),
            "{end:?}"
        );
        drop(raw);
    }
}

#[test]
fn what_a_half_feeds_is_written_by_a_receiver_that_waits() {
    let (socket, mut raw) = server_and_raw(GOOD(), GOOD());
    let (mut sender, mut receiver) = socket.split();
    let mut world = World::new();
    world.spawn(async move { receiver.receive().await });
    world.settle();
    let feeding = world.spawn(async move {
        sender.feed("fed").await.unwrap();
        sender.try_feed("tried").unwrap();
        sender
    });
    world.settle();
    assert!(feeding.is_done());
    let written = wire::frames(&taken(&mut raw));
    assert_eq!(written, [Frame::text("fed"), Frame::text("tried")]);
}

/// A small message and a larger one, through a sink that has been asked for room.
async fn pour(mut sink: impl Sink<Message, Error = Error> + Unpin) -> Result<(), Error> {
    for len in [50, 190] {
        poll_fn(|cx| sink.poll_ready_unpin(cx)).await?;
        sink.start_send_unpin(Message::binary(vec![7; len]))?;
    }
    sink.flush().await
}

// A sink that was ready takes one message, whatever its length.
#[test]
fn a11_sink_that_is_ready_takes_a_message() {
    for half in [false, true] {
        let mut options = server_options();
        options.write_buffer = 100;
        options.max_write_buffer = 200;
        let (near, mut raw) = pipe(GOOD().capacity(10), GOOD());
        let socket = WebSocket::server(near, &options);
        let mut world = World::new();
        let pouring = world.spawn(async move {
            if half {
                let (sender, _receiver) = socket.split();
                pour(sender).await
            } else {
                pour(socket).await
            }
        });
        let mut written = Vec::new();
        while !pouring.is_done() {
            world.settle();
            let more = taken(&mut raw);
            assert!(!more.is_empty() || pouring.is_done(), "half: {half}");
            written.extend(more);
        }
        let result = pouring.take().unwrap();
        assert!(result.is_ok(), "half: {half}: {result:?}");
        let lens = wire::frames(&written)
            .iter()
            .map(|frame| frame.payload().len())
            .collect::<Vec<_>>();
        assert_eq!(lens, [50, 190]);
    }
}

// RFC 6455 §5.5.2: as soon as is practical, which is not after the last message of a stream.
#[test]
fn a12_pings_are_answered_while_a_stream_is_sent() {
    const PINGS: u8 = 60;
    let mut options = server_options();
    options.write_buffer = 128 << 10;
    let (near, mut raw) = pipe(GOOD(), GOOD());
    let (mut sender, mut receiver) = WebSocket::server(near, &options).split();
    let mut world = World::new();
    world.spawn(async move { receiver.receive().await });
    world.spawn(async move { while sender.feed(vec![7; 1000]).await.is_ok() {} });
    let mut written = Vec::new();
    for number in 0..PINGS {
        put(&mut raw, &masked(Frame::ping([number])));
        // More than all that is buffered between the two.
        for _ in 0..4 {
            world.settle();
            written.extend(taken(&mut raw));
        }
    }
    let mut rest = &written[..];
    let pongs: Vec<u8> = core::iter::from_fn(|| Frame::read(&mut rest))
        .filter(|frame| frame.opcode() == 0xa)
        .map(|frame| frame.payload()[0])
        .collect();
    assert!(pongs.last() >= Some(&(PINGS - 2)), "{pongs:?}");
}
