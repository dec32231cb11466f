//! TLS that nginx, HAProxy and the echo example itself end, for our client and for others.

use core::net::SocketAddr;
use core::time::Duration;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};

use hybi::{CloseCode, CloseFrame, Closure, Error, Options, Request, Step};
use serde_json::json;

use super::program::Client;
use super::{
    FRAME, arrives, at_localhost, connector, direct, fails, on, program, request, roots,
    secure_server, server, tls_error, trusting, visit,
};
use crate::certificates::{Authority, Identity};
use crate::curl::{Outcome, curl};
use crate::daemons::haproxy::Haproxy;
use crate::daemons::{Daemon, nginx};
use crate::examples::{Runtime, echo_tls};
use crate::peer::Peer;

/// What ends TLS in front of a server.
const TERMINATORS: [fn(SocketAddr, &Identity) -> Daemon; 3] = [
    |server, identity| nginx::start(server, identity, None),
    |server, identity| Haproxy::tcp(server).tls(identity).start(),
    |server, identity| Haproxy::http(server).tls(identity).start(),
];

#[test]
fn nginx_and_haproxy_end_tls() {
    let authority = Authority::new("authority");
    let identity = authority.server();
    let (_server, address) = server();
    let roots = authority.path();
    let roots = roots.to_str().expect("UTF-8");
    for terminator in TERMINATORS {
        let daemon = terminator(address, &identity);
        let options = trusting(direct(), &authority);
        arrives(&at_localhost("wss", daemon.address()), &options);
        arrives(&format!("wss://{}/", daemon.address()), &options);
        let url = at_localhost("wss", daemon.address());
        program::talks(&["--cacert", roots, &url], &[]);
    }
}

#[test]
fn the_echo_example_speaks_tls() {
    let authority = Authority::new("authority");
    let identity = authority.server();
    for runtime in Runtime::ALL {
        let (_server, address) = echo_tls(runtime, &identity, None);
        let options = trusting(direct(), &authority);
        arrives(&at_localhost("wss", address), &options);
        arrives(&format!("wss://{address}/"), &options);
    }
}

#[test]
fn tl02_tl03_what_is_told_in_the_handshake() {
    let authority = Authority::new("authority");
    let identity = authority.server();
    let (_server, address) = server();
    let daemon = nginx::start(address, &identity, None);
    let options = trusting(direct(), &authority);
    // RFC 6066 §3: an address is no name.
    for (host, sni) in [("localhost", "localhost"), ("127.0.0.1", "-")] {
        let target = format!("{host}:{}", daemon.address().port());
        arrives(&format!("wss://{target}/"), &options);
        let line = daemon.logged(&format!("host=\"{target}\""));
        let told = format!("sni=\"{sni}\" alpn=\"http/1.1\"");
        assert!(line.ends_with(&told), "{line}");
    }
}

#[test]
fn codes_and_reasons_pass_both_ways() {
    let authority = Authority::new("authority");
    let identity = authority.server();
    let options = trusting(direct(), &authority);
    let application = CloseFrame {
        code: CloseCode::new(4321).expect("a code"),
        ..FRAME
    };
    for terminator in TERMINATORS {
        let peer = Peer::Ws.start(&["echo-server"]);
        let port = u16::try_from(peer.port()).expect("a port");
        let daemon = terminator(([127, 0, 0, 1], port).into(), &identity);
        let url = at_localhost("wss", daemon.address());
        for (frame, code, reason) in [
            (Some(FRAME), 1000, FRAME.reason),
            (Some(application), 4321, FRAME.reason),
            (None, 1005, ""),
        ] {
            for runtime in Runtime::ALL {
                let closure = closed(runtime, &request(&url), &options, frame);
                let expected = frame.map(|frame| frame.code);
                assert!(
                    matches!(closure, Ok(Closure::Clean { code, .. }) if code == expected),
                    "{runtime:?}, {code}: {closure:?}"
                );
                assert_eq!(peer.next(), json!({ "open": "echo" }));
                assert_eq!(peer.next(), json!({ "closed": code, "reason": reason }));
            }
        }
        let roots = authority.path();
        let roots = roots.to_str().expect("UTF-8");
        let url = format!("{url}close/4321/why");
        for runtime in Runtime::ALL {
            let client = Client::start(runtime, &["--cacert", roots, &url], &[]);
            assert_eq!(
                [client.line(), client.line()],
                ["open (no subprotocol)", "closed 4321 why"]
            );
        }
    }
}

/// Connects by the library and closes at once.
fn closed(
    runtime: Runtime,
    request: &Request,
    options: &Options,
    frame: Option<CloseFrame<'_>>,
) -> Result<Closure, Error> {
    on(
        runtime,
        async {
            let (mut socket, _) = hybi::smol::connect_to(request, options).await?;
            socket.close(frame).await
        },
        async {
            let (mut socket, _) = hybi::tokio::connect_to(request, options).await?;
            socket.close(frame).await
        },
    )
}

fn fetch(address: SocketAddr, roots: &Authority, more: &[&str]) -> Outcome {
    let roots = roots.path();
    let roots = roots.to_str().expect("UTF-8");
    let page = at_localhost("https", address);
    curl(&[&["--cacert", roots, &page], more].concat())
}

// curl offers HTTP/2 as well, for which there is no WebSocket here.
#[test]
fn tl03_curl_gets_the_page_with_either_version_of_tls() {
    let authority = Authority::new("authority");
    let identity = authority.server();
    for runtime in Runtime::ALL {
        let (_server, address) = echo_tls(runtime, &identity, None);
        for version in [&["--tls-max", "1.2"][..], &["--tlsv1.3"]] {
            for http in ["--http2", "--http1.1"] {
                let outcome = fetch(address, &authority, &[version, &[http]].concat());
                assert_eq!(outcome.status, 200, "{runtime:?}: {outcome:?}");
                assert!(outcome.body.starts_with("<!DOCTYPE html>"));
            }
        }
        // Older ones are refused by both, so this is how it looks.
        let outcome = fetch(address, &authority, &["--tls-max", "1.1"]);
        assert_ne!(outcome.exit, Some(0), "{outcome:?}");
    }
}

#[test]
fn tl07_whatever_a_client_says_the_server_goes_on() {
    let authority = Authority::new("authority");
    let identity = authority.server();
    for runtime in Runtime::ALL {
        let (_server, address) = echo_tls(runtime, &identity, None);
        // Says nothing, and stays.
        let _silent = TcpStream::connect(address).expect("it listens");
        let noise: Vec<u8> = (0..1024_u32).flat_map(|n| (n * n).to_be_bytes()).collect();
        for bytes in [
            &b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"[..],
            &noise,
            // A record with the beginning of a ClientHello, and one of 16 KiB that never comes.
            b"\x16\x03\x01\x02\x00\x01\x00",
            b"\x16\x03\x03\x40\x00",
            b"",
        ] {
            let mut stream = TcpStream::connect(address).expect("it listens");
            let limit = Some(Duration::from_secs(20));
            stream.set_read_timeout(limit).expect("a limit");
            // It may hang up before all has been sent.
            let _ = stream.write_all(bytes);
            let _ = stream.shutdown(Shutdown::Write);
            let mut answer = Vec::new();
            let _ = stream.read_to_end(&mut answer);
            let text = String::from_utf8_lossy(&answer);
            assert!(!text.contains("HTTP"), "{text}");
        }
        let outcome = fetch(address, &authority, &[]);
        assert_eq!(outcome.status, 200, "{runtime:?}: {outcome:?}");
    }
}

#[test]
fn curl_is_asked_for_a_certificate() {
    let [authority, clients] = ["authority", "clients"].map(Authority::new);
    let identity = authority.server();
    let (known, unknown) = (clients.client("alice"), authority.client("alice"));
    let (known, unknown) = (known.combined_path(), unknown.combined_path());
    let [known, unknown] = [&known, &unknown].map(|path| path.to_str().expect("UTF-8"));
    for runtime in Runtime::ALL {
        let (_server, address) = echo_tls(runtime, &identity, Some(&clients));
        let outcome = fetch(address, &authority, &["--cert", known]);
        assert_eq!(outcome.status, 200, "{runtime:?}: {outcome:?}");
        for arguments in [&[][..], &["--cert", unknown]] {
            let outcome = fetch(address, &authority, arguments);
            assert_ne!(outcome.exit, Some(0), "{runtime:?}: {outcome:?}");
            assert_eq!(outcome.status, 0, "{runtime:?}: {outcome:?}");
        }
    }
}

/// Servers that let only those in whom `clients` knows.
fn strict(
    server: SocketAddr,
    identity: &Identity,
    clients: &Authority,
) -> [(Box<dyn core::any::Any>, SocketAddr); 3] {
    let haproxy = Haproxy::tcp(server).tls(identity).only(clients).start();
    let [smol, tokio] = Runtime::ALL.map(|runtime| echo_tls(runtime, identity, Some(clients)));
    let address = haproxy.address();
    [
        (Box::new(haproxy), address),
        (Box::new(smol.0), smol.1),
        (Box::new(tokio.0), tokio.1),
    ]
}

#[test]
fn our_client_shows_a_certificate() {
    let [authority, clients] = ["authority", "clients"].map(Authority::new);
    let identity = authority.server();
    let (_server, server) = server();
    let mut with_identity = direct();
    let alice = clients.client("alice");
    let settings = roots(&authority).with_client_certificate(
        alice.certificate_pem().as_bytes(),
        alice.key_pem().as_bytes(),
    );
    with_identity.dial.tls = Some(connector(&settings.expect("a certificate and a key")));
    let without = trusting(direct(), &authority);

    for (_running, address) in strict(server, &identity, &clients) {
        let url = at_localhost("wss", address);
        arrives(&url, &with_identity);
        for runtime in Runtime::ALL {
            // With TLS 1.3 the client believes in it until it reads.
            let error = visit(runtime, &request(&url), &without).expect_err("it is unknown");
            // What it was told may be lost, if the server hangs up on what it sends meanwhile.
            assert!(matches!(error, Error::Io(_)), "{runtime:?}: {error:?}");
        }
    }
    // nginx ends the handshake, reads the request and says no.
    let nginx = nginx::start(server, &identity, Some(&clients));
    let url = at_localhost("wss", nginx.address());
    arrives(&url, &with_identity);
    nginx.logged("CN=alice");
    for runtime in Runtime::ALL {
        match visit(runtime, &request(&url), &without) {
            Err(Error::Rejected(response)) => {
                assert_eq!(response.status().code(), 400, "{runtime:?}");
            }
            other => panic!("{runtime:?}: {other:?}"),
        }
    }
    let files = [authority.path(), alice.certificate_path(), alice.key_path()];
    let [roots, certificate, key] = files.each_ref().map(|path| path.to_str().expect("UTF-8"));
    let arguments = ["--cacert", roots, "--cert", certificate, "--key", key, &url];
    program::talks(&arguments, &[]);
    program::fails(&["--cacert", roots, &url], &[], "status 400");
}

#[test]
fn tls_to_a_server_that_has_none() {
    let authority = Authority::new("authority");
    let (_server, address) = server();
    let options = trusting(direct(), &authority);
    fails(
        &at_localhost("wss", address),
        &options,
        Step::Tls,
        |error| {
            let text = tls_error(error);
            assert!(text.contains("InvalidContentType"), "{text}");
        },
    );
    // The other way round: what comes is no HTTP.
    let identity = authority.server();
    let (_secure, address) = secure_server(&identity);
    for runtime in Runtime::ALL {
        let result = visit(runtime, &request(&at_localhost("ws", address)), &options);
        assert!(
            matches!(result, Err(Error::Response(_) | Error::Io(_))),
            "{runtime:?}: {result:?}"
        );
    }
}
