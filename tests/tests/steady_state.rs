//! No allocation per message on the lending path, and nothing held by an idle connection.

use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use allocation_counter::measure;
use futures::{AsyncRead, AsyncWrite};
use hybi::driver::{Config, Connection, Seed};
use hybi::{Error, Event, Message, Options, WebSocket};
use hybi_testkit::wire::Frame;

/// Reads the same bytes a number of times, a wait before each, and takes whatever is written.
struct Replay {
    wire: Vec<u8>,
    taken: usize,
    rounds: usize,
    waited: bool,
    written: usize,
    writes: usize,
}

impl Replay {
    fn new(wire: Vec<u8>, rounds: usize) -> Self {
        Self {
            wire,
            taken: 0,
            rounds,
            waited: false,
            written: 0,
            writes: 0,
        }
    }
}

impl AsyncRead for Replay {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        if self.taken == self.wire.len() {
            self.taken = 0;
            self.rounds -= 1;
            self.waited = false;
        }
        if self.rounds == 0 {
            return Poll::Ready(Ok(0));
        }
        if !self.waited {
            self.waited = true;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let rest = &self.wire[self.taken..];
        let len = rest.len().min(buffer.len());
        buffer[..len].copy_from_slice(&rest[..len]);
        self.taken += len;
        Poll::Ready(Ok(len))
    }
}

impl AsyncWrite for Replay {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.written += bytes.len();
        self.writes += 1;
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Polls without a runtime, which would allocate.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut cx = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
            return output;
        }
    }
}

/// Echoes so many messages; fails if there are less.
fn echo(socket: &mut WebSocket<Replay>, messages: usize) {
    let seen = block_on(async {
        let mut seen = 0;
        while seen < messages
            && let Some((event, mut outbox)) = socket.exchange().await?
        {
            if let Event::Message(message) = event {
                outbox.feed(message).await?;
                seen += 1;
            }
        }
        Ok::<_, Error>(seen)
    });
    assert_eq!(seen.ok(), Some(messages));
}

/// Whole small frames, fragments, a frame larger than a read, and control frames between.
fn traffic() -> Vec<u8> {
    let key = [1, 2, 3, 4];
    let large = "x".repeat(200_000);
    [
        Frame::text("small").masked(key).bytes(),
        Frame::text("frag").fragment().masked(key).bytes(),
        Frame::ping("p").masked(key).bytes(),
        Frame::continuation("ment").masked(key).bytes(),
        Frame::binary(&large).masked(key).bytes(),
        Frame::text("last").masked(key).bytes(),
    ]
    .concat()
}

const MESSAGES: usize = 4;

#[test]
fn the_driver_allocates_nothing_per_message() {
    let wire = traffic();
    let mut connection = Connection::server(&Config::server());
    let (mut buffer, mut out) = (wire.clone(), Vec::with_capacity(1 << 20));
    let mut round = |connection: &mut Connection, out: &mut Vec<u8>| {
        out.clear();
        let mut seen = 0;
        buffer.copy_from_slice(&wire);
        for mut input in buffer.chunks_mut(1500) {
            let (reader, writer) = connection.split_mut();
            while let Some(event) = reader.receive(&mut input, writer, out).unwrap() {
                if let Event::Message(message) = event {
                    writer.send(message, out).unwrap();
                    seen += 1;
                }
            }
        }
        assert_eq!(seen, MESSAGES);
    };
    for _ in 0..3 {
        round(&mut connection, &mut out);
    }
    let heap = measure(|| {
        for _ in 0..100 {
            round(&mut connection, &mut out);
        }
    });
    assert_eq!(heap.count_total, 0, "{heap:?}");
}

#[test]
fn the_client_allocates_nothing_per_message() {
    let mut connection = Connection::client(&Config::client(), Seed([9; 32]));
    let mut out = Vec::with_capacity(1 << 20);
    let payload = vec![7; 100_000];
    let heap = measure(|| {
        for _ in 0..100 {
            out.clear();
            for len in [0, 125, 100_000] {
                let message = hybi::driver::Message::Binary(&payload[..len]);
                connection.send(message, &mut out).unwrap();
            }
        }
    });
    assert_eq!(heap.count_total, 0, "{heap:?}");
}

#[test]
fn the_facade_allocates_nothing_per_message_and_writes_once_per_batch() {
    let rounds = 101;
    let mut options = Options::server();
    options.connection.keep_alive = None;
    let mut socket = WebSocket::server(Replay::new(traffic(), rounds), &options);
    // The buffers of this thread are made by the first rounds.
    echo(&mut socket, MESSAGES * 3);
    let heap = measure(|| echo(&mut socket, MESSAGES * (rounds - 3)));
    assert_eq!(heap.count_total, 0, "{heap:?}");
    let writes = socket.io().writes;
    // What is small goes out together before each wait; a large message is written by itself.
    assert!(writes <= rounds * 4, "{writes} writes in {rounds} rounds");
}

#[test]
fn an_idle_connection_holds_nothing() {
    let wire = Frame::text("hello").masked([1, 2, 3, 4]).bytes();
    let options = Options::server();
    // The buffers of this thread are made, and given back.
    let mut busy = WebSocket::server(Replay::new(traffic(), 2), &options);
    echo(&mut busy, MESSAGES);
    drop(busy);
    let mut idle = Vec::with_capacity(100);
    let heap = measure(|| {
        for _ in 0..100 {
            let mut socket = WebSocket::server(Replay::new(Vec::new(), 2), &options);
            socket = socket.with_unread(&wire);
            echo(&mut socket, 1);
            // Waits once: everything is written and given back.
            let waits = pin!(socket.receive())
                .as_mut()
                .poll(&mut Context::from_waker(Waker::noop()))
                .is_pending();
            assert!(waits);
            idle.push(socket);
        }
    });
    assert_eq!(heap.bytes_current, 0, "{heap:?}");
    // All there is of a connection is the object itself.
    assert!(
        size_of::<WebSocket<()>>() <= 640,
        "{}",
        size_of::<WebSocket<()>>()
    );
}

#[test]
fn a_broadcast_shares_one_payload() {
    let message = Message::from("x".repeat(10_000));
    let heap = measure(|| {
        let copies: [Message; 100] = std::array::from_fn(|_| message.clone());
        assert!(copies.iter().all(|copy| copy == &message));
    });
    assert_eq!(heap.count_total, 0, "{heap:?}");
}
