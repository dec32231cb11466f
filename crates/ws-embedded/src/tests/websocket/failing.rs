//! What ends badly.

use super::*;

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
