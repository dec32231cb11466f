//! Buffers that are leased while there is something in them, so that idle connections own none.

use std::cell::RefCell;

/// What one thread keeps for the next connection that has something to do.
#[derive(Debug, Default)]
struct Pool {
    /// Of [`READ_LEN`] bytes each, all of them initialised.
    reads: Vec<Vec<u8>>,
    /// Of any capacity, for what is to be written and for messages that do not come whole.
    spares: [Vec<Vec<u8>>; 2],
    /// The capacity of all spares, in bytes.
    spare_bytes: usize,
}

/// What a spare is for. Kept apart, so that each is soon as large as it needs to be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Spare {
    Output,
    Storage,
}

/// How much is read at once: a message of 64 KiB with its header, or four of 16 KiB.
pub(crate) const READ_LEN: usize = 128 << 10;
/// At most this many of each are kept by a thread.
const MAX_KEPT: usize = 16;
/// At most this much capacity is kept in spares by a thread, in bytes.
const MAX_SPARE_BYTES: usize = 8 << 20;

thread_local! {
    static POOL: RefCell<Pool> = RefCell::default();
}

/// A buffer to read into, all of it initialised.
pub(crate) fn lease_read() -> Vec<u8> {
    with_pool(|pool| pool.reads.pop())
        .flatten()
        .unwrap_or_else(|| vec![0; READ_LEN])
}

/// Gives a read buffer back.
pub(crate) fn return_read(buffer: Vec<u8>) {
    if buffer.len() != READ_LEN {
        return;
    }
    with_pool(|pool| {
        if pool.reads.len() < MAX_KEPT {
            pool.reads.push(buffer);
        }
    });
}

/// Storage of any capacity, perhaps none.
pub(crate) fn lease_spare(purpose: Spare) -> Vec<u8> {
    let spare = with_pool(|pool| {
        let spare = pool.spares[purpose as usize].pop()?;
        pool.spare_bytes -= spare.capacity();
        Some(spare)
    });
    spare.flatten().unwrap_or_default()
}

/// Gives storage back.
pub(crate) fn return_spare(purpose: Spare, spare: Vec<u8>) {
    let capacity = spare.capacity();
    if capacity == 0 {
        return;
    }
    with_pool(|pool| {
        let kept = &mut pool.spares[purpose as usize];
        if kept.len() < MAX_KEPT && pool.spare_bytes + capacity <= MAX_SPARE_BYTES {
            pool.spare_bytes += capacity;
            kept.push(spare);
        }
    });
}

/// `None` while the thread ends and its pool is gone.
fn with_pool<R>(f: impl FnOnce(&mut Pool) -> R) -> Option<R> {
    POOL.try_with(|pool| pool.try_borrow_mut().ok().map(|mut pool| f(&mut pool)))
        .ok()
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_keeps_a_bounded_number_and_capacity() {
        for _ in 0..2 * MAX_KEPT {
            return_read(vec![0; READ_LEN]);
            return_spare(Spare::Output, Vec::with_capacity(1 << 20));
            return_spare(Spare::Storage, Vec::with_capacity(1));
        }
        return_read(vec![0; 1]);
        with_pool(|pool| {
            assert_eq!(pool.reads.len(), MAX_KEPT);
            assert!(pool.spare_bytes <= MAX_SPARE_BYTES);
            let bytes: usize = pool.spares.iter().flatten().map(Vec::capacity).sum();
            assert_eq!(bytes, pool.spare_bytes);
        })
        .unwrap();
        assert_eq!(lease_read().len(), READ_LEN);
        let spare = lease_spare(Spare::Output);
        assert!(spare.capacity() >= 1 << 20);
        let kept = with_pool(|pool| pool.spare_bytes);
        return_spare(Spare::Output, spare);
        assert!(with_pool(|pool| pool.spare_bytes) > kept);
    }
}
