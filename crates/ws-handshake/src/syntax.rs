//! Characters of HTTP. `ws-http` has the same for whoever may allocate.

/// `bytes` without the spaces and tabs around it (`OWS`, RFC 9110 §5.6.3).
pub(crate) const fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}

/// Whether `bytes` is a token: one or more [characters](is_tchar) of one.
pub(crate) fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().copied().all(is_tchar)
}

/// RFC 9110 §5.6.2: visible ASCII but the delimiters.
pub(crate) const fn is_tchar(byte: u8) -> bool {
    matches!(byte,
        b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.' | b'^' | b'_' | b'`'
        | b'|' | b'~' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z')
}

/// Everything but control characters, of which only the tab is text (RFC 9110 §5.5).
pub(crate) const fn is_text(byte: u8) -> bool {
    byte == b'\t' || !byte.is_ascii_control()
}

#[cfg(feature = "alloc")]
#[cfg(test)]
mod tests {
    #[test]
    fn tokens_and_blanks_are_those_of_ws_http() {
        for byte in 0..=u8::MAX {
            let text = [byte, b'a', byte];
            assert_eq!(
                super::is_token(&text),
                ws_http::is_token(&text),
                "{byte:#x}"
            );
            assert_eq!(super::trim(&text), ws_http::trim(&text), "{byte:#x}");
            let pushed = ws_http::Fields::new().push("X", [b'a', byte, b'a']);
            assert_eq!(super::is_text(byte), pushed.is_ok(), "{byte:#x}");
        }
        assert!(!super::is_token(b""));
    }
}
