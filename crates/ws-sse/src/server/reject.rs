//! How a server refuses a request that breaks no rule.

use alloc::vec::Vec;

use ws_http::{Fields, Status};

use crate::error::Misuse;
use crate::response::Response;

/// How to refuse a request that breaks no rule.
///
/// An `EventSource` stops for good upon every status but 200 and those of a redirect.
///
/// ```
/// use ws_http::Status;
/// use ws_sse::Reject;
///
/// let response = Reject::new(Status::UNAUTHORIZED)?
///     .with_field("WWW-Authenticate", "Bearer")?
///     .with_body("text/plain", "who are you?")?
///     .into_response();
/// # Ok::<(), ws_sse::Misuse>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reject {
    status: Status,
    fields: Fields,
    body: Vec<u8>,
}

/// What the response itself has or must not have.
const OWN: [&str; 5] = [
    "Content-Length",
    "Transfer-Encoding",
    "Connection",
    "Upgrade",
    "Trailer",
];

impl Reject {
    /// A refusal with this status, and its standard reason as the body.
    ///
    /// # Errors
    ///
    /// If the status is below 300: that would be no refusal. For 204 there is
    /// [`Offer::stop`](crate::Offer::stop).
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

    /// Adds a field, such as `WWW-Authenticate`, `Location` or `Retry-After`.
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

    /// The refusal as data.
    pub fn into_response(self) -> Response {
        Response::new(self.status, &self.fields, self.body)
    }
}
