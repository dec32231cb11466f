//! Our client under test: wstest serves, and we start the client once for each case.

use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::json;

use crate::autobahn::Pass;
use crate::autobahn::install::Environment;
use crate::autobahn::report::Report;
use crate::autobahn::wstest::Wstest;
use crate::shell::{self, Running};

/// How long wstest may take to listen.
const START: Duration = Duration::from_secs(20);

/// How long one case may take; 9.1.6 moves 32 MiB through wstest, which is slow.
const CASE: Duration = Duration::from_secs(120);

/// How many clients in a row may run out of time: then wstest is gone or the client hangs always.
const PATIENCE: usize = 3;

/// Runs all cases of `pass`.
pub(super) fn run(environment: &Environment, pass: &Pass) -> Result<Report> {
    let port = shell::free_port()?;
    let base = format!("{}://127.0.0.1:{port}", pass.scheme());
    let mut specification = json!({"url": base});
    if let Some(tls) = &pass.tls {
        specification["cert"] = json!(tls.certificate);
        specification["key"] = json!(tls.key);
    }
    let mut wstest = Wstest::start(environment, pass, "fuzzingserver", specification)?;
    wait_for(port)?;
    let mut late = 0;
    for number in 1..=wstest.cases.len() {
        let url = format!("{base}/runCase?case={number}&agent={}", pass.agent);
        if let Err(error) = connect(pass, &url) {
            // The report will have this case as failed, or will lack it.
            println!("{}: {}: {error}", pass.agent, wstest.cases[number - 1]);
            late += 1;
            if late == PATIENCE || wstest.running.ended()?.is_some() {
                break;
            }
        } else {
            late = 0;
        }
    }
    connect(pass, &format!("{base}/updateReports?agent={}", pass.agent))?;
    wstest.report()
}

/// Waits until wstest listens, which it does a moment after it has said what it will run.
fn wait_for(port: u16) -> Result<()> {
    let start = Instant::now();
    while let Err(error) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) {
        if start.elapsed() > START {
            return Err(error).context("wstest does not listen");
        }
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// One connection of our client, to its end. How the client exits is its own matter: in many
/// cases the connection has to fail.
fn connect(pass: &Pass, url: &str) -> Result<()> {
    let mut command = Command::new(&pass.program);
    command
        .arg("--echo")
        .args(&pass.flags)
        .args(
            pass.tls
                .iter()
                .flat_map(|tls| [Path::new("--cacert"), &tls.certificate]),
        )
        .arg(url)
        // A pipe that stays open: the end of its input would be a reason to close.
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut client = Running::start(&mut command)?;
    // Taken, for waiting for the end of a child closes the pipe that it still owns.
    let stdin = client.child().stdin.take();
    client.wait_within(CASE)?;
    drop(stdin);
    Ok(())
}
