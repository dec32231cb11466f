//! The grammar of the header, read and printed. XP and WX are the cases of two other stacks.

mod printed;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::iter;

use super::*;

type Flags = &'static [(&'static str, Option<&'static str>)];

fn parse(header: &str) -> Result<Vec<Params<'_>>, SyntaxError> {
    Params::parse(header).collect()
}

#[track_caller]
fn check(header: &str, expected: &[(&str, Flags)]) {
    let read = parse(header).unwrap();
    let read: Vec<_> = read
        .iter()
        .map(|params| (params.name(), params.iter().collect::<Vec<_>>()))
        .collect();
    let expected: Vec<_> = expected
        .iter()
        .map(|(name, list)| (*name, list.to_vec()))
        .collect();
    assert_eq!(read, expected, "{header:?}");
}

#[track_caller]
fn check_error(header: &str, offset: usize) {
    let error = parse(header).unwrap_err();
    assert_eq!(error.offset(), offset, "{header:?}");
}

// RFC 6455 §9.1
#[test]
fn xp1_xp14_and_wx1_wx6_what_is_read() {
    const COMPLEX: &str = r#"a; b=1, c, b; d, c; e="hi, there"; e, a; b"#;
    let rows: &[(&str, &[(&str, Flags)])] = &[
        // XP1; XP2 is a header that is missing.
        ("", &[]),
        ("a", &[("a", &[])]),
        ("a, b", &[("a", &[]), ("b", &[])]),
        ("a, a", &[("a", &[]), ("a", &[])]),
        ("a; b", &[("a", &[("b", None)])]),
        // Values stay text: numbers are for the extension to read.
        ("a; b=1", &[("a", &[("b", Some("1"))])]),
        ("a; b=01", &[("a", &[("b", Some("01"))])]),
        (r#"a; b="hi, there""#, &[("a", &[("b", Some("hi, there"))])]),
        (
            r#"a; b="hi, \"there""#,
            &[("a", &[("b", Some(r#"hi, "there"#))])],
        ),
        (
            r#"a; b; c=1; d="hi""#,
            &[("a", &[("b", None), ("c", Some("1")), ("d", Some("hi"))])],
        ),
        (
            r#"a; b; b="hi"; c=1"#,
            &[("a", &[("b", None), ("b", Some("hi")), ("c", Some("1"))])],
        ),
        (
            COMPLEX,
            &[
                ("a", &[("b", Some("1"))]),
                ("c", &[]),
                ("b", &[("d", None)]),
                ("c", &[("e", Some("hi, there")), ("e", None)]),
                ("a", &[("b", None)]),
            ],
        ),
        // XP13, XP14, WX5, E04: ordinary names.
        (
            "hasOwnProperty; __proto__=constructor; toString",
            &[(
                "hasOwnProperty",
                &[("__proto__", Some("constructor")), ("toString", None)],
            )],
        ),
        (
            "foo;bar;baz=1;bar=2",
            &[(
                "foo",
                &[("bar", None), ("baz", Some("1")), ("bar", Some("2"))],
            )],
        ),
        (
            "foo,bar;baz,foo;baz",
            &[
                ("foo", &[]),
                ("bar", &[("baz", None)]),
                ("foo", &[("baz", None)]),
            ],
        ),
        (r#"foo;bar="hi""#, &[("foo", &[("bar", Some("hi"))])]),
        (r#"foo;bar="\0""#, &[("foo", &[("bar", Some("0"))])]),
        (r#"foo;bar="b\a\z""#, &[("foo", &[("bar", Some("baz"))])]),
        (
            "foo; bar\t; \tbaz=1\t ;  bar=\"1\"\t\t, \tqux\t ;norf",
            &[
                (
                    "foo",
                    &[("bar", None), ("baz", Some("1")), ("bar", Some("1"))],
                ),
                ("qux", &[("norf", None)]),
            ],
        ),
        // Names are told apart by case.
        (
            "A; b, a; B",
            &[("A", &[("b", None)]), ("a", &[("B", None)])],
        ),
        (
            "!#$%&'*+-.^_`|~09AZaz; ~=!",
            &[("!#$%&'*+-.^_`|~09AZaz", &[("~", Some("!"))])],
        ),
    ];
    for (header, expected) in rows {
        check(header, expected);
    }
}

// RFC 6455 §9.1
#[test]
fn e12_blanks_and_quoted_pairs() {
    for header in [
        "a;b=c,d",
        "a ; b = c , d",
        "a\t;\tb\t=\tc\t,\td",
        "a; b=\"c\", d",
        "a; b=\"\\c\", d",
        "a; b = \"c\" ,d",
        " a;b=c,d ",
        "\t a;b=c,d\t ",
    ] {
        check(header, &[("a", &[("b", Some("c"))]), ("d", &[])]);
    }
    // RFC 9110 §5.6.4: a backslash stands for what follows it, be that a backslash.
    check(r#"a;b="\\\"\\""#, &[("a", &[("b", Some(r#"\"\"#))])]);
    check(
        "a;b=\"\t\\\t\\ é\\éé\"",
        &[("a", &[("b", Some("\t\t ééé"))])],
    );
}

/// Other stacks reject these. We follow the RFC, or are lenient where no harm can come of it.
#[test]
fn xp3_wx4_wx7_wx8_wx9_what_is_read_here_only() {
    let flag: &[(&str, Flags)] = &[("foo", &[("bar", None)])];
    let value: &[(&str, Flags)] = &[("foo", &[("bar", Some("baz"))])];
    for (header, expected) in [
        // Quoted values that are no tokens.
        (
            r#"foo;bar="""#,
            &[("foo", &[("bar", Some(""))] as Flags)][..],
        ),
        (r#"foo;bar="b@z""#, &[("foo", &[("bar", Some("b@z"))])]),
        (r#"foo;bar="baz;""#, &[("foo", &[("bar", Some("baz;"))])]),
        (r#"foo;bar="\\""#, &[("foo", &[("bar", Some("\\"))])]),
        // Blanks around the whole and around `=`.
        (" foo;bar", flag),
        ("foo;bar ", flag),
        ("foo;bar =baz", value),
        ("foo;bar= baz", value),
        ("foo;bar=\"baz\" ", value),
        ("foo ", &[("foo", &[])]),
        ("foo\t", &[("foo", &[])]),
    ] {
        check(header, expected);
    }
}

// RFC 9110 §5.6.1.2
#[test]
fn e13_empty_elements_are_skipped() {
    for header in [",", ",,", " ", "\t", " , \t,"] {
        check(header, &[]);
    }
    for header in ["a,", ",a", "a,,", ", ,a, ,", "a, ", "a  ,  ,"] {
        check(header, &[("a", &[])]);
    }
    for header in ["a,,b", ",a , ,\t,b,"] {
        check(header, &[("a", &[]), ("b", &[])]);
    }
    check("foo;bar,", &[("foo", &[("bar", None)])]);
}

// RFC 6455 §9.1
#[test]
fn e13_wx7_wx10_syntax_errors() {
    for (header, offset) in [
        // Without a name.
        (";", 0),
        ("=", 0),
        ("foo;=", 4),
        ("foo; =", 5),
        ("foo;;", 4),
        ("foo; ;", 5),
        ("permessage-deflate; =", 20),
        ("a, ;", 3),
        ("=a", 0),
        // Without a value.
        ("foo;bar=,", 8),
        ("foo;bar=;", 8),
        ("foo;bar==", 8),
        // Blanks within.
        ("f oo", 2),
        ("foo;ba r", 7),
        ("foo;bar=ba z", 11),
        // Characters that are none of a token.
        ("f@o", 1),
        ("f\\oo", 1),
        ("\"foo\"", 0),
        ("f\"oo\"", 1),
        ("foo;b@r", 5),
        ("foo;b\\ar", 5),
        ("foo;\"bar\"", 4),
        ("foo;b\"ar\"", 5),
        ("foo;bar=b@z", 9),
        ("foo;bar=b\\az ", 9),
        ("foo;bar=b\"az\"", 9),
        ("foo=bar", 3),
        ("é", 0),
        ("foo;bar=é", 8),
        // Something behind quotes.
        ("foo;bar=\"baz\"qux", 13),
        ("foo;bar=\"baz\" qux", 14),
        // RFC 9110 §5.6.4: control characters.
        ("foo\n", 3),
        ("foo;bar=\"a\nb\"", 10),
        ("foo;bar=\"a\\\nb\"", 11),
        ("foo;bar=\"\u{7f}\"", 9),
        ("foo;bar=\"\0\"", 9),
        // The end comes too soon.
        ("foo;", 4),
        ("permessage-deflate;", 19),
        ("foo;bar; ", 9),
        ("foo;bar=", 8),
        ("foo;bar =", 9),
        ("foo;bar= ", 9),
        ("foo;bar=\"", 9),
        ("foo;bar=\"baz", 12),
        ("foo;bar=\"1\\", 11),
        ("foo;bar=\"1\\\"", 12),
        // Elements before an error are no excuse.
        ("a, b, c;", 8),
    ] {
        check_error(header, offset);
    }
}

#[test]
fn nothing_is_read_behind_an_error() {
    let mut elements = Params::parse("a, b c, d");
    assert_eq!(elements.next(), Some(Ok(Params::new("a"))));
    assert!(elements.next().unwrap().is_err());
    assert_eq!(elements.next(), None);
    assert_eq!(elements.next(), None);
}

#[test]
fn parameters_beyond_the_limit_are_read_but_not_kept() {
    let with = |count| {
        let params = (0..count).map(|i| format!("; p{i}={i}"));
        iter::once(String::from("a"))
            .chain(params)
            .collect::<String>()
    };
    for (count, kept, is_cut) in [
        (15, 15, false),
        (16, 16, false),
        (17, 16, true),
        (999, 16, true),
    ] {
        let header = with(count) + ", b";
        let read = parse(&header).unwrap();
        assert_eq!((read[0].iter().len(), read[0].is_cut()), (kept, is_cut));
        assert_eq!(read[1], Params::new("b"));
    }
    let header = with(99) + ";";
    check_error(&header, header.len());
}

/// Each byte is looked at a fixed number of times: none of these costs more than another one.
#[test]
fn e02_e03_xp15_work_is_in_proportion_to_the_header() {
    const LEN: usize = 8 << 10;
    for (front, unit, is_valid) in [
        ("a; b=\"", "\\c", false),
        ("a; b=\"", "\\\\", false),
        ("foo; bar=\"foo", "\\a", false),
        ("a; b=\"", "c", false),
        ("", ";", false),
        ("a", ";", false),
        ("a", "; ", false),
        ("a", ";b", true),
        ("", ",", true),
        ("", ", ", true),
        ("a", " ", true),
        ("a;b", " ", true),
        ("a;b=", " ", false),
        ("", "a", true),
        ("", "a,", true),
        ("", "a;b=\"\\c\",", true),
    ] {
        let header: String = iter::once(front).chain(iter::repeat_n(unit, LEN)).collect();
        let mut elements = Params::parse(&header);
        let read = elements.by_ref().all(|element| element.is_ok());
        assert_eq!(read, is_valid, "{front}{unit}");
        let looks = elements.scanner.looks.get();
        assert!(looks <= 4 * header.len() + 8, "{front}{unit}: {looks}");
    }
}

#[test]
fn what_needs_no_change_is_borrowed() {
    let header = String::from(r#"a; b=c; d="e f"; g="\h""#);
    let params = parse(&header).unwrap().remove(0);
    let is_borrowed = |text: &Cow<'_, str>| matches!(text, Cow::Borrowed(_));
    assert!(is_borrowed(&params.name));
    for (name, value) in &params.list {
        assert!(is_borrowed(name) && value.as_ref().is_none_or(is_borrowed));
    }
    let owned: Params<'static> = params.clone().into_owned();
    assert_eq!(owned, params);
}

#[test]
fn the_error_is_readable() {
    let error = parse("a;").unwrap_err();
    assert_eq!(error.to_string(), "no list of extensions at byte 2");
}
