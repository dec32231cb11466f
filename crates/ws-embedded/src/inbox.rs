//! Bytes to events, in the buffer into which they were read.

use core::fmt;
use core::ops::Range;

use ws_frame::{CloseFrame, ControlPayload, FrameDecoder, Header, OpCode, Rsv, Rules};

use crate::{Chunk, Event, Kind, Message, ProtocolError};

/// What has been received and not been dealt with.
///
/// ```text
///  rx  [. . . m m m m . . u u u u . . . .]
///             message     unread  room for more
/// ```
/// A message lies where its first bytes were read; what comes behind a header in its middle is
/// moved down to it. The decoder takes all that there is, so before a read nothing is unread.
pub(crate) struct Inbox<'b> {
    buffer: &'b mut [u8],
    unread: Range<usize>,
    /// Of the message under way, what has come and was not given out in chunks.
    message: Range<usize>,
    kind: Kind,
    /// So much of it is text.
    checked: usize,
    delivery: Delivery,
    /// So much of it was lent by the last step, and goes with the next one.
    lent: usize,
    /// The payload of the control frame under way, or of the last one.
    control: ControlPayload,
    decoder: FrameDecoder,
    rules: Rules,
    /// The header of the frame under way has been judged.
    admitted: bool,
}

/// How messages are given out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Mode {
    Whole,
    Chunks,
    /// Not at all.
    Discard,
}

/// What the application has got of the message under way.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Delivery {
    Nothing,
    /// A chunk.
    Some,
    /// No part of it any more: it wants no messages, or wants them whole after a chunk of this.
    Skipped,
}

/// What has come, and lies in the inbox until the next step.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Step {
    /// A message, or in chunks the last one.
    Message,
    /// A chunk that is not the last one.
    Chunk,
    Ping,
    Pong,
    Close,
}

impl<'b> Inbox<'b> {
    /// With what was read behind the opening handshake.
    pub(crate) fn new(buffer: &'b mut [u8], unread: Range<usize>, peer_masks: bool) -> Self {
        Self {
            buffer,
            unread,
            message: 0..0,
            kind: Kind::Binary,
            checked: 0,
            delivery: Delivery::Nothing,
            lent: 0,
            control: ControlPayload::EMPTY,
            decoder: FrameDecoder::new(),
            rules: Rules::new(peer_masks, Rsv::NONE),
            admitted: false,
        }
    }

    /// The longest message that is given out whole, in bytes: one must be left for the next header.
    pub(crate) const fn limit(&self) -> usize {
        self.buffer.len() - 1
    }

    /// Takes what is unread until something has come; `None` if more must be read.
    pub(crate) fn step(&mut self, mode: Mode) -> Result<Option<Step>, ProtocolError> {
        self.message.start += self.lent;
        self.checked = self.checked.saturating_sub(self.lent);
        self.lent = 0;
        if mode == Mode::Discard || mode == Mode::Whole && self.delivery == Delivery::Some {
            self.delivery = Delivery::Skipped;
        }
        loop {
            let mut input = &mut self.buffer[self.unread.clone()];
            let Some(header) = self.decoder.decode_header(&mut input)? else {
                self.unread.start = self.unread.end;
                // What is wrong is told without waiting for the rest of a header.
                if let Some(partial) = self.decoder.partial_header() {
                    self.rules.check(&partial)?;
                }
                return Ok(None);
            };
            self.unread.start = self.unread.end - input.len();
            if !self.admitted {
                self.admit(&header, mode)?;
                if mode == Mode::Discard {
                    self.delivery = Delivery::Skipped;
                }
            }
            let mut input = &mut self.buffer[self.unread.clone()];
            let Some(part) = self.decoder.decode_payload(&mut input) else {
                return Ok(None);
            };
            let (start, len, last) = (self.unread.start, part.payload.len(), part.last);
            self.unread.start += len;
            self.admitted = !last;
            let payload = start..start + len;
            let step = if header.opcode.is_control() {
                self.take_control(payload, last.then_some(header.opcode))?
            } else {
                self.take_data(payload, last && header.fin, mode)?
            };
            if step.is_some() {
                return Ok(step);
            }
        }
    }

    fn admit(&mut self, header: &Header, mode: Mode) -> Result<(), ProtocolError> {
        self.rules.admit(header)?;
        self.admitted = true;
        match header.opcode {
            OpCode::Text => self.start(Kind::Text),
            OpCode::Binary => self.start(Kind::Binary),
            OpCode::Continuation => {}
            _ => {
                self.control = ControlPayload::EMPTY;
                return Ok(());
            }
        }
        let is_wanted = mode == Mode::Whole && self.delivery == Delivery::Nothing;
        let size = header.payload_len.saturating_add(self.message.len() as u64);
        if is_wanted && size > self.limit() as u64 {
            return Err(self.too_big());
        }
        Ok(())
    }

    fn start(&mut self, kind: Kind) {
        self.kind = kind;
        self.message = self.unread.start..self.unread.start;
        self.checked = 0;
        self.delivery = Delivery::Nothing;
    }

    const fn too_big(&self) -> ProtocolError {
        ProtocolError::MessageTooBig {
            limit: self.limit(),
        }
    }

    /// Takes some of a control frame; all of it, if there is an opcode.
    fn take_control(
        &mut self,
        payload: Range<usize>,
        whole: Option<OpCode>,
    ) -> Result<Option<Step>, ProtocolError> {
        // The decoder lets none pass that is longer (§5.5).
        let fits = self.control.extend_from_slice(&self.buffer[payload]);
        debug_assert!(fits, "a control frame of more than 125 bytes");
        Ok(match whole {
            None => None,
            Some(OpCode::Ping) => Some(Step::Ping),
            Some(OpCode::Pong) => Some(Step::Pong),
            Some(_) => {
                CloseFrame::decode(&self.control)?;
                Some(Step::Close)
            }
        })
    }

    /// Takes some of a message, or all that was missing.
    fn take_data(
        &mut self,
        payload: Range<usize>,
        whole: bool,
        mode: Mode,
    ) -> Result<Option<Step>, ProtocolError> {
        if self.delivery == Delivery::Skipped {
            self.message = 0..0;
            return Ok(None);
        }
        if self.message.is_empty() {
            self.message = payload;
        } else {
            let end = self.message.end + payload.len();
            self.buffer.copy_within(payload, self.message.end);
            self.message.end = end;
        }
        if whole {
            // One that began in chunks was not judged by its header.
            if mode == Mode::Whole && self.message.len() > self.limit() {
                return Err(self.too_big());
            }
            // Text is validated when it is lent.
            self.lent = self.message.len();
            return Ok(Some(Step::Message));
        }
        if self.kind == Kind::Text {
            self.check_text()?;
        }
        let len = match self.kind {
            Kind::Text => self.checked,
            Kind::Binary => self.message.len(),
        };
        if mode == Mode::Whole || len == 0 {
            return Ok(None);
        }
        self.delivery = Delivery::Some;
        self.lent = len;
        Ok(Some(Step::Chunk))
    }

    /// §8.1: fails at the first byte that no continuation could make right.
    fn check_text(&mut self) -> Result<(), ProtocolError> {
        let bytes = &self.buffer[self.message.start + self.checked..self.message.end];
        match core::str::from_utf8(bytes) {
            Ok(_) => self.checked = self.message.len(),
            Err(error) if error.error_len().is_none() => self.checked += error.valid_up_to(),
            Err(_) => return Err(ProtocolError::InvalidUtf8),
        }
        Ok(())
    }

    /// Lends what the last step told, with which nothing has been done since.
    pub(crate) fn event(&self, step: Step) -> Result<Event<'_>, ProtocolError> {
        Ok(match step {
            Step::Message | Step::Chunk => Event::Message(self.data()?),
            Step::Ping => Event::Ping(&self.control),
            Step::Pong => Event::Pong(&self.control),
            Step::Close => Event::Close(self.close_frame()),
        })
    }

    /// As [`event`](Self::event), in chunks.
    pub(crate) fn chunk_event(&self, step: Step) -> Result<Event<'_, Chunk<'_>>, ProtocolError> {
        Ok(match self.event(step)? {
            Event::Message(data) => Event::Message(Chunk {
                data,
                last: step == Step::Message,
            }),
            Event::Ping(payload) => Event::Ping(payload),
            Event::Pong(payload) => Event::Pong(payload),
            Event::Close(frame) => Event::Close(frame),
        })
    }

    /// The message, or the chunk of one, that the last step told.
    pub(crate) fn data(&self) -> Result<Message<'_>, ProtocolError> {
        let bytes = &self.buffer[self.message.start..self.message.start + self.lent];
        match self.kind {
            Kind::Binary => Ok(Message::Binary(bytes)),
            Kind::Text => match core::str::from_utf8(bytes) {
                Ok(text) => Ok(Message::Text(text)),
                Err(_) => Err(ProtocolError::InvalidUtf8),
            },
        }
    }

    /// The payload of the last control frame.
    pub(crate) fn control(&self) -> &ControlPayload {
        &self.control
    }

    /// What the peer's Close said, if that was the last control frame.
    pub(crate) fn close_frame(&self) -> Option<CloseFrame<'_>> {
        CloseFrame::decode(&self.control).ok().flatten()
    }

    /// Where to read more into, after a step that wanted it; never empty.
    pub(crate) fn room(&mut self) -> Result<&mut [u8], ProtocolError> {
        if self.message.is_empty() {
            self.message = 0..0;
        } else if self.message.end == self.buffer.len() {
            self.buffer.copy_within(self.message.clone(), 0);
            self.message = 0..self.message.len();
        }
        let end = self.message.end;
        self.unread = end..end;
        if end == self.buffer.len() {
            return Err(self.too_big());
        }
        Ok(&mut self.buffer[end..])
    }

    /// Notes that so many bytes were read into the room.
    pub(crate) fn fill(&mut self, len: usize) {
        // A stream that claims more is not believed.
        self.unread.end += len.min(self.buffer.len() - self.unread.end);
    }

    /// Gives the buffer back, with what is unread at its front, and how much that is.
    pub(crate) fn into_buffer(self) -> (&'b mut [u8], usize) {
        let unread = self.unread.len();
        self.buffer.copy_within(self.unread, 0);
        (self.buffer, unread)
    }
}

/// Says nothing of what it holds.
impl fmt::Debug for Inbox<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox")
            .field("unread", &self.unread.len())
            .field("message", &self.message.len())
            .finish_non_exhaustive()
    }
}
