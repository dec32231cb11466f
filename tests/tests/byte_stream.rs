//! A byte stream over messages: flush, end, and transports that behave badly.

use core::time::Duration;
use std::io::ErrorKind;

use futures::io::{AsyncReadExt, AsyncWriteExt};
use hybi_testkit::pipe::{Behaviour, Pending, Pipe, pipe};
use hybi_testkit::wire::Frame;
use hybi_tests::{World, world};
use ws_futures::{ByteStream, CloseCode, CloseFrame, Options, WebSocket};

fn both(near: Behaviour, far: Behaviour) -> (WebSocket<Pipe>, WebSocket<Pipe>) {
    let (near, far) = pipe(near, far);
    let client = WebSocket::client(near, &Options::client()).expect("there is randomness");
    let server = WebSocket::server(far, &Options::server());
    (
        client.with_timer(world::timer()),
        server.with_timer(world::timer()),
    )
}

/// Something that does not repeat itself every few bytes.
fn sample(len: usize) -> Vec<u8> {
    let bytes = (0..len).map(|i| u8::try_from(i * 31 % 251).expect("it is small"));
    bytes.collect()
}

// Both directions at once, over transports that take and give as they like.
#[test]
fn bytes_arrive_in_order_however_the_transport_behaves() {
    for behaviour in [
        Behaviour::default(),
        Behaviour::default().max_write(1000).max_read(777),
        Behaviour::default().capacity(300),
        Behaviour::default().pending(Pending::Every(2)),
    ] {
        let (client, server) = both(behaviour.clone(), behaviour.clone());
        let mut world = World::new();
        let sent = sample(300_000);
        let expected = sent.clone();
        let echo = world.spawn(async move {
            let (mut reading, mut writing) = ByteStream::new(server).split();
            let copied = futures::io::copy(&mut reading, &mut writing).await;
            writing.close().await.expect("it is open");
            copied
        });
        let received = world.run(async move {
            let (mut reading, mut writing) = ByteStream::new(client).split();
            let send = async {
                for piece in sent.chunks(999) {
                    writing.write_all(piece).await?;
                }
                writing.close().await
            };
            let mut received = Vec::new();
            let (sent, read) = futures::join!(send, reading.read_to_end(&mut received));
            sent.expect("it is open");
            read.expect("it ends in order");
            received
        });
        assert!(received == expected, "{behaviour:?}");
        assert!(matches!(echo.take(), Some(Ok(300_000))), "{behaviour:?}");
    }
}

#[test]
fn what_is_written_waits_for_a_flush() {
    let (client, server) = both(Behaviour::default(), Behaviour::default());
    let mut world = World::new();
    let mut client = ByteStream::new(client);
    let mut server = ByteStream::new(server);
    world.run(async move {
        assert_eq!(client.write(b"").await.expect("nothing to write"), 0);
        client.write_all(b"one").await.expect("there is room");
        client.write_all(b"two").await.expect("there is room");
        let mut buffer = [0; 9];
        let early = futures::FutureExt::now_or_never(server.read(&mut buffer));
        assert!(early.is_none(), "{early:?}");
        client.flush().await.expect("it is open");
        server.read_exact(&mut buffer[..2]).await.expect("it came");
        assert_eq!(&buffer[..2], b"on");
        // What was received and not read is not lost.
        let (mut socket, unread) = server.into_parts();
        assert_eq!(unread, b"e");
        let Ok(Some(ws_futures::Event::Message(message))) = socket.receive().await else {
            panic!("a message");
        };
        assert_eq!(message.as_bytes(), b"two");
    });
}

/// What a client reads after the peer has said this, and then left.
fn read(bytes: Vec<u8>) -> (Vec<u8>, Result<usize, ErrorKind>) {
    let (near, mut far) = pipe(Behaviour::default(), Behaviour::default());
    let client = WebSocket::client(near, &Options::client()).expect("there is randomness");
    let mut stream = ByteStream::new(client.with_timer(world::timer()));
    let mut world = World::new();
    world.spawn(async move { far.write_all(&bytes).await });
    world.run(async move {
        let mut all = Vec::new();
        let end = stream.read_to_end(&mut all).await;
        // Once is enough.
        let again = stream.read(&mut [0; 9]).await;
        assert!(matches!(again, Ok(0)), "{again:?}");
        (all, end.map_err(|error| error.kind()))
    })
}

// RFC 6455 §7.4.1
#[test]
fn the_end_has_a_meaning() {
    let text = Frame::text("caf\u{e9}").bytes();
    let empty = Frame::binary([]).bytes();
    let start = [&*text, &empty, &Frame::binary(*b"ab").bytes()].concat();
    let with = |end: Vec<u8>| [&*start, &end].concat();
    let all = "caf\u{e9}ab".as_bytes();
    for (bytes, expected) in [
        (with(Frame::close(1000, "").bytes()), Ok(all.len())),
        (with(Frame::close(1001, "bye").bytes()), Ok(all.len())),
        (with(vec![0x88, 0]), Ok(all.len())),
        (
            with(Frame::close(1011, "").bytes()),
            Err(ErrorKind::ConnectionAborted),
        ),
        (
            with(Frame::close(4000, "").bytes()),
            Err(ErrorKind::ConnectionAborted),
        ),
        (with(Vec::new()), Err(ErrorKind::UnexpectedEof)),
        (with(vec![0x83, 0]), Err(ErrorKind::InvalidData)),
    ] {
        let (read, end) = read(bytes);
        assert_eq!(read, all);
        assert_eq!(end, expected);
    }
}

#[test]
fn nothing_can_be_written_after_the_end() {
    let (mut client, server) = both(Behaviour::default(), Behaviour::default());
    let mut world = World::new();
    world.spawn(async move {
        let frame = CloseFrame {
            code: CloseCode::NORMAL,
            reason: "",
        };
        let _ = client.close(Some(frame)).await;
    });
    world.run(async move {
        let mut server = ByteStream::new(server);
        let mut all = Vec::new();
        assert_eq!(server.read_to_end(&mut all).await.expect("the end"), 0);
        let late = server
            .write_all(b"late")
            .await
            .map_err(|error| error.kind());
        assert_eq!(late, Err(ErrorKind::BrokenPipe));
        server.close().await.expect("it is closed already");
    });
    world.advance(Duration::from_secs(1));
}

#[test]
fn tokio_copies_both_ways() {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let (near, far) = tokio::io::duplex(1000);
        let options = Options::client();
        let client = hybi::tokio::client(near, &options).expect("there is randomness");
        let server = hybi::tokio::server(far, &Options::server());
        let echo = async {
            let (mut reading, mut writing) = tokio::io::split(ByteStream::new(server));
            tokio::io::copy(&mut reading, &mut writing).await?;
            tokio::io::AsyncWriteExt::shutdown(&mut writing).await
        };
        let talk = async {
            let mut stream = ByteStream::new(client);
            let sent = sample(5000);
            tokio::io::AsyncWriteExt::write_all(&mut stream, &sent).await?;
            tokio::io::AsyncWriteExt::flush(&mut stream).await?;
            let mut received = vec![0; sent.len()];
            tokio::io::AsyncReadExt::read_exact(&mut stream, &mut received).await?;
            assert!(received == sent);
            tokio::io::AsyncWriteExt::shutdown(&mut stream).await?;
            let rest = tokio::io::AsyncReadExt::read(&mut stream, &mut received).await?;
            assert_eq!(rest, 0);
            Ok::<_, std::io::Error>(())
        };
        let (echo, talk) = tokio::join!(echo, talk);
        echo.expect("it ends in order");
        talk.expect("it ends in order");
    });
}
