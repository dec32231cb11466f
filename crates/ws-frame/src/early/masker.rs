//! Masks that repeat after twenty bytes: SHA-1's in version 4, four bytes five times after it.

/// Masks or unmasks one frame, header and payload, in as many pieces as it comes in.
///
/// As [`crate::Masker`] with a longer key.
#[derive(Clone, Copy, Debug)]
pub struct Masker {
    /// Turned so that the first byte is the next one to use.
    key: [u8; 20],
}

impl Masker {
    pub(super) const fn new(key: [u8; 20]) -> Self {
        Self { key }
    }

    /// Masks the next `bytes` of the frame in place.
    pub fn apply(&mut self, bytes: &mut [u8]) {
        let (blocks, tail) = bytes.as_chunks_mut::<20>();
        for block in blocks {
            for (byte, key) in block.iter_mut().zip(self.key) {
                *byte ^= key;
            }
        }
        for (byte, key) in tail.iter_mut().zip(self.key) {
            *byte ^= key;
        }
        self.key.rotate_left(tail.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    // hybi-04: octet i of the frame is combined by XOR with octet i modulo 20 of the key.
    #[test]
    fn any_cut_gives_the_same() {
        let key: [u8; 20] = core::array::from_fn(|i| u8::try_from(i * 11 + 1).unwrap());
        let plain: Vec<u8> = (0..100).collect();
        let expected: Vec<u8> = (0..100).map(|i| plain[i] ^ key[i % 20]).collect();
        for step in 1..=100 {
            let mut got = plain.clone();
            let mut masker = Masker::new(key);
            for piece in got.chunks_mut(step) {
                masker.apply(piece);
            }
            assert_eq!(got, expected, "step {step}");
        }
    }
}
