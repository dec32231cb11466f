//! A broadcaster beside subscribers that have real queues.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::broadcast::{Broadcaster, Delivery, Queue, SlowPolicy, Subscriber};
use crate::encoded::EncodedEvent;
use crate::event::Event;

/// What there was so far, without a ring.
struct Model {
    max_events: usize,
    max_bytes: usize,
    /// Ids and sizes of all events; an event's data is its place in here.
    events: Vec<(String, usize)>,
    /// Whether there is a last word, which is numbered behind them.
    has_last: bool,
}

/// A subscriber as it stands in the documentation.
struct Expected {
    queue: Queue,
    next: usize,
    joined: usize,
    has_gap: bool,
    is_too_slow: bool,
}

/// What a subscriber sees, as far as it is compared.
#[derive(Debug, Eq, PartialEq)]
enum Sight {
    Nothing,
    Event(usize),
    Gap(Option<u64>),
    TooSlow,
    End,
}

/// Subscribers see what they would see if each had a queue of its own.
///
/// The first bytes choose the bounds of the ring; then every byte is an operation, with the
/// following ones as its arguments.
///
/// # Panics
///
/// If the property does not hold.
pub fn broadcast(data: &[u8]) {
    let mut bytes = data.iter().copied();
    let mut byte = || bytes.next().map(usize::from);
    let (Some(max_events), Some(max_bytes)) = (byte(), byte()) else {
        return;
    };
    let mut model = Model {
        max_events: (max_events % 8).max(1),
        max_bytes: 32 + max_bytes,
        events: Vec::new(),
        has_last: false,
    };
    let mut broadcaster = Broadcaster::new(max_events % 8, model.max_bytes);
    let mut subscribers: Vec<(Subscriber, Expected)> = Vec::new();
    while let Some(operation) = byte() {
        match operation % 8 {
            0..=2 => {
                let has_id = operation & 8 == 0;
                let padding = byte().unwrap_or_default() % 64;
                model.publish(&mut broadcaster, has_id, padding);
            }
            3 => {
                let queue = queue(byte().unwrap_or_default(), byte().unwrap_or_default());
                subscribers.push((broadcaster.subscribe(queue), model.subscribe(queue)));
            }
            4 => {
                let queue = queue(byte().unwrap_or_default(), byte().unwrap_or_default());
                let id = match byte().unwrap_or_default() {
                    0 => String::new(),
                    id => (id - 1).to_string(),
                };
                let expected = model.resume(&id, queue);
                subscribers.push((broadcaster.resume(&id, queue), expected));
            }
            5 if operation == 0xfd => broadcaster.close(),
            5 if operation == 0xf5 => model.close_with(&mut broadcaster),
            _ => {
                let at = byte().unwrap_or_default() % subscribers.len().max(1);
                if let Some((subscriber, expected)) = subscribers.get_mut(at) {
                    let end = broadcaster.is_closed();
                    let sight = Sight::new(broadcaster.next(subscriber));
                    assert_eq!(sight, model.next(expected, end));
                }
            }
        }
        assert!(broadcaster.replay().len() <= model.max_events);
        assert!(broadcaster.replay().bytes() <= model.max_bytes);
    }
    // Whoever reads comes to the end, and in no more steps than there are events.
    for (mut subscriber, mut expected) in subscribers {
        for _ in 0..model.events.len() + 4 {
            let sight = Sight::new(broadcaster.next(&mut subscriber));
            assert_eq!(sight, model.next(&mut expected, broadcaster.is_closed()));
        }
        let last = Sight::new(broadcaster.next(&mut subscriber));
        assert!(matches!(last, Sight::Nothing | Sight::TooSlow | Sight::End));
    }
}

impl Model {
    fn publish(&mut self, broadcaster: &mut Broadcaster, has_id: bool, padding: usize) {
        let at = self.events.len();
        let id = if has_id {
            at.to_string()
        } else {
            String::new()
        };
        let data = format!("{at} {}", ".".repeat(padding));
        let event = Event::new(&data).with_id(&id);
        let encoded = EncodedEvent::new(&event).expect("digits");
        let size = encoded.as_bytes().len() + id.len();
        let is_published = broadcaster.publish(&event).is_ok();
        assert_eq!(
            is_published,
            !broadcaster.is_closed() && size <= self.max_bytes
        );
        if is_published {
            self.events.push((id, size));
        }
    }

    fn close_with(&mut self, broadcaster: &mut Broadcaster) {
        let data = format!("{} ", self.events.len());
        self.has_last |= !broadcaster.is_closed();
        broadcaster.close_with(EncodedEvent::new(&Event::new(&data)).expect("digits"));
    }

    fn subscribe(&self, queue: Queue) -> Expected {
        let end = self.events.len();
        Expected {
            queue,
            next: end,
            joined: end,
            has_gap: false,
            is_too_slow: false,
        }
    }

    fn resume(&self, id: &str, queue: Queue) -> Expected {
        let mut expected = self.subscribe(queue);
        let known = self.events.iter().rposition(|(other, _)| other == id);
        match known {
            _ if id.is_empty() => {}
            Some(at) if at + 1 >= self.start() => expected.next = at + 1,
            _ => expected.has_gap = true,
        }
        expected
    }

    /// The oldest event that the ring has.
    fn start(&self) -> usize {
        self.first(0, self.max_events, self.max_bytes)
    }

    /// The first event from which on there are no more than so many events and bytes.
    fn first(&self, from: usize, max_events: usize, max_bytes: usize) -> usize {
        let fits = |first: &usize| {
            let events = &self.events[*first..];
            let bytes: usize = events.iter().map(|(_, size)| size).sum();
            events.len() <= max_events && bytes <= max_bytes
        };
        let first = (from..=self.events.len()).find(fits);
        first.unwrap_or(self.events.len())
    }

    fn next(&self, expected: &mut Expected, is_closed: bool) -> Sight {
        let Expected { queue, .. } = *expected;
        if expected.is_too_slow {
            return Sight::TooSlow;
        }
        if expected.has_gap {
            expected.has_gap = false;
            return Sight::Gap(None);
        }
        let end = self.events.len();
        let start = self.start();
        let counted = expected.next.max(expected.joined).max(start);
        let max_events = queue.max_events.max(1);
        let is_within =
            end <= counted + 1 || self.first(counted, max_events, queue.max_bytes) == counted;
        let first = if is_within {
            start
        } else {
            let first = self.first(start, max_events, queue.max_bytes);
            first.min(end - 1)
        };
        if expected.next < first {
            let next = match queue.policy {
                SlowPolicy::DropOldest => first,
                SlowPolicy::DropAll => end,
                SlowPolicy::Disconnect => {
                    expected.is_too_slow = true;
                    return Sight::TooSlow;
                }
            };
            let missed = next - expected.next;
            expected.next = next;
            return Sight::Gap(u64::try_from(missed).ok());
        }
        if expected.next < end + usize::from(self.has_last) {
            expected.next += 1;
            return Sight::Event(expected.next - 1);
        }
        if is_closed {
            Sight::End
        } else {
            Sight::Nothing
        }
    }
}

impl Sight {
    fn new(delivery: Option<Delivery<'_>>) -> Self {
        match delivery {
            None => Self::Nothing,
            Some(Delivery::Gap { missed }) => Self::Gap(missed),
            Some(Delivery::TooSlow) => Self::TooSlow,
            Some(Delivery::End) => Self::End,
            Some(Delivery::Event(event)) => {
                let text = core::str::from_utf8(event.as_bytes()).expect("text");
                let (_, data) = text.split_once("data: ").expect("data");
                let (at, _) = data.split_once(' ').expect("a number");
                Self::Event(at.parse().expect("a number"))
            }
        }
    }
}

fn queue(max_events: usize, choice: usize) -> Queue {
    Queue {
        max_events: max_events % 8,
        max_bytes: choice & !3,
        policy: match choice % 4 {
            0 => SlowPolicy::Disconnect,
            1 => SlowPolicy::DropAll,
            _ => SlowPolicy::DropOldest,
        },
    }
}
