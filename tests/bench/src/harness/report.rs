//! The tables, and the same for programs.

use std::fmt::{Display, Write};
use std::fs;

use serde_json::{Value, json};

use super::bars;
use super::measure::Figure;
use super::server::{Deflate, Server, Side};
use super::servers::FLOOR;
use super::workload::{Kind, Workload};
use crate::bar;

/// Rounds whose spread is a larger part of the median are marked.
const FAR_APART: f64 = 0.1;

/// Figures by workload, then by server.
pub(crate) struct Report {
    pub(crate) servers: Vec<Server>,
    /// Which servers this machine cannot run, and why.
    pub(crate) skipped: Vec<(Server, String)>,
    pub(crate) columns: Vec<Column>,
}

/// A workload, and what was measured of each server.
pub(crate) type Column = (Workload, Vec<Figure>);

impl Report {
    /// Tables in Markdown: all servers beside the floor, ours beside the best peers and beside
    /// the raw echo on the same loop; deflate; then the bars.
    pub(crate) fn markdown(&self) -> String {
        let mut text = format!("{}\n", machine());
        for (server, why) in &self.skipped {
            let _ = write!(text, "\n{} was skipped: {why}\n", server.name);
        }
        self.plain(&mut text);
        self.deflate(&mut text);
        text.push_str(&bar::markdown(&bars::all(self)));
        text
    }

    fn plain(&self, text: &mut String) {
        let columns: Vec<_> = self.columns(|workload| workload.deflate().is_none());
        if columns.is_empty() {
            return;
        }
        let _ = write!(
            text,
            "\nThe server's own CPU time per message (hs: per connection) in µs, the median of \
             all rounds, in brackets its ratio to `{FLOOR}` in the same round; idle: bytes of \
             resident memory per connection, without the kernel's. `~`: the rounds are further \
             apart than a tenth of the median.\n\n",
        );
        about(text, &columns);
        head(text, &columns);
        for (server, row) in self.rows(|server| server.deflate == Deflate::Not) {
            let cells = columns.iter().map(|(workload, figures)| {
                let ratio = self.ratio(server.name, FLOOR, workload.name);
                cell(workload, &figures[row], ratio)
            });
            line(text, server.name, cells);
        }
        if self.rows(is_ours).count() > 0 && self.peers().next().is_some() {
            self.beside_peers(text, &columns);
        }
        if self.rows(|server| self.raw(server).is_some()).count() > 0 {
            self.beside_raw(text, &columns);
        }
    }

    fn deflate(&self, text: &mut String) {
        let columns: Vec<_> = self.columns(|workload| workload.deflate().is_some());
        if columns.is_empty() {
            return;
        }
        text.push_str(
            "\nWith permessage-deflate: CPU time per message in µs, inflated and compressed again, \
             in brackets how many times smaller the answers were on the wire; idle as above.\n\n",
        );
        about(text, &columns);
        head(text, &columns);
        for (server, row) in self.rows(|server| server.deflate != Deflate::Not) {
            let cells = columns.iter().map(|(workload, figures)| {
                let figure = &figures[row];
                cell(workload, figure, figure.shrinkage)
            });
            line(text, server.name, cells);
        }
        text.push('\n');
        for (server, _) in self.rows(|server| server.deflate != Deflate::Not) {
            let _ = writeln!(text, "- {}: {}", server.name, server.about);
        }
    }

    fn beside_peers(&self, text: &mut String, columns: &[&Column]) {
        text.push_str(
            "\nRatio to the best peer in the same round, which stands in the last row:\n",
        );
        head(text, columns);
        let best = || {
            let names = columns.iter().map(|(workload, _)| workload.name);
            names.map(|name| (name, self.best_peer(name)))
        };
        for (server, _) in self.rows(is_ours) {
            let ratios = best().map(|(name, best)| self.ratio(server.name, best?, name));
            line(text, server.name, ratios.map(ratio_cell));
        }
        line(
            text,
            "best peer",
            best().map(|(_, best)| best.unwrap_or("-")),
        );
    }

    fn beside_raw(&self, text: &mut String, columns: &[&Column]) {
        text.push_str("\nRatio to the TCP echo on the same loop in the same round:\n");
        head(text, columns);
        for (server, _) in self.rows(|server| self.raw(server).is_some()) {
            let ratios = columns
                .iter()
                .map(|(workload, _)| self.ratio(server.name, self.raw(server)?, workload.name));
            line(text, server.name, ratios.map(ratio_cell));
        }
    }

    fn columns(&self, wanted: impl Fn(&Workload) -> bool) -> Vec<&Column> {
        let columns = self.columns.iter();
        columns.filter(|(workload, _)| wanted(workload)).collect()
    }

    /// The raw echo on the same loop as a server of ours.
    fn raw(&self, server: &Server) -> Option<&'static str> {
        let on = server.name.strip_prefix("hybi-")?;
        let mut raw = self.rows(|other| other.name.strip_prefix("raw-") == Some(on));
        raw.next().map(|(raw, _)| raw.name)
    }

    fn rows(&self, wanted: impl Fn(&Server) -> bool) -> impl Iterator<Item = (&Server, usize)> {
        let rows = self.servers.iter().zip(0..);
        rows.filter(move |(server, _)| wanted(server))
    }

    /// How many times `other`'s figure `server`'s is, if both were measured.
    pub(crate) fn ratio(&self, server: &str, other: &str, workload: &str) -> Option<f64> {
        self.figure(server, workload)?
            .ratio_to(self.figure(other, workload)?)
    }

    /// The median of a server's figures.
    pub(crate) fn median(&self, server: &str, workload: &str) -> Option<f64> {
        self.figure(server, workload)?.median()
    }

    fn figure(&self, server: &str, workload: &str) -> Option<&Figure> {
        let (_, figures) = self
            .columns
            .iter()
            .find(|(column, _)| column.name == workload)?;
        let (_, row) = self.rows(|row| row.name == server).next()?;
        figures.get(row).filter(|figure| figure.failure.is_none())
    }

    /// How much smaller a server's answers were than what they held.
    pub(crate) fn shrinkage(&self, server: &str, workload: &str) -> Option<f64> {
        self.figure(server, workload)?.shrinkage
    }

    /// The peer with the smallest figure.
    pub(crate) fn best_peer(&self, workload: &str) -> Option<&'static str> {
        self.peers()
            .filter_map(|peer| Some((peer, self.median(peer, workload)?)))
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(name, _)| name)
    }

    /// All peers.
    pub(crate) fn peers(&self) -> impl Iterator<Item = &'static str> {
        self.rows(|server| server.side == Side::Peer)
            .map(|(server, _)| server.name)
    }

    /// Everything, every sample included.
    pub(crate) fn json(&self) -> Value {
        let columns = self.columns.iter().map(|(workload, figures)| {
            let servers = self.servers.iter().zip(figures).map(|(server, figure)| {
                let figure = json!({
                    "median": figure.median(),
                    "min": figure.range().map(|range| range.0),
                    "max": figure.range().map(|range| range.1),
                    "spread": figure.spread(),
                    "samples": figure.samples,
                    "shrinkage": figure.shrinkage,
                    "failure": figure.failure,
                    "to_floor": self.ratio(server.name, FLOOR, workload.name),
                });
                (server.name.to_owned(), figure)
            });
            let column = json!({
                "about": workload.about,
                "unit": match workload.kind {
                    Kind::Idle(_) => "bytes",
                    _ => "nanoseconds",
                },
                "best_peer": self.best_peer(workload.name),
                "servers": Value::Object(servers.collect()),
            });
            (workload.name.to_owned(), column)
        });
        let about = self
            .servers
            .iter()
            .map(|server| (server.name.to_owned(), server.about.into()));
        let skipped = self
            .skipped
            .iter()
            .map(|(server, why)| (server.name.to_owned(), why.as_str().into()));
        json!({
            "machine": machine(),
            "servers": Value::Object(about.collect()),
            "skipped": Value::Object(skipped.collect()),
            "workloads": Value::Object(columns.collect()),
            "bars": bar::to_json(&bars::all(self)),
        })
    }
}

fn is_ours(server: &Server) -> bool {
    server.side == Side::Hybi && server.deflate == Deflate::Not
}

fn about(text: &mut String, columns: &[&Column]) {
    for (workload, _) in columns {
        let _ = writeln!(text, "- {}: {}", workload.name, workload.about);
    }
}

fn head(text: &mut String, columns: &[&Column]) {
    text.push('\n');
    line(text, "server", columns.iter().map(|column| column.0.name));
    line(text, "---", columns.iter().map(|_| "---"));
}

fn line(text: &mut String, first: &str, cells: impl Iterator<Item = impl Display>) {
    let _ = write!(text, "| {first} |");
    for cell in cells {
        let _ = write!(text, " {cell} |");
    }
    text.push('\n');
}

fn ratio_cell(ratio: Option<f64>) -> String {
    ratio.map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.2}"))
}

/// A figure, whether its rounds are far apart, and in brackets what it is to be seen beside.
fn cell(workload: &Workload, figure: &Figure, ratio: Option<f64>) -> String {
    if figure.failure.is_some() {
        return "failed".to_owned();
    }
    let Some(median) = figure.median() else {
        return "-".to_owned();
    };
    let mut cell = value(workload, median);
    if figure.spread().is_some_and(|spread| spread > FAR_APART) {
        cell.push('~');
    }
    if let Some(ratio) = ratio {
        let _ = write!(cell, " ({ratio:.2})");
    }
    cell
}

fn value(workload: &Workload, median: f64) -> String {
    match workload.kind {
        Kind::Idle(_) => format!("{median:.0}"),
        _ if median >= 99_950.0 => format!("{:.1}", median / 1e3),
        _ if median >= 9_995.0 => format!("{:.2}", median / 1e3),
        _ => format!("{:.3}", median / 1e3),
    }
}

/// Processor and kernel.
pub(crate) fn machine() -> String {
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpuinfo
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1))
        .unwrap_or("an unknown processor");
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!("{model}, Linux {}", kernel.trim())
}
