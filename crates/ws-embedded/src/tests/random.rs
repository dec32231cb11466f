//! Random calls, each of which is polled a few times and then dropped. What leaves is whole frames,
//! in the order of the calls, and what comes is seen once.

use futures::executor::block_on;
use hybi_testkit::pipe::{Behaviour, Pending, pipe};
use hybi_testkit::wire::{Frame, concat};
use proptest::prelude::*;

use super::*;
use crate::{End, Error, Misuse, WebSocket};

const TX: usize = 150;

#[derive(Clone, Copy, Debug)]
enum Call {
    Receive,
    Echo,
    Send(usize),
    Feed(usize),
    Fragment(usize, bool),
    Ping,
    Pong,
    Flush,
}

fn any_call() -> impl Strategy<Value = Call> {
    // Mostly what fits into the buffer.
    let len = || prop_oneof![6 => 0..=TX - 14, 1 => 0..400_usize];
    prop_oneof![
        4 => Just(Call::Receive),
        2 => Just(Call::Echo),
        2 => len().prop_map(Call::Send),
        2 => len().prop_map(Call::Feed),
        2 => (len(), any::<bool>()).prop_map(|(len, last)| Call::Fragment(len, last)),
        1 => Just(Call::Ping),
        1 => Just(Call::Pong),
        2 => Just(Call::Flush),
    ]
}

/// What a call that was polled so often has come to.
fn polls<F: Future>(future: F, count: usize) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut cx = Context::from_waker(Waker::noop());
    (0..count).find_map(|_| match future.as_mut().poll(&mut cx) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    })
}

/// What becomes of the frames that we send.
#[derive(Default)]
struct Ledger {
    /// In the order in which they leave, and whether they have to.
    frames: Vec<(Frame, bool)>,
    /// The kind of a message in fragments has been said.
    is_fragmented: bool,
    /// A longer message was dropped, perhaps in its middle; what is sent later tells.
    interrupted: bool,
    /// The peer has closed.
    is_closed: bool,
}

impl Ledger {
    /// Notes a call that sends `frame`.
    fn note(&mut self, frame: Frame, is_decided: bool, done: Option<Result<(), Error<ErrorKind>>>) {
        let fits = frame.payload().len() + 14 <= TX;
        match done {
            Some(Ok(())) => {
                self.interrupted = false;
                if frame.opcode() < 3 {
                    self.is_fragmented = !frame.is_fin();
                }
                self.frames.push((frame, true));
            }
            Some(Err(Error::Misuse(Misuse::Interrupted))) => assert!(self.interrupted),
            Some(Err(Error::Misuse(Misuse::SendAfterClose))) => assert!(self.is_closed),
            Some(Err(Error::Misuse(Misuse::MessageInProgress))) => assert!(self.is_fragmented),
            Some(Err(error)) => panic!("{error}"),
            // Dropped: where nothing but room was waited for, it was not begun.
            None if !fits => {
                self.interrupted |= !self.is_refused(&frame);
                self.frames.push((frame, false));
            }
            None if is_decided => self.frames.push((frame, false)),
            None => {}
        }
    }

    fn is_refused(&self, frame: &Frame) -> bool {
        self.is_fragmented && matches!(frame.opcode(), 1 | 2)
    }

    /// Compares with what has arrived.
    fn check(&self, mut arrived: &[u8], mut pings: vec::IntoIter<Frame>) {
        let mut expected = self.frames.iter();
        while let Some(frame) = Frame::read(&mut arrived) {
            let frame = frame.unmasked();
            // Answers are told by their payload.
            if frame.opcode() == 8 || frame.opcode() == 10 && frame.payload().starts_with(b"?") {
                assert_eq!(pings.next(), Some(frame));
                continue;
            }
            loop {
                let (next, must) = expected.next().expect("sent twice, or out of order");
                if *next == frame {
                    break;
                }
                assert!(!must, "lost: {next:?} before {frame:?}");
            }
        }
        if self.interrupted {
            return;
        }
        assert_eq!(arrived, b"", "half a frame");
        assert_eq!(pings.next(), None, "not answered");
        assert!(expected.all(|(_, must)| !must), "lost at the end");
    }
}

fn program<E: End>(
    mut socket: WebSocket<'static, Io, E>,
    far: &mut Pipe,
    calls: &[(Call, usize)],
    incoming: &[Frame],
) {
    let mut ledger = Ledger::default();
    let (mut arrivals, mut seen) = (Vec::new(), Vec::new());
    let mut is_over = false;
    for (number, &(call, count)) in calls.iter().enumerate() {
        let payload = |len: usize| {
            let mut payload = std::format!("{number}:").into_bytes();
            payload.resize(len.max(payload.len()), b'x');
            payload
        };
        match call {
            _ if is_over => break,
            Call::Receive => match polls(socket.receive(), count) {
                Some(Ok(Some(event))) => seen.push(Seen::from(event)),
                Some(Ok(None)) => is_over = true,
                Some(Err(error)) => panic!("{error}"),
                None => {}
            },
            Call::Echo => match polls(socket.exchange(), count) {
                Some(Ok(Some((event, mut outbox)))) => {
                    if let Event::Message(message) = event {
                        let fed = polls(outbox.feed(message), count);
                        let frame = Frame::binary(message.as_bytes());
                        ledger.note(frame, false, fed);
                    }
                    seen.push(Seen::from(event));
                }
                Some(Ok(None)) => is_over = true,
                Some(Err(error)) => panic!("{error}"),
                None => {}
            },
            Call::Send(len) => {
                let payload = payload(len);
                let sent = polls(socket.send(&payload[..]), count);
                ledger.note(Frame::binary(&payload), true, sent);
            }
            Call::Feed(len) => {
                let payload = payload(len);
                let fed = polls(socket.feed(&payload[..]), count);
                ledger.note(Frame::binary(&payload), false, fed);
            }
            Call::Fragment(len, last) => {
                let payload = payload(len);
                let opcode = if ledger.is_fragmented { 0 } else { 2 };
                let frame = Frame::new(opcode, &payload);
                let frame = if last { frame } else { frame.fragment() };
                let fed = polls(socket.feed_fragment(&payload[..], last), count);
                ledger.note(frame, false, fed);
            }
            Call::Ping => {
                let sent = polls(socket.ping(&payload(0)), count);
                ledger.note(Frame::ping(payload(0)), true, sent);
            }
            Call::Pong => {
                let sent = polls(socket.outbox().pong(&payload(0)), count);
                ledger.note(Frame::pong(payload(0)), true, sent);
            }
            Call::Flush => {
                if let Some(flushed) = polls(socket.flush(), count) {
                    flushed.unwrap();
                }
            }
        }
        ledger.is_closed = matches!(seen.last(), Some(Seen::Close(_)));
        arrivals.extend(arrived(far));
    }
    hasty(|| {
        let polled = once(socket.receive()).map(|event| event.unwrap().map(Seen::from));
        arrivals.extend(arrived(far));
        match polled {
            Poll::Ready(Some(event)) => {
                seen.push(event);
                Poll::Pending
            }
            Poll::Ready(None) => Poll::Ready(()),
            Poll::Pending => Poll::Pending,
        }
    });
    arrivals.extend(arrived(far));
    let expected: Vec<Seen> = incoming.iter().map(seen_of).collect();
    assert_eq!(seen, expected);
    let answers: Vec<Frame> = incoming
        .iter()
        .filter_map(|frame| match frame.opcode() {
            9 => Some(Frame::pong(frame.payload())),
            8 => Some(Frame::new(8, &frame.payload()[..2])),
            _ => None,
        })
        .collect();
    ledger.check(&arrivals, answers.into_iter());
}

fn seen_of(frame: &Frame) -> Seen {
    match frame.opcode() {
        9 => Seen::Ping(frame.payload().into()),
        8 => closed(3000, "bye"),
        _ => binary(frame.payload()),
    }
}

fn any_incoming() -> impl Strategy<Value = Frame> {
    prop_oneof![
        2 => (0..100_u8).prop_map(|len| Frame::binary(vec![b'y'; len.into()])),
        1 => (0..100_u8).prop_map(|len| Frame::ping([b"?", &vec![len; len.into()][..]].concat())),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn what_is_dropped_breaks_nothing(
        calls in prop::collection::vec((any_call(), 1..12_usize), 0..60),
        mut incoming in prop::collection::vec(any_incoming(), 0..12),
        is_server in any::<bool>(),
        flushes in any::<bool>(),
        (read, write, seed) in (1..200_usize, 1..200_usize, any::<u64>()),
        capacity in 1..400_usize,
    ) {
        incoming.push(Frame::close(3000, "bye"));
        let behaviour = Behaviour::default().max_read(read).max_write(write).capacity(capacity);
        let behaviour = behaviour.pending(Pending::Random(seed));
        let (near, mut far) = pipe(behaviour, Behaviour::default());
        let buffers = buffers(128, TX);
        let buffers = if flushes { buffers } else { buffers.without_flush() };
        let bytes = if is_server { masked(&incoming) } else { concat(&incoming) };
        block_on(far.write_all(&bytes)).unwrap();
        if is_server {
            let socket = WebSocket::server(Io(near), buffers, 0).unwrap();
            program(socket, &mut far, &calls, &incoming);
        } else {
            let socket = WebSocket::client(Io(near), buffers, 0, keys()).unwrap();
            program(socket, &mut far, &calls, &incoming);
        }
    }
}
