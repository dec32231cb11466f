//! What happens, told to `tracing` if the feature of that name is on: names of hosts, steps,
//! statuses, codes and counts; never payloads, fields, queries or credentials.

#[cfg(feature = "tracing")]
pub(crate) use on::*;

#[cfg(feature = "tracing")]
mod on {
    use tracing::debug;
    use ws_driver::{Closure, Driver, Role};
    use ws_handshake::{Established, Status};

    const fn name(role: Role) -> &'static str {
        match role {
            Role::Client => "client",
            Role::Server => "server",
        }
    }

    /// An opening handshake has led to a connection.
    pub(crate) fn opened(role: Role, established: &Established) {
        debug!(
            target: "hybi",
            role = name(role),
            version = %established.version,
            has_subprotocol = established.subprotocol.is_some(),
            extensions = established.extensions.as_deref().unwrap_or_default(),
            "opened"
        );
    }

    /// A server has refused a request.
    pub(crate) fn refused(status: Status) {
        debug!(target: "hybi", role = "server", status = status.code(), "refused");
    }

    /// A client has been refused.
    pub(crate) fn rejected(status: Status) {
        debug!(target: "hybi", role = "client", status = status.code(), "rejected");
    }

    /// A connection has ended.
    pub(crate) fn ended(connection: &Driver) {
        let counts = connection.statistics();
        let (is_clean, code) = match connection.closure() {
            Some(Closure::Clean { code, .. }) => (true, code),
            Some(Closure::Failed(error)) => (false, error.close_code()),
            _ => (false, None),
        };
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
    }

    /// A step on the way to a server was done, or failed.
    #[cfg(feature = "client")]
    pub(crate) fn step(
        step: crate::Step,
        peer: &dyn std::fmt::Display,
        error: Option<&crate::DialCause>,
    ) {
        match error {
            None => debug!(target: "hybi", %step, %peer, "done"),
            Some(error) => debug!(target: "hybi", %step, %peer, %error, "failed"),
        }
    }
}

/// Without the feature nothing is told, and nothing is left of this.
#[cfg(not(feature = "tracing"))]
mod off {
    use ws_driver::{Driver, Role};
    use ws_handshake::{Established, Status};

    pub(crate) const fn opened(_: Role, _: &Established) {}
    pub(crate) const fn refused(_: Status) {}
    pub(crate) const fn rejected(_: Status) {}
    pub(crate) const fn ended(_: &Driver) {}
    #[cfg(feature = "client")]
    pub(crate) const fn step(
        _: crate::Step,
        _: &dyn std::fmt::Display,
        _: Option<&crate::DialCause>,
    ) {
    }
}
#[cfg(not(feature = "tracing"))]
pub(crate) use off::*;
