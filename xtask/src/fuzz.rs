//! Fuzzing: libFuzzer for as long as you like, and a smoke run that needs cargo alone.
//!
//! The targets are one line each and call the hidden `fuzzing` module of a crate, which holds the
//! property. The smoke run drives the same targets from `fuzz/tests/smoke.rs`.

use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::shell;
use crate::workspace::Workspace;

/// What to fuzz and for how long.
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// Seconds for each target.
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// One target of `fuzz/fuzz_targets`; all of them when left out.
    target: Option<String>,
}

/// Inputs are at most this long: longer than every buffer of a connection.
const LONGEST_INPUT: u32 = 64 * 1024;

/// Runs libFuzzer on the wanted targets, one after the other.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    install_cargo_fuzz(workspace)?;
    let listed = shell::read(cargo_fuzz(workspace).arg("list"))?;
    let targets = chosen(&listed, options.target.as_deref())?;
    for target in &targets {
        let mut command = cargo_fuzz(workspace);
        command.args(["run", target, "--target-dir"]);
        command.arg(workspace.target.join("fuzz"));
        // The first directory collects, the second one is only read.
        let corpus = workspace.root.join("fuzz/corpus").join(target);
        std::fs::create_dir_all(&corpus)?;
        command.arg(corpus);
        let seeds = workspace.root.join("fuzz/seeds").join(target);
        if seeds.is_dir() {
            command.arg(seeds);
        }
        command
            .arg("--")
            .arg(format!("-max_total_time={}", options.seconds))
            .arg(format!("-max_len={LONGEST_INPUT}"))
            .args(["-timeout=5", "-rss_limit_mb=1024", "-print_final_stats=1"]);
        shell::run(&mut command)?;
    }
    println!(
        "fuzzed for {} s each, nothing found: {}",
        options.seconds,
        targets.join(", ")
    );
    Ok(())
}

/// Drives every target with seeds, their prefixes and mutations, for some seconds.
pub(crate) fn smoke(workspace: &Workspace) -> Result<()> {
    let mut command = shell::cargo(&workspace.root);
    command
        .args(["test", "--quiet", "--manifest-path", "fuzz/Cargo.toml"])
        .args(["--no-default-features", "--test", "smoke"])
        .env("CARGO_TARGET_DIR", workspace.target.join("fuzz-smoke"));
    shell::run(&mut command)
}

fn cargo_fuzz(workspace: &Workspace) -> Command {
    let mut command = shell::cargo(&workspace.root);
    command
        .arg("fuzz")
        // Sanitizers are not stable, and the compiler at hand knows them all the same.
        .env("RUSTC_BOOTSTRAP", "1");
    command
}

fn install_cargo_fuzz(workspace: &Workspace) -> Result<()> {
    let installed = shell::read(shell::cargo(&workspace.root).args(["fuzz", "--version"])).is_ok();
    if installed {
        return Ok(());
    }
    let mut command = shell::cargo(&workspace.root);
    shell::run(command.args(["install", "--locked", "cargo-fuzz"]))
        .context("libFuzzer is driven by cargo-fuzz, which could not be installed")
}

/// The targets to run: those listed, or the one that was asked for.
fn chosen<'a>(listed: &'a str, wanted: Option<&str>) -> Result<Vec<&'a str>> {
    let known: Vec<&str> = listed.lines().map(str::trim).collect();
    let targets: Vec<&str> = known
        .iter()
        .copied()
        .filter(|name| wanted.is_none_or(|wanted| wanted == *name))
        .collect();
    if targets.is_empty() {
        bail!("no such target; there are {}", known.join(", "));
    }
    Ok(targets)
}

#[cfg(test)]
mod tests {
    use super::chosen;

    #[test]
    fn targets_are_chosen() {
        let listed = "frames\nutf8\n";
        assert_eq!(chosen(listed, None).unwrap(), ["frames", "utf8"]);
        assert_eq!(chosen(listed, Some("utf8")).unwrap(), ["utf8"]);
        assert!(chosen(listed, Some("utf")).is_err());
        assert!(chosen("", None).is_err());
    }
}
