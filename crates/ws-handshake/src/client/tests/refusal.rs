//! Answers with other statuses than 101.

use super::*;

#[test]
fn hc07_redirects_are_refusals() {
    for code in [301, 302, 303, 307, 308] {
        let text = format!(
            "HTTP/1.1 {code} Moved\r\nLocation: ws://other.example/\r\nContent-Length: 0\r\n\r\n"
        );
        let response = rejected(&text);
        assert_eq!(response.status().code(), code);
        assert_eq!(
            response.fields().first("location"),
            Some(&b"ws://other.example/"[..])
        );
    }
}

// RFC 9112 §6
#[test]
fn hc10_hc11_bodies_of_refusals() {
    for (text, status, body, is_truncated) in [
        (
            "HTTP/1.1 403 No\r\nContent-Length: 5\r\n\r\nhello",
            403,
            "hello",
            false,
        ),
        (
            "HTTP/1.1 403 No\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 101 x\r\n",
            403,
            "hello",
            false,
        ),
        (
            "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n",
            401,
            "",
            false,
        ),
        ("HTTP/1.1 204 No Content\r\n\r\nrest", 204, "", false),
        (
            "HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            500,
            "abc",
            false,
        ),
        (
            "HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nx",
            500,
            "abc",
            true,
        ),
        (
            "HTTP/1.1 500 No\r\nTransfer-Encoding: gzip\r\n\r\nabc",
            500,
            "",
            true,
        ),
        (
            "HTTP/1.1 500 No\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nabc",
            500,
            "",
            true,
        ),
        (
            "HTTP/1.0 400 Bad\r\nContent-Length: 2\r\n\r\nno",
            400,
            "no",
            false,
        ),
        (
            "HTTP/1.1 426 x\r\nSec-WebSocket-Version: 8\r\nContent-Length: 0\r\n\r\n",
            426,
            "",
            false,
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>",
            200,
            "<html>",
            false,
        ),
    ] {
        let response = rejected(text);
        let result = (
            response.status().code(),
            response.body(),
            response.is_truncated(),
        );
        assert_eq!(result, (status, body.as_bytes(), is_truncated), "{text}");
    }
}

#[test]
fn hc10_bodies_are_bounded() {
    let full = "x".repeat(MAX_BODY);
    let chunk = |len: usize| format!("{len:x}\r\n{}\r\n", "x".repeat(len));
    for (framing, bytes, is_truncated) in [
        ("Content-Length: 65536", full.clone(), false),
        ("Content-Length: 1000000000000", full.clone() + "x", true),
        (
            "Transfer-Encoding: chunked",
            chunk(MAX_BODY) + "0\r\n\r\n",
            false,
        ),
        ("Transfer-Encoding: chunked", chunk(1000).repeat(66), true),
        (
            "Transfer-Encoding: chunked",
            chunk(1).repeat(MAX_BODY + 1),
            true,
        ),
        ("Server: to the end", full + "x", true),
    ] {
        let text = format!("HTTP/1.1 403 No\r\n{framing}\r\n\r\n{bytes}");
        let whole = rejected(&text);
        assert_eq!(
            (whole.body().len(), whole.is_truncated()),
            (MAX_BODY, is_truncated),
            "{framing}"
        );
        let pieces: Vec<_> = text.as_bytes().chunks(7).collect();
        let Outcome::Rejected(cut) = receive_pieces(&request(), &pieces) else {
            panic!("not rejected");
        };
        assert_eq!(cut, whole, "{framing}");
    }
}

#[test]
fn hc10_hc14_the_end_completes_a_refusal() {
    for (text, body, is_truncated) in [
        ("HTTP/1.1 403 X\r\n\r\n", "", false),
        ("HTTP/1.1 403 X\r\n\r\nsome bytes", "some bytes", false),
        (
            "HTTP/1.1 403 X\r\nContent-Length: 10\r\n\r\nsome",
            "some",
            true,
        ),
        (
            "HTTP/1.1 403 X\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n",
            "some",
            true,
        ),
    ] {
        let Outcome::Waiting(handshake) = receive(&request(), text.as_bytes()) else {
            panic!("not waiting: {text}");
        };
        let Ok(ClientHandshake::Rejected(response)) = handshake.receive_eof() else {
            panic!("not rejected: {text}");
        };
        assert_eq!(
            (response.body(), response.is_truncated()),
            (body.as_bytes(), is_truncated)
        );
    }
}
