//! Bodies for other servers.

use core::time::Duration;

use futures::StreamExt;
use hybi_tests::World;
use ws_futures::sse::{Accept, EncodedEvent, Event, EventBody, Hub, Queue};

use crate::net::sleep;
use crate::{SECOND, server_options};

async fn next(body: &mut EventBody, within: Duration) -> Option<String> {
    let pause = core::pin::pin!(sleep(within));
    match futures::future::select(body.next(), pause).await {
        futures::future::Either::Left((Some(Ok(bytes)), _)) => {
            Some(String::from_utf8(bytes.to_vec()).expect("text"))
        }
        futures::future::Either::Left((None, _)) => Some("<end>".to_owned()),
        futures::future::Either::Right(_) => None,
    }
}

#[test]
fn ss11_a_body_has_events_pings_and_an_end() {
    let hub = Hub::new(10, 1 << 20);
    let accept = Accept::new().with_retry(Some(SECOND));
    let mut body = EventBody::new(&accept, hub.subscribe(), &server_options());
    World::new().run(async move {
        assert_eq!(
            next(&mut body, SECOND).await.as_deref(),
            Some("retry: 1000\n\n")
        );
        assert_eq!(next(&mut body, 14 * SECOND).await, None);
        assert_eq!(next(&mut body, SECOND).await.as_deref(), Some(":\n\n"));
        assert_eq!(next(&mut body, 10 * SECOND).await, None);
        hub.publish(&Event::new("a").with_id("1"))
            .expect("it is open");
        assert_eq!(
            next(&mut body, SECOND).await.as_deref(),
            Some("id: 1\ndata: a\n\n")
        );
        assert_eq!(next(&mut body, 14 * SECOND).await, None);
        assert_eq!(next(&mut body, SECOND).await.as_deref(), Some(":\n\n"));
        hub.close(None);
        assert_eq!(next(&mut body, SECOND).await.as_deref(), Some("<end>"));
        assert_eq!(next(&mut body, SECOND).await.as_deref(), Some("<end>"));
        assert_eq!(hub.subscribers(), 0);
    });
}

#[test]
fn a_body_without_a_timer_has_no_pings() {
    let hub = Hub::new(10, 1 << 20);
    let mut options = server_options();
    options.timer = None;
    let mut body = EventBody::new(&Accept::new(), hub.subscribe(), &options);
    World::new().run(async move {
        assert!(next(&mut body, SECOND).await.is_some());
        assert_eq!(next(&mut body, 100 * SECOND).await, None);
    });
}

#[test]
fn ss07_a_body_that_is_not_read_ends_and_holds_nothing() {
    let mut queue = Queue::default();
    queue.max_events = 3;
    let hub = Hub::new(10, 1 << 20).with_queue(queue);
    let mut body = EventBody::new(&Accept::new(), hub.subscribe(), &server_options());
    for _ in 0..1000 {
        hub.publish(&Event::new("a")).expect("it is open");
    }
    World::new().run(async move {
        assert!(next(&mut body, SECOND).await.is_some());
        assert_eq!(next(&mut body, SECOND).await.as_deref(), Some("<end>"));
    });
}

#[test]
fn a_body_of_any_stream() {
    let events = futures::stream::iter(["a", "b"])
        .map(|data| EncodedEvent::new(&Event::new(data)).expect("an event"));
    let body = EventBody::new(&Accept::new().with_retry(None), events, &server_options());
    let all: Vec<_> = World::new().run(body.collect());
    let all: Vec<u8> = all
        .into_iter()
        .flat_map(|bytes| bytes.expect("it cannot fail"))
        .collect();
    assert_eq!(all, b":\n\ndata: a\n\ndata: b\n\n");
}
