//! What the peer did.

use ws_frame::CloseFrame;

use crate::{Message, PingId};

/// What the peer did, lent until the next call.
///
/// `M` is [`Message`] from [`receive`](crate::Connection::receive) and [`Chunk`](crate::Chunk)
/// from [`receive_chunk`](crate::Connection::receive_chunk).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Event<'a, M = Message<'a>> {
    /// A message, or a chunk of one.
    Message(M),
    /// A Ping; the Pong that answers it is in `out` already (RFC 6455 §5.5.2).
    Ping(&'a [u8]),
    /// A Pong (RFC 6455 §5.5.3).
    Pong {
        /// What it carries, at most 125 bytes.
        payload: &'a [u8],
        /// The last of our pings that it answers, and with it all before; `None` if it answers
        /// none.
        answers: Option<PingId>,
    },
    /// The peer's Close; ours, if it was still owed, is in `out` already (RFC 6455 §5.5.1).
    ///
    /// The last event there is.
    Close(Option<CloseFrame<'a>>),
}
