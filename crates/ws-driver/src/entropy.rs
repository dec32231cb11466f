//! Mask keys: RFC 6455 §5.3, §10.3.

use core::fmt;

use chacha20::ChaCha12Rng;
use chacha20::rand_core::{Rng, SeedableRng};
use ws_frame::MaskKey;

/// What a client's mask keys grow from: 32 bytes that nobody can guess.
///
/// Use each seed for one connection only. `Debug` does not show it.
#[derive(Clone, Copy)]
#[expect(clippy::exhaustive_structs, reason = "32 bytes")]
pub struct Seed(pub [u8; 32]);

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(..)")
    }
}

/// One key after the other, none of which tells the next.
pub(crate) struct KeyStream(ChaCha12Rng);

impl KeyStream {
    pub(crate) fn new(seed: Seed) -> Self {
        Self(ChaCha12Rng::from_seed(seed.0))
    }

    /// RFC 6455 §5.3: a fresh key for every frame, unpredictable from the ones before.
    #[inline(never)]
    pub(crate) fn next(&mut self) -> MaskKey {
        MaskKey(self.0.next_u32().to_ne_bytes())
    }
}

impl fmt::Debug for KeyStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyStream(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;
    use alloc::format;
    use alloc::vec::Vec;

    fn keys(seed: u8, count: usize) -> Vec<[u8; 4]> {
        let mut stream = KeyStream::new(Seed([seed; 32]));
        (0..count).map(|_| stream.next().0).collect()
    }

    // RFC 6455 §5.3
    #[test]
    fn f47_keys_repeat_as_rarely_as_chance() {
        let count = 100_000;
        let distinct: BTreeSet<_> = keys(1, count).into_iter().collect();
        // The birthday bound expects 1.2 pairs among 100,000 keys of 32 bits; 12 is out of reach.
        assert!(count - distinct.len() <= 12);
        // Every bit is set about half the time.
        for bit in 0..32 {
            let set = distinct
                .iter()
                .filter(|key| u32::from_be_bytes(**key) >> bit & 1 == 1)
                .count();
            assert!((48_000..52_000).contains(&set), "bit {bit}: {set}");
        }
    }

    #[test]
    fn seeds_decide_and_stay_secret() {
        assert_eq!(keys(1, 8), keys(1, 8));
        assert_ne!(keys(1, 8), keys(2, 8));
        assert_eq!(
            format!("{:?} {:?}", Seed([7; 32]), KeyStream::new(Seed([7; 32]))),
            "Seed(..) KeyStream(..)"
        );
    }
}
