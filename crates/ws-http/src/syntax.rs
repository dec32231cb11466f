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
    matches!(byte,
        b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.' | b'^' | b'_' | b'`'
        | b'|' | b'~' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z')
}

/// What may stand in a line at all: everything but control characters, of which only the tab is
/// text (RFC 9110 §5.5: `field-vchar`, SP, HTAB and `obs-text`).
pub(crate) const fn is_text(byte: u8) -> bool {
    byte == b'\t' || (byte >= b' ' && byte != 0x7f)
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
