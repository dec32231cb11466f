//! The driver in a loop of one's own, on blocking sockets and without a runtime: an echo server, and
//! a client.
//!
//! ```text
//! cargo run --release --example bare_driver -- --port 9009
//! cargo run --release --example bare_driver -- --connect ws://127.0.0.1:9009/
//! ```

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use clap::Parser;
use hybi::Request;
use hybi::driver::{Config, Connection, Event, Message, Misuse, Seed, Writer};
use hybi::handshake::{Accept, ClientHandshake, Nonce, ServerConfig, ServerHandshake};

/// Echoes every message back; or, with `--connect`, is a client.
#[derive(Parser)]
struct Arguments {
    /// Port on 127.0.0.1; 0 lets the system choose.
    #[arg(long, default_value_t = 9009)]
    port: u16,
    /// Say hello to this server, print its answer, and close.
    #[arg(long, value_name = "URL", conflicts_with = "port")]
    connect: Option<String>,
}

/// How long a peer may think about its part of the opening handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if let Some(url) = &arguments.connect {
        return ask(url);
    }
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, arguments.port))?;
    println!("listening on ws://{}/", listener.local_addr()?);
    for stream in listener.incoming() {
        let stream = stream?;
        std::thread::spawn(move || serve(stream).inspect_err(|error| eprintln!("{error}")));
    }
    Ok(())
}

/// A server: the opening handshake, then an echo.
fn serve(mut stream: TcpStream) -> anyhow::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(HANDSHAKE))?;
    let (mut buffer, mut out) = ([0; 4096], Vec::new());
    let mut handshake = ServerHandshake::start(&ServerConfig::default());
    let unread = loop {
        let len = stream.read(&mut buffer)?;
        anyhow::ensure!(len > 0, "closed before a request");
        let mut input = &buffer[..len];
        match handshake.receive(&mut input, &mut out) {
            Ok(ServerHandshake::NeedsInput(again)) => handshake = again,
            Ok(ServerHandshake::Requested(requested)) => {
                requested.accept(Accept::default(), &mut out)?;
                break input.to_vec(); // what comes behind the request are frames already
            }
            Ok(_) => unreachable!("accepted by nobody"),
            Err(error) => {
                stream.write_all(&out)?; // the refusal
                return Err(error.into());
            }
        }
    };
    let connection = Connection::server(&Config::server());
    run(stream, connection, unread, out, |message, writer, out| {
        writer.send(message, out)
    })
}

/// A client: the opening handshake, then one message, and the closing handshake after its answer.
fn ask(url: &str) -> anyhow::Result<()> {
    let request = Request::from_url(url)?;
    anyhow::ensure!(!request.is_secure(), "there is no TLS here");
    let mut stream = TcpStream::connect((request.host(), request.port()))?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(HANDSHAKE))?;
    let (mut buffer, mut out) = ([0; 4096], Vec::new());
    let mut handshake = ClientHandshake::start(&request, Nonce::new(random()?), &mut out);
    stream.write_all(&out)?;
    out.clear();
    let unread = loop {
        let len = stream.read(&mut buffer)?;
        let mut input = &buffer[..len];
        let next = match len {
            0 => handshake.receive_eof()?,
            _ => handshake.receive(&mut input)?,
        };
        match next {
            ClientHandshake::NeedsInput(again) => handshake = again,
            ClientHandshake::Established(..) => break input.to_vec(),
            ClientHandshake::Rejected(response) => anyhow::bail!("refused: {}", response.status()),
            _ => unreachable!("there is no other state"),
        }
    };
    let mut connection = Connection::client(&Config::client(), Seed(random()?));
    connection.send(Message::Text("hello"), &mut out)?;
    run(stream, connection, unread, out, |message, writer, out| {
        println!("{message:?}");
        // If it says more than that, we are closing already, and that is all right.
        let _ = writer.close(None, out);
        Ok(())
    })
}

/// Entropy, of which nothing in the driver has any.
fn random<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// The loop, which is the same for both ends. `unread` came behind the opening handshake, and `out`
/// is still to be written.
fn run(
    mut stream: TcpStream,
    mut connection: Connection,
    mut unread: Vec<u8>,
    mut out: Vec<u8>,
    mut answer: impl FnMut(Message<'_>, &mut Writer, &mut Vec<u8>) -> Result<(), Misuse>,
) -> anyhow::Result<()> {
    let (mut buffer, start) = ([0; 4096], Instant::now());
    loop {
        // 1. Deal with what was read.
        let (reader, writer) = connection.split_mut();
        let mut input = &mut unread[..];
        let result = loop {
            match reader.receive(&mut input, writer, &mut out) {
                Ok(Some(Event::Message(message))) => answer(message, writer, &mut out)?,
                Ok(Some(_)) => {}
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        // 2. Let time pass.
        let now = hybi::driver::Instant::from_duration(start.elapsed());
        let ticked = connection.tick(now, &mut out);
        // 3. Write everything, even if the connection has failed. Then it may be over.
        stream.write_all(&out)?;
        out.clear();
        if connection.wants_shutdown() {
            let shut = stream.shutdown(Shutdown::Write);
            result?;
            ticked?;
            return Ok(shut?);
        }
        // 4. Wait for input or for the deadline.
        let wait =
            |at: hybi::driver::Instant| at.saturating_since(now).max(Duration::from_millis(1));
        stream.set_read_timeout(ticked?.map(wait))?;
        unread = match stream.read(&mut buffer) {
            // After both Closes, for a client: now it wants to shut down, too.
            Ok(0) => {
                connection.receive_eof()?;
                Vec::new()
            }
            Ok(len) => buffer[..len].to_vec(),
            // Which of them it is depends on the system.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
                ) =>
            {
                Vec::new()
            }
            // After both Closes a reset is as good an end as any.
            Err(error) => {
                connection.receive_eof().map_err(|_| error)?;
                Vec::new()
            }
        };
    }
}
