//! The last bytes of plain data of one direction: from which a codec is made anew.

use alloc::vec::Vec;

use super::WindowBits;

/// A ring that holds at most one window, and no more memory than there were bytes.
#[derive(Debug)]
pub(super) struct History {
    ring: Vec<u8>,
    /// Where the oldest byte is, once the ring is full.
    oldest: usize,
    window: WindowBits,
}

impl History {
    /// Nothing yet, without any memory.
    pub(super) const fn new(window: WindowBits) -> Self {
        Self {
            ring: Vec::new(),
            oldest: 0,
            window,
        }
    }

    /// Adds what follows; the oldest bytes beyond one window are forgotten.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        let size = self.window.size();
        let bytes = &bytes[bytes.len().saturating_sub(size)..];
        let (growth, rest) = bytes.split_at(bytes.len().min(size - self.ring.len()));
        self.grow(growth);
        // The ring is full where there is a rest: it takes the place of the oldest bytes.
        let (front, back) = rest.split_at(rest.len().min(size - self.oldest));
        self.ring[self.oldest..][..front.len()].copy_from_slice(front);
        self.ring[..back.len()].copy_from_slice(back);
        self.oldest = (self.oldest + rest.len()) % size;
    }

    /// All bytes, the oldest first.
    pub(super) fn parts(&self) -> [&[u8]; 2] {
        let (newer, older) = self.ring.split_at(self.oldest);
        [older, newer]
    }

    /// Forgets all bytes, but keeps their memory.
    #[cfg(feature = "zlib-rs")]
    pub(super) fn clear(&mut self) {
        self.ring.clear();
        self.oldest = 0;
    }

    /// Gives back the memory that holds no bytes.
    pub(super) fn shrink_to_fit(&mut self) {
        self.ring.shrink_to_fit();
    }

    /// How many bytes of heap this holds.
    pub(super) fn memory(&self) -> usize {
        self.ring.capacity()
    }

    /// Doubles the memory as a vector does, but never beyond one window.
    fn grow(&mut self, bytes: &[u8]) {
        let (len, capacity) = (self.ring.len() + bytes.len(), self.ring.capacity());
        if len > capacity {
            let wanted = len.max(capacity * 2).min(self.window.size());
            self.ring.reserve_exact(wanted - self.ring.len());
        }
        self.ring.extend_from_slice(bytes);
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    fn window(bits: u8) -> WindowBits {
        WindowBits::new(bits).unwrap()
    }

    #[test]
    fn it_holds_the_last_window_however_the_bytes_came() {
        let plain: Vec<u8> = (0..2000_u32).map(|i| (i % 251) as u8).collect();
        for bits in [8, 9, 10] {
            let size = window(bits).size();
            for step in [1, 2, 3, 7, 100, 255, 256, 257, 511, 512, 700, 1024, 2000] {
                let mut history = History::new(window(bits));
                let mut pushed = 0;
                for piece in plain.chunks(step) {
                    history.push(piece);
                    pushed += piece.len();
                    let expected = &plain[pushed.saturating_sub(size)..pushed];
                    assert_eq!(history.parts().concat(), expected, "{bits} {step} {pushed}");
                    assert!(history.memory() <= size);
                }
            }
        }
    }

    #[test]
    fn it_takes_memory_only_as_bytes_come() {
        let mut history = History::new(window(15));
        assert_eq!(history.memory(), 0);
        history.push(b"hello");
        assert!((5..100).contains(&history.memory()));
        history.shrink_to_fit();
        assert_eq!(history.memory(), 5);
        history.push(&Vec::from([0; 8]).repeat(5000));
        assert_eq!(history.memory(), 1 << 15);
    }
}
