//! The waist: who yields `FramePart`s gets messages, control frames and closing for nothing.

use core::fmt::Debug;

use crate::{
    EncodedHeader, FrameDecoder, FrameError, FramePart, Header, Masker, PartialHeader, SingleFrame,
};

/// How the frames of one direction are read.
///
/// [`FrameDecoder`] is the one of RFC 6455; its methods of the same names say what these do. Who
/// is generic over this with `FrameDecoder` as default costs its users neither time nor a type
/// parameter. The trait is sealed: what a [`Header`] can say is fixed.
pub trait Framing: Sealed + Debug {
    /// How the frames of the other direction are written.
    type Sealer: Sealing;

    /// What writes the answers to the peer whose frames this reads.
    fn sealer(&self) -> Self::Sealer;

    /// Takes the header of the next frame, or gives the one under way again; `None` when all of
    /// `input` was taken and the header is still cut.
    ///
    /// # Errors
    ///
    /// As soon as the header breaks a rule that needs no context.
    fn decode_header(&mut self, input: &mut &mut [u8]) -> Result<Option<Header>, FrameError>;

    /// Takes what there is of the payload under way; `None` when `input` is empty and more is
    /// needed, or when no payload is under way.
    fn decode_payload<'b>(&mut self, input: &mut &'b mut [u8]) -> Option<FramePart<'b>>;

    /// How many bytes of the payload under way are still to come; `None` between frames and
    /// inside a header.
    fn remaining(&self) -> Option<u64>;

    /// What is known of a header that is cut.
    fn partial_header(&self) -> Option<PartialHeader>;

    /// Whether the next byte is the first of a frame.
    fn is_between_frames(&self) -> bool;

    /// Recognises a whole message of one frame at the front of `input`, which must be the
    /// beginning of a message; `None` leaves it to the methods above, and where there is no such
    /// short way that is always so.
    #[inline]
    fn peek_single(input: &[u8], masked: bool) -> Option<SingleFrame> {
        let _ = (input, masked);
        None
    }
}

/// How the frames of one direction are written.
pub trait Sealing: Sealed + Debug {
    /// What masks a payload.
    type Mask: Debug;

    /// The header ready to be written, and what its payload must be masked with, if the header
    /// has a [`mask`](Header::mask).
    fn seal(&self, header: &Header) -> (EncodedHeader, Option<Self::Mask>);

    /// Masks the next `bytes` of a payload in place.
    fn mask(mask: &mut Self::Mask, bytes: &mut [u8]);

    /// What goes over the wire for a Close that is to say `payload`. To be asked before the
    /// header, which tells the length of what this gives.
    fn close_payload<'p>(&self, payload: &'p [u8]) -> &'p [u8];
}

/// Keeps [`Framing`] and [`Sealing`] to this crate.
#[expect(unnameable_types, reason = "so that nobody else can implement them")]
pub trait Sealed {}

/// Writes frames as RFC 6455 §5.2 has them: [`Header::encode`] and [`Masker`] behind
/// [`Sealing`].
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Sealer;

impl Sealed for FrameDecoder {}

impl Framing for FrameDecoder {
    type Sealer = Sealer;

    fn sealer(&self) -> Sealer {
        Sealer
    }

    #[inline]
    fn decode_header(&mut self, input: &mut &mut [u8]) -> Result<Option<Header>, FrameError> {
        Self::decode_header(self, input)
    }

    #[inline]
    fn decode_payload<'b>(&mut self, input: &mut &'b mut [u8]) -> Option<FramePart<'b>> {
        Self::decode_payload(self, input)
    }

    #[inline]
    fn remaining(&self) -> Option<u64> {
        Self::remaining(self)
    }

    #[inline]
    fn partial_header(&self) -> Option<PartialHeader> {
        Self::partial_header(self)
    }

    #[inline]
    fn is_between_frames(&self) -> bool {
        Self::is_between_frames(self)
    }

    #[inline]
    fn peek_single(input: &[u8], masked: bool) -> Option<SingleFrame> {
        SingleFrame::peek(input, masked)
    }
}

impl Sealed for Sealer {}

impl Sealing for Sealer {
    type Mask = Masker;

    #[inline]
    fn seal(&self, header: &Header) -> (EncodedHeader, Option<Masker>) {
        (header.encode(), header.mask.map(Masker::new))
    }

    #[inline]
    fn mask(mask: &mut Masker, bytes: &mut [u8]) {
        mask.apply(bytes);
    }

    #[inline]
    fn close_payload<'p>(&self, payload: &'p [u8]) -> &'p [u8] {
        payload
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MaskKey, OpCode, Rsv};
    use alloc::vec::Vec;

    /// Writes a frame with whatever writes and reads it with whatever reads.
    fn round_trip<F: Framing>(mut framing: F, header: Header, payload: &[u8]) -> Vec<u8> {
        let sealer = framing.sealer();
        let (encoded, mask) = sealer.seal(&header);
        let mut wire = encoded.to_vec();
        let at = wire.len();
        wire.extend_from_slice(payload);
        if let Some(mut mask) = mask {
            F::Sealer::mask(&mut mask, &mut wire[at..]);
        }
        let whole = wire.clone();
        let (mut front, mut rest) = wire.split_at_mut(1);
        assert_eq!(framing.decode_header(&mut front), Ok(None));
        assert_eq!(
            (framing.remaining(), framing.partial_header()),
            (None, None)
        );
        assert_eq!(framing.decode_header(&mut rest), Ok(Some(header)));
        assert_eq!(framing.remaining(), Some(header.payload_len));
        let part = framing.decode_payload(&mut rest).unwrap();
        assert!(part.first && part.last && *part.payload == *payload);
        whole
    }

    // RFC 6455 §5.7
    #[test]
    fn the_rfcs_own_framing_goes_through_the_waist_unchanged() {
        let mut header = Header {
            fin: true,
            rsv: Rsv::NONE,
            opcode: OpCode::Text,
            mask: None,
            payload_len: 5,
        };
        let plain = round_trip(FrameDecoder::new(), header, b"Hello");
        assert_eq!(plain, b"\x81\x05Hello");
        header.mask = Some(MaskKey([0x37, 0xfa, 0x21, 0x3d]));
        let masked = round_trip(FrameDecoder::new(), header, b"Hello");
        assert_eq!(masked, b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
        assert_eq!(Sealer.close_payload(b"\x03\xe8bye"), b"\x03\xe8bye");
        // Costs nothing to carry.
        assert_eq!(size_of::<Sealer>(), 0);
    }
}
