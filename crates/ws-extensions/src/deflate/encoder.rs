//! The outgoing direction of one connection.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;

use ws_frame::Rsv;

use super::compressor::{Broken, Compressor, Settings, TAIL, store};
use super::history::History;
use super::parameters::Direction;
use super::pool::{Codec, CodecKind, Pool};
use super::{NAME, Tuning, WindowBits};
use crate::{Encoder, Fault, FaultKind, SessionError, Variant, Wish};

/// Compresses the messages that go out.
#[derive(Debug)]
pub(super) struct DeflateEncoder {
    settings: Settings,
    takeover: bool,
    /// Shorter messages pass as they are.
    threshold: usize,
    pool: Option<Arc<dyn Pool>>,
    codec: Option<Compressor>,
    /// The codec remembers all that it must.
    ready: bool,
    /// The last of what the peer remembers; nothing where each message stands for itself.
    history: History,
}

/// How much a compressor that is made anew learns at most: that takes time, and it is what a
/// connection holds while it sleeps. A compressor that stays has its whole window.
const MAX_HISTORY: WindowBits = match WindowBits::new(12) {
    Some(bits) => bits,
    None => WindowBits::MIN,
};

static BROKEN: Fault = Fault::new(NAME, FaultKind::Failed, "the compressor failed");

impl DeflateEncoder {
    /// One that has sent nothing yet, and holds no codec.
    pub(super) fn new(own: Direction, tuning: Tuning, pool: Option<Arc<dyn Pool>>) -> Self {
        Self {
            settings: Settings {
                backend: tuning.backend,
                level: tuning.level,
                memory_level: tuning.memory_level,
                strategy: tuning.strategy,
                window: own.window,
            },
            takeover: own.takeover,
            threshold: tuning.threshold(own.takeover),
            pool,
            codec: None,
            ready: false,
            history: History::new(own.window.min(MAX_HISTORY)),
        }
    }

    /// Level 0 needs neither a codec nor a history.
    fn stores(&self) -> bool {
        self.settings.level == 0
    }

    fn compress(&mut self, piece: &[u8], out: &mut Vec<u8>) -> Result<(), Broken> {
        let mut codec = match self.codec.take() {
            Some(codec) => codec,
            None => self.borrow(),
        };
        if !self.ready {
            codec.restart(self.history.parts())?;
            self.ready = true;
        }
        codec.compress(self.history.parts(), piece, out)?;
        self.codec = Some(codec);
        if self.takeover {
            self.history.push(piece);
        }
        Ok(())
    }

    /// A codec from the pool, or a new one.
    fn borrow(&self) -> Compressor {
        self.pool
            .as_ref()
            .and_then(|pool| pool.take(&CodecKind::compressor(self.settings)))
            .and_then(|codec| codec.into_compressor(self.settings))
            .unwrap_or_else(|| Compressor::new(self.settings))
    }

    fn give_back(&mut self) {
        self.ready = false;
        if let (Some(codec), Some(pool)) = (self.codec.take(), &self.pool) {
            pool.give_back(Codec::of_compressor(codec));
        }
    }
}

impl Encoder for DeflateEncoder {
    fn start(&mut self, len: Option<usize>, wish: Wish) -> Option<Rsv> {
        let compressed = match wish {
            Wish::Always => true,
            Wish::Never => false,
            Wish::Auto => len.is_none_or(|len| len >= self.threshold),
        };
        compressed.then_some(Rsv::RSV1)
    }

    fn encode(&mut self, piece: &[u8], end: bool, out: &mut Vec<u8>) -> Result<(), SessionError> {
        if piece.is_empty() || self.stores() {
            // RFC 7692 §7.2.3.6: an empty message is one empty stored block.
            store(piece, out);
        } else {
            self.compress(piece, out)
                .map_err(|Broken| SessionError::new(&BROKEN))?;
        }
        if end {
            // RFC 7692 §7.2.1: the peer adds it again.
            out.truncate(out.len() - TAIL.len());
            if !self.takeover {
                self.give_back();
            }
        }
        Ok(())
    }

    fn sleep(&mut self) {
        self.give_back();
        self.history.shrink_to_fit();
    }

    fn memory(&self) -> usize {
        self.history.memory() + self.codec.as_ref().map_or(0, Compressor::memory)
    }

    fn variant(&self) -> Option<Variant> {
        Some(Variant {
            extension: NAME,
            settings: u64::from_le_bytes([
                self.settings.level,
                self.settings.memory_level,
                self.settings.strategy as u8,
                self.settings.window.get(),
                self.settings.backend as u8,
                0,
                0,
                0,
            ]),
        })
    }

    fn standalone(&self) -> Option<Box<dyn Encoder>> {
        Some(Box::new(Self {
            takeover: false,
            pool: self.pool.clone(),
            codec: None,
            ready: false,
            history: History::new(MAX_HISTORY),
            ..*self
        }))
    }

    fn passed(&mut self, message: &[u8]) {
        if self.takeover && !self.stores() {
            // The peer's window has it now. The codec learns it when it is needed again.
            self.history.push(message);
            self.ready = false;
        }
    }
}

impl Drop for DeflateEncoder {
    fn drop(&mut self) {
        self.give_back();
    }
}

#[cfg(test)]
mod tests;
