//! Tests of incremental UTF-8 against `core::str`.

use super::*;
use alloc::string::String;
use alloc::vec::Vec;

/// All text of `pieces`, or where it failed: how many bytes had been given.
fn decode<'p>(pieces: impl IntoIterator<Item = &'p [u8]>) -> Result<String, usize> {
    let mut decoder = Utf8Decoder::new();
    let (mut text, mut given) = (String::new(), 0);
    for piece in pieces {
        given += piece.len();
        let chunk = decoder.decode(piece).map_err(|_| given)?;
        text.extend(chunk.carried);
        text.push_str(chunk.text);
    }
    decoder.finish().map_err(|_| given)?;
    Ok(text)
}

/// Byte by byte, cut in two everywhere and whole, against `core::str`.
#[track_caller]
fn check(bytes: &[u8]) {
    let expected = core::str::from_utf8(bytes);
    let mut ways: Vec<Result<String, usize>> = (0..=bytes.len())
        .map(|cut| decode([&bytes[..cut], &bytes[cut..]]))
        .collect();
    ways.push(decode(bytes.chunks(1)));
    for got in &ways {
        assert_eq!(got.as_deref().ok(), expected.ok(), "{bytes:x?}");
    }
    if let Err(error) = expected {
        // Byte by byte, the failure comes with the first byte that cannot be right (§8.1).
        let at = match error.error_len() {
            Some(_) => (0..=bytes.len())
                .find(|&n| {
                    core::str::from_utf8(&bytes[..n]).is_err_and(|e| e.error_len().is_some())
                })
                .unwrap(),
            None => bytes.len(),
        };
        assert_eq!(decode(bytes.chunks(1)), Err(at), "{bytes:x?}");
    }
}

// RFC 6455 §8.1
#[test]
fn u03_to_u06_and_u10_sequences() {
    let table: &[&[u8]] = &[
        b"",
        b"plain",
        "κόσμε".as_bytes(),
        "\u{0}\u{7f}\u{80}\u{7ff}\u{800}\u{fffe}\u{ffff}\u{10000}\u{10ffff}".as_bytes(),
        "\u{d7ff}\u{e000}".as_bytes(),
        b"\xed\xa0\x80",
        b"\xed\xbf\xbf",
        b"\xf4\x90\x80\x80",
        b"\xe0\x80\x80",
        b"\xf0\x8f\xbf\xbf",
        b"\xc0\x80",
        b"\xc1\xbf",
        b"\xf5\x80\x80\x80",
        b"\xfe",
        b"\xff",
        b"\xc3\x28",
        b"\xe2\x28\xa1",
        b"\xe2\x82\x28",
        b"\xf0\x28\x8c\xbc",
        b"\xf0\x9f\x28",
        b"\xe2\x82",
        b"\xce\xba\xe1\xbd",
        b"\x80",
        b"\xbf\xbf\xbf\xbf",
        b"abc\x80",
        b"\xe2\x82\xac\xf0\x90\x8c\x88\x24",
    ];
    for bytes in table {
        check(bytes);
        let mut longer = b"some text before ".to_vec();
        longer.extend_from_slice(bytes);
        check(&longer);
        longer.extend_from_slice("é and after".as_bytes());
        check(&longer);
    }
}

// RFC 6455 §8.1
#[test]
fn u08_an_error_at_every_place() {
    for filler in ["a", "€", "🦀"] {
        let good = filler.repeat(130 / filler.len());
        for at in 0..good.len() {
            for bad in [0x00, 0x80, 0xC0, 0xE2, 0xFF] {
                let mut bytes = good.as_bytes().to_vec();
                bytes[at] = bad;
                let whole = decode([&bytes[..]]);
                assert_eq!(
                    whole.as_deref().ok(),
                    core::str::from_utf8(&bytes).ok(),
                    "{filler} {at} {bad:x}"
                );
            }
        }
    }
}

#[test]
fn every_pair_and_triple_of_edge_bytes() {
    let edges = [
        0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xED,
        0xEF, 0xF0, 0xF4, 0xF5, 0xFF,
    ];
    for a in edges {
        for b in edges {
            check(&[a, b]);
            for c in edges {
                check(&[a, b, c]);
            }
        }
    }
}

#[test]
fn missing_counts_down() {
    let mut decoder = Utf8Decoder::new();
    for (byte, missing) in "🦀".bytes().zip([3, 2, 1, 0]) {
        assert!(decoder.decode(&[byte]).is_ok());
        assert_eq!(decoder.missing(), missing);
    }
    assert_eq!(decoder.finish(), Ok(()));
}

#[test]
fn finish_starts_anew() {
    let mut decoder = Utf8Decoder::new();
    assert!(decoder.decode(b"\xe2\x82").is_ok());
    assert_eq!(decoder.finish(), Err(InvalidUtf8));
    assert_eq!(decoder.decode(b"ok").unwrap().text, "ok");
}
