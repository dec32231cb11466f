//! Bytes to events: the inbound half.

use alloc::boxed::Box;
use alloc::vec::Vec;

use ws_frame::{CloseFrame, FrameDecoder, Framing, OpCode, Rsv, Rules, SingleFrame, Utf8Decoder};

use crate::assembly::Assembly;
use crate::text::validate;
use crate::writer::Writer;
use crate::{Chunk, Config, Error, Event, Kind, Message, Role, Traffic};

mod admission;
mod chunks;
mod control;
mod encoded;
mod room;
mod single;

use admission::Limits;
use encoded::Inbound;

/// The inbound half of a connection: takes bytes, lends events, remembers *close received*.
///
/// [`receive`](Self::receive) is all that most callers need. It is made of two steps, which a
/// caller who must wait between them can take apart: [`advance`](Self::advance) takes bytes until
/// an event stands ready and borrows nothing; [`event`](Self::event) then lends it.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts, each told apart below"
)]
pub struct Reader<F: Framing = FrameDecoder> {
    decoder: F,
    rules: Rules,
    /// Whether the peer masks.
    masked: bool,
    limits: Limits,
    /// What transforms messages.
    inbound: Option<Box<Inbound>>,
    /// The frame under way, if its header has been admitted.
    frame: Option<OpCode>,
    /// The message under way, from its first header to its last byte.
    message: Option<Incoming>,
    ready: Ready,
    /// What was lent last lies in `assembly` and is done with.
    delivered: bool,
    assembly: Assembly,
    /// The text of the message under way, as far as it was validated before its end.
    utf8: Utf8Decoder,
    /// The code point that was cut between two chunks.
    carried: [u8; 4],
    /// The payload of a control frame that was cut; later that of the peer's Close.
    control: Vec<u8>,
    received: Traffic,
    failure: Option<Error>,
    close_received: bool,
    pub(crate) peer_closed_first: bool,
    /// The transport has ended, or has been given up.
    pub(crate) at_eof: bool,
    /// Something came since the last tick.
    pub(crate) activity: bool,
    /// A message came since the last tick.
    pub(crate) message_activity: bool,
}

/// A message of which not all has come.
#[derive(Clone, Copy, Debug)]
struct Incoming {
    kind: Kind,
    mode: Mode,
    /// Whether the frame under way is its last.
    fin: bool,
    fragments: u32,
    /// The payloads of all its frames so far, as announced.
    size: u64,
    /// Extensions take part in it.
    encoded: bool,
    /// A chunk of it was delivered.
    handed_out: bool,
}

/// How a message is delivered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Mode {
    Whole,
    Streamed,
    /// Of a message only: no part of it is wanted any more.
    Skipped,
}

/// Which event stands ready, and where its bytes are.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Ready {
    #[default]
    Nothing,
    /// A message in one frame, in front of the input; nothing of it has been taken.
    Single(SingleFrame),
    /// A text in one frame that is not UTF-8, which has been taken.
    Invalid,
    /// The payload of a message in one frame, in front of the input.
    Whole,
    /// A message in `assembly`.
    Assembled,
    /// A control frame, in front of the input.
    Control(OpCode),
    /// A control frame in `control`.
    Stored(OpCode),
    /// A chunk, in front of the input.
    Chunk,
    /// A chunk of one code point, in `carried`.
    Carried { len: u8, last: bool },
    /// The first chunk, in `assembly`.
    Prefix,
    /// A chunk that was decoded, in `assembly`.
    Decoded { last: bool },
}

impl<F: Framing> Reader<F> {
    pub(crate) fn new(config: &Config, role: Role, decoder: F) -> Self {
        // RFC 6455 §5.1: clients mask, servers do not.
        let masked = role == Role::Server;
        Self {
            decoder,
            rules: Rules::new(masked, Rsv::NONE),
            masked,
            limits: Limits::from(config),
            inbound: None,
            frame: None,
            message: None,
            ready: Ready::Nothing,
            delivered: false,
            assembly: Assembly::default(),
            utf8: Utf8Decoder::new(),
            carried: [0; 4],
            control: Vec::new(),
            received: Traffic::default(),
            failure: None,
            close_received: false,
            peer_closed_first: false,
            at_eof: false,
            activity: false,
            message_activity: false,
        }
    }

    /// Takes bytes off the front of `input` until the peer has done something; see
    /// [`Connection::receive`](crate::Connection::receive).
    ///
    /// # Errors
    ///
    /// When the peer breaks a rule or a limit.
    #[inline]
    pub fn receive<'e, 'b: 'e>(
        &'e mut self,
        input: &mut &'b mut [u8],
        writer: &mut Writer<F>,
        out: &mut Vec<u8>,
    ) -> Result<Option<Event<'e>>, Error> {
        if !self.advance(input, writer, out)? {
            return Ok(None);
        }
        self.event(input, writer, out)
    }

    /// The first step of [`receive`](Self::receive): takes bytes off the front of `input` until
    /// an event stands ready, and tells whether one does. If not, all of `input` was taken.
    ///
    /// # Errors
    ///
    /// When the peer breaks a rule or a limit.
    #[inline]
    pub fn advance(
        &mut self,
        input: &mut &mut [u8],
        writer: &mut Writer<F>,
        out: &mut Vec<u8>,
    ) -> Result<bool, Error> {
        writer.settle(false, out);
        if self.peek(input) {
            return Ok(true);
        }
        if input.is_empty() && self.is_at_rest() {
            writer.settle(true, out);
            return Ok(false);
        }
        self.advance_in(Mode::Whole, input, writer, out)
    }

    /// The second step of [`receive`](Self::receive): lends the event that stands ready, whose
    /// payload may still be in front of `input`, which must be what [`advance`](Self::advance)
    /// left. `None` if none stands ready.
    ///
    /// # Errors
    ///
    /// When the peer breaks a rule that shows only in the whole payload: text that is not UTF-8,
    /// a Close that says nonsense.
    #[inline]
    pub fn event<'e, 'b: 'e>(
        &'e mut self,
        input: &mut &'b mut [u8],
        writer: &mut Writer<F>,
        out: &mut Vec<u8>,
    ) -> Result<Option<Event<'e>>, Error> {
        match self.single(input) {
            Some(message) => Ok(Some(Event::Message(message))),
            None => self.event_in(input, writer, out),
        }
    }

    /// As [`event`](Self::event), but for a message that was found by the short way.
    fn event_in<'e, 'b: 'e>(
        &'e mut self,
        input: &mut &'b mut [u8],
        writer: &mut Writer<F>,
        out: &mut Vec<u8>,
    ) -> Result<Option<Event<'e>>, Error> {
        let bytes: &'e [u8] = match self.ready {
            Ready::Whole => match self.take_payload(input) {
                Some(payload) => payload,
                None => return Ok(None),
            },
            Ready::Assembled => {
                self.delivered = true;
                self.assembly.bytes()
            }
            Ready::Control(_) | Ready::Stored(_) => return self.control_event(input, writer, out),
            Ready::Invalid => {
                *input = &mut [];
                return Err(self.fail(Error::InvalidUtf8, writer, out));
            }
            _ => return Ok(None),
        };
        self.ready = Ready::Nothing;
        self.received.messages += 1;
        self.message_activity = true;
        let message = match self.message.take().map(|message| message.kind) {
            Some(Kind::Text) => match validate(bytes) {
                Some(text) => Message::Text(text),
                None => {
                    // As `fail`, which cannot be called while the assembly is lent.
                    self.failure = Some(Error::InvalidUtf8);
                    *input = &mut [];
                    writer.fail(&Error::InvalidUtf8, out);
                    return Err(Error::InvalidUtf8);
                }
            },
            _ => Message::Binary(bytes),
        };
        Ok(Some(Event::Message(message)))
    }

    /// What the peer's Close said; `None` before it came, and if it was empty.
    pub fn close_frame(&self) -> Option<CloseFrame<'_>> {
        if !self.close_received {
            return None;
        }
        CloseFrame::decode(&self.control).ok().flatten()
    }

    /// Passes over the rest of a message of which a chunk was received, so that the next chunk is
    /// of another message. Without one it does nothing.
    pub fn skip_message(&mut self) {
        let Some(message) = &mut self.message else {
            return;
        };
        if message.mode != Mode::Streamed || !message.handed_out {
            return;
        }
        message.mode = Mode::Skipped;
        if let Ready::Carried { last: true, .. } | Ready::Decoded { last: true } = self.ready {
            self.end_message();
        }
        if !matches!(self.ready, Ready::Control(_) | Ready::Stored(_)) {
            self.ready = Ready::Nothing;
        }
        self.delivered = false;
        self.drop_decoded();
    }

    /// Whether nothing more will come: the peer's Close has, or the connection failed.
    pub fn is_over(&self) -> bool {
        self.close_received || self.failure.is_some()
    }

    pub(crate) fn close_received(&self) -> bool {
        self.close_received
    }

    pub(crate) fn failure(&self) -> Option<Error> {
        self.failure
    }

    pub(crate) fn received(&self) -> Traffic {
        self.received
    }

    pub(crate) fn receive_eof(&mut self, writer: &mut Writer<F>) -> Result<(), Error> {
        self.at_eof = true;
        if self.is_over() {
            return Ok(());
        }
        Err(self.fail(Error::UnexpectedEof, writer, &mut Vec::new()))
    }

    /// Ends the connection: what the peer is told goes to `out`, and nothing more is read.
    #[cold]
    pub(crate) fn fail(
        &mut self,
        error: Error,
        writer: &mut Writer<F>,
        out: &mut Vec<u8>,
    ) -> Error {
        self.failure = Some(error);
        self.ready = Ready::Nothing;
        self.message = None;
        self.assembly = Assembly::default();
        writer.fail(&error, out);
        error
    }

    fn advance_in(
        &mut self,
        mode: Mode,
        input: &mut &mut [u8],
        writer: &mut Writer<F>,
        out: &mut Vec<u8>,
    ) -> Result<bool, Error> {
        if self.is_over() {
            *input = &mut [];
            return Ok(false);
        }
        if mode == Mode::Whole
            && self.mode() == Mode::Streamed
            && let Err(error) = self.leave_chunks()
        {
            *input = &mut [];
            return Err(self.fail(error, writer, out));
        }
        if mode == Mode::Streamed {
            match self.ready {
                Ready::Whole => self.ready = Ready::Chunk,
                // Found again, as a chunk.
                Ready::Single(_) => self.ready = Ready::Nothing,
                _ => {}
            }
        }
        if self.ready != Ready::Nothing {
            return Ok(true);
        }
        if self.delivered {
            self.drop_delivered();
        }
        if input.is_empty() {
            if self.frame.is_none() && !self.has_more_to_decode() {
                // Whatever is known of the next frame was judged when it came.
                writer.settle(true, out);
                return Ok(false);
            }
        } else {
            self.activity = true;
        }
        match self.find(mode, input) {
            Ok(true) => Ok(true),
            Ok(false) => {
                writer.settle(true, out);
                Ok(false)
            }
            Err(error) => {
                // Where the next frame begins is unknown: nothing after this is interpreted.
                *input = &mut [];
                Err(self.fail(error, writer, out))
            }
        }
    }

    /// Takes frames until one of them makes an event.
    #[inline]
    fn find(&mut self, mode: Mode, input: &mut &mut [u8]) -> Result<bool, Error> {
        loop {
            if self.has_more_to_decode() {
                self.ready = self.find_encoded(mode, input)?;
                if self.ready != Ready::Nothing {
                    return Ok(true);
                }
                continue;
            }
            let opcode = match self.frame {
                Some(opcode) => opcode,
                None => match self.decoder.decode_header(input)? {
                    Some(header) => {
                        self.begin(&header, mode)?;
                        header.opcode
                    }
                    None => {
                        self.check_partial(mode)?;
                        return Ok(false);
                    }
                },
            };
            let ready = if opcode.is_control() {
                self.find_control(opcode, input)
            } else if self.message.is_some_and(|message| message.encoded) {
                self.find_encoded(mode, input)?
            } else {
                match (mode, self.mode()) {
                    (Mode::Whole, Mode::Whole) => self.find_message(input)?,
                    (Mode::Streamed, Mode::Whole | Mode::Streamed) => self.find_chunk(input)?,
                    _ => self.skip(input),
                }
            };
            if ready != Ready::Nothing {
                self.ready = ready;
                return Ok(true);
            }
            if self.frame.is_some() && input.is_empty() {
                return Ok(false);
            }
        }
    }

    /// Takes what there is of a message that is delivered whole.
    #[inline]
    fn find_message(&mut self, input: &mut &mut [u8]) -> Result<Ready, Error> {
        let Some(message) = self.message else {
            return Ok(Ready::Nothing);
        };
        // In one frame, and nothing of it taken yet.
        if message.fin
            && self.decoder.remaining() == Some(message.size)
            && message.fragments == 1
            && self.payload_is_at_hand(input)
        {
            return Ok(Ready::Whole);
        }
        let Some(part) = self.decoder.decode_payload(input) else {
            return Ok(Ready::Nothing);
        };
        let end = part.last && message.fin;
        if part.last {
            self.frame = None;
        }
        self.assembly.push(part.payload)?;
        if end {
            // The text is validated whole when it is lent.
            return Ok(Ready::Assembled);
        }
        if message.kind == Kind::Text {
            // §8.1: fails as soon as the text cannot be right any more.
            self.utf8.decode_with(part.payload, validate)?;
        }
        Ok(Ready::Nothing)
    }

    /// Takes the rest of a streamed message that is no longer wanted.
    fn skip(&mut self, input: &mut &mut [u8]) -> Ready {
        if let Some(part) = self.decoder.decode_payload(input)
            && part.last
        {
            self.frame = None;
            if self.message.is_some_and(|message| message.fin) {
                self.message = None;
                self.received.messages += 1;
            }
        }
        Ready::Nothing
    }

    /// Takes the payload under way, all of which is in front of `input`.
    #[inline]
    fn take_payload<'b>(&mut self, input: &mut &'b mut [u8]) -> Option<&'b [u8]> {
        if !self.payload_is_at_hand(input) {
            // The caller gave another input than it had: what is ready is found again.
            self.ready = Ready::Nothing;
            return None;
        }
        self.frame = None;
        self.decoder
            .decode_payload(input)
            .map(|part| &*part.payload)
    }

    #[inline]
    fn payload_is_at_hand(&self, input: &[u8]) -> bool {
        self.decoder
            .remaining()
            .is_some_and(|remaining| remaining <= input.len() as u64)
    }

    #[inline]
    fn mode(&self) -> Mode {
        self.message.map_or(Mode::Whole, |message| message.mode)
    }

    /// Goes on with [`receive`](Self::receive) in a message that was begun in chunks: takes it
    /// whole if nothing of it was delivered, and passes over the rest of it otherwise.
    #[cold]
    fn leave_chunks(&mut self) -> Result<(), Error> {
        self.skip_message();
        let Some(message) = &mut self.message else {
            return Ok(());
        };
        if message.mode == Mode::Streamed {
            message.mode = Mode::Whole;
            let (fragments, encoded) = (message.fragments, message.encoded);
            match self.ready {
                Ready::Chunk | Ready::Prefix | Ready::Decoded { last: false } => {
                    self.ready = Ready::Nothing;
                }
                Ready::Decoded { last: true } => self.ready = Ready::Assembled,
                _ => {}
            }
            self.admit_size(Mode::Whole, encoded, 0)?;
            self.admit_fragments(fragments)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
