//! Bytes to frames.

use super::{Masker, Sealer, Version, opcode};
use crate::framing::Sealed;
use crate::{
    ControlPayload, FrameError, FramePart, Framing, Header, MaskKey, OpCode, PartialHeader,
};

/// Takes frames of one version off the front of whatever has been read.
///
/// In everything that can be seen from outside it is a [`crate::FrameDecoder`]: it gives the same
/// headers, opcodes translated, with the key of a masked frame in [`mask`](Header::mask).
///
/// Errors are the same too, with two readings of its own: an opcode is reserved from 6 on, and a
/// frame with a bit where later versions have MASK is [`FrameError::MaskForbidden`].
#[derive(Clone, Debug)]
pub struct FrameDecoder {
    version: Version,
    masked: bool,
    /// Reads what is left once the key and the differences of the header are taken care of.
    frames: crate::FrameDecoder,
    /// The key of the frame under way, and how much of it there is while its header is read.
    key: [u8; 4],
    key_len: u8,
    masker: Option<Masker>,
    /// How many bytes of the header under way have been taken, the key aside; at most 2 count.
    header_len: u8,
    /// Of a Close that has no code: how much of its payload is still to be passed over.
    close_body: Option<u8>,
    is_close: bool,
}

impl FrameDecoder {
    /// Stands before the first frame of a client (`masked`) or of a server (not `masked`).
    pub const fn new(version: Version, masked: bool) -> Self {
        Self {
            version,
            masked,
            // The shortest form was not yet demanded of a length.
            frames: crate::FrameDecoder::new().allow_non_minimal_lengths(),
            key: [0; 4],
            key_len: 0,
            masker: None,
            header_len: 0,
            close_body: None,
            is_close: false,
        }
    }

    /// Takes a part of a frame from the front of `input`; `None` when all of it was taken and
    /// more is needed.
    ///
    /// # Errors
    ///
    /// As soon as a header breaks a rule that needs no context.
    pub fn decode<'b>(
        &mut self,
        input: &mut &'b mut [u8],
    ) -> Result<Option<FramePart<'b>>, FrameError> {
        if self.decode_header(input)?.is_none() {
            return Ok(None);
        }
        Ok(self.decode_payload(input))
    }

    /// Gives the next byte of the header as RFC 6455 has it; `None` when `input` is empty.
    fn header_byte(&mut self, input: &mut &mut [u8]) -> Result<Option<u8>, FrameError> {
        if self.masked && !self.take_key(input) {
            return Ok(None);
        }
        if self.close_body.is_none() {
            let [byte] = take(input, 1) else {
                return Ok(None);
            };
            if let Some(masker) = &mut self.masker {
                masker.apply(core::slice::from_mut(byte));
            }
            let byte = self.translate(*byte)?;
            if self.close_body.is_none() {
                return Ok(Some(byte));
            }
        }
        Ok(self.skip_close_body(input).then_some(0))
    }

    /// Takes the key; tells whether all of it is there.
    fn take_key(&mut self, input: &mut &mut [u8]) -> bool {
        while let Some(slot) = self.key.get_mut(usize::from(self.key_len)) {
            let [byte] = take(input, 1) else {
                return false;
            };
            *slot = *byte;
            self.key_len += 1;
            if usize::from(self.key_len) == self.key.len() {
                self.masker = Some(self.version.masker(MaskKey(self.key)));
            }
        }
        true
    }

    /// One byte of a header as RFC 6455 has it.
    fn translate(&mut self, byte: u8) -> Result<u8, FrameError> {
        match self.header_len {
            0 => {
                let Some(opcode) = opcode(byte & 0x0F) else {
                    return Err(FrameError::ReservedOpCode(byte & 0x0F));
                };
                self.header_len = 1;
                self.is_close = opcode == OpCode::Close;
                Ok(byte & 0xF0 | opcode.bits())
            }
            1 => {
                // Reserved before version 7, and set by a peer that masks as from then on.
                if byte & 0x80 != 0 {
                    return Err(FrameError::MaskForbidden);
                }
                self.header_len = 2;
                let fits = usize::from(byte) <= ControlPayload::MAX_LEN;
                if self.is_close && fits && !self.version.has_close_codes() {
                    self.close_body = Some(byte);
                }
                Ok(byte)
            }
            _ => Ok(byte),
        }
    }

    /// Passes over what a Close carries that has no code; tells whether all of it is gone.
    fn skip_close_body(&mut self, input: &mut &mut [u8]) -> bool {
        let Some(left) = &mut self.close_body else {
            return true;
        };
        while *left > 0 {
            if take(input, 1).is_empty() {
                return false;
            }
            *left -= 1;
        }
        self.close_body = None;
        true
    }

    /// The header with what the decoder inside does not know.
    fn complete(&self, header: Header) -> Header {
        Header {
            mask: self.masked.then_some(MaskKey(self.key)),
            ..header
        }
    }
}

impl Sealed for FrameDecoder {}

impl Framing for FrameDecoder {
    type Sealer = Sealer;

    fn sealer(&self) -> Sealer {
        Sealer::new(self.version, !self.masked)
    }

    fn decode_header(&mut self, input: &mut &mut [u8]) -> Result<Option<Header>, FrameError> {
        if self.frames.remaining().is_some() {
            let header = self.frames.decode_header(input)?;
            return Ok(header.map(|header| self.complete(header)));
        }
        while let Some(byte) = self.header_byte(input)? {
            if let Some(header) = self.frames.decode_header(&mut &mut [byte][..])? {
                self.key_len = 0;
                self.header_len = 0;
                return Ok(Some(self.complete(header)));
            }
        }
        Ok(None)
    }

    fn decode_payload<'b>(&mut self, input: &mut &'b mut [u8]) -> Option<FramePart<'b>> {
        let mut part = self.frames.decode_payload(input)?;
        if let Some(masker) = &mut self.masker {
            masker.apply(part.payload);
        }
        part.header = self.complete(part.header);
        Some(part)
    }

    fn remaining(&self) -> Option<u64> {
        self.frames.remaining()
    }

    fn partial_header(&self) -> Option<PartialHeader> {
        let partial = self.frames.partial_header()?;
        Some(PartialHeader {
            masked: self.masked,
            ..partial
        })
    }

    fn is_between_frames(&self) -> bool {
        self.frames.is_between_frames() && self.key_len == 0
    }
}

/// Splits up to `len` bytes off the front.
fn take<'b>(input: &mut &'b mut [u8], len: usize) -> &'b mut [u8] {
    let len = len.min(input.len());
    let (front, rest) = core::mem::take(input).split_at_mut(len);
    *input = rest;
    front
}
