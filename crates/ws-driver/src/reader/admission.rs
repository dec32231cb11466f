//! Which frames may come now, and how much of a message.

use ws_frame::{Framing, Header, OpCode, Utf8Decoder};

use super::encoded::OVERHEAD;
use super::{Incoming, Mode, Reader};
use crate::{Config, Error, Kind};

/// What a peer may send in one message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    message: u64,
    streamed: u64,
    fragments: u32,
    /// The first length that a message of one frame, taken by the short way, may not have.
    single: u32,
}

impl From<&Config> for Limits {
    fn from(config: &Config) -> Self {
        // No message is larger than memory can be.
        let message = config.max_message_size.min(isize::MAX.unsigned_abs());
        let single = u16::try_from(message).unwrap_or(u16::MAX);
        Self {
            message: message as u64,
            streamed: config.max_streamed_size,
            fragments: config.max_fragments,
            single: match config.max_fragments {
                0 => 0,
                _ => u32::from(single) + 1,
            },
        }
    }
}

impl Limits {
    /// Whether a message of one frame is within them.
    #[inline]
    pub(super) fn admit_single(&self, len: u16) -> bool {
        u32::from(len) < self.single
    }

    /// Bars the short way.
    pub(super) fn admit_no_single(&mut self) {
        self.single = 0;
    }

    /// How large a message may be that is delivered so.
    pub(super) fn decoded(&self, mode: Mode) -> u64 {
        match mode {
            Mode::Whole => self.message,
            Mode::Streamed | Mode::Skipped => self.streamed,
        }
    }
}

impl<F: Framing> Reader<F> {
    /// Judges a header when it is complete, before any of its payload.
    #[inline]
    pub(super) fn begin(&mut self, header: &Header, mode: Mode) -> Result<(), Error> {
        self.rules.admit(header)?;
        self.received.frame(header.payload_len);
        self.frame = Some(header.opcode);
        let kind = match header.opcode {
            OpCode::Text => Kind::Text,
            OpCode::Binary => Kind::Binary,
            OpCode::Continuation => {
                let encoded = self.message.is_some_and(|message| message.encoded);
                let size = self.admit_size(mode, encoded, header.payload_len)?;
                return self.go_on(header.fin, size);
            }
            OpCode::Close | OpCode::Ping | OpCode::Pong => {
                self.control.clear();
                return Ok(());
            }
        };
        self.message = None;
        let encoded = self.start_decoding(header.rsv);
        let size = self.admit_size(mode, encoded, header.payload_len)?;
        if mode == Mode::Whole {
            self.admit_fragments(1)?;
        }
        self.utf8 = Utf8Decoder::new();
        self.assembly.clear();
        self.message = Some(Incoming {
            kind,
            mode,
            fin: header.fin,
            fragments: 1,
            size,
            encoded,
            handed_out: false,
        });
        Ok(())
    }

    /// Takes note of a further fragment.
    fn go_on(&mut self, fin: bool, size: u64) -> Result<(), Error> {
        let Some(message) = &mut self.message else {
            return Ok(());
        };
        message.fin = fin;
        message.size = size;
        message.fragments = message.fragments.saturating_add(1);
        // A message that is streamed keeps nothing of its fragments.
        if message.mode == Mode::Whole {
            let fragments = message.fragments;
            self.admit_fragments(fragments)?;
        }
        Ok(())
    }

    /// Fragments without a byte count too, or they would come without end.
    pub(super) fn admit_fragments(&self, fragments: u32) -> Result<(), Error> {
        let limit = self.limits.fragments;
        if fragments > limit {
            return Err(Error::TooManyFragments { limit });
        }
        Ok(())
    }

    /// The size of the message with `len` more bytes announced, if that is within its limit.
    #[inline]
    pub(super) fn admit_size(&self, mode: Mode, encoded: bool, len: u64) -> Result<u64, Error> {
        let (mode, size) = match &self.message {
            Some(message) => (message.mode, message.size),
            None => (mode, 0),
        };
        let limit = self.limits.decoded(mode);
        // What is decoded is bounded again as it comes.
        let more = if encoded { OVERHEAD } else { 0 };
        match size.checked_add(len) {
            Some(size) if size <= limit.saturating_add(more) => Ok(size),
            _ => Err(Error::MessageTooBig { limit }),
        }
    }

    /// Judges a header that is cut by what is known of it, so that a peer that stops there is
    /// told all the same.
    #[cold]
    pub(super) fn check_partial(&self, mode: Mode) -> Result<(), Error> {
        if let Some(header) = self.decoder.partial_header() {
            self.rules.check(&header)?;
            if let Some(len) = header.payload_len
                && !header.opcode.is_control()
            {
                let encoded = self.inbound.is_some();
                self.admit_size(mode, encoded, len)?;
            }
        }
        Ok(())
    }
}
