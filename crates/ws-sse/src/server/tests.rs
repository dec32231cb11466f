//! Requests and answers as they are on the wire.

mod offer;
mod writer;

use alloc::string::String;
use alloc::vec::Vec;

use ws_http::{Limits, RequestDecoder, RequestHead, Status};

use super::*;
use crate::error::Misuse;
use crate::event::Event;

fn head(text: &str) -> RequestHead {
    let head = RequestDecoder::new(Limits::default()).decode(&mut text.as_bytes());
    head.expect("valid").expect("complete")
}

fn get(version: &str) -> RequestHead {
    head(&["GET /feed HTTP/", version, "\r\nHost: a\r\n\r\n"].concat())
}

/// What is written for a request, from the head on, and the writer of the remainder.
fn accepted(head: &RequestHead, accept: &Accept) -> (String, StreamWriter) {
    let mut out = Vec::from(*b">");
    let writer = Offer::new(head).accept(accept, &mut out);
    (text(out), writer)
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("only text was written")
}
