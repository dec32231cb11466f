//! The ring beside a list of everything that ever was pushed.

use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec;

use proptest::prelude::*;

use super::*;

fn ring(
    max_events: usize,
    max_bytes: usize,
    events: &[(&str, &'static str)],
) -> Replay<&'static str> {
    let mut replay = Replay::new(max_events, max_bytes);
    for (id, encoded) in events {
        replay.push(id, *encoded);
    }
    replay
}

fn since(replay: &Replay<&'static str>, id: &str) -> Option<Vec<&'static str>> {
    replay
        .since(id)
        .ok()
        .map(|events| events.copied().collect())
}

#[test]
fn events_since_an_id() {
    let all = [("1", "a"), ("2", "b"), ("", "c"), ("4", "d")];
    for (max_events, max_bytes, id, expected) in [
        (9, 99, "1", Some(vec!["b", "c", "d"])),
        (9, 99, "2", Some(vec!["c", "d"])),
        (9, 99, "4", Some(vec![])),
        (9, 99, "", Some(vec![])),
        (9, 99, "3", None),
        (9, 99, "44", None),
        (9, 99, "\u{fffd}", None),
        // Three are left; the first one of all is known still.
        (3, 99, "1", Some(vec!["b", "c", "d"])),
        (2, 99, "1", None),
        (2, 99, "2", Some(vec!["c", "d"])),
        // What was dropped last had no id.
        (1, 99, "2", None),
        (1, 99, "4", Some(vec![])),
        (0, 99, "4", Some(vec![])),
        (0, 99, "2", None),
        // Two bytes each, and one for the event without an id.
        (9, 7, "1", Some(vec!["b", "c", "d"])),
        (9, 6, "1", Some(vec!["b", "c", "d"])),
        (9, 5, "1", Some(vec!["b", "c", "d"])),
        (9, 4, "1", None),
        (9, 4, "2", Some(vec!["c", "d"])),
        (9, 1, "4", Some(vec![])),
    ] {
        let replay = ring(max_events, max_bytes, &all);
        assert!(replay.len() <= max_events && replay.bytes() <= max_bytes);
        assert_eq!(
            since(&replay, id),
            expected,
            "{max_events} {max_bytes} {id:?}"
        );
    }
}

#[test]
fn an_event_that_is_too_large_is_a_gap_for_those_who_missed_it() {
    let mut replay = ring(9, 10, &[("1", "a"), ("2", "far too large"), ("3", "c")]);
    assert_eq!(since(&replay, "1"), None);
    assert_eq!(since(&replay, "2"), Some(vec!["c"]));
    replay.push("4", "far too large");
    assert!(replay.is_empty() && replay.bytes() == 0);
    assert_eq!(since(&replay, "4"), Some(vec![]));
    assert_eq!(since(&replay, "3"), None);
}

#[test]
fn an_empty_ring_knows_nobody() {
    let replay = ring(9, 99, &[]);
    assert_eq!(since(&replay, ""), Some(vec![]));
    assert_eq!(since(&replay, "1"), None);
    assert_eq!(Gap, replay.since(b"\xff").unwrap_err());
}

// The last of two with the same id counts: what comes later was not seen.
#[test]
fn a_repeated_id_is_the_latest() {
    let replay = ring(9, 99, &[("1", "a"), ("1", "b"), ("2", "c")]);
    assert_eq!(since(&replay, "1"), Some(vec!["c"]));
}

// One encoding, whatever the number of clients.
#[test]
fn ss15_events_are_shared() {
    let mut replay: Replay<Arc<[u8]>> = Replay::new(10, 1000);
    let encoded: Arc<[u8]> = Arc::from(&b"data: x\n\n"[..]);
    replay.push("0", Arc::clone(&encoded));
    replay.push("1", Arc::clone(&encoded));
    let clones: Vec<_> = (0..1000)
        .flat_map(|_| replay.since("0").unwrap().cloned())
        .collect();
    assert_eq!(Arc::strong_count(&encoded), 3 + clones.len());
}

proptest! {
    #[test]
    fn ring_is_the_end_of_the_list(
        max_events in 0..6_usize,
        max_bytes in 0..40_usize,
        lens in prop::collection::vec((0..14_usize, prop::bool::weighted(0.8)), 0..20),
    ) {
        let mut replay: Replay = Replay::new(max_events, max_bytes);
        let mut all: Vec<(String, Vec<u8>)> = Vec::new();
        for (at, (len, has_id)) in lens.into_iter().enumerate() {
            let id = if has_id { format!("id{at}") } else { String::new() };
            let encoded = vec![u8::try_from(at).unwrap(); len];
            replay.push(&id, encoded.clone());
            all.push((id, encoded));

            // As many of the latest ones as fit.
            let mut bytes = 0;
            let held = all
                .iter()
                .rev()
                .take(max_events)
                .take_while(|(id, encoded)| {
                    bytes += id.len() + encoded.len();
                    bytes <= max_bytes
                })
                .count();
            prop_assert_eq!(replay.len(), held);
            let left: usize = all[all.len() - held..]
                .iter()
                .map(|(id, encoded)| id.len() + encoded.len())
                .sum();
            prop_assert_eq!(replay.bytes(), left);
            for (seen, (id, _)) in all.iter().enumerate().filter(|(_, (id, _))| !id.is_empty()) {
                let missed = &all[seen + 1..];
                let given = replay.since(id).map(Iterator::collect::<Vec<_>>);
                if missed.len() <= held {
                    let expected: Vec<_> = missed.iter().map(|(_, encoded)| encoded).collect();
                    prop_assert_eq!(given.unwrap(), expected);
                } else {
                    prop_assert!(given.is_err());
                }
            }
        }
    }
}
