//! Edges between crates, as the manifests have them.

use crate::layers::{Layer, layer};
use crate::workspace::{Dependency, Kind, Package};

/// Crates that bring I/O, clocks, threads, locks or randomness; nothing below L3 may use them.
const WORLDLY: [&str; 20] = [
    "async-io",
    "crossbeam",
    "fastrand",
    "futures-io",
    "getrandom",
    "instant",
    "libc",
    "mio",
    "nix",
    "once_cell",
    "parking_lot",
    "polling",
    "rand",
    "rustix",
    "smol",
    "socket2",
    "spin",
    "tokio",
    "web-time",
    "windows-sys",
];

/// Everything that is wrong with the edges out of `libraries`.
pub(super) fn check(libraries: &[&Package]) -> Vec<String> {
    let mut faults = Vec::new();
    for package in libraries {
        let Some(layer) = layer(&package.name) else {
            let name = &package.name;
            faults.push(format!(
                "{name}: has no place in the table of xtask/src/layers/mod.rs"
            ));
            continue;
        };
        for dependency in &package.dependencies {
            if let Some(why) = fault(layer, dependency, libraries) {
                faults.push(format!("{} -> {}: {why}", package.name, dependency.name));
            }
        }
    }
    faults
}

fn fault(layer: &Layer, dependency: &Dependency, libraries: &[&Package]) -> Option<&'static str> {
    let name = &*dependency.name;
    let ours = libraries.iter().any(|package| package.name == name);
    let allowed = layer.may_use.contains(&name);
    match dependency.kind {
        // Tests may stand on the same crates, on the crate itself with other features, and from
        // L3 on on the test kit; lower down the test kit would close a circle.
        Kind::Dev => {
            let kit = name == "hybi-testkit" && layer.level >= 3;
            let fine = !ours || allowed || name == layer.name || kit;
            (!fine).then_some("not even tests may use this")
        }
        _ if layer.name == "ws-frame" => Some("ws-frame has no dependencies"),
        _ if ours && !allowed => Some("not an edge of the architecture"),
        _ if layer.level < 3 && WORLDLY.contains(&name) => {
            Some("below L3 there is no I/O, clock, thread, lock or random source")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::workspace::{Dependency, Kind, Package};

    #[test]
    fn edges_are_judged() {
        for (from, to, kind, fine) in [
            ("ws-handshake", "ws-http", Kind::Normal, true),
            ("ws-driver", "ws-frame", Kind::Normal, true),
            ("ws-futures", "getrandom", Kind::Normal, true),
            ("ws-futures", "hybi-testkit", Kind::Dev, true),
            ("hybi", "hybi", Kind::Dev, true),
            ("ws-frame", "proptest", Kind::Dev, true),
            // Upwards, sideways, past a layer's promise.
            ("ws-frame", "ws-driver", Kind::Normal, false),
            ("ws-http", "ws-frame", Kind::Normal, false),
            ("ws-handshake", "ws-driver", Kind::Normal, false),
            ("ws-frame", "bytes", Kind::Normal, false),
            ("ws-frame", "cc", Kind::Build, false),
            ("ws-driver", "getrandom", Kind::Normal, false),
            ("ws-driver", "tokio", Kind::Normal, false),
            ("ws-driver", "hybi-testkit", Kind::Dev, false),
            ("ws-driver", "ws-futures", Kind::Dev, false),
        ] {
            let mut packages = vec![package(from, Some((to, kind)))];
            if (to.starts_with("ws-") || to.starts_with("hybi")) && to != from {
                packages.push(package(to, None));
            }
            let faults = check(&packages.iter().collect::<Vec<_>>());
            assert_eq!(faults.is_empty(), fine, "{from} -> {to}: {faults:?}");
        }
    }

    #[test]
    fn a_crate_without_a_place_is_a_fault() {
        assert_eq!(check(&[&package("ws-new", None)]).len(), 1);
    }

    fn package(name: &str, edge: Option<(&str, Kind)>) -> Package {
        Package {
            name: name.into(),
            dependencies: edge
                .map(|(name, kind)| Dependency {
                    name: name.into(),
                    kind,
                })
                .into_iter()
                .collect(),
            ..Package::default()
        }
    }
}
