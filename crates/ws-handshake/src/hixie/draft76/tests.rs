//! Keys and digests.

use alloc::format;

use proptest::prelude::*;

use super::*;

/// Both keys, the body, the two numbers, and the digest in hexadecimal.
const VECTORS: [(&str, &str, [u8; 8], [u32; 2], u128); 4] = [
    (
        "4 @1  46546xW%0l 1 5",
        "12998 5 Y3 1  .P00",
        *b"^n:ds[4U",
        [829_309_203, 259_970_620],
        0x386a_4b53_2779_3a47_2a43_6f2c_5778_612d,
    ),
    (
        "1   38 wZ3f9 23O0 3l 0r",
        "27   0E 6 2  1665:< ;U 1H",
        [0x91, 0x25, 0x3e, 0xd3, 0xa9, 0xe7, 0x6a, 0x88],
        [197_703_290, 300_690_739],
        0xb49c_6e40_5304_0426_e51b_bf6c_b79f_1df9,
    ),
    (
        "18x 6]8vM;54 *(5:  {   U1]8  z [  8",
        "1_ tx7X d  <  nw  334J702) 7]o}` 0",
        *b"Tm[K T2u",
        [155_712_099, 173_347_027],
        0x6651_4a2c_664e_2f34_4634_217e_4b7e_4d48,
    ),
    (
        "3e6b263  4 17 80",
        "17  9 G`ZD9   2 2b 7X 3 /r90",
        *b"WjN}|M(6",
        [906_585_445, 179_922_739],
        0x6e60_3965_426b_397a_2452_3870_4f74_5662,
    ),
];

#[test]
fn x01_x02_x03_keys_make_numbers_and_numbers_make_digests() {
    for (first, second, last, expected, answer) in VECTORS {
        let mut fields = Fields::new();
        fields.push(KEYS[1], second).unwrap();
        fields.push(KEYS[0], first).unwrap();
        let numbers = numbers(&fields).unwrap();
        assert_eq!(numbers, expected);
        assert_eq!(digest(numbers, last), answer.to_be_bytes(), "{first}");
    }
}

#[test]
fn x05_keys_that_are_refused() {
    for (key, expected) in [
        ("1 2", Some(12)),
        ("0 0", Some(0)),
        ("0 ", Some(0)),
        ("4294967295 x", Some(u32::MAX)),
        ("8589934590  ", Some(u32::MAX)),
        // No space, no digit, neither.
        ("12345", None),
        (" ", None),
        ("a b", None),
        ("", None),
        // A remainder.
        ("2 L785 8o% s9Sy9@V. 4<1P5", None),
        ("1 \u{a0} ", None),
        // More than 32 bits, than 64 bits, than anything.
        ("4294967296 x", None),
        ("18446744073709551615 ", None),
        ("18446744073709551616 ", None),
        (&format!("{} ", "9".repeat(400)), None),
        // Other digits and spaces are none.
        ("\u{661} ", None),
        ("12\t", None),
    ] {
        assert_eq!(number_in(key.as_bytes()), expected, "{key}");
    }
    // Zeros in front make a number no larger.
    assert_eq!(
        number_in(format!("{}7 ", "0".repeat(400)).as_bytes()),
        Some(7)
    );
}

#[test]
fn characters_between_the_digits_are_the_visible_others() {
    let visible = (0x21..=0x7e).filter(|byte: &u8| !byte.is_ascii_digit());
    assert!(visible.eq(NOISE.iter().copied()));
}

#[test]
fn numbers_between_limits_reach_both() {
    let mut entropy = Entropy::new(Nonce::new([1; 16]));
    let mut seen = [false; 12];
    for _ in 0..1000 {
        seen[entropy.between(1, 12) as usize - 1] = true;
        assert_eq!(entropy.between(5, 5), 5);
        assert!((3..=4).contains(&entropy.position(3, 4)));
    }
    assert_eq!(seen, [true; 12]);
    let large = (0..1000).filter(|_| entropy.between(0, u32::MAX) > u32::MAX / 2);
    assert!((400..600).contains(&large.count()));
}

proptest! {
    #[test]
    fn a_servers_digest_is_what_the_client_expects(nonce: [u8; 16]) {
        let keys = Keys::new(Nonce::new(nonce));
        let mut fields = Fields::new();
        keys.push(&mut fields);
        let numbers = numbers(&fields).unwrap();
        prop_assert_eq!(numbers, keys.numbers);
        prop_assert_eq!(digest(numbers, keys.last), keys.digest());
        for text in &keys.texts {
            let text = text.as_bytes();
            let spaces = text.split(|&byte| byte == b' ').count() - 1;
            prop_assert!((1..=12).contains(&spaces));
            let noise = text.iter().filter(|&byte| NOISE.contains(byte)).count();
            prop_assert!((1..=12).contains(&noise));
            prop_assert!(!text.starts_with(b" ") && !text.ends_with(b" "));
        }
    }

    #[test]
    fn other_nonces_make_other_keys(first: [u8; 16], second: [u8; 16]) {
        prop_assume!(first != second);
        let [first, second] = [first, second].map(|nonce| Keys::new(Nonce::new(nonce)).digest());
        prop_assert_ne!(first, second);
    }

    #[test]
    fn any_key_is_judged(key: Vec<u8>) {
        if let Some(number) = number_in(&key) {
            let spaces = key.iter().fold(0, |spaces, &byte| spaces + u64::from(byte == b' '));
            let digits: Vec<u8> = key.into_iter().filter(u8::is_ascii_digit).collect();
            let value: u64 = core::str::from_utf8(&digits).unwrap().parse().unwrap();
            prop_assert_eq!(u64::from(number) * spaces, value);
        }
    }
}
