//! Agrees with the peer on extensions: RFC 6455 §9.1.

mod error;
#[cfg(test)]
mod tests;

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt::{Display, Write};

pub use error::{NegotiationError, Refused};

use crate::{Excerpt, Extension, Params, Reason, Refusal, Sessions, SyntaxError};

/// The extensions that an endpoint has, the most preferred first; cheap to clone and share.
///
/// A client sends [`offer`](Self::offer) and reads the answer with [`confirm`](Self::confirm); a
/// server answers with [`grant`](Self::grant). Both get the [`Sessions`] of the connection.
///
/// ```
/// use ws_extensions::Negotiator;
///
/// // Without any extension, a client offers none,
/// let none = Negotiator::new();
/// assert_eq!(none.offer(), None);
/// // a server grants none,
/// let granted = none.grant(Some("permessage-deflate; client_max_window_bits"))?;
/// assert!(granted.response.is_none() && granted.sessions.is_empty());
/// // and a client takes none.
/// let error = none.confirm(Some("permessage-deflate")).unwrap_err();
/// assert_eq!(error.to_string(), "extension permessage-deflate was not offered");
/// # Ok::<(), ws_extensions::NegotiationError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Negotiator {
    extensions: Arc<[Arc<dyn Extension>]>,
}

/// What a server answers to a client's offers.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Granted {
    /// The value of the answer's `Sec-WebSocket-Extensions`, which is left out if there is none.
    pub response: Option<String>,
    /// What the connection uses then.
    pub sessions: Sessions,
    /// The offers that were judged and refused, and why: at most [`Negotiator::LIMIT`].
    ///
    /// That is no failure; it is to be logged by those who wonder why an extension is not used.
    pub refused: Vec<Refused>,
}

impl Negotiator {
    /// How many elements of a header are regarded. Of those beyond it a server sees to the syntax
    /// only; a client fails.
    pub const LIMIT: usize = 16;

    /// No extension.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an extension that is less preferred than those before. If there is one of the same name
    /// already, it takes its place instead.
    ///
    /// Extensions that need the same bits may be together here: a client offers all of them, and
    /// the server grants one; a server grants the first one that it can.
    pub fn with(self, extension: impl Extension + 'static) -> Self {
        let mut extensions = self.extensions.to_vec();
        let extension: Arc<dyn Extension> = Arc::new(extension);
        let mut others = extensions.iter_mut();
        match others.find(|other| other.name() == extension.name()) {
            Some(other) => *other = extension,
            None => extensions.push(extension),
        }
        Self {
            extensions: extensions.into(),
        }
    }

    /// Whether there is no extension.
    pub fn is_empty(&self) -> bool {
        self.extensions.is_empty()
    }

    /// The value of a client's `Sec-WebSocket-Extensions`; `None` if that is to be left out.
    pub fn offer(&self) -> Option<String> {
        let mut header = None;
        for offer in self.extensions.iter().flat_map(|one| one.offers()) {
            append(&mut header, &offer);
        }
        header
    }

    /// Judges the server's `Sec-WebSocket-Extensions` as the client that has sent the
    /// [`offer`](Self::offer) of this very negotiator.
    ///
    /// # Errors
    ///
    /// When the server answered with anything but a choice from the offer that the extensions can
    /// put up with; then the client must _Fail the WebSocket Connection_ (RFC 6455 §4.1).
    pub fn confirm(&self, header: Option<&str>) -> Result<Sessions, NegotiationError> {
        let mut sessions = Sessions::new();
        let elements = Params::parse(header.unwrap_or_default());
        for (i, granted) in elements.enumerate() {
            let granted = granted?;
            if i == Self::LIMIT {
                return Err(NegotiationError::TooMany);
            }
            let extension = self.offered(&granted)?;
            let (name, rsv) = (extension.name(), extension.rsv());
            // Of several offers of one extension, the server accepts one (RFC 7692 §5).
            if sessions.contains(name) {
                return Err(NegotiationError::Repeated(name));
            }
            let refused = |refusal| Refused {
                extension: name,
                refusal,
            };
            // What may be combined is for extensions to say (RFC 6455 §9.1), but a bit can mean one
            // thing only.
            if let Some((rsv, by)) = sessions.conflict(rsv) {
                return Err(refused(Refusal::new(Reason::RsvTaken { rsv, by })).into());
            }
            let session = complete(&granted)
                .and_then(|()| extension.confirm(&granted))
                .map_err(refused)?;
            sessions.push(name, rsv, session);
        }
        Ok(sessions)
    }

    /// The extension that the server has granted; any but those that were offered fails the
    /// connection (RFC 6455 §4.1).
    fn offered(&self, granted: &Params<'_>) -> Result<&dyn Extension, NegotiationError> {
        let mut known = self.extensions.iter();
        known
            .find(|extension| extension.name() == granted.name())
            // One that takes no part was not offered, though it is known.
            .filter(|extension| !extension.offers().is_empty())
            .map(|extension| &**extension)
            .ok_or_else(|| NegotiationError::NotOffered(Excerpt::new(granted.name())))
    }

    /// Judges a client's `Sec-WebSocket-Extensions` as a server.
    ///
    /// The server's order decides. Of each extension, the client's offers are judged in their order
    /// until one can be granted; offers of unknown extensions do not matter.
    ///
    /// # Errors
    ///
    /// When the header is malformed; the answer is 400 then (RFC 6455 §4.2.1).
    pub fn grant(&self, header: Option<&str>) -> Result<Granted, NegotiationError> {
        let mut granted = Granted::default();
        let offers = first(Params::parse(header.unwrap_or_default()))?;
        for extension in &*self.extensions {
            let (name, rsv) = (extension.name(), extension.rsv());
            for offer in offers.iter().filter(|offer| offer.name() == name) {
                // Whoever declines has no bits, so that the next one gets its chance.
                let taken = granted.sessions.conflict(rsv);
                let judged = match taken {
                    Some((rsv, by)) => Err(Refusal::new(Reason::RsvTaken { rsv, by })),
                    None => complete(offer).and_then(|()| extension.grant(offer)),
                };
                match judged {
                    Ok((params, session)) => {
                        append(&mut granted.response, &params);
                        granted.sessions.push(name, rsv, session);
                        break;
                    }
                    Err(refusal) => granted.refused.push(Refused {
                        extension: name,
                        refusal,
                    }),
                }
            }
        }
        Ok(granted)
    }
}

/// The elements that are regarded, if all are well-formed.
fn first<'a>(
    elements: impl Iterator<Item = Result<Params<'a>, SyntaxError>>,
) -> Result<Vec<Params<'a>>, SyntaxError> {
    let mut first = Vec::new();
    for element in elements {
        let element = element?;
        if first.len() < Negotiator::LIMIT {
            first.push(element);
        }
    }
    Ok(first)
}

/// Nobody judges by a part of the parameters.
fn complete(params: &Params<'_>) -> Result<(), Refusal> {
    if params.is_cut() {
        return Err(Refusal::new(Reason::TooManyParameters));
    }
    Ok(())
}

fn append(header: &mut Option<String>, element: &impl Display) {
    let between = if header.is_some() { ", " } else { "" };
    let header = header.get_or_insert_default();
    // Writing to a `String` cannot fail.
    let _ = write!(header, "{between}{element}");
}
