//! A stream against a raw client: pings, clients that leave, clients that do not read.

use core::time::Duration;

use futures::{AsyncReadExt, AsyncWriteExt, FutureExt, StreamExt};
use hybi_testkit::pipe::{Behaviour, Pipe, duplex, pipe};
use hybi_tests::{World, world};
use ws_futures::Error;
use ws_futures::sse::{Accept, EncodedEvent, Event, EventStream, Reject, Served};
use ws_http::Status;

use crate::net::sleep;
use crate::{ASK, SECOND, available, incoming, opened, server_options};

const PING: &str = "3\r\n:\n\n\r\n";

/// What a server answers to these bytes, all of it.
fn answered(ask: &str) -> (String, Option<Error>) {
    let (near, mut far) = duplex(64 << 10);
    let ask = ask.to_owned();
    World::new().run(async move {
        far.write_all(ask.as_bytes()).await.expect("there is room");
        let options = server_options();
        let server = async {
            let incoming = incoming(near, &options).await?;
            let mut stream = incoming.accept_events(&options).await?;
            if !stream.is_closed() {
                stream.send(&Event::new("a").with_id("1")).await?;
            }
            stream.close().await
        };
        let client = async {
            let mut answer = String::new();
            far.read_to_string(&mut answer).await.expect("text");
            drop(far);
            answer
        };
        let (served, answer) = futures::join!(server, client);
        (answer, served.err())
    })
}

// SS08, SS10
#[test]
fn ss08_ss10_what_is_asked_decides_the_framing_and_the_answer() {
    let (answer, error) = answered(ASK);
    assert!(error.is_none(), "{error:?}");
    assert!(
        answer.contains("\r\nTransfer-Encoding: chunked\r\n"),
        "{answer}"
    );
    assert!(answer.contains("\r\nX-Accel-Buffering: no\r\n"));
    assert!(
        answer.ends_with("\r\n\r\nd\r\nretry: 5000\n\n\r\nf\r\nid: 1\ndata: a\n\n\r\n0\r\n\r\n"),
        "{answer}"
    );

    let (answer, error) = answered("GET / HTTP/1.0\r\n\r\n");
    assert!(error.is_none(), "{error:?}");
    assert!(!answer.contains("chunked"), "{answer}");
    assert!(
        answer.ends_with("\r\n\r\nretry: 5000\n\nid: 1\ndata: a\n\n"),
        "{answer}"
    );

    let (answer, error) = answered("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert!(error.is_none(), "{error:?}");
    assert!(
        answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("\r\n\r\n"),
        "{answer}"
    );

    for (ask, expect) in [
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 405 ",
        ),
        ("GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 "),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nLast-Event-ID: 1\r\nLast-Event-ID: 2\r\n\r\n",
            "HTTP/1.1 400 ",
        ),
    ] {
        let (answer, error) = answered(ask);
        assert!(answer.starts_with(expect), "{answer}");
        assert!(matches!(error, Some(Error::EventRequest(_))), "{error:?}");
    }
}

#[test]
fn the_application_decides_and_sees_what_was_asked() {
    let (near, mut far) = duplex(4096);
    let mut world = World::new();
    let stream = world.run(async move {
        let options = server_options();
        let ask = "GET /a?b HTTP/1.1\r\nHost: server.example\r\nLast-Event-ID: caf\u{e9}\r\n\r\n";
        far.write_all(ask.as_bytes()).await.expect("there is room");
        let incoming = incoming(near, &options).await.expect("a request");
        assert!(!incoming.wants_events(), "it does not say so");
        let stream = incoming
            .accept_events_with(&options, |offer| {
                assert_eq!(offer.target(), "/a?b");
                let accept = Accept::new().with_retry(None);
                Ok(accept
                    .with_field("Access-Control-Allow-Origin", "*")
                    .expect("a field"))
            })
            .await
            .expect("a stream");
        assert!(
            available(&mut far)
                .await
                .contains("\r\nAccess-Control-Allow-Origin: *\r\n")
        );
        stream
    });
    assert_eq!(stream.target(), "/a?b");
    assert_eq!(
        stream.url(true).as_deref(),
        Some("https://server.example/a?b")
    );
    assert_eq!(stream.last_event_id(), "caf\u{e9}".as_bytes());
    assert!(!format!("{stream:?}").contains("/a"));

    let (near, mut far) = duplex(4096);
    let answer = world.run(async move {
        let options = server_options();
        far.write_all(ASK.as_bytes()).await.expect("there is room");
        let incoming = incoming(near, &options).await.expect("a request");
        let refused = incoming.accept_events_with(&options, |_| {
            Err(Reject::new(Status::UNAUTHORIZED).expect("a refusal"))
        });
        let (refused, answer) = futures::join!(refused, async {
            let mut answer = String::new();
            far.read_to_string(&mut answer).await.expect("text");
            drop(far);
            answer
        });
        assert!(matches!(refused, Err(Error::Refused)));
        answer
    });
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
}

// SS13
#[test]
fn ss13_clients_are_kept_from_coming_back() {
    let (near, mut far) = duplex(4096);
    let answer = World::new().run(async move {
        let options = server_options();
        far.write_all(ASK.as_bytes()).await.expect("there is room");
        let incoming = incoming(near, &options).await.expect("a request");
        let ((), answer) = futures::join!(incoming.stop_events(), async {
            let mut answer = String::new();
            far.read_to_string(&mut answer).await.expect("text");
            drop(far);
            answer
        });
        answer
    });
    assert_eq!(
        answer,
        "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
    );
}

// SS11
#[test]
fn ss11_pings_come_when_nothing_else_does() {
    let mut world = World::new();
    let (mut stream, mut far) = opened(&mut world, server_options());
    let (sender, mut events) = futures::channel::mpsc::unbounded::<&str>();
    let server = world.spawn(async move {
        loop {
            match stream.until_gone(events.next()).await {
                Ok(Some(Some(text))) => {
                    stream.feed(&Event::new(text)).await.expect("it is open");
                }
                Ok(Some(None)) => return stream.close().await,
                Ok(None) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    });
    let mut seen = |world: &mut World, by: u64| {
        world.advance(Duration::from_millis(by));
        available(&mut far)
            .now_or_never()
            .expect("it does not wait")
    };
    assert_eq!(seen(&mut world, 14_999), "");
    assert_eq!(seen(&mut world, 1), PING);
    assert_eq!(seen(&mut world, 14_999), "");
    assert_eq!(seen(&mut world, 1), PING);
    // Events put it off, each anew.
    for _ in 0..5 {
        assert_eq!(seen(&mut world, 10_000), "");
        sender.unbounded_send("x").expect("it is received");
        assert_eq!(seen(&mut world, 0), "9\r\ndata: x\n\n\r\n");
    }
    assert_eq!(seen(&mut world, 14_999), "");
    assert_eq!(seen(&mut world, 1), PING);
    drop(sender);
    assert_eq!(seen(&mut world, 0), "0\r\n\r\n<end>");
    assert!(!server.is_done(), "it waits for the client to see that");
    drop(far);
    world.settle();
    assert!(matches!(server.take(), Some(Ok(()))));
}

#[test]
fn ss11_pings_can_be_switched_off_and_sent_by_hand() {
    let mut world = World::new();
    let mut options = server_options();
    options.events.ping = None;
    let (mut stream, mut far) = opened(&mut world, options);
    world.run(async move {
        assert!(select_gone(&mut stream, 100 * SECOND).await.is_none());
        assert_eq!(available(&mut far).await, "");
        stream.ping().await.expect("it is open");
        assert_eq!(available(&mut far).await, PING);
        stream.feed_comment("a\nb").await.expect("it is open");
        stream.feed_retry(SECOND).await.expect("it is open");
        stream.flush().await.expect("it is open");
        assert_eq!(
            available(&mut far).await,
            "9\r\n: a\n: b\n\n\r\nd\r\nretry: 1000\n\n\r\n"
        );
    });
}

/// How the client leaves, if it does within a time.
async fn select_gone(stream: &mut EventStream<Pipe>, time: Duration) -> Option<Result<(), Error>> {
    let gone = core::pin::pin!(stream.gone());
    let pause = core::pin::pin!(sleep(time));
    match futures::future::select(gone, pause).await {
        futures::future::Either::Left((gone, _)) => Some(gone),
        futures::future::Either::Right(_) => None,
    }
}

// SS06
#[test]
fn ss06_a_client_that_leaves_is_noticed() {
    for way in 0..4 {
        let mut world = World::new();
        let (mut stream, mut far) = opened(&mut world, server_options());
        world.run(async move {
            far.write_all(b"GET /next HTTP/1.1\r\n\r\n")
                .await
                .expect("it is dropped");
            assert!(select_gone(&mut stream, SECOND).await.is_none());
            match way {
                0 => drop(far),
                1 => far.close().await.expect("it can be closed"),
                2 => far.probe().reset(),
                _ => {
                    drop(far);
                    // By whoever sends, too.
                    let error = async {
                        loop {
                            if let Err(error) = stream.send(&Event::new("a")).await {
                                return error;
                            }
                        }
                    };
                    assert!(matches!(error.await, Error::Io(_)));
                    assert!(stream.flush().await.is_err() && stream.close().await.is_err());
                    return;
                }
            }
            let gone = select_gone(&mut stream, SECOND)
                .await
                .expect("it is noticed");
            assert_eq!(gone.is_err(), way == 2, "{gone:?}");
        });
    }
}

// What a client sends behind its request is dropped, and one that does not stop is not listened
// to any more.
#[test]
fn a_client_that_talks() {
    let mut world = World::new();
    let (mut stream, mut far) = opened(&mut world, server_options());
    let talking = world.spawn(async move {
        for _ in 0..1000 {
            far.write_all(&[b'x'; 1024]).await.expect("it is taken");
        }
    });
    world.spawn(async move { stream.gone().await });
    world.advance(10 * SECOND);
    assert!(!talking.is_done(), "it is held up");
}

// SS07: nothing is taken for 40 seconds.
#[test]
fn ss07_a_client_that_does_not_read_is_given_up() {
    let mut world = World::new();
    let (mut stream, far) = opened(&mut world, server_options());
    let end = world.spawn(async move {
        let mut sent = 0;
        loop {
            if let Err(error) = stream.send(&Event::new(&"x".repeat(100))).await {
                return (sent, error);
            }
            sent += 1;
        }
    });
    world.advance(39 * SECOND);
    assert!(!end.is_done());
    world.advance(SECOND);
    let (sent, error) = end.take().expect("it is over");
    assert!(sent < 20, "{sent}");
    assert!(matches!(&error, Error::Io(error) if error.kind() == std::io::ErrorKind::TimedOut));
    drop(far);
}

#[test]
fn feeding_waits_when_there_is_much() {
    let (near, far) = pipe(Behaviour::default().capacity(600), Behaviour::default());
    let mut world = World::new();
    let mut options = server_options();
    options.write_buffer = 1000;
    let fed = world.spawn(async move {
        let mut far = far;
        far.write_all(ASK.as_bytes()).await.expect("there is room");
        let incoming = incoming(near, &options).await.expect("a request");
        let mut stream = incoming.accept_events(&options).await.expect("a stream");
        let mut fed = 0;
        let event = EncodedEvent::new(&Event::new(&"y".repeat(90))).expect("an event");
        for own in [true, false] {
            for _ in 0..100 {
                let feeding = async {
                    if own {
                        stream.feed(&Event::new(&"x".repeat(90))).await
                    } else {
                        stream.feed_encoded(&event).await
                    }
                };
                if feeding.now_or_never().is_none() {
                    break;
                }
                fed += 1;
            }
        }
        // All that was fed is written once there is somebody to read it, in order.
        let read = async {
            let mut text = vec![0; 1 << 16];
            let mut len = 0;
            while len < fed * 90 {
                len += far.read(&mut text[len..]).await.expect("it can be read");
            }
            String::from_utf8(text[..len].to_vec()).expect("text")
        };
        let (_, text) = futures::join!(stream.flush(), read);
        (fed, text)
    });
    world.settle();
    let (fed, text) = fed.take().expect("it is done");
    assert!((10..20).contains(&fed), "{fed}");
    assert_eq!(text.matches("data: ").count(), fed);
}

#[test]
fn forwarding_ends_with_its_events_or_its_client() {
    let mut world = World::new();
    for leaves in [false, true] {
        let (mut stream, mut far) = opened(&mut world, server_options());
        let events = futures::stream::iter(0..3)
            .map(|n| EncodedEvent::new(&Event::new(&n.to_string())).expect("an event"));
        let pending = futures::stream::pending();
        let served = world.spawn(async move {
            if leaves {
                stream.forward(events.chain(pending)).await
            } else {
                stream.forward(events).await
            }
        });
        world.settle();
        let mut seen = available(&mut far)
            .now_or_never()
            .expect("it does not wait");
        if leaves {
            seen += "0\r\n\r\n<end>";
        }
        assert_eq!(
            seen,
            "9\r\ndata: 0\n\n\r\n9\r\ndata: 1\n\n\r\n9\r\ndata: 2\n\n\r\n0\r\n\r\n<end>"
        );
        assert!(!served.is_done());
        drop(far);
        world.settle();
        let expect = if leaves { Served::Left } else { Served::End };
        assert!(matches!(served.take(), Some(Ok(served)) if served == expect));
    }
}

// A client that does not leave when its stream has ended is not waited for without end.
#[test]
fn closing_is_not_waited_for_without_end() {
    let mut world = World::new();
    let (mut stream, mut far) = opened(&mut world, server_options());
    let closed = world.spawn(async move {
        let begun = world::timer().now();
        stream.close().await.expect("it can be closed");
        stream.close().await.expect("again");
        assert!(matches!(
            stream.send(&Event::new("a")).await,
            Err(Error::Closed)
        ));
        assert!(matches!(stream.gone().await, Err(Error::Closed)));
        world::timer().now().saturating_since(begun)
    });
    world.advance(10 * SECOND);
    assert_eq!(closed.take(), Some(5 * SECOND));
    let seen = available(&mut far).now_or_never();
    assert_eq!(seen.as_deref(), Some("0\r\n\r\n<end>"));
}

#[test]
fn ss01_what_cannot_be_written_is_not() {
    let mut world = World::new();
    let (mut stream, mut far) = opened(&mut world, server_options());
    world.run(async move {
        for event in [
            Event::new("a").with_id("1\r2"),
            Event::new("a").with_kind("b\n"),
            Event::new("a").with_id("\0"),
        ] {
            assert!(matches!(stream.send(&event).await, Err(Error::Event(_))));
        }
        stream.send(&Event::new("fine")).await.expect("it is open");
        assert_eq!(available(&mut far).await, "c\r\ndata: fine\n\n\r\n");
    });
}

// Behind a transport that gathers, such as TLS: what is sent has been flushed.
#[test]
fn what_is_sent_has_been_flushed() {
    let near = Behaviour::default().hold_until_flush();
    let (near, mut far) = pipe(near, Behaviour::default());
    World::new().run(async move {
        let options = server_options();
        far.write_all(ASK.as_bytes()).await.expect("there is room");
        let incoming = incoming(near, &options).await.expect("a request");
        let mut stream = incoming.accept_events(&options).await.expect("a stream");
        assert!(available(&mut far).await.ends_with("retry: 5000\n\n\r\n"));
        stream.send(&Event::new("a")).await.expect("it is open");
        assert_eq!(available(&mut far).await, "9\r\ndata: a\n\n\r\n");
        let event = EncodedEvent::new(&Event::new("b")).expect("an event");
        stream.feed_encoded(&event).await.expect("it is open");
        assert_eq!(available(&mut far).await, "");
        stream.flush().await.expect("it is open");
        assert_eq!(available(&mut far).await, "9\r\ndata: b\n\n\r\n");
        stream.feed_encoded(&event).await.expect("it is open");
        assert!(stream.gone().now_or_never().is_none());
        assert_eq!(available(&mut far).await, "9\r\ndata: b\n\n\r\n");
    });
}
