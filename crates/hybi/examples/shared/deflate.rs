//! permessage-deflate, from a command line.

use clap::{Args, value_parser};
use hybi::Options;
use hybi::extensions::deflate::{Backend, Deflate, WindowBits};

/// permessage-deflate, as its RFC 7692 has it.
#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub(crate) struct DeflateArguments {
    /// Compress messages, if the peer can.
    #[arg(long)]
    deflate: bool,
    /// How hard to try, from 0 (not at all) to 9.
    #[arg(long, requires = "deflate", value_parser = value_parser!(u8).range(..=9))]
    level: Option<u8>,
    /// How much memory to compress with, from 1 to 9.
    #[arg(long, requires = "deflate", value_parser = value_parser!(u8).range(1..=9))]
    memory_level: Option<u8>,
    /// Send messages below so many bytes as they are.
    #[arg(long, requires = "deflate")]
    threshold: Option<usize>,
    /// Forget each message before the next one is compressed.
    #[arg(long, requires = "deflate")]
    no_context_takeover: bool,
    /// Remember at most so much of what was sent, as a power of two from 8 to 15.
    #[arg(long, requires = "deflate", value_parser = window_bits)]
    max_window_bits: Option<WindowBits>,
    /// Ask the peer to forget each message before it compresses the next one.
    #[arg(long, requires = "deflate")]
    request_no_context_takeover: bool,
    /// Ask the peer to remember at most so much of what it has sent.
    #[arg(long, requires = "deflate", value_parser = window_bits)]
    request_max_window_bits: Option<WindowBits>,
    /// Compress with `miniz_oxide`, all of which is safe Rust, instead of zlib-rs.
    #[arg(long, requires = "deflate")]
    miniz: bool,
}

impl DeflateArguments {
    /// `options` with what the arguments say.
    pub(crate) fn apply(&self, options: Options) -> Options {
        if !self.deflate {
            return options;
        }
        let mut deflate = Deflate::new()
            .no_context_takeover(self.no_context_takeover)
            .request_no_context_takeover(self.request_no_context_takeover);
        if let Some(level) = self.level {
            deflate = deflate.level(level);
        }
        if let Some(level) = self.memory_level {
            deflate = deflate.memory_level(level);
        }
        if let Some(bytes) = self.threshold {
            deflate = deflate.threshold(bytes);
        }
        if let Some(bits) = self.max_window_bits {
            deflate = deflate.max_window_bits(bits);
        }
        if let Some(bits) = self.request_max_window_bits {
            deflate = deflate.request_max_window_bits(bits);
        }
        if self.miniz {
            deflate = deflate.backend(Backend::Miniz);
        }
        options.with_deflate(deflate)
    }
}

fn window_bits(text: &str) -> Result<WindowBits, String> {
    let bits = text.parse().ok().and_then(WindowBits::new);
    bits.ok_or_else(|| "a number from 8 to 15".to_owned())
}
