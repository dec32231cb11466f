//! `cargo xtask`: everything that a developer or CI runs on hybi.
//!
//! Each subcommand is one module and can be run from any directory of the checkout. `ci` is the
//! gate that needs cargo alone; `test` is everything, peers included.
#![expect(
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    reason = "a program for developers' machines has std and is nothing without it"
)]

mod autobahn;
mod bench;
mod ci;
mod debian11;
mod deletable;
mod embedded;
mod fuzz;
mod interop;
mod layers;
mod no_std;
mod powerset;
mod shell;
mod source;
mod test;
mod tidy;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::workspace::Workspace;

/// Everything that a developer or CI runs on hybi.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
pub(crate) struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Run the local gate: all that needs cargo alone, in order, up to the first failure.
    ///
    /// Works offline once `cargo fetch` has run here and in `fuzz/`.
    Ci(ci::Options),
    /// Run everything: the gate, the tests of `bench`, the peers of `interop`, Autobahn's suite.
    ///
    /// This is what CI runs. It installs the peers first, below the target directory.
    Test(test::Options),
    /// Check which crate may know which, and what the lower crates must never name.
    Layers,
    /// Check the house rules on sources and manifests, the README, and list the RFC's sections.
    Tidy,
    /// Check every library crate with every combination of up to three of its features.
    Powerset,
    /// Check that everything builds without the files of the old drafts.
    Deletable,
    /// Build the `no_std` crates for a Cortex-M4 and for the web, whose `core` and `alloc` are built
    /// as well.
    ///
    /// Needs the standard library's source for exactly this compiler: rustup's component
    /// `rust-src`, or Debian's package, which is downloaded once from this machine's own mirror.
    NoStd(no_std::Options),
    /// Run firmware under QEMU: a server and a client without an allocator, and the driver.
    ///
    /// Installs QEMU and binutils for ARM with apt, and Node's `ws`. Prints how much code, stack and
    /// how many instructions they take; fails above 10 KiB of code for frames and handshake.
    Embedded,
    /// Run Autobahn's cases against our server and our client.
    ///
    /// Installs wstest first (Python 2.7). Fails unless every case is OK (or informational).
    Autobahn(autobahn::Options),
    /// Install peers with npm, pip and apt, then run the tests that talk to them.
    Interop(interop::Options),
    /// Measure our servers beside their peers, or with `--in-process` what happens in memory.
    ///
    /// Builds all of them first, in a package of its own. All arguments but `--check` go to the
    /// harness.
    Bench(bench::Options),
    /// Fuzz with libFuzzer for a bounded time; installs cargo-fuzz when it is missing.
    Fuzz(fuzz::Options),
}

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: &Cli) -> anyhow::Result<()> {
    let workspace = Workspace::load()?;
    match &cli.task {
        Task::Ci(options) => ci::run(&workspace, options),
        Task::Test(options) => test::run(&workspace, options),
        Task::Layers => layers::run(&workspace),
        Task::Tidy => tidy::run(&workspace),
        Task::Powerset => powerset::run(&workspace),
        Task::Deletable => deletable::run(&workspace),
        Task::NoStd(options) => no_std::run(&workspace, options),
        Task::Embedded => embedded::run(&workspace),
        Task::Autobahn(options) => autobahn::run(&workspace, options),
        Task::Interop(options) => interop::run(&workspace, options),
        Task::Bench(options) => bench::run(&workspace, options),
        Task::Fuzz(options) => fuzz::run(&workspace, options),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
