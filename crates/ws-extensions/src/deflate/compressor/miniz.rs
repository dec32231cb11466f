//! `miniz_oxide`: no dictionaries, no memory level, and distances up to 32,768 whatever one asks.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use miniz_oxide::deflate::core::{
    CompressionStrategy, CompressorOxide, TDEFLFlush, TDEFLStatus, compress_to_output,
    create_comp_flags_from_zip_params,
};

use super::{Broken, Engine, Settings};
use crate::deflate::{Strategy, WindowBits};

/// A [`CompressorOxide`] that is always at a byte boundary, and forgets in time.
pub(in crate::deflate) struct Miniz {
    inner: Box<CompressorOxide>,
    /// How many bytes it may remember: a distance is always smaller.
    limit: usize,
    /// How many bytes it remembers.
    known: usize,
    /// How many of the last bytes it learns again when it had to forget.
    kept: usize,
    /// How many bytes it was given since it began to count.
    total: usize,
}

/// As far as it may count: its numbers must fit into 32 bits everywhere.
const MAX_TOTAL: usize = if cfg!(test) { 1 << 18 } else { 1 << 30 };

/// The smallest window that it looks for more than runs in.
const MIN_WINDOW: u8 = 10;

impl Engine for Miniz {
    fn new(settings: Settings) -> Self {
        let strategy = match settings.strategy {
            // It would have to forget so often that its output grew, and took ten times as long.
            Strategy::Default | Strategy::Filtered | Strategy::Fixed
                if settings.window.get() < MIN_WINDOW =>
            {
                CompressionStrategy::RLE
            }
            Strategy::Default => CompressionStrategy::Default,
            Strategy::Filtered => CompressionStrategy::Filtered,
            Strategy::HuffmanOnly => CompressionStrategy::HuffmanOnly,
            Strategy::Rle => CompressionStrategy::RLE,
            Strategy::Fixed => CompressionStrategy::Fixed,
        };
        let level = match strategy {
            // Its routine for level 1 would look for any match.
            CompressionStrategy::RLE => settings.level.max(2),
            _ => settings.level,
        };
        let flags = create_comp_flags_from_zip_params(level.into(), 0, strategy as i32);
        let size = settings.window.size();
        let (limit, kept) = match strategy {
            // No distance is above 1.
            CompressionStrategy::HuffmanOnly | CompressionStrategy::RLE => (MAX_TOTAL, 1),
            _ if settings.window == WindowBits::MAX => (MAX_TOTAL, size),
            _ => (size, size / 2),
        };
        Self {
            inner: Box::new(CompressorOxide::new(flags)),
            limit,
            known: 0,
            kept,
            total: 0,
        }
    }

    fn reset(&mut self) -> Result<(), Broken> {
        if self.total >= MAX_TOTAL {
            self.inner.reset();
            self.total = 0;
        } else {
            // Writes less memory than a reset does.
            self.feed(&[], TDEFLFlush::Full, |_| {})?;
        }
        self.known = 0;
        Ok(())
    }

    fn learn(&mut self, history: &[&[u8]]) -> Result<(), Broken> {
        let len: usize = history.iter().map(|part| part.len()).sum();
        let mut surplus = len.saturating_sub(self.kept);
        for part in history {
            let (old, new) = part.split_at(surplus.min(part.len()));
            surplus -= old.len();
            self.feed(new, TDEFLFlush::Sync, |_| {})?;
        }
        Ok(())
    }

    fn compress(
        &mut self,
        history: [&[u8]; 2],
        piece: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), Broken> {
        let mut rest = piece;
        loop {
            let room = self.limit - self.known;
            let now = if rest.len() <= room {
                rest
            } else if room >= self.limit / 2 {
                &rest[..room]
            } else {
                // A little room is not worth a block of its own.
                &[]
            };
            if !now.is_empty() {
                self.feed(now, TDEFLFlush::Sync, |bytes| out.extend_from_slice(bytes))?;
                rest = &rest[now.len()..];
            }
            if rest.is_empty() {
                return Ok(());
            }
            self.reset()?;
            let done = &piece[..piece.len() - rest.len()];
            self.learn(&[history[0], history[1], done])?;
        }
    }

    fn memory(&self) -> usize {
        /// Its dictionary, hash chains, codes and output.
        const HEAP: usize = 253_614;
        size_of::<CompressorOxide>() + HEAP
    }
}

impl Miniz {
    fn feed(
        &mut self,
        bytes: &[u8],
        flush: TDEFLFlush,
        mut out: impl FnMut(&[u8]),
    ) -> Result<(), Broken> {
        let (status, read) = compress_to_output(&mut self.inner, bytes, flush, |made| {
            out(made);
            true
        });
        self.known += bytes.len();
        self.total += bytes.len();
        if status == TDEFLStatus::Okay && read == bytes.len() {
            Ok(())
        } else {
            Err(Broken)
        }
    }
}

impl fmt::Debug for Miniz {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Miniz")
            .field("limit", &self.limit)
            .field("known", &self.known)
            .finish_non_exhaustive()
    }
}
