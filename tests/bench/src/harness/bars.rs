//! What our servers should reach, beside the floor and beside their peers.

use super::report::Report;
use crate::bar::{Bar, Limit};

/// The server that the bars are for.
const OURS: &str = "hybi-tokio";

/// The most that a message may cost, as a multiple of the floor.
const FLOOR: &[(&str, f64)] = &[
    ("rtt32", 1.05),
    ("small1", 1.05),
    ("small16", 1.10),
    ("small128", 1.25),
    ("text1k", 1.20),
    ("utf8-1k", 1.30),
    ("hs", 1.10),
];

/// Where no peer may be faster.
const PEERS: &[&str] = &["bin16k", "frag16k", "bin64k", "text64k", "bin1m"];

/// The most bytes of an idle connection.
const MEMORY: (&str, f64) = ("idle10k", 1024.0);

/// The first is to be faster than the second at everything.
const FASTER: (&str, &str) = ("hybi-smol", "smol-tungstenite+b");

/// The bars of whatever was measured.
pub(crate) fn all(report: &Report) -> Vec<Bar> {
    let mut bars = Vec::new();
    for (workload, limit) in FLOOR {
        bars.extend(
            report
                .ratio(OURS, super::server::FLOOR, workload)
                .map(|ratio| Bar {
                    what: format!("{OURS} {workload}"),
                    measured: ratio,
                    limit: Limit::AtMost(*limit),
                    unit: "× floor".into(),
                }),
        );
    }
    for workload in PEERS {
        let peer = report.best_peer(workload);
        let ratio = peer.and_then(|peer| report.ratio(OURS, peer, workload));
        bars.extend(peer.zip(ratio).map(|(peer, ratio)| Bar {
            what: format!("{OURS} {workload}"),
            measured: ratio,
            limit: Limit::AtMost(1.0),
            unit: format!("× {peer}"),
        }));
    }
    let (workload, limit) = MEMORY;
    bars.extend(report.median(OURS, workload).map(|bytes| Bar {
        what: format!("{OURS} {workload}"),
        measured: bytes,
        limit: Limit::AtMost(limit),
        unit: "bytes".into(),
    }));
    bars.extend(slowest(report));
    bars
}

/// The workload at which we are nearest to whom we should be faster than.
fn slowest(report: &Report) -> Option<Bar> {
    let (ours, peer) = FASTER;
    let ratios = report.columns.iter().filter_map(|(workload, _)| {
        let ratio = report.ratio(ours, peer, workload.name)?;
        Some((workload.name, ratio))
    });
    let (workload, ratio) = ratios.max_by(|a, b| a.1.total_cmp(&b.1))?;
    Some(Bar {
        what: format!("{ours} everywhere, {workload} at worst"),
        measured: ratio,
        limit: Limit::Below(1.0),
        unit: format!("× {peer}"),
    })
}

#[cfg(test)]
mod tests {
    use super::{FASTER, FLOOR, MEMORY, OURS, PEERS};
    use crate::harness::{server, workload};

    #[test]
    fn what_the_bars_name_is_there() {
        let workloads = FLOOR.iter().map(|(workload, _)| workload);
        for name in workloads.chain(PEERS).chain([&MEMORY.0]) {
            assert!(workload::ALL.iter().any(|workload| workload.name == *name));
        }
        for name in [OURS, FASTER.0, FASTER.1] {
            assert!(server::ALL.iter().any(|server| server.name == name));
        }
    }
}
