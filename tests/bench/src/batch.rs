//! Answers to one read in one write: what most "+b" servers do.

use std::future::poll_fn;
use std::task::Poll;

use futures::{Sink, SinkExt, Stream, StreamExt};

/// The next message. Before it waits for one, what was fed is flushed.
pub async fn next_or_flush<S, M, E>(socket: &mut S) -> Result<Option<M>, E>
where
    S: Stream<Item = Result<M, E>> + Sink<M, Error = E> + Unpin,
{
    poll_fn(|cx| match socket.poll_next_unpin(cx) {
        Poll::Ready(message) => Poll::Ready(message.transpose()),
        Poll::Pending => match socket.poll_flush_unpin(cx) {
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Ready(Ok(())) | Poll::Pending => Poll::Pending,
        },
    })
    .await
}
