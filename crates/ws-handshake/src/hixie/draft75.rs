//! hixie-75: no keys, no proof.

use super::Names;

pub(super) const NAMES: Names = Names {
    // Two words, which hixie-76 writes as one.
    status_line: b"HTTP/1.1 101 Web Socket Protocol Handshake\r\n",
    origin: "WebSocket-Origin",
    location: "WebSocket-Location",
};
