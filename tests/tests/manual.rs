//! What the manual's tables say of how connections end.

use futures::executor::block_on;
use futures::future::try_join;
use futures::{AsyncReadExt, AsyncWriteExt};
use hybi::futures::Step;
use hybi::{By, CloseCode, CloseFrame, Disconnect, Error, Options, Request, WebSocket};
use hybi_testkit::pipe::{Pipe, duplex};

/// A client and a server that have opened.
fn open(options: &Options) -> (WebSocket<Pipe>, WebSocket<Pipe>) {
    let (near, far) = duplex(1 << 16);
    let of_server = Options::server();
    let request = Request::ws("example.com", "/").expect("a URL");
    let both = try_join(hybi::connect(near, &request, options), async {
        hybi::accept(far, &of_server).await
    });
    let ((client, _), server) = block_on(both).expect("they open");
    (client, server)
}

/// How it ends for whoever only receives.
async fn until_the_end(socket: &mut WebSocket<Pipe>) -> Disconnect {
    let error = loop {
        match socket.receive().await {
            Ok(Some(_)) => {}
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    socket.disconnect(error)
}

/// How it ends for a client whose server does this.
fn ended(act: impl AsyncFnOnce(WebSocket<Pipe>)) -> Disconnect {
    let (mut client, server) = open(&Options::client());
    block_on(async {
        let (how, ()) = futures::join!(until_the_end(&mut client), act(server));
        how
    })
}

const DONE: CloseFrame<'static> = CloseFrame {
    code: CloseCode::NORMAL,
    reason: "done",
};

#[test]
fn closing_has_the_rows_of_what_the_peer_does() {
    let closed = ended(async |mut server| drop(server.close(Some(DONE)).await));
    let closed_without = ended(async |mut server| drop(server.close(None).await));
    let vanished = ended(async |server| drop(server));
    let broken = ended(async |server| {
        let mut io = server.into_parts().io;
        io.write_all(b"\x83\x00").await.unwrap(); // opcode 3
        let _ = io.read(&mut [0; 64]).await;
    });
    for (how, status, reason, is_clean, by) in [
        (closed, 1000, "done", true, By::Peer),
        (closed_without, 1005, "", true, By::Peer),
        (vanished, 1006, "", false, By::Transport),
        (broken, 1002, "", false, By::Us),
    ] {
        assert_eq!(how.status(), status, "{how:?}");
        assert_eq!(how.reason(), reason, "{how:?}");
        assert_eq!((how.is_clean(), how.by()), (is_clean, by), "{how:?}");
    }
}

#[test]
fn closing_has_the_row_of_what_we_do() {
    let (mut client, mut server) = open(&Options::client());
    let how = block_on(async {
        let (closure, _) = futures::join!(client.close(Some(DONE)), until_the_end(&mut server));
        assert!(closure.unwrap().is_clean());
        client.disconnect(None)
    });
    assert_eq!(
        (how.status(), how.reason(), how.by()),
        (1000, "done", By::Us)
    );
}

// moving_in, "Close results": what was never a connection.
#[test]
fn a_handshake_that_fails_is_1006_and_says_when() {
    for error in [Error::HandshakeTimedOut, Error::Refused] {
        let how = Disconnect::from(error);
        assert_eq!(
            (how.status(), how.step()),
            (1006, Step::Handshake),
            "{how:?}"
        );
    }
}
