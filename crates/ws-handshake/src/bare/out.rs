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

    /// A field whose value is a number.
    pub(super) fn number(&mut self, name: &str, number: usize) {
        let mut digits = [b'0'; 20];
        let (mut at, mut rest) = (digits.len() - 1, number);
        while let Some(digit) = digits.get_mut(at) {
            *digit += u8::try_from(rest % 10).unwrap_or_default();
            rest /= 10;
            if rest == 0 {
                break;
            }
            at -= 1;
        }
        self.field(name, &digits[at..]);
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
