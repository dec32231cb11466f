//! zlib-rs: windows of 9 to 15 bits, and dictionaries that can be set.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use zlib_rs::{Deflate, DeflateConfig, DeflateFlush, Status};

use super::{Broken, Engine, Settings};
use crate::deflate::Strategy;

/// A [`Deflate`] that writes no header, and is always at a byte boundary.
pub(in crate::deflate) struct Zlib {
    deflate: Box<Deflate>,
    settings: Settings,
}

/// How much input it takes in one step: bounds what a step may write.
const STEP: usize = 32 << 10;

/// Its smallest window. The distances in it end 262 bytes before the window does, at 250, so it
/// serves for 8 bits as well.
const MIN_WINDOW: u8 = 9;

impl Engine for Zlib {
    fn new(settings: Settings) -> Self {
        Self {
            deflate: Box::new(Deflate::new_with_config(DeflateConfig {
                level: settings.level.into(),
                // Negative: raw blocks, without a zlib header.
                window_bits: -i32::from(settings.window.get().max(MIN_WINDOW)),
                mem_level: settings.memory_level.into(),
                strategy: match settings.strategy {
                    Strategy::Default => zlib_rs::Strategy::Default,
                    Strategy::Filtered => zlib_rs::Strategy::Filtered,
                    Strategy::HuffmanOnly => zlib_rs::Strategy::HuffmanOnly,
                    Strategy::Rle => zlib_rs::Strategy::Rle,
                    Strategy::Fixed => zlib_rs::Strategy::Fixed,
                },
                ..DeflateConfig::default()
            })),
            settings,
        }
    }

    fn reset(&mut self) -> Result<(), Broken> {
        self.deflate.reset();
        Ok(())
    }

    fn learn(&mut self, history: &[&[u8]]) -> Result<(), Broken> {
        for part in history {
            self.deflate.set_dictionary(part).map_err(|_| Broken)?;
        }
        Ok(())
    }

    fn compress(
        &mut self,
        _history: [&[u8]; 2],
        piece: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), Broken> {
        let mut rest = piece;
        // What the steps before may have left in it.
        let mut kept = 0;
        loop {
            let (step, later) = rest.split_at(rest.len().min(STEP));
            if later.is_empty() {
                return self.step(step, DeflateFlush::SyncFlush, kept, out);
            }
            self.step(step, DeflateFlush::NoFlush, kept, out)?;
            kept = 4 * self.symbols();
            rest = later;
        }
    }

    fn memory(&self) -> usize {
        /// Its state, and what it adds for alignment.
        const STATE: usize = 3200;
        const HASHES: usize = 2 << 16;
        let window = 1 << self.settings.window.get().max(MIN_WINDOW);
        size_of::<Deflate>() + STATE + HASHES + 4 * window + 7 * self.symbols()
    }
}

impl Zlib {
    /// How many symbols a block has at most.
    fn symbols(&self) -> usize {
        1 << (self.settings.memory_level + 6)
    }

    /// Compresses all of `input`, with room for what that becomes at worst and for `kept` bytes:
    /// without room, a flush would end with two empty blocks.
    fn step(
        &mut self,
        mut input: &[u8],
        flush: DeflateFlush,
        kept: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), Broken> {
        loop {
            let room = input.len() + input.len() / 7 + kept + 64;
            let start = out.len();
            out.resize(start + room, 0);
            let (read, written) = (self.deflate.total_in(), self.deflate.total_out());
            let status = self.deflate.compress(input, &mut out[start..], flush);
            let read = usize::try_from(self.deflate.total_in() - read).map_err(|_| Broken)?;
            let written =
                usize::try_from(self.deflate.total_out() - written).map_err(|_| Broken)?;
            out.truncate(start + written);
            input = input.get(read..).ok_or(Broken)?;
            match status {
                Ok(Status::Ok) if input.is_empty() && written < room => return Ok(()),
                Ok(Status::Ok) if read + written > 0 => {}
                // It wrote everything, and it had exactly the room for it.
                Ok(Status::BufError) if input.is_empty() => return Ok(()),
                _ => return Err(Broken),
            }
        }
    }
}

impl fmt::Debug for Zlib {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Zlib")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
