//! Request targets, in either form that a request may have: a path, or a URL.

use crate::authority::Authority;

/// RFC 9112 §3.2: a path, or a URL of the host that `Host` names.
pub(crate) fn is_target_at(target: &str, host: &Authority<'_>) -> bool {
    if target.as_bytes().first() == Some(&b'/') {
        return true;
    }
    let Some((default, authority, _)) = split_target(target.as_bytes()) else {
        return false;
    };
    Authority::parse(authority).is_ok_and(|authority| {
        authority.is_same_host(host)
            && authority.port.unwrap_or(default) == host.port.unwrap_or(default)
    })
}

/// The path of a request target and what stands behind its first `?`, for a target in either form:
/// a path, or a URL with `http`, `https`, `ws` or `wss`. Both are still percent-encoded.
///
/// An empty path is `/` (RFC 6455 §3). What is neither, such as the `*` of `OPTIONS`, is
/// given back as it is, up to its first `?`.
///
/// ```
/// use ws_handshake::path_and_query;
///
/// assert_eq!(path_and_query("/chat?room=1"), ("/chat", Some("room=1")));
/// assert_eq!(path_and_query("http://example.com?"), ("/", Some("")));
/// assert_eq!(path_and_query("/chat"), ("/chat", None));
/// ```
pub fn path_and_query(target: &str) -> (&str, Option<&str>) {
    let rest = split_target(target.as_bytes()).map_or(0, |(_, _, rest)| rest);
    let rest = target.get(rest..).unwrap_or_default();
    match position(rest.as_bytes(), b'?') {
        Some(at) => (or_root(rest.get(..at)), rest.get(at + 1..)),
        None => (or_root(Some(rest)), None),
    }
}

/// RFC 6455 §3: an empty path is `/`.
const fn or_root(path: Option<&str>) -> &str {
    match path {
        Some(path) if !path.is_empty() => path,
        _ => "/",
    }
}

/// Takes a target in absolute form apart: the scheme's default port, the authority, and where the
/// rest begins.
fn split_target(target: &[u8]) -> Option<(u16, &[u8], usize)> {
    let (scheme, rest) = target.split_at_checked(position(target, b':')?)?;
    let rest = rest.strip_prefix(b"://")?;
    let is = |other: &[u8]| scheme.eq_ignore_ascii_case(other);
    let default = if is(b"http") || is(b"ws") {
        80
    } else if is(b"https") || is(b"wss") {
        443
    } else {
        return None;
    };
    let end = rest.iter().position(|byte| matches!(byte, b'/' | b'?'));
    let end = end.unwrap_or(rest.len());
    Some((default, rest.get(..end)?, target.len() - rest.len() + end))
}

/// Where the first such byte is. Text is searched with far more code.
fn position(text: &[u8], byte: u8) -> Option<usize> {
    text.iter().position(|&other| other == byte)
}
