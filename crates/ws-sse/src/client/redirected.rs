//! A server that points elsewhere.

use alloc::boxed::Box;
use alloc::string::String;

use ws_http::{ResponseHead, Status};

use crate::client::EventSource;
use crate::client::connecting::Connecting;
use crate::client::origin::Origin;
use crate::client::outcome::{Closed, Closure};
use crate::client::request::Request;
use crate::client::source::{Source, is_permanent};
use crate::response::Response;

/// A source of events whose server points elsewhere. The connection has to be closed.
///
/// Resolving a relative location takes a library for URLs, which is the caller's:
///
/// ```
/// use ws_sse::{EventSource, Origin, Request, SourceOptions};
///
/// let request = Request::new(Origin::https("a.example")?, "/feed")?
///     .with_field("Authorization", "Bearer s3cret")?
///     .with_field("User-Agent", "kettle/1")?;
/// let connecting = EventSource::start(request, SourceOptions::default());
/// let mut input = &b"HTTP/1.1 307 x\r\nLocation: //b.example/feed\r\n\r\n"[..];
/// let source = connecting.open(&mut Vec::new()).receive(&mut input);
/// let EventSource::Redirected(redirected) = source else { panic!() };
/// assert_eq!(redirected.location(), "//b.example/feed");
///
/// // What `Url::join` would say of `https://a.example/feed` and that.
/// let origin = Origin::https("b.example")?;
/// let EventSource::Connecting(connecting) = redirected.follow(origin, "/feed") else { panic!() };
/// // What was for a.example alone stays there.
/// let names: Vec<_> = connecting.request().fields().iter().map(|(name, _)| name).collect();
/// assert_eq!(names, ["User-Agent"]);
/// # Ok::<(), ws_sse::Misuse>(())
/// ```
#[derive(Debug)]
pub struct Redirected {
    source: Box<Source>,
    head: ResponseHead,
    location: String,
}

impl Redirected {
    pub(super) const fn new(source: Box<Source>, head: ResponseHead, location: String) -> Self {
        Self {
            source,
            head,
            location,
        }
    }

    /// Where to, as the server has written it: a URL, or a part of one that is relative to that of
    /// the [`request`](Self::request). Not empty.
    pub fn location(&self) -> &str {
        &self.location
    }

    /// The status: 301, 302, 303, 307 or 308.
    pub const fn status(&self) -> Status {
        self.head.status()
    }

    /// Whether later attempts go there at once: upon 301 and 308, unless another one has led here.
    pub const fn is_permanent(&self) -> bool {
        is_permanent(self.head.status())
    }

    /// The head of the response.
    pub const fn response(&self) -> &ResponseHead {
        &self.head
    }

    /// What was asked for.
    pub const fn request(&self) -> &Request {
        self.source.request()
    }

    /// Goes there. What of the request is told there is decided by [`Request::redirect`]; the last
    /// event id is kept from any origin but the one that the first request was for and the one
    /// whose stream has set it, unless
    /// [`shares_last_event_id`](crate::SourceOptions::shares_last_event_id).
    ///
    /// `target` is path and query, without the fragment.
    ///
    /// The result is [`Connecting`](EventSource::Connecting), or [`Closed`](EventSource::Closed)
    /// if that is a downgrade from `https` which is not allowed, would take a body to another origin
    /// which is not, or is no target.
    #[must_use]
    pub fn follow(mut self, origin: Origin, target: &str) -> EventSource {
        match self.source.follow(self.head.status(), origin, target) {
            Ok(()) => EventSource::Connecting(Connecting::new(self.source)),
            Err(closure) => EventSource::Closed(self.end(closure)),
        }
    }

    /// Ends the source because of the location: it is no URL, or of a scheme that is neither
    /// `http` nor `https`.
    pub fn refuse(self) -> Closed {
        self.end(Closure::Location)
    }

    /// Ends the source.
    pub fn close(self) -> Closed {
        self.end(Closure::Caller)
    }

    fn end(self, closure: Closure) -> Closed {
        let response = Response::without_body(self.head);
        self.source.close(closure, Some(response))
    }
}
