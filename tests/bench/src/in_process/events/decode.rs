//! A long stream becomes events, in pieces as a socket gives them.

use std::any::type_name;
use std::convert::Infallible;
use std::future;
use std::hint::black_box;

use anyhow::{Result, ensure};
use bytes::Bytes;
use eventsource_client::{Client, ClientBuilder, SSE};
use eventsource_stream::EventStream;
use futures::{StreamExt, stream};
use launchdarkly_sdk_transport::{ByteStream, HttpTransport, Request, Response, ResponseFuture};
use sse_stream::SseByteStream;
use ws_sse::{Decoder, Limits};

use super::super::memory::now;
use super::super::{Clock, Row};
use super::mix::{self, Mix, Owned};

/// So many bytes of a stream everybody decodes at least.
const LEN: usize = 100 << 20;
/// At most so much comes at once.
const READ: usize = 16 << 10;

pub(super) fn rows(clock: Clock) -> Result<Vec<Row>> {
    mix::all().map(|mix| row(&mix, clock)).collect()
}

fn row(mix: &Mix, clock: Clock) -> Result<Row> {
    let mut floor = || {
        black_box(pieces(&mix.wire).map(line_ends).sum::<usize>());
    };
    let mut ours = verified::<Ours>(mix)?;
    let mut sse_stream = verified::<SseStream>(mix)?;
    let mut eventsource_stream = verified::<EventsourceStream>(mix)?;
    let mut eventsource_client = verified::<EventsourceClient>(mix)?;
    let contenders: [&mut dyn FnMut(); _] = [
        &mut floor,
        &mut ours,
        &mut sse_stream,
        &mut eventsource_stream,
        &mut eventsource_client,
    ];
    let turns = LEN.div_ceil(mix.wire.len());
    let times = clock.best_in_turns(turns, mix.events.len(), contenders);
    let [
        floor,
        ours,
        sse_stream,
        eventsource_stream,
        eventsource_client,
    ] = times;
    Ok(Row {
        what: mix.name,
        unit: mix.about,
        bytes: Some(mix.wire.len() as f64 / mix.events.len() as f64),
        floor,
        ours,
        peers: vec![
            ("sse-stream", sse_stream),
            ("eventsource-stream", eventsource_stream),
            ("eventsource-client", eventsource_client),
        ],
    })
}

/// The stream as a socket gives it, and a copy for nobody: what comes from one is in the cache,
/// too.
fn pieces(wire: &[u8]) -> impl Iterator<Item = &[u8]> {
    wire.chunks(READ)
}

/// Whoever makes events of a stream.
trait Contender {
    /// Shows kind, data and id of each event.
    fn decode(mix: &Mix, see: impl FnMut(&str, &str, &str));
}

/// What is to be timed, after a look at every event of it.
fn verified<C: Contender>(mix: &Mix) -> Result<impl FnMut()> {
    let (mut expected, mut wrong) = (mix.events.iter(), None);
    C::decode(mix, |kind, data, id| {
        let expected = expected.next().map(Owned::as_event);
        let expected = expected.map(|event| (event.kind, event.data, event.id));
        if expected != Some((kind, data, id)) && wrong.is_none() {
            wrong = Some(format!("{kind:?} {id:?} {data:?}, not {expected:?}"));
        }
    });
    let (name, who, left) = (mix.name, type_name::<C>(), expected.len());
    ensure!(
        wrong.is_none() && left == 0,
        "{name}, {who}: {wrong:?}, {left} events left"
    );

    let data: usize = mix.events.iter().map(|event| event.data.len()).sum();
    Ok(move || {
        let (mut count, mut len) = (0, 0);
        C::decode(mix, |kind, data, id| {
            black_box((kind, id));
            count += 1;
            len += black_box(data).len();
        });
        assert_eq!((count, len), (mix.events.len(), data), "all of it");
    })
}

/// The least that has to be found.
fn line_ends(piece: &[u8]) -> usize {
    memchr::memchr2_iter(b'\n', b'\r', piece).count()
}

struct Ours;

impl Contender for Ours {
    fn decode(mix: &Mix, mut see: impl FnMut(&str, &str, &str)) {
        let mut decoder = Decoder::new(Limits::default());
        for mut input in pieces(&mix.wire) {
            while let Some(event) = decoder.decode(&mut input).expect("short") {
                see(event.kind, event.data, event.id);
            }
        }
    }
}

struct SseStream;

impl Contender for SseStream {
    /// It tells an id only where it is set, which it is nowhere or everywhere.
    fn decode(mix: &Mix, mut see: impl FnMut(&str, &str, &str)) {
        let mut events =
            SseByteStream::new(stream::iter(pieces(&mix.wire).map(Ok::<_, Infallible>)));
        while let Some(event) = now(events.next()) {
            let event = event.expect("valid");
            let kind = event.event.as_deref().unwrap_or("message");
            let id = event.id.as_deref().unwrap_or_default();
            see(kind, event.data.as_deref().unwrap_or_default(), id);
        }
    }
}

struct EventsourceStream;

impl Contender for EventsourceStream {
    fn decode(mix: &Mix, mut see: impl FnMut(&str, &str, &str)) {
        let mut events = EventStream::new(stream::iter(pieces(&mix.wire).map(Ok::<_, Infallible>)));
        while let Some(event) = now(events.next()) {
            let event = event.expect("valid");
            see(&event.event, &event.data, &event.id);
        }
    }
}

/// Its parser is not public, its transport is what one gives it.
struct EventsourceClient;

impl Contender for EventsourceClient {
    fn decode(mix: &Mix, mut see: impl FnMut(&str, &str, &str)) {
        let client = ClientBuilder::for_url("http://localhost/")
            .expect("valid")
            .build_with_transport(Answer(mix.wire.clone()));
        let mut events = client.stream();
        let mut left = mix.events.len();
        // At the end of the stream it would connect again.
        while left > 0 {
            let event = now(events.next()).expect("more").expect("valid");
            // Comments come out as well.
            if let SSE::Event(event) = event {
                see(
                    &event.event_type,
                    &event.data,
                    event.id.as_deref().unwrap_or_default(),
                );
                left -= 1;
            }
        }
    }
}

/// Answers every request with this stream.
#[derive(Clone)]
struct Answer(Bytes);

impl HttpTransport for Answer {
    fn request(&self, _: Request<Option<Bytes>>) -> ResponseFuture {
        let wire = self.0.clone();
        let starts = (0..wire.len()).step_by(READ);
        let pieces = starts.map(move |start| Ok(wire.slice(start..wire.len().min(start + READ))));
        let body: ByteStream = Box::pin(stream::iter(pieces));
        Box::pin(future::ready(Ok(Response::new(body))))
    }
}
