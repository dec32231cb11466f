//! Messages that are owned.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use bytes::Bytes;

/// A complete message, owned, and cheap to clone: a broadcast shares one payload.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "RFC 6455 §5.6 has two")]
pub enum Message {
    /// A text message.
    Text(Text),
    /// A binary message.
    Binary(Bytes),
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

    /// The text, if it is a text message.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Binary(_) => None,
        }
    }

    /// The payload, whichever kind it is.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Binary(bytes) => bytes,
        }
    }

    /// The payload as bytes, whichever kind it is; without a copy if it is binary.
    pub fn into_bytes(self) -> Bytes {
        match self {
            Self::Text(text) => Bytes::copy_from_slice(text.as_bytes()),
            Self::Binary(bytes) => bytes,
        }
    }

    /// Whether it is a text message.
    pub fn is_text(&self) -> bool {
        matches!(self, Self::Text(_))
    }

    /// Whether it is a binary message.
    pub fn is_binary(&self) -> bool {
        matches!(self, Self::Binary(_))
    }

    /// The length of the payload in bytes.
    pub fn len(&self) -> usize {
        self.as_bytes().len()
    }

    /// Whether the payload is empty.
    pub fn is_empty(&self) -> bool {
        self.as_bytes().is_empty()
    }

    /// The message, lent as the driver takes it.
    pub fn borrowed(&self) -> ws_driver::Message<'_> {
        match self {
            Self::Text(text) => ws_driver::Message::Text(text),
            Self::Binary(bytes) => ws_driver::Message::Binary(bytes),
        }
    }
}

impl From<ws_driver::Message<'_>> for Message {
    fn from(message: ws_driver::Message<'_>) -> Self {
        match message {
            ws_driver::Message::Text(text) => Self::Text(text.into()),
            ws_driver::Message::Binary(bytes) => Self::Binary(Bytes::copy_from_slice(bytes)),
        }
    }
}

impl<'a> From<&'a Message> for ws_driver::Message<'a> {
    fn from(message: &'a Message) -> Self {
        message.borrowed()
    }
}

impl From<&str> for Message {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Message {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<Text> for Message {
    fn from(text: Text) -> Self {
        Self::Text(text)
    }
}

impl From<&[u8]> for Message {
    fn from(bytes: &[u8]) -> Self {
        Self::Binary(Bytes::copy_from_slice(bytes))
    }
}

impl From<Vec<u8>> for Message {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Binary(bytes.into())
    }
}

impl From<Bytes> for Message {
    fn from(bytes: Bytes) -> Self {
        Self::Binary(bytes)
    }
}

/// Text that is owned, and cheap to clone. Dereferences to `str`.
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct Text(Arc<str>);

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        self
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<Arc<str>> for Text {
    fn from(text: Arc<str>) -> Self {
        Self(text)
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        **self == *other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        **self == **other
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conversions_keep_kind_and_payload() {
        for (message, text, bytes) in [
            (Message::from("hé"), Some("hé"), "hé".as_bytes()),
            (Message::from(String::from("x")), Some("x"), b"x"),
            (Message::from(vec![0xFF]), None, &[0xFF][..]),
            (Message::binary(&b"static"[..]), None, b"static"),
            (Message::text(Arc::<str>::from("")), Some(""), b""),
        ] {
            assert_eq!(message.as_text(), text);
            assert_eq!(message.as_bytes(), bytes);
            assert_eq!(message.len(), bytes.len());
            assert_eq!(Message::from(message.borrowed()), message);
        }
    }

    #[test]
    fn a_clone_shares_the_payload() {
        let message = Message::from("shared");
        let clone = message.clone();
        assert!(std::ptr::eq(message.as_bytes(), clone.as_bytes()));
    }
}
