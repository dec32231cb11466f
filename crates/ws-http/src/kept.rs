//! A response that is an error to whoever gets it, with the beginning of its body.

use alloc::vec::Vec;

use crate::body::{BodyDecoder, BodyPart, Framing};
use crate::head::ResponseHead;

/// A response whose head is there, while its body arrives, of which no more is kept than somebody
/// wants to read.
///
/// What is wrong with it is no error here: the status says more than a body that cannot be taken
/// apart.
///
/// ```
/// use ws_http::{Fields, KeptResponse, ResponseHead, Status};
///
/// let mut fields = Fields::new();
/// fields.push("Content-Length", "9")?;
/// let mut kept = KeptResponse::new(ResponseHead::new(Status::NOT_FOUND, fields), 4);
/// assert!(!kept.receive(&mut &b"not"[..]));
/// assert!(kept.receive(&mut &b" found"[..]));
/// let (head, body, is_truncated) = kept.into_parts();
/// assert_eq!(head.status(), Status::NOT_FOUND);
/// assert_eq!((&*body, is_truncated), (&b"not "[..], true));
/// # Ok::<(), ws_http::InvalidField>(())
/// ```
#[derive(Debug)]
pub struct KeptResponse {
    head: ResponseHead,
    decoder: BodyDecoder,
    body: Vec<u8>,
    limit: usize,
    is_truncated: bool,
}

impl KeptResponse {
    /// The response with this head, before the first byte of its body, of which `limit` bytes are
    /// kept.
    pub fn new(head: ResponseHead, limit: usize) -> Self {
        Self {
            decoder: match Framing::of_response(&head) {
                Ok(framing) => BodyDecoder::new(framing),
                Err(error) => BodyDecoder::failed(error),
            },
            head,
            body: Vec::new(),
            limit,
            is_truncated: false,
        }
    }

    /// The head.
    pub const fn head(&self) -> &ResponseHead {
        &self.head
    }

    /// Takes bytes of the body off the front of `input`; whether there is no more of it to wait for:
    /// it is complete, over the limit, or cannot be read.
    pub fn receive(&mut self, input: &mut &[u8]) -> bool {
        loop {
            match self.decoder.decode(input) {
                Ok(None) => return false,
                Ok(Some(BodyPart::Data(data))) => {
                    let room = self.limit - self.body.len();
                    self.body.extend_from_slice(&data[..data.len().min(room)]);
                    if data.len() > room {
                        self.is_truncated = true;
                        return true;
                    }
                }
                Ok(Some(BodyPart::End)) => return true,
                Err(_) => {
                    self.is_truncated = true;
                    return true;
                }
            }
        }
    }

    /// The same response, now that the connection has ended.
    #[must_use]
    pub fn receive_eof(mut self) -> Self {
        self.is_truncated |= self.decoder.receive_eof().is_err();
        self
    }

    /// The head, what has been kept of the body, and whether that is not all that was sent or was to
    /// be sent.
    pub fn into_parts(self) -> (ResponseHead, Vec<u8>, bool) {
        (self.head, self.body, self.is_truncated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::Fields;
    use crate::status::Status;

    /// Receives `body` in reads of one byte, then the end; what has been kept.
    fn kept(fields: &[(&str, &str)], body: &[u8], limit: usize) -> (Vec<u8>, bool, usize) {
        let mut all = Fields::new();
        for (name, value) in fields {
            all.push(name, value).unwrap();
        }
        let mut kept = KeptResponse::new(ResponseHead::new(Status::NOT_FOUND, all), limit);
        let done = body.chunks(1).position(|mut byte| kept.receive(&mut byte));
        if done.is_none() {
            kept = kept.receive_eof();
        }
        assert_eq!(kept.head().status(), Status::NOT_FOUND);
        let (_, kept_body, is_truncated) = kept.into_parts();
        (kept_body, is_truncated, done.unwrap_or(body.len()))
    }

    // RFC 9112 §6
    #[test]
    fn hc10_p09_bodies_are_kept_up_to_a_limit() {
        let length: &[(&str, &str)] = &[("Content-Length", "5")];
        let chunked: &[(&str, &str)] = &[("Transfer-Encoding", "chunked")];
        let unclear: &[(&str, &str)] = &[("Content-Length", "5"), ("Content-Length", "6")];
        for (fields, body, limit, expected) in [
            (length, &b"hello"[..], 9, (&b"hello"[..], false, 4)),
            (length, b"hel", 9, (b"hel", true, 3)),
            (length, b"hello", 5, (b"hello", false, 4)),
            (length, b"hello", 3, (b"hel", true, 3)),
            (length, b"hello", 0, (b"", true, 0)),
            (chunked, b"2\r\nhe\r\n0\r\n\r\n", 9, (b"he", false, 11)),
            (chunked, b"2\r\nhe\r\nx", 9, (b"he", true, 7)),
            (chunked, b"2\r\nhe", 9, (b"he", true, 5)),
            (&[], b"hello", 9, (b"hello", false, 5)),
            (&[], b"hello", 2, (b"he", true, 2)),
            (unclear, b"hello", 9, (b"", true, 0)),
        ] {
            let (bytes, is_truncated, done) = kept(fields, body, limit);
            assert_eq!(
                (&*bytes, is_truncated, done),
                expected,
                "{fields:?} {body:?}"
            );
        }
    }
}
