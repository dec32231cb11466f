//! What wstest found, judged.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::{Context, Result};
use serde_json::Value;

/// The outcome of one pass.
#[derive(Debug)]
pub(super) struct Report {
    /// Our name in it.
    pub(super) agent: String,
    /// Every case that was asked for, in their order.
    cases: Vec<Case>,
}

#[derive(Debug)]
struct Case {
    id: String,
    /// `None`: OK. Otherwise what it was instead.
    failure: Option<String>,
}

impl Report {
    /// Judges `index`, the text of wstest's `index.json`. Each case of `expected` that is not
    /// in it counts as failed.
    pub(super) fn parse(agent: &str, expected: &[String], index: &str) -> Result<Self> {
        let index: Value = serde_json::from_str(index).context("index.json is no JSON")?;
        let results = &index[agent];
        let cases = expected
            .iter()
            .map(|id| Case {
                id: id.clone(),
                failure: failure(&results[id]),
            })
            .collect();
        Ok(Self {
            agent: agent.to_owned(),
            cases,
        })
    }

    /// How many cases there are.
    pub(super) fn len(&self) -> usize {
        self.cases.len()
    }

    /// What is not OK, one line for each case.
    pub(super) fn failures(&self) -> impl Iterator<Item = String> {
        self.cases.iter().filter_map(|case| {
            let failure = case.failure.as_ref()?;
            Some(format!("{} {failure}", case.id))
        })
    }

    /// How many cases of `section` are OK, and how many there are.
    fn section(&self, section: u32) -> (usize, usize) {
        let cases = || self.cases.iter().filter(|case| section_of(case) == section);
        let good = cases().filter(|case| case.failure.is_none()).count();
        (good, cases().count())
    }
}

/// A line for each report and a column for each section, as `good/all`.
pub(super) fn table(reports: &[Report]) -> String {
    let sections: BTreeSet<u32> = reports
        .iter()
        .flat_map(|report| &report.cases)
        .map(section_of)
        .collect();
    let mut text = format!("{:<14}", "section");
    // Writing to a String cannot fail.
    for section in &sections {
        let _ = write!(text, "{section:>9}");
    }
    text.push_str("      all\n");
    for report in reports {
        let _ = write!(text, "{:<14}", report.agent);
        let (mut good, mut all) = (0, 0);
        for section in &sections {
            let counts = report.section(*section);
            let _ = write!(text, "{:>9}", format!("{}/{}", counts.0, counts.1));
            good += counts.0;
            all += counts.1;
        }
        let _ = writeln!(text, "{:>9}", format!("{good}/{all}"));
    }
    text
}

/// Both verdicts have to be OK; INFORMATIONAL says that the RFC leaves it open.
fn failure(result: &Value) -> Option<String> {
    let verdict = |key: &str| result[key].as_str().unwrap_or("MISSING").to_owned();
    let (behavior, close) = (verdict("behavior"), verdict("behaviorClose"));
    let fine = |verdict: &str| verdict == "OK" || verdict == "INFORMATIONAL";
    if fine(&behavior) && fine(&close) {
        None
    } else {
        Some(format!("behavior {behavior}, close {close}"))
    }
}

fn section_of(case: &Case) -> u32 {
    let section = case.id.split('.').next().unwrap_or_default();
    section.parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{Report, table};

    const INDEX: &str = r#"{"a": {
        "1.1.1": {"behavior": "OK", "behaviorClose": "OK"},
        "1.1.2": {"behavior": "FAILED", "behaviorClose": "OK"},
        "6.4.1": {"behavior": "NON-STRICT", "behaviorClose": "OK"},
        "7.1.6": {"behavior": "INFORMATIONAL", "behaviorClose": "INFORMATIONAL"},
        "7.7.1": {"behavior": "OK", "behaviorClose": "WRONG CODE"},
        "10.1.1": {"behavior": "OK"},
        "12.1.1": {"behavior": "UNIMPLEMENTED", "behaviorClose": "OK"}
    }}"#;

    #[test]
    fn only_ok_is_ok() {
        for (id, expect) in [
            ("1.1.1", None),
            ("7.1.6", None),
            ("1.1.2", Some("1.1.2 behavior FAILED, close OK")),
            ("6.4.1", Some("6.4.1 behavior NON-STRICT, close OK")),
            ("7.7.1", Some("7.7.1 behavior OK, close WRONG CODE")),
            ("10.1.1", Some("10.1.1 behavior OK, close MISSING")),
            ("12.1.1", Some("12.1.1 behavior UNIMPLEMENTED, close OK")),
            ("9.9.9", Some("9.9.9 behavior MISSING, close MISSING")),
        ] {
            let report = Report::parse("a", &[id.to_owned()], INDEX).unwrap();
            let failures: Vec<_> = report.failures().collect();
            let expect: Vec<_> = expect.into_iter().collect();
            assert_eq!(failures, expect);
            assert_eq!(report.len(), 1);
        }
    }

    #[test]
    fn another_agent_s_results_are_not_ours() {
        let report = Report::parse("b", &["1.1.1".to_owned()], INDEX).unwrap();
        assert_eq!(report.failures().count(), 1);
        assert!(Report::parse("a", &[], "no JSON").is_err());
    }

    #[test]
    fn the_table_counts_by_section() {
        let ids = ["1.1.1", "1.1.2", "10.1.1"].map(str::to_owned);
        let report = Report::parse("a", &ids, INDEX).unwrap();
        let expect = "section               1       10      all\n\
                      a                   1/2      0/1      1/3\n";
        assert_eq!(table(&[report]), expect);
    }
}
