//! A WebSocket server and a client over two serial lines: no allocator, 8 KiB of RAM.
//!
//! On the first line it answers handshakes and echoes what comes, until the path was `/last`. Then,
//! on the second one, it is a client that sends a text and some bytes, wants them back, and closes.
#![no_std]
#![no_main]

#[path = "../link.rs"]
mod link;

use cortex_m_rt::entry;
use hybi_embedded::{pass, say};
use link::Link;
use stm32f1::stm32f100;
use ws_frame::{
    CloseCode, CloseFrame, ControlPayload, FrameDecoder, Header, MaskKey, Masker, OpCode, Rsv,
    Rules, Utf8Decoder,
};
use ws_handshake::{Nonce, bare};

/// Room for the head of a request or a response.
const HEAD: usize = 512;

/// Room for a message.
const MESSAGE: usize = 2048;

const SUBPROTOCOLS: &[&str] = &["echo"];

const GREETING: &str = "eight kibibytes, and not one of them from a heap: \u{1f980}";

#[entry]
fn main() -> ! {
    let Some(device) = stm32f100::Peripherals::take() else {
        panic!("somebody has taken them");
    };
    let mut link = Link::new(&device.USART1);
    say("ready\n");
    while !serve(&mut link) {}
    let mut link = Link::new(&device.USART2);
    assert!(ask(&mut link).is_some(), "the server did not do its part");
    pass();
}

/// Serves one connection; whether it was the last one.
fn serve(link: &mut Link<'_>) -> bool {
    let mut head = [0; HEAD];
    let mut out = [0; 256];
    let rules = bare::Rules::new().with_subprotocols(SUBPROTOCOLS);
    let mut filled = 0;
    let is_last = loop {
        head[filled] = link.byte();
        filled += 1;
        // Nothing is decided inside of a line, unless there is no room for more of it.
        if !head[..filled].ends_with(b"\n") && filled < HEAD {
            continue;
        }
        match rules.receive(&head, filled) {
            Ok(None) => {}
            Ok(Some(requested)) => {
                let Ok(len) = requested.accept(&[], &mut out) else {
                    return false;
                };
                link.write(&out[..len]);
                break requested.path() == "/last";
            }
            Err(error) => {
                if let Ok(len) = error.refuse(&mut out) {
                    link.write(&out[..len]);
                }
                return false;
            }
        }
    };
    let mut session = Session::new(link, None);
    let end = loop {
        match session.receive() {
            Ok(message) => session.send_back(message),
            Err(end) => break end,
        }
    };
    if let End::Failed(code) = end {
        session.close(code);
        // What is left is of no interest, but the next request comes behind it.
        while session.receive() != Err(End::Closed) {}
    }
    is_last
}

/// Asks a server for an echo; `None` if it was none.
fn ask(link: &mut Link<'_>) -> Option<()> {
    let mut head = [0; HEAD];
    let request = bare::Request::new("device.example", "/device")
        .with_subprotocols(SUBPROTOCOLS)
        .with_fields(&[("User-Agent", "kettle/1")]);
    // A device has entropy to put here, and for the keys below.
    let (len, client) = request
        .write(Nonce::new(*b"the sample nonce"), &mut head)
        .ok()?;
    link.write(&head[..len]);
    let mut filled = 0;
    loop {
        *head.get_mut(filled)? = link.byte();
        filled += 1;
        if !head[..filled].ends_with(b"\n") {
            continue;
        }
        match client.receive(&head, filled).ok()? {
            None => {}
            Some(bare::Answer::Accepted { subprotocol, .. }) => {
                assert!(
                    subprotocol == Some("echo"),
                    "the server speaks something else"
                );
                break;
            }
            Some(_) => return None,
        }
    }
    let mut session = Session::new(link, Some(Keys(0x2545_F491)));
    let mut bytes = [0; 300];
    for (i, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::try_from(i & 0xFF).unwrap_or_default();
    }
    for (opcode, message) in [
        (OpCode::Text, GREETING.as_bytes()),
        (OpCode::Binary, &bytes),
    ] {
        session.send(opcode, message);
        if session.receive() != Ok(opcode) || session.message() != message {
            return None;
        }
    }
    session.close(CloseCode::NORMAL);
    (session.receive() == Err(End::Closed)).then_some(())
}

/// Why nothing more is received.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum End {
    /// The peer has closed.
    Closed,
    /// It has broken a rule.
    Failed(CloseCode),
}

/// One end of an open connection.
struct Session<'l, 'd> {
    link: &'l mut Link<'d>,
    decoder: FrameDecoder,
    rules: Rules,
    /// Clients have them.
    keys: Option<Keys>,
    /// The message under way, or the last one.
    message: [u8; MESSAGE],
    len: usize,
    opcode: OpCode,
    text: Utf8Decoder,
    /// The payload of the control frame under way.
    control: ControlPayload,
    has_closed: bool,
}

impl<'l, 'd> Session<'l, 'd> {
    fn new(link: &'l mut Link<'d>, keys: Option<Keys>) -> Self {
        Self {
            link,
            decoder: FrameDecoder::new(),
            rules: Rules::new(keys.is_none(), Rsv::NONE),
            keys,
            message: [0; MESSAGE],
            len: 0,
            opcode: OpCode::Binary,
            text: Utf8Decoder::new(),
            control: ControlPayload::EMPTY,
            has_closed: false,
        }
    }

    /// The message that was received last.
    fn message(&self) -> &[u8] {
        &self.message[..self.len]
    }

    /// Waits for a message, and tells its kind. Answers pings and a Close on the way.
    fn receive(&mut self) -> Result<OpCode, End> {
        loop {
            let part = self.link.read(|input| self.decoder.decode(input));
            let part = part.map_err(|_| End::Failed(CloseCode::PROTOCOL_ERROR))?;
            let Some(part) = part else {
                continue;
            };
            let header = part.header;
            if part.first {
                let admitted = self.rules.admit(&header);
                admitted.map_err(|_| End::Failed(CloseCode::PROTOCOL_ERROR))?;
                match header.opcode {
                    OpCode::Continuation => {}
                    OpCode::Text | OpCode::Binary => (self.opcode, self.len) = (header.opcode, 0),
                    _ => self.control = ControlPayload::EMPTY,
                }
            }
            let is_whole = part.last && header.fin;
            if header.opcode.is_control() {
                // The decoder lets none pass that is longer.
                let fits = self.control.extend_from_slice(part.payload);
                if fits && is_whole {
                    self.answer(header.opcode)?;
                }
                continue;
            }
            let room = self
                .message
                .get_mut(self.len..self.len + part.payload.len());
            let room = room.ok_or(End::Failed(CloseCode::MESSAGE_TOO_BIG))?;
            room.copy_from_slice(part.payload);
            self.len += room.len();
            if self.opcode == OpCode::Text {
                let mut result = self.text.decode(room).map(|_| ());
                if is_whole {
                    result = result.and_then(|()| self.text.finish());
                }
                result.map_err(|_| End::Failed(CloseCode::INVALID_PAYLOAD))?;
            }
            if is_whole {
                return Ok(self.opcode);
            }
        }
    }

    /// Deals with a control frame that is whole.
    fn answer(&mut self, opcode: OpCode) -> Result<(), End> {
        match opcode {
            OpCode::Ping => {
                let payload = self.control;
                self.send(OpCode::Pong, &payload);
                Ok(())
            }
            OpCode::Close => {
                if !self.has_closed {
                    let code = match CloseFrame::decode(&self.control) {
                        Ok(frame) => frame.map_or(CloseCode::NORMAL, |frame| frame.code),
                        Err(_) => CloseCode::PROTOCOL_ERROR,
                    };
                    self.close(code);
                }
                Err(End::Closed)
            }
            _ => Ok(()),
        }
    }

    fn close(&mut self, code: CloseCode) {
        self.has_closed = true;
        self.send(OpCode::Close, &code.get().to_be_bytes());
    }

    /// Sends the message that was received last.
    fn send_back(&mut self, opcode: OpCode) {
        let masker = self.header(opcode, self.len);
        if let Some(mut masker) = masker {
            masker.apply(&mut self.message[..self.len]);
        }
        self.link.write(&self.message[..self.len]);
    }

    /// Sends a message in one frame.
    fn send(&mut self, opcode: OpCode, message: &[u8]) {
        let mut masker = self.header(opcode, message.len());
        for piece in message.chunks(32) {
            let mut bytes = [0; 32];
            let bytes = &mut bytes[..piece.len()];
            bytes.copy_from_slice(piece);
            if let Some(masker) = &mut masker {
                masker.apply(bytes);
            }
            self.link.write(bytes);
        }
    }

    /// Writes a header for so many bytes, and gives what they must be masked with.
    fn header(&mut self, opcode: OpCode, payload_len: usize) -> Option<Masker> {
        let mask = self.keys.as_mut().map(Keys::next);
        let header = Header {
            fin: true,
            rsv: Rsv::NONE,
            opcode,
            mask,
            payload_len: payload_len as u64,
        };
        self.link.write(&header.encode());
        mask.map(Masker::new)
    }
}

/// Mask keys. A device has entropy for them (RFC 6455 §5.3); this has none, and shifts.
struct Keys(u32);

impl Keys {
    fn next(&mut self) -> MaskKey {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        MaskKey(self.0.to_le_bytes())
    }
}
