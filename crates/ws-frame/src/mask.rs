//! Masking: RFC 6455 §5.3.

/// The four bytes that a client picks anew, unpredictably, for every frame (§5.3).
///
/// This crate has no random source; `ws-driver` draws keys from a seeded stream.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "four bytes, by §5.3")]
pub struct MaskKey(pub [u8; 4]);

/// Masks or unmasks one payload, in as many pieces as it comes in.
///
/// Masking and unmasking are the same operation (§5.3). The phase is kept between calls, so the
/// pieces may be cut anywhere.
///
/// ```
/// use ws_frame::{MaskKey, Masker};
///
/// let mut payload = *b"Hello";
/// let mut masker = Masker::new(MaskKey([0x37, 0xfa, 0x21, 0x3d]));
/// let (one, other) = payload.split_at_mut(3);
/// masker.apply(one);
/// masker.apply(other);
/// assert_eq!(payload, [0x7f, 0x9f, 0x4d, 0x51, 0x58]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Masker {
    /// Turned so that the first byte is the next one to use.
    key: [u8; 4],
}

impl Masker {
    /// Starts at the first byte of a payload.
    pub const fn new(key: MaskKey) -> Self {
        Self { key: key.0 }
    }

    /// Masks the next `bytes` of the payload in place.
    ///
    /// Goes eight bytes at a time, which the compiler widens to what the machine has: as fast as
    /// memory from 1 KiB up, without `unsafe`.
    #[inline]
    pub fn apply(&mut self, bytes: &mut [u8]) {
        let [a, b, c, d] = self.key;
        let wide = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
        let (words, tail) = bytes.as_chunks_mut::<8>();
        for word in words {
            // The key repeats in memory order on both sides, so the byte order does not matter.
            *word = (u64::from_ne_bytes(*word) ^ wide).to_ne_bytes();
        }
        for (byte, key) in tail.iter_mut().zip([a, b, c, d, a, b, c]) {
            *byte ^= key;
        }
        self.key.rotate_left(tail.len() & 3);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    /// §5.3 word for word: octet i is combined by XOR with octet i modulo 4 of the key.
    fn oracle(key: [u8; 4], bytes: &[u8]) -> Vec<u8> {
        bytes
            .iter()
            .enumerate()
            .map(|(i, byte)| byte ^ key[i % 4])
            .collect()
    }

    // RFC 6455 §5.3
    #[test]
    fn f46_every_length_offset_and_phase_equals_the_oracle() {
        let key = [0x37, 0xfa, 0x21, 0x3d];
        let plain: Vec<u8> = (0..160).map(|i: u8| i.wrapping_mul(7)).collect();
        for offset in 0..=16 {
            for len in 0..=130 {
                let bytes = &plain[offset..offset + len];
                let expected = oracle(key, bytes);
                for phase in 0..4.min(len + 1) {
                    let mut got = plain.clone();
                    let (head, tail) = got[offset..offset + len].split_at_mut(phase);
                    let mut masker = Masker::new(MaskKey(key));
                    masker.apply(head);
                    masker.apply(tail);
                    assert_eq!(
                        got[offset..offset + len],
                        expected,
                        "{offset} {len} {phase}"
                    );
                }
            }
        }
    }

    // RFC 6455 §5.3
    #[test]
    fn any_cut_gives_the_same() {
        let key = [1, 2, 3, 4];
        let plain: Vec<u8> = (0..64).collect();
        for step in 1..=64 {
            let mut got = plain.clone();
            let mut masker = Masker::new(MaskKey(key));
            for piece in got.chunks_mut(step) {
                masker.apply(piece);
            }
            assert_eq!(got, oracle(key, &plain), "step {step}");
        }
    }
}
