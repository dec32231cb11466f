//! A source of events at any cut of what a server sends.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use ws_http::fuzzing::{Cuts, seed};

use super::Owned;
use crate::client::{Connecting, EventSource, Origin, Request, SourceOptions};
use crate::response::Response;

/// What there is to see of one connection.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "for tests only")]
pub struct Course {
    /// The events in their order.
    pub events: Vec<Owned>,
    /// How it went on, in short.
    pub end: String,
}

/// What comes of an answer that arrives in pieces, behind which the connection ends.
///
/// # Panics
///
/// If the source does not take what it says it takes.
pub fn course<'a>(
    connecting: Connecting,
    pieces: impl Iterator<Item = &'a [u8]>,
) -> (Course, EventSource) {
    let mut source = EventSource::Awaiting(connecting.open(&mut Vec::new()));
    let mut events = Vec::new();
    for piece in pieces {
        let mut input = piece;
        source = match source {
            EventSource::Awaiting(awaiting) => awaiting.receive(&mut input),
            EventSource::Open(open) => EventSource::Open(open),
            // The connection is of no use any more.
            _ => break,
        };
        if let EventSource::Open(mut open) = source {
            loop {
                let before = input.len();
                match open.receive(&mut input) {
                    Ok(Some(event)) => {
                        assert!(input.len() < before, "an event takes a line end at least");
                        events.push(event.into());
                    }
                    Ok(None) => break,
                    Err(loss) => {
                        assert_eq!(open.receive(&mut &b"data\n\n"[..]), Err(loss));
                        break;
                    }
                }
            }
            source = EventSource::Open(open);
        }
        assert!(input.is_empty());
    }
    source = match source {
        EventSource::Awaiting(awaiting) => awaiting.receive_eof(),
        EventSource::Open(open) => open.receive_eof(),
        source => source,
    };
    let end = match &source {
        EventSource::Redirected(redirected) => {
            let status = redirected.status().code();
            format!("{status} {}", redirected.location())
        }
        EventSource::Waiting(waiting) => format!("{:?}", waiting.loss()),
        EventSource::Closed(closed) => {
            let body = closed.response().map_or(&b""[..], Response::body);
            let mut end = format!("{:?}", closed.closure());
            if !body.is_empty() {
                end.push_str(" with ");
                end.push_str(&body.escape_ascii().to_string());
            }
            if closed.response().is_some_and(Response::is_truncated) {
                end.push_str("...");
            }
            end
        }
        other => format!("{other:?}"),
    };
    (Course { events, end }, source)
}

/// A source of events comes to the same however what it receives is cut, and what it remembers for
/// the next attempt is the same, too.
///
/// # Panics
///
/// If the property does not hold.
pub fn source(data: &[u8]) {
    let Some(([small, seed @ ..], data)) = seed::<5>(data) else {
        return;
    };
    let is_lenient = small & 0x80 != 0;
    let defaults = SourceOptions::default();
    let options = SourceOptions {
        stream: super::limits(small & 0x7f),
        max_body: if is_lenient { 5 } else { defaults.max_body },
        max_redirects: u32::from(is_lenient),
        retries_refusals: is_lenient,
        retries_broken_limits: is_lenient,
        ..defaults
    };
    let start = || {
        let origin = Origin::http("example.com").expect("a name");
        let request = Request::new(origin, "/").expect("a path");
        EventSource::start(request, options)
    };
    let (whole, source) = course(start(), core::iter::once(data));
    let cuts = Cuts::new(data, u32::from_le_bytes(seed));
    let (cut, other) = course(start(), cuts);
    assert_eq!(cut, whole);
    assert_eq!(next_request(other), next_request(source));
}

/// The delay and the request of the attempt that follows, or nothing.
fn next_request(source: EventSource) -> (String, Vec<u8>) {
    let mut out = Vec::new();
    let connecting = match source {
        EventSource::Waiting(mut waiting) => {
            let delay = format!("{:?}", waiting.delay(7));
            waiting.reconnect().open(&mut out);
            return (delay, out);
        }
        EventSource::Redirected(redirected) => {
            let origin = Origin::https("example.org").expect("a name");
            redirected.follow(origin, "/")
        }
        EventSource::Closed(closed) => return (closed.last_event_id().into(), out),
        other => return (format!("{other:?}"), out),
    };
    if let EventSource::Connecting(connecting) = connecting {
        connecting.open(&mut out);
    }
    (String::new(), out)
}
