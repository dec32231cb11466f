//! Opening handshakes, at every cut.

use futures::executor::block_on;
use futures::future::join;
use hybi_testkit::pipe::{Behaviour, Fault, Pending, duplex, pipe};
use hybi_testkit::splits::{Pieces, agree};
use hybi_testkit::wire::Frame;
use ws_handshake::bare::{Request, RequestError, ResponseError, Rules, WriteError};

use super::*;
use crate::{Error, Misuse, Nonce, Verdict, WebSocket, accept, accept_with, connect};

const RULES: Rules<'static> = Rules::new().with_subprotocols(&["soup", "echo"]);

const REQUEST: &[u8] = b"GET /chat?x HTTP/1.1\r\nHost: a.example\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: chat, echo\r\n\r\n";

/// RFC 6455 §1.3
const RESPONSE: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\
    Sec-WebSocket-Protocol: echo\r\n";

/// Hands over a piece whenever all before it was read.
async fn deal(far: &mut Pipe, pieces: Pieces<'_>) {
    for piece in pieces {
        // Whoever has seen enough reads no more.
        if far.write_all(piece).await.is_err() {
            return;
        }
        futures::pending!();
    }
}

/// Polls both ends in turns.
fn both<A: Future, B: Future>(ours: A, theirs: B) -> A::Output {
    let mut ours = Box::pin(ours);
    let mut theirs = Some(Box::pin(theirs));
    let mut cx = Context::from_waker(Waker::noop());
    hasty(|| {
        if let Some(future) = &mut theirs
            && future.as_mut().poll(&mut cx).is_ready()
        {
            theirs = None;
        }
        ours.as_mut().poll(&mut cx)
    })
}

// §4.2
#[test]
fn a_server_accepts_at_every_cut() {
    let bytes = [REQUEST, &masked(&[Frame::text("Hello")])].concat();
    let opened = agree(&bytes, |pieces| {
        let (near, mut far) = duplex(4096);
        let ours = async {
            let mut path = String::new();
            let mut socket = accept_with(Io(near), buffers(512, 256), RULES, |request| {
                path.push_str(request.path());
                Verdict::Accept(&[("X-Kettle", "1")])
            })
            .await
            .unwrap();
            let hello = socket.receive().await.unwrap().map(Seen::from);
            (path, socket.subprotocol(), hello)
        };
        let opened = both(ours, deal(&mut far, pieces));
        (opened, arrived(&mut far))
    });
    let response = [RESPONSE, b"X-Kettle: 1\r\n\r\n"].concat();
    let hello = Some(text("Hello"));
    assert_eq!(opened, (("/chat".into(), Some("echo"), hello), response));
}

// §4.1
#[test]
fn a_client_opens_at_every_cut() {
    let request = Request::new("a.example", "/chat").with_subprotocols(&["echo"]);
    let bytes = [RESPONSE, b"\r\n", &Frame::text("Hello").bytes()].concat();
    let opened = agree(&bytes, |pieces| {
        let (near, mut far) = duplex(4096);
        let ours = async {
            let nonce = Nonce::new(*b"the sample nonce");
            let buffers = buffers(512, 256);
            let mut socket = connect(Io(near), buffers, request, nonce, keys())
                .await
                .unwrap();
            let hello = socket.receive().await.unwrap().map(Seen::from);
            (socket.subprotocol(), hello)
        };
        let opened = both(ours, deal(&mut far, pieces));
        (opened, String::from_utf8(arrived(&mut far)).unwrap())
    });
    let (opened, written) = opened;
    assert_eq!(opened, (Some("echo"), Some(text("Hello"))));
    let start = "GET /chat HTTP/1.1\r\nHost: a.example\r\n";
    assert!(written.starts_with(start), "{written}");
    assert!(written.ends_with("\r\nSec-WebSocket-Protocol: echo\r\n\r\n"));
}

#[test]
fn requests_are_refused() {
    let with = |from: &str, to: &str| {
        let request = String::from_utf8(REQUEST.into()).unwrap();
        request.replace(from, to).into_bytes()
    };
    let long = with("Host", &std::format!("X: {}\r\nHost", "x".repeat(600)));
    for (request, error, status) in [
        (
            &b"hello\r\n\r\n"[..],
            Error::Request(RequestError::Malformed),
            "400",
        ),
        (
            &with("GET", "POST"),
            Error::Request(RequestError::Method),
            "405",
        ),
        (
            &with(" 13", " 8"),
            Error::Request(RequestError::VersionUnsupported),
            "426",
        ),
        (
            &with("Host", "Origin: http://evil.example\r\nHost"),
            Error::Request(RequestError::OriginForbidden),
            "403",
        ),
        (&long, Error::Request(RequestError::TooLong), "431"),
        (&with("/chat", "/"), Error::Rejected, "404"),
        (
            &with("/chat", "/bad"),
            Error::Handshake(WriteError::Status),
            "500",
        ),
        (
            &with("/chat", "/field"),
            Error::Handshake(WriteError::Field),
            "500",
        ),
        (&REQUEST[..40], Error::UnexpectedEof, ""),
        (b"", Error::UnexpectedEof, ""),
    ] {
        // The answer arrives though nothing is asked of the stream after it.
        let (near, mut far) = pipe(
            Behaviour::default().hold_until_flush(),
            Behaviour::default(),
        );
        block_on(far.write_all(request)).unwrap();
        block_on(far.close()).unwrap();
        let refused = run(accept_with(
            Io(near),
            buffers(512, 256).without_flush(),
            RULES,
            |request| match request.path() {
                "/chat" => Verdict::Accept(&[]),
                "/bad" => Verdict::Reject(200, &[]),
                "/field" => Verdict::Accept(&[("a b", "")]),
                _ => Verdict::Reject(404, &[("Cache-Control", "no-store")]),
            },
        ));
        assert_eq!(refused.map(|_| ()), Err(error));
        let answer = String::from_utf8(arrived(&mut far)).unwrap();
        if status.is_empty() {
            assert_eq!(answer, "");
        } else {
            let line = std::format!("HTTP/1.1 {status} ");
            assert!(answer.starts_with(&line), "{answer}");
            assert_eq!(answer.contains("no-store"), status == "404");
        }
    }
}

#[test]
fn responses_are_judged() {
    let long = ["HTTP/1.1 101 x\r\nX: ", &"x".repeat(600)].concat();
    for (response, error) in [
        ("HTTP/1.1 404 Not Found\r\n\r\n", Error::Refused(404)),
        (
            "HTTP/1.1 101 x\r\n\r\n",
            Error::Response(ResponseError::UpgradeMissing),
        ),
        ("hello\r\n\r\n", Error::Response(ResponseError::Malformed)),
        (&long, Error::Response(ResponseError::TooLong)),
        ("HTTP/1.1 101 x\r\n", Error::UnexpectedEof),
    ] {
        let (near, mut far) = duplex(4096);
        block_on(far.write_all(response.as_bytes())).unwrap();
        block_on(far.close()).unwrap();
        let request = Request::new("a.example", "/");
        let buffers = buffers(512, 256);
        let opened = run(connect(
            Io(near),
            buffers,
            request,
            Nonce::new([7; 16]),
            keys(),
        ));
        assert_eq!(opened.map(|_| ()), Err(error), "{response}");
    }
}

#[test]
fn what_has_no_room_is_not_said() {
    let (near, mut far) = duplex(4096);
    block_on(far.write_all(REQUEST)).unwrap();
    let rules = Rules::new().with_subprotocols(&["echo"]);
    let opened = run(accept(Io(near), buffers(512, 131), rules));
    assert_eq!(
        opened.map(|_| ()),
        Err(Error::Handshake(WriteError::DoesNotFit))
    );
    assert!(arrived(&mut far).starts_with(b"HTTP/1.1 500 "));

    let (near, mut far) = duplex(4096);
    let request = Request::new("a.example", "/");
    let opened = run(connect(
        Io(near),
        buffers(512, 131),
        request,
        Nonce::new([7; 16]),
        keys(),
    ));
    assert_eq!(
        opened.map(|_| ()),
        Err(Error::Handshake(WriteError::DoesNotFit))
    );
    assert_eq!(arrived(&mut far), b"");

    for (rx, tx) in [(512, 130), (15, 256)] {
        let (near, _far) = duplex(4096);
        let nonce = Nonce::new([7; 16]);
        let opened = run(connect(Io(near), buffers(rx, tx), request, nonce, keys()));
        assert_eq!(opened.map(|_| ()), Err(Misuse::BufferTooShort.into()));
    }
    let (near, _far) = duplex(4096);
    let opened = run(accept(Io(near), buffers(512, 130), rules));
    assert_eq!(opened.map(|_| ()), Err(Misuse::BufferTooShort.into()));
}

#[test]
fn both_ends_find_each_other_in_streams_of_every_kind() {
    for behaviour in [
        Behaviour::default(),
        Behaviour::default().max_read(1).max_write(1),
        Behaviour::default()
            .hold_until_flush()
            .pending(Pending::Every(2)),
        Behaviour::default().pending(Pending::Random(9)).capacity(7),
    ] {
        let (near, far) = pipe(behaviour.clone(), behaviour);
        let server = async {
            let mut socket: WebSocket<'_, _, _> = accept(Io(far), buffers(512, 256), RULES).await?;
            while let Some((event, mut outbox)) = socket.exchange().await? {
                if let Event::Message(message) = event {
                    outbox.feed(message).await?;
                }
            }
            Ok::<_, Error<_>>(())
        };
        let client = async {
            let request = Request::new("a.example", "/").with_subprotocols(&["soup"]);
            let nonce = Nonce::new([7; 16]);
            let buffers = buffers(512, 256);
            let mut socket = connect(Io(near), buffers, request, nonce, keys()).await?;
            assert_eq!(socket.subprotocol(), Some("soup"));
            socket.send("Hello").await?;
            let echo = socket.receive().await?.map(Seen::from);
            assert_eq!(socket.close(None).await?, None);
            Ok::<_, Error<_>>(echo)
        };
        let (served, echo) = block_on(join(server, client));
        assert_eq!((served, echo), (Ok(()), Ok(Some(text("Hello")))));
    }
}

#[test]
fn heads_have_a_limit_of_their_own() {
    let head = |len: usize| {
        let request = String::from_utf8(REQUEST.into()).unwrap();
        let filler = "x".repeat(len - REQUEST.len() - "X: \r\n".len());
        request.replace("Host", &std::format!("X: {filler}\r\nHost"))
    };
    for (rx, len, fits) in [
        (16 << 10, 8 << 10, true),
        (16 << 10, (8 << 10) + 1, false),
        (1000, 1000, true),
        (1000, 1001, false),
    ] {
        let (near, mut far) = duplex(64 << 10);
        block_on(far.write_all(head(len).as_bytes())).unwrap();
        let opened = run(accept(Io(near), buffers(rx, 256), RULES)).map(|_| ());
        let expected = if fits {
            Ok(())
        } else {
            Err(Error::Request(RequestError::TooLong))
        };
        assert_eq!(opened, expected, "{rx} {len}");
    }
    // A line that never ends.
    let (near, mut far) = duplex(64 << 10);
    block_on(far.write_all(&[b'x'; 512])).unwrap();
    let opened = run(accept(Io(near), buffers(512, 256), RULES)).map(|_| ());
    assert_eq!(opened, Err(Error::Request(RequestError::TooLong)));
}

#[test]
fn a_stream_that_claims_to_have_read_more_is_not_believed() {
    let behaviour = Behaviour::default().fail_at(1, Fault::Overstated);
    let (near, mut far) = pipe(behaviour, Behaviour::default());
    block_on(far.write_all(REQUEST)).unwrap();
    let opened = run(accept(Io(near), buffers(512, 256), RULES)).map(|_| ());
    assert!(matches!(opened, Err(Error::Request(_))), "{opened:?}");
}

#[test]
fn handshakes_flush_where_it_is_needed() {
    for (flushes, count) in [(true, 1), (false, 0)] {
        let buffers = || {
            let buffers = buffers(512, 256);
            if flushes {
                buffers
            } else {
                buffers.without_flush()
            }
        };
        let (near, mut far) = duplex(4096);
        let probe = near.probe();
        block_on(far.write_all(REQUEST)).unwrap();
        let mut socket = run(accept(Io(near), buffers(), RULES)).unwrap();
        assert_eq!(probe.statistics().flushes, count);
        run(socket.send("x")).unwrap();
        assert_eq!(probe.statistics().flushes, 2 * count);

        let (near, mut far) = duplex(4096);
        let probe = near.probe();
        block_on(far.write_all(&[RESPONSE, b"\r\n"].concat())).unwrap();
        let request = Request::new("a.example", "/").with_subprotocols(&["echo"]);
        let nonce = Nonce::new(*b"the sample nonce");
        let mut socket = run(connect(Io(near), buffers(), request, nonce, keys())).unwrap();
        assert_eq!(probe.statistics().flushes, count);
        run(socket.send("x")).unwrap();
        assert_eq!(probe.statistics().flushes, 2 * count);
    }
}

// What a client asks with may be gone when it is connected.
#[test]
fn a_socket_outlives_its_request() {
    fn ask(near: Pipe, token: &str) -> WebSocket<'static, Io, crate::Client<fn() -> MaskKey>> {
        let fields = [("Authorization", token)];
        let request = Request::new("a.example", "/")
            .with_fields(&fields)
            .with_subprotocols(&["echo"]);
        let nonce = Nonce::new(*b"the sample nonce");
        let keys: fn() -> MaskKey = || MaskKey([0; 4]);
        run(connect(Io(near), buffers(512, 256), request, nonce, keys)).unwrap()
    }
    let (near, mut far) = duplex(4096);
    block_on(far.write_all(&[RESPONSE, b"\r\n"].concat())).unwrap();
    let token = String::from("Bearer x");
    let socket = ask(near, &token);
    drop(token);
    assert_eq!(socket.subprotocol(), Some("echo"));
}
