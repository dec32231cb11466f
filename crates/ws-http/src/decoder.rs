//! Bytes to heads, incrementally.

use alloc::vec::Vec;

use crate::error::HeadError;
use crate::head::{RequestHead, ResponseHead};
use crate::limits::Limits;
use crate::parse::TYPICAL_FIELDS;
use crate::scan::{Scan, Scanner};

/// Reads the head of a request.
///
/// It can read one head after the other: the bytes behind a head stay in the input, and the next
/// call starts with the next head.
#[derive(Clone, Debug)]
pub struct RequestDecoder {
    buffer: Buffer,
}

impl RequestDecoder {
    /// A decoder that holds no memory before the first byte has arrived.
    pub const fn new(limits: Limits) -> Self {
        Self {
            buffer: Buffer::new(limits, true),
        }
    }

    /// Takes bytes off the front of `input`, up to and with the blank line that ends the head.
    ///
    /// `None` means that all of `input` was taken and that the head goes on.
    ///
    /// # Errors
    ///
    /// Once it has failed it takes everything and fails the same way for ever.
    pub fn decode(&mut self, input: &mut &[u8]) -> Result<Option<RequestHead>, HeadError> {
        self.buffer.decode(input, RequestHead::parse)
    }

    /// How much of a head is there.
    pub const fn progress(&self) -> Progress {
        self.buffer.progress()
    }
}

/// Reads the head of a response.
///
/// It can read one head after the other, which is what interim responses (1xx) need.
#[derive(Clone, Debug)]
pub struct ResponseDecoder {
    buffer: Buffer,
}

impl ResponseDecoder {
    /// A decoder that holds no memory before the first byte has arrived.
    pub const fn new(limits: Limits) -> Self {
        Self {
            buffer: Buffer::new(limits, false),
        }
    }

    /// Takes bytes off the front of `input`, up to and with the blank line that ends the head.
    ///
    /// `None` means that all of `input` was taken and that the head goes on.
    ///
    /// # Errors
    ///
    /// Once it has failed it takes everything and fails the same way for ever.
    pub fn decode(&mut self, input: &mut &[u8]) -> Result<Option<ResponseHead>, HeadError> {
        self.buffer.decode(input, ResponseHead::parse)
    }

    /// How much of a head is there: tells apart the ways in which a connection can end too early.
    pub const fn progress(&self) -> Progress {
        self.buffer.progress()
    }
}

/// How much of a head has arrived.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Progress {
    /// Not a byte.
    Nothing,
    /// A part of the start line.
    StartLine,
    /// The start line, and perhaps some fields.
    Fields,
}

/// A head that grows as its bytes arrive.
#[derive(Clone)]
struct Buffer {
    limits: Limits,
    skips_empty_line: bool,
    scanner: Scanner,
    bytes: Vec<u8>,
    failed: Option<HeadError>,
}

impl Buffer {
    const fn new(limits: Limits, skips_empty_line: bool) -> Self {
        Self {
            limits,
            skips_empty_line,
            scanner: Scanner::new(skips_empty_line),
            bytes: Vec::new(),
            failed: None,
        }
    }

    fn decode<H>(
        &mut self,
        input: &mut &[u8],
        parse: fn(&[u8], usize, &Limits) -> Result<(H, usize), HeadError>,
    ) -> Result<Option<H>, HeadError> {
        let result = match self.failed {
            Some(error) => Err(error),
            None => self.fill(input, parse),
        };
        if let Err(error) = result {
            self.failed = Some(error);
            self.bytes = Vec::new();
            *input = &[];
        }
        result
    }

    fn fill<H>(
        &mut self,
        input: &mut &[u8],
        parse: fn(&[u8], usize, &Limits) -> Result<(H, usize), HeadError>,
    ) -> Result<Option<H>, HeadError> {
        loop {
            // A head in one piece that breaks no rule, as most are, takes one pass instead of two.
            if self.scanner.is_new()
                && let Ok((head, len)) = parse(
                    &input[..input.len().min(self.limits.head)],
                    TYPICAL_FIELDS,
                    &self.limits,
                )
            {
                *input = &input[len..];
                self.scanner = Scanner::new(self.skips_empty_line);
                return Ok(Some(head));
            }
            match self.scanner.scan(input, &self.limits)? {
                Scan::Incomplete => {
                    self.append(input);
                    *input = &[];
                    return Ok(None);
                }
                Scan::Skipped(len) => {
                    self.bytes.clear();
                    *input = &input[len..];
                }
                Scan::Complete(len) => {
                    let (head, rest) = input.split_at(len);
                    self.append(head);
                    *input = rest;
                    let fields = self.scanner.lines() - 1;
                    self.scanner = Scanner::new(self.skips_empty_line);
                    let bytes = core::mem::take(&mut self.bytes);
                    return parse(&bytes, fields, &self.limits).map(|(head, _)| Some(head));
                }
            }
        }
    }

    /// Grows by what has arrived, by doubling, never beyond the limit.
    fn append(&mut self, bytes: &[u8]) {
        let len = self.bytes.len() + bytes.len();
        if len > self.bytes.capacity() {
            let capacity = len.max(self.bytes.capacity() * 2).min(self.limits.head);
            self.bytes.reserve_exact(capacity - self.bytes.len());
        }
        self.bytes.extend_from_slice(bytes);
    }

    const fn progress(&self) -> Progress {
        match (self.scanner.lines(), self.bytes.is_empty()) {
            (0, true) => Progress::Nothing,
            (0, false) => Progress::StartLine,
            _ => Progress::Fields,
        }
    }
}

impl core::fmt::Debug for Buffer {
    /// Says how much there is, not what: a head carries credentials.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Buffer")
            .field("limits", &self.limits)
            .field("progress", &self.progress())
            .field("len", &self.bytes.len())
            .field("failed", &self.failed)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
