//! F01 to F25, F45, F46: headers, lengths, masks and the order of fragments.

use hybi_testkit::pair::Seen;
use hybi_testkit::splits::{agree, agree_over, sample};
use hybi_testkit::wire::{Frame, Width, concat, hex};
use hybi_tests::{client, fails_after, receive, server, server_with_limit};
use ws_driver::{Error, FrameError, Message, State};

use crate::{C, M0, at_every_split, fails, peak};

// RFC 6455 §5.2: a payload may be empty.
#[test]
fn f01_empty_message() {
    let trace = at_every_split(&hex("82 80 00000000"));
    assert_eq!(trace.seen, [Seen::Binary(vec![])]);
    assert_eq!(trace.written, []);
}

// RFC 6455 §5.2: the minimal number of bytes encodes the length.
#[test]
fn f02_every_form_of_length() {
    for (len, header) in [
        (0, 2),
        (1, 2),
        (125, 2),
        (126, 4),
        (127, 4),
        (65535, 4),
        (65536, 10),
        (65537, 10),
    ] {
        let payload: Vec<u8> = (0..=255).cycle().take(len).collect();
        let frame = Frame::binary(&payload).masked([1, 2, 3, 4]);
        let bytes = frame.bytes();
        let seen = agree_over(sample(bytes.len(), 8), &bytes, |reads| {
            receive(&mut server(), reads).seen
        });
        assert_eq!(seen, [Seen::Binary(payload.clone())], "{len} bytes");
        let mut out = Vec::new();
        server().send(Message::Binary(&payload), &mut out).unwrap();
        assert_eq!(out.len(), header + len);
        assert_eq!(out, frame.unmasked().bytes());
    }
}

// RFC 6455 §5.2.
#[test]
fn f03_non_minimal_sixteen_bits() {
    for len in [0, 1, 125] {
        let frame = Frame::binary(vec![b'x'; len])
            .width(Width::Sixteen)
            .masked(M0);
        fails(&frame.bytes(), FrameError::NonMinimalLength, 1002, 4);
    }
    let least = Frame::binary([b'x'; 126]).masked(M0).bytes();
    assert_eq!(at_every_split(&least).error(), None);
}

// RFC 6455 §5.2.
#[test]
fn f04_non_minimal_sixty_four_bits() {
    for len in [0, 125, 126, 65535] {
        let header = Frame::binary("")
            .declaring(len)
            .width(Width::SixtyFour)
            .masked(M0)
            .header();
        fails(&header, FrameError::NonMinimalLength, 1002, 10);
    }
}

// RFC 6455 §5.2: the most significant bit must be 0. It is known when its byte is.
#[test]
fn f05_length_top_bit() {
    fails(
        &hex("82 ff 80 00 00 00 00 00 00 01"),
        FrameError::LengthOverflow,
        1002,
        3,
    );
    fails(
        &hex("82 ff ff ff ff ff ff ff ff ff 00000000"),
        FrameError::LengthOverflow,
        1002,
        3,
    );
}

#[test]
fn f06_length_as_large_as_can_be() {
    let bytes = hex("82 ff 7f ff ff ff ff ff ff ff 00000000");
    fails(&bytes, Error::MessageTooBig { limit: 16 << 20 }, 1009, 10);
    let mut connection = server();
    assert!(peak(|| assert!(fails_after(&mut connection, &bytes).is_some())) < C);
}

#[test]
fn f07_length_whose_upper_half_counts() {
    let bytes = hex("82 7f 00 80 00 00 00 00 00 01");
    let trace = agree(&bytes, |reads| receive(&mut client(), reads));
    assert_eq!(
        trace.error(),
        Some(Error::MessageTooBig { limit: 64 << 20 })
    );
    assert_eq!(trace.close_code(), Some(1009));
}

#[test]
fn f08_sum_of_lengths_overflows() {
    let mut bytes = Frame::binary([7; 256]).fragment().masked(M0).bytes();
    bytes.extend(hex("00 ff 7f ff ff ff ff ff ff ff 00000000"));
    let trace = agree(&bytes, |reads| {
        receive(&mut server_with_limit(usize::MAX), reads)
    });
    assert!(
        matches!(trace.error(), Some(Error::MessageTooBig { .. })),
        "{trace:?}"
    );
    assert_eq!(trace.close_code(), Some(1009));
}

#[test]
fn f10_announced_is_not_allocated() {
    let mut bytes = Frame::binary("").declaring(16 << 20).masked(M0).header();
    bytes.extend([0; 10]);
    let mut connection = server();
    let mut out = Vec::new();
    let held = peak(|| {
        let mut input = &mut bytes[..];
        assert_eq!(connection.receive(&mut input, &mut out), Ok(None));
    });
    assert_eq!(connection.state(), State::Open);
    assert!(held <= 10 + (64 << 10) + C, "{held}");
}

#[test]
fn f11_announced_above_the_limit() {
    let header = |len| Frame::binary("").declaring(len).masked(M0).header();
    fails(
        &header((16 << 20) + 1),
        Error::MessageTooBig { limit: 16 << 20 },
        1009,
        10,
    );
    assert_eq!(fails_after(&mut server(), &header(16 << 20)), None);
    // A fragment counts with those before it.
    let mut bytes = Frame::binary([1; 5]).fragment().masked(M0).bytes();
    bytes.extend(
        Frame::continuation("")
            .declaring((16 << 20) - 4)
            .masked(M0)
            .header(),
    );
    fails(&bytes, Error::MessageTooBig { limit: 16 << 20 }, 1009, 21);
}

// RFC 6455 §5.2: reserved bits are 0 unless an extension gave them a meaning.
#[test]
fn f12_reserved_bits() {
    for rsv in 1..=7 {
        for opcode in [0x1, 0x2, 0x8, 0x9, 0xa] {
            let bytes = Frame::new(opcode, "").rsv(rsv).masked(M0).bytes();
            let trace = at_every_split(&bytes);
            let error = trace.error();
            assert!(
                matches!(error, Some(Error::Frame(FrameError::UnexpectedRsv(_)))),
                "{error:?}"
            );
            assert_eq!(trace.close_code(), Some(1002));
            assert!(fails_after(&mut server(), &bytes).is_some_and(|after| after <= 2));
        }
        let inside = [
            Frame::text("a").fragment().masked(M0),
            Frame::continuation("b").rsv(rsv).masked(M0),
        ];
        assert_eq!(at_every_split(&concat(&inside)).close_code(), Some(1002));
    }
}

// RFC 6455 §5.2.
#[test]
fn f14_reserved_opcodes() {
    for opcode in [0x3, 0x4, 0x5, 0x6, 0x7, 0xb, 0xc, 0xd, 0xe, 0xf] {
        for frame in [Frame::new(opcode, ""), Frame::new(opcode, "").fragment()] {
            let trace = at_every_split(&frame.clone().masked(M0).bytes());
            assert_eq!(
                trace.error(),
                Some(FrameError::ReservedOpCode(opcode).into()),
                "{frame:?}"
            );
            assert_eq!(trace.close_code(), Some(1002));
        }
    }
}

// RFC 6455 §5.5: control frames are not fragmented.
#[test]
fn f15_fragmented_control() {
    for literal in ["09 80 00000000", "0a 80 00000000", "08 80 00000000"] {
        let trace = at_every_split(&hex(literal));
        let error = trace.error();
        assert!(
            matches!(error, Some(Error::Frame(FrameError::FragmentedControl(_)))),
            "{error:?}"
        );
        assert_eq!(trace.close_code(), Some(1002));
    }
}

// RFC 6455 §5.5: at most 125 bytes; the second byte tells.
#[test]
fn f16_ping_with_sixteen_bit_length() {
    too_long("89 fe 007e 00000000");
}

// RFC 6455 §5.5.
#[test]
fn f17_control_with_longer_length() {
    too_long("89 ff 0000000000010000 00000000");
    too_long("8a fe 007e 00000000");
    too_long("88 fe 007e 00000000");
    // Not minimal either, but what matters is known first.
    too_long("89 fe 0001 00000000");
}

#[track_caller]
fn too_long(literal: &str) {
    let bytes = hex(literal);
    let error = receive(&mut server(), [&bytes[..]]).error();
    assert!(
        matches!(error, Some(Error::Frame(FrameError::ControlTooLong(_)))),
        "{error:?}"
    );
    assert_eq!(at_every_split(&bytes).close_code(), Some(1002));
    assert_eq!(
        fails_after(&mut server(), &bytes),
        Some(2),
        "without the extended length"
    );
}

// RFC 6455 §5.1: a server closes on a frame that is not masked.
#[test]
fn f18_unmasked_to_server() {
    fails(&hex("81 02 6869"), FrameError::MaskRequired, 1002, 2);
    fails(&hex("89 00"), FrameError::MaskRequired, 1002, 2);
    // Known from the second byte, though more of the header is to come.
    fails(
        &hex("82 7f 0000000000010000"),
        FrameError::MaskRequired,
        1002,
        2,
    );
}

// RFC 6455 §5.1: a client closes on a frame that is masked.
#[test]
fn f19_masked_to_client() {
    let bytes = hex("81 82 00000000 6869");
    let trace = agree(&bytes, |reads| receive(&mut client(), reads));
    assert_eq!(trace.error(), Some(FrameError::MaskForbidden.into()));
    assert_eq!(trace.close_code(), Some(1002));
    assert_eq!(fails_after(&mut client(), &bytes), Some(2));
}

// RFC 6455 §5.4.
#[test]
fn f20_continuation_of_nothing() {
    fails(
        &hex("80 81 00000000 61"),
        FrameError::UnexpectedContinuation,
        1002,
        2,
    );
    fails(
        &hex("00 81 00000000 61"),
        FrameError::UnexpectedContinuation,
        1002,
        2,
    );
}

// RFC 6455 §5.4: fragments of messages are not interleaved.
#[test]
fn f21_message_inside_a_message() {
    let bytes = hex("01 81 00000000 61  81 81 00000000 62");
    let trace = at_every_split(&bytes);
    let error = trace.error();
    assert!(
        matches!(
            error,
            Some(Error::Frame(FrameError::ExpectedContinuation(_)))
        ),
        "{error:?}"
    );
    assert_eq!(trace.seen.len(), 1, "nothing is delivered");
    assert_eq!(trace.close_code(), Some(1002));
    assert_eq!(fails_after(&mut server(), &bytes), Some(9));
}

// RFC 6455 §5.4: control frames may stand between fragments.
#[test]
fn f22_ping_between_fragments() {
    let trace = at_every_split(&hex("01 81 00000000 61  89 80 00000000  80 81 00000000 62"));
    assert_eq!(trace.seen, [Seen::Ping(vec![]), Seen::Text("ab".into())]);
    assert_eq!(trace.written, [Frame::pong("")]);
}

// RFC 6455 §5.4.
#[test]
fn f23_stray_continuation_after_a_message() {
    let frames = [
        Frame::text("a").fragment(),
        Frame::continuation("b"),
        Frame::continuation("c").fragment(),
        Frame::text("never"),
    ];
    let trace = at_every_split(&concat(&frames.map(|frame| frame.masked(M0))));
    let error = Error::Frame(FrameError::UnexpectedContinuation);
    assert_eq!(trace.seen, [Seen::Text("ab".into()), Seen::Error(error)]);
}

// RFC 6455 §5.2: a header may be cut anywhere.
#[test]
fn f24_header_cut_everywhere() {
    let payload: Vec<u8> = (0..70_000_u32).map(|at| at.to_le_bytes()[0]).collect();
    let frame = Frame::binary(&payload).masked([0xaa, 0xbb, 0xcc, 0xdd]);
    let bytes = frame.bytes();
    assert_eq!(frame.header().len(), 14);
    for cut in 0..=22 {
        for second in cut..=22 {
            let parts = [&bytes[..cut], &bytes[cut..second], &bytes[second..]];
            let trace = receive(&mut server(), parts);
            assert_eq!(
                trace.seen,
                [Seen::Binary(payload.clone())],
                "cut at {cut} and {second}"
            );
        }
    }
}

#[test]
fn f25_long_session_whatever_the_reads() {
    // A ping, a text in six fragments with a pong among them, and so on.
    let session: Vec<u8> = (0..4000_u16)
        .flat_map(|number| {
            let payload = "ä".repeat(usize::from(number) % 250);
            let frame = match number % 8 {
                0 => Frame::ping(&payload.as_bytes()[..payload.len().min(125)]),
                1 => Frame::text(&payload).fragment(),
                4 => Frame::pong(""),
                7 => Frame::continuation(&payload),
                _ => Frame::continuation(&payload).fragment(),
            };
            let [a, b] = number.to_be_bytes();
            frame.masked([a, b, 3, 4]).bytes()
        })
        .collect();
    // The unoptimized build is a hundred times slower.
    let partitions = if cfg!(debug_assertions) { 8 } else { 200 };
    let seen = agree_over(sample(session.len(), partitions), &session, |reads| {
        receive(&mut server(), reads).seen
    });
    assert_eq!(seen.len(), 1500, "pings, messages and pongs, 500 each");
    assert!(!seen.iter().any(|seen| matches!(seen, Seen::Error(_))));
}

#[test]
fn f45_frames_inside_an_oversized_payload() {
    let mut bytes = Frame::binary("").declaring(17 << 20).masked(M0).header();
    for _ in 0..4 {
        bytes.extend(Frame::ping("inner").masked(M0).bytes());
    }
    fails(&bytes, Error::MessageTooBig { limit: 16 << 20 }, 1009, 10);
}

// RFC 6455 §5.3: the key's phase begins anew with each frame.
#[test]
fn f46_masks_of_every_length_and_phase() {
    for len in 0..=130_usize {
        let payload: Vec<u8> = (0..=255).take(len).collect();
        let cut = len / 3;
        let frames = [
            Frame::binary(&payload[..cut])
                .fragment()
                .masked([0x11, 0x22, 0x44, 0x88]),
            Frame::continuation(&payload[cut..]).masked([0xf1, 0x07, 0x3c, 0x99]),
        ];
        let trace = at_every_split(&concat(&frames));
        assert_eq!(trace.seen, [Seen::Binary(payload)], "{len} bytes");
    }
}
