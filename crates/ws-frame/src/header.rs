//! The header of a frame: RFC 6455 §5.2.

use core::ops::Deref;

use crate::{FrameError, MaskKey, OpCode, Rsv};

/// What stands before a payload.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "the fields of §5.2, all of them")]
pub struct Header {
    /// Whether this is the last frame of its message.
    pub fin: bool,
    /// The reserved bits.
    pub rsv: Rsv,
    /// What the frame is.
    pub opcode: OpCode,
    /// The key of a masked payload; `None` where the payload is not masked.
    pub mask: Option<MaskKey>,
    /// The length of the payload in bytes, at most 2⁶³ − 1.
    pub payload_len: u64,
}

impl Header {
    /// The longest header in bytes: two, eight of length, four of mask.
    pub const MAX_LEN: usize = 14;

    /// Reads a header from the front of `bytes`, and tells how many bytes it took.
    ///
    /// `None` means that `bytes` is the beginning of a header and more are needed.
    ///
    /// # Errors
    ///
    /// As soon as the bytes at hand break a rule that needs no context: a reserved opcode, a
    /// control frame that is fragmented or too long, a length not in its shortest form or above
    /// 63 bits. What depends on the role and on the frames before is judged by [`Rules`].
    ///
    /// [`Rules`]: crate::Rules
    #[inline]
    pub fn decode(bytes: &[u8]) -> Result<Option<(Self, usize)>, FrameError> {
        let partial = PartialHeader::decode(bytes, Lengths::Minimal)?;
        Ok(partial.and_then(|partial| partial.complete(bytes)))
    }

    /// The header as it goes over the wire, its length in the shortest form (§5.2).
    ///
    /// A `payload_len` above 2⁶³ − 1 cannot be written; its highest bit is cut off.
    #[inline]
    pub fn encode(&self) -> EncodedHeader {
        let mut out = EncodedHeader {
            bytes: [0; Self::MAX_LEN],
            len: 2,
        };
        let masked = if self.mask.is_some() { 0x80 } else { 0 };
        out.bytes[0] = u8::from(self.fin) << 7 | self.rsv.bits() | self.opcode.bits();
        match (
            u8::try_from(self.payload_len),
            u16::try_from(self.payload_len),
        ) {
            (Ok(len @ ..=125), _) => out.bytes[1] = masked | len,
            (_, Ok(len)) => {
                out.bytes[1] = masked | 126;
                out.push(len.to_be_bytes());
            }
            _ => {
                out.bytes[1] = masked | 127;
                out.push((self.payload_len & !(1 << 63)).to_be_bytes());
            }
        }
        if let Some(MaskKey(key)) = self.mask {
            out.push(key);
        }
        out
    }
}

/// A header ready to be written; dereferences to its 2 to 14 bytes.
#[derive(Clone, Copy, Debug)]
pub struct EncodedHeader {
    pub(crate) bytes: [u8; Header::MAX_LEN],
    pub(crate) len: usize,
}

impl EncodedHeader {
    /// The same with zeros behind, up to the longest there can be: a copy of a fixed length,
    /// truncated after it, is faster than one of few bytes.
    #[inline]
    pub const fn padded(&self) -> &[u8; Header::MAX_LEN] {
        &self.bytes
    }

    /// At most eight bytes of length and four of mask go behind the first two.
    #[inline]
    fn push<const N: usize>(&mut self, more: [u8; N]) {
        self.bytes[self.len..self.len + N].copy_from_slice(&more);
        self.len += N;
    }
}

impl Deref for EncodedHeader {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// As much of a header as its first bytes tell.
///
/// A header that is cut between two reads can be judged before the rest of it arrives.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct PartialHeader {
    /// Whether this is the last frame of its message.
    pub fin: bool,
    /// The reserved bits.
    pub rsv: Rsv,
    /// What the frame is.
    pub opcode: OpCode,
    /// Whether the payload is masked.
    pub masked: bool,
    /// The length of the payload in bytes, once all of it has arrived.
    pub payload_len: Option<u64>,
}

/// Whether lengths must be in their shortest form.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Lengths {
    Minimal,
    Any,
}

impl PartialHeader {
    /// Reads what there is; `None` with less than two bytes.
    #[inline]
    pub(crate) fn decode(bytes: &[u8], lengths: Lengths) -> Result<Option<Self>, FrameError> {
        let &[first, second, ref rest @ ..] = bytes else {
            return Ok(None);
        };
        let Some(opcode) = OpCode::from_bits(first & 0x0F) else {
            return Err(FrameError::ReservedOpCode(first & 0x0F));
        };
        let fin = first & 0x80 != 0;
        let short = second & 0x7F;
        if opcode.is_control() {
            // §5.5: control frames are never fragmented and hold at most 125 bytes.
            if !fin {
                return Err(FrameError::FragmentedControl(opcode));
            }
            if short > 125 {
                return Err(FrameError::ControlTooLong(opcode));
            }
        }
        let payload_len = match short {
            126 => match rest.first_chunk::<2>() {
                Some(&len) => {
                    let len = u64::from(u16::from_be_bytes(len));
                    // §5.2: the minimal number of bytes must be used.
                    if len < 126 && lengths == Lengths::Minimal {
                        return Err(FrameError::NonMinimalLength);
                    }
                    Some(len)
                }
                None => None,
            },
            127 => {
                // §5.2: the most significant bit must be 0. Told before the other seven bytes.
                if rest.first().is_some_and(|byte| byte & 0x80 != 0) {
                    return Err(FrameError::LengthOverflow);
                }
                match rest.first_chunk::<8>() {
                    Some(&len) => {
                        let len = u64::from_be_bytes(len);
                        if len <= 0xFFFF && lengths == Lengths::Minimal {
                            return Err(FrameError::NonMinimalLength);
                        }
                        Some(len)
                    }
                    None => None,
                }
            }
            len => Some(u64::from(len)),
        };
        Ok(Some(Self {
            fin,
            rsv: Rsv::from_first_byte(first),
            opcode,
            masked: second & 0x80 != 0,
            payload_len,
        }))
    }

    /// The whole header and its length, if `bytes`, from which this was read, hold all of it.
    #[inline]
    pub(crate) fn complete(self, bytes: &[u8]) -> Option<(Header, usize)> {
        let payload_len = self.payload_len?;
        let mut len = match bytes.get(1).map_or(0, |second| second & 0x7F) {
            126 => 4,
            127 => 10,
            _ => 2,
        };
        let mask = if self.masked {
            let key = bytes.get(len..)?.first_chunk::<4>()?;
            len += 4;
            Some(MaskKey(*key))
        } else {
            None
        };
        let header = Header {
            fin: self.fin,
            rsv: self.rsv,
            opcode: self.opcode,
            mask,
            payload_len,
        };
        Some((header, len))
    }
}

impl From<&Header> for PartialHeader {
    #[inline]
    fn from(header: &Header) -> Self {
        Self {
            fin: header.fin,
            rsv: header.rsv,
            opcode: header.opcode,
            masked: header.mask.is_some(),
            payload_len: Some(header.payload_len),
        }
    }
}

#[cfg(test)]
mod tests;
