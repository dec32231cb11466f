//! A request for server-sent events.

use std::time::Duration;

use axum_core::body::Body;
use axum_core::extract::FromRequestParts;
use axum_core::response::{IntoResponse, Response};
use futures_core::Stream;
use http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue};
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode};
use ws_driver::Role;
use ws_http::Fields;
use ws_sse::{Accept, EncodedEvent, Offer, Reject, RequestError};

use crate::sse::{EventBody, EventOptions, Hub};
use crate::trace::{self, Life};
use crate::{Options, Timer};

/// A request for events, from a browser's `EventSource` or anybody else: whether it
/// [wants](Self::wants_events) any is not looked at.
///
/// One that breaks a rule is answered with the right status before the handler is called. A `HEAD`,
/// which axum gives to the handler of `get`, gets the head of the answer. While there are no events,
/// a comment is sent as [`EventOptions::ping`] says, with tokio's timer.
///
/// ```
/// use axum_core::response::Response;
/// use futures::stream;
/// use ws_futures::axum::ServerSentEvents;
/// use ws_futures::sse::{EncodedEvent, Event, Misuse};
///
/// async fn countdown(events: ServerSentEvents) -> Response {
///     let numbers = ["2", "1", "0"].map(|number| EncodedEvent::new(&Event::new(number)));
///     match numbers.into_iter().collect::<Result<Vec<_>, Misuse>>() {
///         Ok(numbers) => events.forward(stream::iter(numbers)),
///         Err(_) => events.stop(),
///     }
/// }
/// ```
#[derive(Debug)]
#[must_use = "without an answer there are no events"]
pub struct ServerSentEvents {
    is_head: bool,
    wants_events: bool,
    last_event_id: Vec<u8>,
    accept: Accept,
    ping: Option<Duration>,
    timer: fn() -> Box<dyn Timer>,
    life: Life,
}

impl<S: Sync> FromRequestParts<S> for ServerSentEvents {
    type Rejection = NotEvents;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, NotEvents> {
        let target = parts.uri.path_and_query();
        let target = target.map_or("/", |target| target.as_str());
        let fields = parts.headers.iter();
        let fields = fields.map(|(name, value)| (name.as_str(), value.as_bytes()));
        let offer = Offer::from_parts(parts.method.as_str(), target, fields);
        let checked = offer.check().and_then(|()| offer.last_event_id());
        let life = trace::begun(Role::Server, None);
        let last_event_id = checked.map_err(|error| {
            trace::refused(&life, error.status());
            NotEvents(error)
        })?;
        Ok(Self {
            is_head: parts.method == Method::HEAD,
            wants_events: offer.is_event_source(),
            last_event_id: last_event_id.as_bytes().to_vec(),
            accept: Accept::new(),
            ping: EventOptions::default().ping,
            timer: crate::tokio::timer,
            life,
        })
    }
}

impl ServerSentEvents {
    /// Sets [`EventOptions::ping`] and, if there is one, the timer; the other options are not for
    /// bodies of somebody else's responses.
    pub fn with_options(mut self, options: &Options) -> Self {
        self.ping = options.events.ping;
        self.timer = options.timer.unwrap_or(self.timer);
        self
    }

    /// Sets which fields and which reconnection time to answer with.
    pub fn with_accept(mut self, accept: Accept) -> Self {
        self.accept = accept;
        self
    }

    /// Whether this is the request of an `EventSource`, for a path at which there is something
    /// else, too: a `GET` whose `Accept` names `text/event-stream`.
    pub const fn wants_events(&self) -> bool {
        self.wants_events
    }

    /// The last event that the client says it has seen: any bytes, at most 8 KiB; empty if it has
    /// seen none. It says nothing about who the client is.
    pub fn last_event_id(&self) -> &[u8] {
        &self.last_event_id
    }

    /// Answers with what the client has missed of these events since its last one, and with what is
    /// published from now on. It ends when the hub is closed, or the client is too slow; a client
    /// that is not to come back then has to be [stopped](Self::stop).
    ///
    /// hyper asks for more only when the client has taken what there was, and waits for that without
    /// end: one that takes nothing stays until its connection breaks, whatever the hub says. Who
    /// faces such clients puts a limit below, as `TCP_USER_TIMEOUT` is one.
    pub fn serve(self, hub: &Hub) -> Response {
        if self.is_head {
            return self.respond(EventBody::ended());
        }
        let events = hub.resume(&self.last_event_id);
        self.forward(events)
    }

    /// Answers with the events of a stream, which waits for the client, until it ends.
    pub fn forward(self, events: impl Stream<Item = EncodedEvent> + Send + 'static) -> Response {
        if self.is_head {
            return self.respond(EventBody::ended());
        }
        let body = EventBody::with_timer(&self.accept, events, self.ping, Some(self.timer));
        self.respond(body)
    }

    /// Answers with 204, upon which an `EventSource` does not come back: for a stream that is over,
    /// and before a server goes down for long.
    ///
    /// It has the fields of the answer but its `Content-Type`: a page of another origin sees the 204
    /// only with those that admit it.
    pub fn stop(self) -> Response {
        let mut response = StatusCode::NO_CONTENT.into_response();
        *response.headers_mut() = headers(&self.accept.fields());
        response.headers_mut().remove(CONTENT_TYPE);
        response
    }

    /// Answers with a refusal, upon which an `EventSource` does not come back either, unless it
    /// redirects.
    pub fn reject(self, reject: Reject) -> Response {
        let response = reject.into_response();
        trace::refused(&self.life, response.status());
        whole(&response)
    }

    fn respond(self, body: EventBody) -> Response {
        let fields = headers(&self.accept.fields());
        let mut response = Response::new(Body::from_stream(body.within(self.life)));
        *response.headers_mut() = fields;
        response
    }
}

/// A request that breaks a rule. It is answered with 405 if its method is neither `GET` nor `HEAD`,
/// with 431 if its `Last-Event-ID` is longer than 8 KiB, and with 400 if it has several of them, or
/// a `Host` that is none.
#[derive(Debug)]
pub struct NotEvents(RequestError);

impl IntoResponse for NotEvents {
    fn into_response(self) -> Response {
        whole(&self.0.response())
    }
}

fn whole(response: &ws_sse::Response) -> Response {
    let status = StatusCode::from_u16(response.status().code());
    let mut converted = Response::new(Body::from(response.body().to_vec()));
    // Both know the numbers from 100 to 999.
    *converted.status_mut() = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    *converted.headers_mut() = headers(response.fields());
    converted
}

/// The fields that are not about the connection, which is hyper's.
fn headers(fields: &Fields) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value))
            && name != CONNECTION
            && name != CONTENT_LENGTH
        {
            headers.append(name, value);
        }
    }
    headers
}
