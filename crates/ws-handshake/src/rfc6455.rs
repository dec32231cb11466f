//! The rules of RFC 6455 §4 about the two messages.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use ws_http::{Fields, Framing, HttpVersion, RequestHead, ResponseHead};

use crate::authority::Authority;
use crate::config::ServerConfig;
#[cfg(feature = "drafts")]
use crate::early::key_from_response;
use crate::error::{RequestError, ResponseError};
use crate::established::Established;
#[cfg(feature = "drafts")]
use crate::hixie::{challenge, has_last_key};
use crate::key::{Nonce, PROOF_LEN, is_key, proof};
use crate::request::Request;
use crate::response::push;
use crate::seen::{Once, Seen};
use crate::server::Requested;
use crate::subprotocol;
use crate::target::is_target_at;
use crate::version::{ORIGIN, Version, VersionError};

pub(crate) use crate::names::EXTENSIONS;

/// What carries a connection once it is open.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Carrier {
    /// The connection of HTTP/1.1 that the handshake was done on.
    Connection,
    /// A stream of HTTP/2 or HTTP/3 (RFC 8441 §5): there is no key, and nothing is upgraded.
    Stream,
}

/// Judges a request, RFC 6455 §4.2.1. The first rule that is broken is the one that is told.
pub(crate) fn check_request(
    head: RequestHead,
    config: &ServerConfig,
) -> Result<Requested, RequestError> {
    check_request_on(head, config, Carrier::Connection)
}

/// As [`check_request`]; one in a stream is given as the GET that it would be in HTTP/1.1.
pub(crate) fn check_request_on(
    head: RequestHead,
    config: &ServerConfig,
    carrier: Carrier,
) -> Result<Requested, RequestError> {
    let in_stream = carrier == Carrier::Stream;
    let fields = head.fields();
    let seen = Seen::in_fields(fields);
    check_message(&head, &seen)?;
    // §4.2.1-2: Host, and RFC 9112 §3.2: exactly one.
    let host = seen.host.value().ok_or(RequestError::Host)?;
    let host = Authority::parse(host).map_err(|_| RequestError::Host)?;
    if !is_target_at(head.target(), &host) {
        return Err(RequestError::Target);
    }
    if !config.hosts.admit(&host) {
        return Err(RequestError::HostForbidden);
    }
    let accepted = config.versions;
    // §4.2.1-3, -4: the same for every version, or a proxy could be made to see something else.
    if !seen.upgrade && !in_stream {
        return Err(RequestError::Upgrade { accepted });
    }
    if !seen.connection && !in_stream {
        return Err(RequestError::Connection);
    }
    // §4.2.1-6, §4.4
    let version = match seen.version {
        // What `detect` would say, at once.
        Once::Value(b"13") => Ok(Version::Rfc6455),
        _ => Version::detect(fields),
    };
    let version = match version {
        // RFC 8441 §5: Sec-WebSocket-Version and those beside it mean what they mean in RFC 6455;
        // no draft has ever been spoken in a stream.
        Ok(version) if in_stream && version != Version::Rfc6455 => {
            return Err(RequestError::VersionUnsupported { accepted });
        }
        Ok(version) if accepted.contains(version) => version,
        Ok(_) | Err(VersionError::Unknown) => {
            return Err(RequestError::VersionUnsupported { accepted });
        }
        Err(VersionError::Missing) => return Err(RequestError::VersionMissing { accepted }),
        Err(VersionError::Repeated) => return Err(RequestError::VersionRepeated),
    };
    let dialect = version.dialect();
    // §4.2.2-4, §10.2
    let is_admitted = |origin: Once<'_>| match origin {
        Once::Missing => true,
        Once::Value(origin) => config.origins.admit(origin, &host, config.secure),
        Once::Repeated => false,
    };
    let other = dialect.other_origin;
    if !is_admitted(seen.origin) || !other.is_none_or(|name| is_admitted(Once::of(fields, name))) {
        return Err(RequestError::OriginForbidden);
    }
    // §4.2.1-5
    let proof = if dialect.has_key && !in_stream {
        let key = seen.key.value().filter(|key| is_key(key));
        proof(key.ok_or(RequestError::Key)?)
    } else {
        [0; PROOF_LEN]
    };
    #[cfg(feature = "drafts")]
    let challenge = if dialect.has_key {
        None
    } else {
        Some(challenge(&head, version, config)?)
    };
    // §4.2.1-8. One of the versions without key has a name for these that is not looked for above.
    let selected = match seen.subprotocols || !dialect.has_key {
        true if !subprotocol::is_valid_offer(fields, dialect) => {
            return Err(RequestError::Subprotocols);
        }
        true => subprotocol::select(subprotocol::offered(fields, dialect), &config.subprotocols),
        false => None,
    };
    let selected = selected.map(String::from);
    if config.require_subprotocol && selected.is_none() {
        return Err(RequestError::NoSharedSubprotocol);
    }
    // §4.2.1-9
    let joined_extensions = match seen.extensions.then(|| extensions(fields)) {
        Some(Ok(Some(Cow::Owned(joined)))) => Some(joined),
        Some(Err(NotText)) => return Err(RequestError::Extensions),
        _ => None,
    };
    Ok(Requested {
        head,
        version,
        carrier,
        proof,
        selected,
        joined_extensions,
        #[cfg(feature = "drafts")]
        challenge,
    })
}

/// §4.2.1-1: a GET, HTTP/1.1 or higher. It has no body; if one were announced, its bytes would be
/// taken for frames here and for something else by an intermediary.
fn check_message(head: &RequestHead, seen: &Seen<'_>) -> Result<(), RequestError> {
    if head.version() != HttpVersion::Http11 {
        return Err(RequestError::HttpVersion);
    }
    if head.method() != "GET" {
        return Err(RequestError::Method);
    }
    match seen.framing.then(|| Framing::of(head.fields())) {
        None | Some(Ok(None | Some(Framing::Length(0)))) => Ok(()),
        // One of the versions without key has some bytes behind the head, and some of its clients
        // say so.
        #[cfg(feature = "drafts")]
        Some(Ok(Some(Framing::Length(len)))) if has_last_key(head.fields(), len) => Ok(()),
        _ => Err(RequestError::Body),
    }
}

/// Appends a client's request, RFC 6455 §4.1.
pub(crate) fn encode_request(request: &Request, nonce: Nonce, out: &mut Vec<u8>) -> Expected {
    let key = nonce.key();
    let mut fields = Fields::new();
    push(&mut fields, "Host", request.authority());
    push(&mut fields, "Upgrade", "websocket");
    push(&mut fields, "Connection", "Upgrade");
    push(&mut fields, "Sec-WebSocket-Key", &key);
    let has_extensions = push_common(request, &mut fields);
    encode_get(request, fields, out);
    Expected {
        version: request.version(),
        #[cfg(feature = "drafts")]
        nonce,
        proof: proof(key.as_bytes()),
        subprotocols: request.subprotocols().to_vec(),
        requires_subprotocol: request.requires_subprotocol(),
        has_extensions,
    }
}

/// Adds what is the same whatever carries the connection; whether extensions are offered.
pub(crate) fn push_common(request: &Request, fields: &mut Fields) -> bool {
    if let Some(number) = request.version().wire_number() {
        push(fields, "Sec-WebSocket-Version", number.to_string());
    }
    if !request.subprotocols().is_empty() {
        push(
            fields,
            subprotocol::FIELD,
            request.subprotocols().join(", "),
        );
    }
    if let Some(authorization) = request.authorization() {
        push(fields, "Authorization", authorization);
    }
    let dialect = request.version().dialect();
    for (name, value) in request.fields() {
        let other = dialect.other_origin;
        let other = other.filter(|_| name.eq_ignore_ascii_case(ORIGIN));
        push(fields, other.unwrap_or(name), value);
    }
    let extensions = request.extensions().filter(|_| dialect.has_extensions);
    if let Some(extensions) = extensions {
        push(fields, EXTENSIONS, extensions);
    }
    extensions.is_some()
}

/// Appends a head with these fields.
pub(crate) fn encode_get(request: &Request, fields: Fields, out: &mut Vec<u8>) {
    let head = RequestHead::new("GET", request.target(), fields);
    debug_assert!(head.is_ok(), "{}", request.target());
    if let Ok(head) = head {
        head.encode(out);
    }
}

/// What a client remembers of its request, to judge the response.
#[derive(Debug)]
pub(crate) struct Expected {
    version: Version,
    #[cfg(feature = "drafts")]
    nonce: Nonce,
    proof: [u8; PROOF_LEN],
    subprotocols: Vec<String>,
    requires_subprotocol: bool,
    has_extensions: bool,
}

impl Expected {
    /// What is expected of a response in a stream.
    pub(crate) fn of_stream(request: &Request) -> Self {
        Self {
            version: request.version(),
            #[cfg(feature = "drafts")]
            nonce: Nonce::new([0; 16]),
            proof: [0; PROOF_LEN],
            subprotocols: request.subprotocols().to_vec(),
            requires_subprotocol: request.requires_subprotocol(),
            has_extensions: request.extensions().is_some(),
        }
    }

    /// Judges a response with status 101, RFC 6455 §4.1 ("Once the client's opening handshake has
    /// been sent").
    pub(crate) fn check(&self, head: &ResponseHead) -> Result<Established, ResponseError> {
        let fields = head.fields();
        check_upgraded(head)?;
        // -4
        match fields.single("Sec-WebSocket-Accept") {
            Ok(None) => return Err(ResponseError::AcceptMissing),
            Ok(Some(value)) if value == self.proof => {}
            Ok(Some(_)) => return Err(ResponseError::AcceptMismatch),
            Err(_) => return Err(ResponseError::AcceptRepeated),
        }
        self.check_agreed(fields)
    }

    /// Judges what an acceptance says that both ends agree on, whatever carries it.
    pub(crate) fn check_agreed(&self, fields: &Fields) -> Result<Established, ResponseError> {
        // -5: that the extensions were offered is for whoever knows them to check.
        let extensions = extensions(fields).map_err(|NotText| ResponseError::Extensions)?;
        if extensions.is_some() && !self.has_extensions {
            return Err(ResponseError::ExtensionsUnrequested);
        }
        Ok(Established {
            version: self.version,
            subprotocol: subprotocol::chosen(
                fields,
                self.version.dialect(),
                &self.subprotocols,
                self.requires_subprotocol,
            )?,
            extensions: extensions.map(Cow::into_owned),
            #[cfg(feature = "drafts")]
            connection_key: key_from_response(self.version, self.nonce, fields)?,
        })
    }
}

/// The rules about a response with status 101 that are the same in every version.
pub(crate) fn check_upgraded(head: &ResponseHead) -> Result<(), ResponseError> {
    let fields = head.fields();
    if head.version() != HttpVersion::Http11 {
        return Err(ResponseError::HttpVersion);
    }
    // -2: here the value is compared, not searched.
    match fields.single("Upgrade") {
        Ok(None) => return Err(ResponseError::UpgradeMissing),
        Ok(Some(value)) if value.eq_ignore_ascii_case(b"websocket") => {}
        _ => return Err(ResponseError::UpgradeMismatch),
    }
    // -3: here the list is searched.
    if !fields.contains("Connection") {
        return Err(ResponseError::ConnectionMissing);
    }
    if !fields.list_contains("Connection", "upgrade") {
        return Err(ResponseError::ConnectionMismatch);
    }
    Ok(())
}

struct NotText;

/// The extensions of either message as one line of text; they may be spread over several lines
/// (RFC 6455 §9.1).
fn extensions(fields: &Fields) -> Result<Option<Cow<'_, str>>, NotText> {
    let text = match fields.single(EXTENSIONS) {
        Ok(None) => return Ok(None),
        Ok(Some(line)) => Cow::Borrowed(core::str::from_utf8(line).map_err(|_| NotText)?),
        Err(_) => {
            let joined = fields.joined(EXTENSIONS).unwrap_or_default();
            Cow::Owned(String::from_utf8(joined).map_err(|_| NotText)?)
        }
    };
    if text.is_ascii() && !text.is_empty() {
        Ok(Some(text))
    } else {
        Err(NotText)
    }
}
