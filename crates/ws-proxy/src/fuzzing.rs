//! Properties that hold for any bytes, for fuzz targets and property tests.
//!
//! The first four bytes of the data choose the cuts, the rest is what arrives. Whoever calls these
//! wants a panic when a property does not hold; nothing else in this crate panics.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use ws_http::fuzzing::{Cuts, seed};

use crate::authority::Authority;
use crate::connect::{Connect, ConnectOptions};
use crate::credentials::Credentials;
use crate::environment::Environment;
use crate::no_proxy::NoProxy;
use crate::proxy::Proxy;
use crate::socks5::Socks5;

/// A tunnel through an HTTP proxy comes to the same however its answer is cut.
///
/// # Panics
///
/// If the property does not hold.
pub fn connect(data: &[u8]) {
    let Some((seed, data)) = seed::<4>(data) else {
        return;
    };
    let whole = run_connect(core::iter::once(data), data.len());
    let cuts = Cuts::new(data, u32::from_le_bytes(seed));
    assert_eq!(run_connect(cuts, data.len()), whole);
}

/// What became of it, and how many of `len` bytes stayed in the input.
fn run_connect<'a>(pieces: impl Iterator<Item = &'a [u8]>, len: usize) -> (String, usize) {
    let target = Authority::new("example.com", 443).expect("a name and a port");
    let mut machine = Connect::start(&target, &ConnectOptions::default(), &mut Vec::new());
    let mut taken = 0;
    for piece in pieces {
        let mut input = piece;
        let result = machine.receive(&mut input);
        taken += piece.len() - input.len();
        machine = match result {
            Ok(Connect::NeedsInput(next)) => {
                assert!(input.is_empty());
                next
            }
            Ok(Connect::Open(head)) => {
                assert!(head.status().is_success());
                return (format!("{head:?}"), len - taken);
            }
            Ok(
                ref result @ (Connect::AuthenticationRequired(ref refusal)
                | Connect::Refused(ref refusal)),
            ) => {
                assert!(input.is_empty() && refusal.body().len() <= 4096);
                assert!(!refusal.status().is_success());
                return (format!("{result:?} {}", refusal.offers_basic()), 0);
            }
            Err(error) => {
                assert!(input.is_empty());
                return (format!("{error:?}"), 0);
            }
        };
    }
    (format!("{:?}", machine.receive_eof()), 0)
}

/// A tunnel through a SOCKS5 proxy comes to the same, and sends the same, however its messages are
/// cut. The lowest bit of the first byte chooses whether there are credentials.
///
/// # Panics
///
/// If the property does not hold.
pub fn socks5(data: &[u8]) {
    let Some((seed, data)) = seed::<4>(data) else {
        return;
    };
    let credentials = Credentials::new("user", "pass").expect("no colon");
    let credentials = (seed[0] & 1 == 1).then_some(&credentials);
    let whole = run_socks5(credentials, core::iter::once(data), data.len());
    let cuts = Cuts::new(data, u32::from_le_bytes(seed));
    assert_eq!(run_socks5(credentials, cuts, data.len()), whole);
}

/// What became of it, what was sent, and how many of `len` bytes stayed in the input.
fn run_socks5<'a>(
    credentials: Option<&Credentials>,
    pieces: impl Iterator<Item = &'a [u8]>,
    len: usize,
) -> (String, Vec<u8>, usize) {
    let target = Authority::new("example.com", 443).expect("a name and a port");
    let mut out = Vec::new();
    let mut machine = Socks5::start(&target, credentials, &mut out).expect("they are short enough");
    let mut taken = 0;
    for piece in pieces {
        let mut input = piece;
        let result = machine.receive(&mut input, &mut out);
        taken += piece.len() - input.len();
        machine = match result {
            Ok(Socks5::NeedsInput(next)) => {
                assert!(input.is_empty());
                next
            }
            Ok(Socks5::Open) => {
                // The method, perhaps the authentication, the longest reply.
                assert!(taken <= 2 + 2 + 4 + 1 + 255 + 2);
                return ("open".to_string(), out, len - taken);
            }
            Err(error) => {
                assert!(input.is_empty());
                return (format!("{error:?}"), out, 0);
            }
        };
    }
    (format!("{:?}", machine.receive_eof()), out, 0)
}

/// A text that is a proxy is written and read as the same; two lines of text are a host and a list
/// of hosts, and a list with the host in front matches it.
///
/// # Panics
///
/// If the property does not hold.
pub fn environment(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(proxy) = Proxy::parse(&text) {
        let mut again = Proxy::parse(&proxy.to_string()).expect("it was one");
        if let Some(credentials) = proxy.credentials() {
            again = again.with_credentials(credentials.clone());
        }
        assert_eq!(again, proxy);
    }
    let (host, list) = text.split_once('\n').unwrap_or((&text, ""));
    NoProxy::new(list).matches(host);
    let Ok(target) = Authority::new(host, 80) else {
        return;
    };
    let again = Authority::parse(&target.to_string(), 1);
    assert_eq!(again.as_ref(), Ok(&target));
    let environment = Environment::from_vars([("all_proxy", list)]);
    let selected = environment.for_ws(&target);
    assert_eq!(selected, environment.for_wss(&target));
    assert!(list.is_empty() || selected != Ok(None));
    // What matches once matches whatever comes behind.
    let list = format!("{},{list}", target.host());
    assert!(NoProxy::new(&*list).matches(target.host()));
    let environment = Environment::from_vars([("all_proxy", &*list), ("no_proxy", &list)]);
    assert_eq!(environment.for_ws(&target), Ok(None));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Lines that matter to a tunnel, right and wrong, so that many get far.
    fn answers() -> impl Strategy<Value = String> {
        let first = prop::sample::select(alloc::vec![
            "HTTP/1.1 200 Connection established",
            "HTTP/1.0 204",
            "HTTP/1.1 407 x",
            "HTTP/1.1 403 x",
            "HTTP/1.1 302 x",
            "HTTP/1.1 101 x",
            "HTTP/1.1 100 x\r\n\r\nHTTP/1.1 200 x",
            "HTTP/1.1 103 x\r\n\r\nHTTP/1.1 502 x",
        ]);
        let line = prop::sample::select(alloc::vec![
            "Proxy-Authenticate: Basic realm=\"a, b\"",
            "Proxy-Authenticate: NTLM, Digest realm=\"\\\"\"",
            "Content-Length: 5",
            "Content-Length: 100000",
            "Transfer-Encoding: chunked",
            "Connection: close",
            "X: y",
        ]);
        let behind = "([0-9a-f]\r\n)?.{0,20}|[a-c]{4090,4100}";
        (first, prop::collection::vec(line, 0..4), behind).prop_map(|(first, lines, behind)| {
            let lines: String = lines.iter().flat_map(|line| [line, "\r\n"]).collect();
            format!("{first}\r\n{lines}\r\n{behind}")
        })
    }

    /// Messages of a SOCKS5 proxy, right but for a byte at times.
    fn messages() -> impl Strategy<Value = Vec<u8>> {
        let method = prop::sample::select(alloc::vec![&[5, 0][..], &[5, 2, 1, 0], &[5, 0xff]]);
        let kind = prop::sample::select(alloc::vec![1, 3, 4]);
        let address = prop::collection::vec(any::<u8>(), 0..300);
        let wrong = prop::option::weighted(0.2, any::<(prop::sample::Index, u8)>());
        (method, kind, address, wrong).prop_map(|(method, kind, address, wrong)| {
            let mut bytes = [method, &[5, 0, 0, kind], &address].concat();
            if let Some((at, byte)) = wrong {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            bytes
        })
    }

    proptest! {
        #[test]
        fn any_bytes_come_to_the_same_however_cut(data: Vec<u8>) {
            connect(&data);
            socks5(&data);
            environment(&data);
        }

        #[test]
        fn near_answers_come_to_the_same_however_cut(text in answers(), seed: u32) {
            connect(&[&seed.to_le_bytes(), text.as_bytes()].concat());
        }

        #[test]
        fn near_messages_come_to_the_same_however_cut(bytes in messages(), seed: u32) {
            socks5(&[&seed.to_le_bytes()[..], &bytes].concat());
        }

        #[test]
        fn near_texts_are_read_as_they_are_written(
            text in "((https?|socks5h?)://)?([a-z%:/@]{0,4}@)?([a-c.]{1,8}|1.2.3.4|\\[::[1-9]\\])\
                (:[0-9]{1,5})?/?",
            host in "[a-c.]{1,6}|10.0.0.[0-9]|\\[?[0-9a-f]?::[0-9](%.a)?\\]?",
            list in "([a-c.]{1,6}|10.0.0.[0-9](/[0-9]{1,2})?|::[0-9](/[0-9]{1,3})?|[ ,*]){0,8}",
        ) {
            environment(text.as_bytes());
            environment(format!("{host}\n{list}").as_bytes());
        }
    }
}
