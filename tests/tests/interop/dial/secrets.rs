//! Credentials are in nothing that is printed, whether it works or not.

use core::net::SocketAddr;

use hybi::futures::Disconnect;
use hybi::proxy::Scheme;
use hybi::{Error, Options, Request};

use super::program::talk;
use super::{
    LOGIN, WRONG, at_localhost, direct, proxy, secure_server, server, through, trusting, visit,
};
use crate::certificates::Authority;
use crate::daemons::{Daemon, free_port, nginx, socks, squid, tinyproxy};
use crate::examples::Runtime;

/// In the URL, in fields, and for the proxy; as they are, in base64, and percent-encoded.
const SECRETS: [&str; 12] = [
    "s3cret",
    "a2V0dGxlOnMzY3JldA",
    "kettle",
    "chocolate",
    "t0ken",
    "sesame7",
    "YWxpY2U6c2VzYW1lNw",
    "wrong",
    "YWxpY2U6d3Jvbmc",
    "alice",
    "p%40ss",
    "p@ss",
];

const FIELDS: [(&str, &str); 2] = [("Cookie", "crumb=chocolate"), ("X-API-Key", "t0ken")];

/// A server that says no in many words.
fn forbidding() -> Daemon {
    let locations = "location / { return 403; }\nlocation = /moved { return 302 ftp://h/; }\n";
    nginx::start_with(free_port(), None, None, locations)
}

#[track_caller]
fn is_clean(text: &str, what: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{what}: {secret} in {text}");
    }
}

/// With user and password in the URL.
fn with_password(url: &str, password: &str) -> String {
    url.replace("://", &format!("://kettle:{password}@"))
}

#[test]
fn the_program_prints_none() {
    let authority = Authority::new("authority");
    let identity = authority.server();
    let (_plain_server, plain) = server();
    let (_secure_server, secure) = secure_server(&identity);
    let forbidding = forbidding();
    let (squid, tinyproxy) = (
        squid::start(Some(LOGIN), None),
        tinyproxy::start(Some(LOGIN)),
    );
    let socks = socks::start(Some(LOGIN));
    let nobody = SocketAddr::from(([127, 0, 0, 1], free_port()));
    let roots = authority.path().display().to_string();

    let (ws, wss) = (at_localhost("ws", plain), at_localhost("wss", secure));
    let no = at_localhost("ws", forbidding.address());
    let moved = format!("{no}moved");
    let none = at_localhost("ws", nobody);
    let through = |scheme: &str, daemon: SocketAddr, login: &str| {
        format!("{scheme}://alice:{login}@{daemon}")
    };
    let right = through("http", squid.address(), "sesame7");
    let wrong = through("http", squid.address(), "wrong");
    let very_wrong = through("http", tinyproxy.address(), "wrong");
    let over_socks = through("socks5h", socks.address(), "sesame7");
    let wrong_socks = through("socks5h", socks.address(), "wrong");
    let gone = through("http", nobody, "sesame7");
    let odd = through("ftp", nobody, "sesame7");
    let mut works = 0;
    for (url, arguments) in [
        (&ws, &["--direct"][..]),
        (&wss, &["--direct", "--cacert", &roots]),
        (&wss, &["--direct"]),
        (&ws, &["--proxy", &right]),
        (&wss, &["--proxy", &right, "--cacert", &roots]),
        (&wss, &["--proxy", &right]),
        (&ws, &["--proxy", &wrong]),
        (&ws, &["--proxy", &very_wrong]),
        (&ws, &["--proxy", &over_socks]),
        (&ws, &["--proxy", &wrong_socks]),
        (&ws, &["--proxy", &gone]),
        (&none, &["--proxy", &right]),
        (&none, &["--proxy", &over_socks]),
        (&none, &["--direct"]),
        (&no, &["--direct"]),
        (&moved, &["--direct", "--redirects", "2"]),
        (&no, &["--proxy", &right]),
        // What is no proxy, no field and no URL.
        (&ws, &["--proxy", &odd]),
        (&ws, &["--direct", "-H", "Cookie crumb=chocolate"]),
        (&ws, &["--direct", "-H", "Cookie: crumb=chocolate\nX: y"]),
        (&ws, &["--direct", "-H", "Sec-WebSocket-Key: chocolate"]),
        (&format!("{ws}#fragment"), &["--direct"]),
        (&ws.replace("ws:", "ftp:"), &["--direct"]),
        (&ws.replace("localhost", "local host"), &["--direct"]),
        (&ws.replace("localhost:", "localhost:9"), &["--direct"]),
    ] {
        for password in ["s3cret", "p%40ss"] {
            let url = with_password(url, password);
            let fields = FIELDS.map(|(name, value)| format!("{name}: {value}"));
            let fields = ["-H", &fields[0], "-H", &fields[1]];
            for runtime in Runtime::ALL {
                let outcome = talk(runtime, &[arguments, &fields, &[&url]].concat(), &[]);
                works += usize::from(outcome.is_good());
                assert!(outcome.is_good() || !outcome.errors.is_empty());
                is_clean(&format!("{outcome}"), &format!("{arguments:?}"));
            }
        }
    }
    // Directly, through Squid and through SOCKS; of each two passwords on two runtimes.
    assert_eq!(works, 5 * 2 * 2);
}

/// A request with secrets in its URL and its fields.
fn request(url: &str) -> Request {
    let request = super::request(&with_password(url, "s3cret"));
    FIELDS.into_iter().fold(request, |request, (name, value)| {
        request.with_field(name, value).expect("a field")
    })
}

#[test]
fn no_value_shows_any() {
    let authority = Authority::new("authority");
    let identity = authority.server();
    let (_plain_server, plain) = server();
    let (_secure_server, secure) = secure_server(&identity);
    let forbidding = forbidding();
    let (squid, tinyproxy) = (
        squid::start(Some(LOGIN), None),
        tinyproxy::start(Some(LOGIN)),
    );
    let socks = socks::start(Some(LOGIN));
    let no = at_localhost("ws", forbidding.address());
    let at = |scheme, daemon: &Daemon, login| through(proxy(scheme, daemon.address(), Some(login)));
    let (ws, wss) = (at_localhost("ws", plain), at_localhost("wss", secure));
    let cases: [(&str, Options); 10] = [
        (&ws, direct()),
        (&wss, trusting(direct(), &authority)),
        (&wss, trusting(direct(), &Authority::new("other"))),
        (&ws, at(Scheme::Http, &squid, LOGIN)),
        (&ws, at(Scheme::Http, &squid, WRONG)),
        (&ws, at(Scheme::Http, &tinyproxy, WRONG)),
        (&ws, at(Scheme::Https, &squid, LOGIN)),
        (&ws, at(Scheme::Socks5h, &socks, LOGIN)),
        (&ws, at(Scheme::Socks5h, &socks, WRONG)),
        (&no, at(Scheme::Http, &squid, LOGIN)),
    ];
    let mut works = 0;
    for (url, options) in cases {
        let request = request(url);
        is_clean(&format!("{request:?} {options:?} {options:#?}"), "settings");
        for runtime in Runtime::ALL {
            match visit(runtime, &request, &options) {
                Ok(response) => {
                    works += 1;
                    is_clean(&format!("{response:?}"), "response");
                }
                Err(error) => fails_silently(error),
            }
        }
    }
    assert_eq!(works, 4 * Runtime::ALL.len());
}

/// Shows an error in all ways that there are.
#[track_caller]
fn fails_silently(error: Error) {
    is_clean(&format!("{error} {error:?} {error:#?}"), "error");
    let mut source = std::error::Error::source(&error);
    while let Some(beneath) = source {
        is_clean(&format!("{beneath} {beneath:?}"), "source");
        source = beneath.source();
    }
    let ended = Disconnect::from(error);
    is_clean(&format!("{ended} {ended:?} {ended:#?}"), "disconnect");
}
