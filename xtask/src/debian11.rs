//! Packages of Debian 11, unpacked and not installed: for programs that newer systems have dropped
//! or have only in versions that no longer do what is tested.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::no_std::debian_mirror;
use crate::shell;

/// Downloads `packages` and unpacks them below `into`, with lists of apt's of our own in `apt`.
pub(crate) fn unpack(apt: &Path, packages: &[&str], into: &Path) -> Result<()> {
    let mirror = debian_mirror()?;
    for directory in ["lists/partial", "archives/partial", "debs"] {
        fs::create_dir_all(apt.join(directory))?;
    }
    let keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
    let list = format!("deb [signed-by={keyring}] {mirror} bullseye main\n");
    fs::write(apt.join("sources.list"), list)?;
    let apt_get = || {
        let mut command = Command::new("apt-get");
        for (key, path) in [
            ("Dir::Etc::SourceList", apt.join("sources.list")),
            ("Dir::Etc::SourceParts", "/dev/null".into()),
            ("Dir::State::Lists", apt.join("lists")),
            // What is installed here is another Debian's.
            ("Dir::State::Status", "/dev/null".into()),
            ("Dir::Cache", apt.to_owned()),
            ("Dir::Cache::Archives", apt.join("archives")),
        ] {
            command.arg("-o").arg(format!("{key}={}", path.display()));
        }
        command.current_dir(apt.join("debs"));
        command
    };
    shell::run(apt_get().args(["-qq", "update"]))?;
    shell::run(apt_get().args(["-qq", "download"]).args(packages))?;
    for entry in fs::read_dir(apt.join("debs"))? {
        shell::run(
            Command::new("dpkg-deb")
                .arg("-x")
                .args([&entry?.path(), into]),
        )?;
    }
    Ok(())
}

/// Where the libraries are in what was unpacked.
pub(crate) fn libraries(unpacked: &Path) -> PathBuf {
    let multiarch = format!("{}-linux-gnu", std::env::consts::ARCH);
    unpacked.join("usr/lib").join(multiarch)
}
