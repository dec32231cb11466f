//! Takes the smallest parts of the grammar off the front of a header.

use alloc::borrow::Cow;
#[cfg(test)]
use core::cell::Cell;

use super::SyntaxError;

/// A position in a header that only moves forward: whatever is read, each byte is looked at a
/// fixed number of times, so that an endless quoted string costs no more than any other text.
#[derive(Clone, Debug)]
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
    /// How often any byte was looked at.
    #[cfg(test)]
    pub(super) looks: Cell<usize>,
}

impl<'a> Scanner<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            #[cfg(test)]
            looks: Cell::new(0),
        }
    }

    /// The next byte; nothing at the end.
    pub(super) fn peek(&self) -> Option<u8> {
        #[cfg(test)]
        self.looks.set(self.looks.get() + 1);
        self.text.as_bytes().get(self.at).copied()
    }

    /// Takes this byte if it is the next one.
    pub(super) fn take(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    /// Takes all bytes of this class that are next, perhaps none.
    pub(super) fn take_while(&mut self, class: impl Fn(u8) -> bool) -> &'a str {
        let start = self.at;
        while self.peek().is_some_and(&class) {
            self.at += 1;
        }
        self.since(start)
    }

    /// Skips `OWS`, which the RFC of 2011 calls implied `LWS` (RFC 2616 §2.1).
    pub(super) fn skip_blanks(&mut self) {
        self.take_while(is_blank);
    }

    pub(super) fn token(&mut self) -> Result<&'a str, SyntaxError> {
        let token = self.take_while(is_tchar);
        if token.is_empty() {
            return Err(self.error());
        }
        Ok(token)
    }

    /// `token | quoted-string`, without the quotes.
    pub(super) fn value(&mut self) -> Result<Cow<'a, str>, SyntaxError> {
        if !self.take(b'"') {
            return self.token().map(Cow::Borrowed);
        }
        let mut value = Cow::Borrowed(self.quoted_run());
        loop {
            if self.take(b'"') {
                return Ok(value);
            }
            // All else that ends a run cannot be there.
            if !self.take(b'\\') {
                return Err(self.error());
            }
            // `quoted-pair`: what follows stands for itself.
            match self.peek() {
                Some(byte) if is_quotable(byte) => {
                    let start = self.at;
                    self.at += 1;
                    self.quoted_run();
                    push(&mut value, self.since(start));
                }
                _ => return Err(self.error()),
            }
        }
    }

    /// Takes what stands for itself between quotes.
    fn quoted_run(&mut self) -> &'a str {
        self.take_while(|byte| is_quotable(byte) && byte != b'"' && byte != b'\\')
    }

    /// What was taken since then. Both ends lie beside ASCII, or at the start of a character.
    fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// The error at this position.
    pub(super) const fn error(&self) -> SyntaxError {
        SyntaxError { offset: self.at }
    }
}

fn push<'a>(value: &mut Cow<'a, str>, more: &'a str) {
    if value.is_empty() {
        *value = Cow::Borrowed(more);
    } else {
        value.to_mut().push_str(more);
    }
}

/// RFC 9110 §5.6.2: `tchar`, which is what RFC 2616 §2.2 allows in a `token`.
pub(super) const fn is_tchar(byte: u8) -> bool {
    matches!(byte,
        b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.' | b'^' | b'_'
        | b'`' | b'|' | b'~' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z')
}

const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// What may stand between quotes, if need be behind a backslash: all but control characters.
const fn is_quotable(byte: u8) -> bool {
    byte == b'\t' || !byte.is_ascii_control()
}
