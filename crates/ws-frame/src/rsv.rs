//! The three reserved bits: RFC 6455 §5.2, `RSV1`, `RSV2`, `RSV3`.

use core::fmt;
use core::ops::{BitAnd, BitOr};

/// A set of the reserved bits, which belong to negotiated extensions (§9).
#[derive(Clone, Copy, Default, Eq, Hash, PartialEq)]
pub struct Rsv(u8);

impl Rsv {
    /// No bit: all that is allowed without an extension.
    pub const NONE: Self = Self(0);
    /// The bit of permessage-deflate (RFC 7692 §6).
    pub const RSV1: Self = Self(0x40);
    /// The second bit.
    pub const RSV2: Self = Self(0x20);
    /// The third bit.
    pub const RSV3: Self = Self(0x10);

    /// The reserved bits of the first byte of a header.
    pub const fn from_first_byte(byte: u8) -> Self {
        Self(byte & 0x70)
    }

    /// The bits at their place in the first byte of a header.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Whether every bit of `other` is in this set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// This set with the bits of `other` taken out.
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether no bit is set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl BitAnd for Rsv {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl BitOr for Rsv {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl fmt::Debug for Rsv {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rsv({self})")
    }
}

/// Prints the names of the bits, such as `RSV1+RSV3`, or `none`.
impl fmt::Display for Rsv {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = [
            (Self::RSV1, "RSV1"),
            (Self::RSV2, "RSV2"),
            (Self::RSV3, "RSV3"),
        ];
        let mut between = "";
        for (bit, name) in named {
            if self.contains(bit) {
                write!(f, "{between}{name}")?;
                between = "+";
            }
        }
        if self.is_empty() {
            f.write_str("none")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn sets() {
        let two = Rsv::RSV1 | Rsv::RSV3;
        assert!(two.contains(Rsv::RSV1) && two.contains(Rsv::NONE) && !two.contains(Rsv::RSV2));
        assert_eq!(two.without(Rsv::RSV1), Rsv::RSV3);
        assert!(two.without(two).is_empty());
        assert_eq!(Rsv::from_first_byte(0xFF).bits(), 0x70);
    }

    #[test]
    fn names() {
        for (rsv, name) in [
            (Rsv::NONE, "none"),
            (Rsv::RSV2, "RSV2"),
            (Rsv::RSV1 | Rsv::RSV3, "RSV1+RSV3"),
        ] {
            assert_eq!(rsv.to_string(), name);
        }
    }
}
