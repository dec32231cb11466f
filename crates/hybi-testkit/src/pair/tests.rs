//! Tests of the pair: who sees what, and when.

use super::*;
use crate::wire::{self, Frame};
use alloc::string::ToString;
use alloc::vec;
use std::panic::catch_unwind;

use ws_driver::{CloseCode, Error, KeepAlive, Timer};

const SECOND: Duration = Duration::from_secs(1);

fn pair() -> Pair {
    Pair::new(&Config::client(), &Config::server())
}

#[test]
fn messages_arrive_in_both_directions() {
    for read in [1, 2, 3, 1000] {
        let mut pair = pair().reads_of(read);
        pair.client.send("up").unwrap();
        pair.client.send(&b"bytes"[..]).unwrap();
        pair.server.send("down").unwrap();
        pair.drive();
        let up = [
            Seen::Text("up".to_string()),
            Seen::Binary(b"bytes".to_vec()),
        ];
        assert_eq!(pair.server.take_log(), up, "reads of {read}");
        assert_eq!(
            pair.client.take_log(),
            [Seen::Text("down".to_string())],
            "reads of {read}"
        );
        assert!(pair.server.take_log().is_empty());
    }
}

#[test]
fn what_is_written_is_recorded() {
    let mut pair = pair();
    pair.client.send("hi").unwrap();
    pair.server.send("ho").unwrap();
    assert_eq!(
        pair.client.written(),
        [],
        "nothing moves before it is driven"
    );
    pair.drive();
    let [frame] = &wire::frames(pair.client.written())[..] else {
        panic!("one frame")
    };
    assert!(frame.mask().is_some());
    assert_eq!(frame.clone().unmasked(), Frame::text("hi"));
    assert_eq!(pair.server.written(), Frame::text("ho").bytes());
}

#[test]
fn a_ping_names_its_pong() {
    let mut pair = pair().latency(SECOND);
    let id = pair.client.ping(b"?").unwrap();
    pair.advance(2 * SECOND);
    assert_eq!(pair.server.log(), [(SECOND, Seen::Ping(b"?".to_vec()))]);
    let pong = Seen::Pong {
        payload: b"?".to_vec(),
        answers: Some(id),
    };
    assert_eq!(pair.client.log(), [(2 * SECOND, pong)]);
    assert_eq!(
        pair.client.connection().statistics().round_trip,
        Some(2 * SECOND)
    );
}

// RFC 6455 §7.1.1: the server ends the transport first.
#[test]
fn closing_ends_the_transport_on_both_sides() {
    for by_client in [true, false] {
        let mut pair = pair().latency(SECOND);
        let first = if by_client {
            &mut pair.client
        } else {
            &mut pair.server
        };
        first.close(CloseCode::GOING_AWAY, "bye").unwrap();
        pair.advance(4 * SECOND);
        let close = Seen::Close(Some((1001, "bye".to_string())));
        assert_eq!(
            pair.client.take_log(),
            [close.clone(), Seen::Eof],
            "by client: {by_client}"
        );
        assert_eq!(
            pair.server.take_log(),
            [close, Seen::Eof],
            "by client: {by_client}"
        );
        assert!(pair.client.is_shut() && pair.server.is_shut());
        assert!(
            pair.client
                .closure()
                .is_some_and(|closure| closure.is_clean())
        );
    }
}

#[test]
fn the_pong_that_waited_is_written() {
    for read in [1, usize::MAX] {
        let mut pair = pair().reads_of(read);
        for number in 0..100_u8 {
            pair.client.ping(&[number]).unwrap();
        }
        pair.drive();
        let pongs = wire::frames(pair.server.written());
        assert_eq!(pongs.last(), Some(&Frame::pong([99])), "reads of {read}");
        assert!(pongs.len() <= 16, "{} pongs", pongs.len());
    }
}

#[test]
fn latency_is_each_way() {
    let mut pair = pair().latency(SECOND);
    pair.client.send("a").unwrap();
    pair.advance(SECOND / 2);
    pair.client.send("b").unwrap();
    pair.advance(SECOND / 2);
    assert_eq!(pair.server.take_log(), [Seen::Text("a".to_string())]);
    pair.advance(SECOND);
    assert_eq!(
        pair.server.log(),
        [(SECOND * 3 / 2, Seen::Text("b".to_string()))]
    );
    assert_eq!(pair.now(), 2 * SECOND);
}

#[test]
fn deadlines_on_the_way_are_kept() {
    let mut client = Config::client();
    client.keep_alive = Some(KeepAlive {
        interval: 3 * SECOND,
        timeout: SECOND,
    });
    let mut pair = Pair::new(&client, &Config::server());
    pair.advance(10 * SECOND);
    let at: Vec<Duration> = pair.server.log().iter().map(|(at, _)| *at).collect();
    assert_eq!(at, [3 * SECOND, 6 * SECOND, 9 * SECOND]);
}

// A16: a pulled cable is noticed by a ping, and by nothing else.
#[test]
fn a_severed_pair_is_silent_until_a_timer_ends_it() {
    let mut client = Config::client();
    client.keep_alive = Some(KeepAlive::DEFAULT);
    let mut pair = Pair::new(&client, &Config::server()).latency(SECOND);
    pair.client.send("lost").unwrap();
    pair.drive();
    pair.sever();
    pair.advance(100 * SECOND);
    let error = Seen::Error(Error::TimedOut(Timer::Pong));
    assert_eq!(pair.client.log(), [(40 * SECOND, error)]);
    assert!(pair.client.is_shut());
    assert_eq!(pair.server.log(), []);
    assert!(!pair.server.is_shut());
}

#[test]
fn a_failed_end_tells_why_and_hears_no_more() {
    let mut pair = pair();
    pair.client
        .act(|_, out| out.extend(Frame::text("x").bytes()));
    pair.client.send("too late").unwrap();
    pair.drive();
    assert!(matches!(
        pair.server.take_log()[..],
        [Seen::Error(Error::Frame(_))]
    ));
    assert_eq!(
        wire::frames(pair.server.written())[0].payload()[..2],
        1002u16.to_be_bytes()
    );
    assert!(matches!(
        pair.client.take_log()[..],
        [Seen::Close(Some((1002, _))), Seen::Eof]
    ));
    pair.advance(SECOND);
    assert_eq!(pair.server.take_log(), vec![]);
}

#[test]
fn a_deadline_that_is_not_in_the_future_is_refused() {
    refuse_late(&[None, Some(2 * SECOND)], SECOND);
    for late in [SECOND, Duration::ZERO] {
        assert!(
            catch_unwind(|| refuse_late(&[None, Some(late)], SECOND)).is_err(),
            "{late:?}"
        );
    }
}
