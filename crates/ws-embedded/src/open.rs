//! The opening handshake: RFC 6455 §4.

use embedded_io_async::{Read, Write};
use ws_handshake::Nonce;
use ws_handshake::bare::{Answer, Request, Requested, Rules, WriteError, reject};

use crate::end::{Client, MaskKeys, Server};
use crate::out::write as write_some;
use crate::{Buffers, Error, WebSocket};

/// The longest head that is read, in bytes, if `rx` has room for it.
const MAX_HEAD: usize = 8 * 1024;

/// What a server answers to a request that breaks no rule.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_enums, reason = "yes or no")]
pub enum Verdict<'f> {
    /// A WebSocket, with these fields behind those of the protocol.
    Accept(&'f [(&'f str, &'f str)]),
    /// This status of 300 or above, with these fields, and no body.
    Reject(u16, &'f [(&'f str, &'f str)]),
}

/// Answers the opening handshake on `io`, from its first byte, and accepts whoever keeps the
/// `rules`.
///
/// The request may be as long as `rx`, and 8 KiB at most. There is no clock here: put a deadline
/// around it, after which the connection is given up, for what was read is lost. To have the stream
/// back whatever comes of it, give a `&mut` to it.
///
/// # Errors
///
/// [`Error::Request`] when the request was refused; [`Error::Handshake`] if `tx` has no room for
/// the answer; when the stream fails or ends.
pub async fn accept<'b, T: Read + Write>(
    io: T,
    buffers: Buffers<'b>,
    rules: Rules<'b>,
) -> Result<WebSocket<'b, T, Server>, Error<T::Error>> {
    accept_with(io, buffers, rules, |_| Verdict::Accept(&[])).await
}

/// As [`accept`], but lets the application decide on each request, by its path, its origin or its
/// fields:
///
/// ```
/// # use embedded_io_async::{Read, Write};
/// # use ws_embedded::{Buffers, Error, Rules, Verdict, accept_with};
/// # async fn f<T: Read + Write>(stream: T, buffers: Buffers<'_>) -> Result<(), Error<T::Error>> {
/// let mut wants_samples = false;
/// let socket = accept_with(stream, buffers, Rules::new(), |request| {
///     wants_samples = request.path() == "/samples";
///     match request.path() {
///         "/samples" | "/control" => Verdict::Accept(&[("Server", "kettle/1")]),
///         _ => Verdict::Reject(404, &[]),
///     }
/// })
/// .await?;
/// # drop(socket);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// Those of [`accept`]; [`Error::Rejected`]; [`Error::Handshake`] for an answer that cannot be
/// said; the client is told 500 then.
pub async fn accept_with<'b, 'f, T: Read + Write>(
    mut io: T,
    buffers: Buffers<'b>,
    rules: Rules<'b>,
    decide: impl FnOnce(&Requested<'_, '_>) -> Verdict<'f>,
) -> Result<WebSocket<'b, T, Server>, Error<T::Error>> {
    buffers.check()?;
    let Buffers { rx, tx, flushes } = buffers;
    let room = rx.len().min(MAX_HEAD);
    let mut filled = 0;
    let requested = loop {
        read_lines(&mut io, &mut rx[..room], &mut filled).await?;
        match rules.receive(&rx[..room], filled) {
            Ok(None) => {}
            Ok(Some(requested)) => break requested,
            Err(error) => {
                let refusal = error.refuse(tx);
                refuse(&mut io, tx, refusal).await;
                return Err(Error::Request(error));
            }
        }
    };
    let fields = match decide(&requested) {
        Verdict::Accept(fields) => fields,
        Verdict::Reject(status, fields) => {
            let refusal = reject(status, fields, tx);
            let said = refusal.or_else(|_| reject(500, &[], tx));
            refuse(&mut io, tx, said).await;
            return Err(refusal.err().map_or(Error::Rejected, Error::Handshake));
        }
    };
    let len = match requested.accept(fields, tx) {
        Ok(len) => len,
        Err(error) => {
            let refusal = reject(500, &[], tx);
            refuse(&mut io, tx, refusal).await;
            return Err(Error::Handshake(error));
        }
    };
    write(&mut io, &tx[..len], flushes).await?;
    let (head, subprotocol) = (requested.len(), requested.subprotocol());
    let buffers = Buffers { rx, tx, flushes };
    Ok(WebSocket::new(
        io,
        buffers,
        head..filled,
        Server,
        subprotocol,
    ))
}

/// Asks for a WebSocket on `io`, a stream to the server.
///
/// `nonce` and `keys` are randomness that the caller provides: sixteen bytes for this connection
/// (RFC 6455 §4.1), and four for each frame (§5.3). The response may be as long as `rx`, and 8 KiB at
/// most. There is no clock here: put a deadline around it, after which the connection is given up,
/// for what was read is lost. To have the stream back whatever comes of it, give a `&mut` to it.
///
/// # Errors
///
/// [`Error::Refused`] for another status than 101; [`Error::Response`] when the response breaks a
/// rule; [`Error::Handshake`] if the request cannot be said, or has no room in `tx`; when the
/// stream fails or ends.
pub async fn connect<'b, T: Read + Write, K: MaskKeys>(
    mut io: T,
    buffers: Buffers<'b>,
    request: Request<'_, 'b>,
    nonce: Nonce,
    keys: K,
) -> Result<WebSocket<'b, T, Client<K>>, Error<T::Error>> {
    buffers.check()?;
    let (len, awaiting) = request.write(nonce, buffers.tx).map_err(Error::Handshake)?;
    write(&mut io, &buffers.tx[..len], buffers.flushes).await?;
    let room = buffers.rx.len().min(MAX_HEAD);
    let mut filled = 0;
    loop {
        read_lines(&mut io, &mut buffers.rx[..room], &mut filled).await?;
        let answer = awaiting.receive(&buffers.rx[..room], filled);
        match answer.map_err(Error::Response)? {
            None => {}
            Some(Answer::Accepted { len, subprotocol }) => {
                let end = Client(keys);
                return Ok(WebSocket::new(io, buffers, len..filled, end, subprotocol));
            }
            Some(Answer::Refused { status, .. }) => return Err(Error::Refused(status)),
        }
    }
}

/// Reads more of a head, until a line of it has ended or there is no more room: in between nothing
/// can be decided.
async fn read_lines<T: Read>(
    io: &mut T,
    room: &mut [u8],
    filled: &mut usize,
) -> Result<(), Error<T::Error>> {
    loop {
        let more = &mut room[*filled..];
        let len = match io.read(more).await {
            Ok(0) => return Err(Error::UnexpectedEof),
            Ok(len) => len.min(more.len()),
            Err(error) => return Err(Error::Io(error)),
        };
        *filled += len;
        if more[..len].contains(&b'\n') || *filled == room.len() {
            return Ok(());
        }
    }
}

/// Writes a refusal that lies in `tx`. Whether it arrives or not, the request was refused.
async fn refuse<T: Write>(io: &mut T, tx: &[u8], refusal: Result<usize, WriteError>) {
    if let Ok(len) = refusal {
        let _ = write(io, &tx[..len], true).await;
    }
}

async fn write<T: Write>(
    io: &mut T,
    mut bytes: &[u8],
    flushes: bool,
) -> Result<(), Error<T::Error>> {
    while !bytes.is_empty() {
        let len = write_some(io, bytes).await?;
        bytes = &bytes[len..];
    }
    if flushes {
        io.flush().await.map_err(Error::Io)?;
    }
    Ok(())
}
