//! The server's side.

use super::error::{RequestError, WriteError};
use super::head::{All, Head, Malformed, Protocol};
use super::out::Out;
use super::proof::proof;
use crate::authority::{Authority, is_same_host};
use crate::key::{KEY_LEN, is_key};
use crate::names::{EXTENSIONS, SUBPROTOCOLS};
use crate::seen::{Once, Seen};
use crate::syntax::{is_token, trim};
use crate::target::{is_target_at, path_and_query};

/// How many subprotocols a client may offer: each is compared with those before it.
const MAX_SUBPROTOCOLS: usize = 64;

/// By what a server judges requests.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rules<'a> {
    subprotocols: &'a [&'a str],
    any_origin: bool,
}

impl<'a> Rules<'a> {
    /// No subprotocols; a page may connect to the host that it came from (RFC 6455 §10.2).
    pub const fn new() -> Self {
        Self {
            subprotocols: &[],
            any_origin: false,
        }
    }

    /// The subprotocols that the server can speak. The first one of the client's that is among them
    /// is chosen.
    pub const fn with_subprotocols(mut self, names: &'a [&'a str]) -> Self {
        self.subprotocols = names;
        self
    }

    /// Every page may connect: for services that do not know clients by their cookies or by the
    /// network that they are in, and for those that look at [`Requested::origin`] themselves.
    pub const fn with_any_origin(mut self) -> Self {
        self.any_origin = true;
        self
    }

    /// Judges what has arrived: the first `filled` bytes of `buffer`. `None` if more are wanted.
    ///
    /// # Errors
    ///
    /// If the request breaks a rule of RFC 6455 §4.2.1, or does not fit into `buffer`. Say so with
    /// [`RequestError::refuse`] and close the transport.
    pub fn receive<'b>(
        &self,
        buffer: &'b [u8],
        filled: usize,
    ) -> Result<Option<Requested<'a, 'b>>, RequestError> {
        let bytes = buffer.get(..filled).unwrap_or(buffer);
        let Some(head) = Head::find(bytes, true)? else {
            return if bytes.len() == buffer.len() {
                Err(RequestError::TooLong)
            } else {
                Ok(None)
            };
        };
        self.check(head).map(Some)
    }

    /// In the order of the rules in `rfc6455`: the first one that is broken is told.
    fn check<'b>(&self, head: Head<'b>) -> Result<Requested<'a, 'b>, RequestError> {
        let (method, target, protocol) = request_line(head.start_line)?;
        head.check_names()?;
        let seen = Seen::in_lines(head.fields());
        // -1
        if protocol != Protocol::Http11 {
            return Err(RequestError::HttpVersion);
        }
        if method != b"GET" {
            return Err(RequestError::Method);
        }
        if seen.framing && !announces_nothing(&head) {
            return Err(RequestError::Body);
        }
        // -2, and RFC 9112 §3.2
        let host = seen
            .host
            .value()
            .and_then(|host| Authority::parse(host).ok());
        let host = host.ok_or(RequestError::Host)?;
        if !is_target_at(target, &host) {
            return Err(RequestError::Target);
        }
        // -3, -4
        if !seen.upgrade {
            return Err(RequestError::Upgrade);
        }
        if !seen.connection {
            return Err(RequestError::Connection);
        }
        // -6, §4.4
        check_version(&head, seen.version)?;
        // §4.2.2-4, §10.2
        let origin = match seen.origin {
            Once::Missing => None,
            Once::Value(value)
                if self.any_origin || is_same_host(value, &host, None) == Some(true) =>
            {
                Some(value)
            }
            _ => return Err(RequestError::OriginForbidden),
        };
        // -5
        let key = seen.key.value().filter(|key| is_key(key));
        let key = key.and_then(|key| key.try_into().ok());
        let key = key.ok_or(RequestError::Key)?;
        // -8
        if seen.subprotocols && !is_valid_offer(&head) {
            return Err(RequestError::Subprotocols);
        }
        // -9
        if seen.extensions && !is_extensions(&head) {
            return Err(RequestError::Extensions);
        }
        let mut offered = offered(&head);
        let subprotocol = offered.find_map(|name| {
            let mut known = self.subprotocols.iter().copied();
            known.find(|known| known.as_bytes() == name)
        });
        Ok(Requested {
            head,
            target,
            origin,
            key,
            subprotocol,
        })
    }
}

/// A request that breaks no rule, for the application to decide upon.
///
/// It is lent from the slice in which it arrived.
#[derive(Clone, Copy, Debug)]
pub struct Requested<'a, 'b> {
    head: Head<'b>,
    target: &'b str,
    origin: Option<&'b [u8]>,
    key: &'b [u8; KEY_LEN],
    subprotocol: Option<&'a str>,
}

#[expect(
    clippy::len_without_is_empty,
    reason = "no request is empty; this is where it ends"
)]
impl<'a, 'b> Requested<'a, 'b> {
    /// How many bytes the head was. Behind it there are frames.
    pub const fn len(&self) -> usize {
        self.head.len
    }

    /// The request target as the client sent it: path and query, or a URL of this host.
    pub const fn target(&self) -> &'b str {
        self.target
    }

    /// The path of the target, still percent-encoded, beginning with `/`.
    pub fn path(&self) -> &'b str {
        path_and_query(self.target).0
    }

    /// What stands behind the first `?` of the target.
    pub fn query(&self) -> Option<&'b str> {
        path_and_query(self.target).1
    }

    /// The value of `Sec-WebSocket-Key`.
    pub const fn key(&self) -> &'b [u8; 24] {
        self.key
    }

    /// The origin of the page that asks, if a browser told it.
    pub const fn origin(&self) -> Option<&'b [u8]> {
        self.origin
    }

    /// The subprotocols that the client can speak, the most preferred first.
    pub fn subprotocols(&self) -> impl Iterator<Item = &'b str> + use<'b> {
        // They are tokens.
        offered(&self.head).filter_map(|name| core::str::from_utf8(name).ok())
    }

    /// The first of the client's subprotocols that the server can speak; `accept` says it.
    pub const fn subprotocol(&self) -> Option<&'a str> {
        self.subprotocol
    }

    /// All fields, in their order. Names are tokens.
    pub fn fields(&self) -> impl Iterator<Item = (&'b [u8], &'b [u8])> + use<'b> {
        self.head.fields()
    }

    /// Writes the response with status 101 to the front of `out`, with these fields behind those of
    /// the protocol, and tells how many bytes it is.
    ///
    /// # Errors
    ///
    /// If it does not fit, or has something that may not be said.
    pub fn accept(&self, fields: &[(&str, &str)], out: &mut [u8]) -> Result<usize, WriteError> {
        let mut out = Out::new(out);
        out.put(
            b"HTTP/1.1 101 Switching Protocols\r\n\
            Upgrade: websocket\r\n\
            Connection: Upgrade\r\n",
        );
        out.field("Sec-WebSocket-Accept", &proof(self.key));
        if let Some(name) = self.subprotocol {
            out.field(SUBPROTOCOLS, name.as_bytes());
        }
        out.fields(fields)?;
        out.put(b"\r\n");
        out.finish()
    }
}

/// Writes a refusal without a body to the front of `out`, for a request that breaks no rule or has
/// not come in time, and tells how many bytes it is. Close the transport behind it.
///
/// # Errors
///
/// If it does not fit, has something that may not be said, or the status is below 300.
pub fn reject(status: u16, fields: &[(&str, &str)], out: &mut [u8]) -> Result<usize, WriteError> {
    if !(300..1000).contains(&status) {
        return Err(WriteError::Status);
    }
    let mut out = Out::new(out);
    out.status(status);
    out.fields(fields)?;
    out.end_refusal();
    out.finish()
}

/// RFC 9112 §3: method, target and version.
fn request_line(line: &[u8]) -> Result<(&[u8], &str, Protocol), RequestError> {
    let is_space = |&byte: &u8| byte == b' ';
    // Where the last word begins, which may be the only one.
    let last = line.iter().rposition(is_space).map_or(0, |at| at + 1);
    let protocol = Protocol::of(&line[last..]);
    if protocol == Protocol::Other {
        return Err(RequestError::HttpVersion);
    }
    let (method, rest) = line.split_at(line.iter().position(is_space).unwrap_or(0));
    let target = rest.get(1..last.saturating_sub(method.len() + 1));
    let target = target.unwrap_or_default();
    let is_target = |byte: &u8| byte.is_ascii_graphic() && *byte != b'#';
    if protocol != Protocol::None
        && is_token(method)
        && !target.is_empty()
        && target.iter().all(is_target)
        && let Ok(target) = core::str::from_utf8(target)
    {
        return Ok((method, target, protocol));
    }
    Err(Malformed.into())
}

/// Whether the fields that announce a body announce one of no bytes.
fn announces_nothing(head: &Head<'_>) -> bool {
    let mut lengths = head.all("Content-Length");
    let is_zero = |length: &[u8]| !length.is_empty() && length.iter().all(|&byte| byte == b'0');
    head.all("Transfer-Encoding").next().is_none()
        && lengths.next().is_some_and(is_zero)
        && lengths.next().is_none()
}

/// §4.4: what is no version of the protocol, but asks for one, is told which one there is.
fn check_version(head: &Head<'_>, version: Once<'_>) -> Result<(), RequestError> {
    if version == Once::Value(b"13") {
        return Ok(());
    }
    let present = |name: &str| head.all(name).next().is_some_and(|value| !value.is_empty());
    let is_numbered = present("Sec-WebSocket-Version") || present("Sec-WebSocket-Key");
    Err(match version {
        Once::Missing if is_numbered => RequestError::VersionMissing,
        Once::Repeated if is_numbered => RequestError::VersionRepeated,
        _ => RequestError::VersionUnsupported,
    })
}

/// Whether there is one line that is text, or several.
fn is_extensions(head: &Head<'_>) -> bool {
    let mut lines = head.all(EXTENSIONS);
    let is_empty = lines.next().is_none_or(<[u8]>::is_empty) && lines.next().is_none();
    !is_empty && head.all(EXTENSIONS).all(<[u8]>::is_ascii)
}

/// What a client offers, over all lines of the field.
const fn offered<'b>(head: &Head<'b>) -> Offered<'b> {
    Offered {
        lines: head.all(SUBPROTOCOLS),
        line: &[],
    }
}

#[derive(Clone, Debug)]
struct Offered<'b> {
    lines: All<'b, 'static>,
    /// What is left of the line under way.
    line: &'b [u8],
}

impl<'b> Iterator for Offered<'b> {
    type Item = &'b [u8];

    #[inline(never)]
    fn next(&mut self) -> Option<&'b [u8]> {
        loop {
            while self.line.is_empty() {
                self.line = self.lines.next()?;
            }
            let end = self.line.iter().position(|&byte| byte == b',');
            let (element, rest) = self.line.split_at(end.unwrap_or(self.line.len()));
            self.line = rest.get(1..).unwrap_or_default();
            let element = trim(element);
            if !element.is_empty() {
                return Some(element);
            }
        }
    }
}

/// §4.1-10: elements that are tokens and differ.
fn is_valid_offer(head: &Head<'_>) -> bool {
    let mut count = 0;
    for name in offered(head) {
        if count == MAX_SUBPROTOCOLS
            || !is_token(name)
            || offered(head).take(count).any(|other| other == name)
        {
            return false;
        }
        count += 1;
    }
    count > 0
}
