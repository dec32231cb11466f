//! One measurement, and the order of many.

use std::thread;
use std::time::Duration;

use anyhow::{Result, bail};

use super::deflate::Takeover;
use super::load::{self, Load, Stop};
use super::process::Running;
use super::server::{Deflate, Server, Side};
use super::workload::{Kind, Workload};

/// So many connections are opened in one measurement at most: each leaves a port in `TIME_WAIT`.
const MAX_HANDSHAKES: u64 = 8_000;
/// So many connections are opened before any of them is closed.
const WAVE: usize = 16;
/// What servers are given to come to rest.
const REST: Duration = Duration::from_millis(20);

/// What was measured of one server at one workload.
#[derive(Debug, Default)]
pub(crate) struct Figure {
    /// Nanoseconds of CPU time for each message, or bytes of memory for each connection; one
    /// for each round.
    pub(crate) samples: Vec<f64>,
    /// How many bytes of messages came back for each byte of payload, where they are compressed.
    pub(crate) shrinkage: Option<f64>,
    /// Why there are none.
    pub(crate) failure: Option<String>,
}

impl Figure {
    /// The sample in the middle.
    pub(crate) fn median(&self) -> Option<f64> {
        median(self.samples.clone())
    }

    /// The ratio in the middle, each of two samples of one round: what else the machine does
    /// weighs on both.
    pub(crate) fn ratio_to(&self, other: &Self) -> Option<f64> {
        let pairs = self.samples.iter().zip(&other.samples);
        median(pairs.map(|(sample, other)| sample / other).collect())
    }

    /// The smallest sample and the largest.
    pub(crate) fn range(&self) -> Option<(f64, f64)> {
        let min = self.samples.iter().copied().min_by(f64::total_cmp)?;
        let max = self.samples.iter().copied().max_by(f64::total_cmp)?;
        Some((min, max))
    }

    /// How far apart these are, as a part of the median.
    pub(crate) fn spread(&self) -> Option<f64> {
        let (min, max) = self.range()?;
        Some((max - min) / self.median()?)
    }
}

fn median(mut samples: Vec<f64>) -> Option<f64> {
    samples.sort_by(f64::total_cmp);
    let middle = samples.len() / 2;
    match samples.len() {
        0 => None,
        len if len.is_multiple_of(2) => Some(f64::midpoint(samples[middle - 1], samples[middle])),
        _ => Some(samples[middle]),
    }
}

/// Measures all servers at one workload: `A B C C B A`, a fresh process each time.
pub(crate) fn rounds(
    servers: &[Server],
    workload: &Workload,
    rounds: usize,
    time: Duration,
) -> Vec<Figure> {
    let mut figures: Vec<Figure> = servers.iter().map(|_| Figure::default()).collect();
    let rounds = match workload.kind {
        // Memory is the same in every round.
        Kind::Idle(_) => 1,
        _ => rounds,
    };
    for round in 0..rounds {
        let forth = 0..servers.len();
        let order: Vec<usize> = match round % 2 {
            0 => forth.collect(),
            _ => forth.rev().collect(),
        };
        for number in order {
            let (server, figure) = (&servers[number], &mut figures[number]);
            if figure.failure.is_some() || !applies(server, workload) {
                continue;
            }
            match once(server, workload, time) {
                Ok(sample) => {
                    figure.samples.push(sample.value);
                    figure.shrinkage = sample.shrinkage;
                }
                Err(error) => {
                    eprintln!("{} at {}: {error:#}", server.name, workload.name);
                    figure.failure = Some(format!("{error:#}"));
                }
            }
        }
    }
    figures
}

/// Sends so many batches to a server that somebody else has started, for a profiler; tells how
/// many messages that were.
pub(crate) fn drive(port: u16, workload: &Workload, batches: u64, raw: bool) -> Result<u64> {
    match workload.kind {
        Kind::Echo(echo) => Load::new(&echo, port, raw)?.run(Stop::Batches(batches)),
        Kind::Handshakes => load::handshakes(port, WAVE, Duration::MAX, batches * WAVE as u64),
        Kind::Idle(_) => bail!("nothing to count while connections are idle"),
    }
}

fn applies(server: &Server, workload: &Workload) -> bool {
    let takeover = workload.deflate();
    let speaks = match server.deflate {
        Deflate::Not => takeover.is_none(),
        Deflate::WithoutTakeover => takeover == Some(Takeover::No),
        Deflate::Fully => takeover.is_some(),
    };
    // Of the peers none sleeps.
    if !speaks || workload.sleeps() && server.side != Side::Hybi {
        return false;
    }
    // Without a protocol there is no handshake, and fragments are only bytes.
    let needs_protocol = match workload.kind {
        Kind::Handshakes => true,
        Kind::Echo(echo) => echo.fragments > 1,
        Kind::Idle(_) => false,
    };
    server.side != Side::Raw || !needs_protocol
}

/// A figure of one round.
struct Sample {
    value: f64,
    shrinkage: Option<f64>,
}

impl From<f64> for Sample {
    fn from(value: f64) -> Self {
        Self {
            value,
            shrinkage: None,
        }
    }
}

fn once(server: &Server, workload: &Workload, time: Duration) -> Result<Sample> {
    let raw = server.side == Side::Raw;
    let running = Running::start(server)?;
    match workload.kind {
        Kind::Echo(echo) => {
            let mut load = Load::new(&echo, running.port, raw)?;
            load.run(Stop::After(time / 4))?;
            load.trust();
            thread::sleep(REST);
            let (before, payload) = (running.cpu_time()?, load.payload());
            let messages = load.run(Stop::After(time))?;
            thread::sleep(REST);
            let spent = running.cpu_time()?.since(&before)?;
            let plain = messages * echo.len as u64;
            Ok(Sample {
                value: nanoseconds(spent) / messages as f64,
                shrinkage: echo
                    .deflate
                    .map(|_| plain as f64 / (load.payload() - payload) as f64),
            })
        }
        Kind::Handshakes => {
            load::handshakes(running.port, WAVE, time / 4, MAX_HANDSHAKES / 4)?;
            thread::sleep(REST);
            let before = running.cpu_time()?;
            let count = load::handshakes(running.port, WAVE, time, MAX_HANDSHAKES)?;
            thread::sleep(REST);
            let spent = running.cpu_time()?.since(&before)?;
            Ok((nanoseconds(spent) / count as f64).into())
        }
        Kind::Idle(idle) => {
            thread::sleep(REST);
            let before = running.memory()?;
            let streams = load::idle(running.port, &idle, raw)?;
            thread::sleep(idle.rest);
            let grown = running.memory()?.saturating_sub(before);
            drop(streams);
            Ok((grown as f64 / idle.connections as f64).into())
        }
    }
}

fn nanoseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e9
}

#[cfg(test)]
mod tests {
    use super::Figure;

    #[test]
    fn the_median_is_in_the_middle() {
        let figure = |samples: &[f64]| Figure {
            samples: samples.to_vec(),
            shrinkage: None,
            failure: None,
        };
        assert_eq!(figure(&[]).median(), None);
        assert_eq!(figure(&[3.0, 1.0, 2.0]).median(), Some(2.0));
        assert_eq!(figure(&[4.0, 1.0, 2.0, 3.0]).median(), Some(2.5));
        let floor = figure(&[1.0, 2.0, 1.0]);
        assert_eq!(figure(&[2.0, 4.0, 5.0]).ratio_to(&floor), Some(2.0));
        assert_eq!(figure(&[9.0, 2.0, 2.5, 2.0, 0.0]).spread(), Some(4.5));
    }
}
