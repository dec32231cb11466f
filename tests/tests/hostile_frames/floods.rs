//! F26 to F32, F47: many frames, and what they may cost.

use hybi_testkit::wire::{self, Frame};
use hybi_tests::{client, server};
use ws_driver::{Config, Connection, Error, Event, Kind, Message, Seed};

use crate::{C, M0, peak};

#[test]
fn f26_endless_empty_fragments() {
    flood_of_fragments("", 0);
}

#[test]
fn f27_endless_tiny_fragments() {
    // A byte of each, in storage that doubles; while it is moved, its former half is there too.
    flood_of_fragments("x", 3 * 131_072);
}

/// 1008 at the fragment after the limit, and memory for what came.
#[track_caller]
fn flood_of_fragments(payload: &str, memory: u64) {
    let mut connection = server();
    let first = Frame::binary(payload).fragment().masked(M0).bytes();
    let more = Frame::continuation(payload).fragment().masked(M0).bytes();
    let mut out = Vec::with_capacity(256);
    let (mut read, mut count) = (Vec::with_capacity(more.len()), 0_u32);
    let held = peak(|| {
        loop {
            read.clear();
            read.extend_from_slice(if count == 0 { &first } else { &more });
            count += 1;
            match connection.receive(&mut &mut read[..], &mut out) {
                Ok(event) => assert_eq!(event, None),
                Err(error) => return assert_eq!(error, Error::TooManyFragments { limit: 131_072 }),
            }
        }
    });
    assert_eq!(count, 131_073);
    assert_eq!(wire::frames(&out)[0].payload()[..2], 1008_u16.to_be_bytes());
    assert!(held <= memory + C, "{held}");
}

#[test]
fn f28_large_frame_in_reads_of_one_byte() {
    let payload: Vec<u8> = (0..1_u32 << 20).map(|at| at.to_le_bytes()[1]).collect();
    let mut bytes = Frame::binary(&payload).masked([5, 6, 7, 8]).bytes();
    let (mut connection, mut out) = (server(), Vec::new());
    let mut seen = 0;
    let heap = allocation_counter::measure(|| {
        for byte in &mut bytes {
            let mut input = core::slice::from_mut(byte);
            while let Some(event) = connection.receive(&mut input, &mut out).unwrap() {
                assert_eq!(event, Event::Message(Message::Binary(&payload)));
                seen += 1;
            }
        }
    });
    assert_eq!(seen, 1);
    assert!(heap.count_total <= 40, "{heap:?}");
    assert!(heap.bytes_max <= (3 << 20) + C, "{heap:?}");
}

#[test]
fn f29_a_read_full_of_pings_needs_no_stack() {
    let handle = std::thread::Builder::new().stack_size(64 << 10).spawn(|| {
        let mut pings = Frame::ping("").masked(M0).bytes().repeat(174_762);
        let (mut connection, mut out) = (server(), Vec::new());
        let mut input = &mut pings[..];
        let mut seen = 0;
        while let Some(event) = connection.receive(&mut input, &mut out).unwrap() {
            assert_eq!(event, Event::Ping(b""));
            seen += 1;
        }
        (seen, wire::frames(&out).len())
    });
    let (seen, pongs) = handle.unwrap().join().unwrap();
    assert_eq!(seen, 174_762);
    assert!((1..=16).contains(&pongs), "{pongs}");
}

// RFC 6455 §5.5.3: only the newest ping need be answered.
#[test]
fn f30_ping_flood_while_nothing_can_be_written() {
    let (mut connection, mut out) = (server(), Vec::new());
    let mut read = Frame::ping([0; 125]).masked(M0).bytes();
    let held = peak(|| {
        for number in 0..1_000_000_u32 {
            read[..2].copy_from_slice(&[0x89, 0xfd]);
            read[6..10].copy_from_slice(&number.to_be_bytes());
            let mut input = &mut read[..];
            while connection.receive(&mut input, &mut out).unwrap().is_some() {}
        }
    });
    assert!(held <= (4 << 10) + C, "{held}");
    // Now it is written, and what waited follows.
    let mut written = core::mem::take(&mut out);
    assert_eq!(connection.receive(&mut &mut [][..], &mut out), Ok(None));
    written.append(&mut out);
    let pongs = wire::frames(&written);
    assert!(pongs.len() <= 16, "{}", pongs.len());
    assert!(
        pongs
            .iter()
            .all(|pong| pong.opcode() == 0xa && pong.payload().len() == 125)
    );
    assert_eq!(
        pongs.last().unwrap().payload()[..4],
        999_999_u32.to_be_bytes()
    );
}

// RFC 6455 §5.5.3: a pong may come unasked; it is not answered.
#[test]
fn f31_pong_flood() {
    let (mut connection, mut out) = (server(), Vec::new());
    let mut read = Frame::pong([0; 125]).masked(M0).bytes();
    let held = peak(|| {
        for _ in 0..1_000_000 {
            let mut input = &mut read[..];
            let event = connection.receive(&mut input, &mut out).unwrap();
            assert!(matches!(event, Some(Event::Pong { answers: None, .. })));
        }
    });
    assert!(out.is_empty());
    assert!(held <= C, "{held}");
}

// RFC 6455 §5.4: a control frame may stand between our fragments, never inside one.
#[test]
fn f32_pong_between_our_fragments() {
    let (mut connection, mut out) = (server(), Vec::new());
    let mut ping = Frame::ping("?").masked(M0).bytes();
    connection
        .start(Kind::Text)
        .unwrap()
        .write("é".as_bytes(), &mut out)
        .unwrap();
    let event = connection.receive(&mut &mut ping[..], &mut out).unwrap();
    assert_eq!(event, Some(Event::Ping(b"?")));
    let (_, writer) = connection.split_mut();
    writer.resume().unwrap().finish(b"", &mut out).unwrap();
    let expected = [
        Frame::text("é").fragment(),
        Frame::pong("?"),
        Frame::continuation(""),
    ];
    assert_eq!(wire::frames(&out), expected);
}

// RFC 6455 §5.3: a fresh key for each frame, whatever the frame.
#[test]
fn f47_every_frame_has_a_fresh_key() {
    let mut connection = client();
    let mut out = Vec::new();
    for _ in 0..50_000 {
        connection.send("".into(), &mut out).unwrap();
        connection.ping(b"", &mut out).unwrap();
    }
    connection.close(None, &mut out).unwrap();
    let keys: Vec<[u8; 4]> = wire::frames(&out)
        .iter()
        .map(|frame| frame.mask().unwrap())
        .collect();
    let distinct: std::collections::HashSet<_> = keys.iter().collect();
    // Of 100,001 random keys about 1.2 meet another.
    assert!(
        keys.len() - distinct.len() < 12,
        "{} of {}",
        distinct.len(),
        keys.len()
    );
    let ones: u64 = keys
        .iter()
        .map(|key| u64::from(u32::from_ne_bytes(*key).count_ones()))
        .sum();
    // 3,200,032 bits, half of them set: five deviations are 4,500.
    assert!(ones.abs_diff(16 * keys.len() as u64) < 4500, "{ones}");

    let mut other = Connection::client(&Config::client(), Seed([10; 32]));
    let mut first = Vec::new();
    other.send("".into(), &mut first).unwrap();
    assert_ne!(
        wire::frames(&first)[0].mask().unwrap(),
        keys[0],
        "another seed, other keys"
    );
}
