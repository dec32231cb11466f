//! What happens in memory: bytes to events, messages to bytes, masking, the handshake; event
//! streams.

mod bars;
mod deflate;
mod events;
mod handshake;
mod mask;
mod memory;
mod read;
mod write;

use std::fmt::Write;
use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::{Value, json};

use crate::bar::{self, Bar, digits};
use crate::harness::report::machine;

/// One row of the table.
struct Row {
    what: &'static str,
    unit: &'static str,
    /// How long one is on the wire, where speed says something, too.
    bytes: Option<f64>,
    /// A plain loop that does the least.
    floor: f64,
    ours: f64,
    peers: Vec<(&'static str, f64)>,
}

/// Measures everything, or event streams only; each the best of what fits into `rounds` times
/// `time`.
pub(crate) fn run(rounds: usize, time: Duration, only_events: bool) -> Result<(String, Value)> {
    let clock = Clock {
        time: time.mul_f64(rounds as f64 / 4.0),
    };
    let mut rows = Vec::new();
    if !only_events {
        rows.extend(read::rows(clock));
        rows.extend(write::rows(clock));
        rows.extend(mask::rows(clock));
        rows.push(handshake::row(clock));
        rows.extend(deflate::rows(clock)?);
    }
    rows.extend(events::rows(clock)?);
    let mut bars = bars::all(&rows);
    bars.push(events::counted());
    Ok((markdown(&rows, &bars), to_json(&rows, &bars)))
}

/// How long each thing is tried.
#[derive(Clone, Copy)]
struct Clock {
    time: Duration,
}

impl Clock {
    /// The best time of one of the `count` things that `f` does, in nanoseconds.
    fn best<T>(self, count: usize, mut f: impl FnMut() -> T) -> f64 {
        let start = Instant::now();
        let mut best = Duration::MAX;
        while start.elapsed() < self.time {
            let before = Instant::now();
            black_box(f());
            best = best.min(before.elapsed());
        }
        best.as_secs_f64() * 1e9 / count as f64
    }

    /// The same of several that take turns, at least so many, so that a busy machine is the same
    /// for all of them.
    fn best_in_turns<const N: usize>(
        self,
        turns: usize,
        count: usize,
        mut contenders: [&mut dyn FnMut(); N],
    ) -> [f64; N] {
        let start = Instant::now();
        let (mut best, mut turn) = ([Duration::MAX; N], 0);
        while turn < turns || start.elapsed() < self.time {
            for (f, best) in contenders.iter_mut().zip(&mut best) {
                let before = Instant::now();
                f();
                *best = (*best).min(before.elapsed());
            }
            turn += 1;
        }
        best.map(|best| best.as_secs_f64() * 1e9 / count as f64)
    }
}

impl Row {
    /// A time, and how fast that is.
    fn figure(&self, time: f64) -> String {
        let speed = self.bytes.map(|bytes| bytes / time * 1e3);
        let speed = speed.map(|speed| format!(" ({} MB/s)", digits(speed)));
        digits(time) + &speed.unwrap_or_default()
    }
}

fn markdown(rows: &[Row], bars: &[Bar]) -> String {
    let mut text = format!(
        "{}\n\nIn one process, the best of many, in nanoseconds:\n\n\
         | what | floor | hybi | peers |\n|---|---|---|---|\n",
        machine()
    );
    for row in rows {
        let peers: Vec<_> = row
            .peers
            .iter()
            .map(|(name, time)| format!("{name} {}", row.figure(*time)))
            .collect();
        let _ = writeln!(
            text,
            "| {}, {} | {} | {} | {} |",
            row.what,
            row.unit,
            row.figure(row.floor),
            row.figure(row.ours),
            peers.join(", ")
        );
    }
    text.push_str(&bar::markdown(bars));
    text
}

fn to_json(rows: &[Row], bars: &[Bar]) -> Value {
    let rows = rows.iter().map(|row| {
        let peers = row
            .peers
            .iter()
            .map(|(name, time)| ((*name).to_owned(), json!(time)));
        json!({
            "what": row.what,
            "unit": row.unit,
            "bytes": row.bytes,
            "floor": row.floor,
            "hybi": row.ours,
            "peers": Value::Object(peers.collect()),
        })
    });
    json!({
        "machine": machine(),
        "rows": rows.collect::<Vec<_>>(),
        "bars": bar::to_json(bars),
    })
}
