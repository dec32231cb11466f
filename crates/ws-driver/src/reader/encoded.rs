//! Messages that extensions transform: RFC 6455 §9, RFC 7692 §6.

use alloc::boxed::Box;
use alloc::vec::Vec;

use ws_extensions::Decoders;
use ws_frame::{Framing, Rsv, Rules};

use super::{Error, Kind, Message, Mode, Reader, Ready, validate};

/// The decoders, and what of the message under way they have not got to yet.
///
/// What is decoded lies in the assembly until it is delivered.
#[derive(Debug)]
pub(super) struct Inbound {
    decoders: Decoders,
    /// The last step filled its room: more will come of what has been taken.
    more: bool,
    /// What has been made of the message so far, in bytes.
    decoded: u64,
    /// Payload that was taken and not decoded yet.
    waiting: Vec<u8>,
    /// Nothing of the message comes behind what was taken.
    end: bool,
    /// How much of what is assembled is known to be text.
    valid: usize,
    /// How much of what is assembled is delivered as a chunk.
    chunk: usize,
}

/// What may go over the wire for a message beyond what may be decoded of it: data that does not
/// shrink grows a little, and blocks of nothing must not come for ever.
pub(super) const OVERHEAD: u64 = 1 << 20;
/// The most that is decoded for one chunk.
const CHUNK: usize = 64 << 10;
/// The most payload that is taken for one chunk: what does not fit then waits in memory.
const PIECE: usize = 16 << 10;
/// The least room that is made for a message that is delivered whole.
const LEAST: usize = 1 << 10;
/// What a code point may lack at the end of a chunk, and one more.
const CODE_POINT: usize = 4;

impl<F: Framing> Reader<F> {
    /// Uses `decoders` for all messages, of which none has come yet.
    pub(crate) fn set_decoders(&mut self, decoders: Decoders) {
        self.rules = Rules::new(self.masked, decoders.rsv());
        if decoders.take_all() {
            self.limits.admit_no_single();
        }
        self.inbound = Some(Box::new(Inbound {
            decoders,
            more: false,
            decoded: 0,
            waiting: Vec::new(),
            end: false,
            valid: 0,
            chunk: 0,
        }));
    }

    /// Gives back what extensions need only for the next message.
    pub(crate) fn sleep(&mut self) {
        if self.message.is_none()
            && let Some(inbound) = &mut self.inbound
        {
            inbound.decoders.sleep();
        }
    }

    /// How many bytes of heap extensions hold.
    pub(crate) fn extension_memory(&self) -> usize {
        match &self.inbound {
            Some(inbound) => inbound.waiting.capacity() + inbound.decoders.memory(),
            None => 0,
        }
    }

    /// Whether extensions take part in a message that begins with these bits.
    #[inline]
    pub(super) fn start_decoding(&mut self, rsv: Rsv) -> bool {
        let Some(inbound) = &mut self.inbound else {
            return false;
        };
        (inbound.more, inbound.end, inbound.decoded) = (false, false, 0);
        (inbound.valid, inbound.chunk) = (0, 0);
        inbound.decoders.start(rsv)
    }

    /// Whether something of a message has been taken and not decoded yet.
    #[inline]
    pub(super) fn has_more_to_decode(&self) -> bool {
        self.inbound.as_ref().is_some_and(|inbound| inbound.more)
    }

    /// Decodes what there is of the message under way.
    pub(super) fn find_encoded(
        &mut self,
        mode: Mode,
        input: &mut &mut [u8],
    ) -> Result<Ready, Error> {
        let mode = match (mode, self.mode()) {
            (Mode::Whole, Mode::Whole) => Mode::Whole,
            (Mode::Streamed, Mode::Whole | Mode::Streamed) => Mode::Streamed,
            _ => Mode::Skipped,
        };
        let stored = self.assembly.bytes().len();
        if let Some(message) = &mut self.message {
            message.mode = mode;
        }
        // What was joined before the caller turned to chunks is one of them.
        if (mode != Mode::Streamed || stored < CODE_POINT) && !self.decode(mode, input)? {
            return Ok(Ready::Nothing);
        }
        self.judge(mode)
    }

    /// Decodes what waits, or what comes next; `false` if there is nothing.
    fn decode(&mut self, mode: Mode, input: &mut &mut [u8]) -> Result<bool, Error> {
        let (Some(inbound), Some(message)) = (&mut self.inbound, &mut self.message) else {
            return Ok(false);
        };
        let mut waiting = core::mem::take(&mut inbound.waiting);
        let mut front: &mut [u8];
        let waited = inbound.more;
        let payload = if waited {
            &waiting[..]
        } else {
            // In pieces, never beyond the frame.
            let most = if mode == Mode::Streamed {
                PIECE
            } else {
                usize::MAX
            };
            let remaining = self.decoder.remaining().unwrap_or(0);
            let remaining = usize::try_from(remaining).unwrap_or(usize::MAX);
            let rest;
            let len = input.len().min(most).min(remaining);
            (front, rest) = core::mem::take(input).split_at_mut(len);
            *input = rest;
            let Some(part) = self.decoder.decode_payload(&mut front) else {
                return Ok(false);
            };
            if part.last {
                self.frame = None;
            }
            inbound.end = part.last && message.fin;
            &*part.payload
        };
        let mut source = payload;
        let limit = self.limits.decoded(mode);
        loop {
            // One byte too many is how a message above its limit shows.
            let most = limit.saturating_sub(inbound.decoded).saturating_add(1);
            let most = usize::try_from(most).unwrap_or(usize::MAX);
            let room = if mode == Mode::Whole {
                let least = source.len().saturating_mul(4).clamp(LEAST, CHUNK);
                self.assembly.room_of(most, least)?
            } else {
                self.assembly.room_of(most.min(CHUNK), CHUNK)?
            };
            let step = inbound.decoders.decode(&mut source, inbound.end, room)?;
            inbound.decoded = inbound.decoded.saturating_add(step.len as u64);
            if inbound.decoded > limit {
                return Err(Error::MessageTooBig { limit });
            }
            if mode != Mode::Skipped {
                self.assembly.commit(step.len);
            }
            inbound.more = !step.done;
            if step.done || mode == Mode::Streamed {
                break;
            }
        }
        if inbound.more {
            inbound.waiting = if waited {
                let taken = payload.len() - source.len();
                waiting.drain(..taken);
                waiting
            } else {
                source.to_vec()
            };
        }
        Ok(true)
    }

    /// Whether what is assembled makes an event.
    fn judge(&mut self, mode: Mode) -> Result<Ready, Error> {
        let (Some(inbound), Some(message)) = (&mut self.inbound, &self.message) else {
            return Ok(Ready::Nothing);
        };
        let over = inbound.end && !inbound.more;
        let stored = self.assembly.bytes();
        match mode {
            // The text is validated whole when it is lent.
            Mode::Whole if over => return Ok(Ready::Assembled),
            Mode::Skipped if over => {
                self.end_message();
                return Ok(Ready::Nothing);
            }
            Mode::Skipped => return Ok(Ready::Nothing),
            Mode::Whole | Mode::Streamed => {}
        }
        inbound.chunk = stored.len();
        if message.kind == Kind::Text {
            // §8.1: fails as soon as the text cannot be right any more.
            let fresh = &stored[inbound.valid..];
            inbound.valid += text_len(fresh).ok_or(Error::InvalidUtf8)?;
            inbound.chunk = inbound.valid;
            if over && inbound.valid < stored.len() {
                return Err(Error::InvalidUtf8);
            }
        }
        if mode == Mode::Streamed && (inbound.chunk > 0 || over) {
            return Ok(Ready::Decoded { last: over });
        }
        Ok(Ready::Nothing)
    }

    /// The chunk that stands ready.
    pub(super) fn decoded_chunk(&self, kind: Kind) -> Message<'_> {
        let chunk = self.inbound.as_ref().map_or(0, |inbound| inbound.chunk);
        let bytes = &self.assembly.bytes()[..chunk];
        match kind {
            Kind::Binary => Message::Binary(bytes),
            // Which was judged when it was found.
            Kind::Text => Message::Text(validate(bytes).unwrap_or_default()),
        }
    }

    /// Forgets what was delivered.
    pub(super) fn drop_delivered(&mut self) {
        self.delivered = false;
        match (&mut self.inbound, &self.message) {
            (Some(inbound), Some(message)) if message.encoded => {
                self.assembly.drop_front(inbound.chunk);
                inbound.valid = inbound.valid.saturating_sub(inbound.chunk);
                inbound.chunk = 0;
            }
            _ => self.assembly.clear(),
        }
    }

    /// Forgets what was decoded and not delivered.
    pub(super) fn drop_decoded(&mut self) {
        self.assembly.clear();
        if let Some(inbound) = &mut self.inbound {
            (inbound.valid, inbound.chunk) = (0, 0);
        }
    }
}

/// How much of `bytes` is text, up to a code point that is cut; `None` if it cannot become text.
fn text_len(bytes: &[u8]) -> Option<usize> {
    if let Some(text) = validate(bytes) {
        return Some(text.len());
    }
    match core::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => Some(error.valid_up_to()),
        _ => None,
    }
}
