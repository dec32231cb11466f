//! Answers with other statuses than 2xx.

use super::*;

fn refused(text: &str) -> Refusal {
    match receive(text.as_bytes()) {
        Outcome::Refused(refusal) => refusal,
        other => panic!("{other:?}: {text}"),
    }
}

fn required(text: &str) -> Refusal {
    match receive(text.as_bytes()) {
        Outcome::AuthenticationRequired(refusal) => refusal,
        other => panic!("{other:?}: {text}"),
    }
}

#[test]
fn p05_redirects_are_refusals() {
    for code in [300, 301, 302, 303, 304, 307, 308] {
        let text = format!(
            "HTTP/1.1 {code} Moved\r\nLocation: http://other.example/\r\nContent-Length: 0\r\n\r\n"
        );
        let refusal = refused(&text);
        assert_eq!(refusal.status().code(), code);
        assert_eq!(
            refusal.fields().first("location"),
            Some(&b"http://other.example/"[..])
        );
    }
}

// RFC 9110 §15.5.8
#[test]
fn p06_p07_authentication_is_told_apart() {
    const HEAD: &str = "HTTP/1.1 407 Proxy Authentication Required\r\n";
    for (rest, offers_basic, body, is_truncated) in [
        (
            "Proxy-Authenticate: Basic realm=\"a\"\r\nConnection: keep-alive\r\n\
             Content-Length: 4\r\n\r\nno: ",
            true,
            "no: ",
            false,
        ),
        (
            "Proxy-Authenticate: Negotiate\r\nproxy-authenticate: NTLM, basic realm=a\r\n\
             Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n",
            true,
            "no",
            false,
        ),
        ("Content-Length: 0\r\n\r\n", false, "", false),
        (
            "Proxy-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
            false,
            "",
            false,
        ),
        (
            "Proxy-Authenticate: Digest realm=\"Basic\", nonce=\"a\"\r\n\
             Content-Length: x\r\n\r\n",
            false,
            "",
            true,
        ),
        // It is the origin that wants to know who asks.
        (
            "WWW-Authenticate: Basic realm=a\r\nContent-Length: 0\r\n\r\n",
            false,
            "",
            false,
        ),
    ] {
        // Where the framing makes no sense, the first byte of a body shows it.
        let text = format!("{HEAD}{rest} ");
        let refusal = required(&text);
        assert_eq!(refusal.status(), Status::PROXY_AUTHENTICATION_REQUIRED);
        assert_eq!(refusal.offers_basic(), offers_basic, "{text}");
        assert_eq!(refusal.body(), body.as_bytes(), "{text}");
        assert_eq!(refusal.is_truncated(), is_truncated, "{text}");
    }
}

#[test]
fn p07_endless_bodies_are_cut() {
    for status in [407, 403] {
        for framing in ["", "Content-Length: 10000000000000\r\n"] {
            let head = format!("HTTP/1.1 {status} No\r\n{framing}\r\n");
            // All that is kept, and it goes on.
            let body = "a".repeat(4096);
            let text = format!("{head}{body}");
            let Outcome::Waiting(connect) = receive(text.as_bytes()) else {
                panic!("not waiting");
            };
            let mut input = &b"aHTTP/1.1 200 OK\r\n\r\n"[..];
            let (Connect::Refused(refusal) | Connect::AuthenticationRequired(refusal)) =
                connect.receive(&mut input).unwrap()
            else {
                panic!("not refused");
            };
            assert_eq!(refusal.status().code(), status);
            assert_eq!(refusal.body(), body.as_bytes());
            assert!(refusal.is_truncated() && input.is_empty());
        }
    }
}

// RFC 9112 §6
#[test]
fn p09_refusals_keep_status_fields_and_body() {
    for (text, status, body, is_truncated) in [
        (
            "403 No\r\nContent-Length: 5\r\n\r\nhello",
            403,
            "hello",
            false,
        ),
        (
            "403 No\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 200 OK\r\n\r\n",
            403,
            "hello",
            false,
        ),
        (
            "502 Bad Gateway\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n<html>\r\n0\r\n\r\n",
            502,
            "<html>",
            false,
        ),
        (
            "504 x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nx",
            504,
            "abc",
            true,
        ),
        ("500 x\r\nTransfer-Encoding: gzip\r\n\r\nabc", 500, "", true),
        ("400 x\r\nContent-Length: 0\r\n\r\n", 400, "", false),
        ("600 x\r\nContent-Length: 0\r\n\r\n", 600, "", false),
        (
            "100 x\r\n\r\nHTTP/1.1 403 x\r\nContent-Length: 0\r\n\r\n",
            403,
            "",
            false,
        ),
    ] {
        let refusal = refused(&format!("HTTP/1.1 {text}"));
        assert_eq!(refusal.status().code(), status, "{text}");
        assert_eq!(refusal.body(), body.as_bytes(), "{text}");
        assert_eq!(refusal.is_truncated(), is_truncated, "{text}");
        assert!(!refusal.fields().is_empty());
    }
}

#[test]
fn p11_refusals_that_end_with_the_connection() {
    for (text, body, is_truncated) in [
        ("\r\n", "", false),
        ("\r\n<html>", "<html>", false),
        ("Content-Length: 9\r\n\r\n", "", true),
        ("Content-Length: 9\r\n\r\n<html>", "<html>", true),
        ("Transfer-Encoding: chunked\r\n\r\n6\r\n<htm", "<htm", true),
    ] {
        for status in [403, 407] {
            let text = format!("HTTP/1.1 {status} No\r\n{text}");
            let Outcome::Waiting(connect) = receive(text.as_bytes()) else {
                panic!("not waiting: {text}");
            };
            let refusal = match connect.receive_eof() {
                Ok(Connect::Refused(refusal)) if status == 403 => refusal,
                Ok(Connect::AuthenticationRequired(refusal)) if status == 407 => refusal,
                other => panic!("{other:?}: {text}"),
            };
            assert_eq!(refusal.body(), body.as_bytes(), "{text}");
            assert_eq!(refusal.is_truncated(), is_truncated, "{text}");
        }
    }
}
