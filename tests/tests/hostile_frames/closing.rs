//! F33 to F44: Close frames, theirs and ours.

use hybi_testkit::pair::{Pair, Seen};
use hybi_testkit::wire::{self, Frame, concat, hex, reads};
use hybi_tests::{receive, server};
use ws_driver::{CloseCode, CloseError, CloseFrame, Closure, Config, Kind, Misuse, Role, State};

use crate::{M0, at_every_split, fails};

// RFC 6455 §5.5.1.
#[test]
fn f33_half_a_close_code() {
    fails(&hex("88 81 00000000 03"), CloseError::TooShort, 1002, 7);
}

// RFC 6455 §7.4.
#[test]
fn f34_close_codes_that_must_not_be_sent() {
    for code in [
        0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535,
    ] {
        fails(
            &Frame::close(code, "").masked(M0).bytes(),
            CloseError::InvalidCode(code),
            1002,
            8,
        );
    }
}

// RFC 6455 §5.5.1 and §7.4: the code is sent back.
#[test]
fn f35_close_codes_that_may_be_sent() {
    let codes = (1000..=1003)
        .chain(1007..=1014)
        .chain([3000, 3999, 4000, 4999]);
    for code in codes {
        let trace = at_every_split(&Frame::close(code, "why").masked(M0).bytes());
        assert_eq!(trace.seen, [Seen::Close(Some((code, "why".into())))]);
        assert_eq!(trace.close_code(), Some(code));
        assert_eq!(trace.written.len(), 1);
    }
}

// RFC 6455 §7.1.5: no code is reported as such, and answered without one.
#[test]
fn f36_close_without_a_code() {
    let trace = at_every_split(&Frame::close_empty().masked(M0).bytes());
    assert_eq!(trace.seen, [Seen::Close(None)]);
    assert_eq!(trace.written, [Frame::close_empty()]);
}

// RFC 6455 §5.5: 125 bytes, of which the code takes two.
#[test]
fn f37_longest_close_reason() {
    let reason = "é".repeat(61) + "x";
    assert_eq!(reason.len(), 123);
    let trace = at_every_split(&Frame::close(1000, &reason).masked(M0).bytes());
    assert_eq!(trace.seen, [Seen::Close(Some((1000, reason.clone())))]);

    let (mut connection, mut out) = (server(), Vec::new());
    let too_long = CloseFrame {
        code: CloseCode::NORMAL,
        reason: &"x".repeat(124),
    };
    assert_eq!(
        connection.close(Some(too_long), &mut out),
        Err(Misuse::ReasonTooLong)
    );
    assert_eq!(
        (out.len(), connection.state()),
        (0, State::Open),
        "it goes on as before"
    );
    let longest = CloseFrame {
        code: CloseCode::NORMAL,
        reason: &reason,
    };
    assert_eq!(connection.close(Some(longest), &mut out), Ok(()));
    assert_eq!(wire::frames(&out), [Frame::close(1000, &reason)]);
}

// RFC 6455 §5.5.1 and §8.1.
#[test]
fn f38_close_reason_that_is_not_utf8() {
    fails(
        &Frame::close(1000, b"\xff").masked(M0).bytes(),
        CloseError::InvalidUtf8,
        1007,
        9,
    );
    fails(
        &Frame::close(1000, b"\xe2\x82").masked(M0).bytes(),
        CloseError::InvalidUtf8,
        1007,
        10,
    );
}

#[test]
fn f39_close_in_three_reads() {
    let reads = reads("88 82 00000000 | 03 | e8");
    let trace = receive(&mut server(), reads.iter().map(Vec::as_slice));
    assert_eq!(trace.seen, [Seen::Close(Some((1000, String::new())))]);
    assert_eq!(trace.close_code(), Some(1000));
}

// RFC 6455 §5.5.1: nothing counts after a Close.
#[test]
fn f40_frames_after_a_close() {
    let frames = [
        Frame::close(1001, ""),
        Frame::text("x"),
        Frame::ping(""),
        Frame::close(1002, ""),
    ];
    let trace = at_every_split(&concat(&frames.map(|frame| frame.masked(M0))));
    assert_eq!(trace.seen, [Seen::Close(Some((1001, String::new())))]);
    assert_eq!(trace.written, [Frame::close(1001, "")]);
}

// RFC 6455 §7.1.3: both may begin at once.
#[test]
fn f41_both_close_at_once() {
    let mut pair = Pair::new(&Config::client(), &Config::server());
    pair.client.close(CloseCode::NORMAL, "mine").unwrap();
    pair.server.close(CloseCode::GOING_AWAY, "yours").unwrap();
    pair.drive();
    assert_eq!(
        pair.client.take_log(),
        [Seen::Close(Some((1001, "yours".into()))), Seen::Eof]
    );
    assert_eq!(
        pair.server.take_log(),
        [Seen::Close(Some((1000, "mine".into()))), Seen::Eof]
    );
    for (end, by, code) in [
        (&pair.client, Role::Client, 1001),
        (&pair.server, Role::Server, 1000),
    ] {
        assert_eq!(wire::frames(end.written()).len(), 1, "one Close each");
        match end.closure() {
            Some(Closure::Clean {
                code: Some(seen),
                by: first,
                ..
            }) => {
                assert_eq!((seen.get(), first), (code, by));
            }
            other => panic!("{other:?}"),
        }
    }
}

// RFC 6455 §5.5.1: a Close ends the message under way too.
#[test]
fn f42_close_inside_a_message() {
    let frames = [Frame::text("par").fragment(), Frame::close(1000, "")];
    let trace = at_every_split(&concat(&frames.map(|frame| frame.masked(M0))));
    assert_eq!(trace.seen, [Seen::Close(Some((1000, String::new())))]);
    assert_eq!(trace.close_code(), Some(1000));
}

// RFC 6455 §5.5.1: nothing is sent after a Close.
#[test]
fn f43_nothing_is_sent_after_close() {
    let mut ours = server();
    let mut out = Vec::new();
    ours.close(None, &mut out).unwrap();
    let mut theirs = server();
    let mut close = Frame::close(1000, "").masked(M0).bytes();
    theirs.receive(&mut &mut close[..], &mut out).unwrap();
    for mut connection in [ours, theirs] {
        out.clear();
        assert_eq!(
            connection.send("x".into(), &mut out),
            Err(Misuse::SendAfterClose)
        );
        assert_eq!(connection.ping(b"", &mut out), Err(Misuse::SendAfterClose));
        assert_eq!(
            connection.close(None, &mut out),
            Err(Misuse::SendAfterClose)
        );
        assert!(matches!(
            connection.start(Kind::Text),
            Err(Misuse::SendAfterClose)
        ));
        assert!(out.is_empty());
    }
}

// RFC 6455 §7.4.1: some codes describe what did not arrive; they cannot be made.
#[test]
fn f44_reserved_close_codes_cannot_be_made() {
    for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535] {
        assert_eq!(CloseCode::new(code), None, "{code}");
    }
    assert_eq!(
        (0..=u16::MAX).filter_map(CloseCode::new).count(),
        4 + 8 + 2000
    );
}
