//! The daemons and certificates that tests of our client rely on, with clients that we did not
//! write: what is asserted here of curl holds for whoever comes later.

mod proxies;
mod tls;
mod wss;

use core::net::SocketAddr;
use std::fs;
use std::net::TcpStream;
use std::path::Path;

use crate::certificates::Authority;
use crate::curl::Outcome;
use crate::daemons::haproxy::Haproxy;
use crate::daemons::{Daemon, Login, nginx, socks, squid, tinyproxy, within_limit};
use crate::examples::{Runtime, echo};
use crate::process::Process;

/// curl's exit codes: a certificate that is refused, a response or a CONNECT that failed, a
/// handshake of SOCKS that did.
const REFUSED_CERTIFICATE: Option<i32> = Some(60);
const NO_TUNNEL: Option<i32> = Some(56);
const NO_SOCKS: Option<i32> = Some(97);

/// Of letters and digits, which is all that tinyproxy takes.
const LOGIN: Login<'_> = Login {
    user: "alice",
    password: "sesame7",
};

/// The echo example, which has a page, and where it is.
fn server() -> (Process, SocketAddr) {
    let (process, address) = echo(Runtime::Smol);
    let address = address.trim_end_matches('/');
    (process, address.parse().expect("an address"))
}

/// Asserts that this is the page of the echo example.
#[track_caller]
fn is_the_page(outcome: &Outcome) {
    assert_eq!(
        (outcome.exit, outcome.status),
        (Some(0), 200),
        "{outcome:?}"
    );
    assert!(outcome.body.starts_with("<!DOCTYPE html>"), "{outcome:?}");
}

/// Asserts that it came to nothing, with this exit code.
#[track_caller]
fn failed(outcome: &Outcome, exit: Option<i32>) {
    assert_eq!((outcome.exit, outcome.status), (exit, 0), "{outcome:?}");
    assert_eq!(outcome.body, "");
}

/// The URL of a daemon by the name of its host.
fn at_localhost(scheme: &str, daemon: &Daemon) -> String {
    format!("{scheme}://localhost:{}/", daemon.address().port())
}

/// Whether a process works in this directory, or was told of it.
fn is_used(directory: &Path) -> bool {
    let text = directory.to_str().expect("UTF-8");
    let processes = fs::read_dir("/proc").expect("processes").flatten();
    processes.map(|process| process.path()).any(|process| {
        // Some are not ours to look at, and some end just now.
        let works =
            fs::read_link(process.join("cwd")).is_ok_and(|path| path.starts_with(directory));
        works || fs::read_to_string(process.join("cmdline")).is_ok_and(|line| line.contains(text))
    })
}

#[test]
fn daemons_end_and_leave_nothing() {
    let identity = Authority::new("authority").server();
    let (_server, address) = server();
    for daemon in [
        squid::start(Some(LOGIN), Some(&identity)),
        tinyproxy::start(Some(LOGIN)),
        socks::start(Some(LOGIN)),
        nginx::start(address, &identity, None),
        Haproxy::tcp(address).tls(&identity).start(),
    ] {
        let address = daemon.address();
        let directory = daemon.directory().to_owned();
        assert!(is_used(&directory), "{daemon:?}");
        drop(daemon);
        // A helper of Squid's ends when it notices.
        let unused = within_limit(|| (!is_used(&directory)).then_some(()));
        assert!(unused.is_some(), "{}", directory.display());
        assert!(!directory.exists(), "{}", directory.display());
        assert!(TcpStream::connect(address).is_err());
    }
}
