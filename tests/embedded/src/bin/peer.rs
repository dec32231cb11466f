//! A WebSocket server and a client over two serial lines: no allocator, 8 KiB of RAM.
//!
//! On the first line it answers handshakes and echoes what comes, until the path was `/last`. Then,
//! on the second one, it is a client that sends a text and some bytes, wants them back, and closes.
#![no_std]
#![no_main]

#[path = "../link.rs"]
mod link;

use cortex_m_rt::entry;
use hybi_embedded::pass;
use link::Link;
use stm32f1::stm32f100;
use ws_frame::{
    CloseCode, CloseFrame, ControlPayload, FrameDecoder, FramePart, Header, MaskKey, Masker,
    OpCode, Rsv, Rules, Utf8Decoder,
};
use ws_handshake::{Nonce, bare};

/// Room for the head of a request or a response.
const HEAD: usize = 512;

const SUBPROTOCOLS: &[&str] = &["echo"];

const GREETING: &str = "eight kibibytes, and not one of them from a heap: \u{1f980}";

#[entry]
fn main() -> ! {
    let Some(device) = stm32f100::Peripherals::take() else {
        panic!("somebody has taken them");
    };
    let mut link = Link::new(&device.USART1);
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
        filled += link.read(&mut head[filled..=filled]);
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
    loop {
        let mut echo = Echo::default();
        match session.receive(|session, part| echo.part(session, part)) {
            Ok(()) => {}
            Err(End::Closed) => return is_last,
            Err(End::Failed(code)) => {
                session.close(code);
                // What is left is of no interest, but the next request comes behind it.
                while session.receive(|_, _| Ok(())) != Err(End::Closed) {}
                return is_last;
            }
        }
    }
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
        filled += link.read(head.get_mut(filled..=filled)?);
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
        let mut rest = message;
        let mut is_whole = false;
        while !is_whole {
            let result = session.receive(|session, part| {
                if part.header.opcode.is_control() {
                    return Echo::default().part(session, part);
                }
                match rest.strip_prefix(&*part.payload) {
                    Some(behind) if part.header.opcode == opcode => rest = behind,
                    _ => return Err(End::Failed(CloseCode::POLICY_VIOLATION)),
                }
                is_whole = part.last && part.header.fin;
                Ok(())
            });
            result.ok()?;
        }
        if !rest.is_empty() {
            return None;
        }
    }
    session.close(CloseCode::NORMAL);
    while let Err(end) = session.receive(|_, _| Ok(())) {
        return (end == End::Closed).then_some(());
    }
    None
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
    text: Option<Utf8Decoder>,
    close: ControlPayload,
    has_closed: bool,
}

impl<'l, 'd> Session<'l, 'd> {
    fn new(link: &'l mut Link<'d>, keys: Option<Keys>) -> Self {
        Self {
            link,
            decoder: FrameDecoder::new(),
            rules: Rules::new(keys.is_none(), Rsv::NONE),
            keys,
            text: None,
            close: ControlPayload::EMPTY,
            has_closed: false,
        }
    }

    /// Takes what has come, and hands on each part of a frame but those of a Close.
    fn receive(
        &mut self,
        mut on_part: impl FnMut(&mut Self, &mut FramePart<'_>) -> Result<(), End>,
    ) -> Result<(), End> {
        let mut chunk = [0; 64];
        let len = self.link.read(&mut chunk);
        let mut input = &mut chunk[..len];
        loop {
            let part = self.decoder.decode(&mut input);
            let part = part.map_err(|_| End::Failed(CloseCode::PROTOCOL_ERROR))?;
            let Some(mut part) = part else {
                return Ok(());
            };
            self.judge(&part)?;
            if part.header.opcode != OpCode::Close {
                on_part(self, &mut part)?;
            } else if part.last {
                return Err(self.closed());
            }
        }
    }

    fn judge(&mut self, part: &FramePart<'_>) -> Result<(), End> {
        let opcode = part.header.opcode;
        if part.first {
            let admitted = self.rules.admit(&part.header);
            admitted.map_err(|_| End::Failed(CloseCode::PROTOCOL_ERROR))?;
            if matches!(opcode, OpCode::Text | OpCode::Binary) {
                self.text = (opcode == OpCode::Text).then(Utf8Decoder::new);
            }
        }
        if opcode == OpCode::Close && !self.close.extend_from_slice(part.payload) {
            return Err(End::Failed(CloseCode::PROTOCOL_ERROR));
        }
        if let Some(text) = self.text.as_mut().filter(|_| !opcode.is_control()) {
            let mut result = text.decode(part.payload).map(|_| ());
            if part.last && part.header.fin {
                result = result.and_then(|()| text.finish());
            }
            result.map_err(|_| End::Failed(CloseCode::INVALID_PAYLOAD))?;
        }
        Ok(())
    }

    /// Answers the peer's Close.
    fn closed(&mut self) -> End {
        if !self.has_closed {
            match CloseFrame::decode(&self.close) {
                Ok(frame) => self.close(frame.map_or(CloseCode::NORMAL, |frame| frame.code)),
                Err(_) => self.close(CloseCode::PROTOCOL_ERROR),
            }
        }
        End::Closed
    }

    fn close(&mut self, code: CloseCode) {
        self.has_closed = true;
        self.send(OpCode::Close, &code.get().to_be_bytes());
    }

    /// Writes a header for so many bytes, and gives what they must be masked with.
    fn header(&mut self, opcode: OpCode, fin: bool, payload_len: u64) -> Option<Masker> {
        let mask = self.keys.as_mut().map(Keys::next);
        let header = Header {
            fin,
            rsv: Rsv::NONE,
            opcode,
            mask,
            payload_len,
        };
        self.link.write(&header.encode());
        mask.map(Masker::new)
    }

    fn payload(&mut self, masker: Option<&mut Masker>, bytes: &mut [u8]) {
        if let Some(masker) = masker {
            masker.apply(bytes);
        }
        self.link.write(bytes);
    }

    /// Sends a message in one frame.
    fn send(&mut self, opcode: OpCode, message: &[u8]) {
        let mut masker = self.header(opcode, true, message.len() as u64);
        for piece in message.chunks(32) {
            let mut bytes = [0; 32];
            bytes[..piece.len()].copy_from_slice(piece);
            self.payload(masker.as_mut(), &mut bytes[..piece.len()]);
        }
    }
}

/// Sends back what comes, part by part, so that messages may be longer than the memory.
#[derive(Default)]
struct Echo {
    masker: Option<Masker>,
}

impl Echo {
    fn part(&mut self, session: &mut Session<'_, '_>, part: &mut FramePart<'_>) -> Result<(), End> {
        let header = part.header;
        let opcode = match header.opcode {
            OpCode::Ping => OpCode::Pong,
            OpCode::Pong => return Ok(()),
            opcode => opcode,
        };
        if part.first {
            self.masker = session.header(opcode, header.fin, header.payload_len);
        }
        session.payload(self.masker.as_mut(), part.payload);
        Ok(())
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
