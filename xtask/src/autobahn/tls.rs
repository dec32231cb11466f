//! A certificate for whoever is the server, which the other end is told to believe.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::autobahn::install::Environment;
use crate::shell;

/// Makes it, with the OpenSSL that wstest runs on.
const SCRIPT: &str = include_str!("certificate.py");

/// The files with a certificate for 127.0.0.1, which is its own root, and its key.
#[derive(Clone, Debug)]
pub(super) struct Certificate {
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
}

impl Certificate {
    /// Makes one that is good for a day.
    pub(super) fn make(environment: &Environment, target: &Path) -> Result<Self> {
        let directory = target.join("autobahn/tls");
        fs::create_dir_all(&directory)?;
        let script = directory.join("certificate.py");
        fs::write(&script, SCRIPT)?;
        let made = Self {
            certificate: directory.join("certificate.pem"),
            key: directory.join("key.pem"),
        };
        let mut python = environment.command("python");
        // That Python 2.7 is old is known.
        python.args(["-W", "ignore"]).arg(script);
        shell::run(python.args([&made.certificate, &made.key]))?;
        Ok(made)
    }
}
