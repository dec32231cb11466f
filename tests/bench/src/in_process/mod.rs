//! What happens in memory: bytes to events, messages to bytes, masking, the handshake.

mod bars;
mod deflate;
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

use crate::bar::{self, digits};
use crate::harness::report::machine;

/// One row of the table.
struct Row {
    what: &'static str,
    unit: &'static str,
    /// A plain loop that does the least.
    floor: f64,
    ours: f64,
    peers: Vec<(&'static str, f64)>,
}

/// Measures everything, each the best of what fits into `rounds` times `time`.
pub(crate) fn run(rounds: usize, time: Duration) -> Result<(String, Value)> {
    let clock = Clock {
        time: time.mul_f64(rounds as f64 / 4.0),
    };
    let mut rows = Vec::new();
    rows.extend(read::rows(clock));
    rows.extend(write::rows(clock));
    rows.extend(mask::rows(clock));
    rows.push(handshake::row(clock));
    rows.extend(deflate::rows(clock)?);
    Ok((markdown(&rows), to_json(&rows)))
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
}

fn markdown(rows: &[Row]) -> String {
    let mut text = format!(
        "{}\n\nIn one process, the best of many, in nanoseconds:\n\n\
         | what | floor | hybi | peers |\n|---|---|---|---|\n",
        machine()
    );
    for row in rows {
        let peers: Vec<_> = row
            .peers
            .iter()
            .map(|(name, time)| format!("{name} {}", digits(*time)))
            .collect();
        let _ = writeln!(
            text,
            "| {}, {} | {} | {} | {} |",
            row.what,
            row.unit,
            digits(row.floor),
            digits(row.ours),
            peers.join(", ")
        );
    }
    text.push_str(&bar::markdown(&bars::all(rows)));
    text
}

fn to_json(rows: &[Row]) -> Value {
    let bars = bars::all(rows);
    let rows = rows.iter().map(|row| {
        let peers = row
            .peers
            .iter()
            .map(|(name, time)| ((*name).to_owned(), json!(time)));
        json!({
            "what": row.what,
            "unit": row.unit,
            "floor": row.floor,
            "hybi": row.ours,
            "peers": Value::Object(peers.collect()),
        })
    });
    json!({
        "machine": machine(),
        "rows": rows.collect::<Vec<_>>(),
        "bars": bar::to_json(&bars),
    })
}
