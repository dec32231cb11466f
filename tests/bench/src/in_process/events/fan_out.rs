//! One event goes to many.

use std::collections::HashSet;
use std::hint::black_box;

use bytes::Bytes;
use tokio::sync::broadcast;
use ws_sse::{Broadcaster, Delivery, EncodedEvent, Encoder, Event, Queue, Subscriber};

use super::super::{Clock, Row};
use super::mix::{self, Owned};
use crate::bar::{Bar, Limit};

/// So many get it.
const SUBSCRIBERS: usize = 10_000;
/// So many events a ring has.
const RING: usize = 16;

pub(super) fn row(clock: Clock) -> Row {
    let event = mix::small(1).remove(0);
    Row {
        what: "one small event to 10,000 subscribers",
        unit: "for each of them",
        bytes: None,
        floor: floor(clock, &event),
        ours: ours(clock, &event),
        peers: vec![("tokio's broadcast of bytes", tokio(clock, &event))],
    }
}

/// How often an event is encoded: how many places in memory it has while all of them have it.
pub(super) fn encodings() -> Bar {
    const EVENTS: usize = RING;
    let (mut broadcaster, mut subscribers) = subscribe(SUBSCRIBERS);
    // As in the ring: they are all there until the end, so no two have the same place.
    let mut places = HashSet::new();
    let mut seen = 0;
    for event in mix::small(EVENTS) {
        broadcaster.publish(&event.as_event()).expect("small");
        for subscriber in &mut subscribers {
            let event = next(&broadcaster, subscriber);
            places.insert(event.as_chunk().as_ptr());
            seen += 1;
        }
    }
    assert_eq!(seen, EVENTS * SUBSCRIBERS, "everybody sees everything");
    Bar {
        what: format!("encodings of an event for {SUBSCRIBERS} subscribers"),
        measured: places.len() as f64 / EVENTS as f64,
        limit: Limit::AtMost(1.0),
        unit: "per event".into(),
    }
}

fn subscribe(count: usize) -> (Broadcaster, Vec<Subscriber>) {
    let broadcaster = Broadcaster::new(RING, RING << 10);
    let subscribers = vec![broadcaster.subscribe(Queue::default()); count];
    (broadcaster, subscribers)
}

fn next<'a>(broadcaster: &'a Broadcaster, subscriber: &mut Subscriber) -> &'a EncodedEvent {
    match broadcaster.next(subscriber) {
        Some(Delivery::Event(event)) => event,
        other => panic!("{other:?}"),
    }
}

/// A counter for each, and the same bytes.
fn floor(clock: Clock, event: &Owned) -> f64 {
    let mut positions = vec![0_u64; SUBSCRIBERS];
    let (mut end, mut out) = (0, Vec::new());
    clock.best(SUBSCRIBERS, || {
        out.clear();
        Encoder::event(&event.as_event(), &mut out).expect("valid");
        end += 1;
        for position in &mut positions {
            while *position < end {
                *position += 1;
                black_box(&out);
            }
        }
    })
}

fn ours(clock: Clock, event: &Owned) -> f64 {
    let (mut broadcaster, mut subscribers) = subscribe(SUBSCRIBERS);
    clock.best(SUBSCRIBERS, || {
        let event: Event<'_> = event.as_event();
        broadcaster.publish(&event).expect("small");
        for subscriber in &mut subscribers {
            black_box(next(&broadcaster, subscriber).as_chunk());
        }
    })
}

/// What one does without us: encode once, and share that.
fn tokio(clock: Clock, event: &Owned) -> f64 {
    let (sender, receiver) = broadcast::channel::<Bytes>(RING);
    let mut receivers = vec![receiver];
    receivers.resize_with(SUBSCRIBERS, || sender.subscribe());
    clock.best(SUBSCRIBERS, || {
        let mut bytes = Vec::new();
        Encoder::event(&event.as_event(), &mut bytes).expect("valid");
        sender.send(bytes.into()).expect("there are receivers");
        for receiver in &mut receivers {
            black_box(receiver.try_recv().expect("there is one"));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::encodings;

    #[test]
    fn an_event_is_encoded_once() {
        let bar = encodings();
        assert!((bar.measured - 1.0).abs() < f64::EPSILON, "{bar}");
    }
}
