//! nginx, which ends TLS in front of a server of WebSocket.

use core::net::SocketAddr;
use std::path::Path;

use super::{Daemon, free_port, program};
use crate::certificates::{Authority, Identity};
use crate::scratch::Scratch;

const LOG: &str = "access.log";

/// How nginx passes event streams on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Passing {
    /// Whether it gathers what comes in buffers, unless told otherwise.
    pub(crate) buffering: bool,
    /// Whether it listens to what the server says about that.
    pub(crate) heeds_server: bool,
    /// The version of HTTP it speaks to the server; 1.0 is its default.
    pub(crate) version: &'static str,
}

/// Starts it in front of `backend`, without TLS.
pub(crate) fn start_plain(backend: SocketAddr, passing: Passing) -> Daemon {
    let port = free_port();
    let scratch = Scratch::new("nginx");
    let buffering = if passing.buffering { "on" } else { "off" };
    let heeds = if passing.heeds_server {
        ""
    } else {
        "proxy_ignore_headers X-Accel-Buffering;"
    };
    let version = passing.version;
    let configuration = format!(
        "daemon off;
master_process off;
pid nginx.pid;
error_log stderr;
events {{}}
http {{
  client_body_temp_path client;
  fastcgi_temp_path fastcgi;
  proxy_temp_path proxy;
  scgi_temp_path scgi;
  uwsgi_temp_path uwsgi;
  access_log {LOG};
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://{backend};
      proxy_http_version {version};
      proxy_set_header Connection close;
      proxy_buffering {buffering};
      {heeds}
    }}
  }}
}}
"
    );
    run(&scratch.write("nginx.conf", &configuration), port, scratch)
}

/// Starts it in front of `backend`; with `clients`, only for those whose certificate is by this
/// authority.
pub(crate) fn start(
    backend: SocketAddr,
    identity: &Identity,
    clients: Option<&Authority>,
) -> Daemon {
    let everything = location("/", backend);
    start_with(free_port(), Some(identity), clients, &everything)
}

/// What passes requests for a path on to `backend`.
pub(crate) fn location(path: &str, backend: SocketAddr) -> String {
    format!(
        "location {path} {{
      proxy_pass http://{backend};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_read_timeout 60s;
    }}\n"
    )
}

/// Starts it on this port with locations of the test's own, over TLS if it has an identity.
///
/// A line of its log has the status, the request line, and these of its fields: `Host`,
/// `Authorization`, `Proxy-Authorization` and `Cookie`; then the subject of the client's
/// certificate, the name that it has asked for (SNI), and the protocol agreed on (ALPN). A WebSocket
/// is logged when it ends.
pub(crate) fn start_with(
    port: u16,
    identity: Option<&Identity>,
    clients: Option<&Authority>,
    locations: &str,
) -> Daemon {
    let scratch = Scratch::new("nginx");
    let verify = clients.map_or_else(String::new, |authority| {
        format!(
            "ssl_client_certificate {};\n    ssl_verify_client on;",
            authority.path().display()
        )
    });
    let (ssl, certificate) = identity.map_or_else(Default::default, |identity| {
        let files = (identity.certificate_path(), identity.key_path());
        let (certificate, key) = (files.0.display(), files.1.display());
        let files = format!("ssl_certificate {certificate};\n    ssl_certificate_key {key};");
        (" ssl", files)
    });
    let configuration = format!(
        "daemon off;
master_process off;
pid nginx.pid;
error_log stderr;
events {{}}
http {{
  # The paths that were compiled in are for root only.
  client_body_temp_path client;
  fastcgi_temp_path fastcgi;
  proxy_temp_path proxy;
  scgi_temp_path scgi;
  uwsgi_temp_path uwsgi;
  log_format fields '$status \"$request\" host=\"$http_host\" '
    'authorization=\"$http_authorization\" proxy-authorization=\"$http_proxy_authorization\" '
    'cookie=\"$http_cookie\" client=\"$ssl_client_s_dn\" '
    'sni=\"$ssl_server_name\" alpn=\"$ssl_alpn_protocol\"';
  access_log {LOG} fields;
  map $http_upgrade $connection_upgrade {{ default upgrade; '' close; }}
  server {{
    listen 127.0.0.1:{port}{ssl};
    {certificate}
    {verify}
    absolute_redirect off;
    {locations}
  }}
}}
"
    );
    run(&scratch.write("nginx.conf", &configuration), port, scratch)
}

fn run(configuration: &Path, port: u16, scratch: Scratch) -> Daemon {
    let mut command = program("HYBI_NGINX");
    // Also errors from before the configuration is read.
    command.args(["-e", "stderr", "-c"]).arg(configuration);
    command.arg("-p").arg(scratch.directory());
    Daemon::start(&mut command, port, scratch, LOG)
}
