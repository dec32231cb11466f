//! Closing handshakes: RFC 6455 §7.

use super::*;

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
