//! Event bodies in axum, which is hyper, and axum's own event streams for our source.

use core::convert::Infallible;
use core::net::{Ipv4Addr, SocketAddr};
use core::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Response, StatusCode};
use axum::response::sse::{Event as AxumEvent, KeepAlive, Sse};
use axum::routing::get;
use futures::{Stream, StreamExt};
use hybi::sse::{Accept, Closure, EncodedEvent, Event, Offer};
use hybi::tokio::event_source;
use hybi::{EventBody, Hub, Options, SourceEvent};

/// Long enough for a loaded machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// Serves these routes, and gives the address.
async fn serve(routes: Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
    let listener = listener.expect("a port");
    let address = listener.local_addr().expect("it listens");
    tokio::spawn(async move { axum::serve(listener, routes).await });
    address
}

fn options() -> Options {
    let mut options = Options::client().without_proxy();
    options.timer = Some(hybi::tokio::timer);
    options.events.ping = Some(Duration::from_millis(50));
    options.events.silence = Some(Duration::from_secs(2));
    options
}

/// The fields of an answer with an event stream.
fn answer(accept: &Accept, body: Body) -> Response<Body> {
    let mut response = Response::builder().status(StatusCode::OK);
    for (name, value) in &accept.fields() {
        response = response.header(name, value);
    }
    response.body(body).expect("fields")
}

/// A handler as an application would have it, with either kind of body.
async fn feed<const STREAM: bool>(State(hub): State<Hub>, fields: HeaderMap) -> Response<Body> {
    let fields = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_bytes()));
    let offer = Offer::from_parts("GET", "/", fields);
    assert!(offer.is_event_source());
    if hub.is_closed() {
        let response = Response::builder().status(StatusCode::NO_CONTENT);
        return response.body(Body::empty()).expect("no fields");
    }
    let id = offer.last_event_id().expect("one at most");
    let accept = Accept::new().with_retry(Some(Duration::from_millis(100)));
    let body = EventBody::new(&accept, hub.resume(id), &options());
    let body = if STREAM {
        Body::from_stream(body)
    } else {
        Body::new(body)
    };
    answer(&accept, body)
}

async fn follows(hub: Hub, url: String) {
    let mut source = event_source(&url, &options()).expect("a URL");
    let event = source.receive().await.expect("no error");
    assert!(matches!(event, Some(SourceEvent::Opened)), "{event:?}");
    for id in ["1", "2"] {
        hub.publish(&Event::new("a\nb").with_id(id))
            .expect("it is open");
        let event = source.next().await.expect("an event").expect("no error");
        assert_eq!((event.data(), event.id()), ("a\nb", id));
    }
    // Nothing for longer than a client may be silent, but for pings.
    let pause = tokio::time::sleep(Duration::from_millis(300));
    assert!(
        tokio::time::timeout(Duration::from_millis(300), source.next())
            .await
            .is_err()
    );
    pause.await;
    hub.close(None);
    assert!(source.next().await.is_none());
    assert_eq!(source.closure(), Some(Closure::Stopped));
}

#[tokio::test]
async fn a_body_as_a_stream_and_as_a_body() {
    let (one, other) = (Hub::new(10, 1 << 20), Hub::new(10, 1 << 20));
    let routes = Router::new()
        .route("/stream", get(feed::<true>))
        .with_state(one.clone());
    let bodies = Router::new()
        .route("/body", get(feed::<false>))
        .with_state(other.clone());
    let address = serve(routes.merge(bodies)).await;
    let test = async {
        follows(one.clone(), format!("http://{address}/stream")).await;
        follows(other.clone(), format!("http://{address}/body")).await;
        // Bodies whose clients have left are dropped.
        while one.subscribers() + other.subscribers() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, test)
        .await
        .expect("it takes too long");
}

/// Counts on from the last event id, and ends after three.
async fn axum_feed(fields: HeaderMap) -> Sse<impl Stream<Item = Result<AxumEvent, Infallible>>> {
    let id = fields
        .get("last-event-id")
        .and_then(|id| id.to_str().ok()?.parse().ok());
    let next = id.map_or(0, |id: u32| id + 1);
    let events = futures::stream::iter(next..next + 3).map(|number| {
        let event = AxumEvent::default().id(number.to_string()).event("count");
        Ok(event
            .data(format!("{number}\nlines"))
            .retry(Duration::from_millis(100)))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_millis(20)))
}

#[tokio::test]
async fn a_source_of_axums_events() {
    let address = serve(Router::new().route("/", get(axum_feed))).await;
    let test = async {
        let url = format!("http://{address}/");
        let source = event_source(&url, &options()).expect("a URL");
        let events: Vec<_> = source.take(10).collect().await;
        for (number, event) in events.into_iter().enumerate() {
            let event = event.expect("no error");
            assert_eq!(event.kind(), "count");
            assert_eq!(event.data(), format!("{number}\nlines"));
            assert_eq!(event.id(), number.to_string());
        }
    };
    tokio::time::timeout(PATIENCE, test)
        .await
        .expect("it takes too long");
}

/// A stream of the application's, which ends.
#[tokio::test]
async fn a_body_of_any_stream() {
    let handler = || async {
        let events = futures::stream::iter(["a", "b"])
            .map(|data| EncodedEvent::new(&Event::new(data)).expect("an event"));
        let accept = Accept::new();
        answer(
            &accept,
            Body::new(EventBody::new(&accept, events, &options())),
        )
    };
    let address = serve(Router::new().route("/", get(handler))).await;
    let url = format!("http://{address}/");
    let source = event_source(&url, &options()).expect("a URL");
    let seen: Vec<_> = tokio::time::timeout(PATIENCE, source.take(2).collect::<Vec<_>>())
        .await
        .expect("it takes too long");
    let data: Vec<_> = seen
        .iter()
        .map(|event| event.as_ref().expect("no error").data())
        .collect();
    assert_eq!(data, ["a", "b"]);
}
