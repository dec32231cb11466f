//! UTF-8 as it arrives: RFC 6455 §5.6, §8.1.

use crate::InvalidUtf8;

/// Turns bytes that may be cut anywhere into `&str` pieces, and fails at the first byte that no
/// continuation could make right.
///
/// No byte is validated twice, and a code point that is cut between two pieces is carried.
///
/// ```
/// use ws_frame::Utf8Decoder;
///
/// let mut decoder = Utf8Decoder::new();
/// let mut text = String::new();
/// for piece in ["κό".as_bytes(), &"σμε".as_bytes()[..3], &"σμε".as_bytes()[3..]] {
///     let chunk = decoder.decode(piece)?;
///     text.extend(chunk.carried);
///     text.push_str(chunk.text);
/// }
/// decoder.finish()?;
/// assert_eq!(text, "κόσμε");
/// # Ok::<(), ws_frame::InvalidUtf8>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Utf8Decoder {
    /// The beginning of a code point, at most three bytes.
    partial: [u8; 4],
    len: u8,
}

/// The text that one piece of input completed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "a carried code point and the rest, no more"
)]
pub struct Utf8Chunk<'a> {
    /// The code point that began in an earlier piece; it comes before `text`.
    pub carried: Option<char>,
    /// The text that lies whole in this piece.
    pub text: &'a str,
}

impl Utf8Decoder {
    /// Stands before the first byte.
    pub const fn new() -> Self {
        Self {
            partial: [0; 4],
            len: 0,
        }
    }

    /// Decodes the next piece.
    ///
    /// # Errors
    ///
    /// As soon as the bytes so far cannot be the beginning of any text.
    #[inline]
    pub fn decode<'a>(&mut self, bytes: &'a [u8]) -> Result<Utf8Chunk<'a>, InvalidUtf8> {
        self.decode_with(bytes, |bytes| core::str::from_utf8(bytes).ok())
    }

    /// Decodes the next piece with another validator of whole text, such as one that uses SIMD;
    /// `None` from it means that the bytes are not UTF-8.
    #[inline]
    pub fn decode_with<'a>(
        &mut self,
        bytes: &'a [u8],
        validate: impl FnOnce(&'a [u8]) -> Option<&'a str>,
    ) -> Result<Utf8Chunk<'a>, InvalidUtf8> {
        let (carried, bytes) = if self.len == 0 {
            (None, bytes)
        } else {
            self.carry(bytes)?
        };
        // The beginning of a code point at the very end is kept for the next piece, so that the
        // rest is text or an error, in one pass.
        let (whole, rest) = bytes.split_at(bytes.len() - incomplete_suffix_len(bytes));
        let Some(text) = validate(whole) else {
            return Err(InvalidUtf8);
        };
        if !rest.is_empty() {
            self.keep(rest)?;
        }
        Ok(Utf8Chunk { carried, text })
    }

    /// Ends the text, and stands before the first byte of another.
    ///
    /// # Errors
    ///
    /// If the text ends inside a code point.
    pub fn finish(&mut self) -> Result<(), InvalidUtf8> {
        if core::mem::take(&mut self.len) == 0 {
            Ok(())
        } else {
            Err(InvalidUtf8)
        }
    }

    /// How many bytes are missing to the code point under way; 0 between code points.
    pub fn missing(&self) -> usize {
        match self.len {
            0 => 0,
            len => sequence_len(self.partial[0]).saturating_sub(usize::from(len)),
        }
    }

    /// Takes bytes for the code point under way until it is whole or the bytes end.
    #[cold]
    fn carry<'a>(&mut self, bytes: &'a [u8]) -> Result<(Option<char>, &'a [u8]), InvalidUtf8> {
        let (more, rest) = bytes.split_at(self.missing().min(bytes.len()));
        for &byte in more {
            self.partial[usize::from(self.len)] = byte;
            self.len += 1;
            if let Some(carried) = self.check()? {
                return Ok((Some(carried), rest));
            }
        }
        Ok((None, rest))
    }

    /// Keeps the beginning of a code point, at most three bytes.
    #[cold]
    fn keep(&mut self, bytes: &[u8]) -> Result<(), InvalidUtf8> {
        for (slot, &byte) in self.partial.iter_mut().zip(bytes) {
            *slot = byte;
            self.len += 1;
        }
        self.check().map(|_| ())
    }

    /// Fails if no code point begins with what is kept; gives the code point if it is whole.
    fn check(&mut self) -> Result<Option<char>, InvalidUtf8> {
        match core::str::from_utf8(&self.partial[..usize::from(self.len)]) {
            Ok(text) => {
                self.len = 0;
                Ok(text.chars().next())
            }
            Err(error) if error.error_len().is_none() => Ok(None),
            Err(_) => Err(InvalidUtf8),
        }
    }
}

/// The length in bytes of the sequence that `first` begins; 0 if it begins none.
const fn sequence_len(first: u8) -> usize {
    match first {
        0x00..=0x7F => 1,
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => 0,
    }
}

/// How many bytes at the end begin a sequence that is longer than they are: 0 to 3.
#[inline]
fn incomplete_suffix_len(bytes: &[u8]) -> usize {
    if bytes.last().is_none_or(u8::is_ascii) {
        return 0;
    }
    for back in 1..=bytes.len().min(3) {
        let byte = bytes[bytes.len() - back];
        // Not a continuation byte: the last sequence begins here.
        if byte & 0xC0 != 0x80 {
            return if sequence_len(byte) > back { back } else { 0 };
        }
    }
    0
}

#[cfg(test)]
mod tests;
