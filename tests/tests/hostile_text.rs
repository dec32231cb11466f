//! Hostile cases of text, numbered U in the catalogue, one test each, and of message limits.
//!
//! Missing here: U11 needs an extension; U15 is about back-pressure and stands with the cases of
//! the facade.

use hybi_testkit::pair::Seen;
use hybi_testkit::splits::{agree, agree_over, every, sample};
use hybi_testkit::wire::{self, Frame, concat};
use hybi_tests::{Trace, fails_after, receive, server, server_with_limit};
use ws_driver::{Error, Event, Kind, Message, Misuse};

const KEY: [u8; 4] = [0xc3, 0x28, 0x00, 0x7f];

/// Byte strings of all classes: each kind of sequence, its ends, and each way to break it.
const SEQUENCES: [&[u8]; 62] = [
    // Well-formed: the ends of each length, planes, joiners, the replacement character.
    b"",
    b"a",
    b"\x00",
    b"\x7f",
    b"\xc2\x80",
    b"\xdf\xbf",
    b"\xe0\xa0\x80",
    b"\xe1\x80\x80",
    b"\xec\xbf\xbf",
    b"\xed\x80\x80",
    b"\xed\x9f\xbf",
    b"\xee\x80\x80",
    b"\xef\xbf\xbf",
    b"\xef\xbf\xbe",
    b"\xef\xbf\xbd",
    b"\xef\xb7\x90",
    b"\xf0\x90\x80\x80",
    b"\xf1\x80\x80\x80",
    b"\xf3\xbf\xbf\xbf",
    b"\xf4\x80\x80\x80",
    b"\xf4\x8f\xbf\xbf",
    b"\xf0\x9f\xbf\xbe",
    b"\xef\xbb\xbfBOM",
    b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5",
    b"a\xc2\x80b\xe2\x82\xacc",
    // Continuation bytes without a start.
    b"\x80",
    b"\xbf",
    b"\x80\xbf\x80",
    b"a\x80b",
    b"\xc2\x80\x80",
    // Starts without a continuation, at the end and before something else.
    b"\xc2",
    b"\xe2\x82",
    b"\xf0\x9f\x98",
    b"\xc2a",
    b"\xe2\x82a",
    b"\xf0\x9f\x98a",
    b"\xc3\x28",
    b"\xe2\x28\xa1",
    b"\xe2\x82\x28",
    b"\xf0\x28\x8c\xbc",
    b"\xf0\x9f\x28",
    b"\xc2\xc2\x80",
    b"\xe2\xe2\x82\xac",
    // Overlong.
    b"\xc0\x80",
    b"\xc0\xaf",
    b"\xc1\xbf",
    b"\xe0\x80\x80",
    b"\xe0\x9f\xbf",
    b"\xf0\x80\x80\x80",
    b"\xf0\x8f\xbf\xbf",
    // Surrogates, alone and in pairs.
    b"\xed\xa0\x80",
    b"\xed\xaf\xbf",
    b"\xed\xb0\x80",
    b"\xed\xbf\xbf",
    b"\xed\xa0\xbd\xed\xb8\x80",
    // Above U+10FFFF, and bytes that never occur.
    b"\xf4\x90\x80\x80",
    b"\xf5\x80\x80\x80",
    b"\xf7\xbf\xbf\xbf",
    b"\xf8\x88\x80\x80\x80",
    b"\xfc\x84\x80\x80\x80\x80",
    b"\xfe",
    b"\xff",
];

/// The text arrives, or the connection fails with 1007; which of the two, `core` says.
#[track_caller]
fn judge(trace: &Trace, text: &[u8]) {
    match core::str::from_utf8(text) {
        Ok(text) => assert_eq!(trace.seen.last(), Some(&Seen::Text(text.into()))),
        Err(_) => {
            assert_eq!(
                trace.seen,
                [Seen::Error(Error::InvalidUtf8)],
                "{}",
                text.escape_ascii()
            );
            assert_eq!(trace.close_code(), Some(1007));
        }
    }
}

/// The text as a message in fragments, cut at these places.
fn fragmented(text: &[u8], cuts: &[usize]) -> Vec<u8> {
    let (mut bytes, mut start) = (Vec::new(), 0);
    for end in cuts.iter().copied().chain([text.len()]) {
        let opcode = u8::from(start == 0);
        let frame = Frame::new(opcode, &text[start..end]).masked(KEY);
        let frame = if end == text.len() {
            frame
        } else {
            frame.fragment()
        };
        bytes.extend(frame.bytes());
        start = end;
    }
    bytes
}

// RFC 6455 §8.1, RFC 3629 §3 and §4.
#[test]
fn u01_every_class_of_sequence() {
    for text in SEQUENCES {
        let bytes = Frame::text(text).masked(KEY).bytes();
        judge(&agree(&bytes, |reads| receive(&mut server(), reads)), text);
        for cut in 1..text.len() {
            let bytes = fragmented(text, &[cut]);
            judge(&agree(&bytes, |reads| receive(&mut server(), reads)), text);
        }
        if text.len() > 2 {
            let cuts: Vec<usize> = (1..text.len()).collect();
            let bytes = fragmented(text, &cuts);
            judge(&agree(&bytes, |reads| receive(&mut server(), reads)), text);
        }
    }
}

// RFC 6455 §8.1: the rest of the message is not waited for.
#[test]
fn u02_fails_fast() {
    let mut bytes = Frame::text("").declaring(100).masked([0; 4]).header();
    bytes.extend(b"good \xff");
    assert_eq!(fails_after(&mut server(), &bytes), Some(12));
    let trace = agree(&bytes, |reads| receive(&mut server(), reads));
    judge(&trace, b"\xff");
}

// RFC 3629 §4: the second byte already tells.
#[test]
fn u03_fails_at_the_second_byte() {
    for text in [
        &b"\xed\xa0\x80"[..],
        b"\xf4\x90\x80\x80",
        b"\xe0\x80\x80",
        b"\xf0\x8f\xbf\xbf",
    ] {
        let bytes = fragmented(text, &[1]);
        // The first fragment with its byte, then the header and the first byte of the second.
        assert_eq!(
            fails_after(&mut server(), &bytes),
            Some(7 + 7),
            "{}",
            text.escape_ascii()
        );
        let bytes = Frame::text(text).masked(KEY).bytes();
        assert_eq!(
            fails_after(&mut server(), &bytes),
            Some(8),
            "{}",
            text.escape_ascii()
        );
    }
}

// RFC 3629 §3: bytes that never occur are known at once.
#[test]
fn u04_fails_at_the_first_byte() {
    for text in [
        &b"\xc0\x80"[..],
        b"\xc1\xbf",
        b"\xf5\x80\x80\x80",
        b"\xfe...",
        b"\xff...",
    ] {
        let bytes = Frame::text(text).masked(KEY).bytes();
        assert_eq!(
            fails_after(&mut server(), &bytes),
            Some(7),
            "{}",
            text.escape_ascii()
        );
    }
}

#[test]
fn u05_ascii_where_a_continuation_is_due() {
    let texts = [
        (&b"\xc3\x28..."[..], 2),
        (b"\xe2\x28\xa1...", 2),
        (b"\xe2\x82\x28...", 3),
        (b"\xf0\x28\x8c\xbc", 2),
        (b"\xf0\x9f\x28...", 3),
    ];
    for (text, wrong) in texts {
        let bytes = Frame::text(text).masked(KEY).bytes();
        assert_eq!(
            fails_after(&mut server(), &bytes),
            Some(6 + wrong),
            "{}",
            text.escape_ascii()
        );
    }
}

// RFC 6455 §8.1: a message does not end inside a code point.
#[test]
fn u06_ends_inside_a_code_point() {
    for text in [&b"\xe2\x82"[..], b"ok \xc3", b"\xf0\x9f\x98"] {
        let bytes = Frame::text(text).masked(KEY).bytes();
        judge(&agree(&bytes, |reads| receive(&mut server(), reads)), text);
        // What completes it comes too late.
        let bytes = concat(&[
            Frame::text(text).fragment().masked(KEY),
            Frame::continuation("").masked(KEY),
            Frame::text(b"\x80\x80").masked(KEY),
        ]);
        judge(&agree(&bytes, |reads| receive(&mut server(), reads)), text);
    }
}

// RFC 6455 §5.4 and §8.1: a fragment may end inside a code point, a ping between them or not.
#[test]
fn u07_code_point_across_fragments_and_a_ping() {
    let text = "😀";
    for cut in 1..text.len() {
        let bytes = concat(&[
            Frame::text(&text.as_bytes()[..cut]).fragment().masked(KEY),
            Frame::ping(b"\xff").masked(KEY),
            Frame::continuation(&text.as_bytes()[cut..]).masked(KEY),
        ]);
        let seen = agree(&bytes, |reads| receive(&mut server(), reads).seen);
        assert_eq!(
            seen,
            [Seen::Ping(vec![0xff]), Seen::Text(text.into())],
            "cut at {cut}"
        );
    }
}

#[test]
fn u08_error_at_every_place() {
    for unit in ["a", "€", "😀", "aé€😀"] {
        let valid = unit.repeat(130);
        for at in 0..130 {
            for wrong in [0x80, 0xc0, 0xed, 0xff] {
                let mut text = valid.as_bytes()[..130 / unit.len() * unit.len()].to_vec();
                if let Some(byte) = text.get_mut(at) {
                    *byte = wrong;
                }
                let frame = Frame::text(&text).masked(KEY).bytes();
                for reads in [frame.len(), 64, 17] {
                    judge(&receive(&mut server(), frame.chunks(reads)), &text);
                }
                judge(
                    &receive(
                        &mut server(),
                        [&fragmented(&text, &[at.clamp(1, text.len() - 1)])[..]],
                    ),
                    &text,
                );
            }
        }
    }
}

#[test]
fn u09_byte_order_mark_is_kept() {
    let text = "\u{feff}text";
    let bytes = Frame::text(text).masked(KEY).bytes();
    let seen = agree(&bytes, |reads| receive(&mut server(), reads).seen);
    assert_eq!(seen, [Seen::Text(text.into())]);
}

#[test]
fn u10_unusual_code_points_are_text() {
    let text = "\0\u{fffe}\u{ffff}\u{10ffff}\u{d7ff}\u{e000}";
    let bytes = Frame::text(text).masked(KEY).bytes();
    let seen = agree(&bytes, |reads| receive(&mut server(), reads).seen);
    assert_eq!(seen, [Seen::Text(text.into())]);
}

// RFC 6455 §5.6: binary data means nothing to this layer.
#[test]
fn u12_binary_need_not_be_utf8() {
    for bytes in SEQUENCES {
        let frames = [
            Frame::binary(bytes).fragment().masked(KEY),
            Frame::continuation("").masked(KEY),
        ];
        let wire = concat(&frames);
        let seen = agree(&wire, |reads| receive(&mut server(), reads).seen);
        assert_eq!(seen, [Seen::Binary(bytes.to_vec())]);
    }
}

// RFC 6455 §8.1 for what we send: pieces need be UTF-8 only together.
#[test]
fn u13_sending_text_in_pieces() {
    let text = "aé€😀";
    for split in every(text.len()) {
        let (mut connection, mut out) = (server(), Vec::new());
        let mut outgoing = connection.start(Kind::Text).unwrap();
        for piece in split.pieces(text.as_bytes()) {
            outgoing.write(piece, &mut out).unwrap();
        }
        outgoing.finish(b"", &mut out).unwrap();
        let payloads: Vec<u8> = wire::frames(&out)
            .iter()
            .flat_map(|frame| frame.payload().to_vec())
            .collect();
        assert_eq!(payloads, text.as_bytes(), "{split}");
    }
    let (mut connection, mut out) = (server(), Vec::new());
    let mut outgoing = connection.start(Kind::Text).unwrap();
    outgoing.write(b"\xf0\x9f", &mut out).unwrap();
    let written = out.len();
    assert_eq!(outgoing.write(b"a", &mut out), Err(Misuse::InvalidUtf8));
    assert_eq!(outgoing.finish(b"", &mut out), Err(Misuse::InvalidUtf8));
    assert_eq!(out.len(), written, "nothing is written");
    let (_, writer) = connection.split_mut();
    writer
        .resume()
        .unwrap()
        .finish(b"\x98\x80", &mut out)
        .unwrap();
    assert_eq!(wire::frames(&out).len(), 2);
}

#[test]
fn u14_message_limit_to_the_byte() {
    const LIMIT: usize = 1000;
    for (len, fits) in [(LIMIT - 1, true), (LIMIT, true), (LIMIT + 1, false)] {
        let text = "x".repeat(len);
        let messages = [
            Frame::text(&text).masked(KEY).bytes(),
            fragmented(text.as_bytes(), &[1]),
            fragmented(text.as_bytes(), &[len - 1]),
            fragmented(text.as_bytes(), &(1..len).collect::<Vec<_>>()),
        ];
        for bytes in messages {
            let splits = sample(bytes.len(), 8);
            let trace = agree_over(splits, &bytes, |reads| {
                receive(&mut server_with_limit(LIMIT), reads)
            });
            if fits {
                assert_eq!(trace.seen, [Seen::Text(text.clone())]);
            } else {
                assert_eq!(
                    trace.seen,
                    [Seen::Error(Error::MessageTooBig { limit: 1000 })]
                );
                assert_eq!(trace.close_code(), Some(1009));
            }
        }
    }
    // Each message has the limit to itself.
    let bytes = Frame::binary([0; LIMIT]).masked(KEY).bytes().repeat(3);
    let trace = agree(&bytes, |reads| {
        receive(&mut server_with_limit(LIMIT), reads)
    });
    assert_eq!(trace.seen.len(), 3);
}

#[test]
fn u16_debug_of_a_message_is_whole() {
    let text = "x".repeat((1 << 20) - 1) + "€";
    let mut bytes = Frame::text(&text).masked(KEY).bytes();
    let mut connection = server();
    let (mut input, mut out) = (&mut bytes[..], Vec::new());
    let event = connection.receive(&mut input, &mut out).unwrap().unwrap();
    assert_eq!(event, Event::Message(Message::Text(&text)));
    assert!(format!("{event:?}").contains('€'));
    assert!(
        !format!("{connection:?}").contains("xxxxxxxx"),
        "the connection does not print it"
    );
}
