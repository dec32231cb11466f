//! An event, as it is received and as it is sent.

/// An event of a stream.
///
/// [`Decoder::decode`](crate::Decoder::decode) lends one, [`Encoder::event`](crate::Encoder::event)
/// takes one.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct Event<'a> {
    /// The event's type: what its field `event` says, or `message`.
    ///
    /// To be sent, an empty one is the same as `message`.
    pub kind: &'a str,
    /// Its data. Where it has several lines, a LF stands between them.
    ///
    /// Empty data is data: clients see an event. What only sets an id is
    /// [`Encoder::id`](crate::Encoder::id).
    pub data: &'a str,
    /// Received: the stream's last event id, which this event or an earlier one has set; empty if
    /// there is none. To be sent: the id to set; if empty, the event sets none.
    pub id: &'a str,
}

impl<'a> Event<'a> {
    /// The type of an event that does not name one.
    pub const MESSAGE: &'static str = "message";

    /// An event of the kind `message` that sets no id.
    pub const fn new(data: &'a str) -> Self {
        Self {
            kind: Self::MESSAGE,
            data,
            id: "",
        }
    }

    /// The same event of another kind. It can be written unless there is a CR, LF or NUL in it.
    #[must_use]
    pub const fn with_kind(mut self, kind: &'a str) -> Self {
        self.kind = kind;
        self
    }

    /// The same event with an id. It can be written unless there is a CR, LF or NUL in it.
    ///
    /// Clients send it back as a field of HTTP, which loses spaces around it and has no control
    /// characters. Short visible ASCII is best.
    #[must_use]
    pub const fn with_id(mut self, id: &'a str) -> Self {
        self.id = id;
        self
    }
}
