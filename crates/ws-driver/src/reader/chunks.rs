//! Messages delivered as they come, for those larger than anyone wants to hold.

use alloc::vec::Vec;

use ws_frame::Framing;

use super::{Chunk, Error, Event, Kind, Message, Mode, Reader, Ready, Writer, validate};

impl<F: Framing> Reader<F> {
    /// As [`receive`](Self::receive), but delivers messages in chunks; see
    /// [`Connection::receive_chunk`](crate::Connection::receive_chunk).
    ///
    /// # Errors
    ///
    /// When the peer breaks a rule or a limit.
    #[inline]
    pub fn receive_chunk<'e, 'b: 'e>(
        &'e mut self,
        input: &mut &'b mut [u8],
        writer: &mut Writer<F>,
        out: &mut Vec<u8>,
    ) -> Result<Option<Event<'e, Chunk<'e>>>, Error> {
        if !self.advance_chunk(input, writer, out)? {
            return Ok(None);
        }
        self.event_chunk(input, writer, out)
    }

    /// The first step of [`receive_chunk`](Self::receive_chunk), as [`advance`](Self::advance)
    /// is of [`receive`](Self::receive).
    ///
    /// # Errors
    ///
    /// When the peer breaks a rule or a limit.
    #[inline]
    pub fn advance_chunk(
        &mut self,
        input: &mut &mut [u8],
        writer: &mut Writer<F>,
        out: &mut Vec<u8>,
    ) -> Result<bool, Error> {
        writer.settle(false, out);
        self.advance_in(Mode::Streamed, input, writer, out)
    }

    /// The second step of [`receive_chunk`](Self::receive_chunk), as [`event`](Self::event) is
    /// of [`receive`](Self::receive).
    ///
    /// # Errors
    ///
    /// As [`event`](Self::event).
    pub fn event_chunk<'e, 'b: 'e>(
        &'e mut self,
        input: &mut &'b mut [u8],
        writer: &mut Writer<F>,
        out: &mut Vec<u8>,
    ) -> Result<Option<Event<'e, Chunk<'e>>>, Error> {
        let ready = core::mem::take(&mut self.ready);
        match ready {
            Ready::Control(_) | Ready::Stored(_) => {
                self.ready = ready;
                self.control_event(input, writer, out)
            }
            Ready::Chunk => match self.take_chunk(input) {
                Ok(chunk) => Ok(chunk.map(Event::Message)),
                Err(error) => {
                    *input = &mut [];
                    Err(self.fail(error, writer, out))
                }
            },
            Ready::Carried { len, last } => {
                self.hand_out(last);
                let bytes = &self.carried[..usize::from(len)];
                // One code point, encoded by us.
                let text = core::str::from_utf8(bytes).unwrap_or_default();
                let data = Message::Text(text);
                Ok(Some(Event::Message(Chunk { data, last })))
            }
            Ready::Decoded { last } => {
                self.delivered = true;
                let kind = self.kind();
                self.hand_out(last);
                let data = self.decoded_chunk(kind);
                Ok(Some(Event::Message(Chunk { data, last })))
            }
            Ready::Prefix | Ready::Assembled => {
                let last = ready == Ready::Assembled;
                let kind = self.kind();
                self.hand_out(last);
                self.delivered = true;
                let data = match kind {
                    Kind::Binary => Message::Binary(self.assembly.bytes()),
                    Kind::Text => match text_of(self.assembly.bytes(), last) {
                        Some(text) => Message::Text(text),
                        None => {
                            self.failure = Some(Error::InvalidUtf8);
                            *input = &mut [];
                            writer.fail(&Error::InvalidUtf8, out);
                            return Err(Error::InvalidUtf8);
                        }
                    },
                };
                Ok(Some(Event::Message(Chunk { data, last })))
            }
            Ready::Invalid => {
                *input = &mut [];
                Err(self.fail(Error::InvalidUtf8, writer, out))
            }
            Ready::Nothing | Ready::Whole | Ready::Single(_) => Ok(None),
        }
    }

    /// Finds the next chunk of the message under way.
    pub(super) fn find_chunk(&mut self, input: &mut &mut [u8]) -> Result<Ready, Error> {
        let Some(message) = &mut self.message else {
            return Ok(Ready::Nothing);
        };
        // From here on no part of it is joined any more.
        message.mode = Mode::Streamed;
        let fin = message.fin;
        if !self.assembly.bytes().is_empty() {
            return Ok(Ready::Prefix);
        }
        let remaining = self.decoder.remaining().unwrap_or(0);
        if remaining == 0 && !fin {
            // A fragment without a byte makes no chunk.
            self.skip(input);
            return Ok(Ready::Nothing);
        }
        if remaining > 0 && self.utf8.missing() > 0 && self.kind() == Kind::Text {
            return self.carry(fin, remaining, input);
        }
        if input.is_empty() && remaining > 0 {
            return Ok(Ready::Nothing);
        }
        Ok(Ready::Chunk)
    }

    /// Takes what is missing to a code point that was cut, and no more.
    fn carry(&mut self, fin: bool, remaining: u64, input: &mut &mut [u8]) -> Result<Ready, Error> {
        let wanted = self.utf8.missing().min(input.len());
        let len = usize::try_from(remaining).map_or(wanted, |remaining| wanted.min(remaining));
        let (mut front, rest) = core::mem::take(input).split_at_mut(len);
        *input = rest;
        let Some(part) = self.decoder.decode_payload(&mut front) else {
            return Ok(Ready::Nothing);
        };
        if part.last {
            self.frame = None;
        }
        let last = part.last && fin;
        let carried = self.utf8.decode(part.payload)?.carried;
        if last {
            self.utf8.finish()?;
        }
        Ok(match carried {
            Some(carried) => Ready::Carried {
                len: u8::try_from(carried.encode_utf8(&mut self.carried).len()).unwrap_or(0),
                last,
            },
            None => Ready::Nothing,
        })
    }

    /// Takes what there is of the payload under way as a chunk.
    fn take_chunk<'b>(&mut self, input: &mut &'b mut [u8]) -> Result<Option<Chunk<'b>>, Error> {
        let Some(part) = self.decoder.decode_payload(input) else {
            return Ok(None);
        };
        if part.last {
            self.frame = None;
        }
        let last = part.last && self.message.is_some_and(|message| message.fin);
        let payload: &'b [u8] = part.payload;
        let data = match self.kind() {
            Kind::Binary => Message::Binary(payload),
            Kind::Text => {
                let text = self.utf8.decode_with(payload, validate)?.text;
                if last {
                    self.utf8.finish()?;
                }
                Message::Text(text)
            }
        };
        self.hand_out(last);
        Ok(Some(Chunk { data, last }))
    }

    pub(super) fn kind(&self) -> Kind {
        self.message.map_or(Kind::Binary, |message| message.kind)
    }

    /// Notes that a chunk is delivered, and perhaps the `last`.
    fn hand_out(&mut self, last: bool) {
        self.message_activity = true;
        if last {
            self.end_message();
        } else if let Some(message) = &mut self.message {
            message.handed_out = true;
        }
    }

    pub(super) fn end_message(&mut self) {
        self.message = None;
        self.received.messages += 1;
        self.message_activity = true;
    }
}

/// The text of `bytes`, which may end inside a code point unless it is the `last` of it.
fn text_of(bytes: &[u8], last: bool) -> Option<&str> {
    match core::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) if !last && error.error_len().is_none() => {
            core::str::from_utf8(&bytes[..error.valid_up_to()]).ok()
        }
        Err(_) => None,
    }
}
