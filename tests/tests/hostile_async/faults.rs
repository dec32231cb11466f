//! A15, A21 to A23, F49, F50: transports that fail, lie, or do things by halves.

use std::io::ErrorKind;

use futures::future::join;
use futures::io::{AsyncReadExt, AsyncWriteExt};
use hybi_testkit::pair::Seen;
use hybi_testkit::pipe::{Behaviour, Fault, Pending, pipe};
use hybi_testkit::wire::{self, Frame};
use hybi_tests::World;
use ws_driver::Timer;
use ws_futures::{CloseCode, CloseFrame, Closure, Error, Event, accept, connect};
use ws_handshake::{Request, ResponseError};

use crate::{client_options, masked, receive_all, server_and_raw, server_options};

const GOOD: fn() -> Behaviour = Behaviour::default;

#[test]
fn a15_reset_anywhere() {
    let whole = masked(Frame::text("whole"));
    let next = masked(Frame::binary([7; 300]));
    for cut in [0, 1, 3, 8, 100, next.len() - 1] {
        let (mut socket, mut raw) = server_and_raw(GOOD(), GOOD());
        let probe = raw.probe();
        let mut world = World::new();
        let receiving = world.spawn(async move {
            let all = receive_all(&mut socket).await;
            assert!(
                matches!(socket.receive().await, Ok(None)),
                "the error came once"
            );
            all
        });
        let bytes = [&whole[..], &next[..cut]].concat();
        world.run(async move {
            raw.write_all(&bytes).await.unwrap();
            // Kept open, or its end would be the first news.
            core::mem::forget(raw);
        });
        world.settle();
        probe.reset();
        world.settle();
        let (seen, end) = receiving.take().expect("it is told");
        assert_eq!(seen, [Seen::Text("whole".into())], "reset after {cut}");
        let Err(Error::Io(error)) = end else {
            panic!("{end:?}")
        };
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    }
}

#[test]
fn a15_reset_during_the_opening_handshake() {
    let (near, mut far) = pipe(GOOD(), GOOD());
    let probe = near.probe();
    let mut world = World::new();
    let task = world.spawn(async move { accept(near, &server_options()).await.map(|_| ()) });
    world.run(async move {
        far.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n")
            .await
            .unwrap();
        core::mem::forget(far);
    });
    probe.reset();
    world.settle();
    let end = task.take().expect("it is told");
    let Err(Error::Io(error)) = end else {
        panic!("{end:?}")
    };
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
}

#[test]
fn a15_reset_during_the_closing_handshake() {
    let (mut socket, raw) = server_and_raw(GOOD(), GOOD());
    let mut world = World::new();
    let closing = world.spawn(async move { socket.close(None).await });
    world.settle();
    raw.probe().reset();
    world.settle();
    let closure = closing.take().expect("it is told");
    assert!(
        matches!(closure, Ok(Closure::Failed(_)) | Err(Error::Io(_))),
        "{closure:?}"
    );
}

/// What a session comes to, on the side whose transport fails.
#[derive(Debug, PartialEq)]
enum End {
    /// All of it went well, with so many events.
    Done(usize),
    /// The transport failed, and this is how the application knows.
    Io(ErrorKind),
    /// The transport ended too early.
    Eof,
    /// Our Close could not be written, so it was not answered in time.
    CloseTimedOut,
    /// Something else, which is wrong.
    Other(String),
}

impl From<Error> for End {
    fn from(error: Error) -> Self {
        match error {
            Error::Io(error) => Self::Io(error.kind()),
            Error::Protocol(ws_driver::Error::UnexpectedEof)
            | Error::Response(ResponseError::ClosedBeforeResponse) => Self::Eof,
            Error::Protocol(ws_driver::Error::TimedOut(Timer::Close)) => Self::CloseTimedOut,
            other => Self::Other(format!("{other:?}")),
        }
    }
}

/// Opens, echoes two messages, one of them large, and closes; with the faults on one of the sides.
/// Gives how it ended there, and how many calls its transport saw.
fn session(faulty: Behaviour, on_client: bool) -> (End, u64) {
    let (ours, theirs) = if on_client {
        (faulty, GOOD())
    } else {
        (GOOD(), faulty)
    };
    let (near, far) = pipe(ours, theirs);
    let probe = if on_client { near.probe() } else { far.probe() };
    let client = async move {
        let request = Request::from_url("ws://localhost/")?;
        let (mut socket, _) = connect(near, &request, &client_options()).await?;
        let large = "large ".repeat(3000);
        for text in ["small", &large] {
            socket.send(text).await?;
            match socket.receive().await? {
                Some(event) => assert_eq!(Seen::from(event), Seen::Text(text.to_owned())),
                None => return Ok(End::Eof),
            }
        }
        let frame = CloseFrame {
            code: CloseCode::NORMAL,
            reason: "done",
        };
        match socket.close(Some(frame)).await? {
            Closure::Clean { .. } => Ok(End::Done(2)),
            Closure::Failed(error) => Err(Error::Protocol(error)),
            other => Ok(End::Other(format!("{other:?}"))),
        }
    };
    let server = async move {
        let mut socket = accept(far, &server_options()).await?;
        let mut seen = 0;
        while let Some((event, mut outbox)) = socket.exchange().await? {
            seen += 1;
            if let Event::Message(message) = event {
                outbox.feed(message).await?;
            }
        }
        match socket.closure() {
            Some(Closure::Clean { .. }) => Ok(End::Done(seen)),
            other => Ok(End::Other(format!("{other:?}"))),
        }
    };
    let (client, server) = World::new().run(join(client, server));
    let end: Result<End, Error> = if on_client { client } else { server };
    (end.unwrap_or_else(End::from), probe.calls())
}

#[test]
fn a21_every_call_fails_once_and_from_then_on() {
    let kinds = [
        ErrorKind::WouldBlock,
        ErrorKind::ConnectionReset,
        ErrorKind::BrokenPipe,
        ErrorKind::ConnectionAborted,
        ErrorKind::TimedOut,
        ErrorKind::UnexpectedEof,
        ErrorKind::WriteZero,
        ErrorKind::NotConnected,
        ErrorKind::Other,
    ];
    for on_client in [true, false] {
        for behaviour in [
            GOOD(),
            GOOD()
                .max_read(5000)
                .max_write(4000)
                .pending(Pending::Every(3)),
        ] {
            let (good, calls) = session(behaviour.clone(), on_client);
            assert_eq!(good, End::Done(if on_client { 2 } else { 3 }));
            assert!(calls > 8, "{calls}");
            for call in 1..=calls {
                for kind in kinds {
                    for faulty in [
                        behaviour.clone().fail_at(call, Fault::Error(kind)),
                        behaviour.clone().fail_from(call, Fault::Error(kind)),
                    ] {
                        let (end, _) = session(faulty, on_client);
                        // Near the end it may not matter any more.
                        let known = [End::Io(kind), End::Eof, End::CloseTimedOut];
                        let known = end == good || known.contains(&end);
                        assert!(
                            known,
                            "call {call}, {kind:?}, on client {on_client}: {end:?}"
                        );
                    }
                }
            }
        }
    }
}

/// The calls after whose fault the session ends in a way that is not `known`.
fn surprises(fault: Fault, known: impl Fn(&End, &End) -> bool) -> Vec<(bool, u64, End)> {
    let mut surprises = Vec::new();
    for on_client in [true, false] {
        let (good, calls) = session(GOOD(), on_client);
        for call in 1..=calls {
            let (end, _) = session(GOOD().fail_at(call, fault), on_client);
            if !known(&end, &good) {
                surprises.push((on_client, call, end));
            }
        }
    }
    surprises
}

// A signal may interrupt any call; it is done again.
#[test]
fn f50_interrupted_calls_are_repeated() {
    let interrupted = Fault::Error(ErrorKind::Interrupted);
    assert_eq!(surprises(interrupted, |end, good| end == good), []);
}

#[test]
fn a22_transport_that_lies() {
    for fault in [Fault::Zero, Fault::Overstated] {
        let surprises = surprises(fault, |end, good| {
            end == good || matches!(end, End::Io(_) | End::Eof | End::CloseTimedOut)
        });
        assert_eq!(surprises, [], "{fault:?}");
    }
}

#[test]
fn a22_read_of_more_than_there_is_room_for() {
    let behaviour = GOOD().fail_at(1, Fault::Overstated);
    let (mut socket, raw) = server_and_raw(behaviour, GOOD());
    let (seen, end) = World::new().run(async move { receive_all(&mut socket).await });
    drop(raw);
    assert_eq!(seen, []);
    assert!(matches!(end, Err(Error::Io(_))), "{end:?}");
}

#[test]
fn a23_writes_that_lie() {
    for (fault, kind) in [
        (Fault::Zero, ErrorKind::WriteZero),
        (Fault::Overstated, ErrorKind::Other),
    ] {
        for len in [10, 100_000] {
            let (mut socket, raw) = server_and_raw(GOOD().fail_at(1, fault), GOOD());
            World::new().run(async move {
                let sent = socket.send(&vec![0; len][..]).await;
                let Err(Error::Io(error)) = sent else {
                    panic!("{sent:?}")
                };
                assert_eq!(error.kind(), kind);
                assert!(socket.send("more").await.is_err(), "the stream is torn");
            });
            drop(raw);
        }
    }
}

#[test]
fn f49_every_short_write() {
    let large: Vec<u8> = (0..=255).cycle().take(30_000).collect();
    for max_write in (1..40).chain([
        8191, 8192, 8193, 20_000, 29_999, 30_000, 30_003, 30_004, 30_010,
    ]) {
        let (mut socket, mut raw) = server_and_raw(GOOD().max_write(max_write), GOOD());
        let message = large.clone();
        let ((), written) = World::new().run(join(
            async move {
                socket.feed("before").await.unwrap();
                socket.send(&message[..]).await.unwrap();
                socket.send("after").await.unwrap();
            },
            async move {
                let mut written = Vec::new();
                raw.read_to_end(&mut written).await.unwrap();
                written
            },
        ));
        let expected = [
            Frame::text("before"),
            Frame::binary(&large),
            Frame::text("after"),
        ];
        assert!(wire::frames(&written) == expected, "writes of {max_write}");
    }
}
