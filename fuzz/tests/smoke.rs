//! Every fuzz target on seeds, on their prefixes and on mutations of them: what cargo alone can do.
//!
//! It runs the same inputs each time. `SMOKE_RUNS` sets how many mutations each target gets.

use std::env;
use std::fs;
use std::panic;
use std::path::Path;

/// Mutations for each target unless `SMOKE_RUNS` says otherwise; seconds for all targets.
const RUNS: u32 = 400_000;

/// Inputs grow no longer than this by mutation.
const LONGEST: usize = 4096;

type Target = fn(&[u8]);

const TARGETS: [(&str, Target); 26] = [
    ("frames", ws_frame::fuzzing::frames),
    ("early", ws_frame::fuzzing::early),
    ("hixie", ws_frame::fuzzing::hixie),
    ("utf8", ws_frame::fuzzing::utf8),
    ("close", ws_frame::fuzzing::close),
    ("request_head", ws_http::fuzzing::request_head),
    ("response_head", ws_http::fuzzing::response_head),
    ("body", ws_http::fuzzing::body),
    ("handshake_server", ws_handshake::fuzzing::server),
    ("handshake_client", ws_handshake::fuzzing::client),
    ("connection", ws_driver::fuzzing::connection),
    ("drafts", ws_driver::fuzzing::drafts),
    ("compressed", ws_driver::fuzzing::compressed),
    ("embedded", ws_embedded::fuzzing::connection),
    ("extensions", ws_extensions::fuzzing::header),
    ("inflate", ws_extensions::fuzzing::inflate),
    ("deflate", ws_extensions::fuzzing::deflate),
    ("proxy_connect", ws_proxy::fuzzing::connect),
    ("proxy_socks5", ws_proxy::fuzzing::socks5),
    ("proxy_environment", ws_proxy::fuzzing::environment),
    ("sse_decode", ws_sse::fuzzing::decode),
    ("sse_round_trip", ws_sse::fuzzing::round_trip),
    ("sse_source", ws_sse::fuzzing::source),
    ("sse_broadcast", ws_sse::fuzzing::broadcast),
    ("sse_exchange", ws_sse::fuzzing::exchange),
    ("operations", ws_driver::fuzzing::operations),
];

#[test]
fn every_target_holds_its_property() {
    let runs = env::var("SMOKE_RUNS").map_or(RUNS, |runs| runs.parse().expect("a number"));
    for (name, target) in TARGETS {
        let seeds = seeds(name);
        for seed in &seeds {
            // All prefixes of a small seed, and evenly spread ones of a larger one.
            for end in (0..=seed.len()).step_by(1 + seed.len() / 512) {
                check(name, target, &seed[..end]);
            }
            check(name, target, seed);
        }
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        for _ in 0..runs {
            let mut input = seeds[random.below(seeds.len())].clone();
            for _ in 0..=random.below(4) {
                mutate(&mut input, &mut random);
            }
            check(name, target, &input);
        }
    }
}

#[test]
fn there_is_a_target_for_each_file() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz_targets");
    let mut files: Vec<String> = fs::read_dir(directory)
        .expect("the targets are there")
        .map(|entry| entry.expect("a file").path())
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    files.sort();
    let mut names: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    assert_eq!(files, names);
}

/// Runs the target; what it panics on is printed, to become a unit test of the crate.
fn check(name: &str, target: Target, input: &[u8]) {
    if let Err(panic) = panic::catch_unwind(|| target(input)) {
        eprintln!(
            "{name} does not hold for {:?}",
            input.escape_ascii().to_string()
        );
        panic::resume_unwind(panic);
    }
}

/// The files of `seeds/NAME`, and always the empty input.
fn seeds(name: &str) -> Vec<Vec<u8>> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("seeds")
        .join(name);
    let mut paths: Vec<_> = fs::read_dir(directory)
        .expect("each target has seeds")
        .map(|entry| entry.expect("a file").path())
        .collect();
    // The order of a directory is nobody's promise, and runs are to be alike.
    paths.sort();
    let mut seeds = vec![Vec::new()];
    seeds.extend(
        paths
            .iter()
            .map(|path| fs::read(path).expect("a readable seed")),
    );
    assert!(seeds.len() > 1, "{name} has no seeds");
    seeds
}

/// One small change, of those that parsers stumble over.
fn mutate(input: &mut Vec<u8>, random: &mut Random) {
    const TELLING: [u8; 16] = [
        0, 1, b'\t', b'\n', b'\r', b' ', b',', b':', b';', b'=', 0x7d, 0x7e, 0x7f, 0x80, 0xfe, 0xff,
    ];
    let place = random.below(input.len() + 1);
    match random.below(6) {
        0 => input.insert(place, TELLING[random.below(TELLING.len())]),
        1 => input.insert(place, random.byte()),
        2 if place < input.len() => input[place] ^= 1 << random.below(8),
        3 if place < input.len() => input[place] = TELLING[random.below(TELLING.len())],
        4 if place < input.len() => {
            let end = place + random.below(input.len() - place + 1);
            input.drain(place..end);
        }
        _ => {
            let end = place + random.below(input.len() - place + 1);
            input.extend_from_within(place..end);
        }
    }
    input.truncate(LONGEST);
}

/// Xorshift: enough to choose mutations by, and the same on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below `bound`, which is not 0.
    fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).expect("a length");
        usize::try_from(self.next() % bound).expect("below a length")
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }
}
