//! Bytes to frames, however they are cut: RFC 6455 §5.2.

use crate::header::{Lengths, PartialHeader};
use crate::{FrameError, Header, Masker};

/// Takes frames off the front of whatever has been read.
///
/// Every input is consumed whole: a header that is cut goes to a scratch of 14 bytes inside, and
/// a payload is lent piece by piece as it comes. So one read buffer can serve every connection of
/// a thread, and no payload is ever copied here.
///
/// [`decode`](Self::decode) is all that most callers need. [`decode_header`](Self::decode_header)
/// and [`decode_payload`](Self::decode_payload) are its two halves, for those who want to decide
/// between them where the payload should go.
///
/// After an error the decoder must not be used any further: where the next frame begins is
/// unknown.
#[derive(Clone, Debug)]
pub struct FrameDecoder {
    state: State,
    lengths: Lengths,
}

#[derive(Clone, Debug)]
enum State {
    Header {
        scratch: [u8; Header::MAX_LEN],
        len: usize,
    },
    Payload {
        header: Header,
        remaining: u64,
        first: bool,
        masker: Option<Masker>,
    },
}

impl State {
    const START: Self = Self::Header {
        scratch: [0; Header::MAX_LEN],
        len: 0,
    };
}

/// Some or all of one frame's payload, unmasked in place and lent from the input.
#[derive(Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "the waist that other framings produce too"
)]
pub struct FramePart<'b> {
    /// The header of the frame.
    pub header: Header,
    /// Whether the payload begins here.
    pub first: bool,
    /// Whether the payload ends here. An empty payload is one part, first and last.
    pub last: bool,
    /// The bytes, no longer masked.
    pub payload: &'b mut [u8],
}

impl FrameDecoder {
    /// Stands before the first frame.
    pub const fn new() -> Self {
        Self {
            state: State::START,
            lengths: Lengths::Minimal,
        }
    }

    /// Accepts lengths that would have fitted a shorter form, which §5.2 forbids to send, for
    /// peers that do it all the same.
    pub const fn allow_non_minimal_lengths(mut self) -> Self {
        self.lengths = Lengths::Any;
        self
    }

    /// Takes a part of a frame from the front of `input`; `None` when all of it was taken and
    /// more is needed.
    #[inline]
    pub fn decode<'b>(
        &mut self,
        input: &mut &'b mut [u8],
    ) -> Result<Option<FramePart<'b>>, FrameError> {
        if self.decode_header(input)?.is_none() {
            return Ok(None);
        }
        Ok(self.decode_payload(input))
    }

    /// Takes the header of the next frame, or gives the one under way again; `None` when all of
    /// `input` was taken and the header is still cut.
    #[inline]
    pub fn decode_header(&mut self, input: &mut &mut [u8]) -> Result<Option<Header>, FrameError> {
        let (scratch, len) = match &mut self.state {
            State::Payload { header, .. } => return Ok(Some(*header)),
            State::Header { scratch, len } => (scratch, len),
        };
        let found = if *len == 0 {
            let partial = PartialHeader::decode(input, self.lengths)?;
            partial.and_then(|partial| partial.complete(input))
        } else {
            None
        };
        let (header, taken) = match found {
            Some(found) => found,
            // Before: scratch [a b . . .]  input [c d e f g]     the header being a b c d
            // after:  scratch [a b c d .]  input [    e f g]
            None => {
                let more = input.len().min(Header::MAX_LEN - *len);
                scratch[*len..*len + more].copy_from_slice(&input[..more]);
                let bytes = &scratch[..*len + more];
                let partial = PartialHeader::decode(bytes, self.lengths)?;
                match partial.and_then(|partial| partial.complete(bytes)) {
                    Some((header, total)) => (header, total - *len),
                    None => {
                        *len += more;
                        take(input, more);
                        return Ok(None);
                    }
                }
            }
        };
        take(input, taken);
        self.state = State::Payload {
            header,
            remaining: header.payload_len,
            first: true,
            masker: header.mask.map(Masker::new),
        };
        Ok(Some(header))
    }

    /// Takes what there is of the payload whose header [`decode_header`](Self::decode_header)
    /// gave; `None` when `input` is empty and more is needed, or when no payload is under way.
    #[inline]
    pub fn decode_payload<'b>(&mut self, input: &mut &'b mut [u8]) -> Option<FramePart<'b>> {
        let State::Payload {
            header,
            remaining,
            first,
            masker,
        } = &mut self.state
        else {
            return None;
        };
        if input.is_empty() && *remaining > 0 {
            return None;
        }
        let (len, last) = match usize::try_from(*remaining) {
            Ok(len) if len <= input.len() => (len, true),
            _ => (input.len(), false),
        };
        let payload = take(input, len);
        if let Some(masker) = masker {
            masker.apply(payload);
        }
        *remaining -= len as u64;
        let part = FramePart {
            header: *header,
            first: core::mem::replace(first, false),
            last,
            payload,
        };
        if last {
            self.state = State::START;
        }
        Some(part)
    }

    /// How many bytes of the payload under way are still to come; `None` between frames and
    /// inside a header.
    pub const fn remaining(&self) -> Option<u64> {
        match self.state {
            State::Payload { remaining, .. } => Some(remaining),
            State::Header { .. } => None,
        }
    }

    /// What is known of a header that is cut, so that it can be refused before the rest of it
    /// arrives; `None` with less than two bytes of it.
    pub fn partial_header(&self) -> Option<PartialHeader> {
        match &self.state {
            State::Header { scratch, len } => {
                // Its rules were checked when the bytes came, so this cannot fail.
                PartialHeader::decode(&scratch[..*len], self.lengths).ok()?
            }
            State::Payload { .. } => None,
        }
    }

    /// Whether the next byte is the first of a frame.
    pub const fn is_between_frames(&self) -> bool {
        matches!(self.state, State::Header { len: 0, .. })
    }
}

impl Default for FrameDecoder {
    fn default() -> Self {
        Self::new()
    }
}

/// Splits `len` bytes off the front.
#[inline]
fn take<'b>(input: &mut &'b mut [u8], len: usize) -> &'b mut [u8] {
    let (front, rest) = core::mem::take(input).split_at_mut(len);
    *input = rest;
    front
}

#[cfg(test)]
mod tests;
