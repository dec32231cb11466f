//! A05, A07 to A09, A29: tasks, wakers and executors.

use core::pin::pin;
use core::task::{Context, Waker};

use futures::io::{AsyncReadExt, AsyncWriteExt};
use futures::{FutureExt, Sink, SinkExt, Stream, StreamExt};
use hybi_testkit::pair::Seen;
use hybi_testkit::pipe::{Behaviour, Fault, Pending, Pipe};
use hybi_testkit::wire::Frame;
use hybi_tests::World;
use ws_futures::{Error, Message, Receiver, Sender, WebSocket};

use crate::{both, masked, receive_all, server_and_raw};

const GOOD: fn() -> Behaviour = Behaviour::default;

// Three tasks on pipes that are always full: one sends, one receives what comes back, one echoes.
// Pings from the echoing side make the receiving half write as well.
#[test]
fn a05_halves_on_two_tasks_never_lose_a_wakeup() {
    let behaviours = [
        GOOD().capacity(16).max_read(5),
        GOOD().capacity(1),
        GOOD().capacity(40).max_write(7).pending(Pending::Every(3)),
        GOOD()
            .capacity(16)
            .hold_until_flush()
            .pending(Pending::Random(1)),
    ];
    for behaviour in behaviours {
        const MESSAGES: usize = 200;
        let (client, mut server) = both(behaviour.clone(), behaviour.clone());
        let (mut sender, mut receiver) = client.split();
        let mut world = World::new();
        let sending = world.spawn(async move {
            for number in 0..MESSAGES {
                sender
                    .send(format!("message {number}, longer than the pipe"))
                    .await
                    .unwrap();
            }
            SinkExt::<Message>::close(&mut sender).await.unwrap();
        });
        let receiving = world.spawn(async move {
            let mut seen = 0;
            while let Some(message) = receiver.next().await {
                let text = format!("message {seen}, longer than the pipe");
                assert_eq!(message.unwrap().as_text(), Some(text.as_str()));
                seen += 1;
            }
            seen
        });
        let echoing = world.spawn(async move {
            while let Some(message) = server.next().await {
                server.ping(b"and a ping").await.unwrap();
                server.pong(b"and a pong").await.unwrap();
                SinkExt::send(&mut server, message.unwrap()).await.unwrap();
            }
        });
        world.settle();
        let done = [sending.is_done(), receiving.is_done(), echoing.is_done()];
        assert_eq!(done, [true; 3], "{behaviour:?}");
        let seen = receiving.take().unwrap();
        // The sender closes when all is sent; what comes back after that may be dropped.
        assert!(
            seen <= MESSAGES && seen > MESSAGES / 2,
            "{seen}, {behaviour:?}"
        );
    }
}

#[test]
fn a07_spurious_polls_and_late_wakes() {
    let (mut socket, mut raw) = server_and_raw(GOOD(), GOOD());
    let probe = socket.io().probe();
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..100_000 {
        assert!(pin!(socket.receive()).poll_unpin(&mut cx).is_pending());
    }
    let calls = probe.calls();
    assert!(calls <= 300_000, "{calls} calls for 100,000 polls");
    assert_eq!(probe.statistics().writes, 0);
    // The waker outlives what it was for.
    drop(socket);
    let wrote = raw.write(b"x").now_or_never().expect("at once");
    assert!(wrote.is_err(), "nobody is there");
}

#[test]
fn a08_executor_is_dropped() {
    let (socket, mut raw) = server_and_raw(GOOD(), GOOD());
    let (mut sender, mut receiver) = socket.split();
    let mut world = World::new();
    world.spawn(async move {
        let _ = receiver.receive().await;
    });
    world.settle();
    drop(world);
    // The receiving half is gone with its task; the other still works, and ends the transport.
    let mut world = World::new();
    world.run(async move { sender.send("alone").await.unwrap() });
    let written = world.run(async move {
        let mut written = Vec::new();
        raw.read_to_end(&mut written).await.unwrap();
        written
    });
    assert_eq!(written, Frame::text("alone").bytes());
}

// RFC 6455 §5.5.3, §5.5
#[test]
fn the_sending_half_sends_pongs() {
    let (socket, mut raw) = server_and_raw(GOOD(), GOOD());
    let (mut sender, receiver) = socket.split();
    let written = World::new().run(async move {
        sender.pong(b"alive").await.unwrap();
        sender.pong(&[b'x'; 125]).await.unwrap();
        assert!(matches!(
            sender.pong(&[b'x'; 126]).await,
            Err(Error::Misuse(_))
        ));
        sender.close(None).await.unwrap();
        assert!(matches!(sender.pong(b"").await, Err(Error::Closed)));
        drop((sender, receiver));
        let mut written = Vec::new();
        raw.read_to_end(&mut written).await.unwrap();
        written
    });
    let pongs = [Frame::pong("alive"), Frame::pong([b'x'; 125])];
    let bytes: Vec<u8> = pongs.iter().flat_map(Frame::bytes).collect();
    assert_eq!(written, [&bytes[..], &[0x88, 0]].concat());
}

#[test]
fn a09_polled_after_the_end() {
    let close = masked(Frame::close(1000, ""));
    let broken = Frame::text("unmasked").bytes();
    for (bytes, fails) in [(close, false), (broken, true)] {
        let (mut socket, mut raw) = server_and_raw(GOOD(), GOOD());
        let (mut as_stream, mut other) = server_and_raw(GOOD(), GOOD());
        World::new().run(async move {
            raw.write_all(&bytes).await.unwrap();
            other.write_all(&bytes).await.unwrap();
            let (_, end) = receive_all(&mut socket).await;
            assert_eq!(end.is_err(), fails, "{end:?}");
            for _ in 0..3 {
                assert!(matches!(socket.receive().await, Ok(None)));
                assert!(matches!(socket.receive_chunk().await, Ok(None)));
                assert!(matches!(
                    socket.send("x").await,
                    Err(Error::Closed | Error::Io(_))
                ));
                assert!(socket.close(None).await.is_ok());
            }
            if fails {
                assert!(matches!(
                    as_stream.next().await,
                    Some(Err(Error::Protocol(_)))
                ));
            }
            for _ in 0..3 {
                assert!(as_stream.next().await.is_none());
            }
            assert!(SinkExt::<Message>::close(&mut as_stream).await.is_ok() || fails);
        });
    }
}

#[test]
fn a09_writer_failure_stays() {
    let error = Fault::Error(std::io::ErrorKind::BrokenPipe);
    let (mut socket, raw) = server_and_raw(GOOD().fail_at(1, error), GOOD());
    World::new().run(async move {
        for _ in 0..3 {
            assert!(matches!(socket.send("x").await, Err(Error::Io(_))));
        }
        drop(raw);
        let (seen, end) = receive_all(&mut socket).await;
        assert_eq!(seen, Vec::<Seen>::new());
        assert!(end.is_err());
        assert!(matches!(socket.receive().await, Ok(None)));
    });
}

#[test]
fn a29_what_a_task_needs_to_know_of_the_types() {
    fn size<T: Send>(value: &T) -> usize {
        size_of_val(value)
    }
    fn works<T: Send + Unpin>() {}
    fn stream<T: Stream<Item = Result<Message, Error>> + Unpin>() {}
    fn sink<T: Sink<Message, Error = Error> + Unpin>() {}
    works::<WebSocket<Pipe>>();
    works::<Sender<Pipe>>();
    works::<Receiver<Pipe>>();
    stream::<WebSocket<Pipe>>();
    stream::<Receiver<Pipe>>();
    sink::<WebSocket<Pipe>>();
    sink::<Sender<Pipe>>();
    let (mut socket, _raw) = server_and_raw(GOOD(), GOOD());
    let receive = size(&socket.receive());
    let send = size(&socket.send("x"));
    let close = size(&socket.close(None));
    let sizes = [receive, send, close, size(&socket)];
    assert!(sizes.iter().all(|size| *size < 1024), "{sizes:?}");
}
