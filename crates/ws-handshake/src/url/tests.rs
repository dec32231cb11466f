//! URLs, accepted and refused.

use super::*;

// RFC 6455 §3
#[test]
fn hc16_hc19_urls_have_one_reading() {
    for (url, expected) in [
        ("ws://h", (false, "h", None, "/")),
        ("ws://h/", (false, "h", None, "/")),
        ("wss://h/a/b?c=d&e", (true, "h", None, "/a/b?c=d&e")),
        ("WS://H/", (false, "H", None, "/")),
        ("wSs://h?x", (true, "h", None, "/?x")),
        ("ws://h:8080/p", (false, "h", Some(8080), "/p")),
        ("ws://h:80/", (false, "h", Some(80), "/")),
        (
            "ws://127.0.0.1:9001/",
            (false, "127.0.0.1", Some(9001), "/"),
        ),
        ("ws://[::1]:9/", (false, "[::1]", Some(9), "/")),
        ("ws://[2001:db8::1]", (false, "[2001:db8::1]", None, "/")),
        ("ws://h/a b", (false, "h", None, "/a%20b")),
        (
            "ws://h/caf\u{e9}?\u{1f600}",
            (false, "h", None, "/caf%C3%A9?%F0%9F%98%80"),
        ),
        (
            "ws://h/\"<>^`{|}",
            (false, "h", None, "/%22%3C%3E%5E%60%7B%7C%7D"),
        ),
        ("ws://h/%20%zz/../.", (false, "h", None, "/%20%zz/../.")),
        ("ws://h//x", (false, "h", None, "//x")),
        (
            "ws://h/@y:z?u=http://o/",
            (false, "h", None, "/@y:z?u=http://o/"),
        ),
        ("ws://@h/", (false, "h", None, "/")),
        ("ws://:@h/", (false, "h", None, "/")),
    ] {
        let parsed = Url::parse(url).unwrap_or_else(|error| panic!("{url}: {error}"));
        let authority = parsed.authority;
        let result = (
            parsed.is_secure,
            authority.host,
            authority.port,
            &*parsed.target,
        );
        assert_eq!(result, expected, "{url}");
        assert_eq!(parsed.credentials, None, "{url}");
    }
}

#[test]
fn hc16_hc20_other_urls_are_refused() {
    for (url, error) in [
        ("", UrlError::Scheme),
        ("h/p", UrlError::Scheme),
        ("stream.example.org/rc", UrlError::Scheme),
        ("http://h/", UrlError::Scheme),
        ("https://h/", UrlError::Scheme),
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
        ("ws://caf\u{e9}/", UrlError::Host),
        ("ws://a%41/", UrlError::Host),
        ("ws://10.0.2.555/", UrlError::Host),
        ("ws://0x7f.1/", UrlError::Host),
        ("ws://2130706433/", UrlError::Host),
        ("ws://[::1", UrlError::Host),
        ("ws://[::1/", UrlError::Host),
        ("ws://[::1%25eth0]/", UrlError::Host),
        ("ws://[::1%eth0]/", UrlError::Host),
        ("ws://::1/", UrlError::Port),
        ("ws://a:80:90/", UrlError::Port),
        ("ws://a:/", UrlError::Port),
        ("ws://a:0/", UrlError::Port),
        ("ws://a:65536/", UrlError::Port),
        ("ws://a:+80/", UrlError::Port),
        ("ws://a:x/", UrlError::Port),
        ("ws://u@v@h/", UrlError::UserInfo),
        ("ws://u:p%4@h/", UrlError::UserInfo),
        ("ws://u:%zz@h/", UrlError::UserInfo),
        ("ws://u%3ap:q@h/", UrlError::UserInfo),
        ("ws://u:%0d%0a@h/", UrlError::UserInfo),
        ("ws://u:%00@h/", UrlError::UserInfo),
        ("ws://u p@h/", UrlError::UserInfo),
        ("ws://\u{e9}@h/", UrlError::UserInfo),
    ] {
        assert_eq!(Url::parse(url).err(), Some(error), "{url:?}");
    }
}

// RFC 7617 §2
#[test]
fn hc20_user_info_is_decoded() {
    for (url, expected) in [
        ("ws://u:p%40@h/", "u:p@"),
        ("ws://user:pass@h/", "user:pass"),
        ("ws://user@h/", "user:"),
        ("ws://:p@h/", ":p"),
        ("ws://u:p:q@h/", "u:p:q"),
        ("ws://u:%2F%c3%A9@h/", "u:/\u{e9}"),
    ] {
        let credentials = Url::parse(url).unwrap().credentials;
        assert_eq!(credentials.as_deref(), Some(expected.as_bytes()), "{url}");
    }
}
