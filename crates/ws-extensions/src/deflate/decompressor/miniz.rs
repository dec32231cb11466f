//! With `miniz_oxide`, for every window.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_HAS_MORE_INPUT, TINFL_FLAG_STOP_ON_BLOCK_BOUNDARY,
    TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
};
use miniz_oxide::inflate::core::{DecompressorOxide, decompress_with_limit};

use super::{INVALID, TAIL, UNFINISHED};
use crate::deflate::WindowBits;
use crate::{Decoded, SessionError};

/// The first memory that is taken for the window.
const FIRST: usize = 4096;

/// A decompressor that writes to a ring of exactly one window, and copies from there.
///
/// That makes every check of a distance exact. Until the ring was full for the first time, what
/// is written has one end only, and the library sees a distance beyond its beginning. From then
/// on there is always a whole window, and the library refuses what is larger than the ring.
pub(super) struct Miniz {
    core: Box<DecompressorOxide>,
    window: WindowBits,
    /// Grows up to one window.
    ring: Vec<u8>,
    /// Where in the ring the next byte goes.
    position: usize,
    /// The ring was full.
    wrapped: bool,
    /// How much of the tail was taken, once all of the payload was.
    tail: Option<usize>,
    /// Nothing follows the last boundary between messages, or the last final block.
    whole: bool,
}

impl Miniz {
    pub(super) fn new(window: WindowBits) -> Self {
        Self {
            core: Box::default(),
            window,
            ring: Vec::new(),
            position: 0,
            wrapped: false,
            tail: None,
            whole: true,
        }
    }

    /// One that is inside a message, behind a final block, when so many bytes of the tail were
    /// taken.
    #[cfg(feature = "zlib-rs")]
    pub(super) fn behind_final_block(
        window: WindowBits,
        history: [&[u8]; 2],
        tail: Option<usize>,
    ) -> Self {
        let mut new = Self::new(window);
        new.recall(history);
        new.tail = tail;
        new
    }

    pub(super) fn decode(
        &mut self,
        input: &mut &[u8],
        end: bool,
        room: &mut [u8],
    ) -> Result<Decoded, SessionError> {
        let mut len = 0;
        loop {
            let (status, written) = match &mut self.tail {
                None => {
                    let before = input.len();
                    let step = self.step(input, &mut room[len..], 0);
                    self.whole &= input.len() == before;
                    step
                }
                Some(taken) => {
                    let mut tail = &TAIL[*taken..];
                    let step = self.step(
                        &mut tail,
                        &mut room[len..],
                        TINFL_FLAG_STOP_ON_BLOCK_BOUNDARY,
                    );
                    self.tail = Some(TAIL.len() - tail.len());
                    step
                }
            };
            len += written;
            let all = self.tail == Some(TAIL.len());
            match status {
                TINFLStatus::HasMoreOutput if len == room.len() => {
                    return Ok(Decoded { len, done: false });
                }
                TINFLStatus::NeedsMoreInput if all => return Err(UNFINISHED),
                TINFLStatus::NeedsMoreInput if end && !self.whole => self.tail = Some(0),
                TINFLStatus::NeedsMoreInput => return Ok(self.done(len)),
                TINFLStatus::BlockBoundary if all && self.is_at_byte() => {
                    return Ok(self.done(len));
                }
                // Some bits of the tail are left, which begin a block.
                TINFLStatus::BlockBoundary if all => return Err(UNFINISHED),
                // The ring is full, or a block has ended.
                TINFLStatus::HasMoreOutput | TINFLStatus::BlockBoundary => {}
                TINFLStatus::Done => {
                    self.core.init();
                    self.whole = true;
                    if all {
                        return Ok(self.done(len));
                    }
                }
                _ => return Err(INVALID),
            }
        }
    }

    pub(super) fn history(&self) -> [&[u8]; 2] {
        let (newer, older) = self.ring.split_at(self.position);
        if self.wrapped {
            [older, newer]
        } else {
            [newer, &[]]
        }
    }

    pub(super) fn recall(&mut self, history: [&[u8]; 2]) {
        self.core.init();
        self.position = 0;
        self.wrapped = false;
        self.tail = None;
        self.whole = true;
        for part in history {
            let end = self.position + part.len();
            self.grow(end);
            self.ring[self.position..end].copy_from_slice(part);
            self.position = end;
        }
    }

    pub(super) fn memory(&self) -> usize {
        size_of::<DecompressorOxide>() + self.ring.capacity()
    }

    /// Takes bytes off the front of `input` and tells how many it wrote to the front of `room`.
    fn step(&mut self, input: &mut &[u8], room: &mut [u8], flags: u32) -> (TINFLStatus, usize) {
        let size = self.window.size();
        if self.position == size {
            self.position = 0;
            self.wrapped = true;
        } else if self.position == self.ring.len() {
            self.grow((2 * self.ring.len()).max(FIRST).min(size));
        }
        let shape = if self.wrapped {
            0
        } else {
            TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF
        };
        let (status, taken, written) = decompress_with_limit(
            &mut self.core,
            input,
            &mut self.ring,
            self.position,
            room.len(),
            flags | shape | TINFL_FLAG_HAS_MORE_INPUT,
        );
        *input = &input[taken..];
        room[..written].copy_from_slice(&self.ring[self.position..][..written]);
        self.position += written;
        (status, written)
    }

    /// Takes memory for so many bytes of the window, unless there is as much.
    fn grow(&mut self, len: usize) {
        if len > self.ring.len() {
            self.ring.reserve_exact(len - self.ring.len());
            self.ring.resize(len, 0);
        }
    }

    /// A block has ended, and all bits of the last byte belong to it.
    fn is_at_byte(&self) -> bool {
        let state = self.core.block_boundary_state();
        state.is_some_and(|state| state.num_bits == 0)
    }

    /// The input is taken; with it, the message may have ended.
    fn done(&mut self, len: usize) -> Decoded {
        if self.tail.take().is_some() {
            self.whole = true;
        }
        Decoded { len, done: true }
    }
}

impl fmt::Debug for Miniz {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Miniz")
            .field("position", &self.position)
            .field("wrapped", &self.wrapped)
            .field("tail", &self.tail)
            .finish_non_exhaustive()
    }
}
