//! A message in pieces, each in a frame of its own: RFC 6455 §5.4.

use alloc::vec::Vec;

use ws_frame::{FrameDecoder, Framing, OpCode, Rsv};

use super::{Writer, opcode};
use crate::text::validate;
use crate::{Kind, Misuse};

/// A message on its way out in pieces; control frames may be sent between them.
///
/// Dropping it leaves the message unfinished: [`Writer::resume`] goes on with it, and until it is
/// finished no other message can be sent.
#[derive(Debug)]
pub struct Outgoing<'w, F: Framing = FrameDecoder> {
    pub(super) writer: &'w mut Writer<F>,
}

impl<F: Framing> Outgoing<'_, F> {
    /// Appends `piece` as a frame. A text may be cut anywhere, even inside a code point.
    ///
    /// # Errors
    ///
    /// After our Close, and if `piece` cannot continue the text as UTF-8; then nothing is written
    /// and another piece may be tried.
    pub fn write(&mut self, piece: &[u8], out: &mut Vec<u8>) -> Result<(), Misuse> {
        self.fragment(piece, false, out)
    }

    /// Appends the last piece, which may be empty, and ends the message.
    ///
    /// # Errors
    ///
    /// Those of [`write`](Self::write), and if the text ends inside a code point.
    pub fn finish(mut self, piece: &[u8], out: &mut Vec<u8>) -> Result<(), Misuse> {
        self.fragment(piece, true, out)?;
        self.writer.outgoing = None;
        self.writer.note_message();
        Ok(())
    }

    fn fragment(&mut self, piece: &[u8], fin: bool, out: &mut Vec<u8>) -> Result<(), Misuse> {
        // Our Close ends the message too.
        let Some(mut open) = self.writer.outgoing else {
            return Err(Misuse::SendAfterClose);
        };
        if open.kind == Kind::Text {
            let verdict = open
                .utf8
                .decode_with(piece, validate)
                .and_then(|_| if fin { open.utf8.finish() } else { Ok(()) });
            if verdict.is_err() {
                return Err(Misuse::InvalidUtf8);
            }
        }
        // §5.4: the first frame names the kind, the others continue it.
        let (opcode, rsv) = if open.started {
            (OpCode::Continuation, Rsv::NONE)
        } else {
            let len = fin.then_some(piece.len());
            let bits = self.writer.start_encoding(len, open.wish)?;
            (open.started, open.encoded) = (true, bits.is_some());
            // RFC 7692 §6.1: the first frame alone has the bits.
            (opcode(open.kind), bits.unwrap_or(Rsv::NONE))
        };
        if open.encoded {
            let encoded = self.writer.encoded_frame(fin, opcode, rsv, piece, out);
            if encoded.is_err() {
                self.writer.outgoing = None;
                return encoded;
            }
        } else {
            self.writer.frame(fin, opcode, piece, out);
        }
        self.writer.outgoing = Some(open);
        self.writer.activity = true;
        Ok(())
    }
}
