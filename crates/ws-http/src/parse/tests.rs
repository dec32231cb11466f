//! What is taken for a head, against the scanner and against httparse.

use alloc::vec::Vec;

use proptest::prelude::*;

use super::*;
use crate::head::{RequestHead, ResponseHead};
use crate::scan::{Scan, Scanner};

/// Whole lines, right and nearly right.
fn head() -> impl Strategy<Value = Vec<u8>> {
    let first = prop_oneof![
        2 => "[A-Za-z(]{0,4} [!-~]{0,6} HTTP/1\\.[01]",
        1 => "[ A-Z]{0,3} ?[ -~\u{e9}]{0,4} ?HTTP/[0-2a]\\.[0-2] ?",
        2 => "HTTP/1\\.[01] [0-9]{3}( [ -~\t\u{e9}]{0,8})?",
        1 => "HTTP/[0-2a]\\.[0-2] {0,2}[0-9a]{1,4} ?[a-z]{0,3}",
        1 => "[ -~]{0,8}",
    ];
    let line = prop_oneof![
        6 => "[A-Za-z0-9!_-]{1,12}:[ \t]{0,2}[ -~\t\u{80}-\u{ff}]{0,24}",
        1 => "[ -~\t\u{e9}]{0,8}:?[ -~]{0,8}",
    ];
    (first, prop::collection::vec(line, 0..6)).prop_map(|(first, lines)| {
        let mut text = first + "\r\n";
        for line in lines {
            text.extend([&line, "\r\n"]);
        }
        (text + "\r\n").into_bytes()
    })
}

/// What the scanner lets pass.
fn passes(bytes: &[u8], limits: &Limits) -> bool {
    Scanner::new(false).scan(bytes, limits) == Ok(Scan::Complete(bytes.len()))
}

fn passing_head() -> impl Strategy<Value = Vec<u8>> {
    head().prop_filter("the scanner refuses it", |bytes| {
        passes(bytes, &Limits::default())
    })
}

type Fields<'a> = Vec<(&'a str, &'a [u8])>;

fn fields<'a>(headers: &'a [httparse::Header<'a>]) -> Fields<'a> {
    let fields = headers.iter();
    // httparse takes off spaces and tabs as we do.
    fields.map(|header| (header.name, header.value)).collect()
}

proptest! {
    #[test]
    fn a_whole_head_is_what_the_scanner_lets_pass(
        bytes in head(),
        head in 0_usize..200,
        line in 0_usize..60,
        fields in 0_usize..8,
    ) {
        let limits = Limits { head, line, fields };
        let found = whole_head(&bytes, &limits);
        if passes(&bytes, &limits) {
            let lines = bytes.split(|&byte| byte == b'\n').skip(1);
            let mut lines = lines.take_while(|line| *line != b"\r");
            let well_formed = lines.all(|line| {
                let colon = line.iter().position(|&byte| byte == b':');
                colon.is_some_and(|colon| is_token(&line[..colon]))
            });
            prop_assert_eq!(found.is_some(), well_formed);
        }
        if let Some((len, lines)) = found {
            prop_assert!(passes(&bytes[..len], &limits));
            prop_assert!(lines.len() <= limits.fields);
        }
    }

    #[test]
    fn requests_are_what_httparse_takes(bytes in passing_head()) {
        let lines = whole_head(&bytes, &Limits::default()).map(|(_, lines)| lines);
        let ours = RequestHead::parse(bytes.clone(), lines);
        let mut headers = [httparse::EMPTY_HEADER; 8];
        let mut request = httparse::Request::new(&mut headers);
        let theirs = request.parse(&bytes);
        // They tolerate more in a target than may be sent.
        let is_ours = request.path.is_some_and(|target| target.bytes().all(is_target));
        prop_assert_eq!(ours.is_ok(), theirs == Ok(httparse::Status::Complete(bytes.len())) && is_ours);
        if let Ok(ours) = ours {
            prop_assert_eq!(Some(ours.method()), request.method);
            prop_assert_eq!(Some(ours.target()), request.path);
            prop_assert_eq!(ours.version() == HttpVersion::Http11, request.version == Some(1));
            prop_assert_eq!(ours.fields().iter().collect::<Fields<'_>>(), fields(request.headers));
        }
    }

    #[test]
    fn responses_are_what_httparse_takes(bytes in passing_head()) {
        let lines = whole_head(&bytes, &Limits::default()).map(|(_, lines)| lines);
        let ours = ResponseHead::parse(bytes.clone(), lines);
        let mut headers = [httparse::EMPTY_HEADER; 8];
        let mut response = httparse::Response::new(&mut headers);
        let theirs = response.parse(&bytes);
        // They tolerate any three digits.
        let status = response.code.and_then(Status::new);
        let is_theirs = theirs == Ok(httparse::Status::Complete(bytes.len()));
        prop_assert_eq!(ours.is_ok(), is_theirs && status.is_some());
        if let Ok(ours) = ours {
            prop_assert_eq!(Some(ours.status()), status);
            prop_assert_eq!(ours.version() == HttpVersion::Http11, response.version == Some(1));
            prop_assert_eq!(ours.fields().iter().collect::<Fields<'_>>(), fields(response.headers));
        }
    }
}
