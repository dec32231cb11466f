//! The tables of RFC 7692 §7.1, written as in headers but short. E, PC, PS and WD are the numbers
//! of hostile cases and of the cases of other stacks.

mod granted;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use proptest::prelude::*;

use super::*;

const WINDOWS: [WindowBits; 8] = [
    WindowBits(8),
    WindowBits(9),
    WindowBits(10),
    WindowBits(11),
    WindowBits(12),
    WindowBits(13),
    WindowBits(14),
    WindowBits(15),
];

/// `P; SN; CB=10` with the names in full.
fn full(short: &str) -> String {
    let part = |part: &str| match part {
        "P" => NAME.to_string(),
        "SN" => SERVER_NO_CONTEXT_TAKEOVER.to_string(),
        "CN" => CLIENT_NO_CONTEXT_TAKEOVER.to_string(),
        "SB" => SERVER_MAX_WINDOW_BITS.to_string(),
        "CB" => CLIENT_MAX_WINDOW_BITS.to_string(),
        _ => part.to_string(),
    };
    let element = |element: &str| {
        let params = element
            .split("; ")
            .map(|param| match param.split_once('=') {
                Some((name, value)) => format!("{}={value}", part(name)),
                None => part(param),
            });
        params.collect::<Vec<_>>().join("; ")
    };
    short
        .split(", ")
        .map(element)
        .collect::<Vec<_>>()
        .join(", ")
}

fn parse(header: &str) -> Vec<Params<'_>> {
    Params::parse(header).collect::<Result<_, _>>().unwrap()
}

/// `T15/N12`: takeover with 15 bits for the own direction, none with 12 for the peer's.
fn summary(agreement: Agreement) -> String {
    let direction = |direction: Direction| {
        let takeover = if direction.takeover { 'T' } else { 'N' };
        format!("{takeover}{}", direction.window)
    };
    let (own, peer) = (direction(agreement.own), direction(agreement.peer));
    format!("{own}/{peer}")
}

fn none() -> Wishes {
    Wishes::default()
}

fn no_context_takeover() -> Wishes {
    Wishes {
        no_context_takeover: true,
        ..none()
    }
}

fn request_no_context_takeover() -> Wishes {
    Wishes {
        request_no_context_takeover: true,
        ..none()
    }
}

fn max_window(bits: u8) -> Wishes {
    Wishes {
        max_window: WindowBits::new(bits).unwrap(),
        ..none()
    }
}

fn request_max_window(bits: u8) -> Wishes {
    Wishes {
        request_max_window: WindowBits::new(bits),
        ..none()
    }
}

#[track_caller]
fn check_confirm(wishes: Wishes, granted: &str, expected: &str) {
    let header = full(granted);
    let result = confirm(wishes, &parse(&header)[0]);
    let result = result.map_or_else(|_| "FAIL".to_string(), summary);
    assert_eq!(result, expected, "{granted} with {wishes:?}");
}

// RFC 7692 §7.1.2
#[test]
fn window_bits_are_8_to_15() {
    for bits in 0..=u8::MAX {
        let window = WindowBits::new(bits);
        assert_eq!(window.is_some(), (8..=15).contains(&bits));
        if let Some(window) = window {
            assert_eq!((window.get(), window.size()), (bits, 1 << bits));
            assert_eq!(window.to_string(), bits.to_string());
        }
    }
    assert_eq!(WindowBits::new(8), Some(WindowBits::MIN));
    assert_eq!(WindowBits::new(15), Some(WindowBits::MAX));
}

/// What an offer and an answer say of it: whether it is valid, and why not.
// RFC 7692 §7.1
#[test]
fn e05_e06_e07_e08_e15_wd3_wd7_valid_parameters() {
    const ONCE: &str = "given more than once";
    const NUMBER: &str = "is not a decimal number without leading zeros";
    const WITHIN: &str = "is not within 8 to 15";
    const VALUE: &str = "needs a value";
    const FLAG: &str = "takes no value, but has";
    for (params, in_offer, in_answer) in [
        ("P", None, None),
        ("P; SN", None, None),
        ("P; CN", None, None),
        ("P; SN=1", Some(FLAG), Some(FLAG)),
        ("P; SN=true", Some(FLAG), Some(FLAG)),
        ("P; CN=1", Some(FLAG), Some(FLAG)),
        ("P; CN=\"\"", Some(FLAG), Some(FLAG)),
        ("P; SB", Some(VALUE), Some(VALUE)),
        ("P; CB", None, Some(VALUE)),
        // V61: numbers that do not fit any type, or only once they are cut.
        ("P; CB=99999999999999999999", Some(WITHIN), Some(WITHIN)),
        ("P; CB=4294967306", Some(WITHIN), Some(WITHIN)),
        ("P; CB=266", Some(WITHIN), Some(WITHIN)),
        ("P; CB=0", Some(WITHIN), Some(WITHIN)),
        ("P; CB=00", Some(NUMBER), Some(NUMBER)),
        ("P; CB=08", Some(NUMBER), Some(NUMBER)),
        ("P; CB=+10", Some(NUMBER), Some(NUMBER)),
        ("P; CB=10.0", Some(NUMBER), Some(NUMBER)),
        ("P; CB=\"\"", Some(NUMBER), Some(NUMBER)),
        ("P; CB=\"10 \"", Some(NUMBER), Some(NUMBER)),
        ("P; CB=\"\u{663}\"", Some(NUMBER), Some(NUMBER)),
        ("P; SB=abc", Some(NUMBER), Some(NUMBER)),
        ("P; SB=1", Some(WITHIN), Some(WITHIN)),
        // Unknown, also by case.
        ("P; foo", Some("foo: unknown parameter"), Some("unknown")),
        ("P; sn; cb=1", Some("sn: unknown"), Some("sn: unknown")),
        (
            "P; Server_no_context_takeover",
            Some("unknown"),
            Some("unknown"),
        ),
        // Repeated, even as the same.
        ("P; SN; SN", Some(ONCE), Some(ONCE)),
        ("P; CN; SN; CN", Some(ONCE), Some(ONCE)),
        ("P; SB=10; SB=10", Some(ONCE), Some(ONCE)),
        ("P; CB=10; CB=11", Some(ONCE), Some(ONCE)),
        ("P; CB; CB=10", Some(ONCE), Some(ONCE)),
    ] {
        check_validity(params, in_offer, in_answer);
    }
    // Both sizes have the same values.
    for name in ["SB", "CB"] {
        for bits in 8..=15 {
            for value in [format!("{bits}"), format!("\"{bits}\"")] {
                check_validity(&format!("P; {name}={value}"), None, None);
            }
        }
        check_validity(&format!("P; {name}=\"1\\0\""), None, None);
        for (value, reason) in [
            ("7", WITHIN),
            ("16", WITHIN),
            ("20", WITHIN),
            ("010", NUMBER),
            ("1e1", NUMBER),
            ("10.5", NUMBER),
            ("-10", NUMBER),
        ] {
            let params = format!("P; {name}={value}");
            check_validity(&params, Some(reason), Some(reason));
        }
    }
}

#[track_caller]
fn check_validity(params: &str, in_offer: Option<&str>, in_answer: Option<&str>) {
    let header = full(params);
    let params = &parse(&header)[0];
    let in_offer = (in_offer, grant(none(), params).err());
    let in_answer = (in_answer, confirm(none(), params).err());
    for (expected, refusal) in [in_offer, in_answer] {
        let text = refusal.as_ref().map(ToString::to_string);
        let matches = match (&text, expected) {
            (Some(text), Some(expected)) => text.contains(expected),
            (None, None) => true,
            _ => false,
        };
        assert!(matches, "{header}: {text:?} instead of {expected:?}");
    }
}

#[test]
fn a_refusal_names_the_parameter() {
    for (wishes, granted, text) in [
        (
            none(),
            "P; SB=16",
            "server_max_window_bits: 16 is not within 8 to 15",
        ),
        (
            request_max_window(12),
            "P; SB=13",
            "server_max_window_bits: 13 exceeds the 12 offered",
        ),
        (
            max_window(9),
            "P; CB=10",
            "client_max_window_bits: 10 exceeds the 9 offered",
        ),
        (
            request_max_window(12),
            "P",
            "server_max_window_bits: was asked for, but is missing",
        ),
        (
            request_no_context_takeover(),
            "P",
            "server_no_context_takeover: was asked for, but is missing",
        ),
        (none(), "P; CB", "client_max_window_bits: needs a value"),
    ] {
        let header = full(granted);
        let refusal = confirm(wishes, &parse(&header)[0]).unwrap_err();
        assert_eq!(refusal.to_string(), text);
    }
}

// RFC 7692 §7.1
#[test]
fn pc1_pc36_wd1_wd2_what_a_client_offers() {
    let all = Wishes {
        no_context_takeover: true,
        max_window: WindowBits(9),
        request_no_context_takeover: true,
        request_max_window: Some(WindowBits(12)),
    };
    for (wishes, expected) in [
        (none(), "P; CB"),
        (no_context_takeover(), "P; CN; CB"),
        (max_window(9), "P; CB=9"),
        (max_window(8), "P; CB=8"),
        (request_no_context_takeover(), "P; CB; SN"),
        (request_max_window(12), "P; CB; SB=12"),
        (all, "P; CN; CB=9; SN; SB=12"),
        // The greatest window is what there is without any wish. Other stacks fail to grant it.
        (max_window(15), "P; CB"),
        (request_max_window(15), "P; CB"),
    ] {
        assert_eq!(offer(wishes).to_string(), full(expected));
    }
}

/// The columns: no wishes; no context takeover; that asked for; at most 9 bits; 12 asked for.
// RFC 7692 §7.1
#[test]
fn e15_e16_pc2_pc35_wd17_wd23_what_a_client_confirms() {
    const FAIL: &str = "FAIL";
    for (granted, expected) in [
        ("P", ["T15/T15", "N15/T15", FAIL, "T9/T15", FAIL]),
        ("P; SN", ["T15/N15", "N15/N15", "T15/N15", "T9/N15", FAIL]),
        // Unsolicited, which is allowed.
        ("P; CN", ["N15/T15", "N15/T15", FAIL, "N9/T15", FAIL]),
        ("P; SN=1", [FAIL; 5]),
        ("P; SB", [FAIL; 5]),
        ("P; SB=15", ["T15/T15", "N15/T15", FAIL, "T9/T15", FAIL]),
        ("P; SB=13", ["T15/T13", "N15/T13", FAIL, "T9/T13", FAIL]),
        (
            "P; SB=12",
            ["T15/T12", "N15/T12", FAIL, "T9/T12", "T15/T12"],
        ),
        (
            "P; SB=11",
            ["T15/T11", "N15/T11", FAIL, "T9/T11", "T15/T11"],
        ),
        ("P; SB=8", ["T15/T8", "N15/T8", FAIL, "T9/T8", "T15/T8"]),
        ("P; SB=7", [FAIL; 5]),
        ("P; SB=16", [FAIL; 5]),
        ("P; SB=20", [FAIL; 5]),
        ("P; CB", [FAIL; 5]),
        // More than the client offers to use would do no harm, but is no answer to its offer.
        ("P; CB=15", ["T15/T15", "N15/T15", FAIL, FAIL, FAIL]),
        ("P; CB=10", ["T10/T15", "N10/T15", FAIL, FAIL, FAIL]),
        ("P; CB=9", ["T9/T15", "N9/T15", FAIL, "T9/T15", FAIL]),
        ("P; CB=8", ["T8/T15", "N8/T15", FAIL, "T8/T15", FAIL]),
        ("P; CB=16", [FAIL; 5]),
        ("P; CB=20", [FAIL; 5]),
        ("P; foo", [FAIL; 5]),
        ("P; SN; SN", [FAIL; 5]),
        (
            "P; SN; CN; SB=10; CB=11",
            ["N11/N10", "N11/N10", "N11/N10", FAIL, "N11/N10"],
        ),
    ] {
        let columns = [
            none(),
            no_context_takeover(),
            request_no_context_takeover(),
            max_window(9),
            request_max_window(12),
        ];
        for (wishes, expected) in columns.into_iter().zip(expected) {
            check_confirm(wishes, granted, expected);
        }
    }
    // Whoever asks for the greatest window takes any.
    for (granted, expected) in [
        ("P", "T15/T15"),
        ("P; SB=15", "T15/T15"),
        ("P; SB=9", "T15/T9"),
    ] {
        check_confirm(request_max_window(15), granted, expected);
    }
}

fn wishes() -> impl Strategy<Value = Wishes> {
    let window = || prop::sample::select(&WINDOWS[..]);
    (
        any::<bool>(),
        window(),
        any::<bool>(),
        prop::option::of(window()),
    )
        .prop_map(
            |(no_context_takeover, max_window, request_no_context_takeover, request_max_window)| {
                Wishes {
                    no_context_takeover,
                    max_window,
                    request_no_context_takeover,
                    request_max_window,
                }
            },
        )
}

/// Whoever decompresses is prepared for what the other one compresses with.
fn suits(sent: Direction, received: Direction) -> bool {
    sent.window <= received.window && (received.takeover || !sent.takeover)
}

proptest! {
    #[test]
    fn a_client_confirms_whatever_a_server_grants(client in wishes(), server in wishes()) {
        let offered = offer(client);
        let printed = offered.to_string();
        prop_assert_eq!(&parse(&printed)[0], &offered);

        let (granted, at_server) = grant(server, &offered).unwrap();
        let printed = granted.to_string();
        let at_client = confirm(client, &parse(&printed)[0]).unwrap();

        prop_assert!(suits(at_server.own, at_client.peer));
        prop_assert!(suits(at_client.own, at_server.peer));
        prop_assert_eq!(at_server.own.takeover, at_client.peer.takeover);
        prop_assert_eq!(at_client.own.takeover, at_server.peer.takeover);
        // All are bound by their own wishes,
        for (wishes, own) in [(client, at_client.own), (server, at_server.own)] {
            prop_assert!(own.window <= wishes.max_window);
            prop_assert!(!(own.takeover && wishes.no_context_takeover));
        }
        // and servers by those of clients.
        prop_assert!(at_client.peer.window <= client.request_max_window.unwrap_or(WindowBits::MAX));
        prop_assert!(!(at_client.peer.takeover && client.request_no_context_takeover));
    }

    #[test]
    fn any_offer_that_is_granted_is_answered_in_bounds(
        server in wishes(),
        params in prop::collection::vec(
            prop::sample::select(&["SN", "CN", "SB=9", "SB=15", "CB", "CB=8", "CB=15", "SB", "x"][..]),
            0..5,
        ),
    ) {
        let header = full(&["P"].iter().chain(&params).copied().collect::<Vec<_>>().join("; "));
        let offered = &parse(&header)[0];
        if let Ok((granted, _)) = grant(server, offered) {
            let value = |params: &Params<'_>, name| {
                let value = params.iter().find(|(other, _)| *other == name);
                value.map(|(_, value)| value.and_then(|value| value.parse::<u8>().ok()))
            };
            // RFC 7692 §7.1.1.1, §7.1.2.1 and §7.1.2.2
            if value(offered, SERVER_NO_CONTEXT_TAKEOVER).is_some() {
                prop_assert!(value(&granted, SERVER_NO_CONTEXT_TAKEOVER).is_some());
            }
            let limit = value(offered, SERVER_MAX_WINDOW_BITS).flatten();
            let bits = value(&granted, SERVER_MAX_WINDOW_BITS).flatten();
            prop_assert_eq!(limit.is_some(), bits.is_some());
            prop_assert!(bits <= limit);
            if value(&granted, CLIENT_MAX_WINDOW_BITS).is_some() {
                prop_assert!(value(offered, CLIENT_MAX_WINDOW_BITS).is_some());
            }
        }
    }
}
