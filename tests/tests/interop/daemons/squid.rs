//! Squid as a forward proxy to anything on the loopback interface.

use core::fmt::Write as _;
use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use super::{Daemon, Login, free_port, program};
use crate::certificates::Identity;
use crate::scratch::Scratch;

const LOG: &str = "access.log";

/// Starts it: for everybody or for one user, over TCP or, with a certificate, over TLS.
///
/// Names it knows from the hosts file only: nobody is asked over the network.
///
/// A line of its log has the status, the method, the target, the user as `name` or `-`, and all
/// fields of the request, with line ends as `\r\n`. A tunnel is logged when it ends.
pub(crate) fn start(login: Option<Login<'_>>, identity: Option<&Identity>) -> Daemon {
    let port = free_port();
    let scratch = Scratch::new("squid");
    // Started by root it goes on as the user `proxy`, who cannot make files here.
    let log = File::create(scratch.path(LOG)).expect("a file for its log");
    let mut permissions = log.metadata().expect("its metadata").permissions();
    permissions.set_mode(0o666);
    log.set_permissions(permissions).expect("it is ours");

    let mut configuration = match identity {
        None => format!("http_port 127.0.0.1:{port}\n"),
        Some(identity) => format!(
            "https_port 127.0.0.1:{port} tls-cert={} tls-key={}\n",
            identity.certificate_path().display(),
            identity.key_path().display()
        ),
    };
    configuration += "acl loopback dst 127.0.0.0/8 ::1\n\
                      http_access deny !loopback\n";
    if let Some(login) = login {
        let helper = scratch.write("helper.sh", &helper(login));
        let _ = writeln!(
            configuration,
            "auth_param basic program /bin/sh {}\n\
             auth_param basic children 1 startup=1\n\
             acl known proxy_auth REQUIRED\n\
             http_access deny !known",
            helper.display()
        );
    }
    let _ = writeln!(
        configuration,
        "http_access allow all\n\
         logformat heads %>Hs %rm %ru %un \"%>h\"\n\
         access_log stdio:{} heads\n\
         cache_log /dev/null\n\
         cache deny all\n\
         coredump_dir none\n\
         dns_nameservers 127.0.0.1\n\
         dns_retransmit_interval 200 milliseconds\n\
         dns_timeout 1 second\n\
         netdb_filename none\n\
         pid_filename none\n\
         pinger_enable off\n\
         shutdown_lifetime 0 seconds\n\
         visible_hostname squid.test",
        scratch.path(LOG).display()
    );
    let file = scratch.write("squid.conf", &configuration);
    let memory = SharedMemory::named_after(&scratch);
    let mut command = program("HYBI_SQUID");
    // In the foreground, as one process; warnings go to stderr.
    command.args(["-N", "-d", "1", "-n", &memory.name, "-f"]);
    let mut daemon = Daemon::start(command.arg(file), port, scratch, LOG);
    daemon.memory = Some(memory);
    daemon
}

/// What Squid shares with processes that it does not have here.
///
/// It stays when Squid is killed, and those of the same name would share it, or stumble over it.
#[derive(Debug)]
pub(super) struct SharedMemory {
    name: String,
}

impl SharedMemory {
    fn named_after(scratch: &Scratch) -> Self {
        let name = scratch.directory().file_name().expect("it has a name");
        // Letters and digits are all that Squid takes.
        let name = name.to_string_lossy().replace('-', "x");
        Self { name }
    }

    fn files(&self) -> Vec<PathBuf> {
        let prefix = format!("{}-", self.name);
        let files = fs::read_dir("/dev/shm").into_iter().flatten().flatten();
        files
            .filter(|file| file.file_name().to_string_lossy().starts_with(&prefix))
            .map(|file| file.path())
            .collect()
    }
}

impl Drop for SharedMemory {
    fn drop(&mut self) {
        for file in self.files() {
            // Some may have gone with Squid.
            let _ = fs::remove_file(file);
        }
    }
}

/// Says whether a user and a password are right, line by line; it ends with its input.
fn helper(login: Login<'_>) -> String {
    let right = format!("{} {}", escape(login.user), escape(login.password));
    format!(
        "while read -r line; do\n\
         \x20 if [ \"$line\" = '{right}' ]; then echo OK; else echo ERR; fi\n\
         done\n"
    )
}

/// As Squid escapes what it asks its helper.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_graphic() && !b"<>\"#%{}|\\^~[]`'".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

#[test]
fn shared_memory_goes_with_it() {
    let squid = start(None, None);
    let name = squid.memory.as_ref().expect("it has some").name.clone();
    assert_ne!(
        SharedMemory { name: name.clone() }.files(),
        [""; 0].map(PathBuf::from)
    );
    drop(squid);
    assert_eq!(SharedMemory { name }.files(), [""; 0].map(PathBuf::from));
}
