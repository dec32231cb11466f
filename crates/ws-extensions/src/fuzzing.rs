//! What must hold for any bytes; fuzz targets and property tests call this.
//!
//! Not part of the public API.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

#[cfg(feature = "deflate")]
pub use crate::deflate::fuzzing::{deflate, inflate};
use crate::{Negotiator, Params};

/// What a header says is said again when it is printed, and whoever negotiates about it keeps to
/// the bounds.
///
/// # Panics
///
/// When that is not so.
pub fn header(data: &[u8]) {
    let Ok(header) = core::str::from_utf8(data) else {
        return;
    };
    if let Ok(elements) = Params::parse(header).collect::<Result<Vec<_>, _>>() {
        let whole = elements.iter().all(|element| !element.is_cut());
        let printed: Vec<String> = elements.iter().map(ToString::to_string).collect();
        let printed = printed.join(", ");
        let again: Result<Vec<_>, _> = Params::parse(&printed).collect();
        assert!(!whole || again == Ok(elements), "{printed}");
    }
    let negotiator = Negotiator::new();
    #[cfg(feature = "deflate")]
    let negotiator = negotiator.with(crate::deflate::Deflate::new());
    let _ = negotiator.confirm(Some(header));
    if let Ok(granted) = negotiator.grant(Some(header)) {
        assert!(granted.refused.len() <= Negotiator::LIMIT);
        assert_eq!(granted.response.is_none(), granted.sessions.is_empty());
        if let Some(response) = granted.response {
            let confirmed = negotiator.confirm(Some(&response));
            assert!(confirmed.is_ok(), "{response}: {confirmed:?}");
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_header(text in "[a-c=;, \t\"\\\\1]{0,60}") {
            header(text.as_bytes());
        }

        #[cfg(feature = "deflate")]
        #[test]
        fn headers_that_offer_deflate(parameters in "(; ?(client|server)_(max_window_bits|no_context_takeover)(=\"?[0-9]{1,2}\"?)?){0,5}") {
            header(std::format!("permessage-deflate{parameters}").as_bytes());
        }
    }
}
