//! Firmware under QEMU: that it does what it should, how much code it is, and what it uses.
//!
//! The package is `tests/embedded`. `peer` is a server and a client on a Cortex-M3 with 8 KiB of RAM
//! and no allocator, with Node's `ws` at the other ends of its serial lines; `calls` makes the same
//! calls in memory, and what it is larger than `nothing` is what frames and handshake take; `echo` is a
//! server alone, over a stream in memory; `driver` is both ends of a connection on a Cortex-M4 with an
//! allocator.
//!
//! Firmware that has passed says so and waits, so that its memory can be looked at from outside: how
//! much of the paint on its stack is left. Firmware that panics ends QEMU with a failure.

use std::fs;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::interop;
use crate::interop::debian::{self, Program};
use crate::no_std;
use crate::shell::{self, Running};
use crate::workspace::Workspace;

/// Where the firmware is.
pub(crate) const MANIFEST: &str = "tests/embedded/Cargo.toml";

const PROGRAMS: [Program; 2] = [
    Program {
        variable: "HYBI_QEMU_ARM",
        name: "qemu-system-arm",
        packages: &["qemu-system-arm"],
    },
    Program {
        variable: "HYBI_ARM_SIZE",
        name: "arm-none-eabi-size",
        packages: &["binutils-arm-none-eabi"],
    },
];

/// The most that frames and handshake may take, constants included.
const MAX_CODE: u64 = 10 * 1024;

/// How much of the stack must be left.
const MIN_LEFT: usize = 1024;

/// How long one firmware may run.
const LIMIT: Duration = Duration::from_secs(60);

/// With what cortex-m-rt paints the stack.
const PAINT: [u8; 4] = 0xCCCC_CCCC_u32.to_le_bytes();

/// How much time an instruction takes, as told to QEMU: a power of two, in nanoseconds.
const SHIFT: u32 = 7;

/// What QEMU plays.
struct Machine {
    name: &'static str,
    target: &'static str,
    feature: &'static str,
    /// What is built of the standard library.
    library: &'static str,
    /// In bytes, from [`RAM`] on.
    ram: usize,
    megahertz: u64,
}

const RAM: u32 = 0x2000_0000;

const SMALL: Machine = Machine {
    name: "stm32vldiscovery",
    target: "thumbv7m-none-eabi",
    feature: "peer",
    library: "core",
    ram: 8 * 1024,
    megahertz: 24,
};

const LARGE: Machine = Machine {
    name: "mps2-an386",
    target: "thumbv7em-none-eabihf",
    feature: "driver",
    library: "core,alloc",
    ram: 4 * 1024 * 1024,
    megahertz: 25,
};

/// Installs what is missing, builds the firmware, and runs it.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    install(workspace)?;
    let library = no_std::library(workspace, true)?;
    let library = library.context("the standard library's source is missing")?;
    for machine in [&SMALL, &LARGE] {
        for arguments in [
            &["clippy", "--bins", "--quiet"][..],
            &["build", "--bins", "--quiet"],
        ] {
            shell::run(&mut machine.cargo(workspace, &library, arguments))?;
        }
    }
    let code = SMALL.size(workspace, "calls")? - SMALL.size(workspace, "nothing")?;
    println!(
        "frames and handshake of both roles: {code} bytes of code, of {MAX_CODE} at most\n\
         the firmware with them: {} bytes; a server alone: {} bytes",
        SMALL.size(workspace, "peer")?,
        SMALL.size(workspace, "echo")?
    );
    SMALL.run(workspace, "calls")?;
    SMALL.run(workspace, "echo")?;
    run_peer(workspace)?;
    LARGE.run(workspace, "driver")?;
    println!(
        "the firmware with the driver: {} bytes",
        LARGE.size(workspace, "driver")?
    );
    ensure!(
        code <= MAX_CODE,
        "frames and handshake take {code} bytes of code"
    );
    Ok(())
}

/// Installs what is missing: programs, and the peer from npm.
pub(crate) fn install(workspace: &Workspace) -> Result<()> {
    debian::install(&PROGRAMS)?;
    interop::install_packages(workspace)
}

impl Machine {
    /// A subcommand of cargo on the firmware for this machine.
    fn cargo(&self, workspace: &Workspace, library: &Path, arguments: &[&str]) -> Command {
        let mut command = shell::cargo(&workspace.root);
        command
            .args(arguments)
            .args(["--release", "--locked", "--manifest-path", MANIFEST])
            .args(["--features", self.feature, "--target", self.target])
            .arg(format!("-Zbuild-std={}", self.library))
            .env("CARGO_TARGET_DIR", workspace.target.join("embedded"))
            .env("RUSTC_BOOTSTRAP", "1")
            .env("__CARGO_TESTS_ONLY_SRC_ROOT", library)
            .env_remove("RUSTFLAGS");
        if arguments[0] == "clippy" {
            command.args(["--", "-D", "warnings"]);
        }
        command
    }

    fn firmware(&self, workspace: &Workspace, name: &str) -> String {
        let path = workspace.target.join("embedded").join(self.target);
        path.join("release").join(name).to_string_lossy().into()
    }

    /// Code and constants of a firmware, in bytes.
    fn size(&self, workspace: &Workspace, name: &str) -> Result<u64> {
        let mut command = Command::new(PROGRAMS[1].path()?);
        let text = shell::read(command.arg(self.firmware(workspace, name)))?;
        text_size(&text).with_context(|| format!("cannot read the size of {name}"))
    }

    /// Runs firmware that needs nobody.
    fn run(&self, workspace: &Workspace, name: &str) -> Result<()> {
        println!("{name} on {}:", self.name);
        let qemu = Qemu::start(
            self,
            workspace,
            name,
            &["-icount", &format!("shift={SHIFT}")],
        )?;
        while let Some(line) = qemu.line()? {
            self.show(&line);
        }
        qemu.end()
    }

    /// Prints what a line of a firmware says: ticks of its clock as instructions.
    fn show(&self, line: &str) {
        let words: Vec<&str> = line.split(' ').collect();
        match (
            words.as_slice(),
            words.last().map(|word| word.parse::<u64>()),
        ) {
            (["ticks", name, _], Some(Ok(ticks))) => {
                let count = ticks * 1000 / (self.megahertz << SHIFT);
                println!("  {:<26}{count:>10} instructions", name.replace('-', " "));
            }
            _ => println!("  {line}"),
        }
    }
}

/// Runs the server and the client, with Node at the other ends of the lines.
fn run_peer(workspace: &Workspace) -> Result<()> {
    println!("peer on {}, with Node's ws:", SMALL.name);
    let port = shell::free_port()?;
    let mut node = Command::new("node");
    node.arg(workspace.root.join("tests/embedded/peer.mjs"))
        .arg(port.to_string())
        .env("HYBI_INTEROP_DIR", interop::directory(workspace))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut node = Running::start(&mut node)?;
    let mut input = node.child().stdin.take().context("node without stdin")?;
    let output = node.child().stdout.take().context("node without stdout")?;
    let output = lines(output);
    let other = output.recv_timeout(LIMIT);
    let other = other.context("node says no port; tests/embedded/peer.mjs")?;
    let qemu = Qemu::start(
        &SMALL,
        workspace,
        "peer",
        &[
            "-serial",
            &format!("tcp:127.0.0.1:{port},server=on,wait=off,nodelay=on"),
            "-serial",
            &format!("tcp:127.0.0.1:{other},nodelay=on"),
        ],
    )?;
    while let Some(line) = qemu.line()? {
        if line == "ready" {
            writeln!(input, "{line}")?;
        }
        SMALL.show(&line);
    }
    let status = node.wait_within(LIMIT)?;
    ensure!(
        status.success(),
        "the other end of the lines failed: {status}"
    );
    qemu.end()
}

/// QEMU, with a firmware in it that says what it does.
struct Qemu<'w> {
    running: Running,
    lines: Receiver<String>,
    start: Instant,
    monitor: u16,
    machine: &'w Machine,
    directory: std::path::PathBuf,
}

impl<'w> Qemu<'w> {
    fn start(
        machine: &'w Machine,
        workspace: &Workspace,
        name: &str,
        arguments: &[&str],
    ) -> Result<Self> {
        let monitor = shell::free_port()?;
        let directory = workspace.target.join("embedded");
        let mut command = Command::new(PROGRAMS[0].path()?);
        command
            .args(["-M", machine.name, "-display", "none"])
            .args(["-chardev", "stdio,id=console", "-semihosting-config"])
            .arg("enable=on,target=native,chardev=console")
            .arg("-monitor")
            .arg(format!("tcp:127.0.0.1:{monitor},server=on,wait=off"))
            .args(arguments)
            .args(["-kernel", &machine.firmware(workspace, name)])
            .current_dir(&directory)
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let mut running = Running::start(&mut command)?;
        let output = running.child().stdout.take();
        Ok(Self {
            lines: lines(output.context("QEMU without stdout")?),
            running,
            start: Instant::now(),
            monitor,
            machine,
            directory,
        })
    }

    /// The next line that the firmware says; `None` once it has passed.
    fn line(&self) -> Result<Option<String>> {
        let left = LIMIT.saturating_sub(self.start.elapsed());
        match self.lines.recv_timeout(left) {
            Ok(line) if line == "passed" => Ok(None),
            Ok(line) => Ok(Some(line)),
            Err(RecvTimeoutError::Timeout) => bail!("the firmware ran for more than {LIMIT:?}"),
            Err(RecvTimeoutError::Disconnected) => bail!("the firmware failed"),
        }
    }

    /// Looks at the stack, and ends.
    fn end(mut self) -> Result<()> {
        let file = self.directory.join("ram");
        let mut monitor = TcpStream::connect(("127.0.0.1", self.monitor))?;
        // The file's name is relative to QEMU's directory.
        write!(
            monitor,
            "pmemsave {RAM:#x} {} ram\nquit\n",
            self.machine.ram
        )?;
        let status = self.running.wait_within(LIMIT)?;
        ensure!(status.success(), "QEMU failed: {status}");
        let ram = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let (used, left) = stack(&ram).context("nothing is left of the stack")?;
        println!("  stack: {used} bytes at most, {left} never used");
        ensure!(left >= MIN_LEFT, "only {left} bytes of the stack are left");
        Ok(())
    }
}

/// The lines that come out of a program, which is read without end.
fn lines(output: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    receiver
}

/// How many bytes of a painted stack were used, and how many were not. Below it are variables.
fn stack(ram: &[u8]) -> Option<(usize, usize)> {
    let mut words = ram.chunks_exact(4);
    let below = words.position(|word| word == PAINT)?;
    // The first one has been taken.
    let left = 1 + words.take_while(|word| *word == PAINT).count();
    Some((ram.len() - 4 * (below + left), 4 * left))
}

/// The first figure in the second line of what `size` prints.
fn text_size(output: &str) -> Option<u64> {
    output
        .lines()
        .nth(1)?
        .split_whitespace()
        .next()?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::{PAINT, stack, text_size};

    #[test]
    fn the_stack_is_what_is_above_the_paint() {
        let ram = [&[1, 0, 0, 0][..], &PAINT, &PAINT, &[7; 12], &PAINT].concat();
        assert_eq!(stack(&ram), Some((16, 8)));
        assert_eq!(stack(&[0; 64]), None);
    }

    #[test]
    fn the_size_is_read() {
        let output = "   text\t   data\n  12344\t      0\n";
        assert_eq!(text_size(output), Some(12344));
        assert_eq!(text_size(""), None);
    }
}
