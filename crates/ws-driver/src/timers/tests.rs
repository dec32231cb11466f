//! Tests of the deadlines: time is a value.

use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;

use crate::{Config, Connection, Error, Instant, KeepAlive, Message, Role, Seed, State, Timer};

const fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

fn at(secs: u64) -> Instant {
    Instant::from_secs(secs)
}

fn server(change: impl FnOnce(&mut Config)) -> Connection {
    let mut config = Config::server();
    change(&mut config);
    Connection::server(&config)
}

fn with_keep_alive() -> Connection {
    server(|config| {
        config.keep_alive = Some(KeepAlive {
            interval: secs(20),
            timeout: secs(5),
        });
    })
}

#[test]
fn without_deadlines_nothing_is_due() {
    let (mut connection, mut out) = (server(|_| {}), vec![]);
    for now in [0, 1, 1_000_000] {
        assert_eq!(connection.tick(at(now), &mut out), Ok(None));
    }
    assert!(out.is_empty() && connection.next_timer().is_none());
}

// RFC 6455 §5.5.2: a Ping may serve as a keepalive.
#[test]
fn silence_is_asked_about_and_then_fails() {
    let (mut connection, mut out) = (with_keep_alive(), vec![]);
    assert_eq!(connection.tick(at(100), &mut out), Ok(Some(at(120))));
    assert_eq!(connection.next_timer(), Some(Timer::KeepAlive));
    assert_eq!(connection.tick(at(119), &mut out), Ok(Some(at(120))));
    assert!(out.is_empty(), "spurious ticks are harmless");
    assert_eq!(connection.tick(at(120), &mut out), Ok(Some(at(125))));
    assert_eq!(out[..2], [0x89, 8]);
    assert_eq!(connection.next_timer(), Some(Timer::Pong));
    let failed = Err(Error::TimedOut(Timer::Pong));
    out.clear();
    assert_eq!(connection.tick(at(125), &mut out), failed);
    assert!(out.is_empty() && connection.wants_shutdown());
}

#[test]
fn any_byte_is_a_sign_of_life_and_a_pong_gives_the_round_trip() {
    let (mut connection, mut out) = (with_keep_alive(), vec![]);
    connection.tick(at(0), &mut out).unwrap();
    // Half a header counts.
    connection.receive(&mut &mut [0x81][..], &mut out).unwrap();
    assert_eq!(connection.tick(at(15), &mut out), Ok(Some(at(35))));
    connection.tick(at(35), &mut out).unwrap();
    let mut pong = vec![0x85, 0, 0, 0, 0];
    pong.extend_from_slice(b"Hello\x8a\x88\0\0\0\0");
    pong.extend_from_slice(&out[2..]);
    connection.tick(at(36), &mut Vec::new()).unwrap();
    let mut input = &mut pong[..];
    while connection.receive(&mut input, &mut out).unwrap().is_some() {}
    assert_eq!(connection.tick(at(38), &mut out), Ok(Some(at(58))));
    assert_eq!(connection.statistics().round_trip, Some(secs(2)));
}

#[test]
fn a_connection_without_messages_is_closed_pings_or_not() {
    let (mut connection, mut out) = (
        server(|config| config.idle_timeout = Some(secs(60))),
        vec![],
    );
    assert_eq!(connection.tick(at(0), &mut out), Ok(Some(at(60))));
    // A message either way counts.
    connection.send(Message::Text("x"), &mut out).unwrap();
    assert_eq!(connection.tick(at(10), &mut out), Ok(Some(at(70))));
    let mut wire = *b"\x82\x80\0\0\0\0";
    connection.receive(&mut &mut wire[..], &mut out).unwrap();
    assert_eq!(connection.tick(at(20), &mut out), Ok(Some(at(80))));
    // A Ping does not.
    let mut ping = *b"\x89\x80\0\0\0\0";
    connection.receive(&mut &mut ping[..], &mut out).unwrap();
    assert_eq!(connection.tick(at(30), &mut out), Ok(Some(at(80))));
    assert_eq!(connection.next_timer(), Some(Timer::Idle));
    out.clear();
    assert_eq!(connection.tick(at(80), &mut out), Ok(Some(at(85))));
    assert_eq!(out[..4], [0x88, 19, 0x03, 0xE9]);
    assert_eq!(connection.state(), State::Closing);
    let failed = Err(Error::TimedOut(Timer::Close));
    assert_eq!(connection.tick(at(85), &mut out), failed);
}

// RFC 6455 §7.1.1
#[test]
fn a18_the_closing_handshake_has_a_deadline() {
    let (mut connection, mut out) = (server(|_| {}), vec![]);
    connection.tick(at(0), &mut out).unwrap();
    connection.close(None, &mut out).unwrap();
    assert_eq!(connection.tick(at(10), &mut out), Ok(Some(at(15))));
    assert_eq!(connection.next_timer(), Some(Timer::Close));
    assert_eq!(connection.tick(at(14), &mut out), Ok(Some(at(15))));
    let failed = Err(Error::TimedOut(Timer::Close));
    assert_eq!(connection.tick(at(15), &mut out), failed);
    assert!(connection.wants_shutdown());
    assert_eq!(connection.tick(at(16), &mut out), Ok(None));
}

// RFC 6455 §7.1.1
#[test]
fn a19_a_client_does_not_wait_for_the_server_without_end() {
    let mut connection = Connection::client(&Config::client(), Seed([0; 32]));
    let mut out = vec![];
    let mut close = *b"\x88\x00";
    connection.receive(&mut &mut close[..], &mut out).unwrap();
    assert_eq!(connection.tick(at(1), &mut out), Ok(Some(at(6))));
    assert!(!connection.wants_shutdown() && connection.role() == Role::Client);
    assert_eq!(connection.tick(at(6), &mut out), Ok(None));
    assert!(connection.wants_shutdown());
    assert!(
        connection
            .closure()
            .is_some_and(|closure| closure.is_clean())
    );
}

#[test]
fn a_connection_that_has_failed_is_not_closed_as_idle() {
    let mut connection = server(|config| config.idle_timeout = Some(secs(10)));
    let mut out = vec![];
    connection.tick(at(0), &mut out).unwrap();
    assert_eq!(connection.receive_eof(), Err(Error::UnexpectedEof));
    connection.tick(at(11), &mut out).unwrap();
    assert!(out.is_empty(), "{out:x?}");
}

#[test]
fn after_the_last_deadline_there_is_none() {
    let (mut connection, mut out) = (with_keep_alive(), vec![]);
    connection.tick(at(0), &mut out).unwrap();
    let mut close = *b"\x88\x80\0\0\0\0";
    connection.receive(&mut &mut close[..], &mut out).unwrap();
    assert_eq!(connection.tick(at(1), &mut out), Ok(Some(at(6))));
    assert_eq!(connection.next_timer(), Some(Timer::Close));
    assert_eq!(connection.tick(at(7), &mut out), Ok(None));
    assert_eq!(connection.next_timer(), None);
}

#[test]
fn a_message_under_way_is_not_idle() {
    let (mut connection, mut out) = (
        server(|config| config.idle_timeout = Some(secs(10))),
        vec![],
    );
    for second in 0..30 {
        let opcode = if second == 0 { 2 } else { 0 };
        let mut fragment = [opcode, 0x81, 0, 0, 0, 0, b'x'];
        let chunk = connection.receive_chunk(&mut &mut fragment[..], &mut out);
        assert!(matches!(chunk, Ok(Some(_))));
        connection.tick(at(second), &mut out).unwrap();
        assert_eq!(connection.state(), State::Open, "at {second} s");
    }
}

// Its Pong cannot come before it has read the Ping.
#[test]
fn a16_a_peer_that_still_reads_what_is_before_the_ping_is_alive() {
    let (mut connection, mut out) = (with_keep_alive(), vec![]);
    connection.tick(at(0), &mut out).unwrap();
    let large = vec![0; 1000];
    connection.send(Message::Binary(&large), &mut out).unwrap();
    connection.tick(at(20), &mut out).unwrap();
    assert_eq!(connection.next_timer(), Some(Timer::Pong));
    for second in 21..60 {
        connection.split_mut().1.written(10);
        let next = connection.tick(at(second), &mut out);
        assert_eq!(next, Ok(Some(at(second + 5))));
    }
    // Now the Ping has been written, and has its time.
    connection.split_mut().1.written(out.len());
    assert_eq!(connection.tick(at(60), &mut out), Ok(Some(at(64))));
    let failed = Err(Error::TimedOut(Timer::Pong));
    assert_eq!(connection.tick(at(64), &mut out), failed);
}

#[test]
fn a24_the_longest_durations_saturate() {
    let mut connection = server(|config| {
        config.idle_timeout = Some(Duration::MAX);
        config.keep_alive = Some(KeepAlive {
            interval: Duration::MAX,
            timeout: Duration::MAX,
        });
    });
    let deadline = connection.tick(at(u64::MAX / 2_000_000_000), &mut vec![]);
    assert_eq!(deadline, Ok(Some(Instant::from_duration(Duration::MAX))));
}
