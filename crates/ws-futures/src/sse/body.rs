//! An event stream as the body of somebody else's response.

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use ws_driver::Instant;
use ws_sse::{Accept, EncodedEvent, Encoder};

use crate::timer::Alarm;
#[cfg(feature = "axum")]
use crate::trace::Life;
use crate::{Options, Timer};

/// An event stream as the body of a response, for servers that are built on another HTTP library.
///
/// It is a `Stream` of `Result<Bytes, Infallible>`, which axum takes with `Body::from_stream`, and
/// with the feature `http-body` an `http_body::Body`, which hyper takes as it is. The fields of the
/// response are [`Accept::fields`]; what the client wants, [`Offer::from_parts`] tells. In axum,
/// `axum::ServerSentEvents` does all that.
///
/// ```
/// use futures::executor::block_on_stream;
/// use ws_futures::Options;
/// use ws_futures::sse::{Accept, Event, EventBody, Hub};
///
/// let hub = Hub::new(1000, 1 << 20);
/// let accept = Accept::new();
/// let body = EventBody::new(&accept, hub.subscribe(), &Options::server());
/// hub.publish(&Event::new("kettle boils").with_id("1"))?;
/// hub.close(None);
/// let body: Vec<_> = block_on_stream(body).map(Result::unwrap).collect();
/// assert_eq!(body, ["retry: 5000\n\n", "id: 1\ndata: kettle boils\n\n"]);
/// # Ok::<(), ws_futures::sse::Misuse>(())
/// ```
///
/// With a timer in [`Options::timer`], a comment is sent when nothing was for
/// [`EventOptions::ping`](crate::sse::EventOptions::ping); without a timer, which is the default, no
/// comment ever is. A subscription of a [`Hub`](crate::sse::Hub) ends the body when its client is
/// too slow, which shows when the server asks for more: hyper does not while a client takes nothing.
///
/// [`Offer::from_parts`]: ws_sse::Offer::from_parts
pub struct EventBody {
    first: Option<Bytes>,
    /// `None` behind the end.
    events: Option<Pin<Box<dyn Stream<Item = EncodedEvent> + Send>>>,
    ping: Option<Duration>,
    /// The deadline of the connection is that of the next ping.
    alarm: Alarm,
    #[cfg(feature = "axum")]
    life: Life,
}

impl EventBody {
    /// The body with these events, a [`Subscription`](crate::sse::Subscription) or any other
    /// stream of them, and before them what `accept` says.
    pub fn new(
        accept: &Accept,
        events: impl Stream<Item = EncodedEvent> + Send + 'static,
        options: &Options,
    ) -> Self {
        Self::with_timer(accept, events, options.events.ping, options.timer)
    }

    /// As [`new`](Self::new), with what it takes of the options.
    pub(crate) fn with_timer(
        accept: &Accept,
        events: impl Stream<Item = EncodedEvent> + Send + 'static,
        ping: Option<Duration>,
        timer: Option<fn() -> Box<dyn Timer>>,
    ) -> Self {
        Self {
            first: Some(accept.prelude().into()),
            events: Some(Box::pin(events)),
            ping,
            alarm: Alarm::new(timer.map(|timer| timer())),
            #[cfg(feature = "axum")]
            life: Life::default(),
        }
    }

    /// A body without anything, which does not say so beforehand: the answer to a `HEAD`.
    #[cfg(feature = "axum")]
    pub(crate) fn ended() -> Self {
        Self {
            first: None,
            events: None,
            ping: None,
            alarm: Alarm::new(None),
            #[cfg(feature = "axum")]
            life: Life::default(),
        }
    }

    /// The same within this span.
    #[cfg(feature = "axum")]
    pub(crate) fn within(mut self, life: Life) -> Self {
        self.life = life;
        self
    }

    fn poll_bytes(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let Some(events) = &mut self.events else {
            return Poll::Ready(None);
        };
        let bytes = match self.first.take() {
            Some(first) => first,
            None => match events.as_mut().poll_next(cx) {
                Poll::Ready(Some(event)) => Bytes::from_owner(event),
                Poll::Ready(None) => {
                    self.events = None;
                    return Poll::Ready(None);
                }
                Poll::Pending => {
                    ready!(self.poll_ping(cx));
                    Bytes::from_static(Encoder::KEEP_ALIVE)
                }
            },
        };
        self.alarm.connection = self.next_ping();
        Poll::Ready(Some(bytes))
    }

    fn next_ping(&mut self) -> Option<Instant> {
        Some(self.alarm.now()?.saturating_add(self.ping?))
    }

    fn poll_ping(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            let (Some(at), Some(now)) = (self.alarm.connection, self.alarm.now()) else {
                return Poll::Pending;
            };
            if now >= at {
                return Poll::Ready(());
            }
            ready!(self.alarm.poll(cx, now));
        }
    }
}

impl Stream for EventBody {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_bytes(cx).map(|bytes| bytes.map(Ok))
    }
}

#[cfg(feature = "http-body")]
impl http_body::Body for EventBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, Infallible>>> {
        let bytes = self.poll_bytes(cx);
        bytes.map(|bytes| bytes.map(|bytes| Ok(http_body::Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.events.is_none()
    }
}

impl fmt::Debug for EventBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventBody")
            .field("has_ended", &self.events.is_none())
            .field("ping", &self.ping)
            .finish_non_exhaustive()
    }
}
