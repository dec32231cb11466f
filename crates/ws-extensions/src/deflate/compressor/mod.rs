//! Compression of one direction, on either of two backends.

mod any;
mod miniz;
#[cfg(test)]
mod tests;
#[cfg(feature = "zlib-rs")]
mod zlib;

use alloc::vec::Vec;
use core::fmt::Debug;

use self::any::Any;
use super::{Backend, Strategy, WindowBits};

/// What a flush ends with. RFC 7692 §7.2.1: the last one of a message is cut.
pub(super) const TAIL: [u8; 4] = [0, 0, 0xFF, 0xFF];

/// The longest stored block, RFC 1951 §3.2.4.
const MAX_STORED: usize = 0xFFFF;

/// What a compressor is made with.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) struct Settings {
    pub(super) backend: Backend,
    /// 1 to 9.
    pub(super) level: u8,
    /// 1 to 9.
    pub(super) memory_level: u8,
    pub(super) strategy: Strategy,
    pub(super) window: WindowBits,
}

/// Makes pieces of plain data into DEFLATE blocks that end at byte boundaries.
///
/// No distance in them is beyond the window, and none beyond what was given since the last
/// [`restart`](Self::restart).
#[derive(Debug)]
pub(super) struct Compressor<E = Any> {
    engine: E,
    settings: Settings,
    /// It remembers something.
    used: bool,
}

/// The backend does not do what it promises.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Broken;

/// What the backends have in common.
pub(super) trait Engine: Debug + Send + Sync + Sized {
    fn new(settings: Settings) -> Self;

    /// Forgets everything.
    fn reset(&mut self) -> Result<(), Broken>;

    /// Remembers these bytes as if they had been compressed.
    fn learn(&mut self, history: &[&[u8]]) -> Result<(), Broken>;

    /// Appends what `piece` becomes, flushed. `history` is what went before it, as far as that is
    /// known.
    fn compress(
        &mut self,
        history: [&[u8]; 2],
        piece: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), Broken>;

    /// How many bytes of heap this holds.
    fn memory(&self) -> usize;
}

impl<E: Engine> Compressor<E> {
    /// One that remembers nothing.
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            engine: E::new(settings),
            settings,
            used: false,
        }
    }

    pub(super) const fn settings(&self) -> Settings {
        self.settings
    }

    pub(super) fn memory(&self) -> usize {
        self.engine.memory()
    }

    /// Forgets everything but `history`, the oldest part first.
    pub(super) fn restart(&mut self, history: [&[u8]; 2]) -> Result<(), Broken> {
        if self.used {
            self.engine.reset()?;
        }
        self.used = history.iter().any(|part| !part.is_empty());
        if self.used {
            self.engine.learn(&history)?;
        }
        Ok(())
    }

    /// Appends what `piece`, which is not empty, becomes, with the [`TAIL`] at its end.
    ///
    /// `history` is what went before `piece`, as far as that is known.
    pub(super) fn compress(
        &mut self,
        history: [&[u8]; 2],
        piece: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), Broken> {
        self.used = true;
        let start = out.len();
        self.engine.compress(history, piece, out)?;
        // Backends with small blocks, or with a dictionary that ends, make more of what does not
        // shrink than need be. All that they make begins and ends at byte boundaries, so it can
        // be replaced.
        if out.len() - start > stored_len(piece) {
            out.truncate(start);
            store(piece, out);
        }
        Ok(())
    }
}

/// Appends `piece` as it is, with the [`TAIL`] at its end: RFC 1951 §3.2.4.
pub(super) fn store(piece: &[u8], out: &mut Vec<u8>) {
    out.reserve(stored_len(piece));
    for block in piece.chunks(MAX_STORED) {
        let len = u16::try_from(block.len()).unwrap_or(u16::MAX);
        out.push(0);
        out.extend_from_slice(&len.to_le_bytes());
        out.extend_from_slice(&(!len).to_le_bytes());
        out.extend_from_slice(block);
    }
    out.push(0);
    out.extend_from_slice(&TAIL);
}

/// How many bytes [`store`] appends.
fn stored_len(piece: &[u8]) -> usize {
    piece.len() + 5 * (piece.len().div_ceil(MAX_STORED) + 1)
}
