//! The house rules that a program can check: on sources, manifests and the README.

mod manifests;
mod readme;
mod requirements;
mod style;

use std::fs;

use anyhow::{Context, Result, bail};

use crate::source::{self, Source};
use crate::workspace::Workspace;

/// Longer files are listed, for a conversation.
const LONG: usize = 400;

/// Files whose lines end where their text ends.
const TEXT_FILES: [&str; 10] = [
    "css", "html", "js", "json", "md", "mjs", "py", "rs", "sh", "toml",
];

/// Checks the whole checkout; prints what deserves a look, and fails on what is forbidden.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let sources = Source::all(workspace)?;
    let mut faults = Vec::new();
    for source in &sources {
        style::check(source, &mut faults);
    }
    for path in source::files(&workspace.root)? {
        let extension = path.extension().unwrap_or_default().to_string_lossy();
        if TEXT_FILES.contains(&&*extension) {
            let text = fs::read_to_string(&path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            style::check_text(&workspace.relative(&path), &text, &mut faults);
        }
    }
    for package in &workspace.packages {
        let path = package.dir.join("Cargo.toml");
        let text = fs::read_to_string(&path)?;
        manifests::check(
            &workspace.relative(&path),
            &text,
            package.publish,
            &mut faults,
        );
    }
    readme::check(workspace, &sources, &mut faults)?;

    for source in &sources {
        let lines = style::code_lines(source);
        if lines > LONG {
            println!("long: {} has {lines} lines of code", source.path);
        }
    }
    requirements::print(&sources);
    if !faults.is_empty() {
        for fault in &faults {
            eprintln!("{fault}");
        }
        bail!("{} untidy places", faults.len());
    }
    println!("tidy: {} Rust files", sources.len());
    Ok(())
}
