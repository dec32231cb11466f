//! Answers at every cut, and what a source makes of one connection after the other.

mod answers;
mod any;
mod body;
mod lives;
mod redirects;

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use super::*;
use crate::fuzzing::{Course, course};
use crate::limits::Limits;

fn request() -> Request {
    Request::new(Origin::http("a.example").unwrap(), "/feed").unwrap()
}

fn start() -> Connecting {
    EventSource::start(request(), SourceOptions::default())
}

/// What comes of an answer, the same in one piece, at every split point and byte by byte.
#[track_caller]
fn receive_with(options: SourceOptions, answer: &[u8]) -> (Course, EventSource) {
    let start = || EventSource::start(request(), options);
    let whole = course(start(), core::iter::once(answer));
    if answer.len() < 2000 {
        for at in 1..answer.len() {
            let (first, second) = answer.split_at(at);
            let (cut, _) = course(start(), [first, &[], second].into_iter());
            assert_eq!(cut, whole.0, "cut at {at}");
        }
        let (cut, _) = course(start(), answer.chunks(1));
        assert_eq!(cut, whole.0, "byte by byte");
    }
    whole
}

#[track_caller]
fn receive(answer: impl AsRef<[u8]>) -> (Course, EventSource) {
    receive_with(SourceOptions::default(), answer.as_ref())
}

/// How it ended, where there are no events.
#[track_caller]
fn end(answer: impl AsRef<[u8]>) -> String {
    let (course, _) = receive(answer);
    assert_eq!(course.events, []);
    course.end
}

/// The data of the events, and how it ended.
#[track_caller]
fn stream(answer: impl AsRef<[u8]>) -> (Vec<String>, String) {
    let (course, _) = receive(answer);
    let data = course.events.into_iter().map(|event| event.data);
    (data.collect(), course.end)
}

const OPEN: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n";

fn open(rest: &str) -> Vec<u8> {
    [OPEN, rest].concat().into()
}

fn sent(connecting: Connecting) -> (String, AwaitingResponse) {
    let mut out = Vec::from(*b">");
    let awaiting = connecting.open(&mut out);
    let text = String::from_utf8(out).unwrap();
    (text.strip_prefix('>').unwrap().into(), awaiting)
}

/// One attempt, answered with this, that ends in waiting.
#[track_caller]
fn attempt(connecting: Connecting, answer: &[u8]) -> Waiting {
    match course(connecting, core::iter::once(answer)) {
        (_, EventSource::Waiting(waiting)) => waiting,
        (course, _) => panic!("{course:?}"),
    }
}
