//! The scanner against one that goes byte by byte.

use alloc::string::String;
use alloc::vec::Vec;

use proptest::prelude::*;

use super::*;
use crate::syntax::is_text;

/// Says the same as [`Scanner`], one rule after the other for each byte.
struct Plain(Scanner);

impl Plain {
    fn scan(&mut self, bytes: &[u8], limits: &Limits) -> Result<Scan, HeadError> {
        let Self(state) = self;
        for (i, &byte) in bytes.iter().enumerate() {
            state.total += 1;
            if state.carriage_return {
                state.carriage_return = false;
                match (byte, state.line, state.lines) {
                    (b'\n', 1.., _) => {
                        state.line = 0;
                        state.lines += 1;
                    }
                    (b'\n', 0, 1..) => {
                        return state.within(limits).map(|()| Scan::Complete(i + 1));
                    }
                    (b'\n', 0, 0) if state.may_skip_empty_line => {
                        *state = Scanner::new(false);
                        return Ok(Scan::Skipped(i + 1));
                    }
                    (b'\n', ..) => return Err(HeadError::StartLine),
                    _ => return Err(HeadError::BareCarriageReturn),
                }
            } else if byte == b'\r' {
                state.carriage_return = true;
            } else {
                Self::text(state, byte, limits)?;
            }
            state.within(limits)?;
        }
        Ok(Scan::Incomplete)
    }

    fn text(state: &mut Scanner, byte: u8, limits: &Limits) -> Result<(), HeadError> {
        if byte == b'\n' {
            return Err(HeadError::BareLineFeed);
        }
        if !is_text(byte) {
            return Err(HeadError::ControlCharacter);
        }
        if state.line == 0 {
            match state.lines {
                0 if !is_tchar(byte) => return Err(HeadError::StartLine),
                0 => {}
                _ if matches!(byte, b' ' | b'\t') => return Err(HeadError::FoldedLine),
                _ if state.lines > limits.fields => return Err(HeadError::TooManyFields),
                _ => {}
            }
        }
        state.line += 1;
        match state.lines {
            _ if state.line <= limits.line => Ok(()),
            0 => Err(HeadError::StartLineTooLong),
            _ => Err(HeadError::FieldLineTooLong),
        }
    }
}

/// Both, over the same pieces, until they are through with a head or give up.
fn compare(pieces: &[&[u8]], limits: &Limits) -> Result<(), TestCaseError> {
    let mut scanner = Scanner::new(true);
    let mut plain = Plain(Scanner::new(true));
    for piece in pieces {
        let mut rest = *piece;
        loop {
            let result = scanner.scan(rest, limits);
            prop_assert_eq!(
                result,
                plain.scan(rest, limits),
                "{:?} of {:?}",
                rest,
                pieces
            );
            match result {
                Ok(Scan::Incomplete) => break,
                Ok(Scan::Skipped(len)) => rest = &rest[len..],
                Ok(Scan::Complete(_)) | Err(_) => return Ok(()),
            }
        }
        prop_assert_eq!(scanner.lines(), plain.0.lines());
        prop_assert_eq!(scanner.is_new(), plain.0.is_new());
    }
    Ok(())
}

fn nearly_a_head() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        8 => "[A-Za-z]{1,3}:[ -~\t\u{80}-\u{ff}]{0,24}\r\n".prop_map(String::into_bytes),
        2 => Just(b"GET / HTTP/1.1\r\n".to_vec()),
        2 => Just(b"\r\n".to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..3),
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn the_scanner_says_what_a_plain_one_says_at_every_split(
        bytes in nearly_a_head(),
        head in 0_usize..160,
        line in 0_usize..40,
        fields in 0_usize..6,
    ) {
        let limits = Limits { head, line, fields };
        for at in 0..=bytes.len() {
            let (first, second) = bytes.split_at(at);
            compare(&[first, second], &limits)?;
        }
        let single: Vec<_> = bytes.chunks(1).collect();
        compare(&single, &limits)?;
    }
}
