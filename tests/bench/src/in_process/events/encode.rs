//! Events become bytes: in a buffer, and as bytes to be shared.

use std::convert::Infallible;
use std::hint::black_box;
use std::sync::Arc;

use anyhow::{Result, ensure};
use axum::response::{IntoResponse, Sse, sse};
use bytes::Bytes;
use futures::{StreamExt, stream};
use ws_sse::{Decoder, EncodedEvent, Encoder, Limits};

use super::super::memory::now;
use super::super::{Clock, Row};
use super::mix::{self, Owned};

/// About so much is written in one go: what stays in the cache.
const BYTES: usize = 50_000;

pub(super) fn rows(clock: Clock) -> Result<Vec<Row>> {
    let small = mix::small(BYTES / 100);
    let one_line = mix::large(BYTES / 1024, false);
    let lines = mix::large(BYTES / 1024, true);
    Ok(vec![
        row(
            clock,
            "encoding small events",
            "each: kind, id, 64 B",
            &small,
            ours,
        )?,
        row(clock, "encoding 1 KiB in one line", "each", &one_line, ours)?,
        row(clock, "encoding 1 KiB in 16 lines", "each", &lines, ours)?,
        row(
            clock,
            "encoding small events to be shared",
            "each",
            &small,
            shared,
        )?,
    ])
}

fn row(
    clock: Clock,
    what: &'static str,
    unit: &'static str,
    events: &[Owned],
    ours: fn(Clock, &[Owned]) -> Result<f64>,
) -> Result<Row> {
    let mut bytes = Vec::new();
    for event in events {
        Encoder::event(&event.as_event(), &mut bytes)?;
    }
    Ok(Row {
        what,
        unit,
        bytes: Some(bytes.len() as f64 / events.len() as f64),
        floor: floor(clock, events, &bytes),
        ours: ours(clock, events)?,
        peers: vec![
            ("axum", axum(clock, events)?),
            ("sse-stream", sse_stream(clock, events)?),
        ],
    })
}

/// Copies what was encoded before.
fn floor(clock: Clock, events: &[Owned], bytes: &[u8]) -> f64 {
    let mut out = Vec::new();
    clock.best(events.len(), || {
        out.clear();
        for part in black_box(bytes).chunks(bytes.len() / events.len()) {
            out.extend_from_slice(part);
        }
        black_box(&out);
    })
}

fn ours(clock: Clock, events: &[Owned]) -> Result<f64> {
    let mut out = Vec::new();
    let time = clock.best(events.len(), || {
        out.clear();
        for event in black_box(events) {
            Encoder::event(&event.as_event(), &mut out).expect("valid");
        }
        black_box(&out);
    });
    verify(&out, events)?;
    Ok(time)
}

fn shared(clock: Clock, events: &[Owned]) -> Result<f64> {
    let encode = |event: &Owned| EncodedEvent::new(&event.as_event()).expect("valid");
    let all: Vec<_> = events.iter().map(encode).collect();
    verify(
        &all.iter()
            .map(EncodedEvent::as_bytes)
            .collect::<Vec<_>>()
            .concat(),
        events,
    )?;
    Ok(clock.best(events.len(), || {
        for event in black_box(events) {
            black_box(encode(event));
        }
    }))
}

/// Its bytes come out of the body of its response only.
fn axum(clock: Clock, events: &[Owned]) -> Result<f64> {
    let events: Arc<[_]> = events.into();
    let run = |see: &mut dyn FnMut(Bytes)| {
        let events = Arc::clone(&events);
        let encoded = (0..events.len()).map(move |at| {
            let Owned { kind, data, id } = &events[at];
            let mut event = sse::Event::default();
            if !kind.is_empty() {
                event = event.event(kind);
            }
            if !id.is_empty() {
                event = event.id(id);
            }
            Ok::<_, Infallible>(event.data(data))
        });
        let response = Sse::new(stream::iter(encoded)).into_response();
        let mut body = response.into_body().into_data_stream();
        while let Some(bytes) = now(body.next()) {
            see(bytes.expect("infallible"));
        }
    };
    let mut out = Vec::new();
    run(&mut |bytes| out.extend_from_slice(&bytes));
    verify(&out, &events)?;
    Ok(clock.best(events.len(), || {
        run(&mut |bytes| {
            black_box(bytes);
        });
    }))
}

/// It takes its text as its own, so there is a copy before.
fn sse_stream(clock: Clock, events: &[Owned]) -> Result<f64> {
    let encode = |event: &Owned| {
        let mut block = sse_stream::Sse::default().data(&*event.data);
        if !event.kind.is_empty() {
            block = block.event(&*event.kind);
        }
        if !event.id.is_empty() {
            block = block.id(&*event.id);
        }
        block.encode().expect("valid")
    };
    verify(
        &events.iter().map(encode).collect::<Vec<_>>().concat(),
        events,
    )?;
    Ok(clock.best(events.len(), || {
        for event in black_box(events) {
            black_box(encode(event));
        }
    }))
}

/// Whether these bytes are these events.
fn verify(mut bytes: &[u8], events: &[Owned]) -> Result<()> {
    let mut decoder = Decoder::new(Limits::default());
    for event in events {
        let seen = decoder.decode(&mut bytes)?;
        ensure!(seen == Some(event.as_event()), "{seen:?}, not {event:?}");
    }
    ensure!(bytes.is_empty(), "more than was to be encoded");
    Ok(())
}
