//! Messages are compressed and inflated with context takeover, beside what zlib-rs itself takes.

use std::hint::black_box;

use anyhow::Result;
use hybi::driver::{Config, Connection, Event, Message};
use hybi::extensions::Negotiator;
use hybi::extensions::deflate::Deflate;
use zlib_rs::{DeflateConfig, DeflateFlush, Inflate, InflateFlush};

use super::{Clock, Row};
use crate::harness::batch::Batch;
use crate::harness::deflate::{TAIL, Takeover};
use crate::harness::workload::{Content, Echo};

/// The level at which what surrounds zlib-rs weighs most.
const LEVEL: u8 = 1;
const MEMORY_LEVEL: u8 = 8;

pub(super) const COMPRESSING: [&str; 3] = [
    "a server compresses 256 B of JSON",
    "a server compresses 1 KiB of JSON",
    "a server compresses 16 KiB of JSON",
];
pub(super) const INFLATING: [&str; 3] = [
    "a server inflates 256 B of JSON",
    "a server inflates 1 KiB of JSON",
    "a server inflates 16 KiB of JSON",
];
const LENGTHS: [usize; 3] = [256, 1 << 10, 16 << 10];

pub(super) fn rows(clock: Clock) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (len, (compressing, inflating)) in LENGTHS
        .into_iter()
        .zip(COMPRESSING.into_iter().zip(INFLATING))
    {
        let messages = Messages::new(len)?;
        rows.push(Row {
            what: compressing,
            unit: "each; zlib-rs as the floor",
            bytes: None,
            floor: messages.raw_compress(clock),
            ours: messages.compress(clock)?,
            peers: Vec::new(),
        });
        rows.push(Row {
            what: inflating,
            unit: "each; zlib-rs as the floor",
            bytes: None,
            floor: messages.raw_inflate(clock),
            ours: messages.inflate(clock)?,
            peers: Vec::new(),
        });
    }
    Ok(rows)
}

/// Some that can be sent in a circle.
struct Messages {
    batches: Vec<Batch>,
    len: usize,
    count: usize,
}

impl Messages {
    fn new(len: usize) -> Result<Self> {
        let echo = Echo {
            connections: 1,
            inflight: 4,
            content: Content::Json,
            len,
            fragments: 1,
            deflate: Some(Takeover::Yes),
        };
        let batches = echo.batches()?;
        Ok(Self {
            len,
            count: batches.len() * echo.inflight,
            batches,
        })
    }

    fn plain(&self) -> impl Iterator<Item = &[u8]> {
        self.batches
            .iter()
            .flat_map(|batch| batch.payloads.chunks(self.len))
    }

    fn raw_compress(&self, clock: Clock) -> f64 {
        let mut deflate = zlib_rs::Deflate::new_with_config(DeflateConfig {
            level: LEVEL.into(),
            window_bits: -15,
            mem_level: MEMORY_LEVEL.into(),
            ..DeflateConfig::default()
        });
        let mut out = vec![0; self.len * 2];
        clock.best(self.count, || {
            for message in self.plain() {
                let _ = black_box(deflate.compress(message, &mut out, DeflateFlush::SyncFlush));
            }
        })
    }

    fn compress(&self, clock: Clock) -> Result<f64> {
        let texts: Vec<_> = self.plain().map(str::from_utf8).collect::<Result<_, _>>()?;
        let (mut server, mut out) = (server()?, Vec::new());
        let time = clock.best(self.count, || {
            out.clear();
            for text in &texts {
                server.send(Message::Text(text), &mut out).expect("open");
            }
        });
        assert!(out.len() < self.count * self.len, "compressed");
        Ok(time)
    }

    fn raw_inflate(&self, clock: Clock) -> f64 {
        let mut inflate = Inflate::new(false, 15);
        // Where less than a longest match fits behind, it is slower.
        let mut out = vec![0; self.len + 1024];
        let mut payloads = Vec::new();
        for payload in self.batches.iter().flat_map(Batch::unmasked) {
            payloads.push([&payload, TAIL].concat());
        }
        clock.best(self.count, || {
            for payload in &payloads {
                let before = inflate.total_out();
                let _ = black_box(inflate.decompress(payload, &mut out, InflateFlush::SyncFlush));
                assert_eq!(inflate.total_out() - before, self.len as u64, "all of it");
            }
        })
    }

    fn inflate(&self, clock: Clock) -> Result<f64> {
        let (mut server, mut out, mut buffer) = (server()?, Vec::new(), Vec::new());
        Ok(clock.best(self.count, || {
            let mut count = 0;
            for batch in &self.batches {
                buffer.clear();
                buffer.extend_from_slice(&batch.wire);
                let mut input = &mut buffer[..];
                while let Ok(Some(event)) = server.receive(&mut input, &mut out) {
                    if let Event::Message(message) = black_box(event) {
                        count += usize::from(message.len() == self.len);
                    }
                }
            }
            assert_eq!(count, self.count, "every message is seen");
        }))
    }
}

/// A connection that has agreed to deflate.
fn server() -> Result<Connection> {
    let deflate = Deflate::new().level(LEVEL).memory_level(MEMORY_LEVEL);
    let config = Config::server();
    let granted = Negotiator::new()
        .with(deflate)
        .grant(Some(Takeover::Yes.offer()))?;
    Ok(Connection::server(&config).with_extensions(granted.sessions, &config))
}
