//! Event streams: bytes to events, events to bytes, one event to many.

mod decode;
mod encode;
mod fan_out;
mod mix;

use anyhow::Result;

use super::{Clock, Row};
use crate::bar::Bar;

/// A bar for each mix.
pub(super) use mix::NAMES as DECODING;

pub(super) fn rows(clock: Clock) -> Result<Vec<Row>> {
    let mut rows = decode::rows(clock)?;
    rows.extend(encode::rows(clock)?);
    rows.push(fan_out::row(clock));
    Ok(rows)
}

/// What is counted instead of timed.
pub(super) fn counted() -> Bar {
    fan_out::encodings()
}
