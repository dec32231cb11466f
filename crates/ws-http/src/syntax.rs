//! The character classes of RFC 9110 and RFC 9112.

/// Whether `bytes` is a `token`: one or more `tchar`.
///
/// Methods, field names, subprotocols and extension names are tokens (RFC 9110 §5.6.2).
pub const fn is_token(bytes: &[u8]) -> bool {
    let mut i = 0;
    while i < bytes.len() {
        if !is_tchar(bytes[i]) {
            return false;
        }
        i += 1;
    }
    !bytes.is_empty()
}

/// `bytes` without the spaces and tabs around it (`OWS`, RFC 9110 §5.6.3).
pub const fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}

/// RFC 9110 §5.6.2: `tchar`.
pub(crate) const fn is_tchar(byte: u8) -> bool {
    TCHARS[byte as usize]
}

/// A table, because names make up a third of a head: one load instead of five comparisons.
const TCHARS: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    loop {
        table[byte as usize] = matches!(byte,
            b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.' | b'^' | b'_'
            | b'`' | b'|' | b'~' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z');
        if byte == u8::MAX {
            break table;
        }
        byte += 1;
    }
};

/// What may stand in a line at all: everything but control characters, of which only the tab is
/// text (RFC 9110 §5.5: `field-vchar`, SP, HTAB and `obs-text`).
pub(crate) const fn is_text(byte: u8) -> bool {
    byte == b'\t' || (byte >= b' ' && byte != 0x7f)
}

/// How many bytes at the front are text but no tabs: up to the first control character.
pub(crate) fn printable_len(bytes: &[u8]) -> usize {
    let (words, rest) = bytes.as_chunks::<8>();
    for (i, word) in words.iter().enumerate() {
        let controls = controls(u64::from_le_bytes(*word));
        if controls != 0 {
            return 8 * i + controls.trailing_zeros() as usize / 8;
        }
    }
    let is_printable = |byte: &u8| is_text(*byte) && *byte != b'\t';
    let len = rest.iter().position(|byte| !is_printable(byte));
    bytes.len() - rest.len() + len.unwrap_or(rest.len())
}

/// Marks the first of eight bytes that is a control character in its highest bit, the tab too.
///
/// A subtraction borrows from the bytes behind one that is found, so that those may be marked
/// without reason; the lowest mark is always right.
const fn controls(word: u64) -> u64 {
    const EACH: u64 = u64::MAX / 0xff;
    let below_space = word.wrapping_sub(EACH * 0x20) & !word;
    let no_delete = word ^ (EACH * 0x7f);
    let delete = no_delete.wrapping_sub(EACH) & !no_delete;
    (below_space | delete) & (EACH * 0x80)
}

/// What a request target may consist of: visible ASCII without `#`.
///
/// RFC 9112 §3.2 allows fewer; the remainder has no power over the structure of the head. A
/// fragment never goes on the wire (RFC 6455 §3).
pub(crate) const fn is_target(byte: u8) -> bool {
    matches!(byte, b'!'..=b'~') && byte != b'#'
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 9110 §5.6.2
    #[test]
    fn token_is_all_visible_ascii_but_the_delimiters() {
        for byte in 0..=u8::MAX {
            let delimiter = b"\"(),/:;<=>?@[\\]{}".contains(&byte);
            assert_eq!(
                is_token(&[byte]),
                byte.is_ascii_graphic() && !delimiter,
                "{byte:#x}"
            );
        }
        assert!(!is_token(b""));
        assert!(is_token(b"permessage-deflate"));
        assert!(!is_token(b"a b"));
    }

    #[test]
    fn trim_takes_spaces_and_tabs_off_both_ends() {
        for (bytes, trimmed) in [
            (&b""[..], &b""[..]),
            (b" \t ", b""),
            (b" a\t b\t", b"a\t b"),
            (b"\ra\n", b"\ra\n"),
        ] {
            assert_eq!(trim(bytes), trimmed);
        }
    }

    #[test]
    fn printable_is_text_without_tabs_at_each_place() {
        for byte in 0..=u8::MAX {
            for len in 1..=17 {
                for at in 0..len {
                    for behind in [b'a', 0, b'\t', 0x7f] {
                        let mut bytes = [behind; 17];
                        bytes[..at].fill(0xff);
                        bytes[at] = byte;
                        let bytes = &bytes[..len];
                        let expected = bytes.iter().position(u8::is_ascii_control);
                        assert_eq!(printable_len(bytes), expected.unwrap_or(len), "{bytes:?}");
                    }
                }
            }
        }
        assert_eq!(printable_len(b""), 0);
    }

    // RFC 9110 §5.5
    #[test]
    fn text_has_no_control_characters_but_the_tab() {
        for byte in 0..=u8::MAX {
            assert_eq!(
                is_text(byte),
                byte == b'\t' || !byte.is_ascii_control(),
                "{byte:#x}"
            );
        }
    }
}
