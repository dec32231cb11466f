//! A message that may be a Ping, a Pong or a Close.

use core::fmt;
use core::str::{Utf8Error, from_utf8};
use std::string::String;
use std::vec::Vec;

use bytes::Bytes;
use ws_futures::Text;

use crate::{CloseCode, Event, MessageRef};

/// What is received and sent, control frames included.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "RFC 6455 §5.2 has no others")]
pub enum Message {
    /// A text message.
    Text(Text),
    /// A binary message.
    Binary(Bytes),
    /// A Ping; when it is received, it has been answered.
    Ping(Bytes),
    /// A Pong; when it is sent, one that nobody asked for, as Pings are answered without it.
    Pong(Bytes),
    /// A Close; `None` says nothing.
    Close(Option<CloseFrame>),
}

/// What a Close says.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a code and a reason")]
pub struct CloseFrame {
    /// Why.
    pub code: CloseCode,
    /// The same in words, at most 123 bytes.
    pub reason: String,
}

impl Message {
    /// A text message.
    pub fn text(text: impl Into<Text>) -> Self {
        Self::Text(text.into())
    }

    /// A binary message.
    pub fn binary(bytes: impl Into<Bytes>) -> Self {
        Self::Binary(bytes.into())
    }

    /// Whether it is a text message.
    pub const fn is_text(&self) -> bool {
        matches!(self, Self::Text(_))
    }

    /// Whether it is a binary message.
    pub const fn is_binary(&self) -> bool {
        matches!(self, Self::Binary(_))
    }

    /// Whether it is a Ping.
    pub const fn is_ping(&self) -> bool {
        matches!(self, Self::Ping(_))
    }

    /// Whether it is a Pong.
    pub const fn is_pong(&self) -> bool {
        matches!(self, Self::Pong(_))
    }

    /// Whether it is a Close.
    pub const fn is_close(&self) -> bool {
        matches!(self, Self::Close(_))
    }

    /// The length of the payload; of a Close, of its reason.
    pub fn len(&self) -> usize {
        self.as_bytes().len()
    }

    /// Whether the payload is empty.
    pub fn is_empty(&self) -> bool {
        self.as_bytes().is_empty()
    }

    /// The payload; of a Close, its reason.
    pub fn into_data(self) -> Bytes {
        match self {
            Self::Text(text) => Bytes::copy_from_slice(text.as_bytes()),
            Self::Binary(bytes) | Self::Ping(bytes) | Self::Pong(bytes) => bytes,
            Self::Close(frame) => frame.map_or_else(Bytes::new, |frame| frame.reason.into()),
        }
    }

    /// The payload as text; of a Close, its reason.
    ///
    /// # Errors
    ///
    /// If it is none.
    pub fn into_text(self) -> Result<Text, Utf8Error> {
        match self {
            Self::Text(text) => Ok(text),
            other => other.to_text().map(Text::from),
        }
    }

    /// The payload as text, lent; of a Close, its reason.
    ///
    /// # Errors
    ///
    /// If it is none.
    pub fn to_text(&self) -> Result<&str, Utf8Error> {
        from_utf8(self.as_bytes())
    }

    fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Binary(bytes) | Self::Ping(bytes) | Self::Pong(bytes) => bytes,
            Self::Close(frame) => frame.as_ref().map_or(&[], |frame| frame.reason.as_bytes()),
        }
    }

    /// `None` for a kind of event that has no counterpart.
    pub(super) fn of(event: Event<'_>) -> Option<Self> {
        Some(match event {
            Event::Message(MessageRef::Text(text)) => Self::Text(text.into()),
            Event::Message(MessageRef::Binary(bytes)) => {
                Self::Binary(Bytes::copy_from_slice(bytes))
            }
            Event::Ping(payload) => Self::Ping(Bytes::copy_from_slice(payload)),
            Event::Pong { payload, .. } => Self::Pong(Bytes::copy_from_slice(payload)),
            Event::Close(frame) => Self::Close(frame.map(|frame| CloseFrame {
                code: frame.code,
                reason: frame.reason.into(),
            })),
            _ => return None,
        })
    }
}

/// Prints the text; of anything else, its length.
impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_text() {
            Ok(text) => f.write_str(text),
            Err(_) => write!(f, "{} bytes", self.len()),
        }
    }
}

impl From<&str> for Message {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for Message {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

impl From<&[u8]> for Message {
    fn from(bytes: &[u8]) -> Self {
        Self::Binary(Bytes::copy_from_slice(bytes))
    }
}

impl From<Vec<u8>> for Message {
    fn from(bytes: Vec<u8>) -> Self {
        Self::binary(bytes)
    }
}

impl From<Bytes> for Message {
    fn from(bytes: Bytes) -> Self {
        Self::Binary(bytes)
    }
}

impl From<crate::Message> for Message {
    fn from(message: crate::Message) -> Self {
        match message {
            crate::Message::Text(text) => Self::Text(text),
            crate::Message::Binary(bytes) => Self::Binary(bytes),
        }
    }
}

impl CloseFrame {
    pub(super) fn borrowed(&self) -> crate::CloseFrame<'_> {
        crate::CloseFrame {
            code: self.code,
            reason: &self.reason,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_payloads() {
        let close = CloseFrame {
            code: CloseCode::NORMAL,
            reason: "bye".into(),
        };
        for (message, kind, text) in [
            (Message::from("hé"), 0, Some("hé")),
            (Message::from(String::new()), 0, Some("")),
            (Message::from(&b"hi"[..]), 1, Some("hi")),
            (Message::from(std::vec![0xFF]), 1, None),
            (Message::Ping(Bytes::from_static(b"?")), 2, Some("?")),
            (Message::Pong(Bytes::from_static(b"!")), 3, Some("!")),
            (Message::Close(None), 4, Some("")),
            (Message::Close(Some(close)), 4, Some("bye")),
        ] {
            let kinds = [
                message.is_text(),
                message.is_binary(),
                message.is_ping(),
                message.is_pong(),
                message.is_close(),
            ];
            let only: Vec<bool> = (0..5).map(|each| each == kind).collect();
            assert_eq!(kinds[..], only);
            assert_eq!(message.to_text().ok(), text);
            assert_eq!(message.clone().into_text().ok().as_deref(), text);
            let data = message.clone().into_data();
            assert_eq!(
                (data.len(), data.is_empty()),
                (message.len(), message.is_empty())
            );
            if let Some(text) = text {
                assert_eq!(data, text.as_bytes());
            }
        }
    }

    #[test]
    fn what_is_no_text_prints_its_length() {
        assert_eq!(
            std::format!("{}", Message::from(std::vec![0xFF; 3])),
            "3 bytes"
        );
        assert_eq!(std::format!("{}", Message::from("tea")), "tea");
    }
}
