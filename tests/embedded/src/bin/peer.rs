//! A WebSocket server and a client over two serial lines: no allocator, 8 KiB of RAM.
//!
//! On the first line it answers handshakes and echoes what comes, until the path was `/last`. Then,
//! on the second one, it is a client that sends a text and some bytes, wants them back, and closes.
#![no_std]
#![no_main]

#[path = "../link.rs"]
mod link;

use cortex_m_rt::entry;
use embassy_futures::block_on;
use hybi_embedded::{pass, say};
use link::Link;
use stm32f1::stm32f100;
use ws_embedded::{
    Buffers, CloseCode, CloseFrame, Error, Event, MaskKey, MaskKeys, Message, Nonce, Request,
    Rules, Verdict, accept_with, connect,
};

const SUBPROTOCOLS: &[&str] = &["echo"];

const GREETING: &str = "eight kibibytes, and not one of them from a heap: \u{1f980}";

const NORMAL: CloseFrame<'_> = CloseFrame {
    code: CloseCode::NORMAL,
    reason: "",
};

#[entry]
fn main() -> ! {
    let Some(device) = stm32f100::Peripherals::take() else {
        panic!("somebody has taken them");
    };
    // Room for messages of 2 KiB.
    let (mut rx, mut tx) = ([0; 2049], [0; 256]);
    let mut link = Link::new(&device.USART1);
    say("ready\n");
    while !block_on(serve(&mut link, Buffers::new(&mut rx, &mut tx))) {}
    let mut link = Link::new(&device.USART2);
    let asked = block_on(ask(&mut link, Buffers::new(&mut rx, &mut tx)));
    assert!(asked.is_ok(), "the server did not do its part");
    pass();
}

/// Serves one connection; whether it was the last one.
async fn serve(link: &mut Link<'_>, buffers: Buffers<'_>) -> bool {
    let rules = Rules::new().with_subprotocols(SUBPROTOCOLS);
    let mut is_last = false;
    let accepted = accept_with(&mut *link, buffers, rules, |request| {
        is_last = request.path() == "/last";
        Verdict::Accept(&[])
    });
    let Ok(mut socket) = accepted.await else {
        return false;
    };
    loop {
        let answered = match socket.exchange().await {
            Ok(Some((Event::Message(message), mut outbox))) => outbox.feed(message).await,
            Ok(Some(_)) => Ok(()),
            Ok(None) => return is_last,
            Err(error) => Err(error),
        };
        if answered.is_err() {
            // A serial line does not end with a connection.
            link.skip_to(b"GET ");
            return false;
        }
    }
}

/// Asks a server for an echo.
async fn ask(
    link: &mut Link<'_>,
    buffers: Buffers<'_>,
) -> Result<(), Error<core::convert::Infallible>> {
    let request = Request::new("device.example", "/device")
        .with_subprotocols(SUBPROTOCOLS)
        .with_fields(&[("User-Agent", "kettle/1")]);
    // A device has entropy to put here, and for the keys.
    let nonce = Nonce::new(*b"the sample nonce");
    let mut socket = connect(link, buffers, request, nonce, Keys(0x2545_F491)).await?;
    assert!(
        socket.subprotocol() == Some("echo"),
        "the server speaks something else"
    );
    let mut bytes = [0; 300];
    for (i, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::try_from(i & 0xFF).unwrap_or_default();
    }
    for message in [Message::Text(GREETING), Message::Binary(&bytes)] {
        socket.send(message).await?;
        loop {
            match socket.receive().await? {
                Some(Event::Message(echo)) => {
                    assert!(echo == message, "an echo is the same");
                    break;
                }
                Some(Event::Ping(_)) => {}
                _ => panic!("no echo"),
            }
        }
    }
    let code = socket.close(Some(NORMAL)).await?.map(|frame| frame.code);
    assert!(code == Some(CloseCode::NORMAL), "it is echoed");
    Ok(())
}

/// Mask keys. A device has entropy for them (RFC 6455 §5.3); this has none, and shifts.
struct Keys(u32);

impl MaskKeys for Keys {
    fn next_key(&mut self) -> MaskKey {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        MaskKey(self.0.to_le_bytes())
    }
}
