//! Randomness from the operating system.

use ws_driver::Seed;
use ws_handshake::Nonce;

/// A seed for the mask keys of one connection (RFC 6455 §5.3).
pub(crate) fn seed() -> Result<Seed, getrandom::Error> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)?;
    Ok(Seed(seed))
}

/// A nonce for one opening handshake (RFC 6455 §4.1).
pub(crate) fn nonce() -> Result<Nonce, getrandom::Error> {
    let mut nonce = [0; 16];
    getrandom::fill(&mut nonce)?;
    Ok(Nonce::new(nonce))
}

/// A number by which clients that all fail at once differ. Without randomness they do not, which
/// is no reason to fail.
#[cfg(feature = "client")]
pub(crate) fn jitter() -> u32 {
    getrandom::u32().unwrap_or_default()
}

/// The same for sources of events.
#[cfg(all(feature = "client", feature = "sse"))]
pub(crate) fn spread() -> u64 {
    getrandom::u64().unwrap_or_default()
}
