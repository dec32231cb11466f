//! What the peer does, as it comes.

use super::*;

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
