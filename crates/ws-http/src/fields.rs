//! The fields of a head.

use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use crate::error::{InvalidField, RepeatedField};
use crate::syntax::{is_text, is_token, trim};

/// The longest line that is written: what the default [`Limits`](crate::Limits) accept.
pub(crate) const MAX_LINE: usize = 8 * 1024;

/// The fields of a head, in their order; names are compared without regard to case.
///
/// Names are always tokens and values never have control characters (but tabs), no matter whether
/// they were read or [pushed](Self::push). Values may have bytes above 0x7f.
///
/// ```
/// use ws_http::Fields;
///
/// let mut fields = Fields::new();
/// fields.push("Connection", "keep-alive, Upgrade")?;
/// assert!(fields.list_contains("connection", "upgrade"));
/// assert!(fields.push("X-Custom", "a\r\nSet-Cookie: b").is_err());
/// # Ok::<(), ws_http::InvalidField>(())
/// ```
#[derive(Clone, Default)]
pub struct Fields {
    /// Names and values, perhaps among other bytes.
    bytes: Vec<u8>,
    lines: Vec<Line>,
}

/// Where a field stands in the bytes.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) name: Range<usize>,
    pub(crate) value: Range<usize>,
}

impl Fields {
    /// No fields.
    pub const fn new() -> Self {
        Self {
            bytes: Vec::new(),
            lines: Vec::new(),
        }
    }

    /// Adds a field at the end, whether or not there is one of that name.
    ///
    /// Spaces and tabs around the value are dropped, as a reader would drop them.
    ///
    /// # Errors
    ///
    /// If the name is no token, the value has a control character, or the line is longer than
    /// 8 KiB. Nothing has been added then.
    pub fn push(&mut self, name: &str, value: impl AsRef<[u8]>) -> Result<(), InvalidField> {
        let value = trim(value.as_ref());
        if !is_token(name.as_bytes()) {
            return Err(InvalidField::Name);
        }
        if !value.iter().copied().all(is_text) {
            return Err(InvalidField::Value);
        }
        if name.len() + ": ".len() + value.len() > MAX_LINE {
            return Err(InvalidField::TooLong);
        }
        self.bytes.reserve(name.len() + value.len());
        let name = self.append(name.as_bytes());
        let value = self.append(value);
        self.lines.push(Line { name, value });
        Ok(())
    }

    /// Adds all fields of `other` behind these.
    pub fn extend(&mut self, other: &Self) {
        for (name, value) in other.iter_bytes() {
            let name = self.append(name);
            let value = self.append(value);
            self.lines.push(Line { name, value });
        }
    }

    /// The fields as name and value, in order.
    pub fn iter(&self) -> Iter<'_> {
        Iter {
            fields: self,
            lines: self.lines.iter(),
        }
    }

    /// The fields as in [`iter`](Self::iter), with names as bytes: quicker by what it takes to see
    /// that they are text, which counts where all fields of many messages are looked at.
    pub fn iter_bytes(&self) -> impl ExactSizeIterator<Item = (&[u8], &[u8])> {
        let bytes_at = |line: &Line| (self.bytes_at(&line.name), self.bytes_at(&line.value));
        self.lines.iter().map(bytes_at)
    }

    /// How many field lines there are.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there is no field at all.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Whether there is a field of this name.
    pub fn contains(&self, name: &str) -> bool {
        self.first(name).is_some()
    }

    /// The value of the first field of this name.
    pub fn first(&self, name: &str) -> Option<&[u8]> {
        self.all(name).next()
    }

    /// The values of all fields of this name, in order.
    pub fn all<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a [u8]> + use<'a, 'n> {
        self.iter_bytes()
            .filter(|(other, _)| other.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| value)
    }

    /// The value of a field that may occur only once.
    ///
    /// # Errors
    ///
    /// If it occurs more often, even with equal values.
    pub fn single(&self, name: &str) -> Result<Option<&[u8]>, RepeatedField> {
        let mut values = self.all(name);
        let value = values.next();
        match values.next() {
            None => Ok(value),
            Some(_) => Err(RepeatedField),
        }
    }

    /// The elements of a field that is a comma-separated list, over all its lines.
    ///
    /// Spaces and tabs around the elements are dropped, and so are empty elements (RFC 9110
    /// §5.6.1). Quoted strings are not known here: a comma in one separates, too.
    pub fn list<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a [u8]> + use<'a, 'n> {
        self.all(name)
            .flat_map(|value| value.split(|&byte| byte == b','))
            .map(trim)
            .filter(|element| !element.is_empty())
    }

    /// Whether a list field has this element, without regard to case.
    pub fn list_contains(&self, name: &str, element: &str) -> bool {
        self.list(name)
            .any(|other| other.eq_ignore_ascii_case(element.as_bytes()))
    }

    /// The values of all fields of this name, joined with `, ` as RFC 9110 §5.3 allows for lists.
    pub fn joined(&self, name: &str) -> Option<Vec<u8>> {
        let mut values = self.all(name);
        let mut joined = values.next()?.to_vec();
        for value in values {
            joined.extend_from_slice(b", ");
            joined.extend_from_slice(value);
        }
        Some(joined)
    }

    /// The positions of lines in `bytes`, which the parser has found valid.
    pub(crate) const fn from_lines(bytes: Vec<u8>, lines: Vec<Line>) -> Self {
        Self { bytes, lines }
    }

    /// Bytes that are not a field but live in the same allocation.
    pub(crate) fn append(&mut self, bytes: &[u8]) -> Range<usize> {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        start..self.bytes.len()
    }

    pub(crate) fn bytes_at(&self, range: &Range<usize>) -> &[u8] {
        self.bytes.get(range.clone()).unwrap_or_default()
    }

    /// Bytes that are known to be ASCII.
    pub(crate) fn text_at(&self, range: &Range<usize>) -> &str {
        core::str::from_utf8(self.bytes_at(range)).unwrap_or_default()
    }

    /// Appends the field lines, without the blank line behind them.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        for (name, value) in self.iter_bytes() {
            out.extend_from_slice(name);
            out.extend_from_slice(b": ");
            out.extend_from_slice(value);
            out.extend_from_slice(b"\r\n");
        }
    }
}

impl PartialEq for Fields {
    /// The same fields in the same order. Names compare without regard to case.
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len()
            && self.iter_bytes().zip(other.iter_bytes()).all(
                |((name, value), (other_name, other_value))| {
                    name.eq_ignore_ascii_case(other_name) && value == other_value
                },
            )
    }
}

impl Eq for Fields {}

impl fmt::Debug for Fields {
    /// Shows names and values; the values of fields that carry credentials are left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for (name, value) in self {
            if is_secret(name) {
                map.entry(&name, &format_args!("<redacted>"));
            } else {
                map.entry(&name, &format_args!("\"{}\"", value.escape_ascii()));
            }
        }
        map.finish()
    }
}

/// Whether the value of a field of this name tells who asks, and is for one party alone: it is not
/// shown.
///
/// `Authorization`, `Cookie` and their kin are, and since nobody registers names such as
/// `X-Api-Key` or `Private-Token`, all that have such a word in them.
pub fn is_secret(name: &str) -> bool {
    const WORDS: [&[u8]; 8] = [
        b"api-key",
        b"apikey",
        b"authorization",
        b"cookie",
        b"credential",
        b"password",
        b"secret",
        b"token",
    ];
    let has = |word: &[u8]| {
        let mut parts = name.as_bytes().windows(word.len());
        parts.any(|part| part.eq_ignore_ascii_case(word))
    };
    WORDS.into_iter().any(has)
}

impl<'a> IntoIterator for &'a Fields {
    type Item = (&'a str, &'a [u8]);
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

/// The fields of a head as name and value, from [`Fields::iter`].
#[derive(Clone, Debug)]
pub struct Iter<'a> {
    fields: &'a Fields,
    lines: core::slice::Iter<'a, Line>,
}

impl<'a> Iterator for Iter<'a> {
    type Item = (&'a str, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let line = self.lines.next()?;
        Some((
            self.fields.text_at(&line.name),
            self.fields.bytes_at(&line.value),
        ))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.lines.size_hint()
    }
}

impl ExactSizeIterator for Iter<'_> {}

#[cfg(test)]
mod tests;
