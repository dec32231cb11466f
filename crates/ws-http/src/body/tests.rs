//! Bodies at every split, and framing that is not clear.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::*;
use crate::status::Status;

/// The body and how it ended (`None`: more is wanted), the same at every split and byte by byte.
fn read(framing: Framing, bytes: &[u8]) -> (Vec<u8>, Option<Result<usize, BodyError>>) {
    let whole = read_pieces(framing, &[bytes]);
    for at in 0..=bytes.len() {
        let (first, second) = bytes.split_at(at);
        assert_eq!(read_pieces(framing, &[first, second]), whole, "cut at {at}");
    }
    let single: Vec<_> = bytes.chunks(1).collect();
    assert_eq!(read_pieces(framing, &single), whole, "byte by byte");
    whole
}

fn read_pieces(framing: Framing, pieces: &[&[u8]]) -> (Vec<u8>, Option<Result<usize, BodyError>>) {
    let mut decoder = BodyDecoder::new(framing);
    let mut body = Vec::new();
    for (i, piece) in pieces.iter().enumerate() {
        let mut input = *piece;
        loop {
            match decoder.decode(&mut input) {
                Ok(Some(BodyPart::Data(data))) => {
                    assert!(!data.is_empty());
                    body.extend_from_slice(data);
                }
                Ok(Some(BodyPart::End)) => {
                    let later: usize = pieces[i + 1..].iter().map(|piece| piece.len()).sum();
                    return (body, Some(Ok(input.len() + later)));
                }
                Ok(None) => break,
                Err(error) => return (body, Some(Err(error))),
            }
        }
    }
    (body, None)
}

// RFC 9112 §6.2, §6.3
#[test]
fn length_and_eof() {
    for (framing, bytes, body, end) in [
        (Framing::Length(5), "hello!", "hello", Some(Ok(1))),
        (Framing::Length(5), "hello", "hello", Some(Ok(0))),
        (Framing::Length(5), "hell", "hell", None),
        (Framing::Length(0), "x", "", Some(Ok(1))),
        (Framing::Length(1_000_000_000_000), "abc", "abc", None),
        (Framing::Eof, "hello", "hello", None),
    ] {
        assert_eq!(
            read(framing, bytes.as_bytes()),
            (body.into(), end),
            "{framing:?}"
        );
    }
}

// RFC 9112 §7.1; hostile cases of the chunk-size family (V82)
#[test]
fn hc10_chunks() {
    let extension = |len: usize| format!("1;{}\r\na\r\n0\r\n\r\n", "x".repeat(len - 1));
    let trailers = |lines: usize| format!("0\r\n{}\r\n", "t: 34567\r\n".repeat(lines));
    let ok = |body: &str, left| (String::from(body), Some(Ok(left)));
    let err = |body: &str, error| (String::from(body), Some(Err(error)));
    for (bytes, expected) in [
        ("5\r\nhello\r\n0\r\n\r\n!", ok("hello", 1)),
        ("3\r\nhel\r\n2\r\nlo\r\n000\r\n\r\n", ok("hello", 0)),
        (
            "a\r\n0123456789\r\nA;x=\"y\"\r\n0123456789\r\n0\r\n\r\n",
            ok("01234567890123456789", 0),
        ),
        ("1 \r\na\r\n0\t\r\n\r\n", ok("a", 0)),
        ("0\r\nTrailer: x\r\nOther: y\r\n\r\n", ok("", 0)),
        (&extension(256), ok("a", 0)),
        (&trailers(800), ok("", 0)),
        ("0000000000000001\r\na\r\n0\r\n\r\n", ok("a", 0)),
        ("5\r\nhel", (String::from("hel"), None)),
        ("ffffffffffffffff\r\na", (String::from("a"), None)),
        ("", (String::new(), None)),
        ("00000000000000001\r\na\r\n", err("", BodyError::ChunkSize)),
        ("10000000000000000\r\na\r\n", err("", BodyError::ChunkSize)),
        ("\r\n", err("", BodyError::ChunkSize)),
        (";x\r\n", err("", BodyError::ChunkSize)),
        ("-1\r\n", err("", BodyError::ChunkSize)),
        ("0x5\r\n", err("", BodyError::ChunkSize)),
        ("g\r\n", err("", BodyError::ChunkSize)),
        ("5\n", err("", BodyError::ChunkSize)),
        ("5\rhello", err("", BodyError::ChunkEnd)),
        ("5;a\nb\r\n", err("", BodyError::ChunkExtension)),
        ("5;\0\r\n", err("", BodyError::ChunkExtension)),
        (&extension(257), err("", BodyError::ChunkExtension)),
        ("1\r\nab\r\n", err("a", BodyError::ChunkEnd)),
        ("1\r\na\n0\r\n\r\n", err("a", BodyError::ChunkEnd)),
        ("1\r\na\rb", err("a", BodyError::ChunkEnd)),
        ("0\r\na: b\n\r\n", err("", BodyError::Trailers)),
        ("0\r\na\rb", err("", BodyError::Trailers)),
        (&trailers(1000), err("", BodyError::Trailers)),
    ] {
        let (body, end) = if bytes.len() < 1000 {
            read(Framing::Chunked, bytes.as_bytes())
        } else {
            read_pieces(Framing::Chunked, &[bytes.as_bytes()])
        };
        assert_eq!(
            (String::from_utf8(body).unwrap(), end),
            expected,
            "{bytes:?}"
        );
    }
}

#[test]
fn eof_completes_only_what_ends_there() {
    for (framing, bytes, expected) in [
        (Framing::Eof, "abc", Ok(())),
        (Framing::Eof, "", Ok(())),
        (Framing::Length(3), "abc", Ok(())),
        (Framing::Length(4), "abc", Err(BodyError::UnexpectedEof)),
        (Framing::Chunked, "3\r\nabc\r\n0\r\n\r\n", Ok(())),
        (
            Framing::Chunked,
            "3\r\nabc\r\n0\r\n",
            Err(BodyError::UnexpectedEof),
        ),
        (Framing::Chunked, "", Err(BodyError::UnexpectedEof)),
        (Framing::Chunked, "x", Err(BodyError::ChunkSize)),
    ] {
        let mut decoder = BodyDecoder::new(framing);
        let mut input = bytes.as_bytes();
        while let Ok(Some(BodyPart::Data(_))) = decoder.decode(&mut input) {}
        assert_eq!(decoder.receive_eof(), expected, "{framing:?} {bytes:?}");
        assert_eq!(decoder.receive_eof(), expected, "asked twice");
    }
}

// RFC 9112 §6.3, RFC 9110 §8.6
#[test]
fn hs22_framing_must_be_clear() {
    const CL: &str = "Content-Length";
    const TE: &str = "Transfer-Encoding";
    for (lines, expected) in [
        (&[][..], Ok(None)),
        (&[(CL, "0")], Ok(Some(Framing::Length(0)))),
        (
            &[(CL, "18446744073709551615")],
            Ok(Some(Framing::Length(u64::MAX))),
        ),
        (&[(TE, "Chunked")], Ok(Some(Framing::Chunked))),
        (
            &[(CL, "18446744073709551616")],
            Err(BodyError::ContentLength),
        ),
        (&[(CL, "")], Err(BodyError::ContentLength)),
        (&[(CL, "+5")], Err(BodyError::ContentLength)),
        (&[(CL, "-5")], Err(BodyError::ContentLength)),
        (&[(CL, "0x5")], Err(BodyError::ContentLength)),
        (&[(CL, "5 5")], Err(BodyError::ContentLength)),
        (&[(CL, "5, 5")], Err(BodyError::ContentLength)),
        (&[(CL, "5"), (CL, "6")], Err(BodyError::ContentLength)),
        (&[(CL, "5"), (CL, "5")], Err(BodyError::ContentLength)),
        (
            &[(CL, "5"), (TE, "chunked")],
            Err(BodyError::TransferEncoding),
        ),
        (&[(TE, "gzip, chunked")], Err(BodyError::TransferEncoding)),
        (&[(TE, "identity")], Err(BodyError::TransferEncoding)),
        (
            &[(TE, "chunked"), (TE, "chunked")],
            Err(BodyError::TransferEncoding),
        ),
    ] {
        let mut fields = Fields::new();
        for (name, value) in lines {
            fields.push(name, value).unwrap();
        }
        assert_eq!(Framing::of(&fields), expected, "{lines:?}");
    }
}

// RFC 9112 §6.3-1
#[test]
fn some_responses_have_no_body() {
    for (code, expected) in [
        (101, Framing::Length(0)),
        (204, Framing::Length(0)),
        (304, Framing::Length(0)),
        (403, Framing::Eof),
    ] {
        let head = ResponseHead::new(Status::new(code).unwrap(), Fields::new());
        assert_eq!(Framing::of_response(&head), Ok(expected));
    }
}
