//! How a server answers with an event stream.

use alloc::vec::Vec;
use core::time::Duration;

use ws_http::{Fields, ResponseHead, Status};

use crate::encoder::Encoder;
use crate::error::Misuse;
use crate::response::push;
use crate::server::writer::StreamFraming;

/// How to answer with an event stream.
///
/// ```
/// use std::time::Duration;
/// use ws_sse::Accept;
///
/// let accept = Accept::new()
///     .with_field("Access-Control-Allow-Origin", "*")?
///     .with_retry(Some(Duration::from_secs(10)));
/// // For servers that write heads themselves: the fields, and what to send first.
/// let names: Vec<_> = accept.fields().iter().map(|(name, _)| name.to_owned()).collect();
/// assert_eq!(names[..2], ["Content-Type", "Cache-Control"]);
/// assert_eq!(accept.prelude(), b"retry: 10000\n\n");
/// # Ok::<(), ws_sse::Misuse>(())
/// ```
#[derive(Clone, Debug)]
pub struct Accept {
    retry: Option<Duration>,
    is_close_delimited: bool,
    fields: Fields,
}

/// The fields that make it an event stream, and that keep proxies from holding it back.
const DEFAULTS: [(&str, &str); 3] = [
    ("Content-Type", "text/event-stream"),
    // Neither kept anywhere nor compressed on the way, which would gather it in a buffer.
    ("Cache-Control", "no-cache, no-store, no-transform"),
    // What nginx asks for before it passes on what it has at once.
    ("X-Accel-Buffering", "no"),
];

/// What would change how the response is read.
const OWN: [&str; 8] = [
    "Content-Type",
    "Content-Length",
    "Content-Encoding",
    "Transfer-Encoding",
    "Connection",
    "Keep-Alive",
    "Upgrade",
    "Trailer",
];

impl Accept {
    /// The reconnection time of [`new`](Self::new).
    pub const DEFAULT_RETRY: Duration = Duration::from_secs(5);

    /// A stream that asks clients to wait five seconds before they reconnect.
    pub const fn new() -> Self {
        Self {
            retry: Some(Self::DEFAULT_RETRY),
            is_close_delimited: false,
            fields: Fields::new(),
        }
    }

    /// Adds a field, such as `Access-Control-Allow-Origin` or `Set-Cookie`. A `Cache-Control` or
    /// an `X-Accel-Buffering` takes the place of the one that is sent by default.
    ///
    /// # Errors
    ///
    /// [`Misuse::Field`] if it cannot be written; [`Misuse::ProtocolField`].
    pub fn with_field(mut self, name: &str, value: impl AsRef<[u8]>) -> Result<Self, Misuse> {
        if OWN.iter().any(|own| own.eq_ignore_ascii_case(name)) {
            return Err(Misuse::ProtocolField);
        }
        self.fields.push(name, value)?;
        Ok(self)
    }

    /// Sets how long clients shall wait before they reconnect, in whole milliseconds; `None`
    /// leaves that to them.
    #[must_use]
    pub const fn with_retry(mut self, retry: Option<Duration>) -> Self {
        self.retry = retry;
        self
    }

    /// Whether the stream ends with the connection for clients of HTTP/1.1 too, instead of being
    /// in chunks: for something on the way that gathers chunks. Then an end that was cut off looks
    /// like any other, with which clients can live. Default: no.
    #[must_use]
    pub const fn close_delimited(mut self, is_close_delimited: bool) -> Self {
        self.is_close_delimited = is_close_delimited;
        self
    }

    /// The fields of the response, without those of the connection: what a server sends that
    /// writes heads and frames bodies itself. The status is 200.
    pub fn fields(&self) -> Fields {
        let mut fields = Fields::new();
        for (name, value) in DEFAULTS {
            if !self.fields.contains(name) {
                push(&mut fields, name, value);
            }
        }
        fields.extend(&self.fields);
        fields
    }

    /// The first bytes of the stream: the reconnection time, or else a comment. Proxies that wait
    /// for a byte of the body before they pass the head on have one then.
    pub fn prelude(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        match self.retry {
            Some(retry) => Encoder::retry(retry, &mut bytes),
            None => bytes.extend_from_slice(Encoder::KEEP_ALIVE),
        }
        bytes
    }

    pub(super) const fn is_close_delimited(&self) -> bool {
        self.is_close_delimited
    }

    pub(super) fn encode_head(&self, framing: StreamFraming, out: &mut Vec<u8>) {
        let mut fields = self.fields();
        if framing == StreamFraming::Chunked {
            push(&mut fields, "Transfer-Encoding", "chunked");
        }
        push(&mut fields, "Connection", "close");
        // RFC 9110 §6.2: HTTP/1.1 is what a server says that knows it, to older clients too.
        ResponseHead::new(Status::OK, fields).encode(out);
    }
}

impl Default for Accept {
    fn default() -> Self {
        Self::new()
    }
}
