//! Follows an event stream in the terminal: `curl -N` that connects again.
//!
//! ```text
//! cargo run --release --example follow -- http://127.0.0.1:9003/feed
//! cargo run --release --example follow -- -H 'Authorization: Bearer s3cret' \
//!     --data '{"stream": true}' --content-type application/json https://example.com/answers
//! ```

use std::io::{self, Write};
use std::time::Duration;

use clap::Parser;
use hybi::futures::Runtime;
use hybi::sse::{Encoder, Event};
use hybi::{EventRequest, EventSource, Options, SourceEvent};

#[path = "shared/dial.rs"]
mod dial;

/// Prints events as they come, in the format that they came in, and goes on when the connection
/// breaks. What happens to that is told on the standard error.
#[derive(Parser)]
struct Arguments {
    /// What to follow, such as `https://user:password@example.com/feed`.
    url: String,
    /// Add a field to the request, as in `Cookie: a=b`; may be repeated.
    #[arg(long, short = 'H')]
    header: Vec<String>,
    /// Send this as the body of a POST, with each attempt anew.
    #[arg(long, short = 'd')]
    data: Option<String>,
    /// What the body is.
    #[arg(long, default_value = "application/x-www-form-urlencoded")]
    content_type: String,
    /// Begin behind the event with this id.
    #[arg(long, default_value = "")]
    last_event_id: String,
    /// Connect again after so many seconds in which nothing came.
    #[arg(long, default_value_t = 300.0)]
    silence: f64,
    /// Try again later when the server answers 429, 500, 502, 503 or 504.
    #[arg(long)]
    retry_refusals: bool,
    /// Stop after so many events.
    #[arg(long)]
    count: Option<usize>,
    #[command(flatten)]
    dial: dial::DialArguments,
    /// Run on tokio; on smol otherwise.
    #[arg(long)]
    tokio: bool,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let mut options = arguments.dial.apply(Options::client())?;
    let events = &mut options.events;
    events.silence = Some(Duration::try_from_secs_f64(arguments.silence)?);
    events.source.retries_refusals = arguments.retry_refusals;
    if arguments.tokio {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(follow(hybi::tokio::Tokio, &arguments, &options))
    } else {
        smol::block_on(follow(hybi::smol::Smol, &arguments, &options))
    }
}

impl Arguments {
    fn request(&self) -> anyhow::Result<EventRequest> {
        let mut request = EventRequest::from_url(&self.url)?;
        let mut content_type = &*self.content_type;
        for field in &self.header {
            let (name, value) = dial::field(field)?;
            if name.eq_ignore_ascii_case("Content-Type") {
                content_type = value;
            } else {
                request = request.with_field(name, value)?;
            }
        }
        if let Some(data) = &self.data {
            request = request.with_body(content_type, &**data)?;
        }
        Ok(request.with_last_event_id(&self.last_event_id)?)
    }
}

async fn follow<R: Runtime>(
    runtime: R,
    arguments: &Arguments,
    options: &Options,
) -> anyhow::Result<()> {
    let mut source = EventSource::new(runtime, arguments.request()?, options);
    let mut last_id = arguments.last_event_id.clone();
    let mut left = arguments.count.unwrap_or(usize::MAX);
    while left > 0
        && let Some(event) = source.receive().await?
    {
        match event {
            SourceEvent::Event(event) => {
                print(&event, &mut last_id)?;
                left -= 1;
            }
            SourceEvent::Opened => eprintln!("open"),
            SourceEvent::Lost(lost) => {
                let seconds = lost.delay.as_secs_f64();
                eprintln!("{lost}; will try again in {seconds:.1} s");
            }
            _ => {}
        }
    }
    Ok(())
}

/// Prints an event, its id only if that is a new one.
fn print(event: &Event<'_>, last_id: &mut String) -> anyhow::Result<()> {
    let mut text = Vec::new();
    let is_new = event.id != last_id;
    Encoder::event(
        &event.with_id(if is_new { event.id } else { "" }),
        &mut text,
    )?;
    event.id.clone_into(last_id);
    let mut stdout = io::stdout().lock();
    stdout.write_all(&text)?;
    Ok(stdout.flush()?)
}
