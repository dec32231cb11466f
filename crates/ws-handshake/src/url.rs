//! `ws:` and `wss:` URLs (RFC 6455 §3).

use alloc::string::String;
use alloc::vec::Vec;

use crate::authority::{Authority, AuthorityError};
use crate::error::UrlError;

/// A URL, taken apart.
///
/// There is one reading of each URL that is accepted: whatever other parsers are known to read
/// differently is refused.
pub(crate) struct Url<'a> {
    pub(crate) is_secure: bool,
    pub(crate) authority: Authority<'a>,
    /// `user:password`, percent-decoded, with its colon; `None` without user information.
    pub(crate) credentials: Option<Vec<u8>>,
    /// Path and query, percent-encoded where necessary; begins with `/`.
    pub(crate) target: String,
}

impl<'a> Url<'a> {
    pub(crate) fn parse(url: &'a str) -> Result<Self, UrlError> {
        if url.contains('#') {
            return Err(UrlError::Fragment);
        }
        // Browsers read `\` as `/`, other parsers do not; the rest would be trimmed or is CR, LF.
        if url.starts_with(' ') || url.ends_with(' ') || url.chars().any(is_forbidden) {
            return Err(UrlError::Character);
        }
        let (scheme, rest) = url.split_once("://").ok_or(UrlError::Scheme)?;
        let is_secure = match scheme {
            _ if scheme.eq_ignore_ascii_case("ws") => false,
            _ if scheme.eq_ignore_ascii_case("wss") => true,
            _ => return Err(UrlError::Scheme),
        };
        let (authority, target) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let (user_info, authority) = match authority.rsplit_once('@') {
            Some((user_info, authority)) => (Some(user_info), authority),
            None => (None, authority),
        };
        Ok(Self {
            is_secure,
            authority: parse_authority(authority)?,
            credentials: user_info.map(parse_user_info).transpose()?.flatten(),
            target: encode_target(target),
        })
    }
}

/// The authority of a server to connect to.
pub(crate) fn parse_authority(text: &str) -> Result<Authority<'_>, UrlError> {
    let authority = Authority::parse(text.as_bytes()).map_err(|error| match error {
        AuthorityError::Host => UrlError::Host,
        AuthorityError::Port => UrlError::Port,
    })?;
    if authority.is_broken_ipv4() {
        Err(UrlError::Host)
    } else {
        Ok(authority)
    }
}

fn is_forbidden(c: char) -> bool {
    c.is_control() || c == '\\'
}

/// `None` if both user and password are empty.
fn parse_user_info(text: &str) -> Result<Option<Vec<u8>>, UrlError> {
    let (user, password) = text.split_once(':').unwrap_or((text, ""));
    if user.is_empty() && password.is_empty() {
        return Ok(None);
    }
    let mut credentials = decode(user)?;
    // RFC 7617 §2: the first colon ends the user, so the user cannot contain one.
    if credentials.contains(&b':') {
        return Err(UrlError::UserInfo);
    }
    credentials.push(b':');
    credentials.extend(decode(password)?);
    if credentials.iter().any(u8::is_ascii_control) {
        return Err(UrlError::UserInfo);
    }
    Ok(Some(credentials))
}

/// Percent-decodes a part of `userinfo` (RFC 3986 §3.2.1).
fn decode(text: &str) -> Result<Vec<u8>, UrlError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut digit = || rest.next().and_then(|byte| char::from(byte).to_digit(16));
                let (Some(high), Some(low)) = (digit(), digit()) else {
                    return Err(UrlError::UserInfo);
                };
                u8::try_from(high << 4 | low).map_err(|_| UrlError::UserInfo)?
            }
            _ if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:".contains(&byte) => byte,
            _ => return Err(UrlError::UserInfo),
        });
    }
    Ok(bytes)
}

/// Path and query as they go on the wire: what may not stand there is percent-encoded.
fn encode_target(text: &str) -> String {
    let mut target = String::with_capacity(text.len() + 1);
    // RFC 6455 §3: an empty path is `/`.
    if !text.starts_with('/') {
        target.push('/');
    }
    for byte in text.bytes() {
        if byte.is_ascii_graphic() && !b"\"<>^`{|}".contains(&byte) {
            target.push(char::from(byte));
        } else {
            let digit = |value: u8| char::from(b"0123456789ABCDEF"[usize::from(value & 15)]);
            target.extend(['%', digit(byte >> 4), digit(byte)]);
        }
    }
    target
}

#[cfg(test)]
mod tests;
