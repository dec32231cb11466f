//! Tasks on one thread and on virtual time.
//!
//! A test says when time passes; until then tasks run until each of them waits. A task that wakes
//! itself without end is an error, and so is one that waits for something that never comes: the
//! test sees that it is not done.

use core::cell::RefCell;
use core::future::Future;
use core::pin::Pin;
use core::sync::atomic::{AtomicBool, Ordering};
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Wake;

use ws_futures::{Instant, Timer};

/// More polls than this without a wait, and a task spins.
const MAX_POLLS: usize = 2_000_000;

thread_local! {
    static CLOCK: Clock = Clock::default();
}

/// A timer on this thread's virtual time: for `Options::timer`.
pub fn timer() -> Box<dyn Timer> {
    CLOCK.with(|clock| {
        let mut state = clock.lock();
        state.timers += 1;
        Box::new(VirtualTimer {
            clock: clock.clone(),
            id: state.timers,
        })
    })
}

/// The tasks of one test. The clock belongs to the thread, and each test has its own.
#[derive(Default)]
#[expect(missing_debug_implementations, reason = "futures have none")]
pub struct World {
    tasks: Vec<Running>,
}

struct Running {
    future: Pin<Box<dyn Future<Output = ()>>>,
    woken: Arc<Flag>,
}

impl World {
    /// No tasks yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a task; it runs with the next [`settle`](Self::settle).
    pub fn spawn<F: Future + 'static>(&mut self, future: F) -> Task<F::Output> {
        let result = Rc::new(RefCell::new(None));
        let task = Task(Rc::clone(&result));
        let future = Box::pin(async move {
            let output = future.await;
            *result.borrow_mut() = Some(output);
        });
        self.tasks.push(Running {
            future,
            woken: Arc::new(Flag(AtomicBool::new(true))),
        });
        task
    }

    /// Runs all tasks until each of them waits or is done.
    ///
    /// # Panics
    ///
    /// When one of them never waits.
    pub fn settle(&mut self) {
        for _ in 0..MAX_POLLS {
            let Some(at) = self.tasks.iter().position(|task| task.woken.take()) else {
                return;
            };
            let task = &mut self.tasks[at];
            let waker = Waker::from(Arc::clone(&task.woken));
            if task
                .future
                .as_mut()
                .poll(&mut Context::from_waker(&waker))
                .is_ready()
            {
                drop(self.tasks.remove(at));
            } else {
                // The others first, or one that wakes itself would starve them.
                self.tasks[at..].rotate_left(1);
            }
        }
        panic!("a task does not come to rest");
    }

    /// Runs one future to its end, and all other tasks beside it, on as much virtual time as it
    /// takes up to ten minutes.
    ///
    /// # Panics
    ///
    /// When it is not done by then.
    pub fn run<F: Future + 'static>(&mut self, future: F) -> F::Output {
        let task = self.spawn(future);
        self.settle();
        for _ in 0..600 {
            if let Some(output) = task.take() {
                return output;
            }
            self.advance(Duration::from_secs(1));
        }
        panic!("not done after ten minutes");
    }

    /// Lets time pass, and stops at each alarm on the way.
    pub fn advance(&mut self, by: Duration) {
        let clock = CLOCK.with(Clone::clone);
        let until = clock.now().saturating_add(by);
        loop {
            self.settle();
            let Some(at) = clock.next_alarm().filter(|at| *at <= until) else {
                break;
            };
            clock.set(at);
        }
        clock.set(until);
        self.settle();
    }

    /// Drops all tasks where they are.
    pub fn drop_tasks(&mut self) {
        self.tasks.clear();
    }
}

/// What a task gives when it is done.
#[derive(Debug)]
pub struct Task<T>(Rc<RefCell<Option<T>>>);

impl<T> Task<T> {
    /// Whether it is done, and its output has not been taken.
    pub fn is_done(&self) -> bool {
        self.0.borrow().is_some()
    }

    /// Its output, once.
    pub fn take(&self) -> Option<T> {
        self.0.borrow_mut().take()
    }
}

struct Flag(AtomicBool);

impl Flag {
    fn take(&self) -> bool {
        self.0.swap(false, Ordering::Relaxed)
    }
}

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[derive(Clone, Debug, Default)]
struct Clock(Arc<Mutex<Alarms>>);

#[derive(Debug, Default)]
struct Alarms {
    now: Duration,
    timers: u64,
    /// One per timer.
    waiting: BTreeMap<u64, (Instant, Waker)>,
}

impl Clock {
    fn now(&self) -> Instant {
        Instant::from_duration(self.lock().now)
    }

    fn next_alarm(&self) -> Option<Instant> {
        self.lock().waiting.values().map(|(at, _)| *at).min()
    }

    /// Sets the time and wakes who waited for it.
    fn set(&self, now: Instant) {
        let mut alarms = self.lock();
        alarms.now = now.since_epoch();
        let (due, waiting) = core::mem::take(&mut alarms.waiting)
            .into_iter()
            .partition(|(_, (at, _))| *at <= now);
        alarms.waiting = waiting;
        drop(alarms);
        let due: BTreeMap<u64, (Instant, Waker)> = due;
        for (_, waker) in due.into_values() {
            waker.wake();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Alarms> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug)]
struct VirtualTimer {
    clock: Clock,
    id: u64,
}

impl Timer for VirtualTimer {
    fn now(&mut self) -> Instant {
        self.clock.now()
    }

    fn poll_at(&mut self, cx: &mut Context<'_>, deadline: Instant) -> Poll<()> {
        if self.clock.now() >= deadline {
            return Poll::Ready(());
        }
        let waker = cx.waker().clone();
        let before = self.clock.lock().waiting.insert(self.id, (deadline, waker));
        drop(before);
        Poll::Pending
    }
}

impl Drop for VirtualTimer {
    fn drop(&mut self) {
        let before = self.clock.lock().waiting.remove(&self.id);
        drop(before);
    }
}
