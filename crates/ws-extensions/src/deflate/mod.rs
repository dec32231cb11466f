//! permessage-deflate, RFC 7692: each message is compressed, with what was sent before in mind.

mod compressor;
mod decoder;
mod decompressor;
mod encoder;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod history;
mod parameters;
mod pool;
#[cfg(any(test, feature = "fuzzing"))]
mod reference;
#[cfg(test)]
mod testing;

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

use ws_frame::Rsv;

use self::decoder::DeflateDecoder;
use self::encoder::DeflateEncoder;
use self::parameters::{Agreement, Wishes, confirm, grant, offer};
use crate::{Extension, Params, Refusal, Session};

pub use self::parameters::WindowBits;
pub use self::pool::{Codec, CodecKind, Pool, Shelf};

const NAME: &str = "permessage-deflate";

/// The extension permessage-deflate, and how a connection uses it.
///
/// What one endpoint sets for its own direction holds for what it sends, whichever its role is;
/// what it requests holds for what the peer sends.
///
/// A connection has no codec before the first compressed message. Then its compressor holds 280 KB
/// of heap (320 KB with [`Backend::Miniz`]), or what [`max_window_bits`](Self::max_window_bits)
/// and [`memory_level`](Self::memory_level) make of that. A connection that
/// [sleeps](crate::Encoder::sleep) gives it back and keeps at most the last 4 KiB that it sent,
/// from which the next message makes a compressor again, in 5 µs (75 µs with `Backend::Miniz`). A
/// [`pool`](Self::pool) saves what allocating takes.
///
/// Its decompressor holds 80 KB, or 11 KB and the window if the peer has promised less than 15
/// bits; asleep, the end of what came in, at most one window.
///
/// What the window of a compressor costs in bytes of heap, with zlib-rs at level 3, and by what
/// factor chat-like JSON shrinks:
///
/// | window  | awake   | asleep | 64 B | 256 B | 1 KiB | 16 KiB |
/// |---------|---------|--------|------|-------|-------|--------|
/// | 15 bits | 283,904 | 4,096  | 4.3  | 3.0   | 3.2   | 3.7    |
/// | 13 bits | 185,600 | 4,096  | 4.0  | 2.8   | 3.1   | 3.6    |
/// | 12 bits | 169,216 | 4,096  | 3.9  | 2.7   | 3.0   | 3.5    |
/// | 10 bits | 153,856 | 1,024  | 3.4  | 2.2   | 2.3   | 2.9    |
/// | 8 bits  | 151,040 | 256    | 2.9  | 1.5   | 2.1   | 1.9    |
/// | 15 bits, no takeover | 0 between messages | 0 | 1.2 | 1.5 | 2.1 | 3.4 |
///
/// ```
/// use ws_extensions::Extension;
/// use ws_extensions::deflate::{Deflate, WindowBits};
///
/// // For very many connections that are seldom busy.
/// let deflate = Deflate::new()
///     .level(1)
///     .max_window_bits(WindowBits::MIN)
///     .request_no_context_takeover(true);
/// assert_eq!(
///     deflate.offers()[0].to_string(),
///     "permessage-deflate; client_max_window_bits=8; server_no_context_takeover",
/// );
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Deflate {
    wishes: Wishes,
    tuning: Tuning,
    pool: Option<Arc<dyn Pool>>,
}

/// How a compressor looks for what repeats.
///
/// With [`Backend::Miniz`], windows of 8 and 9 bits make `Rle` of all but `HuffmanOnly`.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Strategy {
    /// For all data.
    #[default]
    Default,
    /// For numbers that vary a little: leaves out matches of up to five bytes. With `zlib-rs`, it
    /// is a matter of levels 7 to 9.
    Filtered,
    /// Looks for no matches.
    HuffmanOnly,
    /// Looks for runs of one byte only.
    Rle,
    /// Never sends code tables of its own.
    Fixed,
}

/// Which library compresses and decompresses.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Backend {
    /// `miniz_oxide`: safe Rust, needs no std.
    #[cfg_attr(not(feature = "zlib-rs"), default)]
    Miniz,
    /// zlib-rs: faster (by how much, a table of the README tells); with unsafe Rust inside.
    #[cfg(feature = "zlib-rs")]
    #[default]
    Zlib,
}

#[cfg(any(test, feature = "fuzzing"))]
impl Backend {
    const ALL: &[Self] = &[
        Self::Miniz,
        #[cfg(feature = "zlib-rs")]
        Self::Zlib,
    ];
}

/// What the peer need not know.
#[derive(Clone, Copy, Debug)]
struct Tuning {
    backend: Backend,
    level: u8,
    memory_level: u8,
    strategy: Strategy,
    threshold: Option<usize>,
}

impl Deflate {
    /// The defaults, as each method names them.
    pub fn new() -> Self {
        Self::default()
    }

    /// How hard the compressor tries, from 0, which does not compress at all, to 9; anything above
    /// is 9. The default is 3.
    ///
    /// With `zlib-rs`, messages of chat-like JSON of 256 bytes and of 1 KiB take about
    ///
    /// | level | 256 B   | ratio | 1 KiB   | ratio |
    /// |-------|---------|-------|---------|-------|
    /// | 1     | 1.0 µs  | 2.5   | 3.8 µs  | 2.3   |
    /// | 2     | 4.5 µs  | 2.7   | 9.8 µs  | 2.9   |
    /// | 3     | 4.9 µs  | 3.0   | 11.5 µs | 3.2   |
    /// | 4     | 6.0 µs  | 3.2   | 18.5 µs | 3.4   |
    /// | 6     | 8.5 µs  | 3.3   | 33.2 µs | 3.5   |
    /// | 9     | 12.1 µs | 3.3   | 59.1 µs | 3.5   |
    pub fn level(mut self, level: u8) -> Self {
        self.tuning.level = level.min(9);
        self
    }

    /// How many symbols a block may have, from 1 (128) to 9 (32,768), anything else counting as
    /// the nearer one. Each costs 7 bytes of heap. The default is 5: more than 2,048 symbols only
    /// help messages above some 16 KiB.
    ///
    /// It means nothing to [`Backend::Miniz`].
    pub fn memory_level(mut self, level: u8) -> Self {
        self.tuning.memory_level = level.clamp(1, 9);
        self
    }

    /// How the compressor looks for what repeats.
    pub fn strategy(mut self, strategy: Strategy) -> Self {
        self.tuning.strategy = strategy;
        self
    }

    /// Messages of fewer bytes pass as they are, unless [`Wish::Always`](crate::Wish::Always)
    /// says otherwise. The default is 32 bytes; and 256 without context takeover, where messages
    /// of that size shrink by no more than a third.
    pub fn threshold(mut self, bytes: usize) -> Self {
        self.tuning.threshold = Some(bytes);
        self
    }

    /// Whether this endpoint compresses each message by itself. The default is `false`.
    ///
    /// It holds no memory between messages then, but messages of 1 KiB become one and a half times
    /// as large, and take 3 to 5 µs longer.
    pub fn no_context_takeover(mut self, yes: bool) -> Self {
        self.wishes.no_context_takeover = yes;
        self
    }

    /// How far back this endpoint looks for what repeats. The default is 15 bits.
    ///
    /// Each byte of the window costs 4 bytes of heap in a compressor, beside 135 KB that it always
    /// takes. With 12 bits, messages of chat-like JSON are larger by a tenth.
    ///
    /// With [`Backend::Miniz`], smaller windows save nothing in a compressor. Large messages take
    /// up to five times as long from 10 to 14 bits, and below, only runs of one byte are found.
    pub fn max_window_bits(mut self, bits: WindowBits) -> Self {
        self.wishes.max_window = bits;
        self
    }

    /// Whether the peer is asked to compress each message by itself, so that nothing that it sent
    /// need be kept. The default is `false`.
    pub fn request_no_context_takeover(mut self, yes: bool) -> Self {
        self.wishes.request_no_context_takeover = yes;
        self
    }

    /// How far back the peer is asked to look at most: so many bytes a connection keeps of what
    /// came in, even while it sleeps. The default is not to ask.
    pub fn request_max_window_bits(mut self, bits: WindowBits) -> Self {
        self.wishes.request_max_window = Some(bits);
        self
    }

    /// Which library does it. The default is zlib-rs with feature `zlib-rs`, and `miniz_oxide`
    /// without.
    pub fn backend(mut self, backend: Backend) -> Self {
        self.tuning.backend = backend;
        self
    }

    /// Where connections take codecs from and give them back to. Without a pool, which is the
    /// default, each makes its own.
    pub fn pool(mut self, pool: Arc<dyn Pool>) -> Self {
        self.pool = Some(pool);
        self
    }

    /// As [`pool`](Self::pool), unless there is one already.
    pub fn or_pool(mut self, pool: Arc<dyn Pool>) -> Self {
        self.pool.get_or_insert(pool);
        self
    }

    fn session(&self, agreement: Agreement) -> Session {
        Session {
            encoder: Box::new(DeflateEncoder::new(
                agreement.own,
                self.tuning,
                self.pool.clone(),
            )),
            decoder: Box::new(DeflateDecoder::new(
                agreement.peer,
                self.tuning.backend,
                self.pool.clone(),
            )),
        }
    }
}

impl Tuning {
    fn threshold(self, takeover: bool) -> usize {
        self.threshold.unwrap_or(if takeover { 32 } else { 256 })
    }
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            backend: Backend::default(),
            level: 3,
            memory_level: 5,
            strategy: Strategy::Default,
            threshold: None,
        }
    }
}

impl Extension for Deflate {
    fn name(&self) -> &'static str {
        NAME
    }

    fn rsv(&self) -> Rsv {
        // RFC 7692 §6: "Per-Message Compressed".
        Rsv::RSV1
    }

    fn offers(&self) -> Vec<Params<'static>> {
        vec![offer(self.wishes)]
    }

    fn confirm(&self, granted: &Params<'_>) -> Result<Session, Refusal> {
        Ok(self.session(confirm(self.wishes, granted)?))
    }

    fn grant(&self, offer: &Params<'_>) -> Result<(Params<'static>, Session), Refusal> {
        let (granted, agreement) = grant(self.wishes, offer)?;
        Ok((granted, self.session(agreement)))
    }
}

#[cfg(test)]
mod tests {
    use super::parameters::Direction;
    use super::*;

    // PC37-PC39, PS36-PS38, WD28: what is configured reaches the compressor.
    #[test]
    fn the_encoder_is_made_as_configured() {
        let twelve = WindowBits::new(12).unwrap();
        for (deflate, expected) in [
            (Deflate::new(), [3, 5, 0, 12]),
            (Deflate::new().level(0).memory_level(0), [0, 1, 0, 12]),
            (Deflate::new().level(200).memory_level(200), [9, 9, 0, 12]),
            (
                Deflate::new().strategy(Strategy::Fixed).level(1),
                [1, 5, 4, 12],
            ),
        ] {
            let direction = Direction {
                takeover: true,
                window: twelve,
            };
            let session = deflate.session(Agreement {
                own: direction,
                peer: direction,
            });
            let settings = session.encoder.variant().unwrap().settings;
            assert_eq!(settings.to_le_bytes()[..4], expected);
        }
    }

    #[test]
    fn nothing_is_held_before_the_first_message() {
        let granted = Params::new(NAME);
        let session = Deflate::new().confirm(&granted).unwrap();
        assert_eq!(session.encoder.memory() + session.decoder.memory(), 0);
    }
}
