//! Subprotocols: reading the client's list, and choosing from it.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use ws_http::{Fields, is_token};

pub(crate) const FIELD: &str = "Sec-WebSocket-Protocol";

/// Reads what a client offers, over all lines of the field.
///
/// `None` if the field is there but has no element, one that is no token, or one twice (RFC 6455
/// §4.1-10). Empty elements are skipped as in every HTTP list.
pub(crate) fn parse_offered(fields: &Fields) -> Option<Vec<String>> {
    let mut names = Vec::new();
    // A set, so that a long list of short names costs no quadratic time.
    let mut seen = BTreeSet::new();
    for element in fields.list(FIELD) {
        if !is_token(element) || !seen.insert(element) {
            return None;
        }
        names.push(String::from(core::str::from_utf8(element).ok()?));
    }
    (!names.is_empty() || !fields.contains(FIELD)).then_some(names)
}

/// The first of the client's list that the server has, compared with regard to case.
///
/// RFC 6455 §4.1-10: the client's list is ordered by preference.
pub(crate) fn select<'a>(offered: &'a [String], supported: &[String]) -> Option<&'a str> {
    let chosen = offered.iter().find(|name| supported.contains(name))?;
    Some(chosen)
}

#[cfg(test)]
mod tests {
    use alloc::borrow::ToOwned;

    use super::*;

    // RFC 6455 §4.1-10, §11.3.4
    #[test]
    fn e19_e20_list_has_tokens_once_each() {
        for (lines, expected) in [
            (&[][..], Some(&[][..])),
            (&[&b"chat"[..]], Some(&["chat"])),
            (&[b"a, b", b"c"], Some(&["a", "b", "c"])),
            (
                &[b"foo , bar\t, \tbaz\t ,  qux\t\t,norf"],
                Some(&["foo", "bar", "baz", "qux", "norf"]),
            ),
            (&[b"a,,b,"], Some(&["a", "b"])),
            (&[b"A, a"], Some(&["A", "a"])),
            (&[b""], None),
            (&[b","], None),
            (&[b"f oo"], None),
            (&[b"f@o"], None),
            (&[b"f\\oo"], None),
            (&[b"foo,b@r"], None),
            (&[b"/echo"], None),
            (&[b"\x80\xff"], None),
            (&[b"a, a"], None),
            (&[b"a", b"a"], None),
        ] {
            let mut fields = Fields::new();
            for line in lines {
                fields.push(FIELD, line).unwrap();
            }
            let expected = expected.map(|names| names.iter().map(|&s| s.to_owned()).collect());
            assert_eq!(parse_offered(&fields), expected, "{lines:?}");
        }
    }

    #[test]
    fn e03_long_lists_are_quick() {
        let blank = [&[b'b'][..], &[b' '; 8000], b"x"].concat();
        let commas = [b','; 8000];
        for line in [&blank[..], &commas] {
            let mut fields = Fields::new();
            fields.push(FIELD, line).unwrap();
            assert_eq!(parse_offered(&fields), None);
        }
    }

    // RFC 6455 §4.2.2-5.5
    #[test]
    fn the_clients_preference_wins() {
        let list = |names: &[&str]| names.iter().map(|&s| s.to_owned()).collect::<Vec<_>>();
        for (offered, supported, chosen) in [
            (&["a", "b"][..], &["b", "a"][..], Some("a")),
            (&["z", "b"], &["b", "a"], Some("b")),
            (&["A"], &["a"], None),
            (&["a"], &[], None),
            (&[], &["a"], None),
        ] {
            assert_eq!(select(&list(offered), &list(supported)), chosen);
        }
    }
}
