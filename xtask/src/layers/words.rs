//! What the sources of a crate must say, and what they must never name.

use crate::layers::Layer;
use crate::source::{Source, Token, closing, starts_with};

/// Rules for every file of the checkout, tests and tools included.
pub(super) fn check_anywhere(source: &Source, faults: &mut Vec<String>) {
    for token in &source.tokens {
        if token.text == "unsafe" {
            report(source, token, "`unsafe` occurs nowhere", faults);
        }
    }
}

/// Rules for the product of one crate.
pub(super) fn check(layer: &Layer, source: &Source, faults: &mut Vec<String>) {
    let tokens = source.product();
    if layer.is_no_std() {
        if source.path.ends_with("/src/lib.rs") {
            demand_no_std(source, faults);
        }
        forbid_the_world(source, &tokens, faults);
        forbid_comparing_instants(source, &tokens, faults);
    }
    if layer.is_bare() || source.path.contains("/src/bare/") {
        for token in tokens.iter().filter(|token| token.text == "alloc") {
            report(source, token, "nothing allocates here", faults);
        }
    }
    // What ws-driver does with an allocator, ws-embedded does without.
    if !matches!(layer.name, "ws-driver" | "ws-embedded") {
        forbid_close_codes_for_errors(source, &tokens, faults);
    }
}

/// `#![no_std]` without a condition: then a stray `std::` compiles for nobody.
fn demand_no_std(source: &Source, faults: &mut Vec<String>) {
    let tokens: Vec<&Token> = source.tokens.iter().collect();
    let found = tokens
        .windows(5)
        .any(|window| starts_with(window, "# ! [ no_std ]"));
    if !found {
        faults.push(format!("{}: lacks `#![no_std]`", source.path));
    }
}

/// Below L3 nothing names `std` or a random source. `core` and `alloc` have neither I/O nor
/// clocks, threads or locks, so naming `std` is the only way to them.
fn forbid_the_world(source: &Source, tokens: &[&Token], faults: &mut Vec<String>) {
    for (position, token) in tokens.iter().enumerate() {
        let path = tokens
            .get(position + 1)
            .is_some_and(|next| next.text == ":")
            && tokens
                .get(position + 2)
                .is_some_and(|next| next.text == ":");
        let after = position.checked_sub(1).map(|before| &*tokens[before].text);
        // A field or a variable may have these names; a path or a crate may not.
        let named = path || matches!(after, Some("crate" | "use"));
        match &*token.text {
            "std" if named => report(source, token, "no `std` below L3", faults),
            "getrandom" | "rand" | "fastrand" if named => {
                report(source, token, "no random source below L3", faults);
            }
            "thread_rng" | "OsRng" | "SysRng" => {
                report(source, token, "no random source below L3", faults);
            }
            _ => {}
        }
    }
}

/// Instants are compared in `timers.rs` alone (and in `time.rs`, which defines their order). As
/// types are not known here, an operand counts as an instant by its name.
fn forbid_comparing_instants(source: &Source, tokens: &[&Token], faults: &mut Vec<String>) {
    if matches!(source.stem(), "timers" | "time") || source.path.contains("/timers/") {
        return;
    }
    for (position, token) in tokens.iter().enumerate() {
        if !is_instant(&token.text) {
            continue;
        }
        // `self.timers.now` is one operand.
        let mut start = position;
        while start >= 2 && tokens[start - 1].text == "." {
            start -= 2;
        }
        let before = start.checked_sub(1).map_or("", |p| &*tokens[p].text);
        let earlier = start.checked_sub(2).map_or("", |p| &*tokens[p].text);
        let rest = &tokens[position + 1..];
        let compared = matches!(before, "<" | ">")
            || (before == "=" && matches!(earlier, "<" | ">" | "=" | "!"))
            || ["<", ">", "= =", "! =", ". cmp", ". max", ". min"]
                .iter()
                .any(|pattern| starts_with(rest, pattern));
        // `=> now` ends the pattern of a match arm and `-> now` cannot be: neither compares.
        let arrow = before == ">" && matches!(earlier, "=" | "-");
        if compared && !arrow {
            report(
                source,
                token,
                "instants are compared in timers.rs alone",
                faults,
            );
        }
    }
}

fn is_instant(name: &str) -> bool {
    matches!(name, "now" | "deadline" | "due" | "instant")
        || name.ends_with("_at")
        || name.ends_with("_deadline")
        || name.ends_with("_instant")
}

/// Only ws-driver decides which failure is which close code: elsewhere no error has a close code,
/// neither by a method, nor by a conversion, nor by a `match`.
fn forbid_close_codes_for_errors(source: &Source, tokens: &[&Token], faults: &mut Vec<String>) {
    let what = "only ws-driver maps errors to close codes";
    for position in 0..tokens.len() {
        let rest = &tokens[position..];
        if starts_with(rest, "fn close_code") {
            report(source, tokens[position], what, faults);
        }
        if starts_with(rest, "impl") {
            let Some(open) = rest.iter().position(|token| token.text == "{") else {
                continue;
            };
            let header = &rest[..open];
            let body = &rest[open..=closing(rest, open).min(rest.len() - 1)];
            let of_error = header.iter().any(|token| is_error(&token.text));
            let from = header.iter().any(|token| token.text == "CloseCode");
            if of_error && (from || body.iter().any(|token| token.text == "CloseCode")) {
                report(source, tokens[position], what, faults);
            }
        }
        if starts_with(rest, "= >") && arm_maps_error(tokens, position) {
            report(source, tokens[position], what, faults);
        }
    }
}

/// Whether the arm whose arrow is at `arrow` has an error on its left and a close code on its
/// right.
fn arm_maps_error(tokens: &[&Token], arrow: usize) -> bool {
    let mut end = arrow;
    if end > 0 && tokens[end - 1].text == "}" {
        // The fields of a pattern such as `Error::A { .. }` stand between its name and the arrow.
        while end > 0 && tokens[end - 1].text != "{" {
            end -= 1;
        }
        end = end.saturating_sub(1);
    }
    let left = tokens[..end]
        .iter()
        .rev()
        .take_while(|token| !matches!(&*token.text, "," | "{" | "}" | ";"));
    let right = tokens[arrow..]
        .iter()
        .take_while(|token| !matches!(&*token.text, "," | "{" | "}" | ";"));
    left.into_iter().any(|token| is_error(&token.text))
        && right.into_iter().any(|token| token.text == "CloseCode")
}

fn is_error(name: &str) -> bool {
    name.ends_with("Error")
}

fn report(source: &Source, token: &Token, what: &str, faults: &mut Vec<String>) {
    faults.push(format!("{}:{}: {what}", source.path, token.line));
}

#[cfg(test)]
mod tests {
    use super::{check, check_anywhere};
    use crate::layers::layer_of_product;
    use crate::source::Source;

    /// How many faults `text` has as the file `path`.
    fn faults(path: &str, text: &str) -> usize {
        let source = Source::parse(path, text).unwrap();
        let mut faults = Vec::new();
        check_anywhere(&source, &mut faults);
        if let Some(layer) = layer_of_product(path) {
            check(layer, &source, &mut faults);
        }
        faults.len()
    }

    #[test]
    fn unsafe_is_found_in_tests_too() {
        assert_eq!(faults("tests/tests/a.rs", "fn f() { unsafe { g() } }"), 1);
        assert_eq!(faults("xtask/src/a.rs", "fn f() { \"unsafe\"; }"), 0);
    }

    #[test]
    fn roots_below_l3_are_no_std() {
        for (path, text, expect) in [
            ("crates/ws-frame/src/lib.rs", "//! a\n#![no_std]", 0),
            ("crates/ws-frame/src/lib.rs", "//! a", 1),
            (
                "crates/ws-frame/src/lib.rs",
                "#![cfg_attr(not(x), no_std)]",
                1,
            ),
            ("crates/ws-futures/src/lib.rs", "//! a", 0),
            ("crates/ws-embedded/src/lib.rs", "//! a", 1),
        ] {
            assert_eq!(faults(path, text), expect, "{path}: {text}");
        }
    }

    #[test]
    fn the_world_is_not_named_below_l3() {
        for (text, expect) in [
            ("use std::io;", 1),
            ("use std::{net, time};", 1),
            ("use std;", 1),
            ("extern crate std;", 1),
            ("#[cfg(test)] extern crate std;", 0),
            ("fn f() { ::std::thread::spawn(g); }", 1),
            ("fn f(x: std::sync::Mutex<u8>) {}", 1),
            ("fn f() { getrandom::fill(b); }", 1),
            ("use rand::Rng;", 1),
            ("fn f() { OsRng }", 1),
            (
                "use chacha20::rand_core::RngCore; use core::time::Duration;",
                0,
            ),
            ("/// std::io\nfn f(std: u8) {}", 0),
            ("#[cfg(test)] mod tests { use std::io; }", 0),
        ] {
            assert_eq!(faults("crates/ws-http/src/a.rs", text), expect, "{text}");
        }
        assert_eq!(faults("crates/ws-futures/src/a.rs", "use std::io;"), 0);
    }

    #[test]
    fn frames_the_bare_handshake_and_ws_embedded_do_not_allocate() {
        for (path, expect) in [
            ("crates/ws-frame/src/a.rs", 1),
            ("crates/ws-handshake/src/bare/a.rs", 1),
            ("crates/ws-embedded/src/a.rs", 1),
            ("crates/ws-handshake/src/a.rs", 0),
            ("crates/ws-http/src/a.rs", 0),
        ] {
            assert_eq!(faults(path, "extern crate alloc;"), expect, "{path}");
        }
    }

    #[test]
    fn instants_are_compared_in_one_place() {
        for (text, expect) in [
            ("fn f() { now >= x }", 1),
            ("fn f() { x < self.timers.deadline }", 1),
            ("fn f() { if now < self.close_at {} }", 2),
            ("fn f() { self.close_at <= x }", 1),
            ("fn f() { a == deadline }", 1),
            ("fn f() { a.min(b); now.max(a) }", 1),
            ("fn f() { match a { b => now, _ => deadline } }", 0),
            (
                "fn tick(&mut self, now: Instant) -> Option<Instant> { self.timers.tick(now) }",
                0,
            ),
        ] {
            assert_eq!(faults("crates/ws-driver/src/a.rs", text), expect, "{text}");
            assert_eq!(faults("crates/ws-driver/src/timers.rs", text), 0, "{text}");
        }
    }

    #[test]
    fn close_codes_for_errors_are_ws_drivers() {
        for (text, expect) in [
            (
                "impl FrameError { pub fn close_code(&self) -> u16 { 1 } }",
                1,
            ),
            ("impl From<FrameError> for CloseCode { }", 1),
            ("impl FrameError { fn a(self) -> CloseCode { b } }", 1),
            (
                "fn f() { match e { FrameError::A => CloseCode::PROTOCOL, _ => x } }",
                1,
            ),
            (
                "fn f() { match e { FrameError::A { .. } => Some(CloseCode::B), _ => x } }",
                1,
            ),
            ("fn f() { match e { FrameError::A => 1, _ => x } }", 0),
            (
                "impl CloseCode { fn new() -> Self { match a { 1000 => CloseCode(1), _ => b } } }",
                0,
            ),
            ("impl fmt::Display for FrameError { fn fmt(&self) {} }", 0),
        ] {
            assert_eq!(faults("crates/ws-frame/src/a.rs", text), expect, "{text}");
            assert_eq!(faults("crates/ws-driver/src/a.rs", text), 0, "{text}");
            assert_eq!(faults("crates/ws-embedded/src/a.rs", text), 0, "{text}");
        }
    }
}
