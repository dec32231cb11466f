//! CONNECT and SOCKS5, with and without credentials, over TCP and over TLS.

use super::{
    LOGIN, NO_SOCKS, NO_TUNNEL, REFUSED_CERTIFICATE, at_localhost, failed, is_the_page, server,
};
use crate::certificates::Authority;
use crate::curl::curl;
use crate::daemons::haproxy::Haproxy;
use crate::daemons::{Daemon, Login, nginx, socks, squid, tinyproxy};
use crate::tap::Tap;

/// With what somebody on the way may take for something else.
const AWKWARD: Login<'_> = Login {
    user: "alice",
    password: "open: %73ésame '\"\\$+",
};

/// The same for curl, which decodes it.
const AWKWARD_FOR_CURL: &str = "alice:open: %2573ésame '\"\\$+";

/// Asserts that the proxy opens tunnels for `user` and for nobody else, and that nothing about it
/// reaches the server.
#[track_caller]
fn check_login(proxy: &str, user: &str, more: &[&str], refused: [u16; 2]) {
    let (_server, address) = server();
    let tap = Tap::before(address);
    let page = format!("http://{}/", tap.address());
    let through = [&["--proxytunnel", "--proxy", proxy, &page], more].concat();
    let [without, wrong] = refused;

    let outcome = curl(&through);
    failed(&outcome, NO_TUNNEL);
    assert_eq!(outcome.connect_status, without, "{outcome:?}");
    let outcome = curl(&[&through[..], &["--proxy-user", "alice:wrong"]].concat());
    failed(&outcome, NO_TUNNEL);
    assert_eq!(outcome.connect_status, wrong, "{outcome:?}");
    assert_eq!(tap.requests(), [""; 0]);

    let outcome = curl(&[&through[..], &["--proxy-user", user]].concat());
    is_the_page(&outcome);
    assert_eq!(outcome.connect_status, 200);
    let requests = tap.requests();
    assert_eq!(requests.len(), 1);
    assert!(requests[0].starts_with("GET / HTTP/1.1\r\n"));
    assert!(!requests[0].contains("Proxy-"), "{requests:?}");
}

/// Asserts that the proxy opens tunnels, and that of what is for the server it sees nothing.
#[track_caller]
fn check_open(proxy: &Daemon) {
    let (_server, address) = server();
    let tap = Tap::before(proxy.address());
    for host in ["127.0.0.1", "localhost"] {
        let through = format!("http://{}", tap.address());
        let page = format!("http://{host}:{}/", address.port());
        let cookie = ["--header", "Cookie: secret=1"];
        let outcome = curl(&[&["--proxytunnel", "--proxy", &through, &page], &cookie[..]].concat());
        is_the_page(&outcome);
        assert_eq!(outcome.connect_status, 200);
        let line = format!("CONNECT {host}:{}", address.port());
        proxy.logged(&line);
        let requests = tap.requests();
        let request = requests.last().expect("one that came through");
        assert!(request.starts_with(&line), "{request}");
        assert!(!request.contains("secret"), "{request}");
    }
}

#[test]
fn squid_opens_tunnels() {
    check_open(&squid::start(None, None));
}

#[test]
fn squid_opens_no_tunnels_to_elsewhere() {
    let proxy = squid::start(None, None);
    let through = format!("http://{}", proxy.address());
    // An address for documentation, and a name that nobody has.
    for page in ["http://192.0.2.1/", "http://elsewhere.test/"] {
        let outcome = curl(&["--proxytunnel", "--proxy", &through, page]);
        failed(&outcome, NO_TUNNEL);
        assert_eq!(outcome.connect_status, 403, "{outcome:?}");
    }
}

#[test]
fn squid_asks_for_credentials() {
    let proxy = squid::start(Some(AWKWARD), None);
    let through = format!("http://{}", proxy.address());
    check_login(&through, AWKWARD_FOR_CURL, &[], [407, 407]);
    let line = proxy.logged("200 CONNECT");
    assert!(line.contains(" alice "), "{line}");
    assert!(line.contains("Proxy-Authorization: Basic "), "{line}");
}

#[test]
fn squid_is_a_proxy_over_tls() {
    let authority = Authority::new("authority");
    let identity = authority.server();
    let proxy = squid::start(Some(LOGIN), Some(&identity));
    let through = at_localhost("https", &proxy);
    let roots = authority.path();
    let roots = ["--proxy-cacert", roots.to_str().expect("UTF-8")];
    check_login(&through, "alice:sesame7", &roots, [407, 407]);
    let outcome = curl(&["--proxytunnel", "--proxy", &through, "http://127.0.0.1/"]);
    failed(&outcome, REFUSED_CERTIFICATE);
}

#[test]
fn tinyproxy_opens_tunnels() {
    check_open(&tinyproxy::start(None));
}

#[test]
fn tinyproxy_asks_for_credentials() {
    let proxy = tinyproxy::start(Some(LOGIN));
    let through = format!("http://{}", proxy.address());
    // It does not ask again.
    check_login(&through, "alice:sesame7", &[], [407, 401]);
}

#[test]
fn haproxy_makes_any_proxy_one_over_tls() {
    let authority = Authority::new("authority");
    let identity = authority.server();
    let tinyproxy = tinyproxy::start(Some(LOGIN));
    let proxy = Haproxy::tcp(tinyproxy.address()).tls(&identity).start();
    let roots = authority.path();
    let roots = ["--proxy-cacert", roots.to_str().expect("UTF-8")];
    let through = at_localhost("https", &proxy);
    check_login(&through, "alice:sesame7", &roots, [407, 401]);
}

// Both have a certificate, each by another authority.
#[test]
fn tls_to_the_proxy_and_tls_to_the_server_are_apart() {
    let near = Authority::new("near");
    let far = Authority::new("far");
    let (near_identity, far_identity) = (near.server(), far.server());
    let proxy = squid::start(None, Some(&near_identity));
    let (_server, address) = server();
    let server = nginx::start(address, &far_identity, None);
    let (near, far) = (near.path(), far.path());
    let [near, far] = [&near, &far].map(|path| path.to_str().expect("UTF-8"));
    let fetch = |near, far| {
        let (proxy, page) = (
            at_localhost("https", &proxy),
            at_localhost("https", &server),
        );
        let through = ["--proxy", &proxy, "--proxy-cacert", near];
        curl(&[&through[..], &["--cacert", far, &page]].concat())
    };
    let outcome = fetch(near, far);
    is_the_page(&outcome);
    assert_eq!(outcome.connect_status, 200);
    for roots in [near, far] {
        failed(&fetch(far, roots), REFUSED_CERTIFICATE);
    }
    // Of TLS within TLS curl may only say that the connection failed, which is another code.
    let outcome = fetch(near, near);
    assert_ne!(outcome.exit, Some(0), "{outcome:?}");
    assert_eq!((outcome.status, outcome.connect_status), (0, 200));
}

#[test]
fn socks5_with_addresses_and_names() {
    let (_server, address) = server();
    let proxy = socks::start(None);
    let through = proxy.address().to_string();
    for (flag, host, seen) in [
        ("--socks5", "127.0.0.1", "127.0.0.1"),
        ("--socks5", "localhost", "127.0.0.1"),
        ("--socks5-hostname", "localhost", "localhost"),
    ] {
        let page = format!("http://{host}:{}/", address.port());
        is_the_page(&curl(&["--ipv4", flag, &through, &page]));
        proxy.logged(&format!("{seen}:{}", address.port()));
    }
}

#[test]
fn socks5_asks_for_credentials() {
    let (_server, address) = server();
    let proxy = socks::start(Some(AWKWARD));
    let through = proxy.address().to_string();
    let page = format!("http://{address}/");
    let through = ["--socks5-hostname", &through, &page];
    failed(&curl(&through), NO_SOCKS);
    let wrong = ["--proxy-user", "alice:wrong"];
    failed(&curl(&[&through[..], &wrong].concat()), NO_SOCKS);
    let right = ["--proxy-user", AWKWARD_FOR_CURL];
    is_the_page(&curl(&[&through[..], &right].concat()));
}
