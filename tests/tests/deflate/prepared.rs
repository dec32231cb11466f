//! One message for many connections, whose parameters differ.

use hybi::{Deflate, MessageRef, Options, Prepared, WebSocket};
use hybi_testkit::pipe::Pipe;

use crate::{BACKENDS, Pair, bits, expect, noise, open, pair, pass, run, sent, text};

/// Clients whose offers lead to everything that may differ.
fn clients(backend: fn() -> Deflate) -> Vec<Option<Deflate>> {
    vec![
        None,
        Some(backend()),
        Some(backend()),
        Some(backend().request_no_context_takeover(true)),
        Some(backend().request_max_window_bits(bits(9))),
        Some(backend().request_max_window_bits(bits(8))),
        Some(
            backend()
                .request_max_window_bits(bits(10))
                .request_no_context_takeover(true),
        ),
        Some(backend().no_context_takeover(true).max_window_bits(bits(9))),
    ]
}

async fn connections(backend: fn() -> Deflate) -> Vec<Pair> {
    let server = Options::server().with_deflate(backend());
    let mut all = Vec::new();
    for deflate in clients(backend) {
        let client = match deflate {
            Some(deflate) => Options::client().with_deflate(deflate),
            None => Options::client(),
        };
        all.push(open(&client, &server).await.expect("it is open"));
    }
    all
}

async fn pass_prepared(
    from: &mut WebSocket<Pipe>,
    to: &mut WebSocket<Pipe>,
    prepared: &Prepared,
) -> usize {
    let before = sent(from);
    let sending = async {
        from.feed_prepared(prepared).await.expect("it is open");
        from.flush().await.expect("it is open");
    };
    futures::join!(sending, expect(to, prepared.message().borrowed()));
    sent(from) - before
}

#[test]
fn all_connections_get_it_and_go_on() {
    for backend in BACKENDS {
        run(async {
            let mut all = connections(backend).await;
            let (long, noise) = (text(60_000), noise(50_000, 4));
            let prepared = [
                Prepared::new("short"),
                Prepared::new(&*text(3000)),
                Prepared::new(&*long),
                Prepared::new(&noise[..]),
                Prepared::new(""),
            ];
            // What a connection sends by itself refers to what was prepared, as far as it
            // remembers, and what is prepared to nothing.
            let own = text(3000);
            for round in 0..3 {
                for (at, Pair { client, server, .. }) in all.iter_mut().enumerate() {
                    for prepared in &prepared {
                        let cost = pass_prepared(server, client, prepared).await;
                        let len = prepared.message().borrowed().len();
                        let shrinks = at > 0 && (3000..=60_000).contains(&len) && len != 50_000;
                        assert_eq!(
                            cost < len * 2 / 3,
                            shrinks,
                            "{at}, {round}: {cost} of {len}"
                        );
                        pass(server, client, MessageRef::Text(&own)).await;
                    }
                    // A second of the same kind, right behind: nothing came in between.
                    pass_prepared(server, client, &prepared[1]).await;
                    pass_prepared(server, client, &prepared[2]).await;
                    pass(server, client, MessageRef::Binary(&noise)).await;
                    pass(client, server, MessageRef::Text(&own)).await;
                }
            }
        });
    }
}

#[test]
fn connections_that_agreed_alike_send_the_same_bytes() {
    for backend in BACKENDS {
        run(async {
            let mut all = connections(backend).await;
            let prepared = Prepared::new(&*text(5000));
            let mut costs = Vec::new();
            for (at, Pair { client, server, .. }) in all.iter_mut().enumerate() {
                // Contexts that differ, which must not matter.
                let own = noise(1000 + 100 * at, 17 + at as u64);
                pass(server, client, MessageRef::Binary(&own)).await;
                costs.push(pass_prepared(server, client, &prepared).await);
            }
            assert_eq!(costs[0], 5000);
            // The first three and the last are alike but for what the client does.
            assert_eq!(costs[1], costs[2]);
            assert_eq!(costs[1], costs[7]);
            assert_eq!(costs[1], costs[3], "takeover does not matter to it");
        });
    }
}

#[test]
fn clients_send_it_too() {
    for backend in BACKENDS {
        run(async {
            let Pair {
                mut client,
                mut server,
                ..
            } = pair(backend(), backend()).await;
            let prepared = Prepared::new(&*text(40_000));
            for _ in 0..3 {
                pass_prepared(&mut client, &mut server, &prepared).await;
                pass(&mut client, &mut server, MessageRef::Text("own")).await;
            }
            assert!(sent(&client) < 40_000, "{}", sent(&client));
        });
    }
}

/// Prepared between pieces of another message is refused, and nothing is lost.
#[test]
fn it_waits_for_no_message_in_pieces() {
    run(async {
        let Pair {
            mut client,
            mut server,
            ..
        } = pair(Deflate::new(), Deflate::new()).await;
        let prepared = Prepared::new(&*text(4000));
        let mut writer = server.message_writer(hybi::Kind::Text).unwrap();
        writer.write(b"first, ").await.unwrap();
        let refused = server.feed_prepared(&prepared).await;
        assert!(
            matches!(refused, Err(hybi::Error::Misuse(_))),
            "{refused:?}"
        );
        let mut writer = server.resume_message_writer().unwrap();
        writer.write(b"second").await.unwrap();
        writer.finish().await.unwrap();
        expect(&mut client, "first, second").await;
        pass_prepared(&mut server, &mut client, &prepared).await;
        pass(&mut server, &mut client, MessageRef::Text("own")).await;
    });
}
