//! Messages in pieces, out and in.

use futures::{AsyncReadExt, AsyncWriteExt};
use hybi::{Event, Kind, MessageRef, Options, WebSocket};
use hybi_testkit::pipe::Pipe;

use crate::{BACKENDS, Pair, bits, expect, noise, open, pair, run, sent, text};

/// Sends a message in pieces of these sizes, over and over.
async fn send(socket: &mut WebSocket<Pipe>, message: MessageRef<'_>, sizes: &[usize]) {
    let mut writer = socket.message_writer(message.kind()).expect("it is open");
    let mut rest = message.as_bytes();
    for size in sizes.iter().cycle() {
        let (piece, behind) = rest.split_at(rest.len().min(*size));
        writer.write(piece).await.expect("it is open");
        rest = behind;
        if rest.is_empty() {
            break;
        }
    }
    writer.finish().await.expect("it is open");
}

/// Receives a message in chunks.
async fn receive_chunks(socket: &mut WebSocket<Pipe>) -> (Kind, Vec<u8>, usize) {
    let (mut all, mut chunks) = (Vec::new(), 0);
    loop {
        let Ok(Some(Event::Message(chunk))) = socket.receive_chunk().await else {
            panic!("no chunk");
        };
        all.extend_from_slice(chunk.data.as_bytes());
        chunks += 1;
        if chunk.last {
            return (chunk.data.kind(), all, chunks);
        }
    }
}

async fn receive_stream(socket: &mut WebSocket<Pipe>) -> (Kind, Vec<u8>) {
    let mut reader = socket
        .message_reader()
        .await
        .expect("it is open")
        .expect("a message");
    let mut all = Vec::new();
    reader.read_to_end(&mut all).await.expect("it is open");
    (reader.kind(), all)
}

#[test]
fn every_way_out_meets_every_way_in() {
    // Also cuts through characters, and pieces of nothing.
    let cuts: [&[usize]; 4] = [&[1], &[7, 0, 30], &[1000], &[30_000, 1]];
    for backend in BACKENDS {
        for (forgets, window) in [(false, 15), (true, 15), (false, 8)] {
            run(async {
                let deflate = backend()
                    .no_context_takeover(forgets)
                    .max_window_bits(bits(window));
                let Pair {
                    mut client,
                    mut server,
                    ..
                } = pair(deflate.clone(), deflate).await;
                for size in [0, 1, 100, 40_000] {
                    let (text, noise) = (text(size), noise(size, 3));
                    for sizes in cuts {
                        if sizes[0] == 1 && size > 1000 {
                            continue;
                        }
                        for message in [MessageRef::Text(&text), MessageRef::Binary(&noise)] {
                            futures::join!(
                                send(&mut client, message, sizes),
                                expect(&mut server, message)
                            );
                            let ((), (kind, all, _)) = futures::join!(
                                send(&mut client, message, sizes),
                                receive_chunks(&mut server)
                            );
                            assert!(kind == message.kind() && all == message.as_bytes());
                            let ((), (kind, all)) = futures::join!(
                                send(&mut server, message, sizes),
                                receive_stream(&mut client)
                            );
                            assert!(kind == message.kind() && all == message.as_bytes());
                        }
                    }
                }
            });
        }
    }
}

#[test]
fn pieces_are_compressed_and_arrive_one_by_one() {
    for backend in BACKENDS {
        run(async {
            let Pair {
                mut client,
                mut server,
                ..
            } = pair(backend(), backend()).await;
            let piece = text(1000);
            let mut writer = client.message_writer(Kind::Text).unwrap();
            for _ in 0..20 {
                // Each piece can be read before the next one is written.
                writer.write(piece.as_bytes()).await.unwrap();
                AsyncWriteExt::flush(&mut writer).await.unwrap();
                let mut seen = 0;
                while seen < piece.len() {
                    let event = server.receive_chunk().await.unwrap();
                    let Some(Event::Message(chunk)) = event else {
                        panic!("{event:?}");
                    };
                    assert!(!chunk.last);
                    seen += chunk.data.len();
                }
                assert_eq!(seen, piece.len());
            }
            writer.finish().await.unwrap();
            let (_, rest, _) = receive_chunks(&mut server).await;
            assert!(rest.is_empty());
            // All but the first are copies.
            assert!(sent(&client) < 1500, "{}", sent(&client));
        });
    }
}

#[test]
fn a_message_above_the_limit_of_messages_streams_in_bounded_chunks() {
    for backend in BACKENDS {
        run(async {
            let client = Options::client().with_deflate(backend());
            let mut server = Options::server().with_deflate(backend());
            server.connection.max_message_size = 1000;
            let mut ends = open(&client, &server).await.unwrap();
            let zeros = vec![0; 2 << 20];
            let (sent, ()) = futures::join!(ends.client.send(&zeros[..]), async {
                let mut received = 0;
                loop {
                    let Ok(Some(Event::Message(chunk))) = ends.server.receive_chunk().await else {
                        panic!("no chunk after {received}");
                    };
                    assert!(chunk.data.as_bytes().iter().all(|byte| *byte == 0));
                    assert!(chunk.data.len() <= 128 << 10, "{}", chunk.data.len());
                    received += chunk.data.len();
                    if chunk.last {
                        return assert_eq!(received, zeros.len());
                    }
                }
            });
            sent.unwrap();
            assert!(crate::sent(&ends.client) < 20_000);
        });
    }
}

#[test]
fn a_message_left_in_the_middle_does_not_disturb_the_next() {
    for backend in BACKENDS {
        run(async {
            let Pair {
                mut client,
                mut server,
                ..
            } = pair(backend(), backend()).await;
            let message = noise(200_000, 8);
            let message = MessageRef::Binary(&message);
            for _ in 0..3 {
                let writer = async {
                    client.send(message).await.unwrap();
                    client.send("after").await.unwrap();
                };
                futures::join!(writer, async {
                    let event = server.receive_chunk().await.unwrap();
                    assert!(matches!(event, Some(Event::Message(chunk)) if !chunk.last));
                    // The rest of it is passed over, yet belongs to the context.
                    expect(&mut server, "after").await;
                });
                let mut all = Vec::new();
                let reader = async {
                    expect(&mut server, message).await;
                    let mut reader = server.message_reader().await.unwrap().unwrap();
                    reader.read_to_end(&mut all).await.unwrap();
                };
                let writer = async {
                    client.send(message).await.unwrap();
                    client.send(message).await.unwrap();
                };
                futures::join!(reader, writer);
                assert!(all == message.as_bytes());
            }
        });
    }
}
