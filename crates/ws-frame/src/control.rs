//! The payload of a control frame: RFC 6455 §5.5.

use core::fmt;
use core::ops::Deref;

/// At most 125 bytes, held inline: what a Close, Ping or Pong can carry (§5.5).
///
/// Dereferences to its bytes. A value that exists fits, so nothing that takes one needs to check.
#[derive(Clone, Copy)]
pub struct ControlPayload {
    bytes: [u8; Self::MAX_LEN],
    len: u8,
}

impl ControlPayload {
    /// The limit of §5.5, in bytes.
    pub const MAX_LEN: usize = 125;
    /// No bytes.
    pub const EMPTY: Self = Self {
        bytes: [0; Self::MAX_LEN],
        len: 0,
    };

    /// A copy of `payload`, or `None` if it has more than 125 bytes.
    pub fn new(payload: &[u8]) -> Option<Self> {
        let mut this = Self::EMPTY;
        this.extend_from_slice(payload).then_some(this)
    }

    /// Adds `more` if all of it fits; tells whether it did.
    #[must_use]
    pub fn extend_from_slice(&mut self, more: &[u8]) -> bool {
        let at = usize::from(self.len);
        let end = at.saturating_add(more.len());
        match (self.bytes.get_mut(at..end), u8::try_from(end)) {
            (Some(room), Ok(len)) => {
                room.copy_from_slice(more);
                self.len = len;
                true
            }
            _ => false,
        }
    }
}

impl Default for ControlPayload {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl Deref for ControlPayload {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }
}

impl Eq for ControlPayload {}

impl PartialEq for ControlPayload {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl fmt::Debug for ControlPayload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ControlPayload").field(&&**self).finish()
    }
}

/// Writes text up to the last character that fits, without an error for what does not:
/// a close reason is cut, never refused.
impl fmt::Write for ControlPayload {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut cut = text.len().min(Self::MAX_LEN - usize::from(self.len));
        while !text.is_char_boundary(cut) {
            cut -= 1;
        }
        let fitted = self.extend_from_slice(&text.as_bytes()[..cut]);
        debug_assert!(fitted, "cut to the room there is");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use core::fmt::Write;

    // RFC 6455 §5.5
    #[test]
    fn holds_up_to_125_bytes() {
        for len in [0, 1, 124, 125] {
            assert_eq!(
                *ControlPayload::new(&[7; 125][..len]).unwrap(),
                [7; 125][..len]
            );
        }
        assert_eq!(ControlPayload::new(&[7; 126]), None);
        let mut payload = ControlPayload::new(&[1; 125]).unwrap();
        assert!(!payload.extend_from_slice(b"x") && payload.len() == 125);
    }

    #[test]
    fn text_is_cut_at_a_character() {
        let mut payload = ControlPayload::new(&[b'x'; 122]).unwrap();
        write!(payload, "é🦀").unwrap();
        assert_eq!(payload[122..], *"é".as_bytes());
        assert!(format!("{payload:?}").starts_with("ControlPayload([120"));
    }
}
