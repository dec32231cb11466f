//! How much of an event is held before the stream is refused.

/// Bounds on a stream that somebody else sends.
///
/// Each is inclusive, and none can be switched off. All count bytes as they arrive. Where those are
/// not UTF-8, the text that is made of them can be up to three times as long.
///
/// ```
/// let mut limits = ws_sse::Limits::default();
/// limits.line = 16 * 1024 * 1024;
/// limits.event = 16 * 1024 * 1024;
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct Limits {
    /// One line in bytes, the name of its field included, its line end not. Default 1 MiB.
    ///
    /// Lines that mean nothing count too: one without an end is no line.
    pub line: usize,
    /// One event in bytes. Default 1 MiB.
    ///
    /// Each of its lines `data`, `event` and `id` counts as much as its value is long, and one
    /// byte more, so that empty lines cannot come for ever. Other lines cost nothing, as nothing
    /// of them is held.
    pub event: usize,
    /// The value of an id in bytes; it counts for its event as well. Default 16 KiB.
    ///
    /// It is part of each event until there is another one, so a long one would come with each of
    /// very many short events. Beyond 4 KiB it is not sent back to the server.
    pub id: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            line: 1024 * 1024,
            event: 1024 * 1024,
            id: 16 * 1024,
        }
    }
}
