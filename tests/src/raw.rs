//! One end of a connection that is fed with raw bytes.

use hybi_testkit::pair::Seen;
use hybi_testkit::wire::{self, Frame};
use ws_driver::{Config, Connection, Error, Seed};

/// What a connection has made of some bytes.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "the tests look at all of it")]
pub struct Trace {
    /// What it has seen, the error that ended it last.
    pub seen: Vec<Seen>,
    /// The frames that it has written, without masks.
    pub written: Vec<Frame>,
}

impl Trace {
    /// The error that ended it.
    pub fn error(&self) -> Option<Error> {
        match self.seen.last() {
            Some(Seen::Error(error)) => Some(*error),
            _ => None,
        }
    }

    /// The code of the Close that it has written; 1005 for one without a code.
    pub fn close_code(&self) -> Option<u16> {
        let close = self.written.iter().find(|frame| frame.opcode() == 0x8)?;
        let code = close
            .payload()
            .first_chunk()
            .map(|code| u16::from_be_bytes(*code));
        Some(code.unwrap_or(1005))
    }
}

/// A server with default limits.
pub fn server() -> Connection {
    Connection::server(&Config::server())
}

/// A server that takes messages of so many bytes.
pub fn server_with_limit(max_message_size: usize) -> Connection {
    let mut config = Config::server();
    config.max_message_size = max_message_size;
    Connection::server(&config)
}

/// A client with default limits, whose mask keys are the same in every run.
pub fn client() -> Connection {
    Connection::client(&Config::client(), Seed([9; 32]))
}

/// Hands `reads` to the connection, one after the other.
///
/// After an error or a Close it also tries what hostile cases 45 and 40 ask for: whatever follows
/// makes no event and no byte.
///
/// # Panics
///
/// When input is left over, or something comes after the end.
pub fn receive<'r>(
    connection: &mut Connection,
    reads: impl IntoIterator<Item = &'r [u8]>,
) -> Trace {
    let mut out = Vec::new();
    let mut seen: Vec<Seen> = Vec::new();
    for read in reads {
        let over = matches!(seen.last(), Some(Seen::Error(_) | Seen::Close(_)));
        let (events, bytes) = (seen.len(), out.len());
        let mut read = read.to_vec();
        let mut input = &mut read[..];
        loop {
            match connection.receive(&mut input, &mut out) {
                Ok(Some(event)) => seen.push(event.into()),
                Ok(None) => break,
                Err(error) => {
                    let failed = matches!(seen.last(), Some(Seen::Error(_)));
                    assert!(!failed, "{error:?} after {seen:?}");
                    seen.push(Seen::Error(error));
                }
            }
        }
        assert!(
            input.is_empty(),
            "it wants more and has left {} bytes",
            input.len()
        );
        if over {
            assert_eq!(
                (seen.len(), out.len()),
                (events, bytes),
                "after the end: {seen:?}"
            );
        }
    }
    if matches!(seen.last(), Some(Seen::Error(_) | Seen::Close(_))) {
        let bytes = out.len();
        for late in [
            Frame::text("late"),
            Frame::text("late").masked([1; 4]),
            Frame::ping(""),
        ] {
            let mut late = late.bytes();
            let mut input = &mut late[..];
            assert_eq!(
                connection.receive(&mut input, &mut out),
                Ok(None),
                "after the end"
            );
            assert!(input.is_empty(), "what comes after the end is swallowed");
        }
        assert_eq!(out.len(), bytes, "nothing is written after the end");
    }
    let written = wire::frames(&out)
        .into_iter()
        .map(Frame::unmasked)
        .collect();
    Trace { seen, written }
}

/// How many of `bytes` the connection takes, one by one, until it fails; `None` if it does not.
pub fn fails_after(connection: &mut Connection, bytes: &[u8]) -> Option<usize> {
    let mut out = Vec::new();
    bytes
        .iter()
        .position(|&byte| {
            let mut read = [byte];
            let mut input = &mut read[..];
            loop {
                match connection.receive(&mut input, &mut out) {
                    Ok(Some(_)) => {}
                    Ok(None) => return false,
                    Err(_) => return true,
                }
            }
        })
        .map(|at| at + 1)
}
