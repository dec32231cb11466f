//! Key and proof, RFC 6455 §4.2.2, in as little code as will do.
//!
//! The SHA-1 of the rest of this crate is unrolled for speed, and takes a third of the code of a
//! whole client and server. Here it hashes two blocks once per connection.

use crate::key::{GUID, KEY_LEN, PROOF_LEN};

/// The value of `Sec-WebSocket-Accept` that answers this key.
pub(super) fn proof(key: &[u8; KEY_LEN]) -> [u8; PROOF_LEN] {
    // A bit behind the text, and the length in bits at the end of the last block.
    let mut text = [0; 128];
    text[..KEY_LEN].copy_from_slice(key);
    text[KEY_LEN..LEN].copy_from_slice(GUID);
    text[LEN] = 0x80;
    text[120..].copy_from_slice(&(8 * LEN as u64).to_be_bytes());
    let mut digest = [0; 20];
    for (bytes, word) in digest.chunks_exact_mut(4).zip(&sha1(&text)) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    let mut proof = [b'='; PROOF_LEN];
    encode(&digest, &mut proof);
    proof
}

/// How long the text is that is hashed.
const LEN: usize = KEY_LEN + GUID.len();

/// Base64 (RFC 4648 §4); `digits` has `=` where the padding goes.
pub(super) fn encode(bytes: &[u8], digits: &mut [u8]) {
    for (bytes, digits) in bytes.chunks(3).zip(digits.chunks_mut(4)) {
        let mut group = 0;
        for i in 0..3 {
            group = group << 8 | u32::from(bytes.get(i).copied().unwrap_or(0));
        }
        for (i, digit) in digits.iter_mut().enumerate().take(bytes.len() + 1) {
            *digit = match (group >> (18 - 6 * i)).to_le_bytes()[0] & 0x3F {
                value @ 0..26 => b'A' + value,
                value @ 26..52 => b'a' + (value - 26),
                value @ 52..62 => b'0' + (value - 52),
                62 => b'+',
                _ => b'/',
            };
        }
    }
}

/// SHA-1 (RFC 3174) of whole blocks.
#[expect(
    clippy::many_single_char_names,
    reason = "the names that the RFC has for them"
)]
fn sha1(blocks: &[u8]) -> [u32; 5] {
    let mut state = [
        0x6745_2301,
        0xEFCD_AB89,
        0x98BA_DCFE,
        0x1032_5476,
        0xC3D2_E1F0_u32,
    ];
    for block in blocks.chunks_exact(64) {
        // §6.2: sixteen words go around.
        let mut words = [0_u32; 16];
        for (word, bytes) in words.iter_mut().zip(block.chunks_exact(4)) {
            *word = bytes
                .iter()
                .fold(0, |word, &byte| word << 8 | u32::from(byte));
        }
        let [mut a, mut b, mut c, mut d, mut e] = state;
        for t in 0_usize..80 {
            let at = |back: usize| words[t.wrapping_sub(back) & 15];
            if t >= 16 {
                words[t & 15] = (at(3) ^ at(8) ^ at(14) ^ at(16)).rotate_left(1);
            }
            let (f, k) = match t {
                0..20 => (b & c | !b & d, 0x5A82_7999),
                20..40 => (b ^ c ^ d, 0x6ED9_EBA1),
                40..60 => (b & c | b & d | c & d, 0x8F1B_BCDC),
                _ => (b ^ c ^ d, 0xCA62_C1D6_u32),
            };
            let sum = a.rotate_left(5).wrapping_add(f).wrapping_add(e);
            let sum = sum.wrapping_add(words[t & 15]).wrapping_add(k);
            (a, b, c, d, e) = (sum, a, b.rotate_left(30), c, d);
        }
        for (state, word) in state.iter_mut().zip(&[a, b, c, d, e]) {
            *state = state.wrapping_add(*word);
        }
    }
    state
}

#[cfg(feature = "alloc")]
#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // RFC 6455 §1.3
    #[test]
    fn the_rfcs_key_has_the_rfcs_proof() {
        let proof = proof(b"dGhlIHNhbXBsZSBub25jZQ==");
        assert_eq!(&proof, b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    proptest! {
        #[test]
        fn keys_and_proofs_are_those_of_the_other_path(nonce: [u8; 16]) {
            let mut key = [b'='; KEY_LEN];
            encode(&nonce, &mut key);
            let expected = crate::Nonce::new(nonce).key();
            prop_assert_eq!(key.as_slice(), expected.as_bytes());
            prop_assert_eq!(proof(&key), crate::key::proof(&key));
        }
    }
}
