//! P10, HC12, A: each step has a deadline, and all of them together have one.

use core::future::Future;
use core::time::Duration;

use hybi_tests::World;
use ws_futures::{DialCause, Error, Options, Step};

use crate::net::{Answer, Net, sleep};
use crate::{NOW, SECOND, connect, head, options, say, through, usual};

/// How long it takes until it fails, in tenths of a second, and how.
fn fails_after(
    net: &Net,
    url: &'static str,
    options: Options,
    serve: impl AsyncFnOnce(Net) + 'static,
) -> (u32, Error) {
    let mut world = World::new();
    let task = world.spawn(connect(net.clone(), url, options));
    let net = net.clone();
    world.spawn(async move { serve(net).await });
    world.settle();
    for tenths in 0..1000 {
        match task.take() {
            Some(Err(error)) => return (tenths, error),
            Some(Ok(_)) => panic!("it is open"),
            None => world.advance(SECOND / 10),
        }
    }
    panic!("it waits for ever");
}

#[track_caller]
fn check_late(error: &Error, step: Step) {
    let Error::Dial(error) = error else {
        panic!("{error:?}");
    };
    assert_eq!(error.step(), step, "{error}");
    assert!(matches!(error.cause(), DialCause::TimedOut), "{error}");
}

#[test]
fn nobody_answers_the_connection() {
    let net = usual();
    net.port("192.0.2.1:80", NOW, Answer::Ignores);
    let nobody = async |_| {};
    let (tenths, error) = fails_after(&net, "ws://server.example/", options(), nobody);
    assert_eq!(tenths, 100);
    check_late(&error, Step::Connect);

    let mut short = options();
    short.dial.connect_timeout = SECOND;
    let (tenths, error) = fails_after(&net, "ws://server.example/", short, nobody);
    assert_eq!(tenths, 10);
    check_late(&error, Step::Connect);
}

// One deadline, not one for each read.
#[test]
fn p10_the_proxy_says_nothing_or_drips() {
    for drips in [false, true] {
        let net = usual();
        let options = through("http://proxy.example:3128");
        let serve = async move |net: Net| {
            let (_, mut io) = net.accept().await;
            head(&mut io).await;
            for byte in b"HTTP/1.1 200 OK\r\nX: aaaaaaaaaaaa" {
                sleep(SECOND).await;
                if drips {
                    say(&mut io, [*byte]).await;
                }
            }
        };
        let (tenths, error) = fails_after(&net, "ws://server.example/", options, serve);
        assert_eq!(tenths, 100);
        check_late(&error, Step::Proxy);
    }
}

#[test]
fn p24_a_socks_proxy_that_says_nothing() {
    let net = usual();
    let mut options = through("socks5h://proxy.example");
    options.dial.proxy_timeout = 3 * SECOND;
    let serve = async |net: Net| {
        let (_, io) = net.accept().await;
        sleep(100 * SECOND).await;
        drop(io);
    };
    let (tenths, error) = fails_after(&net, "ws://server.example/", options, serve);
    assert_eq!(tenths, 30);
    check_late(&error, Step::Proxy);
}

// A refusal whose body does not end is one all the same, and not waited for like an answer.
#[test]
fn p07_the_proxy_refuses_at_length() {
    let net = usual();
    let options = through("http://proxy.example:3128");
    let serve = async |net: Net| {
        let (_, mut io) = net.accept().await;
        head(&mut io).await;
        say(
            &mut io,
            "HTTP/1.1 403 Forbidden\r\nContent-Length: 9999\r\n\r\nno",
        )
        .await;
        sleep(100 * SECOND).await;
    };
    let (tenths, error) = fails_after(&net, "ws://server.example/", options, serve);
    assert_eq!(tenths, 10);
    let Error::Dial(error) = error else {
        panic!("{error:?}");
    };
    let DialCause::Refused(refusal) = error.cause() else {
        panic!("{error:?}");
    };
    assert_eq!((refusal.status().code(), refusal.body()), (403, &b"no"[..]));
    assert!(refusal.is_truncated());
}

#[test]
fn hc12_the_server_says_nothing() {
    let net = usual();
    let serve = async |net: Net| {
        let (_, mut io) = net.accept().await;
        head(&mut io).await;
        sleep(100 * SECOND).await;
    };
    let (tenths, error) = fails_after(&net, "ws://server.example/", options(), serve);
    assert_eq!(tenths, 100);
    assert!(matches!(error, Error::HandshakeTimedOut), "{error:?}");
}

// HC10: nor is a server's.
#[test]
fn hc10_the_server_refuses_at_length() {
    let net = usual();
    let serve = async |net: Net| {
        let (_, mut io) = net.accept().await;
        head(&mut io).await;
        sleep(SECOND).await;
        say(&mut io, "HTTP/1.1 403 X\r\nContent-Length: 9\r\n\r\nno").await;
        sleep(100 * SECOND).await;
    };
    let (tenths, error) = fails_after(&net, "ws://server.example/", options(), serve);
    assert_eq!(tenths, 20);
    let Error::Rejected(response) = error else {
        panic!("{error:?}");
    };
    assert_eq!(
        (response.status().code(), response.body()),
        (403, &b"no"[..])
    );
    assert!(response.is_truncated());
}

#[test]
fn a_name_and_its_addresses_have_one_deadline() {
    let net = usual();
    net.look_up_slowly(SECOND * 6 / 10)
        .port("192.0.2.1:80", SECOND * 6 / 10, Answer::Accepts);
    let mut options = options();
    options.dial.connect_timeout = SECOND;
    let (tenths, error) = fails_after(&net, "ws://server.example/", options, async |_| {});
    assert_eq!(tenths, 10);
    check_late(&error, Step::Connect);
}

#[test]
fn all_steps_together_have_a_deadline() {
    let net = usual();
    net.port("192.0.2.8:3128", Duration::from_secs(2), Answer::Accepts);
    let mut options = through("http://proxy.example:3128");
    options.dial.timeout = 5 * SECOND;
    let serve = async |net: Net| {
        let (_, mut io) = net.accept().await;
        head(&mut io).await;
        sleep(2 * SECOND).await;
        say(&mut io, "HTTP/1.1 200 OK\r\n\r\n").await;
        head(&mut io).await;
        sleep(100 * SECOND).await;
    };
    let (tenths, error) = fails_after(&net, "ws://server.example/", options.clone(), serve);
    // Two to connect, two for the tunnel, and one that was left for the handshake.
    assert_eq!(tenths, 50);
    assert!(matches!(error, Error::HandshakeTimedOut), "{error:?}");

    options.dial.timeout = SECOND;
    let (tenths, error) = fails_after(&net, "ws://server.example/", options, async |_| {});
    assert_eq!(tenths, 10);
    check_late(&error, Step::Connect);
}

// HC22: whoever is dropped has closed what it opened.
#[test]
fn hc22_giving_up_closes_what_was_opened() {
    for stage in 0..3 {
        let net = usual();
        let mut world = World::new();
        let client = net.clone();
        let options = through("http://proxy.example:3128");
        let connecting = connect(client, "ws://server.example/", options);
        let task = world.spawn(sleep_or(connecting));
        let ended = world.spawn(async move {
            let (_, mut io) = net.accept().await;
            if stage > 0 {
                head(&mut io).await;
            }
            if stage > 1 {
                say(&mut io, "HTTP/1.1 200 OK\r\n\r\n").await;
                head(&mut io).await;
            }
            let mut rest = Vec::new();
            futures::AsyncReadExt::read_to_end(&mut io, &mut rest).await
        });
        world.settle();
        assert!(!ended.is_done());
        world.advance(SECOND);
        assert!(task.is_done() && ended.is_done(), "stage {stage}");
    }
}

/// Gives up after a second.
async fn sleep_or<T>(work: impl Future<Output = T>) {
    let work = core::pin::pin!(work);
    let sleep = core::pin::pin!(sleep(SECOND));
    futures::future::select(work, sleep).await;
}
