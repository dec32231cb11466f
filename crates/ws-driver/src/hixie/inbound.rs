//! Bytes to events.

use alloc::vec::Vec;

use ws_frame::hixie::{FrameError, FramePart};

use super::{Connection, Ready};
use crate::Error;
use crate::text::validate;

impl Connection {
    /// Takes frames until one of them makes an event.
    pub(super) fn find(&mut self, input: &mut &mut [u8], out: &mut Vec<u8>) -> Result<(), Error> {
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
                    if !self.close_sent {
                        self.closed_by = Some(self.peer());
                        self.send_close(out);
                    }
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
        self.statistics.received.frame(self.size as u64);
        self.statistics.received.messages += 1;
        self.activity = true;
        self.size = 0;
        self.ready = Ready::Text;
        Ok(())
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
