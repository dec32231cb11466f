//! Request targets, in either form that a request may have: a path, or a URL.

use crate::authority::Authority;

/// RFC 9112 §3.2: a path, or a URL of the host that `Host` names.
pub(crate) fn is_target_at(target: &str, host: &Authority<'_>) -> bool {
    if target.starts_with('/') {
        return true;
    }
    let Some(((default, authority), _)) = split_target(target) else {
        return false;
    };
    Authority::parse(authority.as_bytes()).is_ok_and(|authority| {
        authority.is_same_host(host)
            && authority.port.unwrap_or(default) == host.port.unwrap_or(default)
    })
}

/// Both parts of a target in either form.
pub(crate) fn path_and_query(target: &str) -> (&str, Option<&str>) {
    let rest = split_target(target).map_or(target, |(_, rest)| rest);
    match position(rest, b"?") {
        Some(at) => (or_root(&rest[..at]), Some(&rest[at + 1..])),
        None => (or_root(rest), None),
    }
}

/// RFC 6455 §3: an empty path is `/`.
const fn or_root(path: &str) -> &str {
    if path.is_empty() { "/" } else { path }
}

/// Takes a target in absolute form apart: the scheme's default port and the authority, and what
/// stands behind them.
fn split_target(target: &str) -> Option<((u16, &str), &str)> {
    let colon = position(target, b":")?;
    let (scheme, rest) = (&target[..colon], &target[colon..]);
    let rest = rest.strip_prefix("://")?;
    let is = |other: &str| scheme.eq_ignore_ascii_case(other);
    let default = if is("http") || is("ws") {
        80
    } else if is("https") || is("wss") {
        443
    } else {
        return None;
    };
    let (authority, rest) = rest.split_at(position(rest, b"/?").unwrap_or(rest.len()));
    Some(((default, authority), rest))
}

/// Where the first of these ASCII characters is. The standard library's search is made for more,
/// and ten times as much code.
fn position(text: &str, any: &[u8]) -> Option<usize> {
    text.bytes().position(|byte| any.contains(&byte))
}
