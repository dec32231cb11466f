//! What many get: replay, gaps, slow clients, and the end.

use futures::{FutureExt, StreamExt};
use hybi_testkit::pipe::Pipe;
use hybi_tests::{Task, World};
use ws_futures::Error;
use ws_futures::sse::{Delivered, EncodedEvent, Event, Hub, Queue, Served, SlowPolicy};

use crate::{SECOND, available, opened, server_options};

/// Serves a raw client.
fn join(world: &mut World, hub: &Hub) -> (Task<Result<Served, Error>>, Pipe) {
    let (stream, far) = opened(world, server_options());
    let hub = hub.clone();
    let task = world.spawn(async move { hub.serve(stream).await });
    world.settle();
    (task, far)
}

fn publish(hub: &Hub, id: u32) {
    let id = id.to_string();
    hub.publish(&Event::new("x").with_id(&id))
        .expect("it is open");
}

fn read(far: &mut Pipe) -> String {
    available(far).now_or_never().expect("it does not wait")
}

#[test]
fn ss15_all_clients_see_all_events_and_leave_no_trace() {
    let hub = Hub::new(100, 1 << 20);
    let mut world = World::new();
    let mut clients: Vec<_> = (0..200).map(|_| join(&mut world, &hub)).collect();
    assert_eq!(hub.subscribers(), 200);
    for id in 0..3 {
        publish(&hub, id);
        world.settle();
    }
    for (_, far) in &mut clients {
        let seen = read(far);
        assert_eq!(seen.matches("data: x").count(), 3, "{seen}");
    }
    for (at, (task, far)) in clients.into_iter().enumerate() {
        drop(far);
        world.settle();
        assert!(matches!(task.take(), Some(Ok(Served::Left))));
        assert_eq!(hub.subscribers(), 199 - at);
    }
}

#[test]
fn ss13_the_end_comes_behind_what_is_left() {
    let hub = Hub::new(100, 1 << 20);
    let mut world = World::new();
    let (task, mut far) = join(&mut world, &hub);
    publish(&hub, 1);
    hub.close(Some(2 * SECOND));
    assert!(hub.is_closed() && hub.publish(&Event::new("x")).is_err());
    world.settle();
    assert_eq!(
        read(&mut far),
        "f\r\nid: 1\ndata: x\n\n\r\nd\r\nretry: 2000\n\n\r\n0\r\n\r\n<end>"
    );
    drop(far);
    world.settle();
    assert!(matches!(task.take(), Some(Ok(Served::End))));
    // Whoever comes now gets the end at once.
    let (_, mut far) = join(&mut world, &hub);
    assert_eq!(read(&mut far), "d\r\nretry: 2000\n\n\r\n0\r\n\r\n<end>");
}

// What was published before the end reaches all who are not too slow, however much waits for them:
// the end makes nobody too slow.
#[test]
fn ss13_the_end_waits_for_those_who_are_behind() {
    let mut queue = Queue::default();
    queue.max_events = 3;
    for hub in [
        Hub::new(3, 1 << 20),
        Hub::new(100, 1 << 20).with_queue(queue),
    ] {
        let mut world = World::new();
        let (task, mut far) = join(&mut world, &hub);
        // The pipe is full with this one.
        let large = "y".repeat(5000);
        hub.publish(&Event::new(&large)).expect("it is open");
        world.settle();
        for id in 0..3 {
            publish(&hub, id);
            world.settle();
        }
        hub.close(Some(2 * SECOND));
        world.settle();
        assert!(!task.is_done());
        let mut seen = String::new();
        while !seen.ends_with("<end>") {
            seen += &read(&mut far);
            world.settle();
            assert!(!task.is_done());
        }
        assert_eq!(seen.matches("data: x").count(), 3, "{seen}");
        assert!(seen.ends_with("retry: 2000\n\n\r\n0\r\n\r\n<end>"));
        drop(far);
        world.settle();
        assert!(matches!(task.take(), Some(Ok(Served::End))));
    }
}

// SS07, SS15: whoever does not read is told to go as soon as it is too far behind, though it is
// blocked in a write; the others see everything.
#[test]
fn ss07_slow_clients_go_and_fast_ones_do_not_wait() {
    let mut queue = Queue::default();
    queue.max_events = 50;
    let hub = Hub::new(1000, 1 << 20).with_queue(queue);
    let mut world = World::new();
    let (slow, far_slow) = join(&mut world, &hub);
    let (fast, mut far_fast) = join(&mut world, &hub);
    let mut seen = 0;
    for id in 0..1000 {
        publish(&hub, id);
        world.settle();
        seen += read(&mut far_fast).matches("data: x").count();
    }
    assert_eq!(seen, 1000);
    assert!(!fast.is_done());
    assert!(matches!(slow.take(), Some(Ok(Served::TooSlow))));
    assert_eq!(hub.subscribers(), 1);
    drop(far_slow);
}

#[test]
fn ss07_slow_clients_may_miss_events_and_are_told_so() {
    for (policy, expect) in [(SlowPolicy::DropOldest, 50), (SlowPolicy::DropAll, 0)] {
        let mut queue = Queue::default();
        queue.max_events = 50;
        queue.policy = policy;
        let notice = |missed: Option<u64>| {
            let text = missed.map_or_else(|| "all".to_owned(), |count| count.to_string());
            EncodedEvent::new(&Event::new(&text).with_kind("missed")).ok()
        };
        let hub = Hub::new(1000, 1 << 20)
            .with_queue(queue)
            .with_gap_notice(notice);
        let mut world = World::new();
        let (task, mut far) = join(&mut world, &hub);
        for id in 0..1000 {
            publish(&hub, id);
            world.settle();
        }
        let mut text = String::new();
        while let more @ 1.. = {
            let more = read(&mut far);
            text += &more;
            world.settle();
            more.len()
        } {
            let _ = more;
        }
        let (before, after) = text.split_once("event: missed\n").expect("it is told");
        let got = before.matches("data: x").count();
        let missed = after
            .strip_prefix("data: ")
            .and_then(|rest| rest.split_once('\n'));
        let missed: usize = missed.expect("a number").0.parse().expect("a number");
        assert_eq!(after.matches("data: x").count(), expect, "{policy:?}");
        assert_eq!(got + missed + expect, 1000, "{policy:?}");
        assert!(got < 150, "{got}");
        assert!(!task.is_done());
    }
}

#[test]
fn a_subscription_tells_everything_apart() {
    let hub = Hub::new(2, 1 << 20);
    let mut world = World::new();
    for id in 0..3 {
        publish(&hub, id);
    }
    let delivered = |id: u32| {
        let id = id.to_string();
        Delivered::Event(EncodedEvent::new(&Event::new("x").with_id(&id)).expect("an event"))
    };
    let hub2 = hub.clone();
    world.run(async move {
        let hub = hub2;
        let mut all = hub.rewind();
        assert_eq!(all.queued().0, 2);
        assert_eq!(all.next().await, delivered(1));
        let mut resumed = hub.resume("1");
        assert_eq!(resumed.next().await, delivered(2));
        assert!(resumed.next().now_or_never().is_none());
        let mut unknown = hub.resume("nonsense");
        assert_eq!(unknown.next().await, Delivered::Gap { missed: None });
        let mut lost = hub.subscribe();
        for id in 3..9 {
            publish(&hub, id);
        }
        assert_eq!(lost.next().await, Delivered::TooSlow);
        assert!(lost.is_too_slow());
        assert!(
            lost.next().await == Delivered::TooSlow && lost.collect::<Vec<_>>().await.is_empty()
        );
        let mut late = hub.subscribe();
        hub.close(None);
        assert_eq!(late.next().await, Delivered::End);
        assert_eq!(late.next().await, Delivered::End);
    });
    assert_eq!(hub.subscribers(), 0);
}

// A task that is polled by ever other wakers takes one place all the same.
#[test]
fn wakers_do_not_pile_up() {
    let hub = Hub::new(10, 1 << 20);
    let mut world = World::new();
    let mut subscription = hub.subscribe();
    let hub2 = hub.clone();
    let seen = world.spawn(async move {
        for _ in 0..1000 {
            assert!(subscription.next().now_or_never().is_none());
        }
        assert_eq!(hub2.subscribers(), 1);
        subscription.next().await
    });
    world.settle();
    assert!(!seen.is_done());
    publish(&hub, 1);
    world.settle();
    assert!(matches!(seen.take(), Some(Delivered::Event(_))));
}

// Pings also where a hub has nothing to say, and a client that takes none of it is given up.
#[test]
fn ss11_a_silent_hub_pings() {
    let hub = Hub::new(1000, 1 << 20);
    let mut world = World::new();
    let (task, mut far) = join(&mut world, &hub);
    world.advance(46 * SECOND);
    assert_eq!(read(&mut far), "3\r\n:\n\n\r\n".repeat(3));
    for id in 0..200 {
        publish(&hub, id);
    }
    world.advance(39 * SECOND);
    assert!(!task.is_done());
    world.advance(2 * SECOND);
    assert!(matches!(task.take(), Some(Err(Error::Io(_)))));
}
