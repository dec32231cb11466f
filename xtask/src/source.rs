//! Rust sources as flat lists of tokens, which know their line and whether they are test code.
//!
//! Comments, doc comments and the insides of strings are not tokens: a check can look for a word
//! without tripping over prose.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::workspace::Workspace;

/// Directories that hold nothing of ours.
const SKIPPED: [&str; 6] = [
    ".git",
    "target",
    "node_modules",
    "corpus",
    "artifacts",
    "coverage",
];

/// One file of Rust.
#[derive(Debug)]
pub(crate) struct Source {
    /// Relative to the root of the workspace, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) tokens: Vec<Token>,
}

/// One token; a group is an opening and a closing token with its content between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    /// As written; `(`, `[`, `{` and their ends for groups; literals as in the source.
    pub(crate) text: String,
    /// From 1.
    pub(crate) line: usize,
    /// Compiled for tests or fuzzing only.
    pub(crate) test: bool,
}

impl Source {
    /// Cuts `text` into tokens.
    pub(crate) fn parse(path: impl Into<String>, text: impl Into<String>) -> Result<Self> {
        let (path, text) = (path.into(), text.into());
        let stream: TokenStream = text
            .parse()
            .map_err(|error| anyhow!("{path}: cannot be cut into tokens: {error}"))?;
        let mut flat = Flattener { tokens: Vec::new() };
        flat.stream(stream, is_test_path(&path));
        Ok(Self {
            path,
            text,
            tokens: flat.tokens,
        })
    }

    /// Every Rust source of the checkout, the fuzz targets included, in the order of their paths.
    pub(crate) fn all(workspace: &Workspace) -> Result<Vec<Self>> {
        files(&workspace.root)?
            .into_iter()
            .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
            .map(|path| {
                let text = fs::read_to_string(&path)
                    .with_context(|| format!("cannot read {}", path.display()))?;
                Self::parse(workspace.relative(&path), text)
            })
            .collect()
    }

    /// The tokens that are compiled for users.
    pub(crate) fn product(&self) -> Vec<&Token> {
        self.tokens.iter().filter(|token| !token.test).collect()
    }

    /// The name of the file without its directory and `.rs`.
    pub(crate) fn stem(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        name.strip_suffix(".rs").unwrap_or(name)
    }
}

/// Whether `tokens` begin with the words of `pattern`, separated by spaces.
pub(crate) fn starts_with(tokens: &[&Token], pattern: &str) -> bool {
    let mut tokens = tokens.iter();
    pattern
        .split(' ')
        .all(|word| tokens.next().is_some_and(|token| token.text == word))
}

/// The position of the token that closes the group which `tokens[open]` opens.
pub(crate) fn closing(tokens: &[&Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (position, token) in tokens.iter().enumerate().skip(open) {
        match token.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => {
                depth -= 1;
                if depth == 0 {
                    return position;
                }
            }
            _ => {}
        }
    }
    tokens.len()
}

/// All files below `root` that are ours, sorted.
pub(crate) fn files(root: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut directories = vec![root.to_owned()];
    while let Some(directory) = directories.pop() {
        let entries = fs::read_dir(&directory)
            .with_context(|| format!("cannot list {}", directory.display()))?;
        for entry in entries {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_file() {
                found.push(entry.path());
            } else if kind.is_dir() && !SKIPPED.iter().any(|name| entry.file_name() == *name) {
                directories.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Integration tests, and modules that by our convention hold tests or fuzzed properties.
fn is_test_path(path: &str) -> bool {
    path.split('/')
        .any(|part| matches!(part, "tests" | "tests.rs" | "fuzzing" | "fuzzing.rs"))
}

struct Flattener {
    tokens: Vec<Token>,
}

impl Flattener {
    fn stream(&mut self, stream: TokenStream, outer: bool) {
        let trees: Vec<TokenTree> = stream.into_iter().collect();
        // `outer` holds for the whole stream, `item` for the item that an attribute precedes.
        let (mut outer, mut item) = (outer, false);
        let mut position = 0;
        while position < trees.len() {
            if let Some(attribute) = Attribute::at(&trees[position..]) {
                if attribute.is_doc() {
                    position += attribute.length;
                    continue;
                }
                if attribute.is_test_only() {
                    if attribute.inner {
                        outer = true;
                    } else {
                        item = true;
                    }
                }
                for tree in &trees[position..position + attribute.length] {
                    self.tree(tree, outer || item);
                }
                position += attribute.length;
                continue;
            }
            let tree = &trees[position];
            self.tree(tree, outer || item);
            item &= !ends_item(tree);
            position += 1;
        }
    }

    fn tree(&mut self, tree: &TokenTree, test: bool) {
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    // Occurs only in what macros produce.
                    Delimiter::None => return self.stream(group.stream(), test),
                };
                self.push(open, group.span_open().start().line, test);
                self.stream(group.stream(), test);
                self.push(close, group.span_close().start().line, test);
            }
            other => self.push(&other.to_string(), other.span().start().line, test),
        }
    }

    fn push(&mut self, word: &str, line: usize, test: bool) {
        self.tokens.push(Token {
            text: word.to_owned(),
            line,
            test,
        });
    }
}

/// An item ends with its block or its semicolon.
fn ends_item(tree: &TokenTree) -> bool {
    match tree {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(punct) => punct.as_char() == ';',
        _ => false,
    }
}

/// `#[…]` or `#![…]`.
struct Attribute {
    inner: bool,
    /// How many trees it takes.
    length: usize,
    content: Vec<TokenTree>,
}

impl Attribute {
    fn at(trees: &[TokenTree]) -> Option<Self> {
        if !is_punct(trees.first()?, '#') {
            return None;
        }
        let inner = is_punct(trees.get(1)?, '!');
        let length = 2 + usize::from(inner);
        let TokenTree::Group(group) = trees.get(length - 1)? else {
            return None;
        };
        (group.delimiter() == Delimiter::Bracket).then(|| Self {
            inner,
            length,
            content: group.stream().into_iter().collect(),
        })
    }

    /// A doc comment, which arrives as `doc = "text"`.
    fn is_doc(&self) -> bool {
        match &self.content[..] {
            [TokenTree::Ident(name), equals, TokenTree::Literal(_)] => {
                name == "doc" && is_punct(equals, '=')
            }
            _ => false,
        }
    }

    fn is_test_only(&self) -> bool {
        match &self.content[..] {
            [TokenTree::Ident(name)] => name == "test",
            [TokenTree::Ident(name), TokenTree::Group(group)] => {
                name == "cfg" && demands_test(group.stream(), false)
            }
            _ => false,
        }
    }
}

/// Whether a list of `cfg` predicates can hold in tests and fuzzing only: all of them for `any`,
/// one of them for everything else, in which `not` is never believed.
fn demands_test(list: TokenStream, any: bool) -> bool {
    let trees: Vec<TokenTree> = list.into_iter().collect();
    let mut predicates = trees
        .split(|tree| is_punct(tree, ','))
        .filter(|predicate| !predicate.is_empty());
    if any {
        predicates.all(predicate_demands_test)
    } else {
        predicates.any(predicate_demands_test)
    }
}

fn predicate_demands_test(predicate: &[TokenTree]) -> bool {
    match predicate {
        [TokenTree::Ident(name)] => name == "test" || name == "fuzzing",
        [TokenTree::Ident(name), TokenTree::Group(group)] => {
            name != "not" && demands_test(group.stream(), name == "any")
        }
        [TokenTree::Ident(name), _, TokenTree::Literal(value)] => {
            name == "feature" && value.to_string() == "\"fuzzing\""
        }
        _ => false,
    }
}

fn is_punct(tree: &TokenTree, wanted: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == wanted)
}

#[cfg(test)]
mod tests {
    use super::{Source, closing, starts_with};

    fn product(path: &str, text: &str) -> String {
        let source = Source::parse(path, text).unwrap();
        let words: Vec<_> = source.product().iter().map(|token| &*token.text).collect();
        words.join(" ")
    }

    #[test]
    fn test_code_and_prose_are_told_from_the_product() {
        for (text, expect) in [
            ("//! std::io\n/// std\nfn f() {} // std", "fn f ( ) { }"),
            (
                "#[cfg(test)] mod tests { use std::io; } fn g() {}",
                "fn g ( ) { }",
            ),
            ("#[cfg(test)] mod tests; fn g() {}", "fn g ( ) { }"),
            (
                "#[cfg(any(test, fuzzing))] pub mod fuzzing; fn g() {}",
                "fn g ( ) { }",
            ),
            (
                "#[cfg(any(test, feature = \"fuzzing\"))] extern crate std; fn g() {}",
                "fn g ( ) { }",
            ),
            (
                "#[cfg(all(feature = \"x\", test))] extern crate std; fn g() {}",
                "fn g ( ) { }",
            ),
            (
                "#[cfg(any(test, feature = \"x\"))] use std;",
                "# [ cfg ( any ( test , feature = \"x\" ) ) ] use std ;",
            ),
            (
                "#[cfg(test)] #[inline] fn f(a: [u8; 2]) { std } fn g() {}",
                "fn g ( ) { }",
            ),
            (
                "mod m { #[test] fn f() {} fn g() {} }",
                "mod m { fn g ( ) { } }",
            ),
            ("#![cfg(test)] fn f() {}", ""),
            (
                "#[cfg(not(test))] fn g() {}",
                "# [ cfg ( not ( test ) ) ] fn g ( ) { }",
            ),
            ("fn g() { \"std::io\" }", "fn g ( ) { \"std::io\" }"),
        ] {
            assert_eq!(product("crates/x/src/lib.rs", text), expect, "{text}");
        }
        assert_eq!(product("crates/x/src/reader/tests.rs", "fn f() {}"), "");
        assert_eq!(product("tests/tests/s5.rs", "fn f() {}"), "");
    }

    #[test]
    fn lines_and_groups_are_found() {
        let source = Source::parse("a.rs", "fn f()\n{ g([1]) }\nfn h() {}").unwrap();
        let tokens = source.product();
        assert!(starts_with(&tokens, "fn f ( ) {"));
        assert!(!starts_with(&tokens, "fn h"));
        assert_eq!(tokens[4].line, 2);
        assert_eq!(tokens[closing(&tokens, 4)].text, "}");
        assert_eq!(tokens[closing(&tokens, 4) + 1].line, 3);
    }

    #[test]
    fn what_is_no_rust_is_an_error() {
        assert!(Source::parse("a.rs", "fn f( {").is_err());
    }

    #[test]
    fn a_stem_is_the_name_of_the_module() {
        let source = Source::parse("crates/x/src/timers.rs", "").unwrap();
        assert_eq!(source.stem(), "timers");
    }
}
