//! Texts that come in pieces.

use alloc::string::String;
use alloc::vec::Vec;

use ws_frame::Utf8Decoder;

use super::Writer;
use crate::Misuse;
use crate::text::validate;

/// A text on its way out in pieces, which are gathered and sent when it is finished.
///
/// These versions could send the pieces as they come, but not take them back: a text that our
/// Close cuts off would look like a whole one to the peer. So it takes as much memory as a text
/// that is received, and has the same limit,
/// [`max_message_size`](crate::Config::max_message_size).
///
/// Dropping this leaves the text unfinished: [`Writer::resume`] goes on with it, and until it is
/// finished no other can be sent.
#[derive(Debug)]
pub struct Outgoing<'w> {
    pub(super) writer: &'w mut Writer,
}

/// What there is of it.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    text: String,
    utf8: Utf8Decoder,
    /// How many bytes have come, those of a code point that is cut included.
    size: usize,
}

impl Outgoing<'_> {
    /// Adds a piece, which may be cut anywhere, even inside a code point.
    ///
    /// # Errors
    ///
    /// If `piece` cannot continue the text as UTF-8; then it is not added, and another may be
    /// tried. [`Misuse::Unsupported`] if the text becomes larger than its limit.
    pub fn write(&mut self, piece: &[u8]) -> Result<(), Misuse> {
        self.gather(piece, false)
    }

    /// Adds the last piece, which may be empty, and appends the text to `out`.
    ///
    /// # Errors
    ///
    /// Those of [`write`](Self::write), and if the text ends inside a code point.
    pub fn finish(mut self, piece: &[u8], out: &mut Vec<u8>) -> Result<(), Misuse> {
        self.gather(piece, true)?;
        match self.writer.gathered.take() {
            Some(gathered) => self.writer.send(&gathered.text, out),
            None => Err(Misuse::SendAfterClose),
        }
    }

    fn gather(&mut self, piece: &[u8], last: bool) -> Result<(), Misuse> {
        let limit = self.writer.limit;
        let Some(gathered) = &mut self.writer.gathered else {
            return Err(Misuse::SendAfterClose);
        };
        let size = gathered.size.saturating_add(piece.len());
        if size > limit {
            return Err(Misuse::Unsupported);
        }
        let mut utf8 = gathered.utf8;
        let Ok(chunk) = utf8.decode_with(piece, validate) else {
            return Err(Misuse::InvalidUtf8);
        };
        if last && utf8.finish().is_err() {
            return Err(Misuse::InvalidUtf8);
        }
        gathered.text.extend(chunk.carried);
        gathered.text.push_str(chunk.text);
        (gathered.utf8, gathered.size) = (utf8, size);
        Ok(())
    }
}
