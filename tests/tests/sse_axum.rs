//! Events in axum, which is hyper, by its extractor and as bodies; and axum's own event streams for
//! our source.

use core::convert::Infallible;
use core::net::{Ipv4Addr, SocketAddr};
use core::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequestParts, State};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::response::sse::{Event as AxumEvent, KeepAlive, Sse};
use axum::routing::{any, get};
use futures::{Stream, StreamExt};
use hybi::axum::ServerSentEvents;
use hybi::sse::{Accept, Closure, EncodedEvent, Event, Offer, Reject};
use hybi::tokio::event_source;
use hybi::{EventBody, Hub, Options, SourceEvent, Status};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

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

/// A handler as an application would have it.
async fn extracted(State(hub): State<Hub>, events: ServerSentEvents) -> Response<Body> {
    assert!(events.wants_events());
    if hub.is_closed() {
        return events.stop();
    }
    let accept = Accept::new().with_retry(Some(Duration::from_millis(100)));
    events
        .with_options(&options())
        .with_accept(accept)
        .serve(&hub)
}

/// The same by hand, with either kind of body.
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
async fn a_hub_by_the_extractor_as_a_stream_and_as_a_body() {
    let test = async {
        for handler in [get(extracted), get(feed::<true>), get(feed::<false>)] {
            let hub = Hub::new(10, 1 << 20);
            let address = serve(Router::new().route("/", handler).with_state(hub.clone())).await;
            follows(hub.clone(), format!("http://{address}/")).await;
            // Bodies whose clients have left are dropped.
            while hub.subscribers() > 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    };
    tokio::time::timeout(PATIENCE, test)
        .await
        .expect("it takes too long");
}

/// What the server answers, until it closes, to a request with this first line and these fields.
async fn ask(address: SocketAddr, line: &str, fields: &str) -> String {
    let mut stream = tokio::net::TcpStream::connect(address)
        .await
        .expect("it listens");
    let request = format!("{line} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{fields}\r\n");
    stream
        .write_all(request.as_bytes())
        .await
        .expect("it reads");
    let mut answer = String::new();
    tokio::time::timeout(PATIENCE, stream.read_to_string(&mut answer))
        .await
        .expect("it takes too long")
        .expect("it answers");
    answer.to_ascii_lowercase()
}

/// What was missed, then the end: with the fields of an event stream.
#[tokio::test]
async fn the_extractor_resumes() {
    let hub = Hub::new(10, 1 << 20);
    for id in ["1", "2", "3"] {
        let event = Event::new("boils").with_id(id);
        hub.publish(&event).expect("it is open");
    }
    hub.close(None);
    let handler = async |State(hub): State<Hub>, events: ServerSentEvents| {
        assert_eq!(events.last_event_id(), b"1");
        events.serve(&hub)
    };
    let address = serve(Router::new().route("/", get(handler)).with_state(hub)).await;
    let answer = ask(address, "GET /", "Last-Event-ID: 1\r\n").await;
    assert!(answer.starts_with("http/1.1 200 ok\r\n"), "{answer}");
    for part in [
        "\r\ncontent-type: text/event-stream\r\n",
        "\r\ncache-control: no-cache, no-store, no-transform\r\n",
        "\r\ntransfer-encoding: chunked\r\n",
        "retry: 5000\n\n",
        "id: 2\ndata: boils\n\n",
        "id: 3\ndata: boils\n\n",
    ] {
        assert!(answer.contains(part), "{part} is missing: {answer}");
    }
    assert!(!answer.contains("id: 1\n"), "{answer}");
    assert!(answer.ends_with("\r\n0\r\n\r\n"), "{answer}");
}

/// Comments are sent by tokio's timer without being asked for.
#[tokio::test(start_paused = true)]
async fn the_extractor_pings() {
    let (mut parts, ()) = http::Request::new(()).into_parts();
    let events = ServerSentEvents::from_request_parts(&mut parts, &()).await;
    let events = events.expect("it breaks no rule");
    let response = events.forward(futures::stream::pending());
    let mut body = response.into_body().into_data_stream();
    let start = tokio::time::Instant::now();
    for (expect, after) in [("retry: 5000\n\n", 0), (":\n\n", 15), (":\n\n", 30)] {
        let bytes = body.next().await.expect("no end").expect("no error");
        assert_eq!(bytes, expect);
        assert_eq!(start.elapsed().as_secs(), after);
    }
}

/// Neither a length, which the stream has not, nor a subscription to what nobody reads.
#[tokio::test]
async fn the_extractor_answers_head() {
    let hub = Hub::new(10, 1 << 20);
    let by_hub = async |State(hub): State<Hub>, events: ServerSentEvents| {
        let response = events.serve(&hub);
        assert_eq!(hub.subscribers(), 0);
        response
    };
    let by_stream = async |events: ServerSentEvents| events.forward(futures::stream::pending());
    let routes = Router::new()
        .route("/hub", get(by_hub))
        .route("/stream", get(by_stream))
        .with_state(hub);
    let address = serve(routes).await;
    for path in ["/hub", "/stream"] {
        let answer = ask(address, &format!("HEAD {path}"), "").await;
        assert!(answer.starts_with("http/1.1 200 ok\r\n"), "{answer}");
        let content_type = "\r\ncontent-type: text/event-stream\r\n";
        assert!(answer.contains(content_type), "{answer}");
        assert!(!answer.contains("content-length"), "{answer}");
        assert!(answer.ends_with("\r\n\r\n"), "{answer}");
    }
}

#[tokio::test]
async fn the_extractor_refuses() {
    let routes = Router::new()
        .route(
            "/",
            any(async |events: ServerSentEvents| {
                assert!(!events.wants_events());
                let reject = Reject::new(Status::UNAUTHORIZED)
                    .and_then(|reject| reject.with_field("WWW-Authenticate", "Bearer"));
                events.reject(reject.expect("a refusal"))
            }),
        )
        .route(
            "/over",
            get(async |events: ServerSentEvents| {
                let accept = Accept::new().with_field("Access-Control-Allow-Origin", "*");
                events.with_accept(accept.expect("a field")).stop()
            }),
        );
    let address = serve(routes).await;
    let long = format!("Last-Event-ID: {}\r\n", "x".repeat(8 * 1024 + 1));
    let cases = [
        ("POST /", "", 405, "\r\nallow: get, head"),
        (
            "GET /",
            "Last-Event-ID: 1\r\nLast-Event-ID: 1\r\n",
            400,
            "\r\n\r\nlast-event-id is repeated",
        ),
        (
            "GET /",
            "Host: b\r\n",
            400,
            "\r\n\r\nhost is not one host[:port]",
        ),
        ("GET /", &long, 431, "\r\ncontent-type: text/plain"),
        ("GET /", "", 401, "\r\nwww-authenticate: bearer"),
        ("HEAD /", "", 401, "\r\nwww-authenticate: bearer"),
        (
            "GET /over",
            "",
            204,
            "\r\naccess-control-allow-origin: *\r\n",
        ),
    ];
    for (line, fields, status, part) in cases {
        let answer = ask(address, line, fields).await;
        let start = format!("http/1.1 {status} ");
        assert!(answer.starts_with(&start), "{line}: {answer}");
        assert!(answer.contains(part), "{line}: {answer}");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        assert_eq!(
            head.contains("content-type"),
            status != 204,
            "{line}: {answer}"
        );
        let has_body = status != 204 && !line.starts_with("HEAD");
        assert_eq!(!body.is_empty(), has_body, "{line}: {answer}");
        assert_eq!(
            head.contains("content-length"),
            status != 204,
            "{line}: {answer}"
        );
    }
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
