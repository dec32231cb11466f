//! Two ends over pipes of all kinds, on one task each or two, whole or cancelled at any poll.

use core::pin::pin;
use core::task::Poll;

use futures::channel::oneshot;
use futures::{FutureExt, SinkExt, StreamExt, poll};
use hybi_testkit::pipe::{Pipe, pipe};
use hybi_tests::World;
use ws_futures::{Event, Message, Options, WebSocket};

use crate::Random;

/// Echoes until the connection ends, by one way of three.
async fn echo(mut server: WebSocket<Pipe>, way: usize) {
    match way {
        0 => {
            let (mut sender, mut receiver) = server.split();
            while let Some(message) = receiver.next().await {
                sender
                    .send(message.expect("nothing fails"))
                    .await
                    .expect("nothing fails");
            }
        }
        1 => {
            while let Some(message) = server.next().await {
                SinkExt::send(&mut server, message.expect("nothing fails"))
                    .await
                    .expect("nothing fails");
            }
        }
        _ => {
            while let Some((event, mut outbox)) = server.exchange().await.expect("nothing fails") {
                if let Event::Message(message) = event {
                    outbox.feed(message).await.expect("nothing fails");
                }
            }
            server.close(None).await.expect("nothing fails");
        }
    }
}

#[test]
fn a05_what_is_echoed_comes_back() {
    for seed in 1..60 {
        let mut random = Random::new(seed);
        let (near, far) = pipe(random.behaviour(), random.behaviour());
        let server = WebSocket::server(far, &random.options(Options::server()));
        let client = WebSocket::client(near, &random.options(Options::client())).unwrap();
        // A pipe may take them byte by byte.
        let (most, sizes) =
            random.one_of(&[(4, &[0, 10, 3000, 9000][..]), (20, &[0, 1, 50, 100, 200])]);
        let messages: Vec<Message> = (0..random.below(most))
            .map(|_| match (random.one_of(sizes), random.once_in(2)) {
                (len, true) => Message::from(random.text(len)),
                (len, false) => Message::from(vec![7; len]),
            })
            .collect();
        let mut world = World::new();
        let echoing = world.spawn(echo(server, random.below(3)));
        let (mut sender, mut receiver) = client.split();
        let (all_back, wait_for_all) = oneshot::channel();
        let (sent, way) = (messages.clone(), random.below(3));
        let sending = world.spawn(async move {
            for message in sent {
                match way {
                    0 => sender.send(message).await.unwrap(),
                    1 => SinkExt::send(&mut sender, message).await.unwrap(),
                    _ => sender.feed(message).await.unwrap(),
                }
            }
            wait_for_all.await.unwrap();
            sender.close(None).await.unwrap();
        });
        let expected = messages.len();
        let receiving = world.spawn(async move {
            let mut seen = Vec::new();
            while seen.len() < expected {
                seen.push(receiver.next().await.unwrap().unwrap());
            }
            all_back.send(()).unwrap();
            assert!(receiver.next().await.is_none());
            (seen, receiver.closure().unwrap())
        });
        // Nobody needs a deadline, so no time passes.
        world.settle();
        let done = [echoing.is_done(), sending.is_done(), receiving.is_done()];
        assert_eq!(done, [true; 3], "seed {seed}");
        let (seen, closure) = receiving.take().unwrap();
        assert!(seen == messages && closure.is_clean(), "seed {seed}");
    }
}

/// An end that sends numbered messages and expects the other's.
struct End {
    socket: WebSocket<Pipe>,
    sent: u32,
    seen: u32,
}

impl End {
    fn new(socket: WebSocket<Pipe>) -> Self {
        let (sent, seen) = (0, 0);
        Self { socket, sent, seen }
    }

    /// Polls one future up to three times, and drops it.
    async fn step(&mut self, random: &mut Random, padding: usize, may_send: bool) {
        let polls = 1 + random.below(3);
        let mut message = None;
        match random.below(if may_send { 6 } else { 3 }) {
            0 => {
                let mut receiving = pin!(self.socket.receive());
                for _ in 0..polls {
                    let polled =
                        poll!(receiving.as_mut().map(
                            |event| match event.expect("nothing fails") {
                                Some(Event::Message(message)) => Some(message.as_bytes().to_vec()),
                                other => {
                                    assert!(other.is_some(), "it ended");
                                    None
                                }
                            }
                        ));
                    if let Poll::Ready(received) = polled {
                        message = received;
                        break;
                    }
                }
            }
            1 => {
                let mut receiving = pin!(self.socket.next());
                for _ in 0..polls {
                    if let Poll::Ready(received) = poll!(receiving.as_mut()) {
                        message = Some(
                            received
                                .expect("it is open")
                                .expect("nothing fails")
                                .as_bytes()
                                .to_vec(),
                        );
                        break;
                    }
                }
            }
            2 => drop(poll!(pin!(self.socket.flush()))),
            3 => drop(poll!(pin!(self.socket.ping(b"p")))),
            _ => {
                let numbered = numbered(self.sent, padding);
                let before = self.socket.statistics().sent.messages;
                {
                    let mut sending = pin!(self.socket.send(&numbered[..]));
                    for _ in 0..polls {
                        if poll!(sending.as_mut()).is_ready() {
                            break;
                        }
                    }
                }
                // It was added whole or not at all; the statistics tell which.
                let added = self.socket.statistics().sent.messages - before;
                self.sent += u32::try_from(added).expect("few");
            }
        }
        if let Some(message) = message {
            assert!(message == numbered(self.seen, padding), "{}", self.seen);
            self.seen += 1;
        }
    }
}

fn numbered(number: u32, padding: usize) -> Vec<u8> {
    let mut message = number.to_be_bytes().to_vec();
    message.resize(4 + padding, b'p');
    message
}

#[test]
fn a01_a02_whatever_is_dropped_at_any_poll_is_not_lost() {
    for seed in 1..200 {
        let mut random = Random::new(seed);
        // Wide enough for a session to end soon.
        let mut behaviour = || {
            let capacity = random.one_of(&[700, 5000, 1 << 20]);
            let behaviour = random.behaviour().capacity(capacity);
            behaviour.max_read(600).max_write(500)
        };
        let (near, far) = pipe(behaviour(), behaviour());
        let mut options = random.options(Options::server());
        options.connection.keep_alive = None;
        let mut ends = [
            End::new(WebSocket::server(far, &options)),
            End::new(WebSocket::client(near, &Options::client()).unwrap()),
        ];
        let padding = random.one_of(&[0, 100, 9000, 20_000]);
        let session = async move {
            for step in 0..60_000 {
                let done = ends[0].sent == ends[1].seen && ends[1].sent == ends[0].seen;
                if step > 300 && done {
                    return ends[0].sent + ends[1].sent;
                }
                let end = &mut ends[random.below(2)];
                let may_send = step <= 300 && end.sent < 30;
                end.step(&mut random, padding, may_send).await;
            }
            panic!("seed {seed}: it does not end");
        };
        // All that waits is polled again, so nothing depends on wakers here.
        let sent = session.now_or_never().expect("nothing is waited for");
        assert!(sent > 10, "seed {seed}: {sent}");
    }
}
