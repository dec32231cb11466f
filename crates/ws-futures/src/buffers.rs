//! Buffers that are leased while there is something in them, so that idle connections own none.

use std::cell::RefCell;

/// What one thread keeps for the next connection that has something to do.
#[derive(Debug, Default)]
struct Pool {
    /// Of [`READ_LEN`] bytes each.
    reads: Vec<Vec<u8>>,
    /// Of any capacity, for messages and output.
    spares: Vec<Vec<u8>>,
    /// The capacity of all spares.
    spare_bytes: usize,
}

/// How much is read at once.
pub(crate) const READ_LEN: usize = 64 << 10;
/// At most this many of either kind are kept by a thread.
const MAX_KEPT: usize = 16;
/// At most this much capacity is kept in spares by a thread, in bytes.
const MAX_SPARE_BYTES: usize = 8 << 20;

thread_local! {
    static POOL: RefCell<Pool> = RefCell::default();
}

/// A buffer to read into, all of it initialised.
pub(crate) fn lease_read() -> Vec<u8> {
    POOL.with_borrow_mut(|pool| pool.reads.pop())
        .unwrap_or_else(|| vec![0; READ_LEN])
}

/// Gives a read buffer back.
pub(crate) fn return_read(buffer: Vec<u8>) {
    if buffer.len() != READ_LEN {
        return;
    }
    POOL.with_borrow_mut(|pool| {
        if pool.reads.len() < MAX_KEPT {
            pool.reads.push(buffer);
        }
    });
}

/// Storage of any capacity, perhaps none.
pub(crate) fn lease_spare() -> Vec<u8> {
    POOL.with_borrow_mut(|pool| {
        let spare = pool.spares.pop().unwrap_or_default();
        pool.spare_bytes -= spare.capacity();
        spare
    })
}

/// Gives storage back.
pub(crate) fn return_spare(spare: Vec<u8>) {
    let capacity = spare.capacity();
    if capacity == 0 {
        return;
    }
    POOL.with_borrow_mut(|pool| {
        if pool.spares.len() < MAX_KEPT && pool.spare_bytes + capacity <= MAX_SPARE_BYTES {
            pool.spare_bytes += capacity;
            pool.spares.push(spare);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_keeps_a_bounded_number_and_capacity() {
        for _ in 0..2 * MAX_KEPT {
            return_read(vec![0; READ_LEN]);
            return_spare(Vec::with_capacity(1 << 20));
        }
        return_read(vec![0; 1]);
        POOL.with_borrow(|pool| {
            assert_eq!(pool.reads.len(), MAX_KEPT);
            assert!(pool.spare_bytes <= MAX_SPARE_BYTES);
            let bytes: usize = pool.spares.iter().map(Vec::capacity).sum();
            assert_eq!(bytes, pool.spare_bytes);
        });
        assert_eq!(lease_read().len(), READ_LEN);
        let spare = lease_spare();
        assert!(spare.capacity() >= 1 << 20);
        let kept = POOL.with_borrow(|pool| pool.spare_bytes);
        return_spare(spare);
        assert!(POOL.with_borrow(|pool| pool.spare_bytes) > kept);
    }
}
