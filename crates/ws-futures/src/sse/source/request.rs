//! What a source asks for: from a URL.

use ws_handshake::{ServerUrl, UrlError};
use ws_sse::{Connecting, Misuse, Origin, Request, SourceOptions};

use super::SourceError;

/// What a source of events asks for, from a URL.
///
/// ```
/// use ws_futures::sse::EventRequest;
///
/// let request = EventRequest::from_url("https://kettle:s3cret@example.com/feed?room=1")?
///     .with_field("User-Agent", "kettle/1")?
///     .with_body("application/json", r#"{"model": "kettle"}"#)?
///     .with_last_event_id("17")?;
/// assert!(!format!("{request:?}").contains("s3cret"));
/// # Ok::<(), ws_futures::sse::SourceError>(())
/// ```
#[derive(Clone, Debug)]
pub struct EventRequest {
    request: Request,
    last_event_id: String,
}

const AUTHORIZATION: &str = "Authorization";

impl EventRequest {
    /// A `GET` for an `http` or `https` URL. User and password in it are sent as `Authorization`
    /// (Basic), to that origin alone.
    ///
    /// # Errors
    ///
    /// [`SourceError::Url`]; [`SourceError::Misuse`] for a host or a target that cannot be sent.
    pub fn from_url(url: &str) -> Result<Self, SourceError> {
        if is_websocket(url) {
            return Err(UrlError::Scheme.into());
        }
        let url = ServerUrl::parse(url)?;
        let mut request = Request::new(origin(&url)?, &url.target())?;
        if let Some(authorization) = url.authorization()? {
            request = request.with_field(AUTHORIZATION, authorization)?;
        }
        Ok(request.into())
    }

    /// Adds a field; see [`Request::with_field`].
    ///
    /// # Errors
    ///
    /// [`SourceError::Misuse`].
    pub fn with_field(mut self, name: &str, value: impl AsRef<[u8]>) -> Result<Self, SourceError> {
        self.request = self.request.with_field(name, value)?;
        Ok(self)
    }

    /// Sets the method; see [`Request::with_method`].
    ///
    /// # Errors
    ///
    /// [`SourceError::Misuse`].
    pub fn with_method(mut self, method: &str) -> Result<Self, SourceError> {
        self.request = self.request.with_method(method)?;
        Ok(self)
    }

    /// Adds a body, which is sent anew with every attempt; a `GET` becomes a `POST`. An attempt
    /// that got no answer, or lost it on the way, is followed by another one; a stream that ended
    /// in order ends the source, unless
    /// [`repeats_after_end`](ws_sse::SourceOptions::repeats_after_end). See
    /// [`Request::with_body`].
    ///
    /// # Errors
    ///
    /// [`SourceError::Misuse`].
    pub fn with_body(
        mut self,
        content_type: &str,
        body: impl Into<Vec<u8>>,
    ) -> Result<Self, SourceError> {
        self.request = self.request.with_body(content_type, body)?;
        Ok(self)
    }

    /// Begins where a source has stopped whose last event id was saved; empty is the same as none.
    ///
    /// # Errors
    ///
    /// [`SourceError::Misuse`] if there is a CR, LF or NUL in it, as no stream can set such an id.
    pub fn with_last_event_id(mut self, id: &str) -> Result<Self, SourceError> {
        if id.contains(['\r', '\n', '\0']) {
            return Err(Misuse::Id.into());
        }
        id.clone_into(&mut self.last_event_id);
        Ok(self)
    }

    /// Where to connect, and what to say there.
    pub const fn request(&self) -> &Request {
        &self.request
    }

    pub(super) fn start(self, options: SourceOptions) -> Connecting {
        let request = self.request;
        // The id was checked when it was set; without that there would be none.
        ws_sse::EventSource::resume(request.clone(), options, &self.last_event_id)
            .unwrap_or_else(|_| ws_sse::EventSource::start(request, options))
    }
}

impl From<Request> for EventRequest {
    fn from(request: Request) -> Self {
        Self {
            request,
            last_event_id: String::new(),
        }
    }
}

/// What a redirect's location means for who has asked this.
pub(super) fn target_of(request: &Request, location: &str) -> Option<(Origin, String)> {
    if is_websocket(location) {
        return None;
    }
    let scheme = if request.origin().is_secure() {
        "https"
    } else {
        "http"
    };
    let base = [
        scheme,
        "://",
        &request.origin().to_string(),
        request.target(),
    ]
    .concat();
    let url = ServerUrl::parse(&base).ok()?.join(location).ok()?;
    Some((origin(&url).ok()?, url.target()))
}

fn origin(url: &ServerUrl) -> Result<Origin, Misuse> {
    if url.is_secure() {
        Origin::https(&url.authority())
    } else {
        Origin::http(&url.authority())
    }
}

/// The URLs of WebSockets are read by the same parser, and lead to no event stream.
fn is_websocket(url: &str) -> bool {
    let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme);
    scheme.eq_ignore_ascii_case("ws") || scheme.eq_ignore_ascii_case("wss")
}
