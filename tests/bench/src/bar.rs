//! A figure beside the bar that was set for it. Information: none of them fails anything.

use std::fmt::{Display, Formatter, Result, Write};

use serde_json::{Value, json};

/// What was measured, and what it should be.
#[derive(Debug)]
pub(crate) struct Bar {
    pub(crate) what: String,
    pub(crate) measured: f64,
    pub(crate) limit: Limit,
    /// What both are counted in.
    pub(crate) unit: String,
}

/// On which side of the bar a figure should be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Limit {
    AtMost(f64),
    Below(f64),
    AtLeast(f64),
}

impl Bar {
    fn is_met(&self) -> bool {
        match self.limit {
            Limit::AtMost(limit) => self.measured <= limit,
            Limit::Below(limit) => self.measured < limit,
            Limit::AtLeast(limit) => self.measured >= limit,
        }
    }

    /// How far the figure is from the bar, as a part of that.
    fn distance(&self) -> f64 {
        let (Limit::AtMost(limit) | Limit::Below(limit) | Limit::AtLeast(limit)) = self.limit;
        ((self.measured - limit) / limit).abs()
    }
}

impl Display for Bar {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let verdict = if self.is_met() { "met" } else { "MISSED" };
        let (what, unit) = (&self.what, &self.unit);
        let (side, limit) = match self.limit {
            Limit::AtMost(limit) => ("at most", limit),
            Limit::Below(limit) => ("below", limit),
            Limit::AtLeast(limit) => ("at least", limit),
        };
        let (measured, limit) = (digits(self.measured), digits(limit));
        let distance = self.distance() * 100.0;
        write!(
            f,
            "{verdict} by {distance:.1} %: {what}: {measured} {unit} ({side} {limit})"
        )
    }
}

/// All of them as a list in Markdown; nothing if there are none.
pub(crate) fn markdown(bars: &[Bar]) -> String {
    if bars.is_empty() {
        return String::new();
    }
    let met = bars.iter().filter(|bar| bar.is_met()).count();
    let mut text = format!("\nBars, {met} of {} met:\n\n", bars.len());
    for bar in bars {
        let _ = writeln!(text, "- {bar}");
    }
    text
}

/// The same for programs.
pub(crate) fn to_json(bars: &[Bar]) -> Value {
    let bars = bars.iter().map(|bar| {
        json!({
            "what": bar.what,
            "measured": bar.measured,
            "unit": bar.unit,
            "met": bar.is_met(),
            "distance": bar.distance(),
        })
    });
    bars.collect()
}

/// Three digits, more before the point.
pub(crate) fn digits(value: f64) -> String {
    match value {
        ..9.995 => format!("{value:.2}"),
        ..99.95 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Bar, Limit, markdown};

    #[test]
    fn a_bar_is_met_or_missed_by_so_much() {
        let cases = [
            (1.05, Limit::AtMost(1.1), "met by 4.5 %"),
            (1.1, Limit::AtMost(1.1), "met by 0.0 %"),
            (1.21, Limit::AtMost(1.1), "MISSED by 10.0 %"),
            (1.0, Limit::Below(1.0), "MISSED by 0.0 %"),
            (0.7, Limit::AtLeast(0.8), "MISSED by 12.5 %"),
            (1.0, Limit::AtLeast(0.8), "met by 25.0 %"),
        ];
        for (measured, limit, verdict) in cases {
            let bar = Bar {
                what: "x".into(),
                measured,
                limit,
                unit: "ns".into(),
            };
            let text = bar.to_string();
            assert!(text.starts_with(&format!("{verdict}: x: ")), "{text}");
        }
        assert_eq!(markdown(&[]), "");
    }
}
