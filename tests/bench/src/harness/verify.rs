//! Whether what comes back is what was sent: length, order, opcode and every byte.

use anyhow::{Result, bail, ensure};
use hybi_bench::wire::{Header, MAX_HEADER, opcode};

use super::workload::Batch;

/// How far the answers to a batch have come.
#[derive(Debug)]
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
}

impl Verifier {
    pub(crate) fn new(raw: bool) -> Self {
        Self {
            raw,
            at: 0,
            frame: 0,
            fin: true,
            continues: false,
            partial: Vec::new(),
        }
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
            let expected = batch.payloads.get(self.at..self.at + now.len());
            ensure!(expected == Some(now), "wrong bytes came back");
            self.at += now.len();
            self.frame -= now.len();
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
        ensure!(header.first & 0x70 == 0, "reserved bits are set");
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
        let in_message = self.at % batch.len;
        if self.fin && in_message != 0 {
            bail!("a message of {in_message} instead of {} bytes", batch.len);
        }
        self.continues = !self.fin;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use hybi_bench::wire::{self, opcode};

    use super::Verifier;
    use crate::harness::workload::Batch;

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
            let mut verifier = Verifier::new(false);
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
            let result = Verifier::new(false).take(&wire, &batch());
            assert!(result.is_err(), "{wire:?}");
        }
    }
}
