//! Bytes to events, at every cut and in buffers that are just large enough.

use hybi_testkit::splits::agree;
use hybi_testkit::wire::{Frame, Width};
use proptest::prelude::*;
use ws_frame::{CloseError, FrameError, OpCode, Rsv};

use super::*;
use crate::fuzzing::{self, step};
use crate::inbox::{Inbox, Mode, Step};

fn trace<'p>(len: usize, mode: Mode, pieces: impl Iterator<Item = &'p [u8]>) -> Vec<Seen> {
    fuzzing::trace(len, mode, true, pieces)
}

/// Chunks joined, for where they are cut depends on the reads.
fn joined(seen: Vec<Seen>) -> Vec<Seen> {
    let mut all: Vec<Seen> = Vec::new();
    for event in seen {
        match (all.last_mut(), event) {
            (Some(Seen::TextChunk(text, last @ false)), Seen::TextChunk(more, is_last)) => {
                text.push_str(&more);
                *last = is_last;
            }
            (Some(Seen::BinaryChunk(bytes, last @ false)), Seen::BinaryChunk(more, is_last)) => {
                bytes.extend(more);
                *last = is_last;
            }
            (_, event) => all.push(event),
        }
    }
    all
}

#[track_caller]
fn check(len: usize, bytes: &[u8], expected: &[Seen]) {
    let seen = agree(bytes, |pieces| trace(len, Mode::Whole, pieces));
    assert_eq!(seen, expected);
}

// RFC 6455 §5.4, §5.5, §5.6
#[test]
fn messages_come_whole_in_buffers_that_just_hold_them() {
    let session = masked(&[
        Frame::text("Hello"),
        Frame::binary([]),
        Frame::text("h\u{e9}l").fragment(),
        Frame::ping("?"),
        Frame::continuation("").fragment(),
        Frame::continuation("l\u{f6} \u{1f980}"),
        Frame::binary([7; 17]),
        Frame::binary([1, 2]).fragment(),
        Frame::pong("!"),
        Frame::pong(""),
        Frame::continuation([3]),
        Frame::text(""),
        Frame::close(1001, "bye"),
        Frame::text("behind"),
    ]);
    let expected = [
        text("Hello"),
        binary(&[]),
        Seen::Ping(b"?".into()),
        text("h\u{e9}ll\u{f6} \u{1f980}"),
        binary(&[7; 17]),
        Seen::Pong(b"!".into()),
        Seen::Pong(b"".into()),
        binary(&[1, 2, 3]),
        text(""),
        closed(1001, "bye"),
    ];
    for len in [18, 19, 20, 25, 31, 64, 1000] {
        check(len, &session, &expected);
    }
}

#[test]
fn chunks_are_the_messages_in_any_buffer() {
    let long: String = "h\u{e9}\u{1f980}".repeat(50);
    let session = masked(&[
        Frame::text(&long),
        Frame::text(&long.as_bytes()[..100]).fragment(),
        Frame::ping("?"),
        Frame::continuation(&long.as_bytes()[100..]),
        Frame::binary([9; 300]),
        Frame::binary([]),
        Frame::close_empty(),
    ]);
    let expected = [
        Seen::TextChunk(long.clone(), true),
        // The Ping comes in the middle of it.
        Seen::Ping(b"?".into()),
        Seen::TextChunk(long, true),
        Seen::BinaryChunk([9; 300].into(), true),
        Seen::BinaryChunk([].into(), true),
        Seen::Close(None),
    ];
    for len in [16, 17, 40, 1000] {
        let seen = agree(&session, |pieces| {
            let mut seen = trace(len, Mode::Chunks, pieces);
            let ping = seen.iter().position(|event| matches!(event, Seen::Ping(_)));
            let ping = seen.remove(ping.expect("there is a Ping"));
            let mut seen = joined(seen);
            seen.insert(1, ping);
            seen
        });
        assert_eq!(seen, expected, "{len}");
    }
}

#[test]
fn a_message_is_as_long_as_the_buffer_less_one() {
    let too_big = || Seen::Failed(ProtocolError::MessageTooBig { limit: 31 });
    let one = |len| Frame::binary(vec![5; len]);
    let more = |len| Frame::continuation(vec![5; len]);
    for (frames, expected) in [
        (
            &[one(31), one(31)][..],
            &[binary(&[5; 31]), binary(&[5; 31])][..],
        ),
        (&[one(30).fragment(), more(1)], &[binary(&[5; 31])]),
        (&[one(31).fragment(), more(0)], &[binary(&[5; 31])]),
        (&[one(32)], &[too_big()]),
        (&[one(1), one(32)], &[binary(&[5]), too_big()]),
        (&[one(31).fragment(), more(1)], &[too_big()]),
        // Told by the header alone.
        (&[one(0).declaring(u64::MAX >> 1)], &[too_big()]),
    ] {
        check(32, &masked(frames), expected);
    }
}

#[test]
fn rules_that_are_broken_are_told_behind_what_came_before() {
    let hello = || Frame::text("Hello");
    for (frame, error) in [
        (Frame::text(b"a\xFF"), ProtocolError::InvalidUtf8),
        (Frame::text(b"a\xF0\x9F\xA6"), ProtocolError::InvalidUtf8),
        (
            Frame::text(b"a\xED\xA0\x80").fragment(),
            ProtocolError::InvalidUtf8,
        ),
        (
            Frame::new(3, ""),
            ProtocolError::Frame(FrameError::ReservedOpCode(3)),
        ),
        (
            Frame::binary("").rsv(4),
            ProtocolError::Frame(FrameError::UnexpectedRsv(Rsv::RSV1)),
        ),
        (
            Frame::ping("").fragment(),
            ProtocolError::Frame(FrameError::FragmentedControl(OpCode::Ping)),
        ),
        (
            Frame::ping([0; 126]),
            ProtocolError::Frame(FrameError::ControlTooLong(OpCode::Ping)),
        ),
        (
            Frame::continuation(""),
            ProtocolError::Frame(FrameError::UnexpectedContinuation),
        ),
        (
            Frame::binary("abc").width(Width::Sixteen),
            ProtocolError::Frame(FrameError::NonMinimalLength),
        ),
        (
            Frame::new(8, [3]),
            ProtocolError::Close(CloseError::TooShort),
        ),
        (
            Frame::close(1005, ""),
            ProtocolError::Close(CloseError::InvalidCode(1005)),
        ),
        (
            Frame::close(1000, b"\xFF"),
            ProtocolError::Close(CloseError::InvalidUtf8),
        ),
    ] {
        let bytes = masked(&[hello(), frame, hello()]);
        check(256, &bytes, &[text("Hello"), Seen::Failed(error)]);
    }
    // §5.1
    let bytes = [masked(&[hello()]), hello().bytes()].concat();
    let unmasked = Seen::Failed(ProtocolError::Frame(FrameError::MaskRequired));
    check(256, &bytes, &[text("Hello"), unmasked]);
}

// The second byte says that there is no mask, which is judged without the length behind it.
#[test]
fn headers_fail_as_early_as_they_can() {
    let mut buffer = [0; 32];
    let mut inbox = Inbox::new(&mut buffer, 0..0, true);
    assert_eq!(feed(&mut inbox, Mode::Whole, b"\x81"), Ok(vec![]));
    let unmasked = feed(&mut inbox, Mode::Whole, b"\x7E");
    assert_eq!(
        unmasked,
        Err(ProtocolError::Frame(FrameError::MaskRequired))
    );
}

// §8.1: no byte more is waited for than is needed to know.
#[test]
fn text_fails_as_early_as_it_can() {
    for (start, bad) in [
        (&b"a\xF0\x9F"[..], b'a'),
        (b"\xE0", 0x9F),
        (b"\xF4", 0x90),
        (b"", 0xFF),
        (b"", 0xC0),
    ] {
        let frame = Frame::text(start).declaring(20).masked([0; 4]);
        for mode in [Mode::Whole, Mode::Chunks] {
            let mut bytes = frame.bytes();
            let seen = trace(64, mode, [&bytes[..]].into_iter());
            assert!(seen.iter().all(|event| !matches!(event, Seen::Failed(_))));
            bytes.push(bad);
            let seen = trace(64, mode, bytes.chunks(1));
            assert_eq!(seen.last(), Some(&Seen::Failed(ProtocolError::InvalidUtf8)));
        }
    }
}

/// Reads into an inbox and takes what comes of it.
fn feed(inbox: &mut Inbox<'_>, mode: Mode, bytes: &[u8]) -> Result<Vec<Seen>, ProtocolError> {
    inbox.room()?[..bytes.len()].copy_from_slice(bytes);
    inbox.fill(bytes.len());
    let mut seen = Vec::new();
    while let Some(event) = step(inbox, mode)? {
        seen.push(event);
    }
    Ok(seen)
}

#[test]
fn the_rest_of_what_began_in_chunks_is_passed_over() {
    let bytes = masked(&[
        Frame::text("h\u{e9}llo").fragment(),
        Frame::ping("?"),
        Frame::continuation([b'x'; 200]).fragment(),
        Frame::continuation("y"),
        Frame::text("next"),
    ]);
    for first in [7, 8, 9, 12] {
        for then in [Mode::Whole, Mode::Chunks] {
            let mut buffer = [0; 64];
            let mut inbox = Inbox::new(&mut buffer, 0..0, true);
            let mut seen = feed(&mut inbox, Mode::Chunks, &bytes[..first]).unwrap();
            // Who has asked for a whole message once, and got none, wants no more of this one.
            assert_eq!(inbox.step(Mode::Whole), Ok(None));
            for piece in bytes[first..].chunks(50) {
                seen.extend(feed(&mut inbox, then, piece).unwrap());
            }
            assert!(matches!(seen[0], Seen::TextChunk(_, false)), "{seen:?}");
            let seen = joined(seen.split_off(1));
            let next = match then {
                Mode::Chunks => Seen::TextChunk("next".into(), true),
                _ => text("next"),
            };
            assert_eq!(seen, [Seen::Ping(b"?".into()), next]);
        }
    }
}

#[test]
fn what_began_in_chunks_is_too_big_as_a_whole() {
    let bytes = masked(&[Frame::binary([7; 32])]);
    let header = bytes.len() - 32;
    let mut buffer = [0; 32];
    let mut inbox = Inbox::new(&mut buffer, 0..0, true);
    assert_eq!(feed(&mut inbox, Mode::Chunks, &bytes[..header]), Ok(vec![]));
    let whole = feed(&mut inbox, Mode::Whole, &bytes[header..]);
    assert_eq!(whole, Err(ProtocolError::MessageTooBig { limit: 31 }));

    // A buffer that is full has no room.
    let bytes = masked(&[Frame::binary([7; 40])]);
    let mut buffer = [0; 32];
    let mut inbox = Inbox::new(&mut buffer, 0..0, true);
    assert_eq!(feed(&mut inbox, Mode::Chunks, &bytes[..header]), Ok(vec![]));
    let piece = &bytes[header..header + 32];
    assert_eq!(feed(&mut inbox, Mode::Whole, piece), Ok(vec![]));
    let room = inbox.room().map(|room| room.len());
    assert_eq!(room, Err(ProtocolError::MessageTooBig { limit: 31 }));
}

#[test]
fn a_stream_that_claims_to_have_read_more_is_not_believed() {
    for claim in [1000, usize::MAX - 1, usize::MAX] {
        let mut buffer = [0; 32];
        let mut inbox = Inbox::new(&mut buffer, 0..0, true);
        let start = masked(&[Frame::binary([7; 20])]);
        assert_eq!(feed(&mut inbox, Mode::Whole, &start[..10]), Ok(vec![]));
        let room = inbox.room().unwrap().len();
        inbox.fill(claim);
        while let Ok(Some(_)) = inbox.step(Mode::Whole) {}
        assert!(room < 32);
    }
}

#[test]
fn a_message_that_began_whole_goes_on_in_chunks() {
    let bytes = masked(&[Frame::text("h\u{e9}llo"), Frame::text("next")]);
    for first in 7..12 {
        let mut buffer = [0; 64];
        buffer[..bytes.len()].copy_from_slice(&bytes);
        let mut inbox = Inbox::new(&mut buffer, 0..first, true);
        assert_eq!(inbox.step(Mode::Whole), Ok(None));
        let rest = &bytes[first..];
        inbox.room().unwrap()[..rest.len()].copy_from_slice(rest);
        inbox.fill(rest.len());
        let hello = Seen::TextChunk("h\u{e9}llo".into(), true);
        assert_eq!(step(&mut inbox, Mode::Chunks), Ok(Some(hello)));
        assert_eq!(inbox.step(Mode::Whole), Ok(Some(Step::Message)));
        assert_eq!(inbox.event(Step::Message).map(Seen::from), Ok(text("next")));
    }
}

/// A frame that is right, or nearly.
fn any_frame() -> impl Strategy<Value = Vec<u8>> {
    let opcode = prop_oneof![8 => 0..=2_u8, 3 => 8..=10_u8, 1 => 0..=15_u8];
    let payload = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..40),
        "\\PC{0,30}".prop_map(String::into_bytes),
        Just(b"\x03\xE8".to_vec()),
    ];
    (opcode, any::<bool>(), payload, prop::bool::weighted(0.95)).prop_map(
        |(opcode, fin, payload, is_masked)| {
            let frame = Frame::new(opcode, payload);
            let frame = if fin { frame } else { frame.fragment() };
            if is_masked {
                frame.masked(KEY).bytes()
            } else {
                frame.bytes()
            }
        },
    )
}

proptest! {
    #[test]
    fn cuts_and_buffers_make_no_difference(
        seed in any::<u8>(),
        frames in prop::collection::vec(any_frame(), 0..8),
        noise in prop::collection::vec(any::<u8>(), 0..8),
    ) {
        let mut data = vec![seed];
        data.extend(frames.concat());
        data.extend(noise);
        fuzzing::connection(&data);
    }
}
