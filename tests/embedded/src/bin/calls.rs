//! Every call of frames and handshake that a client and a server make, once, in memory and timed.
//!
//! What this is larger than `nothing` is what they take of a device's flash.
#![no_std]
#![no_main]

use core::hint::black_box;

use cortex_m_rt::entry;
use hybi_embedded::{Clock, pass};
use stm32f1 as _;
use ws_frame::{
    CloseCode, CloseFrame, FrameDecoder, Header, MaskKey, Masker, OpCode, Rsv, Rules, Utf8Decoder,
};
use ws_handshake::{Nonce, bare};

const SUBPROTOCOLS: &[&str] = &["echo"];

#[entry]
fn main() -> ! {
    let Some(core) = cortex_m::Peripherals::take() else {
        panic!("somebody has taken them");
    };
    let clock = Clock::start(core.SYST);
    handshake(&clock);
    frames(&clock);
    pass();
}

fn handshake(clock: &Clock) {
    let (mut up, mut down) = ([0; 256], [0; 256]);
    let request = bare::Request::new(black_box("device.example"), black_box("/device"));
    let request = request.with_subprotocols(SUBPROTOCOLS);
    let written = clock.time("write-request", || {
        request.write(Nonce::new(black_box(*b"the sample nonce")), &mut up)
    });
    let Ok((up_len, client)) = written else {
        panic!("it fits");
    };
    let rules = bare::Rules::new().with_subprotocols(SUBPROTOCOLS);
    let accepted = clock.time("judge-request-and-accept", || {
        match rules.receive(black_box(&up), up_len) {
            Ok(requested) => requested?.accept(&[], &mut down).ok(),
            Err(error) => error.refuse(&mut down).ok(),
        }
    });
    let Some(down_len) = accepted else {
        panic!("it is right");
    };
    let answer = clock.time("judge-response", || {
        client.receive(black_box(&down), down_len)
    });
    assert!(
        matches!(answer, Ok(Some(bare::Answer::Accepted { .. }))),
        "it is right"
    );
}

fn frames(clock: &Clock) {
    let mut frame = [0; 131];
    frame[..2].copy_from_slice(&[0x81, 0x80 | 0x7D]);
    frame[2..6].copy_from_slice(b"mask");
    let mut decoder = FrameDecoder::new();
    let mut rules = Rules::new(true, Rsv::NONE);
    let mut text = Utf8Decoder::new();
    let len = clock.time("read-text-of-125-bytes", || {
        let part = decoder.decode(&mut black_box(&mut frame[..])).ok()??;
        rules.admit(&part.header).ok()?;
        text.decode(part.payload).ok()?;
        text.finish().ok()?;
        Some(part.payload.len())
    });
    assert!(len == Some(125), "it is whole");
    let header = Header {
        fin: true,
        rsv: Rsv::NONE,
        opcode: OpCode::Text,
        mask: Some(black_box(MaskKey(*b"mask"))),
        payload_len: black_box(125),
    };
    let len = clock.time("write-text-of-125-bytes", || {
        header
            .mask
            .map(Masker::new)?
            .apply(black_box(&mut frame[6..]));
        Some(header.encode().len())
    });
    assert!(len == Some(6), "two bytes and a key");
    let code = clock.time("write-and-read-close", || {
        let frame = CloseFrame {
            code: black_box(CloseCode::NORMAL),
            reason: black_box("bye"),
        };
        Some(CloseFrame::decode(&black_box(frame.encode()?)).ok()??.code)
    });
    assert!(code == Some(CloseCode::NORMAL), "it is what was written");
}
