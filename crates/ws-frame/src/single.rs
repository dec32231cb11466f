//! Messages in one frame, all of which has been read: RFC 6455 §5.4 calls them unfragmented.

use core::fmt;

use crate::{MaskKey, Masker, OpCode};

/// A message in one frame, all of which stands in front of the input, and of which nothing has
/// been taken yet.
///
/// [`FrameDecoder`](crate::FrameDecoder) and [`Rules`](crate::Rules) deal with every frame. This
/// recognises, in a few instructions, the one kind that nearly all frames are: text or binary,
/// final, without reserved bits, masked as demanded, its length in the shortest form and below
/// 64 KiB. Between two messages such a frame keeps all rules of [`Rules`](crate::Rules).
///
/// ```
/// use ws_frame::{OpCode, SingleFrame};
///
/// let mut read = *b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58\x81";
/// let mut input = &mut read[..];
/// let frame = SingleFrame::peek(input, true).expect("is one");
/// assert_eq!(frame.opcode(), OpCode::Text);
/// assert_eq!(frame.take(&mut input).unwrap(), b"Hello");
/// // What is cut is left to the decoder.
/// assert_eq!(SingleFrame::peek(input, true), None);
/// ```
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct SingleFrame(
    /// The length of the payload in two bytes, that of the header, and the second byte's bit for
    /// the mask with the opcode, all in one number: fields that are written one by one and read
    /// in one piece stall the processor, for 7 of the 16 ns that a message took.
    u32,
);

impl SingleFrame {
    /// Recognises such a frame at the front of `input`, which must be the beginning of a message.
    ///
    /// `None` for every other, be it right, wrong or cut: a
    /// [`FrameDecoder`](crate::FrameDecoder) tells what it is.
    #[inline]
    pub fn peek(input: &[u8], masked: bool) -> Option<Self> {
        let &[first, second, ref rest @ ..] = input else {
            return None;
        };
        // §5.2: FIN is set and RSV1 to RSV3 are not; the opcode is 1 or 2.
        if first != 0x81 && first != 0x82 || (second & 0x80 != 0) != masked {
            return None;
        }
        let (len_len, payload_len) = match second & 0x7F {
            126 => match u16::from_be_bytes(*rest.first_chunk()?) {
                ..126 => return None,
                len => (2, len),
            },
            127 => return None,
            len => (0, u16::from(len)),
        };
        let header_len: u8 = 2 + len_len + if masked { 4 } else { 0 };
        if input.len() < usize::from(header_len) + usize::from(payload_len) {
            return None;
        }
        let [low, high] = payload_len.to_le_bytes();
        let kind = second & 0x80 | first & 0x0F;
        Some(Self(u32::from_le_bytes([low, high, header_len, kind])))
    }

    /// What the message is: text or binary.
    #[inline]
    pub const fn opcode(self) -> OpCode {
        match self.0.to_le_bytes()[3] & 0x0F {
            1 => OpCode::Text,
            _ => OpCode::Binary,
        }
    }

    /// The length of the payload in bytes.
    #[inline]
    pub const fn payload_len(self) -> u16 {
        let [low, high, ..] = self.0.to_le_bytes();
        u16::from_le_bytes([low, high])
    }

    /// Takes the frame off the front of the `input` in which it was recognised, and lends its
    /// payload, no longer masked; `None` if `input` is shorter than it was.
    #[inline]
    pub fn take<'b>(self, input: &mut &'b mut [u8]) -> Option<&'b mut [u8]> {
        let [_, _, header_len, kind] = self.0.to_le_bytes();
        let header_len = usize::from(header_len);
        let all = header_len + usize::from(self.payload_len());
        if input.len() < all {
            return None;
        }
        let (frame, rest) = core::mem::take(input).split_at_mut(all);
        *input = rest;
        let (header, payload) = frame.split_at_mut(header_len);
        if kind & 0x80 != 0 {
            let key = *header.last_chunk()?;
            Masker::new(MaskKey(key)).apply(payload);
        }
        Some(payload)
    }
}

impl fmt::Debug for SingleFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SingleFrame")
            .field("opcode", &self.opcode())
            .field("payload_len", &self.payload_len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FrameDecoder, Header, Rsv, Rules};
    use alloc::vec::Vec;
    use proptest::prelude::*;

    /// What the decoder and the rules say of the same bytes, if it is a frame of this kind.
    fn decoded(input: &mut [u8], masked: bool) -> Option<(OpCode, Vec<u8>)> {
        let mut rest = &mut *input;
        let part = FrameDecoder::new().decode(&mut rest).ok()??;
        Rules::new(masked, Rsv::NONE).admit(&part.header).ok()?;
        let single = part.last && part.header.fin && !part.header.opcode.is_control();
        let short = part.header.payload_len <= 0xFFFF;
        (single && short).then(|| (part.header.opcode, part.payload.to_vec()))
    }

    fn peeked(input: &mut [u8], masked: bool) -> Option<(OpCode, Vec<u8>)> {
        let frame = SingleFrame::peek(input, masked)?;
        let mut rest = &mut *input;
        let payload = frame.take(&mut rest).unwrap();
        assert_eq!(payload.len(), usize::from(frame.payload_len()));
        Some((frame.opcode(), payload.to_vec()))
    }

    // RFC 6455 §5.2, §5.4
    #[test]
    fn every_first_two_bytes_are_judged_as_by_decoder_and_rules() {
        for (first, second) in (0..=255).flat_map(|a| (0..=255).map(move |b| (a, b))) {
            for (lengths, room) in [
                ([0, 126], 300),
                ([0, 125], 300),
                ([1, 44], 308),
                ([1, 45], 308),
            ] {
                let mut input = Vec::from([first, second, lengths[0], lengths[1]]);
                input.resize(room, 7);
                for masked in [true, false] {
                    let (mut one, mut other) = (input.clone(), input.clone());
                    assert_eq!(
                        peeked(&mut one, masked),
                        decoded(&mut other, masked),
                        "{first:#x} {second:#x} {lengths:?} {masked}"
                    );
                }
            }
        }
    }

    #[test]
    fn what_is_cut_is_not_recognised_and_what_is_shorter_is_not_taken() {
        for (masked, len) in [
            (true, 0),
            (true, 5),
            (false, 125),
            (true, 126),
            (false, 65_535),
        ] {
            let header = Header {
                fin: true,
                rsv: Rsv::NONE,
                opcode: OpCode::Binary,
                mask: masked.then_some(MaskKey([1, 2, 3, 4])),
                payload_len: len as u64,
            };
            let mut bytes = header.encode().to_vec();
            bytes.resize(bytes.len() + len, 9);
            let whole = bytes.len();
            let frame = SingleFrame::peek(&bytes, masked).unwrap();
            for end in (0..whole).take(200).chain([whole - 1]) {
                assert_eq!(SingleFrame::peek(&bytes[..end], masked), None, "{end}");
                assert_eq!(frame.take(&mut &mut bytes[..end]), None, "{end}");
            }
            bytes.push(0x81);
            let mut input = &mut bytes[..];
            assert_eq!(frame.take(&mut input).unwrap().len(), len);
            assert_eq!(input, [0x81]);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_judged_as_by_decoder_and_rules(
            mut bytes in prop::collection::vec(any::<u8>(), 0..200),
            text in any::<bool>(),
            masked in any::<bool>(),
        ) {
            if let Some(first) = bytes.first_mut() {
                *first = if text { 0x81 } else { 0x82 };
            }
            let mut other = bytes.clone();
            prop_assert_eq!(peeked(&mut bytes, masked), decoded(&mut other, masked));
        }
    }
}
