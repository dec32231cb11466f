//! What is sent, whole and in order, however it is cancelled.

use super::*;

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
