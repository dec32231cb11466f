//! What version 4 alone has: a nonce of the server, and a key of the connection.

use sha1::{Digest as _, Sha1};
use ws_http::Fields;

use crate::error::{Misuse, ResponseError};
use crate::hixie::DraftResponseError;
use crate::key::{Nonce, is_key};
use crate::response::push;
use crate::version::Version;

const FIELD: &str = "Sec-WebSocket-Nonce";

/// hybi-04: what is hashed behind both nonces.
const GUID: &[u8] = b"61AC5F19-FBBA-4540-B96F-6561F1AB40A8";

pub(crate) fn sha1(bytes: &[u8]) -> [u8; 20] {
    Sha1::digest(bytes).into()
}

/// Adds the server's nonce to the fields of an acceptance. In other versions there is none.
pub(crate) fn key_from_accept(
    version: Version,
    request: &Fields,
    nonce: Option<Nonce>,
    response: &mut Fields,
) -> Result<Option<[u8; 20]>, Misuse> {
    if version != Version::Hybi4 {
        return Ok(None);
    }
    let nonce = nonce.ok_or(Misuse::NonceMissing)?.key();
    push(response, FIELD, &nonce);
    let key = request.first("Sec-WebSocket-Key").unwrap_or_default();
    Ok(Some(connection_key(key, nonce.as_bytes())))
}

/// Finds the server's nonce in the fields of its response. In other versions nobody looks.
pub(crate) fn key_from_response(
    version: Version,
    client: Nonce,
    response: &Fields,
) -> Result<Option<[u8; 20]>, ResponseError> {
    if version != Version::Hybi4 {
        return Ok(None);
    }
    match response.single(FIELD) {
        Ok(Some(nonce)) if is_key(nonce) => {
            Ok(Some(connection_key(client.key().as_bytes(), nonce)))
        }
        _ => Err(ResponseError::Draft(DraftResponseError::Nonce)),
    }
}

/// Both nonces are hashed as text.
fn connection_key(client: &[u8], server: &[u8]) -> [u8; 20] {
    let hash = Sha1::new().chain_update(client).chain_update(server);
    hash.chain_update(GUID).finalize().into()
}

#[cfg(test)]
mod tests;
