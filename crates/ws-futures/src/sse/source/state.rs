//! Where a source of events stands.

use std::future::Future;
use std::pin::Pin;

use ws_driver::Instant;
use ws_sse::{AwaitingResponse, Closed, Closure, Connecting, Open, Origin, Waiting};

use crate::output::Output;
use crate::{Error, Runtime, Transport};

/// Where a source stands, and what it holds there.
pub(super) enum State<R: Runtime> {
    Connecting(Connecting),
    Dialling(Connecting, Dialling<R>),
    Asking(AwaitingResponse, Box<Asking<R>>),
    Open(Open, Transport<R::Socket>),
    Waiting(Waiting, Instant),
    Closed(Ended),
    /// From one state to the next.
    Moving,
}

pub(super) type Dialling<R> =
    Pin<Box<dyn Future<Output = Result<Transport<<R as Runtime>::Socket>, Error>> + Send>>;

/// A connection on which a request is being written.
pub(super) struct Asking<R: Runtime> {
    pub(super) io: Transport<R::Socket>,
    pub(super) output: Output,
}

/// What is left of a source.
pub(super) struct Ended {
    /// `None` if there was no way to the server.
    pub(super) closure: Option<Closure>,
    last_event_id: String,
}

impl<R: Runtime> State<R> {
    pub(super) fn close(&mut self) {
        let closed = match std::mem::replace(self, Self::Moving) {
            Self::Connecting(connecting) | Self::Dialling(connecting, _) => connecting.close(),
            Self::Asking(awaiting, _) => awaiting.close(),
            Self::Open(open, _) => open.close(),
            Self::Waiting(waiting, _) => waiting.close(),
            state @ (Self::Closed(_) | Self::Moving) => {
                *self = state;
                return;
            }
        };
        *self = Self::Closed(Ended::new(&closed));
    }

    pub(super) fn last_event_id(&self) -> &str {
        match self {
            Self::Connecting(connecting) | Self::Dialling(connecting, _) => {
                connecting.last_event_id()
            }
            Self::Asking(awaiting, _) => awaiting.last_event_id(),
            Self::Open(open, _) => open.last_event_id(),
            Self::Waiting(waiting, _) => waiting.last_event_id(),
            Self::Closed(ended) => &ended.last_event_id,
            Self::Moving => "",
        }
    }

    pub(super) const fn origin(&self) -> Option<&Origin> {
        match self {
            Self::Connecting(connecting) | Self::Dialling(connecting, _) => {
                Some(connecting.origin())
            }
            Self::Asking(awaiting, _) => Some(awaiting.request().origin()),
            Self::Open(open, _) => Some(open.request().origin()),
            Self::Waiting(..) | Self::Closed(_) | Self::Moving => None,
        }
    }
}

impl Ended {
    pub(super) fn new(closed: &Closed) -> Self {
        Self {
            closure: Some(closed.closure()),
            last_event_id: closed.last_event_id().to_owned(),
        }
    }
}
