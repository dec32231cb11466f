//! One waker for two tasks.

use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Wake, Waker};

/// Which half a task polls.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Side {
    Receive,
    Send,
}

/// Wakes both halves.
///
/// Either half may cause reads *and* writes: the receiving one writes replies, the sending one
/// may find the transport broken. But the transport remembers one waker per direction, so
/// whichever half came last would take the other's place. It is always given this one instead.
#[derive(Debug, Default)]
pub(crate) struct Wakers([Mutex<Option<Waker>>; 2]);

impl Wakers {
    /// Notes the waker of one side, and gives the one for the transport.
    pub(crate) fn register(self: &Arc<Self>, side: Side, cx: &Context<'_>) -> Waker {
        let mut slot = self.0[side as usize]
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match &mut *slot {
            Some(waker) => waker.clone_from(cx.waker()),
            None => *slot = Some(cx.waker().clone()),
        }
        drop(slot);
        Waker::from(Arc::clone(self))
    }

    /// Wakes the task of one side, if it waits.
    pub(crate) fn wake_side(&self, side: Side) {
        let slot = &self.0[side as usize];
        let waker = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl Wake for Wakers {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.wake_side(Side::Receive);
        self.wake_side(Side::Send);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[derive(Default)]
    struct Counter(AtomicUsize);

    impl Wake for Counter {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn a05_a06_both_sides_wake_and_the_latest_waker_counts() {
        let wakers = Arc::new(Wakers::default());
        let [old, receive, send] = [(); 3].map(|()| Arc::<Counter>::default());
        for (side, task) in [
            (Side::Receive, &old),
            (Side::Receive, &receive),
            (Side::Send, &send),
        ] {
            let waker = Waker::from(Arc::clone(task));
            wakers.register(side, &Context::from_waker(&waker));
        }
        let transport = Waker::from(wakers);
        transport.wake_by_ref();
        transport.wake();
        let counts = [&old, &receive, &send].map(|task| task.0.load(Ordering::Relaxed));
        assert_eq!(counts, [0, 1, 1], "each once, the replaced one never");
    }
}
