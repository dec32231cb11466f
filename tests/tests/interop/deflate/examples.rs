//! Peers and our examples, with options that lead to every kind of agreement.

use serde_json::json;

use super::{check_client, check_echo};
use crate::peer::Peer;

#[test]
fn ws_on_the_echo_example() {
    check_echo(
        Peer::Ws,
        45,
        &[
            (json!({}), &[], "permessage-deflate"),
            (
                json!({ "threshold": 0 }),
                &["--miniz", "--threshold", "0"],
                "permessage-deflate",
            ),
            (
                json!({ "serverNoContextTakeover": true, "threshold": 0 }),
                &["--request-max-window-bits", "9"],
                "permessage-deflate; server_no_context_takeover; client_max_window_bits=9",
            ),
            (
                json!({ "clientNoContextTakeover": true, "threshold": 0 }),
                &["--no-context-takeover", "--miniz"],
                "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
            ),
            (
                json!({ "serverMaxWindowBits": 8, "threshold": 0 }),
                &[],
                "permessage-deflate; server_max_window_bits=8",
            ),
            (
                json!({ "serverMaxWindowBits": 8, "threshold": 0 }),
                &["--miniz"],
                "permessage-deflate; server_max_window_bits=8",
            ),
            (
                json!({ "serverMaxWindowBits": 9, "clientMaxWindowBits": 10 }),
                &["--request-no-context-takeover"],
                "permessage-deflate; client_no_context_takeover; server_max_window_bits=9; client_max_window_bits=10",
            ),
            (
                json!({ "serverMaxWindowBits": 10, "clientMaxWindowBits": 9, "threshold": 0 }),
                &["--max-window-bits", "9", "--miniz"],
                "permessage-deflate; server_max_window_bits=9; client_max_window_bits=9",
            ),
            (
                json!({ "threshold": 0, "zlibDeflateOptions": { "level": 9, "memLevel": 9 } }),
                &["--level", "9", "--memory-level", "9"],
                "permessage-deflate",
            ),
            (
                json!({ "threshold": 0, "zlibDeflateOptions": { "level": 1, "memLevel": 1 } }),
                &[
                    "--level",
                    "1",
                    "--memory-level",
                    "1",
                    "--request-max-window-bits",
                    "8",
                ],
                "permessage-deflate; client_max_window_bits=8",
            ),
        ],
    );
}

#[test]
fn ws_under_the_client_example() {
    check_client(
        Peer::Ws,
        41,
        &[
            (json!({}), &[], "permessage-deflate"),
            (
                json!({ "threshold": 0 }),
                &["--miniz", "--threshold", "0"],
                "permessage-deflate",
            ),
            (
                json!({ "serverNoContextTakeover": true, "threshold": 0 }),
                &["--max-window-bits", "9"],
                "permessage-deflate; client_max_window_bits=9; server_no_context_takeover",
            ),
            (
                json!({ "clientNoContextTakeover": true, "threshold": 0 }),
                &["--miniz", "--request-no-context-takeover"],
                "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
            ),
            (
                json!({ "serverMaxWindowBits": 9, "clientMaxWindowBits": 8, "threshold": 0 }),
                &[],
                "permessage-deflate; client_max_window_bits=8; server_max_window_bits=9",
            ),
            (
                json!({ "serverMaxWindowBits": 10, "clientMaxWindowBits": 8, "threshold": 0 }),
                &["--miniz"],
                "permessage-deflate; client_max_window_bits=8; server_max_window_bits=10",
            ),
            (
                json!({ "threshold": 0 }),
                &["--request-max-window-bits", "8", "--no-context-takeover"],
                "permessage-deflate; client_no_context_takeover; server_max_window_bits=8",
            ),
            (
                json!({ "threshold": 0, "zlibDeflateOptions": { "level": 9, "memLevel": 9 } }),
                &["--level", "9", "--memory-level", "9"],
                "permessage-deflate",
            ),
        ],
    );
}

#[test]
fn websockets_on_the_echo_example() {
    check_echo(
        Peer::Websockets,
        46,
        &[
            (json!({}), &[], "permessage-deflate"),
            (
                json!({ "server_no_context_takeover": true }),
                &["--threshold", "0"],
                "permessage-deflate; server_no_context_takeover",
            ),
            (
                json!({ "client_no_context_takeover": true }),
                &["--miniz", "--request-max-window-bits", "9"],
                "permessage-deflate; client_no_context_takeover; client_max_window_bits=9",
            ),
            (
                json!({ "server_max_window_bits": 8, "client_max_window_bits": 9 }),
                &["--no-context-takeover"],
                "permessage-deflate; server_no_context_takeover; server_max_window_bits=8; client_max_window_bits=9",
            ),
            (
                json!({ "server_max_window_bits": 9, "client_max_window_bits": null }),
                &["--miniz", "--request-no-context-takeover"],
                "permessage-deflate; client_no_context_takeover; server_max_window_bits=9",
            ),
            (
                json!({ "server_max_window_bits": 12, "compress_settings": { "memLevel": 1, "level": 9 } }),
                &["--level", "9", "--memory-level", "1"],
                "permessage-deflate; server_max_window_bits=12",
            ),
        ],
    );
}

#[test]
fn websockets_under_the_client_example() {
    check_client(
        Peer::Websockets,
        41,
        &[
            (json!({}), &[], "permessage-deflate"),
            (
                json!({ "server_no_context_takeover": true }),
                &["--threshold", "0"],
                "permessage-deflate; server_no_context_takeover",
            ),
            (
                json!({ "client_no_context_takeover": true }),
                &["--miniz", "--max-window-bits", "9"],
                "permessage-deflate; client_no_context_takeover; client_max_window_bits=9",
            ),
            (
                json!({ "server_max_window_bits": 9, "client_max_window_bits": 8 }),
                &["--no-context-takeover"],
                "permessage-deflate; client_no_context_takeover; server_max_window_bits=9; client_max_window_bits=8",
            ),
            (
                json!({ "client_max_window_bits": 8 }),
                &[
                    "--miniz",
                    "--request-no-context-takeover",
                    "--request-max-window-bits",
                    "10",
                ],
                "permessage-deflate; server_no_context_takeover; server_max_window_bits=10; client_max_window_bits=8",
            ),
            (
                json!({ "compress_settings": { "memLevel": 1, "level": 9 } }),
                &["--level", "9", "--memory-level", "1"],
                "permessage-deflate",
            ),
        ],
    );
}

#[test]
fn faye_websocket_on_the_echo_example() {
    check_echo(
        Peer::FayeWebsocket,
        33,
        &[
            (json!({}), &[], "permessage-deflate"),
            (
                json!({ "noContextTakeover": true }),
                &["--miniz", "--request-max-window-bits", "9"],
                "permessage-deflate; client_no_context_takeover; client_max_window_bits=9",
            ),
            (
                json!({ "requestNoContextTakeover": true, "maxWindowBits": 9 }),
                &["--threshold", "0"],
                "permessage-deflate; server_no_context_takeover; client_max_window_bits=9",
            ),
            (
                json!({ "requestMaxWindowBits": 8, "level": 9, "memLevel": 1 }),
                &["--miniz", "--threshold", "0"],
                "permessage-deflate; server_max_window_bits=8",
            ),
            (
                json!({ "requestMaxWindowBits": 8, "maxWindowBits": 10 }),
                &["--request-no-context-takeover"],
                "permessage-deflate; client_no_context_takeover; server_max_window_bits=8; client_max_window_bits=10",
            ),
        ],
    );
}

#[test]
fn faye_websocket_under_the_client_example() {
    check_client(
        Peer::FayeWebsocket,
        30,
        &[
            (json!({}), &[], "permessage-deflate"),
            (
                json!({ "noContextTakeover": true }),
                &["--miniz", "--max-window-bits", "9"],
                "permessage-deflate; server_no_context_takeover; client_max_window_bits=9",
            ),
            (
                json!({ "requestNoContextTakeover": true, "maxWindowBits": 9 }),
                &["--threshold", "0"],
                "permessage-deflate; client_no_context_takeover",
            ),
            (
                json!({ "requestMaxWindowBits": 8, "level": 9, "memLevel": 1 }),
                &["--miniz", "--threshold", "0"],
                "permessage-deflate; client_max_window_bits=8",
            ),
            (
                json!({ "requestMaxWindowBits": 9, "maxWindowBits": 10 }),
                &["--no-context-takeover", "--request-max-window-bits", "8"],
                "permessage-deflate; client_no_context_takeover; server_max_window_bits=8; client_max_window_bits=9",
            ),
        ],
    );
}

#[test]
fn websocket_driver_both_ways() {
    let options = json!({ "requestMaxWindowBits": 12 });
    check_echo(
        Peer::WebsocketDriver,
        33,
        &[(
            options.clone(),
            &[],
            "permessage-deflate; server_max_window_bits=12",
        )],
    );
    check_client(
        Peer::WebsocketDriver,
        30,
        &[(
            options,
            &["--miniz"],
            "permessage-deflate; client_max_window_bits=12",
        )],
    );
}
