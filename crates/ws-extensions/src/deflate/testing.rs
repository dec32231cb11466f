//! Data of several kinds for the tests of both directions.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;
use core::write;

/// Bytes that do not shrink, the same ones for the same seed.
pub(super) fn random(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    (0..len)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()[4]
        })
        .collect()
}

/// What chat servers send.
pub(super) fn json(len: usize) -> Vec<u8> {
    let mut text = String::new();
    let mut dice = random(7, len).into_iter().cycle();
    let words = [
        "the", "quick", "latency", "window", "message", "ok", "thanks", "deploy", "later", "room",
    ];
    let mut id = 1_000_017_u64;
    while text.len() < len {
        id += u64::from(dice.next().unwrap());
        let body: Vec<&str> = (0..4 + dice.next().unwrap() % 12)
            .map(|_| words[usize::from(dice.next().unwrap()) % words.len()])
            .collect();
        write!(
            text,
            r#"{{"type":"message","id":{id},"user":"user{}","room":"general","body":"{}"}}"#,
            dice.next().unwrap() % 40,
            body.join(" ")
        )
        .unwrap();
    }
    text.truncate(len);
    text.into_bytes()
}

/// The same bytes again and again, at distances just below, at, and above the size of a window.
pub(super) fn echoes(size: usize) -> Vec<u8> {
    let mark = random(99, 40);
    let mut data = mark.clone();
    for (seed, distance) in (0..).zip([
        size - 1,
        size + 1,
        size,
        size / 2,
        size - 6,
        size.saturating_sub(262).max(41),
        size.saturating_sub(261).max(41),
        size + size / 3,
    ]) {
        data.extend(random(seed, distance - mark.len()));
        data.extend_from_slice(&mark);
    }
    data
}
