//! SOCKS5 through microsocks, with names looked up here and there.

use core::net::SocketAddr;

use hybi::Step;
use hybi::futures::DialCause;
use hybi::proxy::{Scheme, SocksError, SocksReply};

use super::{
    AWKWARD, WRONG, arrives, at_localhost, fails, program, proxy, secure_server, server, through,
    trusting,
};
use crate::certificates::Authority;
use crate::daemons::{Login, free_port, socks};

const SCHEMES: [Scheme; 2] = [Scheme::Socks5, Scheme::Socks5h];

#[test]
fn p24_names_are_looked_up_here_or_there() {
    let authority = Authority::new("authority");
    let identity = authority.server();
    let (_server, plain) = server();
    let (_secure_server, secure) = secure_server(&identity);
    for (scheme, host, seen) in [
        (Scheme::Socks5, "127.0.0.1", "127.0.0.1"),
        (Scheme::Socks5, "localhost", "127.0.0.1"),
        (Scheme::Socks5h, "127.0.0.1", "127.0.0.1"),
        (Scheme::Socks5h, "localhost", "localhost"),
    ] {
        // One each, so that the log is of this alone.
        let daemon = socks::start(None);
        let options = trusting(through(proxy(scheme, daemon.address(), None)), &authority);
        for (kind, server) in [("ws", plain), ("wss", secure)] {
            arrives(&format!("{kind}://{host}:{}/", server.port()), &options);
            daemon.logged(&format!("{seen}:{}", server.port()));
        }
        if seen != host {
            assert!(!daemon.log().contains(host), "{}", daemon.log());
        }
    }
}

#[test]
fn p24_p25_credentials_right_wrong_and_missing() {
    let (_server, address) = server();
    let url = at_localhost("ws", address);
    let long = "x".repeat(255);
    let long = Login {
        user: &long,
        password: &long,
    };
    for login in [AWKWARD, long] {
        let daemon = socks::start(Some(login));
        for scheme in SCHEMES {
            for (login, expected) in [
                (None, SocksError::NoAcceptableMethod),
                (Some(WRONG), SocksError::AuthenticationFailed),
            ] {
                let options = through(proxy(scheme, daemon.address(), login));
                fails(&url, &options, Step::Proxy, |error| {
                    assert!(
                        matches!(error.cause(), DialCause::Socks(seen) if *seen == expected),
                        "{error:?}"
                    );
                });
            }
            arrives(&url, &through(proxy(scheme, daemon.address(), Some(login))));
        }
    }
}

#[test]
fn p25_credentials_that_socks_cannot_carry() {
    let daemon = socks::start(None);
    let long = "x".repeat(256);
    let login = Login {
        user: "alice",
        password: &long,
    };
    let options = through(proxy(Scheme::Socks5h, daemon.address(), Some(login)));
    fails("ws://localhost:1/", &options, Step::Proxy, |error| {
        assert!(
            matches!(
                error.cause(),
                DialCause::Misuse(hybi::proxy::Misuse::SocksCredentials)
            ),
            "{error:?}"
        );
    });
}

#[test]
fn p24_the_proxy_says_why() {
    let daemon = socks::start(None);
    let nobody = SocketAddr::from(([127, 0, 0, 1], free_port()));
    for scheme in SCHEMES {
        let options = through(proxy(scheme, daemon.address(), None));
        fails(
            &at_localhost("ws", nobody),
            &options,
            Step::Proxy,
            |error| {
                assert!(
                    matches!(
                        error.cause(),
                        DialCause::Socks(SocksError::Refused(SocksReply::ConnectionRefused))
                    ),
                    "{error:?}"
                );
            },
        );
    }
}

#[test]
fn p18_the_flags_and_variables_of_the_program() {
    let (_server, address) = server();
    let url = at_localhost("ws", address);
    let login = Login {
        user: "alice",
        password: "sesame7",
    };
    let daemon = socks::start(Some(login));
    for scheme in SCHEMES {
        let right = format!("{scheme}://alice:sesame7@{}", daemon.address());
        program::talks(&["--proxy", &right, &url], &[]);
        program::talks(&[&url], &[("all_proxy", &right)]);
        let wrong = format!("{scheme}://alice:wrong@{}", daemon.address());
        program::fails(&["--proxy", &wrong, &url], &[], "user and password");
    }
}
