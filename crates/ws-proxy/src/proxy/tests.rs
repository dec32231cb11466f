//! Proxies, accepted and refused.

use alloc::format;
use alloc::string::ToString;

use super::*;

#[test]
fn p13_p17_p18_proxies_have_one_reading() {
    for (text, expected, credentials) in [
        ("proxy", "http://proxy:80", None),
        ("proxy:3128", "http://proxy:3128", None),
        ("http://proxy", "http://proxy:80", None),
        ("http://proxy/", "http://proxy:80", None),
        ("HTTPS://Proxy:8443/", "https://proxy:8443", None),
        ("https://proxy", "https://proxy:443", None),
        ("socks5://127.0.0.1", "socks5://127.0.0.1:1080", None),
        ("SOCKS5H://proxy:9050", "socks5h://proxy:9050", None),
        (
            "http://[2001:db8::1]:8080",
            "http://[2001:db8::1]:8080",
            None,
        ),
        ("[::1]", "http://[::1]:80", None),
        ("http://@proxy", "http://proxy:80", None),
        ("http://:@proxy", "http://proxy:80", None),
        (
            "http://user:pass@proxy.example.com",
            "http://proxy.example.com:80",
            Some(("user", "pass")),
        ),
        (
            "user:pass@proxy:1",
            "http://proxy:1",
            Some(("user", "pass")),
        ),
        ("user@proxy", "http://proxy:80", Some(("user", ""))),
        (
            "socks5h://u%40v:p%2Fw%25@proxy",
            "socks5h://proxy:1080",
            Some(("u@v", "p/w%")),
        ),
        (
            "http://u:p:!$&'()*+,;=\"<>^`{|}~@proxy",
            "http://proxy:80",
            Some(("u", "p:!$&'()*+,;=\"<>^`{|}~")),
        ),
        (
            "http://u:caf\u{e9}@proxy",
            "http://proxy:80",
            Some(("u", "caf\u{e9}")),
        ),
    ] {
        let proxy = Proxy::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(proxy.to_string(), expected, "{text}");
        let found = proxy.credentials().map(|c| (c.user(), c.password()));
        let credentials =
            credentials.map(|(user, password)| (user.as_bytes(), password.as_bytes()));
        assert_eq!(found, credentials, "{text}");
        assert_eq!(text.parse(), Ok(proxy));
    }
}

#[test]
fn p14_p15_p17_p18_other_texts_are_refused() {
    for (text, error) in [
        ("", ProxyUrlError::Host),
        ("http://", ProxyUrlError::Host),
        ("http:///", ProxyUrlError::Host),
        ("http://user:pass@", ProxyUrlError::Host),
        ("ftp://proxy", ProxyUrlError::Scheme),
        ("socks://proxy", ProxyUrlError::Scheme),
        ("socks4://proxy", ProxyUrlError::Scheme),
        ("socks4a://proxy", ProxyUrlError::Scheme),
        ("ws://proxy", ProxyUrlError::Scheme),
        ("://proxy", ProxyUrlError::Scheme),
        ("http://http://proxy", ProxyUrlError::Path),
        ("http://proxy/path", ProxyUrlError::Path),
        ("http://proxy//", ProxyUrlError::Path),
        ("http://proxy?a=b", ProxyUrlError::Path),
        ("http://proxy#a", ProxyUrlError::Path),
        ("http://u:p/w@proxy", ProxyUrlError::Path),
        ("http://u:p@w@proxy", ProxyUrlError::Host),
        ("http://a%41", ProxyUrlError::Host),
        ("http://[fe80::1%25eth0]:80", ProxyUrlError::Host),
        ("http://::1", ProxyUrlError::Port),
        ("::1", ProxyUrlError::Port),
        ("http:proxy", ProxyUrlError::Port),
        ("http://[::1", ProxyUrlError::Host),
        ("http://10.0.2.555", ProxyUrlError::Host),
        ("http://b\u{fc}cher.example", ProxyUrlError::Host),
        ("http://proxy:", ProxyUrlError::Port),
        ("http://proxy:0", ProxyUrlError::Port),
        ("http://proxy:65536", ProxyUrlError::Port),
        ("http://proxy:80x", ProxyUrlError::Port),
        ("http://a%3Ab:c@proxy", ProxyUrlError::Credentials),
        ("http://a:%0D%0A@proxy", ProxyUrlError::Credentials),
        ("http://a:%@proxy", ProxyUrlError::Credentials),
        (" http://proxy", ProxyUrlError::Character),
        ("http://proxy ", ProxyUrlError::Character),
        ("http://pro\r\nxy", ProxyUrlError::Character),
        ("http://pro\0xy", ProxyUrlError::Character),
        ("http://a\u{2028}:b@proxy", ProxyUrlError::Character),
        ("http:\\\\proxy", ProxyUrlError::Character),
    ] {
        assert_eq!(Proxy::parse(text), Err(error), "{text}");
    }
    let text = |len: usize| {
        format!(
            "http://u:{}@proxy",
            "p".repeat(len - "http://u:@proxy".len())
        )
    };
    assert_eq!(
        Proxy::parse(&text(4000)).map(|p| p.scheme()),
        Ok(Scheme::Http)
    );
    assert_eq!(
        Proxy::parse(&text(MAX_URL)),
        Err(ProxyUrlError::Credentials)
    );
    assert_eq!(
        Proxy::parse(&text(MAX_URL + 1)),
        Err(ProxyUrlError::TooLong)
    );
}

#[test]
fn schemes_say_what_to_do() {
    for (scheme, is_secure, wants_address) in [
        (Scheme::Http, false, false),
        (Scheme::Https, true, false),
        (Scheme::Socks5, false, true),
        (Scheme::Socks5h, false, false),
    ] {
        assert_eq!(scheme.is_secure(), is_secure);
        assert_eq!(scheme.wants_address(), wants_address);
    }
}

#[test]
fn p23_credentials_of_a_proxy_are_not_shown() {
    let credentials = Credentials::new("kettle", "s3cret").unwrap();
    let authority = Authority::new("proxy", 80).unwrap();
    let proxy = Proxy::new(Scheme::Http, authority).with_credentials(credentials);
    assert_eq!(Proxy::parse("kettle:s3cret@proxy").as_ref(), Ok(&proxy));
    let shown = format!("{proxy} {proxy:?}");
    assert!(!shown.contains("kettle") && !shown.contains("s3cret"));
}
