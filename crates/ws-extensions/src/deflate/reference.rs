//! A slow, obvious inflater: RFC 1951 read out loud, to judge the quick ones by.
//!
//! As strict as zlib: a set of code lengths must be complete, unless it has no more than one code
//! and that is one bit long; no length symbol 286 or 287, no distance symbol 30 or 31, no distance
//! beyond what there is or beyond the window.

mod code;

use alloc::vec::Vec;
use core::fmt;

use self::code::{Bits, Code};

/// What an encoder cuts off the end of each message, RFC 7692 §7.2.1.
const TAIL: [u8; 4] = [0x00, 0x00, 0xff, 0xff];

/// The order in which the lengths of the code length code come, RFC 1951 §3.2.7.
const ORDER: [usize; 19] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];

/// An inflater and the data that distances may point at.
#[derive(Clone, Debug)]
pub(super) struct Inflater {
    window: usize,
    history: Vec<u8>,
}

/// What some compressed data became.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Inflated {
    /// The plain data.
    pub(super) output: Vec<u8>,
    /// The largest distance; 0 if there was none.
    pub(super) largest_distance: usize,
    /// The kinds of the blocks that were begun.
    pub(super) blocks: Vec<Block>,
    /// The data ended where a block ended, with no bit left over but those behind a final block.
    pub(super) at_boundary: bool,
}

/// One block of compressed data.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Block {
    /// How its data is compressed.
    pub(super) kind: BlockKind,
    /// BFINAL is set: it says that no other block follows.
    pub(super) last: bool,
}

/// How the data of a block is compressed, RFC 1951 §3.2.3.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum BlockKind {
    /// Not at all.
    Stored,
    /// With the codes that the RFC lays down.
    Fixed,
    /// With codes of its own.
    Dynamic,
}

/// Why data is no compressed data.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum InflateError {
    /// A block of the reserved type 3.
    BlockType,
    /// The length of a stored block does not match its complement.
    StoredLength,
    /// More than 286 length symbols or 30 distance symbols.
    SymbolCount,
    /// A set of code lengths that is over-subscribed or incomplete.
    CodeLengths,
    /// A code length is repeated where there is none before, or beyond the last one.
    Repeat,
    /// A block that cannot end.
    NoEndOfBlock,
    /// Bits that are no code.
    Code,
    /// Length symbol 286 or 287.
    LengthSymbol,
    /// Distance symbol 30 or 31.
    DistanceSymbol,
    /// A distance beyond the window, or beyond what there is.
    Distance,
    /// A message that ends inside a block.
    Unfinished,
}

impl Inflater {
    /// An inflater with nothing to point back at, and a window of 2 to the power of `bits` bytes.
    pub(super) fn new(bits: u8) -> Self {
        Self {
            window: 1 << bits,
            history: Vec::new(),
        }
    }

    /// Adds plain data that distances may point at.
    #[cfg(test)]
    #[must_use]
    pub(super) fn history(mut self, plain: &[u8]) -> Self {
        self.history.extend_from_slice(plain);
        self
    }

    /// Forgets all data so far: no context takeover.
    #[cfg(test)]
    pub(super) fn clear(&mut self) {
        self.history.clear();
    }

    /// Inflates all of `data`; behind a final block, the next one begins at the next byte. What
    /// comes out joins the history. Data that ends early is no error here.
    ///
    /// # Errors
    ///
    /// As [`InflateError`] says, apart from [`Unfinished`](InflateError::Unfinished).
    pub(super) fn inflate(&mut self, data: &[u8]) -> Result<Inflated, InflateError> {
        let start = self.history.len();
        let mut run = Run {
            bits: Bits::new(data),
            window: self.window,
            plain: core::mem::take(&mut self.history),
            result: Inflated::default(),
        };
        match run.blocks() {
            Ok(()) => run.result.at_boundary = true,
            Err(Stop::End) => {}
            Err(Stop::Error(error)) => return Err(error),
        }
        run.result.output = run.plain[start..].to_vec();
        self.history = run.plain;
        self.history
            .drain(..self.history.len().saturating_sub(self.window));
        Ok(run.result)
    }

    /// Inflates the payload of a message of permessage-deflate, RFC 7692 §7.2.2. An empty payload
    /// is an empty message; the tail is left out behind a final block, unless it is needed to make
    /// the message whole.
    ///
    /// # Errors
    ///
    /// As [`InflateError`] says.
    pub(super) fn message(&mut self, payload: &[u8]) -> Result<Inflated, InflateError> {
        let before = self.clone();
        let bare = self.inflate(payload);
        if let Ok(bare) = &bare
            && bare.at_boundary
            && bare.blocks.last().is_none_or(|block| block.last)
        {
            return Ok(bare.clone());
        }
        *self = before;
        let whole = self.inflate(&[payload, &TAIL].concat())?;
        if whole.at_boundary {
            Ok(whole)
        } else {
            Err(InflateError::Unfinished)
        }
    }
}

/// What the payloads become with context takeover and a window of so many bits, up to the first
/// one that is invalid.
pub(super) fn messages(bits: u8, payloads: &[&[u8]]) -> Vec<Vec<u8>> {
    let mut inflater = Inflater::new(bits);
    let inflate = |payload: &&[u8]| Some(inflater.message(payload).ok()?.output);
    payloads.iter().map_while(inflate).collect()
}

/// Why reading stops early.
enum Stop {
    End,
    Error(InflateError),
}

impl From<InflateError> for Stop {
    fn from(error: InflateError) -> Self {
        Self::Error(error)
    }
}

/// One call of [`Inflater::inflate`].
struct Run<'d> {
    bits: Bits<'d>,
    window: usize,
    plain: Vec<u8>,
    result: Inflated,
}

impl Run<'_> {
    fn blocks(&mut self) -> Result<(), Stop> {
        while !self.bits.is_empty() {
            let last = self.bits.number(1)? == 1;
            let kind = match self.bits.number(2)? {
                0 => BlockKind::Stored,
                1 => BlockKind::Fixed,
                2 => BlockKind::Dynamic,
                _ => return Err(InflateError::BlockType.into()),
            };
            self.result.blocks.push(Block { kind, last });
            match kind {
                BlockKind::Stored => self.stored()?,
                BlockKind::Fixed => {
                    self.compressed(&Code::fixed_literals(), &Code::new(&[5; 32]))?;
                }
                BlockKind::Dynamic => {
                    let (literals, distances) = self.codes()?;
                    self.compressed(&literals, &distances)?;
                }
            }
            if last {
                self.bits.skip_to_byte();
            }
        }
        Ok(())
    }

    // RFC 1951 §3.2.4
    fn stored(&mut self) -> Result<(), Stop> {
        self.bits.skip_to_byte();
        let len = self.bits.number(16)?;
        if self.bits.number(16)? != len ^ 0xffff {
            return Err(InflateError::StoredLength.into());
        }
        for _ in 0..len {
            let byte = self.bits.number(8)?;
            self.plain.push(byte.to_le_bytes()[0]);
        }
        Ok(())
    }

    // RFC 1951 §3.2.3
    fn compressed(&mut self, literals: &Code, distances: &Code) -> Result<(), Stop> {
        loop {
            let symbol = literals.decode(&mut self.bits)?;
            if let Ok(byte) = u8::try_from(symbol) {
                self.plain.push(byte);
                continue;
            }
            if symbol == 256 {
                return Ok(());
            }
            let len = self.length(symbol - 257)?;
            let distance = self.distance(distances)?;
            if distance > self.plain.len().min(self.window) {
                return Err(InflateError::Distance.into());
            }
            self.result.largest_distance = self.result.largest_distance.max(distance);
            for _ in 0..len {
                self.plain.push(self.plain[self.plain.len() - distance]);
            }
        }
    }

    // RFC 1951 §3.2.5: four symbols for each number of extra bits, but eight without any, and one
    // for the greatest length.
    fn length(&mut self, symbol: usize) -> Result<usize, Stop> {
        match u32::try_from(symbol).unwrap_or(u32::MAX) {
            0..=7 => Ok(3 + symbol),
            index @ 8..=27 => {
                let extra = index / 4 - 1;
                Ok(3 + ((4 + symbol % 4) << extra) + self.bits.number(extra)?)
            }
            28 => Ok(258),
            _ => Err(InflateError::LengthSymbol.into()),
        }
    }

    // RFC 1951 §3.2.5: two symbols for each number of extra bits, but four without any.
    fn distance(&mut self, code: &Code) -> Result<usize, Stop> {
        let symbol = code.decode(&mut self.bits)?;
        match u32::try_from(symbol).unwrap_or(u32::MAX) {
            0..=3 => Ok(symbol + 1),
            index @ 4..=29 => {
                let extra = index / 2 - 1;
                Ok(1 + ((2 + symbol % 2) << extra) + self.bits.number(extra)?)
            }
            _ => Err(InflateError::DistanceSymbol.into()),
        }
    }

    // RFC 1951 §3.2.7
    fn codes(&mut self) -> Result<(Code, Code), Stop> {
        let literals = 257 + self.bits.number(5)?;
        let distances = 1 + self.bits.number(5)?;
        let given = 4 + self.bits.number(4)?;
        if literals > 286 || distances > 30 {
            return Err(InflateError::SymbolCount.into());
        }
        let mut lengths = [0; 19];
        for &symbol in &ORDER[..given] {
            lengths[symbol] = self.bits.number(3)?;
        }
        let code = Code::new(&lengths);
        if !code.is_complete() {
            return Err(InflateError::CodeLengths.into());
        }
        let mut lengths = Vec::new();
        while lengths.len() < literals + distances {
            let (length, count) = match code.decode(&mut self.bits)? {
                16 => {
                    let &before = lengths.last().ok_or(InflateError::Repeat)?;
                    (before, 3 + self.bits.number(2)?)
                }
                17 => (0, 3 + self.bits.number(3)?),
                18 => (0, 11 + self.bits.number(7)?),
                length => (length, 1),
            };
            lengths.extend(core::iter::repeat_n(length, count));
        }
        if lengths.len() > literals + distances {
            return Err(InflateError::Repeat.into());
        }
        if lengths[256] == 0 {
            return Err(InflateError::NoEndOfBlock.into());
        }
        let (literals, distances) = lengths.split_at(literals);
        let (literals, distances) = (Code::new(literals), Code::new(distances));
        for code in [&literals, &distances] {
            if !code.is_complete() && !code.is_at_most_one_bit() {
                return Err(InflateError::CodeLengths.into());
            }
        }
        Ok((literals, distances))
    }
}

impl fmt::Display for InflateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BlockType => "reserved block type",
            Self::StoredLength => "length of a stored block without its complement",
            Self::SymbolCount => "too many symbols",
            Self::CodeLengths => "over-subscribed or incomplete code",
            Self::Repeat => "repetition of a code length out of place",
            Self::NoEndOfBlock => "no code for the end of the block",
            Self::Code => "bits that are no code",
            Self::LengthSymbol => "reserved length symbol",
            Self::DistanceSymbol => "reserved distance symbol",
            Self::Distance => "distance too far back",
            Self::Unfinished => "message ends inside a block",
        })
    }
}

impl core::error::Error for InflateError {}

#[cfg(test)]
mod tests;
