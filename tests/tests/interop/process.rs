//! A program that prints lines, with a time limit, ended when it is dropped.

use core::time::Duration;
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Instant;

/// How long a program may run. Peers give up by themselves a little earlier.
const LIMIT: Duration = Duration::from_secs(150);

/// A running program.
#[derive(Debug)]
pub(crate) struct Process {
    name: String,
    child: Child,
    lines: Receiver<String>,
    deadline: Instant,
}

impl Process {
    /// Starts it, with its output piped to us and nothing to read.
    pub(crate) fn start(command: &mut Command) -> Self {
        Self::spawn(command.stdin(Stdio::null()))
    }

    /// Starts it, with its input and its output piped to us.
    pub(crate) fn start_fed(command: &mut Command) -> (Self, ChildStdin) {
        let mut process = Self::spawn(command.stdin(Stdio::piped()));
        let input = process.child.stdin.take().expect("it is piped");
        (process, input)
    }

    fn spawn(command: &mut Command) -> Self {
        let name = format!("{command:?}");
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let output = BufReader::new(child.stdout.take().expect("it is piped"));
        let (sender, lines) = channel();
        // Ends with the program, or with the last one that wants a line.
        thread::spawn(move || {
            output
                .lines()
                .map_while(Result::ok)
                .try_for_each(|line| sender.send(line))
        });
        Self {
            name,
            child,
            lines,
            deadline: Instant::now() + LIMIT,
        }
    }

    /// The next line; `None` when the program has ended its output.
    pub(crate) fn line(&self) -> Option<String> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        match self.lines.recv_timeout(left) {
            Ok(line) => Some(line),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("{} printed nothing in time", self.name),
        }
    }

    /// Asks it to end, as a service is asked.
    pub(crate) fn terminate(&self) {
        let mut kill = Command::new("sh");
        kill.args(["-c", "kill -TERM \"$0\"", &self.child.id().to_string()]);
        assert!(kill.status().expect("a shell").success(), "{}", self.name);
    }

    /// How it has ended, if it has.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("it can be waited for")
    }

    /// Waits for its end. What it still prints is given back.
    pub(crate) fn finish(mut self) -> (ExitStatus, Vec<String>) {
        let rest = core::iter::from_fn(|| self.line()).collect();
        loop {
            if let Some(status) = self.ended() {
                return (status, rest);
            }
            assert!(Instant::now() < self.deadline, "{} does not end", self.name);
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended; then both calls fail or do nothing, and that is all right.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
