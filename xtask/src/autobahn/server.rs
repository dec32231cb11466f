//! Our server under test: it is started once and wstest connects to it case by case.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::json;

use crate::autobahn::Pass;
use crate::autobahn::install::Environment;
use crate::autobahn::report::Report;
use crate::autobahn::wstest::Wstest;
use crate::shell::Running;

/// How long the server may take to say where it listens.
const START: Duration = Duration::from_secs(20);

/// How long all cases may take together; a quarter of an hour is usual, most of it compression.
const LIMIT: Duration = Duration::from_secs(60 * 60);

/// Runs all cases of `pass`.
pub(super) fn run(environment: &Environment, pass: &Pass) -> Result<Report> {
    let (mut server, port) = start(pass)?;
    let specification = json!({
        "servers": [{"agent": pass.agent, "url": format!("{}://127.0.0.1:{port}/", pass.scheme())}],
    });
    let mut wstest = Wstest::start(environment, pass, "fuzzingclient", specification)?;
    let status = wstest.running.wait_within(LIMIT)?;
    if !status.success() {
        bail!("wstest failed: {status}");
    }
    if let Some(status) = server.ended()? {
        bail!("the server ended during the run: {status}");
    }
    wstest.report()
}

/// Starts the server and reads its port from its first line.
fn start(pass: &Pass) -> Result<(Running, u16)> {
    let mut command = Command::new(&pass.program);
    command
        .args(["--port", "0"])
        .args(&pass.flags)
        .args(
            pass.tls
                .iter()
                .flat_map(|tls| [Path::new("--tls"), &tls.certificate, &tls.key]),
        )
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    let mut server = Running::start(&mut command)?;
    let stdout = server.child().stdout.take().context("no stdout")?;
    let (sender, receiver) = mpsc::channel();
    // Reads to the end, so that the server can never block on a full pipe.
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    let line = receiver
        .recv_timeout(START)
        .context("the server does not say where it listens")?;
    let port = port(&line).with_context(|| format!("no port in the server's line `{line}`"))?;
    Ok((server, port))
}

/// The port in `listening on http://127.0.0.1:PORT/`.
fn port(line: &str) -> Option<u16> {
    let (_, rest) = line.rsplit_once(':')?;
    let digits = rest.trim_end().trim_end_matches('/');
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::port;

    #[test]
    fn the_port_is_read() {
        for (line, expect) in [
            ("listening on http://127.0.0.1:4321/", Some(4321)),
            ("listening on http://127.0.0.1:4321/\n", Some(4321)),
            ("listening on http://127.0.0.1/", None),
            ("", None),
        ] {
            assert_eq!(port(line), expect, "{line}");
        }
    }
}
