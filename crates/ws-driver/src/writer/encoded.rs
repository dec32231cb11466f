//! Messages that extensions transform: RFC 6455 §9, RFC 7692 §6.

use alloc::boxed::Box;
use alloc::vec::Vec;

use ws_extensions::{Encoders, SessionError, Wish};
use ws_frame::{Framing, OpCode, Rsv, Sealing};

use super::{Writer, opcode};
use crate::{Message, Misuse};

impl<F: Framing> Writer<F> {
    /// As [`send`](Self::send), with a wish for extensions that choose for each message: one that
    /// mixes secrets with what an attacker chose is better sent as it is.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    pub fn send_with(
        &mut self,
        message: Message<'_>,
        wish: Wish,
        out: &mut Vec<u8>,
    ) -> Result<(), Misuse> {
        self.admit_message()?;
        let opcode = opcode(message.kind());
        let bytes = message.as_bytes();
        if let Some(rsv) = self.start_encoding(Some(bytes.len()), wish)? {
            self.encoded_frame(true, opcode, rsv, bytes, out)?;
        } else {
            self.frame(true, opcode, bytes, out);
        }
        self.note_message();
        Ok(())
    }

    /// Why extensions encode nothing any more, if a message failed with
    /// [`Misuse::ExtensionFailed`].
    pub fn extension_failure(&self) -> Option<SessionError> {
        self.encoders.as_ref()?.failure()
    }

    /// Uses `encoders` for all messages from now on.
    pub(crate) fn set_encoders(&mut self, encoders: Encoders) {
        self.encoders = Some(Box::new(encoders));
    }

    /// Gives back what extensions need only for the next message.
    pub(crate) fn sleep(&mut self) {
        if self.outgoing.is_none()
            && let Some(encoders) = &mut self.encoders
        {
            encoders.sleep();
        }
    }

    /// How many bytes of heap extensions hold.
    pub(crate) fn extension_memory(&self) -> usize {
        self.encoders
            .as_ref()
            .map_or(0, |encoders| encoders.memory())
    }

    /// The bits for the first frame of a message that extensions take part in.
    pub(super) fn start_encoding(
        &mut self,
        len: Option<usize>,
        wish: Wish,
    ) -> Result<Option<Rsv>, Misuse> {
        match &mut self.encoders {
            None => Ok(None),
            Some(encoders) => encoders
                .start(len, wish)
                .map_err(|_| Misuse::ExtensionFailed),
        }
    }

    /// Appends a frame with what extensions make of `piece`. Nothing is appended if they fail.
    #[inline(never)]
    pub(super) fn encoded_frame(
        &mut self,
        fin: bool,
        opcode: OpCode,
        rsv: Rsv,
        piece: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), Misuse> {
        let Some(encoders) = &mut self.encoders else {
            return Ok(());
        };
        // The payload goes where it would begin if it were as long as the piece.
        let start = out.len();
        let mask = self.keys.as_mut().map(|keys| keys.next());
        let guess = start + header_len(piece.len(), mask.is_some());
        out.resize(guess, 0);
        if encoders.encode(piece, fin, out).is_err() {
            out.truncate(start);
            return Err(Misuse::ExtensionFailed);
        }
        let len = out.len() - guess;
        let (header, mask) = self.header(fin, opcode, rsv, len, mask);
        let payload = start + header.len();
        if payload > guess {
            out.resize(payload + len, 0);
        }
        if payload != guess {
            out.copy_within(guess..guess + len, payload);
            out.truncate(payload + len);
        }
        out[start..payload].copy_from_slice(&header);
        if let Some(mut mask) = mask {
            F::Sealer::mask(&mut mask, &mut out[payload..]);
        }
        Ok(())
    }
}

/// How long the header of a frame is (§5.2).
fn header_len(payload_len: usize, masked: bool) -> usize {
    let len = match payload_len {
        0..126 => 2,
        126..0x1_0000 => 4,
        _ => 10,
    };
    len + if masked { 4 } else { 0 }
}
