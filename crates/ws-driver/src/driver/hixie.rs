//! hixie-75 and hixie-76 with the verbs of the other versions.

use alloc::vec::Vec;

use ws_frame::CloseFrame;

use crate::hixie::{self, Outgoing, Reader, Writer};
use crate::{Chunk, Error, Event, Kind, Message, Misuse};

/// As [`crate::Reader`]; what this lacks is dealt with by whoever holds it.
#[derive(Debug)]
pub(super) struct TextsReader<'r>(&'r mut Reader);

impl<'r> TextsReader<'r> {
    pub(super) fn new(reader: &'r mut Reader) -> Self {
        Self(reader)
    }

    pub(super) fn reborrow(&mut self) -> TextsReader<'_> {
        TextsReader(self.0)
    }

    pub(super) fn advance(
        self,
        input: &mut &mut [u8],
        TextsWriter(writer): TextsWriter<'_>,
        out: &mut Vec<u8>,
    ) -> Result<bool, Error> {
        self.0.advance(input, writer, out)
    }

    pub(super) fn event(self) -> Option<Event<'r>> {
        self.0.event().map(Event::from)
    }

    /// The whole text as one chunk.
    pub(super) fn event_chunk(self) -> Option<Event<'r, Chunk<'r>>> {
        Some(match self.0.event()? {
            hixie::Event::Text(text) => Event::Message(Chunk {
                data: Message::Text(text),
                last: true,
            }),
            hixie::Event::Close => Event::Close(None),
        })
    }

    pub(super) fn has_storage(&self) -> bool {
        self.0.has_storage()
    }

    pub(super) fn give_storage(self, storage: Vec<u8>) {
        self.0.give_storage(storage);
    }

    pub(super) fn take_storage(self) -> Option<Vec<u8>> {
        self.0.take_storage()
    }

    pub(super) fn is_over(&self) -> bool {
        self.0.is_over()
    }
}

/// As [`crate::Writer`].
#[derive(Debug)]
pub(super) struct TextsWriter<'w>(&'w mut Writer);

impl<'w> TextsWriter<'w> {
    pub(super) fn new(writer: &'w mut Writer) -> Self {
        Self(writer)
    }

    pub(super) fn reborrow(&mut self) -> TextsWriter<'_> {
        TextsWriter(self.0)
    }

    pub(super) fn send(self, message: Message<'_>, out: &mut Vec<u8>) -> Result<(), Misuse> {
        match message {
            Message::Text(text) => self.0.send(text, out),
            Message::Binary(_) => Err(Misuse::Unsupported),
        }
    }

    pub(super) fn start(self, kind: Kind) -> Result<TextsOutgoing<'w>, Misuse> {
        match kind {
            Kind::Text => self.0.start().map(TextsOutgoing),
            Kind::Binary => Err(Misuse::Unsupported),
        }
    }

    pub(super) fn resume(&mut self) -> Option<TextsOutgoing<'_>> {
        self.0.resume().map(TextsOutgoing)
    }

    /// What `frame` says cannot be said, but it is judged as anywhere.
    pub(super) fn close(
        self,
        frame: Option<CloseFrame<'_>>,
        out: &mut Vec<u8>,
    ) -> Result<(), Misuse> {
        let fits = frame.is_none_or(|frame| frame.encode().is_some());
        if !fits && !self.is_closed() {
            return Err(Misuse::ReasonTooLong);
        }
        self.0.close(out)
    }

    pub(super) fn is_closed(&self) -> bool {
        self.0.is_closed()
    }

    pub(super) fn has_sent_close(&self) -> bool {
        self.0.has_sent_close()
    }
}

/// As [`crate::Outgoing`].
#[derive(Debug)]
pub(super) struct TextsOutgoing<'w>(Outgoing<'w>);

impl TextsOutgoing<'_> {
    pub(super) fn write(&mut self, piece: &[u8]) -> Result<(), Misuse> {
        self.0.write(piece)
    }

    pub(super) fn finish(self, piece: &[u8], out: &mut Vec<u8>) -> Result<(), Misuse> {
        self.0.finish(piece, out)
    }
}
