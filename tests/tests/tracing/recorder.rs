//! A subscriber that remembers.

use core::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex, MutexGuard};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Keeps what it is told.
#[derive(Clone, Default)]
pub(crate) struct Recorder(Arc<Mutex<Told>>);

#[derive(Clone, Default)]
pub(crate) struct Told {
    /// A line for each event.
    pub(crate) lines: Vec<String>,
    /// In which span it was, by number.
    pub(crate) within: Vec<Option<usize>>,
    pub(crate) spans: Vec<Span>,
    /// The spans that are entered, the inner ones last.
    pub(crate) entered: Vec<usize>,
}

#[derive(Clone, Default)]
pub(crate) struct Span {
    pub(crate) fields: String,
    pub(crate) within: Option<usize>,
    /// How many handles there are.
    pub(crate) handles: usize,
}

impl Recorder {
    pub(crate) fn told(&self) -> MutexGuard<'_, Told> {
        self.0.lock().expect("nobody panicked")
    }
}

/// The number of a span. Its id is one more, as none is 0.
fn number(id: &Id) -> usize {
    usize::try_from(id.into_u64()).expect("few spans") - 1
}

impl Subscriber for Recorder {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "hybi"
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut line = Line(String::new());
        attributes.record(&mut line);
        let mut told = self.told();
        let span = Span {
            fields: line.0,
            within: told.entered.last().copied(),
            handles: 1,
        };
        told.spans.push(span);
        Id::from_u64(told.spans.len() as u64)
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        let mut told = self.told();
        let mut line = Line(std::mem::take(&mut told.spans[number(id)].fields));
        values.record(&mut line);
        told.spans[number(id)].fields = line.0;
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(String::new());
        event.record(&mut line);
        let mut told = self.told();
        let within = told.entered.last().copied();
        told.lines.push(line.0);
        told.within.push(within);
    }

    fn enter(&self, id: &Id) {
        self.told().entered.push(number(id));
    }

    fn exit(&self, id: &Id) {
        assert_eq!(self.told().entered.pop(), Some(number(id)));
    }

    fn clone_span(&self, id: &Id) -> Id {
        self.told().spans[number(id)].handles += 1;
        id.clone()
    }

    fn try_close(&self, id: Id) -> bool {
        let mut told = self.told();
        let handles = &mut told.spans[number(&id)].handles;
        *handles -= 1;
        *handles == 0
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let space = if self.0.is_empty() { "" } else { " " };
        let _ = write!(self.0, "{space}{}={value:?}", field.name());
    }
}

/// What is told while this runs, after which no span is entered or held.
pub(crate) fn all_told(run: impl FnOnce()) -> Told {
    let recorder = Recorder::default();
    tracing::subscriber::with_default(recorder.clone(), run);
    let told = recorder.told().clone();
    assert_eq!(told.entered, [0; 0]);
    assert!(told.spans.iter().all(|span| span.handles == 0));
    told
}

/// The events of it.
pub(crate) fn told(run: impl FnOnce()) -> Vec<String> {
    all_told(run).lines
}
