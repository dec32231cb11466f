//! Properties that hold for any bytes, for fuzz targets and property tests.
//!
//! The first five bytes of the data choose limits and cuts, the rest is what arrives. Whoever
//! calls these wants a panic when a property does not hold; nothing else in this crate panics.

use alloc::vec::Vec;
use core::fmt::Debug;

use crate::body::{BodyDecoder, BodyPart, Framing};
use crate::decoder::{RequestDecoder, ResponseDecoder};
use crate::error::{BodyError, HeadError};
use crate::fields::Fields;
use crate::head::{RequestHead, ResponseHead};
use crate::limits::Limits;
use crate::syntax::{is_text, is_token, trim};

/// Cuts bytes into pieces of lengths that only depend on a seed.
#[derive(Clone, Debug)]
pub struct Cuts<'a> {
    rest: &'a [u8],
    state: u32,
}

impl<'a> Cuts<'a> {
    /// The pieces of `bytes` for this seed. None of them is empty.
    pub const fn new(bytes: &'a [u8], seed: u32) -> Self {
        Self {
            rest: bytes,
            state: seed | 1,
        }
    }

    /// What has not been cut off yet.
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }
}

impl<'a> Iterator for Cuts<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        // Marsaglia's xorshift; now and then a long piece.
        self.state ^= self.state << 13;
        self.state ^= self.state >> 17;
        self.state ^= self.state << 5;
        let longest = if self.state & 0x700 == 0 {
            4096
        } else {
            1 + (self.state >> 12 & 31)
        };
        let len = 1 + (self.state >> 17) % longest;
        let (piece, rest) = self.rest.split_at(self.rest.len().min(len as usize));
        self.rest = rest;
        Some(piece)
    }
}

/// Takes the first `N` bytes off the data; `None` if there are fewer.
pub fn seed<const N: usize>(data: &[u8]) -> Option<([u8; N], &[u8])> {
    data.split_first_chunk().map(|(seed, rest)| (*seed, rest))
}

/// A request's head is the same however it is cut, and what was read is written and read again.
///
/// # Panics
///
/// If the property does not hold.
pub fn request_head(data: &[u8]) {
    let Some(([small, seed @ ..], data)) = seed::<5>(data) else {
        return;
    };
    let limits = limits(small);
    let seed = u32::from_le_bytes(seed);
    let head = check(data, seed, || {
        let mut decoder = RequestDecoder::new(limits);
        move |input: &mut &[u8]| decoder.decode(input)
    });
    if let Some(head) = head {
        check_fields(head.fields(), limits);
        let again = RequestHead::new(head.method(), head.target(), head.fields().clone());
        let mut out = Vec::new();
        // What was read with a longer line may be too long to write.
        again.unwrap_or_else(|_| head.clone()).encode(&mut out);
        let mut limits = limits;
        // Written fields have a space behind the colon, even if they had none before.
        limits.head = out.len();
        limits.line += 1;
        let reread = RequestDecoder::new(limits).decode(&mut &out[..]);
        let reread = reread.expect("valid").expect("complete");
        assert_eq!(reread.method(), head.method());
        assert_eq!(reread.target(), head.target());
        assert_eq!(reread.fields(), head.fields());
    }
}

/// A response's head is the same however it is cut, and what was read is written and read again.
///
/// # Panics
///
/// If the property does not hold.
pub fn response_head(data: &[u8]) {
    let Some(([small, seed @ ..], data)) = seed::<5>(data) else {
        return;
    };
    let limits = limits(small);
    let seed = u32::from_le_bytes(seed);
    let head = check(data, seed, || {
        let mut decoder = ResponseDecoder::new(limits);
        move |input: &mut &[u8]| decoder.decode(input)
    });
    if let Some(head) = head {
        check_fields(head.fields(), limits);
        let mut out = Vec::new();
        ResponseHead::new(head.status(), head.fields().clone()).encode(&mut out);
        let mut limits = limits;
        limits.head = out.len();
        // The standard reason may be longer than the one that was read.
        limits.line += 64;
        let reread = ResponseDecoder::new(limits).decode(&mut &out[..]);
        let reread = reread.expect("valid").expect("complete");
        assert_eq!(reread.status(), head.status());
        assert_eq!(reread.fields(), head.fields());
        let _ = Framing::of_response(&head);
    }
}

/// A body is the same however it is cut, never longer than what arrived, and complete only once.
///
/// # Panics
///
/// If the property does not hold.
pub fn body(data: &[u8]) {
    let Some(([kind, length, seed @ ..], data)) = seed::<6>(data) else {
        return;
    };
    let framing = match kind & 3 {
        0 => Framing::Length(u64::from(length)),
        1 => Framing::Eof,
        _ => Framing::Chunked,
    };
    let whole = read_body(framing, core::iter::once(data), data.len());
    let cuts = Cuts::new(data, u32::from_le_bytes(seed));
    assert_eq!(read_body(framing, cuts, data.len()), whole);
    assert!(whole.0.len() <= data.len());
}

/// The body, how it ended (`None`: it goes on), and how much of `len` bytes stayed in the input.
fn read_body<'a>(
    framing: Framing,
    pieces: impl Iterator<Item = &'a [u8]>,
    len: usize,
) -> (Vec<u8>, Option<Result<(), BodyError>>, usize) {
    let mut decoder = BodyDecoder::new(framing);
    let mut body = Vec::new();
    let mut taken = 0;
    // A body may be over without a byte, which only a decoder that is asked can tell.
    for piece in pieces.chain([&[][..]]) {
        let mut input = piece;
        loop {
            match decoder.decode(&mut input) {
                Ok(Some(BodyPart::Data(data))) => body.extend_from_slice(data),
                Ok(Some(BodyPart::End)) => {
                    taken += piece.len() - input.len();
                    return (body, Some(Ok(())), len - taken);
                }
                Ok(None) => break,
                Err(error) => {
                    assert_eq!(decoder.decode(&mut &b"0\r\n\r\n"[..]), Err(error));
                    return (body, Some(Err(error)), 0);
                }
            }
        }
        assert!(input.is_empty());
        taken += piece.len();
    }
    (body, None, len - taken)
}

fn limits(small: u8) -> Limits {
    let mut limits = Limits::default();
    if small & 1 == 1 {
        limits.head = 16 * usize::from(small);
        limits.line = usize::from(small);
        limits.fields = usize::from(small / 16);
    }
    limits
}

/// What [`Fields`] promises, whatever parser has found them.
fn check_fields(fields: &Fields, limits: Limits) {
    assert!(fields.len() <= limits.fields);
    for (name, value) in fields {
        assert!(is_token(name.as_bytes()));
        assert!(value.iter().copied().all(is_text) && trim(value) == value);
    }
}

/// Decodes in one piece and in many, and compares.
fn check<H, D>(data: &[u8], seed: u32, decoder: impl Fn() -> D) -> Option<H>
where
    H: Debug + Eq,
    D: FnMut(&mut &[u8]) -> Result<Option<H>, HeadError>,
{
    let mut rest = data;
    let whole = decoder()(&mut rest);
    let mut decode = decoder();
    let mut cuts = Cuts::new(data, seed);
    let mut cut = Ok(None);
    let mut left = 0;
    while let (Ok(None), Some(mut piece)) = (&cut, cuts.next()) {
        cut = decode(&mut piece);
        left = piece.len() + cuts.rest().len();
    }
    assert_eq!(whole, cut);
    match whole {
        Ok(Some(head)) => {
            assert_eq!(rest.len(), left);
            Some(head)
        }
        Ok(None) => {
            assert!(rest.is_empty());
            None
        }
        Err(error) => {
            let mut more = &b"GET / HTTP/1.1\r\n\r\n"[..];
            assert_eq!(decode(&mut more), Err(error));
            assert!(more.is_empty() && rest.is_empty());
            None
        }
    }
}
