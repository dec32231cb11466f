//! Messages come back as they were, whatever was agreed.

use core::net::Ipv4Addr;

use futures::{AsyncRead, AsyncWrite, SinkExt, StreamExt};
use hybi::futures::Wish;
use hybi::{Deflate, Error, Message, MessageRef, Options, WebSocket};

use crate::{BACKENDS, Pair, bits, cost, echo, expect, noise, open, pair, pass, run, sent, text};

/// What one end may want: takeover and window of its own, and of its peer.
fn wishes() -> Vec<fn(Deflate) -> Deflate> {
    vec![
        |deflate| deflate,
        |deflate| deflate.no_context_takeover(true),
        |deflate| deflate.request_no_context_takeover(true),
        |deflate| {
            deflate
                .no_context_takeover(true)
                .request_no_context_takeover(true)
        },
        |deflate| deflate.max_window_bits(bits(8)),
        |deflate| deflate.max_window_bits(bits(9)).no_context_takeover(true),
        |deflate| deflate.request_max_window_bits(bits(8)),
        |deflate| {
            deflate
                .max_window_bits(bits(12))
                .request_max_window_bits(bits(10))
                .request_no_context_takeover(true)
        },
    ]
}

/// Sends all of these, some of them again and again, and gets them back.
async fn exchange<T>(socket: &mut WebSocket<T>, sizes: &[usize]) -> Result<usize, Error>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let mut bytes = 0;
    for &size in sizes {
        let (text, noise) = (text(size), noise(size, 99));
        for message in [
            MessageRef::Text(&text),
            MessageRef::Binary(&noise),
            MessageRef::Text(&text),
            MessageRef::Binary(&vec![0; size]),
        ] {
            socket.send(message).await?;
            expect(socket, message).await;
            bytes += size;
        }
    }
    // Many that go out together.
    for at in 0..50 {
        socket.feed(&*format!("message {at}")).await?;
    }
    for at in 0..50 {
        let text = format!("message {at}");
        expect(socket, &*text).await;
        bytes += text.len();
    }
    Ok(bytes)
}

#[test]
fn whatever_both_ends_want() {
    const SIZES: [usize; 6] = [0, 1, 126, 255, 600, 1500];
    for backend in BACKENDS {
        for of_client in wishes() {
            for of_server in wishes() {
                for threshold in [Some(0), None, Some(usize::MAX)] {
                    run(async {
                        let configure = |wish: fn(Deflate) -> Deflate| {
                            let deflate = wish(backend());
                            match threshold {
                                Some(bytes) => deflate.threshold(bytes),
                                None => deflate,
                            }
                        };
                        let (of_client, of_server) = (configure(of_client), configure(of_server));
                        let mut ends = pair(of_client.clone(), of_server.clone()).await;
                        let told = format!("{of_client:?}, {of_server:?}: {:?}", ends.granted);
                        let (bytes, end) = futures::join!(
                            async {
                                let bytes = exchange(&mut ends.client, &SIZES).await;
                                let closure = ends.client.close(None).await.unwrap();
                                assert!(closure.is_clean(), "{told}: {closure:?}");
                                bytes.unwrap()
                            },
                            echo(&mut ends.server)
                        );
                        assert!(end.is_ok(), "{told}: {end:?}");
                        for sent in [sent(&ends.client), sent(&ends.server)] {
                            match threshold {
                                Some(usize::MAX) => assert_eq!(sent, bytes, "{told}"),
                                _ => assert!(sent < bytes * 3 / 4, "{told}: {sent} of {bytes}"),
                            }
                        }
                    });
                }
            }
        }
    }
}

#[test]
fn large_messages() {
    for backend in BACKENDS {
        for forgets in [false, true] {
            run(async {
                let deflate = backend().no_context_takeover(forgets);
                let mut ends = pair(deflate.clone(), deflate).await;
                let (bytes, end) = futures::join!(
                    async {
                        let bytes = exchange(&mut ends.client, &[40_000, 65_536, 1 << 20]).await;
                        ends.client.close(None).await.unwrap();
                        bytes.unwrap()
                    },
                    echo(&mut ends.server)
                );
                assert!(end.is_ok(), "{end:?}");
                assert!(sent(&ends.client) < bytes / 2);
                assert!(sent(&ends.server) < bytes / 2);
            });
        }
    }
}

#[test]
fn over_sockets_of_smol() {
    run(async {
        let listener = smol::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("ws://{}/", listener.local_addr()?);
        let serve = async {
            let (stream, _) = listener.accept().await?;
            let options = Options::server().with_deflate(Deflate::new());
            echo(&mut hybi::smol::accept(stream, &options).await?).await
        };
        let ask = async {
            let options = Options::client().with_deflate(Deflate::new());
            let (mut socket, response) = hybi::smol::connect(&url, &options).await?;
            let granted = crate::granted(&response);
            assert_eq!(granted.as_deref(), Some("permessage-deflate"));
            let bytes = exchange(&mut socket, &[0, 1000, 300_000]).await?;
            assert!(sent(&socket) < bytes / 2);
            socket.close(None).await
        };
        let ((), closure) = futures::future::try_join(serve, ask).await?;
        assert!(closure.is_clean(), "{closure:?}");
        Ok::<_, Error>(())
    })
    .unwrap();
}

#[tokio::test]
async fn over_sockets_of_tokio() {
    let session = async {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("ws://{}/", listener.local_addr()?);
        let serve = async {
            let (stream, _) = listener.accept().await?;
            let options = Options::server().with_deflate(Deflate::new());
            echo(&mut hybi::tokio::accept(stream, &options).await?).await
        };
        let ask = async {
            let options = Options::client().with_deflate(Deflate::new());
            let (mut socket, response) = hybi::tokio::connect(&url, &options).await?;
            let granted = crate::granted(&response);
            assert_eq!(granted.as_deref(), Some("permessage-deflate"));
            let bytes = exchange(&mut socket, &[0, 1000, 300_000]).await?;
            assert!(sent(&socket) < bytes / 2);
            socket.close(None).await
        };
        let ((), closure) = futures::future::try_join(serve, ask).await?;
        assert!(closure.is_clean(), "{closure:?}");
        Ok::<_, Error>(())
    };
    tokio::time::timeout(crate::PATIENCE, session)
        .await
        .expect("it takes too long")
        .unwrap();
}

/// A compressor that remembers sends again what it has sent for next to nothing, if its window
/// reaches so far.
#[test]
fn takeover_pays_as_far_as_the_window_reaches() {
    for backend in BACKENDS {
        for (window, forgets, pays) in [(15, false, true), (15, true, false), (9, false, false)] {
            run(async {
                let server = backend()
                    .max_window_bits(bits(window))
                    .no_context_takeover(forgets);
                let mut ends = pair(backend(), server).await;
                let message = noise(2000, 5);
                let message = MessageRef::Binary(&message);
                let (from, to) = (&mut ends.server, &mut ends.client);
                let first = cost(from, to, message).await;
                let again = cost(from, to, message).await;
                assert!(first >= 2000, "{first}");
                assert_eq!(again < 200, pays, "{window}, {forgets}: {again}");
            });
        }
    }
}

#[test]
fn each_message_may_be_wished_to_be_compressed_or_not() {
    for backend in BACKENDS {
        run(async {
            let deflate = backend().threshold(1000);
            let mut ends = pair(deflate.clone(), deflate).await;
            let (short, long) = (text(900), text(5000));
            // With takeover, what goes out as it is must not count as seen.
            for (message, wish, compressed) in [
                (&long, Wish::Auto, true),
                (&long, Wish::Never, false),
                (&short, Wish::Never, false),
                (&short, Wish::Auto, false),
                (&short, Wish::Always, true),
                (&long, Wish::Never, false),
                (&long, Wish::Auto, true),
                (&long, Wish::Always, true),
            ] {
                for from_client in [true, false] {
                    let (from, to) = if from_client {
                        (&mut ends.client, &mut ends.server)
                    } else {
                        (&mut ends.server, &mut ends.client)
                    };
                    let before = sent(from);
                    from.outbox().feed_with(&**message, wish).await.unwrap();
                    from.flush().await.unwrap();
                    let cost = sent(from) - before;
                    expect(to, &**message).await;
                    if compressed {
                        assert!(cost < message.len() / 2, "{wish:?}: {cost}");
                    } else {
                        assert_eq!(cost, message.len(), "{wish:?}");
                    }
                }
            }
        });
    }
}

#[test]
fn halves_and_streams_compress_too() {
    for backend in BACKENDS {
        run(async {
            let Pair { client, server, .. } = pair(backend(), backend()).await;
            let (mut sender, mut receiver) = client.split();
            let sent_in_all = async {
                for at in 0..200 {
                    sender.feed(text(at * 10)).await.unwrap();
                }
                sender.flush().await.unwrap();
                let sent = sender.statistics().sent.bytes;
                sender.close(None).await.unwrap();
                sent
            };
            let echoed = async {
                let (mut sink, mut stream) = StreamExt::split(server);
                while let Some(message) = stream.next().await {
                    sink.send(message.unwrap()).await.unwrap();
                }
            };
            let collected = async {
                let mut at = 0;
                while let Some(message) = receiver.receive().await.unwrap() {
                    assert_eq!(message, Message::from(text(at * 10)));
                    at += 1;
                }
                at
            };
            let (sent, (), count) = futures::join!(sent_in_all, echoed, collected);
            let plain: u64 = (0..200).map(|at| at * 10).sum();
            assert!(sent < plain / 2, "{sent} of {plain}");
            assert_eq!(count, 200);
        });
    }
}

#[test]
fn one_end_without_it_gets_everything_as_it_is() {
    for (of_client, of_server) in [(true, false), (false, true)] {
        run(async {
            let with = |options: Options, wanted| {
                if wanted {
                    options.with_deflate(Deflate::new())
                } else {
                    options
                }
            };
            let client = with(Options::client(), of_client);
            let server = with(Options::server(), of_server);
            let mut ends = open(&client, &server).await.unwrap();
            assert_eq!(ends.granted, None);
            let message = text(5000);
            let message = MessageRef::Text(&message);
            pass(&mut ends.client, &mut ends.server, message).await;
            pass(&mut ends.server, &mut ends.client, message).await;
            assert_eq!(sent(&ends.client), 5000);
            assert_eq!(sent(&ends.server), 5000);
        });
    }
}
