//! Bytes to events, incrementally: WHATWG HTML §9.2.6.

mod block;
mod cut;
mod line;
mod text;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use memchr::memchr;

use crate::encoder;
use crate::error::{DecodeError, Misuse};
use crate::event::Event;
use crate::limits::Limits;
use block::Block;
use cut::Place;
use line::Field;

pub(crate) use block::Here;

/// Reads an event stream.
///
/// What it lends stays in the input as far as possible: an event that lies whole in it, with data
/// of one line, is not copied. Otherwise the parts gather in buffers that are used again.
/// Between events it holds the last event id and at most [`Limits::event`] and some KiB.
#[derive(Clone)]
pub struct Decoder {
    limits: Limits,
    place: Place,
    /// A line has ended in a CR at the very end of the input: a LF that follows is part of its end.
    after_cr: bool,
    /// The cut line, as far as it has to be held; see [`Place`].
    partial: Vec<u8>,
    /// How many bytes of the cut line there have been.
    len: usize,
    block: Block,
    /// The text of an event that was not UTF-8.
    replaced: [String; 2],
    last_event_id: String,
    retry: Option<Duration>,
    failed: Option<DecodeError>,
}

impl Decoder {
    /// A decoder that stands before the first byte of a stream, with no last event id.
    pub const fn new(limits: Limits) -> Self {
        Self {
            limits,
            place: Place::Bom,
            after_cr: false,
            partial: Vec::new(),
            len: 0,
            block: Block::new(),
            replaced: [String::new(), String::new()],
            last_event_id: String::new(),
            retry: None,
            failed: None,
        }
    }

    /// The same decoder with a last event id, such as one that an application has saved.
    ///
    /// # Errors
    ///
    /// [`Misuse::Id`] if there is a CR, LF or NUL in it, as no stream can set such an id.
    pub fn with_last_event_id(mut self, id: &str) -> Result<Self, Misuse> {
        encoder::check(id, Misuse::Id)?;
        self.last_event_id.clear();
        self.last_event_id.push_str(id);
        Ok(self)
    }

    /// Takes bytes off the front of `input`, up to the line end that completes an event.
    ///
    /// `None` means that all of `input` was taken and that no event is complete.
    ///
    /// A line end is complete with its CR, so an event is not held back until it is known whether
    /// a LF follows.
    ///
    /// # Errors
    ///
    /// Once it has failed it takes everything and fails the same way, until
    /// [`restart`](Self::restart).
    pub fn decode<'e, 'b: 'e>(
        &'e mut self,
        input: &mut &'b [u8],
    ) -> Result<Option<Event<'e>>, DecodeError> {
        let mut here = Here::default();
        Ok(if self.step(input, &mut here)? {
            Some(self.event(&here))
        } else {
            None
        })
    }

    /// Stands before the first byte of the next stream, after a reconnect.
    ///
    /// What was not complete is forgotten, an id in it too. The last event id stays: the standard
    /// can be read otherwise, but this is what browsers do and its tests demand
    /// (`format-field-id-2`). So does what the server said about `retry`.
    pub fn restart(&mut self) {
        self.place = Place::Bom;
        self.after_cr = false;
        self.partial.clear();
        self.block.clear();
        self.failed = None;
    }

    /// The last event id, which a client sends as `Last-Event-ID` when it reconnects, unless it
    /// is empty.
    ///
    /// An id counts from the blank line behind it on, even where there is no event.
    pub fn last_event_id(&self) -> &str {
        &self.last_event_id
    }

    /// How long to wait before reconnecting, as the server wants it: what the last valid field
    /// `retry` said. Any number is possible; [`Backoff`](crate::Backoff) bounds it.
    pub const fn retry(&self) -> Option<Duration> {
        self.retry
    }

    /// As [`decode`](Self::decode), but lends nothing yet: whether there is an
    /// [`event`](Self::event) now. So it can be called in a loop that lends from the decoder.
    pub(crate) fn step<'b>(
        &mut self,
        input: &mut &'b [u8],
        here: &mut Here<'b>,
    ) -> Result<bool, DecodeError> {
        let result = match self.failed {
            Some(error) => Err(error),
            None => self.read(input, here),
        };
        if let Err(error) = result {
            *input = &[];
            self.fail(error);
        }
        result
    }

    /// Reads lines until one completes an event (`true`) or the input ends.
    fn read<'b>(&mut self, input: &mut &'b [u8], here: &mut Here<'b>) -> Result<bool, DecodeError> {
        self.block.release();
        if self.replaced.iter().any(|text| !text.is_empty()) {
            self.replaced.iter_mut().for_each(text::relax);
        }
        if self.after_cr && !input.is_empty() {
            self.after_cr = false;
            *input = input.strip_prefix(b"\n").unwrap_or(input);
        }
        if self.place == Place::Bom {
            self.skip_bom(input);
        }
        if self.place != Place::Between {
            self.continue_line(input)?;
        }
        let mut rest = *input;
        while let Some(first) = rest.first() {
            let end = match first {
                b'\n' | b'\r' => Some(0),
                // Data is long, all else is short.
                b'd' => line::end(rest),
                _ => line::near_end(rest),
            };
            let Some(end) = end else { break };
            let line = self.take_line(&mut rest, end);
            match first {
                b'\n' | b'\r' => {
                    if self.blank_line(here) {
                        *input = rest;
                        return Ok(true);
                    }
                }
                b':' => self.admit(Field::Ignored, line.len(), 0)?,
                _ => match line::data(line) {
                    Some(value) => {
                        self.admit(Field::Data, line.len(), value.len())?;
                        self.block.data(value, here, &self.limits);
                        self.block.count(Field::Data, value.len());
                    }
                    None => self.line(line, here)?,
                },
            }
        }
        *input = rest;
        self.block.keep(here, &self.limits);
        if !input.is_empty() {
            self.place = Place::Name;
            self.len = 0;
            self.extend_line(input)?;
            *input = &[];
        }
        Ok(false)
    }

    /// Takes the bytes up to the line end there, and that too, off the front of `input`.
    #[inline]
    fn take_line<'b>(&mut self, input: &mut &'b [u8], end: usize) -> &'b [u8] {
        let (line, rest) = input.split_at(end);
        *input = match rest {
            [b'\r'] => {
                self.after_cr = true;
                &[]
            }
            [b'\r', b'\n', rest @ ..] | [_, rest @ ..] => rest,
            [] => &[],
        };
        line
    }

    /// A whole line; [`read`](Self::read) takes the usual ones itself.
    fn line<'b>(&mut self, line: &'b [u8], here: &mut Here<'b>) -> Result<(), DecodeError> {
        let (field, start) = line::split(line);
        let value = &line[start..];
        self.admit(field, line.len(), value.len())?;
        match field {
            // No colon, or cut: rare, so it may be copied.
            Field::Data => {
                self.block.keep(here, &self.limits);
                self.block.begin_data(&self.limits);
                self.block.extend_data(value, &self.limits);
            }
            Field::Event => here.kind = Some(value),
            // §9.2.6: an id with U+0000 is ignored.
            Field::Id if memchr(0, value).is_none() => here.id = Some(value),
            Field::Retry => self.retry = line::digits(value).or(self.retry),
            Field::Id | Field::Ignored => {}
        }
        self.block.count(field, value.len());
        Ok(())
    }

    /// Whether it completes an event.
    #[inline]
    fn blank_line(&mut self, here: &mut Here<'_>) -> bool {
        if self.block.size() == 0 {
            // Behind a comment, or another blank line.
            return false;
        }
        // §9.2.6: the id counts whether there is an event or not.
        if let Some(id) = self.block.id(here) {
            self.last_event_id.clear();
            text::append(id, &mut self.last_event_id);
        }
        self.block.end(here)
    }

    /// The event that [`step`](Self::step) has completed.
    pub(crate) fn event<'e, 'b: 'e>(&'e mut self, here: &Here<'b>) -> Event<'e> {
        let [kind, data] = &mut self.replaced;
        Event {
            kind: match here.kind.unwrap_or(&self.block.kind) {
                [] => Event::MESSAGE,
                bytes => text::decode(bytes, kind),
            },
            data: text::decode(here.data.unwrap_or(&self.block.data), data),
            id: &self.last_event_id,
        }
    }

    /// Whether a line may go on, of which `len` bytes are here and `value` of them its value.
    #[inline]
    fn admit(&self, field: Field, len: usize, value: usize) -> Result<(), DecodeError> {
        let held = if field.is_held() { value + 1 } else { 0 };
        let mut left = self.limits.event - self.block.size();
        if field == Field::Id {
            left = left.min(self.limits.id.saturating_add(1));
        }
        if len <= self.limits.line && held <= left {
            return Ok(());
        }
        // Both grow by one with each byte, so the greater excess is that of the limit which was
        // broken first. This way the error does not depend on how the bytes are cut.
        let line = len.saturating_sub(self.limits.line);
        Err(if held.saturating_sub(left) > line {
            DecodeError::EventTooLong
        } else {
            DecodeError::LineTooLong
        })
    }

    fn fail(&mut self, error: DecodeError) {
        self.failed = Some(error);
        self.partial = Vec::new();
        self.block = Block::new();
    }
}

impl fmt::Debug for Decoder {
    /// Says how much there is, not what.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder")
            .field("limits", &self.limits)
            .field("place", &self.place)
            .field("size", &self.block.size())
            .field("retry", &self.retry)
            .field("failed", &self.failed)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
