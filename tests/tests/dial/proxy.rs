//! Group P: proxies, as far as it takes I/O; `ws-proxy` has the rest.

use std::io::ErrorKind;

use futures::{AsyncReadExt, AsyncWriteExt, FutureExt};
use hybi_testkit::pipe::{Behaviour, Pipe};
use hybi_tests::World;
use ws_futures::{DialCause, Error, Options, ProxyFields, Step, tunnel};
use ws_handshake::accept_key;

use crate::net::{Net, sleep};
use crate::{
    Connected, SECOND, check_step, connect, dial_error, head, hello, is_greeted, say, through,
    usual,
};

const HTTP: &str = "http://proxy.example:3128";

/// Connects through a proxy that `serve` plays.
fn meets(
    url: &'static str,
    options: Options,
    serve: impl AsyncFnOnce(Pipe) + 'static,
) -> Result<Connected, Error> {
    meets_on(&usual(), url, options, serve)
}

fn meets_on(
    net: &Net,
    url: &'static str,
    options: Options,
    serve: impl AsyncFnOnce(Pipe) + 'static,
) -> Result<Connected, Error> {
    let mut world = World::new();
    let server = net.clone();
    world.spawn(async move { serve(server.accept().await.1).await });
    world.run(connect(net.clone(), url, options))
}

// RFC 9110 §9.3.6
#[test]
fn p02_p03_p13_p16_any_2xx_opens_the_tunnel() {
    for (url, target, answer) in [
        (
            "ws://server.example/",
            "server.example:80",
            "HTTP/1.1 200 Connection established\r\n\r\n",
        ),
        (
            "ws://server.example:81/",
            "server.example:81",
            "HTTP/1.0 299\r\nContent-Length: 1000\r\n\r\n",
        ),
        (
            "ws://[2001:db8::1]/",
            "[2001:db8::1]:80",
            "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n",
        ),
        (
            "ws://b\u{fc}cher.example/",
            "xn--bcher-kva.example:80",
            "HTTP/1.1 103 Wait\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
        ),
    ] {
        let net = usual();
        let mut world = World::new();
        let server = net.clone();
        world.spawn(async move {
            let mut io = server.accept().await.1;
            assert_eq!(
                head(&mut io).await,
                format!(
                    "CONNECT {target} HTTP/1.1\r\nHost: {target}\r\nConnection: keep-alive\r\n\r\n"
                )
            );
            say(&mut io, answer).await;
            hello(io).await;
        });
        world.run(async move {
            is_greeted(connect(net, url, through(HTTP)).await).await;
        });
    }
}

// RFC 9931: nothing but CONNECT before the answer is complete; nothing that follows it is lost.
#[test]
fn p01_p12_bytes_before_and_behind_the_answer() {
    let net = usual();
    let mut world = World::new();
    let server = net.clone();
    let served = world.spawn(async move {
        let mut io = server.accept().await.1;
        head(&mut io).await;
        for byte in b"HTTP/1.1 200 OK\r\n\r\n" {
            // Time in which somebody in a hurry would write.
            sleep(SECOND / 100).await;
            let early = io.read(&mut [0; 1]).now_or_never();
            assert!(early.is_none(), "{early:?} before the answer is complete");
            say(&mut io, [*byte]).await;
        }
        let request = head(&mut io).await;
        let key = request
            .lines()
            .find_map(|line| line.strip_prefix("Sec-WebSocket-Key: "))
            .expect("a key");
        let accept = accept_key(key.as_bytes());
        let head = format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
             Connection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
        );
        // A message in the segment of the head.
        say(&mut io, [head.as_bytes(), b"\x81\x05hello"].concat()).await;
        io
    });
    let (mut socket, _) = world
        .run(connect(net, "ws://server.example/", through(HTTP)))
        .expect("a connection");
    drop(served);
    let message = world.run(async move {
        let event = socket.receive().await.expect("a message");
        format!("{event:?}")
    });
    assert!(message.contains("hello"), "{message}");
}

// A server that speaks before it is spoken to, in the segment that opens the tunnel.
#[test]
fn p01_what_follows_the_answer_is_the_tunnels() {
    const SCRIPTS: [(&str, &[&[u8]]); 2] = [
        (HTTP, &[b"HTTP/1.1 200 OK\r\n\r\nbanner"]),
        (
            "socks5h://proxy.example",
            &[
                b"\x05\x00",
                b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50banner",
            ],
        ),
    ];
    for (proxy, script) in SCRIPTS {
        let (near, mut far) = hybi_testkit::pipe::duplex(1 << 12);
        let mut world = World::new();
        let proxy: ws_futures::Proxy = proxy.parse().expect("a proxy");
        let opening = world.spawn(async move {
            let target = ws_futures::Authority::new("server.example", 80).expect("a host");
            tunnel(near, &proxy, &target, &ProxyFields::new()).await
        });
        world.run(async move {
            let mut request = [0; 512];
            for answer in script {
                assert!(far.read(&mut request).await.is_ok_and(|len| len > 0));
                say(&mut far, answer).await;
            }
        });
        let mut io = opening.take().expect("it is done").expect("a tunnel");
        assert_eq!(io.unread(), b"banner");
        world.run(async move {
            let mut banner = [0; 4];
            io.read_exact(&mut banner).await.expect("it was read");
            assert_eq!((&banner, io.unread()), (b"bann", &b"er"[..]));
            let mut rest = Vec::new();
            io.read_to_end(&mut rest)
                .await
                .expect("the far end has gone");
            assert_eq!(rest, b"er");
        });
    }
}

#[test]
fn p05_p06_p09_refusals_are_told_with_status_and_body() {
    for (answer, requires_credentials, status, body) in [
        (
            "HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n\r\nnope",
            false,
            403,
            "nope",
        ),
        (
            "HTTP/1.1 302 Found\r\nLocation: http://evil/\r\nContent-Length: 0\r\n\r\n",
            false,
            302,
            "",
        ),
        (
            "HTTP/1.1 502 Bad Gateway\r\n\r\n<html>",
            false,
            502,
            "<html>",
        ),
        (
            "HTTP/1.1 407 X\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n",
            true,
            407,
            "",
        ),
    ] {
        let result = meets(
            "ws://server.example/",
            through(HTTP),
            async move |mut io| {
                head(&mut io).await;
                say(&mut io, answer).await;
                drop(io);
            },
        );
        let error = dial_error(result);
        assert_eq!(
            (error.step(), error.peer()),
            (Step::Proxy, "proxy.example:3128")
        );
        let refusal = match error.cause() {
            DialCause::Refused(refusal) if !requires_credentials => refusal,
            DialCause::AuthenticationRequired(refusal) if requires_credentials => refusal,
            cause => panic!("{cause:?}"),
        };
        assert_eq!(refusal.status().code(), status);
        assert_eq!(refusal.body(), body.as_bytes());
    }
}

// What is for one of them never gets to the other.
#[test]
fn p08_p22_p23_secrets_go_to_whom_they_are_for() {
    let net = usual();
    let mut options = through("http://kettle:pr0xy%21@proxy.example:3128");
    options
        .dial
        .proxy_fields
        .push("X-Proxy", "y")
        .expect("a field");
    let mut world = World::new();
    let server = net.clone();
    let served = world.spawn(async move {
        let mut io = server.accept().await.1;
        let connect = head(&mut io).await;
        say(&mut io, "HTTP/1.1 200 OK\r\n\r\n").await;
        let request = head(&mut io).await;
        say(
            &mut io,
            "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
        )
        .await;
        (connect, request)
    });
    let request = crate::request("ws://user:0rigin@server.example/")
        .with_field("Cookie", "0rigin=1")
        .expect("a field");
    let error = world.run(async move {
        let result = ws_futures::connect_on(&net, &request, &options).await;
        let shown = format!("{options:?} {request:?} {result:?}");
        assert!(
            !shown.contains("pr0xy") && !shown.contains("0rigin"),
            "{shown}"
        );
        result.map(drop)
    });
    assert!(matches!(error, Err(Error::Rejected(_))), "{error:?}");
    let (connect, request) = served.take().expect("it is done");
    assert!(connect.contains("\r\nProxy-Authorization: Basic a2V0dGxlOnByMHh5IQ==\r\n"));
    assert!(connect.contains("\r\nX-Proxy: y\r\n"), "{connect}");
    assert!(!connect.contains("Cookie") && !connect.contains("\r\nAuthorization"));
    assert!(request.contains("\r\nAuthorization: Basic "), "{request}");
    assert!(request.contains("\r\nCookie: 0rigin=1\r\n"), "{request}");
    assert!(!request.contains("Proxy") && !request.contains("a2V0dGxl"));
}

// One attempt, whatever goes wrong.
#[test]
fn p04_p11_answers_that_break_off_or_break_rules() {
    let answer = "HTTP/1.1 200 OK\r\nA: b\r\n\r\n";
    let broken = [
        "HTTP/1.1 101 X\r\n\r\n".to_owned(),
        "nonsense\r\n\r\n".to_owned(),
    ];
    let cut = (0..answer.len()).map(|len| answer[..len].to_owned());
    for answer in cut.chain(broken) {
        let net = usual();
        let result = meets_on(
            &net,
            "ws://server.example/",
            through(HTTP),
            async move |mut io| {
                head(&mut io).await;
                say(&mut io, answer).await;
            },
        );
        check_step(result, Step::Proxy, |cause| {
            matches!(cause, DialCause::Proxy(_))
        });
        assert_eq!(net.asked().len(), 2);
    }
}

#[test]
fn p11_transports_that_fail_at_each_call() {
    for call in 1.. {
        let net = usual();
        let fault = hybi_testkit::pipe::Fault::Error(ErrorKind::ConnectionReset);
        net.behave_near(Behaviour::default().fail_at(call, fault));
        let result = meets_on(
            &net,
            "ws://server.example/",
            through(HTTP),
            async |mut io| {
                head(&mut io).await;
                let _ = io.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
                head(&mut io).await;
                let refusal = b"HTTP/1.1 403 X\r\nContent-Length: 0\r\n\r\n";
                let _ = io.write_all(refusal).await;
            },
        );
        match result {
            Err(Error::Rejected(_)) => {
                assert!(call > 4, "call {call} should have failed");
                return;
            }
            Err(Error::Io(_)) => assert!(call > 2),
            result => check_step(result, Step::Proxy, |cause| {
                matches!(cause, DialCause::Io(_))
            }),
        }
    }
}

#[test]
fn p15_p25_what_a_socks_proxy_cannot_be_told() {
    let long = "a".repeat(256);
    let proxy = format!("socks5h://{long}:p@proxy.example");
    let result = World::new().run(connect(usual(), "ws://server.example/", through(&proxy)));
    check_step(result, Step::Proxy, |cause| {
        matches!(cause, DialCause::Misuse(_))
    });
}

/// Plays a SOCKS5 proxy that wants no authentication and answers requests with these codes.
async fn socks(net: Net, replies: &'static [u8]) -> Vec<Vec<u8>> {
    let mut requests = Vec::new();
    for reply in replies {
        let mut io = net.accept().await.1;
        let mut greeting = [0; 3];
        io.read_exact(&mut greeting).await.expect("a greeting");
        say(&mut io, b"\x05\x00").await;
        let mut request = vec![0; 5];
        io.read_exact(&mut request).await.expect("a request");
        let rest = match request[3] {
            1 => 5,
            3 => usize::from(request[4]) + 2,
            _ => 17,
        };
        request.resize(5 + rest, 0);
        io.read_exact(&mut request[5..]).await.expect("all of it");
        requests.push(request);
        say(&mut io, [5, *reply, 0, 1, 0, 0, 0, 0, 0, 0]).await;
        if *reply == 0 {
            hello(io).await;
        }
    }
    requests
}

// RFC 1928 §4; who looks the name up is what the two schemes differ in.
#[test]
fn p24_socks_proxies_get_names_or_addresses() {
    for (scheme, replies, expected, resolved) in [
        (
            "socks5h",
            &[0][..],
            &[&b"\x05\x01\x00\x03\x0eserver.example\x00\x50"[..]][..],
            false,
        ),
        (
            "socks5",
            &[0],
            &[b"\x05\x01\x00\x01\xc0\x00\x02\x01\x00\x50"],
            true,
        ),
        // The first address cannot be reached; the second one can.
        (
            "socks5",
            &[4, 0],
            &[
                b"\x05\x01\x00\x04\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\x00\x50",
                b"\x05\x01\x00\x01\xc0\x00\x02\x01\x00\x50",
            ],
            true,
        ),
    ] {
        let net = usual();
        if replies.len() > 1 {
            net.name("server.example", &["2001:db8::1", "192.0.2.1"]);
        }
        let mut world = World::new();
        let served = world.spawn(socks(net.clone(), replies));
        let client = net.clone();
        world.run(async move {
            let options = through(&format!("{scheme}://proxy.example"));
            is_greeted(connect(client, "ws://server.example/", options).await).await;
        });
        assert_eq!(served.take().expect("it is done"), expected);
        let asked = net.asked();
        assert_eq!(
            asked.contains(&"resolve server.example".to_owned()),
            resolved,
            "{asked:?}"
        );
    }
}

// Many addresses of the family that the proxy does not know.
#[test]
fn p24_both_families_are_among_the_first() {
    let net = usual();
    let mut addresses = vec!["2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8::4"];
    addresses.push("192.0.2.1");
    net.name("server.example", &addresses);
    let mut world = World::new();
    let served = world.spawn(socks(net.clone(), &[8, 0]));
    world.run(async move {
        let options = through("socks5://proxy.example");
        is_greeted(connect(net, "ws://server.example/", options).await).await;
    });
    let requests = served.take().expect("it is done");
    assert_eq!(requests[1], b"\x05\x01\x00\x01\xc0\x00\x02\x01\x00\x50");
}

// Which proxy it will be is not known when the fields are set.
#[test]
fn p22_secrets_for_a_proxy_go_to_the_one_that_was_named() {
    for (is_named, expected) in [(true, true), (false, false)] {
        let mut options = through(HTTP);
        if !is_named {
            let rules = [("http_proxy", HTTP)];
            options.dial.route =
                ws_futures::Route::Rules(ws_futures::Environment::from_vars(rules));
        }
        let fields = &mut options.dial.proxy_fields;
        fields
            .push("Proxy-Authorization", "Bearer s3cret")
            .and_then(|()| fields.push("User-Agent", "kettle"))
            .expect("fields");
        let (sender, receiver) = std::sync::mpsc::channel();
        let result = meets("ws://server.example/", options, async move |mut io| {
            let _ = sender.send(head(&mut io).await);
            say(&mut io, "HTTP/1.1 403 X\r\nContent-Length: 0\r\n\r\n").await;
        });
        check_step(result, Step::Proxy, |cause| {
            matches!(cause, DialCause::Refused(_))
        });
        let asked = receiver.recv().expect("it was asked");
        assert_eq!(asked.contains("s3cret"), expected, "{asked}");
        assert!(asked.contains("\r\nUser-Agent: kettle\r\n"), "{asked}");
    }
}

// What is answered before it is asked is no answer to us.
#[test]
fn p24_socks_proxies_that_are_too_quick() {
    let options = through("socks5h://proxy.example");
    let result = meets("ws://server.example/", options, async |mut io| {
        say(&mut io, b"\x05\x00\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50").await;
        head(&mut io).await;
    });
    let error = dial_error(result);
    let kind = error.io_error().map(std::io::Error::kind);
    assert_eq!(kind, Some(ErrorKind::InvalidData));
}

#[test]
fn p24_socks_proxies_that_refuse() {
    let net = usual();
    let mut world = World::new();
    world.spawn(socks(net.clone(), &[2]));
    let options = through("socks5h://proxy.example");
    let result = world.run(connect(net.clone(), "ws://server.example/", options));
    let error = dial_error(result);
    assert_eq!(
        error.to_string(),
        "proxy (proxy.example:1080): the proxy does not connect: not allowed by its rules"
    );
    assert_eq!(net.asked().len(), 2, "one attempt");
}
