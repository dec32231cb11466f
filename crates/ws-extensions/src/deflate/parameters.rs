//! The parameters of permessage-deflate, and what endpoints agree on by them: RFC 7692 §7.1.

#[cfg(test)]
mod tests;

use alloc::string::ToString;
use core::fmt;

use super::NAME;
use crate::{Excerpt, Params, Reason, Refusal};

const SERVER_NO_CONTEXT_TAKEOVER: &str = "server_no_context_takeover";
const CLIENT_NO_CONTEXT_TAKEOVER: &str = "client_no_context_takeover";
const SERVER_MAX_WINDOW_BITS: &str = "server_max_window_bits";
const CLIENT_MAX_WINDOW_BITS: &str = "client_max_window_bits";

/// How far back compressed data may refer: the base-2 logarithm of a number of bytes, from 8 (256
/// bytes) to 15 (32 KiB).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct WindowBits(u8);

/// What was agreed for one direction.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) struct Direction {
    /// Messages may refer to those before.
    pub(super) takeover: bool,
    /// How far back they refer at most.
    pub(super) window: WindowBits,
}

/// What was agreed for a connection, as seen by one of its endpoints.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) struct Agreement {
    /// What this endpoint compresses with.
    pub(super) own: Direction,
    /// What the peer compresses with at most.
    pub(super) peer: Direction,
}

/// What an endpoint wants, in either role.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) struct Wishes {
    /// No message that this endpoint sends refers to those before.
    pub(super) no_context_takeover: bool,
    /// This endpoint never uses a larger window.
    pub(super) max_window: WindowBits,
    /// The peer should send no message that refers to those before.
    pub(super) request_no_context_takeover: bool,
    /// The peer should use no larger window. The greatest one asks for nothing.
    pub(super) request_max_window: Option<WindowBits>,
}

/// The parameters of a valid offer or answer.
#[derive(Default)]
struct Parameters {
    server_no_context_takeover: bool,
    client_no_context_takeover: bool,
    server_max_window: Option<WindowBits>,
    client_max_window: Option<Hint>,
}

/// `client_max_window_bits`, which needs no value in an offer.
#[derive(Clone, Copy)]
enum Hint {
    Supported,
    AtMost(WindowBits),
}

impl WindowBits {
    /// 256 bytes.
    pub const MIN: Self = Self(8);
    /// 32 KiB, the most that DEFLATE can refer back.
    pub const MAX: Self = Self(15);

    /// `None` unless `bits` is within 8 to 15.
    pub const fn new(bits: u8) -> Option<Self> {
        match bits {
            8..=15 => Some(Self(bits)),
            _ => None,
        }
    }

    /// The number, within 8 to 15.
    pub const fn get(self) -> u8 {
        self.0
    }

    /// The number of bytes, within 256 to 32768.
    pub const fn size(self) -> usize {
        1 << self.0
    }

    /// §7.1.2.1 and §7.1.2.2: a decimal number without leading zeros.
    fn parse(parameter: &'static str, value: &str) -> Result<Self, Refusal> {
        let has_leading_zero = value.len() > 1 && value.starts_with('0');
        let is_digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
        if has_leading_zero || !is_digits {
            return Err(Refusal::of(
                parameter,
                Reason::NotANumber(Excerpt::new(value)),
            ));
        }
        // A number that is too large for the type is too large.
        let bits = value.parse().ok().and_then(Self::new);
        bits.ok_or_else(|| {
            let reason = Reason::OutOfRange {
                value: Excerpt::new(value),
                min: Self::MIN.0.into(),
                max: Self::MAX.0.into(),
            };
            Refusal::of(parameter, reason)
        })
    }
}

/// Prints the number of bits.
impl fmt::Display for WindowBits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Default for Wishes {
    fn default() -> Self {
        Self {
            no_context_takeover: false,
            max_window: WindowBits::MAX,
            request_no_context_takeover: false,
            request_max_window: None,
        }
    }
}

/// What a client asks for.
pub(super) fn offer(wishes: Wishes) -> Params<'static> {
    let mut offer = Params::new(NAME);
    if wishes.no_context_takeover {
        // §7.1.1.2: a hint; the client keeps to it whatever the answer is.
        offer = offer.with_flag(CLIENT_NO_CONTEXT_TAKEOVER);
    }
    // §7.1.2.2: also a hint; without it the server could not ask for a smaller window.
    offer = match wishes.max_window {
        WindowBits::MAX => offer.with_flag(CLIENT_MAX_WINDOW_BITS),
        bits => offer.with_value(CLIENT_MAX_WINDOW_BITS, bits.to_string()),
    };
    if wishes.request_no_context_takeover {
        offer = offer.with_flag(SERVER_NO_CONTEXT_TAKEOVER);
    }
    if let Some(bits) = wishes.requested_window() {
        offer = offer.with_value(SERVER_MAX_WINDOW_BITS, bits.to_string());
    }
    offer
}

/// A client's judgement of what the server granted.
pub(super) fn confirm(wishes: Wishes, granted: &Params<'_>) -> Result<Agreement, Refusal> {
    let granted = Parameters::read(granted)?;
    // §7.1.1.1: a server accepts the parameter by including it.
    if wishes.request_no_context_takeover && !granted.server_no_context_takeover {
        return Err(Refusal::of(SERVER_NO_CONTEXT_TAKEOVER, Reason::Missing));
    }
    // §7.1.2.1: likewise, with a value that is not greater.
    if let Some(limit) = wishes.requested_window() {
        match granted.server_max_window {
            None => return Err(Refusal::of(SERVER_MAX_WINDOW_BITS, Reason::Missing)),
            Some(bits) => at_most(limit, bits, SERVER_MAX_WINDOW_BITS)?,
        }
    }
    // §7.1.2.2: in an answer, the parameter has a value.
    let window = match granted.client_max_window {
        None => wishes.max_window,
        Some(Hint::Supported) => {
            return Err(Refusal::of(CLIENT_MAX_WINDOW_BITS, Reason::MissingValue));
        }
        Some(Hint::AtMost(bits)) => {
            at_most(wishes.max_window, bits, CLIENT_MAX_WINDOW_BITS)?;
            bits
        }
    };
    Ok(Agreement {
        own: Direction {
            takeover: !(wishes.no_context_takeover || granted.client_no_context_takeover),
            window,
        },
        peer: Direction {
            takeover: !granted.server_no_context_takeover,
            window: granted.server_max_window.unwrap_or(WindowBits::MAX),
        },
    })
}

/// A server's judgement of an offer: what it grants, and what that means.
///
/// The server's own wishes are no reason to refuse: those that an offer leaves no room for stay
/// unfulfilled.
pub(super) fn grant(
    wishes: Wishes,
    offer: &Params<'_>,
) -> Result<(Params<'static>, Agreement), Refusal> {
    let offer = Parameters::read(offer)?;
    let own = Direction {
        takeover: !(wishes.no_context_takeover || offer.server_no_context_takeover),
        window: offer
            .server_max_window
            .map_or(wishes.max_window, |bits| bits.min(wishes.max_window)),
    };
    let requested = wishes.request_max_window.unwrap_or(WindowBits::MAX);
    let peer = Direction {
        takeover: !(wishes.request_no_context_takeover || offer.client_no_context_takeover),
        window: match offer.client_max_window {
            // §7.1.2.2: without the parameter, the server must not ask for a smaller window.
            None => WindowBits::MAX,
            Some(Hint::Supported) => requested,
            Some(Hint::AtMost(bits)) => bits.min(requested),
        },
    };
    let mut granted = Params::new(NAME);
    if !own.takeover {
        granted = granted.with_flag(SERVER_NO_CONTEXT_TAKEOVER);
    }
    if !peer.takeover {
        granted = granted.with_flag(CLIENT_NO_CONTEXT_TAKEOVER);
    }
    // §7.1.2.1: a server accepts the parameter by including it. Without it in the offer, a smaller
    // window stays untold, because there are clients that do not expect it.
    if offer.server_max_window.is_some() {
        granted = granted.with_value(SERVER_MAX_WINDOW_BITS, own.window.to_string());
    }
    if peer.window < WindowBits::MAX {
        granted = granted.with_value(CLIENT_MAX_WINDOW_BITS, peer.window.to_string());
    }
    Ok((granted, Agreement { own, peer }))
}

impl Wishes {
    /// The window that the peer is asked for; every peer fulfils the wish for the greatest one.
    fn requested_window(self) -> Option<WindowBits> {
        self.request_max_window
            .filter(|&bits| bits < WindowBits::MAX)
    }
}

impl Parameters {
    /// §7.1: neither an offer nor an answer may have a parameter that is unknown, has an invalid
    /// value, or occurs more than once.
    fn read(params: &Params<'_>) -> Result<Self, Refusal> {
        let mut read = Self::default();
        for (name, value) in params.iter() {
            match name {
                SERVER_NO_CONTEXT_TAKEOVER => {
                    let flag = &mut read.server_no_context_takeover;
                    set_flag(flag, SERVER_NO_CONTEXT_TAKEOVER, value)?;
                }
                CLIENT_NO_CONTEXT_TAKEOVER => {
                    let flag = &mut read.client_no_context_takeover;
                    set_flag(flag, CLIENT_NO_CONTEXT_TAKEOVER, value)?;
                }
                SERVER_MAX_WINDOW_BITS => {
                    let missing = || Refusal::of(SERVER_MAX_WINDOW_BITS, Reason::MissingValue);
                    let value = value.ok_or_else(missing)?;
                    let bits = WindowBits::parse(SERVER_MAX_WINDOW_BITS, value)?;
                    let before = read.server_max_window.replace(bits);
                    once(before.is_none(), SERVER_MAX_WINDOW_BITS)?;
                }
                CLIENT_MAX_WINDOW_BITS => {
                    let hint = match value {
                        None => Hint::Supported,
                        Some(value) => {
                            Hint::AtMost(WindowBits::parse(CLIENT_MAX_WINDOW_BITS, value)?)
                        }
                    };
                    let before = read.client_max_window.replace(hint);
                    once(before.is_none(), CLIENT_MAX_WINDOW_BITS)?;
                }
                _ => return Err(Refusal::unknown(name)),
            }
        }
        Ok(read)
    }
}

fn set_flag(flag: &mut bool, name: &'static str, value: Option<&str>) -> Result<(), Refusal> {
    if let Some(value) = value {
        let reason = Reason::UnexpectedValue(Excerpt::new(value));
        return Err(Refusal::of(name, reason));
    }
    once(!*flag, name)?;
    *flag = true;
    Ok(())
}

fn once(is_first: bool, name: &'static str) -> Result<(), Refusal> {
    if is_first {
        return Ok(());
    }
    Err(Refusal::of(name, Reason::Repeated))
}

fn at_most(limit: WindowBits, bits: WindowBits, name: &'static str) -> Result<(), Refusal> {
    if bits <= limit {
        return Ok(());
    }
    let reason = Reason::Exceeds {
        value: bits.0.into(),
        limit: limit.0.into(),
    };
    Err(Refusal::of(name, reason))
}
