//! Both roles with extensions that write down what they are asked. E, XE and V are the numbers of
//! hostile cases and of the cases of other stacks.

#[cfg(feature = "deflate")]
mod deflate;
mod fake;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use std::sync::Mutex;

use ws_frame::Rsv;

use self::fake::Fake;
use super::*;

/// `deflate` and `bzip` need RSV1, `reverse` RSV2, `log` nothing; `silent` offers nothing.
fn five(asked: &Arc<Mutex<Vec<String>>>) -> Negotiator {
    Negotiator::new()
        .with(Fake::new("deflate", Rsv::RSV1).with_log(asked))
        .with(Fake::new("bzip", Rsv::RSV1).with_log(asked))
        .with(Fake::new("reverse", Rsv::RSV2).with_log(asked))
        .with(Fake::new("log", Rsv::NONE).with_log(asked))
        .with(
            Fake::new("silent", Rsv::RSV3)
                .with_offers([])
                .with_log(asked),
        )
}

fn names(sessions: &Sessions) -> Vec<&'static str> {
    sessions.names().collect()
}

// RFC 6455 §9.1
#[test]
fn xe6_xe13_what_a_client_offers() {
    let silent = || Fake::new("a", Rsv::RSV1).with_offers([]);
    let flag = || Params::new("b").with_flag("c");
    let twice = || Fake::new("b", Rsv::RSV2).with_offers([flag(), Params::new("b")]);
    for (extensions, expected) in [
        (vec![], None),
        (vec![silent()], None),
        (vec![Fake::new("a", Rsv::RSV1)], Some("a")),
        (vec![twice()], Some("b; c, b")),
        (vec![silent(), twice()], Some("b; c, b")),
        (vec![Fake::new("a", Rsv::RSV1), twice()], Some("a, b; c, b")),
        (vec![twice(), Fake::new("a", Rsv::RSV1)], Some("b; c, b, a")),
        // XE13: the server chooses.
        (vec![Fake::new("a", Rsv::RSV2), twice()], Some("a, b; c, b")),
    ] {
        let is_empty = extensions.is_empty();
        let negotiator = extensions
            .into_iter()
            .fold(Negotiator::new(), Negotiator::with);
        assert_eq!(negotiator.is_empty(), is_empty);
        assert_eq!(negotiator.offer().as_deref(), expected);
    }
}

#[test]
fn an_extension_replaces_the_one_of_its_name() {
    let offers = |flag| [Params::new("a").with_flag(flag)];
    let negotiator = Negotiator::new()
        .with(Fake::new("a", Rsv::RSV1).with_offers(offers("old")))
        .with(Fake::new("b", Rsv::RSV2));
    let copy = negotiator.clone();
    let negotiator = negotiator.with(Fake::new("a", Rsv::RSV1).with_offers(offers("new")));
    assert_eq!(negotiator.offer().as_deref(), Some("a; new, b"));
    assert_eq!(copy.offer().as_deref(), Some("a; old, b"));
}

// RFC 6455 §4.1, §9.1
#[test]
fn e14_xe14_xe24_what_a_client_confirms() {
    for (header, expected) in [
        (None, Ok(&[][..])),
        (Some(""), Ok(&[])),
        (Some("deflate"), Ok(&["deflate"])),
        (Some("bzip"), Ok(&["bzip"])),
        (Some("deflate; x; y=1; z=\"a, b\""), Ok(&["deflate"])),
        // XE22, XE43: in the server's order.
        (Some("deflate, reverse"), Ok(&["deflate", "reverse"])),
        (
            Some("log, reverse, deflate"),
            Ok(&["log", "reverse", "deflate"]),
        ),
        (Some("x-foo"), Err("extension x-foo was not offered")),
        (Some("Deflate"), Err("extension Deflate was not offered")),
        // Known, but not in the client's header.
        (Some("silent"), Err("extension silent was not offered")),
        (
            Some("deflate, constructor"),
            Err("extension constructor was not offered"),
        ),
        // Also without any bit.
        (Some("log, log"), Err("extension log was granted twice")),
        (
            Some("deflate, deflate; x"),
            Err("extension deflate was granted twice"),
        ),
        (Some("deflate, bzip"), Err("bzip: RSV1 is taken by deflate")),
        (
            Some("bzip, reverse, deflate"),
            Err("deflate: RSV1 is taken by bzip"),
        ),
        (
            Some("deflate; bad"),
            Err("deflate: bad: is not what we like"),
        ),
        (Some("deflate;"), Err("no list of extensions at byte 8")),
        (Some("deflate, ;"), Err("no list of extensions at byte 9")),
    ] {
        let result = five(&Arc::default()).confirm(header);
        let result = result.map(|sessions| names(&sessions));
        let result = result.map_err(|error| error.to_string());
        let expected = expected.map(<[_]>::to_vec).map_err(String::from);
        assert_eq!(result, expected, "{header:?}");
    }
}

#[test]
fn xe19_xe23_the_client_asks_those_that_were_granted() {
    let asked = Arc::default();
    let header = "reverse; b; c=1; c=\"hi, there\", deflate";
    let sessions = five(&asked).confirm(Some(header)).unwrap();
    assert_eq!(
        *asked.lock().unwrap(),
        ["reverse; b; c=1; c=\"hi, there\"", "deflate"]
    );
    assert_eq!(sessions.rsv(), Rsv::RSV1 | Rsv::RSV2);
    let rsvs: Vec<_> = sessions.into_sessions().map(|(rsv, _)| rsv).collect();
    assert_eq!(rsvs, [Rsv::RSV2, Rsv::RSV1]);
}

#[test]
fn a_client_fails_if_it_cannot_regard_the_whole_answer() {
    const NAMES: [&str; 17] = [
        "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q",
    ];
    let params = "; p".repeat(Params::LIMIT);
    let negotiator = five(&Arc::default());
    assert!(negotiator.confirm(Some(&format!("log{params}"))).is_ok());
    let error = negotiator.confirm(Some(&format!("log{params}; p")));
    let error = error.unwrap_err();
    assert_eq!(error.to_string(), "log: too many parameters");

    // As many extensions as there may be, and one more.
    let all = NAMES.map(|name| Fake::new(name, Rsv::NONE));
    let negotiator = all.into_iter().fold(Negotiator::new(), Negotiator::with);
    let sessions = negotiator.confirm(Some(&NAMES[..16].join(", "))).unwrap();
    assert_eq!(names(&sessions), NAMES[..16]);
    let error = negotiator.confirm(Some(&NAMES.join(", "))).unwrap_err();
    assert_eq!(error, NegotiationError::TooMany);
    assert_eq!(error.to_string(), "too many extensions were granted");
}

// RFC 6455 §4.2.2, §9.1
#[test]
fn e04_e07_e09_xe46_xe59_what_a_server_grants() {
    const REVERSE_BAD: &str = "reverse: bad: is not what we like";
    for (header, response, asked, refused) in [
        (None, None, &[][..], &[][..]),
        (Some(""), None, &[], &[]),
        (Some("deflate"), Some("deflate"), &["deflate"], &[]),
        (
            Some("deflate; a=1"),
            Some("deflate; a=1"),
            &["deflate; a=1"],
            &[],
        ),
        // XE50, XE56, V59: unknown ones do not matter, whatever they are called.
        (
            Some("x-foo, __proto__, constructor, toString"),
            None,
            &[],
            &[],
        ),
        (Some("DEFLATE"), None, &[], &[]),
        (Some("x-foo; bad, log"), Some("log"), &["log"], &[]),
        // A server has an opinion on what it would not offer as a client.
        (Some("silent"), Some("silent"), &["silent"], &[]),
        // XE47: all offers of a name, in order; the first that can be granted.
        (
            Some("reverse; bad, reverse; x, reverse"),
            Some("reverse; x"),
            &["reverse; bad", "reverse; x"],
            &[REVERSE_BAD],
        ),
        (
            Some("reverse; bad, log, reverse; bad"),
            Some("log"),
            &["reverse; bad", "reverse; bad", "log"],
            &[REVERSE_BAD, REVERSE_BAD],
        ),
        // XE54, XE55: the server's order.
        (
            Some("log, reverse; x, deflate"),
            Some("deflate, reverse; x, log"),
            &["deflate", "reverse; x", "log"],
            &[],
        ),
        // XE52, XE57: not even asked.
        (
            Some("bzip, deflate, reverse"),
            Some("deflate, reverse"),
            &["deflate", "reverse"],
            &["bzip: RSV1 is taken by deflate"],
        ),
        // XE59: whoever declines has taken nothing.
        (
            Some("deflate; bad, bzip"),
            Some("bzip"),
            &["deflate; bad", "bzip"],
            &["deflate: bad: is not what we like"],
        ),
        (
            Some("deflate; bad"),
            None,
            &["deflate; bad"],
            &["deflate: bad: is not what we like"],
        ),
    ] {
        let log = Arc::default();
        let granted = five(&log).grant(header).unwrap();
        assert_eq!(granted.response.as_deref(), response, "{header:?}");
        assert_eq!(*log.lock().unwrap(), asked, "{header:?}");
        let reasons: Vec<_> = granted.refused.iter().map(ToString::to_string).collect();
        assert_eq!(reasons, refused, "{header:?}");
        let answered = Params::parse(response.unwrap_or_default());
        let answered: Vec<_> = answered
            .map(|params| params.unwrap().into_owned())
            .collect();
        let sessions = granted.sessions.names();
        assert!(sessions.eq(answered.iter().map(Params::name)), "{header:?}");
    }
}

// RFC 6455 §4.2.1
#[test]
fn e13_xe58_v65_malformed_offers_are_an_error_without_any_extension_too() {
    for header in [
        ";",
        "=",
        "permessage-deflate;",
        "x; =",
        "a; b=\"",
        "deflate, ;",
    ] {
        for negotiator in [Negotiator::new(), five(&Arc::default())] {
            let error = negotiator.grant(Some(header)).unwrap_err();
            assert!(matches!(error, NegotiationError::Syntax(_)), "{header}");
        }
    }
}

#[test]
fn e10_offers_beyond_the_limit_are_ignored_but_well_formed() {
    let negotiator = five(&Arc::default());
    for (bad, granted) in [(0, true), (15, true), (16, false), (1000, false)] {
        let header = "log; bad, ".repeat(bad) + "log";
        let answer = negotiator.grant(Some(&header)).unwrap();
        assert_eq!(answer.response.is_some(), granted, "{bad}");
        assert_eq!(answer.refused.len(), bad.min(Negotiator::LIMIT));
        assert!(negotiator.grant(Some(&(header + ";"))).is_err());
    }
    let hundred = negotiator.grant(Some(&["log"; 100].join(", "))).unwrap();
    assert_eq!(hundred.response.as_deref(), Some("log"));
    // An empty element is none.
    let header = ", ".repeat(100) + "log";
    let answer = negotiator.grant(Some(&header)).unwrap();
    assert_eq!(answer.response.as_deref(), Some("log"));
}

#[test]
fn a_server_refuses_an_offer_that_it_cannot_regard_as_a_whole() {
    let asked = Arc::default();
    let header = format!("log{}, log", "; p".repeat(Params::LIMIT + 1));
    let granted = five(&asked).grant(Some(&header)).unwrap();
    assert_eq!(granted.response.as_deref(), Some("log"));
    assert_eq!(granted.refused[0].to_string(), "log: too many parameters");
    assert_eq!(*asked.lock().unwrap(), ["log"]);
}

#[test]
fn an_error_stays_short() {
    let error = five(&Arc::default()).confirm(Some(&"x".repeat(8000)));
    let error = error.unwrap_err().to_string();
    assert_eq!(
        error,
        format!("extension {} was not offered", "x".repeat(32))
    );
}

#[test]
fn sessions_and_negotiators_can_be_shared() {
    fn check<T: Send + Sync>() {}
    check::<Negotiator>();
    check::<Granted>();
    check::<NegotiationError>();
}
