//! Allocations per message in the steady state, sockets and runtime included; and per event.
//!
//! `tests/tests/steady_state.rs` of the main workspace counts without a runtime.

use std::io;

use allocation_counter::measure;
use hybi::{Event, Options};
use hybi_bench::serve::Failure;
use hybi_bench::wire::{self, opcode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use ws_sse::{Broadcaster, Delivery, Queue};

#[test]
fn an_echo_on_tokio_allocates_nothing() {
    for (opcode, len, inflight) in [
        (opcode::BINARY, 32, 1),
        (opcode::BINARY, 32, 128),
        (opcode::TEXT, 1024, 16),
        (opcode::BINARY, 16 << 10, 4),
    ] {
        let batch = Batch::new(opcode, len, inflight);
        // One thread, so that the server's allocations are counted.
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let mut client = runtime.block_on(connect()).unwrap();
        let mut received = vec![0; batch.answer.len()];
        let mut exchange = |rounds: usize| {
            let exchange = batch.exchange(&mut client, &mut received, rounds);
            runtime.block_on(exchange).unwrap();
        };
        exchange(50);
        let few = measure(|| exchange(1)).count_total;
        let many = measure(|| exchange(100)).count_total;
        // What the runtime needs to begin does not count.
        assert_eq!(many, few, "{inflight} × {len} B");
    }
}

/// Whoever encoded an event for each of its subscribers would need memory for that.
#[test]
fn an_event_for_many_allocates_as_for_one() {
    let [one, many] = [1, 10_000].map(|count| {
        let mut broadcaster = Broadcaster::new(16, 16 << 10);
        let mut subscribers = vec![broadcaster.subscribe(Queue::default()); count];
        let mut publish = || {
            let event = ws_sse::Event::new("some data").with_id("7");
            broadcaster.publish(&event).unwrap();
            for subscriber in &mut subscribers {
                let delivery = broadcaster.next(subscriber);
                assert!(matches!(delivery, Some(Delivery::Event(_))));
            }
        };
        (0..32).for_each(|_| publish());
        measure(publish).count_total
    });
    assert_eq!(many, one);
}

/// What goes out in one write, and what must come back.
struct Batch {
    question: Vec<u8>,
    answer: Vec<u8>,
}

impl Batch {
    fn new(opcode: u8, len: usize, inflight: u8) -> Self {
        let (mut question, mut answer) = (Vec::new(), Vec::new());
        let payload = vec![b'x'; len];
        for number in 0..inflight {
            wire::push_masked(&mut question, 0x80 | opcode, [number, 1, 2, 3], &payload);
            let (header, used) = wire::header(0x80 | opcode, len);
            answer.extend_from_slice(&header[..used]);
            answer.extend_from_slice(&payload);
        }
        Self { question, answer }
    }

    async fn exchange(
        &self,
        client: &mut TcpStream,
        received: &mut [u8],
        rounds: usize,
    ) -> io::Result<()> {
        for _ in 0..rounds {
            client.write_all(&self.question).await?;
            client.read_exact(received).await?;
            assert!(received == self.answer);
        }
        Ok(())
    }
}

/// An open connection to an echo server in this runtime.
async fn connect() -> Result<TcpStream, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let mut client = TcpStream::connect(listener.local_addr()?).await?;
    let (stream, _) = listener.accept().await?;
    tokio::spawn(async {
        let options = Options::server();
        let mut socket = hybi::tokio::accept(stream, &options).await?;
        while let Some((event, mut outbox)) = socket.exchange().await? {
            if let Event::Message(message) = event {
                outbox.feed(message).await?;
            }
        }
        Ok::<_, Failure>(())
    });
    let port = listener.local_addr()?.port();
    client.write_all(&wire::request(port)).await?;
    let (mut response, mut len) = ([0; 1024], 0);
    while wire::read_response(&response[..len])?.is_none() {
        let more = client.read(&mut response[len..]).await?;
        assert!(more > 0, "closed in the handshake");
        len += more;
    }
    Ok(client)
}
