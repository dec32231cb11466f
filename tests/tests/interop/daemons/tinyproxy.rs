//! Tinyproxy as a forward proxy to any port.

use super::{Daemon, Login, free_port, program};
use crate::scratch::Scratch;

const LOG: &str = "access.log";

/// Starts it: for everybody, or for one user, whose name and password are of letters, digits and
/// a few signs.
///
/// Its log has the line of each request.
pub(crate) fn start(login: Option<Login<'_>>) -> Daemon {
    let port = free_port();
    let scratch = Scratch::new("tinyproxy");
    let auth = login.map_or_else(String::new, |Login { user, password }| {
        format!("BasicAuth {user} {password}\n")
    });
    // Without any `ConnectPort`, all of them are allowed.
    let configuration = format!(
        "Listen 127.0.0.1\n\
         Port {port}\n\
         Allow 127.0.0.1\n\
         Timeout 60\n\
         LogFile \"{}\"\n\
         LogLevel Connect\n\
         {auth}",
        scratch.path(LOG).display()
    );
    let file = scratch.write("tinyproxy.conf", &configuration);
    let mut command = program("HYBI_TINYPROXY");
    // In the foreground.
    command.arg("-d").arg("-c").arg(file);
    Daemon::start(&mut command, port, scratch, LOG)
}
