//! Messages, whole and in chunks.

use alloc::string::String;
use alloc::vec::Vec;

/// Which of the two kinds of data a message holds (RFC 6455 §5.6).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "RFC 6455 §5.6 has two")]
pub enum Kind {
    /// UTF-8.
    Text,
    /// Bytes.
    Binary,
}

/// A complete message, lent; the same type going in and going out.
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

    /// Whether it is a text message.
    pub const fn is_text(self) -> bool {
        matches!(self, Self::Text(_))
    }

    /// Whether it is a binary message.
    pub const fn is_binary(self) -> bool {
        matches!(self, Self::Binary(_))
    }

    /// Which kind it is.
    pub const fn kind(self) -> Kind {
        match self {
            Self::Text(_) => Kind::Text,
            Self::Binary(_) => Kind::Binary,
        }
    }

    /// The length of the payload in bytes.
    pub const fn len(self) -> usize {
        self.as_bytes().len()
    }

    /// Whether the payload is empty.
    pub const fn is_empty(self) -> bool {
        self.len() == 0
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

impl<'a> From<&'a String> for Message<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a Vec<u8>> for Message<'a> {
    fn from(bytes: &'a Vec<u8>) -> Self {
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
/// The chunks of a text message are cut between code points, wherever the wire was cut: joined,
/// they are the message. A chunk may be empty.
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
