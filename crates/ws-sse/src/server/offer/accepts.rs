//! What `Accept` says about event streams: RFC 9110 §12.5.1.

use ws_http::trim;

const EVENT_STREAM: &[u8] = b"text/event-stream";

/// Whether each of the ranges that an event stream falls into is wanted, if it is there.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Accepts {
    is_given: bool,
    exact: Option<bool>,
    text: Option<bool>,
    any: Option<bool>,
}

impl Accepts {
    /// Reads one line of the field.
    pub(super) fn add(&mut self, value: &[u8]) {
        for element in value.split(|byte| *byte == b',') {
            let mut parts = element.split(|byte| *byte == b';').map(trim);
            let range = parts.next().unwrap_or_default();
            if range.is_empty() {
                continue;
            }
            self.is_given = true;
            let slot = if range.eq_ignore_ascii_case(EVENT_STREAM) {
                &mut self.exact
            } else if range.eq_ignore_ascii_case(b"text/*") {
                &mut self.text
            } else if range == b"*/*" {
                &mut self.any
            } else {
                continue;
            };
            // Listed twice, once with and once without a parameter: wanted in one form is wanted.
            *slot = Some(*slot == Some(true) || !parts.any(is_weight_of_zero));
        }
    }

    /// Whether `text/event-stream` itself is wanted.
    pub(super) fn names_event_stream(self) -> bool {
        self.exact == Some(true)
    }

    /// Whether the most specific range that an event stream falls into is wanted.
    pub(super) fn admits_event_stream(self) -> bool {
        let range = self.exact.or(self.text).or(self.any);
        range.unwrap_or(!self.is_given)
    }
}

/// RFC 9110 §12.4.2: what has the weight 0 is not acceptable.
fn is_weight_of_zero(parameter: &[u8]) -> bool {
    let [b'q' | b'Q', b'=', weight @ ..] = parameter else {
        return false;
    };
    match weight {
        b"0" => true,
        [b'0', b'.', digits @ ..] => digits.iter().all(|digit| *digit == b'0'),
        _ => false,
    }
}
