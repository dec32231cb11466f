//! URLs, accepted and refused.

use super::*;

/// What of a URL goes where.
fn parts(text: &str) -> Result<(bool, String, Option<u16>, Option<Vec<u8>>, String), UrlError> {
    let url = ServerUrl::parse(text)?;
    let authority = url.parts()?;
    let host = authority.host.to_string();
    let (is_secure, port) = (url.is_secure(), authority.port);
    Ok((is_secure, host, port, url.credentials()?, url.target()))
}

// RFC 6455 §3
#[test]
fn hc16_hc19_urls_have_one_reading() {
    for (url, expected) in [
        ("ws://h", (false, "h", None, "/")),
        ("ws://h/", (false, "h", None, "/")),
        ("wss://h/a/b?c=d&e", (true, "h", None, "/a/b?c=d&e")),
        ("WS://H/", (false, "h", None, "/")),
        ("wSs://h?x", (true, "h", None, "/?x")),
        ("http://h/p", (false, "h", None, "/p")),
        ("https://h:8443/p", (true, "h", Some(8443), "/p")),
        ("ws://h:8080/p", (false, "h", Some(8080), "/p")),
        // The scheme's own port says nothing.
        ("ws://h:80/", (false, "h", None, "/")),
        ("wss://h:443/", (true, "h", None, "/")),
        ("https://h:443/", (true, "h", None, "/")),
        ("ws://h:443/", (false, "h", Some(443), "/")),
        ("ws://a:/", (false, "a", None, "/")),
        (
            "ws://127.0.0.1:9001/",
            (false, "127.0.0.1", Some(9001), "/"),
        ),
        ("ws://[::1]:9/", (false, "[::1]", Some(9), "/")),
        ("ws://[2001:DB8:0::1]", (false, "[2001:db8::1]", None, "/")),
        ("ws://h/a b", (false, "h", None, "/a%20b")),
        (
            "ws://h/caf\u{e9}?\u{1f600}",
            (false, "h", None, "/caf%C3%A9?%F0%9F%98%80"),
        ),
        ("ws://h/\"<>`{}", (false, "h", None, "/%22%3C%3E%60%7B%7D")),
        ("ws://h/%20%zz", (false, "h", None, "/%20%zz")),
        ("ws://h/a/../b/./c", (false, "h", None, "/b/c")),
        ("ws://h//x", (false, "h", None, "//x")),
        (
            "ws://h/@y:z?u=http://o/",
            (false, "h", None, "/@y:z?u=http://o/"),
        ),
        ("ws://@h/", (false, "h", None, "/")),
        ("ws://:@h/", (false, "h", None, "/")),
    ] {
        let (is_secure, host, port, credentials, target) =
            parts(url).unwrap_or_else(|error| panic!("{url}: {error}"));
        assert_eq!((is_secure, &*host, port, &*target), expected, "{url}");
        assert_eq!(credentials, None, "{url}");
    }
}

// RFC 5890 §2.3.2.1
#[test]
fn p16_names_are_written_in_ascii() {
    for (url, host) in [
        ("ws://b\u{fc}cher.example/", "xn--bcher-kva.example"),
        ("wss://B\u{dc}CHER.example/", "xn--bcher-kva.example"),
        ("ws://xn--bcher-kva.example/", "xn--bcher-kva.example"),
        ("ws://\u{4f8b}\u{3048}.jp/", "xn--r8jz45g.jp"),
        // A full stop of another script.
        ("ws://h\u{3002}example/", "h.example"),
    ] {
        assert_eq!(parts(url).unwrap().1, host, "{url}");
    }
}

#[test]
fn hc16_hc20_other_urls_are_refused() {
    for (url, error) in [
        ("", UrlError::Scheme),
        ("h/p", UrlError::Scheme),
        ("stream.example.org/rc", UrlError::Scheme),
        ("ftp://h/", UrlError::Scheme),
        ("file:///h/", UrlError::Scheme),
        ("ws:/h/", UrlError::Scheme),
        ("ws:h", UrlError::Scheme),
        ("xws://h/", UrlError::Scheme),
        ("ws://h/#f", UrlError::Fragment),
        ("ws://h/#", UrlError::Fragment),
        ("ws://good#@evil/", UrlError::Fragment),
        ("ws://good.example#@evil.example/", UrlError::Fragment),
        ("ws://h/a\r\nX: y", UrlError::Character),
        ("ws://h/\0", UrlError::Character),
        ("ws://h/\t", UrlError::Character),
        ("ws://h/\u{85}", UrlError::Character),
        (" ws://h/", UrlError::Character),
        ("ws://h/ ", UrlError::Character),
        ("ws://a\\@b/", UrlError::Character),
        ("ws://a\\b/", UrlError::Character),
        ("ws://h/a\\b", UrlError::Character),
        ("ws://", UrlError::Host),
        ("ws:///p", UrlError::Host),
        ("ws://?q", UrlError::Host),
        ("ws://:80/", UrlError::Host),
        ("ws://u@/", UrlError::Host),
        ("ws://a b/", UrlError::Host),
        ("ws://a!b/", UrlError::Host),
        ("ws://a%41/", UrlError::Host),
        ("ws://b%C3%BCcher.example/", UrlError::Host),
        ("ws://0x7f.1/", UrlError::Host),
        ("ws://127.1/", UrlError::Host),
        ("ws://2130706433/", UrlError::Host),
        ("ws://017700000001/", UrlError::Host),
        ("ws://a%00b/", UrlError::Host),
        ("ws://a%2fb/", UrlError::Host),
        ("ws://10.0.2.555/", UrlError::Host),
        ("ws://xn--a/", UrlError::Host),
        ("ws://[::1", UrlError::Host),
        ("ws://[::1/", UrlError::Host),
        ("ws://[::1%25eth0]/", UrlError::Host),
        ("ws://[::1%eth0]/", UrlError::Host),
        ("ws://::1/", UrlError::Host),
        ("ws://a:80:90/", UrlError::Port),
        ("ws://a:0/", UrlError::Port),
        ("ws://a:65536/", UrlError::Port),
        ("ws://a:+80/", UrlError::Port),
        ("ws://a:x/", UrlError::Port),
        ("ws://u@v@h/", UrlError::UserInfo),
        ("ws://u%3ap:q@h/", UrlError::UserInfo),
        ("ws://u:%0d%0a@h/", UrlError::UserInfo),
        ("ws://u:%00@h/", UrlError::UserInfo),
    ] {
        assert_eq!(parts(url).err(), Some(error), "{url:?}");
    }
    let long = alloc::format!("ws://h/{}", "a".repeat(MAX_LEN));
    assert_eq!(parts(&long).err(), Some(UrlError::TooLong));
}

// RFC 7617 §2
#[test]
fn hc20_user_info_is_decoded_once() {
    for (url, expected) in [
        ("ws://u:p%40@h/", "u:p@"),
        ("ws://user:pass@h/", "user:pass"),
        ("ws://user@h/", "user:"),
        ("ws://:p@h/", ":p"),
        ("ws://u:p:q@h/", "u:p:q"),
        ("ws://u:%2F%c3%A9@h/", "u:/\u{e9}"),
        ("ws://u:%2540@h/", "u:%40"),
        ("ws://u:p%4@h/", "u:p%4"),
        ("ws://u p@h/", "u p:"),
        ("ws://\u{e9}@h/", "\u{e9}:"),
    ] {
        let credentials = parts(url).unwrap().3;
        assert_eq!(credentials.as_deref(), Some(expected.as_bytes()), "{url}");
    }
}

// RFC 3986 §5.4
#[test]
fn hc08_locations_are_resolved() {
    let base = ServerUrl::from_parts(true, "h:9", "/a/b?c").unwrap();
    for (location, expected) in [
        ("", Ok("wss h:9 /a/b?c")),
        ("x", Ok("wss h:9 /a/x")),
        ("?y", Ok("wss h:9 /a/b?y")),
        ("../../z", Ok("wss h:9 /z")),
        ("/x#fragment", Ok("wss h:9 /x")),
        ("//other/x", Ok("wss other /x")),
        ("https://u:p@other:8/x", Ok("wss other:8 /x")),
        ("http://h:9/", Ok("ws h:9 /")),
        ("mailto:x", Err(UrlError::Scheme)),
        ("data:,x", Err(UrlError::Scheme)),
        ("http://", Err(UrlError::Host)),
        ("//h:0/", Err(UrlError::Port)),
        ("\\\\evil/", Err(UrlError::Character)),
        ("/a\r\nX: y", Err(UrlError::Character)),
    ] {
        let joined = base.join(location).map(|url| {
            let authority = url.parts().unwrap();
            let port = authority.port.map(|port| format!(":{port}"));
            let scheme = if url.is_secure() { "wss" } else { "ws" };
            let port = port.unwrap_or_default();
            format!("{scheme} {}{port} {}", authority.host, url.target())
        });
        assert_eq!(
            joined.as_deref(),
            expected.as_ref().copied(),
            "{location:?}"
        );
    }
}
