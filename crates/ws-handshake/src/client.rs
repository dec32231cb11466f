//! The client's side of a handshake.

#[cfg(feature = "drafts")]
use alloc::boxed::Box;
use alloc::vec::Vec;

use ws_http::{KeptResponse, Progress, ResponseDecoder, Status};

use crate::error::ResponseError;
use crate::established::Established;
#[cfg(feature = "drafts")]
use crate::hixie::{self, DraftResponseError, Expected as Older};
use crate::key::Nonce;
use crate::request::Request;
use crate::response::Response;
use crate::rfc6455::{self, Expected};

/// How many interim responses (1xx) a server may send before its answer.
const MAX_INTERIM: u32 = 8;

/// How much of a refusal's body is kept.
const MAX_BODY: usize = 64 * 1024;

/// Where a client's handshake stands.
#[derive(Debug)]
#[non_exhaustive]
pub enum ClientHandshake {
    /// More bytes are wanted.
    NeedsInput(AwaitingResponse),
    /// The server has accepted and the connection is open. The response is there for its fields.
    Established(Established, Response),
    /// The server has answered with another status than 101: an error, or a redirect, which is
    /// not followed here. The transport must be closed.
    Rejected(Response),
}

impl ClientHandshake {
    /// Begins: appends the request to `out`.
    pub fn start(request: &Request, nonce: Nonce, out: &mut Vec<u8>) -> AwaitingResponse {
        let expected = match request.version() {
            #[cfg(feature = "drafts")]
            crate::Version::Hixie75 | crate::Version::Hixie76 => {
                Rules::Other(Box::new(hixie::encode_request(request, nonce, out)))
            }
            _ => Rules::Rfc6455(rfc6455::encode_request(request, nonce, out)),
        };
        AwaitingResponse {
            expected,
            decoder: ResponseDecoder::new(request.limits()),
            interim: 0,
            refusal: None,
        }
    }

    fn rejected(refusal: KeptResponse) -> Self {
        let (head, body, is_truncated) = refusal.into_parts();
        Self::Rejected(Response::received(head, body, is_truncated))
    }
}

/// A client's handshake that waits for the server's answer.
#[derive(Debug)]
pub struct AwaitingResponse {
    expected: Rules,
    decoder: ResponseDecoder,
    /// How many interim responses have come.
    interim: u32,
    /// There once the head of a refusal is complete.
    refusal: Option<KeptResponse>,
}

/// By what an acceptance is judged.
#[derive(Debug)]
enum Rules {
    Rfc6455(Expected),
    #[cfg(feature = "drafts")]
    Other(Box<Older>),
}

impl AwaitingResponse {
    /// Takes bytes off the front of `input`, up to the end of the response.
    ///
    /// Bytes behind the head of an acceptance stay in `input`: they are the server's first frames.
    /// Behind a refusal nothing is left: what follows its body is swallowed.
    ///
    /// # Errors
    ///
    /// If the response breaks a rule. The transport must be closed; what is left of `input` has
    /// been swallowed.
    pub fn receive(mut self, input: &mut &[u8]) -> Result<ClientHandshake, ResponseError> {
        let result = self.step(input);
        if !matches!(result, Ok(Some(ClientHandshake::Established(..)))) {
            *input = &[];
        }
        Ok(result?.unwrap_or(ClientHandshake::NeedsInput(self)))
    }

    /// The status of a refusal whose head is there, while its body is awaited. Who does not want to
    /// wait for that [ends](Self::receive_eof) here.
    pub fn refused(&self) -> Option<Status> {
        self.refusal.as_ref().map(|refusal| refusal.head().status())
    }

    /// Tells that the connection has ended, or that nobody wants to wait any longer.
    ///
    /// A refusal whose head is there is delivered, with the body as far as it has come. The result
    /// is never [`ClientHandshake::NeedsInput`].
    ///
    /// # Errors
    ///
    /// If the head was not complete; the error tells how far it was.
    pub fn receive_eof(self) -> Result<ClientHandshake, ResponseError> {
        #[cfg(feature = "drafts")]
        if let Rules::Other(expected) = &self.expected
            && expected.is_waiting()
        {
            return Err(ResponseError::Draft(DraftResponseError::ClosedInDigest));
        }
        match (self.refusal, self.decoder.progress()) {
            (Some(refusal), _) => Ok(ClientHandshake::rejected(refusal.receive_eof())),
            (None, Progress::Nothing) => Err(ResponseError::ClosedBeforeResponse),
            (None, Progress::StartLine) => Err(ResponseError::ClosedInStatusLine),
            (None, _) => Err(ResponseError::ClosedInFields),
        }
    }

    /// `None` if more bytes are wanted, and all were taken.
    fn step(&mut self, input: &mut &[u8]) -> Result<Option<ClientHandshake>, ResponseError> {
        #[cfg(feature = "drafts")]
        if let Rules::Other(expected) = &mut self.expected
            && expected.is_waiting()
        {
            return expected.receive(input);
        }
        while self.refusal.is_none() {
            let Some(head) = self.decoder.decode(input)? else {
                return Ok(None);
            };
            if head.status() == Status::SWITCHING_PROTOCOLS {
                let established = match &mut self.expected {
                    Rules::Rfc6455(expected) => expected.check(&head)?,
                    #[cfg(feature = "drafts")]
                    Rules::Other(expected) => {
                        expected.check(head)?;
                        return expected.receive(input);
                    }
                };
                let response = Response::received(head, Vec::new(), false);
                return Ok(Some(ClientHandshake::Established(established, response)));
            }
            if !head.status().is_informational() {
                self.refusal = Some(KeptResponse::new(head, MAX_BODY));
            } else if self.interim < MAX_INTERIM {
                self.interim += 1;
            } else {
                return Err(ResponseError::TooManyInterimResponses);
            }
        }
        let refusal = self.refusal.take_if(|refusal| refusal.receive(input));
        Ok(refusal.map(ClientHandshake::rejected))
    }
}

#[cfg(test)]
mod tests;
