//! What fails says why.

use futures::AsyncWriteExt;
use hybi_testkit::pipe::duplex;
use hybi_tests::World;
use ws_futures::{Options, WebSocket, accept, connect};
use ws_handshake::Request;

use crate::{all_told, options, told};

// Found when a message is lent, when a header is read, and when nothing is.
#[test]
fn connections_that_fail_say_why() {
    for (bytes, code, why) in [
        (
            &b"\x81\x81\0\0\0\0\xff"[..],
            "code=1007 ",
            "text message is not UTF-8",
        ),
        (b"\x83\x80\0\0\0\0", "code=1002 ", "reserved opcode 3"),
        (b"", "", "connection ended without a closing handshake"),
    ] {
        let lines = told(|| {
            let (near, mut far) = duplex(1 << 16);
            World::new().run(async move {
                far.write_all(bytes).await.expect("room");
                drop(far);
                let mut socket = WebSocket::server(near, &Options::server());
                assert!(socket.receive().await.is_err());
                assert!(matches!(socket.receive().await, Ok(None)));
                assert!(socket.close(None).await.is_ok());
            });
        });
        let failed = format!("message=failed error={why}");
        let ended = format!("message=ended role=\"server\" is_clean=false {code}received.");
        assert_eq!(lines.len(), 2, "{lines:#?}");
        assert_eq!(lines[0], failed);
        assert!(lines[1].starts_with(&ended), "{lines:#?}");
    }
}

#[test]
fn handshakes_that_fail_say_why() {
    // A client that leaves, one that is slow, and one that is refused, which is told as that.
    for (request, leaves, expect) in [
        (
            &b""[..],
            true,
            "message=failed error=transport failed: unexpected end of file",
        ),
        (
            b"GET /",
            false,
            "message=failed error=opening handshake took too long",
        ),
        (
            b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n",
            true,
            "message=refused role=\"server\" status=426",
        ),
    ] {
        let told = all_told(|| {
            let (near, mut far) = duplex(1 << 16);
            World::new().run(async move {
                far.write_all(request).await.expect("room");
                if leaves {
                    far.close().await.expect("it is open");
                }
                let accepted = accept(near, &options(Options::server())).await;
                assert!(accepted.is_err());
                drop(far);
            });
        });
        assert_eq!(told.lines, [expect]);
        assert_eq!(told.within, [Some(0)]);
    }
    let told = all_told(|| {
        let (near, mut far) = duplex(1 << 16);
        World::new().run(async move {
            far.write_all(b"HTTP/1.1 101 X\r\n\r\n")
                .await
                .expect("room");
            let request = Request::ws("server.example", "/").expect("a URL");
            let connected = connect(near, &request, &options(Options::client())).await;
            assert!(connected.is_err());
        });
    });
    assert_eq!(told.lines.len(), 1, "{:#?}", told.lines);
    let failed = "message=failed error=";
    assert!(told.lines[0].starts_with(failed), "{:#?}", told.lines);
    assert_eq!(told.within, [Some(0)]);
}
