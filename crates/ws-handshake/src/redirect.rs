//! Where a redirect leads, and what may not go there.

use ws_http::Fields;

use crate::error::{RedirectError, UrlError};
use crate::request::Request;
use crate::response::Response;
use crate::url::ServerUrl;

impl Request {
    /// The request that follows a redirect: the same at another place.
    ///
    /// If scheme, host or port change, credentials are left out, for good: the request holds them
    /// no more, wherever later redirects lead. Those are `Authorization` and `Cookie`, and since
    /// nobody knows what other fields hold, all but `Accept-Language`, `Cache-Control`, `Origin`,
    /// `Pragma` and `User-Agent`. User information in the location is ignored, a fragment too.
    /// Subprotocols are names and are kept: what is no name but a token should not be among them.
    ///
    /// Nothing here counts: who follows redirects must limit their number.
    ///
    /// # Errors
    ///
    /// If `response` is no redirect, has not one `Location` that is a URL, or leads from `wss` to
    /// `ws`.
    pub fn redirected(&self, response: &Response) -> Result<Self, RedirectError> {
        if !response.is_redirect() {
            return Err(RedirectError::Status(response.status()));
        }
        let location = response
            .fields()
            .single("Location")
            .map_err(|_| RedirectError::LocationRepeated)?
            .ok_or(RedirectError::LocationMissing)?;
        // RFC 3986 knows ASCII alone; what is sent all the same is UTF-8 or cannot be read.
        let location = core::str::from_utf8(location).map_err(|_| UrlError::Character)?;
        let base = ServerUrl::from_parts(self.is_secure(), self.authority(), self.target());
        let url = base.ok_or(UrlError::Host)?.join(location)?;
        if self.is_secure() && !url.is_secure() {
            return Err(RedirectError::Downgrade);
        }
        let is_same = |other: &Self| {
            (self.is_secure(), self.host(), self.port())
                == (other.is_secure(), other.host(), other.port())
        };
        let mut moved = self.clone().moved(&url)?;
        if !is_same(&moved) {
            moved.forget_credentials();
        }
        Ok(moved)
    }

    fn forget_credentials(&mut self) {
        let mut kept = Fields::new();
        for (name, value) in self.fields().iter().filter(|(name, _)| is_harmless(name)) {
            // It could be pushed before.
            let pushed = kept.push(name, value);
            debug_assert!(pushed.is_ok(), "{name}");
        }
        self.replace_fields(kept);
    }
}

/// Whether a field says nothing that is for one server alone.
fn is_harmless(name: &str) -> bool {
    [
        "accept-language",
        "cache-control",
        "origin",
        "pragma",
        "user-agent",
    ]
    .iter()
    .any(|other| name.eq_ignore_ascii_case(other))
}

#[cfg(test)]
mod tests;
