//! Connections, from their first step to their end.

use core::pin::pin;
use core::task::{Context, Waker};
use std::sync::Arc;

use futures::{AsyncWriteExt, FutureExt};
use hybi_testkit::pipe::duplex;
use hybi_tests::World;
use ws_futures::hyper::Upgrade;
use ws_futures::{CloseCode, CloseFrame, Options, accept, connect, read_request};
use ws_handshake::Request;

use crate::{Recorder, all_told, options};

#[test]
fn connections_open_and_end() {
    let told = all_told(|| {
        let (near, far) = duplex(1 << 16);
        let mut world = World::new();
        world.spawn(async move {
            let mut socket = accept(far, &options(Options::server()))
                .await
                .expect("a socket");
            while let Ok(Some((event, mut outbox))) = socket.exchange().await {
                if let ws_futures::Event::Message(message) = event {
                    outbox.feed(message).await.expect("it is open");
                }
            }
        });
        world.run(async move {
            let request = Request::from_url("ws://user:s3cret@localhost/?token=s3cret")
                .map(|request| request.with_field("Cookie", "s3cret").expect("a field"))
                .expect("a URL");
            let client = options(Options::client());
            let (mut socket, _) = connect(near, &request, &client).await.expect("a socket");
            socket.send("s3cret").await.expect("it is open");
            assert!(socket.receive().await.is_ok());
            let frame = CloseFrame {
                code: CloseCode::new(4321).expect("a code"),
                reason: "s3cret",
            };
            let closure = socket.close(Some(frame)).await;
            assert!(closure.is_ok_and(|closure| closure.is_clean()));
        });
    });
    let lines = &told.lines;
    let opened = |role| {
        format!(
            "message=opened role=\"{role}\" version=hybi-13 has_subprotocol=false extensions=\"\""
        )
    };
    assert!(lines.contains(&opened("server")), "{lines:#?}");
    assert!(lines.contains(&opened("client")), "{lines:#?}");
    for role in ["client", "server"] {
        let start = format!("message=ended role=\"{role}\" is_clean=true code=4321 ");
        let ended: Vec<&String> = lines
            .iter()
            .filter(|line| line.starts_with(&start))
            .collect();
        assert_eq!(ended.len(), 1, "{lines:#?}");
        let counts = "received.messages=1 received.bytes=";
        assert!(ended[0].contains(counts), "{ended:?}");
    }
    assert!(
        !lines.iter().any(|line| line.contains("s3cret")),
        "{lines:#?}"
    );
    // Each in the span of its connection.
    let agreed = "version=hybi-13 has_subprotocol=false extensions=\"\"";
    let fields = [
        format!("role=\"client\" peer=localhost {agreed}"),
        format!("role=\"server\" {agreed}"),
    ];
    let mut spans: Vec<_> = told.spans.iter().map(|span| &span.fields).collect();
    spans.sort();
    assert_eq!(spans, fields.each_ref());
    for (line, within) in lines.iter().zip(&told.within) {
        let span = &told.spans[within.expect("a span")];
        let role = &span.fields[..span.fields.find(' ').expect("fields")];
        assert!(line.contains(role), "{line} in {}", span.fields);
    }
}

#[test]
fn a_connection_that_is_dropped_ends_its_span() {
    let recorder = Recorder::default();
    tracing::subscriber::with_default(recorder.clone(), || {
        let outer = tracing::debug_span!(target: "hybi", "outer", peer = "192.0.2.1:80");
        let (near, far) = duplex(1 << 16);
        let request = Request::from_url("ws://localhost/").expect("a URL");
        let client = Options::client();
        let mut connecting = pin!(connect(near, &request, &client));
        let server = Options::server();
        let mut accepting = pin!(accept(far, &server));
        let mut cx = Context::from_waker(Waker::noop());
        // Nothing is entered while something is waited for.
        assert!(
            outer
                .in_scope(|| accepting.poll_unpin(&mut cx))
                .is_pending()
        );
        assert!(connecting.poll_unpin(&mut cx).is_pending());
        assert_eq!(recorder.told().entered, [0; 0]);
        let accepted = accepting.now_or_never().expect("the request is there");
        let (socket, _) = (accepted.expect("a socket"), connecting.now_or_never());
        let handles = || recorder.told().spans[1].handles;
        assert_eq!(handles(), 1);
        drop(socket);
        assert_eq!(handles(), 0);
    });
    let told = recorder.told();
    // It is within whatever it was begun in.
    assert!(told.spans[1].fields.starts_with("role=\"server\""));
    assert_eq!(
        (told.spans[1].within, told.spans[2].within),
        (Some(0), None)
    );
}

#[test]
fn an_event_stream_keeps_its_span() {
    let recorder = Recorder::default();
    tracing::subscriber::with_default(recorder.clone(), || {
        let told = recorder.clone();
        let handles = move || told.told().spans[0].handles;
        let (near, mut far) = duplex(1 << 16);
        World::new().run(async move {
            far.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                .await
                .expect("room");
            let options = Options::server();
            let incoming = read_request(near, &options).await.expect("a request");
            assert_eq!(handles(), 1);
            let stream = incoming.accept_events(&options).await.expect("a stream");
            assert_eq!(handles(), 1);
            drop(stream);
            assert_eq!(handles(), 0);
        });
    });
    assert_eq!(recorder.told().spans[0].fields, "role=\"server\"");
}

#[test]
fn refusals_are_told_by_both() {
    let told = all_told(|| {
        let (near, far) = duplex(1 << 16);
        let mut world = World::new();
        world.spawn(async move { accept(far, &options(Options::server())).await.map(drop) });
        world.run(async move {
            let request = Request::from_url("ws://localhost/")
                .map(|request| {
                    request
                        .with_field("Origin", "http://evil")
                        .expect("a field")
                })
                .expect("a URL");
            let client = options(Options::client());
            assert!(connect(near, &request, &client).await.is_err());
        });
    });
    assert_eq!(
        told.lines,
        [
            "message=refused role=\"server\" status=403",
            "message=rejected role=\"client\" status=403"
        ]
    );
    let spans = told.within.iter().map(|within| {
        let span = within.map(|number| &*told.spans[number].fields);
        span.expect("a span")
    });
    let spans: Vec<_> = spans.collect();
    assert_eq!(spans, ["role=\"server\"", "role=\"client\" peer=localhost"]);
}

#[test]
fn steps_on_the_way_are_told() {
    let told = all_told(|| {
        smol::block_on(async {
            let mut options = Options::client();
            let proxy = "http://user:s3cret@127.0.0.1:1".parse().expect("a proxy");
            options.dial.route = ws_futures::Route::Through(proxy);
            let connected = hybi::smol::connect("ws://localhost:2/?s3cret", &options).await;
            assert!(connected.is_err());
        });
    });
    let lines = &told.lines;
    assert_eq!(lines.len(), 1, "{lines:#?}");
    let start = "message=failed step=connecting peer=127.0.0.1:1 error=";
    assert!(lines[0].starts_with(start), "{lines:?}");
    assert!(!lines[0].contains("s3cret"));
    assert_eq!(told.within, [Some(0)]);
    assert_eq!(told.spans[0].fields, "role=\"client\" peer=localhost:2");
}

// It is judged where the request is, and opens on another task.
#[test]
fn upgrades_are_within_the_span_of_their_request() {
    let told = all_told(|| {
        let outer = tracing::debug_span!(target: "hybi", "request");
        let mut request = http::Request::new(());
        let fields = request.headers_mut();
        for (name, value) in [
            ("host", "a.example"),
            ("upgrade", "websocket"),
            ("connection", "Upgrade"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ] {
            fields.insert(name, value.parse().expect("a value"));
        }
        let options = Arc::new(Options::server());
        // Without hyper's upgrade there is nothing to open, but all that was judged before.
        let upgrade = outer.in_scope(|| Upgrade::new(&mut request, Arc::clone(&options)));
        assert!(upgrade.is_err());
        request.headers_mut().remove("sec-websocket-key");
        let refused = outer.in_scope(|| Upgrade::new(&mut request, options));
        assert!(refused.is_err());
    });
    assert_eq!(told.lines, ["message=refused role=\"server\" status=400"]);
    assert_eq!(told.within, [Some(2)]);
    let within: Vec<Option<usize>> = told.spans.iter().map(|span| span.within).collect();
    assert_eq!(within, [None, Some(0), Some(0)]);
}
