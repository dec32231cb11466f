//! Programs from Debian: taken where they are, and installed, all at once, where they are not.

use std::env;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::shell;

/// A program that tests start.
pub(crate) struct Program {
    /// Tells the tests where it is; set by a user, it tells us.
    pub(crate) variable: &'static str,
    pub(crate) name: &'static str,
    pub(crate) packages: &'static [&'static str],
}

/// What the tests of `interop` start.
pub(super) const PROGRAMS: [Program; 6] = [
    Program {
        variable: "CHROMIUM",
        name: "chromium",
        packages: &["chromium", "chromium-driver"],
    },
    Program {
        variable: "HYBI_CURL",
        name: "curl",
        packages: &["curl"],
    },
    Program {
        variable: "HYBI_MICROSOCKS",
        name: "microsocks",
        packages: &["microsocks"],
    },
    // Without the modules that `nginx-light` adds.
    Program {
        variable: "HYBI_NGINX",
        name: "nginx",
        packages: &["nginx"],
    },
    // The package `squid` is the same on top of GnuTLS.
    Program {
        variable: "HYBI_SQUID",
        name: "squid",
        packages: &["squid-openssl"],
    },
    // The package `tinyproxy` adds a service.
    Program {
        variable: "HYBI_TINYPROXY",
        name: "tinyproxy",
        packages: &["tinyproxy-bin"],
    },
];

/// Where daemons are; `PATH` has these directories for root only.
const SYSTEM: [&str; 2] = ["/usr/sbin", "/sbin"];

/// Asked by the scripts of packages whether to start a service: 101 says no.
const POLICY: &str = "/usr/sbin/policy-rc.d";

impl Program {
    fn find(&self) -> Option<PathBuf> {
        let set = env::var_os(self.variable).map(PathBuf::from);
        let system = SYSTEM.map(|directory| Path::new(directory).join(self.name));
        set.or_else(|| shell::find_program(self.name))
            .or_else(|| system.into_iter().find(|path| path.is_file()))
    }

    /// Where it is, once it is installed.
    pub(crate) fn path(&self) -> Result<PathBuf> {
        let (name, variable) = (self.name, self.variable);
        self.find()
            .with_context(|| format!("there is no {name}; say where by the variable {variable}"))
    }
}

/// The variables that tell tests where the programs are.
pub(super) fn variables() -> Result<Vec<(&'static str, PathBuf)>> {
    let found = PROGRAMS.iter();
    found
        .map(|program| Ok((program.variable, program.path()?)))
        .collect()
}

/// Installs what is missing. That needs root; where we are not root, the user is told what to do.
pub(crate) fn install(programs: &[Program]) -> Result<()> {
    let missing: Vec<&Program> = programs
        .iter()
        .filter(|program| program.find().is_none())
        .collect();
    if missing.is_empty() {
        let names: Vec<&str> = programs.iter().map(|program| program.name).collect();
        println!("at hand: {}", names.join(", "));
        return Ok(());
    }
    let is_root = shell::read(Command::new("id").arg("-u"))?.trim() == "0";
    if !is_root || shell::find_program("apt-get").is_none() {
        bail!("{}", advice(&missing));
    }
    // Until the end of this function.
    let _no_services = NoServices::impose()?;
    shell::run(Command::new("apt-get").args(["update", "-qq"]))?;
    shell::run(
        Command::new("apt-get")
            .args(["install", "-y", "-qq", "--no-install-recommends"])
            .args(packages(&missing))
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )
}

fn packages<'a>(programs: &'a [&Program]) -> impl Iterator<Item = &'static str> + 'a {
    programs
        .iter()
        .flat_map(|program| program.packages.iter().copied())
}

fn advice(missing: &[&Program]) -> String {
    let names: Vec<&str> = missing.iter().map(|program| program.name).collect();
    let variables: Vec<&str> = missing.iter().map(|program| program.variable).collect();
    let packages: Vec<&str> = packages(missing).collect();
    format!(
        "the tests need {}: `sudo apt-get install --no-install-recommends {}`, or say where by {}",
        names.join(", "),
        packages.join(" "),
        variables.join(", ")
    )
}

/// While this lives, no package starts a service of the system: tests start their own.
struct NoServices {
    ours: bool,
}

impl NoServices {
    fn impose() -> Result<Self> {
        let mut options = OpenOptions::new();
        let file = options
            .write(true)
            .create_new(true)
            .mode(0o755)
            .open(POLICY);
        match file {
            Ok(mut file) => {
                // A value first, so that a file that was not written to its end is removed too.
                let imposed = Self { ours: true };
                file.write_all(b"#!/bin/sh\nexit 101\n")?;
                Ok(imposed)
            }
            // The system has a policy already, as containers do.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(Self { ours: false }),
            Err(error) => Err(error).with_context(|| format!("cannot write {POLICY}")),
        }
    }
}

impl Drop for NoServices {
    fn drop(&mut self) {
        if self.ours {
            // It may have been removed meanwhile.
            let _ = fs::remove_file(POLICY);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{PROGRAMS, Program, advice};

    #[test]
    fn who_is_not_root_is_told_what_to_install() {
        let all: Vec<&Program> = PROGRAMS.iter().collect();
        let text = advice(&all);
        for program in &PROGRAMS {
            for word in [program.name, program.variable]
                .iter()
                .chain(program.packages)
            {
                assert!(text.contains(word), "{word}: {text}");
            }
        }
    }

    #[test]
    fn programs_are_found_outside_of_the_path() {
        // `chroot` and `ldconfig` are for root, and everywhere.
        let names = ["chroot", "ldconfig"];
        let found = names.map(|name| Program {
            variable: "HYBI_NOT_SET",
            name,
            packages: &[],
        });
        let found = found.iter().filter_map(Program::find).count();
        assert!(found > 0, "none of {names:?}");
    }
}
