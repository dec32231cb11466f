//! The short way of nearly all messages: one frame, all of it in front of the input.
//!
//! It is the general way without what only a frame that is cut, fragmented or wrong needs, and
//! leaves to it whatever it does not know. An echo of 32 bytes takes 250 instructions by this way
//! and 450 by the other.

use ws_frame::{Framing, OpCode};

use super::{Message, Reader, Ready, validate};

impl<F: Framing> Reader<F> {
    /// Whether a message stands ready that came in one frame, all of which is in front of
    /// `input`; [`event`](Self::event) lends it. `false` says nothing:
    /// [`advance`](Self::advance) finds out what else there is.
    #[inline]
    pub fn peek(&mut self, input: &[u8]) -> bool {
        if !self.is_at_rest() {
            return false;
        }
        match F::peek_single(input, self.masked) {
            Some(frame) if self.limits.admit_single(frame.payload_len()) => {
                self.ready = Ready::Single(frame);
                self.activity = true;
                true
            }
            _ => false,
        }
    }

    /// Whether the next byte is the first of a message or of a control frame, and nothing is left
    /// to be done before.
    #[inline]
    pub(super) fn is_at_rest(&self) -> bool {
        self.decoder.is_between_frames()
            && self.message.is_none()
            && self.ready == Ready::Nothing
            && !self.delivered
            && !self.is_over()
    }

    /// Takes and lends the message that [`peek`](Self::peek) found. `None`: whatever there is,
    /// [`event`](Self::event) tells.
    #[inline]
    pub fn single<'b>(&mut self, input: &mut &'b mut [u8]) -> Option<Message<'b>> {
        let Ready::Single(frame) = self.ready else {
            return None;
        };
        self.ready = Ready::Nothing;
        // If not, the caller gave another input than it had: what is ready is found again.
        let payload = frame.take(input)?;
        self.received.frame(u64::from(frame.payload_len()));
        self.received.messages += 1;
        self.message_activity = true;
        if frame.opcode() == OpCode::Binary {
            return Some(Message::Binary(payload));
        }
        let text = validate(payload);
        if text.is_none() {
            self.ready = Ready::Invalid;
        }
        text.map(Message::Text)
    }
}
