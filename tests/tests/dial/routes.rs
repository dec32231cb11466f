//! Which way is taken: directly, through which proxy, over a Unix socket, by a dialler.

use std::sync::{Arc, Mutex};

use hybi_testkit::pipe::{Pipe, duplex};
use hybi_tests::World;
use ws_futures::{DialCause, Dialler, Environment, Io, IoFuture, Options, Route, Step};

use crate::{check_step, connect, hello, is_greeted, options, through, usual};

/// What the network is asked for on the way to `url`; nobody serves.
fn asked(url: &'static str, options: Options) -> Vec<String> {
    let net = usual();
    let connecting = connect(net.clone(), url, options);
    let mut world = World::new();
    let task = world.spawn(connecting);
    world.settle();
    drop(task);
    net.asked()
}

#[test]
fn p20_p21_the_environment_chooses() {
    let rules = [
        ("http_proxy", "http://proxy.example:3128"),
        ("https_proxy", "socks5h://proxy.example"),
        ("no_proxy", "192.0.2.0/24,other.example"),
    ];
    let mut with = options();
    with.dial.route = Route::Rules(Environment::from_vars(rules));
    for (url, expected) in [
        (
            "ws://server.example/",
            &["resolve proxy.example", "connect 192.0.2.8:3128"][..],
        ),
        (
            "wss://server.example/",
            &["resolve proxy.example", "connect 192.0.2.8:1080"],
        ),
        ("ws://other.example/", &["resolve other.example"]),
        ("ws://www.other.example/", &["resolve www.other.example"]),
        ("wss://192.0.2.1/", &["connect 192.0.2.1:443"]),
    ] {
        assert_eq!(asked(url, with.clone()), expected, "{url}");
        let direct = asked(url, with.clone().without_proxy());
        assert!(
            !direct.iter().any(|what| what.contains("proxy")),
            "{direct:?}"
        );
    }
}

// Never silently direct.
#[test]
fn p18_a_proxy_that_is_none_is_an_error() {
    for proxy in ["ftp://proxy.example", "socks4://proxy.example", "a b"] {
        let mut options = options();
        options.dial.route = Route::Rules(Environment::from_vars([("http_proxy", proxy)]));
        let net = usual();
        let result = World::new().run(connect(net.clone(), "ws://server.example/", options));
        check_step(
            result,
            Step::Route,
            |cause| matches!(cause, DialCause::Environment(error) if error.variable == "http_proxy"),
        );
        assert_eq!(net.asked(), [""; 0]);
    }
}

#[test]
fn wss_without_tls_is_an_error_before_anything_is_sent() {
    #[derive(Debug)]
    struct None;

    impl ws_futures::tls::TlsConnector for None {
        fn connect<'a>(&'a self, host: &'a str, _: Box<dyn Io>) -> IoFuture<'a, Box<dyn Io>> {
            let error = std::io::Error::other(format!("no TLS with {host}"));
            Box::pin(core::future::ready(Err(error)))
        }
    }

    let mut options = options();
    options.dial.tls = Some(Arc::new(None));
    let result = World::new().run(connect(usual(), "wss://server.example/", options));
    let error = crate::dial_error(result);
    assert_eq!(error.step(), Step::Tls);
    assert_eq!(
        error.to_string(),
        "TLS (server.example:443): no TLS with server.example"
    );
}

#[cfg(unix)]
#[test]
fn a_unix_socket_is_taken_whatever_the_url_says() {
    let net = usual();
    let mut options = through("http://proxy.example:3128");
    options.dial.unix_socket = Some("/run/kettle".into());
    let mut world = World::new();
    let server = net.clone();
    world.spawn(async move { hello(server.accept().await.1).await });
    let client = net.clone();
    world.run(async move {
        let connected = connect(client, "ws://server.example/", options).await;
        let (socket, _) = connected.as_ref().expect("a connection");
        assert_eq!(socket.io().peer_addr(), None);
        is_greeted(connected).await;
    });
    assert_eq!(net.asked(), ["connect /run/kettle"]);
}

/// Hands out one end of a pipe, once.
#[derive(Debug)]
struct Once(Mutex<(Option<Pipe>, Vec<String>)>);

impl Dialler for Once {
    fn dial<'a>(&'a self, host: &'a str, port: u16) -> IoFuture<'a, Box<dyn Io>> {
        Box::pin(async move {
            let mut state = self.0.lock().expect("nobody panicked");
            state.1.push(format!("{host} {port}"));
            let pipe = state.0.take().expect("it is dialled once");
            Ok(Box::new(pipe) as Box<dyn Io>)
        })
    }
}

#[test]
fn a_dialler_of_the_users_opens_the_stream() {
    for (url, mut options, expected) in [
        ("ws://server.example/", options(), "server.example 80"),
        ("ws://[2001:db8::1]:9/", options(), "2001:db8::1 9"),
    ] {
        let net = usual();
        let (near, far) = duplex(1 << 16);
        let dialler = Arc::new(Once(Mutex::new((Some(near), Vec::new()))));
        options.dial.dialler = Some(dialler.clone());
        let mut world = World::new();
        world.spawn(hello(far));
        let client = net.clone();
        world.run(async move {
            is_greeted(connect(client, url, options).await).await;
        });
        assert_eq!(net.asked(), [""; 0]);
        assert_eq!(dialler.0.lock().expect("nobody panicked").1, [expected]);
    }
}

#[test]
fn names_that_are_not_there() {
    let result = World::new().run(connect(usual(), "ws://nowhere.example/", options()));
    check_step(result, Step::Resolve, |cause| {
        matches!(cause, DialCause::Io(_))
    });
}
