//! Rules on single files: module docs, attributes, macros that must not stay, blanks.

use std::collections::BTreeSet;
use std::path::Path;

use crate::source::{Source, Token, closing, starts_with};

/// Attributes that are not used here, and what is used instead.
const ATTRIBUTES: [(&str, &str); 3] = [
    ("allow", "use `#[expect(lint, reason = \"…\")]`"),
    ("ignore", "a test runs, or is behind a feature"),
    ("should_panic", "assert on the error instead"),
];

/// Macros that say that work is left.
const MACROS: [&str; 3] = ["todo", "unimplemented", "dbg"];

/// Rules on Rust.
pub(super) fn check(source: &Source, faults: &mut Vec<String>) {
    if !begins_with_docs(&source.text) {
        faults.push(format!(
            "{}:1: a module starts with `//!` docs",
            source.path
        ));
    }
    let tokens: Vec<&Token> = source.tokens.iter().collect();
    for (position, token) in tokens.iter().enumerate() {
        let rest = &tokens[position..];
        let mut fault = |what: &str| {
            faults.push(format!("{}:{}: {what}", source.path, token.line));
        };
        if starts_with(rest, "# [") || starts_with(rest, "# ! [") {
            let open = if rest[1].text == "!" { 2 } else { 1 };
            let content = &rest[open + 1..closing(rest, open)];
            check_attribute(content, &mut fault);
        }
        let is_macro = rest.get(1).is_some_and(|next| next.text == "!");
        if is_macro && MACROS.contains(&&*token.text) {
            fault(&format!("`{}!` must not stay", token.text));
        }
    }
}

/// Rules on any text file.
pub(super) fn check_text(path: &str, text: &str, faults: &mut Vec<String>) {
    let is_rust = Path::new(path)
        .extension()
        .is_some_and(|extension| extension == "rs");
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        if line.ends_with([' ', '\t', '\r']) {
            faults.push(format!("{path}:{number}: blanks at the end of the line"));
        }
        if is_rust && line.contains('\t') {
            faults.push(format!("{path}:{number}: a tab; write `\\t` in literals"));
        }
    }
    if !text.is_empty() && !text.ends_with('\n') {
        faults.push(format!("{path}: no newline at the end"));
    }
}

/// Lines with code for users on them.
pub(super) fn code_lines(source: &Source) -> usize {
    let lines: BTreeSet<usize> = source.product().iter().map(|token| token.line).collect();
    lines.len()
}

/// Whether docs come first, after inner attributes at most.
fn begins_with_docs(text: &str) -> bool {
    let first = text
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with("#!["));
    // An empty file documents nothing and needs nothing.
    first.is_none_or(|line| line.starts_with("//!"))
}

fn check_attribute(content: &[&Token], fault: &mut impl FnMut(&str)) {
    let Some(name) = content.first().map(|token| &*token.text) else {
        return;
    };
    if name == "cfg_attr" {
        // What it adds stands after the predicate and a comma.
        for (position, token) in content.iter().enumerate() {
            if token.text == "," {
                check_attribute(&content[position + 1..], fault);
            }
        }
    }
    for (forbidden, instead) in ATTRIBUTES {
        if name == forbidden {
            fault(&format!("no `#[{forbidden}]`: {instead}"));
        }
    }
    if name == "expect" && !content.iter().any(|token| token.text == "reason") {
        fault("`#[expect]` says why: `reason = \"…\"`");
    }
}

#[cfg(test)]
mod tests {
    use super::{check, check_text, code_lines};
    use crate::source::Source;

    #[test]
    fn rust_is_judged() {
        for (text, expect) in [
            ("//! a\nfn f() {}", 0),
            ("", 0),
            ("#![no_std]\n\n//! a\nfn f() {}", 0),
            ("fn f() {}", 1),
            ("// a\n//! b", 1),
            ("//! a\n#[allow(dead_code)] fn f() {}", 1),
            ("//! a\n#![allow(dead_code)]", 1),
            ("//! a\n#[cfg_attr(test, allow(dead_code))] fn f() {}", 1),
            ("//! a\n#[expect(dead_code)] fn f() {}", 1),
            ("//! a\n#[expect(dead_code, reason = \"b\")] fn f() {}", 0),
            ("//! a\n#[test] #[ignore] fn f() {}", 1),
            ("//! a\n#[test] #[ignore = \"slow\"] fn f() {}", 1),
            (
                "//! a\n#[test] #[should_panic(expected = \"b\")] fn f() {}",
                1,
            ),
            ("//! a\nfn f() { todo!() }", 1),
            ("//! a\nfn f() { unimplemented!(); dbg!(1); }", 2),
            (
                "//! a\n// #[allow(b)] todo!()\nfn f() { \"#[ignore]\"; todo(); a.expect(\"b\") }",
                0,
            ),
        ] {
            let mut faults = Vec::new();
            check(&Source::parse("a.rs", text).unwrap(), &mut faults);
            assert_eq!(faults.len(), expect, "{text}: {faults:?}");
        }
    }

    #[test]
    fn text_is_judged() {
        for (path, text, expect) in [
            ("a.rs", "a\nb\n", 0),
            ("a.rs", "a \nb\t\n", 3),
            ("a.py", "\ta\n", 0),
            ("a.rs", "a\r\n", 0),
            ("a.md", "a  \n", 1),
            ("a.md", "a", 1),
            ("a.md", "", 0),
        ] {
            let mut faults = Vec::new();
            check_text(path, text, &mut faults);
            assert_eq!(faults.len(), expect, "{text:?}: {faults:?}");
        }
    }

    #[test]
    fn code_is_counted_without_docs_and_tests() {
        let text = "//! a\n\n/// b\nfn f() {\n    // c\n}\n#[cfg(test)]\nmod tests {\n}\n";
        assert_eq!(code_lines(&Source::parse("a.rs", text).unwrap()), 2);
    }
}
