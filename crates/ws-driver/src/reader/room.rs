//! Large messages read into place, and storage that is leased.

use alloc::vec::Vec;

use ws_frame::Framing;

use super::{Error, Kind, Mode, Reader, Ready, Writer, validate};

impl<F: Framing> Reader<F> {
    /// From how many missing bytes on it pays to read into place: less comes along with what
    /// follows in one read of an ordinary buffer.
    const WORTHWHILE: u64 = 16 << 10;

    /// Room for the rest of a large message that is under way, if there is one: reading straight
    /// into it saves the copy out of a read buffer. Tell [`filled`](Self::filled) how much was
    /// read, before anything else.
    ///
    /// The room grows with what has arrived, whatever a header announced.
    pub fn room(&mut self) -> Option<&mut [u8]> {
        let waits = self.ready == Ready::Nothing && !self.delivered && !self.is_over();
        let in_place = self.frame.is_some_and(|opcode| !opcode.is_control())
            && self
                .message
                .is_some_and(|message| message.mode == Mode::Whole && !message.encoded);
        let remaining = self.decoder.remaining()?;
        if !waits || !in_place || remaining < Self::WORTHWHILE {
            return None;
        }
        let remaining = usize::try_from(remaining).unwrap_or(usize::MAX);
        self.assembly.room(remaining).ok()
    }

    /// Takes the first `len` bytes that were read into the room that [`room`](Self::room) lent.
    ///
    /// # Errors
    ///
    /// When the peer breaks a rule: text that is not UTF-8.
    pub fn filled(
        &mut self,
        len: usize,
        writer: &mut Writer<F>,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let (Some(message), Some(_)) = (self.message, self.frame) else {
            return Ok(());
        };
        self.activity |= len > 0;
        let mut fresh = self.assembly.fresh(len);
        let Some(part) = self.decoder.decode_payload(&mut fresh) else {
            return Ok(());
        };
        let (taken, end) = (part.payload.len(), part.last && message.fin);
        if part.last {
            self.frame = None;
        }
        let text_so_far = if message.kind == Kind::Text && !end {
            // §8.1: fails as soon as the text cannot be right any more.
            self.utf8.decode_with(part.payload, validate).map(|_| ())
        } else {
            Ok(())
        };
        self.assembly.commit(taken);
        if let Err(error) = text_so_far {
            return Err(self.fail(error.into(), writer, out));
        }
        if end {
            self.ready = Ready::Assembled;
        }
        Ok(())
    }

    /// Whether there is storage to join messages in.
    pub fn has_storage(&self) -> bool {
        self.assembly.has_storage()
    }

    /// Gives storage to join messages in, such as one that another connection no longer needs;
    /// what it holds is overwritten. Dropped if there [is some](Self::has_storage) already.
    pub fn give_storage(&mut self, storage: Vec<u8>) {
        self.assembly.give_storage(storage);
    }

    /// Takes back the storage that messages are joined in, if no message lies in it: an idle
    /// connection then holds none.
    pub fn take_storage(&mut self) -> Option<Vec<u8>> {
        if self.delivered {
            self.drop_delivered();
        }
        let in_use = self.ready != Ready::Nothing || !self.assembly.bytes().is_empty();
        (!in_use).then(|| self.assembly.take_storage())
    }
}
