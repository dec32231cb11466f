//! What `tracing` is told of connections, and what it is not.

use core::fmt::{Debug, Write as _};
use core::pin::pin;
use core::task::{Context, Waker};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

use futures::{AsyncWriteExt, FutureExt};
use hybi_testkit::pipe::duplex;
use hybi_tests::{World, world};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use ws_futures::hyper::Upgrade;
use ws_futures::sse::{EventRequest, SourceEvent};
use ws_futures::{
    CloseCode, CloseFrame, Dialler, Io, IoFuture, Options, WebSocket, accept, connect, read_request,
};
use ws_handshake::Request;

/// Keeps what it is told.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Told>>);

#[derive(Clone, Default)]
struct Told {
    /// A line for each event.
    lines: Vec<String>,
    /// In which span it was, by number.
    within: Vec<Option<usize>>,
    spans: Vec<Span>,
    /// The spans that are entered, the inner ones last.
    entered: Vec<usize>,
}

#[derive(Clone, Default)]
struct Span {
    fields: String,
    within: Option<usize>,
    /// How many handles there are.
    handles: usize,
}

impl Recorder {
    fn told(&self) -> MutexGuard<'_, Told> {
        self.0.lock().expect("nobody panicked")
    }
}

/// The number of a span. Its id is one more, as none is 0.
fn number(id: &Id) -> usize {
    usize::try_from(id.into_u64()).expect("few spans") - 1
}

impl Subscriber for Recorder {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "hybi"
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut line = Line(String::new());
        attributes.record(&mut line);
        let mut told = self.told();
        let span = Span {
            fields: line.0,
            within: told.entered.last().copied(),
            handles: 1,
        };
        told.spans.push(span);
        Id::from_u64(told.spans.len() as u64)
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        let mut told = self.told();
        let mut line = Line(std::mem::take(&mut told.spans[number(id)].fields));
        values.record(&mut line);
        told.spans[number(id)].fields = line.0;
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(String::new());
        event.record(&mut line);
        let mut told = self.told();
        let within = told.entered.last().copied();
        told.lines.push(line.0);
        told.within.push(within);
    }

    fn enter(&self, id: &Id) {
        self.told().entered.push(number(id));
    }

    fn exit(&self, id: &Id) {
        assert_eq!(self.told().entered.pop(), Some(number(id)));
    }

    fn clone_span(&self, id: &Id) -> Id {
        self.told().spans[number(id)].handles += 1;
        id.clone()
    }

    fn try_close(&self, id: Id) -> bool {
        let mut told = self.told();
        let handles = &mut told.spans[number(&id)].handles;
        *handles -= 1;
        *handles == 0
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let space = if self.0.is_empty() { "" } else { " " };
        let _ = write!(self.0, "{space}{}={value:?}", field.name());
    }
}

/// What is told while this runs, after which no span is entered or held.
fn all_told(run: impl FnOnce()) -> Told {
    let recorder = Recorder::default();
    tracing::subscriber::with_default(recorder.clone(), run);
    let told = recorder.told().clone();
    assert_eq!(told.entered, [0; 0]);
    assert!(told.spans.iter().all(|span| span.handles == 0));
    told
}

/// The events of it.
fn told(run: impl FnOnce()) -> Vec<String> {
    all_told(run).lines
}

fn options(mut options: Options) -> Options {
    options.timer = Some(world::timer);
    options
}

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

/// A server that answers one connection after the other with these bytes and leaves; then there is
/// none.
#[derive(Debug)]
struct Script(Mutex<VecDeque<&'static str>>);

impl Dialler for Script {
    fn dial<'a>(&'a self, _: &'a str, _: u16) -> IoFuture<'a, Box<dyn Io>> {
        let answer = self.0.lock().expect("nobody panicked").pop_front();
        Box::pin(async move {
            let answer = answer.ok_or(std::io::ErrorKind::ConnectionRefused)?;
            let (near, mut far) = duplex(1 << 16);
            far.write_all(answer.as_bytes()).await?;
            Ok(Box::new(near) as Box<dyn Io>)
        })
    }
}

/// What is told of a source that gets these answers, and tries again at once until it ends or has
/// no connection.
fn told_of_source(answers: &[&'static str]) -> Told {
    let script = Script(Mutex::new(answers.iter().copied().collect()));
    let mut client = Options::client();
    client.dial.dialler = Some(Arc::new(script));
    let request = EventRequest::from_url("http://user:s3cret@server.example/?token=s3cret")
        .and_then(|request| request.with_field("Cookie", "s3cret"))
        .and_then(|request| request.with_last_event_id("s3cret"))
        .expect("a request");
    all_told(|| {
        let mut source = hybi::smol::event_source_for(request, &client);
        smol::block_on(async {
            while let Ok(Some(event)) = source.receive().await {
                if let SourceEvent::Lost(lost) = event {
                    if lost.error.is_some() {
                        source.close();
                        source.close(); // again, which is told no second time
                    }
                    source.retry_now();
                }
            }
        });
    })
}

#[test]
fn sources_of_events_tell_each_connection() {
    let opened = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n\
                  id: s3cret\ndata: s3cret\n\nevent: s3cret\ndata\n\n";
    let moved = "HTTP/1.1 307 X\r\nLocation: http://other.example/s3cret?s3cret\r\n\r\n";
    let refused = "HTTP/1.1 503 s3cret\r\nContent-Length: 6\r\n\r\ns3cret";

    for (answers, connections, expected) in [
        // A redirect is on the way; another attempt is another connection.
        (
            &[moved, opened, refused][..],
            2,
            &[
                ("done step=connecting peer=server.example:80", Some(0)),
                ("done step=connecting peer=other.example:80", Some(0)),
                ("opened role=\"client\" status=200", Some(0)),
                (
                    "lost role=\"client\" events=2 why=the event stream has ended delay=",
                    Some(0),
                ),
                ("done step=connecting peer=server.example:80", Some(1)),
                (
                    "ended role=\"client\" status=503 events=0 why=the server answers 503",
                    Some(1),
                ),
            ][..],
        ),
        // Closed between two attempts.
        (
            &[],
            1,
            &[
                (
                    "failed step=connecting peer=server.example:80 error=connection refused",
                    Some(0),
                ),
                (
                    "lost role=\"client\" events=0 \
                     why=connecting (server.example:80): connection refused delay=",
                    Some(0),
                ),
                (
                    "ended role=\"client\" events=0 why=event source closed",
                    None,
                ),
            ],
        ),
        (
            &["HTTP/1.1 204 X\r\n\r\n"],
            1,
            &[
                ("done step=connecting peer=server.example:80", Some(0)),
                (
                    "ended role=\"client\" status=204 events=0 \
                     why=the server has ended the event source",
                    Some(0),
                ),
            ],
        ),
    ] {
        let told = told_of_source(answers);
        assert_eq!(told.lines.len(), expected.len(), "{:#?}", told.lines);
        for ((line, within), (start, span)) in told.lines.iter().zip(&told.within).zip(expected) {
            assert!(line["message=".len()..].starts_with(start), "{line}");
            assert_eq!(within, span, "{line}");
        }
        let spans: Vec<_> = told.spans.iter().map(|span| &*span.fields).collect();
        assert_eq!(
            spans,
            vec!["role=\"client\" peer=server.example"; connections]
        );
    }
}

#[test]
fn nothing_that_a_source_tells_is_secret() {
    let answers = [
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nid: s3cret\ndata: s3cret\n\n",
        "s3cret\r\n\r\n",
        "HTTP/1.1 200 OK\r\ns3cret: s3cret",
        "HTTP/1.1 200 OK\r\nContent-Type: text/s3cret\r\n\r\n",
    ];
    for count in 0..=answers.len() {
        let told = told_of_source(&answers[..count]);
        assert!(told.lines.len() > count, "{:#?}", told.lines);
        let fields = told.spans.iter().map(|span| &span.fields);
        for told in fields.chain(&told.lines) {
            assert!(!told.contains("s3cret"), "{told}");
        }
    }
}

// Found when a message is lent, when a header is read, and when nothing is.
#[test]
fn connections_that_fail_say_why() {
    for (bytes, code, why) in [
        (
            &b"\x81\x81\0\0\0\0\xff"[..],
            "code=1007 ",
            "text message is not UTF-8",
        ),
        (b"\x83\x80\0\0\0\0", "code=1002 ", "reserved opcode 3"),
        (b"", "", "connection ended without a closing handshake"),
    ] {
        let lines = told(|| {
            let (near, mut far) = duplex(1 << 16);
            World::new().run(async move {
                far.write_all(bytes).await.expect("room");
                drop(far);
                let mut socket = WebSocket::server(near, &Options::server());
                assert!(socket.receive().await.is_err());
                assert!(matches!(socket.receive().await, Ok(None)));
                assert!(socket.close(None).await.is_ok());
            });
        });
        let failed = format!("message=failed error={why}");
        let ended = format!("message=ended role=\"server\" is_clean=false {code}received.");
        assert_eq!(lines.len(), 2, "{lines:#?}");
        assert_eq!(lines[0], failed);
        assert!(lines[1].starts_with(&ended), "{lines:#?}");
    }
}

#[test]
fn handshakes_that_fail_say_why() {
    // A client that leaves, one that is slow, and one that is refused, which is told as that.
    for (request, leaves, expect) in [
        (
            &b""[..],
            true,
            "message=failed error=transport failed: unexpected end of file",
        ),
        (
            b"GET /",
            false,
            "message=failed error=opening handshake took too long",
        ),
        (
            b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n",
            true,
            "message=refused role=\"server\" status=426",
        ),
    ] {
        let told = all_told(|| {
            let (near, mut far) = duplex(1 << 16);
            World::new().run(async move {
                far.write_all(request).await.expect("room");
                if leaves {
                    far.close().await.expect("it is open");
                }
                let accepted = accept(near, &options(Options::server())).await;
                assert!(accepted.is_err());
                drop(far);
            });
        });
        assert_eq!(told.lines, [expect]);
        assert_eq!(told.within, [Some(0)]);
    }
    let told = all_told(|| {
        let (near, mut far) = duplex(1 << 16);
        World::new().run(async move {
            far.write_all(b"HTTP/1.1 101 X\r\n\r\n")
                .await
                .expect("room");
            let request = Request::ws("server.example", "/").expect("a URL");
            let connected = connect(near, &request, &options(Options::client())).await;
            assert!(connected.is_err());
        });
    });
    assert_eq!(told.lines.len(), 1, "{:#?}", told.lines);
    let failed = "message=failed error=";
    assert!(told.lines[0].starts_with(failed), "{:#?}", told.lines);
    assert_eq!(told.within, [Some(0)]);
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
