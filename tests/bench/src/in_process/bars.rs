//! What our code should reach in memory.

use super::Row;
use crate::bar::{Bar, Limit};

/// The most nanoseconds.
const TIMES: &[(&str, f64)] = &[
    (super::read::BINARY_16, 15.0),
    (super::read::TEXT_125, 25.0),
    (super::read::TEXT_1K, 80.0),
    (super::write::BINARY_125, 25.0),
    (super::handshake::WHAT, 700.0),
];

/// What is masked at this part of memcpy's speed at least.
const MASKING: (&[&str], f64) = (
    &[super::mask::KIB, super::mask::KIB_16, super::mask::KIB_64],
    0.8,
);

/// Event streams that are decoded so many times as fast as by the best peer at least.
const DECODING: (&[&str], f64) = (&super::events::DECODING, 2.0);

/// The bars of `rows`.
pub(super) fn all(rows: &[Row]) -> Vec<Bar> {
    let find = |what: &str| rows.iter().find(|row| row.what == what);
    let times = TIMES.iter().filter_map(|(what, limit)| {
        Some(Bar {
            what: (*what).to_owned(),
            measured: find(what)?.ours,
            limit: Limit::AtMost(*limit),
            unit: "ns".into(),
        })
    });
    let (sizes, limit) = MASKING;
    let masking = sizes.iter().filter_map(|what| {
        let row = find(what)?;
        let (_, memcpy) = row.peers.first()?;
        Some(Bar {
            what: (*what).to_owned(),
            measured: memcpy / row.ours,
            limit: Limit::AtLeast(limit),
            unit: "of memcpy's speed".into(),
        })
    });
    let (mixes, limit) = DECODING;
    let decoding = mixes.iter().filter_map(|what| {
        let row = find(what)?;
        let (peer, best) = row.peers.iter().min_by(|a, b| a.1.total_cmp(&b.1))?;
        Some(Bar {
            what: (*what).to_owned(),
            measured: best / row.ours,
            limit: Limit::AtLeast(limit),
            unit: format!("× {peer}'s speed"),
        })
    });
    times.chain(masking).chain(decoding).collect()
}
