//! An answer other than 2xx.

use alloc::vec::Vec;
use core::fmt;

use ws_http::{Fields, KeptResponse, ResponseHead, Status, is_token, trim};

/// How much of the body is kept: enough to show a person what a proxy has to say.
const MAX_BODY: usize = 4 * 1024;

/// A proxy's answer other than 2xx: status, fields, and the first 4 KiB of the body.
///
/// A redirect among them is not followed. Nothing in it comes from the origin, so nothing in it may
/// be shown as if it did.
#[derive(Clone, Eq, PartialEq)]
pub struct Refusal {
    head: ResponseHead,
    body: Vec<u8>,
    is_truncated: bool,
}

impl Refusal {
    /// While its body arrives.
    pub(crate) fn arriving(head: ResponseHead) -> KeptResponse {
        KeptResponse::new(head, MAX_BODY)
    }

    /// Once nothing more of it is awaited.
    pub(crate) fn arrived(response: KeptResponse) -> Self {
        let (head, body, is_truncated) = response.into_parts();
        Self {
            head,
            body,
            is_truncated,
        }
    }

    /// The status.
    pub const fn status(&self) -> Status {
        self.head.status()
    }

    /// The fields.
    pub const fn fields(&self) -> &Fields {
        self.head.fields()
    }

    /// The body, its first 4 KiB.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Whether the body is not all that the proxy sent or wanted to send.
    pub const fn is_truncated(&self) -> bool {
        self.is_truncated
    }

    /// Whether `Proxy-Authenticate` lists Basic, the scheme of
    /// [`Credentials`](crate::Credentials).
    ///
    /// If none were sent, another attempt with some may succeed, on another connection; if some
    /// were sent, they are wrong.
    pub fn offers_basic(&self) -> bool {
        self.fields()
            .all("Proxy-Authenticate")
            .flat_map(unquoted_elements)
            .filter_map(scheme)
            .any(|scheme| scheme.eq_ignore_ascii_case(b"Basic"))
    }
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refusal")
            .field("head", &self.head)
            .field("body", &format_args!("\"{}\"", self.body.escape_ascii()))
            .field("is_truncated", &self.is_truncated)
            .finish()
    }
}

/// The elements of a list in which commas may stand in quoted strings (RFC 9110 §5.6.4).
fn unquoted_elements(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    value
        .split(move |&byte| {
            let was_escaped = core::mem::take(&mut is_escaped);
            match byte {
                b'"' if !was_escaped => is_quoted = !is_quoted,
                b'\\' if is_quoted && !was_escaped => is_escaped = true,
                _ => {}
            }
            byte == b',' && !is_quoted
        })
        .map(trim)
}

/// The scheme, if this element begins a challenge and is not one more parameter of the last one
/// (RFC 9110 §11.6.1).
fn scheme(element: &[u8]) -> Option<&[u8]> {
    let end = element.iter().position(|byte| b" \t=".contains(byte));
    let (word, rest) = element.split_at(end.unwrap_or(element.len()));
    (is_token(word) && !trim(rest).starts_with(b"=")).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 9110 §11.7.1
    #[test]
    fn p07_challenges_that_list_basic() {
        for (values, expected) in [
            (&["Basic realm=\"x\""][..], true),
            (&["basic"], true),
            (&["BASIC realm=x, charset=\"UTF-8\""], true),
            (&["Negotiate", "NTLM", "Basic realm=\"x\""], true),
            (&["NTLM TlRMTVNT==, Basic realm=\"a, \\\", b\""], true),
            (&["Digest realm = \"x\" , nonce=y,\tBasic realm=z"], true),
            (&[], false),
            (&[""], false),
            (&["Negotiate", "NTLM"], false),
            (
                &["Digest realm=\"x\", basic=\"y\", qop=\"auth, Basic z\""],
                false,
            ),
            (&["Digest realm=x, basic = y"], false),
            (&["Digest realm=\"\\\", Basic y"], false),
            // Outside of quotes a backslash is nothing special.
            (&["Digest a=\\\"x, Basic y\""], false),
            (&["Basically realm=x"], false),
        ] {
            let mut fields = Fields::new();
            for value in values {
                fields.push("proxy-authenticate", value).unwrap();
            }
            let head = ResponseHead::new(Status::PROXY_AUTHENTICATION_REQUIRED, fields);
            let refusal = Refusal::arrived(Refusal::arriving(head));
            assert_eq!(refusal.offers_basic(), expected, "{values:?}");
        }
    }
}
