//! The same with the types of the crate `http`, which hyper, axum and others share.

use alloc::vec::Vec;

use http::header::{HeaderName, HeaderValue};
use http::uri::{PathAndQuery, Scheme};

use crate::config::ServerConfig;
use crate::error::{Misuse, RequestError};
use crate::established::Established;
use crate::extended::ExtendedConnect;
use crate::response::{Accept, Response};
use crate::server::{Requested, ServerHandshake};

impl ServerHandshake {
    /// Begins with a request that an HTTP/1.1 server has parsed.
    ///
    /// ```
    /// use ws_handshake::{Accept, ServerConfig, ServerHandshake};
    ///
    /// fn answer<B>(request: &http::Request<B>) -> http::Response<Vec<u8>> {
    ///     match ServerHandshake::from_http(&ServerConfig::default(), request) {
    ///         // The connection goes on as a WebSocket once this has been written.
    ///         Ok(requested) => requested.respond_http(Accept::default()).expect("no fields").0,
    ///         Err(refusal) => refusal.response().into(),
    ///     }
    /// }
    ///
    /// assert_eq!(answer(&http::Request::new(())).status(), 400);
    /// ```
    ///
    /// # Errors
    ///
    /// If the request breaks a rule; [`RequestError::response`] is what to answer.
    pub fn from_http<B>(
        config: &ServerConfig,
        request: &http::Request<B>,
    ) -> Result<Requested, RequestError> {
        if request.version() != http::Version::HTTP_11 {
            return Err(RequestError::HttpVersion);
        }
        let uri = request.uri();
        let whole;
        let target = match (uri.scheme(), uri.path_and_query()) {
            (None, Some(target)) => target.as_str(),
            _ => {
                whole = alloc::format!("{uri}");
                &whole
            }
        };
        let method = request.method().as_str();
        Self::from_request(config, method, target, fields(request.headers()))
    }

    /// Begins with an extended `CONNECT` (RFC 8441) that an HTTP/2 or HTTP/3 server has parsed.
    /// `protocol` is the pseudo-header field of that name, for which `http` has no place.
    ///
    /// # Errors
    ///
    /// If the request breaks a rule; what to answer is [`RequestError::response`], made
    /// [fit](Response::for_stream) for a stream.
    pub fn from_http_stream<B>(
        config: &ServerConfig,
        request: &http::Request<B>,
        protocol: &str,
    ) -> Result<Requested, RequestError> {
        if request.method() != http::Method::CONNECT {
            return Err(RequestError::Method);
        }
        let uri = request.uri();
        let connect = ExtendedConnect {
            protocol,
            scheme: uri.scheme().map_or("", Scheme::as_str),
            authority: uri.authority().map_or("", |authority| authority.as_str()),
            path: uri.path_and_query().map_or("", PathAndQuery::as_str),
        };
        Self::from_extended_connect(config, connect, fields(request.headers()))
    }
}

impl Requested {
    /// Accepts with a response of `http`'s; see [`respond`](Self::respond).
    ///
    /// # Errors
    ///
    /// Those of [`respond`](Self::respond).
    pub fn respond_http(
        self,
        accept: Accept,
    ) -> Result<(http::Response<Vec<u8>>, Established), Misuse> {
        let (response, established) = self.respond(accept)?;
        Ok((response.into(), established))
    }
}

/// Status, fields and body. What `http` cannot say, and a peer could, is left out.
impl From<Response> for http::Response<Vec<u8>> {
    fn from(response: Response) -> Self {
        let mut fields = http::HeaderMap::new();
        for (name, value) in response.fields() {
            let name = HeaderName::from_bytes(name.as_bytes());
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value)) {
                fields.append(name, value);
            }
        }
        let status = http::StatusCode::from_u16(response.status().code());
        let mut converted = Self::new(response.into_body());
        // Both know the numbers from 100 to 999.
        *converted.status_mut() = status.unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
        *converted.headers_mut() = fields;
        converted
    }
}

fn fields(headers: &http::HeaderMap) -> impl Iterator<Item = (&str, &[u8])> {
    headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_bytes()))
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;
    use crate::response::Reject;
    use ws_http::Status;

    fn request(version: http::Version, uri: &str) -> http::Request<()> {
        http::Request::builder()
            .version(version)
            .uri(uri)
            .header("Host", "example.com")
            .header("Connection", "keep-alive, Upgrade")
            .header("Upgrade", "websocket")
            .header("Sec-WebSocket-Version", "13")
            .header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
            .header("Sec-WebSocket-Protocol", "tea")
            .header("Sec-WebSocket-Protocol", "soup")
            .body(())
            .unwrap()
    }

    // RFC 6455 §4.2
    #[test]
    fn requests_are_answered() {
        let mut config = ServerConfig::default();
        config.subprotocols.push("soup".into());
        for uri in ["/chat?a", "http://example.com/chat?a"] {
            let request = request(http::Version::HTTP_11, uri);
            let requested = ServerHandshake::from_http(&config, &request).unwrap();
            assert_eq!(requested.offer().path(), "/chat");
            let mut accept = Accept::default();
            accept.fields.push("Set-Cookie", "a=1").unwrap();
            accept.fields.push("Set-Cookie", b"b=\xe9").unwrap();
            let (response, established) = requested.respond_http(accept).unwrap();
            assert_eq!(response.status(), http::StatusCode::SWITCHING_PROTOCOLS);
            let headers = response.headers();
            assert_eq!(
                headers["sec-websocket-accept"],
                "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
            );
            assert_eq!(headers["sec-websocket-protocol"], "soup");
            assert_eq!(headers.get_all("set-cookie").iter().count(), 2);
            assert_eq!(established.subprotocol.as_deref(), Some("soup"));
            assert!(response.body().is_empty());
        }
    }

    #[test]
    fn refusals_are_answered() {
        let config = ServerConfig::default();
        for (request, status) in [
            (request(http::Version::HTTP_10, "/"), 505),
            (request(http::Version::HTTP_2, "/"), 505),
            (request(http::Version::HTTP_11, "http://other/"), 400),
            (http::Request::new(()), 400),
        ] {
            let error = ServerHandshake::from_http(&config, &request).unwrap_err();
            let response = http::Response::from(error.response());
            assert_eq!(response.status(), status, "{error}");
            assert_eq!(*response.body(), error.to_string().into_bytes());
            assert_eq!(response.headers()["connection"], "close");
        }
        let reject = Reject::new(Status::new(999).unwrap()).unwrap();
        let response = http::Response::from(reject.into_response());
        assert_eq!(response.status(), 999);
    }

    // RFC 8441 §5
    #[test]
    fn streams_are_answered() {
        let config = ServerConfig::default();
        let request = |method: &str, uri: &str| {
            http::Request::builder()
                .version(http::Version::HTTP_2)
                .method(method)
                .uri(uri)
                .header("Sec-WebSocket-Version", "13")
                .body(())
                .unwrap()
        };
        for (request, protocol, expected) in [
            (request("CONNECT", "https://a/b?c"), "websocket", Ok("/b?c")),
            (
                request("GET", "https://a/b?c"),
                "websocket",
                Err(RequestError::Method),
            ),
            (
                request("CONNECT", "https://a/b"),
                "webtransport",
                Err(RequestError::Protocol),
            ),
            (
                request("CONNECT", "/b"),
                "websocket",
                Err(RequestError::Target),
            ),
        ] {
            let requested = ServerHandshake::from_http_stream(&config, &request, protocol);
            let target = requested
                .as_ref()
                .map(|requested| requested.offer().target());
            assert_eq!(
                target,
                expected.as_ref().map(|target| *target),
                "{request:?}"
            );
            if let Ok(requested) = requested {
                let (response, _) = requested.respond_http(Accept::default()).unwrap();
                assert_eq!(response.status(), http::StatusCode::OK);
                assert!(response.headers().is_empty());
            }
        }
    }
}
