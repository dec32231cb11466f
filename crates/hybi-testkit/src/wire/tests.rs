//! Tests of the frame literals against the examples of RFC 6455 §5.7 and against each other.

use super::*;
use alloc::format;
use alloc::vec;

const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

// RFC 6455 §5.7: all examples of the section.
#[test]
fn the_examples_of_the_rfc() {
    let rows = [
        (Frame::text("Hello"), "81 05 48656c6c6f"),
        (
            Frame::text("Hello").masked(KEY),
            "81 85 37fa213d 7f9f4d5158",
        ),
        (Frame::text("Hel").fragment(), "01 03 48656c"),
        (Frame::continuation("lo"), "80 02 6c6f"),
        (Frame::ping("Hello"), "89 05 48656c6c6f"),
        (
            Frame::pong("Hello").masked(KEY),
            "8a 85 37fa213d 7f9f4d5158",
        ),
    ];
    for (frame, literal) in rows {
        assert_eq!(frame.bytes(), hex(literal), "{frame:?}");
    }
    assert_eq!(Frame::binary([0; 256]).header(), hex("82 7e 0100"));
    assert_eq!(
        Frame::binary(vec![0; 65536]).header(),
        hex("82 7f 0000000000010000")
    );
}

#[test]
fn what_is_forbidden_can_be_built() {
    let rows = [
        (Frame::close(1006, ""), "88 02 03ee"),
        (Frame::close(1000, b"\xff"), "88 03 03e8 ff"),
        (Frame::close_empty(), "88 00"),
        (Frame::ping("").fragment(), "09 00"),
        (Frame::text("").rsv(0b100), "c1 00"),
        (Frame::text("").rsv(0b010).masked([0; 4]), "a1 80 00000000"),
        (Frame::new(0xf, ""), "8f 00"),
        (Frame::binary("a").width(Width::Sixteen), "82 7e 0001 61"),
        (
            Frame::binary("a").width(Width::SixtyFour),
            "82 7f 0000000000000001 61",
        ),
        (
            Frame::binary("").declaring(1 << 63),
            "82 7f 8000000000000000",
        ),
        (
            Frame::binary("").declaring(0x17e).width(Width::Seven),
            "82 7e",
        ),
    ];
    for (frame, literal) in rows {
        assert_eq!(frame.bytes(), hex(literal), "{frame:?}");
    }
}

#[test]
fn what_was_written_is_read() {
    let sizes = [0, 1, 125, 126, 127, 65535, 65536, 65537];
    let mut written = Vec::new();
    for size in sizes {
        let payload: Vec<u8> = (0..=255).cycle().take(size).collect();
        written.push(Frame::binary(&payload).fragment().rsv(0b101));
        written.push(Frame::continuation(&payload).masked(KEY));
        written.push(
            Frame::continuation(&payload)
                .width(Width::SixtyFour)
                .masked([0, 1, 2, 3]),
        );
    }
    let bytes = concat(&written);
    let read = frames(&bytes);
    assert_eq!(concat(&read), bytes);
    for (read, written) in read.iter().zip(&written) {
        assert_eq!(read.payload(), written.payload());
        assert_eq!(read.mask(), written.mask());
        assert_eq!(
            (read.is_fin(), read.opcode()),
            (written.is_fin(), written.opcode())
        );
    }
}

#[test]
fn a_frame_is_read_only_when_it_is_complete() {
    let whole = Frame::text("x".repeat(200)).masked(KEY);
    let bytes = whole.bytes();
    for len in 0..bytes.len() {
        let mut input = &bytes[..len];
        assert_eq!(Frame::read(&mut input), None, "{len} of {}", bytes.len());
        assert_eq!(input.len(), len, "nothing is taken");
    }
    assert_eq!(Frame::read(&mut &bytes[..]), Some(whole));
}

#[test]
fn unmasking_makes_frames_comparable() {
    let read = frames(&Frame::text("hi").masked(KEY).bytes());
    assert_ne!(read, [Frame::text("hi")]);
    assert_eq!(
        read.into_iter().map(Frame::unmasked).collect::<Vec<_>>(),
        [Frame::text("hi")]
    );
}

#[test]
fn a_bar_ends_a_read() {
    let three = reads("88 82 00000000 | 03 | e8");
    assert_eq!(three, [&hex("88 82 00 00 00 00")[..], &[0x03], &[0xe8]]);
    assert_eq!(hex("88 82 00000000 | 03 | e8"), three.concat());
    assert_eq!(reads("| 00"), [vec![], vec![0]]);
}

#[test]
fn wrong_literals_are_named() {
    for literal in ["8", "81 0", "8 | 1", "0x81", "é0"] {
        let caught = std::panic::catch_unwind(|| reads(literal));
        assert!(caught.is_err(), "{literal}");
    }
    assert_eq!(hex("8 1"), [0x81], "white space may be anywhere");
}

#[test]
fn debug_is_readable() {
    let rows = [
        (Frame::text("hé").fragment(), r#"Text+ "h\xc3\xa9""#),
        (Frame::binary("a").masked(KEY), r#"Binary m37fa213d "a""#),
        (Frame::new(3, "").rsv(0b110), r#"OpCode(0x3) rsv110 """#),
        (
            Frame::pong("").declaring(9).width(Width::Sixteen),
            r#"Pong Sixteen declaring 9 """#,
        ),
    ];
    for (frame, debug) in rows {
        assert_eq!(format!("{frame:?}"), debug);
    }
    let long = format!("{:?}", Frame::text("x".repeat(1 << 20)));
    assert!(long.len() < 80, "{long}");
    assert!(long.ends_with("… of 1048576"), "{long}");
}
