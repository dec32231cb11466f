//! The driver in a loop of one's own: an echo server on blocking sockets, without a runtime.
//!
//! ```text
//! cargo run --release --example bare_driver -- 9003
//! ```

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use hybi::driver::{Config, Connection, Event};
use hybi::handshake::{Accept, ServerConfig, ServerHandshake};

fn main() -> anyhow::Result<()> {
    let port = std::env::args()
        .nth(1)
        .map_or(Ok(9003), |port| port.parse())?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    println!("listening on ws://{}/", listener.local_addr()?);
    for stream in listener.incoming() {
        let stream = stream?;
        std::thread::spawn(move || serve(stream).inspect_err(|error| eprintln!("{error}")));
    }
    Ok(())
}

fn serve(mut stream: TcpStream) -> anyhow::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let (mut buffer, mut out, start) = ([0; 4096], Vec::new(), Instant::now());

    // The opening handshake; what comes behind the request are frames already.
    let mut handshake = ServerHandshake::start(&ServerConfig::default());
    let mut unread = loop {
        let len = stream.read(&mut buffer)?;
        anyhow::ensure!(len > 0, "closed before a request");
        let mut input = &buffer[..len];
        match handshake.receive(&mut input, &mut out) {
            Ok(ServerHandshake::NeedsInput(again)) => handshake = again,
            Ok(ServerHandshake::Requested(requested)) => {
                requested.accept(Accept::default(), &mut out)?;
                break input.to_vec();
            }
            Ok(_) => unreachable!("accepted by nobody"),
            Err(error) => {
                stream.write_all(&out)?; // the refusal
                return Err(error.into());
            }
        }
    };

    let mut connection = Connection::server(&Config::server());
    loop {
        // 1. Deal with what was read: an echo.
        let (reader, writer) = connection.split_mut();
        let mut input = &mut unread[..];
        let result = loop {
            match reader.receive(&mut input, writer, &mut out) {
                Ok(Some(Event::Message(message))) => writer.send(message, &mut out)?,
                Ok(Some(_)) => {}
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        // 2. Let time pass.
        let now = hybi::driver::Instant::from_duration(start.elapsed());
        let ticked = connection.tick(now, &mut out);
        // 3. Write everything, even if the connection has failed.
        stream.write_all(&out)?;
        out.clear();
        if connection.wants_shutdown() {
            stream.shutdown(Shutdown::Write)?;
        }
        result?;
        let deadline = ticked?;
        if connection.wants_shutdown() {
            return Ok(());
        }
        // 4. Wait for input or for the deadline.
        let wait =
            |at: hybi::driver::Instant| at.saturating_since(now).max(Duration::from_millis(1));
        stream.set_read_timeout(deadline.map(wait))?;
        unread = match stream.read(&mut buffer) {
            Ok(0) => return Ok(connection.receive_eof()?),
            Ok(len) => buffer[..len].to_vec(),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Vec::new(),
            Err(error) => return Err(error.into()),
        };
    }
}
