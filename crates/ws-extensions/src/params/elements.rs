//! Reads the elements of a `Sec-WebSocket-Extensions` list.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::iter::FusedIterator;

use super::scanner::Scanner;
use super::{Params, SyntaxError};

/// The elements of a header, in order; the last one may be an error. See [`Params::parse`].
///
/// The grammar is that of RFC 6455 §9.1, with these clarifications:
///
/// - Spaces and tabs may surround each `,`, `;` and `=`, and the whole (`implied *LWS` of
///   RFC 2616 §2.1, on which the RFC's grammar rests).
/// - Empty elements are skipped, as in every HTTP list (RFC 9110 §5.6.1.2); so a header of commas
///   has no elements. Parameters cannot be empty.
/// - A quoted value need not be a token once it is unquoted. The RFC demands that; extensions
///   with closed sets of values see to it by themselves, and others have uses for more.
///
/// Reading takes time in proportion to the header, whatever that is. Nothing beyond what is
/// returned is kept.
#[derive(Clone, Debug)]
pub struct Elements<'a> {
    pub(super) scanner: Scanner<'a>,
    is_over: bool,
}

impl<'a> Elements<'a> {
    pub(super) const fn new(header: &'a str) -> Self {
        Self {
            scanner: Scanner::new(header),
            is_over: false,
        }
    }

    /// RFC 6455 §9.1: `extension`, and the end of the element.
    fn element(&mut self) -> Result<Params<'a>, SyntaxError> {
        let mut params = Params {
            name: Cow::Borrowed(self.scanner.token()?),
            list: Vec::new(),
            is_cut: false,
        };
        self.scanner.skip_blanks();
        while self.scanner.take(b';') {
            let (name, value) = self.parameter()?;
            if params.list.len() < Params::LIMIT {
                params.list.push((Cow::Borrowed(name), value));
            } else {
                params.is_cut = true;
            }
        }
        match self.scanner.peek() {
            None | Some(b',') => Ok(params),
            Some(_) => Err(self.scanner.error()),
        }
    }

    /// RFC 6455 §9.1: `extension-param`, and the blanks on both sides.
    fn parameter(&mut self) -> Result<(&'a str, Option<Cow<'a, str>>), SyntaxError> {
        self.scanner.skip_blanks();
        let name = self.scanner.token()?;
        self.scanner.skip_blanks();
        if !self.scanner.take(b'=') {
            return Ok((name, None));
        }
        self.scanner.skip_blanks();
        let value = self.scanner.value()?;
        self.scanner.skip_blanks();
        Ok((name, Some(value)))
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = Result<Params<'a>, SyntaxError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        self.scanner
            .take_while(|byte| matches!(byte, b' ' | b'\t' | b','));
        self.scanner.peek()?;
        let element = self.element();
        self.is_over = element.is_err();
        Some(element)
    }
}

impl FusedIterator for Elements<'_> {}
