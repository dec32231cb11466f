//! Group TL: TLS of both roles over a network in memory.

use core::time::Duration;
use std::io::ErrorKind;
use std::sync::Arc;

use futures::{AsyncReadExt, AsyncWriteExt};
use hybi_testkit::pipe::{Behaviour, Fault, Pipe};
use hybi_tests::certificates::{Authority, Identity};
use hybi_tests::{World, world};
use ws_futures::tls::TlsConnector;
use ws_futures::tls::rustls::{self as tls, Acceptor, Connector, Fingerprint, Roots, Settings};
use ws_futures::{By, DialCause, Disconnect, Error, Options, Step, WebSocket, accept};

use crate::net::{Net, sleep};
use crate::{Connected, SECOND, check_step, connect, dial_error, head, is_greeted, options, say};

fn trusting(authority: &Authority) -> Settings {
    Settings::new()
        .with_roots(Roots::None)
        .with_root_certificates(authority.pem().as_bytes())
        .expect("a certificate")
}

fn with(settings: &Settings) -> Options {
    let mut options = options();
    let connector = Connector::with(settings).expect("settings that can be");
    options.dial.tls = Some(Arc::new(connector));
    options
}

fn acceptor(identity: &Identity) -> Acceptor {
    let (chain, key) = (identity.certificate_pem(), identity.key_pem());
    Acceptor::new(chain.as_bytes(), key.as_bytes()).expect("a certificate and its key")
}

fn server_options() -> Options {
    let mut options = Options::server();
    options.timer = Some(world::timer);
    options
}

/// A network on which `localhost` and 127.0.0.1 answer.
fn local() -> Net {
    let net = Net::default();
    net.name("localhost", &["127.0.0.1"])
        .port("127.0.0.1:443", Duration::ZERO, crate::Answer::Accepts)
        .port("127.0.0.1:3128", Duration::ZERO, crate::Answer::Accepts);
    net
}

/// Serves one WebSocket that says hello; what TLS made of it.
async fn serve(io: Pipe, acceptor: Acceptor) -> Result<(), Error> {
    let io = acceptor.accept(io, &server_options()).await?;
    let mut socket = accept(io, &server_options()).await?;
    socket.send("hello").await?;
    socket.close(None).await.map(drop)
}

/// A client and a server meet; how it went for both.
fn meet(
    net: &Net,
    url: &'static str,
    options: Options,
    acceptor: Acceptor,
) -> (Result<Connected, Error>, Option<Result<(), Error>>) {
    let mut world = World::new();
    let server = net.clone();
    let served = world.spawn(async move { serve(server.accept().await.1, acceptor).await });
    let result = world.run(connect(net.clone(), url, options));
    let result = match result {
        Ok(connected) => {
            let peer = connected.0.io().peer_addr().map(|peer| peer.to_string());
            assert_eq!(peer.as_deref(), Some("127.0.0.1:443"));
            world.run(async move {
                let response = is_greeted(Ok(connected)).await;
                assert_eq!(response.status().code(), 101);
            });
            assert!(matches!(served.take(), Some(Ok(()))));
            return (Err(Error::Closed), None);
        }
        Err(error) => Err(error),
    };
    world.settle();
    (result, served.take())
}

/// They do not meet, because of the certificate, and nothing of the request is sent.
#[track_caller]
fn refuses(url: &'static str, settings: &Settings, identity: &Identity, why: &str) {
    let (result, served) = meet(&local(), url, with(settings), acceptor(identity));
    let error = dial_error(result);
    assert_eq!(error.step(), Step::Tls, "{error}");
    let text = error.to_string();
    assert!(text.contains(why), "{text} without {why}");
    assert_eq!(Disconnect::from(Error::from(error)).status(), 1015);
    // The server got an alert or an end, and no request.
    assert!(matches!(served, Some(Err(Error::Io(_)))), "{served:?}");
}

#[track_caller]
fn accepts(url: &'static str, settings: &Settings, identity: &Identity) {
    let (result, _) = meet(&local(), url, with(settings), acceptor(identity));
    assert!(
        matches!(result, Err(Error::Closed)),
        "{:?}",
        result.map(drop)
    );
}

// RFC 6455 §4.1-5; RFC 9525
#[test]
fn tl01_certificates_are_judged() {
    let authority = Authority::new("ours");
    let settings = trusting(&authority);
    accepts("wss://localhost/", &settings, &authority.server());
    accepts("wss://127.0.0.1/", &settings, &authority.server());
    accepts("https://LOCALHOST/", &settings, &authority.server());

    let localhost = "wss://localhost/";
    refuses(localhost, &settings, &authority.expired_server(), "expired");
    let stranger = Authority::new("theirs").server();
    refuses(localhost, &settings, &stranger, "UnknownIssuer");
    let by_itself = Identity::self_signed_server();
    refuses(localhost, &settings, &by_itself, "UnknownIssuer");
    let other = authority.server_named(&["other.example", "127.0.0.2"]);
    refuses(localhost, &settings, &other, "not valid for name");
    // A name is no address, and the other way round.
    let address = authority.server_named(&["127.0.0.1"]);
    refuses(localhost, &settings, &address, "not valid for name");
    let name = authority.server_named(&["localhost"]);
    refuses("wss://127.0.0.1/", &settings, &name, "not valid for name");
    // A client's is no server's.
    refuses(localhost, &settings, &authority.client("localhost"), "");
}

// RFC 5280 §5
#[test]
fn tl01_certificates_that_are_revoked() {
    let authority = Authority::new("ours");
    let list = authority.revocation_list(&[7, 9]);
    let settings = trusting(&authority)
        .with_revocation_lists(list.as_bytes())
        .expect("a list");
    let localhost = "wss://localhost/";
    accepts(localhost, &settings, &authority.numbered_server(8));
    refuses(
        localhost,
        &settings,
        &authority.numbered_server(9),
        "Revoked",
    );
    // Nobody knows of another one's.
    let other = Authority::new("others");
    let settings = settings
        .with_root_certificates(other.pem().as_bytes())
        .expect("a certificate");
    refuses(
        localhost,
        &settings,
        &other.numbered_server(8),
        "UnknownRevocationStatus",
    );
    let nonsense = settings.with_revocation_lists(b"nonsense").map(drop);
    assert_eq!(nonsense, Err(tls::TlsError::RevocationList));
}

// RFC 8446 §4.6.3, §4.6.1: what TLS says between messages is nobody else's business.
#[test]
fn tl08_keys_change_in_the_middle() {
    let authority = Authority::new("ours");
    let acceptor = acceptor(&authority.server());
    let net = local();
    let mut world = World::new();
    let server = net.clone();
    let served = world.spawn(async move {
        let io = server.accept().await.1;
        let io = acceptor.accept(io, &server_options()).await.expect("TLS");
        let mut socket = accept(io, &server_options()).await.expect("a WebSocket");
        for text in ["one", "two", "three"] {
            socket.send(text).await.expect("it is open");
            let mut parts = socket.into_parts();
            let (_, connection) = parts.io.get_mut();
            connection.refresh_traffic_keys().expect("TLS 1.3");
            socket = WebSocket::from_parts(parts, &server_options());
        }
        socket.close(None).await.expect("it is open").is_clean()
    });
    let options = with(&trusting(&authority));
    let seen = world.run(async move {
        let (mut socket, _) = connect(net, "wss://localhost/", options)
            .await
            .expect("a connection");
        let mut seen = Vec::new();
        while let Ok(Some(event)) = socket.receive().await {
            if let ws_futures::Event::Message(message) = event {
                seen.extend_from_slice(message.as_bytes());
            }
        }
        seen
    });
    assert_eq!(seen, b"onetwothree");
    assert_eq!(served.take(), Some(true));
}

// A session that was begun with the proxy is not resumed with a server of the same name.
#[test]
fn tl10_sessions_are_resumed_with_whom_they_were_begun() {
    let authority = Authority::new("ours");
    let (outer, inner) = (acceptor(&authority.server()), acceptor(&authority.server()));
    let mut options = with(&trusting(&authority));
    let connector = Connector::with(&trusting(&authority)).expect("settings");
    options.dial.proxy_tls = Some(Arc::new(connector));
    let proxy = "https://localhost:3128".parse().expect("a proxy");
    options.dial.route = ws_futures::Route::Through(proxy);
    for kind in [
        tls::rustls::HandshakeKind::Full,
        tls::rustls::HandshakeKind::Resumed,
    ] {
        let net = local();
        let (outer, inner) = (outer.clone(), inner.clone());
        let mut world = World::new();
        let service = net.clone();
        let kinds = world.spawn(async move {
            let io = service.accept().await.1;
            let mut io = outer.accept(io, &server_options()).await?;
            let mut request = vec![0; 1024];
            let len = io.read(&mut request).await?;
            assert!(request[..len].starts_with(b"CONNECT "));
            io.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
            io.flush().await?;
            let with_proxy = io.get_ref().1.handshake_kind();
            let io = inner.accept(io, &server_options()).await?;
            let with_server = io.get_ref().1.handshake_kind();
            let mut socket = accept(io, &server_options()).await?;
            socket.send("hello").await?;
            socket.close(None).await?;
            Ok::<_, Error>((with_proxy, with_server))
        });
        let connecting = connect(net, "wss://localhost/", options.clone());
        world.run(async move { is_greeted(connecting.await).await });
        let kinds = kinds.take().expect("it is done").expect("no error");
        assert_eq!(kinds, (Some(kind), Some(kind)));
    }
}

#[test]
fn pins_count_instead_of_roots_names_and_dates() {
    let authority = Authority::new("ours");
    let none = Settings::new().with_roots(Roots::None);
    let by_itself = Identity::self_signed_server();
    let expired = authority.expired_server();
    for identity in [&by_itself, &expired] {
        let pinned = none.clone().with_pin(fingerprint(identity));
        accepts("wss://localhost/", &pinned, identity);
        let two = Settings::new()
            .with_pin(Fingerprint([7; 32]))
            .with_pin(fingerprint(identity));
        accepts("wss://localhost/", &two, identity);
    }
    // Roots do not help who has another one.
    let pinned = trusting(&authority).with_pin(fingerprint(&by_itself));
    refuses("wss://localhost/", &pinned, &authority.server(), "");
}

fn fingerprint(identity: &Identity) -> Fingerprint {
    use tls::rustls::pki_types::{CertificateDer, pem::PemObject};
    let pem = identity.certificate_pem();
    Fingerprint::of(&CertificateDer::from_pem_slice(pem.as_bytes()).expect("a certificate"))
}

#[test]
fn anybody_is_believed_only_if_told_so() {
    let expired = Authority::new("theirs").expired_server();
    let settings = Settings::new().danger_accept_any_certificate();
    accepts("wss://localhost/", &settings, &expired);
    assert!(format!("{settings:?}").contains("accepts_anybody: true"));
}

#[test]
fn settings_that_cannot_be() {
    let authority = Authority::new("ours");
    let none = Settings::new().with_roots(Roots::None);
    let error = Connector::with(&none).map(drop);
    assert_eq!(error, Err(tls::TlsError::NoRoots));
    for pem in ["", "nonsense", authority.client("a").key_pem()] {
        let error = none
            .clone()
            .with_root_certificates(pem.as_bytes())
            .map(drop);
        assert_eq!(error, Err(tls::TlsError::Certificate), "{pem}");
    }
    let (one, two) = (authority.client("a"), authority.client("b"));
    let chain = one.certificate_pem().as_bytes();
    let settings = none.with_client_certificate(chain, chain);
    assert_eq!(settings.map(drop), Err(tls::TlsError::Key));
    let crossed = trusting(&authority)
        .with_client_certificate(chain, two.key_pem().as_bytes())
        .expect("both can be read");
    assert!(matches!(
        Connector::with(&crossed),
        Err(tls::TlsError::Rustls(_))
    ));
    let shown = format!("{crossed:?}");
    assert!(shown.contains("has_identity: true") && !shown.contains("PRIVATE"));
}

#[test]
fn clients_show_who_they_are() {
    let authority = Authority::new("ours");
    let server = authority.server();
    let acceptor = Acceptor::with_client_roots(
        server.certificate_pem().as_bytes(),
        server.key_pem().as_bytes(),
        authority.pem().as_bytes(),
    )
    .expect("a certificate, its key, and roots");
    for (client, lets_in) in [
        (Some(authority.client("kettle")), true),
        (Some(Authority::new("theirs").client("kettle")), false),
        (None, false),
    ] {
        let mut settings = trusting(&authority);
        if let Some(client) = client {
            let (chain, key) = (client.certificate_pem(), client.key_pem());
            settings = settings
                .with_client_certificate(chain.as_bytes(), key.as_bytes())
                .expect("a certificate and its key");
        }
        let net = local();
        let (result, served) = meet(&net, "wss://localhost/", with(&settings), acceptor.clone());
        if lets_in {
            assert!(
                matches!(result, Err(Error::Closed)),
                "{:?}",
                result.map(drop)
            );
        } else {
            // TLS 1.3: the client is done before the server has seen its certificate.
            assert!(matches!(served, Some(Err(Error::Io(_)))), "{served:?}");
            let Err(error) = result else {
                panic!("it is open")
            };
            let ended = Disconnect::from(error);
            assert_eq!(ended.by(), By::Transport);
            assert!(ended.io_error().is_some(), "{ended:?}");
        }
    }
}

// RFC 6066 §3; RFC 7301 §3.1
#[test]
fn tl02_tl03_names_and_protocols_that_are_told() {
    let authority = Authority::new("ours");
    for (url, name) in [
        ("wss://localhost/", Some("localhost")),
        ("wss://127.0.0.1/", None),
    ] {
        let net = local();
        let mut world = World::new();
        let acceptor = acceptor(&authority.server());
        let server = net.clone();
        let seen = world.spawn(async move {
            let io = server.accept().await.1;
            let io = acceptor.accept(io, &server_options()).await?;
            let (_, connection) = io.get_ref();
            let alpn = connection.alpn_protocol().map(<[u8]>::to_vec);
            Ok::<_, Error>((connection.server_name().map(str::to_owned), alpn))
        });
        let connecting = world.spawn(connect(net, url, with(&trusting(&authority))));
        world.settle();
        let (seen, alpn) = seen.take().expect("it is done").expect("TLS");
        assert_eq!(seen.as_deref(), name);
        assert_eq!(alpn.as_deref(), Some(&b"http/1.1"[..]));
        drop(connecting);
    }
}

#[test]
fn tl03_a_server_that_speaks_http2_only() {
    use tls::rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
    let authority = Authority::new("ours");
    let identity = authority.server();
    let chain = CertificateDer::from_pem_slice(identity.certificate_pem().as_bytes());
    let key = PrivateKeyDer::from_pem_slice(identity.key_pem().as_bytes());
    let provider = Arc::new(tls::rustls::crypto::ring::default_provider());
    let mut config = tls::rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![chain.expect("a certificate")], key.expect("a key"))
        .expect("they belong together");
    config.alpn_protocols = vec![b"h2".to_vec()];
    let acceptor = Acceptor::from(Arc::new(config));
    let options = with(&trusting(&authority));
    let (result, served) = meet(&local(), "wss://localhost/", options, acceptor);
    check_step(
        result,
        Step::Tls,
        |cause| matches!(cause, DialCause::Io(error) if error.to_string().contains("NoApplicationProtocol")),
    );
    assert!(matches!(served, Some(Err(Error::Io(_)))));
}

/// Runs a session that ends in order, over transports that behave like these; how it ended for
/// both, if it has.
fn session(near: Behaviour, message: usize) -> Option<(Result<(), Error>, Result<(), Error>)> {
    let authority = Authority::new("ours");
    let acceptor = acceptor(&authority.server());
    let net = local();
    net.behave_near(near);
    let mut world = World::new();
    let server = net.clone();
    let served = world.spawn(async move {
        let io = server.accept().await.1;
        let io = acceptor.accept(io, &server_options()).await?;
        let mut socket = accept(io, &server_options()).await?;
        while let Some((event, mut outbox)) = socket.exchange().await? {
            if let ws_futures::Event::Message(message) = event {
                outbox.feed(message).await?;
            }
        }
        Ok::<_, Error>(())
    });
    let options = with(&trusting(&authority));
    let client = world.spawn(async move {
        let (mut socket, _) = connect(net, "wss://localhost/", options).await?;
        let sent = vec![7; message];
        socket.send(&sent[..]).await?;
        let Some(ws_futures::Event::Message(echo)) = socket.receive().await? else {
            return Err(Error::Closed);
        };
        assert!(echo.as_bytes() == sent);
        let closure = socket.close(None).await?;
        if closure.is_clean() {
            Ok(())
        } else {
            Err(Error::Closed)
        }
    });
    for _ in 0..1000 {
        if client.is_done() && served.is_done() {
            return client.take().zip(served.take());
        }
        world.advance(SECOND / 10);
    }
    None
}

#[test]
fn tl06_tl09_small_pieces_and_narrow_transports() {
    for behaviour in [
        Behaviour::default().max_write(1),
        Behaviour::default().max_read(1),
        Behaviour::default().max_write(100).max_read(77),
        Behaviour::default().capacity(500),
    ] {
        let ended = session(behaviour.clone(), 100_000);
        assert!(
            matches!(ended, Some((Ok(()), Ok(())))),
            "{behaviour:?}: {ended:?}"
        );
    }
}

// However the transport fails, both ends are told, and in time.
#[test]
fn tl04_transports_that_fail_at_each_call() {
    for fault in [Fault::Error(ErrorKind::ConnectionReset), Fault::Zero] {
        let ends = (1..40).map(|call| {
            let behaviour = Behaviour::default().fail_at(call, fault);
            let (client, _) = session(behaviour, 10).expect("it ends in time");
            client.is_ok()
        });
        let ends: Vec<bool> = ends.collect();
        // Handshakes need all of theirs; that nothing was moved may only mean to try again.
        let is_error = matches!(fault, Fault::Error(_));
        assert!(!is_error || !ends[..8].contains(&true), "{ends:?}");
        // After the session there are no more calls to fail.
        assert!(ends[30..].iter().all(|&ended| ended), "{fault:?}: {ends:?}");
    }
}

// RFC 8446 §6.1; without close_notify a Close says that all has come.
#[test]
fn tl05_the_end_without_close_notify() {
    for says_close in [true, false] {
        let authority = Authority::new("ours");
        let acceptor = acceptor(&authority.server());
        let net = local();
        let mut world = World::new();
        let server = net.clone();
        world.spawn(async move {
            let io = server.accept().await.1;
            let probe = io.probe();
            let io = acceptor.accept(io, &server_options()).await.expect("TLS");
            let mut socket = accept(io, &server_options()).await.expect("a WebSocket");
            if says_close {
                let mut outbox = socket.outbox();
                outbox.close(None).expect("it is open");
                socket.flush().await.expect("it is written");
            }
            sleep(SECOND).await;
            // The transport ends without a word of TLS.
            drop(socket.into_parts().io);
            drop(probe);
        });
        let options = with(&trusting(&authority));
        let ended = world.run(async move {
            let (mut socket, _) = connect(net, "wss://localhost/", options)
                .await
                .expect("open");
            let error = loop {
                match socket.receive().await {
                    Ok(Some(_)) => {}
                    Ok(None) => break None,
                    Err(error) => break Some(error),
                }
            };
            socket.disconnect(error)
        });
        assert_eq!(ended.is_clean(), says_close, "{ended:?}");
        if says_close {
            assert_eq!((ended.status(), ended.by()), (1005, By::Peer));
        } else {
            assert_eq!((ended.status(), ended.by()), (1006, By::Transport));
            let kind = ended.io_error().map(std::io::Error::kind);
            assert_eq!(kind, Some(ErrorKind::UnexpectedEof));
        }
    }
}

#[test]
fn tl07_a_server_meets_anything() {
    let authority = Authority::new("ours");
    let acceptor = acceptor(&authority.server());
    for (bytes, late) in [
        (&b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"[..], false),
        (&[0xff; 300], false),
        (b"\x16\x03\x01", true),
        (b"", true),
    ] {
        let (near, mut far) = hybi_testkit::pipe::duplex(1 << 12);
        let acceptor = acceptor.clone();
        let mut world = World::new();
        let accepting = world.spawn(async move {
            let options = server_options();
            acceptor.accept(near, &options).await.map(drop)
        });
        world.run(async move {
            say(&mut far, bytes).await;
            sleep(9 * SECOND).await;
            drop(far);
        });
        world.settle();
        let _ = late;
        assert!(
            matches!(accepting.take(), Some(Err(Error::Io(_)))),
            "{bytes:?}"
        );

        // The same from somebody who does not go away.
        let (near, mut far) = hybi_testkit::pipe::duplex(1 << 12);
        let acceptor = self::acceptor(&authority.server());
        let mut world = World::new();
        let accepting = world.spawn(async move {
            let options = server_options();
            acceptor.accept(near, &options).await.map(drop)
        });
        let bytes = bytes.to_vec();
        world.run(async move {
            say(&mut far, bytes).await;
            sleep(11 * SECOND).await;
        });
        let ended = accepting.take();
        let timed_out = matches!(ended, Some(Err(Error::HandshakeTimedOut)));
        assert_eq!(timed_out, late, "{ended:?}");
        assert!(matches!(ended, Some(Err(_))), "{ended:?}");
    }
}

// The outer name is the proxy's, the inner one the server's; each has roots of its own.
#[test]
fn p19_tl10_tls_to_the_proxy_and_tls_through_it() {
    let (proxies, servers) = (Authority::new("proxies"), Authority::new("servers"));
    for (proxy, server, step) in [
        (proxies.server(), servers.server(), None),
        (
            proxies.server_named(&["other"]),
            servers.server(),
            Some(Step::ProxyTls),
        ),
        // Roots of one are none of the other's.
        (servers.server(), servers.server(), Some(Step::ProxyTls)),
        (proxies.server(), proxies.server(), Some(Step::Tls)),
        (
            proxies.server(),
            servers.server_named(&["other"]),
            Some(Step::Tls),
        ),
    ] {
        let net = local();
        let (outer, inner) = (acceptor(&proxy), acceptor(&server));
        let mut world = World::new();
        let service = net.clone();
        world.spawn(async move {
            let io = service.accept().await.1;
            let mut io = outer.accept(io, &server_options()).await?;
            let mut request = vec![0; 1024];
            let len = io.read(&mut request).await?;
            assert!(request[..len].starts_with(b"CONNECT localhost:443 "));
            io.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
            io.flush().await?;
            let io = inner.accept(io, &server_options()).await?;
            let mut socket = accept(io, &server_options()).await?;
            socket.send("hello").await?;
            socket.close(None).await
        });
        let mut options = with(&trusting(&servers));
        let connector = Connector::with(&trusting(&proxies)).expect("settings");
        options.dial.proxy_tls = Some(Arc::new(connector));
        let proxy = "https://localhost:3128".parse().expect("a proxy");
        options.dial.route = ws_futures::Route::Through(proxy);
        let result = world.run(connect(net, "wss://localhost/", options));
        match step {
            None => {
                let io = result.as_ref().expect("a connection").0.io();
                assert!(io.is_encrypted());
                let peer = io.peer_addr().map(|peer| peer.to_string());
                assert_eq!(peer.as_deref(), Some("127.0.0.1:3128"), "the proxy's");
                world.run(async move { is_greeted(result).await });
            }
            Some(step) => check_step(result, step, |cause| matches!(cause, DialCause::Io(_))),
        }
    }
}

// A name that no certificate can have is an error, not a panic.
#[test]
fn names_that_tls_cannot_say() {
    let connector = Connector::with(&Settings::new().danger_accept_any_certificate());
    let connector = connector.expect("settings");
    let (near, _far) = hybi_testkit::pipe::duplex(1 << 12);
    let result =
        World::new().run(async move { connector.connect("a b", Box::new(near)).await.map(drop) });
    assert_eq!(
        result.map_err(|error| error.kind()),
        Err(ErrorKind::InvalidInput)
    );
}

// The second backend, with roots of its own and with those that it brings.
#[test]
fn tl01_tl02_async_tls_judges_as_well() {
    use ws_futures::tls::async_tls::Connector;

    let authority = Authority::new("ours");
    let mut roots = rustls_021::RootCertStore::empty();
    let der = {
        use tls::rustls::pki_types::{CertificateDer, pem::PemObject};
        CertificateDer::from_pem_slice(authority.pem().as_bytes()).expect("a certificate")
    };
    roots
        .add(&rustls_021::Certificate(der.to_vec()))
        .expect("a root");
    let config = rustls_021::ClientConfig::builder()
        .with_safe_defaults()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let ours = Connector::from(async_tls::TlsConnector::from(Arc::new(config)));
    for (connector, identity, opens) in [
        (&ours, authority.server(), true),
        (&ours, authority.expired_server(), false),
        (&ours, authority.server_named(&["other.example"]), false),
        (&ours, Authority::new("theirs").server(), false),
        (&Connector::new(), authority.server(), false),
    ] {
        let mut options = options();
        options.dial.tls = Some(Arc::new(connector.clone()));
        let (result, served) = meet(&local(), "wss://localhost/", options, acceptor(&identity));
        if opens {
            assert!(
                matches!(result, Err(Error::Closed)),
                "{:?}",
                result.map(drop)
            );
        } else {
            check_step(result, Step::Tls, |cause| matches!(cause, DialCause::Io(_)));
            assert!(matches!(served, Some(Err(Error::Io(_)))), "{served:?}");
        }
    }
}

// A proxy's head says nothing about what comes behind it, so no request is read as one.
#[test]
fn p12_nothing_of_tls_is_sent_to_a_proxy_that_refuses() {
    let net = local();
    let mut options = with(&Settings::new().danger_accept_any_certificate());
    let proxy = "http://localhost:3128".parse().expect("a proxy");
    options.dial.route = ws_futures::Route::Through(proxy);
    let mut world = World::new();
    let server = net.clone();
    let rest = world.spawn(async move {
        let mut io = server.accept().await.1;
        head(&mut io).await;
        say(&mut io, "HTTP/1.1 403 X\r\nContent-Length: 0\r\n\r\n").await;
        let mut rest = Vec::new();
        io.read_to_end(&mut rest).await.map(|_| rest)
    });
    let result = world.run(connect(net, "wss://localhost/", options));
    check_step(result, Step::Proxy, |cause| {
        matches!(cause, DialCause::Refused(_))
    });
    world.settle();
    assert!(matches!(rest.take(), Some(Ok(rest)) if rest.is_empty()));
}
