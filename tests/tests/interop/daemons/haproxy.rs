//! HAProxy between any two of plain TCP and TLS; the one of Debian 11, which also lets through what
//! came before RFC 6455.

use core::net::SocketAddr;
use std::env;

use super::{Daemon, ERRORS, free_port, program};
use crate::certificates::{Authority, Identity};
use crate::scratch::Scratch;

/// What is between its client and its server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Haproxy<'a> {
    mode: &'static str,
    server: SocketAddr,
    identity: Option<&'a Identity>,
    clients: Option<&'a Authority>,
    tls_to_server: bool,
}

impl<'a> Haproxy<'a> {
    /// Passes bytes on to `server` and looks at none of them.
    pub(crate) fn tcp(server: SocketAddr) -> Self {
        Self {
            mode: "tcp",
            server,
            identity: None,
            clients: None,
            tls_to_server: false,
        }
    }

    /// Reads and writes HTTP.
    pub(crate) fn http(server: SocketAddr) -> Self {
        Self {
            mode: "http",
            ..Self::tcp(server)
        }
    }

    /// Speaks TLS with its clients, as `identity`.
    pub(crate) fn tls(self, identity: &'a Identity) -> Self {
        Self {
            identity: Some(identity),
            ..self
        }
    }

    /// Besides, ends the handshake of a client that has no certificate by this authority.
    pub(crate) fn only(self, clients: &'a Authority) -> Self {
        Self {
            clients: Some(clients),
            ..self
        }
    }

    /// Speaks TLS with its server, whoever that is.
    pub(crate) fn tls_to_server(self) -> Self {
        Self {
            tls_to_server: true,
            ..self
        }
    }

    /// Starts it. A line of its log is written when a connection, or a request, has ended.
    pub(crate) fn start(self) -> Daemon {
        let port = free_port();
        let scratch = Scratch::new("haproxy");
        let Self { mode, server, .. } = self;
        let tls = self.identity.map_or_else(String::new, |identity| {
            let path = identity.combined_path();
            format!(" ssl alpn http/1.1 crt {}", path.display())
        });
        let verify = self.clients.map_or_else(String::new, |authority| {
            let path = authority.path();
            format!(" verify required ca-file {}", path.display())
        });
        let to_server = if self.tls_to_server {
            " ssl verify none"
        } else {
            ""
        };
        let configuration = format!(
            "global
  log stderr format raw local0
defaults
  mode {mode}
  log global
  option {mode}log
  option dontlognull
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend f
  bind 127.0.0.1:{port}{tls}{verify}
  default_backend b
backend b
  server s {server}{to_server}
"
        );
        let file = scratch.write("haproxy.cfg", &configuration);
        let mut command = program("HAPROXY");
        // In the foreground, as one process.
        command.arg("-db").arg("-f").arg(file);
        if let Some(libraries) = env::var_os("HAPROXY_LIBRARIES") {
            command.env("LD_LIBRARY_PATH", libraries);
        }
        Daemon::start(&mut command, port, scratch, ERRORS)
    }
}
