//! A source of events: one stream over any number of connections.

mod answer;
mod error;
mod event;
mod request;
mod state;
mod steps;

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;
use ws_driver::Instant;
use ws_http::{ResponseHead, Status};
use ws_sse::{Closure, Loss, UnsentId};

pub use self::error::SourceError;
pub use self::event::{Lost, OwnedEvent, SourceEvent, SourceState};
pub use self::request::EventRequest;
use self::state::State;
use self::steps::Step;
use crate::input::Input;
use crate::timer::Alarm;
use crate::trace::{self, Life};
use crate::{Error, Options, Runtime};

/// A source of events, as a browser's object of that name is: it asks, judges the answer, gives
/// events, and connects again with the last event id until there is a reason to stop.
///
/// It gets to its server as [`Options::dial`] says, through proxies and TLS, on the runtime `R`;
/// `smol` and `tokio` have a function `event_source` each. As a `Stream` it yields events and, if
/// it does not end in order, an error as the last item; [`receive`](Self::receive) also tells when
/// a connection is opened and lost, and lends events instead of giving them away.
///
/// Nothing happens while neither is waited for: a server that sends more has to wait then.
/// Dropping any future of it loses nothing, and dropping it closes the connection.
///
/// ```no_run
/// use ws_futures::Options;
///
/// # #[cfg(feature = "smol")]
/// # async fn test() -> Result<(), Box<dyn std::error::Error>> {
/// let url = "https://example.com/feed";
/// let mut source = ws_futures::smol::event_source(url, &Options::client())?;
/// while let Some(event) = source.next().await {
///     let event = event?;
///     println!("{}: {}", event.kind(), event.data());
/// }
/// # Ok(())
/// # }
/// ```
pub struct EventSource<R: Runtime> {
    shared: Arc<(R, Options)>,
    state: State<R>,
    /// The deadline of the connection is that of its silence, or of its answer; that of the
    /// transport is when a stream without events counts as good.
    alarm: Alarm,
    input: Input,
    /// Something has come since the silence was last measured.
    is_heard: bool,
    /// The latest event; what it is made of is used again.
    event: OwnedEvent,
    /// Why the connection was lost last.
    lost: Option<(Loss, Option<Error>, Duration)>,
    unsent_id: Option<UnsentId>,
    /// From the first step towards a connection to its loss; redirects are on the way.
    life: Option<Life>,
    /// How many events have come meanwhile; they are told with its end.
    events: u64,
}

impl<R: Runtime> EventSource<R> {
    /// A source that connects when it is first waited for.
    pub fn new(runtime: R, request: EventRequest, options: &Options) -> Self {
        let timer = options.timer.map_or_else(R::timer, |timer| timer());
        let connecting = request.start(options.events.source);
        Self {
            shared: Arc::new((runtime, options.clone())),
            state: State::Connecting(connecting),
            alarm: Alarm::new(Some(timer)),
            input: Input::default(),
            is_heard: false,
            event: OwnedEvent::default(),
            lost: None,
            unsent_id: None,
            life: None,
            events: 0,
        }
    }

    /// Waits for what happens next, and lends it; `None` once the source has ended in order: it
    /// was closed here, the server has answered 204, or the stream of a request that is not
    /// [repeated](ws_sse::SourceOptions::repeats_after_end) has ended.
    ///
    /// # Errors
    ///
    /// Why the source has ended, if not in order. It is told once; then there is `None`.
    pub async fn receive(&mut self) -> Result<Option<SourceEvent<'_>>, SourceError> {
        match poll_fn(|cx| self.poll_step(cx)).await {
            Step::Opened => Ok(Some(SourceEvent::Opened)),
            Step::Event => Ok(Some(SourceEvent::Event(self.event.as_event()))),
            Step::Lost => Ok(self.lost().map(SourceEvent::Lost)),
            Step::End => Ok(None),
            Step::Failed(error) => Err(error),
        }
    }

    /// Waits for the next event, and gives it away: the `next` of a `Stream`, without a crate that
    /// has it.
    #[expect(
        clippy::should_implement_trait,
        reason = "it waits, as `StreamExt::next` does"
    )]
    pub fn next(
        &mut self,
    ) -> impl Future<Output = Option<Result<OwnedEvent, SourceError>>> + Unpin {
        poll_fn(move |cx| Pin::new(&mut *self).poll_next(cx))
    }

    /// Ends the source and closes its connection. There are no more events.
    pub fn close(&mut self) {
        if self.state() != SourceState::Closed {
            self.tell_end(&Closure::Caller, None);
        }
        self.state.close();
        self.input.leave(0);
        self.input.release();
    }

    /// Cuts the waiting for the next attempt short, as when the network is back.
    pub fn retry_now(&mut self) {
        if let State::Waiting(_, until) = &mut self.state {
            *until = Instant::EPOCH;
        }
    }

    /// Where it stands.
    pub const fn state(&self) -> SourceState {
        match &self.state {
            State::Open(..) => SourceState::Open,
            State::Waiting(..) => SourceState::Waiting,
            State::Closed(_) | State::Moving => SourceState::Closed,
            State::Connecting(_) | State::Dialling(..) | State::Asking(..) => {
                SourceState::Connecting
            }
        }
    }

    /// The last event id; empty if there is none. It survives whatever happens to connections, and
    /// the end: an application may [begin](EventRequest::with_last_event_id) with it one day.
    pub fn last_event_id(&self) -> &str {
        self.state.last_event_id()
    }

    /// Why the last event id was not sent with the latest request, if there is one that was not:
    /// the server has begun as if nothing had been seen.
    pub const fn unsent_id(&self) -> Option<UnsentId> {
        self.unsent_id
    }

    /// The head of the server's answer, while the stream is open.
    pub const fn response(&self) -> Option<&ResponseHead> {
        match &self.state {
            State::Open(open, _) => Some(open.response()),
            _ => None,
        }
    }

    /// Why the source has ended; `None` before it has, and if there is no way to the server.
    pub const fn closure(&self) -> Option<Closure> {
        match &self.state {
            State::Closed(ended) => ended.closure,
            _ => None,
        }
    }

    /// Why and for how long there is no connection, after one was lost or there was none to be
    /// had.
    pub const fn lost(&self) -> Option<Lost<'_>> {
        match &self.lost {
            Some((loss, error, delay)) => Some(Lost {
                loss: *loss,
                error: error.as_ref(),
                delay: *delay,
            }),
            None => None,
        }
    }

    fn tell_end(&mut self, why: &dyn fmt::Display, status: Option<Status>) {
        let life = self.life.take().unwrap_or_default();
        let events = std::mem::take(&mut self.events);
        trace::source_ended(&life, why, status, events);
    }
}

impl<R: Runtime> Stream for EventSource<R> {
    type Item = Result<OwnedEvent, SourceError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            return Poll::Ready(match ready!(self.poll_step(cx)) {
                Step::Opened | Step::Lost => continue,
                Step::Event => Some(Ok(std::mem::take(&mut self.event))),
                Step::End => None,
                Step::Failed(error) => Some(Err(error)),
            });
        }
    }
}

impl<R: Runtime> fmt::Debug for EventSource<R> {
    /// Shows no events and no credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventSource")
            .field("state", &self.state())
            .field("origin", &self.state.origin())
            .field("lost", &self.lost())
            .field("closure", &self.closure())
            .finish_non_exhaustive()
    }
}
