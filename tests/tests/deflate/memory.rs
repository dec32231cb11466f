//! What a connection holds: between messages, and asleep.

use core::time::Duration;

use hybi::{Deflate, MessageRef, Options, Prepared};
use hybi_testkit::pipe::Pipe;

use crate::{BACKENDS, Pair, WebSocket, bits, cost, noise, open, pair, pass, run, text};

/// What a compressor that sleeps keeps at most of what it has sent.
const KEPT: usize = 4 << 10;

/// Messages of both kinds, both ways.
async fn talk(ends: &mut Pair) {
    for size in [10, 1000, 50_000] {
        let (text, noise) = (text(size), noise(size, 6));
        for message in [MessageRef::Text(&text), MessageRef::Binary(&noise)] {
            pass(&mut ends.client, &mut ends.server, message).await;
            pass(&mut ends.server, &mut ends.client, message).await;
        }
    }
}

/// In pieces too, of which one is decoded while the next is under way.
async fn talk_in_pieces(from: &mut WebSocket<Pipe>, to: &mut WebSocket<Pipe>) {
    let message = noise(50_000, 2);
    let send = async {
        let mut writer = from.message_writer(hybi::Kind::Binary).expect("it is open");
        for piece in message.chunks(3000) {
            writer.write(piece).await.expect("it is open");
        }
        writer.finish().await.expect("it is open");
    };
    futures::join!(send, crate::expect(to, &message[..]));
}

#[test]
fn nothing_is_held_before_the_first_message() {
    for backend in BACKENDS {
        run(async {
            let ends = pair(backend(), backend()).await;
            assert_eq!(ends.client.extension_memory(), 0);
            assert_eq!(ends.server.extension_memory(), 0);
        });
    }
}

#[test]
fn nothing_is_held_between_messages_without_takeover() {
    for backend in BACKENDS {
        run(async {
            let deflate = backend()
                .no_context_takeover(true)
                .request_no_context_takeover(true);
            let mut ends = pair(deflate.clone(), deflate).await;
            for _ in 0..3 {
                talk(&mut ends).await;
                talk_in_pieces(&mut ends.client, &mut ends.server).await;
                talk_in_pieces(&mut ends.server, &mut ends.client).await;
                assert_eq!(ends.client.extension_memory(), 0);
                assert_eq!(ends.server.extension_memory(), 0);
            }
        });
    }
}

#[test]
fn asleep_it_holds_two_windows_at_most_and_forgets_little() {
    for backend in BACKENDS {
        for (of_client, of_server) in [(15, 15), (15, 9), (8, 12)] {
            run(async {
                let mut ends = pair(
                    backend().max_window_bits(bits(of_client)),
                    backend()
                        .max_window_bits(bits(of_server))
                        .request_max_window_bits(bits(of_client)),
                )
                .await;
                let known = noise(bits(of_server.min(of_client)).size().min(KEPT) / 4, 77);
                let known = MessageRef::Binary(&known);
                // What it keeps of its own, and a window of the peer's, which nobody limited.
                let most = KEPT + (32 << 10);
                for _ in 0..3 {
                    talk(&mut ends).await;
                    pass(&mut ends.client, &mut ends.server, known).await;
                    pass(&mut ends.server, &mut ends.client, known).await;
                    for socket in [&mut ends.client, &mut ends.server] {
                        let awake = socket.extension_memory();
                        socket.sleep();
                        let asleep = socket.extension_memory();
                        assert!(asleep <= most, "{of_client}, {of_server}: {asleep}");
                        assert!(asleep > 0 && asleep < awake, "{asleep} of {awake}");
                        // Twice is once.
                        socket.sleep();
                        assert_eq!(socket.extension_memory(), asleep);
                    }
                    // One end may sleep alone.
                    ends.server.sleep();
                    let (client, server) = (&mut ends.client, &mut ends.server);
                    let miniz = format!("{:?}", backend()).contains("Miniz");
                    for (window, from_client) in [(of_client, true), (of_server, false)] {
                        let cost = if from_client {
                            cost(client, server, known).await
                        } else {
                            cost(server, client, known).await
                        };
                        // Where windows are small, `miniz_oxide` does without what came before.
                        let remembers = cost < known.len() / 4 + 20;
                        assert!(remembers || miniz && window < 15, "{window}: {cost}");
                    }
                    ends.client.sleep();
                    let own = Prepared::new(&*text(3000));
                    ends.client.feed_prepared(&own).await.unwrap();
                    ends.server.feed_prepared(&own).await.unwrap();
                    ends.client.flush().await.unwrap();
                    ends.server.flush().await.unwrap();
                    crate::expect(&mut ends.client, own.message().borrowed()).await;
                    crate::expect(&mut ends.server, own.message().borrowed()).await;
                }
            });
        }
    }
}

#[test]
fn it_falls_asleep_by_itself() {
    for backend in BACKENDS {
        run(async {
            let mut client = Options::client().with_deflate(backend());
            let mut server = Options::server().with_deflate(backend());
            for options in [&mut client, &mut server] {
                options.timer = Some(hybi::smol::timer);
                options.connection.sleep_after = Some(Duration::from_millis(30));
            }
            let mut ends = open(&client, &server).await.unwrap();
            let message = text(20_000);
            let message = MessageRef::Text(&message);
            for round in 0..3 {
                pass(&mut ends.client, &mut ends.server, message).await;
                let awake = ends.server.extension_memory();
                assert!(awake > 0);
                // Time is told to whoever waits for a message.
                let waiting = async {
                    let event = ends.server.receive().await;
                    panic!("{event:?}");
                };
                smol::future::or(waiting, async {
                    smol::Timer::after(Duration::from_millis(200)).await;
                })
                .await;
                let asleep = ends.server.extension_memory();
                assert!(asleep < awake && asleep <= 64 << 10, "{asleep} of {awake}");
                assert!(asleep >= 20_000, "{asleep}");
                if round > 0 {
                    let before = crate::sent(&ends.client);
                    pass(&mut ends.client, &mut ends.server, message).await;
                    let cost = crate::sent(&ends.client) - before;
                    assert!(cost < 1500, "{cost}: it is known");
                }
                pass(&mut ends.server, &mut ends.client, message).await;
            }
        });
    }
}

#[test]
fn awake_it_stays_while_messages_come() {
    run(async {
        let mut server = Options::server().with_deflate(Deflate::new());
        server.timer = Some(hybi::smol::timer);
        server.connection.sleep_after = Some(Duration::from_secs(30));
        let client = Options::client().with_deflate(Deflate::new());
        let mut ends = open(&client, &server).await.unwrap();
        talk(&mut ends).await;
        let awake = ends.server.extension_memory();
        let waiting = async {
            let event = ends.server.receive().await;
            panic!("{event:?}");
        };
        smol::future::or(waiting, async {
            smol::Timer::after(Duration::from_millis(100)).await;
        })
        .await;
        assert_eq!(ends.server.extension_memory(), awake);
    });
}

#[test]
fn inside_a_message_it_does_not_sleep() {
    for backend in BACKENDS {
        run(async {
            let mut ends = pair(backend(), backend()).await;
            talk(&mut ends).await;
            let message = noise(5000, 12);
            let mut writer = ends.client.message_writer(hybi::Kind::Binary).unwrap();
            writer.write(&message[..2500]).await.unwrap();
            ends.client.sleep();
            ends.client.flush().await.unwrap();
            let event = ends.server.receive_chunk().await.unwrap();
            let Some(hybi::Event::Message(chunk)) = event else {
                panic!("{event:?}");
            };
            assert_eq!(chunk.data.as_bytes(), &message[..chunk.data.len()]);
            let mut seen = chunk.data.len();
            ends.server.sleep();
            let mut writer = ends.client.resume_message_writer().unwrap();
            writer.write(&message[2500..]).await.unwrap();
            writer.finish().await.unwrap();
            while seen < message.len() {
                let event = ends.server.receive_chunk().await.unwrap();
                let Some(hybi::Event::Message(chunk)) = event else {
                    panic!("{event:?}");
                };
                let chunk = chunk.data.as_bytes();
                assert_eq!(chunk, &message[seen..seen + chunk.len()]);
                seen += chunk.len();
            }
            talk(&mut ends).await;
        });
    }
}
