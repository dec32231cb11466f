//! The local gate: everything that needs cargo alone, in order, up to the first failure.

use std::time::Instant;

use anyhow::{Context, Result};
use clap::Args;

use crate::workspace::Workspace;
use crate::{bench, deletable, embedded, fuzz, layers, no_std, powerset, shell, tidy};

/// How much of the gate to run.
#[derive(Args, Debug, Default)]
pub(crate) struct Options {
    /// Skip nothing: download the standard library's source if need be and build for bare metal.
    ///
    /// Without it that step is done only if the source is at hand; the output says which.
    #[arg(long)]
    pub(crate) full: bool,
}

type Step<'a> = (&'static str, &'a dyn Fn() -> Result<()>);

/// Runs the gate; the error names the step that failed.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let cargo = |arguments: &[&str]| {
        let mut command = shell::cargo(&workspace.root);
        command.args(arguments);
        command
    };
    let steps: [Step<'_>; 10] = [
        ("fmt", &|| {
            shell::run(&mut cargo(&["fmt", "--all", "--check"]))?;
            for manifest in ["fuzz/Cargo.toml", bench::MANIFEST, embedded::MANIFEST] {
                let package = ["fmt", "--manifest-path", manifest, "--check"];
                shell::run(&mut cargo(&package))?;
            }
            Ok(())
        }),
        ("clippy", &|| {
            let mut command = cargo(&["clippy", "--workspace", "--all-targets", "--all-features"]);
            shell::run(command.args(["--", "-D", "warnings"]))?;
            let mut command = cargo(&["clippy", "--manifest-path", "fuzz/Cargo.toml"]);
            command
                .args(["--no-default-features", "--all-targets"])
                .env("CARGO_TARGET_DIR", workspace.target.join("fuzz-smoke"));
            shell::run(command.args(["--", "-D", "warnings"]))
        }),
        ("test", &|| shell::run(&mut cargo(&["test", "--workspace"]))),
        ("docs", &|| {
            let mut command = cargo(&["doc", "--workspace", "--no-deps", "--all-features"]);
            command.arg("--document-private-items");
            shell::run(command.env("RUSTDOCFLAGS", "-D warnings"))
        }),
        ("layers", &|| layers::run(workspace)),
        ("tidy", &|| tidy::run(workspace)),
        ("powerset", &|| powerset::run(workspace)),
        ("deletable", &|| deletable::run(workspace)),
        ("no_std", &|| no_std::gate(workspace, options.full)),
        ("fuzz smoke", &|| fuzz::smoke(workspace)),
    ];
    in_order(&steps)
}

/// Runs `steps` one after the other under headlines, with the time that each of them took.
pub(crate) fn in_order(steps: &[Step<'_>]) -> Result<()> {
    let start = Instant::now();
    for (name, step) in steps {
        println!("\n== {name}");
        let started = Instant::now();
        step().with_context(|| format!("step `{name}`"))?;
        println!("== {name}: {:.1} s", started.elapsed().as_secs_f32());
    }
    let names: Vec<&str> = steps.iter().map(|(name, _)| *name).collect();
    let seconds = start.elapsed().as_secs_f32();
    println!("\npassed in {seconds:.0} s: {}", names.join(", "));
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use anyhow::bail;

    use super::in_order;

    #[test]
    fn the_first_failure_ends_the_gate_and_is_named() {
        let ran = Cell::new(0);
        let pass = || {
            ran.set(ran.get() + 1);
            Ok(())
        };
        let fail = || bail!("why");
        let error = in_order(&[("a", &pass), ("b", &fail), ("c", &pass)]).unwrap_err();
        assert_eq!(format!("{error:#}"), "step `b`: why");
        assert_eq!(ran.get(), 1);
        assert!(in_order(&[("a", &pass), ("c", &pass)]).is_ok());
        assert_eq!(ran.get(), 3);
    }
}
