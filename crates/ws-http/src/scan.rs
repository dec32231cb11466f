//! Finding the end of a head, each byte looked at once.

use crate::error::HeadError;
use crate::limits::Limits;
use crate::syntax::{is_tchar, printable_len};

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

/// What the two bytes of a line end have ended.
enum LineEnd {
    Line,
    Head,
    Skipped,
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
        let mut rest = bytes;
        loop {
            if self.carriage_return {
                let Some((&byte, behind)) = rest.split_first() else {
                    return Ok(Scan::Incomplete);
                };
                rest = behind;
                let taken = bytes.len() - rest.len();
                match self.line_end(byte, limits)? {
                    LineEnd::Line => {}
                    LineEnd::Head => return Ok(Scan::Complete(taken)),
                    LineEnd::Skipped => return Ok(Scan::Skipped(taken)),
                }
            }
            // Not byte by byte, which takes five times as many instructions.
            let (text, behind) = rest.split_at(printable_len(rest));
            self.text(text, limits)?;
            let Some((&byte, behind)) = behind.split_first() else {
                return Ok(Scan::Incomplete);
            };
            rest = behind;
            match byte {
                b'\t' => self.text(b"\t", limits)?,
                b'\r' => {
                    self.carriage_return = true;
                    self.total += 1;
                    self.within(limits)?;
                }
                b'\n' => return Err(HeadError::BareLineFeed),
                _ => return Err(HeadError::ControlCharacter),
            }
        }
    }

    /// Whether no byte of a head has come yet.
    pub(crate) const fn is_new(&self) -> bool {
        self.total == 0
    }

    /// How many lines are complete.
    pub(crate) const fn lines(&self) -> usize {
        self.lines
    }

    /// The byte behind a CR.
    fn line_end(&mut self, byte: u8, limits: &Limits) -> Result<LineEnd, HeadError> {
        if byte != b'\n' {
            return Err(HeadError::BareCarriageReturn);
        }
        self.carriage_return = false;
        self.total += 1;
        let end = if self.line > 0 {
            self.line = 0;
            self.lines += 1;
            LineEnd::Line
        } else if self.lines > 0 {
            LineEnd::Head
        } else if self.may_skip_empty_line {
            *self = Self::new(false);
            LineEnd::Skipped
        } else {
            return Err(HeadError::StartLine);
        };
        self.within(limits).map(|()| end)
    }

    /// Text that belongs to the current line.
    fn text(&mut self, text: &[u8], limits: &Limits) -> Result<(), HeadError> {
        let Some(&first) = text.first() else {
            return Ok(());
        };
        if self.line == 0 {
            match self.lines {
                0 if !is_tchar(first) => return Err(HeadError::StartLine),
                0 => {}
                // RFC 9112 §5.2: a server must reject obs-fold or replace it; we reject.
                _ if matches!(first, b' ' | b'\t') => return Err(HeadError::FoldedLine),
                _ if self.lines > limits.fields => return Err(HeadError::TooManyFields),
                _ => {}
            }
        }
        self.line += text.len();
        self.total += text.len();
        // Of two limits the one that was passed first is told, so that cuts make no difference.
        let excess = self.line.saturating_sub(limits.line);
        if excess == 0 || excess < self.total.saturating_sub(limits.head) {
            return self.within(limits);
        }
        Err(match self.lines {
            0 => HeadError::StartLineTooLong,
            _ => HeadError::FieldLineTooLong,
        })
    }

    const fn within(&self, limits: &Limits) -> Result<(), HeadError> {
        if self.total > limits.head {
            Err(HeadError::TooLong)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests;
