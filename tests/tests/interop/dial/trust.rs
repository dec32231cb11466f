//! Certificates: which are believed, and that who is not believed learns nothing.

use core::net::SocketAddr;
use std::process::Command;

use hybi::tls::rustls::{Fingerprint, Roots, Settings};
use hybi::{Options, Step};

use super::{
    arrives, connector, direct, fails, program, roots, secure_server, server, tls_error, trusting,
};
use crate::certificates::{Authority, Identity};
use crate::daemons::haproxy::Haproxy;
use crate::examples::Runtime;
use crate::scratch::Scratch;
use crate::tap::Tap;

const NAME: &str = "localhost";
const ADDRESS: &str = "127.0.0.1";

/// A server whose certificate is refused, by which host it is asked for, and what is wrong.
fn to_refuse(authority: &Authority) -> [(&'static str, Identity, &'static str, &'static str); 7] {
    [
        (
            "expired",
            authority.expired_server(),
            NAME,
            "certificate expired",
        ),
        (
            "wrong name",
            authority.server_named(&["elsewhere.test"]),
            NAME,
            "not valid for name \"localhost\"",
        ),
        // RFC 6125 §6.4.3: it stands for the leftmost label alone.
        (
            "wildcard",
            authority.server_named(&["*.localhost"]),
            NAME,
            "not valid for name \"localhost\"",
        ),
        (
            "name for an address",
            authority.server_named(&[NAME]),
            ADDRESS,
            "not valid for name \"127.0.0.1\"",
        ),
        (
            "address for a name",
            authority.server_named(&[ADDRESS]),
            NAME,
            "not valid for name \"localhost\"",
        ),
        (
            "unknown authority",
            Authority::new("unknown").server(),
            NAME,
            "UnknownIssuer",
        ),
        (
            "self-signed",
            Identity::self_signed_server(),
            NAME,
            "UnknownIssuer",
        ),
    ]
}

fn url(host: &str, address: SocketAddr) -> String {
    format!("wss://{host}:{}/", address.port())
}

/// The SHA-256 of a certificate, as Node computes it.
fn fingerprint(identity: &Identity) -> String {
    let script = "const { readFileSync } = require('fs'); \
                  const { X509Certificate } = require('crypto'); \
                  const pem = readFileSync(process.argv[1]); \
                  console.log(new X509Certificate(pem).fingerprint256)";
    let mut node = Command::new("node");
    node.args(["-e", script]).arg(identity.certificate_path());
    let output = node.output().expect("Node runs");
    let text = String::from_utf8(output.stdout).expect("ASCII");
    text.trim().to_owned()
}

/// Options that believe anybody.
fn insecure() -> Options {
    let settings = Settings::new().with_roots(Roots::None);
    let mut options = direct();
    options.dial.tls = Some(connector(&settings.danger_accept_any_certificate()));
    options
}

#[test]
fn tl01_who_is_not_believed_sees_nothing() {
    let authority = Authority::new("authority");
    let (_server, address) = server();
    for (what, identity, host, why) in to_refuse(&authority) {
        // Behind the tap is what is left when TLS is taken off.
        let tap = Tap::before(address);
        let daemon = Haproxy::tcp(tap.address()).tls(&identity).start();
        let url = url(host, daemon.address());
        fails(&url, &trusting(direct(), &authority), Step::Tls, |error| {
            let text = tls_error(error);
            assert!(text.contains(why), "{what}: {text}");
            assert!(error.to_string().contains(why), "{what}: {error}");
            assert_eq!(error.peer(), format!("{host}:{}", daemon.address().port()));
        });
        assert_eq!(
            (tap.bytes(), tap.requests()),
            ([0, 0], Vec::new()),
            "{what}"
        );
        // It is the certificate alone that is wrong.
        arrives(&url, &insecure());
        assert_eq!(tap.requests().len(), Runtime::ALL.len(), "{what}");
    }
}

#[test]
fn tl01_the_flags_of_the_program() {
    let authority = Authority::new("authority");
    let roots = authority.path();
    let roots = roots.to_str().expect("UTF-8");
    for (_, identity, host, why) in to_refuse(&authority) {
        let (_server, address) = secure_server(&identity);
        let url = url(host, address);
        program::fails(&["--cacert", roots, &url], &[], why);
        program::talks(&["--insecure", &url], &[]);
    }
}

#[test]
fn roots_from_a_file_and_from_the_platform() {
    let authority = Authority::new("authority");
    let identity = authority.server();
    let (_server, address) = secure_server(&identity);
    let url = url(NAME, address);
    let roots = authority.path();
    let roots = roots.to_str().expect("UTF-8");
    program::talks(&["--cacert", roots, &url], &[]);
    // What the platform has can be replaced.
    program::talks(&[&url], &[("SSL_CERT_FILE", roots)]);
    program::fails(&[&url], &[], "UnknownIssuer");
    let other = Authority::new("other");
    let other = other.path();
    let other = other.to_str().expect("UTF-8");
    program::fails(&["--cacert", other, &url], &[], "UnknownIssuer");
}

#[test]
fn a_platform_without_roots_is_good_for_all_that_needs_none() {
    let authority = Authority::new("authority");
    let identity = authority.server();
    let (_plain_server, plain) = server();
    let (_server, address) = secure_server(&identity);
    let scratch = Scratch::new("roots");
    let empty = scratch.write("empty.pem", "");
    let none = [("SSL_CERT_FILE", empty.to_str().expect("UTF-8"))];
    let roots = authority.path();
    let roots = roots.to_str().expect("UTF-8");
    let (url, pin) = (url(NAME, address), fingerprint(&identity));
    program::talks(&[&format!("ws://{plain}/")], &none);
    program::talks(&["--cacert", roots, &url], &none);
    program::talks(&["--insecure", &url], &none);
    program::talks(&["--pin", &pin, &url], &none);
    program::fails(&[&url], &none, "no root certificate");
}

#[test]
fn a_certificate_that_is_its_own_root() {
    let identity = Identity::self_signed_server();
    let (_server, address) = secure_server(&identity);
    let settings = Settings::new().with_roots(Roots::None);
    let settings = settings.with_root_certificates(identity.certificate_pem().as_bytes());
    let mut options = direct();
    options.dial.tls = Some(connector(&settings.expect("a root")));
    arrives(&url(NAME, address), &options);
}

#[test]
fn pins_are_all_that_counts() {
    let authority = Authority::new("authority");
    let elsewhere = fingerprint(&authority.server());
    for (what, identity, host, _) in to_refuse(&authority) {
        let (_server, address) = secure_server(&identity);
        let url = url(host, address);
        let right = fingerprint(&identity);
        let pinned = |text: &str| {
            let pin: Fingerprint = text.parse().expect("as others write it");
            let mut options = direct();
            options.dial.tls = Some(connector(&Settings::new().with_pin(pin)));
            options
        };
        arrives(&url, &pinned(&right));
        fails(&url, &pinned(&elsewhere), Step::Tls, |error| {
            assert!(tls_error(error).contains("certificate"), "{what}: {error}");
        });
    }
    // A root is no excuse.
    let identity = authority.server();
    let (_server, address) = secure_server(&identity);
    let url = url(NAME, address);
    let settings = roots(&authority).with_pin(elsewhere.parse().expect("a fingerprint"));
    let mut options = direct();
    options.dial.tls = Some(connector(&settings));
    fails(&url, &options, Step::Tls, |_| ());
    program::talks(&["--pin", &fingerprint(&identity), &url], &[]);
    program::fails(&["--pin", &elsewhere, &url], &[], "TLS (localhost");
}
