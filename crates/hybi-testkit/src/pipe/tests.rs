//! Tests of the pipe: a stand-in for sockets must itself be above suspicion.

use super::*;
use alloc::task::Wake;
use alloc::vec;
use alloc::vec::Vec;
use core::future::Future;
use core::pin::pin;
use core::sync::atomic::{AtomicUsize, Ordering};
use core::task::Waker;
use std::io::ErrorKind;

use futures::executor::block_on;
use futures::future::join;
use futures::io::{AsyncReadExt, AsyncWriteExt};

const GOOD: fn() -> Behaviour = Behaviour::default;

#[derive(Default)]
struct Count(AtomicUsize);

impl Count {
    fn new() -> (Arc<Self>, Waker) {
        let count = Arc::new(Self::default());
        (Arc::clone(&count), Waker::from(count))
    }

    fn get(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

fn poll<F: Future>(waker: &Waker, future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(waker))
}

#[test]
fn bytes_pass_whatever_the_behaviour() {
    let behaviours = [
        GOOD(),
        GOOD().capacity(1),
        GOOD().capacity(5).max_read(3).max_write(2),
        GOOD().pending(Pending::Every(2)),
        GOOD().pending(Pending::Every(0)),
        GOOD().pending(Pending::Random(3)).max_read(1),
        GOOD().hold_until_flush().capacity(7),
    ];
    let sent: Vec<u8> = (0..=255).cycle().take(3000).collect();
    for behaviour in &behaviours {
        let (mut left, mut right) = pipe(behaviour.clone(), behaviour.clone());
        let (written, echoed) = (&sent, async {
            let mut seen = Vec::new();
            right.read_to_end(&mut seen).await.unwrap();
            right.write_all(&seen).await.unwrap();
            right.close().await.unwrap();
            seen
        });
        let echo = async {
            left.write_all(written).await.unwrap();
            left.close().await.unwrap();
            let mut back = Vec::new();
            left.read_to_end(&mut back).await.unwrap();
            back
        };
        let (back, seen) = block_on(join(echo, echoed));
        assert!(back == sent && seen == sent, "{behaviour:?}");
    }
}

#[test]
fn sizes_and_capacity_are_kept() {
    let (mut left, mut right) = pipe(GOOD().capacity(6).max_write(4), GOOD().max_read(3));
    let (count, waker) = Count::new();
    let written = |left: &mut Pipe| poll(&waker, left.write(b"abcdefgh")).map(Result::unwrap);
    assert_eq!(written(&mut left), Poll::Ready(4));
    assert_eq!(written(&mut left), Poll::Ready(2));
    assert_eq!(written(&mut left), Poll::Pending);
    assert_eq!((left.probe().unread(), count.get()), (6, 0));
    let mut buf = [0; 8];
    assert_eq!(block_on(right.read(&mut buf)).unwrap(), 3);
    assert_eq!((&buf[..3], count.get()), (&b"abc"[..], 1));
    assert_eq!(written(&mut left), Poll::Ready(3));
}

#[test]
fn a_duplex_has_the_same_room_both_ways() {
    let (mut left, mut right) = duplex(3);
    for end in [&mut left, &mut right] {
        assert_eq!(block_on(end.write(b"abcdef")).unwrap(), 3);
    }
}

#[test]
fn vectored_writes_are_cut_across_slices() {
    let (mut left, mut right) = pipe(GOOD().max_write(3), GOOD());
    let slices = [
        IoSlice::new(b"ab"),
        IoSlice::new(b""),
        IoSlice::new(b"cdef"),
    ];
    assert_eq!(block_on(left.write_vectored(&slices)).unwrap(), 3);
    assert_eq!(block_on(left.write_vectored(&slices[1..])).unwrap(), 3);
    drop(left);
    let mut seen = Vec::new();
    block_on(right.read_to_end(&mut seen)).unwrap();
    assert_eq!(seen, b"abccde");
}

#[test]
fn each_direction_remembers_the_last_waker_only() {
    let (mut left, mut right) = pipe(GOOD().capacity(1), GOOD());
    let ((first, one), (second, two), (writer, three)) = (Count::new(), Count::new(), Count::new());
    let mut buf = [0; 4];
    assert!(poll(&one, right.read(&mut buf)).is_pending());
    assert!(poll(&two, right.read(&mut buf)).is_pending());
    assert!(poll(&three, left.write(b"x")).is_ready());
    assert_eq!((first.get(), second.get()), (0, 1), "as a socket");
    assert!(poll(&three, left.write(b"y")).is_pending());
    assert!(poll(&two, right.read(&mut buf)).is_ready());
    assert_eq!(
        (second.get(), writer.get()),
        (1, 1),
        "the other direction has its own"
    );
}

#[test]
fn a_call_that_is_not_ready_wakes_its_task() {
    let (mut left, _right) = pipe(GOOD().pending(Pending::Every(3)), GOOD());
    let (count, waker) = Count::new();
    let ready: Vec<bool> = (0..7)
        .map(|_| poll(&waker, left.write(b"x")).is_ready())
        .collect();
    assert_eq!(ready, [true, true, false, true, true, false, true]);
    assert_eq!(count.get(), 2);
}

#[test]
fn random_readiness_repeats() {
    let ready = |seed| {
        let (mut left, _right) = pipe(GOOD().pending(Pending::Random(seed)), GOOD());
        let polls = (0..64).map(|_| poll(Waker::noop(), left.write(b"x")).is_ready());
        polls.collect::<Vec<_>>()
    };
    assert_eq!(ready(5), ready(5));
    assert_ne!(ready(5), ready(6));
    assert!((5..30).contains(&ready(5).iter().filter(|ready| !**ready).count()));
}

#[test]
fn half_close_ends_one_direction() {
    let (mut left, mut right) = pipe(GOOD(), GOOD());
    let mut seen = Vec::new();
    block_on(async {
        left.write_all(b"last words").await.unwrap();
        left.close().await.unwrap();
        assert_eq!(
            left.write(b"x").await.unwrap_err().kind(),
            ErrorKind::BrokenPipe
        );
        right.read_to_end(&mut seen).await.unwrap();
        assert_eq!(
            right.read(&mut [0]).await.unwrap(),
            0,
            "the end stays the end"
        );
        right.write_all(b"heard").await.unwrap();
        let mut answer = [0; 5];
        left.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"heard");
    });
    assert_eq!(seen, b"last words");
    assert!(left.probe().is_closed());
    assert!(!right.probe().is_closed());
}

#[test]
fn dropping_an_end_wakes_and_ends_the_other() {
    let (left, mut right) = pipe(GOOD(), GOOD().capacity(1));
    let (count, waker) = Count::new();
    let mut buf = [0; 4];
    assert!(poll(&waker, right.read(&mut buf)).is_pending());
    assert!(poll(&waker, right.write(b"x")).is_ready());
    assert!(poll(&waker, right.write(b"y")).is_pending());
    drop(left);
    assert_eq!(count.get(), 2, "reader and writer");
    assert_eq!(block_on(right.read(&mut buf)).unwrap(), 0);
    assert_eq!(
        block_on(right.write(b"y")).unwrap_err().kind(),
        ErrorKind::BrokenPipe
    );
}

#[test]
fn the_chosen_call_fails_and_only_that_one() {
    for call in 1..=4 {
        let error = Fault::Error(ErrorKind::Interrupted);
        let (mut left, mut right) = pipe(GOOD().fail_at(call, error), GOOD());
        block_on(right.write_all(b"x")).unwrap();
        let kinds = block_on(async {
            [
                left.write(b"x").await.map(|_| ()),
                left.flush().await,
                left.read(&mut [0]).await.map(|_| ()),
                left.close().await,
            ]
        })
        .map(|result| result.err().map(|error| error.kind()));
        let mut expected = [None; 4];
        expected[usize::try_from(call - 1).unwrap()] = Some(ErrorKind::Interrupted);
        assert_eq!(kinds, expected, "call {call}");
        let once = Statistics {
            reads: 1,
            writes: 1,
            flushes: 1,
            closes: 1,
        };
        assert_eq!((left.probe().statistics(), left.probe().calls()), (once, 4));
    }
}

#[test]
fn failures_may_last() {
    let (mut left, _right) = pipe(
        GOOD().fail_from(2, Fault::Error(ErrorKind::TimedOut)),
        GOOD(),
    );
    let results: Vec<bool> = (0..4).map(|_| block_on(left.write(b"x")).is_ok()).collect();
    assert_eq!(results, [true, false, false, false]);
}

#[test]
fn dishonest_answers_move_nothing() {
    for (fault, answer) in [(Fault::Zero, 0), (Fault::Overstated, 4)] {
        let (mut left, mut right) = pipe(GOOD().fail_at(1, fault), GOOD().fail_at(1, fault));
        assert_eq!(block_on(left.write(b"abc")).unwrap(), answer);
        assert_eq!(left.probe().unread(), 0);
        block_on(left.write_all(b"abc")).unwrap();
        assert_eq!(block_on(right.read(&mut [0; 3])).unwrap(), answer);
        assert_eq!(left.probe().unread(), 3);
    }
}

#[test]
fn a_forgotten_flush_shows() {
    let (mut left, mut right) = pipe(GOOD().hold_until_flush(), GOOD());
    let (count, waker) = Count::new();
    let mut buf = vec![0; 8];
    assert!(poll(&waker, right.read(&mut buf)).is_pending());
    block_on(left.write_all(b"abc")).unwrap();
    assert!(poll(&waker, right.read(&mut buf)).is_pending());
    assert_eq!(count.get(), 0);
    block_on(left.flush()).unwrap();
    assert_eq!(count.get(), 1);
    assert_eq!(block_on(right.read(&mut buf)).unwrap(), 3);
}

#[test]
fn a_reset_loses_what_was_under_way() {
    let (mut left, mut right) = pipe(GOOD(), GOOD());
    let (count, waker) = Count::new();
    let mut buf = [0; 4];
    assert!(poll(&waker, left.read(&mut buf)).is_pending());
    block_on(left.write_all(b"abc")).unwrap();
    right.probe().reset();
    assert_eq!(count.get(), 1);
    for end in [&mut left, &mut right] {
        let kinds = block_on(async {
            [
                end.read(&mut buf).await.map(|_| ()),
                end.write(b"x").await.map(|_| ()),
                end.flush().await,
                end.close().await,
            ]
        })
        .map(|result| result.map_err(|error| error.kind()));
        assert_eq!(kinds, [Err(ErrorKind::ConnectionReset); 4]);
    }
}

#[test]
fn a_severed_pipe_is_silent() {
    let (mut left, mut right) = pipe(GOOD().capacity(1), GOOD());
    let (writer, waker) = Count::new();
    assert!(poll(&waker, left.write(b"a")).is_ready());
    assert!(poll(&waker, left.write(b"b")).is_pending());
    left.probe().sever();
    assert_eq!(writer.get(), 1, "there is room where bytes are lost");
    assert_eq!(block_on(left.write(b"abc")).unwrap(), 3);
    block_on(left.close()).unwrap();
    drop(left);
    let mut buf = [0; 4];
    assert!(poll(Waker::noop(), right.read(&mut buf)).is_pending());
    assert!(poll(Waker::noop(), right.read(&mut [])).is_ready());
}

#[test]
fn a_change_wakes_who_waits() {
    let (mut left, _right) = pipe(GOOD().capacity(0), GOOD());
    let (count, waker) = Count::new();
    assert!(poll(&waker, left.write(b"x")).is_pending());
    left.probe().change(|behaviour| behaviour.capacity(8));
    assert_eq!(count.get(), 1);
    assert!(poll(&waker, left.write(b"x")).is_ready());
}

/// A waker whose last owner is the pipe, and which owns an end of that pipe: as a task does whose
/// executor is gone.
struct Owner(Mutex<Option<Pipe>>);

impl Wake for Owner {
    fn wake(self: Arc<Self>) {
        drop(self.0.lock().unwrap().take());
    }
}

#[test]
fn a_waker_may_come_back_to_the_pipe() {
    let (mut left, right) = pipe(GOOD(), GOOD());
    let probe = right.probe();
    let owner = Arc::new(Owner(Mutex::new(Some(right))));
    let waker = Waker::from(Arc::clone(&owner));
    let mut buf = [0; 4];
    let mut right = owner.0.lock().unwrap().take().unwrap();
    assert!(poll(&waker, right.read(&mut buf)).is_pending());
    *owner.0.lock().unwrap() = Some(right);
    drop((owner, waker));
    block_on(left.write_all(b"x")).unwrap();
    assert!(probe.is_closed(), "it was woken, and dropped its end");
}
