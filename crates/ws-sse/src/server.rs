//! The server's side: what is asked for, how it is answered, and what is written then.

mod accept;
mod error;
mod offer;
mod reject;
mod writer;

pub use accept::Accept;
pub use error::RequestError;
pub use offer::{LastEventId, Offer};
pub use reject::Reject;
pub use writer::{StreamFraming, StreamWriter};

#[cfg(test)]
mod tests;
