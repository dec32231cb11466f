//! What `tracing` is told of connections, and what it is not.

use core::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex};

use hybi_testkit::pipe::duplex;
use hybi_tests::{World, world};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use ws_futures::{CloseCode, CloseFrame, Options, accept, connect};
use ws_handshake::Request;

/// Keeps what it is told, a line for each event.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Vec<String>>>);

impl Subscriber for Recorder {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "hybi"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(String::new());
        event.record(&mut line);
        self.0.lock().expect("nobody panicked").push(line.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let space = if self.0.is_empty() { "" } else { " " };
        let _ = write!(self.0, "{space}{}={value:?}", field.name());
    }
}

/// What is told while this runs.
fn told(run: impl FnOnce()) -> Vec<String> {
    let recorder = Recorder::default();
    tracing::subscriber::with_default(recorder.clone(), run);
    let lines = recorder.0.lock().expect("nobody panicked");
    lines.clone()
}

fn options(mut options: Options) -> Options {
    options.timer = Some(world::timer);
    options
}

#[test]
fn connections_open_and_end() {
    let lines = told(|| {
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
}

#[test]
fn refusals_are_told_by_both() {
    let lines = told(|| {
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
        lines,
        [
            "message=refused role=\"server\" status=403",
            "message=rejected role=\"client\" status=403"
        ]
    );
}

#[test]
fn steps_on_the_way_are_told() {
    let lines = told(|| {
        smol::block_on(async {
            let mut options = Options::client();
            let proxy = "http://user:s3cret@127.0.0.1:1".parse().expect("a proxy");
            options.dial.route = ws_futures::Route::Through(proxy);
            let connected = hybi::smol::connect("ws://localhost:2/?s3cret", &options).await;
            assert!(connected.is_err());
        });
    });
    assert_eq!(lines.len(), 1, "{lines:#?}");
    let start = "message=failed step=connecting peer=127.0.0.1:1 error=";
    assert!(lines[0].starts_with(start), "{lines:?}");
    assert!(!lines[0].contains("s3cret"));
}
