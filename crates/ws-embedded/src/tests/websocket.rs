//! Connections from their first frame to their end.

use futures::executor::block_on;
use futures::future::join;
use hybi_testkit::pipe::{Behaviour, Fault, Pending, Probe, pipe};
use hybi_testkit::wire::{Frame, concat, frames};
use std::future::poll_fn;
use std::io;
use ws_frame::{CloseCode, CloseError, CloseFrame, FrameError};

use super::*;
use crate::{Client, Closure, Error, Message, Misuse, Server, WebSocket};

const GOOD: fn() -> Behaviour = Behaviour::default;

const BYE: CloseFrame<'static> = CloseFrame {
    code: CloseCode::GOING_AWAY,
    reason: "bye",
};

/// A server of ours, what looks at its stream, and the other end as bytes.
fn server(behaviour: Behaviour) -> (WebSocket<'static, Io, Server>, Probe, Pipe) {
    server_with(behaviour, buffers(1024, 256))
}

fn server_with(
    behaviour: Behaviour,
    buffers: Buffers<'static>,
) -> (WebSocket<'static, Io, Server>, Probe, Pipe) {
    let (near, far) = pipe(behaviour, GOOD());
    let probe = near.probe();
    let socket = WebSocket::server(Io(near), buffers, 0).unwrap();
    (socket, probe, far)
}

fn client_with(
    behaviour: Behaviour,
    buffers: Buffers<'static>,
) -> (
    WebSocket<'static, Io, Client<impl FnMut() -> MaskKey>>,
    Pipe,
) {
    let (near, far) = pipe(behaviour, GOOD());
    let socket = WebSocket::client(Io(near), buffers, 0, keys()).unwrap();
    (socket, far)
}

fn session() -> (Vec<u8>, Vec<Seen>) {
    let bytes = masked(&[
        Frame::text("first"),
        Frame::text("h\u{e9}l").fragment(),
        Frame::ping("?"),
        Frame::continuation("l\u{f6}"),
        Frame::binary([7; 900]),
        Frame::ping("??"),
        Frame::pong("!"),
        Frame::close(1001, "bye"),
    ]);
    let seen = [
        text("first"),
        Seen::Ping(b"?".into()),
        text("h\u{e9}ll\u{f6}"),
        binary(&[7; 900]),
        Seen::Ping(b"??".into()),
        Seen::Pong(b"!".into()),
        closed(1001, "bye"),
    ];
    (bytes, seen.into())
}

fn answers() -> Vec<Frame> {
    [
        Frame::text("first"),
        Frame::pong("?"),
        Frame::text("h\u{e9}ll\u{f6}"),
        Frame::binary([7; 900]),
        Frame::pong("??"),
        // §5.5.1: the code is echoed.
        Frame::close(1001, ""),
    ]
    .into()
}

fn behaviours() -> [Behaviour; 5] {
    [
        GOOD(),
        GOOD().max_read(1).max_write(1),
        GOOD().max_read(7).pending(Pending::Every(2)),
        GOOD().pending(Pending::Random(5)).max_write(3),
        GOOD().hold_until_flush().pending(Pending::Every(3)),
    ]
}

#[test]
fn an_echo_in_streams_of_every_kind() {
    let (bytes, expected) = session();
    for behaviour in behaviours() {
        let (mut socket, _, mut far) = server(behaviour);
        block_on(far.write_all(&bytes)).unwrap();
        let mut seen = Vec::new();
        run(async {
            while let Some((event, mut outbox)) = socket.exchange().await.unwrap() {
                if let Event::Message(message) = event {
                    outbox.feed(message).await.unwrap();
                }
                seen.push(Seen::from(event));
            }
        });
        assert_eq!(seen, expected);
        assert_eq!(frames(&arrived(&mut far)), answers());
        assert_eq!(socket.closure(), Some(Closure::Clean(Some(BYE))));
        assert_eq!(run(socket.receive()), Ok(None));
    }
}

// Every future is polled once and dropped.
#[test]
fn nothing_is_lost_when_receiving_is_cancelled_everywhere() {
    let (bytes, expected) = session();
    for behaviour in behaviours() {
        let (mut socket, _, mut far) = server(behaviour);
        block_on(far.write_all(&bytes)).unwrap();
        let mut seen = Vec::new();
        loop {
            let event = hasty(|| match once(socket.receive()) {
                Poll::Ready(event) => Poll::Ready(event.unwrap().map(Seen::from)),
                Poll::Pending => Poll::Pending,
            });
            let Some(event) = event else { break };
            seen.push(event);
        }
        assert_eq!(seen, expected);
        let pongs: Vec<_> = answers()
            .into_iter()
            .filter(|frame| frame.opcode() > 2)
            .collect();
        assert_eq!(frames(&arrived(&mut far)), pongs);
    }
}

#[test]
fn what_fits_is_sent_whole_or_not_at_all() {
    for behaviour in behaviours() {
        let (mut socket, mut far) = client_with(behaviour.capacity(100), buffers(64, 256));
        let mut bytes = Vec::new();
        for round in 0..20 {
            // Polled once, whatever comes of it.
            let _ = once(socket.send(&[round; 200]));
            let _ = once(socket.ping(b"?"));
            bytes.extend(arrived(&mut far));
        }
        hasty(|| {
            let flushed = once(socket.flush());
            bytes.extend(arrived(&mut far));
            flushed
        })
        .unwrap();
        bytes.extend(arrived(&mut far));
        let all = frames(&bytes);
        assert!(all.len() > 1, "{all:?}");
        for frame in all {
            assert!(frame.mask().is_some());
            match frame.opcode() {
                2 => assert_eq!(frame.payload(), [frame.payload()[0]; 200]),
                _ => assert_eq!(frame.payload(), b"?"),
            }
        }
    }
}

#[test]
fn messages_are_longer_than_the_buffer() {
    let long: Vec<u8> = (0..=255).cycle().take(1000).collect();
    for behaviour in behaviours() {
        let (mut socket, _, mut far) = server_with(behaviour.clone(), buffers(64, 131));
        run(async {
            socket.feed("before").await?;
            socket.feed(&long[..]).await?;
            socket.send("behind").await
        })
        .unwrap();
        let sent = [
            Frame::text("before"),
            Frame::binary(&long),
            Frame::text("behind"),
        ];
        assert_eq!(arrived(&mut far), concat(&sent));

        let (mut socket, mut far) = client_with(behaviour, buffers(64, 131));
        run(async {
            socket.feed("before").await?;
            socket.feed(&long[..]).await?;
            socket.send("behind").await
        })
        .unwrap();
        let keyed = |(frame, key): (&Frame, u8)| frame.clone().masked([key; 4]).bytes();
        let sent: Vec<u8> = sent.iter().zip(1..).flat_map(keyed).collect();
        assert_eq!(arrived(&mut far), sent);
    }
}

#[test]
fn behind_half_of_a_frame_nothing_is_sent() {
    let (mut socket, probe, mut far) = server_with(GOOD().capacity(200), buffers(64, 131));
    assert!(once(socket.send(&[0; 500])).is_pending());
    probe.change(|behaviour| behaviour.capacity(4096));
    assert_eq!(run(socket.send("x")), Err(Misuse::Interrupted.into()));
    assert_eq!(run(socket.ping(b"")), Err(Misuse::Interrupted.into()));
    // It still receives, and does not answer into the frame.
    block_on(far.write_all(&masked(&[Frame::ping("?"), Frame::close(1000, "")]))).unwrap();
    let mut receive = || run(socket.receive()).unwrap().map(Seen::from);
    assert_eq!(receive(), Some(Seen::Ping(b"?".into())));
    assert_eq!(receive(), Some(closed(1000, "")));
    assert_eq!(receive(), None);
    assert_eq!(arrived(&mut far).len(), 200);
}

#[test]
fn what_is_fed_goes_out_in_one_write() {
    let (mut socket, probe, mut far) = server(GOOD());
    block_on(far.write_all(&masked(&vec![Frame::text("ab"); 20]))).unwrap();
    for _ in 0..20 {
        let exchanged = run(socket.exchange()).unwrap();
        let Some((Event::Message(message), mut outbox)) = exchanged else {
            panic!("no message");
        };
        run(outbox.feed(message)).unwrap();
    }
    assert_eq!(probe.statistics().writes, 0);
    assert!(once(socket.receive()).is_pending());
    assert_eq!(probe.statistics().writes, 1);
    assert_eq!(frames(&arrived(&mut far)), vec![Frame::text("ab"); 20]);
}

#[test]
fn flushes_where_they_are_needed() {
    for (buffers, flushes) in [
        (buffers(64, 256), [1, 2, 2, 3, 4]),
        (buffers(64, 256).without_flush(), [0, 0, 0, 1, 2]),
    ] {
        let (mut socket, probe, mut far) = server_with(GOOD(), buffers);
        let mut seen = Vec::new();
        run(socket.send("x")).unwrap();
        seen.push(probe.statistics().flushes);
        run(socket.feed("x")).unwrap();
        assert!(once(socket.receive()).is_pending());
        seen.push(probe.statistics().flushes);
        // Where nothing was written, there is nothing to flush.
        assert!(once(socket.receive()).is_pending());
        seen.push(probe.statistics().flushes);
        run(socket.feed("x")).unwrap();
        run(socket.flush()).unwrap();
        seen.push(probe.statistics().flushes);
        block_on(far.write_all(&masked(&[Frame::close_empty()]))).unwrap();
        assert_eq!(run(socket.close(None)), Ok(None));
        seen.push(probe.statistics().flushes);
        assert_eq!(seen, flushes);
    }
}

// §5.5.1, §7
#[test]
fn either_end_closes() {
    for behaviour in behaviours() {
        let (mut client, far) = client_with(behaviour.clone(), buffers(64, 256));
        let far = Io(far);
        let mut server = WebSocket::server(far, buffers(64, 256), 0).unwrap();
        let serve = async {
            server.send("dropped").await.unwrap();
            while let Some(event) = server.receive().await.unwrap() {
                assert_eq!(event, Event::Close(Some(BYE)));
            }
            server
        };
        let (answer, mut server) = block_on(join(client.close(Some(BYE)), serve));
        let echo = Some(CloseFrame { reason: "", ..BYE });
        assert_eq!(answer, Ok(echo));
        // It is done, and nothing more goes out.
        assert_eq!(run(client.close(None)), Ok(echo));
        assert_eq!(run(server.close(None)), Ok(Some(BYE)));
        let misuse = Misuse::SendAfterClose.into();
        assert_eq!(run(client.send("x")), Err(misuse));
        assert_eq!(run(server.ping(b"")), Err(misuse));
        assert!(arrived(&mut server.into_parts().0.0).is_empty());
    }
}

#[test]
fn closing_is_cancelled_and_goes_on() {
    for behaviour in behaviours() {
        let (mut socket, _, mut far) = server(behaviour);
        assert!(once(socket.close(Some(BYE))).is_pending());
        let session = masked(&[Frame::text("x"), Frame::ping("?"), Frame::close(3000, "")]);
        block_on(far.write_all(&session)).unwrap();
        let code = hasty(|| match once(socket.close(None)) {
            Poll::Ready(frame) => Poll::Ready(frame.unwrap().map(|frame| frame.code.get())),
            Poll::Pending => Poll::Pending,
        });
        assert_eq!(code, Some(3000));
        let sent = frames(&arrived(&mut far));
        // Whether a Close that was cancelled before it was decided upon says it or not.
        assert_eq!(sent, [Frame::close(1001, "bye")]);
    }
}

#[test]
fn a_peer_that_never_closes_is_not_listened_to_for_ever() {
    let (mut socket, _, mut far) = server(GOOD().capacity(4096));
    let message = masked(&[Frame::binary([0; 1000])]);
    let flood = async {
        loop {
            if far.write_all(&message).await.is_err() {
                break;
            }
        }
    };
    let close = async {
        let closed = socket.close(None).await.map(|_| ());
        drop(socket);
        closed
    };
    let (closed, ()) = block_on(join(close, flood));
    assert_eq!(closed, Err(Error::CloseUnanswered));
}

#[test]
fn the_peer_is_told_which_rule_it_broke() {
    for (frame, error, code) in [
        (Frame::text(b"\xFF"), ProtocolError::InvalidUtf8, 1007),
        (
            Frame::text(b"\xFF").fragment(),
            ProtocolError::InvalidUtf8,
            1007,
        ),
        (
            Frame::continuation(""),
            ProtocolError::Frame(FrameError::UnexpectedContinuation),
            1002,
        ),
        (
            Frame::close(999, ""),
            ProtocolError::Close(CloseError::InvalidCode(999)),
            1002,
        ),
        (
            Frame::close(1000, b"\xFF"),
            ProtocolError::Close(CloseError::InvalidUtf8),
            1007,
        ),
        (
            Frame::binary([0; 1024]),
            ProtocolError::MessageTooBig { limit: 1023 },
            1009,
        ),
    ] {
        for behaviour in behaviours() {
            for chunks in [false, true] {
                if chunks && code == 1009 {
                    continue;
                }
                let (mut socket, _, mut far) = server(behaviour.clone());
                let session = masked(&[Frame::ping("?"), frame.clone(), Frame::ping("!")]);
                block_on(far.write_all(&session)).unwrap();
                let mut receive = || {
                    hasty(|| {
                        let done = |ready: bool| {
                            if ready {
                                Poll::Ready(())
                            } else {
                                Poll::Pending
                            }
                        };
                        if chunks {
                            let polled = once(socket.receive_chunk());
                            done(polled.is_ready()).map(|()| match polled {
                                Poll::Ready(result) => result.map(|event| event.map(Seen::from)),
                                Poll::Pending => unreachable!(),
                            })
                        } else {
                            let polled = once(socket.receive());
                            done(polled.is_ready()).map(|()| match polled {
                                Poll::Ready(result) => result.map(|event| event.map(Seen::from)),
                                Poll::Pending => unreachable!(),
                            })
                        }
                    })
                };
                assert_eq!(receive(), Ok(Some(Seen::Ping(b"?".into()))));
                // Cancelled on the way it is not reported twice; here it may be the end already.
                match receive() {
                    Err(told) => assert_eq!(told, Error::Protocol(error)),
                    other => panic!("{other:?}"),
                }
                assert_eq!(receive(), Ok(None));
                assert_eq!(run(socket.send("x")), Err(Misuse::SendAfterClose.into()));
                let sent = frames(&arrived(&mut far));
                assert_eq!(sent, [Frame::pong("?"), Frame::close(code, "")]);
            }
        }
    }
}

#[test]
fn ends_without_a_close_are_errors() {
    for bytes in [
        &b""[..],
        b"\x81",
        &masked(&[Frame::text("abc")])[..5],
        &masked(&[Frame::text("abc").fragment()]),
    ] {
        let (mut socket, _, mut far) = server(GOOD());
        block_on(far.write_all(bytes)).unwrap();
        drop(far);
        assert_eq!(run(socket.receive()).map(|_| ()), Err(Error::UnexpectedEof));
        assert_eq!(run(socket.receive()), Ok(None));
        assert_eq!(socket.closure(), Some(Closure::Failed));
        assert_eq!(run(socket.send("x")), Err(Misuse::SendAfterClose.into()));
        assert_eq!(run(socket.close(None)), Err(Error::AlreadyFailed));
    }
}

// What the stream does at its nth call, it does for good.
#[test]
fn a_stream_fails_at_any_call() {
    let (bytes, expected) = session();
    let broken = io::ErrorKind::BrokenPipe;
    for fault in [Fault::Error(broken), Fault::Zero, Fault::Overstated] {
        for call in 1..40 {
            let behaviour = GOOD().max_read(100).fail_from(call, fault);
            let (mut socket, _, mut far) = server(behaviour);
            block_on(far.write_all(&bytes)).unwrap();
            let mut seen = Vec::new();
            let mut errors = Vec::new();
            for _ in 0..50 {
                match run(socket.receive()) {
                    Ok(Some(event)) => seen.push(Seen::from(event)),
                    Ok(None) => break,
                    Err(error) => errors.push(error),
                }
            }
            assert_eq!(
                run(socket.receive()).map(|_| ()),
                Ok(()),
                "{fault:?} {call}"
            );
            // A stream that says that it has read more than there was room for makes bytes up.
            if !matches!(fault, Fault::Overstated) {
                assert!(expected.starts_with(&seen), "{fault:?} {call}: {seen:?}");
                let whole = seen.len() == expected.len() && errors.is_empty();
                assert!(whole || !errors.is_empty(), "{fault:?} {call}");
            }
            assert!(errors.len() <= 2, "{errors:?}");
        }
    }
}

#[test]
fn what_the_peer_said_before_it_left_is_received() {
    let (mut socket, probe, mut far) = server(GOOD());
    block_on(far.write_all(&masked(&[Frame::ping("?")]))).unwrap();
    assert!(run(socket.receive()).unwrap().is_some());
    block_on(far.write_all(&masked(&[Frame::text("last"), Frame::close(1000, "")]))).unwrap();
    let broken = Fault::Error(io::ErrorKind::BrokenPipe);
    let calls = probe.calls();
    probe.change(|behaviour| behaviour.fail_at(calls + 1, broken));
    let failed = run(socket.receive()).map(|_| ());
    assert!(matches!(failed, Err(Error::Io(_))), "{failed:?}");
    let mut receive = || run(socket.receive()).unwrap().map(Seen::from);
    assert_eq!(receive(), Some(text("last")));
    assert_eq!(receive(), Some(closed(1000, "")));
    assert_eq!(receive(), None);
}

// §5.4
#[test]
fn fragments_are_one_message() {
    let (mut socket, _, mut far) = server(GOOD());
    run(async {
        socket.feed_fragment("21.3", false).await?;
        assert_eq!(
            socket.feed("other").await,
            Err(Misuse::MessageInProgress.into())
        );
        assert_eq!(
            socket.feed_fragment(b"\x01", true).await,
            Err(Misuse::MessageInProgress.into())
        );
        socket.ping(b"?").await?;
        socket.feed_fragment(", 21.4", false).await?;
        socket.feed_fragment("", true).await?;
        socket.send("other").await
    })
    .unwrap();
    let sent = [
        Frame::text("21.3").fragment(),
        Frame::ping("?"),
        Frame::continuation(", 21.4").fragment(),
        Frame::continuation(""),
        Frame::text("other"),
    ];
    assert_eq!(frames(&arrived(&mut far)), sent);
}

#[test]
fn misuse_writes_nothing() {
    let (mut socket, _, mut far) = server(GOOD());
    let long = "x".repeat(124);
    let reason = CloseFrame {
        code: CloseCode::NORMAL,
        reason: &long,
    };
    run(async {
        assert_eq!(
            socket.ping(&[0; 126]).await,
            Err(Misuse::ControlTooLong.into())
        );
        let pong = socket.outbox().pong(&[0; 126]).await;
        assert_eq!(pong, Err(Misuse::ControlTooLong.into()));
        let closed = socket.close(Some(reason)).await.map(|_| ());
        assert_eq!(closed, Err(Misuse::ReasonTooLong.into()));
        socket.outbox().pong(b"alive").await
    })
    .unwrap();
    assert_eq!(frames(&arrived(&mut far)), [Frame::pong("alive")]);
    for (rx, tx, unread) in [(15, 131, 0), (16, 130, 0), (16, 131, 17)] {
        let made = WebSocket::server((), buffers(rx, tx), unread);
        assert_eq!(made.err(), Some(Misuse::BufferTooShort));
    }
}

// A control frame that looks like a Close is none.
#[test]
fn what_failed_is_not_closed() {
    let sensor = [b"\x03\xE8", &b"sensor-7"[..]].concat();
    for ending in [Frame::pong(&sensor), Frame::text(b"\xFF")] {
        let (mut socket, _, mut far) = server(GOOD());
        let session = [Frame::ping(&sensor), ending];
        block_on(far.write_all(&masked(&session))).unwrap();
        block_on(far.close()).unwrap();
        while !matches!(run(socket.receive()), Ok(None)) {}
        assert_eq!(socket.closure(), Some(Closure::Failed));
        assert_eq!(run(socket.close(None)), Err(Error::AlreadyFailed));
        assert_eq!(run(socket.close(None)), Err(Error::AlreadyFailed));
    }
}

#[test]
fn closing_passes_over_whatever_messages_come() {
    for cut in [1, 3, 1000] {
        let (mut socket, _, mut far) = server(GOOD().max_read(cut));
        let session = masked(&[
            Frame::binary([7; 3000]),
            Frame::text(b"\xFFx"),
            Frame::text([b'x'; 2000]).fragment(),
            Frame::ping("?"),
            Frame::continuation(b"\xFF"),
            Frame::close(3000, "bye"),
        ]);
        block_on(far.write_all(&session)).unwrap();
        let code = run(socket.close(Some(BYE)))
            .unwrap()
            .map(|frame| frame.code.get());
        assert_eq!(code, Some(3000));
        assert_eq!(frames(&arrived(&mut far)), [Frame::close(1001, "bye")]);
    }
}

#[test]
fn closing_has_an_end_whatever_is_sent_instead() {
    for frame in [
        Frame::binary([0; 1000]),
        Frame::binary([]).fragment(),
        Frame::ping([0; 125]),
        Frame::text([b'x'; 100]),
    ] {
        let (mut socket, _, mut far) = server(GOOD().capacity(4096));
        let first = masked(std::slice::from_ref(&frame));
        let mut later = first.clone();
        if !frame.is_fin() {
            later[0] = 0; // a continuation
        }
        let closed = async {
            // Made anew for each poll: what is left of the patience is remembered.
            let closed = poll_fn(|cx| pin!(socket.close(None)).poll(cx).map_ok(|_| ())).await;
            let again = socket.close(None).await.map(|_| ());
            drop(socket);
            (closed, again)
        };
        let flood = async {
            let mut sent = 0;
            let mut next = &first;
            while far.write_all(next).await.is_ok() {
                sent += next.len();
                next = &later;
            }
            sent
        };
        let ((closed, again), sent) = block_on(join(closed, flood));
        assert_eq!(closed, Err(Error::CloseUnanswered));
        assert_eq!(again, Err(Error::AlreadyFailed));
        assert!(((1 << 20) - 2048..1 << 21).contains(&sent), "{sent}");
    }
}

#[test]
fn the_close_that_answers_is_an_echo() {
    let (mut socket, _, mut far) = server(GOOD());
    block_on(far.write_all(&masked(&[Frame::close(3000, "bye")]))).unwrap();
    assert_eq!(
        run(socket.receive()).map(|event| event.map(Seen::from)),
        Ok(Some(closed(3000, "bye")))
    );
    assert_eq!(socket.closure(), None);
    let code = run(socket.close(Some(BYE)))
        .unwrap()
        .map(|frame| frame.code.get());
    assert_eq!(code, Some(3000));
    assert_eq!(frames(&arrived(&mut far)), [Frame::close(3000, "")]);
}

// How much a stream has taken when it fails is unknown.
#[test]
fn nothing_is_sent_again_after_a_failure() {
    let timed_out = Fault::Error(io::ErrorKind::TimedOut);
    let failed = Err(Error::Io(ErrorKind::TimedOut));
    for fault in [timed_out, Fault::Zero] {
        for long in [false, true] {
            let behaviour = GOOD().max_write(100).fail_at(2, fault);
            let (mut socket, _, mut far) = server_with(behaviour, buffers(64, 131));
            let message = vec![7; if long { 500 } else { 110 }];
            let sent = run(socket.send(&message[..]));
            let zero = matches!(fault, Fault::Zero);
            assert_eq!(sent, if zero { Err(Error::WriteZero) } else { failed });
            for _ in 0..2 {
                assert_eq!(run(socket.send("x")), Err(Misuse::SendAfterClose.into()));
                assert_eq!(run(socket.ping(b"")), Err(Misuse::SendAfterClose.into()));
                assert_eq!(run(socket.flush()), Ok(()));
            }
            assert_eq!(arrived(&mut far).len(), 100);
            // It still receives.
            block_on(far.write_all(&masked(&[Frame::ping("?"), Frame::text("hi")]))).unwrap();
            drop(far);
            let message = run(socket.receive_message());
            assert_eq!(message, Ok(Some(Message::Text("hi"))));
            assert_eq!(run(socket.receive()), Err(Error::UnexpectedEof));
        }
    }
}

#[test]
fn a_flush_that_was_cancelled_is_done_again() {
    let behaviour = GOOD().hold_until_flush().pending(Pending::Every(2));
    let (mut socket, probe, mut far) = server(behaviour);
    run(socket.send("a")).unwrap();
    // The second write waits, and then the second flush.
    assert!(once(socket.send("b")).is_pending());
    assert!(once(socket.send("c")).is_pending());
    assert_eq!(frames(&arrived(&mut far)), [Frame::text("a")]);
    run(socket.flush()).unwrap();
    assert_eq!(
        frames(&arrived(&mut far)),
        [Frame::text("b"), Frame::text("c")]
    );
    let flushes = probe.statistics().flushes;
    run(socket.flush()).unwrap();
    assert_eq!(probe.statistics().flushes, flushes);
}

// Such a stream drops with it what it has not sent.
#[test]
fn the_last_words_are_flushed_whatever_the_stream() {
    let silent = || server_with(GOOD().hold_until_flush(), buffers(64, 256).without_flush());
    let (mut socket, _, mut far) = silent();
    run(socket.send("x")).unwrap();
    assert_eq!(arrived(&mut far), b"");
    run(socket.outbox().close(Some(BYE))).unwrap();
    let sent = [Frame::text("x"), Frame::close(1001, "bye")];
    assert_eq!(frames(&arrived(&mut far)), sent);

    let (mut socket, _, mut far) = silent();
    block_on(far.write_all(&masked(&[Frame::close(3000, "")]))).unwrap();
    while run(socket.receive()).unwrap().is_some() {}
    assert_eq!(frames(&arrived(&mut far)), [Frame::close(3000, "")]);

    let (mut socket, _, mut far) = silent();
    block_on(far.write_all(&masked(&[Frame::continuation("")]))).unwrap();
    assert!(run(socket.receive()).is_err());
    assert_eq!(frames(&arrived(&mut far)), [Frame::close(1002, "")]);
}

#[test]
fn a_stream_that_claims_to_have_written_more_is_not_believed() {
    for call in 1..6 {
        let behaviour = || GOOD().max_write(100).fail_at(call, Fault::Overstated);
        let (mut socket, _, _far) = server_with(behaviour(), buffers(64, 131));
        let _ = run(socket.send(&[7; 500]));
        let (mut socket, _far) = client_with(behaviour(), buffers(64, 131));
        let _ = run(socket.send(&[7; 500]));
    }
}

#[test]
fn what_is_sent_has_left() {
    let (mut socket, _, mut far) = server(GOOD().hold_until_flush());
    for frame in [
        Frame::text("x"),
        Frame::ping("?"),
        Frame::pong("!"),
        Frame::close(1001, "bye"),
    ] {
        run(async {
            match frame.opcode() {
                1 => socket.send("x").await,
                9 => socket.ping(b"?").await,
                10 => socket.outbox().pong(b"!").await,
                _ => socket.outbox().close(Some(BYE)).await,
            }
        })
        .unwrap();
        assert_eq!(frames(&arrived(&mut far)), [frame]);
    }
}

// Behind a flush, a receive that is cancelled was reading.
#[test]
fn a_flush_does_what_is_due() {
    for (frame, answer) in [
        (Frame::ping("?"), Frame::pong("?")),
        (Frame::close(3000, "bye"), Frame::close(3000, "")),
    ] {
        let (mut socket, probe, mut far) = server(GOOD());
        block_on(far.write_all(&masked(&[frame]))).unwrap();
        assert!(run(socket.receive()).unwrap().is_some());
        run(socket.flush()).unwrap();
        assert_eq!(frames(&arrived(&mut far)), [answer]);
        let writes = probe.statistics().writes;
        let _ = once(socket.receive());
        assert_eq!(probe.statistics().writes, writes);
    }
}

#[test]
fn messages_alone() {
    let (bytes, seen) = session();
    let (mut socket, _, mut far) = server(GOOD());
    block_on(far.write_all(&bytes)).unwrap();
    let mut messages = Vec::new();
    while let Some(message) = run(socket.receive_message()).unwrap() {
        messages.push(Seen::from(message));
    }
    let is_message = |seen: &Seen| matches!(seen, Seen::Text(_) | Seen::Binary(_));
    assert_eq!(
        messages,
        seen.into_iter().filter(is_message).collect::<Vec<_>>()
    );
    let answers = frames(&arrived(&mut far));
    assert_eq!(
        answers,
        [Frame::pong("?"), Frame::pong("??"), Frame::close(1001, "")]
    );
    let (mut socket, _, mut far) = server(GOOD());
    block_on(far.write_all(&masked(&[Frame::text(b"\xFF")]))).unwrap();
    let failed = Err(Error::Protocol(ProtocolError::InvalidUtf8));
    assert_eq!(run(socket.receive_message()), failed);
    assert_eq!(run(socket.receive_message()), Ok(None));
    assert_eq!(frames(&arrived(&mut far)), [Frame::close(1007, "")]);
}

#[test]
fn a_connection_is_taken_apart_and_goes_on() {
    let (mut socket, _, mut far) = server_with(GOOD(), buffers(300, 200).without_flush());
    let session = masked(&[Frame::text("one"), Frame::text("two"), Frame::text("three")]);
    block_on(far.write_all(&session)).unwrap();
    assert_eq!(
        run(socket.receive_message()),
        Ok(Some(Message::Text("one")))
    );
    let (io, buffers, unread) = socket.into_parts();
    assert_eq!(unread, session.len() - 9);
    let mut socket = WebSocket::server(io, buffers, unread).unwrap();
    assert_eq!(socket.max_message_size(), 299);
    for expected in ["two", "three"] {
        let message = run(socket.receive_message());
        assert_eq!(message, Ok(Some(Message::Text(expected))));
    }
    let probe = socket.io_mut().0.probe();
    run(socket.send("x")).unwrap();
    assert_eq!(probe.statistics().flushes, 0);
}

#[test]
fn nothing_shows_what_is_said() {
    let (mut socket, _, mut far) = server(GOOD());
    block_on(far.write_all(&masked(&[Frame::text("s3cret")]))).unwrap();
    run(socket.feed("s3cret")).unwrap();
    assert_eq!(
        run(socket.receive_message()),
        Ok(Some(Message::Text("s3cret")))
    );
    let secret = std::format!("{:?}", b"s3cret");
    let secret = secret.trim_matches(['[', ']']);
    let (_, buffers, _) = {
        let shown = std::format!("{socket:?}");
        let shown = &shown[shown.find("Inbox").unwrap()..];
        assert!(
            !shown.contains("s3cret") && !shown.contains(secret),
            "{shown}"
        );
        socket.into_parts()
    };
    let shown = std::format!("{buffers:?}");
    assert_eq!(shown, "Buffers { rx: 1024, tx: 256, flushes: true }");
}
