//! The response that accepts a request.

#[cfg(feature = "drafts")]
use alloc::boxed::Box;
use alloc::vec::Vec;

use ws_http::{Fields, ResponseHead, Status};

#[cfg(feature = "drafts")]
use crate::early::key_from_accept;
use crate::error::Misuse;
use crate::established::Established;
#[cfg(feature = "drafts")]
use crate::hixie::Challenge;
use crate::key::PROOF_LEN;
use crate::request::check_extensions;
use crate::response::{Accept, check_custom_name, push};
use crate::rfc6455::{Carrier, EXTENSIONS};
use crate::server::{Requested, ServerHandshake};

/// What the server says, RFC 6455 §4.2.2-5, and what it comes to.
pub(crate) struct Acceptance {
    proof: [u8; PROOF_LEN],
    carrier: Carrier,
    /// The fields behind those that every acceptance has.
    more: Fields,
    established: Established,
    #[cfg(feature = "drafts")]
    challenge: Option<Box<Challenge>>,
}

impl Acceptance {
    /// Refuses what may not be said.
    pub(crate) fn new(mut requested: Requested, accept: Accept) -> Result<Self, Misuse> {
        let mut more = Fields::new();
        #[cfg(feature = "drafts")]
        let connection_key = key_from_accept(
            requested.version,
            requested.head.fields(),
            accept.nonce,
            &mut more,
        )?;
        let subprotocol = match accept.subprotocol {
            Some(name) => {
                let mut offered = requested.offer().subprotocols();
                if !offered.any(|other| other == name) {
                    return Err(Misuse::SubprotocolNotOffered);
                }
                Some(name)
            }
            None => requested.selected.take(),
        };
        if let Some(name) = &subprotocol {
            more.push(requested.version.dialect().subprotocols, name)?;
        }
        if let Some(extensions) = &accept.extensions {
            if requested.offer().extensions().is_none() {
                return Err(Misuse::ExtensionsNotOffered);
            }
            check_extensions(extensions)?;
            more.push(EXTENSIONS, extensions)?;
        }
        for (name, _) in &accept.fields {
            check_custom_name(name)?;
        }
        if more.is_empty() {
            more = accept.fields;
        } else {
            more.extend(&accept.fields);
        }
        Ok(Self {
            proof: requested.proof,
            carrier: requested.carrier,
            more,
            established: Established {
                version: requested.version,
                subprotocol,
                extensions: accept.extensions,
                #[cfg(feature = "drafts")]
                connection_key,
            },
            #[cfg(feature = "drafts")]
            challenge: requested.challenge,
        })
    }

    /// What the handshake has come to, once the response is on its way.
    pub(crate) fn finish(self) -> ServerHandshake {
        #[cfg(feature = "drafts")]
        if let Some(challenge) = self.challenge {
            return challenge.next(self.established);
        }
        ServerHandshake::Established(self.established)
    }

    /// The response as data.
    pub(crate) fn head(&self) -> ResponseHead {
        #[cfg(feature = "drafts")]
        if let Some(challenge) = &self.challenge {
            return ResponseHead::new(Status::SWITCHING_PROTOCOLS, challenge.response(&self.more));
        }
        if self.carrier == Carrier::Stream {
            // RFC 8441 §5: a 2xx accepts, and neither key nor upgrade is answered.
            return ResponseHead::new(Status::OK, self.more.clone());
        }
        let mut fields = Fields::new();
        push(&mut fields, "Upgrade", "websocket");
        push(&mut fields, "Connection", "Upgrade");
        push(&mut fields, "Sec-WebSocket-Accept", self.proof);
        fields.extend(&self.more);
        ResponseHead::new(Status::SWITCHING_PROTOCOLS, fields)
    }

    /// Appends the response to `out`, the same as [`head`](Self::head) would.
    ///
    /// Most of it is always the same text. To build the head first takes six allocations, and a
    /// third as long again as all the rest of a handshake.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        const START: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\n\
            Upgrade: websocket\r\n\
            Connection: Upgrade\r\n\
            Sec-WebSocket-Accept: ";
        #[cfg(feature = "drafts")]
        if let Some(challenge) = &self.challenge {
            challenge.encode(&self.more, out);
            return;
        }
        let more = self.more.iter();
        let more: usize = more.map(|(name, value)| name.len() + value.len() + 4).sum();
        out.reserve(START.len() + PROOF_LEN + 4 + more);
        out.extend_from_slice(START);
        out.extend_from_slice(&self.proof);
        out.extend_from_slice(b"\r\n");
        for (name, value) in &self.more {
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b": ");
            out.extend_from_slice(value);
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(b"\r\n");
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use super::*;
    use crate::config::ServerConfig;
    use crate::subprotocol;

    #[test]
    fn the_text_is_that_of_the_head() {
        let mut config = ServerConfig::default();
        config.subprotocols.push("soup".into());
        for (subprotocols, extensions, name, count) in [
            (None, None, None, 3),
            (Some("tea, soup"), None, None, 4),
            (None, Some("a; b"), None, 4),
            (None, None, Some("Set-Cookie"), 4),
            (Some("soup"), Some("a; b"), Some("Set-Cookie"), 6),
        ] {
            let fields = [
                ("Host", Some("h")),
                ("Upgrade", Some("websocket")),
                ("Connection", Some("Upgrade")),
                ("Sec-WebSocket-Key", Some("dGhlIHNhbXBsZSBub25jZQ==")),
                ("Sec-WebSocket-Version", Some("13")),
                (subprotocol::FIELD, subprotocols),
                (EXTENSIONS, extensions),
            ];
            let fields = fields.iter();
            let fields =
                fields.filter_map(|(name, value)| Some((*name, value.as_ref()?.as_bytes())));
            let requested = ServerHandshake::from_request(&config, "GET", "/", fields).unwrap();
            let mut accept = Accept {
                extensions: extensions.map(String::from),
                ..Accept::default()
            };
            if let Some(name) = name {
                accept.fields.push(name, b"c=\xe9").unwrap();
            }
            let acceptance = Acceptance::new(requested, accept).unwrap();
            let (mut text, mut expected) = (Vec::new(), Vec::new());
            acceptance.encode(&mut text);
            acceptance.head().encode(&mut expected);
            assert_eq!(text, expected);
            assert_eq!(acceptance.head().fields().len(), count);
        }
    }
}
