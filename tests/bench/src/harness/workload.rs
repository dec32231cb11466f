//! What is asked of the servers, and the messages that are sent.

use hybi_bench::wire::{self, opcode};

/// One column of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Workload {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) kind: Kind,
}

/// What is done.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// Messages are sent and awaited.
    Echo(Echo),
    /// Connections are opened and closed.
    Handshakes,
    /// So many connections are opened, echo once, and stay.
    Idle(usize),
}

/// How messages are sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Echo {
    pub(crate) connections: usize,
    /// Messages of a connection that go out in one write and are awaited together.
    pub(crate) inflight: usize,
    pub(crate) content: Content,
    /// Bytes of a message.
    pub(crate) len: usize,
    pub(crate) fragments: usize,
}

/// What a message holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Content {
    Binary,
    /// Text of one byte a character.
    Ascii,
    /// Text of two and three bytes a character.
    Multibyte,
}

/// All of them, in the order of the table.
pub(crate) const ALL: &[Workload] = &[
    echo("rtt32", "ping-pong, 32 B", 1, 1, Content::Binary, 32),
    echo(
        "small1",
        "64 connections × 1 in flight, 32 B",
        64,
        1,
        Content::Binary,
        32,
    ),
    echo("small16", "16 × 16, 32 B", 16, 16, Content::Binary, 32),
    echo("small128", "8 × 128, 32 B", 8, 128, Content::Binary, 32),
    echo(
        "text125",
        "16 × 16, 125 B of text",
        16,
        16,
        Content::Ascii,
        125,
    ),
    echo(
        "text1k-1",
        "64 × 1, 1 KiB of text",
        64,
        1,
        Content::Ascii,
        1024,
    ),
    echo(
        "text1k",
        "16 × 16, 1 KiB of text",
        16,
        16,
        Content::Ascii,
        1024,
    ),
    echo(
        "utf8-1k",
        "16 × 16, 1 KiB of multi-byte text",
        16,
        16,
        Content::Multibyte,
        1024,
    ),
    echo("bin16k", "16 × 4, 16 KiB", 16, 4, Content::Binary, 16 << 10),
    Workload {
        name: "frag16k",
        about: "the same in 4 fragments",
        kind: Kind::Echo(Echo {
            connections: 16,
            inflight: 4,
            content: Content::Binary,
            len: 16 << 10,
            fragments: 4,
        }),
    },
    echo("bin64k", "16 × 1, 64 KiB", 16, 1, Content::Binary, 64 << 10),
    echo(
        "text64k",
        "16 × 1, 64 KiB of multi-byte text",
        16,
        1,
        Content::Multibyte,
        64 << 10,
    ),
    echo("bin1m", "4 × 1, 1 MiB", 4, 1, Content::Binary, 1 << 20),
    Workload {
        name: "hs",
        about: "a new connection, the upgrade, the end; 16 at a time",
        kind: Kind::Handshakes,
    },
    Workload {
        name: "idle1k",
        about: "1,000 connections that have echoed once",
        kind: Kind::Idle(1_000),
    },
    Workload {
        name: "idle10k",
        about: "10,000 of them",
        kind: Kind::Idle(10_000),
    },
];

const fn echo(
    name: &'static str,
    about: &'static str,
    connections: usize,
    inflight: usize,
    content: Content,
    len: usize,
) -> Workload {
    Workload {
        name,
        about,
        kind: Kind::Echo(Echo {
            connections,
            inflight,
            content,
            len,
            fragments: 1,
        }),
    }
}

/// What a connection sends in one write, and what must come back.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) wire: Vec<u8>,
    pub(crate) opcode: u8,
    /// The messages, one after the other, each `len` bytes long.
    pub(crate) payloads: Vec<u8>,
    pub(crate) len: usize,
}

impl Echo {
    /// Batches that differ from each other in every message.
    pub(crate) fn batches(&self, count: usize) -> Vec<Batch> {
        (0..count).map(|number| self.batch(number)).collect()
    }

    fn batch(&self, number: usize) -> Batch {
        let opcode = match self.content {
            Content::Binary => opcode::BINARY,
            Content::Ascii | Content::Multibyte => opcode::TEXT,
        };
        let mut batch = Batch {
            wire: Vec::new(),
            opcode,
            payloads: Vec::new(),
            len: self.len,
        };
        for index in 0..self.inflight {
            let payload = self.payload(number * self.inflight + index);
            let size = self.len.div_ceil(self.fragments);
            let mut fragments = payload.chunks(size).enumerate().peekable();
            while let Some((at, fragment)) = fragments.next() {
                let first = if at == 0 {
                    opcode
                } else {
                    opcode::CONTINUATION
                };
                let fin = if fragments.peek().is_none() { 0x80 } else { 0 };
                let key = mix((index * 7 + at * 3 + number) as u64).to_be_bytes();
                let key = [key[0], key[1], key[2], key[3]];
                wire::push_masked(&mut batch.wire, fin | first, key, fragment);
            }
            batch.payloads.extend_from_slice(&payload);
        }
        batch
    }

    /// Exactly `len` bytes that no other number has.
    fn payload(&self, number: usize) -> Vec<u8> {
        let mut payload = format!("{number:08} ").into_bytes();
        let mut state = number as u64;
        while payload.len() < self.len {
            state = mix(state);
            let left = self.len - payload.len();
            match self.content {
                Content::Binary => payload.extend_from_slice(&state.to_be_bytes()),
                Content::Ascii => payload.push(b' ' + state.to_be_bytes()[7] % 94),
                Content::Multibyte if left < 3 => payload.push(b'.'),
                Content::Multibyte => {
                    let text = if state.is_multiple_of(2) { "é" } else { "水" };
                    payload.extend_from_slice(text.as_bytes());
                }
            }
        }
        payload.truncate(self.len);
        payload
    }
}

/// One step of a generator that is good enough for payloads (splitmix64).
fn mix(state: u64) -> u64 {
    let mut state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{ALL, Content, Kind};

    #[test]
    fn names_are_told_apart() {
        let names: HashSet<_> = ALL.iter().map(|workload| workload.name).collect();
        assert_eq!(names.len(), ALL.len());
    }

    #[test]
    fn payloads_are_as_long_as_said_and_text_is_text() {
        for workload in ALL {
            let Kind::Echo(echo) = workload.kind else {
                continue;
            };
            let (one, other) = (echo.payload(1), echo.payload(2));
            assert_eq!((one.len(), other.len()), (echo.len, echo.len));
            assert_ne!(one, other);
            if echo.content != Content::Binary {
                assert!(std::str::from_utf8(&one).is_ok(), "{}", workload.name);
            }
        }
    }
}
