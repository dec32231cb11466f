//! Bits, and the prefix codes that they are made of.

use alloc::vec::Vec;

use super::{InflateError, Stop};

/// A prefix code, from its lengths, RFC 1951 §3.2.2.
pub(super) struct Code {
    /// How many codes there are of each length.
    counts: [usize; 16],
    /// The symbols in the order of their codes.
    symbols: Vec<usize>,
}

impl Code {
    pub(super) fn new(lengths: &[usize]) -> Self {
        let mut code = Self {
            counts: [0; 16],
            symbols: Vec::new(),
        };
        for length in 1..=15 {
            for (symbol, _) in lengths.iter().enumerate().filter(|&(_, &l)| l == length) {
                code.counts[length] += 1;
                code.symbols.push(symbol);
            }
        }
        code
    }

    /// The code of fixed blocks for bytes and lengths, RFC 1951 §3.2.6.
    pub(super) fn fixed_literals() -> Self {
        let mut lengths = [8; 288];
        lengths[144..256].fill(9);
        lengths[256..280].fill(7);
        Self::new(&lengths)
    }

    /// How much of the room for codes of 15 bits is taken, and all there is.
    fn room(&self) -> (usize, usize) {
        let taken = (1..=15).map(|length| self.counts[length] << (15 - length));
        (taken.sum(), 1 << 15)
    }

    pub(super) fn is_complete(&self) -> bool {
        let (taken, all) = self.room();
        taken == all
    }

    /// There is one code of one bit, or none at all.
    pub(super) fn is_at_most_one_bit(&self) -> bool {
        self.symbols.len() <= 1 && self.counts[2..].iter().all(|&count| count == 0)
    }

    pub(super) fn decode(&self, bits: &mut Bits<'_>) -> Result<usize, Stop> {
        let (mut value, mut first, mut index) = (0, 0, 0);
        for count in &self.counts[1..] {
            // Codes go with their most significant bit first, unlike all else.
            value = value << 1 | bits.number(1)?;
            if value < first + count {
                return Ok(self.symbols[index + value - first]);
            }
            index += count;
            first = (first + count) << 1;
        }
        Err(InflateError::Code.into())
    }
}

/// The data as bits, the least significant one of a byte first, RFC 1951 §3.1.1.
pub(super) struct Bits<'d> {
    data: &'d [u8],
    position: usize,
}

impl<'d> Bits<'d> {
    pub(super) fn new(data: &'d [u8]) -> Self {
        Self { data, position: 0 }
    }

    pub(super) fn number(&mut self, bits: u32) -> Result<usize, Stop> {
        let mut number = 0;
        for bit in 0..bits {
            let &byte = self.data.get(self.position / 8).ok_or(Stop::End)?;
            number |= usize::from(byte >> (self.position % 8) & 1) << bit;
            self.position += 1;
        }
        Ok(number)
    }

    pub(super) fn skip_to_byte(&mut self) {
        self.position = self.position.next_multiple_of(8);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.position == 8 * self.data.len()
    }
}
