//! permessage-deflate as a client has it (RFC 7692), on zlib-rs itself.

use anyhow::{Context, Result, ensure};
use zlib_rs::{Deflate, DeflateFlush, Inflate, InflateFlush};

/// How permessage-deflate is used, in both directions alike.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Takeover {
    /// What was sent before is remembered.
    Yes,
    /// Each message is compressed by itself.
    No,
}

/// What every message ends with, and what is not sent (RFC 7692 §7.2.1).
pub(crate) const TAIL: &[u8] = &[0, 0, 0xff, 0xff];
/// The level of what the client sends. All servers get the same.
const LEVEL: i32 = 6;

impl Takeover {
    /// What a client offers, which the server has to agree to as it stands.
    pub(crate) const fn offer(self) -> &'static str {
        match self {
            Self::Yes => "permessage-deflate",
            Self::No => {
                "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
            }
        }
    }

    /// Checks what a server has agreed to. It may use a smaller window, not more.
    pub(crate) fn confirm(self, answer: Option<&str>) -> Result<()> {
        let answer = answer.context("permessage-deflate was declined")?;
        let mut parameters = answer.split(';').map(str::trim);
        ensure!(
            parameters.next() == Some("permessage-deflate"),
            "agreed to `{answer}`"
        );
        let mut forgets = [false; 2];
        for parameter in parameters {
            match parameter {
                "server_no_context_takeover" => forgets[0] = true,
                "client_no_context_takeover" => forgets[1] = true,
                _ => ensure!(
                    parameter.starts_with("server_max_window_bits="),
                    "agreed to `{answer}`"
                ),
            }
        }
        ensure!(forgets == [self == Self::No; 2], "agreed to `{answer}`");
        Ok(())
    }
}

/// Compresses messages, the first of them without a past.
pub(crate) struct Compressor {
    deflate: Deflate,
    takeover: Takeover,
}

impl Compressor {
    pub(crate) fn new(takeover: Takeover) -> Self {
        Self {
            deflate: Deflate::new(LEVEL, false, 15),
            takeover,
        }
    }

    /// The payload of a message.
    pub(crate) fn message(&mut self, plain: &[u8]) -> Result<Vec<u8>> {
        if self.takeover == Takeover::No {
            self.deflate.reset();
        }
        // The most that it can take, were it not to shrink at all.
        let mut out = vec![0; plain.len() + plain.len() / 1000 + 64];
        let before = self.deflate.total_out();
        self.deflate
            .compress(plain, &mut out, DeflateFlush::SyncFlush)
            .map_err(|error| anyhow::anyhow!("{}", error.as_str()))?;
        out.truncate(usize::try_from(self.deflate.total_out() - before)?);
        ensure!(out.ends_with(TAIL), "a message that is cut");
        out.truncate(out.len() - TAIL.len());
        Ok(out)
    }
}

/// Inflates what a server has compressed.
pub(crate) struct Inflater {
    inflate: Inflate,
    takeover: Takeover,
    plain: Vec<u8>,
}

impl Inflater {
    pub(crate) fn new(takeover: Takeover) -> Self {
        Self {
            inflate: Inflate::new(false, 15),
            takeover,
            plain: Vec::new(),
        }
    }

    /// Whether a payload is `expected` when inflated. The payload gets its tail back.
    pub(crate) fn is(&mut self, payload: &mut Vec<u8>, expected: &[u8]) -> Result<bool> {
        payload.extend_from_slice(TAIL);
        // A byte more, so that too much is seen.
        self.plain.resize(expected.len() + 1, 0);
        if self.takeover == Takeover::No {
            self.inflate.reset(false);
        }
        let (before, read) = (self.inflate.total_out(), self.inflate.total_in());
        self.inflate
            .decompress(payload, &mut self.plain, InflateFlush::SyncFlush)
            .map_err(|error| anyhow::anyhow!("{}", error.as_str()))?;
        let taken = usize::try_from(self.inflate.total_in() - read)?;
        let len = usize::try_from(self.inflate.total_out() - before)?;
        Ok(taken == payload.len() && &self.plain[..len] == expected)
    }
}

#[cfg(test)]
mod tests {
    use super::{Compressor, Inflater, Takeover};
    use crate::json;

    #[test]
    fn what_is_compressed_is_inflated() {
        for takeover in [Takeover::Yes, Takeover::No] {
            let mut compressor = Compressor::new(takeover);
            let mut inflater = Inflater::new(takeover);
            for number in 0..20 {
                let plain = json::text(number, 1024);
                let mut payload = compressor.message(plain.as_bytes()).unwrap();
                assert!(payload.len() < plain.len());
                let mut wrong = payload.clone();
                assert!(inflater.is(&mut payload, plain.as_bytes()).unwrap());
                if takeover == Takeover::No {
                    assert!(!inflater.is(&mut wrong, &plain.as_bytes()[..1023]).unwrap());
                }
            }
        }
    }

    #[test]
    fn the_past_is_what_makes_the_difference() {
        let second = |takeover| {
            let mut compressor = Compressor::new(takeover);
            let plain = json::text(7, 256);
            compressor.message(plain.as_bytes()).unwrap();
            compressor.message(plain.as_bytes()).unwrap().len()
        };
        assert!(second(Takeover::Yes) < 20);
        assert!(second(Takeover::No) > 100);
    }

    #[test]
    fn what_was_not_offered_is_not_agreed_to() {
        let answers = [
            (Takeover::Yes, None, false),
            (Takeover::Yes, Some("permessage-deflate"), true),
            (Takeover::No, Some("permessage-deflate"), false),
            (Takeover::No, Some(Takeover::No.offer()), true),
            (Takeover::Yes, Some(Takeover::No.offer()), false),
            (
                Takeover::Yes,
                Some("permessage-deflate; server_max_window_bits=12"),
                true,
            ),
            (
                Takeover::Yes,
                Some("permessage-deflate; client_max_window_bits=12"),
                false,
            ),
            (Takeover::Yes, Some("x-other"), false),
        ];
        for (takeover, answer, fine) in answers {
            assert_eq!(takeover.confirm(answer).is_ok(), fine, "{answer:?}");
        }
    }
}
