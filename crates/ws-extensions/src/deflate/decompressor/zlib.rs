//! With zlib-rs, for a window of 15 bits.

use alloc::vec::Vec;
use core::{fmt, mem};

use zlib_rs::{Inflate, InflateFlush, Status};

use super::{INVALID, Miniz, TAIL, UNFINISHED};
use crate::deflate::WindowBits;
use crate::deflate::history::History;
use crate::{Decoded, SessionError};

/// What `Inflate` allocates, window and all; a test measures it.
pub(super) const HEAP: usize = 47_552;

/// Payloads up to here are copied to where the tail can stand behind them: that costs less than
/// one more call of the library.
const SMALL: usize = 1024;

/// Stands behind the tail, to be taken only by a block that has not ended. As the first byte of a
/// block it is valid; behind the one or two set bits that the tail may leave over, it makes a
/// block of the reserved type.
const SENTINEL: u8 = 0b011;

/// An empty stored block at the beginning of a byte, and the tail.
const NOTHING: [u8; 5] = [0x00, 0x00, 0x00, 0xff, 0xff];

/// A decompressor that writes where the caller wants it.
///
/// The library does not tell whether a block has ended, but with `InflateFlush::Block` it stops
/// there. So the end of a message goes in with a byte behind it, and that must not be taken. This
/// leaves one question: whether the block ended with the last bit. A usual message ends in a
/// stored block without data, whose last four bytes are the tail; that shows in a boundary no
/// more than one byte before the end of the payload. For everything else, the sentinel goes in.
///
/// The library cannot go on behind a final block, or behind a sentinel, without forgetting its
/// window. Copying it back each time would cost 32 KiB for a few bytes; [`Flow::HandOver`]
/// changes the backend instead.
pub(super) struct Zlib {
    inflate: Inflate,
    history: History,
    /// The last bytes of the payload, while they may be the last of the message.
    held: Held,
    /// The end of a message, while `end` tells how far it was taken: payload, tail, and sentinel.
    last: Vec<u8>,
    end: Option<End>,
    /// Nothing follows the last boundary between messages.
    whole: bool,
    /// There may be more output without any more input.
    full: bool,
    /// The next message needs another decompressor.
    stale: bool,
}

/// What a step has done.
#[derive(Debug)]
pub(super) enum Flow {
    Decoded(Decoded),
    /// So much was written, and [`Zlib::hand_over`] makes what can go on.
    HandOver {
        len: usize,
    },
}

/// At most two bytes of payload: those in which the last stored block of a message begins.
#[derive(Clone, Copy, Debug, Default)]
struct Held {
    bytes: [u8; 2],
    len: usize,
}

/// How far the end of a message was taken.
#[derive(Clone, Copy, Debug)]
struct End {
    /// How much of it is payload.
    payload: usize,
    taken: usize,
    /// If a block ends with the tail, it ends with its last bit.
    sure: bool,
    /// That is so if the next step makes no output: the room was full where a block may end.
    maybe: bool,
}

impl Zlib {
    pub(super) fn new() -> Self {
        Self {
            inflate: Inflate::new(false, WindowBits::MAX.get()),
            history: History::new(WindowBits::MAX),
            held: Held::default(),
            last: Vec::new(),
            end: None,
            whole: true,
            full: false,
            stale: false,
        }
    }

    pub(super) fn decode(
        &mut self,
        input: &mut &[u8],
        end: bool,
        room: &mut [u8],
    ) -> Result<Flow, SessionError> {
        if self.stale {
            return Ok(Flow::HandOver { len: 0 });
        }
        let mut len = 0;
        if self.end.is_none() {
            let small = end && self.held.len + input.len() <= SMALL;
            let keep = if small { SMALL } else { self.held.bytes.len() };
            while self.full || self.held.len + input.len() > keep {
                let spare = (self.held.len + input.len()).saturating_sub(keep);
                let held = self.held;
                let source = match held.bytes() {
                    [] => &input[..spare],
                    held => &held[..held.len().min(spare)],
                };
                let (status, taken, written) =
                    self.step(source, &mut room[len..], InflateFlush::NoFlush)?;
                len += written;
                self.whole &= taken == 0;
                if held.is_empty() {
                    *input = &input[taken..];
                } else {
                    self.held.remove(taken);
                }
                if status == Status::StreamEnd {
                    return Ok(Flow::HandOver { len });
                }
                if self.full {
                    return Ok(Flow::Decoded(Decoded { len, done: false }));
                }
            }
            if !end {
                self.held.fill(input);
                return Ok(Flow::Decoded(Decoded { len, done: true }));
            }
            if self.whole && self.held.is_empty() && input.is_empty() {
                return Ok(self.done(len, false));
            }
            self.begin_end(input);
        }
        self.finish(room, len)
    }

    /// Makes what can decode the rest of this message, and the bytes that must go in before.
    pub(super) fn hand_over(&self) -> (Vec<u8>, Miniz) {
        let mut rest = self.held.bytes();
        let mut tail = None;
        if let Some(end) = self.end {
            rest = &self.last[end.taken.min(end.payload)..end.payload];
            tail = end
                .taken
                .checked_sub(end.payload)
                .filter(|&taken| taken > 0);
        }
        let history = self.history.parts();
        let miniz = Miniz::behind_final_block(WindowBits::MAX, history, tail);
        (rest.to_vec(), miniz)
    }

    pub(super) fn history(&self) -> [&[u8]; 2] {
        self.history.parts()
    }

    pub(super) fn recall(&mut self, history: [&[u8]; 2]) {
        self.inflate.reset(false);
        self.history.clear();
        self.held.clear();
        self.end = None;
        self.whole = true;
        self.full = false;
        self.stale = false;
        for part in history.into_iter().filter(|part| !part.is_empty()) {
            self.stale |= self.inflate.set_dictionary(part).is_err();
            self.history.push(part);
        }
    }

    pub(super) fn memory(&self) -> usize {
        HEAP + self.history.memory() + self.last.capacity()
    }

    /// All of the input is the rest of the message, and there is not much of it.
    fn begin_end(&mut self, input: &mut &[u8]) {
        self.last.clear();
        self.last.extend_from_slice(self.held.bytes());
        self.last.extend_from_slice(input);
        let payload = self.last.len();
        self.last.extend_from_slice(&TAIL);
        self.last.push(SENTINEL);
        self.held.clear();
        *input = &[];
        self.end = Some(End {
            payload,
            taken: 0,
            sure: self.whole && payload < 2,
            maybe: false,
        });
    }

    /// The part of [`decode`](Self::decode) that takes the end of a message.
    fn finish(&mut self, room: &mut [u8], mut len: usize) -> Result<Flow, SessionError> {
        let mut last = mem::take(&mut self.last);
        let flow = loop {
            match self.finish_step(&last, room, &mut len) {
                Ok(None) => {}
                Ok(Some(flow)) => break Ok(flow),
                Err(error) => break Err(error),
            }
        };
        mem::swap(&mut self.last, &mut last);
        flow
    }

    /// Gives `None` if it wants to be called again.
    fn finish_step(
        &mut self,
        last: &[u8],
        room: &mut [u8],
        len: &mut usize,
    ) -> Result<Option<Flow>, SessionError> {
        let Some(end) = self.end else {
            return Ok(Some(self.done(*len, false)));
        };
        let (status, taken, written) =
            self.step(&last[end.taken..], &mut room[*len..], InflateFlush::Block)?;
        *len += written;
        let taken = end.taken + taken;
        if taken == last.len() {
            // As the beginning of a block, the sentinel makes no output.
            let alone = end.taken + 1 == last.len();
            if alone && written == 0 && status != Status::StreamEnd {
                return Ok(Some(self.done(*len, true)));
            }
            return Err(UNFINISHED);
        }
        let rest = &last[taken..last.len() - 1];
        // Too few bits are left for a dynamic block, and no other could end in set bits.
        let near = taken + 1 >= end.payload && !rest.is_empty();
        let sure = end.sure || near && !self.full || end.maybe && written == 0;
        self.end = Some(End {
            taken,
            sure,
            maybe: near && self.full,
            ..end
        });
        Ok(if status == Status::StreamEnd {
            if taken == end.payload || rest.is_empty() || rest == NOTHING {
                Some(self.done(*len, true))
            } else {
                Some(Flow::HandOver { len: *len })
            }
        } else if self.full {
            let (len, done) = (*len, false);
            Some(Flow::Decoded(Decoded { len, done }))
        } else if rest.is_empty() && sure {
            Some(self.done(*len, false))
        } else {
            None
        })
    }

    /// Tells what became of the bytes, of which it keeps what the next ones may refer to.
    fn step(
        &mut self,
        source: &[u8],
        room: &mut [u8],
        flush: InflateFlush,
    ) -> Result<(Status, usize, usize), SessionError> {
        let (before_in, before_out) = (self.inflate.total_in(), self.inflate.total_out());
        let status = self
            .inflate
            .decompress(source, room, flush)
            .map_err(|_| INVALID)?;
        let taken = difference(self.inflate.total_in(), before_in);
        let written = difference(self.inflate.total_out(), before_out);
        if written > 0 {
            self.history.push(&room[..written]);
        }
        self.full = written == room.len();
        Ok((status, taken, written))
    }

    /// The message has ended.
    fn done(&mut self, len: usize, stale: bool) -> Flow {
        self.end = None;
        self.whole = true;
        self.full = false;
        self.stale = stale;
        Flow::Decoded(Decoded { len, done: true })
    }
}

impl Held {
    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    fn is_empty(&self) -> bool {
        self.len == 0
    }

    fn clear(&mut self) {
        self.len = 0;
    }

    /// Takes bytes off the front.
    fn remove(&mut self, count: usize) {
        self.bytes.copy_within(count..self.len, 0);
        self.len -= count;
    }

    /// Takes all of `input`, for which there is room.
    fn fill(&mut self, input: &mut &[u8]) {
        self.bytes[self.len..][..input.len()].copy_from_slice(input);
        self.len += input.len();
        *input = &[];
    }
}

fn difference(after: u64, before: u64) -> usize {
    usize::try_from(after.wrapping_sub(before)).unwrap_or(usize::MAX)
}

impl fmt::Debug for Zlib {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Zlib")
            .field("held", &self.held)
            .field("end", &self.end)
            .field("stale", &self.stale)
            .finish_non_exhaustive()
    }
}
