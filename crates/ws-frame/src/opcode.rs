//! What a frame is: RFC 6455 §5.2, `opcode`.

/// The kind of a frame.
///
/// Closed, because RFC 6455 §5.2 reserves the other ten values; a frame that carries one of them
/// is [`FrameError::ReservedOpCode`](crate::FrameError::ReservedOpCode).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "the protocol's own closed set")]
#[repr(u8)]
pub enum OpCode {
    /// A further fragment of the message under way (§5.4).
    Continuation = 0x0,
    /// A text message or its first fragment (§5.6).
    Text = 0x1,
    /// A binary message or its first fragment (§5.6).
    Binary = 0x2,
    /// The closing handshake (§5.5.1).
    Close = 0x8,
    /// Asks for a [`OpCode::Pong`] (§5.5.2).
    Ping = 0x9,
    /// Answers a [`OpCode::Ping`], or comes unasked (§5.5.3).
    Pong = 0xA,
}

impl OpCode {
    /// The opcode of four bits, or `None` for the reserved ones and for anything above 15.
    pub const fn from_bits(bits: u8) -> Option<Self> {
        match bits {
            0x0 => Some(Self::Continuation),
            0x1 => Some(Self::Text),
            0x2 => Some(Self::Binary),
            0x8 => Some(Self::Close),
            0x9 => Some(Self::Ping),
            0xA => Some(Self::Pong),
            _ => None,
        }
    }

    /// The four bits as they stand in a header.
    pub const fn bits(self) -> u8 {
        self as u8
    }

    /// Whether this is a control frame: Close, Ping or Pong (§5.5).
    pub const fn is_control(self) -> bool {
        // §5.5: control opcodes are those with the highest of the four bits set.
        self as u8 & 0x8 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 6455 §5.2
    #[test]
    fn bits_round_trip_and_reserved_values_are_none() {
        for bits in 0..=u8::MAX {
            match OpCode::from_bits(bits) {
                Some(opcode) => {
                    assert_eq!(opcode.bits(), bits);
                    assert_eq!(opcode.is_control(), bits >= 8);
                }
                None => assert!(matches!(bits, 3..=7 | 0xB..)),
            }
        }
    }
}
