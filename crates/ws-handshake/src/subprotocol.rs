//! Subprotocols: reading the client's list, and choosing from it.

use alloc::string::String;
use alloc::vec::Vec;

use ws_http::{Fields, is_token, trim};

use crate::error::ResponseError;
use crate::version::Dialect;

pub(crate) use crate::names::SUBPROTOCOLS as FIELD;

/// What a client offers, over all lines of the field, the most preferred first.
///
/// Empty elements are skipped as in every HTTP list.
pub(crate) fn offered<'a>(
    fields: &'a Fields,
    dialect: &'static Dialect,
) -> impl Iterator<Item = &'a str> + use<'a> {
    let text = |element| core::str::from_utf8(element).unwrap_or_default();
    list(fields, dialect).map(text)
}

fn list<'a>(
    fields: &'a Fields,
    dialect: &'static Dialect,
) -> impl Iterator<Item = &'a [u8]> + use<'a> {
    fields
        .all(dialect.subprotocols)
        .flat_map(|value| value.split(|&byte| byte == dialect.separator))
        .map(trim)
        .filter(|element| !element.is_empty())
}

/// Whether the field is missing, or has elements that are tokens and differ (RFC 6455 §4.1-10).
pub(crate) fn is_valid_offer(fields: &Fields, dialect: &'static Dialect) -> bool {
    if !fields.contains(dialect.subprotocols) {
        return true;
    }
    let mut names: Vec<_> = list(fields, dialect).collect();
    // Sorted, so that a long list of short names costs no quadratic time.
    names.sort_unstable();
    (1..=dialect.max_subprotocols).contains(&names.len())
        && names.iter().all(|name| is_token(name))
        && names.windows(2).all(|pair| pair[0] != pair[1])
}

/// The first of the client's list that the server has, compared with regard to case.
///
/// RFC 6455 §4.1-10: the client's list is ordered by preference.
pub(crate) fn select<'a>(
    mut offered: impl Iterator<Item = &'a str>,
    supported: &[String],
) -> Option<&'a str> {
    if supported.is_empty() {
        return None;
    }
    offered.find(|name| supported.iter().any(|other| other == name))
}

/// What the server has chosen of this offer (RFC 6455 §4.1, "Once the client's opening handshake
/// has been sent", -6).
pub(crate) fn chosen(
    fields: &Fields,
    dialect: &Dialect,
    offered: &[String],
    is_required: bool,
) -> Result<Option<String>, ResponseError> {
    match fields.single(dialect.subprotocols) {
        Err(_) => Err(ResponseError::SubprotocolRepeated),
        Ok(None) if is_required => Err(ResponseError::SubprotocolMissing),
        Ok(None) => Ok(None),
        Ok(Some(_)) if offered.is_empty() => Err(ResponseError::SubprotocolUnrequested),
        Ok(Some(value)) => {
            let chosen = offered.iter().find(|name| name.as_bytes() == value);
            chosen
                .cloned()
                .map(Some)
                .ok_or(ResponseError::SubprotocolMismatch)
        }
    }
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
            let is_valid = is_valid_offer(&fields, &Dialect::RFC6455);
            assert_eq!(is_valid, expected.is_some(), "{lines:?}");
            if let Some(expected) = expected {
                let offered = offered(&fields, &Dialect::RFC6455);
                assert_eq!(offered.collect::<Vec<_>>(), expected);
            }
        }
    }

    #[test]
    fn e03_long_lists_are_quick() {
        let blank = [&[b'b'][..], &[b' '; 8000], b"x"].concat();
        let commas = [b','; 8000];
        for line in [&blank[..], &commas] {
            let mut fields = Fields::new();
            fields.push(FIELD, line).unwrap();
            assert!(!is_valid_offer(&fields, &Dialect::RFC6455));
        }
    }

    // RFC 6455 §4.2.2-5.5
    #[test]
    fn the_clients_preference_wins() {
        for (offered, supported, chosen) in [
            (&["a", "b"][..], &["b", "a"][..], Some("a")),
            (&["z", "b"], &["b", "a"], Some("b")),
            (&["A"], &["a"], None),
            (&["a"], &[], None),
            (&[], &["a"], None),
        ] {
            let supported: Vec<_> = supported.iter().map(|&s| s.to_owned()).collect();
            assert_eq!(select(offered.iter().copied(), &supported), chosen);
        }
    }
}
