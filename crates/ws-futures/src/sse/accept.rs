//! Servers: from a request to an event stream.

use futures_io::{AsyncRead, AsyncWrite};
use ws_http::RequestHead;
use ws_sse::{Accept, Offer, Reject};

use crate::opening::Opening;
use crate::sse::EventStream;
use crate::{Error, Incoming, Options, trace};

/// Event streams, on the port of pages and WebSockets.
impl<T: AsyncRead + AsyncWrite + Unpin> Incoming<T> {
    /// Whether this is the request of an `EventSource`: a `GET` whose `Accept` names
    /// `text/event-stream`.
    pub fn wants_events(&self) -> bool {
        Offer::new(self.head()).is_event_source()
    }

    /// Answers with an event stream, to whoever asks: whether it [wants](Self::wants_events) one
    /// is not looked at.
    ///
    /// A `HEAD` gets the head of the answer, and a stream that is closed.
    ///
    /// # Errors
    ///
    /// [`Error::EventRequest`] when the request was refused because it breaks a rule, which its
    /// sender has been told; [`Error::HandshakeTimedOut`], if there is a timer; [`Error::Io`].
    pub async fn accept_events(self, options: &Options) -> Result<EventStream<T>, Error> {
        self.accept_events_with(options, |_| Ok(Accept::new()))
            .await
    }

    /// As [`accept_events`](Self::accept_events), but lets the application decide: which fields
    /// and which reconnection time to answer with, or with which refusal.
    ///
    /// Nothing in an [`Offer`] says who the client is; each request has to be authorized by
    /// itself, one that comes back with a last event id as well.
    ///
    /// # Errors
    ///
    /// Those of [`accept_events`](Self::accept_events); [`Error::Refused`].
    pub async fn accept_events_with(
        self,
        options: &Options,
        decide: impl FnOnce(Offer<'_>) -> Result<Accept, Reject>,
    ) -> Result<EventStream<T>, Error> {
        let (opening, head) = self.into_parts();
        // Apart, so that what is needed only now takes no room in the task later on.
        Box::pin(answer(opening, &head, options, decide)).await
    }

    /// Answers with 204, upon which an `EventSource` does not come back: for a stream that is
    /// over, and before a server goes down for long.
    pub async fn stop_events(self) {
        let (mut opening, head) = self.into_parts();
        Offer::new(&head).stop(&mut opening.output.buffer);
        Box::pin(opening.finish()).await;
    }
}

async fn answer<T>(
    mut opening: Opening<T>,
    head: &RequestHead,
    options: &Options,
    decide: impl FnOnce(Offer<'_>) -> Result<Accept, Reject>,
) -> Result<EventStream<T>, Error>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let offer = Offer::new(head);
    let last_event_id = match offer.check().and_then(|()| offer.last_event_id()) {
        Ok(last_event_id) => last_event_id,
        Err(error) => {
            trace::refused(&opening.life, error.status());
            offer.reject(&error.response(), &mut opening.output.buffer);
            opening.finish().await;
            return Err(error.into());
        }
    };
    let accept = match decide(offer) {
        Ok(accept) => accept,
        Err(reject) => {
            let response = reject.into_response();
            trace::refused(&opening.life, response.status());
            offer.reject(&response, &mut opening.output.buffer);
            opening.finish().await;
            return Err(Error::Refused);
        }
    };
    let writer = offer.accept(&accept, &mut opening.output.buffer);
    opening.flush().await?;
    Ok(EventStream::opened(
        opening,
        writer,
        &offer,
        last_event_id,
        options,
    ))
}
