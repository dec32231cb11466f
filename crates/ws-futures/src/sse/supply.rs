//! Where the events of a stream come from.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use ws_sse::EncodedEvent;

/// Where the events of a stream come from.
pub(super) trait Supply {
    /// The next event, or why there is none.
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Next>;

    /// Whether the client, which takes nothing just now, is to go for that. If not, the task is
    /// woken when that may have changed.
    fn is_too_slow(&mut self, cx: &mut Context<'_>) -> bool;
}

/// What a supply has.
#[derive(Debug)]
pub(super) enum Next {
    Event(EncodedEvent),
    End,
    TooSlow,
}

/// A stream of the user's, which waits for the client.
pub(super) struct Items<'a, S>(pub(super) Pin<&'a mut S>);

impl<S: Stream<Item = EncodedEvent>> Supply for Items<'_, S> {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Next> {
        let item = self.0.as_mut().poll_next(cx);
        item.map(|item| item.map_or(Next::End, Next::Event))
    }

    fn is_too_slow(&mut self, _: &mut Context<'_>) -> bool {
        false
    }
}
