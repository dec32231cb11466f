//! What the peer did.

use ws_frame::{CloseFrame, OpCode};

/// Which of the two kinds of data a message holds (RFC 6455 §5.6).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "RFC 6455 §5.6 has two")]
pub enum Kind {
    /// UTF-8.
    Text,
    /// Bytes.
    Binary,
}

/// A message, lent; the same type going in and going out.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "RFC 6455 §5.6 has two")]
pub enum Message<'a> {
    /// A text message.
    Text(&'a str),
    /// A binary message.
    Binary(&'a [u8]),
}

impl<'a> Message<'a> {
    /// The payload, whichever kind it is.
    pub const fn as_bytes(self) -> &'a [u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Binary(bytes) => bytes,
        }
    }

    /// The text, if it is one.
    pub const fn as_text(self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Binary(_) => None,
        }
    }

    /// Which kind it is.
    pub const fn kind(self) -> Kind {
        match self {
            Self::Text(_) => Kind::Text,
            Self::Binary(_) => Kind::Binary,
        }
    }

    pub(crate) const fn opcode(self) -> OpCode {
        match self {
            Self::Text(_) => OpCode::Text,
            Self::Binary(_) => OpCode::Binary,
        }
    }
}

impl<'a> From<&'a str> for Message<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a [u8]> for Message<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Binary(bytes)
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Message<'a> {
    fn from(bytes: &'a [u8; N]) -> Self {
        Self::Binary(bytes)
    }
}

/// Some of a message that is received as it comes, lent.
///
/// The chunks of a text are cut between code points. Joined, chunks are the message; the last one
/// may be empty.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "what has come, and whether it is all"
)]
pub struct Chunk<'a> {
    /// The piece, of the kind of its message.
    pub data: Message<'a>,
    /// Whether the message ends here.
    pub last: bool,
}

/// What the peer did, lent until the next call.
///
/// `M` is [`Message`], or [`Chunk`] from [`receive_chunk`](crate::WebSocket::receive_chunk).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Event<'a, M = Message<'a>> {
    /// A message, or a chunk of one.
    Message(M),
    /// A Ping. The next receive answers it (RFC 6455 §5.5.2).
    Ping(&'a [u8]),
    /// A Pong, and what it carries: that of a Ping of ours, or anything (RFC 6455 §5.5.3).
    Pong(&'a [u8]),
    /// The peer's Close, and the last event there is. The next receive answers it (RFC 6455
    /// §5.5.1).
    Close(Option<CloseFrame<'a>>),
}
