//! Microsocks, a server of SOCKS5 that also looks up names.

use super::{Daemon, ERRORS, Login, free_port, program};
use crate::scratch::Scratch;

/// Starts it: for everybody, or for one user.
///
/// A line of its log has the host, as the client named it, and the port.
pub(crate) fn start(login: Option<Login<'_>>) -> Daemon {
    let port = free_port();
    let mut command = program("HYBI_MICROSOCKS");
    command.args(["-i", "127.0.0.1", "-p", &port.to_string()]);
    if let Some(Login { user, password }) = login {
        command.args(["-u", user, "-P", password]);
    }
    Daemon::start(&mut command, port, Scratch::new("microsocks"), ERRORS)
}
