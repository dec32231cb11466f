//! The README says what is true: its commands exist, and its Rust is compiled with the docs.

use std::fs;

use anyhow::Result;
use clap::CommandFactory as _;

use crate::Cli;
use crate::source::Source;
use crate::workspace::Workspace;

/// What a command of the README may name.
struct Known {
    subcommands: Vec<String>,
    packages: Vec<String>,
    examples: Vec<String>,
}

/// Adds what is wrong with `README.md`; none at all is a fault as well.
pub(super) fn check(
    workspace: &Workspace,
    sources: &[Source],
    faults: &mut Vec<String>,
) -> Result<()> {
    let path = workspace.root.join("README.md");
    if !path.is_file() {
        faults.push("README.md: is missing".to_owned());
        return Ok(());
    }
    let text = fs::read_to_string(path)?;
    let targets = || {
        workspace
            .packages
            .iter()
            .flat_map(|package| &package.targets)
    };
    let known = Known {
        subcommands: Cli::command()
            .get_subcommands()
            .map(|subcommand| subcommand.get_name().to_owned())
            .collect(),
        packages: workspace
            .packages
            .iter()
            .map(|package| package.name.clone())
            .collect(),
        examples: targets()
            .filter(|target| target.kind == "example")
            .map(|target| target.name.clone())
            .collect(),
    };
    for (line, command) in commands(&text) {
        if let Some(why) = fault(&command, &known) {
            faults.push(format!("README.md:{line}: `{command}`: {why}"));
        }
    }
    let compiled = sources.iter().any(|source| {
        let tokens = &source.tokens;
        tokens.iter().any(|token| token.text == "include_str")
            && tokens
                .iter()
                .any(|token| token.text.ends_with("README.md\""))
    });
    if has_rust(&text) && !compiled {
        faults.push(
            "README.md: its Rust is not compiled; say \
             `#[cfg(doctest)] #[doc = include_str!(\"…/README.md\")]` in a crate"
                .to_owned(),
        );
    }
    Ok(())
}

/// Each `cargo …` in code, blocks or spans, with its line.
fn commands(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut block = false;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with("```") {
            block = !block;
        } else if block {
            let command = line.trim_start_matches("$ ");
            let command = command.split(" #").next().unwrap_or(command).trim();
            if command.starts_with("cargo ") {
                found.push((index + 1, command.to_owned()));
            }
        } else {
            let spans = line.split('`').skip(1).step_by(2);
            for span in spans.filter(|span| span.starts_with("cargo ")) {
                found.push((index + 1, span.to_owned()));
            }
        }
    }
    found
}

/// What the command names that does not exist.
fn fault(command: &str, known: &Known) -> Option<String> {
    let mut words = command.split_whitespace().skip(1);
    let mut previous = "";
    if command.starts_with("cargo xtask") {
        words.next();
        let name = words.next()?;
        let exists = name.starts_with('-') || known.subcommands.iter().any(|known| known == name);
        return (!exists).then(|| format!("there is no subcommand `{name}`"));
    }
    // What follows `--` is for the program.
    for word in words.take_while(|word| *word != "--") {
        let (list, what) = match previous {
            "-p" | "--package" => (&known.packages, "package"),
            "--example" => (&known.examples, "example"),
            _ => {
                previous = word;
                continue;
            }
        };
        if !list.iter().any(|known| known == word) {
            return Some(format!("there is no {what} `{word}`"));
        }
        previous = word;
    }
    None
}

fn has_rust(text: &str) -> bool {
    text.lines().any(|line| line.trim().starts_with("```rust"))
}

#[cfg(test)]
mod tests {
    use super::{Known, commands, fault, has_rust};

    #[test]
    fn commands_are_found_in_code() {
        let text = "cargo prose\n`cargo xtask ci` or `x` and `cargo test`\n```sh\n$ cargo a # b\n\
                    cargo c\nls\n```\ncargo d\n```rust\nlet x = 1;\n```\n";
        let expect = [
            (2, "cargo xtask ci"),
            (2, "cargo test"),
            (4, "cargo a"),
            (5, "cargo c"),
        ];
        let found = commands(text);
        let found: Vec<_> = found.iter().map(|(line, text)| (*line, &**text)).collect();
        assert_eq!(found, expect);
        assert!(has_rust(text) && !has_rust("```sh\n```"));
    }

    #[test]
    fn commands_name_what_exists() {
        let known = Known {
            subcommands: vec!["ci".into()],
            packages: vec!["hybi".into()],
            examples: vec!["echo".into()],
        };
        for (command, fine) in [
            ("cargo xtask ci --full", true),
            ("cargo xtask", true),
            ("cargo xtask --help", true),
            ("cargo xtask no-such", false),
            ("cargo test", true),
            (
                "cargo run --release -p hybi --example echo -- --port 0",
                true,
            ),
            ("cargo run -p hybi --example echo -- --example other", true),
            ("cargo run -p other", false),
            ("cargo run --example other", false),
            ("cargo add hybi", true),
        ] {
            assert_eq!(fault(command, &known).is_none(), fine, "{command}");
        }
    }
}
