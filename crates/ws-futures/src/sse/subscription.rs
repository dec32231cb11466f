//! One who gets the events of a hub.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use futures_io::{AsyncRead, AsyncWrite};
use ws_sse::{Delivery, EncodedEvent, Subscriber};

use crate::Error;
use crate::sse::supply::{Next, Supply};
use crate::sse::{EventStream, Hub};

/// One who gets the events of a [`Hub`]: a place in its ring.
///
/// As a `Stream` it yields events, the notice of a gap among them, and ends when the hub is closed
/// or it [is too slow](Self::is_too_slow); [`next`](Self::next) tells everything apart.
#[derive(Debug)]
pub struct Subscription {
    hub: Hub,
    subscriber: Subscriber,
    /// Its place among those who can be woken.
    key: usize,
    is_too_slow: bool,
}

/// What a subscription sees next.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Delivered {
    /// An event. It is shared with all who see it.
    Event(EncodedEvent),
    /// Events before the next one are lost for this one.
    Gap {
        /// How many; `None` if nobody knows, because the id of the last one seen is unknown.
        missed: Option<u64>,
    },
    /// It is too far behind. There is nothing else any more.
    TooSlow,
    /// The hub is closed. There is nothing else any more.
    End,
}

/// Why the events of a client have ended.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Served {
    /// There are no more events; the client has been told so.
    End,
    /// The client has left.
    Left,
    /// The client was too slow. It may reconnect, and gets what is left for it then.
    TooSlow,
}

impl Subscription {
    pub(super) fn new(hub: Hub, subscriber: Subscriber) -> Self {
        Self {
            key: hub.join(),
            hub,
            subscriber,
            is_too_slow: false,
        }
    }

    /// Waits for what it sees next. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Delivered {
        poll_fn(|cx| self.poll_delivered(cx)).await
    }

    /// Sends all it sees to a client, until one of them ends it.
    pub const fn serve<T>(self, stream: EventStream<T>) -> Serving<T> {
        Serving {
            subscription: self,
            stream,
            served: None,
        }
    }

    /// Whether it was too far behind, and has ended for that.
    pub const fn is_too_slow(&self) -> bool {
        self.is_too_slow
    }

    /// How many events there are for it to see, and how many bytes they have, as far as they are
    /// left.
    pub fn queued(&self) -> (u64, u64) {
        self.hub
            .look(|broadcaster| broadcaster.queued(&self.subscriber))
    }

    fn poll_delivered(&mut self, cx: &Context<'_>) -> Poll<Delivered> {
        if let Some(delivered) = self.look() {
            return Poll::Ready(delivered);
        }
        self.hub.register(self.key, cx.waker());
        self.look().map_or(Poll::Pending, Poll::Ready)
    }

    fn look(&mut self) -> Option<Delivered> {
        let subscriber = &mut self.subscriber;
        let delivered = self.hub.look(|broadcaster| {
            Some(match broadcaster.next(subscriber)? {
                Delivery::Event(event) => Delivered::Event(event.clone()),
                Delivery::Gap { missed } => Delivered::Gap { missed },
                Delivery::TooSlow => Delivered::TooSlow,
                // `End`; no other can follow.
                _ => Delivered::End,
            })
        });
        self.is_too_slow |= delivered == Some(Delivered::TooSlow);
        delivered
    }
}

/// The future that serves one client: of [`Hub::serve`] and [`Subscription::serve`].
///
/// It is done when there are no more events, the client leaves, or it is too slow. It fails with
/// [`Error::Io`] if the client has gone without a word, or took nothing for too long. Dropping it
/// drops the connection.
#[derive(Debug)]
#[must_use = "futures do nothing unless they are awaited"]
pub struct Serving<T> {
    subscription: Subscription,
    stream: EventStream<T>,
    served: Option<Served>,
}

impl<T: AsyncRead + AsyncWrite + Unpin> Future for Serving<T> {
    type Output = Result<Served, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self {
            subscription,
            stream,
            served,
        } = &mut *self;
        stream.poll_to_end(cx, subscription, served)
    }
}

impl Supply for Subscription {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Next> {
        loop {
            return Poll::Ready(match ready!(self.poll_delivered(cx)) {
                Delivered::Event(event) => Next::Event(event),
                Delivered::Gap { missed } => match self.hub.notice(missed) {
                    Some(notice) => Next::Event(notice),
                    None => continue,
                },
                Delivered::TooSlow => Next::TooSlow,
                Delivered::End => Next::End,
            });
        }
    }

    fn is_too_slow(&mut self, cx: &mut Context<'_>) -> bool {
        self.hub.register(self.key, cx.waker());
        // Another one at the same place, as looking moves it.
        let mut probe = self.subscriber.clone();
        self.is_too_slow |= self
            .hub
            .look(|broadcaster| broadcaster.next(&mut probe) == Some(Delivery::TooSlow));
        self.is_too_slow
    }
}

impl Stream for Subscription {
    type Item = EncodedEvent;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<EncodedEvent>> {
        Poll::Ready(match ready!(Supply::poll_next(&mut *self, cx)) {
            Next::Event(event) => Some(event),
            Next::End | Next::TooSlow => None,
        })
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.hub.leave(self.key);
    }
}
