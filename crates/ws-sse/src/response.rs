//! A whole response: a refusal to write, or one that a server has sent.

use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt;

use ws_http::{Fields, KeptResponse, ResponseHead, Status};

/// A response that is no event stream: one to write, or one that a server has sent.
#[derive(Clone, Eq, PartialEq)]
pub struct Response {
    head: ResponseHead,
    body: Vec<u8>,
    is_truncated: bool,
}

impl Response {
    /// One to write. It ends the connection.
    pub(crate) fn new(status: Status, fields: &Fields, body: Vec<u8>) -> Self {
        let mut own = Fields::new();
        push(&mut own, "Connection", "close");
        let has_body = !matches!(status, Status::NO_CONTENT | Status::NOT_MODIFIED);
        let body = if has_body { body } else { Vec::new() };
        if !body.is_empty() && !fields.contains("Content-Type") {
            push(&mut own, "Content-Type", "text/plain; charset=utf-8");
        }
        // RFC 9110 §8.6: not in a 204, and in a 304 it would speak of another response.
        if has_body {
            push(&mut own, "Content-Length", body.len().to_string());
        }
        own.extend(fields);
        Self {
            head: ResponseHead::new(status, own),
            body,
            is_truncated: false,
        }
    }

    /// One that was read.
    pub(crate) fn received(response: KeptResponse) -> Self {
        let (head, body, is_truncated) = response.into_parts();
        Self {
            head,
            body,
            is_truncated,
        }
    }

    /// One that was read without its body.
    pub(crate) const fn without_body(head: ResponseHead) -> Self {
        Self {
            head,
            body: Vec::new(),
            is_truncated: true,
        }
    }

    /// The status.
    pub const fn status(&self) -> Status {
        self.head.status()
    }

    /// The fields.
    pub const fn fields(&self) -> &Fields {
        self.head.fields()
    }

    /// The body; of a response that was read, as much of it as the caller wants to keep.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Whether the body is not all that the server sent or wanted to send.
    pub const fn is_truncated(&self) -> bool {
        self.is_truncated
    }

    /// Appends head and body to `out`.
    pub fn encode(&self, out: &mut Vec<u8>) {
        self.encode_head(out);
        out.extend_from_slice(&self.body);
    }

    /// Appends the head alone to `out`: the answer to a `HEAD`, which has no body whatever its
    /// fields say (RFC 9110 §9.3.2).
    pub fn encode_head(&self, out: &mut Vec<u8>) {
        self.head.encode(out);
    }
}

impl fmt::Debug for Response {
    /// Shows no credentials, and no more than the beginning of the body.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = &self.body[..self.body.len().min(200)];
        f.debug_struct("Response")
            .field("head", &self.head)
            .field("body_len", &self.body.len())
            .field("body", &format_args!("\"{}\"", shown.escape_ascii()))
            .field("is_truncated", &self.is_truncated)
            .finish()
    }
}

/// Adds a field whose parts are constants or have been checked, their length included.
pub(crate) fn push(fields: &mut Fields, name: &str, value: impl AsRef<[u8]>) {
    let pushed = fields.push(name, value);
    debug_assert!(pushed.is_ok(), "{name}");
}
