//! One stream of events for any number of clients.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::task::Waker;
use std::time::Duration;

use ws_sse::{Broadcaster, EncodedEvent, Event, Misuse, Queue};

use crate::sse::EventStream;
use crate::sse::subscription::{Serving, Subscription};

/// One stream of events for any number of clients, who may come back. A clone is another handle on
/// the same.
///
/// It is a [`Broadcaster`] behind a lock, and wakes its subscribers. Each event is encoded once,
/// and written to all clients from where it lies. A client that does not read costs nothing but a
/// place in the ring; what becomes of it is said by its [`Queue`].
///
/// ```
/// use ws_futures::sse::{EncodedEvent, Event, Hub};
///
/// // At most 1000 events of 1 MiB together are kept for those who come back.
/// let hub = Hub::new(1000, 1 << 20)
///     .with_gap_notice(|_| EncodedEvent::new(&Event::new("").with_kind("reload")).ok());
/// hub.publish(&Event::new("kettle boils").with_id("1"))?;
/// # Ok::<(), ws_futures::sse::Misuse>(())
/// ```
///
/// In a server, for each request: `hub.serve(incoming.accept_events(&options).await?).await`.
#[derive(Clone)]
pub struct Hub {
    shared: Arc<Shared>,
    queue: Queue,
    notice: Option<Arc<Notice>>,
}

/// What is told to a client that has missed something.
type Notice = dyn Fn(Option<u64>) -> Option<EncodedEvent> + Send + Sync;

struct Shared {
    broadcaster: RwLock<Broadcaster>,
    waiting: Mutex<Waiting>,
}

/// Who is subscribed, and who of them waits to be woken.
#[derive(Default)]
struct Waiting {
    slots: Vec<Slot>,
    free: Vec<usize>,
    /// Empty; room for those who are being woken, to be used again.
    woken: Vec<Waker>,
}

enum Slot {
    Free,
    Taken(Option<Waker>),
}

impl Hub {
    /// A hub that keeps at most `max_events` events (at least one) of at most `max_bytes` bytes,
    /// ids included: for slow clients, and for those who come back.
    pub fn new(max_events: usize, max_bytes: usize) -> Self {
        Self {
            shared: Arc::new(Shared {
                broadcaster: RwLock::new(Broadcaster::new(max_events, max_bytes)),
                waiting: Mutex::default(),
            }),
            queue: Queue::default(),
            notice: None,
        }
    }

    /// The same hub, for clients that may be so far behind.
    #[must_use]
    pub const fn with_queue(mut self, queue: Queue) -> Self {
        self.queue = queue;
        self
    }

    /// The same hub, which tells those who have missed something so: `notice` makes an event of
    /// how many it were, `None` if nobody knows. Without one, they are told nothing.
    #[must_use]
    pub fn with_gap_notice(
        mut self,
        notice: impl Fn(Option<u64>) -> Option<EncodedEvent> + Send + Sync + 'static,
    ) -> Self {
        self.notice = Some(Arc::new(notice));
        self
    }

    /// Encodes an event, once, and makes it the next one of all subscribers. No two events should
    /// have the same id.
    ///
    /// # Errors
    ///
    /// Those of [`Broadcaster::publish`]. Nothing is published then.
    pub fn publish(&self, event: &Event<'_>) -> Result<(), Misuse> {
        // Encoded before anybody has to wait for it.
        self.publish_encoded(event.id, EncodedEvent::new(event)?)
    }

    /// Makes what is encoded already the next event of all subscribers; `id` is the one in it.
    ///
    /// # Errors
    ///
    /// Those of [`Broadcaster::publish_encoded`]. Nothing is published then.
    pub fn publish_encoded(&self, id: &str, event: EncodedEvent) -> Result<(), Misuse> {
        self.write().publish_encoded(id, event)?;
        self.wake();
        Ok(())
    }

    /// Ends the stream: clients get what is left for them, `retry` if it is set, and then the end, all
    /// that are not too slow by then. They will reconnect after that time; those who are not to come
    /// back have to be [stopped](crate::Incoming::stop_events) then. Closed once more, it stays as it
    /// is.
    pub fn close(&self, retry: Option<Duration>) {
        match retry {
            Some(retry) => self.write().close_with(EncodedEvent::retry(retry)),
            None => self.write().close(),
        }
        self.wake();
    }

    /// Whether the stream has ended.
    pub fn is_closed(&self) -> bool {
        self.read().is_closed()
    }

    /// How many subscribers there are.
    pub fn subscribers(&self) -> usize {
        let waiting = self.waiting();
        waiting.slots.len() - waiting.free.len()
    }

    /// A subscription to what is published from now on.
    pub fn subscribe(&self) -> Subscription {
        let subscriber = self.read().subscribe(self.queue);
        Subscription::new(self.clone(), subscriber)
    }

    /// A subscription to all events that are kept, and to what is published from now on.
    pub fn rewind(&self) -> Subscription {
        let subscriber = self.read().rewind(self.queue);
        Subscription::new(self.clone(), subscriber)
    }

    /// A subscription to what was published since the event with this id, and from now on; see
    /// [`Broadcaster::resume`].
    pub fn resume(&self, last_event_id: impl AsRef<[u8]>) -> Subscription {
        let subscriber = self.read().resume(last_event_id, self.queue);
        Subscription::new(self.clone(), subscriber)
    }

    /// Sends a client what it has missed since its last event, and what is published from now on,
    /// until one of them ends it. One that has seen no event gets the latter; see
    /// [`Broadcaster::resume`].
    pub fn serve<T>(&self, stream: EventStream<T>) -> Serving<T> {
        self.resume(stream.last_event_id()).serve(stream)
    }

    /// What is told to a client that has missed so many.
    pub(super) fn notice(&self, missed: Option<u64>) -> Option<EncodedEvent> {
        self.notice.as_ref().and_then(|notice| notice(missed))
    }

    pub(super) fn look<R>(&self, look: impl FnOnce(&Broadcaster) -> R) -> R {
        look(&self.read())
    }

    /// Takes a place among those who can be woken.
    pub(super) fn join(&self) -> usize {
        let mut waiting = self.waiting();
        let slot = Slot::Taken(None);
        if let Some(key) = waiting.free.pop() {
            waiting.slots[key] = slot;
            return key;
        }
        waiting.slots.push(slot);
        waiting.slots.len() - 1
    }

    pub(super) fn leave(&self, key: usize) {
        let mut waiting = self.waiting();
        let slot = std::mem::replace(&mut waiting.slots[key], Slot::Free);
        waiting.free.push(key);
        drop(waiting);
        // Outside of the lock: wakers are somebody else's code.
        drop(slot);
    }

    /// To be called before looking, so that nothing is missed between the two.
    pub(super) fn register(&self, key: usize, waker: &Waker) {
        let mut waiting = self.waiting();
        let Slot::Taken(slot) = &mut waiting.slots[key] else {
            return;
        };
        let before = match slot {
            Some(before) if before.will_wake(waker) => None,
            slot => slot.replace(waker.clone()),
        };
        drop(waiting);
        drop(before);
    }

    /// Wakes all who wait, those included that wait for a client to read: they have to find out
    /// whether they have become too slow.
    fn wake(&self) {
        let mut waiting = self.waiting();
        let mut woken = std::mem::take(&mut waiting.woken);
        woken.extend(waiting.slots.iter_mut().filter_map(|slot| match slot {
            Slot::Taken(waker) => waker.take(),
            Slot::Free => None,
        }));
        drop(waiting);
        // Outside of the lock: wakers are somebody else's code.
        woken.drain(..).for_each(Waker::wake);
        let mut waiting = self.waiting();
        // Another publisher may have made room of its own meanwhile.
        if waiting.woken.capacity() < woken.capacity() {
            waiting.woken = woken;
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Broadcaster> {
        let lock = &self.shared.broadcaster;
        lock.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Broadcaster> {
        let lock = &self.shared.broadcaster;
        lock.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Waiting> {
        let lock = &self.shared.waiting;
        lock.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Hub {
    /// Says how much there is, not what.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hub")
            .field("broadcaster", &*self.read())
            .field("queue", &self.queue)
            .field("subscribers", &self.subscribers())
            .finish_non_exhaustive()
    }
}
