//! Any answers, and such as are nearly right: the properties are those of the fuzz targets.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use proptest::prelude::*;

use crate::fuzzing;

/// Lines that matter to a source, right and wrong, so that many get far.
fn answers() -> impl Strategy<Value = String> {
    let first = prop::sample::select(
        &[
            "HTTP/1.1 200 OK",
            "HTTP/1.1 200 OK",
            "HTTP/1.0 200 x",
            "HTTP/1.1 204 x",
            "HTTP/1.1 302 x",
            "HTTP/1.1 308 x",
            "HTTP/1.1 404 x",
            "HTTP/1.1 503 x",
            "HTTP/1.1 101 x",
            "HTTP/1.1 100 x\r\n\r\nHTTP/1.1 200 x",
        ][..],
    );
    let line = prop::sample::select(
        &[
            "Content-Type: text/event-stream",
            "Content-Type: text/event-stream",
            "Content-Type: text/html",
            "Content-Encoding: gzip",
            "Transfer-Encoding: chunked",
            "Content-Length: 9",
            "Content-Length: 100000",
            "Location: /x",
            "Retry-After: 7",
            "X: y",
        ][..],
    );
    let body = prop::sample::select(
        &[
            "data", "data: x", "id: 7", "id", "event: e", "retry: 9", ":", "\n", "\n", "\r",
            "\r\n", "\n\n", "5\r\n", "7\r\n", "10\r\n", "0\r\n", "\r\n\r\n",
        ][..],
    );
    (
        first,
        prop::collection::vec(line, 0..4),
        prop::collection::vec(body, 0..20),
    )
        .prop_map(|(first, lines, body)| {
            let lines: String = lines.iter().flat_map(|line| [line, "\r\n"]).collect();
            format!("{first}\r\n{lines}\r\n{}", body.concat())
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn near_answers_come_to_the_same_however_cut(choice: u8, seed: u32, text in answers()) {
        fuzzing::source(&[&[choice], &seed.to_le_bytes()[..], text.as_bytes()].concat());
    }

    #[test]
    fn any_bytes_come_to_the_same_however_cut(data: Vec<u8>) {
        fuzzing::source(&data);
    }

    #[test]
    fn what_a_server_writes_a_client_reads(
        choice: u8,
        seed: u32,
        texts in prop::collection::vec("(\r|\n|\r\n|\0| |:|\t|[a-z:…é]{0,3}){0,4}", 0..20),
        plain in prop::bool::weighted(0.7),
    ) {
        let mut data = Vec::from([choice]);
        data.extend_from_slice(&seed.to_le_bytes());
        for (at, text) in texts.iter().enumerate() {
            // What is refused is the rarer case then.
            if at == 0 || (plain && at % 3 != 0) {
                data.extend_from_slice(text.replace(['\r', '\n', '\0'], "").as_bytes());
            } else {
                data.extend_from_slice(text.as_bytes());
            }
            data.push(0xff);
        }
        fuzzing::exchange(&data);
    }
}
