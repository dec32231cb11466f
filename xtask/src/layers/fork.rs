//! The old drafts: where they may be named, so that they can be deleted one day.
//!
//! Identifiers that contain the word `hixie` or `early` are at home in files and directories of
//! that name and in `version.rs`. Elsewhere they may stand in the declaration `mod hixie;`, in a
//! `cfg`, and in one `match` per file of those that choose a protocol.

use crate::source::{Source, Token, closing};

/// The files that choose a protocol: by the request, by configuration, by what was agreed.
const CHOOSING: [&str; 3] = ["server", "client", "driver"];

/// Adds each place where `source` names an old draft and should not.
pub(super) fn check(source: &Source, faults: &mut Vec<String>) {
    if source.stem() == "version" || source.path.split(['/', '.']).any(is_old) {
        return;
    }
    let tokens = source.product();
    let mut matches = 0;
    let mut position = 0;
    while position < tokens.len() {
        let rest = &tokens[position..];
        let token = tokens[position];
        // `mod hixie;`, `use hixie::…` and `pub use early::…` are how a file is reached at all.
        if matches!(&*token.text, "mod" | "use") {
            let ends = |end: &&Token| end.text == ";" || (token.text == "mod" && end.text == "{");
            position += rest.iter().position(ends).unwrap_or(1);
            continue;
        }
        if token.text == "match" && CHOOSING.contains(&source.stem()) {
            let open = rest.iter().position(|token| token.text == "{");
            if let Some(open) = open {
                let close = closing(rest, open);
                if rest[open..close].iter().any(|token| names_old(&token.text)) {
                    matches += 1;
                    if matches > 1 {
                        let (path, line) = (&source.path, token.line);
                        faults.push(format!("{path}:{line}: a second fork into the old drafts"));
                    }
                    position += close;
                    continue;
                }
            }
        }
        if names_old(&token.text) {
            let (path, line, name) = (&source.path, token.line, &token.text);
            faults.push(format!("{path}:{line}: `{name}` outside of its own file"));
        }
        position += 1;
    }
}

fn is_old(word: &str) -> bool {
    word == "hixie" || word == "early"
}

/// Whether an identifier has one of the words as a part: `hixie_75`, `Hixie76`, `EarlyFraming`.
fn names_old(identifier: &str) -> bool {
    let is_identifier = identifier
        .chars()
        .next()
        .is_some_and(|first| first.is_alphabetic() || first == '_');
    let mut word = String::new();
    if !is_identifier {
        return false;
    }
    for character in identifier.chars() {
        if !character.is_lowercase() {
            if is_old(&word) {
                return true;
            }
            word.clear();
        }
        if character.is_alphabetic() {
            word.extend(character.to_lowercase());
        }
    }
    is_old(&word)
}

#[cfg(test)]
mod tests {
    use super::{check, names_old};
    use crate::source::Source;

    #[test]
    fn parts_of_identifiers_are_words() {
        for (identifier, expect) in [
            ("hixie", true),
            ("Hixie76", true),
            ("HIXIE", false),
            ("draft_hixie_75", true),
            ("EarlyFraming", true),
            ("is_early", true),
            ("nearly", false),
            ("yearly", false),
            ("\"hixie\"", false),
        ] {
            assert_eq!(names_old(identifier), expect, "{identifier}");
        }
    }

    #[test]
    fn old_drafts_stay_in_their_files() {
        let fork = "fn f() { match v { Version::Hixie76 => a(), Version::Rfc6455 => b() } }";
        let both = format!("{fork} {fork}");
        for (path, text, expect) in [
            (
                "crates/ws-handshake/src/version.rs",
                "enum Version { Hixie75 }",
                0,
            ),
            (
                "crates/ws-handshake/src/hixie/draft75.rs",
                "fn hixie() {}",
                0,
            ),
            ("crates/ws-frame/src/hixie.rs", "struct Hixie;", 0),
            (
                "crates/ws-frame/src/lib.rs",
                "mod hixie; pub use early::{Early4, Early5};",
                0,
            ),
            (
                "crates/ws-frame/src/lib.rs",
                "mod hixie { fn hixie() {} }",
                1,
            ),
            (
                "crates/ws-frame/src/a.rs",
                "// hixie, early\nfn f() { \"hixie\" }",
                0,
            ),
            ("crates/ws-frame/src/a.rs", "fn f(early: u8) {}", 1),
            ("crates/ws-handshake/src/server.rs", fork, 0),
            ("crates/ws-handshake/src/server.rs", &both, 1),
            ("crates/ws-handshake/src/error.rs", fork, 1),
            (
                "crates/ws-frame/src/a.rs",
                "#[cfg(test)] mod tests { fn hixie() {} }",
                0,
            ),
        ] {
            let mut faults = Vec::new();
            check(&Source::parse(path, text).unwrap(), &mut faults);
            assert_eq!(faults.len(), expect, "{path}: {text}: {faults:?}");
        }
    }
}
