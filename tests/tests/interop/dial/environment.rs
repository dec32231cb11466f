//! Proxies from the environment: the client example takes the same one as curl.

use core::net::SocketAddr;

use super::program::talk;
use super::{LOGIN, secure_server, server};
use crate::certificates::Authority;
use crate::curl::curl_in;
use crate::daemons::{Daemon, tinyproxy};
use crate::examples::Runtime;

/// Which proxy has been used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Used {
    A,
    B,
    Neither,
}
use Used::{A, B, Neither};

/// Variables, in whose values `A` and `B` stand for the proxies; the host; and the proxies that
/// curl takes for a URL without and with TLS.
type Row<'a> = (&'a [(&'a str, &'a str)], &'a str, [Used; 2]);

const NAME: &str = "localhost";
const ADDRESS: &str = "127.0.0.1";

#[rustfmt::skip]
const P20_P21: &[Row<'static>] = &[
    (&[], NAME, [Neither; 2]),
    (&[("http_proxy", "A")], NAME, [A, Neither]),
    (&[("HTTP_PROXY", "A")], NAME, [Neither; 2]),
    (&[("HTTP_PROXY", "A"), ("REQUEST_METHOD", "GET")], NAME, [Neither; 2]),
    (&[("https_proxy", "B")], NAME, [Neither, B]),
    (&[("HTTPS_PROXY", "B")], NAME, [Neither, B]),
    (&[("https_proxy", "A"), ("HTTPS_PROXY", "B")], NAME, [Neither, A]),
    (&[("all_proxy", "A")], NAME, [A, A]),
    (&[("ALL_PROXY", "B")], NAME, [B, B]),
    (&[("http_proxy", "A"), ("all_proxy", "B")], NAME, [A, B]),
    (&[("http_proxy", "A"), ("https_proxy", "B"), ("no_proxy", "localhost")], NAME, [Neither; 2]),
    (&[("http_proxy", "A"), ("https_proxy", "B"), ("no_proxy", "localhost")], ADDRESS, [A, B]),
    (&[("all_proxy", "A"), ("NO_PROXY", "localhost")], NAME, [Neither; 2]),
    (&[("all_proxy", "A"), ("no_proxy", "*")], ADDRESS, [Neither; 2]),
    (&[("all_proxy", "A"), ("no_proxy", "*,foo")], NAME, [A, A]),
    (&[("all_proxy", "A"), ("no_proxy", ".localhost")], NAME, [Neither; 2]),
    (&[("all_proxy", "A"), ("no_proxy", "ocalhost")], NAME, [A, A]),
    (&[("all_proxy", "A"), ("no_proxy", "foo,,,,,   LOCALhost")], NAME, [Neither; 2]),
    (&[("all_proxy", "A"), ("no_proxy", "127.0.0.0/8")], ADDRESS, [Neither; 2]),
    (&[("all_proxy", "A"), ("no_proxy", "127.0.0.0/8")], NAME, [A, A]),
    (&[("all_proxy", "A"), ("no_proxy", "127.0.0.1/33")], ADDRESS, [A, A]),
    (&[("all_proxy", "A"), ("no_proxy", "0.0.1")], ADDRESS, [A, A]),
];

/// Two proxies for one user, the servers behind them, and what they have logged.
struct World {
    proxies: [Daemon; 2],
    servers: [(&'static str, &'static str, SocketAddr); 2],
    roots: String,
}

impl World {
    /// The variables of a row with these proxies.
    fn variables<'a>(&self, row: &[(&'a str, &str)]) -> Vec<(&'a str, String)> {
        let [a, b] = self.proxies.each_ref().map(|proxy| {
            format!(
                "http://{}:{}@{}",
                LOGIN.user,
                LOGIN.password,
                proxy.address()
            )
        });
        let value = |text: &str| match text {
            "A" => a.clone(),
            "B" => b.clone(),
            other => other.to_owned(),
        };
        row.iter()
            .map(|&(name, text)| (name, value(text)))
            .collect()
    }

    /// The proxy that gets a CONNECT while this is done.
    fn used(&self, work: impl FnOnce()) -> Used {
        let count = || {
            let logs = self.proxies.each_ref().map(Daemon::log);
            logs.map(|log| log.matches("): CONNECT ").count())
        };
        let [a, b] = count();
        work();
        // A request is logged before it is answered.
        match count() {
            [x, y] if x > a && y == b => A,
            [x, y] if x == a && y > b => B,
            [x, y] if x == a && y == b => Neither,
            both => panic!("{both:?} after {:?}", [a, b]),
        }
    }
}

#[test]
fn p20_p21_the_same_proxy_as_curl() {
    let authority = Authority::new("authority");
    let (_plain, plain) = server();
    let identity = authority.server();
    let (_secure, secure) = secure_server(&identity);
    let world = World {
        proxies: [tinyproxy::start(Some(LOGIN)), tinyproxy::start(Some(LOGIN))],
        servers: [("ws", "http", plain), ("wss", "https", secure)],
        roots: authority.path().display().to_string(),
    };
    for &(row, host, expected) in P20_P21 {
        let variables = world.variables(row);
        let variables: Vec<(&str, &str)> = variables.iter().map(|(n, v)| (*n, &**v)).collect();
        for ((ours, theirs, address), expected) in world.servers.into_iter().zip(expected) {
            let trusting = ["--cacert", &world.roots];
            let page = format!("{theirs}://{host}:{}/", address.port());
            let seen = world.used(|| {
                let fetch = [&trusting[..], &["--proxytunnel", &page]].concat();
                let outcome = curl_in(&variables, &fetch);
                assert_eq!(outcome.status, 200, "{row:?}: {outcome:?}");
            });
            assert_eq!(seen, expected, "curl, {theirs}, {host}, {row:?}");
            let url = format!("{ours}://{host}:{}/", address.port());
            for runtime in Runtime::ALL {
                let seen = world.used(|| {
                    let outcome = talk(runtime, &[&trusting[..], &[&url]].concat(), &variables);
                    assert!(outcome.is_good(), "{row:?}: {outcome}");
                });
                assert_eq!(seen, expected, "{runtime:?}, {ours}, {host}, {row:?}");
            }
        }
    }
}

// Where we know more than curl, or are stricter; it is documented.
#[test]
fn p18_p21_what_is_ours_alone() {
    let (_server, address) = server();
    let url = format!("ws://localhost:{}/", address.port());
    let proxies = [tinyproxy::start(Some(LOGIN)), tinyproxy::start(Some(LOGIN))];
    let world = World {
        proxies,
        servers: [("ws", "http", address); 2],
        roots: String::new(),
    };
    for (row, arguments, expected) in [
        (&[("ws_proxy", "A"), ("http_proxy", "B")][..], &[][..], A),
        (&[("WS_PROXY", "A"), ("all_proxy", "B")], &[], A),
        // Empty is set, and says that there is none.
        (&[("ws_proxy", ""), ("http_proxy", "B")], &[], Neither),
        // Up to 8.8 curl took blanks for commas.
        (
            &[("http_proxy", "A"), ("no_proxy", "foo localhost")],
            &[],
            A,
        ),
        (&[("http_proxy", "A")], &["--direct"], Neither),
    ] {
        let variables = world.variables(row);
        let variables: Vec<(&str, &str)> = variables.iter().map(|(n, v)| (*n, &**v)).collect();
        for runtime in Runtime::ALL {
            let seen = world.used(|| {
                let outcome = talk(runtime, &[arguments, &[&url]].concat(), &variables);
                assert!(outcome.is_good(), "{row:?}: {outcome}");
            });
            assert_eq!(seen, expected, "{runtime:?}, {row:?}");
        }
    }
    // Never directly, if what is set cannot be spoken to; and nothing of it is said.
    for value in [
        "ftp://alice:sesame7@h",
        "socks4://alice:sesame7@h",
        "http://alice:sesame7@h:0",
    ] {
        for runtime in Runtime::ALL {
            let outcome = talk(runtime, &[&url], &[("http_proxy", value)]);
            assert!(outcome.failed_with("http_proxy"), "{value}: {outcome}");
            assert!(!outcome.errors.contains("sesame7"), "{outcome}");
        }
    }
}
