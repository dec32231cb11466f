//! One suite for both backends.

use std::vec;
use std::vec::Vec;

use crate::deflate::reference::{BlockKind, Inflater};

use super::*;
use crate::deflate::history::History;
use crate::deflate::testing::{echoes, json, random};

macro_rules! on_both_backends {
    ($($test:ident)*) => {
        mod on_miniz {
            $(#[test] fn $test() { super::$test::<super::miniz::Miniz>(); })*
        }
        #[cfg(feature = "zlib-rs")]
        mod on_zlib {
            $(#[test] fn $test() { super::$test::<super::zlib::Zlib>(); })*
        }
    };
}

on_both_backends! {
    d28_no_distance_is_beyond_the_window
    every_setting_is_decodable_and_keeps_the_window
    distances_come_near_the_window
    vectors
    a_restart_forgets
    a_restart_remembers_what_it_is_told
    d30_what_does_not_shrink_hardly_grows
    d27_each_flush_ends_with_one_tail
    settings_reach_the_backend
    it_goes_on_for_ever
}

const STRATEGIES: [Strategy; 5] = [
    Strategy::Default,
    Strategy::Filtered,
    Strategy::HuffmanOnly,
    Strategy::Rle,
    Strategy::Fixed,
];

fn settings(level: u8, window: u8) -> Settings {
    Settings {
        backend: Backend::default(),
        level,
        memory_level: 8,
        strategy: Strategy::Default,
        window: WindowBits::new(window).unwrap(),
    }
}

/// What a stream was made of.
#[derive(Debug, Default)]
struct Seen {
    len: usize,
    largest_distance: usize,
    stored: usize,
    fixed: usize,
    dynamic: usize,
}

/// Compresses the data as messages of these lengths, again and again, and inflates them.
fn run<B: Engine>(settings: Settings, data: &[u8], lengths: &[usize]) -> Seen {
    let mut compressor = Compressor::<B>::new(settings);
    let mut history = History::new(settings.window);
    let mut inflater = Inflater::new(settings.window.get());
    let mut seen = Seen::default();
    let mut rest = data;
    for len in lengths.iter().cycle() {
        let (message, later) = rest.split_at(rest.len().min(*len));
        if message.is_empty() {
            break;
        }
        let mut out = vec![0xAA];
        compressor
            .compress(history.parts(), message, &mut out)
            .unwrap();
        assert_eq!(out[0], 0xAA);
        assert_eq!(out[out.len() - 4..], TAIL);
        let plain = inflater
            .inflate(&out[1..])
            .unwrap_or_else(|error| panic!("{settings:?}: {error}"));
        assert!(plain.at_boundary);
        assert!(plain.output == message, "{settings:?}");
        assert!(plain.largest_distance <= settings.window.size());
        history.push(message);
        seen.len += out.len() - 1;
        seen.largest_distance = seen.largest_distance.max(plain.largest_distance);
        for block in plain.blocks {
            assert!(!block.last);
            match block.kind {
                BlockKind::Stored => seen.stored += 1,
                BlockKind::Fixed => seen.fixed += 1,
                BlockKind::Dynamic => seen.dynamic += 1,
            }
        }
        rest = later;
    }
    seen
}

// RFC 7692 §7.1.2: the window is a promise.
fn d28_no_distance_is_beyond_the_window<B: Engine>() {
    for window in 8..=15 {
        for level in [1, 2, 3, 5, 7, 9] {
            let settings = settings(level, window);
            let data = echoes(settings.window.size());
            run::<B>(settings, &data, &[300, 1, 4000, 50]);
            if window < 13 {
                run::<B>(settings, &data, &[data.len()]);
                run::<B>(settings, &json(4 * settings.window.size()), &[256]);
            }
        }
    }
}

fn every_setting_is_decodable_and_keeps_the_window<B: Engine>() {
    let data = [
        &json(2500)[..],
        &[b'a'; 900],
        &echoes(256),
        &random(5, 500),
        &[b'a', b'b'].repeat(400),
        &json(1000),
    ]
    .concat();
    for window in [8, 9, 10, 15] {
        for strategy in STRATEGIES {
            for (level, memory_level) in [1, 2, 3, 4, 5, 6, 7, 8, 9].into_iter().zip((1..10).rev())
            {
                let settings = Settings {
                    memory_level,
                    strategy,
                    ..settings(level, window)
                };
                run::<B>(settings, &data, &[500, 30, 3, 1]);
            }
        }
    }
}

/// Else the tests above would prove nothing.
fn distances_come_near_the_window<B: Engine>() {
    // Below, miniz only looks for runs.
    for window in 10..=15 {
        let settings = settings(6, window);
        let size = settings.window.size();
        let data = [echoes(size), json(4 * size)].concat();
        let seen = run::<B>(settings, &data, &[size / 3]);
        assert!(seen.largest_distance > size / 3, "{seen:?}");
    }
}

// RFC 7692 §7.2.3
fn vectors<B: Engine>() {
    let mut compressor = Compressor::<B>::new(settings(6, 15));
    for (text, expected) in [
        ("Hello", &[0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00][..]),
        ("Hello", &[0xF2, 0x00, 0x11, 0x00, 0x00]),
        ("a", &[0x4A, 0x04, 0x00]),
    ] {
        let mut out = Vec::new();
        compressor
            .compress([&[], &[]], text.as_bytes(), &mut out)
            .unwrap();
        assert_eq!(out, [expected, &TAIL].concat(), "{text}");
    }
}

fn a_restart_forgets<B: Engine>() {
    let message = json(700);
    for (window, level) in [(8, 2), (11, 1), (15, 6)] {
        let mut compressor = Compressor::<B>::new(settings(level, window));
        let mut first = Vec::new();
        compressor
            .compress([&[], &[]], &message, &mut first)
            .unwrap();
        for _ in 0..3 {
            let mut again = Vec::new();
            compressor.restart([&[], &[]]).unwrap();
            compressor
                .compress([&[], &[]], &message, &mut again)
                .unwrap();
            let plain = Inflater::new(window).inflate(&again).unwrap();
            assert_eq!(plain.output, message);
            // miniz_oxide never finds what stands at its position 0.
            assert!(again.len().abs_diff(first.len()) <= 8);
        }
    }
}

fn a_restart_remembers_what_it_is_told<B: Engine>() {
    let data = json(80_000);
    for window in 8..=15 {
        let settings = settings(4, window);
        for known in [1, 2, 3, 100, 300, 5000, 70_000] {
            let (known, message) = data[..known + 1000].split_at(known);
            let mut history = History::new(settings.window);
            history.push(known);
            let mut compressor = Compressor::<B>::new(settings);
            // What it knew before must not be seen again.
            let mut out = Vec::new();
            compressor
                .compress([&[], &[]], &json(3000), &mut out)
                .unwrap();
            compressor.restart(history.parts()).unwrap();
            out.clear();
            compressor
                .compress(history.parts(), message, &mut out)
                .unwrap();
            let mut inflater = Inflater::new(window).history(&history.parts().concat());
            let plain = inflater.inflate(&out).unwrap();
            assert_eq!(plain.output, message, "{window} {}", known.len());
            // It pays.
            if window > 12 && known.len() >= 5000 {
                let mut alone = Vec::new();
                compressor.restart([&[], &[]]).unwrap();
                compressor
                    .compress([&[], &[]], message, &mut alone)
                    .unwrap();
                assert!(out.len() < alone.len() * 3 / 4, "{window}");
            }
        }
    }
}

fn d30_what_does_not_shrink_hardly_grows<B: Engine>() {
    for window in [8, 12, 15] {
        for (level, memory_level) in [(1, 9), (1, 1), (6, 8), (6, 1), (9, 4)] {
            let settings = Settings {
                memory_level,
                ..settings(level, window)
            };
            for len in [1, 5, 100, 1000, 16_383, 16_384, 70_000] {
                let total = run::<B>(settings, &random(3, len), &[len]).len;
                // One byte of the last empty block remains when the tail is cut.
                let blocks = len.div_ceil(MAX_STORED);
                assert!(
                    total - TAIL.len() <= len + 5 * blocks + 1,
                    "{settings:?} {len}"
                );
            }
        }
    }
}

// RFC 7692 §7.2.1: the last block of a message is empty, and it is the only one.
fn d27_each_flush_ends_with_one_tail<B: Engine>() {
    for memory_level in [1, 8] {
        for level in [1, 2, 6, 9] {
            let settings = Settings {
                memory_level,
                ..settings(level, 15)
            };
            for len in [1, 100, 32 << 10, 100_000] {
                let seen = run::<B>(settings, &json(len), &[len]);
                assert_eq!(seen.stored, 1, "{settings:?} {len}");
            }
        }
    }
}

fn settings_reach_the_backend<B: Engine>() {
    let data = [&json(6000)[..], &[b'x'; 2000], &json(3000)].concat();
    let run = |settings| run::<B>(settings, &data, &[1000]);
    let default = run(settings(6, 15));
    assert!(default.dynamic > 0);
    // PC37/PS36: the level.
    assert!(run(settings(1, 15)).len > default.len);
    assert!(run(settings(9, 15)).len <= default.len);
    // The window.
    assert!(run(settings(6, 9)).len > default.len);
    // PC39/PS38: the strategy.
    let with = |level, strategy| {
        run(Settings {
            strategy,
            ..settings(level, 15)
        })
    };
    // In zlib-rs it is a matter of the highest levels.
    assert_ne!(with(9, Strategy::Filtered).len, run(settings(9, 15)).len);
    for level in [1, 6] {
        assert_eq!(with(level, Strategy::HuffmanOnly).largest_distance, 0);
        assert_eq!(with(level, Strategy::Rle).largest_distance, 1);
        assert_eq!(with(level, Strategy::Fixed).dynamic, 0);
    }
}

fn it_goes_on_for_ever<B: Engine>() {
    // The tests' limit for what miniz may count is 256 KiB.
    let data = json(50_000);
    let mut settings = settings(1, 15);
    for window in [12, 15] {
        settings.window = WindowBits::new(window).unwrap();
        run::<B>(settings, &data.repeat(12), &[50_000, 1, 70_000]);
    }
}

// PC38/PS37: the memory level is a matter of zlib-rs.
#[cfg(feature = "zlib-rs")]
#[test]
fn the_memory_level_reaches_zlib() {
    let data = json(50_000);
    let run = |memory_level| {
        let settings = Settings {
            memory_level,
            ..settings(6, 15)
        };
        let seen = run::<zlib::Zlib>(settings, &data, &[data.len()]);
        let memory = Compressor::<zlib::Zlib>::new(settings).memory();
        (seen.fixed + seen.dynamic, memory)
    };
    let (few, much) = run(9);
    let (many, little) = run(1);
    assert!(many > few && little < much);
}
