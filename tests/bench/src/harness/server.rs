//! The servers that are measured.

use std::env;
use std::path::PathBuf;

use anyhow::Result;

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Server {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) side: Side,
    program: &'static str,
    pub(crate) arguments: &'static [&'static str],
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
        "raw-uring",
        "TCP echo on io_uring, by compio 0.19.2",
        Side::Raw,
        "raw-uring",
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
        "hybi-uring",
        "ws-driver on io_uring, by compio 0.19.2",
        Side::Hybi,
        "hybi-uring",
        &[],
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
    server("wtx", "wtx 0.46.1 on tokio", Side::Peer, "wtx", &[]),
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
    /// Where its program is: beside this one.
    pub(crate) fn program(&self) -> Result<PathBuf> {
        let mut path = env::current_exe()?;
        path.set_file_name(format!("server-{}", self.program));
        Ok(path)
    }
}
