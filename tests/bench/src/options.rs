//! What the harness can be told. `cargo xtask bench` has this file, too: it answers `--help` and knows
//! what is wrong before anything is built.

use std::path::PathBuf;

use clap::Parser;

/// Measures our servers beside their peers.
#[derive(Parser)]
#[command(
    after_help = "`cargo xtask bench --check` measures nothing: it runs clippy and the tests."
)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch")]
pub(crate) struct Options {
    /// Only these servers, with commas between them; the floor comes in any case.
    #[arg(long, value_delimiter = ',')]
    pub(crate) servers: Vec<String>,
    /// Only these workloads, with commas between them.
    #[arg(long, value_delimiter = ',')]
    pub(crate) workloads: Vec<String>,
    /// Only the workloads with permessage-deflate.
    #[arg(long, conflicts_with = "workloads")]
    pub(crate) deflate: bool,
    /// Measurements of each server at each workload.
    #[arg(long, default_value_t = 5)]
    pub(crate) rounds: usize,
    /// Seconds of each measurement.
    #[arg(long, default_value_t = 0.4)]
    pub(crate) seconds: f64,
    /// Two short rounds: to see whether it works.
    #[arg(long)]
    pub(crate) quick: bool,
    /// Measure what happens in memory instead of servers.
    #[arg(long)]
    pub(crate) in_process: bool,
    /// Of what happens in memory only event streams.
    #[arg(long, requires = "in_process")]
    pub(crate) events: bool,
    /// For a profiler: send `--batches` of one workload to a server that runs already.
    #[arg(long, conflicts_with = "in_process")]
    pub(crate) port: Option<u16>,
    /// Batches of each connection, with `--port`.
    #[arg(long, default_value_t = 100)]
    pub(crate) batches: u64,
    /// Where to write all samples as JSON.
    #[arg(long)]
    pub(crate) json: Option<PathBuf>,
}
