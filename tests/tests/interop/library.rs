//! The library against peers that echo: here the fragments, the pings and the first Close are
//! ours.

use core::net::Ipv4Addr;

use futures::{AsyncRead, AsyncWrite};
use hybi::driver::{Kind, Role};
use hybi::{CloseCode, CloseFrame, Closure, Error, Event, Options, Request, WebSocket};
use serde_json::{Value, json};
use smol::net::TcpListener;

use crate::peer::{Peer, Running};

const PEERS: [Peer; 3] = [Peer::Ws, Peer::WebsocketDriver, Peer::Websockets];

/// Empty messages, the edges of each form of length, and as much as a server takes by default.
const SIZES: [usize; 9] = [0, 1, 125, 126, 127, 65535, 65536, 1 << 20, 16 << 20];

/// A client of ours on a path of the peer's server.
async fn client(
    server: &Running,
    path: &str,
) -> Result<WebSocket<impl AsyncRead + AsyncWrite + Unpin + use<>>, Error> {
    let url = format!("ws://127.0.0.1:{}{path}", server.port());
    let mut request = Request::from_url(&url)?;
    for name in ["unknown", "echo"] {
        request = request.with_subprotocol(name)?;
    }
    let (socket, _) = hybi::smol::connect_to(&request, &Options::client().without_proxy()).await?;
    assert_eq!(server.next(), json!({ "open": "echo" }));
    Ok(socket)
}

/// A server of ours, and a peer that has connected to it.
async fn server(
    peer: Peer,
) -> Result<
    (
        WebSocket<impl AsyncRead + AsyncWrite + Unpin + use<>>,
        Running,
    ),
    Error,
> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let url = format!("ws://{}/", listener.local_addr()?);
    let client = peer.start(&["echo-client", &url]);
    let (stream, _) = listener.accept().await?;
    let mut options = Options::server();
    options.handshake.subprotocols = vec!["echo".into()];
    let socket = hybi::smol::accept(stream, &options).await?;
    assert_eq!(client.next(), json!({ "open": "echo" }));
    Ok((socket, client))
}

async fn exchange<T: AsyncRead + AsyncWrite + Unpin>(
    socket: &mut WebSocket<T>,
) -> Result<(), Error> {
    assert_eq!(socket.subprotocol(), Some("echo"));
    for size in SIZES {
        let text = text(size);
        echoes(socket, Kind::Text, text.as_bytes(), size).await?;
        echoes(socket, Kind::Binary, text.as_bytes(), size).await?;
    }
    // Fragments, which may be cut inside a code point.
    for size in [1, 125, 126, 10_000] {
        let text = text(4 * size + 3);
        echoes(socket, Kind::Text, text.as_bytes(), size).await?;
        echoes(socket, Kind::Binary, text.as_bytes(), size).await?;
    }
    for payload in [&b""[..], b"?", &[b'p'; 125]] {
        let id = socket.ping(payload).await?;
        let event = socket.receive().await?;
        assert_eq!(
            event,
            Some(Event::Pong {
                payload,
                answers: Some(id)
            })
        );
    }
    Ok(())
}

/// Sends a message, in pieces if there are several, and gets it back.
async fn echoes<T: AsyncRead + AsyncWrite + Unpin>(
    socket: &mut WebSocket<T>,
    kind: Kind,
    payload: &[u8],
    size: usize,
) -> Result<(), Error> {
    if payload.len() > size {
        let mut writer = socket.message_writer(kind)?;
        for piece in payload.chunks(size) {
            writer.write(piece).await?;
        }
        writer.finish().await?;
    } else if kind == Kind::Text {
        socket
            .send(core::str::from_utf8(payload).expect("it was text"))
            .await?;
    } else {
        socket.send(payload).await?;
    }
    let Some(Event::Message(echo)) = socket.receive().await? else {
        panic!("no echo of {} bytes", payload.len());
    };
    assert_eq!(echo.kind(), kind);
    assert!(
        echo.as_bytes() == payload,
        "not the {} bytes sent",
        payload.len()
    );
    Ok(())
}

/// So many bytes of characters that take one to four bytes each.
fn text(size: usize) -> String {
    "aé✓𝄞".repeat(size / 10) + &"b".repeat(size % 10)
}

/// Our Close is answered, and the peer has understood it.
async fn closes<T: AsyncRead + AsyncWrite + Unpin>(
    mut socket: WebSocket<T>,
    peer: &Running,
    frame: Option<CloseFrame<'_>>,
) -> Result<(), Error> {
    let role = socket.role();
    let closure = socket.close(frame).await?;
    let code = frame.map(|frame| frame.code);
    match closure {
        Closure::Clean {
            code: answer, by, ..
        } => assert_eq!((answer, by), (code, role)),
        other => panic!("{other:?}"),
    }
    let (code, reason) = frame.map_or((1005, ""), |frame| (frame.code.get(), frame.reason));
    assert_eq!(peer.next(), json!({ "closed": code, "reason": reason }));
    Ok(())
}

const FRAME: CloseFrame<'static> = CloseFrame {
    code: CloseCode::NORMAL,
    reason: "a reason: ✓",
};

#[test]
fn client_exchanges_and_closes() {
    for peer in PEERS {
        smol::block_on(async {
            let server = peer.start(&["echo-server"]);
            let mut socket = client(&server, "/").await.unwrap();
            exchange(&mut socket).await.unwrap();
            closes(socket, &server, Some(FRAME)).await.unwrap();
        });
    }
}

#[test]
fn server_exchanges_and_closes() {
    for peer in PEERS {
        smol::block_on(async {
            let (mut socket, client) = server(peer).await.unwrap();
            exchange(&mut socket).await.unwrap();
            closes(socket, &client, Some(FRAME)).await.unwrap();
        });
    }
}

// websocket-driver answers 1000 to a Close without a code.
#[test]
fn closes_without_a_code() {
    for peer in [Peer::Ws, Peer::Websockets] {
        smol::block_on(async {
            let server_of_theirs = peer.start(&["echo-server"]);
            let socket = client(&server_of_theirs, "/").await.unwrap();
            closes(socket, &server_of_theirs, None).await.unwrap();
            let (socket, client) = server(peer).await.unwrap();
            closes(socket, &client, None).await.unwrap();
        });
    }
}

// RFC 6455 §5.5.1: our answer reaches the peer, and what it said the application.
#[test]
fn client_is_closed_by_the_server() {
    for peer in PEERS {
        smol::block_on(async {
            let server = peer.start(&["echo-server"]);
            let mut socket = client(&server, "/close/4321/why").await.unwrap();
            let event = socket.receive().await.unwrap();
            let Some(Event::Close(Some(frame))) = event else {
                panic!("{event:?}")
            };
            assert_eq!((frame.code.get(), frame.reason), (4321, "why"));
            assert_eq!(socket.receive().await.unwrap(), None);
            assert!(matches!(
                socket.closure(),
                Some(Closure::Clean {
                    by: Role::Server,
                    ..
                })
            ));
            let closed: Value = server.next();
            assert_eq!(closed["closed"], 4321);
        });
    }
}
