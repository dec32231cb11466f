//! SOCKS5 at every split of what the proxy says.

use alloc::format;
use alloc::string::String;
use alloc::vec;

use super::*;

/// The reply that opens, with an IPv4 address.
const REPLY: &[u8] = b"\x05\x00\x00\x01\x7f\x00\x00\x01\x04\x38";

const GREETING: &[u8] = b"\x05\x01\x00";
const GREETING_WITH_CREDENTIALS: &[u8] = b"\x05\x02\x00\x02";
const AUTHENTICATION: &[u8] = b"\x01\x04user\x04pass";
const REQUEST: &[u8] = b"\x05\x01\x00\x03\x01h\x00\x50";

fn target() -> Authority {
    Authority::new("h", 80).unwrap()
}

fn credentials() -> Credentials {
    Credentials::new("user", "pass").unwrap()
}

/// What becomes of it, with the input that is left.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Outcome {
    /// With the error that an end of the connection is now.
    Waiting(SocksError),
    Open(usize),
    Failed(SocksError),
}

/// The outcome and all that is sent.
fn receive_pieces(credentials: Option<&Credentials>, pieces: &[&[u8]]) -> (Outcome, Vec<u8>) {
    let mut out = Vec::new();
    let mut socks = Socks5::start(&target(), credentials, &mut out).unwrap();
    for (i, piece) in pieces.iter().enumerate() {
        let mut input = *piece;
        match socks.receive(&mut input, &mut out) {
            Ok(Socks5::NeedsInput(next)) => {
                assert!(input.is_empty());
                socks = next;
            }
            Ok(Socks5::Open) => {
                let later = pieces[i + 1..].iter().map(|piece| piece.len());
                return (Outcome::Open(input.len() + later.sum::<usize>()), out);
            }
            Err(error) => {
                assert!(input.is_empty());
                return (Outcome::Failed(error), out);
            }
        }
    }
    (Outcome::Waiting(socks.receive_eof()), out)
}

/// The same in one piece, at every split point and byte by byte.
fn receive(credentials: Option<&Credentials>, bytes: &[u8]) -> (Outcome, Vec<u8>) {
    let whole = receive_pieces(credentials, &[bytes]);
    for at in 1..bytes.len() {
        let (first, second) = bytes.split_at(at);
        let cut = receive_pieces(credentials, &[first, second]);
        assert_eq!(cut, whole, "cut at {at}");
    }
    let single: Vec<_> = bytes.chunks(1).collect();
    assert_eq!(receive_pieces(credentials, &single), whole, "byte by byte");
    whole
}

/// The outcome of a reply, behind a greeting without authentication.
fn reply(bytes: &[u8]) -> Outcome {
    receive(None, &[&[5, 0], bytes].concat()).0
}

// RFC 1928 §3, §4, §6, RFC 1929 §2
#[test]
fn p24_messages_follow_each_other() {
    let user = credentials();
    let with = |bytes: &[&[u8]]| bytes.concat();
    for (credentials, input, outcome, sent) in [
        (
            None,
            with(&[&[5, 0], REPLY, b"hello"]),
            Outcome::Open(5),
            with(&[GREETING, REQUEST]),
        ),
        (
            Some(&user),
            with(&[&[5, 2, 1, 0], REPLY, b"hello"]),
            Outcome::Open(5),
            with(&[GREETING_WITH_CREDENTIALS, AUTHENTICATION, REQUEST]),
        ),
        // The proxy does without.
        (
            Some(&user),
            with(&[&[5, 0], REPLY]),
            Outcome::Open(0),
            with(&[GREETING_WITH_CREDENTIALS, REQUEST]),
        ),
        (
            Some(&user),
            with(&[&[5, 2, 1]]),
            Outcome::Waiting(SocksError::ClosedInAuthentication),
            with(&[GREETING_WITH_CREDENTIALS, AUTHENTICATION]),
        ),
        (
            Some(&user),
            with(&[&[5]]),
            Outcome::Waiting(SocksError::ClosedInGreeting),
            with(&[GREETING_WITH_CREDENTIALS]),
        ),
    ] {
        assert_eq!(receive(credentials, &input), (outcome, sent));
    }
}

// RFC 1928 §3
#[test]
fn p24_methods_and_versions() {
    let user = credentials();
    for (credentials, input, error) in [
        (None, &[5, 0xff][..], SocksError::NoAcceptableMethod),
        (Some(&user), &[5, 0xff], SocksError::NoAcceptableMethod),
        (None, &[5, 2], SocksError::UnofferedMethod(2)),
        (None, &[5, 1], SocksError::UnofferedMethod(1)),
        (Some(&user), &[5, 0x80], SocksError::UnofferedMethod(0x80)),
        (None, &[4], SocksError::Version(4)),
        (
            None,
            b"HTTP/1.1 400 Bad Request\r\n",
            SocksError::Version(b'H'),
        ),
        (None, &[5, 0, 4], SocksError::Version(4)),
        (Some(&user), &[5, 2, 1, 1], SocksError::AuthenticationFailed),
        (
            Some(&user),
            &[5, 2, 1, 0xff, 5],
            SocksError::AuthenticationFailed,
        ),
        (
            Some(&user),
            &[5, 2, 5],
            SocksError::AuthenticationVersion(5),
        ),
        (Some(&user), &[5, 2, 1, 0, 1], SocksError::Version(1)),
    ] {
        let (outcome, _) = receive(credentials, input);
        assert_eq!(outcome, Outcome::Failed(error), "{input:?}");
    }
}

// RFC 1928 §6
#[test]
fn p24_replies_that_refuse() {
    for (code, expected) in [
        (1, SocksReply::GeneralFailure),
        (2, SocksReply::NotAllowed),
        (3, SocksReply::NetworkUnreachable),
        (4, SocksReply::HostUnreachable),
        (5, SocksReply::ConnectionRefused),
        (6, SocksReply::TtlExpired),
        (7, SocksReply::CommandNotSupported),
        (8, SocksReply::AddressTypeNotSupported),
        (9, SocksReply::Other(9)),
        (0xff, SocksReply::Other(0xff)),
    ] {
        let refused = Outcome::Failed(SocksError::Refused(expected));
        assert_eq!(reply(&[5, code]), refused);
        assert_eq!(reply(&[5, code, 0, 1, 0, 0, 0, 0, 0, 0]), refused);
        assert!(!format!("{expected}").is_empty());
    }
    for kind in [0, 2, 5, 0xff] {
        let error = Outcome::Failed(SocksError::AddressType(kind));
        assert_eq!(reply(&[5, 0, 0, kind, 0, 0, 0, 0, 0, 0]), error);
    }
}

// RFC 1928 §6
#[test]
fn p24_replies_are_as_long_as_their_address() {
    for (kind, address) in [
        (1, vec![0; 4]),
        (4, vec![0xff; 16]),
        (3, vec![0]),
        (3, [&b"\x0b"[..], b"example.com"].concat()),
        (3, vec![0xff; 256]),
    ] {
        let whole = [&[5, 0, 0, kind], &address[..], &[0, 80]].concat();
        assert_eq!(reply(&whole), Outcome::Open(0));
        assert_eq!(reply(&[&whole[..], b"\x05\0"].concat()), Outcome::Open(2));
        for len in 0..whole.len() {
            let (outcome, _) = receive_pieces(None, &[&[5, 0], &whole[..len]]);
            let expected = Outcome::Waiting(SocksError::ClosedInReply);
            assert_eq!(outcome, expected, "{kind}: {len}");
        }
    }
}

// RFC 1928 §5
#[test]
fn p13_p25_targets_are_written_so() {
    let name = "a".repeat(255);
    for (host, expected) in [
        ("127.0.0.1", &b"\x01\x7f\0\0\x01"[..]),
        ("[::1]", b"\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01"),
        ("Example.com", b"\x03\x0bexample.com"),
        (&name, &[b"\x03\xff", name.as_bytes()].concat()),
    ] {
        let target = Authority::new(host, 0x1234).unwrap();
        let mut out = Vec::new();
        let socks = Socks5::start(&target, None, &mut out).unwrap();
        let result = socks.receive(&mut &[5, 0][..], &mut out);
        assert!(matches!(result, Ok(Socks5::NeedsInput(_))));
        let expected = [GREETING, &[5, 1, 0], expected, &[0x12, 0x34]].concat();
        assert_eq!(out, expected, "{host}");
    }
}

// RFC 1929 §2
#[test]
fn p25_credentials_of_up_to_255_bytes() {
    let long = |len: usize| "a".repeat(len);
    for (user, password, fits) in [
        (0, 0, true),
        (0, 255, true),
        (255, 0, true),
        (255, 255, true),
        (256, 1, false),
        (1, 256, false),
    ] {
        let credentials = Credentials::new(long(user), long(password)).unwrap();
        let mut out = Vec::new();
        let result = Socks5::start(&target(), Some(&credentials), &mut out);
        if !fits {
            assert_eq!(result.err(), Some(Misuse::SocksCredentials));
            assert!(out.is_empty());
            continue;
        }
        out.clear();
        let _awaiting = result.unwrap().receive(&mut &[5, 2][..], &mut out).unwrap();
        let len = |len: usize| u8::try_from(len).unwrap();
        let mut expected = vec![1, len(user)];
        expected.extend(long(user).bytes());
        expected.push(len(password));
        expected.extend(long(password).bytes());
        assert_eq!(out, expected);
    }
}

#[test]
fn p12_nothing_is_sent_before_its_turn() {
    let mut out = Vec::new();
    let mut socks = Socks5::start(&target(), Some(&credentials()), &mut out).unwrap();
    let mut sent = Vec::new();
    for byte in [&[5, 2, 1, 0], REPLY].concat() {
        sent.push(core::mem::take(&mut out));
        match socks.receive(&mut &[byte][..], &mut out).unwrap() {
            Socks5::NeedsInput(next) => socks = next,
            Socks5::Open => break,
        }
    }
    assert!(out.is_empty());
    let sent: Vec<_> = sent
        .iter()
        .enumerate()
        .filter(|(_, message)| !message.is_empty())
        .map(|(at, message)| (at, &message[..]))
        .collect();
    assert_eq!(
        sent,
        [
            (0, GREETING_WITH_CREDENTIALS),
            (2, AUTHENTICATION),
            (4, REQUEST)
        ]
    );
}

#[test]
fn p23_credentials_on_their_way_are_not_shown() {
    let mut out = Vec::new();
    let credentials = Credentials::new("kettle", "s3cret").unwrap();
    let socks = Socks5::start(&target(), Some(&credentials), &mut out).unwrap();
    let shown: String = format!("{socks:?}");
    assert!(!shown.contains("kettle") && !shown.contains("115, 51"));
    assert!(shown.contains("Method"));
}
