//! The sessions that both endpoints have agreed on.

use alloc::vec::Vec;

use ws_frame::Rsv;

use crate::Session;

/// The extensions that one connection uses, in the order of the server's answer.
///
/// A [`Negotiator`](crate::Negotiator) makes them: at most one of each name, and no bit belongs to
/// two of them.
#[derive(Debug, Default)]
pub struct Sessions(Vec<Agreed>);

#[derive(Debug)]
struct Agreed {
    name: &'static str,
    rsv: Rsv,
    session: Session,
}

impl Sessions {
    /// No extension, as on a connection for which none was negotiated.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn push(&mut self, name: &'static str, rsv: Rsv, session: Session) {
        self.0.push(Agreed { name, rsv, session });
    }

    /// Whether no extension is used.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The names of the extensions, in order.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &'static str> + use<'_> {
        self.0.iter().map(|agreed| agreed.name)
    }

    /// The bits that belong to one of the extensions.
    pub fn rsv(&self) -> Rsv {
        let both = |rsv, agreed: &Agreed| rsv | agreed.rsv;
        self.0.iter().fold(Rsv::NONE, both)
    }

    /// Whether there is one of this name already.
    pub(crate) fn contains(&self, name: &str) -> bool {
        self.names().any(|other| other == name)
    }

    /// The first extension to which some of these bits belong already, and which those are.
    pub(crate) fn conflict(&self, rsv: Rsv) -> Option<(Rsv, &'static str)> {
        let shared = |agreed: &Agreed| (rsv & agreed.rsv, agreed.name);
        let mut shared = self.0.iter().map(shared);
        shared.find(|(bits, _)| !bits.is_empty())
    }

    /// The bits and the session of each extension, in order.
    pub(crate) fn into_sessions(self) -> impl DoubleEndedIterator<Item = (Rsv, Session)> {
        self.0
            .into_iter()
            .map(|agreed| (agreed.rsv, agreed.session))
    }
}
