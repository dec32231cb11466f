//! Squid and tinyproxy, for everybody and for one user, over TCP and over TLS.

use core::net::SocketAddr;

use hybi::proxy::Scheme;
use hybi::{Options, Step};

use super::{
    AWKWARD, LOGIN, WRONG, arrives, at_localhost, connector, fails, program, proxy, refusal, roots,
    secure_server, server, through, tls_error, trusting,
};
use crate::certificates::{Authority, Identity};
use crate::daemons::haproxy::Haproxy;
use crate::daemons::{Daemon, Login, free_port, squid, tinyproxy};
use crate::examples::Runtime;
use crate::tap::Tap;

/// How to start a proxy, and how it answers without credentials and with wrong ones: whether it
/// asks for others, and its status.
struct Kind {
    start: fn(Option<Login<'_>>) -> Daemon,
    missing: (bool, u16),
    wrong: (bool, u16),
    /// How it answers when nobody listens at the target.
    unreachable: u16,
}

const KINDS: [Kind; 2] = [
    Kind {
        start: |login| squid::start(login, None),
        missing: (true, 407),
        wrong: (true, 407),
        unreachable: 503,
    },
    Kind {
        start: tinyproxy::start,
        missing: (true, 407),
        // It does not ask again.
        wrong: (false, 401),
        unreachable: 500,
    },
];

fn options(daemon: &Daemon, login: Option<Login<'_>>) -> Options {
    through(proxy(Scheme::Http, daemon.address(), login))
}

#[test]
fn p01_p13_tunnels_for_ws_and_wss() {
    let authority = Authority::new("authority");
    let identity = authority.server();
    let (_server, plain) = server();
    let (_secure_server, secure) = secure_server(&identity);
    for kind in KINDS {
        let daemon = (kind.start)(None);
        let options = trusting(options(&daemon, None), &authority);
        for (url, target) in [
            (format!("ws://{plain}/"), plain.to_string()),
            (
                at_localhost("ws", plain),
                format!("localhost:{}", plain.port()),
            ),
            (format!("wss://{secure}/"), secure.to_string()),
            (
                at_localhost("wss", secure),
                format!("localhost:{}", secure.port()),
            ),
        ] {
            arrives(&url, &options);
            daemon.logged(&format!("CONNECT {target}"));
        }
    }
}

#[test]
fn p06_p07_credentials_right_wrong_and_missing() {
    let (_server, address) = server();
    for kind in KINDS {
        let tap = Tap::before(address);
        let url = at_localhost("ws", tap.address());
        let daemon = (kind.start)(Some(LOGIN));
        for (login, expected) in [(None, kind.missing), (Some(WRONG), kind.wrong)] {
            fails(&url, &options(&daemon, login), Step::Proxy, |error| {
                assert_eq!(refusal(error), expected, "{error}");
                assert_eq!(
                    error.peer(),
                    format!("localhost:{}", daemon.address().port())
                );
            });
        }
        assert_eq!(tap.requests(), [""; 0]);
        arrives(&url, &options(&daemon, Some(LOGIN)));
        assert_eq!(tap.requests().len(), Runtime::ALL.len());
    }
}

#[test]
fn p17_credentials_that_need_encoding() {
    let (_server, address) = server();
    let url = at_localhost("ws", address);
    let daemon = squid::start(Some(AWKWARD), None);
    arrives(&url, &options(&daemon, Some(AWKWARD)));
    let line = daemon.logged("200 CONNECT");
    assert!(line.contains(" alice "), "{line}");
    // As on a command line: decoded once.
    let encoded = "alice:open:%20%2573%C3%A9same%20'%22%5C$+";
    let proxy = format!("http://{encoded}@{}", daemon.address());
    program::talks(&["--proxy", &proxy, &url], &[]);
}

#[test]
fn p09_refusals_of_targets() {
    let nobody = SocketAddr::from(([127, 0, 0, 1], free_port()));
    for kind in KINDS {
        let daemon = (kind.start)(None);
        for scheme in ["ws", "wss"] {
            let url = at_localhost(scheme, nobody);
            fails(&url, &options(&daemon, None), Step::Proxy, |error| {
                assert_eq!(refusal(error), (false, kind.unreachable), "{error}");
            });
        }
    }
    let squid = squid::start(None, None);
    // An address for documentation, which its rules do not allow.
    fails(
        "ws://192.0.2.1/",
        &options(&squid, None),
        Step::Proxy,
        |error| {
            assert_eq!(refusal(error), (false, 403), "{error}");
        },
    );
}

#[test]
fn a_proxy_that_is_not_there() {
    let nobody = SocketAddr::from(([127, 0, 0, 1], free_port()));
    let (_server, address) = server();
    let options = through(proxy(Scheme::Http, nobody, None));
    fails(
        &at_localhost("ws", address),
        &options,
        Step::Connect,
        |error| {
            assert_eq!(error.peer(), format!("localhost:{}", nobody.port()));
        },
    );
}

/// Proxies over TLS, for one user: one that speaks it, and one behind HAProxy.
fn over_tls(identity: &Identity) -> [(Option<Daemon>, Daemon); 2] {
    let tinyproxy = tinyproxy::start(Some(LOGIN));
    let haproxy = Haproxy::tcp(tinyproxy.address()).tls(identity).start();
    [
        (None, squid::start(Some(LOGIN), Some(identity))),
        (Some(tinyproxy), haproxy),
    ]
}

// Both ends of TLS have a certificate, each by another authority.
#[test]
fn p19_tl10_proxy_and_server_have_roots_of_their_own() {
    let [near, far] = ["near", "far"].map(Authority::new);
    let (near_identity, far_identity) = (near.server(), far.server());
    let (_plain_server, plain) = server();
    let (_server, secure) = secure_server(&far_identity);
    let (plain, secure) = (at_localhost("ws", plain), at_localhost("wss", secure));
    for (_behind, daemon) in over_tls(&near_identity) {
        let options = |proxy_roots, server_roots, login| {
            let way = through(proxy(Scheme::Https, daemon.address(), login));
            let mut options = trusting(way, server_roots);
            options.dial.proxy_tls = Some(connector(&roots(proxy_roots)));
            options
        };
        for url in [&plain, &secure] {
            arrives(url, &options(&near, &far, Some(LOGIN)));
            fails(url, &options(&near, &far, None), Step::Proxy, |error| {
                assert_eq!(refusal(error), (true, 407), "{error}");
            });
            fails(
                url,
                &options(&far, &near, Some(LOGIN)),
                Step::ProxyTls,
                |error| {
                    assert!(tls_error(error).contains("UnknownIssuer"), "{error}");
                    assert_eq!(
                        error.peer(),
                        format!("localhost:{}", daemon.address().port())
                    );
                },
            );
        }
        fails(
            &secure,
            &options(&near, &near, Some(LOGIN)),
            Step::Tls,
            |error| {
                assert!(tls_error(error).contains("UnknownIssuer"), "{error}");
                assert!(secure.contains(error.peer()), "{error}");
            },
        );
    }
}

#[test]
fn p19_wrong_names_are_told_apart() {
    let authority = Authority::new("authority");
    let (right, wrong) = (
        authority.server(),
        authority.server_named(&["elsewhere.test"]),
    );
    let (_right_server, right_server) = secure_server(&right);
    let (_wrong_server, wrong_server) = secure_server(&wrong);
    for (proxy_identity, server, step) in [
        (&wrong, right_server, Step::ProxyTls),
        (&right, wrong_server, Step::Tls),
    ] {
        for (_behind, daemon) in over_tls(proxy_identity) {
            let way = through(proxy(Scheme::Https, daemon.address(), Some(LOGIN)));
            let mut options = trusting(way, &authority);
            options.dial.proxy_tls = Some(connector(&roots(&authority)));
            fails(&at_localhost("wss", server), &options, step, |error| {
                let text = tls_error(error);
                assert!(text.contains("not valid for name"), "{text}");
                assert!(text.contains("elsewhere.test"), "{text}");
            });
        }
    }
}

#[test]
fn p19_the_flags_of_the_program() {
    let [near, far] = ["near", "far"].map(Authority::new);
    let (near_identity, far_identity) = (near.server(), far.server());
    let (_server, secure) = secure_server(&far_identity);
    let url = at_localhost("wss", secure);
    let [near, far] = [near.path(), far.path()];
    let [near, far] = [&near, &far].map(|path| path.to_str().expect("UTF-8"));
    for (_behind, daemon) in over_tls(&near_identity) {
        let proxy = format!(
            "https://alice:sesame7@localhost:{}",
            daemon.address().port()
        );
        let through = ["--proxy", &proxy, &url];
        let trusting = [&through[..], &["--cacert", far, "--proxy-cacert", near]].concat();
        program::talks(&trusting, &[]);
        let far_only = [&through[..], &["--cacert", far]].concat();
        program::fails(&far_only, &[], "TLS with the proxy");
        // It does not say anything about the proxy.
        let insecure = [&through[..], &["--insecure"]].concat();
        program::fails(&insecure, &[], "TLS with the proxy");
        let near_only = [&through[..], &["--proxy-cacert", near]].concat();
        program::fails(&near_only, &[], "TLS (localhost");
        let insecure = [&near_only[..], &["--insecure"]].concat();
        program::talks(&insecure, &[]);
    }
}
