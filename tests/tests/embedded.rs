//! `ws-embedded` beside the driver, which does the same with an allocator: whatever a peer sends,
//! both say the same of it and answer the same. And both ends against those of `ws-futures`.

use embedded_io_adapters::futures_03::FromFutures;
use futures::executor::block_on;
use futures::future::join;
use futures::io::{AsyncReadExt, AsyncWriteExt};
use hybi_testkit::pair::Seen;
use hybi_testkit::pipe::{Behaviour, Pending, Pipe, duplex, pipe};
use hybi_testkit::wire::{self, Frame};
use proptest::prelude::*;
use ws_driver::{Config, Connection, Error, Seed};
use ws_embedded::{
    Buffers, End, Event, MaskKey, Message, Nonce, Request, Rules, WebSocket, accept, connect,
};
use ws_futures::Options;

type Io = FromFutures<Pipe>;

/// The longest message is one less.
const RX: usize = 200;

/// What came, what was answered, and how it ended: the peer's close, or the code that it was told.
type Outcome = (Vec<Seen>, Vec<Frame>, Option<u16>);

fn by_driver(mut connection: Connection, bytes: &[u8]) -> Outcome {
    let (mut bytes, mut out) = (bytes.to_vec(), Vec::new());
    let mut input = &mut bytes[..];
    let mut seen = Vec::new();
    let code = loop {
        match connection.receive(&mut input, &mut out) {
            Ok(Some(event)) => seen.push(plain(Seen::from(event))),
            Ok(None) => {
                break connection
                    .receive_eof()
                    .err()
                    .and_then(|error| code(&error));
            }
            Err(error) => break code(&error),
        }
    };
    (seen, answers(&out), code)
}

fn code(error: &Error) -> Option<u16> {
    error.close_code().map(ws_driver::CloseCode::get)
}

/// Without which of our pings a Pong answers, of which there are none.
fn plain(seen: Seen) -> Seen {
    match seen {
        Seen::Pong { payload, .. } => Seen::Pong {
            payload,
            answers: None,
        },
        seen => seen,
    }
}

/// Answers without masks, and without reasons, for which there is no room on a device.
fn answers(bytes: &[u8]) -> Vec<Frame> {
    let plain = |frame: Frame| match (frame.opcode(), frame.payload()) {
        (8, [first, second, ..]) => Frame::new(8, [*first, *second]),
        _ => frame.unmasked(),
    };
    wire::frames(bytes).into_iter().map(plain).collect()
}

/// What an end without an allocator makes of the same bytes, whatever its stream is like.
fn without_alloc<E: End>(
    behaviour: Behaviour,
    bytes: &[u8],
    open: impl FnOnce(Io) -> WebSocket<'static, Io, E>,
) -> Outcome {
    let (near, mut far) = pipe(behaviour, Behaviour::default());
    let mut socket = open(FromFutures::new(near));
    block_on(async {
        far.write_all(bytes).await.expect("there is room");
        far.close().await.expect("it is open");
        let mut seen = Vec::new();
        let code = loop {
            match socket.receive().await {
                Ok(Some(event)) => seen.push(owned(event)),
                Ok(None) | Err(ws_embedded::Error::UnexpectedEof) => break None,
                Err(ws_embedded::Error::Protocol(error)) => break Some(error.close_code().get()),
                Err(error) => panic!("{error}"),
            }
        };
        drop(socket);
        let mut answer = Vec::new();
        far.read_to_end(&mut answer).await.expect("it is read");
        (seen, answers(&answer), code)
    })
}

fn owned(event: Event<'_>) -> Seen {
    match event {
        Event::Message(Message::Text(text)) => Seen::Text(text.into()),
        Event::Message(Message::Binary(bytes)) => Seen::Binary(bytes.into()),
        Event::Ping(payload) => Seen::Ping(payload.into()),
        Event::Pong(payload) => Seen::Pong {
            payload: payload.into(),
            answers: None,
        },
        Event::Close(frame) => {
            Seen::Close(frame.map(|frame| (frame.code.get(), frame.reason.into())))
        }
        other => panic!("{other:?}"),
    }
}

fn buffers(rx: usize, tx: usize) -> Buffers<'static> {
    Buffers::new(vec![0; rx].leak(), vec![0; tx].leak())
}

fn mask_key() -> MaskKey {
    MaskKey([1, 2, 3, 4])
}

/// A frame that is right, or nearly.
fn any_frame() -> impl Strategy<Value = Frame> {
    let opcode = prop_oneof![12 => 0..=2_u8, 4 => 8..=10_u8, 1 => 0..=15_u8];
    let payload = prop_oneof![
        4 => "\\PC{0,60}".prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..250),
        1 => Just(b"\x0B\xB8bye".to_vec()),
    ];
    let rsv = prop_oneof![30 => Just(0_u8), 1 => 0..=7_u8];
    (opcode, prop::bool::weighted(0.7), payload, rsv).prop_map(|(opcode, fin, payload, rsv)| {
        let frame = Frame::new(opcode, payload).rsv(rsv);
        if fin { frame } else { frame.fragment() }
    })
}

fn any_behaviour() -> impl Strategy<Value = Behaviour> {
    (1..300_usize, 1..50_usize, any::<u64>()).prop_map(|(read, write, seed)| {
        let behaviour = Behaviour::default().max_read(read).max_write(write);
        behaviour.pending(Pending::Random(seed))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_say_and_answer_the_same(
        frames in prop::collection::vec(any_frame(), 0..10),
        cut in prop::option::of(0..2000_usize),
        masked in prop::bool::weighted(0.95),
        is_server in any::<bool>(),
        behaviour in any_behaviour(),
    ) {
        // Clients mask, which both ends are wrong about once in a while.
        let masked = masked == is_server;
        let bytes: Vec<u8> = frames
            .into_iter()
            .flat_map(|frame| if masked { frame.masked([9, 8, 7, 6]).bytes() } else { frame.bytes() })
            .take(cut.unwrap_or(usize::MAX))
            .collect();
        let mut config = if is_server { Config::server() } else { Config::client() };
        config.max_message_size = RX - 1;
        let (expected, actual) = if is_server {
            let open = |io| WebSocket::server(io, buffers(RX, 131), 0).expect("they are long enough");
            (by_driver(Connection::server(&config), &bytes), without_alloc(behaviour, &bytes, open))
        } else {
            let open = |io| {
                let opened = WebSocket::client(io, buffers(RX, 131), 0, mask_key);
                opened.expect("they are long enough")
            };
            let connection = Connection::client(&config, Seed([7; 32]));
            (by_driver(connection, &bytes), without_alloc(behaviour, &bytes, open))
        };
        prop_assert_eq!(actual, expected);
    }
}

#[test]
fn a_client_of_ours_at_a_server_of_ours() {
    let (near, far) = duplex(100);
    let server = async {
        let mut socket = ws_futures::accept(far, &Options::server())
            .await
            .expect("it is right");
        while let Some((event, mut outbox)) = socket.exchange().await.expect("it is right") {
            if let ws_futures::Event::Message(message) = event {
                outbox.feed(message).await.expect("it is open");
            }
        }
        assert!(socket.closure().expect("it has ended").is_clean());
    };
    let client = async {
        let request = Request::new("a.example", "/");
        let buffers = buffers(4096, 256);
        let nonce = Nonce::new([7; 16]);
        let opening = connect(FromFutures::new(near), buffers, request, nonce, mask_key);
        let mut socket = opening.await.expect("it is right");
        let long = "h\u{e9}llo \u{1f980}".repeat(200);
        for text in ["", "h\u{e9}llo", &long] {
            socket.send(text).await.expect("it is open");
            let echo = socket.receive().await.expect("it is right");
            assert_eq!(echo, Some(Event::Message(Message::Text(text))));
        }
        let frame = ws_embedded::CloseFrame {
            code: ws_embedded::CloseCode::NORMAL,
            reason: "done",
        };
        let answer = socket.close(Some(frame)).await.expect("it is answered");
        assert_eq!(answer.map(|frame| frame.code), Some(frame.code));
    };
    block_on(join(server, client));
}

#[test]
fn a_server_of_ours_and_a_client_of_ours() {
    let (near, far) = duplex(100);
    let server = async {
        let accepting = accept(FromFutures::new(far), buffers(4096, 256), Rules::new());
        let mut socket = accepting.await.expect("it is right");
        while let Some((event, mut outbox)) = socket.exchange().await.expect("it is right") {
            if let Event::Message(message) = event {
                outbox.feed(message).await.expect("it is open");
            }
        }
    };
    let client = async {
        let request = ws_handshake::Request::from_url("ws://a.example/").expect("a URL");
        let options = Options::client();
        let connecting = ws_futures::connect(near, &request, &options);
        let (mut socket, _) = connecting.await.expect("it is right");
        let long = "h\u{e9}llo \u{1f980}".repeat(200);
        for text in ["", "h\u{e9}llo", &long] {
            socket.send(text).await.expect("it is open");
            let echo = socket.receive().await.expect("it is right");
            let text = ws_driver::Message::Text(text);
            assert_eq!(echo, Some(ws_futures::Event::Message(text)));
        }
        assert!(socket.close(None).await.expect("it is answered").is_clean());
    };
    block_on(join(server, client));
}
