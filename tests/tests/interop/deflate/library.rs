//! The library and peers that echo: here the fragments are ours, and so is the choice what to
//! compress.

use core::net::Ipv4Addr;

use futures::{AsyncRead, AsyncWrite};
use hybi::driver::Kind;
use hybi::extensions::deflate::{Backend, WindowBits};
use hybi::futures::Wish;
use hybi::{Deflate, Error, Event, MessageRef, Options, Prepared, Request, WebSocket};
use serde_json::{Value, json};
use smol::net::TcpListener;

use crate::peer::{Peer, Running};

const SIZES: [usize; 9] = [0, 1, 125, 126, 127, 1000, 65_535, 65_536, 1 << 20];

/// A peer with options in the words of its library.
fn peers() -> Vec<(Peer, Value)> {
    vec![
        (Peer::Ws, json!({})),
        (
            Peer::Ws,
            json!({ "threshold": 0, "serverNoContextTakeover": true }),
        ),
        (Peer::Websockets, json!({})),
        (
            Peer::Websockets,
            json!({ "client_no_context_takeover": true }),
        ),
        (Peer::FayeWebsocket, json!({})),
        (
            Peer::FayeWebsocket,
            json!({ "maxWindowBits": 9, "requestMaxWindowBits": 8 }),
        ),
    ]
}

fn deflates() -> Vec<Deflate> {
    let bits = |bits| WindowBits::new(bits).expect("8 to 15");
    vec![
        Deflate::new().threshold(0),
        Deflate::new().level(9).request_no_context_takeover(true),
        Deflate::new()
            .backend(Backend::Miniz)
            .no_context_takeover(true),
        Deflate::new()
            .backend(Backend::Miniz)
            .request_max_window_bits(bits(9)),
    ]
}

/// So many bytes of characters that take one to four bytes each.
fn text(size: usize) -> String {
    "aé✓𝄞".repeat(size / 10) + &"b".repeat(size % 10)
}

/// So many bytes that do not shrink.
fn noise(size: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut bytes = Vec::with_capacity(size);
    while bytes.len() < size {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.push(state.to_le_bytes()[4]);
    }
    bytes
}

async fn expect<T>(socket: &mut WebSocket<T>, message: MessageRef<'_>)
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let Ok(Some(Event::Message(echo))) = socket.receive().await else {
        panic!("no echo of {} bytes", message.len());
    };
    assert!(
        echo == message,
        "{} bytes for {}",
        echo.len(),
        message.len()
    );
}

/// Sends all that can be sent in all the ways there are, and gets it back.
async fn exchange<T>(socket: &mut WebSocket<T>) -> Result<(), Error>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let (words, noise_of_all) = (text(1 << 20), noise(1 << 20));
    let mut plain = 0;
    for size in SIZES {
        let text = text(size);
        let noise = &noise_of_all[..size.min(66_000)];
        for message in [MessageRef::Text(&text), MessageRef::Binary(noise)] {
            socket.send(message).await?;
            expect(socket, message).await;
            plain += message.len();
        }
    }
    // Fragments, which may be cut inside a code point, or be empty.
    for size in [1, 125, 126, 10_000] {
        let whole = &words[..10 * size];
        let mut writer = socket.message_writer(Kind::Text)?;
        for piece in whole.as_bytes().chunks(size) {
            writer.write(piece).await?;
            writer.write(b"").await?;
        }
        writer.finish().await?;
        expect(socket, MessageRef::Text(whole)).await;
        plain += whole.len();
    }
    // What goes out as it is does not get into the context.
    let again = &words[..3000];
    for wish in [
        Wish::Always,
        Wish::Never,
        Wish::Auto,
        Wish::Never,
        Wish::Always,
    ] {
        let before = socket.statistics().sent.bytes;
        socket.outbox().feed_with(again, wish).await?;
        socket.flush().await?;
        let cost = socket.statistics().sent.bytes - before;
        assert_eq!(cost == 3000, wish == Wish::Never, "{wish:?}: {cost}");
        expect(socket, MessageRef::Text(again)).await;
        plain += again.len();
    }
    // What was prepared does, and so does all that came before sleep.
    let prepared = Prepared::new(&noise_of_all[..5000]);
    for at in 0..4 {
        socket.feed_prepared(&prepared).await?;
        expect(socket, prepared.message().borrowed()).await;
        plain += prepared.message().borrowed().len();
        if at % 2 == 0 {
            socket.sleep();
        }
        socket.send(again).await?;
        expect(socket, MessageRef::Text(again)).await;
        plain += again.len();
    }
    let statistics = socket.statistics();
    for bytes in [statistics.sent.bytes, statistics.received.bytes] {
        assert!(bytes < plain as u64 * 2 / 3, "{bytes} of {plain}");
    }
    Ok(())
}

/// Its echo of the Close is the end of it.
async fn finish<T>(mut socket: WebSocket<T>, peer: Running, told: &str)
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let closure = socket.close(None).await;
    assert!(closure.is_ok_and(|closure| closure.is_clean()), "{told}");
    let closed = peer.next();
    assert!(closed.get("closed").is_some(), "{told}: {closed}");
}

#[test]
fn our_client() {
    for (peer, options) in peers() {
        for deflate in deflates() {
            let told = format!("{deflate:?} on {peer:?}, {options}");
            smol::block_on(async {
                let server = peer.start_with(&["echo-server"], Some(&options));
                let url = format!("ws://127.0.0.1:{}/", server.port());
                let request = Request::from_url(&url)?.with_subprotocol("echo")?;
                let ours = Options::client().without_proxy().with_deflate(deflate);
                let (mut socket, response) = hybi::smol::connect_to(&request, &ours).await?;
                assert!(
                    response.fields().contains("Sec-WebSocket-Extensions"),
                    "{told}"
                );
                assert_eq!(server.next(), json!({ "open": "echo" }), "{told}");
                exchange(&mut socket).await?;
                finish(socket, server, &told).await;
                Ok::<_, Error>(())
            })
            .unwrap_or_else(|error| panic!("{told}: {error}"));
        }
    }
}

#[test]
fn our_server() {
    for (peer, options) in peers() {
        for deflate in deflates() {
            let told = format!("{peer:?}, {options} on {deflate:?}");
            smol::block_on(async {
                let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
                let url = format!("ws://{}/", listener.local_addr()?);
                let client = peer.start_with(&["echo-client", &url], Some(&options));
                let (stream, _) = listener.accept().await?;
                let mut ours = Options::server().with_deflate(deflate);
                ours.handshake.subprotocols = vec!["echo".into()];
                let mut socket = hybi::smol::accept(stream, &ours).await?;
                assert_eq!(client.next(), json!({ "open": "echo" }), "{told}");
                exchange(&mut socket).await?;
                finish(socket, client, &told).await;
                Ok::<_, Error>(())
            })
            .unwrap_or_else(|error| panic!("{told}: {error}"));
        }
    }
}
