//! Close codes and the payload of a Close frame: RFC 6455 §5.5.1, §7.4.

use core::fmt;

use crate::{CloseError, ControlPayload};

/// A code that may lawfully stand in a Close frame.
///
/// 1005, 1006 and 1015 only ever describe what did not arrive (§7.4.1), so they cannot be made
/// here: 1000–1003 and 1007–1014 as registered, 3000–4999 for libraries and applications (§7.4.2).
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct CloseCode(u16);

impl CloseCode {
    /// 1000: the purpose is fulfilled.
    pub const NORMAL: Self = Self(1000);
    /// 1001: a server goes down, a browser leaves the page.
    pub const GOING_AWAY: Self = Self(1001);
    /// 1002: the peer broke the protocol.
    pub const PROTOCOL_ERROR: Self = Self(1002);
    /// 1003: a kind of data that this endpoint does not take.
    pub const UNSUPPORTED_DATA: Self = Self(1003);
    /// 1007: data that is not what its kind says, such as text that is not UTF-8.
    pub const INVALID_PAYLOAD: Self = Self(1007);
    /// 1008: against a policy, when nothing else fits.
    pub const POLICY_VIOLATION: Self = Self(1008);
    /// 1009: a message larger than this endpoint takes.
    pub const MESSAGE_TOO_BIG: Self = Self(1009);
    /// 1010: the client needs an extension that the server did not grant.
    pub const MANDATORY_EXTENSION: Self = Self(1010);
    /// 1011: something unexpected on this side.
    pub const INTERNAL_ERROR: Self = Self(1011);
    /// 1012: the service restarts (IANA registry).
    pub const SERVICE_RESTART: Self = Self(1012);
    /// 1013: try again later (IANA registry).
    pub const TRY_AGAIN_LATER: Self = Self(1013);
    /// 1014: a gateway got a bad answer from behind it (IANA registry).
    pub const BAD_GATEWAY: Self = Self(1014);

    /// The code, or `None` if it must not be sent.
    pub const fn new(code: u16) -> Option<Self> {
        match code {
            1000..=1003 | 1007..=1014 | 3000..=4999 => Some(Self(code)),
            _ => None,
        }
    }

    /// The number.
    pub const fn get(self) -> u16 {
        self.0
    }

    /// What the registry calls it; `None` for 3000–4999.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            1000 => "normal closure",
            1001 => "going away",
            1002 => "protocol error",
            1003 => "unsupported data",
            1007 => "invalid payload data",
            1008 => "policy violation",
            1009 => "message too big",
            1010 => "mandatory extension",
            1011 => "internal error",
            1012 => "service restart",
            1013 => "try again later",
            1014 => "bad gateway",
            _ => return None,
        })
    }
}

impl From<CloseCode> for u16 {
    fn from(code: CloseCode) -> Self {
        code.0
    }
}

impl fmt::Debug for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CloseCode({})", self.0)
    }
}

/// Prints the number, and its name where it has one: `1002 (protocol error)`.
impl fmt::Display for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{} ({name})", self.0),
            None => write!(f, "{}", self.0),
        }
    }
}

/// What a Close frame says; an empty one is `None` of this.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "§5.5.1: a code and a reason")]
pub struct CloseFrame<'a> {
    /// Why.
    pub code: CloseCode,
    /// Why, for people; at most [`CloseFrame::MAX_REASON_LEN`] bytes go over the wire.
    pub reason: &'a str,
}

impl<'a> CloseFrame<'a> {
    /// The longest reason in bytes: what a control frame holds, less the code.
    pub const MAX_REASON_LEN: usize = ControlPayload::MAX_LEN - 2;

    /// Reads the payload of a Close frame; `None` if it is empty.
    pub fn decode(payload: &'a [u8]) -> Result<Option<Self>, CloseError> {
        let Some((code, reason)) = payload.split_first_chunk::<2>() else {
            return if payload.is_empty() {
                Ok(None)
            } else {
                Err(CloseError::TooShort)
            };
        };
        let code = u16::from_be_bytes(*code);
        let Some(code) = CloseCode::new(code) else {
            return Err(CloseError::InvalidCode(code));
        };
        match core::str::from_utf8(reason) {
            Ok(reason) => Ok(Some(Self { code, reason })),
            Err(_) => Err(CloseError::InvalidUtf8),
        }
    }

    /// The payload of a Close frame, or `None` if the reason is too long.
    pub fn encode(&self) -> Option<ControlPayload> {
        let mut payload = ControlPayload::new(&self.code.0.to_be_bytes())?;
        payload
            .extend_from_slice(self.reason.as_bytes())
            .then_some(payload)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::vec::Vec;

    // RFC 6455 §7.4.1, §7.4.2
    #[test]
    fn f34_f35_which_codes_may_be_sent() {
        let valid: Vec<u16> = (0..=u16::MAX)
            .filter(|&n| CloseCode::new(n).is_some())
            .collect();
        let expected: Vec<u16> = (1000..=1003)
            .chain(1007..=1014)
            .chain(3000..=4999)
            .collect();
        assert_eq!(valid, expected);
        for code in (1000..=1014).filter_map(CloseCode::new) {
            assert!(code.name().is_some(), "{code}");
        }
        assert_eq!(
            format!("{}", CloseCode::PROTOCOL_ERROR),
            "1002 (protocol error)"
        );
        assert_eq!(format!("{}", CloseCode(4000)), "4000");
    }

    // RFC 6455 §5.5.1
    #[test]
    fn payloads() {
        let table: &[(&[u8], Result<Option<(u16, &str)>, CloseError>)] = &[
            (b"", Ok(None)),
            (b"\x03", Err(CloseError::TooShort)),
            (b"\x03\xe8", Ok(Some((1000, "")))),
            (b"\x03\xe8bye", Ok(Some((1000, "bye")))),
            (b"\x03\xed", Err(CloseError::InvalidCode(1005))),
            (b"\0\0", Err(CloseError::InvalidCode(0))),
            (b"\x03\xe8\xff", Err(CloseError::InvalidUtf8)),
            (b"\x03\xef\xce\xba\xe1\xbd", Err(CloseError::InvalidUtf8)),
        ];
        for (payload, expected) in table {
            let got = CloseFrame::decode(payload);
            assert_eq!(got.map(|f| f.map(|f| (f.code.get(), f.reason))), *expected);
            if let Ok(Some(frame)) = got {
                assert_eq!(*frame.encode().unwrap(), **payload);
            }
        }
    }

    // RFC 6455 §5.5
    #[test]
    fn f37_a_reason_has_at_most_123_bytes() {
        let reason = "x".repeat(124);
        for (len, fits) in [(0, true), (123, true), (124, false)] {
            let frame = CloseFrame {
                code: CloseCode::NORMAL,
                reason: &reason[..len],
            };
            assert_eq!(frame.encode().is_some(), fits, "{len}");
        }
    }
}
