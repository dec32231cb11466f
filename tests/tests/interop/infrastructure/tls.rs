//! nginx and HAProxy end TLS, and certificates are refused for the reasons that they were made for.

use core::net::SocketAddr;
use std::fs;
use std::path::Path;

use super::{REFUSED_CERTIFICATE, at_localhost, failed, is_the_page, server};
use crate::certificates::{Authority, Identity};
use crate::curl::{Outcome, curl};
use crate::daemons::haproxy::Haproxy;
use crate::daemons::{Daemon, nginx};

/// Fetches the page over TLS with these roots.
fn fetch(daemon: &Daemon, roots: &Path, more: &[&str]) -> Outcome {
    let roots = roots.to_str().expect("UTF-8");
    let page = at_localhost("https", daemon);
    curl(&[&["--cacert", roots, &page], more].concat())
}

/// What ends TLS in front of a server.
const TERMINATORS: [fn(SocketAddr, &Identity) -> Daemon; 3] = [
    |server, identity| nginx::start(server, identity, None),
    |server, identity| Haproxy::tcp(server).tls(identity).start(),
    |server, identity| Haproxy::http(server).tls(identity).start(),
];

#[test]
fn a_certificate_by_a_known_authority() {
    let (_server, address) = server();
    let authority = Authority::new("authority");
    let identity = authority.server();
    for terminator in TERMINATORS {
        let daemon = terminator(address, &identity);
        is_the_page(&fetch(&daemon, &authority.path(), &[]));
        let by_address = format!("https://{}/", daemon.address());
        let roots = authority.path();
        let roots = roots.to_str().expect("UTF-8");
        is_the_page(&curl(&["--cacert", roots, &by_address]));
    }
}

#[test]
fn certificates_to_refuse() {
    let (_server, address) = server();
    let authority = Authority::new("authority");
    for (identity, why) in [
        (authority.expired_server(), "expired"),
        (authority.server_named(&["elsewhere.test"]), "name"),
        (Authority::new("unknown").server(), "issuer"),
        (Identity::self_signed_server(), "self-signed"),
    ] {
        for terminator in TERMINATORS {
            let daemon = terminator(address, &identity);
            let outcome = fetch(&daemon, &authority.path(), &[]);
            failed(&outcome, REFUSED_CERTIFICATE);
            assert!(outcome.errors.contains(why), "{why}: {outcome:?}");
            // It is the certificate alone that is wrong.
            is_the_page(&fetch(&daemon, &authority.path(), &["--insecure"]));
        }
    }
}

#[test]
fn a_certificate_that_is_its_own_root() {
    let (_server, address) = server();
    let identity = Identity::self_signed_server();
    let daemon = nginx::start(address, &identity, None);
    is_the_page(&fetch(&daemon, &identity.certificate_path(), &[]));
}

#[test]
fn clients_need_a_certificate() {
    let (_server, address) = server();
    let authority = Authority::new("authority");
    let clients = Authority::new("clients");
    let identity = authority.server();
    let [known, unknown] = [&clients, &authority].map(|authority| authority.client("alice"));
    let (combined, unknown) = (known.combined_path(), unknown.combined_path());
    let (certificate, key) = (known.certificate_path(), known.key_path());
    let [combined, unknown, certificate, key] =
        [&combined, &unknown, &certificate, &key].map(|path| path.to_str().expect("UTF-8"));

    let lenient = nginx::start(address, &identity, Some(&clients));
    let strict = Haproxy::tcp(address).tls(&identity).only(&clients).start();
    for arguments in [&[][..], &["--cert", unknown]] {
        // It reads the request and says no.
        let outcome = fetch(&lenient, &authority.path(), arguments);
        assert_eq!(
            (outcome.exit, outcome.status),
            (Some(0), 400),
            "{outcome:?}"
        );
        // It ends the handshake; with TLS 1.3 the client believes in it for a moment.
        let outcome = fetch(&strict, &authority.path(), arguments);
        assert_ne!(outcome.exit, Some(0), "{outcome:?}");
        assert_eq!(outcome.status, 0, "{outcome:?}");
    }
    for daemon in [&lenient, &strict] {
        is_the_page(&fetch(daemon, &authority.path(), &["--cert", combined]));
        let arguments = ["--cert", certificate, "--key", key];
        is_the_page(&fetch(daemon, &authority.path(), &arguments));
    }
    lenient.logged("CN=alice");
}

#[test]
fn fields_reach_the_server_and_the_log() {
    let (_server, address) = server();
    let authority = Authority::new("authority");
    let identity = authority.server();
    let daemon = nginx::start(address, &identity, None);
    let arguments = ["--user", "alice:sesame", "--cookie", "a=1"];
    is_the_page(&fetch(&daemon, &authority.path(), &arguments));
    let line = daemon.logged("GET / HTTP/1.1");
    assert!(line.starts_with("200 "), "{line}");
    for field in [
        "authorization=\"Basic YWxpY2U6c2VzYW1l\"",
        "proxy-authorization=\"-\"",
        "cookie=\"a=1\"",
    ] {
        assert!(line.contains(field), "{line}");
    }
}

#[test]
fn haproxy_speaks_tls_to_a_server() {
    let (_server, address) = server();
    // It does not look at the certificate.
    let identity = Identity::self_signed_server();
    let nginx = nginx::start(address, &identity, None);
    for haproxy in [Haproxy::tcp, Haproxy::http] {
        let daemon = haproxy(nginx.address()).tls_to_server().start();
        is_the_page(&curl(&[&at_localhost("http", &daemon)]));
        daemon.logged(" f b/s ");
    }
}

#[test]
fn files_and_texts_are_the_same() {
    let authority = Authority::new("authority");
    let identity = authority.client("alice");
    for (path, text) in [
        (authority.path(), authority.pem().to_owned()),
        (
            identity.certificate_path(),
            identity.certificate_pem().to_owned(),
        ),
        (identity.key_path(), identity.key_pem().to_owned()),
        (
            identity.combined_path(),
            [identity.certificate_pem(), identity.key_pem()].concat(),
        ),
    ] {
        let read = fs::read_to_string(&path).expect("it is there");
        assert_eq!(read, text, "{}", path.display());
        assert!(text.starts_with("-----BEGIN "), "{text}");
    }
}
