//! A09, A11, A16, A18, F30: what deadlines spare, and what they do not.

use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::FutureExt;
use futures::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use hybi_testkit::pipe::{Behaviour, duplex, pipe};
use hybi_testkit::wire::Frame;
use hybi_tests::World;
use ws_futures::{Error, Event, Instant, State, Timer, WebSocket};

use crate::{SECOND, lasts, masked, put, receive_all, server_and_raw, server_options, taken};

const GOOD: fn() -> Behaviour = Behaviour::default;

/// A peer that sends pings as fast as they are read, and the clock: each read takes 10 ms.
#[derive(Clone, Default)]
struct Pings(Arc<AtomicU64>);

impl AsyncRead for Pings {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        self.0.fetch_add(10, Ordering::Relaxed);
        let ping = masked(Frame::ping(""));
        let room = buffer.len().min(600);
        let (pings, _) = buffer[..room].as_chunks_mut::<6>();
        for place in &mut *pings {
            place.copy_from_slice(&ping);
        }
        Poll::Ready(Ok(pings.len() * ping.len()))
    }
}

impl AsyncWrite for Pings {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl Timer for Pings {
    fn now(&mut self) -> Instant {
        Instant::from_duration(Duration::from_millis(self.0.load(Ordering::Relaxed)))
    }

    fn poll_at(&mut self, _: &mut Context<'_>, deadline: Instant) -> Poll<()> {
        // Nobody waits for it: there is always something to read.
        if self.now() >= deadline {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

#[test]
fn f30_idle_timeout_is_kept_during_a_flood_of_pings() {
    let mut options = server_options();
    options.connection.idle_timeout = Some(10 * SECOND);
    options.connection.keep_alive = None;
    let mut pings = Pings::default();
    let mut socket = WebSocket::server(pings.clone(), &options).with_timer(pings.clone());
    while socket.state() == State::Open {
        assert!(pings.now() < Instant::from_secs(11), "still open");
        // Ready with a ping, or another task's turn.
        let _ = socket.receive().now_or_never();
    }
    assert!(pings.now() >= Instant::from_secs(10));
}

// Its Pong comes only when it has read all that is before the Ping.
#[test]
fn a16_slow_and_steady_reader_is_not_taken_for_dead() {
    const LEN: usize = 8 << 20;
    let (socket, mut raw) = server_and_raw(GOOD(), GOOD());
    let (mut sender, mut receiver) = socket.split();
    let mut world = World::new();
    let receiving = world.spawn(async move { receiver.receive().await });
    let sending = world.spawn(async move { sender.send(vec![0; LEN]).await });
    world.settle();
    let mut read = 0;
    let mut buffer = vec![0; 64 << 10];
    while !sending.is_done() {
        // 64 KiB each second: two minutes.
        world.advance(SECOND);
        read += raw.read(&mut buffer).now_or_never().unwrap().unwrap();
        world.settle();
        assert!(!receiving.is_done(), "failed after {read} bytes");
    }
    assert!(read > LEN / 2, "{read} bytes");
    assert!(matches!(sending.take(), Some(Ok(()))));
}

#[test]
fn a18_answer_that_came_in_time_counts_though_it_is_read_late() {
    let (mut socket, mut raw) = server_and_raw(GOOD(), GOOD());
    let mut world = World::new();
    socket.outbox().close(None).unwrap();
    assert!(socket.receive().now_or_never().is_none());
    put(&mut raw, &masked(Frame::text("last")));
    let message = socket.receive().now_or_never();
    assert!(matches!(message, Some(Ok(Some(Event::Message(_))))));
    put(&mut raw, &masked(Frame::close_empty()));
    // The application is busy with the message.
    world.advance(6 * SECOND);
    let event = socket.receive().now_or_never();
    assert!(
        matches!(event, Some(Ok(Some(Event::Close(None))))),
        "{event:?}"
    );
}

#[test]
fn a09_nothing_is_taken_once_keep_alive_has_failed() {
    let (mut socket, mut raw) = server_and_raw(GOOD(), GOOD());
    let mut world = World::new();
    let failing = world.spawn(async move {
        let (_, end) = receive_all(&mut socket).await;
        (end, socket)
    });
    lasts(&mut world, &failing, 41 * SECOND);
    let (end, mut socket) = failing.take().unwrap();
    assert!(matches!(end, Err(Error::Protocol(_))), "{end:?}");
    assert_eq!(socket.state(), State::Closed);
    let before = taken(&mut raw);
    for _ in 0..2 {
        let refused = socket.outbox().try_feed("x");
        assert!(matches!(refused, Err(Error::Closed)), "{refused:?}");
        let refused = socket.send("x").now_or_never();
        assert!(matches!(refused, Some(Err(Error::Closed))), "{refused:?}");
        assert!(matches!(
            socket.ping(b"").now_or_never(),
            Some(Err(Error::Closed))
        ));
    }
    assert_eq!((before.len(), taken(&mut raw).len()), (2 + 8, 0));
}

// Keep-alive would end it too, but is off here: `write_timeout` holds by itself.
#[test]
fn a11_peer_that_takes_nothing_is_not_waited_for_without_end() {
    for way in ["send", "feed", "flush", "echo"] {
        let mut options = server_options();
        options.connection.keep_alive = None;
        options.write_timeout = 7 * SECOND;
        options.write_buffer = 10;
        let (near, mut raw) = pipe(GOOD().capacity(10), GOOD());
        let mut socket = WebSocket::server(near, &options);
        for _ in 0..10 {
            put(&mut raw, &masked(Frame::text("hello hello")));
        }
        let mut world = World::new();
        let sending = world.spawn(async move {
            match way {
                "send" => socket.send("more than ten bytes").await,
                "feed" => loop {
                    socket.feed("more than ten bytes").await?;
                },
                "flush" => {
                    socket.outbox().try_feed("more than ten bytes")?;
                    socket.flush().await
                }
                _ => {
                    while let Some((event, mut outbox)) = socket.exchange().await? {
                        if let Event::Message(message) = event {
                            outbox.feed(message).await?;
                        }
                    }
                    Ok(())
                }
            }
        });
        let passed = lasts(&mut world, &sending, 8 * SECOND);
        assert!(passed >= SECOND * 69 / 10, "{passed:?}");
        let end = sending.take().unwrap();
        let timed_out = |error: &io::Error| error.kind() == io::ErrorKind::TimedOut;
        assert!(
            matches!(&end, Err(Error::Io(error)) if timed_out(error)),
            "{way}: {end:?}"
        );
    }
}

#[test]
fn a11_peer_that_takes_little_is_waited_for() {
    let mut options = server_options();
    options.connection.keep_alive = None;
    let (near, mut raw) = duplex(10);
    let mut socket = WebSocket::server(near, &options);
    let mut world = World::new();
    let sending = world.spawn(async move { socket.send("more than ten bytes").await });
    world.settle();
    let mut byte = [0];
    for number in 0..11 {
        assert!(!sending.is_done(), "after {number} bytes");
        world.advance(39 * SECOND);
        assert!(matches!(raw.read(&mut byte).now_or_never(), Some(Ok(1))));
        world.settle();
    }
    assert!(matches!(sending.take(), Some(Ok(()))));
}
