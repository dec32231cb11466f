//! Peers that we did not write, installed below the target directory, and the tests with them.
//!
//! What is installed is listed by `tests/interop/package.json` for npm and
//! `tests/interop/requirements.txt` for pip; the browser, curl and daemons come from Debian, and the
//! Autobahn of Python 2.7 from the environment of wstest. The tests find it all by variables:
//! `HYBI_INTEROP_DIR` is the directory that holds `node_modules` and `venv`, `HYBI_PYTHON2` is the
//! old interpreter, `HAPROXY` a proxy of Debian 11, and those in `debian` tell the rest;
//! `HYBI_PYTHON2_LIBRARIES` and `HAPROXY_LIBRARIES` are set where these have libraries of their
//! own, and `CHROMEDRIVER` where there is one.

pub(crate) mod debian;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::workspace::Workspace;
use crate::{autobahn, debian11, shell};

/// What to do besides installing.
#[derive(Args, Debug, Default)]
pub(crate) struct Options {
    /// Install the peers and run nothing.
    #[arg(long)]
    install_only: bool,
    /// Run only the tests whose names contain this.
    filter: Option<String>,
}

/// The lists of what to install, in this order.
const LISTS: [&str; 2] = ["package.json", "requirements.txt"];

/// Installs what is missing, then runs the tests of the feature `interop`.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    install(workspace)?;
    let autobahn = autobahn::install::environment(workspace)?;
    if options.install_only {
        return Ok(());
    }
    let mut command = shell::cargo(&workspace.root);
    command
        .args(["test", "--package", "hybi-tests", "--features", "interop"])
        .args(&options.filter)
        .env("HYBI_INTEROP_DIR", directory(workspace))
        .envs(debian::variables()?);
    let (haproxy, libraries) = haproxy(workspace)?;
    command.env("HAPROXY", haproxy);
    if let Some(libraries) = libraries {
        command.env("HAPROXY_LIBRARIES", libraries);
    }
    let (python, libraries) = autobahn.interpreter();
    command.env("HYBI_PYTHON2", python);
    if let Some(libraries) = libraries {
        command.env("HYBI_PYTHON2_LIBRARIES", libraries);
    }
    if let Some(driver) = shell::find_program("chromedriver") {
        command.env("CHROMEDRIVER", driver);
    }
    shell::run(&mut command)
}

/// Installs what is missing; returns at once when all is there.
pub(crate) fn install(workspace: &Workspace) -> Result<()> {
    install_packages(workspace)?;
    debian::install(&debian::PROGRAMS)
}

/// Installs what comes from npm and pip.
pub(crate) fn install_packages(workspace: &Workspace) -> Result<()> {
    let directory = directory(workspace);
    let lists = workspace.root.join("tests/interop");
    let stamp = directory.join("installed");
    let mut wanted = String::new();
    for list in LISTS {
        let path = lists.join(list);
        wanted += &fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}", workspace.relative(&path)))?;
    }
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        println!("peers from npm and PyPI: at hand");
    } else {
        fs::create_dir_all(&directory)?;
        for list in LISTS {
            fs::copy(lists.join(list), directory.join(list))?;
        }
        install_npm(&directory)?;
        install_pypi(&directory)?;
        // Last, so that an attempt that broke off is made again.
        fs::write(&stamp, wanted)?;
    }
    Ok(())
}

/// Where these are.
pub(crate) fn directory(workspace: &Workspace) -> PathBuf {
    workspace.target.join("interop")
}

fn install_npm(directory: &Path) -> Result<()> {
    if shell::find_program("npm").is_none() {
        bail!("the peers from npm need Node.js 18 or later, with npm");
    }
    // From nothing: what is there already npm would keep, whatever is overridden now.
    let modules = directory.join("node_modules");
    if modules.exists() {
        fs::remove_dir_all(&modules)?;
    }
    shell::run(
        Command::new("npm")
            .args(["install", "--no-audit", "--no-fund", "--no-package-lock"])
            .args(["--loglevel", "error"])
            .current_dir(directory),
    )
}

fn install_pypi(directory: &Path) -> Result<()> {
    let venv = directory.join("venv");
    if !venv.join("bin/pip").is_file() {
        shell::run(
            Command::new("python3")
                .args(["-m", "venv", "--clear"])
                .arg(&venv),
        )
        .context("the peers from PyPI need Python 3.9 or later, with venv")?;
    }
    shell::run(
        Command::new(venv.join("bin/pip"))
            .args(["install", "--quiet", "--disable-pip-version-check"])
            .args(["--requirement", "requirements.txt"])
            .current_dir(directory),
    )
}

/// The proxy and its libraries: Debian 11's, because from 2.4 on HAProxy refuses what came before
/// RFC 6455. A variable may name another.
fn haproxy(workspace: &Workspace) -> Result<(PathBuf, Option<PathBuf>)> {
    if let Some(set) = env::var_os("HAPROXY") {
        return Ok((set.into(), None));
    }
    let unpacked = directory(workspace).join("haproxy");
    let program = unpacked.join("usr/sbin/haproxy");
    let libraries = debian11::libraries(&unpacked);
    if !program.is_file() {
        let apt = directory(workspace).join("apt");
        debian11::unpack(&apt, &["haproxy", "liblua5.3-0", "libssl1.1"], &unpacked)
            .context("a HAProxy before 2.4 is needed; say where by the variable HAPROXY")?;
    }
    Ok((program, Some(libraries)))
}
