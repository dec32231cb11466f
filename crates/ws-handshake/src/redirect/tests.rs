//! Redirects: where they lead, and what goes there.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::*;
use crate::client::ClientHandshake;
use crate::key::Nonce;
use ws_http::{ResponseHead, Status};

fn redirect(status: u16, locations: &[&str]) -> Response {
    let mut fields = Fields::new();
    for location in locations {
        fields.push("Location", location).unwrap();
    }
    let status = Status::new(status).unwrap();
    Response::received(ResponseHead::new(status, fields), Vec::new(), false)
}

/// A request full of secrets.
fn request(url: &str) -> Request {
    Request::from_url(url)
        .unwrap()
        .with_field("Cookie", "s3cret=1")
        .and_then(|request| request.with_field("X-Access-Token", "s3cret"))
        .and_then(|request| request.with_field("User-Agent", "kettle"))
        .and_then(|request| request.with_field("Origin", "https://kettle.example"))
        .and_then(|request| request.with_subprotocol("soup"))
        .unwrap()
}

fn wire(request: &Request) -> String {
    let mut out = Vec::new();
    ClientHandshake::start(request, Nonce::new([7; 16]), &mut out);
    String::from_utf8(out).unwrap()
}

// RFC 9110 §15.4
#[test]
fn hc07_hc08_redirects_lead_somewhere_or_nowhere() {
    let from = request("wss://h/a/b");
    for (status, locations, expected) in [
        (301, &["/c"][..], Ok("h/c")),
        (302, &["c"], Ok("h/a/c")),
        (303, &["?c"], Ok("h/a/b?c")),
        (307, &["wss://other:8/x"], Ok("other:8/x")),
        (308, &["https://other/"], Ok("other/")),
        (307, &["//other/"], Ok("other/")),
        (307, &["//u:p@other/"], Ok("other/")),
        (307, &["/x#y"], Ok("h/x")),
        (302, &["ws://h/"], Err(RedirectError::Downgrade)),
        (302, &["http://h/"], Err(RedirectError::Downgrade)),
        (302, &["ws://other/"], Err(RedirectError::Downgrade)),
        (302, &[], Err(RedirectError::LocationMissing)),
        (302, &["/a", "/b"], Err(RedirectError::LocationRepeated)),
        (
            302,
            &["ftp://h/"],
            Err(RedirectError::Location(UrlError::Scheme)),
        ),
        (
            302,
            &["\\\\evil"],
            Err(RedirectError::Location(UrlError::Character)),
        ),
        (
            302,
            &["wss://a b/"],
            Err(RedirectError::Location(UrlError::Host)),
        ),
        (
            300,
            &["/c"],
            Err(RedirectError::Status(Status::new(300).unwrap())),
        ),
        (
            304,
            &["/c"],
            Err(RedirectError::Status(Status::new(304).unwrap())),
        ),
        (200, &["/c"], Err(RedirectError::Status(Status::OK))),
    ] {
        let to = from.redirected(&redirect(status, locations));
        let to = to.map(|request| format!("{}{}", request.authority(), request.target()));
        assert_eq!(
            to.as_deref(),
            expected.as_ref().copied(),
            "{status} {locations:?}"
        );
    }
    let mut fields = Fields::new();
    fields.push("Location", b"/\xff").unwrap();
    let head = ResponseHead::new(Status::new(302).unwrap(), fields);
    assert_eq!(
        from.redirected(&Response::received(head, Vec::new(), false))
            .err(),
        Some(RedirectError::Location(UrlError::Character))
    );
}

// RFC 9110 §15.4: credentials are for the server that they were meant for.
#[test]
fn hc08_hc09_secrets_stay_with_their_server() {
    for (from, location, keeps) in [
        ("ws://u:s3cret@h/", "/other", true),
        ("ws://u:s3cret@h/", "ws://h:80/other", true),
        ("ws://u:s3cret@h/", "http://H/other", true),
        ("wss://u:s3cret@h:9/", "https://h:9/", true),
        // Host, port, scheme.
        ("ws://u:s3cret@h/", "ws://other/", false),
        ("ws://u:s3cret@h/", "ws://h.example/", false),
        ("ws://u:s3cret@h/", "ws://h:81/", false),
        ("ws://u:s3cret@h/", "wss://h/", false),
        ("ws://u:s3cret@h:443/", "wss://h/", false),
        ("wss://u:s3cret@h/", "https://v:s3cret@other/", false),
    ] {
        let request = request(from);
        assert_eq!(wire(&request).matches("s3cret").count(), 2, "{from}");
        let moved = request.redirected(&redirect(307, &[location])).unwrap();
        let text = wire(&moved);
        assert_eq!(text.contains("s3cret"), keeps, "{text}");
        assert_eq!(text.contains("\r\nAuthorization: Basic "), keeps, "{text}");
        assert!(text.contains("\r\nUser-Agent: kettle\r\n"), "{text}");
        assert!(
            text.contains("\r\nOrigin: https://kettle.example\r\n"),
            "{text}"
        );
        assert!(
            text.contains("\r\nSec-WebSocket-Protocol: soup\r\n"),
            "{text}"
        );
        assert!(!format!("{moved:?}").contains("s3cret"));
        // Not even on the way back.
        let back = moved
            .redirected(&redirect(307, &[from]))
            .map(|back| wire(&back));
        if let Ok(text) = back {
            assert_eq!(text.contains("s3cret"), keeps, "{text}");
        }
    }
}

#[test]
fn hc08_user_information_of_a_location_is_not_sent() {
    let from = Request::from_url("ws://h/").unwrap();
    let moved = from.redirected(&redirect(302, &["ws://u:p@h/x"])).unwrap();
    assert!(!wire(&moved).contains("Authorization"));
}
