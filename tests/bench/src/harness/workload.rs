//! What is asked of the servers.

use std::time::Duration;

use super::deflate::Takeover;

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
    /// Connections are opened, echo once, and stay.
    Idle(Idle),
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
    /// Whether messages are compressed, and how.
    pub(crate) deflate: Option<Takeover>,
}

/// Connections that stay.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Idle {
    pub(crate) connections: usize,
    /// Whether their one message was compressed, and how.
    pub(crate) deflate: Option<Takeover>,
    /// How long they have been idle when their memory is looked at.
    pub(crate) rest: Duration,
}

/// What servers are given to come to rest.
const REST: Duration = Duration::from_millis(200);
/// By then ours have put deflate to sleep, which takes 5 seconds.
const SLEEP: Duration = Duration::from_millis(6_500);

/// What a message holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Content {
    Binary,
    /// Text of one byte a character.
    Ascii,
    /// Text of two and three bytes a character.
    Multibyte,
    /// Text as chats have it, which shrinks as that does.
    Json,
}

/// What idle connections with deflate are measured by.
pub(crate) const PLAIN_IDLE: &str = "idle1k";

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
            deflate: None,
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
    idle(
        PLAIN_IDLE,
        "1,000 connections that have echoed once",
        1_000,
        None,
        REST,
    ),
    idle("idle10k", "10,000 of them", 10_000, None, REST),
    json("z256", "8 × 4, 256 B of JSON", Takeover::Yes, 256),
    json("z1k", "the same, 1 KiB", Takeover::Yes, 1 << 10),
    json("z16k", "the same, 16 KiB", Takeover::Yes, 16 << 10),
    json("z256-n", "as z256, without takeover", Takeover::No, 256),
    json("z1k-n", "as z1k, without takeover", Takeover::No, 1 << 10),
    json(
        "z16k-n",
        "as z16k, without takeover",
        Takeover::No,
        16 << 10,
    ),
    idle(
        "idle1k-z",
        "1,000 connections that have echoed 1 KiB of JSON once, with takeover",
        1_000,
        Some(Takeover::Yes),
        REST,
    ),
    idle(
        "idle1k-n",
        "the same without takeover",
        1_000,
        Some(Takeover::No),
        REST,
    ),
    idle(
        "idle1k-zz",
        "as idle1k-z, but when they have been idle for 6.5 seconds",
        1_000,
        Some(Takeover::Yes),
        SLEEP,
    ),
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
            deflate: None,
        }),
    }
}

/// Compressed JSON.
const fn json(name: &'static str, about: &'static str, takeover: Takeover, len: usize) -> Workload {
    Workload {
        name,
        about,
        kind: Kind::Echo(Echo {
            connections: 8,
            inflight: 4,
            content: Content::Json,
            len,
            fragments: 1,
            deflate: Some(takeover),
        }),
    }
}

const fn idle(
    name: &'static str,
    about: &'static str,
    connections: usize,
    deflate: Option<Takeover>,
    rest: Duration,
) -> Workload {
    Workload {
        name,
        about,
        kind: Kind::Idle(Idle {
            connections,
            deflate,
            rest,
        }),
    }
}

impl Workload {
    /// Whether messages are compressed, and how.
    pub(crate) fn deflate(&self) -> Option<Takeover> {
        match &self.kind {
            Kind::Echo(echo) => echo.deflate,
            Kind::Idle(idle) => idle.deflate,
            Kind::Handshakes => None,
        }
    }

    /// Whether it shows deflate, or what that is measured by.
    pub(crate) fn is_of_deflate(&self) -> bool {
        self.deflate().is_some() || self.name == PLAIN_IDLE
    }

    /// Whether connections have to be idle until they sleep.
    pub(crate) fn sleeps(&self) -> bool {
        matches!(&self.kind, Kind::Idle(idle) if idle.rest >= SLEEP)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::ALL;

    #[test]
    fn names_are_told_apart() {
        let names: HashSet<_> = ALL.iter().map(|workload| workload.name).collect();
        assert_eq!(names.len(), ALL.len());
    }
}
