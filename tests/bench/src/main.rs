//! Measures our servers beside their peers, and what happens in memory.
//!
//! `cargo xtask bench` builds all servers and runs this, on one processor together with them.

mod bar;
mod harness;
mod in_process;
mod json;
mod options;

use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::Parser;

use harness::measure;
use harness::process::Running;
use harness::report::Report;
use harness::servers;
use harness::workload::{self, Workload};
use options::Options;

fn main() -> Result<()> {
    let mut options = Options::parse();
    if options.quick {
        (options.rounds, options.seconds) = (2, 0.1);
    }
    let time = Duration::try_from_secs_f64(options.seconds).context("--seconds")?;
    if let Some(port) = options.port {
        for workload in wanted_workloads(&options)? {
            let messages = measure::drive(port, &workload, options.batches, false)?;
            println!("{}: {messages} messages", workload.name);
        }
        return Ok(());
    }
    let (text, json) = if options.in_process {
        in_process::run(options.rounds, time, options.events)?
    } else {
        beside_peers(&options, time)?
    };
    println!("{text}");
    if let Some(path) = &options.json {
        fs::write(path, format!("{json:#}\n"))
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

fn beside_peers(options: &Options, time: Duration) -> Result<(String, serde_json::Value)> {
    let mut servers = chosen(
        servers::ALL,
        |server| server.name,
        &options.servers,
        &[servers::FLOOR],
    )?;
    servers.retain(|server| !options.deflate || server.is_of_deflate());
    let workloads = wanted_workloads(options)?;
    let mut report = Report {
        servers: Vec::new(),
        skipped: Vec::new(),
        columns: Vec::new(),
    };
    for server in servers {
        match Running::cannot(&server) {
            Some(why) => {
                eprintln!("{} is skipped: {why}", server.name);
                report.skipped.push((server, why));
            }
            None => report.servers.push(server),
        }
    }
    let start = Instant::now();
    for workload in workloads {
        let figures = measure::rounds(&report.servers, &workload, options.rounds, time);
        report.columns.push((workload, figures));
        eprintln!("{} measured after {:.0?}", workload.name, start.elapsed());
    }
    Ok((report.markdown(), report.json()))
}

fn wanted_workloads(options: &Options) -> Result<Vec<Workload>> {
    let mut workloads = chosen(
        workload::ALL,
        |workload| workload.name,
        &options.workloads,
        &[],
    )?;
    workloads.retain(|workload| !options.deflate || workload.is_of_deflate());
    Ok(workloads)
}

/// Those of `all` that are wanted, all if none is; `always` as well.
fn chosen<T: Copy>(
    all: &[T],
    name: impl Fn(&T) -> &str,
    wanted: &[String],
    always: &[&str],
) -> Result<Vec<T>> {
    for wanted in wanted {
        let known: Vec<_> = all.iter().map(&name).collect();
        let known_list = known.join(", ");
        ensure!(
            known.contains(&wanted.as_str()),
            "no {wanted}; there are {known_list}"
        );
    }
    let is_wanted = |item: &&T| {
        let name = name(item);
        wanted.is_empty() || wanted.iter().any(|wanted| wanted == name) || always.contains(&name)
    };
    Ok(all.iter().filter(is_wanted).copied().collect())
}
