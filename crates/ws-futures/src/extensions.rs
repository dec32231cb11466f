//! Which extensions both ends use.

use ws_extensions::Sessions;
use ws_handshake::{Accept, Offer, Reject, Request, Status};

use crate::{Error, Options};

impl Options {
    /// What [`extensions`](Self::extensions) grant of a client's offer, for whoever answers the
    /// opening handshake elsewhere: `accept` with the answer added, and the sessions for
    /// [`WebSocket::with_extensions`](crate::WebSocket::with_extensions).
    ///
    /// An `accept` that answers for itself is left alone.
    ///
    /// # Errors
    ///
    /// [`Error::Extensions`] when the client's offer is malformed: answer with 400.
    pub fn grant_extensions(
        &self,
        offer: Offer<'_>,
        mut accept: Accept,
    ) -> Result<(Accept, Sessions), Error> {
        if accept.extensions.is_some() {
            return Ok((accept, Sessions::default()));
        }
        let granted = self.extensions.grant(offer.extensions())?;
        accept.extensions = granted.response;
        Ok((accept, granted.sessions))
    }

    /// The request with our offer, unless it has one of its own.
    pub(crate) fn offer_extensions(&self, request: &Request) -> Result<Option<Request>, Error> {
        match self.extensions.offer() {
            Some(offer) if request.extensions().is_none() => {
                Ok(Some(request.clone().with_extensions(&offer)?))
            }
            _ => Ok(None),
        }
    }

    /// The sessions that the server's answer to our offer leads to.
    pub(crate) fn confirm_extensions(&self, answer: Option<&str>) -> Result<Sessions, Error> {
        Ok(self.extensions.confirm(answer)?)
    }
}

/// How an offer is refused that cannot be read.
pub(crate) fn refusal(error: &Error) -> Result<Reject, ws_handshake::Misuse> {
    Reject::new(Status::BAD_REQUEST)?.with_body("text/plain", error.to_string())
}
