//! An in-memory byte stream that misbehaves on demand.
//!
//! [`pipe`] gives two ends. Each implements `AsyncRead` and `AsyncWrite` as a socket does: it
//! remembers the waker of the last task that waited for each direction, and no other. What an end
//! does is set by its [`Behaviour`]; a [`Probe`] changes it and looks at it while tasks own the end.
//!
//! ```
//! use futures::executor::block_on;
//! use futures::io::{AsyncReadExt, AsyncWriteExt};
//! use hybi_testkit::pipe::{Behaviour, pipe};
//!
//! let (mut left, mut right) = pipe(Behaviour::default().max_write(2), Behaviour::default());
//! block_on(async {
//!     assert_eq!(left.write(b"hello").await?, 2);
//!     left.close().await?;
//!     let mut seen = Vec::new();
//!     right.read_to_end(&mut seen).await?;
//!     assert_eq!(seen, b"he");
//!     right.write_all(b"still open").await
//! })
//! # .unwrap();
//! ```

mod behaviour;
mod half;

pub use behaviour::{Behaviour, Fault, Pending};

use alloc::sync::Arc;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::io::{self, IoSlice};
use std::sync::{Mutex, PoisonError};

use futures_io::{AsyncRead, AsyncWrite};

use behaviour::{Schedule, Verdict};
use half::{Half, Wakes};

/// Two ends: what is written to one is read from the other. Each has a behaviour of its own.
pub fn pipe(left: Behaviour, right: Behaviour) -> (Pipe, Pipe) {
    let shared = Arc::new(Mutex::new(Shared {
        halves: [Half::default(), Half::default()],
        ends: [End::new(left), End::new(right)],
    }));
    (
        Pipe(Probe {
            shared: Arc::clone(&shared),
            side: Side::Left,
        }),
        Pipe(Probe {
            shared,
            side: Side::Right,
        }),
    )
}

/// A [`pipe`] that behaves well, with room for `capacity` bytes each way.
pub fn duplex(capacity: usize) -> (Pipe, Pipe) {
    let behaviour = Behaviour::default().capacity(capacity);
    pipe(behaviour.clone(), behaviour)
}

/// One end of a [`pipe`].
///
/// Closing it ends its own direction only: the other end reads what is left and then the end of
/// the stream, and may go on writing. Dropping it ends both: what the other end writes from then
/// on fails with `BrokenPipe`.
#[derive(Debug)]
pub struct Pipe(Probe);

impl Pipe {
    /// A handle on this end that stays with the test when a task takes the end itself.
    pub fn probe(&self) -> Probe {
        self.0.clone()
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        self.0.with(|_, outgoing, incoming| {
            outgoing.end();
            incoming.abandon();
        });
    }
}

impl AsyncRead for Pipe {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        self.0.with(|end, outgoing, incoming| {
            end.statistics.reads += 1;
            match end.verdict(end.statistics.reads) {
                Verdict::Proceed => incoming.poll_read(cx, buf, end.behaviour.max_read),
                verdict => verdict.answer(
                    || outgoing.wake_also(cx.waker()),
                    0,
                    buf.len().saturating_add(1),
                ),
            }
        })
    }
}

impl AsyncWrite for Pipe {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(buf)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.0.with(|end, outgoing, _| {
            end.statistics.writes += 1;
            match end.verdict(end.statistics.writes) {
                Verdict::Proceed => outgoing.poll_write(cx, bufs, &end.behaviour),
                verdict => {
                    let offered = bufs.iter().map(|buf| buf.len()).sum::<usize>();
                    verdict.answer(
                        || outgoing.wake_also(cx.waker()),
                        0,
                        offered.saturating_add(1),
                    )
                }
            }
        })
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.with(|end, outgoing, _| {
            end.statistics.flushes += 1;
            match end.verdict(end.statistics.flushes) {
                Verdict::Proceed => outgoing.flush(),
                verdict => verdict.answer(|| outgoing.wake_also(cx.waker()), (), ()),
            }
        })
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.with(|end, outgoing, _| {
            end.statistics.closes += 1;
            match end.verdict(end.statistics.closes) {
                Verdict::Proceed => outgoing.close(),
                verdict => verdict.answer(|| outgoing.wake_also(cx.waker()), (), ()),
            }
        })
    }
}

/// A handle on one end of a [`pipe`]: what it has done, and what it shall do.
#[derive(Clone, Debug)]
pub struct Probe {
    shared: Arc<Mutex<Shared>>,
    side: Side,
}

impl Probe {
    /// How often each of the end's methods was called.
    pub fn statistics(&self) -> Statistics {
        self.with(|end, _, _| end.statistics)
    }

    /// Calls of all kinds so far: what [`Behaviour::fail_at`] counts.
    pub fn calls(&self) -> u64 {
        self.statistics().calls()
    }

    /// Changes the behaviour from the next call on, and wakes whoever waits for this end: a wider
    /// capacity may be what it waits for.
    pub fn change(&self, change: impl FnOnce(Behaviour) -> Behaviour) {
        let behaviour = change(self.with(|end, _, _| end.behaviour.clone()));
        self.with(|end, outgoing, incoming| {
            end.set(behaviour);
            outgoing.wake_writer();
            incoming.wake_reader();
        });
    }

    /// Bytes that this end has written and the other end has not read yet.
    pub fn unread(&self) -> usize {
        self.with(|_, outgoing, _| outgoing.len())
    }

    /// Whether this end was closed or dropped: it writes no more.
    pub fn is_closed(&self) -> bool {
        self.with(|_, outgoing, _| outgoing.is_ended())
    }

    /// Breaks the connection as a reset does: both ends fail with `ConnectionReset` from now on,
    /// and what was not read yet is lost.
    pub fn reset(&self) {
        self.with(|_, outgoing, incoming| {
            outgoing.reset();
            incoming.reset();
        });
    }

    /// Pulls the cable: what either end writes is taken and lost, and neither end ever hears of it.
    pub fn sever(&self) {
        self.with(|_, outgoing, incoming| {
            outgoing.sever();
            incoming.sever();
        });
    }

    /// Runs `f` on the end, the half it writes to and the half it reads from; then, with the lock
    /// given back, wakes whom that concerns.
    fn with<R>(&self, f: impl FnOnce(&mut End, &mut Half, &mut Half) -> R) -> R {
        // A test that panicked elsewhere shall fail for its own reason, not for this lock.
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let Shared {
            halves: [left, right],
            ends: [first, second],
        } = &mut *shared;
        let answer = match self.side {
            Side::Left => f(first, left, right),
            Side::Right => f(second, right, left),
        };
        let wakes = [left.take_wakes(), right.take_wakes()];
        drop(shared);
        wakes.into_iter().for_each(Wakes::wake);
        answer
    }
}

/// How often each method of an end was called. Calls that were not ready or failed count as well.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Statistics {
    /// Calls of `poll_read`.
    pub reads: u64,
    /// Calls of `poll_write` and `poll_write_vectored`.
    pub writes: u64,
    /// Calls of `poll_flush`.
    pub flushes: u64,
    /// Calls of `poll_close`.
    pub closes: u64,
}

impl Statistics {
    /// Calls of all kinds.
    pub const fn calls(&self) -> u64 {
        self.reads + self.writes + self.flushes + self.closes
    }
}

#[derive(Clone, Copy, Debug)]
enum Side {
    Left,
    Right,
}

/// Left first: what the left end writes, and the left end.
#[derive(Debug)]
struct Shared {
    halves: [Half; 2],
    ends: [End; 2],
}

#[derive(Debug)]
struct End {
    behaviour: Behaviour,
    schedule: Schedule,
    statistics: Statistics,
}

impl End {
    fn new(behaviour: Behaviour) -> Self {
        let schedule = Schedule::new(&behaviour);
        Self {
            behaviour,
            schedule,
            statistics: Statistics::default(),
        }
    }

    fn set(&mut self, behaviour: Behaviour) {
        self.schedule = Schedule::new(&behaviour);
        self.behaviour = behaviour;
    }

    fn verdict(&mut self, of_method: u64) -> Verdict {
        let calls = self.statistics.calls();
        self.schedule.verdict(&self.behaviour, calls, of_method)
    }
}

#[cfg(test)]
mod tests;
