//! What a stream and a source hold while they are idle, and what a hub allocates.

use hybi_testkit::pipe::Pipe;
use hybi_tests::World;
use ws_futures::sse::{Delivered, EncodedEvent, Event, EventSource, EventStream, Hub, Serving};

use futures::{AsyncReadExt, AsyncWriteExt, FutureExt};

use crate::net::Net;
use crate::{OPEN, all_told, head, network, opened, server_options, source, told};

/// Bytes that are on the heap when this is done and were not before, on this thread.
fn held<R>(work: impl FnOnce() -> R) -> (i64, R) {
    let mut result = None;
    let info = allocation_counter::measure(|| result = Some(work()));
    (info.bytes_current, result.expect("it ran"))
}

#[test]
fn an_idle_stream_owns_no_buffer() {
    let mut world = World::new();
    // What the thread keeps for all its connections, and the pipe's own room.
    drop(opened(&mut world, server_options()));
    let hub = Hub::new(1000, 1 << 20);
    let (stream, far) = opened(&mut world, server_options());
    let served = {
        let hub = hub.clone();
        world.spawn(async move { hub.serve(stream).await })
    };
    world.settle();
    let mut far = far;
    let mut busy = |world: &mut World| {
        for _ in 0..50 {
            let data = "x".repeat(500);
            hub.publish(&Event::new(&data)).expect("it is open");
            world.settle();
            let read = crate::available(&mut far).now_or_never();
            assert!(read.is_some_and(|read| read.contains(&data)));
        }
        // Its ring keeps what was published; another one forgets it.
    };
    busy(&mut world);
    let (bytes, ()) = held(|| {
        busy(&mut world);
    });
    // 50 events in the ring, of 500 bytes and what holds them, and nothing else.
    assert!((25_000..40_000).contains(&bytes), "{bytes}");
    assert!(!served.is_done());
}

// What a stream has sent for its client alone was held by it for as long as that took.
#[test]
fn an_idle_stream_that_has_sent_owns_no_buffer() {
    let mut world = World::new();
    let open = |world: &mut World| {
        let (mut stream, mut far) = opened(world, server_options());
        let data = "x".repeat(30_000);
        world.run(async move {
            let read = async {
                let mut left = data.len();
                while left > 0 {
                    let mut bytes = [0; 4096];
                    left = left.saturating_sub(far.read(&mut bytes).await.expect("it is sent"));
                }
            };
            let event = Event::new(&data);
            let (sent, ()) = futures::join!(stream.send(&event), read);
            sent.expect("it is open");
            (stream, far)
        })
    };
    drop((0..20).map(|_| open(&mut world)).collect::<Vec<_>>());
    let (bytes, streams) = held(|| (0..100).map(|_| open(&mut world)).collect::<Vec<_>>());
    assert!(bytes / 100 < 8_000, "{bytes}");
    assert_eq!(streams.len(), 100);
}

#[test]
fn an_idle_source_owns_no_buffer() {
    let net = network();
    let mut world = World::new();
    let server = net.clone();
    world.spawn(async move {
        let mut clients = Vec::new();
        loop {
            let mut io = server.accept().await.1;
            head(&mut io).await;
            let events = format!("{OPEN}data: a\n\ndata: b\n\n");
            io.write_all(events.as_bytes()).await.expect("it is read");
            clients.push(io);
        }
    });
    let open = |world: &mut World| {
        let mut source = source(&net, "http://server.example/");
        world.run(async move {
            assert_eq!(all_told(&mut source, 3).await.len(), 3);
            // It waits for more.
            assert!(told(&mut source).now_or_never().is_none());
            source
        })
    };
    drop((0..20).map(|_| open(&mut world)).collect::<Vec<_>>());
    let (bytes, sources) = held(|| (0..100).map(|_| open(&mut world)).collect::<Vec<_>>());
    let each = bytes / 100;
    // With its pipe, which is the network, and with what the network notes.
    assert!(each < 8_000, "{each}");
    assert_eq!(sources.len(), 100);
}

#[test]
fn what_is_held_is_small() {
    let sizes = [
        size_of::<EventStream<Pipe>>(),
        size_of::<Serving<Pipe>>(),
        size_of::<EventSource<Net>>(),
    ];
    for (size, limit) in sizes.into_iter().zip([320, 480, 800]) {
        assert!(size <= limit, "{sizes:?}");
    }
}

// SS15: one more client costs a place in the ring, whatever is in it.
#[test]
fn ss15_a_subscription_costs_next_to_nothing() {
    let hub = Hub::new(1000, 64 << 20);
    let data = "x".repeat(10_000);
    for _ in 0..1000 {
        hub.publish(&Event::new(&data)).expect("it is open");
    }
    let (bytes, subscriptions) = held(|| {
        let mut all = Vec::with_capacity(10_000);
        all.extend((0..10_000).map(|_| hub.rewind()));
        all
    });
    let each = bytes / 10_000;
    assert!(each <= 250, "{each}");
    assert_eq!(subscriptions.len(), 10_000);
}

#[test]
fn publishing_allocates_no_more_than_the_event() {
    let hub = Hub::new(10, 1 << 20);
    let mut all: Vec<_> = (0..100).map(|_| hub.subscribe()).collect();
    let event = EncodedEvent::new(&Event::new("x")).expect("an event");
    let mut publish_all = |id: &str| {
        for _ in 0..20 {
            hub.publish_encoded(id, event.clone()).expect("it is open");
            // Each sees the event, and waits for the next one.
            for subscription in &mut all {
                let next = subscription.next().now_or_never();
                assert!(matches!(next, Some(Delivered::Event(_))));
                assert!(subscription.next().now_or_never().is_none());
            }
        }
    };
    publish_all("");
    let info = allocation_counter::measure(|| publish_all(""));
    assert_eq!(info.count_total, 0);
    // The ring keeps the ids.
    let info = allocation_counter::measure(|| publish_all("17"));
    assert_eq!(info.count_total, 20);
}
