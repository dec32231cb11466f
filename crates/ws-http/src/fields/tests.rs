//! Looking up, lists, and what cannot be written.

use alloc::format;
use alloc::string::String;

use proptest::prelude::*;

use super::*;

fn fields(lines: &[(&str, &str)]) -> Fields {
    let mut fields = Fields::new();
    for (name, value) in lines {
        fields.push(name, value).unwrap();
    }
    fields
}

// RFC 9110 §5.1
#[test]
fn names_are_looked_up_without_regard_to_case() {
    let fields = fields(&[("Host", "a"), ("HOST", "b"), ("X", "")]);
    assert_eq!(fields.first("host"), Some(&b"a"[..]));
    assert_eq!(fields.all("hOsT").collect::<Vec<_>>(), [b"a", b"b"]);
    assert_eq!(fields.single("Host"), Err(RepeatedField));
    assert_eq!(fields.single("x"), Ok(Some(&b""[..])));
    assert_eq!(fields.single("y"), Ok(None));
    assert!(fields.contains("x") && !fields.contains("y"));
    assert_eq!((fields.len(), fields.is_empty()), (3, false));
}

// RFC 9110 §5.6.1, §5.3
#[test]
fn lists_are_read_over_all_lines() {
    for (lines, elements) in [
        (&["keep-alive, Upgrade"][..], &["keep-alive", "Upgrade"][..]),
        (&["keep-alive", "Upgrade"], &["keep-alive", "Upgrade"]),
        (&["a ,\tb\t,,c,"], &["a", "b", "c"]),
        (&["Upgradex"], &["Upgradex"]),
        (&[", ,"], &[]),
        (&[""], &[]),
        (&[], &[]),
    ] {
        let lines: Vec<_> = lines.iter().map(|&line| ("L", line)).collect();
        let fields = fields(&lines);
        let list: Vec<_> = fields
            .list("l")
            .map(|e| String::from_utf8_lossy(e))
            .collect();
        assert_eq!(list, elements);
        assert_eq!(
            fields.list_contains("l", "UPGRADE"),
            elements.contains(&"Upgrade")
        );
    }
    let joined = fields(&[("A", "x"), ("B", "-"), ("a", "y; z")]).joined("A");
    assert_eq!(joined.as_deref(), Some(&b"x, y; z"[..]));
    assert_eq!(Fields::new().joined("A"), None);
}

// RFC 9110 §5.5
#[test]
fn hs27_hc17_what_would_split_the_message_is_refused() {
    let mut fields = Fields::new();
    let long = "a".repeat(MAX_LINE);
    for (name, value, error) in [
        ("A", "b\r\nSet-Cookie: c", InvalidField::Value),
        ("A", "b\rc", InvalidField::Value),
        ("A", "b\nc", InvalidField::Value),
        ("A", "\r\n", InvalidField::Value),
        ("A", "b\0", InvalidField::Value),
        ("A", "b\x7f", InvalidField::Value),
        ("", "b", InvalidField::Name),
        ("A:", "b", InvalidField::Name),
        ("A ", "b", InvalidField::Name),
        ("A\r\nB", "c", InvalidField::Name),
        ("caf\u{e9}", "b", InvalidField::Name),
        ("A", &long, InvalidField::TooLong),
        (&long, "", InvalidField::TooLong),
    ] {
        assert_eq!(fields.push(name, value), Err(error), "{name:?}: {value:?}");
    }
    assert!(fields.is_empty());
    assert_eq!(fields.push("A", &long[3..]), Ok(()));
}

#[test]
fn extend_keeps_order_and_equality_ignores_the_case_of_names() {
    let mut one = fields(&[("A", "b")]);
    one.extend(&fields(&[("C", "d"), ("A", "e")]));
    assert_eq!(one, fields(&[("a", "b"), ("c", "d"), ("a", "e")]));
    assert_ne!(one, fields(&[("a", "b"), ("c", "D"), ("a", "e")]));
    assert_ne!(one, fields(&[("a", "b"), ("c", "d")]));
    assert_eq!(one.iter().len(), 3);
}

#[test]
fn debug_redacts_credentials() {
    let text = format!(
        "{:?}",
        fields(&[
            ("Proxy-Authorization", "secret"),
            ("X-API-Key", "secret"),
            ("A", "b\u{e9}")
        ])
    );
    assert_eq!(
        text,
        r#"{"Proxy-Authorization": <redacted>, "X-API-Key": <redacted>, "A": "b\xc3\xa9"}"#
    );
}

#[test]
fn secrets_are_known_by_name() {
    for (name, expected) in [
        ("Authorization", true),
        ("proxy-authorization", true),
        ("Set-Cookie", true),
        ("X-Access-Token", true),
        ("PRIVATE-TOKEN", true),
        ("x-apikey", true),
        ("User-Agent", false),
        ("WWW-Authenticate", false),
        ("Sec-WebSocket-Key", false),
        ("", false),
    ] {
        assert_eq!(is_secret(name), expected, "{name}");
    }
}

proptest! {
    #[test]
    fn no_push_makes_a_line_end(name: String, value: Vec<u8>) {
        let mut fields = Fields::new();
        let pushed = fields.push(&name, &value).is_ok();
        let mut out = Vec::new();
        fields.encode(&mut out);
        let ends = out.iter().filter(|&&byte| matches!(byte, b'\r' | b'\n' | 0)).count();
        prop_assert_eq!(ends, if pushed { 2 } else { 0 });
    }
}
