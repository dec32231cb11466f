//! Both roles against each other: what is missed, what is replayed, a server that starts again.

use core::time::Duration;

use hybi_tests::{Task, World, world};
use ws_futures::sse::{EncodedEvent, Event, EventSource, Hub, SourceState};

use crate::net::{Answer, Net, sleep};
use crate::{
    NOW, SECOND, all_told, client_options, network, request, server_options, source, told,
};

/// A server of this hub, for as long as its task is there.
async fn serve(net: Net, hub: Hub) {
    let mut tasks = futures::stream::FuturesUnordered::new();
    loop {
        let accepted = {
            let accept = core::pin::pin!(net.accept());
            let others = core::pin::pin!(async {
                use futures::StreamExt;
                while tasks.next().await.is_some() {}
                core::future::pending::<()>().await;
            });
            match futures::future::select(accept, others).await {
                futures::future::Either::Left(((_, io), _)) => io,
                futures::future::Either::Right(((), _)) => return,
            }
        };
        let hub = hub.clone();
        tasks.push(async move {
            let options = server_options();
            let incoming = ws_futures::read_request(accepted, &options)
                .await
                .expect("a request");
            if hub.is_closed() {
                return incoming.stop_events().await;
            }
            let stream = incoming.accept_events(&options).await.expect("a stream");
            let _ = hub.serve(stream).await;
        });
    }
}

fn hub() -> Hub {
    Hub::new(100, 1 << 20)
        .with_gap_notice(|_| EncodedEvent::new(&Event::new("").with_kind("reload")).ok())
}

fn publish(hub: &Hub, id: &str) {
    hub.publish(&Event::new(id).with_id(id))
        .expect("it is open");
}

fn spawn_told(
    world: &mut World,
    mut source: EventSource<Net>,
    count: usize,
) -> Task<(Vec<String>, EventSource<Net>)> {
    world.spawn(async move {
        let seen = all_told(&mut source, count).await;
        (seen, source)
    })
}

#[test]
fn events_go_from_one_to_the_other() {
    let (net, hub) = (network(), hub());
    let mut world = World::new();
    world.spawn(serve(net.clone(), hub.clone()));
    let seen = spawn_told(&mut world, source(&net, "http://server.example/"), 4);
    world.settle();
    for id in ["a", "b"] {
        publish(&hub, id);
    }
    hub.publish(&Event::new("two\nlines").with_kind("note"))
        .expect("it is open");
    world.settle();
    let (seen, mut source) = seen.take().expect("all came");
    assert_eq!(
        seen,
        ["opened", "message a a", "message b b", "note two\nlines b"]
    );
    // The last word of a server: when to come back. Then it wants nobody to.
    hub.close(Some(2 * SECOND));
    let begun = world::timer().now();
    let rest = world.run(async move {
        let rest = all_told(&mut source, 9).await;
        assert_eq!(source.closure(), Some(ws_sse::Closure::Stopped));
        (rest, world::timer().now().saturating_since(begun))
    });
    assert_eq!(rest.0, ["lost: the event stream has ended"]);
    assert!((2 * SECOND..=3 * SECOND).contains(&rest.1), "{rest:?}");
}

// Two servers, one after the other: the second knows the ids of the first only if it has them.
#[test]
fn a_server_that_starts_again_replays_or_tells_of_a_gap() {
    for knows in [true, false] {
        let net = network();
        let mut world = World::new();
        let first = hub();
        world.spawn(serve(net.clone(), first.clone()));
        let seen = spawn_told(&mut world, source(&net, "http://server.example/"), 2);
        world.settle();
        publish(&first, "1");
        world.settle();
        let (_, source) = seen.take().expect("all came");
        // It is killed.
        world.drop_tasks();
        net.port("192.0.2.1:80", NOW, Answer::Refuses);
        let lost = spawn_told(&mut world, source, 3);
        world.advance(20 * SECOND);
        let (lost, source) = lost.take().expect("attempts");
        assert!(
            lost.iter().all(|what| what.starts_with("lost: ")),
            "{lost:?}"
        );
        assert_eq!(source.state(), SourceState::Waiting);
        // It is back.
        let second = hub();
        if knows {
            publish(&second, "1");
        }
        publish(&second, "2");
        net.port("192.0.2.1:80", NOW, Answer::Accepts);
        world.spawn(serve(net.clone(), second.clone()));
        let seen = spawn_told(&mut world, source, 3);
        world.advance(60 * SECOND);
        publish(&second, "3");
        world.settle();
        let (seen, _) = seen.take().expect("all came");
        let expect = if knows {
            ["opened", "message 2 2", "message 3 3"]
        } else {
            ["opened", "reload  1", "message 3 3"]
        };
        assert_eq!(seen, expect);
    }
}

// A source that is too slow is let go, and gets the rest of the ring when it is back.
#[test]
fn a_slow_source_misses_nothing_that_the_ring_has() {
    let mut queue = ws_sse::Queue::default();
    queue.max_events = 40;
    let hub = Hub::new(10_000, 8 << 20).with_queue(queue);
    let net = network();
    net.behave_near(hybi_testkit::pipe::Behaviour::default());
    let mut world = World::new();
    world.spawn(serve(net.clone(), hub.clone()));
    let mut options = client_options();
    options
        .events
        .source
        .backoff
        .set_retry(Duration::from_millis(100));
    let mut source = EventSource::new(net, request("http://server.example/"), &options);
    let server = hub;
    let ids = world.run(async move {
        assert_eq!(told(&mut source).await.as_deref(), Some("opened"));
        let data = "x".repeat(4000);
        for id in 0..300 {
            let id = format!("{id:03}");
            server
                .publish(&Event::new(&data).with_id(&id))
                .expect("it is open");
            // The server's task has its turn; nobody reads.
            sleep(Duration::from_millis(1)).await;
        }
        let mut ids = Vec::new();
        let mut lost = 0;
        while ids.len() < 300 {
            let what = told(&mut source).await.expect("it goes on");
            lost += usize::from(what.starts_with("lost"));
            if what.starts_with("message") {
                ids.push(source.last_event_id().to_owned());
            }
        }
        assert_eq!(lost, 1);
        ids
    });
    assert!(
        ids.windows(2).all(|pair| pair[0] < pair[1]),
        "in order, once each"
    );
}
