//! Which frames may come now: RFC 6455 §5.1, §5.2, §5.4.

use crate::header::PartialHeader;
use crate::{FrameError, Header, OpCode, Rsv};

/// The rules that need context: the role of the sender, the extensions, the frames before.
///
/// Reading a header ([`Header::decode`]) and judging it are apart, so that each can be seen whole.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    masked: bool,
    rsv: Rsv,
    fragmented: bool,
}

impl Rules {
    /// The rules for frames from a client (`masked`) or from a server (not `masked`), with the
    /// bits that the negotiated extensions own on the first frame of a message.
    pub const fn new(masked: bool, rsv: Rsv) -> Self {
        Self {
            masked,
            rsv,
            fragmented: false,
        }
    }

    /// Judges a header, and takes note of it if it may come now.
    #[inline]
    pub fn admit(&mut self, header: &Header) -> Result<(), FrameError> {
        self.check(&PartialHeader::from(header))?;
        if !header.opcode.is_control() {
            self.fragmented = !header.fin;
        }
        Ok(())
    }

    /// Judges what is known of a header, without taking note of it.
    #[inline]
    pub fn check(&self, header: &PartialHeader) -> Result<(), FrameError> {
        let starts_message = matches!(header.opcode, OpCode::Text | OpCode::Binary);
        // §5.2: a bit must be 0 unless an extension defines it; RFC 7692 §6 and the like define
        // theirs for the first frame of a message only.
        let allowed = if starts_message { self.rsv } else { Rsv::NONE };
        let surplus = header.rsv.without(allowed);
        if !surplus.is_empty() {
            return Err(FrameError::UnexpectedRsv(surplus));
        }
        // §5.4: the fragments of one message are not interleaved with those of another.
        if starts_message && self.fragmented {
            return Err(FrameError::ExpectedContinuation(header.opcode));
        }
        if header.opcode == OpCode::Continuation && !self.fragmented {
            return Err(FrameError::UnexpectedContinuation);
        }
        // §5.1: clients mask every frame, servers none, and both insist on it.
        if header.masked == self.masked {
            Ok(())
        } else if self.masked {
            Err(FrameError::MaskRequired)
        } else {
            Err(FrameError::MaskForbidden)
        }
    }

    /// Whether a message is under way: its last fragment has not begun.
    pub const fn is_fragmented(&self) -> bool {
        self.fragmented
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MaskKey;

    fn header(first: u8, masked: bool) -> Header {
        Header {
            fin: first & 0x80 != 0,
            rsv: Rsv::from_first_byte(first),
            opcode: OpCode::from_bits(first & 0x0F).unwrap(),
            mask: masked.then_some(MaskKey([0; 4])),
            payload_len: 0,
        }
    }

    #[track_caller]
    fn check(rsv: Rsv, frames: &[u8], last: Result<(), FrameError>) {
        for masked in [false, true] {
            let mut rules = Rules::new(masked, rsv);
            let (end, before) = frames.split_last().unwrap();
            for &first in before {
                assert_eq!(rules.admit(&header(first, masked)), Ok(()), "{first:#x}");
            }
            assert_eq!(rules.admit(&header(*end, masked)), last, "masked: {masked}");
        }
    }

    // RFC 6455 §5.4
    #[test]
    fn fragments_come_in_order() {
        check(Rsv::NONE, &[0x81, 0x82], Ok(()));
        check(Rsv::NONE, &[0x01, 0x00, 0x89, 0x00, 0x80, 0x82], Ok(()));
        check(Rsv::NONE, &[0x80], Err(FrameError::UnexpectedContinuation));
        check(
            Rsv::NONE,
            &[0x01, 0x80, 0x00],
            Err(FrameError::UnexpectedContinuation),
        );
        check(
            Rsv::NONE,
            &[0x01, 0x81],
            Err(FrameError::ExpectedContinuation(OpCode::Text)),
        );
        check(
            Rsv::NONE,
            &[0x01, 0x8A, 0x02],
            Err(FrameError::ExpectedContinuation(OpCode::Binary)),
        );
    }

    // RFC 6455 §5.2
    #[test]
    fn reserved_bits_need_an_owner() {
        for bits in (0x10..=0x70).step_by(0x10) {
            let rsv = Rsv::from_first_byte(bits);
            let refused = Err(FrameError::UnexpectedRsv(rsv));
            check(Rsv::NONE, &[0x81 | bits], refused);
            check(rsv, &[0x81 | bits], Ok(()));
            check(rsv, &[0x02 | bits, 0x00, 0x80], Ok(()));
            // Not on a continuation, not on a control frame.
            check(rsv, &[0x01, 0x80 | bits], refused);
            check(rsv, &[0x89 | bits], refused);
        }
        let both = Rsv::RSV1 | Rsv::RSV2;
        check(
            Rsv::RSV1,
            &[0x81 | both.bits()],
            Err(FrameError::UnexpectedRsv(Rsv::RSV2)),
        );
    }

    // RFC 6455 §5.1
    #[test]
    fn masks_are_for_clients_only() {
        for first in [0x81, 0x82, 0x88, 0x89, 0x8A] {
            let mut server = Rules::new(true, Rsv::NONE);
            assert_eq!(
                server.admit(&header(first, false)),
                Err(FrameError::MaskRequired)
            );
            let mut client = Rules::new(false, Rsv::NONE);
            assert_eq!(
                client.admit(&header(first, true)),
                Err(FrameError::MaskForbidden)
            );
        }
    }
}
