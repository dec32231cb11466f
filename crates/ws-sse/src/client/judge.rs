//! What the head of a response means for a source of events: WHATWG HTML §9.2.2 and §9.2.3.

use alloc::string::{String, ToString};
use core::time::Duration;

use ws_http::{Fields, Framing, ResponseHead, Status, trim};

use crate::client::options::SourceOptions;
use crate::client::outcome::{Closure, Loss};

/// What the head of a final response means.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Verdict {
    /// The stream begins behind it.
    Open(Framing),
    /// It points elsewhere.
    Redirect(String),
    /// Another attempt is in order, not before this time.
    Lost(Loss, Option<Duration>),
    /// There will be no other attempt.
    Fail(Closure),
}

pub(super) fn judge(head: &ResponseHead, options: &SourceOptions) -> Verdict {
    let fields = head.fields();
    match head.status() {
        Status::OK if !is_event_stream(fields) => Verdict::Fail(Closure::ContentType),
        Status::OK if !is_identity(fields) => Verdict::Fail(Closure::ContentEncoding),
        // A body that cannot be told from what follows is a network error: RFC 9112 §6.3.
        Status::OK => match Framing::of_response(head) {
            Ok(framing) => Verdict::Open(framing),
            Err(error) => Verdict::Lost(Loss::Body(error), None),
        },
        Status::NO_CONTENT => Verdict::Fail(Closure::Stopped),
        // Fetch §2.2.6, "redirect status".
        Status::MOVED_PERMANENTLY
        | Status::FOUND
        | Status::SEE_OTHER
        | Status::TEMPORARY_REDIRECT
        | Status::PERMANENT_REDIRECT => match location(fields) {
            Some(location) => Verdict::Redirect(location),
            None => Verdict::Fail(Closure::Location),
        },
        status if options.retries_refusals && is_passing(status) => {
            Verdict::Lost(Loss::Refused(status), retry_after(fields))
        }
        status => Verdict::Fail(Closure::Status(status)),
    }
}

/// Whether every `Content-Type` there is, and there is one, has this essence. Parameters mean
/// nothing, a charset neither: the stream is UTF-8.
fn is_event_stream(fields: &Fields) -> bool {
    let is_essence = |value: &[u8]| {
        let essence = value.split(|byte| *byte == b';').next();
        essence.is_some_and(|essence| trim(essence).eq_ignore_ascii_case(b"text/event-stream"))
    };
    fields.contains("Content-Type") && fields.all("Content-Type").all(is_essence)
}

fn is_identity(fields: &Fields) -> bool {
    fields
        .list("Content-Encoding")
        .all(|coding| coding.eq_ignore_ascii_case(b"identity"))
}

fn location(fields: &Fields) -> Option<String> {
    let location = fields.single("Location").ok()??;
    let location = core::str::from_utf8(location).ok()?;
    (!location.is_empty()).then(|| location.to_string())
}

/// What may be over in a while. The standard of today stops for these too; earlier ones did not.
const fn is_passing(status: Status) -> bool {
    matches!(
        status,
        Status::TOO_MANY_REQUESTS
            | Status::INTERNAL_SERVER_ERROR
            | Status::BAD_GATEWAY
            | Status::SERVICE_UNAVAILABLE
            | Status::GATEWAY_TIMEOUT
    )
}

/// RFC 9110 §10.2.3, in seconds. A date would take a clock.
fn retry_after(fields: &Fields) -> Option<Duration> {
    let value = fields.single("Retry-After").ok()??;
    let is_number = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
    let seconds = value.iter().fold(0_u64, |seconds, digit| {
        let digit = u64::from(digit.wrapping_sub(b'0'));
        seconds.saturating_mul(10).saturating_add(digit)
    });
    is_number.then(|| Duration::from_secs(seconds))
}
