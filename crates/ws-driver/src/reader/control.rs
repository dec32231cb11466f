//! Control frames, answered as RFC 6455 §5.5 wants it.

use alloc::vec::Vec;

use ws_frame::{CloseFrame, Framing, OpCode};

use super::{Reader, Ready};
use crate::assembly::Assembly;
use crate::writer::Writer;
use crate::{Error, Event, PingId};

impl<F: Framing> Reader<F> {
    /// Takes a control frame, which may come between the fragments of a message (§5.4).
    #[inline]
    pub(super) fn find_control(&mut self, opcode: OpCode, input: &mut &mut [u8]) -> Ready {
        if self.control.is_empty() && self.payload_is_at_hand(input) {
            return Ready::Control(opcode);
        }
        // At most 125 bytes, by the header.
        if let Some(part) = self.decoder.decode_payload(input) {
            self.control.extend_from_slice(part.payload);
            if part.last {
                self.frame = None;
                return Ready::Stored(opcode);
            }
        }
        Ready::Nothing
    }

    /// Lends a control frame and answers it.
    pub(super) fn control_event<'e, 'b: 'e, M>(
        &'e mut self,
        input: &mut &'b mut [u8],
        writer: &mut Writer<F>,
        out: &mut Vec<u8>,
    ) -> Result<Option<Event<'e, M>>, Error> {
        let (opcode, payload) = match self.ready {
            Ready::Control(opcode) => match self.take_payload(input) {
                Some(payload) => (opcode, Some(payload)),
                None => return Ok(None),
            },
            Ready::Stored(opcode) => (opcode, None),
            _ => return Ok(None),
        };
        self.ready = Ready::Nothing;
        if opcode == OpCode::Close {
            if let Some(payload) = payload {
                self.control.extend_from_slice(payload);
            }
            if let Err(error) = CloseFrame::decode(&self.control) {
                *input = &mut [];
                return Err(self.fail(error.into(), writer, out));
            }
            self.close_received = true;
            self.message = None;
            self.assembly = Assembly::default();
            self.peer_closed_first = !writer.is_closed();
            writer.answer_close(&self.control, out);
            return Ok(Some(Event::Close(self.close_frame())));
        }
        let payload = payload.unwrap_or(&self.control);
        if opcode == OpCode::Ping {
            writer.answer_ping(payload, out);
            return Ok(Some(Event::Ping(payload)));
        }
        let answers: Option<PingId> = match &mut writer.pings {
            Some(pings) => pings.answer(payload),
            None => None,
        };
        Ok(Some(Event::Pong { payload, answers }))
    }
}
