//! The architecture's invariants, checked: which crate may know which, and what the lower crates
//! must never name.
//!
//! `edges` looks at the manifests, `words` at the sources. Every rule is tested here on a made-up
//! violation, so none of them can be one that never fails.

mod edges;
mod fork;
mod words;

use std::fmt::Write as _;

use anyhow::{Result, bail};

use crate::source::Source;
use crate::workspace::{Kind, Package, Workspace};

/// A crate, where it stands, and which of our crates it may use.
#[derive(Debug)]
struct Layer {
    name: &'static str,
    /// 0 is the bottom; from 3 on there is I/O and, but for ws-embedded, `std`.
    level: u8,
    may_use: &'static [&'static str],
}

/// The whole picture. A crate that is not in it has no place yet, and the check says so.
const LAYERS: [Layer; 11] = [
    Layer {
        name: "hybi",
        level: 4,
        may_use: &[
            "ws-driver",
            "ws-embedded",
            "ws-extensions",
            "ws-frame",
            "ws-futures",
            "ws-handshake",
            "ws-http",
            "ws-proxy",
            "ws-sse",
        ],
    },
    Layer {
        name: "hybi-testkit",
        level: 3,
        may_use: &["ws-driver", "ws-frame", "ws-futures", "ws-handshake"],
    },
    Layer {
        name: "ws-futures",
        level: 3,
        may_use: &[
            "ws-driver",
            "ws-extensions",
            "ws-handshake",
            "ws-http",
            "ws-proxy",
            "ws-sse",
        ],
    },
    Layer {
        name: "ws-embedded",
        level: 3,
        may_use: &["ws-frame", "ws-handshake"],
    },
    Layer {
        name: "ws-driver",
        level: 2,
        may_use: &["ws-extensions", "ws-frame", "ws-handshake"],
    },
    Layer {
        name: "ws-extensions",
        level: 1,
        may_use: &["ws-frame"],
    },
    Layer {
        name: "ws-handshake",
        level: 1,
        may_use: &["ws-http"],
    },
    Layer {
        name: "ws-proxy",
        level: 1,
        may_use: &["ws-http"],
    },
    Layer {
        name: "ws-sse",
        level: 1,
        may_use: &["ws-http"],
    },
    Layer {
        name: "ws-frame",
        level: 0,
        may_use: &[],
    },
    Layer {
        name: "ws-http",
        level: 0,
        may_use: &[],
    },
];

impl Layer {
    /// Whether nothing allocates in it.
    fn is_bare(&self) -> bool {
        matches!(self.name, "ws-frame" | "ws-embedded")
    }

    /// Whether there is no `std` in it.
    fn is_no_std(&self) -> bool {
        self.level < 3 || self.is_bare()
    }
}

/// Checks the whole checkout; prints the picture, or everything that breaks it.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let libraries: Vec<&Package> = workspace.libraries().collect();
    let mut faults = edges::check(&libraries);
    for source in Source::all(workspace)? {
        words::check_anywhere(&source, &mut faults);
        if let Some(layer) = layer_of_product(&source.path) {
            words::check(layer, &source, &mut faults);
            fork::check(&source, &mut faults);
        }
    }
    if !faults.is_empty() {
        for fault in &faults {
            eprintln!("{fault}");
        }
        bail!("{} breaches of the architecture", faults.len());
    }
    print!("{}", picture(&libraries));
    println!(
        "verified: the edges above and no others; ws-frame without dependencies and alloc, and \
         the bare handshake and ws-embedded without alloc; \
         no_std, I/O, clocks, threads, locks and randomness below L3; no unsafe; close codes in \
         ws-driver and ws-embedded, comparisons of instants in ws-driver alone; the old drafts in \
         their own files"
    );
    Ok(())
}

/// `crates/NAME/src/…` belongs to the product of NAME.
fn layer_of_product(path: &str) -> Option<&'static Layer> {
    let (name, rest) = path.strip_prefix("crates/")?.split_once('/')?;
    if rest.starts_with("src/") {
        layer(name)
    } else {
        None
    }
}

fn layer(name: &str) -> Option<&'static Layer> {
    LAYERS.iter().find(|layer| layer.name == name)
}

/// The crates from top to bottom, each with those of ours that it uses.
fn picture(libraries: &[&Package]) -> String {
    let mut text = String::new();
    let mut level = u8::MAX;
    for layer in &LAYERS {
        let Some(package) = libraries.iter().find(|package| package.name == layer.name) else {
            continue;
        };
        let margin = if layer.level == level {
            String::from("  ")
        } else {
            format!("L{}", layer.level)
        };
        level = layer.level;
        let below: Vec<&str> = package
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind == Kind::Normal)
            .map(|dependency| &*dependency.name)
            .filter(|name| self::layer(name).is_some())
            .collect();
        let arrow = if below.is_empty() { "" } else { " -> " };
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            " {margin}  {:<12}{arrow}{}",
            layer.name,
            below.join(", ")
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{LAYERS, layer, layer_of_product, picture};
    use crate::workspace::{Dependency, Kind, Package};

    #[test]
    fn every_allowed_edge_goes_down() {
        for upper in &LAYERS {
            for name in upper.may_use {
                let lower = layer(name).expect("an allowed edge leads to a crate of the table");
                // The test kit serves those who build on ws-futures, on whose level it stands.
                let beside = upper.name == "hybi-testkit" && lower.level == upper.level;
                assert!(
                    lower.level < upper.level || beside,
                    "{} -> {name}",
                    upper.name
                );
            }
        }
    }

    #[test]
    fn only_the_product_is_judged() {
        assert!(layer_of_product("crates/ws-frame/src/a/b.rs").is_some());
        assert!(layer_of_product("crates/ws-frame/tests/a.rs").is_none());
        assert!(layer_of_product("xtask/src/main.rs").is_none());
    }

    #[test]
    fn the_picture_shows_who_stands_on_whom() {
        let frame = Package {
            name: "ws-frame".into(),
            ..Package::default()
        };
        let driver = Package {
            name: "ws-driver".into(),
            dependencies: vec![Dependency {
                name: "ws-frame".into(),
                kind: Kind::Normal,
            }],
            ..Package::default()
        };
        let expect = " L2  ws-driver    -> ws-frame\n L0  ws-frame    \n";
        assert_eq!(picture(&[&frame, &driver]), expect);
    }
}
