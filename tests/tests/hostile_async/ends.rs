//! A13, A14, A18, A19, A21, F41: ends that a peer or a transport would put off.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::io;

use futures::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use futures::{FutureExt, StreamExt};
use hybi_testkit::pipe::{Behaviour, Fault, Pipe, duplex, pipe};
use hybi_testkit::wire::{self, Frame};
use hybi_tests::World;
use ws_futures::{CloseCode, CloseFrame, Closure, Error, Event, KeepAlive, WebSocket, accept};

use crate::{
    SECOND, both, client_and_raw, lasts, masked, put, receive_all, server_and_raw, server_options,
};

const GOOD: fn() -> Behaviour = Behaviour::default;

/// With and without: what it left armed once held off the end.
const KEEP_ALIVE: [Option<KeepAlive>; 2] = [None, Some(KeepAlive::DEFAULT)];

#[test]
fn a18_answered_close_of_a_transport_that_stays_open() {
    for keep_alive in KEEP_ALIVE {
        let mut options = server_options();
        options.connection.keep_alive = keep_alive;
        let (near, mut raw) = duplex(1 << 16);
        let mut socket = WebSocket::server(near, &options);
        assert!(socket.receive().now_or_never().is_none());
        let mut world = World::new();
        let closing = world.spawn(async move { socket.close(None).await.unwrap() });
        world.settle();
        put(&mut raw, &masked(Frame::close_empty()));
        lasts(&mut world, &closing, 6 * SECOND);
        assert!(closing.take().unwrap().is_clean(), "{keep_alive:?}");
    }
}

#[test]
fn a13_answer_to_a_close_that_nobody_takes() {
    for keep_alive in KEEP_ALIVE {
        let mut options = server_options();
        options.connection.keep_alive = keep_alive;
        let (near, mut raw) = pipe(GOOD().capacity(1), GOOD());
        let mut socket = WebSocket::server(near, &options);
        assert!(socket.receive().now_or_never().is_none());
        put(&mut raw, &masked(Frame::close(1000, "")));
        let mut world = World::new();
        let receiving = world.spawn(async move { receive_all(&mut socket).await });
        let passed = lasts(&mut world, &receiving, 6 * SECOND);
        assert!(passed >= SECOND * 49 / 10, "{passed:?}, {keep_alive:?}");
        let (seen, end) = receiving.take().unwrap();
        assert!(seen.len() == 1 && end.is_ok(), "{seen:?}, {end:?}");
    }
}

// RFC 6455 §5.5.1: the answer is sent behind what was to be sent, however slowly it is taken.
#[test]
fn a13_half_close_behind_a_narrow_pipe() {
    for closes in [false, true] {
        let (mut socket, mut raw) = server_and_raw(GOOD().capacity(3), GOOD());
        put(&mut raw, &masked(Frame::text("hello")));
        put(&mut raw, &masked(Frame::close(1000, "bye")));
        let mut world = World::new();
        world.spawn(async move {
            while let Some((event, mut outbox)) = socket.exchange().await.unwrap() {
                match event {
                    Event::Message(message) => outbox.feed(message).await.unwrap(),
                    Event::Close(_) if closes => break,
                    _ => {}
                }
            }
            if closes {
                socket.close(None).await.unwrap();
            }
        });
        let written = world.run(async move {
            raw.close().await.unwrap();
            let mut written = Vec::new();
            raw.read_to_end(&mut written).await.unwrap();
            written
        });
        let expected = [Frame::text("hello"), Frame::close(1000, "bye")];
        assert_eq!(wire::frames(&written), expected, "closes: {closes}");
    }
}

// RFC 6455 §7.1.1: "the server MUST close the connection immediately", the client waits.
#[test]
fn a14_client_lets_the_server_end_the_transport() {
    let (mut socket, mut raw) = client_and_raw(GOOD(), GOOD());
    let probe = socket.io().probe();
    let mut world = World::new();
    let closing = world.spawn(async move { socket.close(None).await.unwrap() });
    world.settle();
    put(&mut raw, &Frame::close_empty().bytes());
    world.advance(4 * SECOND);
    assert!(!probe.is_closed() && !closing.is_done());
    drop(raw);
    world.settle();
    assert!(probe.is_closed());
    assert!(closing.take().unwrap().is_clean());
}

/// A transport whose write side never ends, as TLS over a peer that takes no more.
struct Stuck(Pipe);

impl AsyncRead for Stuck {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Stuck {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Pending
    }
}

/// Whether `end`, on a transport that got `bytes` and cannot be ended, is what it should be, and
/// after how long.
fn ends_when_stuck<F: Future<Output = bool> + 'static>(
    bytes: &[u8],
    seconds: u32,
    end: impl FnOnce(Stuck) -> F,
) {
    let (near, mut raw) = duplex(1 << 16);
    put(&mut raw, bytes);
    let mut world = World::new();
    let ending = world.spawn(end(Stuck(near)));
    lasts(&mut world, &ending, (seconds + 1) * SECOND);
    assert_eq!(ending.take(), Some(true));
}

#[test]
fn a14_transport_that_cannot_be_ended() {
    let close = masked(Frame::close_empty());
    ends_when_stuck(&close, 5, |stuck| async move {
        let mut socket = WebSocket::server(stuck, &server_options());
        socket.close(None).await.unwrap().is_clean()
    });
    ends_when_stuck(&close, 5, |stuck| async move {
        let mut socket = WebSocket::server(stuck, &server_options());
        assert!(matches!(
            socket.receive().await,
            Ok(Some(Event::Close(None)))
        ));
        matches!(socket.receive().await, Ok(None))
    });
    let no_upgrade = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    ends_when_stuck(no_upgrade, 10, |stuck| async move {
        matches!(
            accept(stuck, &server_options()).await,
            Err(Error::Request(_))
        )
    });
}

#[test]
fn a19_data_of_a_peer_that_does_not_read_our_close() {
    let mut options = server_options();
    options.connection.keep_alive = None;
    let (near, mut raw) = pipe(GOOD().capacity(1), GOOD().capacity(4 << 20));
    let mut socket = WebSocket::server(near, &options);
    let mut world = World::new();
    let closing = world.spawn(async move { socket.close(None).await.unwrap() });
    world.settle();
    put(&mut raw, &masked(Frame::binary(vec![0; 2 << 20])));
    lasts(&mut world, &closing, 6 * SECOND);
    assert!(!closing.take().unwrap().is_clean());
}

#[test]
fn a19_without_a_timer_less_is_waited_through() {
    let mut options = server_options();
    options.timer = None;
    let (near, mut raw) = pipe(GOOD(), GOOD().capacity(4 << 20));
    let mut socket = WebSocket::server(near, &options);
    let mut world = World::new();
    let closing = world.spawn(async move { socket.close(None).await.unwrap() });
    put(&mut raw, &masked(Frame::binary(vec![0; 1 << 20])));
    world.settle();
    assert!(!closing.is_done());
    put(&mut raw, &masked(Frame::binary("and more")));
    world.settle();
    assert!(!closing.take().expect("it is enough").is_clean());
}

#[test]
fn close_while_an_honest_peer_is_sending() {
    let (mut client, mut server) = both(GOOD(), GOOD());
    let mut world = World::new();
    world.spawn(async move {
        client.send(&vec![1; 2 << 20][..]).await.unwrap();
        receive_all(&mut client).await
    });
    world.settle();
    let closing = world.spawn(async move { server.close(None).await.unwrap() });
    world.settle();
    let closure = closing.take().expect("no time passes");
    assert!(closure.is_clean(), "{closure:?}");
}

// RFC 6455 §7.1.3: each end may begin, and both at once.
#[test]
fn f41_ends_that_close_at_once_do_not_wait_for_each_other() {
    for capacity in [1, 3, 100] {
        for client_does in ["close", "receive", "send"] {
            let narrow = GOOD().capacity(capacity);
            let (mut client, mut server) = both(narrow.clone(), narrow);
            let mut world = World::new();
            let closing = world.spawn(async move {
                let frame = CloseFrame {
                    code: CloseCode::NORMAL,
                    reason: "a",
                };
                server.close(Some(frame)).await
            });
            let other = world.spawn(async move {
                match client_does {
                    "close" => return client.close(None).await,
                    "receive" => receive_all(&mut client).await.1?,
                    _ => {
                        client.send("hello").await?;
                        client.ping(b"x").await?;
                        while let Some(message) = client.next().await {
                            message?;
                        }
                    }
                }
                Ok(client.closure().expect("it has ended"))
            });
            world.settle();
            let ends = [closing.take(), other.take()].map(|end| end.map(Result::unwrap));
            assert!(
                ends.iter().flatten().filter(|end| end.is_clean()).count() == 2,
                "{capacity}, {client_does}: {ends:?}"
            );
        }
    }
}

#[test]
fn a21_write_that_failed_ends_what_receives() {
    let mut options = server_options();
    options.connection.keep_alive = None;
    // The second call: the first reads the message.
    let (near, mut raw) = pipe(GOOD().fail_at(2, Fault::Zero), GOOD());
    let mut socket = WebSocket::server(near, &options);
    put(&mut raw, &masked(Frame::text("hi")));
    let mut world = World::new();
    let echoing = world.spawn(async move {
        while let Some((event, mut outbox)) = socket.exchange().await? {
            if let Event::Message(message) = event {
                outbox.feed(message).await?;
            }
        }
        Ok::<_, Error>(())
    });
    lasts(&mut world, &echoing, 6 * SECOND);
    let end = echoing.take().unwrap();
    let zero = |error: &io::Error| error.kind() == io::ErrorKind::WriteZero;
    assert!(
        matches!(&end, Err(Error::Io(error)) if zero(error)),
        "{end:?}"
    );
    drop(raw);
}

// What a closure says of a peer that is gone while it is closed.
#[test]
fn a19_peer_that_is_gone_before_it_answers() {
    let (mut socket, raw) = server_and_raw(GOOD(), GOOD());
    let mut world = World::new();
    let closing = world.spawn(async move { socket.close(None).await.unwrap() });
    world.settle();
    drop(raw);
    world.settle();
    let closure = closing.take().expect("nobody is waited for");
    let eof = Closure::Failed(ws_driver::Error::UnexpectedEof);
    assert_eq!(closure, eof);
}
