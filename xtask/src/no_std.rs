//! The crates below L3 on bare metal, and what can be said about them without it.
//!
//! A target without an operating system has `core` and `alloc` only, so building for it proves
//! that nothing in a crate or under it needs more. Rustup has no such target here as a rule;
//! instead `core` and `alloc` are built from source with `-Z build-std`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::Value;

use crate::shell;
use crate::source::{Source, starts_with};
use crate::workspace::{Package, Workspace};

/// A Cortex-M4 with floating point: 32 bits, no operating system. And the web's machine, which has
/// a std that panics when it is asked for time or randomness.
const TARGETS: [&str; 2] = ["thumbv7em-none-eabihf", "wasm32-unknown-unknown"];

/// Debian's packages of the standard library's source: the compiler's version, the file in the
/// pool of the source package rustc, and its SHA-256.
const DEBIAN: [(&str, &str, &str); 1] = [(
    "1.95.0",
    "rust-src_1.95.0+dfsg1-2~bpo13+1_all.deb",
    "7b76db5b880a77f9e52975d2baa6209d2f76d2c9c2789515c3088cb960e2c83b",
)];

/// How far to go.
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// Download nothing: without the source at hand, check only what can be checked without it.
    #[arg(long)]
    offline: bool,
}

/// Builds for bare metal, downloading the standard library's source if need be and allowed.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    gate(workspace, !options.offline)
}

/// Builds for bare metal if that can be done at once or `full` allows a download; otherwise
/// checks what can be checked, and says so.
pub(crate) fn gate(workspace: &Workspace, full: bool) -> Result<()> {
    let packages: Vec<&Package> = no_std_packages(workspace)?;
    let names: Vec<&str> = packages.iter().map(|package| &*package.name).collect();
    let installed = installed_targets()?;
    let has = |target: &&str| installed.iter().any(|other| other == target);
    if TARGETS.iter().all(has) {
        build(workspace, &packages, None)?;
    } else if let Some(library) = library(workspace, full)? {
        build(workspace, &packages, Some(&library))?;
    } else {
        let count = check_attributes(workspace, &names)?;
        println!(
            "checked: {} and the {count} crates under them say `no_std` in their roots\n\
             not checked: that they build where there is no std; `cargo xtask no-std` does that",
            names.join(", ")
        );
        return Ok(());
    }
    println!(
        "checked: {} build for {}",
        names.join(", "),
        TARGETS.join(" and ")
    );
    Ok(())
}

/// The libraries whose root says `#![no_std]`; the layers check says which ones have to.
fn no_std_packages(workspace: &Workspace) -> Result<Vec<&Package>> {
    let mut found = Vec::new();
    for package in workspace.libraries() {
        if is_no_std(&package.dir.join("src/lib.rs"))? {
            found.push(package);
        }
    }
    if found.is_empty() {
        bail!("no library says `#![no_std]`");
    }
    Ok(found)
}

fn build(workspace: &Workspace, packages: &[&Package], library: Option<&Path>) -> Result<()> {
    for target in TARGETS {
        for package in packages {
            let mut command = shell::cargo(&workspace.root);
            command
                .args(["build", "--quiet", "--lib", "--no-default-features"])
                .args(["--features", &features(package).join(",")])
                .args(["--package", &package.name, "--target", target])
                .env("CARGO_TARGET_DIR", workspace.target.join("no-std"));
            if let Some(library) = library {
                command
                    .args(["-Z", "build-std=core,alloc"])
                    .env("RUSTC_BOOTSTRAP", "1")
                    .env("__CARGO_TESTS_ONLY_SRC_ROOT", library);
            }
            shell::run(&mut command)?;
        }
    }
    Ok(())
}

/// What is switched on for bare metal: all but what brings std, by itself or below it.
fn features(package: &Package) -> Vec<&str> {
    const HOSTED: [&str; 4] = ["default", "http", "simdutf8", "zlib-rs"];
    // The umbrella's are about runtimes, and the rest is built with the crates themselves.
    let is_umbrella = package.name == "hybi";
    let all = package.features.keys().map(String::as_str);
    all.filter(|name| !is_umbrella && !HOSTED.contains(name))
        .collect()
}

/// The targets whose standard library rustup (or a distribution) has installed.
fn installed_targets() -> Result<Vec<String>> {
    let sysroot = shell::read(Command::new("rustc").args(["--print", "sysroot"]))?;
    let directory = Path::new(sysroot.trim()).join("lib/rustlib");
    let mut found = Vec::new();
    for entry in fs::read_dir(&directory).into_iter().flatten() {
        let path = entry?.path();
        if path.join("lib").is_dir() {
            found.extend(path.file_name().map(|name| name.to_string_lossy().into()));
        }
    }
    Ok(found)
}

/// The standard library's source for exactly this compiler: rustup's, the one that was
/// downloaded before, or, if `download` allows it, Debian's.
pub(crate) fn library(workspace: &Workspace, download: bool) -> Result<Option<PathBuf>> {
    let sysroot = shell::read(Command::new("rustc").args(["--print", "sysroot"]))?;
    let version = rustc_version()?;
    let cache = workspace.target.join("rust-src").join(&version);
    let rustup = Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library");
    let cached = cache.join("library");
    for candidate in [rustup, cached.clone()] {
        if candidate.join("core/Cargo.toml").is_file() {
            return Ok(Some(candidate));
        }
    }
    if !download {
        return Ok(None);
    }
    let Some((_, file, digest)) = DEBIAN.iter().find(|(known, ..)| *known == version) else {
        bail!(
            "no source of the standard library for {version} is known here: \
             `rustup component add rust-src`, or `rustup target add {}`",
            TARGETS.join(" ")
        );
    };
    fetch_from_debian(&cache, file, digest)?;
    Ok(Some(cached))
}

fn fetch_from_debian(cache: &Path, file: &str, digest: &str) -> Result<()> {
    let mirror = debian_mirror()?;
    fs::create_dir_all(cache)?;
    let package = cache.join("rust-src.deb");
    println!("fetching {file} (45 MB) from this machine's Debian mirror");
    // Not by `shell::run`: a file of the project's log need not name the mirror.
    shell::read(
        Command::new("curl")
            .args(["-sSfL", "--retry", "3", "--max-time", "600", "-o"])
            .arg(&package)
            .arg(format!("{mirror}/pool/main/r/rustc/{file}")),
    )?;
    let sum = shell::read(Command::new("sha256sum").arg(&package))?;
    if !sum.starts_with(digest) {
        bail!("{file} is not what it should be: {sum}");
    }
    // First aside, so that an unpacking that breaks off leaves nothing that looks complete.
    let unpacked = cache.join("unpacked");
    shell::run(
        Command::new("dpkg-deb")
            .arg("-x")
            .args([&package, &unpacked]),
    )?;
    let sources = unpacked.join("usr/src");
    let release = fs::read_dir(&sources)?
        .next()
        .context("the package holds no source")??;
    fs::rename(release.path().join("library"), cache.join("library"))?;
    fs::remove_dir_all(&unpacked)?;
    fs::remove_file(&package)?;
    Ok(())
}

/// The first mirror of Debian's main archive that apt is set up with.
pub(crate) fn debian_mirror() -> Result<String> {
    let mut files = vec![PathBuf::from("/etc/apt/sources.list")];
    for entry in fs::read_dir("/etc/apt/sources.list.d")
        .into_iter()
        .flatten()
    {
        files.push(entry?.path());
    }
    files
        .iter()
        .filter_map(|file| fs::read_to_string(file).ok())
        .find_map(|text| mirror(&text))
        .context("this machine has no Debian mirror: `rustup component add rust-src` instead")
}

/// The first address of a Debian archive in a list of apt's, of either format. Other vendors'
/// archives and Debian's for security updates end differently.
fn mirror(list: &str) -> Option<String> {
    list.lines()
        .filter(|line| line.starts_with("URIs:") || line.starts_with("deb "))
        .flat_map(str::split_whitespace)
        .map(|word| word.trim_end_matches('/'))
        .find(|word| word.contains("://") && word.ends_with("/debian"))
        .map(str::to_owned)
}

fn rustc_version() -> Result<String> {
    let text = shell::read(Command::new("rustc").arg("--version"))?;
    let version = text.split_whitespace().nth(1);
    Ok(version.context("rustc tells no version")?.to_owned())
}

/// Checks that the crates which `names` are built from say `no_std`; gives their number.
fn check_attributes(workspace: &Workspace, names: &[&str]) -> Result<usize> {
    let json = shell::read(shell::cargo(&workspace.root).args(["metadata", "--format-version=1"]))?;
    let json: Value = serde_json::from_str(&json)?;
    let mut below = BTreeSet::new();
    for name in names {
        let mut command = shell::cargo(&workspace.root);
        command
            .args(["tree", "--package", name, "--no-default-features"])
            .args(["--edges", "normal,no-proc-macro", "--prefix", "none"])
            .args(["--format", "{p}"]);
        below.extend(listed(&shell::read(&mut command)?));
    }
    let mut count = 0;
    for (name, version) in &below {
        if names.contains(&name.as_str()) {
            continue;
        }
        let root = root_file(&json, name, version)
            .with_context(|| format!("cargo metadata does not know {name} {version}"))?;
        if !is_no_std(&root)? {
            bail!("{name} {version} needs std");
        }
        count += 1;
    }
    Ok(count)
}

/// Names and versions in the output of `cargo tree`.
fn listed(tree: &str) -> Vec<(String, String)> {
    tree.lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            let name = words.next()?;
            let version = words.next()?.strip_prefix('v')?;
            Some((name.to_owned(), version.to_owned()))
        })
        .collect()
}

/// The root file of a crate's library.
fn root_file(metadata: &Value, name: &str, version: &str) -> Option<PathBuf> {
    let packages = metadata["packages"].as_array()?;
    let package = packages
        .iter()
        .find(|package| package["name"] == name && package["version"] == version)?;
    let targets = package["targets"].as_array()?;
    let library = targets.iter().find(|target| {
        let kinds = target["kind"].as_array();
        kinds.is_some_and(|kinds| kinds.iter().any(|kind| kind == "lib" || kind == "rlib"))
    })?;
    Some(library["src_path"].as_str()?.into())
}

/// Whether the crate at `root` says `no_std`, be it under a condition.
fn is_no_std(root: &Path) -> Result<bool> {
    let text =
        fs::read_to_string(root).with_context(|| format!("cannot read {}", root.display()))?;
    let source = Source::parse(root.to_string_lossy(), text)?;
    let tokens: Vec<_> = source.tokens.iter().collect();
    Ok(tokens.iter().enumerate().any(|(position, _)| {
        let rest = &tokens[position..];
        starts_with(rest, "# ! [ no_std ]")
            || (starts_with(rest, "# ! [ cfg_attr")
                && rest
                    .iter()
                    .take_while(|token| token.text != "]")
                    .any(|token| token.text == "no_std"))
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{listed, mirror, root_file};

    #[test]
    fn the_mirror_is_found_in_either_format() {
        let new = "Types: deb\n# http://old.invalid/\nURIs: http://a.invalid/debian/\nSuites: x\n";
        let old = "# deb http://old.invalid/\ndeb [signed-by=/k] http://a.invalid/debian x main\n";
        for (list, expect) in [
            (new, Some("http://a.invalid/debian")),
            (old, Some("http://a.invalid/debian")),
            ("deb http://other.invalid/node x main\n", None),
            ("URIs: http://a.invalid/debian-security\n", None),
            ("", None),
        ] {
            assert_eq!(mirror(list).as_deref(), expect, "{list}");
        }
    }

    #[test]
    fn trees_and_metadata_are_read() {
        let tree = "ws-http v0.1.0 (/w/crates/ws-http)\nhttparse v1.10.1\n\n";
        let expect = [("ws-http", "0.1.0"), ("httparse", "1.10.1")]
            .map(|(name, version)| (name.to_owned(), version.to_owned()));
        assert_eq!(listed(tree), expect);
        let metadata = json!({"packages": [{
            "name": "httparse",
            "version": "1.10.1",
            "targets": [
                {"kind": ["custom-build"], "src_path": "/h/build.rs"},
                {"kind": ["lib"], "src_path": "/h/src/lib.rs"},
            ],
        }]});
        let root = root_file(&metadata, "httparse", "1.10.1").unwrap();
        assert_eq!(root.to_str(), Some("/h/src/lib.rs"));
        assert!(root_file(&metadata, "httparse", "1.0.0").is_none());
    }
}
