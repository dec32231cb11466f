//! A tunnel through a SOCKS5 proxy.

use alloc::vec::Vec;
use core::fmt;
use core::net::IpAddr;

use crate::authority::Authority;
use crate::credentials::Credentials;
use crate::error::{Misuse, SocksError, SocksReply};

/// The version in all messages but those of the authentication (RFC 1928 §3).
const VERSION: u8 = 5;
/// The version in those (RFC 1929 §2).
const AUTHENTICATION_VERSION: u8 = 1;

const NO_AUTHENTICATION: u8 = 0;
const USER_AND_PASSWORD: u8 = 2;
const NO_ACCEPTABLE_METHOD: u8 = 0xff;

const CONNECT: u8 = 1;

const IPV4: u8 = 1;
const NAME: u8 = 3;
const IPV6: u8 = 4;

/// Where a tunnel through a SOCKS5 proxy stands (RFC 1928).
///
/// ```
/// use ws_proxy::{Authority, Socks5};
///
/// let mut out = Vec::new();
/// let target = Authority::new("example.com", 80)?;
/// let socks = Socks5::start(&target, None, &mut out)?;
/// // Write what is in `out`, read, and so on, until the tunnel is open.
/// assert_eq!(core::mem::take(&mut out), [5, 1, 0]);
/// let Socks5::NeedsInput(socks) = socks.receive(&mut &[5, 0][..], &mut out)? else {
///     panic!("the proxy has yet to connect");
/// };
/// assert_eq!(out, b"\x05\x01\x00\x03\x0bexample.com\x00\x50");
/// let mut input = &b"\x05\x00\x00\x01\x7f\x00\x00\x01\x04\x38hello"[..];
/// assert!(matches!(socks.receive(&mut input, &mut out)?, Socks5::Open));
/// assert_eq!(input, b"hello");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Socks5 {
    /// What is in `out` must be written; then more bytes are wanted.
    NeedsInput(AwaitingSocks5),
    /// The tunnel is open: what is read and written from now on is read and written by the other
    /// end. If something has been appended to `out`, the proxy has answered before it was asked,
    /// and the transport must be closed.
    Open,
}

impl Socks5 {
    /// Begins: appends the greeting to `out`.
    ///
    /// A name is sent as such, so that the proxy looks it up (`socks5h`); for `socks5` the caller
    /// does, and makes the target of an [address](Authority::from_address). One is never taken for
    /// the other here. The proxy may do without the credentials.
    ///
    /// # Errors
    ///
    /// [`Misuse::SocksCredentials`] if user or password are longer than 255 bytes. Nothing has been
    /// appended then.
    pub fn start(
        target: &Authority,
        credentials: Option<&Credentials>,
        out: &mut Vec<u8>,
    ) -> Result<AwaitingSocks5, Misuse> {
        let authentication = credentials.map(authentication).transpose()?;
        let request = request(target)?;
        // RFC 1928 §3
        if authentication.is_some() {
            out.extend_from_slice(&[VERSION, 2, NO_AUTHENTICATION, USER_AND_PASSWORD]);
        } else {
            out.extend_from_slice(&[VERSION, 1, NO_AUTHENTICATION]);
        }
        Ok(AwaitingSocks5 {
            stage: Stage::Method,
            authentication,
            request,
            message: Vec::new(),
        })
    }
}

/// A tunnel that waits for the proxy's next message.
pub struct AwaitingSocks5 {
    stage: Stage,
    /// What to send if the proxy wants to know who asks.
    authentication: Option<Vec<u8>>,
    /// What to send then.
    request: Vec<u8>,
    /// The proxy's current message so far: at most 262 bytes.
    message: Vec<u8>,
}

/// Which message is awaited.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    /// The choice among the methods of authentication (RFC 1928 §3).
    Method,
    /// Whether user and password are right (RFC 1929 §2).
    Authentication,
    /// What became of the request (RFC 1928 §6).
    Reply,
}

impl AwaitingSocks5 {
    /// Takes bytes off the front of `input`, up to the end of the proxy's last message, and appends
    /// to `out` what is to be sent next.
    ///
    /// Bytes behind the last message stay in `input`: they come from the other end of the tunnel.
    /// The address in it, from which the proxy has connected, is skipped.
    ///
    /// # Errors
    ///
    /// If the proxy refuses or breaks a rule. The transport must be closed; what is left of `input`
    /// has been swallowed.
    pub fn receive(mut self, input: &mut &[u8], out: &mut Vec<u8>) -> Result<Socks5, SocksError> {
        while let Some((&byte, rest)) = input.split_first() {
            *input = rest;
            self.message.push(byte);
            match self.step(out) {
                Ok(false) => {}
                Ok(true) => return Ok(Socks5::Open),
                Err(error) => {
                    *input = &[];
                    return Err(error);
                }
            }
        }
        Ok(Socks5::NeedsInput(self))
    }

    /// Tells that the connection has ended: the error that this is.
    pub fn receive_eof(self) -> SocksError {
        match self.stage {
            Stage::Method => SocksError::ClosedInGreeting,
            Stage::Authentication => SocksError::ClosedInAuthentication,
            Stage::Reply => SocksError::ClosedInReply,
        }
    }

    /// Judges the message after each of its bytes; whether it opens the tunnel.
    fn step(&mut self, out: &mut Vec<u8>) -> Result<bool, SocksError> {
        match (self.stage, &*self.message) {
            (Stage::Method | Stage::Reply, [VERSION])
            | (Stage::Authentication, [AUTHENTICATION_VERSION]) => {}
            (Stage::Method | Stage::Reply, &[version]) => return Err(SocksError::Version(version)),
            (Stage::Authentication, &[version]) => {
                return Err(SocksError::AuthenticationVersion(version));
            }
            (Stage::Method, &[_, method]) => self.method(method, out)?,
            // RFC 1929 §2: 0 is success, anything else is not.
            (Stage::Authentication, [_, 0]) => self.request(out),
            (Stage::Authentication, _) => return Err(SocksError::AuthenticationFailed),
            // RFC 1928 §6. A proxy that refuses may leave out the rest of the reply.
            (Stage::Reply, &[_, code]) => {
                if let Some(reply) = SocksReply::of(code) {
                    return Err(SocksError::Refused(reply));
                }
            }
            (Stage::Reply, &[_, _, _, kind]) if !matches!(kind, IPV4 | NAME | IPV6) => {
                return Err(SocksError::AddressType(kind));
            }
            (Stage::Reply, reply) => return Ok(Some(reply.len()) == reply_len(reply)),
            (Stage::Method, _) => {}
        }
        Ok(false)
    }

    /// The proxy has chosen a method of authentication.
    fn method(&mut self, method: u8, out: &mut Vec<u8>) -> Result<(), SocksError> {
        match (method, self.authentication.take()) {
            (NO_AUTHENTICATION, _) => self.request(out),
            (USER_AND_PASSWORD, Some(authentication)) => {
                out.extend_from_slice(&authentication);
                self.stage = Stage::Authentication;
                self.message.clear();
            }
            (NO_ACCEPTABLE_METHOD, _) => return Err(SocksError::NoAcceptableMethod),
            (method, _) => return Err(SocksError::UnofferedMethod(method)),
        }
        Ok(())
    }

    /// The proxy is ready for the request.
    fn request(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.request);
        self.stage = Stage::Reply;
        self.message.clear();
    }
}

impl fmt::Debug for AwaitingSocks5 {
    /// Shows no credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AwaitingSocks5")
            .field("stage", &self.stage)
            .field("message", &self.message)
            .finish_non_exhaustive()
    }
}

/// How long a reply is, once the bytes that tell are there (RFC 1928 §6).
fn reply_len(reply: &[u8]) -> Option<usize> {
    let address = match *reply.get(3)? {
        IPV4 => 4,
        IPV6 => 16,
        _ => 1 + usize::from(*reply.get(4)?),
    };
    Some(4 + address + 2)
}

/// RFC 1929 §2
fn authentication(credentials: &Credentials) -> Result<Vec<u8>, Misuse> {
    let mut message = Vec::from([AUTHENTICATION_VERSION]);
    for part in [credentials.user(), credentials.password()] {
        push_counted(part, &mut message).ok_or(Misuse::SocksCredentials)?;
    }
    Ok(message)
}

/// RFC 1928 §4
fn request(target: &Authority) -> Result<Vec<u8>, Misuse> {
    let mut message = Vec::from([VERSION, CONNECT, 0]);
    match target.address() {
        Some(IpAddr::V4(address)) => {
            message.push(IPV4);
            message.extend_from_slice(&address.octets());
        }
        Some(IpAddr::V6(address)) => {
            message.push(IPV6);
            message.extend_from_slice(&address.octets());
        }
        None => {
            message.push(NAME);
            push_counted(target.host().as_bytes(), &mut message).ok_or(Misuse::Host)?;
        }
    }
    message.extend_from_slice(&target.port().to_be_bytes());
    Ok(message)
}

/// Appends the length in one byte, and the bytes; `None` if there are more than it can say.
fn push_counted(bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
    out.push(u8::try_from(bytes.len()).ok()?);
    out.extend_from_slice(bytes);
    Some(())
}

#[cfg(test)]
mod tests;
