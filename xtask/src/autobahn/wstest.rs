//! One run of wstest: its specification, its log, its report.

use std::fs::{self, File};
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::autobahn::Pass;
use crate::autobahn::install::Environment;
use crate::autobahn::report::Report;
use crate::shell::Running;

/// How long wstest may take to say what it will run.
const START: Duration = Duration::from_secs(60);

/// wstest at work.
pub(super) struct Wstest<'a> {
    pub(super) running: Running,
    /// The cases that it was asked to run, in the order in which it runs them.
    pub(super) cases: Vec<String>,
    pass: &'a Pass,
}

impl<'a> Wstest<'a> {
    /// Starts wstest in `mode`; `specification` gets the selection of cases and the directory.
    pub(super) fn start(
        environment: &Environment,
        pass: &'a Pass,
        mode: &str,
        specification: Value,
    ) -> Result<Self> {
        // A report of an earlier run must never be taken for this one's.
        if pass.directory.exists() {
            fs::remove_dir_all(&pass.directory)?;
        }
        fs::create_dir_all(&pass.directory)?;
        let specification = complete(specification, &pass.selection);
        fs::write(pass.directory.join("spec.json"), specification.to_string())?;
        let log = File::create(pass.directory.join("wstest.log"))?;
        let mut command = environment.command("wstest");
        command
            .args(["--mode", mode, "--spec", "spec.json", "--webport", "0"])
            // Unbuffered, so that the log tells where it is.
            .env("PYTHONUNBUFFERED", "1")
            .current_dir(&pass.directory)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        let mut running = Running::start(&mut command)?;
        let cases = wait_for_cases(pass, &mut running)?;
        Ok(Self {
            running,
            cases,
            pass,
        })
    }

    /// Judges the report, which has to be written by now.
    pub(super) fn report(&self) -> Result<Report> {
        let path = self.pass.directory.join("report/index.json");
        let index = fs::read_to_string(&path).with_context(|| {
            let log = self.pass.directory.join("wstest.log");
            format!("wstest left no report; its log is {}", log.display())
        })?;
        println!(
            "{}: details in {}",
            self.pass.agent,
            path.with_file_name("index.html").display()
        );
        Report::parse(&self.pass.agent, &self.cases, &index)
    }
}

fn complete(mut specification: Value, selection: &Value) -> Value {
    for (key, value) in selection.as_object().into_iter().flatten() {
        specification[key] = value.clone();
    }
    specification["exclude-agent-cases"] = json!({});
    specification["outdir"] = json!("report");
    specification
}

fn wait_for_cases(pass: &Pass, running: &mut Running) -> Result<Vec<String>> {
    let path = pass.directory.join("wstest.log");
    let start = Instant::now();
    loop {
        let log = fs::read(&path)?;
        let log = String::from_utf8_lossy(&log);
        if let Some(cases) = cases(&log) {
            return Ok(cases);
        }
        if running.ended()?.is_some() {
            bail!("wstest has ended:\n{log}");
        }
        if start.elapsed() > START {
            bail!("wstest says nothing:\n{log}");
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// The list in the log's line `Cases = ['1.1.1', …]`, once the line is complete.
fn cases(log: &str) -> Option<Vec<String>> {
    let (_, rest) = log.split_once("Cases = [")?;
    let (list, _) = rest.split_once(']')?;
    let ids = list.split('\'').skip(1).step_by(2);
    Some(ids.map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{cases, complete};

    #[test]
    fn the_log_tells_the_cases() {
        for (log, expect) in [
            (
                "Cases = [u'1.1.1', '10.1.1']\n",
                Some(&["1.1.1", "10.1.1"][..]),
            ),
            ("Hello\nCases = []\n", Some(&[])),
            ("Cases = ['1.1.1', ", None),
            ("Hello\n", None),
        ] {
            let expect: Option<Vec<_>> =
                expect.map(|list| list.iter().map(|id| (*id).to_owned()).collect());
            assert_eq!(cases(log), expect, "{log}");
        }
    }

    #[test]
    fn a_specification_is_completed() {
        let selection = json!({"cases": ["1.*"], "exclude-cases": ["1.2"]});
        let specification = complete(json!({"url": "u"}), &selection);
        let expect = json!({
            "url": "u",
            "cases": ["1.*"],
            "exclude-cases": ["1.2"],
            "exclude-agent-cases": {},
            "outdir": "report",
        });
        assert_eq!(specification, expect);
    }
}
