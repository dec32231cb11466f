//! A tunnel through a proxy, over any byte stream.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;

use futures_io::{AsyncRead, AsyncWrite};
use ws_proxy::{Authority, Connect, ConnectOptions, Proxy, ProxyFields, Scheme, Socks5};

use crate::deadline::Deadline;
use crate::dial::error::{DialCause, DialError};
use crate::input::at_most;
use crate::opening::REFUSAL_BODY;
use crate::{Error, Rewound, Step};

/// So much is read of a proxy's answer at a time, in bytes.
const READ_LEN: usize = 4096;

/// Asks the proxy at the other end of `io` for a tunnel to `target`: with `CONNECT`, or SOCKS5 as
/// its [scheme](Scheme) says. `fields` are added to a `CONNECT`.
///
/// `io` is encrypted already if the proxy's scheme is `https`. A name goes to a SOCKS5 proxy as it
/// is, for `socks5` too: look it up before. No deadline is kept; nothing is tried twice.
///
/// # Errors
///
/// [`Error::Dial`], with the proxy's answer if it refuses.
pub async fn tunnel<T>(
    io: T,
    proxy: &Proxy,
    target: &Authority,
    fields: &ProxyFields,
) -> Result<Rewound<T>, Error>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let result = open(io, proxy, target, fields, &mut Deadline::none()).await;
    result.map_err(|cause| DialError::new(Step::Proxy, proxy.authority(), cause).into())
}

/// As [`tunnel`], within a time.
pub(crate) async fn open<T>(
    io: T,
    proxy: &Proxy,
    target: &Authority,
    fields: &ProxyFields,
    deadline: &mut Deadline<'_>,
) -> Result<Rewound<T>, DialCause>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    match proxy.scheme() {
        Scheme::Socks5 | Scheme::Socks5h => socks5(io, proxy, target, deadline).await,
        _ => connect(io, proxy, target, fields, deadline).await,
    }
}

async fn connect<T>(
    mut io: T,
    proxy: &Proxy,
    target: &Authority,
    fields: &ProxyFields,
    deadline: &mut Deadline<'_>,
) -> Result<Rewound<T>, DialCause>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let mut options = ConnectOptions::default();
    options.credentials = proxy.credentials().cloned();
    options.fields = fields.clone();
    let mut request = Vec::new();
    let mut waiting = Connect::start(target, &options, &mut request);
    deadline.within(write_all(&mut io, &request)).await??;
    let mut buffer = vec![0; READ_LEN];
    let mut hurries = false;
    loop {
        let read = deadline.within(read(&mut io, &mut buffer)).await;
        let step = match read.map_err(DialCause::from).and_then(|read| Ok(read?)) {
            Ok(0) => waiting.receive_eof()?,
            Ok(len) => {
                let mut input = &buffer[..len];
                let step = waiting.receive(&mut input)?;
                if matches!(step, Connect::Open(_)) {
                    return Ok(Rewound::new(io, input.to_vec()));
                }
                step
            }
            // A refusal of which not all has come is one all the same.
            Err(cause) => waiting.receive_eof().map_err(|_| cause)?,
        };
        match step {
            Connect::NeedsInput(again) => {
                if again.is_refused() && !hurries {
                    hurries = true;
                    deadline.hurry(REFUSAL_BODY);
                }
                waiting = again;
            }
            Connect::AuthenticationRequired(refusal) => {
                return Err(DialCause::AuthenticationRequired(refusal));
            }
            Connect::Refused(refusal) => return Err(DialCause::Refused(refusal)),
            // Open has been dealt with, and no other state can follow.
            _ => return Err(io::Error::from(io::ErrorKind::Unsupported).into()),
        }
    }
}

async fn socks5<T>(
    mut io: T,
    proxy: &Proxy,
    target: &Authority,
    deadline: &mut Deadline<'_>,
) -> Result<Rewound<T>, DialCause>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let mut out = Vec::new();
    let mut waiting = Socks5::start(target, proxy.credentials(), &mut out)?;
    let mut buffer = vec![0; READ_LEN];
    loop {
        deadline.within(write_all(&mut io, &out)).await??;
        out.clear();
        let len = deadline.within(read(&mut io, &mut buffer)).await??;
        if len == 0 {
            return Err(waiting.receive_eof().into());
        }
        let mut input = &buffer[..len];
        match waiting.receive(&mut input, &mut out)? {
            Socks5::NeedsInput(again) => waiting = again,
            // It has answered what it was not asked yet: that cannot be about us.
            Socks5::Open if !out.is_empty() => {
                return Err(io::Error::from(io::ErrorKind::InvalidData).into());
            }
            Socks5::Open => return Ok(Rewound::new(io, input.to_vec())),
            // No other state can follow.
            _ => return Err(io::Error::from(io::ErrorKind::Unsupported).into()),
        }
    }
}

/// Reads once; 0 at the end.
async fn read<T: AsyncRead + Unpin>(io: &mut T, buffer: &mut [u8]) -> io::Result<usize> {
    let len = poll_fn(|cx| Pin::new(&mut *io).poll_read(cx, buffer)).await?;
    at_most(len, buffer.len())
}

/// Writes all of it and sees that it gets off.
async fn write_all<T: AsyncWrite + Unpin>(io: &mut T, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        let len = poll_fn(|cx| Pin::new(&mut *io).poll_write(cx, bytes)).await?;
        if len == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        bytes = bytes.get(len..).unwrap_or_default();
    }
    poll_fn(|cx| Pin::new(&mut *io).poll_flush(cx)).await
}
