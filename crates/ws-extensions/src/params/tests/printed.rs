//! What is printed, and that it reads as the same.

use proptest::prelude::*;

use super::*;

// RFC 6455 §9.1
#[test]
fn xp16_xp21_and_wx11_wx13_what_is_printed() {
    for (params, text) in [
        (Params::new("a"), "a"),
        (Params::new("a").with_flag("b"), "a; b"),
        (Params::new("a").with_value("b", "42"), "a; b=42"),
        (
            Params::new("a").with_value("b", "hi, there"),
            r#"a; b="hi, there""#,
        ),
        (
            Params::new("a")
                .with_flag("b")
                .with_value("c", "1")
                .with_value("d", "hi"),
            "a; b; c=1; d=hi",
        ),
        (
            Params::new("a")
                .with_flag("b")
                .with_value("b", "hi")
                .with_value("c", "1"),
            "a; b; b=hi; c=1",
        ),
        (
            Params::new("foo")
                .with_flag("bar")
                .with_value("bar", "2")
                .with_value("baz", "1"),
            "foo; bar; bar=2; baz=1",
        ),
        (Params::new("a").with_value("b", ""), r#"a; b="""#),
        (
            Params::new("a").with_value("b", r#"\ ""#),
            r#"a; b="\\ \"""#,
        ),
        (Params::new("a").with_value("b", "é\t"), "a; b=\"é\t\""),
    ] {
        assert_eq!(params.to_string(), text);
        assert_eq!(parse(text).unwrap(), [params]);
    }
}

#[test]
fn what_cannot_stand_in_a_header_is_replaced() {
    let params = Params::new("x y\r\nSet-Cookie: z")
        .with_flag("")
        .with_flag("é=");
    let params = params.with_value("b", "1\r\n\0\u{7f}é");
    let text = "x_y__Set-Cookie__z; _; __; b=\"1____é\"";
    assert_eq!(params.to_string(), text);
    assert_eq!(parse(text).unwrap(), [params]);
}

proptest! {
    #[test]
    fn any_text_reads_as_what_it_prints(
        header in "([ab;,=\"\\\\ \t]|\"[a,\\\\]*\"|; ?a=|\\PC){0,40}"
    ) {
        if let Ok(elements) = parse(&header) {
            let printed: Vec<_> = elements.iter().map(ToString::to_string).collect();
            let printed = printed.join(", ");
            prop_assert_eq!(parse(&printed), Ok(elements));
        }
    }

    #[test]
    fn any_params_print_as_what_they_are(
        name in any::<String>(),
        list in prop::collection::vec(any::<(String, Option<String>)>(), 0..=Params::LIMIT),
    ) {
        let mut params = Params::new(name);
        for (name, value) in list {
            params = match value {
                Some(value) => params.with_value(name, value),
                None => params.with_flag(name),
            };
        }
        let printed = params.to_string();
        prop_assert_eq!(parse(&printed), Ok(alloc::vec![params]));
    }

    #[test]
    fn lines_are_one_list(lines in prop::collection::vec("[a-c](; ?[de](=(f|\"g\\\\,\"))?){0,3}", 0..5)) {
        let joined = lines.join(", ");
        let single: Vec<_> = lines.iter().flat_map(|line| parse(line).unwrap()).collect();
        prop_assert_eq!(parse(&joined).unwrap(), single);
    }
}
