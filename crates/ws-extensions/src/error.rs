//! What goes wrong in a session: data that an extension cannot decode, or encode.

use core::fmt;

/// Why an extension cannot go on in one direction of one connection.
///
/// A value of one pointer, since it is part of every result of a connection: what it says stands
/// in a [`Fault`].
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct SessionError(&'static Fault);

/// What a [`SessionError`] says, as a `static` of the extension.
///
/// ```
/// use ws_extensions::{Fault, FaultKind, SessionError};
///
/// static ODD: Fault = Fault::new("x-pairs", FaultKind::InvalidData, "odd number of bytes");
///
/// let error = SessionError::new(&ODD);
/// assert_eq!(error.to_string(), "x-pairs: odd number of bytes");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Fault {
    extension: &'static str,
    kind: FaultKind,
    reason: &'static str,
}

/// Whose fault it is, which decides about the close code.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum FaultKind {
    /// The peer sent what cannot be decoded: 1007.
    InvalidData,
    /// The extension cannot go on for another reason: 1011.
    Failed,
}

impl SessionError {
    /// The error that says `fault`.
    pub const fn new(fault: &'static Fault) -> Self {
        Self(fault)
    }

    /// The [name](crate::Extension::name) of the extension.
    pub const fn extension(&self) -> &'static str {
        self.0.extension
    }

    /// Whose fault it is.
    pub const fn kind(&self) -> FaultKind {
        self.0.kind
    }

    /// What happened, without the name of the extension.
    pub const fn reason(&self) -> &'static str {
        self.0.reason
    }
}

impl Fault {
    /// What the extension of this [name](crate::Extension::name) says, in lower case and without a full
    /// stop; it becomes part of a Close, so it should be short.
    pub const fn new(extension: &'static str, kind: FaultKind, reason: &'static str) -> Self {
        Self {
            extension,
            kind,
            reason,
        }
    }
}

impl fmt::Debug for SessionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SessionError").field(self.0).finish()
    }
}

impl fmt::Display for SessionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.extension, self.0.reason)
    }
}

impl core::error::Error for SessionError {}
