//! The two oldest handshakes: hixie-76, which is also hybi-00, and hixie-75.
//!
//! Their requests have gone through [`rfc6455::check_request`](crate::rfc6455::check_request) when
//! they come here: what has to do with HTTP, hosts, origins and subprotocols is the same for all.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use ws_http::{Fields, RequestHead, ResponseHead};

use crate::client::ClientHandshake;
use crate::config::ServerConfig;
use crate::error::{RequestError, ResponseError};
use crate::established::Established;
use crate::key::Nonce;
use crate::request::Request;
use crate::response::{Response, push};
use crate::rfc6455::{check_upgraded, encode_get};
use crate::server::{NeedsInput, ServerHandshake};
use crate::subprotocol;
use crate::target::path_and_query;
use crate::version::{ORIGIN, Version};

mod draft75;
mod draft76;
mod error;

pub(crate) use draft76::LastKey;
pub use error::{DraftRequestError, DraftResponseError};

/// What a response has of its own in each of the two drafts.
struct Names {
    status_line: &'static [u8],
    origin: &'static str,
    location: &'static str,
}

impl Names {
    const fn of(version: Version) -> &'static Self {
        match version {
            Version::Hixie75 => &draft75::NAMES,
            _ => &draft76::NAMES,
        }
    }
}

/// What a server owes a client whose request is right.
#[derive(Debug)]
pub(crate) struct Challenge {
    version: Version,
    /// The fields of the response that do not depend on the application.
    fields: Fields,
    /// The numbers in the two keys of hixie-76.
    numbers: [u32; 2],
}

/// Whether a body of `len` bytes is the third key of hixie-76. The draft announces it by no field,
/// but Autobahn|Python does, for the sake of proxies.
pub(crate) fn has_last_key(fields: &Fields, len: u64) -> bool {
    len == 8 && Version::detect(fields) == Ok(Version::Hixie76)
}

/// Judges what such a request has instead of a key.
pub(crate) fn challenge(
    head: &RequestHead,
    version: Version,
    config: &ServerConfig,
) -> Result<Box<Challenge>, RequestError> {
    let request = head.fields();
    let names = Names::of(version);
    let mut fields = Fields::new();
    push(&mut fields, "Upgrade", "WebSocket");
    push(&mut fields, "Connection", "Upgrade");
    match request.first(ORIGIN) {
        Some(origin) => fields.push(names.origin, origin)?,
        // hixie-75: who sends none is told none.
        None if version == Version::Hixie75 => {}
        None => return Err(RequestError::Draft(DraftRequestError::OriginMissing)),
    }
    let host = request.first("Host").unwrap_or_default();
    let host = core::str::from_utf8(host).unwrap_or_default();
    let target = match path_and_query(head.target()) {
        (path, Some(query)) => format!("{path}?{query}"),
        (path, None) => path.to_string(),
    };
    let is_secure = config.secure == Some(true);
    fields.push(names.location, location(is_secure, host, &target))?;
    let numbers = match version {
        Version::Hixie75 => [0; 2],
        _ => draft76::numbers(request)?,
    };
    Ok(Box::new(Challenge {
        version,
        fields,
        numbers,
    }))
}

impl Challenge {
    /// The fields of the response, `more` behind its own.
    pub(crate) fn response(&self, more: &Fields) -> Fields {
        let mut fields = self.fields.clone();
        fields.extend(more);
        fields
    }

    /// Appends the head of the response.
    pub(crate) fn encode(&self, more: &Fields, out: &mut Vec<u8>) {
        out.extend_from_slice(Names::of(self.version).status_line);
        for (name, value) in self.fields.iter_bytes().chain(more.iter_bytes()) {
            for part in [name, b": ", value, b"\r\n"] {
                out.extend_from_slice(part);
            }
        }
        out.extend_from_slice(b"\r\n");
    }

    /// Where the handshake stands behind that head.
    pub(crate) fn next(&self, established: Established) -> ServerHandshake {
        match self.version {
            Version::Hixie75 => ServerHandshake::Established(established),
            _ => {
                let key = LastKey::new(self.numbers, established);
                ServerHandshake::NeedsInput(NeedsInput::last_key(key))
            }
        }
    }
}

/// What a client remembers of its request, to judge the response; and what it has judged.
#[derive(Debug)]
pub(crate) struct Expected {
    version: Version,
    origin: Vec<u8>,
    location: String,
    subprotocols: Vec<String>,
    requires_subprotocol: bool,
    /// What is still to come of the digest behind the head.
    digest: Vec<u8>,
    /// There once the head has been judged.
    accepted: Option<(Established, Response)>,
}

/// Appends a client's request.
pub(crate) fn encode_request(request: &Request, nonce: Nonce, out: &mut Vec<u8>) -> Expected {
    let version = request.version();
    // Both drafts want an origin; without a page it is that of the server itself.
    let origin = match request.fields().first(ORIGIN) {
        Some(origin) => origin.to_vec(),
        None => {
            let scheme = if request.is_secure() { "https" } else { "http" };
            format!("{scheme}://{}", request.authority()).into_bytes()
        }
    };
    let mut fields = Fields::new();
    // hixie-75 wants these in this order.
    push(&mut fields, "Upgrade", "WebSocket");
    push(&mut fields, "Connection", "Upgrade");
    push(&mut fields, "Host", request.authority());
    push(&mut fields, ORIGIN, &origin);
    let dialect = version.dialect();
    if !request.subprotocols().is_empty() {
        let list = request.subprotocols().join(" ");
        push(&mut fields, dialect.subprotocols, list);
    }
    if let Some(authorization) = request.authorization() {
        push(&mut fields, "Authorization", authorization);
    }
    for (name, value) in request.fields() {
        if !name.eq_ignore_ascii_case(ORIGIN) {
            push(&mut fields, name, value);
        }
    }
    let digest = match version {
        Version::Hixie75 => {
            encode_get(request, fields, out);
            Vec::new()
        }
        _ => {
            let keys = draft76::Keys::new(nonce);
            keys.push(&mut fields);
            encode_get(request, fields, out);
            out.extend_from_slice(&keys.last);
            keys.digest().to_vec()
        }
    };
    Expected {
        version,
        origin,
        location: location(request.is_secure(), request.authority(), request.target()),
        subprotocols: request.subprotocols().to_vec(),
        requires_subprotocol: request.requires_subprotocol(),
        digest,
        accepted: None,
    }
}

impl Expected {
    /// Judges a response with status 101.
    pub(crate) fn check(&mut self, head: ResponseHead) -> Result<(), ResponseError> {
        check_upgraded(&head)?;
        let fields = head.fields();
        let names = Names::of(self.version);
        match fields.single(names.origin) {
            // It is scheme, host and port, which have no case.
            Ok(Some(value)) if value.eq_ignore_ascii_case(&self.origin) => {}
            _ => return Err(ResponseError::Draft(DraftResponseError::Origin)),
        }
        match fields.single(names.location) {
            Ok(Some(value)) if value == self.location.as_bytes() => {}
            _ => return Err(ResponseError::Draft(DraftResponseError::Location)),
        }
        let established = Established {
            version: self.version,
            subprotocol: subprotocol::chosen(
                fields,
                self.version.dialect(),
                &self.subprotocols,
                self.requires_subprotocol,
            )?,
            extensions: None,
            connection_key: None,
        };
        let response = Response::received(head, Vec::new(), false);
        self.accepted = Some((established, response));
        Ok(())
    }

    /// Whether the head is there, but not all of the digest.
    pub(crate) const fn is_waiting(&self) -> bool {
        self.accepted.is_some()
    }

    /// Behind the head: takes what is missing of the digest. `None` if more is wanted.
    pub(crate) fn receive(
        &mut self,
        input: &mut &[u8],
    ) -> Result<Option<ClientHandshake>, ResponseError> {
        let (bytes, rest) = input.split_at(input.len().min(self.digest.len()));
        if !self.digest.starts_with(bytes) {
            return Err(ResponseError::Draft(DraftResponseError::Digest));
        }
        self.digest.drain(..bytes.len());
        *input = rest;
        if !self.digest.is_empty() {
            return Ok(None);
        }
        let accepted = self.accepted.take();
        Ok(accepted
            .map(|(established, response)| ClientHandshake::Established(established, response)))
    }
}

/// The URL of the resource, as both sides construct it.
fn location(is_secure: bool, host: &str, target: &str) -> String {
    let scheme = if is_secure { "wss" } else { "ws" };
    format!("{scheme}://{host}{target}")
}

#[cfg(test)]
pub(crate) mod tests;
