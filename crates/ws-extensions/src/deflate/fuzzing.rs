//! What must hold for any compressed data; a fuzz target and property tests call this.

use alloc::vec;
use alloc::vec::Vec;

use super::WindowBits;
use super::decompressor::Decompressor;

/// Messages decode to the same, up to the first that is invalid, whichever the backend is, however
/// input and output are cut, and whether the connection sleeps in between; and the `judge` agrees,
/// who is told the bits of the window and the payloads, and gives what the valid ones become.
///
/// Of `data`, the first byte selects the window, the second one the cuts; then come the payloads,
/// each behind a byte with its length, or as the rest.
///
/// # Panics
///
/// If that does not hold.
pub fn inflate(data: &[u8], judge: impl Fn(u8, &[&[u8]]) -> Vec<Vec<u8>>) {
    let [bits, seed, rest @ ..] = data else {
        return;
    };
    let bits = WindowBits::MIN.get() + bits % 8;
    let Some(window) = WindowBits::new(bits) else {
        return;
    };
    let payloads = payloads(rest);
    let expected = judge(bits, &payloads);
    for mut decompressor in Decompressor::all(window) {
        for cut in [false, true] {
            decompressor.reset();
            let found = messages(decompressor, &payloads, cut.then_some(*seed));
            assert_eq!(found.0, expected, "window of {bits} bits, cut: {cut}");
            decompressor = found.1;
        }
    }
}

/// What becomes of the payloads up to the first invalid one, whole or cut as the seed says.
fn messages(
    mut decompressor: Decompressor,
    payloads: &[&[u8]],
    seed: Option<u8>,
) -> (Vec<Vec<u8>>, Decompressor) {
    let mut dice = seed.map(Dice::new);
    let mut plain = Vec::new();
    for payload in payloads {
        match message(&mut decompressor, payload, &mut dice) {
            Some(message) => plain.push(message),
            None => break,
        }
        if let Some(dice) = &mut dice
            && dice.roll(3) == 0
        {
            let history = decompressor.history();
            decompressor.reset();
            decompressor.recall(&history);
        }
    }
    (plain, decompressor)
}

fn message(
    decompressor: &mut Decompressor,
    mut payload: &[u8],
    dice: &mut Option<Dice>,
) -> Option<Vec<u8>> {
    let mut plain = Vec::new();
    let mut room = vec![0; 1 << 16];
    loop {
        let len = match dice {
            Some(dice) => payload.len().min(dice.roll(20)),
            None => payload.len(),
        };
        let (mut input, rest) = payload.split_at(len);
        payload = rest;
        // The end may be told with the last byte, or behind it.
        let end = payload.is_empty() && dice.as_mut().is_none_or(|dice| dice.roll(2) == 0);
        loop {
            let len = dice.as_mut().map_or(room.len(), |dice| match dice.roll(3) {
                0 => 1 + dice.roll(7),
                1 => 1 + dice.roll(600),
                _ => 1 + dice.roll(40_000),
            });
            let room = &mut room[..len];
            let decoded = decompressor.decode(&mut input, end, room).ok()?;
            plain.extend_from_slice(&room[..decoded.len]);
            if decoded.done {
                assert!(input.is_empty(), "all input is taken");
                break;
            }
            assert_eq!(decoded.len, room.len(), "the room is full");
        }
        if end {
            return Some(plain);
        }
    }
}

fn payloads(mut data: &[u8]) -> Vec<&[u8]> {
    let mut payloads = Vec::new();
    while let Some((&len, rest)) = data.split_first() {
        let (payload, rest) = rest.split_at(rest.len().min(match len {
            255 => usize::MAX,
            len => usize::from(len),
        }));
        payloads.push(payload);
        data = rest;
    }
    payloads
}

/// Numbers that follow from a seed.
struct Dice(u32);

impl Dice {
    fn new(seed: u8) -> Self {
        Self(u32::from(seed) | 0x100)
    }

    /// A number below `sides`.
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 12) as usize % sides
    }
}

#[cfg(test)]
pub(super) mod tests;
