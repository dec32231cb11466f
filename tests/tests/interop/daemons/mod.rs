//! Proxies and servers that we did not write, each started with a configuration of its own.
//!
//! They listen on 127.0.0.1 only, run in the foreground as a single process, and end with the value
//! that stands for them. `cargo xtask interop` installs them and tells by variables where they are.

pub(crate) mod haproxy;
pub(crate) mod nginx;
pub(crate) mod socks;
pub(crate) mod squid;
pub(crate) mod tinyproxy;

use core::net::{Ipv4Addr, SocketAddr};
use core::sync::atomic::{AtomicU16, Ordering};
use core::time::Duration;
use std::env;
use std::fs::{self, File};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::thread;
use std::time::Instant;

use self::squid::SharedMemory;
use crate::process::Process;
use crate::scratch::Scratch;

/// How long a daemon may take to listen, and a line to get into its log.
const LIMIT: Duration = Duration::from_secs(20);

/// How often that is looked at.
const GLANCE: Duration = Duration::from_millis(10);

/// Who may use a proxy.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Login<'a> {
    pub(crate) user: &'a str,
    pub(crate) password: &'a str,
}

/// A daemon that listens.
#[derive(Debug)]
pub(crate) struct Daemon {
    // First, so that the program ends before what it has used goes.
    process: Process,
    address: SocketAddr,
    log: PathBuf,
    errors: PathBuf,
    memory: Option<SharedMemory>,
    scratch: Scratch,
}

impl Daemon {
    /// Starts `command`, which is to listen on `port`, and waits until it does.
    ///
    /// Its log is the file of that name in `scratch`; [`ERRORS`] has what it writes to stderr.
    fn start(command: &mut Command, port: u16, scratch: Scratch, log: &str) -> Self {
        let errors = scratch.path(ERRORS);
        let file = File::create(&errors).expect("a file for its errors");
        let mut daemon = Self {
            process: Process::start(command.current_dir(scratch.directory()).stderr(file)),
            address: (Ipv4Addr::LOCALHOST, port).into(),
            log: scratch.path(log),
            errors,
            memory: None,
            scratch,
        };
        let listens = within_limit(|| {
            // Asked first: a connection that succeeds after that is to this program.
            let ended = daemon.process.ended();
            assert_eq!(ended, None, "{command:?}");
            TcpStream::connect(daemon.address).ok()
        });
        assert!(listens.is_some(), "{command:?} does not listen");
        daemon
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Asks it to end, as a service is asked.
    pub(crate) fn terminate(&self) {
        self.process.terminate();
    }

    /// The directory that it and its helpers work in.
    pub(crate) fn directory(&self) -> &Path {
        self.scratch.directory()
    }

    /// What it has logged so far. The connection that found out that it listens may be in it, and
    /// others only once they have ended.
    pub(crate) fn log(&self) -> String {
        fs::read(&self.log).map_or_else(
            |_| String::new(),
            |bytes| String::from_utf8_lossy(&bytes).into_owned(),
        )
    }

    /// Waits for a line in its log that contains this.
    #[track_caller]
    pub(crate) fn logged(&self, wanted: &str) -> String {
        let line = within_limit(|| {
            let log = self.log();
            let line = log.lines().find(|line| line.contains(wanted));
            line.map(str::to_owned)
        });
        line.unwrap_or_else(|| panic!("{wanted:?} is not in the log:\n{}", self.log()))
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        if thread::panicking() {
            // Only with the output of a test that has failed, where it may tell why.
            let errors = fs::read(&self.errors).unwrap_or_default();
            let errors = String::from_utf8_lossy(&errors);
            eprintln!("{errors}\n{}", self.log());
        }
    }
}

/// The file with what a daemon writes to stderr.
const ERRORS: &str = "errors.log";

/// The program that a variable names, as a command.
fn program(variable: &str) -> Command {
    let program = env::var_os(variable);
    let program = program.unwrap_or_else(|| panic!("{variable} is set by `cargo xtask interop`"));
    Command::new(program)
}

/// Asks again and again until there is an answer, or for as long as anything may take.
pub(crate) fn within_limit<T>(mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let start = Instant::now();
    loop {
        let answer = ask();
        if answer.is_some() || start.elapsed() > LIMIT {
            return answer;
        }
        thread::sleep(GLANCE);
    }
}

/// A port that is free, for a server that cannot tell which one it was given.
///
/// It is below those that the kernel gives out, so that no client and no other server of a test
/// gets it before that server does.
pub(crate) fn free_port() -> u16 {
    const FIRST: u16 = 20_000;
    const COUNT: u16 = 12_000;
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Another run of the tests is likely to begin elsewhere.
    let begin = process::id().wrapping_mul(101) % u32::from(COUNT);
    let begin = u16::try_from(begin).expect("it is less than the count");
    let ports = core::iter::repeat_with(|| {
        let next = NEXT.fetch_add(1, Ordering::Relaxed) % COUNT;
        FIRST + (begin + next) % COUNT
    });
    ports
        .take(usize::from(COUNT))
        .find(|&port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok())
        .expect("a free port")
}
