//! Writing into a slice.

use super::error::WriteError;
use crate::names::is_own;
use crate::syntax::{is_text, is_token, trim};

/// A slice that is filled from its front.
pub(super) struct Out<'o> {
    room: &'o mut [u8],
    len: usize,
    /// Everything so far has fitted.
    fits: bool,
}

impl<'o> Out<'o> {
    pub(super) const fn new(room: &'o mut [u8]) -> Self {
        Self {
            room,
            len: 0,
            fits: true,
        }
    }

    pub(super) fn put(&mut self, bytes: &[u8]) {
        // Of something longer than the room nothing is written any more.
        let room = self.room.get_mut(self.len..);
        match room.and_then(|room| room.get_mut(..bytes.len())) {
            Some(room) if self.fits => {
                room.copy_from_slice(bytes);
                self.len += bytes.len();
            }
            _ => self.fits = false,
        }
    }

    /// One field whose parts are known to be right.
    pub(super) fn field(&mut self, name: &str, value: &[u8]) {
        for part in [name.as_bytes(), b": ", value, b"\r\n"] {
            self.put(part);
        }
    }

    /// The caller's fields, which may be wrong.
    pub(super) fn fields(&mut self, fields: &[(&str, &str)]) -> Result<(), WriteError> {
        for (name, value) in fields {
            if !is_token(name.as_bytes()) || !value.bytes().all(is_text) {
                return Err(WriteError::Field);
            }
            if is_own(name) {
                return Err(WriteError::ProtocolField);
            }
            self.field(name, trim(value.as_bytes()));
        }
        Ok(())
    }

    /// A status line without a reason, which the space behind the status belongs to all the same
    /// (RFC 9112 §4).
    pub(super) fn status(&mut self, status: u16) {
        let mut line = *b"HTTP/1.1 000 \r\n";
        let mut rest = status;
        for digit in line[9..12].iter_mut().rev() {
            *digit += (rest % 10).to_le_bytes()[0];
            rest /= 10;
        }
        self.put(&line);
    }

    /// The end of a response behind which the connection ends.
    pub(super) fn end_refusal(&mut self) {
        self.put(b"Connection: close\r\nContent-Length: 0\r\n\r\n");
    }

    /// How many bytes were written.
    pub(super) fn finish(self) -> Result<usize, WriteError> {
        if self.fits {
            Ok(self.len)
        } else {
            Err(WriteError::DoesNotFit)
        }
    }
}
