//! What must hold for any data, compressed or to be; fuzz targets and property tests call this.

use alloc::vec;
use alloc::vec::Vec;

use super::decompressor::Decompressor;
use super::encoder::DeflateEncoder;
use super::parameters::Direction;
use super::{Backend, Strategy, Tuning, WindowBits, reference};
use crate::{Encoder, Wish};

/// Messages decode to the same, up to the first that is invalid, whichever the backend is, however
/// input and output are cut, and whether the connection sleeps in between; and a slow
/// inflater, which is strict, agrees.
///
/// Of `data`, the first byte selects the window, the second one the cuts; then come the payloads,
/// each behind a byte with its length, or as the rest.
///
/// # Panics
///
/// If that does not hold.
pub fn inflate(data: &[u8]) {
    let [bits, seed, rest @ ..] = data else {
        return;
    };
    let bits = WindowBits::MIN.get() + bits % 8;
    let Some(window) = WindowBits::new(bits) else {
        return;
    };
    let payloads = payloads(rest);
    let expected = reference::messages(bits, &payloads);
    for mut decompressor in Decompressor::all(window) {
        for cut in [false, true] {
            decompressor.reset();
            let found = messages(decompressor, &payloads, cut.then_some(*seed));
            assert_eq!(found.0, expected, "window of {bits} bits, cut: {cut}");
            decompressor = found.1;
        }
    }
}

/// Messages are what they were when they have been encoded and decoded, whichever backend does
/// it, however they were cut into pieces, whatever the settings, and whether the connection sleeps
/// or sends shared messages in between; and a slow inflater agrees, which is strict with
/// distances.
///
/// Of `data`, the first four bytes select window, level, strategy and cuts; then come the
/// messages, each behind a byte with its length, or as the rest.
///
/// # Panics
///
/// When that is not so.
pub fn deflate(data: &[u8]) {
    let [bits, level, strategy, seed, rest @ ..] = data else {
        return;
    };
    let bits = WindowBits::MIN.get() + bits % 8;
    let Some(window) = WindowBits::new(bits) else {
        return;
    };
    let messages = payloads(rest);
    let tuning = |backend| Tuning {
        backend,
        level: level % 10,
        memory_level: 1 + level / 10 % 9,
        strategy: [
            Strategy::Default,
            Strategy::Filtered,
            Strategy::HuffmanOnly,
            Strategy::Rle,
            Strategy::Fixed,
        ][usize::from(strategy % 5)],
        threshold: None,
    };
    let takeover = true;
    let own = Direction { takeover, window };
    for &backend in Backend::ALL {
        let mut encoder = DeflateEncoder::new(own, tuning(backend), None);
        let mut dice = Dice::new(*seed);
        let encoded: Vec<Vec<u8>> = messages
            .iter()
            .map(|message| encode(&mut encoder, message, &mut dice))
            .collect();
        let encoded: Vec<&[u8]> = encoded.iter().map(|message| &message[..]).collect();
        assert_eq!(reference::messages(bits, &encoded), messages, "{backend:?}");
        for decompressor in Decompressor::all(window) {
            let found = self::messages(decompressor, &encoded, Some(*seed));
            assert_eq!(found.0, messages, "{backend:?}");
        }
    }
}

/// One message, in as many pieces as the dice says.
fn encode(encoder: &mut DeflateEncoder, mut message: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut out = Vec::new();
    match dice.roll(6) {
        0 => encoder.sleep(),
        1 => {
            if let Some(mut shared) = encoder.standalone() {
                shared.start(None, Wish::Always);
                let encoded = shared.encode(message, true, &mut out);
                assert!(encoded.is_ok(), "a compressor has no reason to fail");
                encoder.passed(message);
                return out;
            }
        }
        _ => {}
    }
    encoder.start(None, Wish::Always);
    loop {
        let len = message.len().min(match dice.roll(2) {
            0 => usize::MAX,
            _ => dice.roll(100),
        });
        let (piece, rest) = message.split_at(len);
        message = rest;
        let end = rest.is_empty() && dice.roll(2) == 0;
        let encoded = encoder.encode(piece, end, &mut out);
        assert!(encoded.is_ok(), "a compressor has no reason to fail");
        if end {
            return out;
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
