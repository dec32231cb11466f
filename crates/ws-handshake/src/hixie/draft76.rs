//! hixie-76: two keys among the fields, a third one behind the head, and a digest of all three.
//!
//! Neither the third key nor the digest is announced by a field, so that no HTTP server makes a
//! handshake by accident. A proxy that does not know the protocol holds the third key back until it
//! has seen the head of the response: hence a server must send that before it has all keys.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use md5::{Digest as _, Md5};
use ws_http::Fields;

use super::{DraftRequestError, Names};
use crate::early::sha1;
use crate::error::RequestError;
use crate::established::Established;
use crate::key::Nonce;
use crate::response::push;

pub(super) const NAMES: Names = Names {
    status_line: b"HTTP/1.1 101 WebSocket Protocol Handshake\r\n",
    origin: "Sec-WebSocket-Origin",
    location: "Sec-WebSocket-Location",
};

const KEYS: [&str; 2] = ["Sec-WebSocket-Key1", "Sec-WebSocket-Key2"];

/// The numbers in a request's two keys.
pub(super) fn numbers(fields: &Fields) -> Result<[u32; 2], RequestError> {
    let mut numbers = [0; 2];
    for (name, number) in KEYS.into_iter().zip(&mut numbers) {
        let key = match fields.single(name) {
            Ok(Some(key)) => key,
            Ok(None) => return Err(RequestError::Draft(DraftRequestError::KeyMissing)),
            Err(_) => return Err(RequestError::Draft(DraftRequestError::Key)),
        };
        *number = number_in(key).ok_or(RequestError::Draft(DraftRequestError::Key))?;
    }
    Ok(numbers)
}

/// What the digits of a key make, divided by how many spaces it has. `None` if it has no digits or
/// no spaces, leaves a remainder, or makes more than 32 bits.
fn number_in(key: &[u8]) -> Option<u32> {
    let mut number = None;
    let mut spaces = 0_u64;
    for &byte in key {
        match byte {
            b' ' => spaces += 1,
            b'0'..=b'9' => {
                let before = number.unwrap_or(0_u64).checked_mul(10)?;
                number = Some(before.checked_add(u64::from(byte - b'0'))?);
            }
            _ => {}
        }
    }
    let number = number?;
    if number.checked_rem(spaces)? != 0 {
        return None;
    }
    u32::try_from(number / spaces).ok()
}

/// MD5 of the two numbers and the third key.
fn digest([first, second]: [u32; 2], last: [u8; 8]) -> [u8; 16] {
    let hash = Md5::new().chain_update(first.to_be_bytes());
    let hash = hash.chain_update(second.to_be_bytes());
    hash.chain_update(last).finalize().into()
}

/// A server's handshake between the head of its response and its digest.
#[derive(Debug)]
pub(crate) struct LastKey {
    numbers: [u32; 2],
    /// What has come of the third key.
    key: [u8; 8],
    len: usize,
    established: Established,
}

impl LastKey {
    pub(super) const fn new(numbers: [u32; 2], established: Established) -> Self {
        Self {
            numbers,
            key: [0; 8],
            len: 0,
            established,
        }
    }

    /// Takes what is missing of the key; with its last byte appends the digest.
    pub(crate) fn receive(&mut self, input: &mut &[u8], out: &mut Vec<u8>) -> Option<Established> {
        let room = &mut self.key[self.len..];
        let (bytes, rest) = input.split_at(input.len().min(room.len()));
        room[..bytes.len()].copy_from_slice(bytes);
        self.len += bytes.len();
        *input = rest;
        if self.len < self.key.len() {
            return None;
        }
        out.extend_from_slice(&digest(self.numbers, self.key));
        Some(self.established.clone())
    }
}

/// A client's three keys.
#[derive(Debug)]
pub(super) struct Keys {
    texts: [String; 2],
    numbers: [u32; 2],
    pub(super) last: [u8; 8],
}

impl Keys {
    /// Makes keys out of the caller's entropy.
    pub(super) fn new(nonce: Nonce) -> Self {
        let mut entropy = Entropy::new(nonce);
        let (first, number1) = key(&mut entropy);
        let (second, number2) = key(&mut entropy);
        Self {
            texts: [first, second],
            numbers: [number1, number2],
            last: core::array::from_fn(|_| entropy.byte()),
        }
    }

    /// Adds the two that are fields.
    pub(super) fn push(&self, fields: &mut Fields) {
        for (name, text) in KEYS.into_iter().zip(&self.texts) {
            push(fields, name, text);
        }
    }

    /// What a server answers.
    pub(super) fn digest(&self) -> [u8; 16] {
        digest(self.numbers, self.last)
    }
}

/// A key and the number in it.
fn key(entropy: &mut Entropy) -> (String, u32) {
    let spaces = entropy.between(1, 12);
    let number = entropy.between(0, u32::MAX / spaces);
    // Both at most 32 bits, as is their product.
    let mut text = (number * spaces).to_string();
    for _ in 0..entropy.between(1, 12) {
        let character = NOISE[entropy.position(0, NOISE.len() - 1)];
        text.insert(entropy.position(0, text.len()), char::from(character));
    }
    for _ in 0..spaces {
        // Not at either end, where a parser would drop it.
        text.insert(entropy.position(1, text.len() - 1), ' ');
    }
    (text, number)
}

/// The visible characters that are no digits.
const NOISE: &[u8] = b"!\"#$%&'()*+,-./:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`\
    abcdefghijklmnopqrstuvwxyz{|}~";

/// A stream of bytes that depend on the nonce: SHA-1 of it and a counter.
struct Entropy {
    nonce: Nonce,
    blocks: u32,
    block: [u8; 20],
    /// How many bytes of the block are left.
    left: usize,
}

impl Entropy {
    const fn new(nonce: Nonce) -> Self {
        Self {
            nonce,
            blocks: 0,
            block: [0; 20],
            left: 0,
        }
    }

    fn byte(&mut self) -> u8 {
        if self.left == 0 {
            let mut seed = [0; 20];
            seed[..16].copy_from_slice(&self.nonce.bytes());
            seed[16..].copy_from_slice(&self.blocks.to_be_bytes());
            self.block = sha1(&seed);
            self.blocks += 1;
            self.left = self.block.len();
        }
        self.left -= 1;
        self.block[self.left]
    }

    /// A number from `low` to `high`, each as likely as the others.
    fn between(&mut self, low: u32, high: u32) -> u32 {
        loop {
            let random = u32::from_be_bytes(core::array::from_fn(|_| self.byte()));
            let Some(count) = (high - low).checked_add(1) else {
                return random;
            };
            // Beyond the last multiple some numbers would come once more than others.
            let (rounds, offset) = (random / count, random % count);
            if rounds < u32::MAX / count {
                return low + offset;
            }
        }
    }

    /// An index from `low` to `high`; that some are more likely by a thousandth does not matter.
    fn position(&mut self, low: usize, high: usize) -> usize {
        low + usize::from(u16::from_be_bytes([self.byte(), self.byte()])) % (high - low + 1)
    }
}

#[cfg(test)]
mod tests;
