//! Properties of compressed data; the fuzz target runs the same one for longer.

use std::vec;
use std::vec::Vec;

use miniz_oxide::deflate::core::{
    CompressorOxide, TDEFLFlush, TDEFLStatus, compress_to_output, create_comp_flags_from_zip_params,
};
use proptest::collection::vec as vec_of;
use proptest::prelude::*;

use super::super::testing;

/// The window and the cuts; half of the windows are those that zlib-rs can do.
fn cuts() -> impl Strategy<Value = [u8; 2]> {
    (prop_oneof![Just(7_u8), any::<u8>()], any::<u8>()).prop_map(<[u8; 2]>::from)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_encoded_is_decoded(settings: [u8; 4], plain in plain()) {
        let mut data = Vec::from(settings);
        for message in plain.chunks(200) {
            data.push(u8::try_from(message.len()).unwrap());
            data.extend_from_slice(message);
        }
        data.push(255);
        data.extend_from_slice(&plain);
        super::deflate(&data);
    }
}

fn judged(data: &[u8]) {
    super::inflate(data);
}

/// Plain data that repeats itself, near and far.
fn plain() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        vec_of(any::<u8>(), 0..40),
        (any::<u8>(), 1..700_usize).prop_map(|(byte, len)| vec![byte; len]),
        (any::<u64>(), 1..3000_usize).prop_map(|(seed, len)| testing::random(seed, len)),
        (1..900_usize).prop_map(testing::json),
    ];
    vec_of(piece, 1..6).prop_map(|pieces| {
        let mut plain = pieces.concat();
        plain.extend(pieces.iter().rev().flatten());
        plain
    })
}

fn flush() -> impl Strategy<Value = TDEFLFlush> {
    prop_oneof![
        Just(TDEFLFlush::None),
        Just(TDEFLFlush::Sync),
        Just(TDEFLFlush::Full),
        Just(TDEFLFlush::Finish),
    ]
}

/// Raw DEFLATE, flushed as told behind each half; `Finish` ends the stream, and begins another.
pub(in crate::deflate) fn deflate(
    plain: &[u8],
    level: i32,
    strategy: i32,
    flushes: [TDEFLFlush; 2],
) -> Vec<u8> {
    let flags = create_comp_flags_from_zip_params(level, -15, strategy);
    let mut compressor = CompressorOxide::new(flags);
    let mut stream = Vec::new();
    let (front, back) = plain.split_at(plain.len() / 2);
    for (piece, flush) in [front, back].into_iter().zip(flushes) {
        let (status, taken) = compress_to_output(&mut compressor, piece, flush, |out| {
            stream.extend_from_slice(out);
            true
        });
        assert_eq!(taken, piece.len());
        if status == TDEFLStatus::Done {
            compressor.reset();
        }
    }
    stream
}

/// As [`deflate`], by zlib-rs.
#[cfg(feature = "zlib-rs")]
fn deflate_quickly(plain: &[u8], level: i32, strategy: i32, flushes: [TDEFLFlush; 2]) -> Vec<u8> {
    use zlib_rs::{Deflate, DeflateConfig, DeflateFlush, Status, Strategy};

    let strategies = [
        Strategy::Default,
        Strategy::Filtered,
        Strategy::HuffmanOnly,
        Strategy::Rle,
        Strategy::Fixed,
    ];
    let mut compressor = Deflate::new_with_config(DeflateConfig {
        level: level.min(9),
        window_bits: -15,
        strategy: strategies[usize::try_from(strategy).unwrap()],
        ..DeflateConfig::default()
    });
    let mut stream = Vec::new();
    let (front, back) = plain.split_at(plain.len() / 2);
    for (mut piece, flush) in [front, back].into_iter().zip(flushes) {
        let flush = match flush {
            TDEFLFlush::Sync => DeflateFlush::SyncFlush,
            TDEFLFlush::Full => DeflateFlush::FullFlush,
            TDEFLFlush::Finish => DeflateFlush::Finish,
            _ => DeflateFlush::NoFlush,
        };
        loop {
            let mut out = [0; 1000];
            let before = (compressor.total_in(), compressor.total_out());
            let status = compressor.compress(piece, &mut out, flush).unwrap();
            piece = &piece[usize::try_from(compressor.total_in() - before.0).unwrap()..];
            let len = usize::try_from(compressor.total_out() - before.1).unwrap();
            stream.extend_from_slice(&out[..len]);
            if status == Status::StreamEnd {
                compressor.reset();
                break;
            }
            if len < out.len() {
                break;
            }
        }
    }
    stream
}

fn strip(mut stream: Vec<u8>) -> Vec<u8> {
    if stream.ends_with(&[0, 0, 0xff, 0xff]) {
        stream.truncate(stream.len() - 4);
    }
    stream
}

fn stream() -> impl Strategy<Value = Vec<u8>> {
    let one = (plain(), 0..=10_i32, 0..=4_i32, flush(), flush());
    let makers: &[fn(&[u8], i32, i32, [TDEFLFlush; 2]) -> Vec<u8>] = &[
        deflate,
        #[cfg(feature = "zlib-rs")]
        deflate_quickly,
    ];
    (one, 0..makers.len()).prop_map(|((plain, level, strategy, first, second), maker)| {
        strip(makers[maker](&plain, level, strategy, [first, second]))
    })
}

proptest! {
    #[test]
    fn random_bytes(cuts in cuts(), data in vec_of(any::<u8>(), 0..60)) {
        judged(&[&cuts[..], &data].concat());
    }

    #[test]
    fn random_bytes_behind_a_block_header(
        header in prop_oneof![Just(2_u8), Just(3), Just(4), Just(5), Just(0xed)],
        data in vec_of(any::<u8>(), 0..300),
        cuts in cuts(),
    ) {
        judged(&[&cuts[..], &[255, header], &data].concat());
    }

    #[test]
    fn streams_at_every_level(stream in stream(), cuts in cuts()) {
        judged(&[&cuts[..], &[255], &stream].concat());
    }

    #[test]
    fn streams_cut_into_messages(
        stream in stream(),
        lengths in vec_of(0..255_u8, 1..5),
        cuts in cuts(),
    ) {
        let mut data = cuts.to_vec();
        let mut rest = &stream[..];
        for len in lengths {
            let piece = &rest[..rest.len().min(len.into())];
            rest = &rest[piece.len()..];
            data.push(len.min(piece.len().try_into().unwrap()));
            data.extend_from_slice(piece);
        }
        judged(&data);
    }

    #[test]
    fn mutated_streams(
        stream in stream(),
        mutations in vec_of((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cuts in cuts(),
    ) {
        let mut stream = stream;
        for (place, byte) in mutations {
            if !stream.is_empty() {
                let place = place.index(stream.len().min(400));
                stream[place] = byte;
            }
        }
        judged(&[&cuts[..], &[255], &stream].concat());
    }
}
