//! wstest, which runs on Python 2.7 only, in an environment of its own below the target directory.
//!
//! The interpreter is pyenv's or the system's; where there is none, Debian 11's packages are
//! unpacked (not installed). virtualenv 20.21 is the last one that can serve Python 2.7.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;
use crate::{debian11, shell};

/// The versions of everything that gets installed.
const CONSTRAINTS: &str = include_str!("constraints.txt");

/// The last virtualenv that can make an environment for Python 2.7.
const VIRTUALENV: &str = "virtualenv==20.21.1";

/// Debian 11's Python 2.7, its headers for building wheels, and the libraries that Debian 12 has
/// in newer versions only.
const DEBIAN: [&str; 8] = [
    "python2.7",
    "python2.7-minimal",
    "libpython2.7-minimal",
    "libpython2.7-stdlib",
    "libpython2.7-dev",
    "libpython2.7",
    "libffi7",
    "libssl1.1",
];

/// An installed wstest.
#[derive(Debug)]
pub(crate) struct Environment {
    bin: PathBuf,
    /// Where the unpacked interpreter finds its libraries.
    libraries: Option<PathBuf>,
}

impl Environment {
    /// Its interpreter, and where that finds its libraries if the system does not know.
    pub(crate) fn interpreter(&self) -> (PathBuf, Option<&Path>) {
        (self.bin.join("python"), self.libraries.as_deref())
    }

    /// `program` of this environment.
    pub(super) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.bin.join(program));
        self.add_libraries(&mut command);
        command
    }

    fn add_libraries(&self, command: &mut Command) {
        if let Some(libraries) = &self.libraries {
            command.env("LD_LIBRARY_PATH", libraries);
        }
    }
}

/// Gives the environment, which is made when it is not there or no longer what is wanted.
pub(crate) fn environment(workspace: &Workspace) -> Result<Environment> {
    let home = workspace.target.join("autobahn");
    let stamp = home.join("installed");
    let interpreter = interpreter(&home);
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == CONSTRAINTS)
        && let Some(interpreter) = interpreter
    {
        println!("wstest: at hand");
        return Ok(in_home(&home, &interpreter));
    }
    fs::create_dir_all(&home)?;
    let interpreter = match interpreter {
        Some(interpreter) => interpreter,
        None => unpack_from_debian(&home)?,
    };
    let environment = in_home(&home, &interpreter);
    make(&home, &interpreter, &environment)?;
    // Last, so that an attempt that broke off is made again.
    fs::write(&stamp, CONSTRAINTS)?;
    Ok(environment)
}

fn in_home(home: &Path, interpreter: &Path) -> Environment {
    let unpacked = unpacked(home);
    let libraries = interpreter
        .starts_with(&unpacked)
        .then(|| debian11::libraries(&unpacked));
    Environment {
        bin: home.join("env/bin"),
        libraries,
    }
}

fn make(home: &Path, interpreter: &Path, environment: &Environment) -> Result<()> {
    let tool = home.join("virtualenv");
    shell::run(
        Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&tool),
    )
    .context("Autobahn's suite needs Python 3.7 or later, with venv, to be installed")?;
    shell::run(Command::new(tool.join("bin/pip")).args([
        "install",
        "--quiet",
        "--disable-pip-version-check",
        VIRTUALENV,
    ]))?;
    let mut virtualenv = Command::new(tool.join("bin/virtualenv"));
    environment.add_libraries(&mut virtualenv);
    shell::run(
        virtualenv
            .args(["--quiet", "--clear", "--no-periodic-update", "--python"])
            .arg(interpreter)
            .arg(home.join("env")),
    )?;
    fs::write(home.join("constraints.txt"), CONSTRAINTS)?;
    let mut pip = environment.command("pip");
    pip.args(["install", "--quiet", "--disable-pip-version-check"])
        .args(["--no-python-version-warning", "--constraint"])
        .arg(home.join("constraints.txt"))
        .arg("autobahntestsuite");
    if environment.libraries.is_some() {
        // Wheels that have to be built are built against the unpacked headers.
        let include = unpacked(home).join("usr/include/python2.7");
        pip.env("CFLAGS", format!("-I{}", include.display()));
    }
    shell::run(&mut pip)
}

/// Python 2.7: pyenv's, the system's, or the one that was unpacked before.
fn interpreter(home: &Path) -> Option<PathBuf> {
    let unpacked = unpacked(home).join("usr/bin/python2.7");
    let candidates = pyenv()
        .into_iter()
        .chain(shell::find_program("python2.7"))
        .chain([unpacked]);
    // One of pyenv's shims is there and yet does not run: asking is the only way to know.
    candidates.into_iter().find(|candidate| works(candidate))
}

fn works(interpreter: &Path) -> bool {
    Command::new(interpreter)
        .args(["-c", "pass"])
        .output()
        .is_ok_and(|output| output.status.success())
}

/// The newest 2.7 of pyenv.
fn pyenv() -> Option<PathBuf> {
    let root = shell::read(Command::new("pyenv").arg("root")).ok()?;
    let versions = fs::read_dir(Path::new(root.trim()).join("versions")).ok()?;
    versions
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("2.7")
        })
        .max()
        .map(|path| path.join("bin/python2.7"))
}

/// Downloads and unpacks Debian 11's packages.
fn unpack_from_debian(home: &Path) -> Result<PathBuf> {
    if shell::find_program("apt-get").is_none() {
        bail!("Autobahn's suite needs Python 2.7: `pyenv install 2.7.18`");
    }
    let unpacked = unpacked(home);
    debian11::unpack(&home.join("apt"), &DEBIAN, &unpacked)?;
    let interpreter = unpacked.join("usr/bin/python2.7");
    if !works(&interpreter) {
        bail!("Debian 11's Python 2.7 does not run here");
    }
    Ok(interpreter)
}

fn unpacked(home: &Path) -> PathBuf {
    home.join("python2.7")
}
