//! What a client asks for, and what of it survives a redirect.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use ws_http::{Fields, InvalidTarget, RequestHead, Status, is_token};

use crate::client::origin::Origin;
use crate::error::Misuse;
use crate::response::push;

/// What a client asks for: where to connect, and what to say there.
///
/// ```
/// use ws_sse::{Origin, Request};
///
/// let request = Request::new(Origin::https("example.com:9443")?, "/feed?room=1")?
///     .with_field("Authorization", "Bearer s3cret")?
///     .with_body("application/json", r#"{"model": "kettle"}"#)?;
/// assert_eq!(request.method(), "POST");
/// assert!(!format!("{request:?}").contains("s3cret"));
/// # Ok::<(), ws_sse::Misuse>(())
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct Request {
    origin: Origin,
    method: String,
    target: String,
    /// Those of the caller.
    fields: Fields,
    body: Option<Vec<u8>>,
    /// A redirect has led it to another origin than the caller's.
    has_strayed: bool,
}

/// What this crate writes, and what would change how messages are read.
const OWN: [&str; 11] = [
    "Host",
    "Connection",
    "Content-Length",
    "Transfer-Encoding",
    "Upgrade",
    "Expect",
    "TE",
    "Trailer",
    "Last-Event-ID",
    // What comes back is not decoded here.
    "Accept-Encoding",
    "Keep-Alive",
];

/// What says nothing that is for one origin alone.
const HARMLESS: [&str; 6] = [
    "Accept",
    "Accept-Language",
    "Cache-Control",
    "Origin",
    "Pragma",
    "User-Agent",
];

/// What speaks of a body: Fetch §2.2.5, "request-body-header name".
const OF_BODY: [&str; 4] = [
    "Content-Encoding",
    "Content-Language",
    "Content-Location",
    "Content-Type",
];

impl Request {
    /// A `GET` for `target`: path and query, percent-encoded already, beginning with `/`.
    ///
    /// # Errors
    ///
    /// [`Misuse::Target`] if the target does not begin with `/`, has something else than visible
    /// ASCII, or a fragment, or is longer than a line of 8 KiB allows.
    pub fn new(origin: Origin, target: &str) -> Result<Self, Misuse> {
        let request = Self {
            origin,
            method: "GET".to_string(),
            target: target.to_string(),
            fields: Fields::new(),
            body: None,
            has_strayed: false,
        };
        request.checked()
    }

    /// Sets the method. `HEAD`, `CONNECT` and `TRACE` have no stream for an answer.
    ///
    /// # Errors
    ///
    /// [`Misuse::Target`] if it is one of these or no token.
    pub fn with_method(mut self, method: &str) -> Result<Self, Misuse> {
        if !is_token(method.as_bytes()) || matches!(method, "HEAD" | "CONNECT" | "TRACE") {
            return Err(Misuse::Target(InvalidTarget::Method));
        }
        self.method = method.to_string();
        self.checked()
    }

    /// Adds a body of this `Content-Type`, which is sent anew with every attempt. A `GET` becomes
    /// a `POST`. After a stream that ended in order there is none, unless
    /// [`repeats_after_end`](crate::SourceOptions::repeats_after_end).
    ///
    /// # Errors
    ///
    /// If the content type cannot be written.
    pub fn with_body(
        mut self,
        content_type: &str,
        body: impl Into<Vec<u8>>,
    ) -> Result<Self, Misuse> {
        self.fields = without(&self.fields, &["Content-Type"]);
        self.fields.push("Content-Type", content_type)?;
        self.body = Some(body.into());
        if self.method == "GET" {
            self.method = "POST".to_string();
        }
        self.checked()
    }

    /// Adds a field, such as `Authorization` or `User-Agent`. An `Accept` or a `Cache-Control`
    /// takes the place of the one that is sent by default.
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

    /// The request that a redirect with this status leads to: Fetch §4.4, "HTTP-redirect fetch".
    ///
    /// - On any change of scheme, host or port credentials are dropped, for good: they are not in
    ///   the request that is given, so a redirect back does not bring them back. Those are
    ///   `Authorization` and `Cookie`, and since nobody knows what other fields hold, all but
    ///   `Accept`, `Accept-Language`, `Cache-Control`, `Origin`, `Pragma`, `User-Agent`, and what
    ///   speaks of the body.
    /// - Upon 303, and upon 301 and 302 if it was a `POST`, it becomes a `GET` without a body and
    ///   without the fields that speak of one. Otherwise method and body stay, on the way to
    ///   another origin too. A source of events does not follow there with a body, unless
    ///   [`shares_body`](crate::SourceOptions::shares_body).
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new).
    pub fn redirect(&self, status: Status, origin: Origin, target: &str) -> Result<Self, Misuse> {
        let mut next = self.clone();
        if origin != self.origin {
            next.fields = harmless(&next.fields);
            next.has_strayed = true;
        }
        let drops_body = match status {
            Status::SEE_OTHER => true,
            Status::MOVED_PERMANENTLY | Status::FOUND => self.method == "POST",
            _ => false,
        };
        if drops_body {
            next.fields = without(&next.fields, &OF_BODY);
            next.body = None;
            next.method = "GET".to_string();
        }
        next.origin = origin;
        next.target = target.to_string();
        next.checked()
    }

    /// Where to connect.
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The method: `GET` by default.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The request target: path and query.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The fields that have been added to those of the protocol.
    pub const fn fields(&self) -> &Fields {
        &self.fields
    }

    /// The body.
    pub fn body(&self) -> Option<&[u8]> {
        self.body.as_deref()
    }

    /// Whether a redirect has led it to another origin than the caller's.
    pub(super) const fn has_strayed(&self) -> bool {
        self.has_strayed
    }

    /// Appends the request. The last event id must be one that can be a field's value.
    pub(super) fn encode(&self, last_event_id: Option<&str>, out: &mut Vec<u8>) {
        let mut fields = Fields::new();
        push(&mut fields, "Host", self.origin.to_string());
        // WHATWG HTML §9.2.2
        self.push_default(&mut fields, "Accept", "text/event-stream");
        // What a browser makes of the cache mode "no-store" (Fetch §4.5).
        self.push_default(&mut fields, "Cache-Control", "no-cache");
        // RFC 9112 §9.3: to be said by who does not use a connection for another request.
        push(&mut fields, "Connection", "close");
        fields.extend(&self.fields);
        match &self.body {
            Some(body) => push(&mut fields, "Content-Length", body.len().to_string()),
            // RFC 9110 §8.6: where a body is usual, to say that there is none.
            None if matches!(&*self.method, "POST" | "PUT" | "PATCH") => {
                push(&mut fields, "Content-Length", "0");
            }
            None => {}
        }
        if let Some(id) = last_event_id {
            push(&mut fields, "Last-Event-ID", id);
        }
        let head = RequestHead::new(&self.method, &self.target, fields);
        debug_assert!(head.is_ok(), "checked before");
        if let Ok(head) = head {
            head.encode(out);
            out.extend_from_slice(self.body.as_deref().unwrap_or_default());
        }
    }

    fn push_default(&self, fields: &mut Fields, name: &str, value: &str) {
        if !self.fields.contains(name) {
            push(fields, name, value);
        }
    }

    fn checked(self) -> Result<Self, Misuse> {
        if !self.target.starts_with('/') {
            return Err(Misuse::Target(InvalidTarget::Target));
        }
        RequestHead::new(&self.method, &self.target, Fields::new())?;
        Ok(self)
    }
}

impl fmt::Debug for Request {
    /// Shows no credentials: no query either, in which tokens are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("origin", &self.origin)
            .field("method", &self.method)
            .field("path", &self.target.split('?').next())
            .field("fields", &self.fields)
            .field("body_len", &self.body.as_ref().map(Vec::len))
            .field("has_strayed", &self.has_strayed)
            .finish()
    }
}

/// The fields but those of these names.
fn without(fields: &Fields, names: &[&str]) -> Fields {
    filtered(fields, |name| !has(names, name))
}

/// The fields that any origin may see.
fn harmless(fields: &Fields) -> Fields {
    filtered(fields, |name| has(&HARMLESS, name) || has(&OF_BODY, name))
}

fn filtered(fields: &Fields, is_kept: impl Fn(&str) -> bool) -> Fields {
    let mut left = Fields::new();
    for (name, value) in fields {
        if is_kept(name) {
            push(&mut left, name, value);
        }
    }
    left
}

fn has(names: &[&str], name: &str) -> bool {
    names.iter().any(|other| other.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests;
