//! A source against a raw server: answers, losses, the last event id.

use core::time::Duration;
use std::io;
use std::sync::{Arc, Mutex};

use futures::{AsyncReadExt, AsyncWriteExt};
use hybi_testkit::pipe::{Behaviour, Pending};
use hybi_tests::World;
use ws_futures::sse::{EventRequest, EventSource, SourceError, SourceState};
use ws_futures::tls::TlsConnector;
use ws_futures::tls::rustls::rustls;
use ws_futures::{DialCause, Io, IoFuture, Step};

use crate::net::{Answer, Net};
use crate::{OPEN, all_told, client_options, field, head, network, request, script, source, told};

/// What a source makes of these answers, and what it asked for each.
fn seen(answers: &[&str], count: usize) -> (Vec<String>, Vec<String>) {
    let net = network();
    let mut world = World::new();
    let answers = answers.iter().map(|answer| (*answer).to_owned()).collect();
    let server = world.spawn(script(net.clone(), answers));
    let mut source = source(&net, "http://server.example/feed");
    let seen = world.run(async move { all_told(&mut source, count).await });
    world.settle();
    (seen, server.take().unwrap_or_default())
}

// WPT eventsource-reconnect, format-field-id-2
#[test]
fn sc19_the_last_event_id_survives_streams_without_one() {
    let first = format!("{OPEN}retry: 200\nid: \u{2026}\ndata: a\n\n");
    let second = format!("{OPEN}data: b\n\n");
    let stop = "HTTP/1.1 204 No Content\r\n\r\n";
    let (seen, requests) = seen(&[&first, &second, &second, stop], 99);
    assert_eq!(
        seen,
        [
            "opened",
            "message a \u{2026}",
            "lost: the event stream has ended",
            "opened",
            "message b \u{2026}",
            "lost: the event stream has ended",
            "opened",
            "message b \u{2026}",
            "lost: the event stream has ended",
        ]
    );
    let ids: Vec<_> = requests
        .iter()
        .map(|request| field(request, "Last-Event-ID"))
        .collect();
    let id = Some("\u{2026}");
    assert_eq!(ids, [None, id, id, id]);
    assert!(requests[0].starts_with("GET /feed HTTP/1.1\r\nHost: server.example\r\n"));
    assert_eq!(field(&requests[0], "Accept"), Some("text/event-stream"));
}

// SC16: everything that may be better next time is tried again, with the id that was seen last.
#[test]
fn sc16_the_last_event_id_survives_every_failure() {
    let net = network();
    let mut world = World::new();
    let server = net.clone();
    let requests = world.spawn(async move {
        let mut requests = Vec::new();
        let answers = [
            format!("{OPEN}id: 7\ndata: a\n\nid: 8\ndata: cut o"),
            String::new(),
            "HTTP/1.1 200 O".to_owned(),
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\
             Transfer-Encoding: chunked\r\n\r\n12\r\ndata"
                .to_owned(),
            "nonsense\r\n\r\n".to_owned(),
            "<reset>".to_owned(),
            "HTTP/1.1 204 X\r\n\r\n".to_owned(),
        ];
        for answer in answers {
            let mut io = server.accept().await.1;
            requests.push(head(&mut io).await);
            if answer == "<reset>" {
                io.probe().reset();
            } else {
                io.write_all(answer.as_bytes()).await.expect("it is read");
            }
        }
        requests
    });
    let client = net;
    let seen = world.run(async move {
        let mut source = source(&client, "http://server.example/");
        let mut seen = all_told(&mut source, 3).await;
        // Nobody listens, and then nobody knows the name.
        client.port("192.0.2.1:80", Duration::ZERO, Answer::Refuses);
        seen.extend(told(&mut source).await);
        client.port("192.0.2.1:80", Duration::ZERO, Answer::Accepts);
        seen.extend(all_told(&mut source, 99).await);
        assert_eq!(source.last_event_id(), "7");
        assert_eq!(source.state(), SourceState::Closed);
        seen
    });
    assert_eq!(
        seen,
        [
            "opened",
            "message a 7",
            "lost: the event stream has ended",
            "lost: connecting (server.example:80): connection refused",
            "lost: the server closed the connection before its response",
            "lost: the server closed the connection inside its response's head",
            "opened",
            "lost: the connection ended inside the body",
            "lost: malformed start line",
            "lost: the server closed the connection before its response: transport failed: connection reset",
        ]
    );
    let requests = requests.take().expect("all were answered");
    assert_eq!(requests.len(), 7);
    assert!(
        requests[1..]
            .iter()
            .all(|request| field(request, "Last-Event-ID") == Some("7"))
    );
}

// SC13, SC14: what opens, what ends the source. WPT request-status-error, format-mime-*.
#[test]
fn sc13_sc14_answers_that_open_and_answers_that_end() {
    for (answer, expect) in [
        ("200 OK\r\nContent-Type: text/event-stream", "opened"),
        ("200 OK\r\nContent-Type: TEXT/Event-Stream;", "opened"),
        (
            "200 OK\r\nContent-Type: text/event-stream;charset=x",
            "opened",
        ),
        (
            "200 OK\r\nContent-Type: text/plain",
            "failed: the response is no event stream",
        ),
        (
            "200 OK\r\nContent-Type: x bogus",
            "failed: the response is no event stream",
        ),
        ("200 OK", "failed: the response is no event stream"),
        (
            "200 OK\r\nContent-Type: text/event-stream\r\nContent-Encoding: gzip",
            "failed: the event stream has a content coding",
        ),
        ("205 X", "failed: the server answers 205"),
        ("404 X", "failed: the server answers 404"),
        ("500 X", "failed: the server answers 500"),
        ("503 X\r\nRetry-After: 1", "failed: the server answers 503"),
        ("401 X", "failed: the server answers 401"),
    ] {
        let answer = format!("HTTP/1.1 {answer}\r\n\r\n");
        let (seen, _) = seen(&[&answer], 1);
        let seen = seen.first().expect("something");
        assert!(seen.starts_with(expect), "{answer}: {seen}");
    }
    let (seen, _) = seen(&["HTTP/1.1 204 X\r\n\r\n"], 99);
    assert!(seen.is_empty(), "{seen:?}");
}

// The stream tells an error once and then ends; the response can be looked at.
#[test]
fn sc14_a_refusal_comes_with_its_response() {
    let net = network();
    let mut world = World::new();
    let answer = "HTTP/1.1 403 X\r\nContent-Length: 7\r\n\r\nno, you";
    world.spawn(script(net.clone(), vec![answer.to_owned()]));
    let mut source = source(&net, "http://server.example/");
    world.run(async move {
        let error = source.next().await.expect("an error").expect_err("403");
        let SourceError::Closed(closed) = error else {
            panic!("{error:?}");
        };
        assert_eq!(
            closed.response().map(ws_sse::Response::body),
            Some(&b"no, you"[..])
        );
        assert!(source.next().await.is_none());
        assert!(source.next().await.is_none());
        assert!(source.closure().is_some());
    });
}

#[test]
fn sc16_a_certificate_that_is_not_valid_ends_the_source() {
    let of_rustls = |error: rustls::Error| io::Error::new(io::ErrorKind::InvalidData, error);
    let expired = rustls::Error::InvalidCertificate(rustls::CertificateError::Expired);
    for (error, is_futile) in [
        (of_rustls(expired), true),
        (of_rustls(rustls::Error::DecryptError), false),
        (of_rustls(rustls::Error::HandshakeNotComplete), false),
        (io::ErrorKind::InvalidData.into(), true),
        (io::ErrorKind::UnexpectedEof.into(), false),
        (io::ErrorKind::ConnectionReset.into(), false),
    ] {
        let shown = error.to_string();
        let net = network();
        let mut options = client_options();
        options.dial.tls = Some(Arc::new(Fails(Mutex::new(Some(error)))));
        let request = request("https://server.example/");
        let mut source = EventSource::new(net, request, &options);
        let error = World::new().run(async move { source.receive().await.map(drop) });
        match error {
            Err(SourceError::Dial(error)) if is_futile => {
                assert_eq!(error.step(), Step::Tls);
                assert!(matches!(error.cause(), DialCause::Io(_)));
            }
            Ok(()) if !is_futile => {}
            other => panic!("{shown}: {other:?}"),
        }
    }
}

/// TLS that fails like this, once.
#[derive(Debug)]
struct Fails(Mutex<Option<io::Error>>);

impl TlsConnector for Fails {
    fn connect<'a>(&'a self, _: &'a str, _: Box<dyn Io>) -> IoFuture<'a, Box<dyn Io>> {
        let error = self.0.lock().ok().and_then(|mut error| error.take());
        Box::pin(async move { Err(error.expect("one attempt")) })
    }
}

// SC18
#[test]
fn sc18_an_id_that_cannot_be_sent_is_kept_and_told() {
    let net = network();
    let mut world = World::new();
    let first = format!("{OPEN}retry: 100\nid: \u{1}\ndata: a\n\n");
    let stop = "HTTP/1.1 204 X\r\n\r\n".to_owned();
    let server = world.spawn(script(net.clone(), vec![first, stop]));
    let mut source = source(&net, "http://server.example/");
    world.run(async move {
        all_told(&mut source, 99).await;
        assert!(source.unsent_id().is_some());
        assert_eq!(source.last_event_id(), "\u{1}");
    });
    world.settle();
    let requests = server.take().expect("two");
    assert_eq!(field(&requests[1], "Last-Event-ID"), None);
}

#[test]
fn a_post_with_fields_and_a_saved_id() {
    let net = network();
    let mut world = World::new();
    let server = net.clone();
    let asked = world.spawn(async move {
        let mut io = server.accept().await.1;
        let head = head(&mut io).await;
        let mut body = [0; 9];
        io.read_exact(&mut body).await.expect("the body");
        io.write_all(b"HTTP/1.1 204 X\r\n\r\n")
            .await
            .expect("it is read");
        (head, body)
    });
    let request = request("http://kettle:s3cret@server.example/feed?a=b")
        .with_field("User-Agent", "kettle/1")
        .and_then(|request| request.with_body("application/json", r#"{"a":"b"}"#))
        .and_then(|request| request.with_last_event_id("17"))
        .expect("fields");
    let mut source = EventSource::new(net, request, &client_options());
    assert!(!format!("{source:?}").contains("s3cret"));
    world.run(async move { assert!(source.next().await.is_none()) });
    world.settle();
    let (head, body) = asked.take().expect("a request");
    assert!(head.starts_with("POST /feed?a=b HTTP/1.1\r\n"), "{head}");
    assert_eq!(
        field(&head, "Authorization"),
        Some("Basic a2V0dGxlOnMzY3JldA==")
    );
    assert_eq!(field(&head, "Content-Type"), Some("application/json"));
    assert_eq!(field(&head, "Last-Event-ID"), Some("17"));
    assert_eq!(&body, br#"{"a":"b"}"#);
}

// What was asked for once is not asked for again because its answer is complete.
#[test]
fn the_answer_to_a_post_ends_the_source() {
    let net = network();
    let mut world = World::new();
    let answer = format!("{OPEN}data: 1\n\n");
    world.spawn(script(net.clone(), vec![answer]));
    let request = request("http://server.example/")
        .with_body("text/plain", "do it")
        .expect("a body");
    let mut source = EventSource::new(net, request, &client_options());
    world.run(async move {
        assert_eq!(all_told(&mut source, 99).await, ["opened", "message 1 "]);
        assert_eq!(source.closure(), Some(ws_sse::Closure::Ended));
    });
}

// A server that does not read all of a request may answer it all the same.
#[test]
fn an_answer_may_come_before_the_request_is_written() {
    let net = network();
    net.behave_near(Behaviour::default().capacity(64).pending(Pending::Every(3)));
    let mut world = World::new();
    let server = net.clone();
    world.spawn(async move {
        let mut io = server.accept().await.1;
        io.read_exact(&mut [0; 10]).await.expect("a beginning");
        io.write_all(b"HTTP/1.1 413 X\r\nContent-Length: 0\r\n\r\n")
            .await
            .expect("read");
        core::future::pending::<()>().await;
    });
    let request = request("http://server.example/");
    let request = request
        .with_body("text/plain", vec![b'x'; 1 << 20])
        .expect("a body");
    let mut source = EventSource::new(net, request, &client_options());
    let seen = world.run(async move { all_told(&mut source, 9).await });
    assert_eq!(seen, ["failed: the server answers 413 Content Too Large"]);
}

#[test]
fn urls_that_are_none() {
    for url in [
        "ws://server.example/",
        "wss://server.example/",
        "ftp://server.example/",
        "server.example",
        "http://server.example/#a",
        "http://",
        "",
    ] {
        let error = EventRequest::from_url(url).err();
        assert!(
            matches!(error, Some(SourceError::Url(_))),
            "{url}: {error:?}"
        );
    }
    let id = request("http://a/").with_last_event_id("a\nb");
    assert!(matches!(id, Err(SourceError::Misuse(_))));
}

// SC22: closed in every state, twice, and dropped in every state.
#[test]
fn sc22_closed_in_every_state() {
    for state in 0..6 {
        let net = network();
        if state == 1 {
            net.port("192.0.2.1:80", crate::SECOND, Answer::Ignores);
        }
        let mut world = World::new();
        let server = net.clone();
        let far = world.spawn(async move {
            let mut io = server.accept().await.1;
            head(&mut io).await;
            if state > 2 {
                let events = format!("{OPEN}id: 1\ndata: a\n\ndata: b\n\n");
                io.write_all(events.as_bytes()).await.expect("it is read");
            }
            if state < 5 {
                // Until the client has gone.
                while io.read(&mut [0]).await.is_ok_and(|len| len > 0) {}
            }
        });
        let mut source = source(&net, "http://server.example/");
        let mut source = world.run(async move {
            // Nothing, dialling, asking, open, behind an event, waiting.
            let steps = [0, 1, 1, 1, 2, 4][state];
            for _ in 0..steps {
                let next = core::pin::pin!(told(&mut source));
                let pause = core::pin::pin!(crate::net::sleep(Duration::from_millis(50)));
                let _ = futures::future::select(next, pause).await;
            }
            source
        });
        let expect = [
            SourceState::Connecting,
            SourceState::Connecting,
            SourceState::Connecting,
            SourceState::Open,
            SourceState::Open,
            SourceState::Waiting,
        ];
        assert_eq!(source.state(), expect[state], "{state}");
        source.close();
        source.close();
        world.advance(Duration::from_secs(60));
        assert_eq!(far.is_done(), state > 1, "{state}");
        let connects = net.asked().len();
        world.run(async move {
            assert_eq!(told(&mut source).await, None);
            assert_eq!(source.state(), SourceState::Closed);
            assert_eq!(source.last_event_id(), if state > 3 { "1" } else { "" });
        });
        assert_eq!(net.asked().len(), connects, "no other attempt");
    }
}

// SC25: what has come is not all taken apart at once, and no more is read meanwhile.
#[test]
fn sc25_a_slow_reader_holds_one_event() {
    let net = network();
    let mut world = World::new();
    let server = net.clone();
    let written = world.spawn(async move {
        let mut io = server.accept().await.1;
        head(&mut io).await;
        io.write_all(OPEN.as_bytes()).await.expect("it is read");
        let probe = io.probe();
        futures::future::join(
            async move {
                let events = "data: x\n\n".repeat(100_000);
                io.write_all(events.as_bytes()).await.expect("it is read");
                io.close().await.expect("it can be closed");
                io.read(&mut [0]).await.ok()
            },
            async move { probe },
        )
        .await
        .1
    });
    let mut source = source(&net, "http://server.example/");
    world.run(async move {
        assert_eq!(told(&mut source).await.as_deref(), Some("opened"));
        let mut count = 0;
        while told(&mut source).await.as_deref() == Some("message x ") {
            count += 1;
        }
        assert_eq!(count, 100_000);
    });
    world.settle();
    assert!(written.is_done());
}

// The way is the one that WebSockets take.
#[test]
fn a_source_goes_through_a_proxy() {
    let net = network();
    net.name("proxy.example", &["192.0.2.8"]).port(
        "192.0.2.8:3128",
        Duration::ZERO,
        Answer::Accepts,
    );
    let mut world = World::new();
    let server = net.clone();
    let heads = world.spawn(async move {
        let mut heads = Vec::new();
        for _ in 0..2 {
            let mut io = server.accept().await.1;
            heads.push(head(&mut io).await);
            io.write_all(b"HTTP/1.1 200 X\r\n\r\n").await.expect("read");
            heads.push(head(&mut io).await);
            let event = format!("{OPEN}id: 1\ndata: a\n\n");
            io.write_all(event.as_bytes()).await.expect("read");
        }
        heads
    });
    let mut options = client_options();
    let proxy = "http://kettle:pr0xy@proxy.example:3128".parse();
    options.dial.route = ws_futures::Route::Through(proxy.expect("a proxy"));
    let request = request("http://server.example/feed");
    let request = request.with_field("Cookie", "s3cret=1").expect("a field");
    let mut source = EventSource::new(net.clone(), request, &options);
    let seen = world.run(async move { all_told(&mut source, 5).await });
    assert_eq!(seen[..2], seen[3..]);
    let heads = heads.take().expect("two connections");
    for (at, head) in heads.iter().enumerate() {
        let is_for_proxy = at % 2 == 0;
        let method = if is_for_proxy { "CONNECT" } else { "GET" };
        assert!(head.starts_with(method), "{head}");
        assert_eq!(field(head, "Proxy-Authorization").is_some(), is_for_proxy);
        assert_eq!(field(head, "Cookie").is_some(), !is_for_proxy);
    }
    assert_eq!(field(&heads[3], "Last-Event-ID"), Some("1"));
    let names: Vec<_> = net
        .asked()
        .into_iter()
        .filter(|what| what.contains("server"))
        .collect();
    assert!(names.is_empty(), "the proxy looks the name up: {names:?}");

    // A proxy that wants other credentials will want them next time, too.
    let mut world = World::new();
    let server = net.clone();
    world.spawn(async move {
        let mut io = server.accept().await.1;
        head(&mut io).await;
        let answer = b"HTTP/1.1 407 X\r\nContent-Length: 0\r\n\r\n";
        io.write_all(answer).await.expect("read");
    });
    let mut source = EventSource::new(net, crate::request("http://server.example/"), &options);
    let seen = world.run(async move { source.receive().await.map(drop) });
    assert!(matches!(seen, Err(SourceError::Dial(error)) if error.step() == Step::Proxy));
}

#[test]
fn what_is_shown_holds_no_secrets() {
    let net: Net = network();
    let source = source(&net, "http://user:s3cret@server.example/s3cret");
    let shown = format!("{source:?}");
    assert!(
        shown.contains("server.example") && !shown.contains("s3cret"),
        "{shown}"
    );
}

#[test]
fn hosts_of_every_kind() {
    for (url, connects, host) in [
        (
            "http://[2001:DB8::1]/",
            "connect [2001:db8::1]:80",
            "[2001:db8::1]",
        ),
        (
            "http://192.0.2.1:8000/",
            "connect 192.0.2.1:8000",
            "192.0.2.1:8000",
        ),
        (
            "HTTP://Server.Example:80/",
            "connect 192.0.2.1:80",
            "server.example",
        ),
        (
            "http://b\u{fc}cher.example/",
            "connect 192.0.2.3:80",
            "xn--bcher-kva.example",
        ),
    ] {
        let net = network();
        net.name("xn--bcher-kva.example", &["192.0.2.3"])
            .port("192.0.2.3:80", Duration::ZERO, Answer::Accepts)
            .port("192.0.2.1:8000", Duration::ZERO, Answer::Accepts)
            .port("[2001:db8::1]:80", Duration::ZERO, Answer::Accepts);
        let mut world = World::new();
        let moved = "HTTP/1.1 302 X\r\nLocation: a b?c\r\n\r\n".to_owned();
        let server = world.spawn(script(net.clone(), vec![moved, OPEN.to_owned()]));
        let mut source = source(&net, url);
        let seen = world.run(async move { all_told(&mut source, 1).await });
        assert_eq!(seen, ["opened"], "{url}");
        world.settle();
        let requests = server.take().expect("two");
        for request in &requests {
            assert_eq!(field(request, "Host"), Some(host));
        }
        assert!(requests[1].starts_with("GET /a%20b?c "), "{}", requests[1]);
        let asked = net
            .asked()
            .into_iter()
            .filter(|what| what.starts_with("connect"));
        assert_eq!(asked.collect::<Vec<_>>(), [connects; 2]);
    }
}
