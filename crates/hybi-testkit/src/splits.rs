//! Every way to cut a byte string into reads.
//!
//! A peer, the kernel and every box between them may cut a byte stream anywhere. What a decoder
//! makes of the bytes must not depend on it, so a test of a byte stream runs at every split point.

use core::fmt;
use core::fmt::Debug;
use core::iter::FusedIterator;

/// One way to cut a byte string into pieces.
///
/// Its `Display` names it in a failed assertion: `cut at 7`, `chunks of 3`, `random, seed 4`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Split {
    /// All bytes at once.
    Whole,
    /// Two pieces; the first has this many bytes. One of the two may be empty.
    Cut(usize),
    /// Pieces of this many bytes and a last one that may be shorter. Zero counts as one.
    Chunks(usize),
    /// Pieces of 1 to `longest` bytes. The same seed gives the same pieces, on every machine.
    Random {
        /// Which of the partitions.
        seed: u64,
        /// The longest piece in bytes. Zero counts as one.
        longest: usize,
    },
}

impl Split {
    /// Cuts `bytes`. The pieces put together are `bytes` again.
    pub const fn pieces<'b>(&self, bytes: &'b [u8]) -> Pieces<'b> {
        let plan = match *self {
            Self::Whole => Plan::Sizes(usize::MAX),
            Self::Cut(at) => Plan::Cut(at),
            Self::Chunks(size) => Plan::Sizes(size),
            Self::Random { seed, longest } => Plan::Random(Generator(seed), longest),
        };
        Pieces { rest: bytes, plan }
    }
}

impl fmt::Display for Split {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => write!(f, "in one piece"),
            Self::Cut(at) => write!(f, "cut at {at}"),
            Self::Chunks(size) => write!(f, "chunks of {size}"),
            Self::Random { seed, longest } => {
                write!(f, "random, seed {seed}, at most {longest} bytes each")
            }
        }
    }
}

/// Every split of `len` bytes that is worth a run: in one piece, cut in two at each place (the ends
/// included), in chunks of each size, and sixteen random partitions.
///
/// That is about `2 * len` runs over `len` bytes, so it is for inputs of up to some KiB; longer
/// ones take [`sample`].
pub fn every(len: usize) -> impl Iterator<Item = Split> {
    let random = (0..16).map(move |seed| Split::Random {
        seed,
        longest: (len / 2).max(1),
    });
    core::iter::once(Split::Whole)
        .chain((0..=len).map(Split::Cut))
        .chain((1..len).map(Split::Chunks))
        .chain(random)
}

/// Splits for inputs too long for [`every`]: in one piece, in chunks of small primes and of sizes
/// around the powers of two up to 64 KiB, and `partitions` random ones of differing grain.
///
/// A size that would give a single piece is left out.
pub fn sample(len: usize, partitions: u64) -> impl Iterator<Item = Split> {
    const SIZES: [usize; 23] = [
        1, 2, 3, 5, 7, 11, 13, 125, 126, 127, 128, 255, 256, 1023, 1024, 1460, 4095, 4096, 4097,
        16384, 65535, 65536, 65537,
    ];
    const GRAINS: [usize; 4] = [3, 40, 1500, 70_000];
    let random = (0..partitions)
        .zip(GRAINS.into_iter().cycle())
        .map(|(seed, longest)| Split::Random { seed, longest });
    core::iter::once(Split::Whole)
        .chain(
            SIZES
                .into_iter()
                .filter(move |&size| size < len)
                .map(Split::Chunks),
        )
        .chain(random)
}

/// Runs `trace` over `bytes` at [`every`] split point and gives back what all runs agree on.
///
/// # Panics
///
/// When a run gives something else than the run over the bytes in one piece. The message names the
/// split, so that the run can be repeated alone.
#[track_caller]
pub fn agree<T: Debug + PartialEq>(bytes: &[u8], trace: impl FnMut(Pieces<'_>) -> T) -> T {
    agree_over(every(bytes.len()), bytes, trace)
}

/// As [`agree`], over splits of the caller's choice, such as [`sample`].
///
/// # Panics
///
/// As [`agree`].
#[track_caller]
pub fn agree_over<T: Debug + PartialEq>(
    splits: impl IntoIterator<Item = Split>,
    bytes: &[u8],
    mut trace: impl FnMut(Pieces<'_>) -> T,
) -> T {
    let whole = trace(Split::Whole.pieces(bytes));
    for split in splits {
        let seen = trace(split.pieces(bytes));
        assert_eq!(
            seen, whole,
            "{split}: not what the same bytes give in one piece"
        );
    }
    whole
}

/// The pieces of one [`Split`]: an iterator over slices.
#[derive(Clone, Debug)]
pub struct Pieces<'b> {
    rest: &'b [u8],
    plan: Plan,
}

impl<'b> Iterator for Pieces<'b> {
    type Item = &'b [u8];

    fn next(&mut self) -> Option<&'b [u8]> {
        // A cut gives two pieces even where one of them is empty: being handed nothing is one of
        // the things a decoder has to bear.
        let (size, after) = match &mut self.plan {
            Plan::Cut(at) => (*at, Plan::Last),
            Plan::Last => (usize::MAX, Plan::Done),
            Plan::Done => return None,
            _ if self.rest.is_empty() => return None,
            Plan::Sizes(size) => ((*size).max(1), Plan::Sizes(*size)),
            Plan::Random(generator, longest) => {
                let size = generator.below(*longest) + 1;
                (size, Plan::Random(generator.clone(), *longest))
            }
        };
        self.plan = after;
        let (piece, rest) = self.rest.split_at(size.min(self.rest.len()));
        self.rest = rest;
        Some(piece)
    }
}

impl FusedIterator for Pieces<'_> {}

#[derive(Clone, Debug)]
enum Plan {
    Sizes(usize),
    Cut(usize),
    Last,
    Done,
    Random(Generator, usize),
}

/// `SplitMix64`: a dozen operations, the same on every machine. No secret ever comes from it.
#[derive(Clone, Debug)]
pub(crate) struct Generator(pub(crate) u64);

impl Generator {
    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`, where zero counts as one. Slightly uneven, which no test minds.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound.max(1)).unwrap_or(u64::MAX);
        usize::try_from(self.next() % bound).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use std::collections::HashSet;

    const BYTES: &[u8] = b"the quick brown fox";

    #[test]
    fn pieces_put_together_are_the_bytes() {
        for split in every(BYTES.len()).chain(sample(BYTES.len(), 40)) {
            let pieces: Vec<&[u8]> = split.pieces(BYTES).collect();
            assert_eq!(pieces.concat(), BYTES, "{split}");
            let empty = pieces.iter().filter(|piece| piece.is_empty()).count();
            let allowed = usize::from(matches!(split, Split::Cut(0 | 19)));
            assert_eq!(empty, allowed, "{split}");
        }
    }

    #[test]
    fn each_place_and_each_size_occurs() {
        let places: HashSet<usize> = every(BYTES.len())
            .filter_map(|split| {
                let lens: Vec<usize> = split.pieces(BYTES).map(<[u8]>::len).collect();
                (lens.len() == 2).then(|| lens[0])
            })
            .collect();
        assert_eq!(places, (0..=BYTES.len()).collect());
        for size in 1..BYTES.len() {
            assert!(every(BYTES.len()).any(|split| split == Split::Chunks(size)));
        }
    }

    #[test]
    fn random_partitions_repeat_and_differ() {
        let lens = |seed| {
            let split = Split::Random { seed, longest: 4 };
            split.pieces(BYTES).map(<[u8]>::len).collect::<Vec<_>>()
        };
        assert_eq!(lens(7), lens(7));
        let distinct: HashSet<_> = (0..20).map(lens).collect();
        assert!(distinct.len() > 15, "{} of 20", distinct.len());
        assert!(distinct.iter().flatten().all(|len| (1..=4).contains(len)));
    }

    #[test]
    fn nothing_can_be_cut_too() {
        for split in every(0).chain(sample(0, 3)) {
            assert_eq!(split.pieces(&[]).flatten().count(), 0, "{split}");
        }
    }

    #[test]
    fn zero_sizes_count_as_one() {
        assert_eq!(Split::Chunks(0).pieces(BYTES).count(), BYTES.len());
        assert_eq!(
            Split::Random {
                seed: 1,
                longest: 0
            }
            .pieces(BYTES)
            .count(),
            BYTES.len()
        );
    }

    #[test]
    fn agree_gives_what_all_runs_give() {
        let sum = agree(BYTES, |pieces| {
            pieces.flatten().map(|&byte| u32::from(byte)).sum::<u32>()
        });
        assert_eq!(sum, BYTES.iter().map(|&byte| u32::from(byte)).sum());
    }

    #[test]
    fn agree_finds_a_decoder_that_minds_a_cut() {
        // A planted mistake: the word is only found inside one piece.
        let found = std::panic::catch_unwind(|| {
            agree(BYTES, |mut pieces| {
                pieces.any(|piece| piece.ends_with(b"fox"))
            });
        });
        let message = found.expect_err("the mistake went unnoticed");
        let message = message
            .downcast_ref::<String>()
            .expect("a formatted message");
        assert!(message.contains("cut at 17"), "{message}");
    }
}
