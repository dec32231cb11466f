//! Futures that are dropped before they are done, while compressed messages are under way.

use core::pin::pin;
use core::task::Poll;

use futures::{pending, poll};
use hybi::{Deflate, Event, Kind, Message, MessageRef, Options, Prepared, WebSocket};
use hybi_testkit::pipe::{Behaviour, Pending, Pipe};
use hybi_tests::World;

use crate::{BACKENDS, Pair, noise, open_over, text};

/// Polls such a future once, drops it, and so on until one is ready.
macro_rules! stubborn {
    ($future:expr) => {
        loop {
            let polled = poll!(pin!($future));
            match polled {
                Poll::Ready(ready) => break ready,
                Poll::Pending => pending!(),
            }
        }
    };
}

fn behaviours() -> Vec<Behaviour> {
    let good = Behaviour::default;
    vec![
        good(),
        good().max_read(1).capacity(300),
        good().max_read(7).max_write(5).pending(Pending::Every(2)),
        good()
            .max_read(1000)
            .max_write(3000)
            .capacity(5000)
            .pending(Pending::Random(5)),
    ]
}

fn messages() -> Vec<Message> {
    let mut all = Vec::new();
    for size in [0, 1, 300, 5000, 40_000] {
        all.push(Message::from(text(size)));
        all.push(Message::from(noise(size, 1 + size as u64)));
        all.push(Message::from(text(size)));
    }
    all
}

async fn ends(backend: fn() -> Deflate, forgets: bool, behaviour: &Behaviour) -> Pair {
    let deflate = backend().no_context_takeover(forgets);
    let mut client = Options::client().with_deflate(deflate.clone());
    let mut server = Options::server().with_deflate(deflate);
    for options in [&mut client, &mut server] {
        // Sending waits soon.
        options.write_buffer = 1000;
    }
    open_over(&client, &server, behaviour.clone())
        .await
        .expect("they agree")
}

/// Receives so many messages, each future polled once.
async fn receive(socket: &mut WebSocket<Pipe>, count: usize) -> Vec<Message> {
    let mut seen = Vec::new();
    while seen.len() < count {
        let next = stubborn!(async {
            match socket.receive().await {
                Ok(Some(Event::Message(message))) => Message::from(message),
                other => panic!("{other:?}"),
            }
        });
        seen.push(next);
    }
    seen
}

/// As `receive`, in chunks.
async fn receive_chunks(socket: &mut WebSocket<Pipe>, count: usize) -> Vec<Message> {
    let (mut seen, mut bytes) = (Vec::new(), Vec::new());
    while seen.len() < count {
        let (kind, last) = stubborn!(async {
            match socket.receive_chunk().await {
                Ok(Some(Event::Message(chunk))) => {
                    bytes.extend_from_slice(chunk.data.as_bytes());
                    (chunk.data.kind(), chunk.last)
                }
                other => panic!("{other:?}"),
            }
        });
        if last {
            let bytes = core::mem::take(&mut bytes);
            seen.push(match kind {
                Kind::Text => String::from_utf8(bytes).expect("it is text").into(),
                Kind::Binary => bytes.into(),
            });
        }
    }
    seen
}

#[test]
fn receives_are_dropped_at_every_poll() {
    for backend in BACKENDS {
        for behaviour in behaviours() {
            for forgets in [false, true] {
                for in_chunks in [false, true] {
                    let behaviour = behaviour.clone();
                    World::new().run(async move {
                        let Pair {
                            mut client,
                            mut server,
                            ..
                        } = ends(backend, forgets, &behaviour).await;
                        let messages = messages();
                        let send = async {
                            for message in &messages {
                                client.send(message).await.unwrap();
                            }
                        };
                        let receive = async {
                            if in_chunks {
                                receive_chunks(&mut server, messages.len()).await
                            } else {
                                receive(&mut server, messages.len()).await
                            }
                        };
                        let ((), seen) = futures::join!(send, receive);
                        assert!(seen == messages, "{behaviour:?}");
                    });
                }
            }
        }
    }
}

/// What a dropped future has taken is sent, once: what it has not is sent by the next one.
#[test]
fn feeds_and_flushes_are_dropped_at_every_poll() {
    for backend in BACKENDS {
        for behaviour in behaviours() {
            for forgets in [false, true] {
                let behaviour = behaviour.clone();
                World::new().run(async move {
                    let Pair {
                        mut client,
                        mut server,
                        ..
                    } = ends(backend, forgets, &behaviour).await;
                    let messages = messages();
                    let send = async {
                        for message in &messages {
                            // Added whole or not at all.
                            stubborn!(client.feed(message)).unwrap();
                            let prepared = Prepared::new(message.clone());
                            stubborn!(client.feed_prepared(&prepared)).unwrap();
                            let mut writer = client.message_writer(Kind::Binary).unwrap();
                            for piece in message.as_bytes().chunks(999) {
                                stubborn!(writer.write(piece)).unwrap();
                            }
                            let writer = client.resume_message_writer().unwrap();
                            // Ends it at the first poll; the rest is a flush.
                            let _ = poll!(pin!(writer.finish()));
                        }
                        stubborn!(client.flush()).unwrap();
                    };
                    let received = async {
                        let mut seen = receive(&mut server, 3 * messages.len()).await;
                        for (at, message) in messages.iter().enumerate() {
                            let [plain, prepared, pieces] = &seen[3 * at..3 * at + 3] else {
                                panic!("three of each");
                            };
                            assert!(plain == message && prepared == message);
                            assert!(pieces.as_bytes() == message.as_bytes());
                        }
                        seen.clear();
                    };
                    futures::join!(send, received);
                });
            }
        }
    }
}

/// A `send` that is dropped has sent nothing or all.
#[test]
fn a_send_is_dropped_after_any_number_of_bytes() {
    for backend in BACKENDS {
        for is_client in [true, false] {
            for room in (0..3000).step_by(67) {
                World::new().run(async move {
                    let behaviour = Behaviour::default();
                    let Pair { client, server, .. } = ends(backend, false, &behaviour).await;
                    let (mut from, mut to) = if is_client {
                        (client, server)
                    } else {
                        (server, client)
                    };
                    let first = noise(2000, 3);
                    let probe = from.io().probe();
                    probe.change(|behaviour| behaviour.capacity(room));
                    let _ = poll!(pin!(from.send(&first[..])));
                    probe.change(|behaviour| behaviour.capacity(1 << 20));
                    // It refers to the first, which therefore must have come.
                    from.send(&first[..]).await.unwrap();
                    from.send("last").await.unwrap();
                    let seen = receive(&mut to, 3).await;
                    assert_eq!(seen[0], Message::from(first.clone()), "{room}");
                    assert_eq!(seen[1], Message::from(first), "{room}");
                    assert_eq!(MessageRef::from(&seen[2]), MessageRef::Text("last"));
                });
            }
        }
    }
}
