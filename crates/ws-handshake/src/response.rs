//! How a server answers, and what an answer looks like to both sides.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use ws_http::{Fields, ResponseHead, Status};

use crate::error::Misuse;
#[cfg(feature = "drafts")]
use crate::key::Nonce;
use crate::names;

/// How to accept a request.
///
/// ```
/// use ws_handshake::Accept;
///
/// let mut accept = Accept::default();
/// accept.subprotocol = Some("soup".into());
/// accept.fields.push("Set-Cookie", "a=b")?;
/// # Ok::<(), ws_handshake::InvalidField>(())
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Accept {
    /// The subprotocol, one of those that the client offers. `None` selects the first of them that
    /// [`ServerConfig::subprotocols`](crate::ServerConfig::subprotocols) lists, if there is one.
    pub subprotocol: Option<String>,
    /// The value of `Sec-WebSocket-Extensions`.
    pub extensions: Option<String>,
    /// More fields for the response; those of the protocol may not be among them.
    pub fields: Fields,
    /// Sixteen random bytes, which version 4 wants from the server, too. In other versions they
    /// are not used.
    #[cfg(feature = "drafts")]
    pub nonce: Option<Nonce>,
}

/// How to refuse a request that breaks no rule.
///
/// ```
/// use ws_handshake::{Reject, Status};
///
/// let reject = Reject::new(Status::UNAUTHORIZED)?
///     .with_field("WWW-Authenticate", "Basic realm=\"tea\"")?
///     .with_body("text/plain", "who are you?")?;
/// # Ok::<(), ws_handshake::Misuse>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reject {
    status: Status,
    fields: Fields,
    body: Vec<u8>,
}

impl Reject {
    /// A refusal with this status, and its standard reason as the body.
    ///
    /// # Errors
    ///
    /// If the status is below 300: that would be no refusal.
    pub fn new(status: Status) -> Result<Self, Misuse> {
        if status.code() < 300 {
            return Err(Misuse::Status);
        }
        Ok(Self {
            status,
            fields: Fields::new(),
            body: status.reason().into(),
        })
    }

    /// The status.
    pub const fn status(&self) -> Status {
        self.status
    }

    /// Adds a field, such as `WWW-Authenticate`, `Location` or `Retry-After`.
    ///
    /// # Errors
    ///
    /// If it cannot be written or belongs to the protocol.
    pub fn with_field(mut self, name: &str, value: impl AsRef<[u8]>) -> Result<Self, Misuse> {
        check_custom_name(name)?;
        self.fields.push(name, value)?;
        Ok(self)
    }

    /// Sets the body and its `Content-Type`.
    ///
    /// # Errors
    ///
    /// If the content type cannot be written.
    pub fn with_body(self, content_type: &str, body: impl Into<Vec<u8>>) -> Result<Self, Misuse> {
        let mut this = self.with_field("Content-Type", content_type)?;
        this.body = body.into();
        Ok(this)
    }

    /// The refusal as data, for servers that write responses themselves.
    pub fn into_response(self) -> Response {
        Response::refusal(self.status, self.fields, self.body)
    }
}

/// A response: one to write, or one that a server has sent.
#[derive(Clone, Eq, PartialEq)]
pub struct Response {
    head: ResponseHead,
    body: Vec<u8>,
    is_truncated: bool,
}

impl Response {
    /// A response that was read.
    pub(crate) const fn received(head: ResponseHead, body: Vec<u8>, is_truncated: bool) -> Self {
        Self {
            head,
            body,
            is_truncated,
        }
    }

    /// The end of a handshake and, for raw connections, of the connection.
    pub(crate) fn refusal(status: Status, mut fields: Fields, mut body: Vec<u8>) -> Self {
        if status == Status::NOT_MODIFIED {
            // RFC 9110 §15.4.5: it cannot contain content.
            body.clear();
        }
        // RFC 9110 §7.8: who sends Upgrade lists it in Connection.
        let connection = if fields.contains("Upgrade") {
            "close, Upgrade"
        } else {
            "close"
        };
        let mut own = Fields::new();
        push(&mut own, "Connection", connection);
        if !fields.contains("Content-Type") && !body.is_empty() {
            push(&mut own, "Content-Type", "text/plain; charset=utf-8");
        }
        push(&mut own, "Content-Length", body.len().to_string());
        fields.extend(&own);
        Self::received(ResponseHead::new(status, fields), body, false)
    }

    /// 500: what the client is told when the server's own application does something wrong, such as
    /// asking for what may not be said.
    pub fn server_error() -> Self {
        let status = Status::INTERNAL_SERVER_ERROR;
        Self::refusal(status, Fields::new(), status.reason().into())
    }

    /// The status.
    pub const fn status(&self) -> Status {
        self.head.status()
    }

    /// Whether the status names another place for the same request (RFC 9110 §15.4): 301, 302, 303,
    /// 307 or 308.
    pub const fn is_redirect(&self) -> bool {
        matches!(self.status().code(), 301 | 302 | 303 | 307 | 308)
    }

    /// The fields.
    pub const fn fields(&self) -> &Fields {
        self.head.fields()
    }

    /// The body; of a response that was read, its first 64 KiB.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    pub(crate) fn into_body(self) -> Vec<u8> {
        self.body
    }

    /// Whether the body is not all that the server sent or wanted to send.
    pub const fn is_truncated(&self) -> bool {
        self.is_truncated
    }

    /// Appends head and body to `out`.
    pub fn encode(&self, out: &mut Vec<u8>) {
        self.head.encode(out);
        out.extend_from_slice(&self.body);
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("head", &self.head)
            .field("body", &format_args!("\"{}\"", self.body.escape_ascii()))
            .field("is_truncated", &self.is_truncated)
            .finish()
    }
}

/// Adds a field whose parts are constants or have been checked, their length included.
pub(crate) fn push(fields: &mut Fields, name: &str, value: impl AsRef<[u8]>) {
    let pushed = fields.push(name, value);
    debug_assert!(pushed.is_ok(), "{name}");
}

/// Refuses the names of fields that this crate writes, and of those that would give a body to a
/// message that has none.
pub(crate) fn check_custom_name(name: &str) -> Result<(), Misuse> {
    if names::is_own(name) {
        return Err(Misuse::ProtocolField);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
