//! curl, as a client that we did not write.

use std::env;
use std::process::Command;

/// How it went.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// curl's exit code: 0 if all went well.
    pub(crate) exit: Option<i32>,
    /// The status of the response, 0 if there was none.
    pub(crate) status: u16,
    /// The status of the proxy's response to CONNECT, 0 if there was none.
    pub(crate) connect_status: u16,
    /// The body of the response.
    pub(crate) body: String,
    /// What it says about a failure.
    pub(crate) errors: String,
}

/// Fetches with these arguments, within a bounded time, and whatever the environment says about
/// proxies.
pub(crate) fn curl(arguments: &[&str]) -> Outcome {
    curl_in(&[], arguments)
}

/// The same with an environment that says this about proxies.
pub(crate) fn curl_in(variables: &[(&str, &str)], arguments: &[&str]) -> Outcome {
    let program = env::var_os("HYBI_CURL").expect("HYBI_CURL is set by `cargo xtask interop`");
    let mut command = Command::new(program);
    // The first, because it must be: no configuration of the user.
    command.args(["--disable", "--silent", "--show-error", "--max-time", "30"]);
    command.args(["--write-out", "\n%{http_code} %{http_connect}"]);
    for name in ["http_proxy", "https_proxy", "all_proxy", "no_proxy"] {
        command.env_remove(name).env_remove(name.to_uppercase());
    }
    command.envs(variables.iter().copied());
    let output = command.args(arguments).output().expect("curl runs");
    let text = String::from_utf8(output.stdout).expect("the page is text");
    let (body, statuses) = text.rsplit_once('\n').expect("the line that it writes out");
    let (status, connect_status) = statuses.split_once(' ').expect("two of them");
    Outcome {
        exit: output.status.code(),
        status: status.parse().expect("a number"),
        connect_status: connect_status.parse().expect("a number"),
        body: body.to_owned(),
        errors: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
