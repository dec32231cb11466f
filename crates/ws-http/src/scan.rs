//! Finding the end of a head, one byte after the other, each of them once.

use crate::error::HeadError;
use crate::limits::Limits;
use crate::syntax::{is_tchar, is_text};

/// Looks for the blank line, and refuses on the way whatever is not a line of text.
///
/// The scanner keeps its place between calls, so the work is linear in the bytes however they are
/// cut. What it decides depends on the bytes alone.
#[derive(Clone, Debug)]
pub(crate) struct Scanner {
    /// One empty line before the first line is skipped (RFC 9112 §2.2), in requests only.
    may_skip_empty_line: bool,
    /// Bytes of the head so far, without a skipped line.
    total: usize,
    /// Bytes of the current line so far.
    line: usize,
    /// The last byte was a CR.
    carriage_return: bool,
    /// How many lines are complete.
    lines: usize,
}

/// What one call of [`Scanner::scan`] came to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Scan {
    /// The first `n` bytes end the head.
    Complete(usize),
    /// The first `n` bytes were an empty line before the head: drop all bytes so far, go on.
    Skipped(usize),
    /// All bytes belong to the head, and it goes on.
    Incomplete,
}

impl Scanner {
    pub(crate) const fn new(may_skip_empty_line: bool) -> Self {
        Self {
            may_skip_empty_line,
            total: 0,
            line: 0,
            carriage_return: false,
            lines: 0,
        }
    }

    /// Looks at bytes that have not been looked at before.
    pub(crate) fn scan(&mut self, bytes: &[u8], limits: &Limits) -> Result<Scan, HeadError> {
        for (i, &byte) in bytes.iter().enumerate() {
            self.total += 1;
            if self.carriage_return {
                self.carriage_return = false;
                if byte != b'\n' {
                    return Err(HeadError::BareCarriageReturn);
                }
                if self.line > 0 {
                    self.line = 0;
                    self.lines += 1;
                } else if self.lines > 0 {
                    return self.within(limits).map(|()| Scan::Complete(i + 1));
                } else if self.may_skip_empty_line {
                    *self = Self::new(false);
                    return Ok(Scan::Skipped(i + 1));
                } else {
                    return Err(HeadError::StartLine);
                }
            } else if byte == b'\r' {
                self.carriage_return = true;
            } else {
                self.text(byte, limits)?;
            }
            self.within(limits)?;
        }
        Ok(Scan::Incomplete)
    }

    /// How many lines are complete.
    pub(crate) const fn lines(&self) -> usize {
        self.lines
    }

    /// A byte that should be part of a line.
    fn text(&mut self, byte: u8, limits: &Limits) -> Result<(), HeadError> {
        if byte == b'\n' {
            return Err(HeadError::BareLineFeed);
        }
        if !is_text(byte) {
            return Err(HeadError::ControlCharacter);
        }
        if self.line == 0 {
            match self.lines {
                0 if !is_tchar(byte) => return Err(HeadError::StartLine),
                0 => {}
                // RFC 9112 §5.2: a server must reject obs-fold or replace it; we reject.
                _ if matches!(byte, b' ' | b'\t') => return Err(HeadError::FoldedLine),
                _ if self.lines > limits.fields => return Err(HeadError::TooManyFields),
                _ => {}
            }
        }
        self.line += 1;
        match self.lines {
            _ if self.line <= limits.line => Ok(()),
            0 => Err(HeadError::StartLineTooLong),
            _ => Err(HeadError::FieldLineTooLong),
        }
    }

    const fn within(&self, limits: &Limits) -> Result<(), HeadError> {
        if self.total > limits.head {
            Err(HeadError::TooLong)
        } else {
            Ok(())
        }
    }
}
