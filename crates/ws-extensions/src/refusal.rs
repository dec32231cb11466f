//! Why one offer, or one answer, was refused.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use core::fmt;

use ws_frame::Rsv;

/// Why one element of a `Sec-WebSocket-Extensions` list cannot be used: the parameter that it is
/// about, if it is about one, and the [`Reason`].
///
/// ```
/// use ws_extensions::{Reason, Refusal};
///
/// let refusal = Refusal::of("server_max_window_bits", Reason::Missing);
/// assert_eq!(
///     refusal.to_string(),
///     "server_max_window_bits: was asked for, but is missing",
/// );
///
/// // Extensions have reasons of their own.
/// let refusal = Refusal::new("a mirror cannot be reversed");
/// assert_eq!(refusal.reason(), &Reason::Other("a mirror cannot be reversed"));
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Refusal {
    parameter: Option<Cow<'static, str>>,
    reason: Reason,
}

/// The rule that was broken. Texts that a peer chose are short [excerpts](Excerpt).
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// The extension has no such parameter.
    Unknown,
    /// The parameter is there more than once.
    Repeated,
    /// The parameter takes no value, but has this one.
    UnexpectedValue(Excerpt),
    /// The parameter needs a value, but has none.
    MissingValue,
    /// This value is not a decimal number without leading zeros.
    NotANumber(Excerpt),
    /// This number is not within the bounds, which are both allowed.
    OutOfRange {
        /// The number, as it was written.
        value: Excerpt,
        /// The least one that is allowed.
        min: u32,
        /// The greatest one that is allowed.
        max: u32,
    },
    /// The answer grants more than was offered.
    Exceeds {
        /// What was granted.
        value: u32,
        /// What was offered.
        limit: u32,
    },
    /// What was asked for is not granted.
    Missing,
    /// There are more parameters than are kept of one element; see [`Params::LIMIT`].
    ///
    /// [`Params::LIMIT`]: crate::Params::LIMIT
    TooManyParameters,
    /// These bits belong to an extension that was agreed on before.
    RsvTaken {
        /// The bits that both need.
        rsv: Rsv,
        /// The [name](crate::Extension::name) of the other extension.
        by: &'static str,
    },
    /// A reason of an extension's own, in lower case and without a full stop.
    Other(&'static str),
}

/// The first 32 characters of a text that a peer chose, so that an error stays short.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Excerpt(Box<str>);

impl Refusal {
    /// A refusal that is about the element as a whole.
    pub fn new(reason: impl Into<Reason>) -> Self {
        Self {
            parameter: None,
            reason: reason.into(),
        }
    }

    /// A refusal that is about this parameter.
    pub fn of(parameter: &'static str, reason: impl Into<Reason>) -> Self {
        Self {
            parameter: Some(Cow::Borrowed(parameter)),
            reason: reason.into(),
        }
    }

    /// A refusal that is about a parameter which the extension does not have.
    pub fn unknown(parameter: &str) -> Self {
        Self {
            parameter: Some(Cow::Owned(Excerpt::new(parameter).0.into())),
            reason: Reason::Unknown,
        }
    }

    /// The parameter that is to blame, unless that is the element as a whole.
    pub fn parameter(&self) -> Option<&str> {
        self.parameter.as_deref()
    }

    /// The rule that was broken.
    pub const fn reason(&self) -> &Reason {
        &self.reason
    }
}

impl Excerpt {
    const LIMIT: usize = 32;

    /// The front of this text.
    pub fn new(text: &str) -> Self {
        let end = text.char_indices().nth(Self::LIMIT).map(|(end, _)| end);
        let front = end.and_then(|end| text.get(..end));
        Self(front.unwrap_or(text).into())
    }

    /// What is left of the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A reason of an extension's own.
impl From<&'static str> for Reason {
    fn from(text: &'static str) -> Self {
        Self::Other(text)
    }
}

impl core::error::Error for Refusal {}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parameter) = &self.parameter {
            write!(f, "{parameter}: ")?;
        }
        self.reason.fmt(f)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("unknown parameter"),
            Self::Repeated => f.write_str("given more than once"),
            Self::UnexpectedValue(value) => write!(f, "takes no value, but has {value}"),
            Self::MissingValue => f.write_str("needs a value"),
            Self::NotANumber(value) => {
                write!(f, "{value} is not a decimal number without leading zeros")
            }
            Self::OutOfRange { value, min, max } => {
                write!(f, "{value} is not within {min} to {max}")
            }
            Self::Exceeds { value, limit } => write!(f, "{value} exceeds the {limit} offered"),
            Self::Missing => f.write_str("was asked for, but is missing"),
            Self::TooManyParameters => f.write_str("too many parameters"),
            Self::RsvTaken { rsv, by } => write!(f, "{rsv} is taken by {by}"),
            Self::Other(text) => f.write_str(text),
        }
    }
}

/// Prints the text as in a string literal if it is empty or not all visible ASCII.
impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_plain = !self.0.is_empty() && self.0.bytes().all(|byte| byte.is_ascii_graphic());
        if is_plain {
            f.write_str(&self.0)
        } else {
            write!(f, "{:?}", self.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn refusals_are_readable() {
        let out_of_range = Reason::OutOfRange {
            value: Excerpt::new("16"),
            min: 8,
            max: 15,
        };
        let exceeds = Reason::Exceeds {
            value: 13,
            limit: 12,
        };
        let taken = Reason::RsvTaken {
            rsv: Rsv::RSV1,
            by: "x-first",
        };
        for (refusal, text) in [
            (Refusal::unknown("foo"), "foo: unknown parameter"),
            (
                Refusal::of("a", Reason::Repeated),
                "a: given more than once",
            ),
            (
                Refusal::of("a", Reason::UnexpectedValue(Excerpt::new("1"))),
                "a: takes no value, but has 1",
            ),
            (
                Refusal::of("a", Reason::UnexpectedValue(Excerpt::new(""))),
                "a: takes no value, but has \"\"",
            ),
            (Refusal::of("a", Reason::MissingValue), "a: needs a value"),
            (
                Refusal::of("a", Reason::NotANumber(Excerpt::new("010"))),
                "a: 010 is not a decimal number without leading zeros",
            ),
            (
                Refusal::of("server_max_window_bits", out_of_range),
                "server_max_window_bits: 16 is not within 8 to 15",
            ),
            (Refusal::of("a", exceeds), "a: 13 exceeds the 12 offered"),
            (
                Refusal::of("a", Reason::Missing),
                "a: was asked for, but is missing",
            ),
            (
                Refusal::new(Reason::TooManyParameters),
                "too many parameters",
            ),
            (Refusal::new(taken), "RSV1 is taken by x-first"),
            (Refusal::new("not today"), "not today"),
            (Refusal::of("a", "not today"), "a: not today"),
        ] {
            assert_eq!(refusal.to_string(), text);
        }
    }

    #[test]
    fn what_a_peer_chose_is_cut_and_escaped() {
        let long = "é".repeat(1000);
        assert_eq!(Excerpt::new(&long).as_str(), "é".repeat(32));
        assert_eq!(Excerpt::new("a\tb\u{7f}").to_string(), r#""a\tb\u{7f}""#);
        let refusal = Refusal::unknown(&"a".repeat(1000));
        assert_eq!(refusal.parameter(), Some(&*"a".repeat(32)));
    }
}
