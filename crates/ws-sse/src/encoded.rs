//! An event that is encoded once, for any number of clients.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use crate::encoder::Encoder;
use crate::error::Misuse;
use crate::event::Event;
use crate::server::StreamFraming;

/// An event, encoded and framed once, for any number of clients. A clone is a reference.
///
/// It is bytes to whoever asks for bytes ([`AsRef`]): those of the event alone.
///
/// ```
/// use ws_sse::{EncodedEvent, Event};
///
/// let event = EncodedEvent::new(&Event::new("hi"))?;
/// assert_eq!(event.as_bytes(), b"data: hi\n\n");
/// assert_eq!(event.as_chunk(), b"a\r\ndata: hi\n\n\r\n");
/// # Ok::<(), ws_sse::Misuse>(())
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct EncodedEvent {
    /// A whole chunk: the size, a line end, the event, a line end.
    chunk: Arc<[u8]>,
    /// Where the event begins.
    start: usize,
}

const CRLF: &[u8] = b"\r\n";

impl EncodedEvent {
    /// Encodes an event.
    ///
    /// # Errors
    ///
    /// If there is a CR, LF or NUL in the kind or the id.
    pub fn new(event: &Event<'_>) -> Result<Self, Misuse> {
        let mut bytes = Vec::new();
        Encoder::event(event, &mut bytes)?;
        Ok(Self::from_encoded(bytes))
    }

    /// Encodes how long clients shall wait before they reconnect, in whole milliseconds.
    pub fn retry(after: Duration) -> Self {
        let mut bytes = Vec::new();
        Encoder::retry(after, &mut bytes);
        Self::from_encoded(bytes)
    }

    /// Encodes a comment of any text, of which clients make nothing.
    pub fn comment(text: &str) -> Self {
        let mut bytes = Vec::new();
        Encoder::comment(text, &mut bytes);
        Self::from_encoded(bytes)
    }

    /// Never empty: an empty chunk would be the last one.
    fn from_encoded(mut bytes: Vec<u8>) -> Self {
        let len = bytes.len();
        let start = make_chunk(&mut bytes, 0);
        debug_assert!(len > 0 && bytes.len() == start + len + CRLF.len());
        Self {
            chunk: bytes.into(),
            start,
        }
    }

    /// The event alone: what is sent where the stream ends with the connection, and by servers
    /// that frame bodies themselves.
    pub fn as_bytes(&self) -> &[u8] {
        let end = self.chunk.len() - CRLF.len();
        &self.chunk[self.start..end]
    }

    /// The event as a chunk of its own (RFC 9112 §7.1).
    pub fn as_chunk(&self) -> &[u8] {
        &self.chunk
    }

    /// What is sent in a stream of this framing.
    pub fn framed(&self, framing: StreamFraming) -> &[u8] {
        match framing {
            StreamFraming::Chunked => self.as_chunk(),
            StreamFraming::Close => self.as_bytes(),
        }
    }
}

impl AsRef<[u8]> for EncodedEvent {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl fmt::Debug for EncodedEvent {
    /// Says how much there is, not what.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EncodedEvent")
            .field("len", &self.as_bytes().len())
            .finish_non_exhaustive()
    }
}

/// Makes one chunk of what stands in `out` from `start` on, and says how long the line before it
/// is. Of nothing it makes nothing: an empty chunk would end the body.
pub(crate) fn make_chunk(out: &mut Vec<u8>, start: usize) -> usize {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let len = out.len().saturating_sub(start);
    if len == 0 {
        return 0;
    }
    let digits = (usize::BITS - len.leading_zeros()).div_ceil(4);
    for digit in (0..digits).rev() {
        out.push(DIGITS[len >> (4 * digit) & 0xf]);
    }
    out.extend_from_slice(CRLF);
    let line = out.len() - start - len;
    // The line was appended behind the data, whose length it has to know.
    out[start..].rotate_right(line);
    out.extend_from_slice(CRLF);
    line
}

#[cfg(test)]
mod tests;
