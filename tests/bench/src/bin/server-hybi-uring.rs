//! Our driver on `io_uring`: one read into a buffer of the kernel's choice, one write of all answers.

use std::io;
use std::rc::Rc;

use compio::net::TcpStream;
use hybi::driver::{Config, Connection, Event};
use hybi::handshake::{Accept, ServerConfig, ServerHandshake};
use hybi_bench::uring::{self, Pool};

fn main() -> io::Result<()> {
    let pool = Rc::new(Pool::default());
    uring::run(move |stream| echo(stream, Rc::clone(&pool)))
}

/// Serves one connection. Nothing here waits for time to pass: with the driver's defaults only an
/// unanswered Close does, and after a Close this hangs up.
async fn echo(mut stream: TcpStream, pool: Rc<Pool>) -> io::Result<()> {
    // In a box, so that the task of an open connection has no room for it.
    let Some(mut connection) = Box::pin(open(&mut stream, &pool)).await? else {
        return Ok(());
    };
    while !connection.wants_shutdown()
        && let Some(mut input) = uring::read(&mut stream).await?
    {
        let mut out = pool.lease();
        exchange(&mut connection, &mut input, &mut out, &pool)?;
        // Before it waits to write, which may take long.
        drop(input);
        if !out.is_empty() {
            out = uring::write(&mut stream, out).await?;
        }
        pool.give_back(out);
    }
    Ok(())
}

/// The handshake, and what has come with the request; `None` if the client has gone.
async fn open(stream: &mut TcpStream, pool: &Pool) -> io::Result<Option<Connection>> {
    let mut handshake = ServerHandshake::start(&ServerConfig::default());
    while let Some(mut input) = uring::read(stream).await? {
        let (mut unread, mut out) = (&input[..], pool.lease());
        match handshake.receive(&mut unread, &mut out) {
            Ok(ServerHandshake::NeedsInput(again)) => handshake = again,
            Ok(ServerHandshake::Requested(requested)) => {
                requested
                    .accept(Accept::default(), &mut out)
                    .map_err(io::Error::other)?;
                let mut connection = Connection::server(&Config::server());
                let taken = input.len() - unread.len();
                exchange(&mut connection, &mut input[taken..], &mut out, pool)?;
                drop(input);
                pool.give_back(uring::write(stream, out).await?);
                return Ok(Some(connection));
            }
            Ok(_) => return Err(io::ErrorKind::InvalidInput.into()),
            Err(error) => return Err(io::Error::other(error)),
        }
    }
    Ok(None)
}

/// Answers what was read.
fn exchange(
    connection: &mut Connection,
    mut input: &mut [u8],
    out: &mut Vec<u8>,
    pool: &Pool,
) -> io::Result<()> {
    let (reader, writer) = connection.split_mut();
    // For a message that does not come whole.
    if !reader.has_storage() {
        reader.give_storage(pool.lease());
    }
    // An error has put its Close into `out`, and ends the connection.
    while let Ok(Some(event)) = reader.receive(&mut input, writer, out) {
        if let Event::Message(message) = event {
            writer.send(message, out).map_err(io::Error::other)?;
        }
    }
    if let Some(storage) = reader.take_storage() {
        pool.give_back(storage);
    }
    Ok(())
}
