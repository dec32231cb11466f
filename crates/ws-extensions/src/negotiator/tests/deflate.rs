//! permessage-deflate and an extension of our own, together and against each other.

use proptest::prelude::*;

use super::*;
use crate::deflate::Deflate;

/// Reverses messages; may need a bit.
fn reverse(rsv: Rsv) -> Fake {
    Fake::new("x-reverse", rsv)
}

fn deflate() -> Negotiator {
    Negotiator::new().with(Deflate::new())
}

// RFC 6455 §9.1
#[test]
fn two_extensions_negotiate_together() {
    for rsv in [Rsv::RSV2, Rsv::NONE] {
        let client = deflate().with(reverse(rsv));
        let offer = client.offer().unwrap();
        assert_eq!(
            offer,
            "permessage-deflate; client_max_window_bits, x-reverse"
        );
        let server = Negotiator::new().with(reverse(rsv)).with(Deflate::new());
        let granted = server.grant(Some(&offer)).unwrap();
        let response = granted.response.as_deref();
        assert_eq!(response, Some("x-reverse, permessage-deflate"));
        let sessions = client.confirm(response).unwrap();
        for sessions in [granted.sessions, sessions] {
            assert_eq!(names(&sessions), ["x-reverse", "permessage-deflate"]);
            assert_eq!(sessions.rsv(), Rsv::RSV1 | rsv);
        }
    }
}

// RFC 6455 §9.1
#[test]
fn of_two_that_need_the_same_bit_the_server_grants_its_first() {
    let client = deflate().with(reverse(Rsv::RSV1));
    let server = Negotiator::new()
        .with(reverse(Rsv::RSV1))
        .with(Deflate::new());
    let granted = server.grant(client.offer().as_deref()).unwrap();
    assert_eq!(granted.response.as_deref(), Some("x-reverse"));
    let reason = granted.refused[0].to_string();
    assert_eq!(reason, "permessage-deflate: RSV1 is taken by x-reverse");
    let sessions = client.confirm(granted.response.as_deref()).unwrap();
    assert_eq!(names(&sessions), ["x-reverse"]);
}

// RFC 7692 §5
#[test]
fn e14_twice_the_same_fails_the_client() {
    let error = deflate().confirm(Some("permessage-deflate, permessage-deflate"));
    assert_eq!(
        error.unwrap_err(),
        NegotiationError::Repeated("permessage-deflate")
    );
}

// RFC 7692 §5.1, §7.1
#[test]
fn e05_e09_v62_an_unusable_offer_is_passed_over() {
    for bad in [
        "server_max_window_bits=7",
        "server_max_window_bits",
        "client_max_window_bits=16",
        "client_max_window_bits=99999999999999999999",
        "server_no_context_takeover=1",
        "server_no_context_takeover; server_no_context_takeover",
        "foo",
    ] {
        let header = format!("permessage-deflate; {bad}");
        let granted = deflate().grant(Some(&header)).unwrap();
        assert_eq!(granted.response, None, "{bad}");
        assert!(granted.sessions.is_empty() && granted.refused.len() == 1);

        let granted = deflate().grant(Some(&(header + ", permessage-deflate")));
        let granted = granted.unwrap();
        assert_eq!(granted.response.as_deref(), Some("permessage-deflate"));
        assert_eq!(names(&granted.sessions), ["permessage-deflate"]);
    }
}

// RFC 7692 §7.1.2.1
#[test]
fn e15_a_refusal_explains_itself() {
    let error = deflate().confirm(Some("permessage-deflate; server_max_window_bits=16"));
    assert_eq!(
        error.unwrap_err().to_string(),
        "permessage-deflate: server_max_window_bits: 16 is not within 8 to 15"
    );
}

proptest! {
    #[test]
    fn a_client_confirms_what_a_server_grants(
        order in any::<(bool, bool)>(),
        rsvs in prop::sample::select(&[Rsv::NONE, Rsv::RSV1, Rsv::RSV3][..]),
        more in prop::collection::vec("(permessage-deflate|x-reverse|x)(; (bad|a=1)){0,2}", 0..4),
    ) {
        let both = |is_first: bool| if is_first {
            Negotiator::new().with(reverse(rsvs)).with(Deflate::new())
        } else {
            deflate().with(reverse(rsvs))
        };
        let (client, server) = (both(order.0), both(order.1));
        let header = more.iter().cloned().chain(client.offer()).collect::<Vec<_>>().join(", ");
        let granted = server.grant(Some(&header)).unwrap();
        let confirmed = client.confirm(granted.response.as_deref()).unwrap();
        prop_assert_eq!(names(&granted.sessions), names(&confirmed));
        prop_assert_eq!(granted.sessions.rsv(), confirmed.rsv());
    }
}
