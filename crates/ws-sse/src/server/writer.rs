//! Events into the framing of a response's body.

use alloc::vec::Vec;
use core::time::Duration;

use crate::encoded::{self, EncodedEvent};
use crate::encoder::Encoder;
use crate::error::Misuse;
use crate::event::Event;

/// How the end of an event stream is found.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "HTTP/1.1 has no other way for a body that is not known beforehand"
)]
pub enum StreamFraming {
    /// In chunks, the last of which is empty.
    Chunked,
    /// Where the connection ends.
    Close,
}

/// Writes an event stream as the body of a response of HTTP/1.1.
///
/// Every method appends to `out` something whole, a chunk where there are chunks, that may be sent
/// at once. When the stream is [closed](Self::is_closed), `out` has to be written to its end and
/// the connection closed.
///
/// Servers that frame bodies themselves need none of this: they send what [`Encoder`] or
/// [`EncodedEvent`] gives.
#[derive(Debug)]
pub struct StreamWriter {
    framing: StreamFraming,
    is_closed: bool,
}

impl StreamWriter {
    pub(super) const fn new(framing: StreamFraming) -> Self {
        Self {
            framing,
            is_closed: false,
        }
    }

    pub(super) const fn closed(framing: StreamFraming) -> Self {
        Self {
            framing,
            is_closed: true,
        }
    }

    /// Sends an event.
    ///
    /// # Errors
    ///
    /// [`Misuse::Kind`] and [`Misuse::Id`] as for [`Encoder::event`]; [`Misuse::Closed`].
    /// Nothing is appended then.
    pub fn send(&mut self, event: &Event<'_>, out: &mut Vec<u8>) -> Result<(), Misuse> {
        self.batch(out, |out| Encoder::event(event, out))
    }

    /// Sends events that were encoded for many, without encoding them again. Each is a chunk of
    /// its own.
    ///
    /// Whoever can write several slices at once can do without the copy: what is appended here is
    /// [`EncodedEvent::framed`] for the [`framing`](Self::framing).
    ///
    /// # Errors
    ///
    /// [`Misuse::Closed`].
    pub fn send_encoded<'e>(
        &mut self,
        events: impl IntoIterator<Item = &'e EncodedEvent>,
        out: &mut Vec<u8>,
    ) -> Result<(), Misuse> {
        self.check_open()?;
        for event in events {
            out.extend_from_slice(event.framed(self.framing));
        }
        Ok(())
    }

    /// Sends whatever `encode` appends to the buffer that it is lent, with [`Encoder`], as one
    /// chunk. What is in the buffer already must stay as it is.
    ///
    /// ```
    /// use ws_sse::{Accept, Encoder, Event, Offer};
    ///
    /// let mut out = Vec::new();
    /// let mut writer = Offer::from_parts("GET", "/", []).accept(&Accept::new(), &mut out);
    /// out.clear();
    /// writer.batch(&mut out, |out| {
    ///     Encoder::event(&Event::new("1"), out)?;
    ///     Encoder::event(&Event::new("2"), out)
    /// })?;
    /// assert_eq!(out, b"12\r\ndata: 1\n\ndata: 2\n\n\r\n");
    /// # Ok::<(), ws_sse::Misuse>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Misuse::Closed`], and those of `encode`. Nothing stays appended then.
    pub fn batch(
        &mut self,
        out: &mut Vec<u8>,
        encode: impl FnOnce(&mut Vec<u8>) -> Result<(), Misuse>,
    ) -> Result<(), Misuse> {
        self.check_open()?;
        let start = out.len();
        if let Err(misuse) = encode(out) {
            out.truncate(start);
            return Err(misuse);
        }
        if self.framing == StreamFraming::Chunked {
            encoded::make_chunk(out, start);
        }
        Ok(())
    }

    /// Sends a comment of any text, of which clients make nothing.
    ///
    /// # Errors
    ///
    /// [`Misuse::Closed`].
    pub fn comment(&mut self, text: &str, out: &mut Vec<u8>) -> Result<(), Misuse> {
        self.batch(out, |out| {
            Encoder::comment(text, out);
            Ok(())
        })
    }

    /// Sends how long the client shall wait before it reconnects, in whole milliseconds. Right
    /// before [`close`](Self::close) it says when a server will be back.
    ///
    /// # Errors
    ///
    /// [`Misuse::Closed`].
    pub fn retry(&mut self, after: Duration, out: &mut Vec<u8>) -> Result<(), Misuse> {
        self.batch(out, |out| {
            Encoder::retry(after, out);
            Ok(())
        })
    }

    /// Sends an empty comment, to be called when nothing was sent for some 15 seconds: so that
    /// nobody on the way takes the connection for dead, and that one whose client is gone is
    /// found out. Nothing answers it.
    ///
    /// # Errors
    ///
    /// [`Misuse::Closed`].
    pub fn ping(&mut self, out: &mut Vec<u8>) -> Result<(), Misuse> {
        self.check_open()?;
        self.write(Encoder::KEEP_ALIVE, out);
        Ok(())
    }

    /// Ends the stream; where it is closed, nothing happens. Clients will reconnect: to keep them
    /// from that, their next request is to be [stopped](crate::Offer::stop).
    pub fn close(&mut self, out: &mut Vec<u8>) {
        if !self.is_closed && self.framing == StreamFraming::Chunked {
            out.extend_from_slice(b"0\r\n\r\n");
        }
        self.is_closed = true;
    }

    /// Whether the stream has ended, or never was one because the request was a `HEAD`.
    pub const fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// The framing of the stream.
    pub const fn framing(&self) -> StreamFraming {
        self.framing
    }

    /// Bytes that are encoded already, as one chunk.
    pub(super) fn write(&self, encoded: &[u8], out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(encoded);
        if self.framing == StreamFraming::Chunked {
            encoded::make_chunk(out, start);
        }
    }

    const fn check_open(&self) -> Result<(), Misuse> {
        if self.is_closed {
            Err(Misuse::Closed)
        } else {
            Ok(())
        }
    }
}
