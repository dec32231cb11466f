//! Delays at both ends of what is random.

use proptest::prelude::*;

use super::*;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[test]
fn sc16_delays_double_up_to_the_cap() {
    for (retry, cap, shortest, longest) in [
        (
            3000,
            60_000,
            3000,
            &[3750, 6000, 12_000, 24_000, 48_000, 60_000, 60_000][..],
        ),
        (100, 1000, 100, &[125, 200, 400, 800, 1000, 1000]),
        // No growth beyond the cap, but still not all at once.
        (60_000, 60_000, 60_000, &[75_000, 75_000, 75_000]),
        (600_000, 60_000, 600_000, &[750_000, 750_000]),
        // WPT `format-field-retry`: after three seconds, give or take a quarter.
        (3000, 100, 3000, &[3750, 3750]),
    ] {
        let mut low = Backoff::new().with_cap(ms(cap));
        low.set_retry(ms(retry));
        let mut high = low;
        for expected in longest {
            assert_eq!(low.next_delay(0), ms(shortest), "{retry}");
            let delay = high.next_delay(u64::MAX);
            let slack = ms(*expected).checked_sub(delay);
            assert!(
                slack.is_some_and(|slack| slack <= Duration::from_nanos(1)),
                "{delay:?}"
            );
        }
        assert_eq!(high.attempts() as usize, longest.len());
    }
}

#[test]
fn sc07_what_the_server_wants_is_clamped() {
    for (retry, expected) in [
        (Duration::ZERO, ms(100)),
        (ms(99), ms(100)),
        (ms(100), ms(100)),
        (ms(300), ms(300)),
        (Duration::from_secs(3600), Duration::from_secs(3600)),
        (Duration::from_secs(3601), Duration::from_secs(3600)),
        (ms(u64::MAX), Duration::from_secs(3600)),
        (Duration::MAX, Duration::from_secs(3600)),
    ] {
        let mut backoff = Backoff::default();
        backoff.set_retry(retry);
        assert_eq!(backoff.retry(), expected);
        assert_eq!(backoff.next_delay(0), expected);
    }
    assert_eq!(Backoff::new().retry(), Duration::from_secs(3));
}

#[test]
fn sc17_only_a_reset_begins_anew() {
    let mut backoff = Backoff::new();
    for _ in 0..40 {
        backoff.next_delay(7);
    }
    assert!(backoff.next_delay(u64::MAX) > Duration::from_secs(59));
    // The server may set its time at any moment: the attempts still count.
    backoff.set_retry(ms(200));
    assert!(backoff.next_delay(u64::MAX) > Duration::from_secs(59));
    backoff.reset();
    assert_eq!(backoff.attempts(), 0);
    assert!(backoff.next_delay(u64::MAX) < ms(250));
}

proptest! {
    #[test]
    fn sc24_delays_are_bounded(
        retry in any::<Duration>(),
        cap in any::<Duration>(),
        randoms in prop::collection::vec(any::<u64>(), 1..50),
    ) {
        let mut backoff = Backoff::new().with_cap(cap);
        backoff.set_retry(retry);
        let cap = cap.clamp(Backoff::MIN_RETRY, Backoff::MAX_RETRY);
        for random in randoms {
            let delay = backoff.next_delay(random);
            prop_assert!(delay >= backoff.retry());
            prop_assert!(delay <= cap.max(backoff.retry() * 5 / 4));
        }
    }
}
