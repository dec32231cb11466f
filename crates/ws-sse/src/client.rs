//! The client's side: one source of events over any number of connections, without any I/O.

mod connecting;
mod judge;
mod open;
mod options;
mod origin;
mod outcome;
mod redirected;
mod request;
mod source;
mod waiting;

pub use connecting::{AwaitingResponse, Connecting};
pub use open::Open;
pub use options::SourceOptions;
pub use origin::Origin;
pub use outcome::{Closed, Closure, Loss, UnsentId};
pub use redirected::Redirected;
pub use request::Request;
pub use waiting::Waiting;

use crate::error::Misuse;
use source::Source;

/// Where a source of events stands: WHATWG HTML §9.2.
///
/// Each state is a value that its steps consume, so a step out of order does not compile:
///
/// ```text
/// Connecting ──open──► Awaiting ──receive──┬──► Open ─────────receive_eof──► Waiting
///      │                                   ├──► Redirected ───follow───────► Connecting
///      └──abandon──► Waiting               ├──► Waiting ──────reconnect────► Connecting
///                                          └──► Closed: no more attempts
/// ```
///
/// [`Open`] alone is not consumed by what it receives, as it lends events. Every state can be
/// closed, or just dropped.
///
/// The caller does what it takes time, randomness and a network for:
///
/// 1. At [`Connecting`], open a connection to its [`origin`](Connecting::origin), then
///    [`open`](Connecting::open) and write what that appends; if there is none to be had,
///    [`abandon`](Connecting::abandon).
/// 2. At [`Awaiting`](Self::Awaiting) and [`Open`](Self::Open), read, and pass on what was read, or
///    that the connection has ended. Every other state has no use for the connection: close it.
/// 3. At [`Redirected`], resolve its location against the URL that was asked, and
///    [`follow`](Redirected::follow) or close.
/// 4. At [`Waiting`], wait for its [`delay`](Waiting::delay), then
///    [`reconnect`](Waiting::reconnect).
/// 5. At [`Closed`], stop.
///
/// What has been appended for a connection that failed must not go out on the next one.
///
/// ```
/// use ws_sse::{EventSource, Loss, Origin, Request, SourceOptions};
///
/// let request = Request::new(Origin::https("example.com")?, "/feed")?;
/// let connecting = EventSource::start(request, SourceOptions::default());
/// // Here the caller opens a connection to port 443 of example.com.
/// let mut out = Vec::new();
/// let awaiting = connecting.open(&mut out);
/// assert!(out.starts_with(b"GET /feed HTTP/1.1\r\nHost: example.com\r\n"));
///
/// let mut input = &b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n\
///     retry: 1000\nid: 7\ndata: hi\n\n"[..];
/// let EventSource::Open(mut open) = awaiting.receive(&mut input) else { panic!() };
/// let event = open.receive(&mut input)?.expect("it is complete");
/// assert_eq!((event.data, event.id), ("hi", "7"));
/// assert_eq!(open.receive(&mut input)?, None);
///
/// // The server has gone. The random number is the caller's.
/// let EventSource::Waiting(mut waiting) = open.receive_eof() else { panic!() };
/// assert_eq!(waiting.loss(), Loss::Ended);
/// assert_eq!(waiting.delay(0).as_millis(), 1000);
/// out.clear();
/// waiting.reconnect().open(&mut out);
/// assert!(out.ends_with(b"\r\nLast-Event-ID: 7\r\n\r\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum EventSource {
    /// A connection is wanted.
    Connecting(Connecting),
    /// The answer, or more of it, is wanted.
    Awaiting(AwaitingResponse),
    /// The stream is open: events come.
    Open(Open),
    /// The server points elsewhere.
    Redirected(Redirected),
    /// The connection is lost, and another one is wanted after a while.
    Waiting(Waiting),
    /// It is over for good.
    Closed(Closed),
}

impl EventSource {
    /// Begins, without a last event id.
    pub fn start(request: Request, options: SourceOptions) -> Connecting {
        Connecting::new(Source::new(request, options))
    }

    /// Begins where an application has stopped that has saved the last event id; empty is the same
    /// as none.
    ///
    /// # Errors
    ///
    /// [`Misuse::Id`] if there is a CR, LF or NUL in it, as no stream can set such an id.
    pub fn resume(
        request: Request,
        options: SourceOptions,
        last_event_id: &str,
    ) -> Result<Connecting, Misuse> {
        let source = Source::new(request, options).with_last_event_id(last_event_id)?;
        Ok(Connecting::new(source))
    }
}

#[cfg(test)]
mod tests;
