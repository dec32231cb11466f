//! The head of a message, where it has arrived.

use crate::syntax::{is_tchar, is_text, is_token, trim};

/// A complete head, all of whose lines are text, and whose fields have names.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head<'b> {
    /// Without its line end.
    pub(super) start_line: &'b [u8],
    /// The lines of the fields, each with its line end.
    lines: &'b [u8],
    /// How many bytes it took, with the blank line.
    pub(super) len: usize,
}

/// The bytes are no head.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Malformed;

/// What the last or first word of a start line says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Protocol {
    Http11,
    /// HTTP/1.0, whose heads look the same.
    Http10,
    /// Another version of HTTP.
    Other,
    None,
}

impl<'b> Head<'b> {
    /// Looks for a head at the front of `bytes`; `None` if it goes on behind them.
    ///
    /// As strict as `ws-http`, for its reasons: each line ends in CR LF, none is continued, and in
    /// front of a request there may be one empty line.
    pub(super) fn find(bytes: &'b [u8], is_request: bool) -> Result<Option<Self>, Malformed> {
        let start = match bytes {
            [b'\r', b'\n', ..] if is_request => 2,
            _ => 0,
        };
        // Where the line begins that is looked at, and the second one.
        let (mut at, mut second) = (start, None);
        loop {
            let line = &bytes[at..];
            let end = line.iter().position(|&byte| !is_text(byte));
            match line {
                // Half a line end says nothing yet.
                [] | [b'\r'] => return Ok(None),
                [b' ' | b'\t', ..] => return Err(Malformed),
                [first, ..] if at == start && !is_tchar(*first) => return Err(Malformed),
                _ => {}
            }
            let Some(end) = end else {
                return Ok(None);
            };
            match &line[end..] {
                [b'\r'] => return Ok(None),
                [b'\r', b'\n', ..] => {}
                _ => return Err(Malformed),
            }
            let next = at + end + 2;
            if end == 0 {
                let second = second.unwrap_or(at);
                return Ok(Some(Self {
                    start_line: &bytes[start..second - 2],
                    lines: &bytes[second..at],
                    len: next,
                }));
            }
            second = second.or(Some(next));
            at = next;
        }
    }

    /// Whether each field has a name with a colon right behind it.
    pub(super) fn check_names(&self) -> Result<(), Malformed> {
        if self.fields().all(|(name, _)| is_token(name)) {
            Ok(())
        } else {
            Err(Malformed)
        }
    }

    /// Names and values, in their order; a line without a colon is one without a name.
    pub(super) const fn fields(&self) -> Fields<'b> {
        Fields { rest: self.lines }
    }

    /// The values of all fields of this name.
    pub(super) const fn all<'n>(&self, name: &'n str) -> All<'b, 'n> {
        All {
            fields: self.fields(),
            name,
        }
    }
}

/// What [`Head::fields`] gives.
#[derive(Clone, Debug)]
pub(super) struct Fields<'b> {
    rest: &'b [u8],
}

impl<'b> Iterator for Fields<'b> {
    type Item = (&'b [u8], &'b [u8]);

    // Once for all of its users: what counts here is the size of the code.
    #[inline(never)]
    fn next(&mut self) -> Option<Self::Item> {
        let end = self.rest.iter().position(|&byte| byte == b'\r')?;
        let (line, rest) = self.rest.split_at(end);
        self.rest = rest.get(2..).unwrap_or_default();
        Some(match line.iter().position(|&byte| byte == b':') {
            Some(colon) => (&line[..colon], trim(&line[colon + 1..])),
            None => (&[][..], line),
        })
    }
}

/// What [`Head::all`] gives.
#[derive(Clone, Debug)]
pub(super) struct All<'b, 'n> {
    fields: Fields<'b>,
    name: &'n str,
}

impl<'b> Iterator for All<'b, '_> {
    type Item = &'b [u8];

    #[inline(never)]
    fn next(&mut self) -> Option<&'b [u8]> {
        let name = self.name.as_bytes();
        let fields = self.fields.by_ref();
        let field = fields.find(|(other, _)| other.eq_ignore_ascii_case(name));
        field.map(|(_, value)| value)
    }
}

impl Protocol {
    pub(super) fn of(word: &[u8]) -> Self {
        match word {
            b"HTTP/1.1" => Self::Http11,
            b"HTTP/1.0" => Self::Http10,
            [b'H', b'T', b'T', b'P', b'/', major, b'.', minor]
                if major.is_ascii_digit() && minor.is_ascii_digit() =>
            {
                Self::Other
            }
            _ => Self::None,
        }
    }
}
