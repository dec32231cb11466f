//! Tests of the outbound half.

use alloc::vec;

use super::*;

fn server() -> Writer {
    Writer::new(None, ws_frame::Sealer::default())
}

// RFC 6455 §5.6
#[test]
fn whole_messages_and_control_frames() {
    let (mut writer, mut out) = (server(), vec![]);
    writer.send(Message::Text("hé"), &mut out).unwrap();
    writer.send(Message::Binary(&[7]), &mut out).unwrap();
    writer.ping(b"p", &mut out).unwrap();
    writer.pong(b"", &mut out).unwrap();
    writer.close(None, &mut out).unwrap();
    assert_eq!(
        out,
        b"\x81\x03h\xc3\xa9\x82\x01\x07\x89\x01p\x8a\x00\x88\x00"
    );
    assert_eq!(
        (writer.sent.frames, writer.sent.messages, writer.sent.bytes),
        (5, 2, 5)
    );
}

// RFC 6455 §5.3
#[test]
fn clients_mask_every_frame_with_a_key_of_its_own() {
    let mut writer = Writer::<FrameDecoder>::new(Some(Seed([1; 32])), ws_frame::Sealer::default());
    let mut out = vec![];
    let payload = vec![0xAA; 3 * BLOCK + 5];
    for bytes in [&payload[..], b"", b"x"] {
        out.clear();
        writer.send(Message::Binary(bytes), &mut out).unwrap();
        let (header, len) = Header::decode(&out).unwrap().unwrap();
        let mut unmasked = out[len..].to_vec();
        ws_frame::Masker::new(header.mask.unwrap()).apply(&mut unmasked);
        assert_eq!(unmasked, bytes);
    }
    let mut keys = vec![];
    for _ in 0..3 {
        out.clear();
        writer.ping(b"", &mut out).unwrap();
        keys.push(out[2..6].to_vec());
    }
    assert!(keys[0] != keys[1] && keys[1] != keys[2]);
    assert!(writer.send_header(Message::Text("x")).unwrap().is_none());
}

#[test]
fn the_header_alone_is_that_of_the_whole() {
    for len in [0, 125, 126, 65_536] {
        let payload = vec![1; len];
        let message = Message::Binary(&payload);
        let (mut one, mut other, mut out) = (server(), server(), vec![]);
        one.send(message, &mut out).unwrap();
        let header = other.send_header(message).unwrap().unwrap();
        assert_eq!([&header[..], &payload].concat(), out);
        assert_eq!(one.sent, other.sent);
    }
}

// RFC 6455 §5.4
#[test]
fn f48_pieces_become_fragments_with_control_frames_between() {
    let (mut writer, mut out) = (server(), vec![]);
    let mut outgoing = writer.start(Kind::Text).unwrap();
    outgoing.write(b"h\xc3", &mut out).unwrap();
    assert_eq!(
        writer.send(Message::Text("x"), &mut out),
        Err(Misuse::MessageInProgress)
    );
    assert_eq!(
        writer.start(Kind::Text).map(|_| ()),
        Err(Misuse::MessageInProgress)
    );
    writer.ping(b"", &mut out).unwrap();
    let mut outgoing = writer.resume().unwrap();
    // A piece that cannot follow is refused and another may be tried.
    assert_eq!(outgoing.write(b"\xff", &mut out), Err(Misuse::InvalidUtf8));
    outgoing.write(b"\xa9", &mut out).unwrap();
    outgoing.finish(b"", &mut out).unwrap();
    writer.send(Message::Text("x"), &mut out).unwrap();
    assert_eq!(out, b"\x01\x02h\xc3\x89\x00\x00\x01\xa9\x80\x00\x81\x01x");
    assert!(writer.resume().is_none());
    assert_eq!(writer.sent.messages, 2);
}

#[test]
fn u13_a_text_must_be_whole_at_its_end() {
    let (mut writer, mut out) = (server(), vec![]);
    let mut outgoing = writer.start(Kind::Text).unwrap();
    outgoing.write(b"\xe2\x82", &mut out).unwrap();
    assert_eq!(outgoing.finish(b"", &mut out), Err(Misuse::InvalidUtf8));
    writer.resume().unwrap().finish(b"\xac", &mut out).unwrap();
    let outgoing = writer.start(Kind::Binary).unwrap();
    outgoing.finish(b"\xff", &mut out).unwrap();
    assert_eq!(out, b"\x01\x02\xe2\x82\x80\x01\xac\x82\x01\xff");
}

#[test]
fn a_close_ends_the_message_under_way() {
    let (mut writer, mut out) = (server(), vec![]);
    writer
        .start(Kind::Binary)
        .unwrap()
        .write(b"a", &mut out)
        .unwrap();
    writer.close(None, &mut out).unwrap();
    assert!(writer.resume().is_none());
    assert_eq!(
        writer.start(Kind::Text).map(|_| ()),
        Err(Misuse::SendAfterClose)
    );
    assert_eq!(out, b"\x02\x01a\x88\x00");
}

// RFC 6455 §5.5
#[test]
fn f37_control_payloads_have_a_limit() {
    let (mut writer, mut out) = (server(), vec![]);
    assert!(writer.ping(&[0; 126], &mut out).is_err());
    assert_eq!(
        writer.pong(&[0; 126], &mut out),
        Err(Misuse::ControlTooLong)
    );
    let reason = "x".repeat(124);
    let frame = |reason| {
        let code = CloseCode::NORMAL;
        Some(CloseFrame { code, reason })
    };
    assert_eq!(
        writer.close(frame(&reason), &mut out),
        Err(Misuse::ReasonTooLong)
    );
    assert!(out.is_empty() && !writer.is_closed());
    writer.close(frame(&reason[1..]), &mut out).unwrap();
    assert_eq!(out.len(), 2 + 125);
}

/// Writes of `out` all but the last `kept` bytes.
fn write(writer: &mut Writer, out: &mut Vec<u8>, kept: usize) -> Vec<u8> {
    let written: Vec<u8> = out.drain(..out.len() - kept).collect();
    writer.written(written.len());
    written
}

// RFC 6455 §5.5.2: a transport that is always a little behind is no reason not to answer.
#[test]
fn f30_pongs_go_out_though_out_never_gets_empty() {
    let (mut writer, mut out) = (server(), vec![]);
    let mut written = vec![];
    for number in 0..100 {
        writer.send(Message::Binary(&[0; 50]), &mut out).unwrap();
        writer.settle(false, &mut out);
        writer.answer_ping(&[number], &mut out);
        writer.settle(true, &mut out);
        writer.send(Message::Binary(&[0; 50]), &mut out).unwrap();
        written.extend(write(&mut writer, &mut out, 52));
    }
    let pongs = written.windows(3).filter(|at| at[..2] == [0x8A, 1]);
    let numbers: Vec<u8> = pongs.map(|pong| pong[2]).collect();
    assert_eq!(numbers, (0..100).collect::<Vec<u8>>());
}

#[test]
fn f30_pongs_wait_for_those_before_them_to_be_written() {
    let (mut writer, mut out) = (server(), vec![]);
    for number in 0..100 {
        writer.answer_ping(&[number], &mut out);
    }
    writer.settle(true, &mut out);
    let len = out.len();
    assert!(len == 15 * 3 && !writer.has_waiting_pong());
    writer.answer_ping(b"x", &mut out);
    write(&mut writer, &mut out, 1);
    writer.settle(true, &mut out);
    assert!(out.len() == 1 && writer.has_waiting_pong());
    write(&mut writer, &mut out, 0);
    writer.settle(false, &mut out);
    assert_eq!(out, b"\x8a\x01x");
}
