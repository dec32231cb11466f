//! How much of a head is held before it is refused.

/// Bounds on a head that somebody else sends.
///
/// Each is inclusive: a head of exactly this much is accepted. None can be switched off; a
/// connection holds at most `head` bytes of a head and the positions of `fields` fields.
///
/// ```
/// let mut limits = ws_http::Limits::default();
/// limits.fields = 40;
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct Limits {
    /// The whole head in bytes, with line ends and the blank line. Default 16 KiB.
    pub head: usize,
    /// One line in bytes, without its line end. Default 8 KiB.
    pub line: usize,
    /// How many field lines. Default 100.
    pub fields: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: 16 * 1024,
            line: 8 * 1024,
            fields: 100,
        }
    }
}
