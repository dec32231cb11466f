//! The peers: scripts that print a JSON object per line.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::certificates::Identity;
use crate::process::Process;

/// An implementation that we did not write.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Peer {
    /// npm's `ws`.
    Ws,
    /// npm's `websocket-driver`, by faye.
    WebsocketDriver,
    /// The Python package `websockets`.
    Websockets,
    /// The last `websocket-driver` that speaks the versions before RFC 6455.
    OldWebsocketDriver,
    /// npm's `faye-websocket`.
    FayeWebsocket,
    /// The same on top of the old `websocket-driver`; a server only.
    OldFayeWebsocket,
    /// The Python package `autobahn` as of 2014, on Python 2.7, speaking hixie-76.
    AutobahnHixie,
    /// Chromium, on the page of the echo example; a client only.
    Chromium,
    /// Chromium's EventSource; a client only.
    ChromiumEvents,
    /// Chromium, on an application behind TLS and HTTP/2; a client only.
    ChromiumH2,
    /// The EventSource server of npm's `faye-websocket`.
    FayeEvents,
}

impl Peer {
    /// Starts it. The modes are told in `interop/matrix.mjs`.
    pub(crate) fn start(self, arguments: &[&str]) -> Running {
        self.start_with(arguments, None)
    }

    /// Starts it, with options for permessage-deflate in the words of the library.
    pub(crate) fn start_with(self, arguments: &[&str], deflate: Option<&Value>) -> Running {
        Running(Process::start(&mut self.deflating(arguments, deflate)))
    }

    /// Starts it as a server over TLS, which [`Self::Ws`] and [`Self::Websockets`] can be.
    pub(crate) fn start_over_tls(self, identity: &Identity, arguments: &[&str]) -> Running {
        let mut command = self.command(arguments);
        command.env("HYBI_TLS", identity.combined_path());
        Running(Process::start(&mut command))
    }

    /// Starts it as a client that trusts the certificates in this file.
    pub(crate) fn start_trusting(self, roots: &Path, arguments: &[&str]) -> Running {
        self.start_trusting_with(roots, arguments, None)
    }

    /// The same, with options for permessage-deflate in the words of the library.
    pub(crate) fn start_trusting_with(
        self,
        roots: &Path,
        arguments: &[&str],
        deflate: Option<&Value>,
    ) -> Running {
        let mut command = self.deflating(arguments, deflate);
        trust(&mut command, roots);
        Running(Process::start(&mut command))
    }

    /// The same, and shows a certificate of its own.
    pub(crate) fn start_as(
        self,
        client: Option<&Identity>,
        roots: &Path,
        arguments: &[&str],
    ) -> Running {
        let mut command = self.command(arguments);
        trust(&mut command, roots);
        if let Some(client) = client {
            command.env("HYBI_TLS", client.combined_path());
        }
        Running(Process::start(&mut command))
    }

    fn deflating(self, arguments: &[&str], deflate: Option<&Value>) -> Command {
        let mut command = self.command(arguments);
        if let Some(options) = deflate {
            command.env("HYBI_DEFLATE", options.to_string());
        }
        command
    }

    fn command(self, arguments: &[&str]) -> Command {
        let home = env::var_os("HYBI_INTEROP_DIR").map(PathBuf::from);
        let home = home.expect("HYBI_INTEROP_DIR is set by `cargo xtask interop`");
        let (program, script) = match self {
            Self::Ws => ("node".into(), "ws.mjs"),
            Self::WebsocketDriver | Self::OldWebsocketDriver => {
                ("node".into(), "websocket-driver.mjs")
            }
            Self::Chromium => ("node".into(), "browser.mjs"),
            Self::ChromiumEvents => ("node".into(), "browser-events.mjs"),
            Self::ChromiumH2 => ("node".into(), "browser-h2.mjs"),
            Self::FayeEvents => ("node".into(), "faye-events.mjs"),
            Self::FayeWebsocket | Self::OldFayeWebsocket => ("node".into(), "faye-websocket.mjs"),
            Self::Websockets => (home.join("venv/bin/python"), "websockets-peer.py"),
            Self::AutobahnHixie => {
                let python = env::var_os("HYBI_PYTHON2").map(PathBuf::from);
                let python = python.expect("HYBI_PYTHON2 is set by `cargo xtask interop`");
                (python, "autobahn-hixie.py")
            }
        };
        let script = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("interop")
            .join(script);
        let mut command = Command::new(program);
        command
            .arg(script)
            .args(arguments)
            .env("HYBI_INTEROP_DIR", home);
        match self {
            Self::OldWebsocketDriver => {
                command.env("WEBSOCKET_DRIVER", "websocket-driver-0.6");
            }
            Self::OldFayeWebsocket => {
                command.env("FAYE_WEBSOCKET", "faye-websocket-on-0.6");
            }
            _ => {}
        }
        if let (Self::AutobahnHixie, Some(libraries)) =
            (self, env::var_os("HYBI_PYTHON2_LIBRARIES"))
        {
            command.env("LD_LIBRARY_PATH", libraries);
        }
        command
    }
}

fn trust(command: &mut Command, roots: &Path) {
    // Read by OpenSSL for Python, and by Node.
    command.env("SSL_CERT_FILE", roots);
    command.env("NODE_EXTRA_CA_CERTS", roots);
}

/// A peer at work.
#[derive(Debug)]
pub(crate) struct Running(Process);

impl Running {
    /// The port it listens on: the first thing that a server tells.
    pub(crate) fn port(&self) -> u64 {
        let line = self.0.line().expect("the peer has ended");
        let port = parse(&line)["listening"].as_u64();
        port.unwrap_or_else(|| panic!("no port in {line}"))
    }

    /// The next thing that it tells.
    pub(crate) fn next(&self) -> Value {
        parse(&self.0.line().expect("the peer has ended"))
    }

    /// Asks it to end, as a service is asked.
    pub(crate) fn terminate(&self) {
        self.0.terminate();
    }

    /// Waits until the peer is done with all its cases, and gives back their names.
    ///
    /// Panics when one of them failed, with what the peer says about it.
    pub(crate) fn cases(self) -> Vec<String> {
        let (status, lines) = self.0.finish();
        let lines: Vec<Value> = lines.iter().map(|line| parse(line)).collect();
        let error = lines.iter().find(|line| !line["error"].is_null());
        let cases: Vec<String> = lines
            .iter()
            .filter_map(|line| line["case"].as_str())
            .map(str::to_owned)
            .collect();
        assert!(
            error.is_none() && status.success(),
            "{status}, {error:?}, after {cases:?}"
        );
        assert_eq!(lines.last().expect("no line")["done"], true);
        cases
    }
}

fn parse(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}"))
}
