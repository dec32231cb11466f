//! How it ended: who, with which code and reason, cleanly or not, in which step, and why.

use std::io::ErrorKind;

use hybi_testkit::pipe::{Pipe, duplex};
use hybi_testkit::wire::Frame;
use hybi_tests::{World, world};
use ws_futures::{By, CloseCode, CloseFrame, Disconnect, Error, Options, Step, WebSocket};

use crate::{SECOND, connect, head, options, say, usual};

/// A client over a pipe, and the far end of it.
fn client() -> (WebSocket<Pipe>, Pipe) {
    let (near, far) = duplex(1 << 16);
    let socket = WebSocket::client(near, &options()).expect("there is randomness");
    (socket.with_timer(world::timer()), far)
}

/// How a client's connection ends after the peer has said this, and then left or stayed.
fn ends(bytes: Vec<u8>, leaves: bool, closes: bool) -> Disconnect {
    let (mut socket, mut far) = client();
    let mut world = World::new();
    world.spawn(async move {
        say(&mut far, &bytes).await;
        if !leaves {
            crate::net::sleep(300 * SECOND).await;
        }
    });
    world.run(async move {
        if closes {
            let frame = CloseFrame {
                code: CloseCode::NORMAL,
                reason: "enough",
            };
            socket.outbox().close(Some(frame)).expect("it is open");
        }
        let error = loop {
            match socket.receive().await {
                Ok(Some(_)) => {}
                Ok(None) => break None,
                Err(error) => break Some(error),
            }
        };
        socket.disconnect(error)
    })
}

// RFC 6455 §7.1.4
#[test]
fn connections_that_were_closed() {
    let close = |code: u16, reason: &str| Frame::close(code, reason).bytes();
    for (bytes, closes, by, status, reason, shown) in [
        (
            close(1001, "going"),
            false,
            By::Peer,
            1001,
            "going",
            "closed by the peer with 1001: going",
        ),
        (
            close(1000, "\u{1b}[2J"),
            true,
            By::Us,
            1000,
            "\u{1b}[2J",
            "closed by us with 1000: \\u{1b}[2J",
        ),
        (
            vec![0x88, 0],
            false,
            By::Peer,
            1005,
            "",
            "closed by the peer without a code",
        ),
    ] {
        let ended = ends(bytes, true, closes);
        assert_eq!((ended.step(), ended.by()), (Step::Closing, by), "{ended:?}");
        assert_eq!((ended.status(), ended.reason()), (status, reason));
        assert!(ended.is_clean() && ended.error().is_none(), "{ended:?}");
        assert_eq!(ended.to_string(), shown);
    }
}

// RFC 6455 §7.1.5, §7.1.7
#[test]
fn connections_that_were_not_closed() {
    let nothing = || Vec::new();
    for (bytes, leaves, closes, step, by, status, shown) in [
        (
            nothing(),
            true,
            false,
            Step::Open,
            By::Transport,
            1006,
            "connection ended without a closing handshake",
        ),
        (
            nothing(),
            true,
            true,
            Step::Closing,
            By::Transport,
            1006,
            "transport failed: broken pipe",
        ),
        (
            nothing(),
            false,
            false,
            Step::Open,
            By::Us,
            1006,
            "peer sent nothing after a ping",
        ),
        (
            nothing(),
            false,
            true,
            Step::Closing,
            By::Us,
            1006,
            "peer did not answer the close",
        ),
        (
            vec![0x83, 0],
            true,
            false,
            Step::Open,
            By::Us,
            1002,
            "reserved opcode 3",
        ),
    ] {
        let ended = ends(bytes, leaves, closes);
        assert_eq!((ended.step(), ended.by()), (step, by), "{ended:?}");
        assert_eq!((ended.status(), ended.reason()), (status, ""));
        assert!(!ended.is_clean() && ended.error().is_some(), "{ended:?}");
        assert_eq!(ended.to_string(), shown);
    }
}

#[test]
fn transports_that_fail() {
    let (socket, far) = client();
    let mut socket = socket;
    let probe = far.probe();
    let ended = World::new().run(async move {
        drop(far);
        let error = loop {
            if let Err(error) = socket.send("x").await {
                break error;
            }
        };
        socket.disconnect(Some(error))
    });
    drop(probe);
    assert_eq!((ended.step(), ended.by()), (Step::Open, By::Transport));
    let kind = ended.io_error().map(std::io::Error::kind);
    assert_eq!(kind, Some(ErrorKind::BrokenPipe));
}

#[test]
fn what_is_given_up_is_ended_by_us() {
    let (mut socket, _far) = client();
    let ended = socket.disconnect(None);
    assert_eq!((ended.step(), ended.by()), (Step::Open, By::Us));
    assert_eq!((ended.status(), ended.is_clean()), (1006, false));
    assert_eq!(ended.to_string(), "given up by us");
}

// Either half tells what the socket would.
#[test]
fn halves() {
    let (socket, mut far) = client();
    let (mut sender, mut receiver) = socket.split();
    let ended = receiver.disconnect(None);
    assert_eq!(ended.to_string(), "given up by us");
    World::new().run(async move {
        say(&mut far, &Frame::close(4321, "why").bytes()).await;
        assert!(receiver.receive().await.is_ok_and(|end| end.is_none()));
        let error = sender.send("x").await.expect_err("it is closed");
        for ended in [receiver.disconnect(None), sender.disconnect(Some(error))] {
            assert_eq!((ended.step(), ended.by()), (Step::Closing, By::Peer));
            assert_eq!((ended.status(), ended.reason()), (4321, "why"));
            assert!(ended.is_clean() && ended.error().is_none(), "{ended:?}");
        }
    });
}

/// How an attempt ends that the server answers with this.
fn attempt(url: &'static str, answer: &'static str, options: Options) -> Disconnect {
    let net = usual();
    let mut world = World::new();
    let server = net.clone();
    world.spawn(async move {
        let mut io = server.accept().await.1;
        head(&mut io).await;
        say(&mut io, answer).await;
    });
    match world.run(connect(net, url, options)) {
        Err(error) => error.into(),
        Ok(_) => panic!("it is open"),
    }
}

#[test]
fn attempts_that_led_to_nothing() {
    for (url, answer, step, by, status) in [
        ("ws://nowhere/", "", Step::Resolve, By::Transport, 1006),
        ("ws://192.0.2.77/", "", Step::Connect, By::Transport, 1006),
        (
            "ws://server.example/",
            "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
            Step::Handshake,
            By::Peer,
            1006,
        ),
        (
            "ws://server.example/",
            "HTTP/1.1 101 X\r\n\r\n",
            Step::Handshake,
            By::Us,
            1006,
        ),
    ] {
        let ended = attempt(url, answer, options());
        assert_eq!((ended.step(), ended.by()), (step, by), "{ended:?}");
        assert_eq!((ended.status(), ended.is_clean()), (status, false));
        assert!(ended.error().is_some() && ended.code().is_none());
    }
    let url = ws_handshake::Request::from_url("ftp://a/").map_err(Error::from);
    let ended = Disconnect::from(url.expect_err("it is no URL of ours"));
    assert_eq!((ended.step(), ended.by()), (Step::Route, By::Us));
}
