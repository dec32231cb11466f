//! Both roles over TLS.

use core::time::Duration;
use std::sync::Arc;

use hybi_tests::World;
use hybi_tests::certificates::{Authority, Identity};
use ws_futures::Step;
use ws_futures::sse::{Event, EventSource, Hub, SourceError, SourceState};
use ws_futures::tls::rustls::{Acceptor, Connector, Roots, Settings};

use crate::net::{Answer, Net};
use crate::{SECOND, all_told, client_options, request, server_options, told};

fn local() -> Net {
    let net = Net::default();
    net.name("localhost", &["127.0.0.1"])
        .port("127.0.0.1:443", Duration::ZERO, Answer::Accepts);
    net
}

/// A source that believes this authority and no other.
fn trusting(net: &Net, authority: &Authority) -> EventSource<Net> {
    let settings = Settings::new().with_roots(Roots::None);
    let settings = settings.with_root_certificates(authority.pem().as_bytes());
    let connector = Connector::with(&settings.expect("a certificate"));
    let mut options = client_options();
    options.dial.tls = Some(Arc::new(connector.expect("settings that can be")));
    EventSource::new(net.clone(), request("https://localhost/feed"), &options)
}

/// Serves one connection after the other.
async fn serve(net: Net, identity: Identity, hub: Hub) {
    let (chain, key) = (identity.certificate_pem(), identity.key_pem());
    let acceptor = Acceptor::new(chain.as_bytes(), key.as_bytes()).expect("a certificate");
    let options = server_options();
    loop {
        let io = net.accept().await.1;
        let Ok(io) = acceptor.accept(io, &options).await else {
            continue;
        };
        let Ok(incoming) = ws_futures::read_request(io, &options).await else {
            continue;
        };
        if hub.is_closed() {
            incoming.stop_events().await;
        } else {
            let stream = incoming.accept_events(&options).await.expect("a stream");
            assert_eq!(stream.url(true).as_deref(), Some("https://localhost/feed"));
            let _ = hub.serve(stream).await;
        }
    }
}

#[test]
fn events_over_tls() {
    let authority = Authority::new("authority");
    let (net, hub) = (local(), Hub::new(10, 1 << 20));
    let mut world = World::new();
    world.spawn(serve(net.clone(), authority.server(), hub.clone()));
    let mut source = trusting(&net, &authority);
    let seen = world.run(async move {
        let mut seen = all_told(&mut source, 1).await;
        for id in ["1", "2"] {
            hub.publish(&Event::new("x").with_id(id))
                .expect("it is open");
            seen.extend(told(&mut source).await);
        }
        hub.close(Some(SECOND));
        seen.extend(all_told(&mut source, 9).await);
        seen
    });
    assert_eq!(
        seen,
        [
            "opened",
            "message x 1",
            "message x 2",
            "lost: the event stream has ended"
        ]
    );
}

// SC16: a certificate of somebody else's will be that the next time, too.
#[test]
fn sc16_a_certificate_by_nobody_we_know() {
    let (ours, theirs) = (Authority::new("ours"), Authority::new("theirs"));
    let net = local();
    let mut world = World::new();
    world.spawn(serve(net.clone(), theirs.server(), Hub::new(10, 1 << 20)));
    let mut source = trusting(&net, &ours);
    let seen = world.run(async move {
        let error = source.receive().await.map(drop);
        assert!(matches!(source.receive().await, Ok(None)));
        assert_eq!(source.closure(), None);
        assert_eq!(source.state(), SourceState::Closed);
        error
    });
    let Err(SourceError::Dial(error)) = seen else {
        panic!("{seen:?}");
    };
    assert_eq!(error.step(), Step::Tls, "{error}");
}
