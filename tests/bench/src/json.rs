//! JSON as chats send it: deterministic, of any length, and no two alike.

use std::fmt::Write;

/// What is no longer than this is one message, anything else is a list of them.
const ONE: usize = 512;
/// The least that is left for the last message of a list.
const LAST: usize = 640;

/// Names of people and of rooms.
const NAMES: &[&str] = &[
    "amelia", "bruno", "chidi", "dorota", "emre", "fatima", "goran", "hana", "ines", "jakub",
    "keiko", "lars", "miriam", "noor", "olga", "pedro", "quentin", "rosa", "sven", "tomoko",
];
const ROOMS: &[&str] = &[
    "general",
    "release",
    "support",
    "random",
    "incidents",
    "design",
    "backend",
    "frontend",
];
/// What people write; the first ones more often.
const WORDS: &[&str] = &[
    "the",
    "a",
    "to",
    "is",
    "it",
    "and",
    "of",
    "in",
    "for",
    "we",
    "you",
    "that",
    "on",
    "not",
    "this",
    "with",
    "have",
    "be",
    "can",
    "was",
    "but",
    "at",
    "if",
    "so",
    "just",
    "there",
    "what",
    "all",
    "when",
    "think",
    "about",
    "see",
    "now",
    "one",
    "from",
    "will",
    "time",
    "then",
    "how",
    "tests",
    "build",
    "server",
    "after",
    "before",
    "deploy",
    "branch",
    "merge",
    "review",
    "please",
    "thanks",
    "works",
    "broken",
    "again",
    "morning",
    "coffee",
    "lunch",
    "meeting",
    "tomorrow",
    "yesterday",
    "connection",
    "timeout",
    "memory",
    "version",
    "customer",
    "ticket",
    "restart",
    "looks",
    "good",
    "better",
    "worse",
    "maybe",
    "should",
    "could",
    "would",
    "never",
    "always",
    "somebody",
    "question",
    "answer",
    "document",
    "window",
    "message",
    "history",
    "latency",
    "numbers",
    "benchmark",
    "weekend",
    "holiday",
    "train",
    "weather",
    "football",
    "kitchen",
    "plant",
    "camera",
    "keyboard",
    "screen",
    "battery",
    "charger",
    "invoice",
    "budget",
    "contract",
    "schedule",
    "calendar",
    "reminder",
    "notebook",
    "umbrella",
    "mountain",
    "library",
    "garden",
];

/// Exactly `len` bytes, at least 200; each number gives others.
pub(crate) fn text(number: u64, len: usize) -> String {
    let mut random = Random(number.wrapping_mul(0xa076_1d64_78bd_642f));
    let mut text = String::with_capacity(len);
    if len <= ONE {
        random.message(&mut text, len);
        return text;
    }
    text.push('[');
    while len - text.len() > 2 * LAST {
        let size = 190 + random.below(260);
        let end = text.len() + size;
        random.message(&mut text, end);
        text.push(',');
    }
    random.message(&mut text, len - 1);
    text.push(']');
    text
}

/// splitmix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let state = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        state ^ (state >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        let next = usize::try_from(self.next() >> 32).unwrap_or_default();
        next % limit
    }

    fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }

    /// A word; those in front are met far more often than those at the end.
    fn word(&mut self) -> &'static str {
        let most = self.below(WORDS.len()) + 1;
        WORDS[self.below(most)]
    }

    /// Appends a message, so that `out` is `end` bytes long then.
    fn message(&mut self, out: &mut String, end: usize) {
        let (id, sender) = (self.next() >> 16, self.below(NAMES.len()));
        let (name, room) = (NAMES[sender], self.pick(ROOMS));
        let (hour, minute, second) = (self.below(24), self.below(60), self.below(60));
        let milliseconds = self.below(1000);
        let _ = write!(
            out,
            "{{\"type\":\"message\",\"id\":\"{id:012x}\",\"room\":\"{room}\",\
             \"user\":{{\"id\":{},\"name\":\"{name}\"}},\
             \"sent\":\"2026-11-20T{hour:02}:{minute:02}:{second:02}.{milliseconds:03}Z\",\"text\":\"",
            1000 + sender * 37,
        );
        let end = end - "\"}".len();
        while out.len() < end {
            out.push_str(self.word());
            out.push(' ');
        }
        out.truncate(end);
        out.push_str("\"}");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::text;

    #[test]
    fn it_is_json_of_the_length_and_differs() {
        for len in [256, 1024, 16 << 10] {
            for number in 0..50 {
                let (one, other) = (text(number, len), text(number + 1, len));
                assert_eq!((one.len(), other.len()), (len, len));
                assert_ne!(one, other);
                serde_json::from_str::<Value>(&one).unwrap();
            }
        }
    }
}
