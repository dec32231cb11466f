//! What happens, told to `tracing` if the feature of that name is on: names of hosts, steps,
//! statuses, codes and counts; never payloads, fields, queries or credentials.
//!
//! Each connection has a span, within whatever span it was begun in; one of a source of events from the
//! first step towards it.

#[cfg(feature = "tracing")]
pub(crate) use on::*;

#[cfg(feature = "tracing")]
mod on {
    use std::fmt::Display;

    use tracing::field::{Empty, display};
    use tracing::{Span, debug, debug_span};
    use ws_driver::{Closure, Driver, Role};
    use ws_handshake::{Established, Status};

    use crate::Error;

    /// The span of a connection, from its first step until it is dropped; none if nobody listens.
    /// Apart, because of its size.
    #[derive(Clone, Debug, Default)]
    pub(crate) struct Life(Option<Box<Span>>);

    impl Life {
        /// Tells something in the span. It is left again before this returns.
        fn tell(&self, tell: impl FnOnce()) {
            match &self.0 {
                Some(span) => span.in_scope(tell),
                None => tell(),
            }
        }
    }

    /// A connection begins, or an attempt at one.
    pub(crate) fn begun(role: Role, peer: Option<&dyn Display>) -> Life {
        let span = debug_span!(
            target: "hybi",
            "connection",
            role = name(role),
            peer = peer.map(display),
            version = Empty,
            has_subprotocol = Empty,
            extensions = Empty,
        );
        Life((!span.is_disabled()).then(|| Box::new(span)))
    }

    /// Does this in the span, which is left whenever it waits.
    #[cfg(feature = "client")]
    pub(crate) fn within<F>(life: &Life, work: F) -> tracing::instrument::Instrumented<F> {
        let span = life.0.as_deref().cloned();
        tracing::Instrument::instrument(work, span.unwrap_or_else(Span::none))
    }

    const fn name(role: Role) -> &'static str {
        match role {
            Role::Client => "client",
            Role::Server => "server",
        }
    }

    /// An opening handshake has led to a connection.
    pub(crate) fn opened(life: &Life, role: Role, established: &Established) {
        let version = established.version;
        let has_subprotocol = established.subprotocol.is_some();
        let extensions = established.extensions.as_deref().unwrap_or_default();
        if let Some(span) = &life.0 {
            span.record("version", display(version));
            span.record("has_subprotocol", has_subprotocol);
            span.record("extensions", extensions);
        }
        life.tell(|| {
            debug!(
                target: "hybi",
                role = name(role),
                %version,
                has_subprotocol,
                extensions,
                "opened"
            );
        });
    }

    /// A server has refused a request.
    pub(crate) fn refused(life: &Life, status: Status) {
        life.tell(|| debug!(target: "hybi", role = "server", status = status.code(), "refused"));
    }

    /// A client has been refused.
    pub(crate) fn rejected(life: &Life, status: Status) {
        life.tell(|| debug!(target: "hybi", role = "client", status = status.code(), "rejected"));
    }

    /// A connection has failed.
    pub(crate) fn failed(life: &Life, error: &Error) {
        life.tell(|| debug!(target: "hybi", %error, "failed"));
    }

    /// A connection has ended.
    pub(crate) fn ended(life: &Life, connection: &Driver) {
        let counts = connection.statistics();
        let (is_clean, code) = match connection.closure() {
            Some(Closure::Clean { code, .. }) => (true, code),
            Some(Closure::Failed(error)) => (false, error.close_code()),
            _ => (false, None),
        };
        life.tell(|| {
            debug!(
                target: "hybi",
                role = name(connection.role()),
                is_clean,
                code = code.map(ws_driver::CloseCode::get),
                received.messages = counts.received.messages,
                received.bytes = counts.received.bytes,
                sent.messages = counts.sent.messages,
                sent.bytes = counts.sent.bytes,
                round_trip = ?counts.round_trip,
                "ended"
            );
        });
    }

    /// The answer to a source of events opens a stream.
    #[cfg(all(feature = "client", feature = "sse"))]
    pub(crate) fn source_opened(life: &Life, status: Status) {
        life.tell(|| debug!(target: "hybi", role = "client", status = status.code(), "opened"));
    }

    /// A source of events has lost its connection after so many events, or there was none to be
    /// had.
    #[cfg(all(feature = "client", feature = "sse"))]
    pub(crate) fn source_lost(life: &Life, lost: crate::sse::Lost<'_>, events: u64) {
        let status = match lost.loss {
            ws_sse::Loss::Refused(status) => Some(status.code()),
            _ => None,
        };
        life.tell(|| {
            debug!(
                target: "hybi",
                role = "client",
                status,
                events,
                why = %lost,
                delay = ?lost.delay,
                "lost"
            );
        });
    }

    /// A source of events has ended for good, a connection after so many events if there was one.
    #[cfg(all(feature = "client", feature = "sse"))]
    pub(crate) fn source_ended(
        life: &Life,
        why: &dyn Display,
        status: Option<Status>,
        events: u64,
    ) {
        let status = status.map(Status::code);
        life.tell(|| debug!(target: "hybi", role = "client", status, events, %why, "ended"));
    }

    /// A step on the way to a server was done, or failed.
    #[cfg(feature = "client")]
    pub(crate) fn step(step: crate::Step, peer: &dyn Display, error: Option<&crate::DialCause>) {
        match error {
            None => debug!(target: "hybi", %step, %peer, "done"),
            Some(error) => debug!(target: "hybi", %step, %peer, %error, "failed"),
        }
    }
}

/// Without the feature nothing is told, and nothing is left of this.
#[cfg(not(feature = "tracing"))]
mod off {
    use std::fmt::Display;

    use ws_driver::{Driver, Role};
    use ws_handshake::{Established, Status};

    use crate::Error;

    #[derive(Clone, Debug, Default)]
    pub(crate) struct Life(());

    pub(crate) const fn begun(_: Role, _: Option<&dyn Display>) -> Life {
        Life(())
    }
    #[cfg(feature = "client")]
    pub(crate) fn within<F>(_: &Life, work: F) -> F {
        work
    }
    pub(crate) const fn opened(_: &Life, _: Role, _: &Established) {}
    pub(crate) const fn refused(_: &Life, _: Status) {}
    pub(crate) const fn rejected(_: &Life, _: Status) {}
    pub(crate) const fn failed(_: &Life, _: &Error) {}
    pub(crate) const fn ended(_: &Life, _: &Driver) {}
    #[cfg(all(feature = "client", feature = "sse"))]
    pub(crate) const fn source_opened(_: &Life, _: Status) {}
    #[cfg(all(feature = "client", feature = "sse"))]
    pub(crate) const fn source_lost(_: &Life, _: crate::sse::Lost<'_>, _: u64) {}
    #[cfg(all(feature = "client", feature = "sse"))]
    pub(crate) const fn source_ended(_: &Life, _: &dyn Display, _: Option<Status>, _: u64) {}
    #[cfg(feature = "client")]
    pub(crate) const fn step(_: crate::Step, _: &dyn Display, _: Option<&crate::DialCause>) {}
}
#[cfg(not(feature = "tracing"))]
pub(crate) use off::*;
