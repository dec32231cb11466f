//! Every library crate with every combination of a few of its features, by `cargo clippy`.
//!
//! Only the library target is checked, so that dev-dependencies switch nothing on.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::shell;
use crate::workspace::Workspace;

/// The most features that are switched on together, besides all of them at once; where there are
/// many, pairs must do.
const DEPTH: usize = 3;
const DEPTH_OF_MANY: usize = 2;
const MANY: usize = 9;

/// Checks all combinations; a warning is a failure, for a rarely used one is where they hide.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let mut total = 0;
    for package in workspace.libraries() {
        for combination in combinations(&package.features) {
            let mut command = shell::cargo(&workspace.root);
            command
                .args(["clippy", "--quiet", "--lib", "--no-default-features"])
                .args(["--package", &package.name])
                .args(["--features", &combination.join(",")])
                // Flags are part of what cargo caches by: a directory of its own keeps the
                // workspace's usual builds valid.
                .env("CARGO_TARGET_DIR", workspace.target.join("powerset"))
                .env("RUSTFLAGS", "-D warnings");
            shell::run(&mut command)?;
            total += 1;
        }
    }
    println!("powerset: {total} combinations");
    Ok(())
}

/// No feature, each set of up to so many of them, and all of them.
fn combinations(features: &BTreeMap<String, Vec<String>>) -> Vec<Vec<&str>> {
    // `default` is a combination of others.
    let names: Vec<&str> = features
        .keys()
        .map(String::as_str)
        .filter(|name| *name != "default")
        .collect();
    let depth = if names.len() < MANY {
        DEPTH
    } else {
        DEPTH_OF_MANY
    };
    let mut found = vec![Vec::new()];
    let mut round = 0..1;
    for _ in 0..depth {
        let start = found.len();
        for index in round {
            let base: Vec<&str> = found[index].clone();
            // Only names behind the last one taken, so that every set comes once.
            let last = base.last().copied().unwrap_or_default();
            for name in names.iter().filter(|name| **name > last) {
                let mut larger = base.clone();
                larger.push(name);
                found.push(larger);
            }
        }
        round = start..found.len();
    }
    if names.len() > depth {
        found.push(names);
    }
    found
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::combinations;

    #[test]
    fn every_set_of_up_to_three_comes_once() {
        for (count, expect) in [(0, 1), (1, 2), (2, 4), (3, 8), (4, 16), (5, 27), (9, 47)] {
            let features = ["a", "b", "c", "d", "e", "f", "g", "h", "i"][..count]
                .iter()
                .chain(&["default"])
                .map(|name| ((*name).to_owned(), Vec::new()))
                .collect();
            let found = combinations(&features);
            assert_eq!(found.len(), expect, "{count} features: {found:?}");
            let unique: BTreeSet<_> = found.iter().collect();
            assert_eq!(unique.len(), expect, "{count} features: {found:?}");
            assert!(found.iter().all(|set| !set.contains(&"default")));
        }
    }
}
