//! Where the parts of a message that did not come whole are joined.

use alloc::vec::Vec;

use crate::Error;

/// One flat buffer, grown as bytes arrive and never by what a header announces.
///
/// ```text
/// storage [ LEAD | message: filled bytes | stale ]
/// ```
///
/// All of it is initialised; what lies behind the message can be lent to be read into, and is
/// cleared only once.
#[derive(Debug, Default)]
pub(crate) struct Assembly {
    storage: Vec<u8>,
    filled: usize,
}

/// What is left free in front of a message.
///
/// Large storage often begins 16 bytes behind the start of a page, and what a kernel copies into
/// it, a payload behind its header, 14. Where the destination is that close behind the source,
/// modulo the page, AMD processors take six times as long for the copy (`rep movsb`): an echo of
/// 1 MiB cost 400 µs without these bytes, and 260 with them.
const LEAD: usize = 48;

impl Assembly {
    /// The least that is made room for when a large message is read into place.
    const STEP: usize = 64 << 10;

    /// What has been joined so far.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.storage[self.start()..self.end()]
    }

    /// Appends a part.
    pub(crate) fn push(&mut self, part: &[u8]) -> Result<(), Error> {
        if self.storage.len() < LEAD {
            self.grow(LEAD)?;
        }
        // Before: storage [ joined | stale ]          part [ a b c d ]
        // after:  storage [ joined   a b c d ]
        let end = self.end();
        let room = self.storage.len() - end;
        let (over, behind) = part.split_at(room.min(part.len()));
        self.storage[end..end + over.len()].copy_from_slice(over);
        if !behind.is_empty() {
            self.storage
                .try_reserve(behind.len())
                .map_err(|_| Error::OutOfMemory)?;
            self.storage.extend_from_slice(behind);
        }
        self.filled += part.len();
        Ok(())
    }

    /// Room to read up to `remaining` more bytes into, at least one if any remain.
    pub(crate) fn room(&mut self, remaining: usize) -> Result<&mut [u8], Error> {
        self.room_of(remaining, Self::STEP)
    }

    /// As `room`; if it must be made, of `least` bytes or as many as there are.
    pub(crate) fn room_of(&mut self, remaining: usize, least: usize) -> Result<&mut [u8], Error> {
        let used = LEAD + self.filled;
        if self.storage.len() <= used {
            // At most doubles what has really arrived.
            let more = remaining.min(self.filled.max(least));
            self.grow(used + more)?;
        }
        let end = used.saturating_add(remaining).min(self.storage.len());
        Ok(&mut self.storage[used..end])
    }

    /// The front of what [`room`](Self::room) lent, after `len` bytes were read into it.
    pub(crate) fn fresh(&mut self, len: usize) -> &mut [u8] {
        let start = self.end();
        let end = start.saturating_add(len).min(self.storage.len());
        &mut self.storage[start..end]
    }

    /// Makes `len` bytes of the room part of the message.
    pub(crate) fn commit(&mut self, len: usize) {
        self.filled += self.fresh(len).len();
    }

    /// Forgets the first `len` bytes of the message.
    pub(crate) fn drop_front(&mut self, len: usize) {
        let (start, end) = (self.start(), self.end());
        let from = start.saturating_add(len).min(end);
        self.storage.copy_within(from..end, start);
        self.filled = end - from;
    }

    /// Forgets the message and keeps the storage.
    pub(crate) fn clear(&mut self) {
        self.filled = 0;
    }

    /// Takes the storage out, empty of messages.
    pub(crate) fn take_storage(&mut self) -> Vec<u8> {
        self.filled = 0;
        core::mem::take(&mut self.storage)
    }

    /// Whether there is storage, in use or not.
    pub(crate) fn has_storage(&self) -> bool {
        self.storage.capacity() > 0
    }

    /// Uses `storage` from now on, unless there is some already.
    pub(crate) fn give_storage(&mut self, storage: Vec<u8>) {
        if !self.has_storage() {
            self.storage = storage;
        }
    }

    /// Where the message begins; there may be no storage yet.
    fn start(&self) -> usize {
        LEAD.min(self.storage.len())
    }

    /// Where the message ends.
    fn end(&self) -> usize {
        self.start() + self.filled
    }

    /// Makes the storage `len` bytes long, and no longer, unless there is not so much memory: a
    /// message within its limit may be more than that.
    fn grow(&mut self, len: usize) -> Result<(), Error> {
        let more = len.saturating_sub(self.storage.len());
        self.storage
            .try_reserve_exact(more)
            .map_err(|_| Error::OutOfMemory)?;
        self.storage.resize(len, 0);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn parts_are_joined_over_stale_storage() {
        let mut assembly = Assembly::default();
        assembly.give_storage(vec![9; 5]);
        for part in [&b"abc"[..], b"", b"defgh", b"i"] {
            assembly.push(part).unwrap();
        }
        assert_eq!(assembly.bytes(), b"abcdefghi");
        assembly.clear();
        assembly.push(b"xy").unwrap();
        assert_eq!(assembly.bytes(), b"xy");
        assert!(assembly.take_storage().capacity() >= 9);
        assert_eq!(assembly.bytes(), b"");
    }

    #[test]
    fn f10_room_grows_with_what_arrives() {
        let mut assembly = Assembly::default();
        assembly.push(&[1; 10]).unwrap();
        let announced = 16 << 20;
        assert_eq!(assembly.room(announced).unwrap().len(), 64 << 10);
        let mut total = 10;
        while total < 1 << 20 {
            let len = assembly.room(announced).unwrap().len();
            assert!(len <= total.max(64 << 10));
            assembly.fresh(len).fill(2);
            assembly.commit(len);
            total += len;
        }
        assert_eq!(assembly.bytes().len(), total);
        assert_eq!(assembly.bytes()[..11], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2]);
        assert_eq!(assembly.room(3).unwrap().len(), 3);
    }
}
