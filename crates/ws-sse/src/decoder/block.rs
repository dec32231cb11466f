//! The fields since the last blank line: in the input as long as possible, in buffers otherwise.

use alloc::vec::Vec;

use super::line::Field;
use crate::limits::Limits;

/// What a buffer may keep when it is not in use, that of the data excepted.
pub(super) const SMALL: usize = 4096;

/// The fields that lie whole in the input. They are later than those in the [`Block`].
#[derive(Default)]
pub(crate) struct Here<'b> {
    pub(super) kind: Option<&'b [u8]>,
    /// The only line of data; a second one makes both move to the block.
    pub(super) data: Option<&'b [u8]>,
    pub(super) id: Option<&'b [u8]>,
}

/// The fields that had to be copied.
#[derive(Clone)]
pub(super) struct Block {
    pub(super) kind: Vec<u8>,
    /// The lines, with a LF between them.
    pub(super) data: Vec<u8>,
    id: Vec<u8>,
    /// There was a line of data, which may be empty.
    has_data: bool,
    has_id: bool,
    /// They have been given out in an event.
    is_lent: bool,
    /// What counts for [`Limits::event`].
    size: usize,
}

impl Block {
    pub(super) const fn new() -> Self {
        Self {
            kind: Vec::new(),
            data: Vec::new(),
            id: Vec::new(),
            has_data: false,
            has_id: false,
            is_lent: false,
            size: 0,
        }
    }

    pub(super) const fn size(&self) -> usize {
        self.size
    }

    /// A line has been taken.
    pub(super) const fn count(&mut self, field: Field, value: usize) {
        if field.is_held() {
            // Admitted before: not more than the limit.
            self.size += value + 1;
        }
    }

    /// A whole line of data.
    #[inline]
    pub(super) fn data<'b>(&mut self, value: &'b [u8], here: &mut Here<'b>, limits: &Limits) {
        if !self.has_data && here.data.is_none() {
            here.data = Some(value);
            return;
        }
        if let Some(first) = here.data.take() {
            self.begin_data(limits);
            self.extend_data(first, limits);
        }
        // As `begin_data` and `extend_data`, in one step.
        let more = value.len() + 1;
        if more > self.data.capacity() - self.data.len() {
            grow(&mut self.data, more, limits.event);
        }
        self.data.push(b'\n');
        self.data.extend_from_slice(value);
    }

    /// A line of data begins.
    #[inline]
    pub(super) fn begin_data(&mut self, limits: &Limits) {
        if self.has_data {
            append(&mut self.data, b"\n", limits.event);
        }
        self.has_data = true;
    }

    #[inline]
    pub(super) fn extend_data(&mut self, bytes: &[u8], limits: &Limits) {
        append(&mut self.data, bytes, limits.event);
    }

    /// Copies what lies in the input, because the input ends.
    pub(super) fn keep(&mut self, here: &mut Here<'_>, limits: &Limits) {
        if let Some(kind) = here.kind.take() {
            self.kind.clear();
            append(&mut self.kind, kind, limits.event);
        }
        if let Some(data) = here.data.take() {
            self.begin_data(limits);
            self.extend_data(data, limits);
        }
        if let Some(id) = here.id.take() {
            self.id.clear();
            append(&mut self.id, id, limits.event);
            self.has_id = true;
        }
    }

    /// The id that the block sets.
    pub(super) fn id<'a>(&'a self, here: &Here<'a>) -> Option<&'a [u8]> {
        here.id.or_else(|| self.has_id.then_some(&*self.id))
    }

    /// The blank line has come. Whether there is an event: §9.2.6, one without data is none.
    #[inline]
    pub(super) fn end(&mut self, here: &mut Here<'_>) -> bool {
        self.size = 0;
        here.id = None;
        if self.has_id {
            self.has_id = false;
            relax(&mut self.id);
        }
        let is_event = self.has_data || here.data.is_some();
        if is_event {
            self.is_lent = self.has_data || !self.kind.is_empty();
        } else {
            here.kind = None;
            relax(&mut self.kind);
        }
        is_event
    }

    /// Forgets what was given out, if anything was.
    #[inline]
    pub(super) fn release(&mut self) {
        if self.is_lent {
            self.is_lent = false;
            self.has_data = false;
            self.data.clear();
            relax(&mut self.kind);
        }
    }

    #[cfg(test)]
    pub(super) const fn capacity(&self) -> usize {
        self.kind.capacity() + self.data.capacity() + self.id.capacity()
    }

    /// Forgets everything, but keeps the buffers.
    pub(super) fn clear(&mut self) {
        self.kind.clear();
        self.data.clear();
        self.id.clear();
        self.has_data = false;
        self.has_id = false;
        self.is_lent = false;
        self.size = 0;
    }
}

/// Grows by what has arrived, by doubling, not beyond the limit.
#[inline]
pub(super) fn append(buffer: &mut Vec<u8>, bytes: &[u8], limit: usize) {
    if bytes.len() > buffer.capacity() - buffer.len() {
        grow(buffer, bytes.len(), limit);
    }
    buffer.extend_from_slice(bytes);
}

#[cold]
fn grow(buffer: &mut Vec<u8>, more: usize, limit: usize) {
    let len = buffer.len() + more;
    let capacity = len.max((buffer.capacity() * 2).min(limit));
    buffer.reserve_exact(capacity - buffer.len());
}

/// Clears a buffer, and gives it back if it has become large.
pub(super) fn relax(buffer: &mut Vec<u8>) {
    buffer.clear();
    if buffer.capacity() > SMALL {
        *buffer = Vec::new();
    }
}
