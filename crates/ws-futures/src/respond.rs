//! Servers: ordinary responses, on the port of WebSockets.

use futures_io::{AsyncRead, AsyncWrite};
use ws_handshake::{Fields, Misuse, Status};
use ws_http::ResponseHead;

use crate::{Error, Incoming};

/// What is added, and what would change how the response is read.
const OWN: [&str; 6] = [
    "Connection",
    "Content-Length",
    "Keep-Alive",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
];

impl<T: AsyncRead + AsyncWrite + Unpin> Incoming<T> {
    /// Answers with an ordinary response, and closes: [`respond_with`](Self::respond_with) with
    /// nothing but a `Content-Type`.
    ///
    /// # Errors
    ///
    /// Those of [`respond_with`](Self::respond_with).
    pub async fn respond(
        self,
        status: Status,
        content_type: &str,
        body: &[u8],
    ) -> Result<(), Error> {
        let mut fields = Fields::new();
        let pushed = fields.push("Content-Type", content_type);
        pushed.map_err(Misuse::from)?;
        self.respond_with(status, &fields, body).await
    }

    /// Answers with an ordinary response that has these fields, and closes.
    ///
    /// `Content-Length` and `Connection: close` are added. A `HEAD` gets the head alone, and with
    /// 204, 205 and 304, and 2xx for a `CONNECT`, there is no body whatever is given. Whether all of
    /// it arrives is not told.
    ///
    /// ```
    /// use futures::{AsyncRead, AsyncWrite};
    /// use ws_futures::{Error, Fields, Incoming, Status};
    /// use ws_handshake::Misuse;
    ///
    /// async fn moved<T>(incoming: Incoming<T>) -> Result<(), Error>
    /// where
    ///     T: AsyncRead + AsyncWrite + Unpin,
    /// {
    ///     let mut fields = Fields::new();
    ///     fields.push("Location", "/chat").map_err(Misuse::from)?;
    ///     fields.push("Cache-Control", "no-store").map_err(Misuse::from)?;
    ///     incoming.respond_with(Status::TEMPORARY_REDIRECT, &fields, b"").await
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Handshake`] for a status below 200, which ends no request, and for a field that is
    /// added here or would change how the response is read, such as `Transfer-Encoding`. Nothing has
    /// been written then.
    pub async fn respond_with(
        self,
        status: Status,
        fields: &Fields,
        body: &[u8],
    ) -> Result<(), Error> {
        if status.code() < 200 {
            return Err(Misuse::Status.into());
        }
        if OWN.iter().any(|name| fields.contains(name)) {
            return Err(Misuse::ProtocolField.into());
        }
        let (mut opening, request) = self.into_parts();
        // RFC 9110 §8.6: no length in a 204, nor in what makes a tunnel (§9.3.6), and in a 304 it
        // would speak of another response.
        let is_tunnel = request.method() == "CONNECT" && status.code() < 300;
        let has_body = !is_tunnel && !matches!(status, Status::NO_CONTENT | Status::NOT_MODIFIED);
        // §15.3.6: a 205 has a body of no bytes.
        let body = if status.code() == 205 { b"" } else { body };
        let length = has_body.then(|| body.len().to_string());
        let length = length.iter().map(|length| ("Content-Length", &**length));
        let mut fields = fields.clone();
        for (name, value) in length.chain([("Connection", "close")]) {
            fields.push(name, value).map_err(Misuse::from)?;
        }
        ResponseHead::new(status, fields).encode(&mut opening.output.buffer);
        if has_body && request.method() != "HEAD" {
            opening.output.buffer.extend_from_slice(body);
        }
        // Apart, so that what is needed only now takes no room in the task later on.
        Box::pin(opening.finish()).await;
        Ok(())
    }
}
