//! A request as the server sees it.

mod accepts;

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use ws_http::{HttpVersion, RequestHead, Status};

use crate::response::Response;
use crate::server::accept::Accept;
use crate::server::error::RequestError;
use crate::server::writer::{StreamFraming, StreamWriter};
use accepts::Accepts;

/// How long a `Last-Event-ID` may be: as long as a line of a head.
const MAX_LAST_EVENT_ID: usize = 8 * 1024;

const HEAD: &str = "HEAD";

/// A request as the server sees it, to decide upon.
///
/// Everything in here comes from the client. Nothing has been judged before
/// [`check`](Self::check), and nothing says who the client is: whoever sends a `Last-Event-ID`
/// need not be who got that event, so each request has to be authorized by itself.
///
/// ```
/// use ws_sse::Offer;
///
/// // From a server that has read the request already.
/// let fields = [
///     ("host", &b"example.com"[..]),
///     ("accept", b"text/event-stream"),
///     ("last-event-id", b"17"),
/// ];
/// let offer = Offer::from_parts("GET", "/feed?room=1", fields);
/// assert!(offer.is_event_source());
/// offer.check()?;
/// assert_eq!(offer.last_event_id()?.as_bytes(), b"17");
/// assert_eq!(offer.url(true).as_deref(), Some("https://example.com/feed?room=1"));
/// # Ok::<(), ws_sse::RequestError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Offer<'a> {
    method: &'a str,
    target: &'a str,
    /// Unknown if another server has read the request, which has judged it by that then.
    version: Option<HttpVersion>,
    host: Once<'a>,
    last_event_id: Once<'a>,
    accepts: Accepts,
}

/// A field that may occur only once.
#[derive(Clone, Copy, Default)]
enum Once<'a> {
    #[default]
    Missing,
    Value(&'a [u8]),
    Repeated,
}

impl<'a> Offer<'a> {
    /// The request that this head begins.
    pub fn new(head: &'a RequestHead) -> Self {
        let mut offer = Self::from_parts(head.method(), head.target(), head.fields());
        offer.version = Some(head.version());
        offer
    }

    /// A request that another server has read: method, target (path and query, or a URL), and all
    /// fields as name and value. It counts as one of HTTP/1.1 that has its `Host`.
    ///
    /// ```
    /// # fn f(request: &ws_http::RequestHead) {
    /// // With the crate `http`, names have `as_str` and values `as_bytes`.
    /// let fields = request.fields().iter();
    /// let offer = ws_sse::Offer::from_parts(request.method(), request.target(), fields);
    /// # }
    /// ```
    pub fn from_parts(
        method: &'a str,
        target: &'a str,
        fields: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    ) -> Self {
        let mut offer = Self {
            method,
            target,
            version: None,
            host: Once::Missing,
            last_event_id: Once::Missing,
            accepts: Accepts::default(),
        };
        for (name, value) in fields {
            if name.eq_ignore_ascii_case("Accept") {
                offer.accepts.add(value);
            } else if name.eq_ignore_ascii_case("Last-Event-ID") {
                offer.last_event_id.add(value);
            } else if name.eq_ignore_ascii_case("Host") {
                offer.host.add(value);
            }
        }
        offer
    }

    /// Whether this is a request of an `EventSource`, by which a server tells it from others for
    /// the same target: a `GET` whose `Accept` names `text/event-stream`.
    pub fn is_event_source(&self) -> bool {
        self.method == "GET" && self.accepts.names_event_stream()
    }

    /// Judges a request whose target is an event stream and nothing else.
    ///
    /// What `Accept` says is not looked at; see [`check_accept`](Self::check_accept). A server
    /// that answers a `POST` with a stream does without this.
    ///
    /// # Errors
    ///
    /// If the method is neither `GET` nor `HEAD`, or `Host` or `Last-Event-ID` break a rule.
    pub fn check(&self) -> Result<(), RequestError> {
        if !matches!(self.method, "GET" | HEAD) {
            return Err(RequestError::Method);
        }
        match self.host {
            // RFC 9112 §3.2: a request of HTTP/1.1 has it.
            Once::Missing if self.version != Some(HttpVersion::Http11) => {}
            Once::Value(host) if is_host(host) => {}
            _ => return Err(RequestError::Host),
        }
        self.last_event_id().map(|_| ())
    }

    /// Judges `Accept`, for servers that are strict about it. A wildcard admits everything, and so
    /// does a request without the field.
    ///
    /// # Errors
    ///
    /// [`RequestError::NotAcceptable`].
    pub fn check_accept(&self) -> Result<(), RequestError> {
        if self.accepts.admits_event_stream() {
            Ok(())
        } else {
            Err(RequestError::NotAcceptable)
        }
    }

    /// The method.
    pub const fn method(&self) -> &'a str {
        self.method
    }

    /// The request target as the client sent it: path and query, or a URL.
    pub const fn target(&self) -> &'a str {
        self.target
    }

    /// The value of `Host`, if there is just one and it is a host, perhaps with a port.
    pub fn host(&self) -> Option<&'a str> {
        match self.host {
            Once::Value(host) if is_host(host) => core::str::from_utf8(host).ok(),
            _ => None,
        }
    }

    /// The URL that is asked for: scheme, `Host` and target, or the target itself if it is one.
    ///
    /// `None` if there is no [`host`](Self::host), or the target is no path. Whether the client
    /// has come through TLS is not in the request.
    pub fn url(&self, is_secure: bool) -> Option<String> {
        if split_url(self.target).is_some() {
            return Some(self.target.into());
        }
        let path = Some(self.target).filter(|target| target.starts_with('/'))?;
        let scheme = if is_secure { "https://" } else { "http://" };
        Some([scheme, self.host()?, path].concat())
    }

    /// The last event that the client has seen; empty if it has seen none.
    ///
    /// # Errors
    ///
    /// If there are several, or it is longer than 8 KiB.
    pub const fn last_event_id(&self) -> Result<LastEventId<'a>, RequestError> {
        match self.last_event_id {
            Once::Missing => Ok(LastEventId(&[])),
            Once::Value(id) if id.len() <= MAX_LAST_EVENT_ID => Ok(LastEventId(id)),
            Once::Value(_) => Err(RequestError::LastEventIdTooLong),
            Once::Repeated => Err(RequestError::LastEventIdRepeated),
        }
    }

    /// Answers with an event stream: appends the head and the first bytes of the stream to `out`,
    /// and gives what writes the remainder.
    ///
    /// For clients of HTTP/1.1 it is in chunks, unless `accept` says otherwise; for those of
    /// HTTP/1.0, which know none, it ends with the connection. A `HEAD` gets the head alone: the
    /// writer is closed then.
    pub fn accept(&self, accept: &Accept, out: &mut Vec<u8>) -> StreamWriter {
        let framing = match self.version {
            Some(HttpVersion::Http10) => StreamFraming::Close,
            _ if accept.is_close_delimited() => StreamFraming::Close,
            _ => StreamFraming::Chunked,
        };
        accept.encode_head(framing, out);
        if self.method == HEAD {
            return StreamWriter::closed(framing);
        }
        let writer = StreamWriter::new(framing);
        writer.write(&accept.prelude(), out);
        writer
    }

    /// Answers with something else: appends the response to `out`, for a `HEAD` its head alone.
    /// The connection has to be closed behind it.
    pub fn reject(&self, response: &Response, out: &mut Vec<u8>) {
        if self.method == HEAD {
            response.encode_head(out);
        } else {
            response.encode(out);
        }
    }

    /// Tells the client not to come back: a 204, upon which an `EventSource` stops for good
    /// (WHATWG HTML §9.2.1). The way to end a stream that is over, or all of them before a server
    /// goes down for long.
    pub fn stop(&self, out: &mut Vec<u8>) {
        let response = Response::new(Status::NO_CONTENT, &ws_http::Fields::new(), Vec::new());
        self.reject(&response, out);
    }
}

impl fmt::Debug for Offer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Offer")
            .field("method", &self.method)
            .field("target", &self.target)
            .field("version", &self.version)
            .field("host", &self.host())
            .field("last_event_id", &self.last_event_id())
            .field("is_event_source", &self.is_event_source())
            .finish_non_exhaustive()
    }
}

impl<'a> Once<'a> {
    const fn add(&mut self, value: &'a [u8]) {
        *self = match self {
            Self::Missing => Self::Value(ws_http::trim(value)),
            Self::Value(_) | Self::Repeated => Self::Repeated,
        };
    }
}

/// What a client says in `Last-Event-ID`: any bytes, at most 8 KiB of them.
///
/// Compared with known ids it is harmless; for everything else it is text of a stranger.
#[derive(Clone, Copy, Default, Eq, Hash, PartialEq)]
pub struct LastEventId<'a>(&'a [u8]);

impl<'a> LastEventId<'a> {
    /// The bytes as they came.
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.0
    }

    /// The text; what is not UTF-8 becomes U+FFFD.
    pub fn to_text(&self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.0)
    }

    /// Whether the client has seen no event.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl AsRef<[u8]> for LastEventId<'_> {
    fn as_ref(&self) -> &[u8] {
        self.0
    }
}

impl fmt::Debug for LastEventId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}

/// RFC 9112 §3.2.2: a target may be a whole URL. What is behind its scheme.
fn split_url(target: &str) -> Option<&str> {
    ["http://", "https://"].iter().find_map(|scheme| {
        let (start, rest) = target.split_at_checked(scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then_some(rest)
    })
}

/// Whether a URL can be made of it that leads nowhere else: visible ASCII without delimiters.
fn is_host(host: &[u8]) -> bool {
    let is_plain = |byte: &u8| byte.is_ascii_graphic() && !b"/\\?#@<>\"".contains(byte);
    !host.is_empty() && host.iter().all(is_plain)
}
