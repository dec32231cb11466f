//! WebSockets in a stream of HTTP/2 or HTTP/3: RFC 8441 and RFC 9220.
//!
//! There the handshake is an extended `CONNECT`: pseudo-header fields say what the request line and
//! `Host`, `Upgrade` and `Connection` say in HTTP/1.1, there is no key, and 200 accepts. How fields
//! are compressed and streams are framed is for whoever has such a stack; what they mean is here.

use alloc::string::String;
use alloc::vec::Vec;

use ws_http::{Fields, RequestHead, ResponseHead, Status};

use crate::config::ServerConfig;
use crate::error::{Misuse, RequestError, ResponseError};
use crate::request::Request;
use crate::response::Response;
use crate::rfc6455::{self, Carrier, Expected};
use crate::server::{Requested, ServerHandshake};
use crate::version::Version;
use crate::{ClientHandshake, Established};

/// The pseudo-header fields of an extended `CONNECT` (RFC 8441 §4); `:method` is `CONNECT`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct ExtendedConnect<'a> {
    /// `:protocol`, which is `websocket`.
    pub protocol: &'a str,
    /// `:scheme`, `http` or `https`.
    pub scheme: &'a str,
    /// `:authority`, what `Host` is in HTTP/1.1.
    pub authority: &'a str,
    /// `:path`, path and query.
    pub path: &'a str,
}

impl<'a> ExtendedConnect<'a> {
    /// For a WebSocket.
    pub const fn new(scheme: &'a str, authority: &'a str, path: &'a str) -> Self {
        Self {
            protocol: "websocket",
            scheme,
            authority,
            path,
        }
    }
}

impl ServerHandshake {
    /// Begins with an extended `CONNECT` that an HTTP/2 or HTTP/3 server has parsed, and its fields
    /// without the pseudo-header ones.
    ///
    /// Such a server must have told that it takes them (`SETTINGS_ENABLE_CONNECT_PROTOCOL`). The
    /// response is [200](Requested::respond); the connection is the stream, whose end is the
    /// transport's.
    ///
    /// ```
    /// use ws_handshake::{Accept, ExtendedConnect, ServerConfig, ServerHandshake};
    ///
    /// let connect = ExtendedConnect::new("https", "example.com", "/chat");
    /// let fields = [("sec-websocket-version", &b"13"[..])];
    /// let config = ServerConfig::default();
    /// let requested = ServerHandshake::from_extended_connect(&config, connect, fields)?;
    /// assert_eq!(requested.offer().target(), "/chat");
    /// let (response, _established) = requested.respond(Accept::default())?;
    /// assert_eq!((response.status().code(), response.fields().len()), (200, 0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the request breaks a rule; what to answer is [`RequestError::response`], made
    /// [fit](Response::for_stream) for a stream.
    pub fn from_extended_connect<'a>(
        config: &ServerConfig,
        connect: ExtendedConnect<'_>,
        fields: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    ) -> Result<Requested, RequestError> {
        if connect.protocol != "websocket" {
            return Err(RequestError::Protocol);
        }
        if !matches!(connect.scheme, "http" | "https") || !connect.path.starts_with('/') {
            return Err(RequestError::Target);
        }
        let mut list = Fields::new();
        list.push("Host", connect.authority)?;
        for (name, value) in fields {
            // RFC 9113 §8.3.1: the authority says what Host says, if that is there as well.
            if name.eq_ignore_ascii_case("Host") {
                if value.eq_ignore_ascii_case(connect.authority.as_bytes()) {
                    continue;
                }
                return Err(RequestError::Host);
            }
            if is_of_connection(name) {
                return Err(RequestError::ConnectionField);
            }
            list.push(name, value)?;
        }
        let head = RequestHead::new("GET", connect.path, list).map_err(|_| RequestError::Target)?;
        rfc6455::check_request_on(head, config, Carrier::Stream)
    }
}

impl Request {
    /// The request as an extended `CONNECT`: its pseudo-header fields, and its fields with names in
    /// lower case as they must be there.
    ///
    /// # Errors
    ///
    /// [`Misuse::Version`] if another version than 13 is to be spoken.
    pub fn extended_connect(
        &self,
    ) -> Result<(ExtendedConnect<'_>, Vec<(String, Vec<u8>)>), Misuse> {
        if self.version() != Version::Rfc6455 {
            return Err(Misuse::Version);
        }
        let mut fields = Fields::new();
        rfc6455::push_common(self, &mut fields);
        let fields = fields.iter();
        let fields = fields.map(|(name, value)| (name.to_ascii_lowercase(), value.to_vec()));
        let scheme = if self.is_secure() { "https" } else { "http" };
        let connect = ExtendedConnect::new(scheme, self.authority(), self.target());
        Ok((connect, fields.collect()))
    }

    /// Judges the response to [`extended_connect`](Self::extended_connect), whose interim ones
    /// (1xx) have been left out. [`ClientHandshake::NeedsInput`] is never the result; of a refusal
    /// the body is left to the caller.
    ///
    /// # Errors
    ///
    /// If an acceptance breaks a rule. The stream must be reset.
    pub fn check_stream_response<'a>(
        &self,
        status: Status,
        fields: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    ) -> Result<ClientHandshake, ResponseError> {
        let mut list = Fields::new();
        for (name, value) in fields {
            list.push(name, value).map_err(ResponseError::Field)?;
        }
        let head = ResponseHead::new(status, list);
        if !status.is_success() {
            let response = Response::received(head, Vec::new(), true);
            return Ok(ClientHandshake::Rejected(response));
        }
        let established: Established = Expected::of_stream(self).check_agreed(head.fields())?;
        let response = Response::received(head, Vec::new(), false);
        Ok(ClientHandshake::Established(established, response))
    }
}

impl Response {
    /// The same for a stream of HTTP/2 or HTTP/3, where no field may be about the connection
    /// (RFC 9113 §8.2.2) and 426 means nothing: it becomes 400.
    pub fn for_stream(self) -> Self {
        let mut kept = Fields::new();
        for (name, value) in self.fields() {
            if !is_of_connection(name) {
                // It could be pushed before.
                let pushed = kept.push(name, value);
                debug_assert!(pushed.is_ok(), "{name}");
            }
        }
        let status = match self.status() {
            Status::UPGRADE_REQUIRED => Status::BAD_REQUEST,
            status => status,
        };
        let is_truncated = self.is_truncated();
        let head = ResponseHead::new(status, kept);
        Self::received(head, self.into_body(), is_truncated)
    }
}

/// RFC 9113 §8.2.2: fields that are about one connection of HTTP/1.1.
fn is_of_connection(name: &str) -> bool {
    [
        "connection",
        "upgrade",
        "keep-alive",
        "proxy-connection",
        "transfer-encoding",
    ]
    .iter()
    .any(|other| name.eq_ignore_ascii_case(other))
}

#[cfg(test)]
mod tests;
