//! Whether what comes back is what was sent: length, order, opcode and every byte.

use anyhow::{Result, bail, ensure};
use hybi_bench::wire::{Header, MAX_HEADER, RSV1, opcode};

use super::batch::Batch;
use super::deflate::{Inflater, Takeover};

/// How far the answers to a batch have come.
pub(crate) struct Verifier {
    /// A server without a protocol sends everything back as it was.
    raw: bool,
    /// Bytes of `Batch::payloads` (of `Batch::wire` if raw) that have come.
    at: usize,
    /// Bytes of the frame under way that are still to come.
    frame: usize,
    /// Whether the frame under way is the last of its message.
    fin: bool,
    /// Whether the next frame continues a message.
    continues: bool,
    /// A header that was cut.
    partial: Vec<u8>,
    deflate: Option<Deflated>,
    /// Bytes of payload that have come, as they came.
    payload: u64,
}

/// Messages that may be compressed.
struct Deflated {
    /// `None` when bytes are no longer looked at.
    inflater: Option<Inflater>,
    /// Whether the message under way is compressed.
    compressed: bool,
    /// What has come of that.
    message: Vec<u8>,
}

impl Verifier {
    pub(crate) fn new(raw: bool, deflate: Option<Takeover>) -> Self {
        Self {
            deflate: deflate.map(|takeover| Deflated {
                inflater: Some(Inflater::new(takeover)),
                compressed: false,
                message: Vec::new(),
            }),
            payload: 0,
            raw,
            at: 0,
            frame: 0,
            fin: true,
            continues: false,
            partial: Vec::new(),
        }
    }

    /// Looks no longer at the bytes of compressed messages, which costs as much as it costs the
    /// server: only that there are as many as should be.
    pub(crate) fn trust(&mut self) {
        if let Some(deflate) = &mut self.deflate {
            deflate.inflater = None;
        }
    }

    /// Bytes of payload that have come, as they came.
    pub(crate) fn payload(&self) -> u64 {
        self.payload
    }

    /// Takes what was received; whether all answers have come.
    pub(crate) fn take(&mut self, input: &[u8], batch: &Batch) -> Result<bool> {
        if self.raw {
            let expected = batch.wire.get(self.at..self.at + input.len());
            ensure!(expected == Some(input), "wrong bytes came back");
            self.at += input.len();
            return Ok(self.is_over(batch.wire.len()));
        }
        if self.partial.is_empty() {
            return self.frames(input, batch);
        }
        let mut joined = std::mem::take(&mut self.partial);
        joined.extend_from_slice(input);
        self.frames(&joined, batch)
    }

    fn frames(&mut self, mut input: &[u8], batch: &Batch) -> Result<bool> {
        while !input.is_empty() {
            if self.frame == 0 && !self.header(&mut input, batch)? {
                return Ok(false);
            }
            let (now, rest) = input.split_at(input.len().min(self.frame));
            if let Some(deflate) = self.deflate.as_mut().filter(|deflate| deflate.compressed) {
                deflate.take(now);
            } else {
                let expected = batch.payloads.get(self.at..self.at + now.len());
                ensure!(expected == Some(now), "wrong bytes came back");
                self.at += now.len();
            }
            self.frame -= now.len();
            self.payload += now.len() as u64;
            input = rest;
            if self.frame == 0 {
                self.end_of_frame(batch)?;
            }
        }
        Ok(self.frame == 0 && !self.continues && self.is_over(batch.payloads.len()))
    }

    /// Whether all has come; if so, the next batch begins.
    fn is_over(&mut self, len: usize) -> bool {
        let over = self.at == len;
        if over {
            self.at = 0;
        }
        over
    }

    /// Takes a header; `false` if it is cut.
    fn header(&mut self, input: &mut &[u8], batch: &Batch) -> Result<bool> {
        let Some(header) = Header::read(input) else {
            ensure!(input.len() < MAX_HEADER, "no header");
            self.partial = input.to_vec();
            return Ok(false);
        };
        let expected = if self.continues {
            opcode::CONTINUATION
        } else {
            batch.opcode
        };
        let mut reserved = header.first & 0x70;
        if let Some(deflate) = self.deflate.as_mut().filter(|_| !self.continues) {
            deflate.compressed = reserved & RSV1 != 0;
            reserved &= !RSV1;
        }
        ensure!(reserved == 0, "reserved bits are set");
        ensure!(!header.masked, "a server must not mask");
        let opcode = header.first & 0xf;
        ensure!(opcode == expected, "opcode {opcode} instead of {expected}");
        self.fin = header.first & 0x80 != 0;
        self.frame = header.payload;
        *input = &input[header.len..];
        if self.frame == 0 {
            self.end_of_frame(batch)?;
        }
        Ok(true)
    }

    fn end_of_frame(&mut self, batch: &Batch) -> Result<()> {
        if let Some(deflate) = self.deflate.as_mut().filter(|deflate| deflate.compressed) {
            if self.fin {
                let expected = batch.payloads.get(self.at..self.at + batch.len);
                deflate.end(expected.unwrap_or_default())?;
                self.at += batch.len;
            }
            self.continues = !self.fin;
            return Ok(());
        }
        let in_message = self.at % batch.len;
        if self.fin && in_message != 0 {
            bail!("a message of {in_message} instead of {} bytes", batch.len);
        }
        self.continues = !self.fin;
        Ok(())
    }
}

impl Deflated {
    fn take(&mut self, bytes: &[u8]) {
        if self.inflater.is_some() {
            self.message.extend_from_slice(bytes);
        }
    }

    fn end(&mut self, expected: &[u8]) -> Result<()> {
        ensure!(!expected.is_empty(), "a message too many");
        if let Some(inflater) = &mut self.inflater {
            let right = inflater.is(&mut self.message, expected)?;
            ensure!(right, "wrong bytes came back");
            self.message.clear();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use hybi_bench::wire::{self, opcode};

    use super::Verifier;
    use crate::harness::batch::Batch;
    use crate::harness::deflate::{Compressor, Takeover};

    fn batch() -> Batch {
        Batch {
            wire: Vec::new(),
            opcode: opcode::BINARY,
            payloads: b"abcdef".to_vec(),
            len: 3,
        }
    }

    fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
        let (header, len) = wire::header(first, payload.len());
        [&header[..len], payload].concat()
    }

    #[test]
    fn answers_are_taken_at_every_cut() {
        let wire = [
            frame(0x82, b"abc"),
            frame(0x02, b"d"),
            frame(0x00, b""),
            frame(0x80, b"ef"),
        ]
        .concat();
        for cut in 1..wire.len() {
            let mut verifier = Verifier::new(false, None);
            assert!(!verifier.take(&wire[..cut], &batch()).unwrap(), "{cut}");
            assert!(verifier.take(&wire[cut..], &batch()).unwrap(), "{cut}");
        }
    }

    #[test]
    fn whatever_is_wrong_is_seen() {
        let wrong = [
            frame(0x82, b"abd"),
            frame(0x81, b"abc"),
            frame(0x82, b"ab"),
            frame(0x82, b"abcd"),
            frame(0xc2, b"abc"),
            frame(0x80, b"abc"),
            [frame(0x02, b"ab"), frame(0x82, b"c")].concat(),
            vec![0x82, 0x83, 0, 0, 0, 0, b'a', b'b', b'c'],
        ];
        for wire in wrong {
            let result = Verifier::new(false, None).take(&wire, &batch());
            assert!(result.is_err(), "{wire:?}");
        }
    }
    #[test]
    fn compressed_answers_are_inflated() {
        let compress = |takeover, plain: [&[u8]; 2]| {
            let mut compressor = Compressor::new(takeover);
            plain.map(|plain| compressor.message(plain).unwrap())
        };
        for takeover in [Takeover::Yes, Takeover::No] {
            let [abc, def] = compress(takeover, [b"abc", b"def"]);
            let (front, back) = def.split_at(1);
            let compressed = [
                frame(0xc2, &abc),
                frame(0x42, front),
                frame(0x00, b""),
                frame(0x80, back),
            ]
            .concat();
            let mixed = [frame(0xc2, &abc), frame(0x82, b"def")].concat();
            for wire in [compressed, mixed] {
                for cut in 1..wire.len() {
                    let mut verifier = Verifier::new(false, Some(takeover));
                    assert!(!verifier.take(&wire[..cut], &batch()).unwrap(), "{cut}");
                    assert!(verifier.take(&wire[cut..], &batch()).unwrap(), "{cut}");
                    assert!(verifier.payload() > 6);
                }
            }
            let [_, other] = compress(takeover, [b"abc", b"dex"]);
            let wire = [frame(0xc2, &abc), frame(0xc2, &other)].concat();
            let mut verifier = Verifier::new(false, Some(takeover));
            assert!(verifier.take(&wire, &batch()).is_err());
            let mut verifier = Verifier::new(false, Some(takeover));
            verifier.trust();
            assert!(verifier.take(&wire, &batch()).unwrap());
            let wire = [&wire[..], &wire].concat();
            assert!(verifier.take(&wire, &batch()).is_err(), "too many");
        }
    }
}
