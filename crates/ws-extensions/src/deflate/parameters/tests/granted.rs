//! What a server grants: RFC 7692 §7.1.

use super::*;

/// The offers, and what is granted and agreed on then, or `-`, where the server has no wishes;
/// never takes context over; asks for that; uses at most 12 bits; asks for 11. What stands alone
/// holds for all of them.
const TABLE: &str = r#"
P                             | P {T15/T15}        | P; SN {N15/T15}        | P; CN {T15/N15}        | P {T12/T15}        | P {T15/T15}
P; CB                         | P {T15/T15}        | P; SN {N15/T15}        | P; CN {T15/N15}        | P {T12/T15}        | P; CB=11 {T15/T11}
P; CB=15                      | P {T15/T15}        | P; SN {N15/T15}        | P; CN {T15/N15}        | P {T12/T15}        | P; CB=11 {T15/T11}
P; CB=13                      | P; CB=13 {T15/T13} | P; SN; CB=13 {N15/T13} | P; CN; CB=13 {T15/N13} | P; CB=13 {T12/T13} | P; CB=11 {T15/T11}
P; CB=12                      | P; CB=12 {T15/T12} | P; SN; CB=12 {N15/T12} | P; CN; CB=12 {T15/N12} | P; CB=12 {T12/T12} | P; CB=11 {T15/T11}
P; CB=11                      | P; CB=11 {T15/T11} | P; SN; CB=11 {N15/T11} | P; CN; CB=11 {T15/N11} | P; CB=11 {T12/T11} | P; CB=11 {T15/T11}
P; CB=10                      | P; CB=10 {T15/T10} | P; SN; CB=10 {N15/T10} | P; CN; CB=10 {T15/N10} | P; CB=10 {T12/T10} | P; CB=10 {T15/T10}
P; CB=8                       | P; CB=8 {T15/T8}   | P; SN; CB=8 {N15/T8}   | P; CN; CB=8 {T15/N8}   | P; CB=8 {T12/T8}   | P; CB=8 {T15/T8}
P; CB=7                       | -
P; CB=16                      | -
P; CB=20                      | -
P; CB=010                     | -
P; CB=10.5                    | -
P; CB=-10                     | -
P; CB="10"                    | P; CB=10 {T15/T10} | P; SN; CB=10 {N15/T10} | P; CN; CB=10 {T15/N10} | P; CB=10 {T12/T10} | P; CB=10 {T15/T10}
P; SB                         | -
P; SB=20                      | -
# RFC 7692 §7.1.2.1: accepted by being included. Others leave it out as if not offered.
P; SB=15                      | P; SB=15 {T15/T15} | P; SN; SB=15 {N15/T15} | P; CN; SB=15 {T15/N15} | P; SB=12 {T12/T15} | P; SB=15 {T15/T15}
P; SB=13                      | P; SB=13 {T13/T15} | P; SN; SB=13 {N13/T15} | P; CN; SB=13 {T13/N15} | P; SB=12 {T12/T15} | P; SB=13 {T13/T15}
P; SB=12                      | P; SB=12 {T12/T15} | P; SN; SB=12 {N12/T15} | P; CN; SB=12 {T12/N15} | P; SB=12 {T12/T15} | P; SB=12 {T12/T15}
P; SB=11                      | P; SB=11 {T11/T15} | P; SN; SB=11 {N11/T15} | P; CN; SB=11 {T11/N15} | P; SB=11 {T11/T15} | P; SB=11 {T11/T15}
P; SB=8                       | P; SB=8 {T8/T15}   | P; SN; SB=8 {N8/T15}   | P; CN; SB=8 {T8/N15}   | P; SB=8 {T8/T15}   | P; SB=8 {T8/T15}
P; SN                         | P; SN {N15/T15}    | P; SN {N15/T15}        | P; SN; CN {N15/N15}    | P; SN {N12/T15}    | P; SN {N15/T15}
P; CN                         | P; CN {T15/N15}    | P; SN; CN {N15/N15}    | P; CN {T15/N15}        | P; CN {T12/N15}    | P; CN {T15/N15}
P; SN=true                    | -
P; CN=1                       | -
P; SN; SN                     | -
P; foo                        | -
P; SERVER_NO_CONTEXT_TAKEOVER | -
P; SN; CN; SB=10; CB=11       | P; SN; CN; SB=10; CB=11 {N10/N11}
# In whatever order they are offered.
P; CB=11; SB=10; CN; SN       | P; SN; CN; SB=10; CB=11 {N10/N11}
P; SB=7, P                    | P {T15/T15}        | P; SN {N15/T15}        | P; CN {T15/N15}        | P {T12/T15}        | P {T15/T15}
P; SB=10, P                   | P; SB=10 {T10/T15} | P; SN; SB=10 {N10/T15} | P; CN; SB=10 {T10/N15} | P; SB=10 {T10/T15} | P; SB=10 {T10/T15}
"#;

// RFC 7692 §7.1
#[test]
fn e01_e09_ps1_ps35_wd8_wd16_what_a_server_grants() {
    let columns = [
        none(),
        no_context_takeover(),
        request_no_context_takeover(),
        max_window(12),
        request_max_window(11),
    ];
    let is_row = |line: &&str| !line.is_empty() && !line.starts_with('#');
    let mut count = 0;
    for line in TABLE.lines().filter(is_row) {
        let (offers, granted) = line.split_once(" | ").unwrap();
        let granted: Vec<_> = granted.split(" | ").map(str::trim).collect();
        let granted = match granted[..] {
            [all] => [all; 5],
            _ => <[_; 5]>::try_from(granted).unwrap(),
        };
        for (wishes, granted) in columns.iter().zip(granted) {
            check(*wishes, offers.trim(), granted);
            count += 1;
        }
    }
    assert_eq!(count, 33 * columns.len());
}

#[track_caller]
fn check(wishes: Wishes, offers: &str, expected: &str) {
    let header = full(offers);
    let offered = parse(&header);
    let granted = offered
        .iter()
        .find_map(|offer| grant(wishes, offer).ok())
        .map(|(params, agreement)| (params.to_string(), summary(agreement)));
    let expected = expected.split_once(" {").map(|(params, agreed)| {
        let agreed = agreed.trim_end_matches('}');
        (full(params), agreed.to_string())
    });
    assert_eq!(granted, expected, "{offers} with {wishes:?}");
}
