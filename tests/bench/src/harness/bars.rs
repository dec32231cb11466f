//! What our servers should reach, beside the floor and beside their peers.

use super::report::Report;
use super::servers::OURS_DEFLATE;
use super::workload::PLAIN_IDLE;
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

/// Where of the peers that compress no better than we can none may be faster.
const DEFLATE: &[&str] = &["z256", "z1k", "z16k", "z256-n", "z1k-n", "z16k-n"];
/// The smallest part of a peer's ratio that still counts as the same.
const AS_WELL: f64 = 0.98;

/// The most bytes of an idle connection that deflate adds: without takeover; and asleep, where
/// both ends keep the window of each direction.
const DEFLATE_MEMORY: &[(&str, f64)] = &[
    ("idle1k-n", 2048.0),
    ("idle1k-zz", (2 * 32 * 1024 + 4096) as f64),
];

/// The bars of whatever was measured.
pub(crate) fn all(report: &Report) -> Vec<Bar> {
    let mut bars = Vec::new();
    for (workload, limit) in FLOOR {
        bars.extend(
            report
                .ratio(OURS, super::servers::FLOOR, workload)
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
    bars.extend(deflate(report));
    bars.extend(deflate_memory(report));
    bars
}

/// Each peer beside the fastest of ours that compresses as well; the peer that comes off best.
fn deflate(report: &Report) -> impl Iterator<Item = Bar> {
    DEFLATE.iter().filter_map(|workload| {
        let pairs = report.peers().filter_map(|peer| {
            let enough = report.shrinkage(peer, workload)? * AS_WELL;
            let ratios = OURS_DEFLATE.iter().filter_map(|ours| {
                let compresses_as_well = report.shrinkage(ours, workload)? >= enough;
                let ratio = report.ratio(ours, peer, workload)?;
                compresses_as_well.then_some((ratio, *ours, peer))
            });
            ratios.min_by(|a, b| a.0.total_cmp(&b.0))
        });
        let (ratio, ours, peer) = pairs.max_by(|a, b| a.0.total_cmp(&b.0))?;
        Some(Bar {
            what: format!("{ours} {workload}"),
            measured: ratio,
            limit: Limit::AtMost(1.0),
            unit: format!("× {peer}, which compresses no better"),
        })
    })
}

fn deflate_memory(report: &Report) -> impl Iterator<Item = Bar> {
    DEFLATE_MEMORY.iter().filter_map(|(workload, limit)| {
        let ours = OURS_DEFLATE[1];
        let plain = report.median(OURS, PLAIN_IDLE)?;
        Some(Bar {
            what: format!("{ours} {workload}"),
            measured: (report.median(ours, workload)? - plain).max(0.0),
            limit: Limit::AtMost(*limit),
            unit: format!("bytes more than {OURS} {PLAIN_IDLE}"),
        })
    })
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
    use super::{DEFLATE, DEFLATE_MEMORY, FASTER, FLOOR, MEMORY, OURS, OURS_DEFLATE, PEERS};
    use crate::harness::{servers, workload};

    #[test]
    fn what_the_bars_name_is_there() {
        let workloads = FLOOR.iter().map(|(workload, _)| workload);
        let memory = DEFLATE_MEMORY.iter().map(|(workload, _)| workload);
        let memory = memory.chain([&MEMORY.0]);
        for name in workloads.chain(PEERS).chain(DEFLATE).chain(memory) {
            assert!(workload::ALL.iter().any(|workload| workload.name == *name));
        }
        for name in [OURS, FASTER.0, FASTER.1].into_iter().chain(OURS_DEFLATE) {
            assert!(servers::ALL.iter().any(|server| server.name == name));
        }
    }
}
