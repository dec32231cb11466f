//! The inbound half of any version.

use alloc::vec::Vec;

use super::{DriverWriter, writer};
#[cfg(feature = "drafts")]
use super::{ScrambledFrames, hixie::TextsReader, rarely};
#[cfg(feature = "drafts")]
use crate::hixie::Reader as TextReader;
use crate::{Chunk, Error, Event, Reader};

/// The inbound half of a [`Driver`](crate::Driver), with the verbs of [`Reader`].
///
/// What lends takes this itself: [`reborrow`](Self::reborrow) keeps it for later.
///
/// Everything that takes the other half takes the one it was split from. Of another version it is
/// not answered with: then whatever comes is dropped.
#[derive(Debug)]
pub struct DriverReader<'r>(Half<'r>);

/// Does the same with both halves of whichever connection this is, something else with texts, and
/// something else again where the halves are not of one connection.
macro_rules! both {
    (
        ($reader_half:expr, $writer_half:ident),
        ($reader:ident, $writer:ident) => $done:expr,
        texts ($text_reader:ident, $text_writer:ident) => $texts:expr,
        else $other:expr
    ) => {
        match ($reader_half, $writer_half.reborrow().half()) {
            (Half::Rfc6455($reader), writer::Half::Rfc6455($writer)) => $done,
            #[cfg(feature = "drafts")]
            (Half::Rare(reader), writer::Half::Rare(writer)) => rarely(|| match (reader, writer) {
                (Rare::Scrambled($reader), writer::Rare::Scrambled($writer)) => $done,
                (Rare::Texts($text_reader), writer::Rare::Texts($text_writer)) => $texts,
                _ => $other,
            }),
            #[cfg(feature = "drafts")]
            _ => rarely(|| $other),
        }
    };
}

#[derive(Debug)]
enum Half<'r> {
    Rfc6455(&'r mut Reader),
    #[cfg(feature = "drafts")]
    Rare(Rare<'r>),
}

#[cfg(feature = "drafts")]
#[derive(Debug)]
enum Rare<'r> {
    Scrambled(&'r mut Reader<ScrambledFrames>),
    Texts(TextsReader<'r>),
}

impl<'r> DriverReader<'r> {
    /// The same for a while.
    #[inline]
    pub fn reborrow(&mut self) -> DriverReader<'_> {
        DriverReader(match &mut self.0 {
            Half::Rfc6455(reader) => Half::Rfc6455(reader),
            #[cfg(feature = "drafts")]
            Half::Rare(Rare::Scrambled(reader)) => Half::Rare(Rare::Scrambled(reader)),
            #[cfg(feature = "drafts")]
            Half::Rare(Rare::Texts(reader)) => Half::Rare(Rare::Texts(reader.reborrow())),
        })
    }

    /// Takes bytes off the front of `input` until the peer has done something; see
    /// [`Reader::receive`].
    ///
    /// # Errors
    ///
    /// When the peer breaks a rule or a limit.
    #[inline]
    pub fn receive<'b: 'r>(
        mut self,
        input: &mut &'b mut [u8],
        writer: &mut DriverWriter<'_>,
        out: &mut Vec<u8>,
    ) -> Result<Option<Event<'r>>, Error> {
        if !self.advance(input, writer, out)? {
            return Ok(None);
        }
        self.event(input, writer, out)
    }

    /// Whether a message stands ready that came in one frame, all of which is in front of
    /// `input`; see [`Reader::peek`]. `false` says nothing.
    #[inline]
    pub fn peek(&mut self, input: &[u8]) -> bool {
        match &mut self.0 {
            Half::Rfc6455(reader) => reader.peek(input),
            // There is no such short way.
            #[cfg(feature = "drafts")]
            Half::Rare(_) => false,
        }
    }

    /// The first step of [`receive`](Self::receive); see [`Reader::advance`].
    ///
    /// # Errors
    ///
    /// When the peer breaks a rule or a limit.
    #[inline]
    pub fn advance(
        &mut self,
        input: &mut &mut [u8],
        writer: &mut DriverWriter<'_>,
        out: &mut Vec<u8>,
    ) -> Result<bool, Error> {
        both!(
            (self.reborrow().0, writer),
            (reader, writer) => reader.advance(input, writer, out),
            texts (reader, writer) => reader.advance(input, writer, out),
            else {
                *input = &mut [];
                Ok(false)
            }
        )
    }

    /// The second step of [`receive`](Self::receive); see [`Reader::event`].
    ///
    /// # Errors
    ///
    /// When the peer breaks a rule that shows only in the whole payload.
    #[inline]
    pub fn event<'b: 'r>(
        self,
        input: &mut &'b mut [u8],
        writer: &mut DriverWriter<'_>,
        out: &mut Vec<u8>,
    ) -> Result<Option<Event<'r>>, Error> {
        both!(
            (self.0, writer),
            (reader, writer) => reader.event(input, writer, out),
            texts (reader, _writer) => Ok(reader.event()),
            else Ok(None)
        )
    }

    /// As [`receive`](Self::receive), but delivers messages in chunks; see
    /// [`Driver::receive_chunk`](crate::Driver::receive_chunk).
    ///
    /// # Errors
    ///
    /// When the peer breaks a rule or a limit.
    #[inline]
    pub fn receive_chunk<'b: 'r>(
        mut self,
        input: &mut &'b mut [u8],
        writer: &mut DriverWriter<'_>,
        out: &mut Vec<u8>,
    ) -> Result<Option<Event<'r, Chunk<'r>>>, Error> {
        if !self.advance_chunk(input, writer, out)? {
            return Ok(None);
        }
        self.event_chunk(input, writer, out)
    }

    /// The first step of [`receive_chunk`](Self::receive_chunk).
    ///
    /// # Errors
    ///
    /// When the peer breaks a rule or a limit.
    #[inline]
    pub fn advance_chunk(
        &mut self,
        input: &mut &mut [u8],
        writer: &mut DriverWriter<'_>,
        out: &mut Vec<u8>,
    ) -> Result<bool, Error> {
        both!(
            (self.reborrow().0, writer),
            (reader, writer) => reader.advance_chunk(input, writer, out),
            texts (reader, writer) => reader.advance(input, writer, out),
            else {
                *input = &mut [];
                Ok(false)
            }
        )
    }

    /// The second step of [`receive_chunk`](Self::receive_chunk).
    ///
    /// # Errors
    ///
    /// As [`event`](Self::event).
    pub fn event_chunk<'b: 'r>(
        self,
        input: &mut &'b mut [u8],
        writer: &mut DriverWriter<'_>,
        out: &mut Vec<u8>,
    ) -> Result<Option<Event<'r, Chunk<'r>>>, Error> {
        both!(
            (self.0, writer),
            (reader, writer) => reader.event_chunk(input, writer, out),
            texts (reader, _writer) => Ok(reader.event_chunk()),
            else Ok(None)
        )
    }

    /// Room to read the rest of a large message into; see [`Reader::room`]. Always `None` in
    /// hixie-75 and hixie-76, where no length is known.
    #[inline]
    pub fn room(self) -> Option<&'r mut [u8]> {
        match self.0 {
            Half::Rfc6455(reader) => reader.room(),
            #[cfg(feature = "drafts")]
            Half::Rare(rare) => rarely(|| match rare {
                Rare::Scrambled(reader) => reader.room(),
                Rare::Texts(_) => None,
            }),
        }
    }

    /// Takes the first `len` bytes that were read into the room; see [`Reader::filled`].
    ///
    /// # Errors
    ///
    /// When the peer breaks a rule: text that is not UTF-8.
    pub fn filled(
        &mut self,
        len: usize,
        writer: &mut DriverWriter<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        both!(
            (self.reborrow().0, writer),
            (reader, writer) => reader.filled(len, writer, out),
            texts (_reader, _writer) => Ok(()),
            else Ok(())
        )
    }

    /// Whether there is storage to join messages in.
    #[inline]
    pub fn has_storage(&self) -> bool {
        each!(Half, Rare, &self.0, it => it.has_storage())
    }

    /// Gives storage to join messages in; see [`Reader::give_storage`].
    #[inline]
    pub fn give_storage(&mut self, storage: Vec<u8>) {
        each!(Half, Rare, self.reborrow().0, it => it.give_storage(storage));
    }

    /// Takes back the storage that messages are joined in, if none lies in it; see
    /// [`Reader::take_storage`].
    #[inline]
    pub fn take_storage(&mut self) -> Option<Vec<u8>> {
        each!(Half, Rare, self.reborrow().0, it => it.take_storage())
    }

    /// Passes over the rest of a message of which a chunk was received; see
    /// [`Reader::skip_message`].
    pub fn skip_message(&mut self) {
        match &mut self.0 {
            Half::Rfc6455(reader) => reader.skip_message(),
            #[cfg(feature = "drafts")]
            Half::Rare(Rare::Scrambled(reader)) => reader.skip_message(),
            // Whose chunks are whole messages.
            #[cfg(feature = "drafts")]
            Half::Rare(Rare::Texts(_)) => {}
        }
    }

    /// Whether nothing more will come: the peer's Close has, or the connection failed.
    pub fn is_over(&self) -> bool {
        each!(Half, Rare, &self.0, it => it.is_over())
    }
}

impl<'r> From<&'r mut Reader> for DriverReader<'r> {
    #[inline]
    fn from(reader: &'r mut Reader) -> Self {
        Self(Half::Rfc6455(reader))
    }
}

#[cfg(feature = "drafts")]
impl<'r> From<&'r mut Reader<ScrambledFrames>> for DriverReader<'r> {
    #[inline]
    fn from(reader: &'r mut Reader<ScrambledFrames>) -> Self {
        Self(Half::Rare(Rare::Scrambled(reader)))
    }
}

#[cfg(feature = "drafts")]
impl<'r> From<&'r mut TextReader> for DriverReader<'r> {
    #[inline]
    fn from(reader: &'r mut TextReader) -> Self {
        Self(Half::Rare(Rare::Texts(TextsReader::new(reader))))
    }
}
