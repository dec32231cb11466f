//! The names of fields that both ways through this crate write and look for.

/// What a client offers, and what a server chooses of it.
pub(crate) const SUBPROTOCOLS: &str = "Sec-WebSocket-Protocol";

/// The same for extensions.
pub(crate) const EXTENSIONS: &str = "Sec-WebSocket-Extensions";

/// Whether a field of this name is written by this crate alone, or would give a body to a message
/// that has none.
pub(crate) fn is_own(name: &str) -> bool {
    const OWN: [&str; 5] = [
        "Host",
        "Upgrade",
        "Connection",
        "Content-Length",
        "Transfer-Encoding",
    ];
    const PREFIXES: [&[u8]; 2] = [b"Sec-WebSocket-", b"WebSocket-"];
    let has = |prefix: &&[u8]| {
        let start = name.as_bytes().get(..prefix.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    OWN.iter().any(|own| own.eq_ignore_ascii_case(name)) || PREFIXES.iter().any(has)
}
