//! A message in pieces, each in a frame of its own: RFC 6455 §5.4.

use alloc::vec::Vec;

use ws_frame::{FrameDecoder, Framing, OpCode};

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
        self.writer.sent.messages += 1;
        Ok(())
    }

    fn fragment(&mut self, piece: &[u8], fin: bool, out: &mut Vec<u8>) -> Result<(), Misuse> {
        // Our Close ends the message too.
        let Some(open) = &mut self.writer.outgoing else {
            return Err(Misuse::SendAfterClose);
        };
        if open.kind == Kind::Text {
            let mut utf8 = open.utf8;
            let verdict = utf8
                .decode_with(piece, validate)
                .and_then(|_| if fin { utf8.finish() } else { Ok(()) });
            if verdict.is_err() {
                return Err(Misuse::InvalidUtf8);
            }
            open.utf8 = utf8;
        }
        // §5.4: the first frame names the kind, the others continue it.
        let opcode = if core::mem::replace(&mut open.started, true) {
            OpCode::Continuation
        } else {
            opcode(open.kind)
        };
        self.writer.frame(fin, opcode, piece, out);
        self.writer.activity = true;
        Ok(())
    }
}
