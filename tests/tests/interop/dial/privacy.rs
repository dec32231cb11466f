//! What the network, a proxy and a server get to see of what is for one of the others.

use hybi::proxy::Scheme;
use hybi::{Options, Request};

use super::{
    LOGIN, at_localhost, connector, proxy, roots, secure_server, server, through, trusting, visit,
};
use crate::certificates::Authority;
use crate::daemons::haproxy::Haproxy;
use crate::daemons::{nginx, squid, tinyproxy};
use crate::examples::Runtime;
use crate::tap::Tap;

/// `alice:sesame7`, for proxies.
const FOR_PROXY: &str = "Proxy-Authorization: Basic YWxpY2U6c2VzYW1lNw==";

/// A request with what is for its server alone: `kettle:s3cret` and a cookie.
fn request(url: &str) -> Request {
    let url = url.replace("://", "://kettle:s3cret@");
    let request = super::request(&url).with_field("Cookie", "crumb=chocolate");
    request.expect("a field")
}

/// What of it must not be seen by anybody else, in any form.
const FOR_SERVER: [&str; 4] = ["s3cret", "a2V0dGxlOnMzY3JldA", "chocolate", "Sec-WebSocket"];

#[track_caller]
fn arrives(url: &str, options: &Options) {
    for runtime in Runtime::ALL {
        let result = visit(runtime, &request(url), options);
        assert!(result.is_ok(), "{runtime:?}: {result:?}");
    }
}

/// Asserts that this went in clear: a CONNECT with credentials, and then TLS.
#[track_caller]
fn is_connect_and_then_tls(sent: &[u8], target: &str) {
    let text = String::from_utf8_lossy(sent);
    let (head, rest) = text.split_once("\r\n\r\n").expect("a head");
    let lines: Vec<&str> = head.split("\r\n").collect();
    let (line, host) = (
        format!("CONNECT {target} HTTP/1.1"),
        format!("Host: {target}"),
    );
    assert_eq!(lines, [&line, &host, "Connection: keep-alive", FOR_PROXY]);
    // RFC 8446 §5.1: a record with a handshake.
    assert!(rest.starts_with("\x16\x03"), "{:?}", rest.get(..16));
    for secret in FOR_SERVER {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[test]
fn p08_p23_in_clear_goes_a_connect_with_what_is_for_the_proxy() {
    let authority = Authority::new("authority");
    let identity = authority.server();
    let (_server, address) = secure_server(&identity);
    let target = format!("localhost:{}", address.port());
    for daemon in [
        squid::start(Some(LOGIN), None),
        tinyproxy::start(Some(LOGIN)),
    ] {
        for runtime in Runtime::ALL {
            let tap = Tap::before(daemon.address());
            let way = through(proxy(Scheme::Http, tap.address(), Some(LOGIN)));
            let options = trusting(way, &authority);
            let result = visit(runtime, &request(&format!("wss://{target}/")), &options);
            assert!(result.is_ok(), "{runtime:?}: {result:?}");
            is_connect_and_then_tls(&tap.sent(), &target);
        }
    }
}

// For `ws` too: CONNECT is a request of its own, and what follows is for the server.
#[test]
fn p23_connect_for_ws_has_nothing_that_is_for_the_server() {
    let (_server, address) = server();
    let daemon = squid::start(Some(LOGIN), None);
    let tap = Tap::before(daemon.address());
    let options = through(proxy(Scheme::Http, tap.address(), Some(LOGIN)));
    arrives(&at_localhost("ws", address), &options);
    for head in tap.requests() {
        assert!(head.starts_with("CONNECT "), "{head}");
        assert!(head.ends_with(FOR_PROXY), "{head}");
        assert_eq!(head.lines().count(), 4, "{head}");
    }
    // Squid has logged all fields of all that it took for a request.
    let line = daemon.logged("200 CONNECT");
    for secret in FOR_SERVER {
        assert!(!daemon.log().contains(secret), "{secret}: {line}");
    }
}

#[test]
fn p23_over_tls_nothing_goes_in_clear() {
    let authority = Authority::new("authority");
    let identity = authority.server();
    let (_server, address) = server();
    let tinyproxy = tinyproxy::start(Some(LOGIN));
    for daemon in [
        squid::start(Some(LOGIN), Some(&identity)),
        Haproxy::tcp(tinyproxy.address()).tls(&identity).start(),
    ] {
        let tap = Tap::before(daemon.address());
        let mut options = through(proxy(Scheme::Https, tap.address(), Some(LOGIN)));
        options.dial.proxy_tls = Some(connector(&roots(&authority)));
        arrives(&at_localhost("ws", address), &options);
        let sent = tap.sent();
        assert!(sent.starts_with(b"\x16\x03"), "{:?}", sent.get(..16));
        let text = String::from_utf8_lossy(&sent);
        for word in FOR_SERVER.into_iter().chain(["CONNECT", "YWxpY2U6"]) {
            assert!(!text.contains(word), "{word}");
        }
    }
}

#[test]
fn p08_the_server_gets_nothing_that_is_for_the_proxy() {
    let authority = Authority::new("authority");
    let identity = authority.server();
    let (_server, address) = server();
    let tap = Tap::before(address);
    let nginx = nginx::start(tap.address(), &identity, None);
    for (daemon, url) in [
        (
            squid::start(Some(LOGIN), None),
            at_localhost("ws", tap.address()),
        ),
        (
            tinyproxy::start(Some(LOGIN)),
            at_localhost("wss", nginx.address()),
        ),
    ] {
        let way = through(proxy(Scheme::Http, daemon.address(), Some(LOGIN)));
        arrives(&url, &trusting(way, &authority));
    }
    let requests = tap.requests();
    assert_eq!(requests.len(), 2 * Runtime::ALL.len());
    for head in requests {
        assert!(head.starts_with("GET / HTTP/1.1\r\n"), "{head}");
        assert!(
            head.contains("Authorization: Basic a2V0dGxlOnMzY3JldA=="),
            "{head}"
        );
        assert!(head.contains("Cookie: crumb=chocolate"), "{head}");
        let small = head.to_lowercase();
        for word in ["proxy-", "ywxpy2u6", "alice", "sesame7"] {
            assert!(!small.contains(word), "{word}: {head}");
        }
    }
    let line = nginx.logged("101 ");
    assert!(line.contains("proxy-authorization=\"-\""), "{line}");
    assert!(line.contains("cookie=\"crumb=chocolate\""), "{line}");
}
