//! Futures that are dropped at every point lose nothing, over a transport that does little at a
//! time.

use core::pin::pin;
use core::task::Poll;

use futures::{AsyncReadExt, AsyncWriteExt, FutureExt};
use hybi_testkit::pipe::{Behaviour, Pending, pipe};
use hybi_tests::World;
use ws_futures::sse::{EncodedEvent, Event, EventSource, Hub};

use crate::{ASK, client_options, incoming, network, request, server_options, told};

/// Polls a future once, and says whether it was done.
async fn once<F: Future>(future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    core::future::poll_fn(|cx| {
        Poll::Ready(match future.as_mut().poll(cx) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        })
    })
    .await
}

fn little(seed: u64) -> Behaviour {
    Behaviour::default()
        .capacity(7)
        .max_read(3)
        .max_write(2)
        .pending(Pending::Random(seed))
}

/// Gives other tasks their turn.
async fn turn() {
    let mut is_first = true;
    core::future::poll_fn(|cx| {
        if core::mem::take(&mut is_first) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(())
    })
    .await;
}

#[test]
fn a_stream_whose_futures_are_dropped() {
    for seed in 0..20 {
        for held in [false, true] {
            let behaviour = little(seed);
            let near = if held {
                behaviour.clone().hold_until_flush()
            } else {
                behaviour.clone()
            };
            let (near, mut far) = pipe(near, behaviour);
            let mut world = World::new();
            let options = server_options();
            let client = world.spawn(async move {
                far.write_all(ASK.as_bytes()).await.expect("it is read");
                let mut text = String::new();
                far.read_to_string(&mut text).await.expect("text");
                text
            });
            world.spawn(async move {
                let incoming = incoming(near, &options).await.expect("a request");
                let mut stream = incoming.accept_events(&options).await.expect("a stream");
                for n in 0..20 {
                    let data = n.to_string();
                    if n % 3 == 0 {
                        let event = EncodedEvent::new(&Event::new(&data)).expect("an event");
                        while once(stream.feed_encoded(&event)).await.is_none() {
                            turn().await;
                        }
                    } else {
                        while once(stream.feed(&Event::new(&data))).await.is_none() {
                            turn().await;
                        }
                    }
                    if n % 2 == 0 {
                        assert!(once(stream.gone()).await.is_none());
                    } else {
                        while once(stream.flush()).await.is_none() {
                            turn().await;
                        }
                    }
                }
                while once(stream.close()).await.is_none() {
                    turn().await;
                }
            });
            world.settle();
            let text = client.take().expect("it has ended");
            let data: Vec<String> = text
                .lines()
                .filter_map(|line| line.strip_prefix("data: ").map(str::to_owned))
                .collect();
            let expect: Vec<String> = (0..20).map(|n| n.to_string()).collect();
            assert_eq!(data, expect, "{seed} {held}");
            assert!(text.ends_with("\r\n0\r\n\r\n"), "{text}");
        }
    }
}

#[test]
fn a_source_whose_futures_are_dropped() {
    for seed in 0..20 {
        let net = network();
        net.behave_near(little(seed));
        let mut world = World::new();
        let hub = Hub::new(1000, 1 << 20);
        for id in 0..50 {
            let id = id.to_string();
            hub.publish(&Event::new("x\ny").with_kind("kettle").with_id(&id))
                .expect("it is open");
        }
        let server = net.clone();
        let all = hub.clone();
        world.spawn(async move {
            let options = server_options();
            let io = server.accept().await.1;
            let incoming = incoming(io, &options).await.expect("a request");
            let stream = incoming.accept_events(&options).await.expect("a stream");
            all.rewind().serve(stream).await
        });
        let mut source =
            EventSource::new(net, request("http://server.example/"), &client_options());
        let seen = world.spawn(async move {
            let mut seen = Vec::new();
            while seen.len() < 51 {
                match once(told(&mut source)).await {
                    Some(what) => seen.extend(what),
                    None => turn().await,
                }
            }
            seen
        });
        world.settle();
        let seen = seen.take().expect("all came");
        assert_eq!(seen[0], "opened");
        for (id, what) in seen[1..].iter().enumerate() {
            assert_eq!(*what, format!("kettle x\ny {id}"), "{seed}");
        }
    }
}

// Every call of the transport may be the one that fails: there is an end, and no panic.
#[test]
fn a_transport_that_fails_at_any_call() {
    for call in 1..60 {
        for fault in [
            hybi_testkit::pipe::Fault::Error(std::io::ErrorKind::ConnectionReset),
            hybi_testkit::pipe::Fault::Zero,
            hybi_testkit::pipe::Fault::Overstated,
        ] {
            let near = Behaviour::default()
                .max_read(40)
                .max_write(9)
                .fail_from(call, fault);
            let (near, mut far) = pipe(near, Behaviour::default());
            let mut world = World::new();
            let hub = Hub::new(100, 1 << 20);
            let clone = hub.clone();
            let server = world.spawn(async move {
                let options = server_options();
                let incoming = incoming(near, &options).await?;
                let stream = incoming.accept_events(&options).await?;
                clone.serve(stream).await
            });
            let _ = far.write_all(ASK.as_bytes()).now_or_never();
            world.settle();
            for _ in 0..5 {
                hub.publish(&Event::new("x")).expect("it is open");
                world.settle();
            }
            world.advance(core::time::Duration::from_secs(100));
            let _ = far.read(&mut [0; 4096]).now_or_never();
            drop(far);
            world.advance(core::time::Duration::from_secs(100));
            assert!(server.is_done(), "{call} {fault:?}");
            assert_eq!(hub.subscribers(), 0);
        }
    }
}

// The same at a source: whatever fails, it comes back and misses nothing.
#[test]
fn sc16_a_connection_that_fails_at_any_call() {
    for call in 1..60 {
        for fault in [
            hybi_testkit::pipe::Fault::Error(std::io::ErrorKind::ConnectionReset),
            hybi_testkit::pipe::Fault::Zero,
            hybi_testkit::pipe::Fault::Overstated,
        ] {
            let net = network();
            let bad = Behaviour::default().max_read(40).max_write(30);
            net.behave_near(bad.fail_from(call, fault));
            let mut world = World::new();
            let hub = Hub::new(100, 1 << 20);
            for id in 1..20 {
                let id = id.to_string();
                hub.publish(&Event::new("x").with_id(&id))
                    .expect("it is open");
            }
            let server = net.clone();
            world.spawn(async move {
                let options = server_options();
                loop {
                    let io = server.accept().await.1;
                    let Ok(incoming) = incoming(io, &options).await else {
                        continue;
                    };
                    if let Ok(stream) = incoming.accept_events(&options).await {
                        let _ = match stream.last_event_id() {
                            b"" => hub.rewind().serve(stream).await,
                            _ => hub.serve(stream).await,
                        };
                    }
                }
            });
            let client = net.clone();
            let mut source =
                EventSource::new(net, request("http://server.example/"), &client_options());
            let seen = world.run(async move {
                let mut seen = Vec::new();
                while seen.len() < 19 {
                    let what = told(&mut source).await.expect("it goes on");
                    if what.starts_with("lost") {
                        client.behave_near(Behaviour::default());
                    } else if what != "opened" {
                        seen.push(what);
                    }
                }
                seen
            });
            for (at, what) in seen.iter().enumerate() {
                assert_eq!(*what, format!("message x {}", at + 1), "{call} {fault:?}");
            }
        }
    }
}
