//! The old drafts can be deleted: without their files everything else builds.
//!
//! A scratch copy of the workspace loses every file and directory named `hixie` or `early`; then
//! the libraries, and the unit tests of those that have such files, are checked without the
//! feature `drafts`. That the words stand nowhere else is checked by `layers`.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::shell;
use crate::workspace::Workspace;

/// What cargo needs of the checkout.
const COPIED: [&str; 6] = [
    "Cargo.toml",
    "Cargo.lock",
    "README.md",
    "crates",
    "tests",
    "xtask",
];

/// Copies, deletes, checks.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let scratch = workspace.target.join("deletable");
    if scratch.exists() {
        fs::remove_dir_all(&scratch)?;
    }
    fs::create_dir_all(&scratch)?;
    let mut deleted = 0;
    for name in COPIED {
        let copied = copy(&workspace.root.join(name), &scratch.join(name));
        deleted += copied.with_context(|| format!("cannot copy {name}"))?;
    }
    if deleted == 0 {
        bail!("there is nothing of the old drafts to delete");
    }
    for arguments in [
        &["--lib", "--package", "hybi", "--features", "smol,tokio"][..],
        &["--lib", "--tests", "--package", "ws-frame"],
        &["--lib", "--tests", "--package", "ws-driver"],
        &["--lib", "--tests", "--package", "ws-handshake"],
    ] {
        let mut command = shell::cargo(&scratch);
        command
            .args(["check", "--quiet", "--offline"])
            .args(arguments)
            .env("CARGO_TARGET_DIR", workspace.target.join("powerset"))
            .env("RUSTFLAGS", "-D warnings");
        shell::run(&mut command)?;
    }
    println!("deletable: {deleted} files and directories of the old drafts");
    Ok(())
}

/// Copies what is not of the old drafts, and tells how much was left out.
fn copy(from: &Path, to: &Path) -> Result<usize> {
    if from.file_stem().is_some_and(is_old) {
        return Ok(1);
    }
    if !from.is_dir() {
        fs::copy(from, to)?;
        return Ok(0);
    }
    fs::create_dir_all(to)?;
    let mut left_out = 0;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        left_out += copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(left_out)
}

fn is_old(stem: &std::ffi::OsStr) -> bool {
    stem == "hixie" || stem == "early"
}
