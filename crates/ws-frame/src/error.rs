//! Which rule was broken.

use core::fmt;

use crate::{OpCode, Rsv};

/// A rule of RFC 6455 §5 that a frame breaks; every one of them fails the connection with 1002.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum FrameError {
    /// An opcode that §5.2 reserves: 3 to 7 or 11 to 15.
    ReservedOpCode(u8),
    /// A reserved bit that no negotiated extension owns in such a frame (§5.2).
    UnexpectedRsv(Rsv),
    /// A control frame without FIN (§5.5).
    FragmentedControl(OpCode),
    /// A control frame that announces more than 125 bytes (§5.5).
    ControlTooLong(OpCode),
    /// A continuation while no message is under way (§5.4).
    UnexpectedContinuation,
    /// A new message while the last one is unfinished (§5.4).
    ExpectedContinuation(OpCode),
    /// A frame without a mask where masks are required: from a client (§5.1).
    MaskRequired,
    /// A frame with a mask where none is allowed: from a server (§5.1).
    MaskForbidden,
    /// A length that would have fitted a shorter form (§5.2).
    NonMinimalLength,
    /// A 64-bit length with its highest bit set (§5.2).
    LengthOverflow,
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReservedOpCode(bits) => write!(f, "reserved opcode {bits}"),
            Self::UnexpectedRsv(rsv) => write!(f, "unexpected reserved bits {rsv}"),
            Self::FragmentedControl(opcode) => write!(f, "fragmented {opcode:?} frame"),
            Self::ControlTooLong(opcode) => {
                write!(f, "{opcode:?} frame with more than 125 bytes")
            }
            Self::UnexpectedContinuation => f.write_str("continuation without a message"),
            Self::ExpectedContinuation(opcode) => {
                write!(f, "{opcode:?} frame inside an unfinished message")
            }
            Self::MaskRequired => f.write_str("unmasked frame from a client"),
            Self::MaskForbidden => f.write_str("masked frame from a server"),
            Self::NonMinimalLength => f.write_str("length not in its shortest form"),
            Self::LengthOverflow => f.write_str("length above 63 bits"),
        }
    }
}

impl core::error::Error for FrameError {}

/// What is wrong with the payload of a Close frame (§5.5.1, §7.4).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum CloseError {
    /// One byte: neither empty nor a whole code (§5.5.1). Answered with 1002.
    TooShort,
    /// A code that must not be sent (§7.4.1, §7.4.2). Answered with 1002.
    InvalidCode(u16),
    /// The reason is not UTF-8 (§5.5.1). Answered with 1007.
    InvalidUtf8,
}

impl fmt::Display for CloseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooShort => f.write_str("close frame with half a code"),
            Self::InvalidCode(code) => write!(f, "close code {code} must not be sent"),
            Self::InvalidUtf8 => f.write_str("close reason is not UTF-8"),
        }
    }
}

impl core::error::Error for CloseError {}

/// Text that is not UTF-8 (§8.1); fails the connection with 1007.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct InvalidUtf8;

impl fmt::Display for InvalidUtf8 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text is not UTF-8")
    }
}

impl core::error::Error for InvalidUtf8 {}
