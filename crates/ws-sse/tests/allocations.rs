//! What decoding and encoding allocate: nothing per event, once the buffers have grown.

use allocation_counter::measure;
use ws_sse::{Decoder, Encoder, Event, Limits};

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
