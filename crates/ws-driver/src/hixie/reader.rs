//! Bytes to events: the inbound half.

use alloc::string::String;
use alloc::vec::Vec;

use ws_frame::Utf8Decoder;
use ws_frame::hixie::{FrameDecoder, FrameError, FramePart, Version};

use super::{Event, Writer};
use crate::text::validate;
use crate::{Config, Error, Traffic};

/// The inbound half of a connection: takes bytes, lends events, remembers *close received*.
///
/// As of [`crate::Reader`], the two steps of [`receive`](Self::receive) can be taken apart.
#[derive(Debug)]
pub struct Reader {
    version: Version,
    decoder: FrameDecoder,
    limit: usize,
    /// The text under way, or the one that was lent last.
    text: String,
    utf8: Utf8Decoder,
    /// How many bytes of the text under way have come.
    size: usize,
    ready: Ready,
    pub(super) close_received: bool,
    pub(super) peer_closed_first: bool,
    pub(super) failure: Option<Error>,
    /// A message came since the last tick.
    pub(super) activity: bool,
    pub(super) received: Traffic,
}

/// Which event stands ready.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Ready {
    Nothing,
    Text,
    /// A text that was lent and is done with.
    Delivered,
    Close,
}

impl Reader {
    pub(super) fn new(version: Version, config: &Config) -> Self {
        Self {
            version,
            // What is passed over takes no memory, but neither may it go on without end.
            decoder: FrameDecoder::new(version, config.max_message_size as u64),
            limit: config.max_message_size,
            text: String::new(),
            utf8: Utf8Decoder::new(),
            size: 0,
            ready: Ready::Nothing,
            close_received: false,
            peer_closed_first: false,
            failure: None,
            activity: false,
            received: Traffic::default(),
        }
    }

    /// Takes bytes off the front of `input` until the peer has done something; see
    /// [`Connection::receive`](super::Connection::receive).
    ///
    /// # Errors
    ///
    /// For text that is not UTF-8, and above a limit.
    pub fn receive(
        &mut self,
        input: &mut &mut [u8],
        writer: &mut Writer,
        out: &mut Vec<u8>,
    ) -> Result<Option<Event<'_>>, Error> {
        self.advance(input, writer, out)?;
        Ok(self.event())
    }

    /// The first step of [`receive`](Self::receive): takes bytes until an event stands ready, and
    /// tells whether one does.
    ///
    /// # Errors
    ///
    /// Those of [`receive`](Self::receive).
    pub fn advance(
        &mut self,
        input: &mut &mut [u8],
        writer: &mut Writer,
        out: &mut Vec<u8>,
    ) -> Result<bool, Error> {
        if let Ready::Text | Ready::Close = self.ready {
            return Ok(true);
        }
        self.forget_delivered();
        if self.is_over() || writer.has_ended() {
            self.drop_text();
        } else {
            if let Err(error) = self.find(input, writer, out) {
                *input = &mut [];
                return Err(self.fail(error, writer, out));
            }
            if self.ready != Ready::Nothing {
                return Ok(true);
            }
        }
        // Nothing after the end is interpreted.
        *input = &mut [];
        Ok(false)
    }

    /// The second step of [`receive`](Self::receive): lends the event that stands ready. `None`
    /// if none does.
    pub fn event(&mut self) -> Option<Event<'_>> {
        match self.ready {
            Ready::Text => {
                self.ready = Ready::Delivered;
                Some(Event::Text(&self.text))
            }
            Ready::Close => {
                self.ready = Ready::Nothing;
                Some(Event::Close)
            }
            Ready::Nothing | Ready::Delivered => None,
        }
    }

    /// Whether there is storage to join texts in.
    pub fn has_storage(&self) -> bool {
        self.text.capacity() > 0
    }

    /// Gives storage to join texts in, such as one that another connection no longer needs; what
    /// it holds is overwritten. Dropped if there [is some](Self::has_storage) already.
    pub fn give_storage(&mut self, mut storage: Vec<u8>) {
        if !self.has_storage() {
            storage.clear();
            self.text = String::from_utf8(storage).unwrap_or_default();
        }
    }

    /// Takes back the storage that texts are joined in, if none lies in it: an idle connection
    /// then holds none.
    pub fn take_storage(&mut self) -> Option<Vec<u8>> {
        self.forget_delivered();
        let in_use = self.ready == Ready::Text || self.size > 0;
        (!in_use).then(|| core::mem::take(&mut self.text).into_bytes())
    }

    /// Whether nothing more will come: the peer's Close has, or the connection failed.
    pub fn is_over(&self) -> bool {
        self.close_received || self.failure.is_some()
    }

    pub(super) fn receive_eof(&mut self, writer: &mut Writer) -> Result<(), Error> {
        if self.is_over() || writer.has_ended() {
            return Ok(());
        }
        if self.version == Version::Hixie75 && self.decoder.is_between_frames() {
            self.close_received = true;
            self.peer_closed_first = true;
            writer.close_sent = true;
            return Ok(());
        }
        Err(self.fail(Error::UnexpectedEof, writer, &mut Vec::new()))
    }

    /// Ends the connection: what the peer can be told goes to `out`, and nothing more is read.
    pub(super) fn fail(&mut self, error: Error, writer: &mut Writer, out: &mut Vec<u8>) -> Error {
        self.failure = Some(error);
        self.ready = Ready::Nothing;
        self.drop_text();
        writer.fail(&error, out);
        error
    }

    fn forget_delivered(&mut self) {
        if self.ready == Ready::Delivered {
            self.text.clear();
            self.ready = Ready::Nothing;
        }
    }

    fn drop_text(&mut self) {
        self.size = 0;
        self.text = String::new();
    }

    /// Takes frames until one of them makes an event.
    fn find(
        &mut self,
        input: &mut &mut [u8],
        writer: &mut Writer,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        while let Some(part) = self.decoder.decode(input)? {
            match part {
                FramePart::Text { last, payload, .. } => {
                    self.push(payload)?;
                    if last {
                        return self.finish();
                    }
                }
                FramePart::Close => {
                    self.close_received = true;
                    self.peer_closed_first = !writer.is_closed();
                    writer.answer_close(out);
                    self.ready = Ready::Close;
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Adds a part to the text under way.
    fn push(&mut self, part: &[u8]) -> Result<(), Error> {
        let room = self.limit.saturating_sub(self.size);
        // First what is within the limit: so the verdict does not depend on how the bytes came.
        // What is not UTF-8 fails as in RFC 6455 §8.1; hixie-76 would have had it replaced.
        let within = &part[..part.len().min(room)];
        let chunk = self.utf8.decode_with(within, validate)?;
        if part.len() > room {
            let limit = self.limit as u64;
            return Err(Error::MessageTooBig { limit });
        }
        let more = chunk.carried.map_or(0, char::len_utf8) + chunk.text.len();
        // A message within its limit may still be more than there is memory for.
        self.text
            .try_reserve(more)
            .map_err(|_| Error::OutOfMemory)?;
        self.text.extend(chunk.carried);
        self.text.push_str(chunk.text);
        self.size += part.len();
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Error> {
        self.utf8.finish()?;
        self.received.frame(self.size as u64);
        self.received.messages += 1;
        self.activity = true;
        self.size = 0;
        self.ready = Ready::Text;
        Ok(())
    }

    /// How much memory texts take.
    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.text.capacity()
    }
}

/// A length that does not end is one that no integer holds; one that is refused for its size is
/// a message too big, although it would be passed over.
impl From<FrameError> for Error {
    fn from(error: FrameError) -> Self {
        match error {
            FrameError::TooLong { limit } => Self::MessageTooBig { limit },
            _ => Self::Frame(ws_frame::FrameError::LengthOverflow),
        }
    }
}
