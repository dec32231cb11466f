//! Manifests of members inherit what the workspace has decided for all of them.

/// Keys that every member inherits.
const ALL: [&str; 4] = ["version", "edition", "rust-version", "license"];

/// Keys that a member for users inherits besides.
const PUBLISHED: [&str; 2] = ["categories", "keywords"];

/// Adds what the manifest `text` of the file `path` lacks.
pub(super) fn check(path: &str, text: &str, published: bool, faults: &mut Vec<String>) {
    let more: &[&str] = if published { &PUBLISHED } else { &[] };
    for key in ALL.iter().chain(more) {
        if !has(text, "[package]", &format!("{key}.workspace = true")) {
            faults.push(format!("{path}: lacks `{key}.workspace = true`"));
        }
    }
    if !has(text, "[lints]", "workspace = true") {
        faults.push(format!("{path}: lacks `[lints] workspace = true`"));
    }
    // Documentation shows what is there, and which feature brings it.
    let is_shown = has(text, "[package.metadata.docs.rs]", "all-features = true")
        && has(
            text,
            "[package.metadata.docs.rs]",
            "rustdoc-args = [\"--cfg\", \"docsrs\"]",
        );
    if published && text.contains("[features]") && !is_shown {
        faults.push(format!("{path}: lacks what docs.rs is to show"));
    }
    let described = section(text, "[package]").any(|line| line.starts_with("description = "));
    if !described {
        faults.push(format!("{path}: lacks a description"));
    }
}

fn has(text: &str, header: &str, line: &str) -> bool {
    section(text, header).any(|candidate| candidate == line)
}

/// The lines of the table `header`.
fn section<'a>(text: &'a str, header: &'a str) -> impl Iterator<Item = &'a str> {
    text.lines()
        .map(str::trim)
        .skip_while(move |line| *line != header)
        .skip(1)
        .take_while(|line| !line.starts_with('['))
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn manifests_are_judged() {
        let good = "[package]\nname = \"a\"\ndescription = \"b\"\nversion.workspace = true\n\
                    edition.workspace = true\nrust-version.workspace = true\n\
                    license.workspace = true\n\n[lints]\nworkspace = true\n";
        for (text, published, expect) in [
            (good.to_owned(), false, 0),
            (good.to_owned(), true, 2),
            (format!("{good}\n[features]\n"), false, 0),
            (format!("{good}\n[features]\n"), true, 3),
            (good.replace("[lints]", "[dependencies]"), false, 1),
            (
                good.replace("edition.workspace = true", "edition = \"2021\""),
                false,
                1,
            ),
            (good.replace("description", "homepage"), false, 1),
            (String::new(), true, 8),
        ] {
            let mut faults = Vec::new();
            check("Cargo.toml", &text, published, &mut faults);
            assert_eq!(faults.len(), expect, "{text}: {faults:?}");
        }
    }
}
