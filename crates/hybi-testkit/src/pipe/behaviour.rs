//! What an end of a pipe does with a call: the settings, and the verdict on one call.

use core::task::Poll;
use std::io;

use crate::splits::Generator;

/// How one end of a pipe behaves: by default as a good socket with room for 64 KiB.
///
/// ```
/// use std::io::ErrorKind;
/// use hybi_testkit::pipe::{Behaviour, Fault, Pending};
///
/// // One byte at a time, every third call not ready, and the connection is gone at the 20th.
/// let behaviour = Behaviour::default()
///     .max_read(1)
///     .max_write(1)
///     .pending(Pending::Every(3))
///     .fail_from(20, Fault::Error(ErrorKind::ConnectionReset));
/// # let _ = behaviour;
/// ```
#[derive(Clone, Debug)]
pub struct Behaviour {
    pub(super) capacity: usize,
    pub(super) max_read: usize,
    pub(super) max_write: usize,
    pub(super) hold_until_flush: bool,
    pending: Pending,
    failure: Option<Failure>,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            capacity: 64 << 10,
            max_read: usize::MAX,
            max_write: usize::MAX,
            hold_until_flush: false,
            pending: Pending::Never,
            failure: None,
        }
    }
}

impl Behaviour {
    /// Bytes written by this end that may wait to be read; writes wait beyond that. With 0 every
    /// write waits: the peer has stopped reading.
    #[must_use]
    pub const fn capacity(mut self, bytes: usize) -> Self {
        self.capacity = bytes;
        self
    }

    /// Bytes that one call reads at most. Zero counts as one: reading nothing would be the end of
    /// the stream.
    #[must_use]
    pub const fn max_read(mut self, bytes: usize) -> Self {
        self.max_read = bytes;
        self
    }

    /// Bytes that one call writes at most, counted over all slices of a vectored write. Zero counts
    /// as one: a call that writes nothing is [`Fault::Zero`].
    #[must_use]
    pub const fn max_write(mut self, bytes: usize) -> Self {
        self.max_write = bytes;
        self
    }

    /// The other end sees what was written only after a flush or a close, as behind a buffering
    /// writer. It finds the forgotten flush.
    #[must_use]
    pub const fn hold_until_flush(mut self) -> Self {
        self.hold_until_flush = true;
        self
    }

    /// Which calls answer `Pending` without need. Such a call wakes its task at once.
    #[must_use]
    pub const fn pending(mut self, pending: Pending) -> Self {
        self.pending = pending;
        self
    }

    /// The call with this number fails, and only that one. The end's first call has number 1;
    /// reads, writes, flushes and closes count alike.
    #[must_use]
    pub const fn fail_at(mut self, call: u64, fault: Fault) -> Self {
        self.failure = Some(Failure {
            first: call,
            last: call,
            fault,
        });
        self
    }

    /// The call with this number fails, and each one after it.
    #[must_use]
    pub const fn fail_from(mut self, call: u64, fault: Fault) -> Self {
        self.failure = Some(Failure {
            first: call,
            last: u64::MAX,
            fault,
        });
        self
    }
}

/// Which calls answer `Pending` though they could go on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Pending {
    /// None.
    Never,
    /// Of each method's calls every so-many-th; so two methods that are called in turn cannot
    /// keep step with it. Zero and one count as two, since an end that is never ready would keep
    /// its task busy for ever.
    Every(u64),
    /// One call in four, chosen by this seed; the same seed chooses the same calls.
    Random(u64),
}

/// How a call fails.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Fault {
    /// With an error of this kind.
    Error(io::ErrorKind),
    /// A read or write answers that it moved no byte; a flush or close that it is done, though it
    /// did nothing.
    Zero,
    /// A read or write answers that it moved one byte more than it was given room for, which no
    /// honest stream does; a flush or close as with [`Fault::Zero`].
    Overstated,
}

#[derive(Clone, Copy, Debug)]
struct Failure {
    first: u64,
    last: u64,
    fault: Fault,
}

/// Decides call by call; all of its state is the generator.
#[derive(Debug)]
pub(super) struct Schedule(Generator);

impl Schedule {
    pub(super) const fn new(behaviour: &Behaviour) -> Self {
        Self(Generator(match behaviour.pending {
            Pending::Random(seed) => seed,
            Pending::Never | Pending::Every(_) => 0,
        }))
    }

    /// What becomes of a call, given its number among all of the end and among its method's.
    pub(super) fn verdict(&mut self, behaviour: &Behaviour, call: u64, of_method: u64) -> Verdict {
        if let Some(failure) = behaviour.failure
            && (failure.first..=failure.last).contains(&call)
        {
            return Verdict::Fail(failure.fault);
        }
        let pending = match behaviour.pending {
            Pending::Never => false,
            Pending::Every(n) => of_method.is_multiple_of(n.max(2)),
            Pending::Random(_) => self.0.below(4) == 0,
        };
        if pending {
            Verdict::Pending
        } else {
            Verdict::Proceed
        }
    }
}

/// What becomes of a call.
#[derive(Clone, Copy, Debug)]
pub(super) enum Verdict {
    Proceed,
    Pending,
    Fail(Fault),
}

impl Verdict {
    /// The answer of a call that does not proceed, given how to wake its task and what "nothing"
    /// and "too much" are for it.
    pub(super) fn answer<T>(
        self,
        wake: impl FnOnce(),
        nothing: T,
        too_much: T,
    ) -> Poll<io::Result<T>> {
        match self {
            Self::Pending => {
                wake();
                Poll::Pending
            }
            Self::Fail(Fault::Error(kind)) => Poll::Ready(Err(kind.into())),
            Self::Fail(Fault::Overstated) => Poll::Ready(Ok(too_much)),
            Self::Proceed | Self::Fail(Fault::Zero) => Poll::Ready(Ok(nothing)),
        }
    }
}
