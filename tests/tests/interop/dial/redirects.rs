//! Redirects that nginx gives.

use core::fmt::Write as _;
use core::net::SocketAddr;

use hybi::futures::DialCause;
use hybi::handshake::RedirectError;
use hybi::{Error, Request, Step};

use super::{direct, program, request, server, trusting, visit};
use crate::certificates::{Authority, Identity};
use crate::daemons::{Daemon, free_port, nginx, within_limit};
use crate::examples::Runtime;
use crate::tap::Tap;

/// A server of the paths below, and of WebSockets at `/chat` by `own` and elsewhere by `other`.
fn redirecting(identity: Option<&Identity>, own: SocketAddr, other: SocketAddr) -> Daemon {
    let port = free_port();
    let scheme = identity.map_or("ws", |_| "wss");
    let mut locations = nginx::location("/chat", own);
    for (path, status, to) in [
        ("/relative", 307, "/chat".to_owned()),
        ("/permanent", 308, "/chat?again".to_owned()),
        ("/whole", 301, format!("{scheme}://localhost:{port}/chat")),
        ("/http", 302, format!("http://{other}/")),
        ("/other", 302, format!("ws://{other}/")),
        ("/loop", 302, "/loop".to_owned()),
        ("/ftp", 302, "ftp://localhost/".to_owned()),
    ] {
        let _ = writeln!(locations, "location = {path} {{ return {status} {to}; }}");
    }
    nginx::start_with(port, identity, None, &locations)
}

fn url(scheme: &str, daemon: &Daemon, path: &str) -> String {
    format!("{scheme}://localhost:{}{path}", daemon.address().port())
}

#[test]
fn hc07_by_default_none_is_followed() {
    let (_server, address) = server();
    let tap = Tap::before(address);
    let daemon = redirecting(None, tap.address(), tap.address());
    for (path, status) in [
        ("/relative", 307),
        ("/whole", 301),
        ("/http", 302),
        ("/other", 302),
    ] {
        let url = url("ws", &daemon, path);
        for runtime in Runtime::ALL {
            match visit(runtime, &request(&url), &direct()) {
                Err(Error::Rejected(response)) => {
                    assert!(response.is_redirect(), "{path}");
                    assert_eq!(response.status().code(), status, "{path}");
                    assert!(response.fields().first("Location").is_some(), "{path}");
                }
                other => panic!("{runtime:?}, {path}: {other:?}"),
            }
        }
        program::fails(&[&url], &[], &format!("status {status}"));
    }
    assert_eq!(tap.bytes(), [0, 0]);
}

#[test]
fn hc08_all_kinds_are_followed() {
    let authority = Authority::new("authority");
    let identity = authority.server();
    let (_server, address) = server();
    let roots = authority.path();
    let roots = roots.to_str().expect("UTF-8");
    for (scheme, identity, paths) in [
        (
            "ws",
            None,
            &["/relative", "/permanent", "/whole", "/http", "/other"][..],
        ),
        (
            "wss",
            Some(&identity),
            &["/relative", "/permanent", "/whole"],
        ),
    ] {
        let daemon = redirecting(identity, address, address);
        let mut options = trusting(direct(), &authority);
        options.dial.redirects = 1;
        for path in paths {
            let url = url(scheme, &daemon, path);
            super::arrives(&url, &options);
            program::talks(&["--cacert", roots, "--redirects", "1", &url], &[]);
        }
        // RFC 9110 §10.2.2: what is relative is so to where we have asked.
        daemon.logged("101 \"GET /chat?again HTTP/1.1\"");
    }
}

/// A request with what is for its server alone.
fn secretive(url: &str) -> Request {
    let request = request(&url.replace("://", "://kettle:s3cret@"));
    request
        .with_field("Cookie", "crumb=chocolate")
        .expect("a field")
}

#[test]
fn hc08_hc09_secrets_stay_with_their_server() {
    let (_own_server, own) = server();
    let (_other_server, other) = server();
    let mut options = direct();
    options.dial.redirects = 3;
    for runtime in Runtime::ALL {
        for (path, moves) in [
            ("/relative", false),
            ("/whole", false),
            ("/other", true),
            ("/http", true),
        ] {
            let (own, other) = (Tap::before(own), Tap::before(other));
            let daemon = redirecting(None, own.address(), other.address());
            let url = url("ws", &daemon, path);
            let result = visit(runtime, &secretive(&url), &options);
            assert!(result.is_ok(), "{runtime:?}, {path}: {result:?}");
            // What was asked for first had them.
            let line = daemon.logged(&format!("GET {path} "));
            assert!(line.contains("a2V0dGxlOnMzY3JldA=="), "{line}");
            let tap = if moves { &other } else { &own };
            let [head] = &tap.requests()[..] else {
                panic!("{path}: {:?}", tap.requests());
            };
            for secret in ["a2V0dGxlOnMzY3JldA==", "crumb=chocolate"] {
                assert_eq!(head.contains(secret), !moves, "{path}: {head}");
            }
            assert!(head.contains("Sec-WebSocket-Protocol: echo"), "{head}");
        }
    }
}

#[test]
fn hc08_encryption_does_not_end() {
    let authority = Authority::new("authority");
    let identity = authority.server();
    let (_server, address) = server();
    let roots = authority.path();
    let roots = roots.to_str().expect("UTF-8");
    let tap = Tap::before(address);
    let daemon = redirecting(Some(&identity), address, tap.address());
    let mut options = trusting(direct(), &authority);
    options.dial.redirects = 3;
    for path in ["/other", "/http"] {
        let url = url("wss", &daemon, path);
        super::fails(&url, &options, Step::Handshake, |error| {
            assert!(
                matches!(error.cause(), DialCause::Redirect(RedirectError::Downgrade)),
                "{error:?}"
            );
        });
        let arguments = ["--cacert", roots, "--redirects", "9", &url];
        program::fails(&arguments, &[], "redirect from wss to ws");
    }
    assert_eq!(tap.bytes(), [0, 0]);
}

#[test]
fn hc08_they_are_counted_and_must_lead_somewhere() {
    let (_server, address) = server();
    for runtime in Runtime::ALL {
        let daemon = redirecting(None, address, address);
        let mut options = direct();
        options.dial.redirects = 3;
        let result = visit(runtime, &request(&url("ws", &daemon, "/loop")), &options);
        assert!(
            matches!(&result, Err(Error::Rejected(response)) if response.is_redirect()),
            "{result:?}"
        );
        // The first, and three more; each is logged after it has been answered.
        let count = || daemon.log().matches("GET /loop ").count();
        let enough = within_limit(|| (count() >= 4).then_some(()));
        assert!(enough.is_some() && count() == 4, "{}", daemon.log());
        let result = visit(runtime, &request(&url("ws", &daemon, "/ftp")), &options);
        let Err(Error::Dial(error)) = result else {
            panic!("{result:?}");
        };
        assert!(matches!(
            error.cause(),
            DialCause::Redirect(RedirectError::Location(_))
        ));
    }
}
