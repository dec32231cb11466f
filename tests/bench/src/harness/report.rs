//! The tables, and the same for programs.

use std::fmt::Write;
use std::fs;

use serde_json::{Value, json};

use super::measure::Figure;
use super::server::{FLOOR, Server, Side};
use super::workload::{Kind, Workload};

/// Figures by workload, then by server.
pub(crate) struct Report {
    pub(crate) servers: Vec<Server>,
    pub(crate) columns: Vec<(Workload, Vec<Figure>)>,
}

impl Report {
    /// Two tables in Markdown: all servers beside the floor, ours beside the best peers.
    pub(crate) fn markdown(&self) -> String {
        let mut text = format!(
            "{}\n\nThe server's own CPU time per message (hs: per connection) in µs, in brackets \
             its ratio to `{FLOOR}` in the same round; idle: bytes of resident memory per connection.\n\n",
            machine()
        );
        for (workload, _) in &self.columns {
            let _ = writeln!(text, "- {}: {}", workload.name, workload.about);
        }
        self.head(&mut text, "server");
        for (row, server) in self.servers.iter().enumerate() {
            let _ = write!(text, "| {} |", server.name);
            for (workload, figures) in &self.columns {
                let figure = &figures[row];
                let ratio = self
                    .floor()
                    .and_then(|floor| figure.ratio_to(&figures[floor]));
                let cell = match (figure.median(), &figure.failure) {
                    (_, Some(_)) => "failed".to_owned(),
                    (None, None) => "-".to_owned(),
                    (Some(median), None) => match ratio {
                        Some(ratio) => format!("{} ({ratio:.2})", value(workload, median)),
                        None => value(workload, median),
                    },
                };
                let _ = write!(text, " {cell} |");
            }
            text.push('\n');
        }
        if self.servers.iter().any(|server| server.side == Side::Hybi) {
            text.push_str(
                "\nRatio to the best peer in the same round, which stands in the last row:\n",
            );
            self.head(&mut text, "server");
            self.beside_peers(&mut text);
        }
        text
    }

    fn head(&self, text: &mut String, first: &str) {
        let _ = write!(text, "\n| {first} |");
        for (workload, _) in &self.columns {
            let _ = write!(text, " {} |", workload.name);
        }
        let _ = writeln!(text, "\n|---|{}", "---|".repeat(self.columns.len()));
    }

    fn beside_peers(&self, text: &mut String) {
        let best: Vec<_> = self
            .columns
            .iter()
            .map(|(_, figures)| self.best(figures))
            .collect();
        for (row, server) in self.servers.iter().enumerate() {
            if server.side != Side::Hybi {
                continue;
            }
            let _ = write!(text, "| {} |", server.name);
            for ((_, figures), best) in self.columns.iter().zip(&best) {
                let ratio = best.and_then(|best| figures[row].ratio_to(&figures[best]));
                let cell = ratio.map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.2}"));
                let _ = write!(text, " {cell} |");
            }
            text.push('\n');
        }
        text.push_str("| best peer |");
        for best in &best {
            let _ = write!(
                text,
                " {} |",
                best.map_or("-", |best| self.servers[best].name)
            );
        }
        text.push('\n');
    }

    /// The peer with the smallest figure.
    fn best(&self, figures: &[Figure]) -> Option<usize> {
        let peers = self.servers.iter().zip(figures).enumerate();
        peers
            .filter(|(_, (server, _))| server.side == Side::Peer)
            .filter_map(|(number, (_, figure))| Some((number, figure.median()?)))
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(number, _)| number)
    }

    fn floor(&self) -> Option<usize> {
        self.servers.iter().position(|server| server.name == FLOOR)
    }

    /// Everything, every sample included.
    pub(crate) fn json(&self) -> Value {
        let columns = self.columns.iter().map(|(workload, figures)| {
            let servers = self.servers.iter().zip(figures).map(|(server, figure)| {
                let figure = json!({
                    "median": figure.median(),
                    "spread": figure.spread(),
                    "samples": figure.samples,
                    "failure": figure.failure,
                });
                (server.name.to_owned(), figure)
            });
            let column = json!({
                "about": workload.about,
                "unit": match workload.kind {
                    Kind::Idle(_) => "bytes",
                    _ => "nanoseconds",
                },
                "servers": Value::Object(servers.collect()),
            });
            (workload.name.to_owned(), column)
        });
        let about = self
            .servers
            .iter()
            .map(|server| (server.name.to_owned(), server.about.into()));
        json!({
            "machine": machine(),
            "servers": Value::Object(about.collect()),
            "workloads": Value::Object(columns.collect()),
        })
    }
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
