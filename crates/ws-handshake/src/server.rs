//! The server's side of a handshake.

#[cfg(feature = "drafts")]
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use ws_http::{RequestDecoder, RequestHead};

use crate::acceptance::Acceptance;
use crate::config::ServerConfig;
use crate::error::{Misuse, RequestError};
use crate::established::Established;
#[cfg(feature = "drafts")]
use crate::hixie::{Challenge, LastKey};
use crate::key::PROOF_LEN;
use crate::offer::Offer;
use crate::response::{Accept, Reject, Response};
use crate::rfc6455::{self, Carrier};
use crate::version::Version;

/// Where a server's handshake stands.
#[derive(Debug)]
#[non_exhaustive]
pub enum ServerHandshake {
    /// More bytes are wanted.
    NeedsInput(NeedsInput),
    /// The request is there and breaks no rule; the application decides.
    Requested(Requested),
    /// The handshake is over, and the connection open.
    Established(Established),
}

impl ServerHandshake {
    /// Begins with raw bytes.
    pub fn start(config: &ServerConfig) -> NeedsInput {
        NeedsInput {
            decoder: RequestDecoder::new(config.limits),
            config: config.clone(),
            #[cfg(feature = "drafts")]
            last_key: None,
        }
    }

    /// Begins with a request that another HTTP/1.1 server has parsed.
    ///
    /// The fields may come in any order, and several of one name as several fields. What that
    /// server limits, it limits itself; here only one field may not be longer than 8 KiB.
    ///
    /// ```
    /// use ws_handshake::{Accept, ServerConfig, ServerHandshake};
    ///
    /// let requested = ServerHandshake::from_request(
    ///     &ServerConfig::default(),
    ///     "GET",
    ///     "/chat",
    ///     [
    ///         ("host", &b"example.com"[..]),
    ///         ("connection", b"Upgrade"),
    ///         ("upgrade", b"websocket"),
    ///         ("sec-websocket-version", b"13"),
    ///         ("sec-websocket-key", b"dGhlIHNhbXBsZSBub25jZQ=="),
    ///     ],
    /// )?;
    /// let (response, _established) = requested.respond(Accept::default())?;
    /// assert_eq!(response.status().code(), 101);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the request breaks a rule; [`RequestError::response`] is what to answer.
    pub fn from_request<'a>(
        config: &ServerConfig,
        method: &str,
        target: &str,
        fields: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    ) -> Result<Requested, RequestError> {
        let mut list = ws_http::Fields::new();
        for (name, value) in fields {
            list.push(name, value)?;
        }
        let head = RequestHead::new(method, target, list).map_err(|error| match error {
            ws_http::InvalidTarget::Method => RequestError::Method,
            _ => RequestError::Target,
        })?;
        Self::from_head(config, head)
    }

    /// Begins with a head that was read with [`ws_http::RequestDecoder`]: for servers that answer
    /// ordinary requests on the same port.
    ///
    /// # Errors
    ///
    /// If the request breaks a rule; [`RequestError::response`] is what to answer.
    pub fn from_head(config: &ServerConfig, head: RequestHead) -> Result<Requested, RequestError> {
        rfc6455::check_request(head, config)
    }
}

/// A server's handshake that waits for bytes.
#[derive(Debug)]
pub struct NeedsInput {
    decoder: RequestDecoder,
    config: ServerConfig,
    /// Behind the head of a response that goes on.
    #[cfg(feature = "drafts")]
    last_key: Option<Box<LastKey>>,
}

impl NeedsInput {
    /// Takes bytes off the front of `input`, up to the end of the request's head.
    ///
    /// Bytes behind the head stay in `input`: they are the client's first frames (in hixie-76 its
    /// last key comes before them, and is taken here once the request has been accepted).
    ///
    /// # Errors
    ///
    /// If the request breaks a rule. The refusal has been appended to `out`; write it and close
    /// the transport. What is left of `input` has been swallowed, since nothing behind a request
    /// that was refused may be taken for another one.
    pub fn receive(
        mut self,
        input: &mut &[u8],
        out: &mut Vec<u8>,
    ) -> Result<ServerHandshake, RequestError> {
        #[cfg(feature = "drafts")]
        if let Some(key) = &mut self.last_key {
            return Ok(match key.receive(input, out) {
                Some(established) => ServerHandshake::Established(established),
                None => ServerHandshake::NeedsInput(self),
            });
        }
        let result = match self.decoder.decode(input) {
            Ok(None) => return Ok(ServerHandshake::NeedsInput(self)),
            Ok(Some(head)) => ServerHandshake::from_head(&self.config, head),
            Err(error) => Err(error.into()),
        };
        match result {
            Ok(requested) => Ok(ServerHandshake::Requested(requested)),
            Err(error) => {
                *input = &[];
                error.response().encode(out);
                Err(error)
            }
        }
    }

    /// Gives up before the request is complete: with 408 if it took too long, with 503 if the
    /// server is about to stop. Close the transport once `out` is written.
    ///
    /// Behind the head of a response that has accepted, nothing more can be said, and nothing is
    /// appended.
    pub fn reject(self, reject: Reject, out: &mut Vec<u8>) {
        #[cfg(feature = "drafts")]
        if self.last_key.is_some() {
            return;
        }
        reject.into_response().encode(out);
    }

    /// Waits for the last key of a request whose head has been answered.
    #[cfg(feature = "drafts")]
    pub(crate) fn last_key(key: LastKey) -> Self {
        let mut this = ServerHandshake::start(&ServerConfig::default());
        this.last_key = Some(Box::new(key));
        this
    }
}

/// A request that breaks no rule, for the application to decide upon.
#[derive(Debug)]
pub struct Requested {
    pub(crate) head: RequestHead,
    pub(crate) version: Version,
    pub(crate) carrier: Carrier,
    /// The value of `Sec-WebSocket-Accept`.
    pub(crate) proof: [u8; PROOF_LEN],
    pub(crate) selected: Option<String>,
    /// The extensions if they are spread over several lines. One line is found in the head.
    pub(crate) joined_extensions: Option<String>,
    /// What the two oldest versions are answered with.
    #[cfg(feature = "drafts")]
    pub(crate) challenge: Option<Box<Challenge>>,
}

impl Requested {
    /// What the client asks for.
    pub const fn offer(&self) -> Offer<'_> {
        Offer::new(self)
    }

    /// The first of the client's subprotocols that the configuration lists.
    pub fn select_subprotocol(&self) -> Option<&str> {
        self.selected.as_deref()
    }

    /// Accepts: appends the response with status 101 to `out`.
    ///
    /// The result is [`ServerHandshake::Established`], except in hixie-76: it goes on with
    /// [`ServerHandshake::NeedsInput`], because the client's last key comes behind the head, and a
    /// proxy may hold it back until it has seen this response. Write `out` before waiting for
    /// more input then; what is in the input already is taken all the same.
    ///
    /// # Errors
    ///
    /// If `accept` has something that may not be said. A response with status 500 has been
    /// appended to `out` then: write it and close the transport. [`Misuse::Version`] if the request
    /// came in a stream, whose responses are not text: [`respond`](Self::respond) there.
    pub fn accept(self, accept: Accept, out: &mut Vec<u8>) -> Result<ServerHandshake, Misuse> {
        if self.carrier == Carrier::Stream {
            return Err(Misuse::Version);
        }
        match Acceptance::new(self, accept) {
            Ok(acceptance) => {
                acceptance.encode(out);
                Ok(acceptance.finish())
            }
            Err(misuse) => {
                Response::server_error().encode(out);
                Err(misuse)
            }
        }
    }

    /// Accepts with the response as data, for servers that write it themselves.
    ///
    /// # Errors
    ///
    /// If `accept` has something that may not be said, and in hixie-76, whose handshake goes on
    /// behind the response. Answer with status 500.
    pub fn respond(self, accept: Accept) -> Result<(Response, Established), Misuse> {
        match self.response(accept)? {
            (response, ServerHandshake::Established(established)) => Ok((response, established)),
            _ => Err(Misuse::Version),
        }
    }

    /// As [`respond`](Self::respond), for every version: where the handshake goes on behind the
    /// response, what comes next from the client is to be [received](NeedsInput::receive).
    ///
    /// # Errors
    ///
    /// If `accept` has something that may not be said. Answer with status 500.
    #[cfg(feature = "drafts")]
    pub fn respond_any(self, accept: Accept) -> Result<(Response, ServerHandshake), Misuse> {
        self.response(accept)
    }

    fn response(self, accept: Accept) -> Result<(Response, ServerHandshake), Misuse> {
        let acceptance = Acceptance::new(self, accept)?;
        let response = Response::received(acceptance.head(), Vec::new(), false);
        Ok((response, acceptance.finish()))
    }

    /// Refuses: appends the response to `out`. Write it and close the transport; bytes that are
    /// still in the input must not be read as another request.
    pub fn reject(self, reject: Reject, out: &mut Vec<u8>) {
        reject.into_response().encode(out);
    }
}

#[cfg(test)]
mod tests;
