//! Autobahn's test suite against the examples `echo` (our server) and `client` (our client), and
//! against `embedded`, which is both without an allocator.
//!
//! wstest plays the peer and judges, over TLS if that is wanted. We start both sides on loopback
//! ports, walk the cases, read the report and fail unless it holds every case that was asked for,
//! each of them OK.

mod client;
pub(crate) mod install;
mod report;
mod server;
mod tls;
mod wstest;

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::autobahn::report::Report;
use crate::autobahn::tls::Certificate;
use crate::shell;
use crate::workspace::Workspace;

/// All 517: framing to closing, limits, fragmentation, compression.
const CASES: [&str; 1] = ["*"];

/// What is left out where there are no extensions.
const NEEDS_COMPRESSION: [&str; 2] = ["12.*", "13.*"];

/// What is run over TLS: framing to closing, in which it could make a difference.
const OVER_TLS: [&str; 7] = ["1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*"];

/// What `--quick` leaves out of section 9: of each kind the middle sizes, and of the thousand
/// round trips of 9.7 and 9.8 the larger ones.
const SLOW: [&str; 34] = [
    "9.1.3", "9.1.4", "9.1.5", "9.2.3", "9.2.4", "9.2.5", "9.3.2", "9.3.3", "9.3.5", "9.3.6",
    "9.3.7", "9.3.8", "9.4.2", "9.4.3", "9.4.5", "9.4.6", "9.4.7", "9.4.8", "9.5.2", "9.5.3",
    "9.5.4", "9.5.5", "9.6.2", "9.6.3", "9.6.4", "9.6.5", "9.7.3", "9.7.4", "9.7.5", "9.7.6",
    "9.8.3", "9.8.4", "9.8.5", "9.8.6",
];

/// The groups of sections 12 and 13: five kinds of data, and one of them with seven ways to
/// negotiate permessage-deflate.
const COMPRESSION: [&str; 12] = [
    "12.1", "12.2", "12.3", "12.4", "12.5", "13.1", "13.2", "13.3", "13.4", "13.5", "13.6", "13.7",
];

/// Each of these groups sends a thousand messages of one size after the other, whole (cases 1 to
/// 10, from 16 B to 128 KiB) or in fragments (11 to 18).
const SIZES: u32 = 18;

/// What [`Compression::Some`] runs of each group: whole messages of 16 B, 1 KiB, 8 KiB and a window
/// of 32 KiB, and 8 KiB in fragments of 256 B.
const SOME: [u32; 5] = [1, 4, 6, 8, 11];

/// Which part of the suite to run.
#[derive(Args, Debug, Default)]
pub(crate) struct Options {
    /// Test only this end of ours.
    #[arg(long)]
    role: Option<Role>,
    /// Test only on this runtime.
    #[arg(long)]
    runtime: Option<Runtime>,
    /// Leave out most of the cases that move many megabytes.
    #[arg(long)]
    quick: bool,
    /// Run so many of sections 12 and 13, which take most of the time.
    #[arg(long, value_enum, default_value_t)]
    compression: Compression,
    /// Encrypt, with a certificate made on the spot.
    #[arg(long)]
    tls: bool,
    /// Run these cases, separated by commas, with `*` for any: `--cases 1.*,5.19`.
    #[arg(long, value_delimiter = ',')]
    cases: Vec<String>,
    /// Test this server instead of the example `echo`; it must take the same options.
    #[arg(long, value_name = "PROGRAM")]
    server: Option<PathBuf>,
    /// Test this client instead of the example `client`; it must take the same options.
    #[arg(long, value_name = "PROGRAM")]
    client: Option<PathBuf>,
}

impl Options {
    /// Both roles on all runtimes, as CI runs them.
    pub(crate) fn all(quick: bool) -> Self {
        Self {
            quick,
            compression: Compression::Some,
            ..Self::default()
        }
    }

    /// The same over TLS, as far as CI runs that: sections 1 to 7.
    pub(crate) fn over_tls() -> Self {
        Self {
            tls: true,
            cases: OVER_TLS.map(str::to_owned).to_vec(),
            ..Self::default()
        }
    }

    fn runs(&self, runtime: Runtime) -> bool {
        let is_able = runtime != Runtime::Embedded || !self.tls;
        is_able && self.runtime.is_none_or(|only| only == runtime)
    }
}

/// Which end of the connection is ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Role {
    Server,
    Client,
}

/// What drives our end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Runtime {
    Smol,
    Tokio,
    /// `hybi::embedded`, which has neither extensions nor TLS.
    Embedded,
}

/// How many of the cases about compression to run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Compression {
    /// All 216.
    #[default]
    All,
    /// Of each group five sizes: 60 cases, in a tenth of the time.
    Some,
}

/// One pass of the suite: our end, and where wstest leaves its report.
#[derive(Debug)]
struct Pass {
    /// Our name in the report.
    agent: String,
    program: PathBuf,
    /// Options that our program gets besides those of its role.
    flags: Vec<&'static str>,
    /// What the server shows; without, nothing is encrypted.
    tls: Option<Certificate>,
    directory: PathBuf,
    /// The keys `cases` and `exclude-cases` of wstest's specification.
    selection: Value,
}

/// Installs wstest, so that a later `run` has nothing to wait for.
pub(crate) fn install(workspace: &Workspace) -> Result<()> {
    install::environment(workspace).map(|_| ())
}

/// Runs the wanted passes; fails unless all cases of all of them are OK.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let environment = install::environment(workspace)?;
    build_examples(workspace, options)?;
    let tls = if options.tls {
        Some(Certificate::make(&environment, &workspace.target)?)
    } else {
        None
    };
    let mut reports = Vec::new();
    for role in [Role::Server, Role::Client] {
        for runtime in [Runtime::Smol, Runtime::Tokio, Runtime::Embedded] {
            let wanted = options.role.is_none_or(|only| only == role);
            if !wanted || !options.runs(runtime) {
                continue;
            }
            let pass = pass(&workspace.target, options, role, runtime, tls.clone());
            println!("{}: running", pass.agent);
            let started = Instant::now();
            let report = match role {
                Role::Server => server::run(&environment, &pass)?,
                Role::Client => client::run(&environment, &pass)?,
            };
            let seconds = started.elapsed().as_secs_f32();
            println!("{}: {seconds:.0} s", pass.agent);
            reports.push(report);
        }
    }
    conclude(&reports)
}

/// Prints the table and what failed; the last line is the sum.
fn conclude(reports: &[Report]) -> Result<()> {
    println!("\n{}", report::table(reports));
    let mut failed = 0;
    for report in reports {
        for failure in report.failures() {
            println!("{}: {failure}", report.agent);
            failed += 1;
        }
    }
    let total: usize = reports.iter().map(Report::len).sum();
    println!("Autobahn: {} passed, {failed} failed", total - failed);
    if total == 0 {
        bail!("no case was run");
    }
    if failed > 0 {
        bail!("{failed} cases are not OK");
    }
    Ok(())
}

impl Pass {
    /// The scheme of URLs.
    const fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "wss" } else { "ws" }
    }
}

fn pass(
    target: &Path,
    options: &Options,
    role: Role,
    runtime: Runtime,
    tls: Option<Certificate>,
) -> Pass {
    let (role_name, program, example) = match role {
        Role::Server => ("server", &options.server, "echo"),
        Role::Client => ("client", &options.client, "client"),
    };
    let (runtime_name, example, flags) = match runtime {
        // Each runtime with one of the two that compress.
        Runtime::Smol => ("smol", example, vec!["--deflate"]),
        Runtime::Tokio => ("tokio", example, vec!["--tokio", "--deflate", "--miniz"]),
        // The largest message of section 9 is 16 MiB.
        Runtime::Embedded => ("embedded", "embedded", vec!["--rx", "16777217"]),
    };
    let over = if tls.is_some() { "-tls" } else { "" };
    let agent = format!("{role_name}-{runtime_name}{over}");
    let example = target.join("release/examples").join(example);
    Pass {
        program: program.clone().unwrap_or(example),
        flags,
        tls,
        directory: target.join("autobahn").join(&agent),
        selection: selection(options, runtime),
        agent,
    }
}

fn selection(options: &Options, runtime: Runtime) -> Value {
    let mut excluded: Vec<String> = Vec::new();
    if runtime == Runtime::Embedded {
        excluded.extend(NEEDS_COMPRESSION.map(str::to_owned));
    }
    if options.quick {
        excluded.extend(SLOW.map(str::to_owned));
    }
    if options.compression == Compression::Some {
        excluded.extend(COMPRESSION.iter().flat_map(|group| {
            let left_out = (1..=SIZES).filter(|size| !SOME.contains(size));
            left_out.map(move |size| format!("{group}.{size}"))
        }));
    }
    if options.cases.is_empty() {
        json!({"cases": CASES, "exclude-cases": excluded})
    } else {
        json!({"cases": options.cases, "exclude-cases": excluded})
    }
}

fn build_examples(workspace: &Workspace, options: &Options) -> Result<()> {
    let mut command = shell::cargo(&workspace.root);
    command.args(["build", "--quiet", "--release", "--package", "hybi"]);
    let mut needed = false;
    if options.runs(Runtime::Embedded) {
        command.args(["--example", "embedded"]);
        needed = true;
    }
    for (role, example, replaced) in [
        (Role::Server, "echo", options.server.is_some()),
        (Role::Client, "client", options.client.is_some()),
    ] {
        if options.role.is_none_or(|only| only == role) && !replaced {
            command.args(["--example", example]);
            needed = true;
        }
    }
    if needed {
        shell::run(&mut command)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::Value;

    use super::{
        NEEDS_COMPRESSION, OVER_TLS, Options, Role, Runtime, SLOW, conclude, pass, selection,
    };
    use crate::autobahn::report::Report;
    use crate::autobahn::tls::Certificate;

    #[test]
    fn passes_are_told_apart() {
        let options = Options {
            client: Some("/bin/other".into()),
            ..Options::default()
        };
        let pass = |role, runtime, tls| pass(Path::new("/t"), &options, role, runtime, tls);
        let server = pass(Role::Server, Runtime::Tokio, None);
        assert_eq!(server.program, Path::new("/t/release/examples/echo"));
        assert_eq!(server.directory, Path::new("/t/autobahn/server-tokio"));
        assert_eq!(server.flags, ["--tokio", "--deflate", "--miniz"]);
        let client = pass(Role::Client, Runtime::Smol, None);
        assert_eq!(client.program, Path::new("/bin/other"));
        assert_eq!(client.agent, "client-smol");
        assert_eq!(client.flags, ["--deflate"]);
        let embedded = pass(Role::Server, Runtime::Embedded, None);
        assert_eq!(embedded.program, Path::new("/t/release/examples/embedded"));
        assert!(Options::default().runs(Runtime::Embedded));
        assert!(!Options::over_tls().runs(Runtime::Embedded));
        let tls = Certificate {
            certificate: "/t/certificate".into(),
            key: "/t/key".into(),
        };
        let encrypted = pass(Role::Client, Runtime::Smol, Some(tls));
        assert_eq!(
            encrypted.directory,
            Path::new("/t/autobahn/client-smol-tls")
        );
        assert_eq!([client.scheme(), encrypted.scheme()], ["ws", "wss"]);
    }

    #[test]
    fn cases_are_selected() {
        let excluded = |value: &Value| value["exclude-cases"].as_array().map(Vec::len);
        let all = selection(&Options::default(), Runtime::Smol);
        assert_eq!(all["cases"][0], "*");
        assert_eq!(excluded(&all), Some(0));
        let quick = Options {
            quick: true,
            cases: vec!["9.1.*".into()],
            ..Options::default()
        };
        let some = selection(&quick, Runtime::Smol);
        assert_eq!(some["cases"][0], "9.1.*");
        assert_eq!(excluded(&some), Some(SLOW.len()));
        let over_tls = selection(&Options::over_tls(), Runtime::Tokio);
        assert_eq!(over_tls["cases"].as_array().unwrap().len(), OVER_TLS.len());
        // What CI runs of compression: 216 cases less these are 60.
        let ci = selection(&Options::all(false), Runtime::Tokio);
        assert_eq!(excluded(&ci), Some(156));
        let is_excluded = |case: &str| {
            ci["exclude-cases"]
                .as_array()
                .unwrap()
                .contains(&case.into())
        };
        assert!(is_excluded("12.1.2") && is_excluded("13.7.18"));
        assert!(!is_excluded("12.1.1") && !is_excluded("13.7.11"));
        let embedded = selection(&Options::default(), Runtime::Embedded);
        assert_eq!(excluded(&embedded), Some(NEEDS_COMPRESSION.len()));
    }

    #[test]
    fn one_bad_case_or_none_at_all_is_a_failure() {
        let index = |behavior: &str| {
            format!(
                "{{\"a\": {{\"1.1.1\": {{\"behavior\": \"{behavior}\", \"behaviorClose\": \"OK\"}}}}}}"
            )
        };
        for (behavior, fine) in [("OK", true), ("FAILED", false)] {
            let report = Report::parse("a", &["1.1.1".to_owned()], &index(behavior)).unwrap();
            assert_eq!(conclude(&[report]).is_ok(), fine, "{behavior}");
        }
        assert!(conclude(&[]).is_err());
    }
}
