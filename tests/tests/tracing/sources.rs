//! A client's sources of events.

use core::fmt::Debug;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use futures::AsyncWriteExt;
use hybi_testkit::pipe::duplex;
use ws_futures::sse::{EventRequest, SourceEvent};
use ws_futures::{Dialler, Io, IoFuture, Options};

use crate::{Told, all_told};

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
