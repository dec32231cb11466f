//! The messages that are sent, and what must come back.

use anyhow::Result;
use hybi_bench::wire::{self, Header, opcode};

use super::deflate::Compressor;
use super::workload::{Content, Echo};
use crate::json;

/// What a connection sends in one write, and what must come back.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) wire: Vec<u8>,
    pub(crate) opcode: u8,
    /// The messages, one after the other, each `len` bytes long.
    pub(crate) payloads: Vec<u8>,
    pub(crate) len: usize,
}

/// Fewer batches would not differ enough.
const BATCHES: usize = 4;
/// Compressed messages that come again do so only when all windows, of 32 KiB, have forgotten
/// them.
const DISTINCT: usize = 256 << 10;

impl Batch {
    /// The payload of each frame.
    pub(crate) fn unmasked(&self) -> Vec<Vec<u8>> {
        let (mut payloads, mut wire) = (Vec::new(), &self.wire[..]);
        while let Some(header) = Header::read(wire) {
            let (frame, rest) = wire.split_at(header.len + header.payload);
            let mut payload = frame[header.len..].to_vec();
            wire::mask(header.key, &mut payload);
            payloads.push(payload);
            wire = rest;
        }
        payloads
    }
}

impl Echo {
    /// Batches that differ from each other in every message. They can be sent in a circle: the
    /// first does not need the past, if messages are compressed.
    pub(crate) fn batches(&self) -> Result<Vec<Batch>> {
        let mut compressor = self.deflate.map(Compressor::new);
        let count = match compressor {
            Some(_) => (DISTINCT / (self.len * self.inflight)).max(BATCHES),
            None => BATCHES,
        };
        (0..count)
            .map(|number| self.batch(number, compressor.as_mut()))
            .collect()
    }

    fn batch(&self, number: usize, mut compressor: Option<&mut Compressor>) -> Result<Batch> {
        let opcode = match self.content {
            Content::Binary => opcode::BINARY,
            Content::Ascii | Content::Multibyte | Content::Json => opcode::TEXT,
        };
        let mut batch = Batch {
            wire: Vec::new(),
            opcode,
            payloads: Vec::new(),
            len: self.len,
        };
        for index in 0..self.inflight {
            let payload = self.payload(number * self.inflight + index);
            batch.payloads.extend_from_slice(&payload);
            let (payload, rsv) = match &mut compressor {
                Some(compressor) => (compressor.message(&payload)?, wire::RSV1),
                None => (payload, 0),
            };
            let size = payload.len().div_ceil(self.fragments);
            let mut fragments = payload.chunks(size).enumerate().peekable();
            while let Some((at, fragment)) = fragments.next() {
                let first = if at == 0 {
                    rsv | opcode
                } else {
                    opcode::CONTINUATION
                };
                let fin = if fragments.peek().is_none() { 0x80 } else { 0 };
                let key = mix((index * 7 + at * 3 + number) as u64).to_be_bytes();
                let key = [key[0], key[1], key[2], key[3]];
                wire::push_masked(&mut batch.wire, fin | first, key, fragment);
            }
        }
        Ok(batch)
    }

    /// Exactly `len` bytes that no other number has.
    fn payload(&self, number: usize) -> Vec<u8> {
        let mut payload = format!("{number:08} ").into_bytes();
        let mut state = number as u64;
        while payload.len() < self.len {
            state = mix(state);
            let left = self.len - payload.len();
            match self.content {
                Content::Binary => payload.extend_from_slice(&state.to_be_bytes()),
                Content::Ascii => payload.push(b' ' + state.to_be_bytes()[7] % 94),
                Content::Multibyte if left < 3 => payload.push(b'.'),
                Content::Multibyte => {
                    let text = if state.is_multiple_of(2) { "é" } else { "水" };
                    payload.extend_from_slice(text.as_bytes());
                }
                Content::Json => return json::text(number as u64, self.len).into_bytes(),
            }
        }
        payload.truncate(self.len);
        payload
    }
}

/// One step of a generator that is good enough for payloads (splitmix64).
fn mix(state: u64) -> u64 {
    let mut state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use crate::harness::workload::{ALL, Content, Kind};

    #[test]
    fn payloads_are_as_long_as_said_and_text_is_text() {
        for workload in ALL {
            let Kind::Echo(echo) = workload.kind else {
                continue;
            };
            let (one, other) = (echo.payload(1), echo.payload(2));
            assert_eq!((one.len(), other.len()), (echo.len, echo.len));
            assert_ne!(one, other);
            if echo.content != Content::Binary {
                assert!(std::str::from_utf8(&one).is_ok(), "{}", workload.name);
            }
        }
    }
}
