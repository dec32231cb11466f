//! Which sections of RFC 6455 have tests: the index of the marks `RFC 6455 §x.y` in test code.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::Source;

/// How a mark begins.
const MARK: &str = "RFC 6455 ";

/// Sections whose MUSTs bind an endpoint.
const BINDING: [&str; 23] = [
    "4.1", "4.2.1", "4.2.2", "4.4", "5.1", "5.2", "5.3", "5.4", "5.5", "5.5.1", "5.5.2", "5.5.3",
    "5.6", "7.1.1", "7.1.2", "7.1.3", "7.1.4", "7.1.5", "7.1.6", "7.1.7", "7.4.1", "7.4.2", "8.1",
];

/// Prints the sections with tests, and those that bind and have none.
pub(super) fn print(sources: &[Source]) {
    let mut index: BTreeMap<String, usize> = BTreeMap::new();
    for source in sources {
        for section in marks(source) {
            *index.entry(section).or_default() += 1;
        }
    }
    let counts: Vec<String> = sorted(index.keys())
        .into_iter()
        .map(|section| format!("§{section} ({})", index[section]))
        .collect();
    println!("RFC 6455, sections with tests: {}", list(&counts));
    let missing: Vec<String> = missing(&index.keys().map(String::as_str).collect())
        .into_iter()
        .map(|section| format!("§{section}"))
        .collect();
    println!(
        "RFC 6455, sections with MUSTs and without tests: {}",
        list(&missing)
    );
}

/// The sections that bind and are not among `tested`. A mark for a numbered requirement, as in
/// `§5.4-3`, counts for its section, and a subsection does not count for the section above it.
fn missing(tested: &BTreeSet<&str>) -> Vec<&'static str> {
    BINDING
        .into_iter()
        .filter(|section| !tested.contains(section))
        .collect()
}

/// The sections named by the marks in the test code of `source`, one for each naming.
fn marks(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    let ranges = test_lines(source);
    for (index, line) in source.text.lines().enumerate() {
        if !ranges.contains(&(index + 1)) {
            continue;
        }
        let Some((_, comment)) = line.split_once("//") else {
            continue;
        };
        let Some((_, marks)) = comment.split_once(MARK) else {
            continue;
        };
        // Sections of another document may follow.
        let marks = marks.split("RFC").next().unwrap_or(marks);
        for mark in marks.split('§').skip(1) {
            let end = mark
                .find(|c: char| c != '.' && !c.is_ascii_digit())
                .unwrap_or(mark.len());
            let section = mark[..end].trim_end_matches('.');
            if !section.is_empty() {
                found.push(section.to_owned());
            }
        }
    }
    found
}

/// The lines between the first and the last token of each run of test code, which takes in the
/// comments inside of it, and the comments right above it.
fn test_lines(source: &Source) -> BTreeSet<usize> {
    let mut lines = BTreeSet::new();
    let mut after = 0;
    for (position, token) in source.tokens.iter().enumerate() {
        if token.test {
            lines.extend(after + 1..=token.line);
        }
        let last = position + 1 == source.tokens.len();
        if last && token.test {
            lines.extend(token.line..=source.text.lines().count());
        }
        after = token.line;
    }
    lines
}

/// In the order of the RFC: §5.10 comes after §5.9.
fn sorted<'a>(sections: impl Iterator<Item = &'a String>) -> Vec<&'a String> {
    let mut sections: Vec<_> = sections.collect();
    sections.sort_by_key(|section| {
        let numbers = section.split('.').map(|part| part.parse().unwrap_or(0));
        numbers.collect::<Vec<u32>>()
    });
    sections
}

fn list(items: &[String]) -> String {
    if items.is_empty() {
        "none".to_owned()
    } else {
        items.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{BINDING, marks, missing, sorted};
    use crate::source::Source;

    #[test]
    fn marks_count_in_test_code_only() {
        let product = "// RFC 6455 §1.1\nfn f() {}\n";
        let test = "// RFC 6455 §5.4-3, §5.5. RFC 9110 §15.5\n#[test]\nfn g() {\n    // RFC 6455 §7.1.2: a\n}\n";
        for (path, text, expect) in [
            ("a.rs", product.to_owned(), &[][..]),
            ("a.rs", format!("{product}{test}"), &["5.4", "5.5", "7.1.2"]),
            ("a.rs", format!("{test}{product}"), &["5.4", "5.5", "7.1.2"]),
            ("tests/tests/a.rs", product.to_owned(), &["1.1"]),
            (
                "tests/tests/a.rs",
                "fn f() {}\n// RFC 7692 §7.1\n// see §3".to_owned(),
                &[],
            ),
            (
                "tests/tests/a.rs",
                "fn f() { \"RFC 6455 §5\" }".to_owned(),
                &[],
            ),
        ] {
            assert_eq!(
                marks(&Source::parse(path, &*text).unwrap()),
                expect,
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_missing_is_told() {
        assert_eq!(missing(&BTreeSet::new()).len(), BINDING.len());
        let tested = BTreeSet::from(["5.5.1", "5.1"]);
        let missing = missing(&tested);
        assert!(missing.contains(&"5.5"));
        assert!(!missing.contains(&"5.5.1") && !missing.contains(&"5.1"));
    }

    #[test]
    fn sections_are_in_the_order_of_the_rfc() {
        let sections = ["5.10", "5.9", "4.1"].map(str::to_owned);
        assert_eq!(sorted(sections.iter()), ["4.1", "5.9", "5.10"]);
    }
}
