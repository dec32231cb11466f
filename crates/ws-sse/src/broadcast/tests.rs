//! Subscribers beside lists of everything that each of them has to see.

mod model;

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use super::*;
use crate::decoder::Decoder;
use crate::limits::Limits;

fn queue(max_events: usize, max_bytes: usize, policy: SlowPolicy) -> Queue {
    Queue {
        max_events,
        max_bytes,
        policy,
    }
}

/// Publishes events whose data is their id; `data: 7`, `id: 7` and the blank line are 15 bytes.
fn publish(broadcaster: &mut Broadcaster, ids: impl IntoIterator<Item = u32>) {
    for id in ids {
        let id = id.to_string();
        let event = Event::new(&id).with_id(&id);
        assert_eq!(broadcaster.publish(&event), Ok(()));
    }
}

/// All that the subscriber sees: data of events, `-7` for so many missed, `-?` for who knows.
fn seen(broadcaster: &Broadcaster, subscriber: &mut Subscriber) -> Vec<String> {
    let mut seen = Vec::new();
    while let Some(delivery) = broadcaster.next(subscriber) {
        let text = match delivery {
            Delivery::Event(event) => data(event),
            Delivery::Gap { missed: Some(n) } => ["-", &n.to_string()].concat(),
            Delivery::Gap { missed: None } => "-?".to_string(),
            Delivery::TooSlow => "slow".to_string(),
            Delivery::End => "end".to_string(),
        };
        let is_last = matches!(delivery, Delivery::TooSlow | Delivery::End);
        seen.push(text);
        if is_last {
            // It stays like that.
            assert_eq!(broadcaster.next(subscriber), Some(delivery));
            break;
        }
    }
    seen
}

fn data(event: &EncodedEvent) -> String {
    let text = core::str::from_utf8(event.as_bytes()).unwrap();
    let (_, data) = text.split_once("data: ").unwrap();
    data.trim_end().to_string()
}

#[test]
fn ss15_everybody_sees_everything_and_nothing_twice() {
    let mut broadcaster = Broadcaster::new(10, 1000);
    let mut first = broadcaster.subscribe(Queue::default());
    assert_eq!(broadcaster.next(&mut first), None);
    publish(&mut broadcaster, 1..3);
    let mut second = broadcaster.subscribe(Queue::default());
    assert_eq!(broadcaster.queued(&first), (2, 32));
    assert_eq!(broadcaster.queued(&second), (0, 0));
    assert_eq!(seen(&broadcaster, &mut first), ["1", "2"]);
    publish(&mut broadcaster, 3..5);
    assert_eq!(seen(&broadcaster, &mut second), ["3", "4"]);
    assert_eq!(seen(&broadcaster, &mut first), ["3", "4"]);
    assert_eq!(seen(&broadcaster, &mut first), [""; 0]);
    assert_eq!(broadcaster.queued(&first), (0, 0));
}

#[test]
fn those_who_come_back_see_what_they_missed() {
    let mut broadcaster = Broadcaster::new(3, 1000);
    publish(&mut broadcaster, 1..=5);
    for (id, expected) in [
        ("", &["6"][..]),
        ("5", &["6"]),
        ("4", &["5", "6"]),
        ("2", &["3", "4", "5", "6"]),
        ("1", &["-?", "6"]),
        ("x", &["-?", "6"]),
    ] {
        // The bounds of a queue are for what is published later.
        let narrow = queue(1, 1, SlowPolicy::Disconnect);
        let mut back = broadcaster.resume(id, narrow);
        let mut before = seen(&broadcaster, &mut back);
        let mut later = broadcaster.clone();
        publish(&mut later, [6]);
        before.extend(seen(&later, &mut back));
        assert_eq!(before, expected, "{id}");
    }
}

/// An id without data is an event without text, here as in browsers, and replayed like others. A
/// newcomer has no id to come back with before it has seen one.
#[test]
fn events_without_data_are_events() {
    let mut broadcaster = Broadcaster::new(10, 1000);
    let mut early = broadcaster.subscribe(Queue::default());
    let event = Event::new("").with_id("1");
    broadcaster.publish(&event).unwrap();
    let Some(Delivery::Event(seen_first)) = broadcaster.next(&mut early) else {
        panic!();
    };
    let mut decoder = Decoder::new(Limits::default());
    let decoded = decoder.decode(&mut seen_first.as_bytes()).unwrap();
    assert_eq!(decoded, Some(event));

    let mut newcomer = broadcaster.resume("", Queue::default());
    assert_eq!(broadcaster.next(&mut newcomer), None);
    publish(&mut broadcaster, [2]);
    let mut back = broadcaster.resume("1", Queue::default());
    assert_eq!(seen(&broadcaster, &mut back), ["2"]);
    // Lost before it has seen 2.
    let mut newcomer = broadcaster.resume("", Queue::default());
    assert_eq!(seen(&broadcaster, &mut newcomer), [""; 0]);
}

#[test]
fn newcomers_may_see_what_there_is() {
    let mut broadcaster = Broadcaster::new(3, 1000);
    let narrow = queue(1, 1, SlowPolicy::Disconnect);
    assert_eq!(seen(&broadcaster, &mut broadcaster.rewind(narrow)), [""; 0]);
    publish(&mut broadcaster, 1..=5);
    let mut newcomer = broadcaster.rewind(narrow);
    assert_eq!(broadcaster.queued(&newcomer), (3, 48));
    assert_eq!(seen(&broadcaster, &mut newcomer), ["3", "4", "5"]);
    publish(&mut broadcaster, [6]);
    assert_eq!(seen(&broadcaster, &mut newcomer), ["6"]);
}

/// Each row: bounds of a queue, and what one sees who reads nothing while 1 to 5 are published.
#[test]
fn ss07_slow_subscribers_are_dealt_with() {
    use SlowPolicy::{Disconnect, DropAll, DropOldest};
    for (max_events, max_bytes, policy, expected) in [
        (5, 1000, Disconnect, &["1", "2", "3", "4", "5"][..]),
        (4, 1000, Disconnect, &["slow"]),
        (4, 1000, DropOldest, &["-1", "2", "3", "4", "5"]),
        (1, 1000, DropOldest, &["-4", "5"]),
        (4, 1000, DropAll, &["-5"]),
        // An event has 15 bytes and an id of one.
        (9, 5 * 16, Disconnect, &["1", "2", "3", "4", "5"]),
        (9, 5 * 16 - 1, Disconnect, &["slow"]),
        (9, 5 * 16 - 1, DropOldest, &["-1", "2", "3", "4", "5"]),
        (9, 2 * 16, DropOldest, &["-3", "4", "5"]),
        (9, 2 * 16, DropAll, &["-5"]),
        // The latest one may always wait.
        (0, 0, DropOldest, &["-4", "5"]),
        (9, 1, DropOldest, &["-4", "5"]),
        (0, 0, Disconnect, &["slow"]),
    ] {
        let mut broadcaster = Broadcaster::new(10, 1000);
        let queue = queue(max_events, max_bytes, policy);
        let mut slow = broadcaster.subscribe(queue);
        let mut fast = broadcaster.subscribe(queue);
        for id in 1..=5 {
            publish(&mut broadcaster, [id]);
            assert_eq!(seen(&broadcaster, &mut fast), [id.to_string()]);
        }
        assert_eq!(seen(&broadcaster, &mut slow), expected, "{queue:?}");
    }
}

/// Whatever a queue allows, the ring does not have it any more.
#[test]
fn ss07_memory_is_that_of_the_ring() {
    use SlowPolicy::{Disconnect, DropAll, DropOldest};
    for (policy, expected) in [
        (Disconnect, &["slow"][..]),
        (DropOldest, &["-9997", "9998", "9999", "10000"]),
        (DropAll, &["-10000"]),
    ] {
        let mut broadcaster = Broadcaster::new(3, 1000);
        let queue = queue(usize::MAX, usize::MAX, policy);
        let mut slow = broadcaster.subscribe(queue);
        let mut back = broadcaster.resume("", queue);
        publish(&mut broadcaster, 1..=10_000);
        assert_eq!(broadcaster.replay().len(), 3);
        assert!(broadcaster.replay().bytes() <= 1000);
        assert_eq!(seen(&broadcaster, &mut slow), expected);
        assert_eq!(seen(&broadcaster, &mut back), expected);
    }
}

#[test]
fn one_who_reads_within_bounds_stays() {
    let mut broadcaster = Broadcaster::new(4, 1000);
    let mut subscriber = broadcaster.subscribe(queue(2, 1000, SlowPolicy::Disconnect));
    for id in 0..100 {
        publish(&mut broadcaster, [2 * id, 2 * id + 1]);
        let expected = [(2 * id).to_string(), (2 * id + 1).to_string()];
        assert_eq!(seen(&broadcaster, &mut subscriber), expected);
    }
}

#[test]
fn ss13_the_end_comes_after_what_is_left() {
    let mut broadcaster = Broadcaster::new(10, 1000);
    let mut subscriber = broadcaster.subscribe(Queue::default());
    publish(&mut broadcaster, [1]);
    let retry = EncodedEvent::retry(core::time::Duration::from_secs(30));
    broadcaster.close_with(retry.clone());
    broadcaster.close_with(EncodedEvent::comment("too late"));
    assert!(broadcaster.is_closed());
    assert_eq!(broadcaster.publish(&Event::new("x")), Err(Misuse::Closed));
    let result = broadcaster.publish_encoded("", retry.clone());
    assert_eq!(result, Err(Misuse::Closed));

    let Some(Delivery::Event(one)) = broadcaster.next(&mut subscriber) else {
        panic!();
    };
    assert_eq!(data(one), "1");
    let next = broadcaster.next(&mut subscriber);
    assert_eq!(next, Some(Delivery::Event(&retry)));
    assert_eq!(seen(&broadcaster, &mut subscriber), ["end"]);
    let mut late = broadcaster.subscribe(Queue::default());
    assert_eq!(broadcaster.queued(&late), (0, 0));
    assert_eq!(broadcaster.next(&mut late), next);
    assert_eq!(seen(&broadcaster, &mut late), ["end"]);
}

/// The last word takes the place of no event.
#[test]
fn ss13_nobody_is_too_slow_for_the_end() {
    use SlowPolicy::{Disconnect, DropAll, DropOldest};
    for policy in [Disconnect, DropOldest, DropAll] {
        // Full rings and full queues, of events and of bytes.
        for (ring, bounds) in [
            ((2, 1000), (9, 1000)),
            ((9, 32), (9, 1000)),
            ((9, 1000), (2, 1000)),
            ((9, 1000), (9, 32)),
        ] {
            let mut broadcaster = Broadcaster::new(ring.0, ring.1);
            let mut subscriber = broadcaster.subscribe(queue(bounds.0, bounds.1, policy));
            publish(&mut broadcaster, [1, 2]);
            broadcaster.close_with(EncodedEvent::new(&Event::new("bye")).unwrap());
            let expected = ["1", "2", "bye", "end"];
            assert_eq!(seen(&broadcaster, &mut subscriber), expected);
        }
    }
}

#[test]
fn ss01_what_cannot_be_published_is_not() {
    let mut broadcaster = Broadcaster::new(0, 16);
    let mut subscriber = broadcaster.subscribe(Queue::default());
    for (event, misuse) in [
        (Event::new("x").with_kind("\n"), Misuse::Kind),
        (Event::new("x").with_id("\r"), Misuse::Id),
        (Event::new("12").with_id("1"), Misuse::EventTooLarge),
    ] {
        assert_eq!(broadcaster.publish(&event), Err(misuse));
    }
    assert_eq!(broadcaster.next(&mut subscriber), None);
    // Exactly as much as there may be; and a ring of one at least.
    publish(&mut broadcaster, [1]);
    assert_eq!(seen(&broadcaster, &mut subscriber), ["1"]);
}

#[test]
fn a_subscriber_of_another_broadcaster_does_no_harm() {
    let mut old = Broadcaster::new(10, 1000);
    publish(&mut old, 1..=9);
    let mut far = old.subscribe(Queue::default());
    let mut back = old.resume("3", Queue::default());
    let mut new = Broadcaster::new(2, 1000);
    assert_eq!(new.next(&mut far), None);
    assert_eq!(new.queued(&far), (0, 0));
    publish(&mut new, 1..=4);
    assert_eq!(seen(&new, &mut back), ["4"]);
    assert_eq!(new.next(&mut far), None);
}

/// One encoding whatever the number of subscribers, and none that waits for another.
#[test]
fn ss15_events_are_shared_by_a_hundred_thousand() {
    let mut broadcaster = Broadcaster::new(64, 64 * 1024);
    let mut subscribers = vec![broadcaster.subscribe(Queue::default()); 100_000];
    let event = EncodedEvent::new(&Event::new("x")).unwrap();
    for _ in 0..3 {
        broadcaster.publish_encoded("", event.clone()).unwrap();
        for (at, subscriber) in subscribers.iter_mut().enumerate() {
            // One in a hundred reads nothing.
            if at % 100 != 0 {
                let Some(Delivery::Event(other)) = broadcaster.next(subscriber) else {
                    panic!();
                };
                assert!(core::ptr::eq(other.as_chunk(), event.as_chunk()));
                assert_eq!(broadcaster.next(subscriber), None);
            }
        }
    }
    assert_eq!(broadcaster.queued(&subscribers[0]).0, 3);
    assert!(size_of::<Subscriber>() <= 48);
}
