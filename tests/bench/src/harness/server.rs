//! A server that is measured.

use std::env;
use std::process::Command;

use anyhow::Result;

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Server {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) side: Side,
    pub(crate) deflate: Deflate,
    program: Program,
    arguments: &'static [&'static str],
}

/// Whether a server is measured with permessage-deflate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Deflate {
    Not,
    /// It forgets what it has sent and received, whatever was agreed to.
    WithoutTakeover,
    Fully,
}

/// What runs it.
#[derive(Clone, Copy, Debug)]
enum Program {
    /// A program of its own, beside this one.
    Own(&'static str),
    /// Node.js, and a script.
    Node(&'static str),
}

/// Names the directory that holds the packages from npm, which `cargo xtask bench` installs.
const PACKAGES: &str = "HYBI_BENCH_NPM";

/// On which side of the comparison a server is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Side {
    /// TCP without a protocol: no handshake, everything comes back as it was.
    Raw,
    Floor,
    Hybi,
    Peer,
}

/// One that is measured without it.
pub(crate) const fn server(
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
        deflate: Deflate::Not,
        program: Program::Own(program),
        arguments,
    }
}

/// One that is measured with permessage-deflate.
pub(crate) const fn deflate(
    name: &'static str,
    about: &'static str,
    side: Side,
    program: &'static str,
    arguments: &'static [&'static str],
) -> Server {
    Server {
        deflate: Deflate::Fully,
        ..server(name, about, side, program, arguments)
    }
}

impl Server {
    /// The same, run by Node.js from a script of ours.
    pub(crate) const fn on_node(self, script: &'static str) -> Self {
        Self {
            program: Program::Node(script),
            ..self
        }
    }

    /// The same, which forgets what it has sent and received, whatever was agreed to.
    pub(crate) const fn without_takeover(self) -> Self {
        Self {
            deflate: Deflate::WithoutTakeover,
            ..self
        }
    }

    /// Whether it is needed to show deflate: it speaks it, or is what that is measured by.
    pub(crate) fn is_of_deflate(&self) -> bool {
        self.deflate != Deflate::Not || matches!(self.side, Side::Floor | Side::Hybi)
    }

    /// What starts it.
    pub(crate) fn command(&self) -> Result<Command> {
        let mut command = match self.program {
            Program::Own(name) => {
                let mut path = env::current_exe()?;
                path.set_file_name(format!("server-{name}"));
                Command::new(path)
            }
            Program::Node(script) => {
                let mut command = Command::new("node");
                command.arg(format!("{}/npm/{script}", env!("CARGO_MANIFEST_DIR")));
                command
            }
        };
        command.args(self.arguments);
        Ok(command)
    }

    /// What it needs and this machine has not.
    pub(crate) fn lacks(&self) -> Option<String> {
        let is_there = match self.program {
            Program::Own(_) => true,
            Program::Node(_) => env::var_os(PACKAGES).is_some(),
        };
        (!is_there).then(|| format!("no packages from npm; {PACKAGES} would say where they are"))
    }
}
