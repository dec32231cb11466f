//! What the end of an input has cut: a BOM or a line.

use core::mem;

use super::Decoder;
use super::block::{self, Here};
use super::line::{self, Field, LONGEST_PREFIX};
use crate::error::DecodeError;

/// U+FEFF in UTF-8. The standard drops one at the very start of a stream, and only there.
pub(super) const BOM: &[u8] = b"\xef\xbb\xbf";

/// Where in the stream the last input has ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Place {
    /// In what may become a BOM: `partial` has the bytes of it.
    Bom,
    /// Between two lines.
    Between,
    /// In what may become a name that matters: `partial` has it.
    Name,
    /// In the value of a field other than `data`, which begins here: `partial` has the whole line.
    Value(Field, usize),
    /// In the value of a field `data`, which begins here: what there was of it is in `block`.
    Data(usize),
    /// In a line that means nothing.
    Ignored,
}

/// Lines that the end of an input has cut.
impl Decoder {
    /// Takes the BOM off the front of `input`, if there is one, or as much of it as there is.
    pub(super) fn skip_bom(&mut self, input: &mut &[u8]) {
        while let (Some(expected), Some((byte, rest))) =
            (BOM.get(self.partial.len()), input.split_first())
        {
            if byte != expected {
                break;
            }
            self.partial.push(*byte);
            *input = rest;
        }
        if self.partial.len() < BOM.len() && input.is_empty() {
            return;
        }
        // The beginning of a BOM alone begins a line with a name that is none of the four.
        self.len = self.partial.len();
        self.place = match self.len {
            1 | 2 => Place::Ignored,
            _ => Place::Between,
        };
        self.partial.clear();
    }

    /// Takes the rest of the cut line off the front of `input`, or as much of it as there is.
    pub(super) fn continue_line(&mut self, input: &mut &[u8]) -> Result<(), DecodeError> {
        if self.place == Place::Bom {
            return Ok(());
        }
        let Some(end) = line::end(input) else {
            self.extend_line(input)?;
            *input = &[];
            return Ok(());
        };
        let rest = self.take_line(input, end);
        self.extend_line(rest)?;
        self.end_line()
    }

    /// Goes on with the cut line.
    pub(super) fn extend_line(&mut self, mut piece: &[u8]) -> Result<(), DecodeError> {
        self.len = self.len.saturating_add(piece.len());
        if self.place == Place::Name {
            let missing = LONGEST_PREFIX.saturating_sub(self.partial.len());
            let (prefix, rest) = piece.split_at(missing.min(piece.len()));
            self.partial.extend_from_slice(prefix);
            piece = rest;
            self.find_place();
        }
        match self.place {
            Place::Bom | Place::Between => {}
            Place::Name | Place::Ignored => self.admit(Field::Ignored, self.len, 0)?,
            Place::Value(field, start) => {
                self.admit(field, self.len, self.len - start)?;
                block::append(&mut self.partial, piece, self.limits.line);
            }
            Place::Data(start) => {
                self.admit(Field::Data, self.len, self.len - start)?;
                self.block.extend_data(piece, &self.limits);
            }
        }
        Ok(())
    }

    /// Decides what the line in `partial` is, if there is enough of it.
    fn find_place(&mut self) {
        if line::may_become_field(&self.partial) {
            return;
        }
        let (field, start) = line::split(&self.partial);
        self.place = match field {
            Field::Event | Field::Id | Field::Retry => Place::Value(field, start),
            Field::Data => {
                self.block.begin_data(&self.limits);
                self.block.extend_data(&self.partial[start..], &self.limits);
                self.partial.clear();
                Place::Data(start)
            }
            Field::Ignored => {
                self.partial.clear();
                Place::Ignored
            }
        };
    }

    /// The line end of the cut line has come.
    fn end_line(&mut self) -> Result<(), DecodeError> {
        match mem::replace(&mut self.place, Place::Between) {
            Place::Bom | Place::Between | Place::Ignored => {}
            Place::Data(start) => self.block.count(Field::Data, self.len - start),
            Place::Name | Place::Value(..) => {
                let line = mem::take(&mut self.partial);
                let mut here = Here::default();
                self.line(&line, &mut here)?;
                self.block.keep(&mut here, &self.limits);
                self.partial = line;
                block::relax(&mut self.partial);
            }
        }
        Ok(())
    }
}
