//! Measuring: our servers beside their peers, in a package of its own (`tests/bench`).
//!
//! Builds everything for this processor, then runs the harness, and with it all servers, on one
//! processor under `SCHED_BATCH`: so every burst of messages arrives whole, and rounds differ by
//! a few percent instead of a third.

#[path = "../../tests/bench/src/options.rs"]
mod harness;

use std::ffi::OsString;
use std::fs;
use std::iter::once;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use clap::{Args, Parser};

use crate::shell;
use crate::workspace::Workspace;

/// Where the servers and the harness are.
pub(crate) const MANIFEST: &str = "tests/bench/Cargo.toml";
/// What is built, each by itself: together they would have each other's features.
const PACKAGES: [&str; 2] = ["hybi-bench", "hybi-bench-soketto"];
/// What comes from npm.
const NPM_LIST: &str = "tests/bench/npm/package.json";

/// What to measure.
#[derive(Args, Debug)]
#[command(disable_help_flag = true)]
pub(crate) struct Options {
    /// Measure nothing: run clippy and the tests of the package. What CI does.
    #[arg(long, conflicts_with = "arguments")]
    check: bool,
    /// What the harness is told, such as `--quick`, `--in-process`, `--servers hybi-tokio,yawc+b`;
    /// `--help` lists all there is.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// Builds the servers and the harness, and runs it.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    if options.check {
        return check(workspace);
    }
    // Before minutes of building: what is wrong ends here, and so does `--help`.
    let name = OsString::from("cargo xtask bench");
    let told = harness::Options::parse_from(once(&name).chain(&options.arguments));
    let target = target(workspace);
    for package in PACKAGES {
        let mut build = cargo(workspace, &["build", "--release", "--bins"]);
        build.args(["--package", package]);
        shell::run(build.env("RUSTFLAGS", "-C target-cpu=native"))?;
    }

    let mut measure = on_one_processor()?;
    measure
        .arg(target.join("release/hybi-bench"))
        .args(&options.arguments);
    if !told.in_process
        && let Some(packages) = install_npm(workspace)?
    {
        measure.env("HYBI_BENCH_NPM", packages);
    }
    if told.json.is_none() {
        let name = if told.in_process {
            "in-process.json"
        } else {
            "servers.json"
        };
        measure.arg("--json").arg(target.join(name));
    }
    shell::run(&mut measure)
}

/// Clippy and the tests: of the load generator, of the report, and of what an echo on tokio
/// allocates. Not in the local gate, because all peers have to be compiled for it.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    for package in PACKAGES {
        let mut clippy = cargo(workspace, &["clippy", "--all-targets"]);
        clippy.args(["--package", package, "--", "-D", "warnings"]);
        shell::run(&mut clippy)?;
    }
    shell::run(&mut cargo(workspace, &["test", "--quiet"]))
}

/// Installs the peer from npm below the target directory, unless it is there, and tells where;
/// `None` if this machine has no npm. Then the harness says that the peer was skipped.
fn install_npm(workspace: &Workspace) -> Result<Option<PathBuf>> {
    let list = workspace.root.join(NPM_LIST);
    let wanted = fs::read_to_string(&list).with_context(|| format!("cannot read {NPM_LIST}"))?;
    let directory = target(workspace).join("npm");
    let stamp = directory.join("installed");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(Some(directory));
    }
    if shell::find_program("npm").is_none() {
        return Ok(None);
    }
    fs::create_dir_all(&directory)?;
    fs::copy(&list, directory.join("package.json"))?;
    let mut install = Command::new("npm");
    install
        .args(["install", "--no-audit", "--no-fund", "--no-package-lock"])
        .args(["--loglevel", "error"])
        .current_dir(&directory);
    shell::run(&mut install)?;
    // Last, so that an attempt that broke off is made again.
    fs::write(&stamp, wanted)?;
    Ok(Some(directory))
}

/// A subcommand of cargo, on the package of the measurements.
fn cargo(workspace: &Workspace, arguments: &[&str]) -> Command {
    let mut command = shell::cargo(&workspace.root);
    command
        .args(arguments)
        .args(["--locked", "--manifest-path", MANIFEST])
        .env("CARGO_TARGET_DIR", target(workspace));
    command
}

fn target(workspace: &Workspace) -> PathBuf {
    workspace.target.join("bench")
}

/// What the harness is put behind: commands of util-linux, if this machine has them.
fn on_one_processor() -> Result<Command> {
    if shell::find_program("taskset").is_none() || shell::find_program("chrt").is_none() {
        eprintln!("without `taskset` and `chrt` (util-linux) the figures scatter");
        return Ok(Command::new("env"));
    }
    let status = fs::read_to_string("/proc/self/status")?;
    let processor = last_processor(&status).context("no processor in /proc/self/status")?;
    let mut command = Command::new("taskset");
    command.args(["-c", processor, "chrt", "--batch", "0"]);
    Ok(command)
}

/// The number of the last processor that we may run on: the first one has most interrupts.
fn last_processor(status: &str) -> Option<&str> {
    let list = status
        .lines()
        .find_map(|line| line.strip_prefix("Cpus_allowed_list:"))?;
    list.trim().rsplit([',', '-']).next()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::{harness, last_processor};

    #[test]
    fn what_the_harness_can_be_told_is_known_here() {
        let mut command = harness::Options::command();
        command.clone().debug_assert();
        let told = command.try_get_matches_from_mut(["cargo xtask bench", "--quick"]);
        assert!(told.is_ok());
        let help = command.try_get_matches_from_mut(["cargo xtask bench", "--help"]);
        let help = help.expect_err("what it can be told").to_string();
        assert!(help.contains("Usage: cargo xtask bench "), "{help}");
        assert!(help.contains("--in-process"), "{help}");
    }

    #[test]
    fn the_last_processor_is_found() {
        for (list, last) in [("0-1", "1"), ("3", "3"), ("0-3,8-11", "11"), ("0,2", "2")] {
            let status = format!("Name:\tx\nCpus_allowed_list:\t{list}\nMems:\t0\n");
            assert_eq!(last_processor(&status), Some(last));
        }
        assert_eq!(last_processor("Name:\tx\n"), None);
    }
}
