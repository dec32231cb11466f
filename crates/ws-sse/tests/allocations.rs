//! What decoding and encoding allocate: nothing per event, once the buffers have grown. What
//! sending to many allocates: as much as sending to one.

use allocation_counter::measure;
use ws_sse::{
    Accept, Broadcaster, Decoder, Delivery, Encoder, Event, EventSource, Limits, Offer, Origin,
    Queue, Request, SourceOptions,
};

fn stream() -> Vec<u8> {
    let mut stream = Vec::new();
    for event in [
        Event::new("one line").with_id("17"),
        Event::new("two\nlines").with_kind("kind"),
        Event::new("é").with_kind("other"),
    ] {
        Encoder::event(&event, &mut stream).expect("valid");
    }
    stream.extend_from_slice(b"event: \xff\ndata: \xff\n\n");
    stream
}

#[test]
fn an_event_allocates_nothing() {
    let stream = stream();
    for chunk in [1, 7, 1000] {
        let mut decoder = Decoder::new(Limits::default());
        let mut events = 0;
        let mut run = || {
            for mut input in stream.chunks(chunk) {
                while decoder.decode(&mut input).expect("short").is_some() {
                    events += 1;
                }
            }
        };
        run();
        let heap = measure(|| (0..100).for_each(|_| run()));
        assert_eq!(heap.count_total, 0, "chunks of {chunk}");
        assert_eq!(events, 101 * 4);
    }
}

#[test]
fn an_event_in_the_input_allocates_nothing_ever() {
    let stream = b"event: kind\ndata: some data\n\n".repeat(100);
    let heap = measure(|| {
        let mut decoder = Decoder::new(Limits::default());
        let mut input = &stream[..];
        let mut events = 0;
        while decoder.decode(&mut input).expect("short").is_some() {
            events += 1;
        }
        assert_eq!(events, 100);
    });
    assert_eq!(heap.count_total, 0);
}

#[test]
fn encoding_allocates_nothing_but_out() {
    let mut out = Vec::with_capacity(1000);
    let event = Event::new("two\nlines").with_kind("kind").with_id("7");
    let heap = measure(|| {
        for _ in 0..10 {
            out.clear();
            Encoder::event(&event, &mut out).expect("valid");
            Encoder::comment("two\nlines", &mut out);
        }
    });
    assert_eq!(heap.count_total, 0);
}

#[test]
fn ss15_an_event_is_encoded_once_for_ten_thousand() {
    const SUBSCRIBERS: usize = 10_000;
    let mut broadcaster = Broadcaster::new(16, 16 * 1024);
    let mut subscribers = vec![broadcaster.subscribe(Queue::default()); SUBSCRIBERS];
    let mut out = Vec::with_capacity(1000);
    let mut writer = Offer::from_parts("GET", "/", []).accept(&Accept::new(), &mut out);
    let mut publish = || {
        let event = Event::new("some data").with_id("7");
        broadcaster.publish(&event).expect("small");
        let mut sent = 0;
        for subscriber in &mut subscribers {
            while let Some(Delivery::Event(event)) = broadcaster.next(subscriber) {
                out.clear();
                writer.send_encoded([event], &mut out).expect("open");
                sent += 1;
            }
        }
        assert_eq!(sent, SUBSCRIBERS);
    };
    (0..32).for_each(|_| publish());
    let heap = measure(publish);
    // The buffer to encode in, which grows for the framing; the shared bytes; the id.
    assert!(heap.count_total <= 4, "{heap:?}");
}

#[test]
fn an_event_from_a_source_allocates_nothing() {
    let request = Origin::http("a").and_then(|origin| Request::new(origin, "/"));
    let connecting = EventSource::start(request.expect("valid"), SourceOptions::default());
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\
        Transfer-Encoding: chunked\r\n\r\n";
    let source = connecting
        .open(&mut Vec::new())
        .receive(&mut head.as_bytes());
    let EventSource::Open(mut open) = source else {
        panic!("{source:?}");
    };
    let chunks = b"12\r\nid: 7\ndata: 1234\n\n\r\n9\r\ndata\ndata\r\n2\r\n\n\n\r\n".repeat(100);
    for size in [1, 7, 1000] {
        let mut events = 0;
        let mut run = || {
            // As from a socket: what is left stays in front of what comes.
            for mut input in chunks.chunks(size) {
                while open.receive(&mut input).expect("valid").is_some() {
                    events += 1;
                }
                assert!(input.is_empty());
            }
        };
        run();
        assert_eq!(measure(run).count_total, 0, "pieces of {size}");
        assert_eq!(events, 2 * 200);
    }
}
