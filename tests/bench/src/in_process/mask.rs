//! Masking beside copying.

use std::hint::black_box;

use hybi::frame::{MaskKey, Masker};
use hybi_bench::wire;

use super::{Clock, Row};

pub(super) const KIB: &str = "masking 1 KiB";
/// Both sides of the copy are in the nearest cache; of 64 KiB only what is masked in place is.
pub(super) const KIB_16: &str = "masking 16 KiB";
pub(super) const KIB_64: &str = "masking 64 KiB";

/// So many payloads are masked in one go.
const COUNT: usize = 1_000;

pub(super) fn rows(clock: Clock) -> Vec<Row> {
    let row = |(what, len): (&'static str, usize)| {
        let source = vec![b'x'; len];
        let mut bytes = vec![0; len];
        let copied = clock.best(COUNT, || {
            for _ in 0..COUNT {
                black_box(&mut bytes[..]).copy_from_slice(black_box(&source));
            }
        });
        let key = [1, 2, 3, 4];
        Row {
            what,
            unit: "each; memcpy in the last column",
            bytes: None,
            floor: clock.best(COUNT, || {
                for _ in 0..COUNT {
                    wire::mask(black_box(key), black_box(&mut bytes));
                }
            }),
            ours: clock.best(COUNT, || {
                for _ in 0..COUNT {
                    let mut masker = Masker::new(MaskKey(black_box(key)));
                    masker.apply(black_box(&mut bytes));
                }
            }),
            peers: vec![("memcpy", copied)],
        }
    };
    [
        ("masking 16 B", 16),
        ("masking 125 B", 125),
        (KIB, 1 << 10),
        (KIB_16, 16 << 10),
        (KIB_64, 64 << 10),
    ]
    .map(row)
    .into()
}
