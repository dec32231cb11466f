//! A TCP echo without a protocol, on epoll: what the system calls cost.

use std::io;
use std::net::TcpStream;

use hybi_bench::epoll::{self, Backlog, Next, Shared};

#[derive(Default)]
struct Echo {
    unsent: Backlog,
}

impl epoll::Connection for Echo {
    fn ready(&mut self, stream: &mut TcpStream, shared: &mut Shared) -> io::Result<Next> {
        if !self.unsent.flush(stream, shared)? {
            return Ok(Next::Write);
        }
        let len = match epoll::read(stream, &mut shared.input)? {
            None => return Ok(Next::Read),
            Some(0) => return Ok(Next::Close),
            Some(len) => len,
        };
        let written = epoll::write(stream, &shared.input[..len])?;
        if written == len {
            return Ok(Next::Read);
        }
        let input = std::mem::take(&mut shared.input);
        self.unsent.keep([&input[..len]], written, shared);
        shared.input = input;
        Ok(Next::Write)
    }
}

fn main() -> io::Result<()> {
    epoll::run(Echo::default)
}
