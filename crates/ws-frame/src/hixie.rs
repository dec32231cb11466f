//! The frames of hixie-75 and hixie-76, the protocols before there were opcodes.
//!
//! A message is text between two bytes that text cannot contain. A second form, whose length goes
//! first, was never given a meaning; it is passed over. From hixie-76 on, its empty frame of type
//! 0xFF closes.
//!
//! ```text
//!  text    00  text ..  ff         any type up to 7f is taken, as all servers of the time did
//!  length  80  82 2c    ..         base 128, the first bit says that another digit follows
//!  close   ff  00
//! ```
//!
//! Nothing is masked: whoever can choose what a client sends can choose what a proxy on the way
//! reads. RFC 6455 §10.3 tells what came of it. So use this only for peers that know nothing
//! else.
//!
//! What this does *not* do: it joins no parts of a text, checks no UTF-8 and sets no limit on a
//! text, because it holds none. The connection that does all this is in `ws-driver`.
//!
//! ```
//! use ws_frame::hixie::{FrameDecoder, FramePart, Version};
//!
//! let mut read = *b"\x00Hello\xff\xff\x00";
//! let mut input = &mut read[..];
//! let mut decoder = FrameDecoder::new(Version::Hixie76, 1 << 20);
//! let Some(FramePart::Text { payload, last: true, .. }) = decoder.decode(&mut input)? else {
//!     panic!("is a whole text");
//! };
//! assert_eq!(payload, b"Hello");
//! assert!(matches!(decoder.decode(&mut input)?, Some(FramePart::Close)));
//! # Ok::<(), ws_frame::hixie::FrameError>(())
//! ```

use core::fmt;

/// Which of the two.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "the past is complete")]
pub enum Version {
    /// draft-hixie-thewebsocketprotocol-75: ends with the transport alone.
    Hixie75,
    /// draft-hixie-thewebsocketprotocol-76, which is also hybi-00: has a closing handshake.
    Hixie76,
}

/// Goes in front of a text.
pub const TEXT_START: u8 = 0x00;

/// Goes behind a text; no UTF-8 contains it, so nothing need be escaped.
pub const TEXT_END: u8 = 0xFF;

/// The whole closing frame of hixie-76.
pub const CLOSE: [u8; 2] = [0xFF, 0x00];

/// Writes `text` as a frame to the front of `out` and tells how long it is: two bytes more than
/// the text. `None` if `out` is shorter, and then nothing is written.
pub fn encode_text(text: &str, out: &mut [u8]) -> Option<usize> {
    let (start, rest) = out.split_first_mut()?;
    let (payload, rest) = rest.split_at_mut_checked(text.len())?;
    let end = rest.first_mut()?;
    *start = TEXT_START;
    payload.copy_from_slice(text.as_bytes());
    *end = TEXT_END;
    Some(text.len() + 2)
}

/// Takes frames off the front of whatever has been read.
///
/// Every input is consumed whole, and no text is ever copied here; see [`crate::FrameDecoder`],
/// whose shape this has. After an error the decoder must not be used any further.
#[derive(Clone, Debug)]
pub struct FrameDecoder {
    version: Version,
    max_skipped: u64,
    state: State,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    /// Before the type of a frame.
    Type,
    Text {
        first: bool,
    },
    Length {
        value: u64,
        digits: u8,
        closes: bool,
    },
    Skipped {
        remaining: u64,
    },
}

/// What the peer sent, or a part of it.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "the past is complete")]
pub enum FramePart<'b> {
    /// Some or all of one text, lent from the input. The bytes may be cut anywhere.
    Text {
        /// Whether the text begins here.
        first: bool,
        /// Whether the text ends here. An empty text is one part, first and last.
        last: bool,
        /// The bytes, which should be UTF-8.
        payload: &'b mut [u8],
    },
    /// The closing frame; never in hixie-75.
    Close,
}

impl FrameDecoder {
    /// The most digits of base 128 that a length may have; leading zeros count.
    pub const MAX_LENGTH_DIGITS: u8 = 10;

    /// Stands before the first frame. Frames with a length are passed over if that is at most
    /// `max_skipped` bytes.
    pub const fn new(version: Version, max_skipped: u64) -> Self {
        Self {
            version,
            max_skipped,
            state: State::Type,
        }
    }

    /// Takes a part of a frame from the front of `input`; `None` when all of it was taken and
    /// more is needed.
    ///
    /// # Errors
    ///
    /// As soon as a length is too large or does not end.
    pub fn decode<'b>(
        &mut self,
        input: &mut &'b mut [u8],
    ) -> Result<Option<FramePart<'b>>, FrameError> {
        while !input.is_empty() {
            match self.state {
                State::Type => {
                    let byte = take_byte(input);
                    self.state = if byte & 0x80 == 0 {
                        State::Text { first: true }
                    } else {
                        // hixie-75 knows no closing frame: to it, 0xFF is a type like others.
                        let closes = byte == CLOSE[0] && self.version == Version::Hixie76;
                        State::Length {
                            value: 0,
                            digits: 0,
                            closes,
                        }
                    };
                }
                State::Text { first } => return Ok(Some(self.text(first, input))),
                State::Length {
                    value,
                    digits,
                    closes,
                } => {
                    let byte = take_byte(input);
                    let value = self.length(value, byte)?;
                    self.state = match (byte & 0x80 != 0, value) {
                        (true, _) if digits + 1 >= Self::MAX_LENGTH_DIGITS => {
                            return Err(FrameError::EndlessLength);
                        }
                        (true, value) => State::Length {
                            value,
                            digits: digits + 1,
                            closes,
                        },
                        (false, 0) => State::Type,
                        (false, remaining) => State::Skipped { remaining },
                    };
                    if closes && self.state == State::Type {
                        return Ok(Some(FramePart::Close));
                    }
                }
                State::Skipped { remaining } => {
                    let len = usize::try_from(remaining)
                        .map_or(input.len(), |remaining| remaining.min(input.len()));
                    take(input, len);
                    let remaining = remaining - len as u64;
                    self.state = match remaining {
                        0 => State::Type,
                        _ => State::Skipped { remaining },
                    };
                }
            }
        }
        Ok(None)
    }

    /// Whether the next byte is the first of a frame.
    pub const fn is_between_frames(&self) -> bool {
        matches!(self.state, State::Type)
    }

    /// Takes what there is of a text.
    fn text<'b>(&mut self, first: bool, input: &mut &'b mut [u8]) -> FramePart<'b> {
        let end = find(TEXT_END, input);
        let payload = take(input, end.unwrap_or(input.len()));
        let last = end.is_some();
        self.state = if last {
            take(input, 1);
            State::Type
        } else {
            State::Text { first: false }
        };
        FramePart::Text {
            first,
            last,
            payload,
        }
    }

    /// The length with one more digit, if it is within the limit: none grows without end.
    fn length(&self, value: u64, digit: u8) -> Result<u64, FrameError> {
        let value = value
            .checked_mul(128)
            .and_then(|value| value.checked_add(u64::from(digit & 0x7F)));
        match value {
            Some(value) if value <= self.max_skipped => Ok(value),
            _ => Err(FrameError::TooLong {
                limit: self.max_skipped,
            }),
        }
    }
}

/// What a frame can break: it has a length that is not worth waiting for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum FrameError {
    /// A length of more than [`MAX_LENGTH_DIGITS`](FrameDecoder::MAX_LENGTH_DIGITS) digits.
    EndlessLength,
    /// More bytes to pass over than the decoder was allowed to.
    TooLong {
        /// The limit that it exceeds, in bytes.
        limit: u64,
    },
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EndlessLength => f.write_str("length without an end"),
            Self::TooLong { limit } => write!(f, "frame of more than {limit} bytes"),
        }
    }
}

impl core::error::Error for FrameError {}

/// Where `wanted` first stands in `bytes`. Blocks without it are passed over some bytes at a time.
fn find(wanted: u8, bytes: &[u8]) -> Option<usize> {
    const BLOCK: usize = 256;
    let before = bytes
        .chunks(BLOCK)
        .take_while(|block| !block.contains(&wanted))
        .count();
    let start = before * BLOCK;
    let at = bytes
        .get(start..)?
        .iter()
        .position(|&byte| byte == wanted)?;
    Some(start + at)
}

/// Takes the first byte of an input that has one.
fn take_byte(input: &mut &mut [u8]) -> u8 {
    take(input, 1).first().copied().unwrap_or_default()
}

/// Splits `len` bytes off the front.
fn take<'b>(input: &mut &'b mut [u8], len: usize) -> &'b mut [u8] {
    let (front, rest) = core::mem::take(input).split_at_mut(len);
    *input = rest;
    front
}

#[cfg(test)]
mod tests;
