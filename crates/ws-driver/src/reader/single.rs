//! The short way of nearly all messages: one frame, all of it in front of the input.
//!
//! It is the general way without what only a frame that is cut, fragmented or wrong needs, and
//! leaves to it whatever it does not know. An echo of 32 bytes takes 250 instructions by this way
//! and 450 by the other.

use alloc::vec::Vec;

use ws_frame::{Framing, OpCode, SingleFrame};

use super::{Error, Event, Message, Reader, Ready, Writer, validate};

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

    /// Takes and lends the message that [`peek`](Self::peek) found.
    #[inline]
    pub(super) fn single_event<'b>(
        &mut self,
        frame: SingleFrame,
        input: &mut &'b mut [u8],
        writer: &mut Writer<F>,
        out: &mut Vec<u8>,
    ) -> Result<Option<Event<'b>>, Error> {
        self.ready = Ready::Nothing;
        let Some(payload) = frame.take(input) else {
            // The caller gave another input than it had: what is ready is found again.
            return Ok(None);
        };
        self.received.frame(u64::from(frame.payload_len()));
        self.received.messages += 1;
        self.message_activity = true;
        if frame.opcode() == OpCode::Binary {
            return Ok(Some(Event::Message(Message::Binary(payload))));
        }
        match validate(payload) {
            Some(text) => Ok(Some(Event::Message(Message::Text(text)))),
            None => {
                *input = &mut [];
                Err(self.fail(Error::InvalidUtf8, writer, out))
            }
        }
    }
}
