//! The examples of the crate `hybi`, built once and started as programs.

use core::net::SocketAddr;
use std::process::Command;

use crate::certificates::{Authority, Identity};
use crate::directory::DIRECTORY;
use crate::process::Process;

/// Which runtime an example uses.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Runtime {
    Smol,
    Tokio,
}

impl Runtime {
    pub(crate) const ALL: [Self; 2] = [Self::Smol, Self::Tokio];

    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Smol => &[],
            Self::Tokio => &["--tokio"],
        }
    }
}

/// An example as a command, for this runtime.
pub(crate) fn example(name: &str, runtime: Runtime) -> Command {
    let mut command = Command::new(DIRECTORY.join(name));
    command.args(runtime.arguments());
    command
}

/// The echo example, listening; its address is `127.0.0.1:PORT/` without the scheme.
pub(crate) fn echo(runtime: Runtime) -> (Process, String) {
    echo_with(runtime, &[])
}

/// As [`echo`], with more arguments.
pub(crate) fn echo_with(runtime: Runtime, arguments: &[&str]) -> (Process, String) {
    let mut command = example("echo", runtime);
    listening(
        command.args(["--port", "0"]).args(arguments),
        "listening on http://",
    )
}

/// The echo example on this port, which is free.
pub(crate) fn echo_at(port: u16, runtime: Runtime) -> Process {
    let mut command = example("echo", runtime);
    command.args(["--port", &port.to_string()]);
    listening(&mut command, "listening on http://").0
}

/// The echo example over TLS; with `clients`, only for those whose certificate is by this
/// authority.
pub(crate) fn echo_tls(
    runtime: Runtime,
    identity: &Identity,
    clients: Option<&Authority>,
) -> (Process, SocketAddr) {
    let mut command = example("echo", runtime);
    command.args(["--port", "0", "--tls"]);
    command.args([identity.certificate_path(), identity.key_path()]);
    if let Some(clients) = clients {
        command.arg("--client-ca").arg(clients.path());
    }
    let (process, address) = listening(&mut command, "listening on https://");
    let address = address.trim_end_matches('/').parse();
    (process, address.expect("an address"))
}

/// Starts it and reads where it listens, which it says in this way.
fn listening(command: &mut Command, prefix: &str) -> (Process, String) {
    let process = Process::start(command);
    let line = process.line().expect("the example has ended");
    let address = line.strip_prefix(prefix);
    let address = address
        .unwrap_or_else(|| panic!("no address in {line:?}"))
        .to_owned();
    (process, address)
}

/// The events example, listening with these arguments; its address is `127.0.0.1:PORT`.
pub(crate) fn events(runtime: Runtime, arguments: &[&str]) -> (Process, String) {
    let process = Process::start(example("events", runtime).args(arguments));
    let line = process.line().expect("the example has ended");
    let address = line.strip_prefix("listening on http://");
    let address = address.and_then(|address| address.strip_suffix('/'));
    let address = address
        .unwrap_or_else(|| panic!("no address in {line:?}"))
        .to_owned();
    (process, address)
}
