//! The client example, started as a program that is talked to over its standard input.

use core::fmt;
use std::fs::{self, File};
use std::io::Write as _;
use std::process::{ChildStdin, ExitStatus};

use crate::daemons::within_limit;
use crate::examples::{Runtime, example};
use crate::process::Process;
use crate::scratch::Scratch;

const ERRORS: &str = "errors.log";

/// All variables about proxies and roots; a test says what they are.
const VARIABLES: [&str; 8] = [
    "ws_proxy",
    "wss_proxy",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
];

/// A client at work.
pub(super) struct Client {
    process: Process,
    input: ChildStdin,
    scratch: Scratch,
}

/// How a client ended.
pub(super) struct Outcome {
    pub(super) status: ExitStatus,
    /// What it printed and nobody had read.
    pub(super) lines: Vec<String>,
    pub(super) errors: String,
}

impl Client {
    /// Starts it with these variables and no others about its way.
    pub(super) fn start(runtime: Runtime, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let scratch = Scratch::new("client");
        let errors = File::create(scratch.path(ERRORS)).expect("a file for its errors");
        let mut command = example("client", runtime);
        for name in VARIABLES {
            command.env_remove(name).env_remove(name.to_uppercase());
        }
        // To look up the names in a backtrace takes longer than all else.
        command.env_remove("RUST_BACKTRACE");
        command.args(["--connect-timeout", "20"]).args(arguments);
        command.envs(variables.iter().copied()).stderr(errors);
        let (process, input) = Process::start_fed(&mut command);
        Self {
            process,
            input,
            scratch,
        }
    }

    /// The next line that it prints.
    #[track_caller]
    pub(super) fn line(&self) -> String {
        let line = self.process.line();
        line.unwrap_or_else(|| panic!("it has ended: {}", self.errors()))
    }

    /// Gives it a line to send.
    pub(super) fn say(&mut self, line: &str) {
        writeln!(self.input, "{line}").expect("it reads its input");
    }

    /// What it has said on its standard error so far.
    pub(super) fn errors(&self) -> String {
        fs::read_to_string(self.scratch.path(ERRORS)).expect("it is text")
    }

    /// Waits for a line on its standard error that contains this.
    #[track_caller]
    pub(super) fn says(&self, wanted: &str) -> String {
        let line = within_limit(|| {
            let errors = self.errors();
            let line = errors.lines().find(|line| line.contains(wanted));
            line.map(str::to_owned)
        });
        line.unwrap_or_else(|| panic!("{wanted:?} is not in {}", self.errors()))
    }

    /// Ends its input, and waits for it to end.
    pub(super) fn finish(self) -> Outcome {
        drop(self.input);
        let (status, lines) = self.process.finish();
        let errors = fs::read_to_string(self.scratch.path(ERRORS));
        Outcome {
            status,
            lines,
            errors: errors.expect("it is text"),
        }
    }
}

/// Connects, has a line echoed, and closes.
pub(super) fn talk(runtime: Runtime, arguments: &[&str], variables: &[(&str, &str)]) -> Outcome {
    let mut client = Client::start(runtime, arguments, variables);
    // It may have failed already.
    let _ = writeln!(client.input, "hello");
    client.finish()
}

impl Outcome {
    /// Whether the line came back and the connection was closed in order.
    pub(super) fn is_good(&self) -> bool {
        self.status.success() && self.lines == ["open (no subprotocol)", "hello", "closed 1005 "]
    }

    /// Whether there was no connection, for a reason that says this.
    pub(super) fn failed_with(&self, why: &str) -> bool {
        !self.status.success() && self.lines == [""; 0] && self.errors.contains(why)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            status,
            lines,
            errors,
        } = self;
        write!(f, "{status}, {lines:?}, {errors}")
    }
}

/// Asserts that both runtimes have the line echoed.
#[track_caller]
pub(super) fn talks(arguments: &[&str], variables: &[(&str, &str)]) {
    for runtime in Runtime::ALL {
        let outcome = talk(runtime, arguments, variables);
        assert!(outcome.is_good(), "{runtime:?}, {arguments:?}: {outcome}");
    }
}

/// Asserts that both runtimes get nowhere, and say this about it.
#[track_caller]
pub(super) fn fails(arguments: &[&str], variables: &[(&str, &str)], why: &str) {
    for runtime in Runtime::ALL {
        let outcome = talk(runtime, arguments, variables);
        assert!(
            outcome.failed_with(why),
            "{runtime:?}, {arguments:?}, {why}: {outcome}"
        );
    }
}
