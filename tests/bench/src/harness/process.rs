//! A server while it runs.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};

use super::server::Server;

/// A server that is killed, by its own id, when this value is dropped.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    pub(crate) port: u16,
}

impl Running {
    /// Starts a server and waits until it can be connected to.
    pub(crate) fn start(server: &Server) -> Result<Self> {
        let (mut running, line) = Self::spawn(server)?;
        running.port = line
            .trim_end_matches('/')
            .rsplit(':')
            .next()
            .and_then(|port| port.parse().ok())
            .with_context(|| format!("no port in `{line}`"))?;
        Ok(running)
    }

    /// Why this machine cannot run a server, if that is so.
    pub(crate) fn cannot(server: &Server) -> Option<String> {
        if let Some(lack) = server.lacks() {
            return Some(lack);
        }
        // One that fails fails again when it is measured, and is seen there.
        let (_, line) = Self::spawn(server).ok()?;
        Some(line.strip_prefix("skipped: ")?.to_owned())
    }

    /// A server, and the first line that it prints.
    fn spawn(server: &Server) -> Result<(Self, String)> {
        let mut command = server.command()?;
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            // What it has to say of connections that end is of no interest.
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}", server.name))?;
        let stdout = child.stdout.take();
        let running = Self { child, port: 0 };
        let mut line = String::new();
        BufReader::new(stdout.context("no stdout")?).read_line(&mut line)?;
        line.truncate(line.trim_end().len());
        Ok((running, line))
    }

    /// What its threads have spent so far.
    pub(crate) fn cpu_time(&self) -> Result<CpuTime> {
        let mut threads = BTreeMap::new();
        for task in fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let task = task?;
            let text = fs::read_to_string(task.path().join("schedstat"))?;
            let spent = text.split(' ').next().unwrap_or_default();
            threads.insert(task.file_name(), spent.parse().context("schedstat")?);
        }
        Ok(CpuTime { threads })
    }

    /// Its resident memory that is no file's, in bytes. What the kernel keeps for it is not
    /// counted.
    pub(crate) fn memory(&self) -> Result<u64> {
        let text = fs::read_to_string(format!("/proc/{}/smaps_rollup", self.child.id()))?;
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix("Anonymous:"))
            .context("smaps_rollup has no line `Anonymous:`")?;
        let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kibibytes << 10)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only when it has already been waited for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// CPU time of a process, in nanoseconds by thread.
#[derive(Debug)]
pub(crate) struct CpuTime {
    threads: BTreeMap<OsString, u64>,
}

impl CpuTime {
    /// What was spent since `earlier`. A thread that has ended since is an error: the kernel no
    /// longer tells its time, and the server would look faster than it is.
    pub(crate) fn since(&self, earlier: &Self) -> Result<Duration> {
        for thread in earlier.threads.keys() {
            self.threads
                .get(thread)
                .with_context(|| format!("thread {} has ended", thread.display()))?;
        }
        let sum = |time: &Self| time.threads.values().sum::<u64>();
        Ok(Duration::from_nanos(sum(self).saturating_sub(sum(earlier))))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::CpuTime;

    fn time(threads: &[(&str, u64)]) -> CpuTime {
        CpuTime {
            threads: threads.iter().map(|(id, ns)| (id.into(), *ns)).collect(),
        }
    }

    #[test]
    fn the_time_of_every_thread_counts() {
        let before = time(&[("1", 100), ("2", 10)]);
        let after = time(&[("1", 150), ("2", 11), ("3", 5)]);
        assert_eq!(after.since(&before).unwrap(), Duration::from_nanos(56));
        let error = time(&[("1", 150)]).since(&before).unwrap_err();
        assert_eq!(error.to_string(), "thread 2 has ended");
    }
}
