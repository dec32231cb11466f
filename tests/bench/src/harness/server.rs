//! The servers that are measured, and one of them while it runs.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Server {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) side: Side,
    program: &'static str,
    arguments: &'static [&'static str],
}

/// On which side of the comparison a server is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Side {
    /// TCP without a protocol: no handshake, everything comes back as it was.
    Raw,
    Floor,
    Hybi,
    Peer,
}

/// All of them, in the order of the table.
pub(crate) const ALL: &[Server] = &[
    server(
        "raw-epoll",
        "TCP echo on epoll",
        Side::Raw,
        "raw-epoll",
        &[],
    ),
    server(
        "raw-tokio",
        "TCP echo on tokio",
        Side::Raw,
        "raw-tokio",
        &[],
    ),
    server(
        FLOOR,
        "the least that a WebSocket echo can do, on epoll",
        Side::Floor,
        "floor",
        &[],
    ),
    server(
        "hybi-epoll",
        "ws-driver in an epoll loop",
        Side::Hybi,
        "hybi-epoll",
        &[],
    ),
    server(
        "hybi-tokio",
        "the example `echo` on tokio",
        Side::Hybi,
        "hybi",
        &["--port", "0", "--tokio"],
    ),
    server(
        "hybi-smol",
        "the example `echo` on smol",
        Side::Hybi,
        "hybi",
        &["--port", "0"],
    ),
    server(
        "tungstenite",
        "tokio-tungstenite 0.30.0",
        Side::Peer,
        "tungstenite",
        &[],
    ),
    server(
        "tungstenite-8k",
        "the same with a read buffer of 8 KiB",
        Side::Peer,
        "tungstenite",
        &["--buffer", "8192"],
    ),
    server(
        "tungstenite+b",
        "the same, batching",
        Side::Peer,
        "tungstenite",
        &["--buffer", "8192", "--batch"],
    ),
    server(
        "fastwebsockets",
        "fastwebsockets 0.10.0",
        Side::Peer,
        "fastwebsockets",
        &[],
    ),
    server(
        "tokio-websockets",
        "tokio-websockets 0.13.3",
        Side::Peer,
        "tokio-websockets",
        &[],
    ),
    server(
        "tokio-websockets+b",
        "the same, batching",
        Side::Peer,
        "tokio-websockets",
        &["--batch"],
    ),
    server(
        "soketto",
        "soketto 0.8.1 on tokio",
        Side::Peer,
        "soketto",
        &[],
    ),
    server(
        "soketto+b",
        "the same, batching",
        Side::Peer,
        "soketto",
        &["--batch"],
    ),
    server("yawc", "yawc 0.5.0", Side::Peer, "yawc", &[]),
    server(
        "yawc+b",
        "the same, batching",
        Side::Peer,
        "yawc",
        &["--batch"],
    ),
    server(
        "yawc-64k+b",
        "the same with a read buffer of 64 KiB",
        Side::Peer,
        "yawc",
        &["--batch", "--buffer", "65536"],
    ),
    server("sockudo", "sockudo-ws 3.1.0", Side::Peer, "sockudo", &[]),
    server(
        "sockudo+b",
        "the same, batching",
        Side::Peer,
        "sockudo",
        &["--batch"],
    ),
    server(
        "smol-tungstenite",
        "async-tungstenite 0.35.0 on smol",
        Side::Peer,
        "smol-tungstenite",
        &["--buffer", "8192"],
    ),
    server(
        "smol-tungstenite+b",
        "the same, batching",
        Side::Peer,
        "smol-tungstenite",
        &["--buffer", "8192", "--batch"],
    ),
];

/// The name of the server that all others are measured by.
pub(crate) const FLOOR: &str = "floor";

const fn server(
    name: &'static str,
    about: &'static str,
    side: Side,
    program: &'static str,
    arguments: &'static [&'static str],
) -> Server {
    Server {
        name,
        about,
        side,
        program,
        arguments,
    }
}

impl Server {
    /// Starts the server, which has been built beside this program.
    pub(crate) fn start(&self) -> Result<Running> {
        let program = self.program()?;
        let mut child = Command::new(&program)
            .args(self.arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            // What it has to say of connections that end is of no interest.
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let stdout = child.stdout.take();
        let mut running = Running { child, port: 0 };
        let mut line = String::new();
        BufReader::new(stdout.context("no stdout")?).read_line(&mut line)?;
        running.port = line
            .trim_end_matches(['/', '\n'])
            .rsplit(':')
            .next()
            .and_then(|port| port.parse().ok())
            .with_context(|| format!("no port in `{line}`"))?;
        Ok(running)
    }

    fn program(&self) -> Result<PathBuf> {
        let mut path = env::current_exe()?;
        path.set_file_name(format!("server-{}", self.program));
        Ok(path)
    }
}

/// A server that is killed, by its own id, when this value is dropped.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    pub(crate) port: u16,
}

impl Running {
    /// The CPU time of all its threads.
    pub(crate) fn cpu_time(&self) -> Result<Duration> {
        let mut nanoseconds = 0;
        for task in fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let text = fs::read_to_string(task?.path().join("schedstat"))?;
            let spent = text.split(' ').next().unwrap_or_default();
            nanoseconds += spent.parse::<u64>().context("schedstat")?;
        }
        Ok(Duration::from_nanos(nanoseconds))
    }

    /// Its resident memory that is no file's, in bytes.
    pub(crate) fn memory(&self) -> Result<u64> {
        let text = fs::read_to_string(format!("/proc/{}/smaps_rollup", self.child.id()))?;
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix("Anonymous:"))
            .context("smaps_rollup has no line `Anonymous:`")?;
        let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kibibytes << 10)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only when it has already been waited for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
