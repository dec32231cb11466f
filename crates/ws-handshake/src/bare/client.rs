//! The client's side.

use super::error::{ResponseError, WriteError};
use super::head::{Head, Malformed, Protocol};
use super::out::Out;
use super::proof::{encode, proof};
use crate::authority::Authority;
use crate::key::{KEY_LEN, Nonce, PROOF_LEN};
use crate::names::{EXTENSIONS, SUBPROTOCOLS};
use crate::seen::{Once, lists};
use crate::syntax::is_token;

/// How many interim responses (1xx) a server may send before its answer.
const MAX_INTERIM: u32 = 8;

/// What a client asks for. `'s` is how long the names of the subprotocols live, one of which comes
/// back in the [`Answer`].
#[derive(Clone, Copy, Debug)]
pub struct Request<'a, 's> {
    host: &'a str,
    target: &'a str,
    subprotocols: &'s [&'s str],
    fields: &'a [(&'a str, &'a str)],
}

impl<'a> Request<'a, 'static> {
    /// A request for `target` (path and query, beginning with `/`) at `host`, which is what `Host`
    /// says: `host[:port]`, without the port if it is the scheme's default one.
    pub const fn new(host: &'a str, target: &'a str) -> Self {
        Self {
            host,
            target,
            subprotocols: &[],
            fields: &[],
        }
    }
}

impl<'a, 's> Request<'a, 's> {
    /// Offers these subprotocols, the most preferred first.
    pub const fn with_subprotocols<'n>(self, names: &'n [&'n str]) -> Request<'a, 'n> {
        Request {
            host: self.host,
            target: self.target,
            subprotocols: names,
            fields: self.fields,
        }
    }

    /// Adds fields, such as `Origin` or `Authorization`, behind those of the protocol.
    pub const fn with_fields(mut self, fields: &'a [(&'a str, &'a str)]) -> Self {
        self.fields = fields;
        self
    }

    /// Writes the request to the front of `out`, and tells how many bytes it is.
    ///
    /// # Errors
    ///
    /// If it does not fit, or has something that may not be said.
    pub fn write(
        &self,
        nonce: Nonce,
        out: &mut [u8],
    ) -> Result<(usize, AwaitingResponse<'s>), WriteError> {
        match Authority::parse(self.host.as_bytes()) {
            Ok(host) if !host.is_broken_ipv4() => {}
            _ => return Err(WriteError::Host),
        }
        let is_target = |byte: u8| byte.is_ascii_graphic() && byte != b'#';
        if !self.target.starts_with('/') || !self.target.bytes().all(is_target) {
            return Err(WriteError::Target);
        }
        for (i, name) in self.subprotocols.iter().enumerate() {
            // RFC 6455 §4.1-10
            if !is_token(name.as_bytes()) || self.subprotocols[..i].contains(name) {
                return Err(WriteError::Subprotocols);
            }
        }
        let is_for_proxy = |name: &str| name.eq_ignore_ascii_case("Proxy-Authorization");
        if self.fields.iter().any(|(name, _)| is_for_proxy(name)) {
            return Err(WriteError::ProtocolField);
        }
        let mut key = [b'='; KEY_LEN];
        encode(&nonce.bytes(), &mut key);
        let mut out = Out::new(out);
        out.put(b"GET ");
        out.put(self.target.as_bytes());
        out.put(b" HTTP/1.1\r\n");
        out.field("Host", self.host.as_bytes());
        out.put(b"Upgrade: websocket\r\nConnection: Upgrade\r\n");
        out.field("Sec-WebSocket-Key", &key);
        out.field("Sec-WebSocket-Version", b"13");
        for (i, name) in self.subprotocols.iter().enumerate() {
            if i == 0 {
                out.put(SUBPROTOCOLS.as_bytes());
            }
            out.put(if i == 0 { b": " } else { b", " });
            out.put(name.as_bytes());
        }
        if !self.subprotocols.is_empty() {
            out.put(b"\r\n");
        }
        out.fields(self.fields)?;
        out.put(b"\r\n");
        let awaiting = AwaitingResponse {
            proof: proof(&key),
            subprotocols: self.subprotocols,
        };
        Ok((out.finish()?, awaiting))
    }
}

/// A client that waits for the server's answer.
#[derive(Clone, Copy, Debug)]
pub struct AwaitingResponse<'a> {
    proof: [u8; PROOF_LEN],
    subprotocols: &'a [&'a str],
}

/// What the server has answered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "yes or no")]
pub enum Answer<'a> {
    /// The connection is open.
    Accepted {
        /// How many bytes the head was. Behind it there are frames.
        len: usize,
        /// What the server has chosen of the subprotocols on offer.
        subprotocol: Option<&'a str>,
    },
    /// The server has answered with another status than 101: an error, or a redirect. The transport
    /// must be closed.
    Refused {
        /// How many bytes the head was. Behind it there may be a body.
        len: usize,
        /// The status of the response.
        status: u16,
    },
}

impl<'a> AwaitingResponse<'a> {
    /// Judges what has arrived: the first `filled` bytes of `buffer`. `None` if more are wanted.
    ///
    /// # Errors
    ///
    /// If the response breaks a rule, which is told as soon as it is seen, or does not fit into
    /// `buffer`, interim responses included. The transport must be closed.
    pub fn receive(
        &self,
        buffer: &[u8],
        filled: usize,
    ) -> Result<Option<Answer<'a>>, ResponseError> {
        let bytes = buffer.get(..filled).unwrap_or(buffer);
        let mut at = 0;
        for _ in 0..=MAX_INTERIM {
            let Some(head) = Head::find(&bytes[at..], false)? else {
                return if bytes.len() == buffer.len() {
                    Err(ResponseError::TooLong)
                } else {
                    Ok(None)
                };
            };
            let (protocol, status) = status_line(head.start_line)?;
            head.check_names()?;
            at += head.len;
            match status {
                101 if protocol != Protocol::Http11 => return Err(ResponseError::HttpVersion),
                101 => {
                    let subprotocol = self.check(&head)?;
                    return Ok(Some(Answer::Accepted {
                        len: at,
                        subprotocol,
                    }));
                }
                200.. => return Ok(Some(Answer::Refused { len: at, status })),
                _ => {}
            }
        }
        Err(ResponseError::TooManyInterimResponses)
    }

    /// Judges a response with status 101, RFC 6455 §4.1 ("Once the client's opening handshake has
    /// been sent"); gives the subprotocol.
    fn check(&self, head: &Head<'_>) -> Result<Option<&'a str>, ResponseError> {
        let (mut upgrade, mut accept) = (Once::Missing, Once::Missing);
        let mut subprotocol = Once::Missing;
        let (mut connection, mut extensions) = (None, false);
        for (name, value) in head.fields() {
            let is = |other: &str| name.eq_ignore_ascii_case(other.as_bytes());
            if is("Upgrade") {
                upgrade.add(value);
            } else if is("Connection") {
                let before = connection.unwrap_or(false);
                connection = Some(before || lists(value, b"upgrade"));
            } else if is("Sec-WebSocket-Accept") {
                accept.add(value);
            } else if is(SUBPROTOCOLS) {
                subprotocol.add(value);
            } else if is(EXTENSIONS) {
                extensions = true;
            }
        }
        // -2: here the value is compared, not searched.
        match upgrade {
            Once::Missing => return Err(ResponseError::UpgradeMissing),
            Once::Value(value) if value.eq_ignore_ascii_case(b"websocket") => {}
            _ => return Err(ResponseError::UpgradeMismatch),
        }
        // -3: here the list is searched.
        match connection {
            None => return Err(ResponseError::ConnectionMissing),
            Some(false) => return Err(ResponseError::ConnectionMismatch),
            Some(true) => {}
        }
        // -4
        match accept {
            Once::Missing => return Err(ResponseError::AcceptMissing),
            Once::Value(value) if value == self.proof => {}
            Once::Value(_) => return Err(ResponseError::AcceptMismatch),
            Once::Repeated => return Err(ResponseError::AcceptRepeated),
        }
        // -5: none has been offered.
        if extensions {
            return Err(ResponseError::ExtensionsUnrequested);
        }
        // -6
        match subprotocol {
            Once::Missing => Ok(None),
            Once::Repeated => Err(ResponseError::SubprotocolRepeated),
            Once::Value(_) if self.subprotocols.is_empty() => {
                Err(ResponseError::SubprotocolUnrequested)
            }
            Once::Value(value) => {
                let mut offered = self.subprotocols.iter().copied();
                let chosen = offered.find(|name| name.as_bytes() == value);
                chosen.map(Some).ok_or(ResponseError::SubprotocolMismatch)
            }
        }
    }
}

/// RFC 9112 §4. Some servers leave out the space before a reason that is empty.
fn status_line(line: &[u8]) -> Result<(Protocol, u16), ResponseError> {
    let word = line.split(|&byte| byte == b' ').next().unwrap_or_default();
    let protocol = Protocol::of(word);
    if protocol == Protocol::Other {
        return Err(ResponseError::HttpVersion);
    }
    if let [b' ', code @ ..] = &line[word.len()..]
        && let Some((digits, [] | [b' ', ..])) = code.split_first_chunk::<3>()
        && protocol != Protocol::None
        && digits[0] != b'0'
        && digits.iter().all(u8::is_ascii_digit)
    {
        let status = digits
            .iter()
            .fold(0, |status, digit| 10 * status + u16::from(digit - b'0'));
        return Ok((protocol, status));
    }
    Err(Malformed.into())
}
